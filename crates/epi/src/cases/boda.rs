//! Cases of the detector for counts that are not complete yet.

use super::case::{Area, Case};
use super::{Job, Output, Rule};
use crate::detect::{Delayed, delayed};
use crate::sheets::{series_of, triangle_rows};
use crate::table::{cell, flag, maybe};
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

/// What there is to do.
pub fn jobs(area: &Area) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for case in area.cases("cases.csv") {
        jobs.push((case.id(), Box::new(move || one(&case))));
    }
    Ok(jobs)
}

fn one(case: &Case) -> Result<Vec<Output>> {
    let series = series_of(&*case.dataset()?, 52)?;
    let triangle = match case.flag("delay")? {
        true => Some(triangle_rows(
            &*case.input(&format!("{}_triangle", case.required("dataset")?))?,
        )?),
        false => None,
    };
    let settings = Delayed {
        b: case.whole("b")?,
        w: case.whole("w")?,
        periods: case.whole("noPeriods")?,
        past_not_included: case.whole("pastWeeksNotIncluded")?,
        trend: case.flag("trend")?,
        alpha: case.number("alpha")?,
        least: least(case)?,
    };
    let (first, last) = (case.whole("range_first")?, case.whole("range_last")?);
    let mut table = Table::new(["t", "observed", "upperbound_mean", "upperbound_mcsd", "alarm_freq"]);
    for verdict in delayed(&series, triangle.as_deref(), &settings, first, last)? {
        table.push(vec![
            verdict.t.to_string(),
            cell(verdict.observed),
            maybe(verdict.upper),
            "0".to_owned(),
            flag(verdict.alarm),
        ]);
    }
    let id = case.id();
    Ok(vec![Output {
        path: format!("boda/{id}.csv"),
        reference: format!("boda/outputs/{id}.csv"),
        case: id,
        table,
        rule,
    }])
}

/// The reference drew a few thousand times from one seed.
fn rule(name: &str) -> Rule {
    match name {
        "upperbound_mean" => Rule::Within {
            relative: 0.05,
            absolute: 1.0,
        },
        "upperbound_mcsd" => Rule::Passed,
        _ => Rule::EXACT,
    }
}

/// Cases and periods, written with a space between them.
fn least(case: &Case) -> Result<(f64, usize)> {
    let text = case.text("limit54").unwrap_or("5 4");
    let numbers: Vec<f64> = text.split_whitespace().filter_map(crate::table::number).collect();
    match numbers.as_slice() {
        [cases, periods] if *periods >= 1.0 => Ok((*cases, *periods as usize)),
        _ => Err(Problem::new(
            "parameter_missing",
            Words::new(
                format!("limit54 无法识别：{text}"),
                format!("limit54 cannot be read: {text}"),
            ),
            Words::new("写成“5 4”", "write it as 5 4"),
        )),
    }
}
