//! The quasi-Poisson line: one level a season and perhaps a slope over time, on the logarithmic scale.
//!
//! Fitted by iteratively reweighted least squares. Start and end are those that reference programs use (start from the counts
//! plus 0.1, end when the deviance moves by less than 1e-8 of itself, at most 25 rounds), since where a season is all
//! zero the answer depends on when one stops.

use super::counted::{Counted, counted};
use crate::number::student;

/// What is fitted: counts with their time, season and offset.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// Counts.
    pub response: Vec<f64>,
    /// What is known of each count.
    counted: Vec<Counted>,
    /// Time of each.
    time: Vec<f64>,
    /// Logarithm of the population of each, or zero.
    offset: Vec<f64>,
    /// Weeks of one season and one population, each a period after the other: within them the mean grows by a fixed factor.
    runs: Vec<Run>,
    /// Number of seasons.
    pub seasons: usize,
}

/// Neighbouring weeks of one season.
#[derive(Clone, Copy, Debug)]
struct Run {
    from: usize,
    to: usize,
    season: usize,
}

impl Data {
    /// No week yet.
    pub fn new(seasons: usize) -> Data {
        Data {
            seasons,
            ..Data::default()
        }
    }

    /// Appends one week.
    pub fn push(&mut self, response: f64, time: f64, season: u8, offset: f64) {
        let (at, season) = (self.response.len(), usize::from(season));
        let is_next = self.time.last().is_some_and(|last| time - last == 1.0) && self.offset.last() == Some(&offset);
        match self.runs.last_mut() {
            Some(run) if is_next && run.season == season => run.to = at + 1,
            _ => self.runs.push(Run {
                from: at,
                to: at + 1,
                season,
            }),
        }
        self.response.push(response);
        self.counted.push(counted(response));
        self.time.push(time);
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
    mean: Vec<f64>,
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

/// Sums of the weights of one season, by powers of time from a middle.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    weight: f64,
    time: f64,
    square: f64,
    /// Of the adjusted response, and the same times time.
    level: f64,
    product: f64,
}

/// Sums that no round changes: of the counts of one season, and the same times time.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    count: f64,
    product: f64,
}

/// A prediction on the logarithmic scale.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    /// Linear predictor.
    pub eta: f64,
    /// Its standard error for a dispersion of one.
    pub unscaled_error: f64,
}

/// One fit under way. With the logarithmic link the adjusted response times its weight is a sum of what is known by season, so
/// a round needs the means of the weeks and nothing else of them.
struct Rounds<'a> {
    data: &'a Data,
    prior: &'a [f64],
    middle: f64,
    counts: Vec<Counts>,
    moments: Vec<Moments>,
    /// The part of the deviance that no line changes.
    full: f64,
    means: Vec<f64>,
    working: Vec<f64>,
}

impl<'a> Rounds<'a> {
    fn new(data: &'a Data, prior: &'a [f64]) -> Rounds<'a> {
        let n = data.response.len();
        let middle = data
            .time
            .first()
            .zip(data.time.last())
            .map_or(0.0, |(a, b)| 0.5 * (a + b));
        let (mut counts, mut full) = (vec![Counts::default(); data.seasons], 0.0);
        for run in &data.runs {
            let sums = &mut counts[run.season];
            for (at, weight) in prior.iter().enumerate().take(run.to).skip(run.from) {
                let count = weight * data.response[at];
                sums.count += count;
                sums.product += count * (data.time[at] - middle);
                full += weight * data.counted[at].full - count * data.offset[at];
            }
        }
        Rounds {
            data,
            prior,
            middle,
            counts,
            moments: vec![Moments::default(); data.seasons],
            full,
            means: vec![0.0; n],
            working: vec![0.0; n],
        }
    }

    /// Weights and sums where the means are the counts plus 0.1; gives the deviance.
    fn start(&mut self) -> f64 {
        let (data, mut deviance) = (self.data, 0.0);
        for run in &data.runs {
            let sums = &mut self.moments[run.season];
            for at in run.from..run.to {
                let (mean, ln) = (data.response[at] + 0.1, data.counted[at].ln_start);
                let weight = self.prior[at] * mean;
                let time = data.time[at] - self.middle;
                let adjusted = weight * (ln - data.offset[at]) - 0.1 * self.prior[at];
                (self.means[at], self.working[at]) = (mean, weight);
                sums.weight += weight;
                sums.time += weight * time;
                sums.square += weight * time * time;
                sums.level += adjusted;
                sums.product += adjusted * time;
                deviance += self.prior[at] * (data.counted[at].full - data.response[at] * ln + mean);
            }
        }
        2.0 * deviance
    }

    /// The same for a line, whose means replace those before.
    fn follow(&mut self, line: &Fit) -> f64 {
        let slope = line.slope.unwrap_or(0.0);
        let growth = slope.exp();
        self.moments.fill(Moments::default());
        for run in &self.data.runs {
            let first = self.data.time[run.from];
            let mut mean = (line.predictor(run.season, first) + self.data.offset[run.from]).exp();
            let (mut weights, mut times, mut squares) = (0.0, 0.0, 0.0);
            let mut time = first - self.middle;
            let places = self.means[run.from..run.to]
                .iter_mut()
                .zip(&mut self.working[run.from..run.to]);
            for ((kept, working), prior) in places.zip(&self.prior[run.from..run.to]) {
                *kept = mean.max(f64::EPSILON);
                let weight = prior * *kept;
                *working = weight;
                weights += weight;
                times += weight * time;
                squares += weight * time * time;
                mean *= growth;
                time += 1.0;
            }
            let sums = &mut self.moments[run.season];
            sums.weight += weights;
            sums.time += times;
            sums.square += squares;
        }
        let mut deviance = self.full;
        for (season, (sums, counts)) in self.moments.iter_mut().zip(&self.counts).enumerate() {
            let base = line.predictor(season, self.middle);
            sums.level = (base - 1.0) * sums.weight + slope * sums.time + counts.count;
            sums.product = (base - 1.0) * sums.time + slope * sums.square + counts.product;
            deviance += sums.weight - base * counts.count - slope * counts.product;
        }
        2.0 * deviance
    }
}

