//! Maximum likelihood with exact, interval, half-open and doubly interval-censored delays.

use super::distribution::{Family, Fitted};
use crate::Result;
use crate::number::minimum;
use lianfang_kernel::{Problem, Words};
use nalgebra::{Matrix2, Vector2};

/// What is known about one delay, in days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Observation {
    /// It was exactly this.
    Exact(f64),
    /// It lay between these; the upper may be infinite.
    Between(f64, f64),
    /// It began between the first two, evenly, and ended between the last two.
    Doubly {
        /// When it began.
        began: (f64, f64),
        /// When it ended.
        ended: (f64, f64),
    },
}

/// A fitted distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DelayFit {
    /// The distribution.
    pub fitted: Fitted,
    /// Delays that it was fitted to.
    pub n: usize,
    /// Logarithm of the likelihood.
    pub ln_likelihood: f64,
    /// Covariance of the free parameters: logarithms, but for the mean of a logarithm.
    pub covariance: Matrix2<f64>,
}

impl DelayFit {
    /// Standard errors of both parameters.
    pub fn errors(&self) -> (f64, f64) {
        let scale = self.scale();
        (
            self.covariance[(0, 0)].sqrt() * scale[0],
            self.covariance[(1, 1)].sqrt() * scale[1],
        )
    }

    /// Standard error of the rate (1 / scale) of a gamma distribution.
    pub fn rate_error(&self) -> f64 {
        self.covariance[(1, 1)].sqrt() / self.fitted.second
    }

    /// Standard error of the quantile at `p`, by its slope in the free parameters.
    pub fn quantile_error(&self, p: f64) -> f64 {
        let free = free_of(&self.fitted);
        let at = |free: [f64; 2]| fitted_of(self.fitted.family, free).quantile(p);
        let slope = Vector2::from_fn(|axis, _| {
            let step = 1e-4;
            let (mut up, mut down) = (free, free);
            up[axis] += step;
            down[axis] -= step;
            (at(up) - at(down)) / (2.0 * step)
        });
        slope.dot(&(self.covariance * slope)).sqrt()
    }

    /// Akaike's criterion: the family with the least describes the delays best.
    pub fn aic(&self) -> f64 {
        4.0 - 2.0 * self.ln_likelihood
    }

    fn scale(&self) -> [f64; 2] {
        let first = match self.fitted.family {
            Family::LogNormal => 1.0,
            Family::Gamma | Family::Weibull => self.fitted.first,
        };
        [first, self.fitted.second]
    }
}

/// Fits a family.
///
/// ```
/// use lianfang_epi::delays::{Family, Observation, fit};
/// let days = [2., 3., 3., 4., 5., 5., 6., 8., 11.];
/// let seen: Vec<Observation> = days.iter().map(|d| Observation::Between(*d, d + 1.0)).collect();
/// let best = fit(Family::LogNormal, &seen)?;
/// assert!((best.fitted.quantile(0.5) - 5.2).abs() < 0.3);
/// # Ok::<(), lianfang_kernel::Problem>(())
/// ```
///
/// # Errors
/// Fewer than three delays, intervals that end before they begin, negative delays, or delays that are all the same.
pub fn fit(family: Family, seen: &[Observation]) -> Result<DelayFit> {
    check(seen)?;
    let middles: Vec<f64> = seen.iter().map(middle).collect();
    let start = start(family, &middles);
    let cost = |free: [f64; 2]| {
        let fitted = fitted_of(family, free);
        -seen.iter().map(|one| ln_likelihood(&fitted, one)).sum::<f64>()
    };
    let found = minimum::search(start, cost).ok_or_else(not_settled)?;
    let covariance = found
        .curvature
        .try_inverse()
        .filter(|c| c[(0, 0)] > 0.0 && c[(1, 1)] > 0.0);
    Ok(DelayFit {
        fitted: fitted_of(family, found.at),
        n: seen.len(),
        ln_likelihood: -found.value,
        covariance: covariance.ok_or_else(not_settled)?,
    })
}

fn check(seen: &[Observation]) -> Result<()> {
    let is_sound = |one: &Observation| match *one {
        Observation::Exact(x) => x > 0.0 && x.is_finite(),
        Observation::Between(low, high) => low >= 0.0 && high > low && low.is_finite(),
        Observation::Doubly { began, ended } => {
            began.0 <= began.1
                && ended.0 <= ended.1
                && ended.1 > began.0
                && [began.0, began.1, ended.0, ended.1].iter().all(|x| x.is_finite())
        }
    };
    if let Some(at) = seen.iter().position(|one| !is_sound(one)) {
        return Err(Problem::new(
            "delay_invalid",
            Words::new(
                format!("第{}行的间隔为负、为零或颠倒", at + 2),
                format!("line {}: the delay is negative, zero or the wrong way round", at + 2),
            ),
            Words::new(
                "间隔须大于0；只知道日期时写成区间，如 0–1 天",
                "a delay is above zero; where only days are known give an interval, such as 0 to 1",
            ),
        ));
    }
    if seen.len() < 3 {
        return Err(Problem::new(
            "series_short",
            Words::new(
                format!("只有{}个间隔", seen.len()),
                format!("there are only {} delays", seen.len()),
            ),
            Words::new("至少要三个", "at least three are needed"),
        ));
    }
    Ok(())
}

