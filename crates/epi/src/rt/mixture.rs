//! A mixture of gamma distributions of one shape: what is believed about R when the serial interval itself is uncertain.

use super::PROBABILITIES;
use crate::number::gamma_curve::Curve;
use crate::number::{gamma, normal, root};
use std::sync::LazyLock;

/// One part of a mixture.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Share of the whole; they sum to one.
    pub weight: f64,
    /// Scale of the gamma distribution.
    pub scale: f64,
}

/// How many deviations each probability lies off the middle of a normal distribution.
static DEVIATIONS: LazyLock<[f64; 7]> = LazyLock::new(|| PROBABILITIES.map(normal::quantile));

/// Mean and standard deviation.
pub fn moments(shape: f64, parts: &[Part]) -> (f64, f64) {
    let mean: f64 = parts.iter().map(|p| p.weight * shape * p.scale).sum();
    let spread = |p: &Part| {
        let own = shape * p.scale;
        p.weight * (own * p.scale + (own - mean).powi(2))
    };
    (mean, parts.iter().map(spread).sum::<f64>().sqrt())
}

/// The quantiles at [`PROBABILITIES`], exact but for rounding.
pub fn quantiles(shape: f64, parts: &[Part]) -> [f64; 7] {
    let Some(curve) = Curve::new(shape) else {
        return PROBABILITIES.map(|p| searched(shape, parts, p));
    };
    let roots: Vec<(f64, f64)> = parts
        .iter()
        .map(|part| (part.weight, (1.0 / part.scale).cbrt()))
        .collect();
    // The cube root of R is the cube root of a unit gamma, divided by that of the rate: nearly normal as well.
    let (own, own_deviation) = (Curve::middle(shape), Curve::deviation(shape));
    let inverse: f64 = roots.iter().map(|(w, root)| w / root).sum();
    let inverse_square: f64 = roots.iter().map(|(w, root)| w / (root * root)).sum();
    let middle = own * inverse;
    let square = (own * own + own_deviation * own_deviation) * inverse_square;
    let deviation = (square - middle * middle).max(0.0).sqrt();
    std::array::from_fn(|which| {
        let guess = (middle + deviation * DEVIATIONS[which]).max(0.1 * middle);
        polished(&curve, &roots, PROBABILITIES[which], guess, deviation)
            .map_or_else(|| searched(shape, parts, PROBABILITIES[which]), |v| v.powi(3))
    })
}

/// Halley's steps from a guess, on the cube root.
fn polished(curve: &Curve, roots: &[(f64, f64)], p: f64, guess: f64, deviation: f64) -> Option<f64> {
    let (mut low, mut high) = (0.0_f64, f64::INFINITY);
    let mut v = guess;
    for _ in 0..40 {
        let (mut error, mut slope, mut bend) = (-p, 0.0, 0.0);
        for (weight, root) in roots {
            let u = root * v;
            let (below, density) = curve.at(u);
            error += weight * below;
            slope += weight * root * density;
            bend += weight * root * root * curve.bend(u, density);
        }
        if error > 0.0 {
            high = high.min(v);
        } else {
            low = low.max(v);
        }
        let newton = error / slope;
        let halley = newton / (1.0 - (0.5 * newton * bend / slope).clamp(-0.5, 0.5));
        let next = v - halley;
        // Halley's steps treble the digits.
        if halley.abs() < 1e-4 * deviation || halley.abs() < 1e-15 * v {
            return Some(next);
        }
        v = match next > low && next < high {
            true => next,
            false if high.is_finite() => 0.5 * (low + high),
            false => 2.0 * v,
        };
    }
    None
}

/// The value with probability `p` below it, for any shape.
fn searched(shape: f64, parts: &[Part], p: f64) -> f64 {
    let below = |x: f64| {
        let of = |part: &Part| part.weight * gamma::cdf(shape, part.scale, x);
        parts.iter().map(of).sum::<f64>() - p
    };
    let (mean, sd) = moments(shape, parts);
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
    use proptest::prelude::*;

    #[test]
    fn a_mixture_of_equal_parts_is_the_part() {
        let part = Part {
            weight: 0.25,
            scale: 0.5,
        };
        for shape in [0.4, 1.0, 3.0, 400.0] {
            for (mixed, p) in quantiles(shape, &[part; 4]).into_iter().zip(PROBABILITIES) {
                let own = gamma::quantile(shape, 0.5, p);
                assert!((own - mixed).abs() < 1e-11 * own, "{shape} {p}: {own} {mixed}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn quick_and_searched_quantiles_are_the_same(
            ln_shape in 0.0..9.0_f64,
            parts in proptest::collection::vec((0.01..1.0_f64, 0.7..1.4_f64), 2..30),
        ) {
            let (shape, sum) = (ln_shape.exp(), parts.iter().map(|(weight, _)| weight).sum::<f64>());
            let parts: Vec<Part> = parts.iter().map(|(w, scale)| Part { weight: w / sum, scale: *scale }).collect();
            for (quick, p) in quantiles(shape, &parts).into_iter().zip(PROBABILITIES) {
                let slow = searched(shape, &parts, p);
                prop_assert!((quick - slow).abs() < 1e-10 * slow, "{} {}: {} {}", shape, p, quick, slow);
            }
        }
    }
}
