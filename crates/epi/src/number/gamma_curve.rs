//! One gamma distribution function, for when it is asked thousands of times.
//!
//! In the cube root of its variable a gamma distribution is nearly normal (Wilson and Hilferty, doi:10.1073/pnas.17.12.684).
//! There it is written out as Taylor's series around points six to a standard deviation: the density q obeys
//! u q' = (3 shape − 1 − 3 u³) q, so every further term follows from those before it, and the probability at one point
//! from that at its neighbour.

use super::gamma;
use std::f64::consts::TAU;

/// Terms of a series: at most a twelfth of a deviation away from its point the rest is below rounding.
const TERMS: usize = 11;
const POINTS_A_DEVIATION: f64 = 6.0;
/// Deviations on each side of the middle: farther out the probability is 0 or 1 to the last digit.
const REACH: f64 = 9.0;

/// A gamma distribution of unit scale over the cube root of its variable.
#[derive(Clone, Debug)]
pub struct Curve {
    shape: f64,
    first: f64,
    step: f64,
    /// Series around each point, lowest power first; the first term is the probability below the point.
    points: Vec<[f64; TERMS]>,
}

impl Curve {
    /// None for a shape below 1, where the density has no end at zero, or above a million, which nobody has cases for.
    pub fn new(shape: f64) -> Option<Curve> {
        if !(1.0..=1e6).contains(&shape) {
            return None;
        }
        let (middle, deviation) = (Curve::middle(shape), Curve::deviation(shape));
        let step = deviation / POINTS_A_DEVIATION;
        // The series of a power of u ends at u = 0.
        let first = (middle - REACH * deviation).max(3.0 * step);
        let count = ((middle + REACH * deviation - first) / step).ceil() as usize + 1;
        let series = |at: usize| {
            let u = first + step * at as f64;
            series(shape, u, density(shape, u))
        };
        let mut points: Vec<[f64; TERMS]> = (0..count).map(series).collect();
        points[0][0] = gamma::cdf(shape, 1.0, first.powi(3));
        for at in 1..count {
            points[at][0] = points[at - 1][0] + grown(&points[at - 1], 0.5 * step) - grown(&points[at], -0.5 * step);
        }
        Some(Curve {
            shape,
            first,
            step,
            points,
        })
    }

    /// About the mean of the cube root.
    pub fn middle(shape: f64) -> f64 {
        shape.cbrt() * (1.0 - 1.0 / (9.0 * shape))
    }

    /// About the standard deviation of the cube root.
    pub fn deviation(shape: f64) -> f64 {
        1.0 / (3.0 * shape.sqrt().cbrt())
    }

    /// Probability of a value up to `u³`, and its derivative by `u`.
    pub fn at(&self, u: f64) -> (f64, f64) {
        let place = (u - self.first) / self.step + 0.5;
        if place < 0.0 {
            return self.far_below(u);
        }
        let at = place as usize;
        let Some(terms) = self.points.get(at) else {
            return (1.0, 0.0);
        };
        let d = u - (self.first + self.step * at as f64);
        let (mut value, mut slope) = (terms[TERMS - 1], 0.0);
        for term in terms[..TERMS - 1].iter().rev() {
            slope = slope * d + value;
            value = value * d + term;
        }
        (value, slope)
    }

    /// The second derivative, given the first.
    pub fn bend(&self, u: f64, slope: f64) -> f64 {
        slope * ((3.0 * self.shape - 1.0) / u - 3.0 * u * u)
    }

    #[cold]
    fn far_below(&self, u: f64) -> (f64, f64) {
        if u <= 0.0 {
            return (0.0, 0.0);
        }
        let x = u.powi(3);
        let slope = 3.0 * u * u * gamma::ln_density(self.shape, 1.0, x).exp();
        (gamma::cdf(self.shape, 1.0, x), slope)
    }
}

/// The density of the cube root, by Stirling's series for great shapes, whose logarithms would cancel.
fn density(shape: f64, u: f64) -> f64 {
    let x = u * u * u;
    if shape < 16.0 {
        return 3.0 * u * u * gamma::ln_density(shape, 1.0, x).exp();
    }
    let inverse = 1.0 / (shape * shape);
    let rest = (1.0 / 12.0 - inverse * (1.0 / 360.0 - inverse * (1.0 / 1260.0 - inverse / 1680.0))) / shape;
    let excess = (x - shape) / shape;
    let exponent = shape * (excess - excess.ln_1p()) + rest;
    3.0 * (shape / TAU).sqrt() * (-exponent).exp() / u
}

/// The series around `u`, but for the probability below it.
fn series(shape: f64, u: f64, first: f64) -> [f64; TERMS] {
    let power = 3.0 * shape - 1.0;
    let cube = u * u * u;
    let mut density = [0.0; TERMS - 1];
    density[0] = first;
    for n in 0..TERMS - 2 {
        let earlier = |back: usize| n.checked_sub(back).map_or(0.0, |at| density[at]);
        let sum = (power - 3.0 * cube - n as f64) * density[n]
            - 9.0 * u * u * earlier(1)
            - 9.0 * u * earlier(2)
            - 3.0 * earlier(3);
        density[n + 1] = sum / (u * (n + 1) as f64);
    }
    std::array::from_fn(|n| if n == 0 { 0.0 } else { density[n - 1] / n as f64 })
}

/// What is gained from a point to `d` away from it.
fn grown(terms: &[f64; TERMS], d: f64) -> f64 {
    terms[1..].iter().rev().fold(0.0, |sum, term| (sum + term) * d)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn the_curve_is_the_distribution(ln_shape in 0.0..7.0_f64, deviations in -10.0..10.0_f64) {
            let shape = ln_shape.exp();
            let curve = Curve::new(shape).expect("a usual shape");
            let u = Curve::middle(shape) + deviations * Curve::deviation(shape);
            prop_assume!(u > 0.0);
            let (value, slope) = curve.at(u);
            let x = u.powi(3);
            let density = 3.0 * u * u * gamma::ln_density(shape, 1.0, x).exp();
            prop_assert!((value - gamma::cdf(shape, 1.0, x)).abs() < 1e-12, "{} {} {}", shape, u, value);
            prop_assert!((slope - density).abs() < 1e-9 * (1.0 + density), "{} {} {}", shape, u, slope);
        }
    }

    #[test]
    fn nothing_is_lost_on_the_way_from_zero_to_one() {
        for shape in [1.0, 1.7, 15.9, 16.1, 300.0, 5e4, 1e6] {
            let last = Curve::new(shape).expect("a usual shape").points.pop().expect("points");
            assert!((last[0] - 1.0).abs() < 1e-12, "{shape}: {}", last[0]);
        }
    }

    #[test]
    fn a_shape_that_is_not_usual_has_no_curve() {
        assert!(Curve::new(0.99).is_none() && Curve::new(2e6).is_none() && Curve::new(f64::NAN).is_none());
    }
}
