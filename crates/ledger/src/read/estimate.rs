//! Estimates as figures: a detector, growth or the reproduction number over the days of another figure, so that conditions, watches
//! and pages may read them. What cannot be estimated is unknown and never zero.

use super::streak::Stretch;
use super::{CoverageRow, Figure, FigureQuery, FigureRow, FigureState, Reader};
use crate::LedgerError;
use lianfang_epi::detect::{Sensitivity, Series, ears};
use lianfang_epi::growth::Curve;
use lianfang_epi::rt::{Incidence, Prior, SerialInterval, Windows, reproduction};
use lianfang_kernel::{Datum, Day, RegionId};
use lianfang_policy::model::{Estimator, Indicator};
use std::collections::BTreeMap;

/// Days of one reading at most.
const MOST: i64 = 366;
/// Days of a window of the reproduction number.
const WINDOW: usize = 7;
/// The setting that says how readily detectors ring.
const SENSITIVITY: &str = "signal_sensitivity";

/// Days before the day that an estimate is made of.
fn days_before(module: Estimator) -> i64 {
    match module {
        Estimator::Ears => 20,
        Estimator::Growth => 13,
        Estimator::Rt => 34,
    }
}

impl Reader<'_> {
    /// The estimate of each day asked for; without days, of the last that is over.
    pub(super) fn fill_estimate(
        &mut self,
        figure: &mut Figure,
        (of, module): (&Indicator, Estimator),
        region: &RegionId,
        query: &FigureQuery,
    ) -> Result<(), LedgerError> {
        let today = self.snapshot.zone.day_of(figure.as_of);
        let last = query.to.map_or(today.plus(-1), |to| to.min(today));
        let first = query.from.unwrap_or(last).clamp(last.plus(-MOST), last);
        let from = first.plus(-days_before(module));
        let stretch = self.stretch(of, region, (from, last), query)?;
        let interval = self.serial_interval(region, figure);
        let grade = self.sensitivity(region, figure);
        let of_day = |day: Day| -> Option<i64> {
            let counts: Vec<Option<f64>> = (0..=days_before(module))
                .rev()
                .map(|back| count(of, &stretch, day.plus(-back)))
                .collect();
            match module {
                Estimator::Ears => excess(&counts, grade),
                Estimator::Growth => growth(&counts, day),
                Estimator::Rt => rt(&counts, interval?),
            }
        };
        figure.value = of_day(last);
        if query.by.iter().any(|by| by == "day") {
            let days = (0..=first.until(last)).map(|n| first.plus(n));
            let rows = days.map(|day| FigureRow {
                key: BTreeMap::from([("day".to_owned(), day.to_string())]),
                value: of_day(day),
                numerator: None,
                denominator: None,
                approx: None,
            });
            figure.rows = rows.collect();
        }
        let owed = stretch.owed.get(&last).map_or(&[][..], Vec::as_slice);
        let missing = owed.iter().filter(|row| !row.is_met());
        figure.missing = missing.map(CoverageRow::member).collect();
        figure.state = match (figure.value, figure.missing.len()) {
            (None, _) => FigureState::Unknown,
            (Some(_), 0) => FigureState::Known,
            (Some(_), _) => FigureState::Partial,
        };
        Ok(())
    }

    /// How readily a detector rings there; as usual where nothing is set.
    fn sensitivity(&self, region: &RegionId, figure: &Figure) -> Sensitivity {
        let value = self.snapshot.setting(SENSITIVITY, region, figure.as_of);
        let grade = value.as_ref().and_then(Datum::as_text).and_then(Sensitivity::named);
        grade.unwrap_or(Sensitivity::Medium)
    }

    /// Mean and standard deviation of the serial interval there, in days.
    fn serial_interval(&self, region: &RegionId, figure: &Figure) -> Option<(f64, f64)> {
        let tenths = |id: &str| {
            let value = self.snapshot.setting(id, region, figure.as_of)?;
            let tenths = i32::try_from(Datum::as_int(&value)?).ok()?;
            Some(f64::from(tenths) / 10.0)
        };
        tenths("serial_interval_mean").zip(tenths("serial_interval_sd"))
    }
}

/// What was counted on a day; none when nobody reported, or nobody owed a report yet. A revision below zero is zero.
fn count(of: &Indicator, stretch: &Stretch, day: Day) -> Option<f64> {
    let owed = stretch.owed.get(&day).map_or(&[][..], Vec::as_slice);
    let is_told = of.complete.is_none() || owed.iter().any(CoverageRow::is_met);
    let n = stretch.numbers.get(&day.to_string()).copied().unwrap_or(0);
    let n = i32::try_from(n.max(0)).ok()?;
    is_told.then(|| f64::from(n))
}

