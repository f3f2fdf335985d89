//! Sheets of growth: `date,count` in, one row a line out.

use super::{Told, by_series};
use crate::growth::{Curve, Growth};
use crate::table::cell;
use crate::{Result, Table};
use lianfang_kernel::Day;

/// Where to split the curve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// Nowhere: one line.
    #[default]
    None,
    /// At the best day around the peak.
    Best,
    /// At this day.
    At(Day),
}

/// The curve of a sheet: `count` (or `cases`) with `date`.
///
/// # Errors
/// No such columns, what is no count or no day, gaps.
pub fn curve_of(table: &Table, interval_days: u32) -> Result<Curve> {
    let counts = if table.has("count") || !table.has("cases") {
        "count"
    } else {
        "cases"
    };
    Curve::new(table.days("date")?, table.counts(counts)?, interval_days)
}

/// Growth of every series.
///
/// # Errors
/// What is wrong with the sheet; too few cases.
pub fn growth_sheet(table: &Table, interval_days: u32, split: Split) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let curve = curve_of(rows, interval_days)?;
        let mut out = Table::new([
            "part",
            "from",
            "r",
            "r_lo",
            "r_hi",
            "doubling",
            "doubling_lo",
            "doubling_hi",
            "halving",
            "halving_lo",
            "halving_hi",
            "adj_r2",
            "n_nonzero",
            "intercept",
        ]);
        let split = match split {
            Split::None => None,
            Split::Best => Some(curve.best_split()?.0),
            Split::At(day) => Some(day),
        };
        match split {
            None => out.push(cells("single", &curve.fit()?)),
            Some(day) => {
                let (before, after) = curve.fit_split(day)?;
                out.push(cells("before", &before));
                out.push(cells("after", &after));
            }
        }
        Ok(Told {
            value: out,
            warnings: rows
                .unknown_columns(&["t", "date", "count", "cases", "series"])
                .into_iter()
                .collect(),
        })
    })
}

fn cells(part: &str, growth: &Growth) -> Vec<String> {
    let none = (f64::NAN, f64::NAN, f64::NAN);
    let doubling = growth.doubling_days().unwrap_or(none);
    let halving = growth.halving_days().unwrap_or(none);
    let numbers = [
        growth.rate,
        growth.rate_interval.0,
        growth.rate_interval.1,
        doubling.0,
        doubling.1,
        doubling.2,
        halving.0,
        halving.1,
        halving.2,
        growth.adjusted_r2,
        growth.used as f64,
        growth.intercept,
    ];
    let text = [part.to_owned(), growth.origin.to_string()];
    text.into_iter().chain(numbers.map(cell)).collect()
}
