//! Integrals of smooth functions by Gauss and Legendre's rule.

/// Gauss and Legendre's points and weights on −1 to 1.
pub fn points(n: usize) -> Vec<(f64, f64)> {
    let size = n as f64;
    let point = |i: usize| {
        let mut x = (std::f64::consts::PI * (i as f64 + 0.75) / (size + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..100 {
            let (mut p, mut before) = (1.0, 0.0);
            for k in 0..n {
                let k = k as f64;
                (p, before) = (((2.0 * k + 1.0) * x * p - k * before) / (k + 1.0), p);
            }
            slope = size * (x * p - before) / (x * x - 1.0);
            let step = p / slope;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n).map(point).collect()
}

/// The integral of `f` from `low` to `high`.
pub fn integral(low: f64, high: f64, rule: &[(f64, f64)], f: impl Fn(f64) -> f64) -> f64 {
    let (middle, half) = (0.5 * (low + high), 0.5 * (high - low));
    half * rule.iter().map(|(x, w)| w * f(middle + half * x)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_integrates_powers_exactly() {
        let sum: f64 = points(8).iter().map(|(x, w)| w * x.powi(14)).sum();
        assert!((sum - 2.0 / 15.0).abs() < 1e-14);
    }
}
