//! How many cases of the last days there will be once everything is reported.
//!
//! Höhle, an der Heiden, Biometrics 2014 (doi:10.1111/biom.12194) and Lawless, Can J Stat 1994 (doi:10.2307/3315820). Needed
//! is when each case fell ill and when it was reported. The delay is taken not to change: after a change in testing or
//! reporting the answer is wrong, and no interval says so.

mod bayes;
mod lawless;
mod triangle;

pub use bayes::BayesSettings;
pub use triangle::Triangle;

use crate::Result;
use lianfang_kernel::{Problem, Words};

/// How it is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// Lawless' estimate with a normal interval. `as_reference` leaves out that the delays themselves are estimated, and cuts
    /// the interval as the reference program does: too narrow.
    Lawless {
        /// As above.
        as_reference: bool,
    },
    /// Delays as if everything that happened had been reported; the answer in closed form.
    NotTruncatedExact,
    /// The same with a prior for the number of cases.
    NotTruncated(BayesSettings),
    /// Delays from what could have been reported by now, which is what one wants; with a prior for the number of cases.
    Truncated(BayesSettings),
}

/// Settings of all methods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// The method.
    pub method: Method,
    /// The interval holds the number with one minus this probability.
    pub alpha: f64,
    /// The greatest number that is considered.
    pub most: usize,
    /// Steps back that delays are learnt from; none for all.
    pub window: Option<usize>,
}

/// The answer for one step of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nowcast {
    /// The step, from zero.
    pub at: usize,
    /// Reported so far.
    pub reported: f64,
    /// As likely more as less.
    pub median: f64,
    /// Ends of the interval.
    pub interval: (f64, f64),
    /// Whether the greatest number considered was too small for the interval, whose upper end is then missing.
    pub is_cut: bool,
}

/// Answers for every step, and how likely a report is within each delay.
///
/// # Errors
/// An alpha that is no probability, a window of no steps, or counts above the greatest number considered.
pub fn nowcast(triangle: &Triangle, settings: &Settings) -> Result<(Vec<Nowcast>, Vec<f64>)> {
    let reported = triangle.reported();
    let highest = reported.iter().copied().fold(0.0, f64::max);
    if !(settings.alpha > 0.0 && settings.alpha < 1.0) || settings.window == Some(0) || highest > settings.most as f64 {
        return Err(Problem::new(
            "settings_invalid",
            Words::new("现时预测的参数不可用", "these settings of a nowcast cannot be used"),
            Words::new(
                format!("alpha 在0与1之间，窗口至少1步，最大病例数不小于已报告的 {highest}"),
                format!(
                    "alpha between 0 and 1, a window of a step or more, and at least {highest} as the greatest number"
                ),
            ),
        ));
    }
    let learnt = triangle.learnt(settings.window);
    let (chances, delays) = match settings.method {
        Method::Lawless { as_reference } => lawless::distributions(triangle, &learnt, settings.most, as_reference),
        Method::NotTruncatedExact => bayes::exact(triangle, &learnt, settings.most),
        Method::NotTruncated(prior) => bayes::integrated(triangle, &learnt, settings.most, &prior, false),
        Method::Truncated(prior) => bayes::integrated(triangle, &learnt, settings.most, &prior, true),
    };
    let (low, half, high) = (settings.alpha / 2.0, 0.5, 1.0 - settings.alpha / 2.0);
    let one = |(at, reported): (usize, &f64)| match at.checked_sub(triangle.settled()).and_then(|i| chances.get(i)) {
        None => Nowcast {
            at,
            reported: *reported,
            median: *reported,
            interval: (*reported, *reported),
            is_cut: false,
        },
        Some(chances) => {
            let upper = quantile(chances, high);
            Nowcast {
                at,
                reported: *reported,
                median: quantile(chances, half).unwrap_or_default(),
                interval: (quantile(chances, low).unwrap_or_default(), upper.unwrap_or_default()),
                is_cut: upper.is_none(),
            }
        }
    };
    Ok((reported.iter().enumerate().map(one).collect(), delays))
}

/// The least number that more than this probability lies up to; none when the numbers considered do not suffice.
fn quantile(chances: &[f64], p: f64) -> Option<f64> {
    let mut below = 0.0;
    let found = chances.iter().position(|chance| {
        below += chance;
        below > p
    });
    found.map(|number| number as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triangle() -> Triangle {
        // Twenty cases a day, half reported at once, then a quarter, then the rest.
        let delays = [10.0, 5.0, 3.0, 2.0];
        let rows = (0..20).map(|_| delays.to_vec()).collect();
        Triangle::new(rows).expect("counts")
    }

    #[test]
    fn every_method_finds_what_is_missing() {
        let prior = BayesSettings {
            kappa: 0.1,
            mean: 20.0,
            variance: 400.0,
        };
        for method in [
            Method::Lawless { as_reference: false },
            Method::NotTruncatedExact,
            Method::NotTruncated(prior),
            Method::Truncated(prior),
        ] {
            let settings = Settings {
                method,
                alpha: 0.05,
                most: 200,
                window: None,
            };
            let (rows, delays) = nowcast(&triangle(), &settings).expect("an answer");
            let last = rows[19];
            assert_eq!(last.reported, 10.0);
            assert!((17.0..=22.0).contains(&last.median), "{method:?}: {last:?}");
            assert!(
                last.interval.0 <= 20.0 && last.interval.1 >= 20.0,
                "{method:?}: {last:?}"
            );
            assert_eq!(rows[10].interval, (20.0, 20.0), "{method:?}");
            assert!((delays[0] - 0.5).abs() < 0.05, "{method:?}: {delays:?}");
        }
    }

    #[test]
    fn too_small_a_greatest_number_is_refused() {
        let settings = Settings {
            method: Method::NotTruncatedExact,
            alpha: 0.05,
            most: 5,
            window: None,
        };
        assert!(nowcast(&triangle(), &settings).is_err());
    }
}
