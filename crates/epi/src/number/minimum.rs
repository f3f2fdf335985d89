//! Where a smooth function of two variables is least: Newton's steps with derivatives taken by differences, guarded by a
//! search along the step. Likelihoods of two parameters are all that is fitted here.

use nalgebra::{Matrix2, Vector2};

/// A minimum with the curvature there.
#[derive(Clone, Copy, Debug)]
pub struct Minimum {
    /// Where.
    pub at: [f64; 2],
    /// The value there.
    pub value: f64,
    /// Second derivatives there.
    pub curvature: Matrix2<f64>,
}

/// Searches from `start`; `None` when the function is not finite there or no minimum is reached.
///
/// Differences of the first kind are Richardson's, of order four: the place is good to about eleven digits.
pub fn search(start: [f64; 2], f: impl Fn([f64; 2]) -> f64) -> Option<Minimum> {
    let mut at = Vector2::from(start);
    let value = |x: Vector2<f64>| f([x[0], x[1]]);
    let mut best = value(at);
    if !best.is_finite() {
        return None;
    }
    for _ in 0..200 {
        let slope = slope(at, &value);
        let mut curvature = curvature(at, &value);
        let step = loop {
            match curvature.cholesky() {
                Some(factor) => break factor.solve(&-slope),
                None => {
                    let ridge = curvature.norm().max(1e-8);
                    curvature += Matrix2::identity() * ridge;
                    if !ridge.is_finite() {
                        return None;
                    }
                }
            }
        };
        let mut share = 1.0;
        let mut is_moved = false;
        while share > 1e-10 {
            let next = at + step * share;
            let found = value(next);
            if found <= best {
                is_moved = next != at;
                (at, best) = (next, found);
                break;
            }
            share *= 0.5;
        }
        let is_small = step
            .iter()
            .zip(at.iter())
            .all(|(step, x)| step.abs() <= 1e-9 * (1.0 + x.abs()));
        if is_small || !is_moved {
            break;
        }
    }
    // One step more by the slope alone: near the bottom the value no longer tells which of two places is lower.
    let curvature = curvature(at, &value);
    if let Some(factor) = curvature.cholesky() {
        let step = factor.solve(&-slope(at, &value));
        if step.norm() < 1e-4 * (1.0 + at.norm()) {
            at += step;
        }
    }
    Some(Minimum {
        at: [at[0], at[1]],
        value: value(at),
        curvature,
    })
}

fn unit(axis: usize, length: f64) -> Vector2<f64> {
    let mut unit = Vector2::zeros();
    unit[axis] = length;
    unit
}

fn slope(at: Vector2<f64>, f: &impl Fn(Vector2<f64>) -> f64) -> Vector2<f64> {
    Vector2::from_fn(|axis, _| {
        let h = 2e-3 * (1.0 + at[axis].abs());
        let d = |h: f64| (f(at + unit(axis, h)) - f(at - unit(axis, h))) / (2.0 * h);
        let (one, two, four) = (d(h), d(0.5 * h), d(0.25 * h));
        let (a, b) = ((4.0 * two - one) / 3.0, (4.0 * four - two) / 3.0);
        (16.0 * b - a) / 15.0
    })
}

fn curvature(at: Vector2<f64>, f: &impl Fn(Vector2<f64>) -> f64) -> Matrix2<f64> {
    let once = |h: f64| {
        let steps = [h * (1.0 + at[0].abs()), h * (1.0 + at[1].abs())];
        let middle = f(at);
        let own = |axis: usize| {
            let step = unit(axis, steps[axis]);
            (f(at + step) - 2.0 * middle + f(at - step)) / (steps[axis] * steps[axis])
        };
        let (a, b) = (unit(0, steps[0]), unit(1, steps[1]));
        let cross = (f(at + a + b) - f(at + a - b) - f(at - a + b) + f(at - a - b)) / (4.0 * steps[0] * steps[1]);
        Matrix2::new(own(0), cross, cross, own(1))
    };
    (once(1e-3) * 4.0 - once(2e-3)) / 3.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bottom_of_a_bent_valley_is_found() {
        let valley = |[x, y]: [f64; 2]| (1.0 - x).powi(2) + 100.0 * (y - x * x).powi(2);
        let found = search([-1.2, 1.0], valley).expect("a minimum");
        assert!(
            (found.at[0] - 1.0).abs() < 1e-8 && (found.at[1] - 1.0).abs() < 1e-8,
            "{found:?}"
        );
        assert!((found.curvature[(1, 1)] - 200.0).abs() < 1e-4);
    }
}
