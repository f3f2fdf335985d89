//! The seven quantiles of a gamma distribution of unit scale, read from a table.
//!
//! With one probability fixed, a quantile divided by its shape is a smooth function of one over the root of the shape (its
//! expansion by Cornish and Fisher is one in that variable). It is written as a polynomial on each of some pieces, which are made
//! from [`gamma::quantile`] when first asked for. Reading is a hundred times faster than computing, and a long series
//! asks seven times a window.

use super::PROBABILITIES;
use crate::number::gamma;
use std::f64::consts::PI;
use std::sync::OnceLock;

/// Shapes between these are read; the prior's own shape and every count of people lie there in all usual work.
const LEAST: f64 = 1.0;
const GREATEST: f64 = 1e6;
const PIECES: usize = 16;
/// Coefficients of a piece: with these the polynomial is as good as the values it was made from.
const TERMS: usize = 12;
/// The seven and a gap, so that whole registers are filled.
const LANES: usize = 8;

/// A polynomial for each quantile, highest power first, in a variable that runs from −1 to 1.
type Piece = [[f64; LANES]; TERMS];

static TABLE: [OnceLock<Piece>; PIECES] = [const { OnceLock::new() }; PIECES];

/// Quantiles at [`PROBABILITIES`] for this shape and a scale of one.
pub fn quantiles(shape: f64) -> [f64; 7] {
    if !(LEAST..=GREATEST).contains(&shape) {
        return PROBABILITIES.map(|p| gamma::quantile(shape, 1.0, p));
    }
    let place = (1.0 / shape.sqrt() - lowest()) / width();
    let at = (place as usize).min(PIECES - 1);
    let t = 2.0 * (place - at as f64) - 1.0;
    let piece = TABLE[at].get_or_init(|| piece(at));
    let mut sum = piece[0];
    for terms in &piece[1..] {
        for (sum, term) in sum.iter_mut().zip(terms) {
            *sum = *sum * t + term;
        }
    }
    std::array::from_fn(|which| sum[which] * shape)
}

fn lowest() -> f64 {
    1.0 / GREATEST.sqrt()
}

fn width() -> f64 {
    (1.0 / LEAST.sqrt() - lowest()) / PIECES as f64
}

/// Interpolates at Chebyshev's points and writes the sum of his polynomials out in powers.
fn piece(at: usize) -> Piece {
    let middle = lowest() + width() * (at as f64 + 0.5);
    let angle = |point: usize| PI * (point as f64 + 0.5) / TERMS as f64;
    let values: Vec<[f64; 7]> = (0..TERMS)
        .map(|point| {
            let shape = (middle + 0.5 * width() * angle(point).cos()).powi(-2);
            PROBABILITIES.map(|p| gamma::quantile(shape, 1.0, p) / shape)
        })
        .collect();
    let mut powers = [[0.0; LANES]; TERMS];
    // Powers of the polynomials of the last two degrees, lowest first.
    let (mut before, mut polynomial) = ([0.0; TERMS], [0.0; TERMS]);
    polynomial[0] = 1.0;
    for degree in 0..TERMS {
        let share = if degree == 0 { 1.0 } else { 2.0 } / TERMS as f64;
        for which in 0..PROBABILITIES.len() {
            let projected: f64 = (0..TERMS)
                .map(|point| values[point][which] * (degree as f64 * angle(point)).cos())
                .sum();
            for (power, factor) in polynomial.iter().enumerate() {
                powers[TERMS - 1 - power][which] += share * projected * factor;
            }
        }
        let doubled = if degree == 0 { 1.0 } else { 2.0 };
        let mut next = before.map(|factor| -factor);
        for power in 1..TERMS {
            next[power] += doubled * polynomial[power - 1];
        }
        (before, polynomial) = (polynomial, next);
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(shape: f64) -> Result<(), TestCaseError> {
        for (read, p) in quantiles(shape).into_iter().zip(PROBABILITIES) {
            let computed = gamma::quantile(shape, 1.0, p);
            prop_assert!(
                (read - computed).abs() <= 2e-11 * computed,
                "{} {}: {} {}",
                shape,
                p,
                read,
                computed
            );
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn what_is_read_is_what_is_computed(ln_shape in -2.0..14.0_f64) {
            check(ln_shape.exp())?;
        }

        #[test]
        fn small_counts_after_the_usual_prior(count in 0_u32..3_000) {
            check(1.0 + f64::from(count))?;
        }
    }
}
