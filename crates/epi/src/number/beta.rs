//! The regularised incomplete beta function.

use statrs::function::beta::checked_beta_reg;

/// Probability up to `x` of the beta distribution with `a` and `b`.
pub fn cdf(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    checked_beta_reg(a, b, x).unwrap_or(f64::NAN)
}
