//! The time from the onset of a case to the onset of those it infects, in days.

use crate::Result;
use crate::number::gamma;
use lianfang_kernel::{Problem, Words};

/// Probabilities of each lag from zero; the first is zero.
#[derive(Clone, Debug, PartialEq)]
pub struct SerialInterval {
    weights: Vec<f64>,
}

impl SerialInterval {
    /// A distribution that is known, its first entry for lag zero.
    ///
    /// # Errors
    /// A negative entry, a first entry that is not zero, or a sum more than 0.01 away from one.
    pub fn new(weights: Vec<f64>) -> Result<SerialInterval> {
        let sum: f64 = weights.iter().sum();
        let is_sound = weights.first() == Some(&0.0) && weights.iter().all(|w| *w >= 0.0 && w.is_finite());
        if !is_sound || (sum - 1.0).abs() > 0.01 {
            return Err(Problem::new(
                "interval_invalid",
                Words::new(
                    "代间距分布无效：首项须为0，各项不为负，总和为1",
                    "the serial interval is not a distribution: zero at lag 0, nothing negative, sum one",
                ),
                Words::new(format!("现总和 {sum}"), format!("the sum is {sum}")),
            ));
        }
        Ok(SerialInterval { weights })
    }

    /// The shifted gamma distribution of Cori et al. (web appendix 11) for the lags below `days`.
    ///
    /// # Errors
    /// A mean up to one day or a standard deviation of zero.
    pub fn parametric(mean: f64, sd: f64, days: usize) -> Result<SerialInterval> {
        if !(mean > 1.0 && sd > 0.0 && mean.is_finite() && sd.is_finite()) {
            return Err(Problem::new(
                "interval_invalid",
                Words::new(
                    format!("代间距均值 {mean}、标准差 {sd} 不可用"),
                    format!("a serial interval with mean {mean} and standard deviation {sd} cannot be used"),
                ),
                Words::new(
                    "均值须大于1天，标准差须大于0",
                    "the mean must be above one day and the standard deviation above zero",
                ),
            ));
        }
        Ok(SerialInterval {
            weights: discretised(mean, sd, days),
        })
    }

    /// The probabilities from lag zero.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The probabilities of the lags from zero to `days`, filled with zeros and never scaled up again.
    pub fn padded(&self, days: usize) -> Vec<f64> {
        let mut weights = self.up_to(days).to_vec();
        weights.resize(days + 1, 0.0);
        weights
    }

    /// The probabilities of the lags from zero to `days`, as far as they are given.
    pub fn up_to(&self, days: usize) -> &[f64] {
        &self.weights[..self.weights.len().min(days + 1)]
    }

    /// Mean in days.
    pub fn mean(&self) -> f64 {
        self.weights.iter().zip(0_u32..).map(|(w, k)| w * f64::from(k)).sum()
    }
}

/// Probabilities of the lags 0 to `days - 1` of a gamma distribution that is shifted by one day and read in whole days.
pub fn discretised(mean: f64, sd: f64, days: usize) -> Vec<f64> {
    let shape = ((mean - 1.0) / sd).powi(2);
    let scale = sd * sd / (mean - 1.0);
    let mut weights = vec![0.0; days];
    // Each distribution function is needed at three neighbouring lags.
    let mut own = [0.0; 3];
    let mut next = [0.0; 3];
    for (lag, weight) in weights.iter_mut().enumerate() {
        let k = lag as f64;
        let above = gamma::upper(shape, scale, k - 2.0);
        if above < 1e-18 {
            break;
        }
        own = [own[1], own[2], gamma::cdf(shape, scale, k)];
        next = [next[1], next[2], gamma::cdf(shape + 1.0, scale, k)];
        let value = k * own[2] + (k - 2.0) * own[0] - 2.0 * (k - 1.0) * own[1]
            + shape * scale * (2.0 * next[1] - next[0] - next[2]);
        *weight = value.max(0.0);
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_discretised_interval_keeps_its_mean(mean in 1.5..12.0_f64, share in 0.2..1.0_f64) {
            let interval = SerialInterval::parametric(mean, mean * share, 400).expect("an interval");
            prop_assert!((interval.weights().iter().sum::<f64>() - 1.0).abs() < 1e-6);
            prop_assert!((interval.mean() - mean).abs() < 1e-4, "{}", interval.mean());
        }
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        for weights in [vec![], vec![0.5, 0.5], vec![0.0, 1.5, -0.5], vec![0.0, 0.5]] {
            assert!(SerialInterval::new(weights).is_err());
        }
        assert!(SerialInterval::parametric(1.0, 1.0, 10).is_err());
    }
}
