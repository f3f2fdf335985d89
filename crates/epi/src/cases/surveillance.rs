//! Cases of the detectors.

use super::case::{Area, Case};
use super::{Job, Output, Rule};
use crate::detect::farrington::{Flexible, Original, Power, Threshold};
use crate::detect::{Cusum, CusumMean, Ears, EarsMethod, Reference, Series, Transform, Verdict, bayes, cusum, rki};
use crate::sheets::{DetectRange, cusum_table, ears_sheet, flexible_sheet, original_sheet, series_of};
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

type Run = fn(&Case) -> Result<Vec<Output>>;

const FILES: [(&str, Run); 5] = [
    ("cases_ears.csv", run_ears),
    ("cases_farrington_1996.csv", run_original),
    ("cases_farrington_flexible.csv", run_flexible),
    ("cases_cusum.csv", run_cusum),
    ("cases_rki_bayes_cdc.csv", run_simple),
];

/// What there is to do.
pub fn jobs(area: &Area) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for (file, run) in FILES {
        for case in area.cases(file) {
            jobs.push((case.id(), Box::new(move || run(&case))));
        }
    }
    Ok(jobs)
}

fn range(case: &Case) -> Result<DetectRange> {
    Ok(DetectRange {
        first: Some(case.whole("range_first")?),
        last: Some(case.whole("range_last")?),
    })
}

/// The sheet as the case reads it: dates only where it says so.
fn sheet(case: &Case, is_dated: bool) -> Result<Table> {
    let table = case.dataset()?;
    let wanted = ["t", "observed", "population", "date"];
    let names: Vec<&str> = wanted
        .into_iter()
        .filter(|name| table.has(name) && (*name != "date" || is_dated))
        .collect();
    let mut kept = Table::new(names.iter().copied());
    for row in 0..table.len() {
        let text = |name: &&str| table.text(row, name).unwrap_or_default().to_owned();
        kept.push(names.iter().map(text).collect());
    }
    Ok(kept)
}

fn run_ears(case: &Case) -> Result<Vec<Output>> {
    let method = match case.required("method")? {
        "C1" => EarsMethod::C1,
        "C2" => EarsMethod::C2,
        "C3" => EarsMethod::C3,
        other => return Err(unknown(other)),
    };
    let usual = Ears::new(method);
    let settings = Ears {
        method,
        baseline: case.whole("baseline")?,
        min_sigma: case.maybe("minSigma")?.unwrap_or(usual.min_sigma),
        alpha: case.maybe("alpha")?.unwrap_or(usual.alpha),
    };
    let told = ears_sheet(&sheet(case, false)?, 52, settings, range(case)?)?;
    Ok(vec![output(case, told.value, |name| match name {
        "alarm" => Rule::Flag,
        _ => Rule::EXACT,
    })])
}

fn power(case: &Case) -> Result<Power> {
    match case.required("powertrans")? {
        "2/3" => Ok(Power::TwoThirds),
        "1/2" => Ok(Power::Half),
        "none" => Ok(Power::One),
        other => Err(unknown(other)),
    }
}

fn run_original(case: &Case) -> Result<Vec<Output>> {
    let settings = Original {
        b: case.whole("b")?,
        w: case.whole("w")?,
        reweight: case.flag("reweight")?,
        alpha: case.number("alpha")?,
        power: power(case)?,
        trend: case.flag("trend")?,
        least: (5.0, 4),
    };
    let table = sheet(case, case.flag("epoch_as_date")?)?;
    let told = original_sheet(&table, case.whole("freq")?, &settings, range(case)?)?;
    Ok(vec![output(case, told.value, |_| Rule::relative(1e-7))])
}

