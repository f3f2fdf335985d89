//! Three plain models: as last week, as the last fortnight grew, and as many as those infected so far will infect.

use super::Path;
use crate::number::{discrete, gamma, normal, student};
use crate::rt::{PROBABILITIES, SerialInterval};

/// A model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// The mean of the last week goes on.
    Flat,
    /// The growth of the last fortnight goes on.
    Growth,
    /// The reproduction number of the last week goes on.
    Renewal,
}

impl Model {
    /// Every model.
    pub const ALL: [Model; 3] = [Model::Flat, Model::Growth, Model::Renewal];

    /// Its name in sheets.
    pub fn name(self) -> &'static str {
        match self {
            Model::Flat => "flat",
            Model::Growth => "growth",
            Model::Renewal => "renewal",
        }
    }

    /// Quantiles for each day ahead, from at least 28 days of cases.
    pub(super) fn path(self, cases: &[f64], interval: &SerialInterval, horizon: usize) -> Path {
        let spread = dispersion(cases);
        match self {
            Model::Flat => flat(cases, horizon, spread),
            Model::Growth => growth(cases, horizon, spread),
            Model::Renewal => renewal(cases, interval, horizon, spread),
        }
    }
}

/// How much more than a Poisson count the last four weeks vary around the mean of their own week; at least 1.
fn dispersion(cases: &[f64]) -> f64 {
    let weeks = cases[cases.len() - 28..].chunks(7);
    let square = |week: &[f64]| {
        let mean = week.iter().sum::<f64>() / 7.0;
        week.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / mean.max(0.5)
    };
    (weeks.map(square).sum::<f64>() / 24.0).max(1.0)
}

/// Quantiles of counts whose mean is one of several, equally likely.
fn counts(means: &[f64], dispersion: f64) -> [f64; 7] {
    let of = |mean: f64, p: f64| match dispersion > 1.0 + 1e-9 {
        true => discrete::negative_binomial_quantile(mean / (dispersion - 1.0), mean, p),
        false => discrete::poisson_quantile(mean, p),
    };
    let below = |mean: f64, k: f64| match dispersion > 1.0 + 1e-9 {
        true => discrete::negative_binomial_cdf(mean / (dispersion - 1.0), mean, k),
        false => discrete::poisson_cdf(mean, k),
    };
    let size = means.len() as f64;
    PROBABILITIES.map(|p| {
        let ends = means.iter().map(|mean| of(*mean, p));
        let (mut low, mut high) = ends.fold((f64::INFINITY, 0.0_f64), |(low, high), k| (low.min(k), high.max(k)));
        while high - low >= 1.0 {
            let middle = (0.5 * (low + high)).floor();
            if means.iter().map(|mean| below(*mean, middle)).sum::<f64>() / size >= p {
                high = middle;
            } else {
                low = middle + 1.0;
            }
        }
        low
    })
}

/// Points in the middle of equal shares of what is not known about a mean.
fn shares() -> impl Iterator<Item = f64> + Clone {
    (0..15).map(|i| (f64::from(i) + 0.5) / 15.0)
}

fn flat(cases: &[f64], horizon: usize, spread: f64) -> Path {
    let week: f64 = cases[cases.len() - 7..].iter().sum();
    // What is known about the mean after a week's count, and that it drifts.
    let mean = |p: f64, day: usize| {
        let drift = (0.04 * (day as f64 + 1.0).sqrt() * normal::quantile(p)).exp();
        gamma::quantile(week / spread + 0.5, spread / 7.0, p) * drift
    };
    (0..horizon)
        .map(|day| counts(&shares().map(|p| mean(p, day)).collect::<Vec<_>>(), spread))
        .collect()
}

fn growth(cases: &[f64], horizon: usize, spread: f64) -> Path {
    const DAYS: usize = 14;
    let y: Vec<f64> = cases[cases.len() - DAYS..].iter().map(|n| (n + 0.5).ln()).collect();
    let middle = (DAYS as f64 - 1.0) / 2.0;
    let mean = y.iter().sum::<f64>() / DAYS as f64;
    let square: f64 = (0..DAYS).map(|x| (x as f64 - middle).powi(2)).sum();
    let slope = y
        .iter()
        .enumerate()
        .map(|(x, y)| (x as f64 - middle) * (y - mean))
        .sum::<f64>()
        / square;
    let residual: f64 = y
        .iter()
        .enumerate()
        .map(|(x, y)| (y - mean - slope * (x as f64 - middle)).powi(2))
        .sum();
    let freedom = DAYS as f64 - 2.0;
    let one = |day: usize| {
        let x = (DAYS + day) as f64 - middle;
        let error = (residual / freedom * (1.0 / DAYS as f64 + x * x / square)).sqrt();
        let at = |p: f64| {
            (mean + slope * x + student::quantile(p, freedom) * error)
                .min(25.0)
                .exp()
                - 0.5
        };
        counts(&shares().map(|p| at(p).max(1e-6)).collect::<Vec<_>>(), spread)
    };
    (0..horizon).map(one).collect()
}

fn renewal(cases: &[f64], interval: &SerialInterval, horizon: usize, spread: f64) -> Path {
    let weights = interval.weights();
    let force = |all: &[f64]| -> f64 { all.iter().rev().zip(weights.iter().skip(1)).map(|(n, w)| n * w).sum() };
    let week: f64 = (cases.len() - 7..cases.len()).map(|day| force(&cases[..day])).sum();
    let seen: f64 = cases[cases.len() - 7..].iter().sum();
    // A prior with mean 1 that weighs as one case; overdispersed counts teach less.
    let (shape, rate) = (1.0 + seen / spread, 1.0 + week / spread);
    let paths: Vec<Vec<f64>> = shares()
        .map(|p| {
            let reproduction = gamma::quantile(shape, 1.0 / rate, p);
            let mut all = cases.to_vec();
            for _ in 0..horizon {
                let next = (reproduction * force(&all)).min(1e12);
                all.push(next);
            }
            all.split_off(cases.len())
        })
        .collect();
    (0..horizon)
        .map(|day| {
            counts(
                &paths.iter().map(|path| path[day].max(1e-6)).collect::<Vec<_>>(),
                spread,
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steady_cases_are_expected_to_stay() {
        let cases = [50.0; 40];
        let interval = SerialInterval::parametric(5.0, 2.5, 40).expect("an interval");
        for model in Model::ALL {
            let path = model.path(&cases, &interval, 7);
            assert!((path[6][3] - 50.0).abs() < 4.0, "{model:?}: {path:?}");
            assert!(path[6][0] < 45.0 && path[6][6] > 55.0, "{model:?}: {path:?}");
        }
    }
}
