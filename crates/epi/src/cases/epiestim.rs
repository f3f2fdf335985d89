//! Cases of the reproduction number.

use super::case::{Area, Case};
use super::{Job, Output, Rule};
use crate::rt::{Bounded, CaseReproduction, Prior, SerialInterval, Windows, case_reproduction};
use crate::sheets::{IntervalSource, RtOptions, infectivity_sheet, interval_of, rt_sheet, sample_of};
use crate::table::{cell, maybe};
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

/// What there is to do.
pub fn jobs(area: &Area) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for case in area.cases("cases.csv") {
        jobs.push((case.id(), Box::new(move || estimate(&case))));
    }
    for case in area.cases("cases_wt.csv") {
        jobs.push((case.id(), Box::new(move || by_case(&case))));
    }
    Ok(jobs)
}

fn estimate(case: &Case) -> Result<Vec<Output>> {
    let input = case.dataset()?;
    let interval = match case.required("method")? {
        "parametric_si" => IntervalSource::Parametric {
            mean: case.number("mean_si")?,
            sd: case.number("std_si")?,
        },
        "non_parametric_si" => IntervalSource::Known(interval_of(&*case.input(case.required("si_file")?)?)?),
        "uncertain_si" => IntervalSource::Uncertain {
            mean: bounded(case, "mean_si")?,
            sd: bounded(case, "std_si")?,
        },
        "si_from_sample" => IntervalSource::Sample(sample_of(&*case.input(case.required("si_file")?)?)?),
        other => return Err(unknown_method(other)),
    };
    let options = RtOptions {
        interval,
        windows: Windows {
            first: case.whole("first_t_start")?,
            width: case.whole("width")?,
            step: case.whole("step")?,
        },
        prior: Prior {
            mean: case.number("mean_prior")?,
            sd: case.number("std_prior")?,
        },
    };
    let told = rt_sheet(&input, &options)?;
    let id = case.id();
    let days = input.len();
    let single = match &options.interval {
        IntervalSource::Parametric { .. } | IntervalSource::Known(_) => options.interval.intervals(days)?.pop(),
        IntervalSource::Uncertain { .. } | IntervalSource::Sample(_) => None,
    };
    let Some((_, used)) = single else {
        return Ok(vec![output(&id, "", integrated(told.value), in_deviations)]);
    };
    let weights = used.padded(days);
    let mut listed = Table::new(["k", "w"]);
    for (k, w) in weights.iter().enumerate() {
        listed.push(vec![k.to_string(), cell(*w)]);
    }
    Ok(vec![
        output(&id, "", told.value, |_| Rule::EXACT),
        output(&id, "_si_used", listed, |_| Rule::EXACT),
        output(&id, "_lambda", infectivity_sheet(&input, &weights)?, |_| Rule::EXACT),
    ])
}

fn bounded(case: &Case, name: &str) -> Result<Bounded> {
    Ok(Bounded {
        mean: case.number(name)?,
        sd: case.number(&format!("std_{name}"))?,
        min: case.number(&format!("min_{name}"))?,
        max: case.number(&format!("max_{name}"))?,
    })
}

/// The columns of runs that draw: ours is the value they converge to, so it has no deviation and is exact.
fn integrated(mut table: Table) -> Table {
    let names: Vec<String> = table.names()[2..].to_vec();
    for row in 0..table.len() {
        for name in &names {
            let value = table.text(row, name).unwrap_or("NA").to_owned();
            table.set(row, &format!("{name}_mcsd"), "0");
            table.set(row, &format!("{name}_exact"), value);
        }
    }
    table
}

fn in_deviations(name: &str) -> Rule {
    match name {
        "t_start" | "t_end" => Rule::EXACT,
        _ if name.ends_with("_mcsd") => Rule::Passed,
        _ if name.ends_with("_exact") => Rule::relative(1e-8),
        _ => Rule::Deviations {
            suffix: "_mcsd",
            times: 4.0,
            absolute: 0.0,
        },
    }
}

fn by_case(case: &Case) -> Result<Vec<Output>> {
    let input = case.dataset()?;
    let local = input.counts("local")?;
    let imported = if input.has("imported") {
        input.counts("imported")?
    } else {
        vec![0.0; local.len()]
    };
    let total: Vec<f64> = local.iter().zip(&imported).map(|(a, b)| a + b).collect();
    let interval = SerialInterval::parametric(case.number("mean_si")?, case.number("std_si")?, total.len())?;
    let windows = Windows {
        first: 2,
        width: case.whole("width")?,
        step: 1,
    };
    let mut table = Table::new(["t_start", "t_end", "mean", "sim_sd", "sim_q0.025", "sim_q0.975"]);
    for row in case_reproduction(&total, &interval, windows)? {
        let CaseReproduction {
            start,
            end,
            mean,
            spread,
        } = row;
        let (sd, low, high) = spread.map_or((None, None, None), |s| (Some(s.sd), Some(s.low), Some(s.high)));
        if mean.is_some() {
            table.push(vec![
                start.to_string(),
                end.to_string(),
                maybe(mean),
                maybe(sd),
                maybe(low),
                maybe(high),
            ]);
        }
    }
    Ok(vec![output(&case.id(), "", table, |name| match name {
        "t_start" | "t_end" | "mean" => Rule::EXACT,
        _ => Rule::Passed,
    })])
}

fn output(id: &str, suffix: &str, table: Table, rule: fn(&str) -> Rule) -> Output {
    Output {
        case: format!("{id}{suffix}"),
        path: format!("epiestim/{id}{suffix}.csv"),
        reference: format!("epiestim/outputs/{id}{suffix}.csv"),
        table,
        rule,
    }
}

fn unknown_method(method: &str) -> Problem {
    Problem::new(
        "method_unknown",
        Words::new(format!("没有方法 {method}"), format!("there is no method {method}")),
        Words::new(
            "可用：parametric_si、non_parametric_si、uncertain_si、si_from_sample",
            "there are parametric_si, non_parametric_si, uncertain_si and si_from_sample",
        ),
    )
}
