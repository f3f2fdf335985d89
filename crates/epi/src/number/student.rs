//! Student's t distribution.

use super::{beta, normal};
use statrs::function::gamma::ln_gamma;
use std::f64::consts::PI;

/// Probability that the absolute value is above `|t|`, with `df` degrees of freedom.
pub fn both_tails(t: f64, df: f64) -> f64 {
    beta::cdf(0.5 * df, 0.5, df / (df + t * t))
}

/// The value with probability `p` below it.
pub fn quantile(p: f64, df: f64) -> f64 {
    if df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    if p < 0.5 {
        return -quantile(1.0 - p, df);
    }
    let tail = 1.0 - p;
    let ln_constant = ln_gamma(0.5 * (df + 1.0)) - ln_gamma(0.5 * df) - 0.5 * (df * PI).ln();
    let mut t = normal::quantile(p);
    let (mut low, mut high) = (0.0_f64, f64::INFINITY);
    for _ in 0..100 {
        let above = 0.5 * both_tails(t, df);
        if above > tail {
            low = low.max(t);
        } else {
            high = high.min(t);
        }
        let density = (ln_constant - 0.5 * (df + 1.0) * (t * t / df).ln_1p()).exp();
        let newton = (above - tail) / density;
        let curve = (df + 1.0) * t / (df + t * t);
        let step = newton / (1.0 - 0.5 * (newton * curve).clamp(-1.0, 1.0));
        let mut next = t + step;
        if !(next >= low && next <= high) {
            next = if high.is_finite() {
                0.5 * (low + high)
            } else {
                2.0 * t + 1.0
            };
        }
        let is_done = (next - t).abs() <= 2e-16 * next.abs();
        t = next;
        if is_done {
            break;
        }
    }
    t
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_agree_with_tables() {
        for (p, df, t) in [
            (0.975, 10.0, 2.228_138_851_986_274),
            (0.975, 1.0, 12.706_204_736_174_694),
            (0.9, 200.0, 1.285_798_793_994_801),
        ] {
            assert!((quantile(p, df) - t).abs() < 1e-12 * t, "{p} {df}: {}", quantile(p, df));
        }
    }
}
