//! Sheets of CUSUM and of the detectors that compare with a handful of earlier counts.

use super::detectors::{DetectRange, series_of, verdict_cells, warnings};
use super::{Told, by_series};
use crate::detect::{Cusum, CusumRow, Reference, Series, Verdict, bayes, cusum, rki};
use crate::table::{cell, flag};
use crate::{Result, Table};

/// CUSUM over every series, from period `least` unless the range says otherwise.
///
/// # Errors
/// What is wrong with the sheet or the settings.
pub fn cusum_sheet(
    table: &Table,
    frequency: usize,
    settings: Cusum,
    range: DetectRange,
    least: usize,
) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let series = series_of(rows, frequency)?;
        let (first, last) = range.within(&series, least);
        Ok(Told {
            value: cusum_table(&cusum(&series, settings, first, last)?),
            warnings: warnings(rows, &series),
        })
    })
}

pub(crate) fn cusum_table(rows: &[CusumRow]) -> Table {
    let mut out = Table::new(["t", "observed", "cusum", "upperbound", "alarm", "m"]);
    for row in rows {
        out.push(vec![
            row.t.to_string(),
            cell(row.observed),
            cell(row.sum),
            cell(row.upper),
            flag(row.alarm),
            cell(row.mean),
        ]);
    }
    out
}

/// The detectors once used at the Robert Koch Institute over every series.
///
/// # Errors
/// What is wrong with the sheet or the settings.
pub fn rki_sheet(table: &Table, frequency: usize, reference: Reference, range: DetectRange) -> Result<Told<Table>> {
    compared(table, frequency, reference, range, rki)
}

/// The Bayes detector over every series.
///
/// # Errors
/// What is wrong with the sheet or the settings.
pub fn bayes_sheet(
    table: &Table,
    frequency: usize,
    reference: Reference,
    alpha: f64,
    range: DetectRange,
) -> Result<Told<Table>> {
    compared(table, frequency, reference, range, |series, reference, first, last| {
        bayes(series, reference, alpha, first, last)
    })
}

fn compared(
    table: &Table,
    frequency: usize,
    reference: Reference,
    range: DetectRange,
    look: impl Fn(&Series, Reference, usize, usize) -> Result<Vec<Verdict>> + Sync,
) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let series = series_of(rows, frequency)?;
        let (first, last) = range.within(&series, reference.years * frequency + reference.half_width + 1);
        let mut out = Table::new(["t", "observed", "upperbound", "alarm"]);
        for verdict in look(&series, reference, first, last)? {
            out.push(verdict_cells(&verdict));
        }
        Ok(Told {
            value: out,
            warnings: warnings(rows, &series),
        })
    })
}
