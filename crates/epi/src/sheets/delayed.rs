//! Sheets of the detector for counts that are not complete yet.

use super::Told;
use super::detectors::{DetectRange, series_of, verdict_cells, warnings};
use crate::detect::{Delayed, delayed};
use crate::{Result, Table};

/// One series against earlier weeks as reported by the same delay; without a triangle counts are taken as complete.
///
/// # Errors
/// What is wrong with a sheet or the settings.
pub fn delayed_sheet(
    table: &Table,
    triangle: Option<&Table>,
    frequency: usize,
    settings: &Delayed,
    range: DetectRange,
) -> Result<Told<Table>> {
    let series = series_of(table, frequency)?;
    let rows = triangle.map(triangle_rows).transpose()?;
    let (first, last) = range.within(&series, settings.b * frequency + settings.w + 2);
    let mut out = Table::new(["t", "observed", "upperbound", "alarm"]);
    for verdict in delayed(&series, rows.as_deref(), settings, first, last)? {
        out.push(verdict_cells(&verdict));
    }
    Ok(Told {
        value: out,
        warnings: warnings(table, &series),
    })
}

/// The cases of each period by delay, from the columns `X0`, `X1`, …; missing where not known.
///
/// # Errors
/// No column `X0`, what is no number.
pub(crate) fn triangle_rows(table: &Table) -> Result<Vec<Vec<Option<f64>>>> {
    table.require("X0")?;
    let columns: Vec<String> = (0..)
        .map(|delay| format!("X{delay}"))
        .take_while(|name| table.has(name))
        .collect();
    (0..table.len())
        .map(|row| columns.iter().map(|name| table.number(row, name)).collect())
        .collect()
}
