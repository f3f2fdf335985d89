//! Beds in use over the next days: who is in hospital stays for a time, and who will be admitted comes on top.
//!
//! Needs cases (or admissions) a day, a forecast of them, the share that is admitted and how long they stay. The number in
//! hospital on a day is a sum over days of admission of those admitted times the chance that they are still there: the queue
//! with a bed for everybody, fed at a changing rate (Eick, Massey, Whitt, Oper Res 1993, doi:10.1287/opre.41.4.731).
//!
//! The interval holds what is not known of the cases to come and of who stays how long. The days to come are taken to err
//! together, so it is too wide rather than too narrow; that share and stay are known is taken for granted. It is wrong where
//! beds run short: those who find none are counted here as if they were in one.

use crate::Result;
use crate::delays::Fitted;
use crate::forecast::Path;
use crate::number::normal;
use crate::rt::PROBABILITIES;
use lianfang_kernel::{Problem, Words};

/// The place of the median among the quantiles.
const MEDIAN: usize = 3;

/// How cases come to need a bed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hospital {
    /// The share of cases that is admitted; 1 when admissions are counted.
    pub share: f64,
    /// Days from being counted to being admitted.
    pub delay: usize,
    /// How long they stay, in days.
    pub stay: Fitted,
    /// Beds in use at the end of the last day, when known.
    pub occupied: Option<f64>,
}

impl Hospital {
    /// The chance to be in hospital at the end of the day `days` after the day of admission, which may be any moment of it.
    fn still_there(&self, days: usize) -> f64 {
        let (from, to) = (days as f64, days as f64 + 1.0);
        1.0 - (self.stay.integrated_cdf(to) - self.stay.integrated_cdf(from))
    }

    /// The chance that one met in hospital on any day is there `days` later.
    fn rest(&self, days: usize) -> f64 {
        let days = days as f64;
        (1.0 - (days - self.stay.integrated_cdf(days)) / self.stay.mean()).clamp(0.0, 1.0)
    }
}

/// Quantiles at [`PROBABILITIES`] of the beds in use at the end of each day that the forecast has.
///
/// ```
/// use lianfang_epi::beds::{Hospital, beds};
/// use lianfang_epi::delays::{Family, Fitted};
/// // Ten a day for 60 days that stay five days each: about fifty in hospital, and fifty in a week.
/// let stay = Fitted { family: Family::Gamma, first: 4.0, second: 1.25 };
/// let hospital = Hospital { share: 1.0, delay: 0, stay, occupied: None };
/// let path = beds(&[10.0; 60], &vec![[10.0; 7]; 7], &hospital)?;
/// assert!((path[6][3] - 50.0).abs() < 0.1);
/// # Ok::<(), lianfang_kernel::Problem>(())
/// ```
///
/// # Errors
/// A share that is none, a stay without a mean above zero, what is no count.
pub fn beds(cases: &[f64], ahead: &Path, hospital: &Hospital) -> Result<Path> {
    check(cases, hospital)?;
    let last = cases.len();
    let (scale, elsewhere) = settled(cases, hospital);
    let of_day = |day: usize| {
        let mut sums = [0.0; 7];
        let mut variance = 0.0;
        for admitted in hospital.delay..=last + day {
            let counted = admitted - hospital.delay;
            let chance = hospital.share * hospital.still_there(last + day - admitted);
            let known = cases.get(counted);
            let was_admitted = admitted < last;
            let weight = if was_admitted { scale } else { 1.0 };
            let quantiles = known.map_or_else(|| ahead[counted - last], |n| [*n; 7]);
            for (sum, n) in sums.iter_mut().zip(quantiles) {
                *sum += weight * n * chance;
            }
            variance += weight * quantiles[MEDIAN] * chance * (1.0 - chance);
        }
        let rest = hospital.rest(day + 1);
        variance += elsewhere * rest * (1.0 - rest);
        std::array::from_fn(|q| {
            let away = sums[q] - sums[MEDIAN];
            let chance = normal::quantile(PROBABILITIES[q]) * variance.sqrt();
            let both = (away * away + chance * chance).sqrt();
            (sums[MEDIAN] + elsewhere * rest + both.copysign(PROBABILITIES[q] - 0.5)).max(0.0)
        })
    };
    let path = (0..ahead.len()).map(of_day);
    Ok(path.map(|quantiles: [f64; 7]| with_median(quantiles)).collect())
}

/// At the median both parts are zero, and their sign means nothing.
fn with_median(mut quantiles: [f64; 7]) -> [f64; 7] {
    quantiles[MEDIAN] = quantiles[MEDIAN].clamp(quantiles[MEDIAN - 1], quantiles[MEDIAN + 1]);
    quantiles
}

