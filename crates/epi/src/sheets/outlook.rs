//! Sheets of fatality, of forecasts and of beds.

use super::reproduction::incidence_of;
use super::{Told, by_series};
use crate::beds::{Hospital, beds};
use crate::delays::Fitted;
use crate::fatality::fatality;
use crate::forecast::{Path, forecast};
use crate::rt::SerialInterval;
use crate::table::{cell, maybe};
use crate::{Result, Table};

/// The share that dies, from `cases` and `deaths` a day.
///
/// # Errors
/// What is wrong with the sheet.
pub fn fatality_sheet(table: &Table, delay: &Fitted) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let found = fatality(&rows.counts("cases")?, &rows.counts("deaths")?, delay)?;
        let mut out = Table::new(["measure", "cases", "deaths", "share", "lo", "hi"]);
        for (name, cases, share) in [
            ("naive", found.cases, found.naive),
            ("corrected", found.with_known_outcome, found.corrected),
        ] {
            let numbers = [cases, found.deaths, share.share, share.interval.0, share.interval.1].map(cell);
            out.push(std::iter::once(name.to_owned()).chain(numbers).collect());
        }
        let mut warnings = found.warnings;
        warnings.extend(rows.unknown_columns(&["t", "date", "cases", "deaths", "series"]));
        Ok(Told { value: out, warnings })
    })
}

/// The next days of every series, and each model's past score.
///
/// # Errors
/// What is wrong with the sheet; too short a past.
pub fn forecast_sheet(table: &Table, mean: f64, sd: f64, horizon: usize, origins: usize) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let incidence = incidence_of(rows)?;
        let interval = SerialInterval::parametric(mean, sd, incidence.days())?;
        let found = forecast(&incidence.total(), &interval, horizon, origins)?;
        let mut out = Table::new([
            "model",
            "ahead",
            "weight",
            "wis",
            "coverage95",
            "q0.025",
            "q0.05",
            "q0.25",
            "median",
            "q0.75",
            "q0.95",
            "q0.975",
        ]);
        add(&mut out, "ensemble", [Some(1.0), found.score, None], &found.path);
        for scored in &found.models {
            add(
                &mut out,
                scored.model.name(),
                [Some(scored.weight), scored.score, scored.coverage],
                &scored.path,
            );
        }
        let mut warnings = found.warnings;
        warnings.extend(rows.unknown_columns(&["t", "date", "local", "cases", "imported", "series"]));
        Ok(Told { value: out, warnings })
    })
}

/// Beds in use on the next days of every series; `interval` is the mean and the deviation of the serial interval, `run` how many
/// days ahead and how many past origins the forecast of cases is scored at.
///
/// # Errors
/// What is wrong with the sheet; too short a past; a share or a stay that cannot be.
pub fn beds_sheet(
    table: &Table,
    interval: (f64, f64),
    (horizon, origins): (usize, usize),
    hospital: &Hospital,
) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let incidence = incidence_of(rows)?;
        let interval = SerialInterval::parametric(interval.0, interval.1, incidence.days())?;
        let next = forecast(&incidence.total(), &interval, horizon, origins)?;
        let path = beds(&incidence.total(), &next.path, hospital)?;
        let mut out = Table::new([
            "ahead", "cases", "q0.025", "q0.05", "q0.25", "median", "q0.75", "q0.95", "q0.975",
        ]);
        for (day, (cases, quantiles)) in next.path.iter().zip(path).enumerate() {
            let mut row = vec![(day + 1).to_string(), cell(cases[3])];
            row.extend(quantiles.map(cell));
            out.push(row);
        }
        let mut warnings = next.warnings;
        warnings.extend(rows.unknown_columns(&["t", "date", "local", "cases", "imported", "series"]));
        Ok(Told { value: out, warnings })
    })
}

fn add(out: &mut Table, name: &str, about: [Option<f64>; 3], path: &Path) {
    for (day, quantiles) in path.iter().enumerate() {
        let mut row = vec![name.to_owned(), (day + 1).to_string()];
        row.extend(about.map(maybe));
        row.extend(quantiles.map(cell));
        out.push(row);
    }
}
