//! EARS C1, C2 and C3: short baselines, for when there is no history.
//!
//! Hutwagner et al., J Urban Health 2003 (doi:10.1007/PL00022319); bounds as in Salmon, Schumacher, Höhle, J Stat Softw 2016
//! (doi:10.18637/jss.v070.i10). C1 compares with the periods just before, C2 leaves two between so that a rising outbreak
//! does not hide itself, C3 remembers how far the last two were above.
//!
//! C3's bound is that of the reference program: the count itself plus z deviations less the memory. It rings when the two
//! periods before were together z deviations too high, whatever this one holds; read it together with C2.

use super::{Series, Verdict};
use crate::Result;
use crate::number::normal;
use lianfang_kernel::{Problem, Words};

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EarsMethod {
    /// Baseline up to the period before.
    C1,
    /// Baseline up to three periods before.
    C2,
    /// C2 with a memory of two periods.
    C3,
}

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ears {
    /// Which method.
    pub method: EarsMethod,
    /// Periods in the baseline; 7 is usual, 3 the least.
    pub baseline: usize,
    /// Least standard deviation; above zero it keeps silent series from ringing at one case.
    pub min_sigma: f64,
    /// Probability of a false alarm when nothing happens.
    pub alpha: f64,
}

impl Ears {
    /// Usual settings.
    pub fn new(method: EarsMethod) -> Ears {
        let alpha = match method {
            EarsMethod::C1 | EarsMethod::C2 => 0.001,
            EarsMethod::C3 => 0.025,
        };
        Ears {
            method,
            baseline: 7,
            min_sigma: 0.0,
            alpha,
        }
    }

    /// The first moment, from 1, that has enough before it.
    pub fn first(&self) -> usize {
        self.baseline
            + match self.method {
                EarsMethod::C1 => 1,
                EarsMethod::C2 => 3,
                EarsMethod::C3 => 5,
            }
    }
}

/// Looks at the moments `first` to `last`, from 1.
///
/// # Errors
/// A range that the series does not cover, a baseline under 3, an alpha that is no probability.
pub fn ears(series: &Series, settings: Ears, first: usize, last: usize) -> Result<Vec<Verdict>> {
    let is_sound = settings.baseline >= 3
        && settings.alpha > 0.0
        && settings.alpha < 1.0
        && settings.min_sigma >= 0.0
        && settings.min_sigma.is_finite();
    if !is_sound {
        return Err(Problem::new(
            "settings_invalid",
            Words::new("EARS 参数不可用", "these settings of EARS cannot be used"),
            Words::new(
                "基线至少3个时段，alpha 在0与1之间，最小标准差不为负",
                "baseline at least 3 periods, alpha between 0 and 1, least deviation not negative",
            ),
        ));
    }
    series.check_range(first, last, settings.first())?;
    let z = normal::quantile(1.0 - settings.alpha);
    let observed = series.observed();
    let lag = usize::from(settings.method != EarsMethod::C1) * 2;
    let usual = |t: usize| {
        let before = &observed[t - 1 - lag - settings.baseline..t - 1 - lag];
        moments(before, settings.min_sigma)
    };
    let one = |t: usize| {
        let (mean, sd) = usual(t);
        let memory = match settings.method {
            EarsMethod::C3 => (t - 2..t).map(|i| excess(observed[i - 1], usual(i))).sum(),
            _ => 0.0,
        };
        let middle = if settings.method == EarsMethod::C3 {
            observed[t - 1]
        } else {
            mean
        };
        let upper = middle + sd * (z - memory);
        let upper = (!upper.is_nan()).then_some(upper.max(0.0));
        let count = observed[t - 1];
        Verdict {
            t,
            observed: count,
            upper,
            alarm: upper.is_some_and(|upper| count > upper),
        }
    };
    Ok((first..=last).map(one).collect())
}

/// How many standard deviations above one deviation; not a number for a count as usual as all before it.
fn excess(count: f64, (mean, sd): (f64, f64)) -> f64 {
    let score = (count - mean) / sd - 1.0;
    if score.is_nan() { score } else { score.max(0.0) }
}

fn moments(values: &[f64], min_sigma: f64) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (square / (n - 1.0)).sqrt().max(min_sigma))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_alarm_is_a_count_above_its_bound(counts in proptest::collection::vec(0_u32..30, 20..60)) {
            let counts: Vec<f64> = counts.into_iter().map(f64::from).collect();
            let last = counts.len();
            let series = Series::new(counts, 52).expect("counts");
            for method in [EarsMethod::C1, EarsMethod::C2, EarsMethod::C3] {
                let settings = Ears::new(method);
                for verdict in ears(&series, settings, settings.first(), last).expect("verdicts") {
                    prop_assert_eq!(verdict.alarm, verdict.upper.is_some_and(|upper| verdict.observed > upper));
                }
            }
        }
    }

    #[test]
    fn what_has_no_baseline_is_refused() {
        let series = Series::new(vec![1.0; 20], 52).expect("counts");
        let c1 = Ears::new(EarsMethod::C1);
        assert_eq!(ears(&series, c1, 7, 20).expect_err("too early").code, "range_invalid");
        assert_eq!(ears(&series, c1, 8, 21).expect_err("too late").code, "range_invalid");
        assert!(ears(&series, Ears { alpha: 1.0, ..c1 }, 8, 20).is_err());
    }
}