/// What those counted are multiplied by, and how many beds others use: so that today is what is known of it.
fn settled(cases: &[f64], hospital: &Hospital) -> (f64, f64) {
    let Some(occupied) = hospital.occupied else {
        return (1.0, 0.0);
    };
    let last = cases.len();
    let counted = cases
        .iter()
        .enumerate()
        .map(|(day, n)| match (day + hospital.delay, last) {
            (admitted, last) if admitted < last => n * hospital.share * hospital.still_there(last - 1 - admitted),
            _ => 0.0,
        });
    let counted: f64 = counted.sum();
    match counted > occupied {
        true => (occupied / counted, 0.0),
        false => (1.0, occupied - counted),
    }
}

fn check(cases: &[f64], hospital: &Hospital) -> Result<()> {
    let refused = |field: &str, zh: &str, en: &str| {
        let hint = Words::new(
            "收治比例在0与1之间，住院天数和在用床位不为负",
            "a share from 0 to 1, days and beds not below zero",
        );
        Err(Problem::new("param_invalid", Words::new(zh, en), hint).at(field))
    };
    if !cases.iter().all(|n| *n >= 0.0 && n.is_finite()) {
        return refused("incidence", "病例数不是非负数", "there is a count below zero");
    }
    if !(0.0..=1.0).contains(&hospital.share) {
        return refused("share", "收治比例不可用", "this share cannot be used");
    }
    let mean = hospital.stay.mean();
    if !(mean > 0.0 && mean.is_finite()) {
        return refused("stay-mean", "住院天数不可用", "this length of stay cannot be used");
    }
    if hospital.occupied.is_some_and(|n| !(n >= 0.0 && n.is_finite())) {
        return refused(
            "occupied",
            "在用床位数不可用",
            "this number of beds in use cannot be used",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delays::Family;
    use proptest::prelude::*;

    fn hospital(mean: f64, sd: f64) -> Hospital {
        Hospital {
            share: 1.0,
            delay: 0,
            stay: Fitted {
                family: Family::Gamma,
                first: (mean / sd).powi(2),
                second: sd * sd / mean,
            },
            occupied: None,
        }
    }

    #[test]
    fn what_is_in_use_today_is_where_it_begins() {
        let with = |occupied| Hospital {
            occupied: Some(occupied),
            ..hospital(10.0, 5.0)
        };
        let none_to_come = vec![[0.0; 7]; 14];
        // Fewer and more than the counts alone would give (about 100): nobody comes, and they leave.
        for occupied in [40.0, 400.0] {
            let path = beds(&[10.0; 80], &none_to_come, &with(occupied)).expect("beds");
            let median: Vec<f64> = path.iter().map(|q| q[3]).collect();
            assert!(median.is_sorted_by(|a, b| a > b), "{median:?}");
            assert!(median[0] < occupied && median[0] > 0.8 * occupied, "{median:?}");
        }
    }

    #[test]
    fn a_share_and_a_delay_thin_and_postpone() {
        let outbreak: Vec<f64> = (0..40).map(|day| if day == 39 { 100.0 } else { 0.0 }).collect();
        let later = Hospital {
            share: 0.2,
            delay: 3,
            ..hospital(8.0, 2.0)
        };
        let path = beds(&outbreak, &vec![[0.0; 7]; 5], &later).expect("beds");
        let median: Vec<f64> = path.iter().map(|q| q[3].round()).collect();
        assert_eq!(median, [0.0, 0.0, 20.0, 20.0, 20.0]);
        assert!(path[2][0] < 13.0 && path[2][6] > 27.0, "{:?}", path[2]);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_name() {
        let field = |hospital: Hospital| beds(&[1.0; 30], &vec![[1.0; 7]], &hospital).expect_err("refused").field;
        let known = hospital(8.0, 2.0);
        assert_eq!(field(Hospital { share: 1.5, ..known }).as_deref(), Some("share"));
        assert_eq!(
            field(Hospital {
                occupied: Some(-1.0),
                ..known
            })
            .as_deref(),
            Some("occupied")
        );
        assert_eq!(field(hospital(0.0, 1.0)).as_deref(), Some("stay-mean"));
    }

    proptest! {
        #[test]
        fn any_counts_give_quantiles_in_order(cases in proptest::collection::vec(0_u32..300, 1..60), mean in 0.5..40.0_f64, high in 0.0..500.0_f64) {
            let cases: Vec<f64> = cases.into_iter().map(f64::from).collect();
            let ahead: Path = (0..7).map(|_| std::array::from_fn(|q| high * q as f64 / 6.0)).collect();
            for quantiles in beds(&cases, &ahead, &hospital(mean, mean / 2.0)).expect("beds") {
                prop_assert!(quantiles.is_sorted() && quantiles.iter().all(|n| n.is_finite() && *n >= 0.0), "{:?}", quantiles);
            }
        }
    }
}
