//! Sheets of nowcasts: a line list `event_date,report_date` or a triangle `date,X0,X1,…` in, one row a day out.

use super::{Told, by_series};
use crate::nowcast::{Nowcast, Settings, Triangle, nowcast};
use crate::table::cell;
use crate::{Result, Table};
use lianfang_kernel::{Day, Words};

/// The triangle of a sheet with the day of each row, and the counts as they are now known, which may hold later reports.
#[derive(Clone, Debug)]
pub struct Dated {
    /// Day of the first row.
    pub first: Day,
    /// The triangle.
    pub triangle: Triangle,
    /// All cases of each row that the sheet holds, also those reported later.
    pub eventually: Vec<f64>,
}

/// Counts a line list up to `now` (the last report unless given), delays above `longest` days as `longest`; rows without one of
/// the dates are left out.
///
/// # Errors
/// No such columns, what is no day, reports before their event.
pub fn dated_of(table: &Table, now: Option<Day>, longest: usize) -> Result<Dated> {
    table.require("event_date")?;
    table.require("report_date")?;
    let mut cases = Vec::new();
    for row in 0..table.len() {
        if let (Some(event), Some(report)) = (table.day(row, "event_date")?, table.day(row, "report_date")?) {
            cases.push((event, report));
        }
    }
    let last = cases.iter().map(|(_, report)| *report).max();
    let now = now.or(last).unwrap_or(Day(0));
    let triangle = Triangle::of_cases(&cases, now, longest)?;
    let first = now.plus(-(triangle.last() as i64));
    let mut eventually = vec![0.0; triangle.last() + 1];
    for (event, _) in cases.iter().filter(|(event, _)| *event <= now) {
        eventually[first.until(*event) as usize] += 1.0;
    }
    Ok(Dated {
        first,
        triangle,
        eventually,
    })
}

/// Reads a triangle `date,X0,X1,…`, one row a day; what cannot be known yet may be missing.
fn triangle_of(table: &Table) -> Result<Dated> {
    let days = table.days("date")?;
    let columns: Vec<String> = (0..)
        .map(|delay| format!("X{delay}"))
        .take_while(|name| table.has(name))
        .collect();
    table.require("X0")?;
    let last = table.len().saturating_sub(1);
    let mut counts = Vec::new();
    for row in 0..table.len() {
        let known = last - row;
        let cells = columns
            .iter()
            .enumerate()
            .map(|(delay, name)| match table.number(row, name)? {
                None if delay > known => Ok(0.0),
                None => table.complete(name).map(|_| 0.0),
                Some(count) => Ok(count),
            });
        counts.push(cells.collect::<Result<Vec<f64>>>()?);
    }
    let triangle = Triangle::new(counts)?;
    Ok(Dated {
        first: days.first().copied().unwrap_or(Day(0)),
        eventually: triangle.reported(),
        triangle,
    })
}

/// Nowcasts of every series for its last days, as many as the longest delay.
///
/// # Errors
/// What is wrong with the sheet or the settings.
pub fn nowcast_sheet(table: &Table, now: Option<Day>, longest: usize, settings: &Settings) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let dated = match rows.has("event_date") {
            true => dated_of(rows, now, longest)?,
            false => triangle_of(rows)?,
        };
        let (answers, _) = nowcast(&dated.triangle, settings)?;
        let wanted = dated.triangle.longest() + 1;
        let from = answers.len().saturating_sub(wanted);
        let mut out = Table::new(["date", "reported_so_far", "nowcast_median", "lo", "hi"]);
        let mut is_cut = false;
        for answer in &answers[from..] {
            is_cut |= answer.is_cut;
            out.push(cells(&dated, answer));
        }
        let mut warnings = Vec::new();
        if is_cut {
            warnings.push(Words::new(
                format!("考虑的最大病例数 {} 太小，区间上限缺失", settings.most),
                format!(
                    "the greatest number considered, {}, is too small: some upper ends are missing",
                    settings.most
                ),
            ));
        }
        Ok(Told { value: out, warnings })
    })
}

fn cells(dated: &Dated, answer: &Nowcast) -> Vec<String> {
    let high = if answer.is_cut { f64::NAN } else { answer.interval.1 };
    vec![
        dated.first.plus(answer.at as i64).to_string(),
        cell(answer.reported),
        cell(answer.median),
        cell(answer.interval.0),
        cell(high),
    ]
}