impl Fit {
    /// Fits; none when it does not settle.
    pub fn new(data: &Data, prior: &[f64], with_trend: bool) -> Option<Fit> {
        let mut rounds = Rounds::new(data, prior);
        let mut fit = Fit {
            sums: vec![Season::default(); data.seasons],
            slope: with_trend.then_some(0.0),
            spread: 0.0,
            mean: Vec::new(),
            working: vec![0.0; prior.len()],
            dispersion: f64::NAN,
            freedom: 0.0,
            prior_dispersion: f64::NAN,
        };
        let mut before = rounds.start();
        for _ in 0..25 {
            fit.round(&rounds);
            // What the round was weighted by stays with the line; the next weights take its place.
            std::mem::swap(&mut fit.working, &mut rounds.working);
            let now = rounds.follow(&fit);
            if !now.is_finite() {
                return None;
            }
            if (now - before).abs() / (now.abs() + 0.1) < 1e-8 {
                fit.mean = rounds.means;
                return fit.settled(data, prior);
            }
            before = now;
        }
        None
    }

    /// The line with its dispersion.
    fn settled(mut self, data: &Data, prior: &[f64]) -> Option<Fit> {
        let used = prior.iter().filter(|w| **w > 0.0).count();
        let rank = self.sums.iter().filter(|s| s.weight > 0.0).count() + usize::from(self.slope.is_some());
        self.freedom = used.saturating_sub(rank) as f64;
        let (mut square, mut by_prior) = (0.0, 0.0);
        for (at, mean) in self.mean.iter().enumerate() {
            let residual = (data.response[at] - mean) / mean;
            square += self.working[at] * residual * residual;
            by_prior += prior[at] * residual * residual;
        }
        self.dispersion = square / self.freedom;
        self.prior_dispersion = by_prior / self.freedom;
        (self.freedom > 0.0).then_some(self)
    }

    /// One weighted least-squares step: within seasons for the slope, then the levels.
    fn round(&mut self, rounds: &Rounds<'_>) {
        let (mut square, mut product) = (0.0, 0.0);
        for (sum, moments) in self.sums.iter_mut().zip(&rounds.moments) {
            *sum = Season::default();
            if moments.weight > 0.0 {
                let (time, level) = (moments.time / moments.weight, moments.level / moments.weight);
                square += moments.square - time * moments.time;
                product += moments.product - time * moments.level;
                *sum = Season {
                    weight: moments.weight,
                    time: time + rounds.middle,
                    level,
                };
            }
        }
        let Some(slope) = &mut self.slope else { return };
        self.spread = square;
        *slope = if square > 0.0 { product / square } else { 0.0 };
    }

    fn predictor(&self, season: usize, time: f64) -> f64 {
        let sum = &self.sums[season];
        sum.level + self.slope.map_or(0.0, |slope| slope * (time - sum.time))
    }

    /// The line at a season and time, without offset.
    pub fn predict(&self, season: u8, time: f64) -> Prediction {
        Prediction {
            eta: self.predictor(usize::from(season), time),
            unscaled_error: self.unscaled_variance(usize::from(season), time).sqrt(),
        }
    }

    fn unscaled_variance(&self, season: usize, time: f64) -> f64 {
        let sum = &self.sums[season];
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
        let mut weights = vec![1.0; n];
        let slope = self.slope.unwrap_or(0.0);
        let growth = (-slope / 6.0).exp();
        let bound = threshold * threshold * dispersion;
        let greatest = f64::EPSILON.powf(-1.0 / 6.0);
        for run in &data.runs {
            let first = self.predictor(run.season, data.time[run.from]) + data.offset[run.from];
            // The mean to the power of −1/6.
            let mut sixth = (-first / 6.0).exp();
            for (at, weight) in weights.iter_mut().enumerate().take(run.to).skip(run.from) {
                let least = sixth.min(greatest);
                sixth *= growth;
                let raw = 1.5 * (data.counted[at].two_thirds * least - self.mean[at].sqrt());
                if raw <= 0.0 {
                    continue;
                }
                let leverage = self.working[at] * self.unscaled_variance(run.season, data.time[at]);
                // Squares on both sides: a residual above the threshold is not divided before it is known to be one.
                if leverage <= 1.0 && raw * raw > bound * (1.0 - leverage) {
                    *weight = dispersion * (1.0 - leverage) / (raw * raw);
                }
            }
        }
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
        let mut data = Data::new(2);
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
        let mut data = Data::new(1);
        for i in 0..60 {
            let time = f64::from(i);
            data.push((3.0 * (0.02 * time).exp()).round(), time, 0, 0.0);
        }
        let fit = Fit::new(&data, &[1.0; 60], true).expect("a fit");
        assert!((fit.slope().expect("a slope") - 0.02).abs() < 2e-3);
        assert!(fit.slope_p_value(fit.dispersion).expect("a slope") < 1e-6);
    }
}
