//! The quasi-Poisson line: one level a season and perhaps a slope over time, on the logarithmic scale.
//!
//! Fitted by iteratively reweighted least squares. Start and end are those that reference programs use (start from the counts
//! plus 0.1, end when the deviance moves by less than 1e-8 of itself, at most 25 rounds), since where a season is all
//! zero the answer depends on when one stops.

use crate::number::student;

/// What is fitted: counts with their time, season and offset.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// Counts.
    pub response: Vec<f64>,
    /// Time of each.
    pub time: Vec<f64>,
    /// Season of each, from zero.
    pub season: Vec<u8>,
    /// Logarithm of the population of each, or zero.
    pub offset: Vec<f64>,
    /// Number of seasons.
    pub seasons: usize,
}

impl Data {
    /// Appends one week.
    pub fn push(&mut self, response: f64, time: f64, season: u8, offset: f64) {
        self.response.push(response);
        self.time.push(time);
        self.season.push(season);
        self.offset.push(offset);
    }
}

/// A fitted line.
#[derive(Clone, Debug)]
pub struct Fit {
    sums: Vec<Season>,
    slope: Option<f64>,
    spread: f64,
    /// Fitted means.
    pub mean: Vec<f64>,
    /// Weights of the last round.
    working: Vec<f64>,
    /// Dispersion as estimated; below one when counts vary less than a Poisson count would.
    pub dispersion: f64,
    /// Degrees of freedom left.
    pub freedom: f64,
    /// The sum of squares that stands in for the dispersion in standard errors where past outbreaks were weighted down:
    /// reference programs weight it by the prior weights alone.
    pub prior_dispersion: f64,
}

/// Sums of one season in one round, and its level.
#[derive(Clone, Copy, Debug, Default)]
struct Season {
    weight: f64,
    time: f64,
    level: f64,
}

/// A prediction on the logarithmic scale.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    /// Linear predictor.
    pub eta: f64,
    /// Its standard error for a dispersion of one.
    pub unscaled_error: f64,
}

impl Fit {
    /// Fits; none when it does not settle.
    pub fn new(data: &Data, prior: &[f64], with_trend: bool) -> Option<Fit> {
        let n = data.response.len();
        let used = prior.iter().filter(|w| **w > 0.0).count();
        let mut eta: Vec<f64> = data.response.iter().map(|y| (y + 0.1).ln()).collect();
        let mut fit = Fit {
            sums: vec![Season::default(); data.seasons],
            slope: with_trend.then_some(0.0),
            spread: 0.0,
            mean: data.response.iter().map(|y| y + 0.1).collect(),
            working: vec![0.0; n],
            dispersion: f64::NAN,
            freedom: 0.0,
            prior_dispersion: f64::NAN,
        };
        let full: Vec<f64> = data
            .response
            .iter()
            .map(|y| if *y > 0.0 { y * y.ln() - y } else { 0.0 })
            .collect();
        let deviance = |mean: &[f64], eta: &[f64]| {
            let one = |i: usize| prior[i] * (full[i] - data.response[i] * eta[i] + mean[i]);
            2.0 * (0..n).map(one).sum::<f64>()
        };
        let mut before = deviance(&fit.mean, &eta);
        let mut adjusted = vec![0.0; n];
        for _ in 0..25 {
            for i in 0..n {
                fit.working[i] = prior[i] * fit.mean[i];
                adjusted[i] = eta[i] - data.offset[i] + (data.response[i] - fit.mean[i]) / fit.mean[i];
            }
            fit.round(data, &adjusted);
            for (i, eta) in eta.iter_mut().enumerate() {
                *eta = fit.predictor(data.season[i], data.time[i]) + data.offset[i];
                fit.mean[i] = eta.exp().max(f64::EPSILON);
            }
            let now = deviance(&fit.mean, &eta);
            if !now.is_finite() {
                return None;
            }
            if (now - before).abs() / (now.abs() + 0.1) < 1e-8 {
                let rank = fit.sums.iter().filter(|s| s.weight > 0.0).count() + usize::from(fit.slope.is_some());
                fit.freedom = used.saturating_sub(rank) as f64;
                let square = |i: usize| ((data.response[i] - fit.mean[i]) / fit.mean[i]).powi(2);
                fit.dispersion = (0..n).map(|i| fit.working[i] * square(i)).sum::<f64>() / fit.freedom;
                fit.prior_dispersion = (0..n).map(|i| prior[i] * square(i)).sum::<f64>() / fit.freedom;
                return (fit.freedom > 0.0).then_some(fit);
            }
            before = now;
        }
        None
    }