fn run_flexible(case: &Case) -> Result<Vec<Output>> {
    let settings = Flexible {
        b: case.whole("b")?,
        w: case.whole("w")?,
        reweight: case.flag("reweight")?,
        weights_threshold: case.number("weightsThreshold")?,
        periods: case.whole("noPeriods")?,
        past_not_included: case.whole("pastWeeksNotIncluded")?,
        trend: case.flag("trend")?,
        trend_p: case.number("pThresholdTrend")?,
        threshold: match case.required("thresholdMethod")? {
            "delta" => Threshold::Delta,
            "nbPlugin" => Threshold::NbPlugin,
            "muan" => Threshold::Muan,
            other => return Err(unknown(other)),
        },
        power: power(case)?,
        alpha: case.number("alpha")?,
        least: (case.number("limit54_cases")?, case.whole("limit54_periods")?),
        population_offset: case.flag("populationOffset")?,
    };
    let table = sheet(case, case.flag("epoch_as_date")?)?;
    let told = flexible_sheet(&table, case.whole("freq")?, &settings, range(case)?)?;
    Ok(vec![output(case, told.value, |name| match name {
        // On another scale in the reference for two of the three bounds.
        "score" => Rule::Passed,
        _ => Rule::relative(1e-7),
    })])
}

fn run_cusum(case: &Case) -> Result<Vec<Output>> {
    let transform = match case.required("trans")? {
        "none" => Transform::None,
        "standard" => Transform::Standard,
        "rossi" => Transform::Rossi,
        "anscombe" => Transform::Anscombe,
        "anscombe2nd" => Transform::Anscombe2nd,
        "pearsonNegBin" => Transform::PearsonNegBin,
        "anscombeNegBin" => Transform::AnscombeNegBinTabled,
        other => return Err(unknown(other)),
    };
    let mean = match case.required("m")? {
        "mean_of_training" => CusumMean::Training,
        "glm" => CusumMean::Seasonal,
        _ => CusumMean::Constant(case.number("m")?),
    };
    let settings = Cusum {
        k: case.number("k")?,
        h: case.number("h")?,
        mean,
        transform,
        overdispersion: 0.1,
    };
    let series = series_of(&sheet(case, false)?, case.whole("freq")?)?;
    let rows = cusum(&series, settings, case.whole("range_first")?, case.whole("range_last")?)?;
    let mut table = cusum_table(&rows);
    // The reference has the column of means only where they change.
    if mean != CusumMean::Seasonal {
        table.drop("m");
    }
    Ok(vec![output(case, table, |_| Rule::relative(1e-7))])
}

fn run_simple(case: &Case) -> Result<Vec<Output>> {
    let reference = Reference {
        years: case.whole("b")?,
        half_width: case.whole("w")?,
        this_year: case.flag("actY")?,
    };
    let series: Series = series_of(&sheet(case, false)?, 52)?;
    let (first, last) = (case.whole("range_first")?, case.whole("range_last")?);
    let method = case.required("method")?;
    let verdicts: Vec<Verdict> = match method.trim_end_matches(|c: char| c.is_ascii_digit()) {
        "rki" => rki(&series, reference, first, last)?,
        "bayes" => bayes(&series, reference, case.number("alpha")?, first, last)?,
        other => return Err(unknown(other)),
    };
    let mut table = Table::new(["t", "observed", "upperbound", "alarm"]);
    verdicts
        .iter()
        .for_each(|verdict| table.push(crate::sheets::verdict_cells(verdict)));
    Ok(vec![output(case, table, |_| Rule::EXACT)])
}

fn output(case: &Case, table: Table, rule: fn(&str) -> Rule) -> Output {
    let (area, id) = (case.area(), case.id());
    Output {
        path: format!("{area}/{id}.csv"),
        reference: format!("{area}/outputs/{id}.csv"),
        case: id,
        table,
        rule,
    }
}

fn unknown(name: &str) -> Problem {
    Problem::new(
        "method_unknown",
        Words::new(format!("没有方法 {name}"), format!("there is no method {name}")),
        Words::new("核对案例表", "check the sheet of cases"),
    )
}
