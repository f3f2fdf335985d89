//! Sheets of detectors: `t,observed` and perhaps `date`, `population`, `series` in, one row a moment out.

use super::{Told, by_series};
use crate::detect::farrington::{Flexible, FlexibleRow, Original, OriginalRow, flexible, original};
use crate::detect::{Ears, LegalRow, Series, Verdict, ears, expected, twice_five_year_mean};
use crate::table::{cell, flag, maybe};
use crate::{Result, Table};
use lianfang_kernel::Words;

/// Which moments to look at, from 1; open ends go as far as the series allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DetectRange {
    /// First moment.
    pub first: Option<usize>,
    /// Last moment.
    pub last: Option<usize>,
}

impl DetectRange {
    pub(super) fn within(self, series: &Series, least: usize) -> (usize, usize) {
        let last = self.last.unwrap_or(series.observed().len());
        (self.first.unwrap_or(least.min(last)), last)
    }
}

const KNOWN: [&str; 8] = [
    "t",
    "observed",
    "year",
    "period",
    "date",
    "state",
    "population",
    "series",
];

/// What each grade of sensitivity costs in `areas` like the one of the sheet.
///
/// # Errors
/// What is wrong with the sheet; fewer than seven days.
pub fn alarms_sheet(table: &Table, areas: u32, weeks: usize, seed: u64) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let series = series_of(rows, 365)?;
        let mut out = Table::new([
            "sensitivity",
            "alpha",
            "false_alarms_per_week",
            "se",
            "found_within_week",
            "days_to_find",
        ]);
        for row in expected(series.observed(), weeks, seed)? {
            let areas = f64::from(areas);
            out.push(vec![
                row.grade.name().to_owned(),
                cell(row.grade.alpha()),
                cell(areas * row.per_week),
                cell(areas.sqrt() * row.error),
                cell(row.found),
                maybe(row.delay),
            ]);
        }
        let warnings = warnings(rows, &series);
        Ok(Told { value: out, warnings })
    })
}

/// The series of a sheet, with dates where it has a column `date`.
///
/// # Errors
/// No column `observed`, what is no count, dates with gaps.
pub fn series_of(table: &Table, frequency: usize) -> Result<Series> {
    let mut series = Series::new(table.counts("observed")?, frequency)?;
    if table.has("date") {
        series = series.dated(table.days("date")?)?;
    }
    if table.has("population") {
        series = series.with_population(table.complete("population")?)?;
    }
    Ok(series)
}

pub(super) fn warnings(table: &Table, series: &Series) -> Vec<Words> {
    let mut warnings: Vec<Words> = table.unknown_columns(&KNOWN).into_iter().collect();
    if series.observed().iter().all(|count| *count == 0.0) {
        warnings.push(Words::new(
            "整个序列都是0：请确认不是漏报",
            "the whole series is zero: make sure that nothing is missing",
        ));
    }
    warnings
}

/// EARS over every series.
///
/// # Errors
/// What is wrong with the sheet or the settings.
pub fn ears_sheet(table: &Table, frequency: usize, settings: Ears, range: DetectRange) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let series = series_of(rows, frequency)?;
        let (first, last) = range.within(&series, settings.first());
        let mut out = Table::new(["t", "observed", "upperbound", "alarm"]);
        for verdict in ears(&series, settings, first, last)? {
            out.push(verdict_cells(&verdict));
        }
        Ok(Told {
            value: out,
            warnings: warnings(rows, &series),
        })
    })
}

pub(crate) fn verdict_cells(verdict: &Verdict) -> Vec<String> {
    vec![
        verdict.t.to_string(),
        cell(verdict.observed),
        maybe(verdict.upper),
        flag(verdict.alarm),
    ]
}

/// Farrington's improved detector over every series.
///
/// # Errors
/// What is wrong with the sheet or the settings.
pub fn flexible_sheet(table: &Table, frequency: usize, settings: &Flexible, range: DetectRange) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let series = series_of(rows, frequency)?;
        let (first, last) = range.within(&series, settings.b * frequency + settings.w + 2);
        Ok(Told {
            value: flexible_table(&flexible(&series, settings, first, last)?),
            warnings: warnings(rows, &series),
        })
    })
}

pub(crate) fn flexible_table(rows: &[FlexibleRow]) -> Table {
    let mut out = Table::new([
        "t",
        "observed",
        "upperbound",
        "alarm",
        "expected",
        "score",
        "pvalue",
        "mu0",
        "phi",
        "trend_coef",
        "trend_used",
    ]);
    for row in rows {
        out.push(vec![
            row.t.to_string(),
            cell(row.observed),
            maybe(row.upper),
            flag(row.alarm),
            maybe(row.expected),
            maybe(row.score),
            maybe(row.p_value),
            maybe(row.mean),
            maybe(row.dispersion),
            maybe(row.trend),
            flag(row.trend.is_some()),
        ]);
    }
    out
}

/// Farrington's detector of 1996 over every series.
///
/// # Errors
/// What is wrong with the sheet or the settings.
pub fn original_sheet(table: &Table, frequency: usize, settings: &Original, range: DetectRange) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let series = series_of(rows, frequency)?;
        let (first, last) = range.within(&series, settings.b * frequency + settings.w + 2);
        Ok(Told {
            value: original_table(&original(&series, settings, first, last)?),
            warnings: warnings(rows, &series),
        })
    })
}

pub(crate) fn original_table(rows: &[OriginalRow]) -> Table {
    let mut out = Table::new(["t", "observed", "upperbound", "alarm", "pd_prob", "pd_mu0"]);
    for row in rows {
        out.push(vec![
            row.t.to_string(),
            cell(row.observed),
            cell(row.upper),
            flag(row.alarm),
            maybe(row.below),
            maybe(row.expected),
        ]);
    }
    out
}

/// The rule of law over every series.
///
/// # Errors
/// What is wrong with the sheet.
pub fn legal_sheet(table: &Table, frequency: usize, range: DetectRange) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let series = series_of(rows, frequency)?;
        let (first, last) = range.within(&series, frequency + 1);
        let mut out = Table::new(["t", "observed", "mean", "years", "upperbound", "alarm"]);
        for LegalRow {
            t,
            observed,
            mean,
            years,
            exceeds,
        } in twice_five_year_mean(&series, first, last)?
        {
            out.push(vec![
                t.to_string(),
                cell(observed),
                cell(mean),
                years.to_string(),
                cell(2.0 * mean),
                flag(exceeds),
            ]);
        }
        Ok(Told {
            value: out,
            warnings: warnings(rows, &series),
        })
    })
}