    /// One weighted least-squares step: within seasons for the slope, then the levels.
    fn round(&mut self, data: &Data, adjusted: &[f64]) {
        self.sums.fill(Season::default());
        for (i, season) in data.season.iter().enumerate() {
            let sum = &mut self.sums[usize::from(*season)];
            sum.weight += self.working[i];
            sum.time += self.working[i] * data.time[i];
            sum.level += self.working[i] * adjusted[i];
        }
        for sum in self.sums.iter_mut().filter(|sum| sum.weight > 0.0) {
            sum.time /= sum.weight;
            sum.level /= sum.weight;
        }
        let Some(slope) = &mut self.slope else { return };
        let (mut square, mut product) = (0.0, 0.0);
        for (i, season) in data.season.iter().enumerate() {
            let sum = &self.sums[usize::from(*season)];
            let from_mean = data.time[i] - sum.time;
            square += self.working[i] * from_mean * from_mean;
            product += self.working[i] * from_mean * (adjusted[i] - sum.level);
        }
        self.spread = square;
        *slope = if square > 0.0 { product / square } else { 0.0 };
    }

    fn predictor(&self, season: u8, time: f64) -> f64 {
        let sum = &self.sums[usize::from(season)];
        sum.level + self.slope.map_or(0.0, |slope| slope * (time - sum.time))
    }

    /// The line at a season and time, without offset.
    pub fn predict(&self, season: u8, time: f64) -> Prediction {
        Prediction {
            eta: self.predictor(season, time),
            unscaled_error: self.unscaled_variance(season, time).sqrt(),
        }
    }

    fn unscaled_variance(&self, season: u8, time: f64) -> f64 {
        let sum = &self.sums[usize::from(season)];
        let by_slope = match self.slope {
            Some(_) if self.spread > 0.0 => (time - sum.time).powi(2) / self.spread,
            _ => 0.0,
        };
        1.0 / sum.weight + by_slope
    }

    /// The slope, when there is one.
    pub fn slope(&self) -> Option<f64> {
        self.slope
    }

    /// How likely a slope as steep as this is when there is none, with this dispersion.
    pub fn slope_p_value(&self, dispersion: f64) -> Option<f64> {
        let error = (dispersion / self.spread).sqrt();
        self.slope.map(|slope| student::both_tails(slope / error, self.freedom))
    }

    /// Weights that keep past outbreaks from raising the line: weeks whose standardised Anscombe residual is above
    /// `threshold` count by its inverse square.
    pub fn weights(&self, data: &Data, dispersion: f64, threshold: f64) -> Vec<f64> {
        let n = data.response.len();
        let residual = |i: usize| {
            let (y, mean) = (data.response[i], self.mean[i]);
            let raw = 1.5 * (y.cbrt().powi(2) * mean.powf(-1.0 / 6.0) - mean.sqrt());
            let leverage = self.working[i] * self.unscaled_variance(data.season[i], data.time[i]);
            raw / (dispersion * (1.0 - leverage)).sqrt()
        };
        let mut weights: Vec<f64> = (0..n)
            .map(residual)
            .map(|s| if s > threshold { 1.0 / (s * s) } else { 1.0 })
            .collect();
        let scale = n as f64 / weights.iter().sum::<f64>();
        weights.iter_mut().for_each(|w| *w *= scale);
        weights
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_line_is_the_mean_of_each_season() {
        let mut data = Data {
            seasons: 2,
            ..Data::default()
        };
        for (i, y) in [2.0, 4.0, 6.0, 10.0, 12.0, 14.0].into_iter().enumerate() {
            data.push(y, i as f64, u8::from(i > 2), 0.0);
        }
        let fit = Fit::new(&data, &[1.0; 6], false).expect("a fit");
        assert!((fit.predict(0, 0.0).eta.exp() - 4.0).abs() < 1e-7);
        assert!((fit.predict(1, 9.0).eta.exp() - 12.0).abs() < 1e-7);
        assert_eq!(fit.freedom, 4.0);
    }

    #[test]
    fn a_slope_is_found_where_there_is_one() {
        let mut data = Data {
            seasons: 1,
            ..Data::default()
        };
        for i in 0..60 {
            let time = f64::from(i);
            data.push((3.0 * (0.02 * time).exp()).round(), time, 0, 0.0);
        }
        let fit = Fit::new(&data, &[1.0; 60], true).expect("a fit");
        assert!((fit.slope().expect("a slope") - 0.02).abs() < 2e-3);
        assert!(fit.slope_p_value(fit.dispersion).expect("a slope") < 1e-6);
    }
}
