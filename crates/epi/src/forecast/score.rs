//! How good a forecast was, once the day has come: smaller is better, in the unit of the counts.

use crate::rt::PROBABILITIES;

/// The score of an interval that should hold `y` with probability 1 − `alpha`: its width, and what it missed by.
pub fn interval_score(low: f64, high: f64, y: f64, alpha: f64) -> f64 {
    let below = (low - y).max(0.0);
    let above = (y - high).max(0.0);
    high - low + 2.0 / alpha * (below + above)
}

/// The weighted interval score of seven quantiles: the median and three intervals.
pub fn weighted_interval_score(quantiles: &[f64; 7], y: f64) -> f64 {
    let one = |k: usize| {
        let alpha = 2.0 * PROBABILITIES[k];
        alpha / 2.0 * interval_score(quantiles[k], quantiles[6 - k], y, alpha)
    };
    (0.5 * (y - quantiles[3]).abs() + (0..3).map(one).sum::<f64>()) / 3.5
}

/// The continuous ranked probability score of equally likely values; 0 for none.
pub fn crps(values: &[f64], y: f64) -> f64 {
    let n = values.len() as f64;
    if values.is_empty() {
        return 0.0;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let distance: f64 = sorted.iter().map(|x| (x - y).abs()).sum::<f64>() / n;
    // The mean distance of two of the values, from their order.
    let between: f64 = sorted
        .iter()
        .enumerate()
        .map(|(i, x)| x * (2.0 * i as f64 + 1.0 - n))
        .sum::<f64>()
        / (n * n);
    distance - between
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_missed_interval_costs_by_how_much_it_missed() {
        assert_eq!(interval_score(10.0, 20.0, 15.0, 0.1), 10.0);
        assert_eq!(interval_score(10.0, 20.0, 22.0, 0.1), 50.0);
        assert_eq!(weighted_interval_score(&[5.0; 7], 5.0), 0.0);
        assert!((crps(&[0.0, 2.0], 1.0) - 0.5).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn certainty_about_the_truth_is_best(values in proptest::collection::vec(0.0..50.0_f64, 1..20), y in 0.0..50.0_f64) {
            prop_assert!(crps(&values, y) >= -1e-9);
            prop_assert!(crps(&[y], y) == 0.0);
        }
    }
}
