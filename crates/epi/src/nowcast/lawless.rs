//! Lawless' estimate: what is reported over the probability of having been reported.

use super::triangle::{Learnt, Triangle};
use crate::number::normal;

/// The probability of each number from zero to `most`, for every step that is not settled; and that of a report within each delay.
pub fn distributions(
    triangle: &Triangle,
    learnt: &Learnt,
    most: usize,
    as_reference: bool,
) -> (Vec<Vec<f64>>, Vec<f64>) {
    let longest = triangle.longest();
    let reported = triangle.reported();
    // Of those reported within a delay, the share with exactly this one.
    let hazard = |delay: usize| match learnt.up_to[delay] {
        0.0 => 0.0,
        up_to => learnt.exactly[delay] / up_to,
    };
    let within: Vec<f64> = (0..=longest)
        .map(|delay| (delay + 1..=longest).map(|x| 1.0 - hazard(x)).product())
        .collect();
    let chances = reported.iter().enumerate().skip(triangle.settled()).map(|(at, n)| {
        let elapsed = triangle.last() - at;
        let share = within.get(elapsed).copied().unwrap_or(1.0);
        let mut variance = n * (1.0 - share) / (share * share);
        if !as_reference {
            variance += n * (n + 1.0) / share.powi(4) * share_variance(learnt, elapsed, longest, share, hazard);
        }
        normal_above(*n, n / share, variance, most, as_reference)
    });
    let delays = (0..=triangle.last()).map(|delay| within.get(delay).copied().unwrap_or(1.0));
    (chances.collect(), delays.collect())
}

/// How uncertain the probability of having been reported is itself.
fn share_variance(learnt: &Learnt, elapsed: usize, longest: usize, share: f64, hazard: impl Fn(usize) -> f64) -> f64 {
    let one = |delay: usize| {
        let hazard = hazard(delay);
        let term = hazard / (learnt.up_to[delay] * (1.0 - hazard));
        if term.is_finite() { term } else { 0.0 }
    };
    share * share * (elapsed + 1..=longest).map(one).sum::<f64>()
}

/// Probabilities of whole numbers from `least` on, of a normal distribution.
fn normal_above(least: f64, mean: f64, variance: f64, most: usize, as_reference: bool) -> Vec<f64> {
    let mut chances = vec![0.0; most + 1];
    if variance.is_nan() || variance <= 0.0 {
        if let Some(chance) = chances.get_mut(mean.round() as usize) {
            *chance = 1.0;
        }
        return chances;
    }
    let sd = variance.sqrt();
    let cut = normal::cdf((least - mean) / sd);
    let mut before = 0.0;
    for (number, chance) in chances.iter_mut().enumerate().skip(least as usize) {
        let below = normal::cdf((number as f64 - mean) / sd);
        let below = if as_reference {
            below
        } else {
            normal::cdf((number as f64 + 0.5 - mean) / sd) - cut
        };
        let share = (below / (1.0 - cut)).max(before);
        *chance = share - before;
        before = share;
    }
    chances
}
