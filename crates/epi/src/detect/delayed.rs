//! A detector for counts that are not complete yet: this week as reported so far, against earlier weeks as reported so far.
//!
//! Salmon, Schumacher, Stark, Höhle, Biom J 2015 (doi:10.1002/bimj.201400159), with the asymptotic inference of its program: a
//! negative binomial line over time, season and delay, whose uncertainty is that of maximum likelihood. The program draws
//! parameters at random; they are integrated over a lattice here.

use super::farrington::{same_weeks, seasons};
use super::{Series, Verdict};
use crate::Result;
use crate::number::{discrete, lattice, normal, root};
use lianfang_kernel::{Problem, Words};
use nalgebra::{DMatrix, DVector};
use rayon::prelude::*;

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Delayed {
    /// Years to look back.
    pub b: usize,
    /// Periods on each side of the same period.
    pub w: usize,
    /// Seasons of a year.
    pub periods: usize,
    /// Last periods that the line does not see.
    pub past_not_included: usize,
    /// Whether there is a slope over the years.
    pub trend: bool,
    /// Probability of a false alarm.
    pub alpha: f64,
    /// Cases that the last periods must hold for a bound, and how many periods.
    pub least: (f64, usize),
}

/// Looks at the periods `first` to `last`, from 1. With a triangle (for each period the cases by delay, missing where not
/// known) the line knows delays; without, counts are taken as complete.
///
/// # Errors
/// A period with less history than the settings ask for; a triangle of another length than the series.
pub fn delayed(
    series: &Series,
    triangle: Option<&[Vec<Option<f64>>]>,
    settings: &Delayed,
    first: usize,
    last: usize,
) -> Result<Vec<Verdict>> {
    series.check_range(first, last, 1)?;
    let delays = triangle.and_then(|rows| rows.first()).map_or(1, Vec::len);
    let is_even =
        triangle.is_none_or(|rows| rows.len() == series.observed().len() && rows.iter().all(|r| r.len() == delays));
    if !is_even || delays == 0 || settings.periods == 0 || !(settings.alpha > 0.0 && settings.alpha < 1.0) {
        return Err(Problem::new(
            "settings_invalid",
            Words::new("参数或报告三角不可用", "these settings or this triangle cannot be used"),
            Words::new(
                "报告三角与序列行数相同、每行列数相同，alpha 在0与1之间",
                "the triangle has a row for each period, all of one length, and alpha lies between 0 and 1",
            ),
        ));
    }
    (first..=last)
        .into_par_iter()
        .map(|t| look(series, triangle, settings, t))
        .collect()
}

fn look(series: &Series, triangle: Option<&[Vec<Option<f64>>]>, settings: &Delayed, t: usize) -> Result<Verdict> {
    let at = t - 1;
    let same = same_weeks(series, at, settings.b)?;
    let season = seasons(&same, at, settings.w, settings.periods)?;
    let delays = triangle.map_or(1, |rows| rows[0].len());
    let design = Design {
        settings: *settings,
        delays,
        time: at as f64,
    };
    let (mut rows, mut counts) = (Vec::new(), Vec::new());
    let end = at.saturating_sub(settings.past_not_included);
    for (week, season) in season.iter().enumerate().filter_map(|(week, s)| s.map(|s| (week, s))) {
        for delay in 0..delays {
            // The program of reference leaves one cell more out with a triangle, one week more without.
            let is_used = if triangle.is_some() {
                week < end || (week == end && delay + 1 < delays)
            } else {
                week < end
            };
            let count = triangle.map_or(Some(series.observed()[week]), |rows| rows[week][delay]);
            if let (true, Some(count)) = (is_used, count) {
                rows.push(design.row(week as f64, season, delay));
                counts.push(count);
            }
        }
    }
    let own = u8::try_from(settings.periods).unwrap_or(u8::MAX);
    let upper = Line::fit(&rows, &counts).map(|line| match triangle {
        None => line.bound(&[line.predict(&design.row(design.time, own, 0))], settings.alpha, true),
        Some(_) => {
            let seen = (1..delays)
                .filter(|delay| triangle.is_some_and(|rows| rows[..end].iter().any(|r| r[*delay] > Some(0.0))));
            // As in the program of reference: each delay that occurs stands for the one before it.
            let parts: Vec<(f64, f64)> = seen
                .map(|delay| line.predict(&design.row(design.time, own, delay - 1)))
                .collect();
            line.bound(&parts, settings.alpha, false)
        }
    });
    let observed = series.observed()[at];
    let (cases, periods) = settings.least;
    let lately: f64 = series.observed()[(at + 1).saturating_sub(periods)..=at].iter().sum();
    let upper = upper.filter(|upper| lately >= cases && upper.is_finite());
    Ok(Verdict {
        t,
        observed,
        upper,
        alarm: upper.is_some_and(|upper| observed > upper),
    })
}

