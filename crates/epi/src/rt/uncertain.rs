//! Serial intervals when mean and standard deviation are known with error.
//!
//! Both are normal and cut off at bounds, and independent. Drawing them gives an answer that changes with the seed; here
//! the two integrals are taken by Gauss's rule instead, so the answer is the one that draws converge to.

use super::SerialInterval;
use crate::Result;
use crate::number::{normal, quadrature};
use lianfang_kernel::{Problem, Words};
use rayon::prelude::*;

/// Points on an axis of this many standard deviations: the integrands are smooth, and twice as many change the seventh digit.
fn points_for(deviations: f64) -> usize {
    6 + (1.2 * deviations).ceil() as usize
}

/// A normal distribution cut off at bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    /// Mean before it is cut.
    pub mean: f64,
    /// Standard deviation before it is cut.
    pub sd: f64,
    /// Least value.
    pub min: f64,
    /// Greatest value.
    pub max: f64,
}

impl Bounded {
    /// Points with their weights, which sum to one.
    fn points(&self) -> Vec<(f64, f64)> {
        if self.sd == 0.0 || self.min == self.max {
            return vec![(self.mean.clamp(self.min, self.max), 1.0)];
        }
        // What lies nine deviations out carries no weight: the points go where it is.
        let low = self.min.max(self.mean - 9.0 * self.sd);
        let high = self.max.min(self.mean + 9.0 * self.sd);
        let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
        let points: Vec<(f64, f64)> = quadrature::points(points_for((high - low) / self.sd))
            .into_iter()
            .map(|(x, w)| (middle + half * x, w))
            .map(|(x, w)| (x, w * normal::density((x - self.mean) / self.sd)))
            .collect();
        let sum: f64 = points.iter().map(|(_, w)| w).sum();
        points.into_iter().map(|(x, w)| (x, w / sum)).collect()
    }

    fn is_sound(&self) -> bool {
        let values = [self.mean, self.sd, self.min, self.max];
        values.iter().all(|v| v.is_finite())
            && self.sd >= 0.0
            && self.min <= self.max
            && (self.min - 9.0 * self.sd..=self.max + 9.0 * self.sd).contains(&self.mean)
    }
}

/// Serial intervals with their weights for `days` of data.
///
/// # Errors
/// Bounds that are none, a mean that can fall below one day, a standard deviation that can fall below zero.
pub fn uncertain_intervals(mean: Bounded, sd: Bounded, days: usize) -> Result<Vec<(f64, SerialInterval)>> {
    if !(mean.is_sound() && sd.is_sound() && mean.min >= 1.0 && sd.min >= 0.0) {
        return Err(Problem::new(
            "interval_invalid",
            Words::new(
                "代间距均值或标准差的范围不可用",
                "the bounds of the serial interval cannot be used",
            ),
            Words::new(
                "均值的下限不小于1天，标准差的下限不小于0，下限不大于上限",
                "the least mean is one day or more, the least standard deviation zero or more, and least is not above greatest",
            ),
        ));
    }
    let (means, sds) = (mean.points(), sd.points());
    let pairs: Vec<(f64, f64, f64)> = means
        .iter()
        .flat_map(|(mean, a)| sds.iter().map(move |(sd, b)| (a * b, *mean, *sd)))
        .collect();
    pairs
        .into_par_iter()
        .map(|(weight, mean, sd)| Ok((weight, SerialInterval::parametric(mean, sd, days)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_are_enough() {
        for (min, max) in [(1.0, 4.2), (0.5, 9.0), (-20.0, 30.0)] {
            let bounded = Bounded {
                mean: 2.6,
                sd: 1.0,
                min,
                max,
            };
            let found: f64 = bounded.points().iter().map(|(x, w)| w * (-0.7 * x).exp()).sum();
            let (low, high) = (min.max(-6.4), max.min(11.6));
            let rule = quadrature::points(80);
            let whole = quadrature::integral(low, high, &rule, |x| normal::density(x - 2.6));
            let expected =
                quadrature::integral(low, high, &rule, |x| normal::density(x - 2.6) * (-0.7 * x).exp()) / whole;
            assert!(
                (found - expected).abs() < 1e-6 * expected,
                "{min} {max}: {found} {expected}"
            );
        }
    }

    #[test]
    fn a_known_interval_is_one_interval() {
        let known = |mean| Bounded {
            mean,
            sd: 0.0,
            min: 1.0,
            max: 9.0,
        };
        let intervals = uncertain_intervals(known(4.0), known(2.0), 30).expect("an interval");
        assert_eq!(intervals.len(), 1);
    }
}
