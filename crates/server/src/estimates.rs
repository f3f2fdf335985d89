//! Estimates over daily figures of the ledger: the interface and the pages ask here, and answer with the same numbers.

use crate::caller::Caller;
use crate::daily::{DailyQuery, DailySeries, daily};
use crate::problem::ApiError;
use crate::reporting_triangle::{Reported, reporting_triangle};
use crate::state::AppState;
use lianfang_epi::Table;
use lianfang_epi::calls::{Asked, Call};
use lianfang_epi::sheets::Told;
use lianfang_kernel::{Day, Problem, Words};

/// Longest delay of a reporting triangle unless said otherwise, in days.
const LONGEST_DELAY: i64 = 15;

/// An estimate and the series it was made of.
#[derive(Clone, Debug)]
pub struct Estimated {
    /// The series.
    pub series: DailySeries,
    /// The rows, each with its day under `date`, and what to know.
    pub told: Told<Table>,
}

/// Whether a call can be had from a daily figure.
pub(crate) fn takes_figures(call: &Call) -> bool {
    call.daily.is_some() || call.name == "nowcast"
}

/// Estimates over a daily figure, with the reader's rights.
///
/// # Errors
/// 401, 403, 404; 422 what the figure or the call refuses; 503 too many at once.
pub async fn estimate(
    state: &AppState,
    caller: &Caller,
    call: &'static Call,
    wanted: &DailyQuery,
    set: &[(String, String)],
) -> Result<Estimated, ApiError> {
    let mut asked = Asked::new(call);
    let given = call.daily.iter().flat_map(|daily| daily.set);
    for (key, value) in given {
        asked.set(key, value).map_err(ApiError::refused)?;
    }
    for (key, value) in set {
        asked.set(key, value).map_err(ApiError::refused)?;
    }
    let (series, mut warnings) = match &call.daily {
        Some(given) => {
            let series = daily(state, caller, wanted).await?;
            let (sheet, warnings) = sheet_of(&series, given.column).map_err(ApiError::refused)?;
            asked.put("csv", sheet).map_err(ApiError::refused)?;
            (series, warnings)
        }
        None if takes_figures(call) => {
            let longest = asked.whole("max-delay").map_or(LONGEST_DELAY, i64::from);
            let Reported {
                series,
                sheet,
                warnings,
            } = reporting_triangle(state, caller, wanted, longest).await?;
            asked.put("csv", sheet).map_err(ApiError::refused)?;
            (series, warnings)
        }
        None => {
            let what = Words::new("{call} 不能由逐日指标计算", "{call} cannot be had from a daily figure");
            let hint = Words::new("用 POST 发送表", "Send a sheet with POST");
            return Err(ApiError::bad_field("indicator", what.with("call", call.name), hint));
        }
    };
    let mut told = state.computing.run(asked).await?;
    date(&mut told.value, series.first);
    warnings.append(&mut told.warnings);
    told.warnings = warnings;
    Ok(Estimated { series, told })
}

/// Estimates over counts of consecutive days that are not the ledger's, such as published ones.
///
/// # Errors
/// What the call refuses; a call that takes no daily counts.
pub fn estimate_counts(
    call: &'static Call,
    (first, counts): (Day, &[i64]),
    set: &[(String, String)],
) -> Result<Told<Table>, Problem> {
    let Some(given) = &call.daily else {
        let what = Words::new("{call} 不能由逐日计数计算", "{call} cannot be had from daily counts");
        let hint = Words::new("请换一种计算", "Take another estimate");
        return Err(Problem::new("no_daily", what.with("call", call.name), hint));
    };
    let mut asked = Asked::new(call);
    let given_set = given.set.iter().map(|(key, value)| (*key, *value));
    for (key, value) in given_set.chain(set.iter().map(|(key, value)| (key.as_str(), value.as_str()))) {
        asked.set(key, value)?;
    }
    asked.put("csv", sheet(first, counts, given.column))?;
    let mut told = asked.run()?;
    date(&mut told.value, first);
    Ok(told)
}

/// A sheet `date` and counts.
fn sheet_of(series: &DailySeries, column: &str) -> Result<(Table, Vec<Words>), Problem> {
    let (counts, warnings) = series.complete()?;
    Ok((sheet(series.first, &counts, column), warnings))
}

fn sheet(first: Day, counts: &[i64], column: &str) -> Table {
    let mut sheet = Table::new(["date", column]);
    for (count, n) in counts.iter().zip(0..) {
        sheet.push(vec![first.plus(n).to_string(), count.to_string()]);
    }
    sheet
}

/// Says the day of each row that counts moments from 1.
fn date(table: &mut Table, first: Day) {
    for row in 0..table.len() {
        let moment = table.text(row, "t_end").or_else(|| table.text(row, "t"));
        if let Some(n) = moment.and_then(|text| text.parse::<i64>().ok()) {
            table.set(row, "date", first.plus(n - 1).to_string());
        }
    }
}