fn not_settled() -> Problem {
    Problem::new(
        "fit_failed",
        Words::new("分布拟合没有收敛", "no distribution could be fitted"),
        Words::new(
            "间隔可能都相同，或相差过大；请核对数据",
            "the delays may be all the same or wildly apart; check them",
        ),
    )
}

fn middle(one: &Observation) -> f64 {
    match *one {
        Observation::Exact(x) => x,
        Observation::Between(low, high) if high.is_finite() => 0.5 * (low + high),
        Observation::Between(low, _) => low.max(0.1) * 1.2,
        Observation::Doubly { began, ended } => (0.5 * (ended.0 + ended.1 - began.0 - began.1)).max(0.1),
    }
}

/// Parameters by moments of the middles, on the free scale.
fn start(family: Family, middles: &[f64]) -> [f64; 2] {
    let n = middles.len() as f64;
    let mean = middles.iter().sum::<f64>() / n;
    let variance = (middles.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n).max(1e-4 * mean * mean);
    match family {
        Family::Gamma => [(mean * mean / variance).ln(), (variance / mean).ln()],
        Family::LogNormal => {
            let spread = (variance / (mean * mean)).ln_1p();
            [mean.ln() - 0.5 * spread, 0.5 * spread.ln()]
        }
        Family::Weibull => {
            let shape = (variance.sqrt() / mean).powf(-1.086);
            [shape.ln(), (mean / gamma_of(1.0 + 1.0 / shape)).ln()]
        }
    }
}

fn gamma_of(x: f64) -> f64 {
    statrs::function::gamma::gamma(x)
}

fn fitted_of(family: Family, free: [f64; 2]) -> Fitted {
    let first = match family {
        Family::LogNormal => free[0],
        Family::Gamma | Family::Weibull => free[0].exp(),
    };
    Fitted {
        family,
        first,
        second: free[1].exp(),
    }
}

fn free_of(fitted: &Fitted) -> [f64; 2] {
    let first = match fitted.family {
        Family::LogNormal => fitted.first,
        Family::Gamma | Family::Weibull => fitted.first.ln(),
    };
    [first, fitted.second.ln()]
}

/// Logarithm of the likelihood of one delay.
pub(crate) fn ln_likelihood(fitted: &Fitted, one: &Observation) -> f64 {
    match *one {
        Observation::Exact(x) => fitted.ln_density(x),
        Observation::Between(low, high) => between(fitted, low, high).ln(),
        Observation::Doubly { began, ended } => {
            let width = began.1 - began.0;
            if width == 0.0 || ended.0 == ended.1 {
                // One end is exact, so that only one interval is left.
                return between(fitted, ended.0 - began.1, ended.1 - began.0).ln();
            }
            let whole = fitted.integrated_cdf(ended.1 - began.0)
                - fitted.integrated_cdf(ended.1 - began.1)
                - fitted.integrated_cdf(ended.0 - began.0)
                + fitted.integrated_cdf(ended.0 - began.1);
            whole.max(f64::MIN_POSITIVE).ln()
        }
    }
}

/// Probability of an interval, by the tail that loses fewer digits.
fn between(fitted: &Fitted, low: f64, high: f64) -> f64 {
    let below = fitted.cdf(low);
    let probability = match below < 0.5 {
        true => fitted.cdf(high) - below,
        false => fitted.upper(low) - fitted.upper(high),
    };
    probability.max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_lognormal_fit_is_the_mean_and_deviation_of_logarithms() {
        let days = [1.0, 2.0, 4.0, 8.0, 3.0];
        let seen = days.map(Observation::Exact);
        let best = fit(Family::LogNormal, &seen).expect("a fit");
        let logs = days.map(f64::ln);
        let mean = logs.iter().sum::<f64>() / 5.0;
        let sd = (logs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 5.0).sqrt();
        assert!((best.fitted.first - mean).abs() < 1e-9 && (best.fitted.second - sd).abs() < 1e-9);
        let (first, second) = best.errors();
        assert!((first - sd / 5f64.sqrt()).abs() < 1e-6 && (second - sd / 10f64.sqrt()).abs() < 1e-6);
    }

    #[test]
    fn bad_delays_are_refused_with_their_line() {
        let code = |seen: &[Observation]| fit(Family::Gamma, seen).expect_err("refused").code;
        assert_eq!(code(&[Observation::Exact(1.0); 2]), "series_short");
        assert_eq!(code(&[Observation::Exact(-1.0); 5]), "delay_invalid");
        assert_eq!(code(&[Observation::Between(3.0, 2.0); 5]), "delay_invalid");
    }
}
