//! The normal distribution.

use libm::erfc;
use statrs::function::erf::erfc_inv;
use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

/// Density at `x` of the standard normal distribution.
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / (2.0 * PI).sqrt()
}

/// Probability of a value up to `x`.
pub fn cdf(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// Probability of a value above `x`.
pub fn upper(x: f64) -> f64 {
    0.5 * erfc(x * FRAC_1_SQRT_2)
}

/// The value with probability `p` below it; infinite at 0 and 1.
pub fn quantile(p: f64) -> f64 {
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    if p > 0.5 {
        return -lower_quantile(1.0 - p);
    }
    lower_quantile(p)
}

fn lower_quantile(p: f64) -> f64 {
    let mut x = -SQRT_2 * erfc_inv(2.0 * p);
    for _ in 0..2 {
        let step = (cdf(x) - p) / density(x);
        let step = step / (1.0 + 0.5 * x * step);
        if step.is_finite() {
            x -= step;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_tables() {
        for (p, x) in [
            (0.975, 1.959963984540054),
            (0.95, 1.6448536269514722),
            (0.001, -3.090232306167813),
            (1e-12, -7.034483825301131),
        ] {
            assert!((quantile(p) - x).abs() < 1e-13 * x.abs(), "{p}: {}", quantile(p));
        }
    }
}