/// What a row of the line holds: one, time, seasons but the first, delays but the first.
struct Design {
    settings: Delayed,
    delays: usize,
    time: f64,
}

impl Design {
    fn row(&self, week: f64, season: u8, delay: usize) -> Vec<f64> {
        let mut row = vec![1.0];
        // Years from now: numbers of one size keep the equations well conditioned.
        row.extend(self.settings.trend.then(|| (week - self.time) / 52.0));
        row.extend((2..=self.settings.periods).map(|s| f64::from(usize::from(season) == s)));
        row.extend((1..self.delays).map(|d| f64::from(delay == d)));
        row
    }
}

/// A negative binomial line on the logarithmic scale.
struct Line {
    coefficients: DVector<f64>,
    covariance: DMatrix<f64>,
    theta: f64,
    theta_error: f64,
}

impl Line {
    fn fit(rows: &[Vec<f64>], counts: &[f64]) -> Option<Line> {
        let width = rows.first()?.len();
        let x = DMatrix::from_row_iterator(rows.len(), width, rows.iter().flatten().copied());
        let y = DVector::from_column_slice(counts);
        let mut eta = y.map(|y| (y + 0.1).ln());
        let mut theta = f64::INFINITY;
        for _ in 0..200 {
            let mean = eta.map(f64::exp);
            let weights = mean.map(|mean| mean / (1.0 + mean / theta));
            let adjusted = DVector::from_fn(y.len(), |i, _| eta[i] + (y[i] - mean[i]) / mean[i]);
            let mut weighted = x.clone();
            weighted
                .row_iter_mut()
                .zip(weights.iter())
                .for_each(|(mut row, w)| row *= *w);
            let square = x.transpose() * &weighted;
            let coefficients = square.cholesky()?.solve(&(weighted.transpose() * adjusted));
            let earlier = mean;
            eta = &x * &coefficients;
            let mean = eta.map(f64::exp);
            // By the means: where a season or a delay holds no case its coefficient falls for ever and means nothing.
            let moved = mean
                .zip_map(&earlier, |now, then| (now - then).abs() / (1.0 + now))
                .amax();
            let before = theta;
            theta = theta_of(counts, mean.as_slice());
            let is_theta_still = theta == before || (theta / before).ln().abs() < 1e-9;
            if moved < 1e-9 && is_theta_still {
                let weights = mean.map(|mean| mean / (1.0 + mean / theta));
                let mut weighted = x.clone();
                weighted
                    .row_iter_mut()
                    .zip(weights.iter())
                    .for_each(|(mut row, w)| row *= *w);
                let covariance = (x.transpose() * weighted).cholesky()?.inverse();
                let theta_error = theta_error(counts, mean.as_slice(), theta);
                return Some(Line {
                    coefficients,
                    covariance,
                    theta,
                    theta_error,
                });
            }
        }
        None
    }

    /// The line at a row, and its standard error.
    fn predict(&self, row: &[f64]) -> (f64, f64) {
        let row = DVector::from_column_slice(row);
        (
            self.coefficients.dot(&row),
            row.dot(&(&self.covariance * &row)).max(0.0).sqrt(),
        )
    }

