//! A mixture of gamma distributions: what is believed about R when the serial interval itself is uncertain.

use crate::number::{gamma, normal, root};

/// One part: weight, shape and scale.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Share of the whole; they sum to one.
    pub weight: f64,
    /// Shape of the gamma distribution.
    pub shape: f64,
    /// Scale of the gamma distribution.
    pub scale: f64,
}

/// Mean and standard deviation.
pub fn moments(parts: &[Part]) -> (f64, f64) {
    let mean: f64 = parts.iter().map(|p| p.weight * p.shape * p.scale).sum();
    let spread = |p: &Part| {
        let own = p.shape * p.scale;
        p.weight * (own * p.scale + (own - mean).powi(2))
    };
    (mean, parts.iter().map(spread).sum::<f64>().sqrt())
}

/// The value with probability `p` below it, exact but for rounding.
pub fn quantile(parts: &[Part], p: f64) -> f64 {
    let below = |x: f64| {
        parts
            .iter()
            .map(|part| part.weight * gamma::cdf(part.shape, part.scale, x))
            .sum::<f64>()
            - p
    };
    let (mean, sd) = moments(parts);
    let guess = (mean + sd * normal::quantile(p)).max(0.05 * mean);
    let (mut low, mut high) = (guess, guess);
    let mut step = 0.1 * sd + 1e-12 * mean;
    while low > 0.0 && below(low) > 0.0 {
        low = (low - step).max(0.0);
        step *= 2.0;
    }
    step = 0.1 * sd + 1e-12 * mean;
    while high.is_finite() && below(high) < 0.0 {
        high += step;
        step *= 2.0;
    }
    root::between(low, high, 1e-13, below).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixture_of_equal_parts_is_the_part() {
        let part = Part {
            weight: 0.25,
            shape: 3.0,
            scale: 0.5,
        };
        for p in [0.025, 0.5, 0.975] {
            let (own, mixed) = (gamma::quantile(3.0, 0.5, p), quantile(&[part; 4], p));
            assert!((own - mixed).abs() < 1e-11 * own);
        }
    }
}
