//! Estimators over sheets: columns in, columns out, the same for a command and for the reference runner.
//!
//! Many series in one sheet stand under a column `series`; they are worked on side by side and come out in their order.

mod chains;
mod delayed;
mod delays;
mod detectors;
mod growth;
mod nowcast;
mod offspring;
mod outlook;
mod reproduction;
mod simple_detectors;

pub use chains::{ChainView, chains_sheet};
pub use delayed::delayed_sheet;
pub(crate) use delayed::triangle_rows;
pub(crate) use delays::fill_delay;
pub use delays::{delays_of, delays_sheet, doubly_of};
pub(crate) use detectors::verdict_cells;
pub use detectors::{DetectRange, alarms_sheet, ears_sheet, flexible_sheet, legal_sheet, original_sheet, series_of};
pub use growth::{Split, curve_of, growth_sheet};
pub use nowcast::{Dated, dated_of, nowcast_sheet};
pub(crate) use offspring::fill_offspring;
pub use offspring::offspring_sheet;
pub use outlook::{beds_sheet, fatality_sheet, forecast_sheet};
pub use reproduction::{IntervalSource, RtOptions, case_rt_sheet, infectivity_sheet, interval_of, rt_sheet, sample_of};
pub(crate) use simple_detectors::cusum_table;
pub use simple_detectors::{bayes_sheet, cusum_sheet, rki_sheet};

use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};
use rayon::prelude::*;

/// What came out, with what a reader of it must know.
#[derive(Clone, Debug, PartialEq)]
pub struct Told<T> {
    /// The result.
    pub value: T,
    /// What to know before using it; each once.
    pub warnings: Vec<Words>,
}

impl<T> Told<T> {
    /// A result without warnings.
    pub fn plain(value: T) -> Told<T> {
        Told {
            value,
            warnings: Vec::new(),
        }
    }
}

/// Applies `f` to every series of a sheet, over all cores, and puts the results under one another.
///
/// # Errors
/// What `f` refuses, with the name of the series.
pub fn by_series(table: &Table, f: impl Fn(&Table) -> Result<Told<Table>> + Sync) -> Result<Told<Table>> {
    let groups = table.groups("series");
    let is_named = table.has("series");
    let told: Vec<Result<Told<Table>>> = groups.par_iter().map(|(_, rows)| f(rows)).collect();
    let mut all = Told::plain(Table::default());
    for ((name, _), told) in groups.iter().zip(told) {
        let told = told.map_err(|problem| if is_named { named(problem, name) } else { problem })?;
        for words in told.warnings {
            let words = match is_named {
                true => Words::new(format!("{name}：{}", words.zh), format!("{name}: {}", words.en)),
                false => words,
            };
            if !all.warnings.contains(&words) {
                all.warnings.push(words);
            }
        }
        match is_named {
            true => all.value.append_as("series", name, told.value),
            false => all.value = told.value,
        }
    }
    Ok(all)
}

fn named(mut problem: Problem, series: &str) -> Problem {
    problem.what = Words::new(
        format!("序列 {series}：{}", problem.what.zh),
        format!("series {series}: {}", problem.what.en),
    );
    problem
}