    /// The quantile of the sum of parts, with their uncertainty and that of the dispersion; `is_one` lets both move together.
    fn bound(&self, parts: &[(f64, f64)], alpha: f64, is_one: bool) -> f64 {
        let axes = if is_one { 1 } else { parts.len() + 1 };
        let points: Vec<(f64, f64)> = lattice::points(axes)
            .map(|point| {
                let z: Vec<f64> = point.iter().map(|p| normal::quantile(*p)).collect();
                let theta = self.theta + z[0] * self.theta_error;
                let mean = parts.iter().enumerate().map(|(i, (eta, error))| {
                    let z = if is_one { z[0] } else { z[i + 1] };
                    (eta + z * error).exp()
                });
                (theta, mean.sum::<f64>())
            })
            .filter(|(theta, _)| *theta > 0.0)
            .collect();
        mixed_quantile(&points, 1.0 - alpha)
    }
}

/// The least count that the mixture reaches `p` with.
fn mixed_quantile(points: &[(f64, f64)], p: f64) -> f64 {
    let below = |k: f64| {
        let one = |(theta, mean): &(f64, f64)| match theta.is_finite() {
            true => discrete::negative_binomial_cdf(*theta, *mean, k),
            false => discrete::poisson_cdf(*mean, k),
        };
        points.iter().map(one).sum::<f64>() / points.len() as f64
    };
    let (mut low, mut high) = (-1.0, 1.0);
    while high < 1e9 && below(high) < p {
        low = high;
        high *= 2.0;
    }
    while high - low > 1.0 {
        let middle = (0.5 * (low + high)).floor();
        if below(middle) >= p {
            high = middle
        } else {
            low = middle
        }
    }
    high
}

/// How the likelihood rises with theta.
fn theta_slope(counts: &[f64], means: &[f64], theta: f64) -> f64 {
    let one = |(y, mean): (&f64, &f64)| {
        let rising: f64 = (0..*y as u64).map(|i| 1.0 / (theta + i as f64)).sum();
        rising - (mean / theta).ln_1p() + (mean - y) / (theta + mean)
    };
    counts.iter().zip(means).map(one).sum()
}

fn theta_of(counts: &[f64], means: &[f64]) -> f64 {
    root::between(-8.0, 16.0, 1e-14, |ln| theta_slope(counts, means, ln.exp())).map_or(f64::INFINITY, f64::exp)
}

fn theta_error(counts: &[f64], means: &[f64], theta: f64) -> f64 {
    if !theta.is_finite() {
        return 0.0;
    }
    let step = 1e-4 * theta;
    let slope = |theta| theta_slope(counts, means, theta);
    let curvature = (slope(theta + step) - slope(theta - step)) / (2.0 * step);
    if curvature < 0.0 {
        (-1.0 / curvature).sqrt()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: Delayed = Delayed {
        b: 4,
        w: 3,
        periods: 10,
        past_not_included: 26,
        trend: true,
        alpha: 0.05,
        least: (0.0, 4),
    };

    #[test]
    fn a_half_reported_week_is_compared_with_half_reported_weeks() {
        let weeks: Vec<f64> = (0..300).map(|week: usize| (20 + week * 7 % 9) as f64).collect();
        let triangle: Vec<Vec<Option<f64>>> = weeks
            .iter()
            .map(|n| vec![Some((n / 2.0).floor()), Some((n / 2.0).ceil()), Some(0.0)])
            .collect();
        let series = Series::new(weeks, 52).expect("counts");
        let whole = delayed(&series, None, &SETTINGS, 300, 300).expect("a verdict")[0];
        let parts = delayed(&series, Some(&triangle), &SETTINGS, 300, 300).expect("a verdict")[0];
        assert!((25.0..40.0).contains(&whole.upper.expect("a bound")), "{whole:?}");
        assert!((8.0..22.0).contains(&parts.upper.expect("a bound")), "{parts:?}");
    }

    #[test]
    fn a_triangle_of_another_length_is_refused() {
        let series = Series::new(vec![1.0; 300], 52).expect("counts");
        assert!(delayed(&series, Some(&[vec![Some(1.0)]]), &SETTINGS, 300, 300).is_err());
    }
}