/// By how much the last day is above what the days known before it allow (EARS C2); 0 when it is not.
fn excess(counts: &[Option<f64>], grade: Sensitivity) -> Option<i64> {
    (*counts.last()?)?;
    let known: Vec<f64> = counts.iter().copied().flatten().collect();
    let n = known.len();
    let series = Series::new(known, 365).ok()?;
    let verdict = ears(&series, grade.ears(), n, n).ok()?.pop()?;
    let above = verdict.observed - verdict.upper?;
    Some(if verdict.alarm { whole(above.ceil())?.max(1) } else { 0 })
}

/// Growth a day in thousandths; the days must all be known.
fn growth(counts: &[Option<f64>], day: Day) -> Option<i64> {
    let known: Vec<f64> = counts.iter().copied().collect::<Option<_>>()?;
    let first = day.plus(1 - i64::try_from(known.len()).ok()?);
    let days = (0..).take(known.len()).map(|n| first.plus(n)).collect();
    let rate = Curve::new(days, known, 1).ok()?.fit().ok()?.rate;
    whole((rate.exp_m1() * 1000.0).round())
}

/// The reproduction number in hundredths, of the days known without a gap up to the last.
fn rt(counts: &[Option<f64>], (mean, sd): (f64, f64)) -> Option<i64> {
    let tail: Vec<f64> = counts.iter().rev().map_while(|count| *count).collect();
    let known: Vec<f64> = tail.into_iter().rev().collect();
    let incidence = Incidence::of_total(known).ok()?;
    let interval = SerialInterval::parametric(mean, sd, incidence.days()).ok()?;
    let windows = Windows {
        first: (incidence.days() + 1).checked_sub(WINDOW)?,
        width: WINDOW,
        step: 1,
    };
    let rows = reproduction(&incidence, &[(1.0, interval)], windows, Prior::default()).ok()?;
    let estimate = rows.last()?.estimate.as_ref()?;
    whole((estimate.mean * 100.0).round())
}

/// A whole number that a condition can compare.
#[expect(clippy::cast_possible_truncation, reason = "the bounds are checked")]
fn whole(value: f64) -> Option<i64> {
    (value.abs() < 1e15).then_some(value as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(counts: &[i32]) -> Vec<Option<f64>> {
        counts.iter().map(|n| Some(f64::from(*n))).collect()
    }

    #[test]
    fn a_jump_is_told_by_how_much_and_silence_is_not_zero() {
        let quiet = [30, 28, 31, 29, 30, 32, 30, 29, 31, 30];
        assert_eq!(excess(&known(&quiet), Sensitivity::Medium), Some(0));
        let mut jump = known(&quiet);
        jump.push(Some(60.0));
        assert!(excess(&jump, Sensitivity::Medium).is_some_and(|above| above > 20));
        // Thirty-three is above the bound of the most sensitive alone.
        let mut small = known(&quiet);
        small.push(Some(33.0));
        assert_eq!(excess(&small, Sensitivity::Low), Some(0));
        assert!(excess(&small, Sensitivity::High) > Some(0));
        jump[10] = None;
        assert_eq!(excess(&jump, Sensitivity::Medium), None);
        assert_eq!(excess(&known(&[1, 2, 30]), Sensitivity::High), None);
        // Days that nobody reported are passed over and do not lower the bound.
        let mut gaps = known(&quiet);
        gaps.splice(5..5, [None, None]);
        gaps.push(Some(33.0));
        assert_eq!(excess(&gaps, Sensitivity::Medium), Some(0));
    }

    #[test]
    fn growth_and_r_are_whole_numbers() {
        let doubling = known(&[1, 1, 2, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96]);
        let a_day = growth(&doubling, Day(19_000)).unwrap();
        assert!((350..480).contains(&a_day), "{a_day}");
        assert!(rt(&doubling, (4.7, 2.9)).unwrap() > 150);
        let mut gap = doubling.clone();
        gap[5] = None;
        assert_eq!(growth(&gap, Day(19_000)), None);
        assert!(rt(&gap, (4.7, 2.9)).is_some());
        assert_eq!(rt(&known(&[0; 14]), (4.7, 2.9)), None);
        assert_eq!(rt(&known(&[1, 2]), (4.7, 2.9)), None);
    }
}
