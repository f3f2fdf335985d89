//! The three distributions of delays, each by two positive parameters or a mean on the logarithmic scale.

use crate::number::{gamma, normal};
use statrs::function::gamma::{gamma as gamma_function, ln_gamma};

/// A family of distributions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Parameters shape and scale.
    Gamma,
    /// Parameters mean and standard deviation of the logarithm.
    LogNormal,
    /// Parameters shape and scale.
    Weibull,
}

/// A distribution with its parameters, as [`Family`] names them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// The family.
    pub family: Family,
    /// First parameter.
    pub first: f64,
    /// Second parameter.
    pub second: f64,
}

impl Fitted {
    /// Probability of a delay up to `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 0.0;
        }
        let (a, b) = (self.first, self.second);
        match self.family {
            Family::Gamma => gamma::cdf(a, b, x),
            Family::LogNormal => normal::cdf((x.ln() - a) / b),
            Family::Weibull => -(-(x / b).powf(a)).exp_m1(),
        }
    }

    /// Probability of a longer delay.
    pub fn upper(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return 1.0;
        }
        let (a, b) = (self.first, self.second);
        match self.family {
            Family::Gamma => gamma::upper(a, b, x),
            Family::LogNormal => normal::upper((x.ln() - a) / b),
            Family::Weibull => (-(x / b).powf(a)).exp(),
        }
    }

    /// Logarithm of the density.
    pub fn ln_density(&self, x: f64) -> f64 {
        let (a, b) = (self.first, self.second);
        match self.family {
            Family::Gamma => gamma::ln_density(a, b, x),
            Family::LogNormal => {
                let z = (x.ln() - a) / b;
                -0.5 * z * z - (x * b).ln() - 0.5 * (2.0 * std::f64::consts::PI).ln()
            }
            Family::Weibull => (a / b).ln() + (a - 1.0) * (x / b).ln() - (x / b).powf(a),
        }
    }

    /// The integral of [`Fitted::cdf`] from zero to `u`: what two intervals need.
    pub fn integrated_cdf(&self, u: f64) -> f64 {
        if u <= 0.0 {
            return 0.0;
        }
        u * self.cdf(u) - self.partial_mean(u)
    }

    /// The mean of delays up to `u`, times their probability.
    fn partial_mean(&self, u: f64) -> f64 {
        let (a, b) = (self.first, self.second);
        match self.family {
            Family::Gamma => a * b * gamma::cdf(a + 1.0, b, u),
            Family::LogNormal => (a + 0.5 * b * b).exp() * normal::cdf((u.ln() - a - b * b) / b),
            Family::Weibull => {
                let shape = 1.0 + 1.0 / a;
                b * ln_gamma(shape).exp() * gamma::cdf(shape, 1.0, (u / b).powf(a))
            }
        }
    }

    /// Mean delay.
    pub fn mean(&self) -> f64 {
        let (a, b) = (self.first, self.second);
        match self.family {
            Family::Gamma => a * b,
            Family::LogNormal => (a + 0.5 * b * b).exp(),
            Family::Weibull => b * gamma_function(1.0 + 1.0 / a),
        }
    }

    /// Standard deviation of the delay.
    pub fn sd(&self) -> f64 {
        let (a, b) = (self.first, self.second);
        match self.family {
            Family::Gamma => a.sqrt() * b,
            Family::LogNormal => self.mean() * (b * b).exp_m1().sqrt(),
            Family::Weibull => {
                let mean = gamma_function(1.0 + 1.0 / a);
                b * (gamma_function(1.0 + 2.0 / a) - mean * mean).max(0.0).sqrt()
            }
        }
    }

    /// The delay with probability `p` below it.
    pub fn quantile(&self, p: f64) -> f64 {
        let (a, b) = (self.first, self.second);
        match self.family {
            Family::Gamma => gamma::quantile(a, b, p),
            Family::LogNormal => (a + b * normal::quantile(p)).exp(),
            Family::Weibull => b * (-(-p).ln_1p()).powf(1.0 / a),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::quadrature;

    #[test]
    fn the_integral_of_the_distribution_function_is_that_of_a_rule() {
        let rule = quadrature::points(60);
        for family in [Family::Gamma, Family::LogNormal, Family::Weibull] {
            let fitted = Fitted {
                family,
                first: 1.7,
                second: 0.8,
            };
            let expected = quadrature::integral(0.0, 9.0, &rule, |x| fitted.cdf(x));
            assert!((fitted.integrated_cdf(9.0) - expected).abs() < 1e-5, "{family:?}");
            let middle = fitted.quantile(0.5);
            assert!((fitted.cdf(middle) - 0.5).abs() < 1e-12 && (fitted.upper(middle) - 0.5).abs() < 1e-12);
        }
    }
}
