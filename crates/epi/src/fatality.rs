//! The share of cases that die, while some who will die have not died yet.
//!
//! Nishiura et al., PLoS ONE 2009 (doi:10.1371/journal.pone.0006852): cases are counted by the chance that a death would be known
//! by now, from the time between onset and death. The interval is Clopper and Pearson's for those cases. Cases that are
//! never found make every such share too high; nothing here can mend that.

use crate::Result;
use crate::delays::Fitted;
use crate::number::{beta, root};
use lianfang_kernel::{Problem, Words};

/// A share with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The share.
    pub share: f64,
    /// Its interval.
    pub interval: (f64, f64),
}

/// What is known about fatality.
#[derive(Clone, Debug, PartialEq)]
pub struct Fatality {
    /// Cases.
    pub cases: f64,
    /// Deaths.
    pub deaths: f64,
    /// Cases whose death would be known by now.
    pub with_known_outcome: f64,
    /// Deaths over all cases: too low while an outbreak grows.
    pub naive: Share,
    /// Deaths over cases with known outcome.
    pub corrected: Share,
    /// What a reader must know.
    pub warnings: Vec<Words>,
}

/// The share that dies, from cases by day of onset, deaths by day, and the delay from onset to death.
///
/// # Errors
/// Columns of different length, what is no count, no case, or more deaths than cases.
pub fn fatality(cases: &[f64], deaths: &[f64], delay: &Fitted) -> Result<Fatality> {
    let is_count = |n: &f64| *n >= 0.0 && n.fract() == 0.0 && n.is_finite();
    let (all, dead): (f64, f64) = (cases.iter().sum(), deaths.iter().sum());
    let is_sound = cases.len() == deaths.len() && cases.iter().chain(deaths).all(is_count);
    if !is_sound || all == 0.0 || dead > all {
        return Err(Problem::new(
            "count_invalid",
            Words::new(
                format!("无法计算病死率：{all}例、死亡{dead}例"),
                format!("no fatality can be computed from {all} cases and {dead} deaths"),
            ),
            Words::new(
                "每日病例与死亡须为非负整数、天数相同、至少一例、死亡不多于病例",
                "give whole numbers from zero for the same days, at least a case, no more deaths than cases",
            ),
        ));
    }
    let last = cases.len();
    let known: f64 = cases
        .iter()
        .enumerate()
        .map(|(day, n)| n * delay.cdf((last - day) as f64))
        .sum();
    let mut warnings = Vec::new();
    if known < dead {
        warnings.push(Words::new(
            "死亡多于按延迟推算应有结局的病例：延迟分布可能不适用",
            "more deaths than cases whose outcome should be known: the delay may not fit",
        ));
    }
    if dead < 5.0 {
        warnings.push(Words::new(
            "死亡不足5例，区间很宽",
            "fewer than five deaths: the interval is wide",
        ));
    }
    Ok(Fatality {
        cases: all,
        deaths: dead,
        with_known_outcome: known,
        naive: share(dead, all),
        corrected: share(dead, known.max(dead).max(f64::MIN_POSITIVE)),
        warnings,
    })
}

/// Clopper and Pearson's interval; `of` need not be whole.
fn share(part: f64, of: f64) -> Share {
    let at = |a: f64, b: f64, p: f64| root::between(0.0, 1.0, 1e-12, |x| beta::cdf(a, b, x) - p).unwrap_or(f64::NAN);
    let rest = of - part;
    let low = if part > 0.0 { at(part, rest + 1.0, 0.025) } else { 0.0 };
    let high = if rest > 0.0 { at(part + 1.0, rest, 0.975) } else { 1.0 };
    Share {
        share: part / of,
        interval: (low, high),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delays::Family;

    fn delay() -> Fitted {
        Fitted {
            family: Family::Gamma,
            first: 4.0,
            second: 4.0,
        }
    }

    #[test]
    fn while_cases_rise_the_naive_share_is_too_low() {
        let cases: Vec<f64> = (0..40).map(|day| f64::from(2_i32 + day * day / 4)).collect();
        // A tenth die, after the delay that is assumed.
        let dying = |day: usize| -> f64 {
            let share = |onset: usize| delay().cdf((day + 1 - onset) as f64) - delay().cdf((day - onset) as f64);
            (0..=day).map(|onset| 0.1 * cases[onset] * share(onset)).sum()
        };
        let deaths: Vec<f64> = (0..40).map(|day| dying(day).round()).collect();
        let found = fatality(&cases, &deaths, &delay()).expect("shares");
        assert!(found.naive.share < 0.06, "{found:?}");
        assert!((found.corrected.share - 0.1).abs() < 0.01, "{found:?}");
        assert!(
            found.corrected.interval.0 < 0.1 && found.corrected.interval.1 > 0.09,
            "{found:?}"
        );
    }

    #[test]
    fn the_interval_is_that_of_the_tables() {
        let found = share(3.0, 20.0);
        assert!(
            (found.interval.0 - 0.032_07).abs() < 1e-4 && (found.interval.1 - 0.378_93).abs() < 1e-4,
            "{found:?}"
        );
        assert_eq!(share(0.0, 9.0).interval.0, 0.0);
    }

    #[test]
    fn impossible_counts_are_refused() {
        for (cases, deaths) in [
            (vec![0.0], vec![0.0]),
            (vec![1.0], vec![2.0]),
            (vec![1.5], vec![0.0]),
            (vec![1.0, 1.0], vec![0.0]),
        ] {
            assert!(fatality(&cases, &deaths, &delay()).is_err());
        }
    }
}
