//! The instantaneous reproduction number in a window, with a gamma prior.

use super::infectivity::forces;
use super::mixture::{self, Part};
use super::{Incidence, SerialInterval, Windows, tabled};
use crate::Result;
use lianfang_kernel::{Problem, Words};
use rayon::prelude::*;

/// What is believed about R before the data: a gamma distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prior {
    /// Its mean; 5 is usual.
    pub mean: f64,
    /// Its standard deviation; 5 is usual.
    pub sd: f64,
}

impl Default for Prior {
    fn default() -> Prior {
        Prior { mean: 5.0, sd: 5.0 }
    }
}

/// What is known about R in one window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reproduction {
    /// Mean of the posterior distribution.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// Its quantiles at [`PROBABILITIES`](super::PROBABILITIES).
    pub quantiles: [f64; 7],
}

/// One window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RtRow {
    /// First day, from 1.
    pub start: usize,
    /// Last day.
    pub end: usize,
    /// None while the window ends before one mean serial interval has passed.
    pub estimate: Option<Reproduction>,
}

/// R in every window, averaged over serial intervals by their weights; one interval of weight 1 gives the exact gamma
/// posterior, several give the exact mixture.
///
/// An interval counts in a window that ends after its mean, since before that cases still come from unseen infectors.
///
/// ```
/// use lianfang_epi::rt::{Incidence, Prior, SerialInterval, Windows, reproduction};
/// let cases = Incidence::of_total(vec![1., 2., 2., 4., 5., 7., 9., 14., 17., 22.])?;
/// let interval = SerialInterval::parametric(2.6, 1.5, cases.days())?;
/// let windows = Windows { first: 2, width: 7, step: 1 };
/// let rows = reproduction(&cases, &[(1.0, interval)], windows, Prior::default())?;
/// assert!(rows[2].estimate.is_some_and(|r| r.quantiles[0] > 1.0));
/// # Ok::<(), lianfang_kernel::Problem>(())
/// ```
///
/// # Errors
/// Windows that do not fit, a prior that is none, no interval.
pub fn reproduction(
    incidence: &Incidence,
    intervals: &[(f64, SerialInterval)],
    windows: Windows,
    prior: Prior,
) -> Result<Vec<RtRow>> {
    if !(prior.mean > 0.0 && prior.sd > 0.0 && prior.mean.is_finite() && prior.sd.is_finite()) {
        return Err(Problem::new(
            "prior_invalid",
            Words::new(
                "先验的均值和标准差须大于0",
                "the prior's mean and standard deviation must be above zero",
            ),
            Words::new("常用均值5、标准差5", "5 and 5 are usual"),
        ));
    }
    let windows = windows.within(incidence.days())?;
    let total = incidence.total();
    let days = incidence.days();
    let force = |(weight, interval): &(f64, SerialInterval)| Force::new(*weight, interval, &total, days);
    let forces: Vec<Force> = match intervals.len() < 8 {
        true => intervals.iter().map(force).collect(),
        false => intervals.par_iter().map(force).collect(),
    };
    let local = running(incidence.local().iter().copied());
    let shape_before = (prior.mean / prior.sd).powi(2);
    let rate_before = prior.mean / (prior.sd * prior.sd);
    let row = |&(start, end): &(usize, usize)| {
        let shape = shape_before + local[end] - local[start - 1];
        let part = |force: &Force| Part {
            weight: force.weight,
            scale: 1.0 / (rate_before + force.lambda[start - 1..end].iter().sum::<f64>()),
        };
        let is_seen = |force: &&Force| end as f64 > force.mean;
        let estimate = match forces.as_slice() {
            [force] => is_seen(&force).then(|| known(shape, part(force).scale)),
            forces => mixed(shape, forces.iter().filter(is_seen).map(part).collect()),
        };
        RtRow { start, end, estimate }
    };
    // A window of one interval is read from a table: threads would cost more than they save. They are for many series.
    Ok(match forces.len() < 2 || windows.len() * forces.len() < 256 {
        true => windows.iter().map(row).collect(),
        false => windows.par_iter().map(row).collect(),
    })
}

/// What one serial interval makes of the cases so far.
struct Force {
    weight: f64,
    mean: f64,
    /// Infectivity of each day, from day 1; zero where unknown.
    lambda: Vec<f64>,
}

impl Force {
    fn new(weight: f64, interval: &SerialInterval, total: &[f64], days: usize) -> Force {
        let weights = interval.up_to(days);
        Force {
            weight,
            mean: weights.iter().zip(0_u32..).map(|(w, k)| w * f64::from(k)).sum(),
            lambda: forces(total, weights),
        }
    }
}

/// The exact posterior of one interval.
fn known(shape: f64, scale: f64) -> Reproduction {
    Reproduction {
        mean: shape * scale,
        sd: shape.sqrt() * scale,
        quantiles: tabled::quantiles(shape).map(|q| q * scale),
    }
}

/// The exact mixture of several; none when none has been seen to its mean.
fn mixed(shape: f64, mut parts: Vec<Part>) -> Option<Reproduction> {
    if let [part] = parts.as_slice() {
        return Some(known(shape, part.scale));
    }
    let sum: f64 = parts.iter().map(|part| part.weight).sum();
    parts.iter_mut().for_each(|part| part.weight /= sum);
    let (mean, sd) = mixture::moments(shape, &parts);
    (!parts.is_empty()).then(|| Reproduction {
        mean,
        sd,
        quantiles: mixture::quantiles(shape, &parts),
    })
}

/// Sums of the first 0, 1, 2 … values.
fn running(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let sums = values.scan(0.0, |sum, value| {
        *sum += value;
        Some(*sum)
    });
    std::iter::once(0.0).chain(sums).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quantiles_rise_and_twice_the_cases_keep_the_mean(
            cases in proptest::collection::vec(0_u32..200, 12..60),
        ) {
            let cases: Vec<f64> = std::iter::once(3).chain(cases).map(f64::from).collect();
            let interval = SerialInterval::parametric(3.0, 1.5, cases.len()).expect("an interval");
            let windows = Windows { first: 2, width: 7, step: 1 };
            let estimate = |scale: f64| {
                let scaled = cases.iter().map(|n| n * scale).collect();
                let incidence = Incidence::of_total(scaled).expect("counts");
                let flat = Prior { mean: 1e3, sd: 1e5 };
                reproduction(&incidence, &[(1.0, interval.clone())], windows, flat).expect("an estimate")
            };
            for (one, two) in estimate(1.0).iter().zip(estimate(2.0)) {
                if let (Some(one), Some(two)) = (one.estimate, two.estimate) {
                    prop_assert!(one.quantiles.is_sorted());
                    let is_rich = one.mean > 0.1 && one.mean < 10.0;
                    prop_assert!(!is_rich || (one.mean - two.mean).abs() < 0.01 * one.mean);
                }
            }
        }
    }

    #[test]
    fn a_prior_that_is_none_is_refused() {
        let incidence = Incidence::of_total(vec![1.0; 20]).expect("counts");
        let windows = Windows {
            first: 2,
            width: 7,
            step: 1,
        };
        for (mean, sd) in [(0.0, 1.0), (1.0, -1.0), (f64::NAN, 1.0)] {
            assert!(reproduction(&incidence, &[], windows, Prior { mean, sd }).is_err());
        }
    }
}
