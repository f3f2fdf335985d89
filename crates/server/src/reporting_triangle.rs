//! The reporting triangle of a daily figure: what was known of each day at the end of that day and of the days after it, read as of
//! each of them.

use crate::caller::Caller;
use crate::daily::{DailyQuery, DailySeries, daily};
use crate::problem::ApiError;
use crate::state::AppState;
use lianfang_epi::Table;
use lianfang_kernel::{Day, Words};
use std::collections::BTreeMap;

/// Days of a triangle at most: each is a reading of the ledger.
const DAYS: i64 = 60;

/// A triangle with the series as it is known now.
pub(crate) struct Reported {
    /// As known now.
    pub series: DailySeries,
    /// `date,X0,X1,…`
    pub sheet: Table,
    /// What to know.
    pub warnings: Vec<Words>,
}

/// The triangle of the days asked for (to the day looked from), with delays up to `longest` days.
///
/// # Errors
/// As for [`daily`].
pub(crate) async fn reporting_triangle(
    state: &AppState,
    caller: &Caller,
    query: &DailyQuery,
    longest: i64,
) -> Result<Reported, ApiError> {
    let zone = state.ledger.snapshot().zone.clone();
    let now = query.as_of.unwrap_or_else(|| state.ledger.now());
    let last = query.to.unwrap_or(zone.day_of(now));
    let first = query.from.unwrap_or(last.plus(1 - (2 * longest + 14).min(DAYS)));
    if first.until(last) >= DAYS || last < first {
        let what = Words::new("{from} 至 {to} 不可用", "{from} to {to} cannot be used");
        let what = what.with("from", first).with("to", last);
        let hint = Words::new("先后顺序正确，最多{n}天", "The earlier one first, and {n} days at most").with("n", DAYS);
        return Err(ApiError::bad_field("from", what, hint));
    }
    let until = |day: Day| zone.start_of(day.plus(1)).min(now);
    let mut known: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut newest = None;
    for n in 0..=first.until(last) {
        let asked = DailyQuery {
            from: Some(first),
            to: Some(first.plus(n)),
            as_of: Some(until(first.plus(n))),
            ..query.clone()
        };
        let series = daily(state, caller, &asked).await?;
        known.insert(n, series.complete().map_err(ApiError::refused)?.0);
        newest = Some(series);
    }
    let series = newest.ok_or_else(ApiError::internal)?;
    let (sheet, fallen) = triangle(&known, first, longest.clamp(1, DAYS));
    let mut warnings = series.complete().map_err(ApiError::refused)?.1;
    if fallen > 0 {
        let words = Words::new(
            "有{n}处后来的数字低于先前，按未增加计算",
            "{n} later numbers were below earlier ones and were taken as no increase",
        );
        warnings.push(words.with("n", fallen));
    }
    Ok(Reported {
        series,
        sheet,
        warnings,
    })
}

/// What each day after added, and how often a later number was lower.
fn triangle(known: &BTreeMap<i64, Vec<i64>>, first: Day, longest: i64) -> (Table, usize) {
    let names = (0..=longest).map(|delay| format!("X{delay}"));
    let mut sheet = Table::new(std::iter::once("date".to_owned()).chain(names));
    let last = known.keys().next_back().copied().unwrap_or(-1);
    let mut fallen = 0;
    for day in 0..=last {
        let of = |seen: i64| -> Option<i64> {
            let at = usize::try_from(day).ok()?;
            known.get(&seen)?.get(at).copied()
        };
        let mut row = vec![first.plus(day).to_string()];
        let mut so_far = 0;
        for delay in 0..=longest {
            if day + delay > last {
                row.push("NA".to_owned());
                continue;
            }
            // The last column holds everything that came later still.
            let count = of(if delay == longest { last } else { day + delay }).unwrap_or(so_far);
            fallen += usize::from(count < so_far);
            row.push((count - so_far).max(0).to_string());
            so_far = so_far.max(count);
        }
        sheet.push(row);
    }
    (sheet, fallen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_after_adds_what_became_known_then() {
        // Day 0: 2 at once, 5 a day later, 4 after a revision; day 1: 1, then 3; day 2: 6.
        let known = BTreeMap::from([(0, vec![2]), (1, vec![5, 1]), (2, vec![4, 3, 6])]);
        let (sheet, fallen) = triangle(&known, Day::parse("2022-03-01").unwrap(), 2);
        assert_eq!(
            sheet.to_csv(),
            "date,X0,X1,X2\n2022-03-01,2,3,0\n2022-03-02,1,2,NA\n2022-03-03,6,NA,NA\n"
        );
        assert_eq!(fallen, 1);
        let (sheet, _) = triangle(&known, Day::parse("2022-03-01").unwrap(), 1);
        assert_eq!(
            sheet.to_csv(),
            "date,X0,X1\n2022-03-01,2,2\n2022-03-02,1,2\n2022-03-03,6,NA\n"
        );
    }
}
