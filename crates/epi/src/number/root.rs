//! Where a function crosses zero.

/// Finds `x` between `low` and `high`, where `f` has opposite signs, to `precision` times its size.
///
/// Chandrupatla's method (doi:10.1016/S0965-9978(96)00051-8): as safe as halving, mostly as fast as interpolation.
/// `None` when the signs do not differ.
pub fn between(mut low: f64, mut high: f64, precision: f64, mut f: impl FnMut(f64) -> f64) -> Option<f64> {
    let (mut f_low, mut f_high) = (f(low), f(high));
    if f_low == 0.0 {
        return Some(low);
    }
    if f_high == 0.0 {
        return Some(high);
    }
    if f_low.is_nan() || f_high.is_nan() || (f_low > 0.0) == (f_high > 0.0) {
        return None;
    }
    let mut t = 0.5;
    for _ in 0..200 {
        let x = low + t * (high - low);
        let f_x = f(x);
        let (third, f_third);
        if (f_x > 0.0) == (f_low > 0.0) {
            (third, f_third) = (low, f_low);
        } else {
            (third, f_third) = (high, f_high);
            (high, f_high) = (low, f_low);
        }
        (low, f_low) = (x, f_x);
        let best = if f_low.abs() < f_high.abs() { low } else { high };
        let share = (precision * best.abs() + f64::MIN_POSITIVE) / (high - low).abs();
        if f_x == 0.0 || share > 0.5 {
            return Some(best);
        }
        let xi = (low - high) / (third - high);
        let phi = (f_low - f_high) / (f_third - f_high);
        t = if phi * phi < xi && (1.0 - phi) * (1.0 - phi) < 1.0 - xi {
            f_low / (f_high - f_low) * f_third / (f_high - f_third)
                + (third - low) / (high - low) * f_low / (f_third - f_low) * f_high / (f_third - f_high)
        } else {
            0.5
        };
        t = t.clamp(share, 1.0 - share);
    }
    Some(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crossing_is_found_to_the_last_digits() {
        let x = between(0.0, 4.0, 1e-15, |x| x * x - 2.0).expect("a crossing");
        assert!((x - std::f64::consts::SQRT_2).abs() < 1e-14);
        assert_eq!(between(2.0, 4.0, 1e-15, |x| x * x - 2.0), None);
    }
}
