//! Cases of delay distributions.

use super::case::{Area, Case};
use super::{Job, Output, Rule};
use crate::delays::{DelayFit, Family, fit};
use crate::number::student;
use crate::sheets::{delays_of, doubly_of};
use crate::table::cell;
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

type Fill = fn(&Case, &mut Table, usize) -> Result<()>;
type RuleOf = fn(&str) -> Rule;

/// Sheets of cases, how a row is filled, and how columns are compared.
const SHEETS: [(&str, Fill, RuleOf); 3] = [
    ("cases.csv", single, by_optimiser),
    ("cases_dic.csv", doubly, three_decimals),
    ("dic_mle_full_precision.csv", doubly_in_full, in_full),
];

/// What there is to do: each sheet is one.
pub fn jobs(area: &Area) -> Result<Vec<Job>> {
    let mut jobs: Vec<Job> = Vec::new();
    for (file, fill, rule) in SHEETS {
        let cases = area.cases(file);
        let Some(sheet) = area.sheet(file).cloned() else {
            continue;
        };
        let name = file.trim_end_matches(".csv").to_owned();
        let job = move || {
            let mut table = sheet.clone();
            for (row, case) in cases.iter().enumerate() {
                fill(case, &mut table, row)?;
            }
            Ok(vec![Output {
                case: file.trim_end_matches(".csv").to_owned(),
                path: format!("delays/{file}"),
                reference: format!("delays/{file}"),
                table,
                rule,
            }])
        };
        jobs.push((name, Box::new(job)));
    }
    Ok(jobs)
}

/// The optimiser of the reference ends at about four digits; the likelihood tells that ours is the same height.
fn by_optimiser(name: &str) -> Rule {
    match name {
        "case_id" | "dataset" | "kind" | "dist" | "par1_name" | "par2_name" => Rule::Passed,
        "n" => Rule::EXACT,
        "loglik" | "aic" => Rule::relative(1e-7),
        "se1" | "se2" => Rule::relative(5e-3),
        _ => Rule::relative(1e-3),
    }
}

/// Printed with three decimals, from differences that are coarse.
fn three_decimals(name: &str) -> Rule {
    match name {
        "est" => Rule::absolute(0.001),
        "ci_lo" | "ci_hi" | "se" => Rule::Within {
            relative: 5e-3,
            absolute: 0.0015,
        },
        "loglik" => Rule::relative(1e-7),
        "n" => Rule::EXACT,
        _ => Rule::Passed,
    }
}

fn in_full(name: &str) -> Rule {
    match name {
        "loglik" => Rule::relative(1e-9),
        "par1" | "par2" | "q0.05" | "median" | "q0.95" => Rule::relative(1e-5),
        "n" => Rule::EXACT,
        _ => Rule::Passed,
    }
}

fn family(case: &Case) -> Result<Family> {
    let name = case.required("dist")?;
    match name.split('(').next().unwrap_or(name) {
        "gamma" => Ok(Family::Gamma),
        "lnorm" => Ok(Family::LogNormal),
        "weibull" => Ok(Family::Weibull),
        other => Err(Problem::new(
            "method_unknown",
            Words::new(format!("没有分布 {other}"), format!("there is no distribution {other}")),
            Words::new("可用：gamma、lnorm、weibull", "there are gamma, lnorm and weibull"),
        )),
    }
}

fn single(case: &Case, table: &mut Table, row: usize) -> Result<()> {
    let input = case.input(&format!("{}_{}", case.required("dataset")?, case.required("kind")?))?;
    let best = fit(family(case)?, &delays_of(&input)?)?;
    crate::sheets::fill_delay(table, row, &best);
    Ok(())
}

fn doubly_fit(case: &Case) -> Result<DelayFit> {
    let input = case.input(&format!("{}_dic", case.required("dataset")?))?;
    fit(family(case)?, &doubly_of(&input)?)
}

fn doubly(case: &Case, table: &mut Table, row: usize) -> Result<()> {
    let best = doubly_fit(case)?;
    let (first, second) = best.errors();
    let quantity = case.required("quantity")?;
    let (estimate, error) = match quantity {
        "meanlog" | "shape" => (best.fitted.first, first),
        "sdlog" | "scale" => (best.fitted.second, second),
        _ => {
            let percent = quantity.strip_prefix('p').and_then(crate::table::number);
            let p = percent.map(|percent| percent / 100.0).filter(|p| *p > 0.0 && *p < 1.0);
            let p = p.ok_or_else(|| unknown_quantity(quantity))?;
            (best.fitted.quantile(p), reported_error(&best, p))
        }
    };
    let reach = student::quantile(0.975, best.n as f64 - 1.0) * error;
    let mut set = |name: &str, value: f64| table.set(row, name, cell(value));
    set("n", best.n as f64);
    set("est", estimate);
    set("ci_lo", estimate - reach);
    set("ci_hi", estimate + reach);
    set("se", error);
    set("loglik", best.ln_likelihood);
    Ok(())
}

/// The standard error of a quantile as the reference program reports it. For Weibull's it takes shape for scale and scale for
/// shape; [`DelayFit::quantile_error`] is the right one.
fn reported_error(best: &DelayFit, p: f64) -> f64 {
    if best.fitted.family != Family::Weibull {
        return best.quantile_error(p);
    }
    let (shape, scale) = (best.fitted.first, best.fitted.second);
    let tail = -(-p).ln_1p();
    let by_shape = shape * tail.powf(1.0 / scale);
    let slope = nalgebra::Vector2::new(by_shape, -by_shape / scale * tail.ln());
    slope.dot(&(best.covariance * slope)).sqrt()
}

fn doubly_in_full(case: &Case, table: &mut Table, row: usize) -> Result<()> {
    let best = doubly_fit(case)?;
    let mut set = |name: &str, value: f64| table.set(row, name, cell(value));
    set("n", best.n as f64);
    set("par1", best.fitted.first);
    set("par2", best.fitted.second);
    set("loglik", best.ln_likelihood);
    set("q0.05", best.fitted.quantile(0.05));
    set("median", best.fitted.quantile(0.5));
    set("q0.95", best.fitted.quantile(0.95));
    Ok(())
}

fn unknown_quantity(name: &str) -> Problem {
    Problem::new(
        "method_unknown",
        Words::new(format!("没有量 {name}"), format!("there is no quantity {name}")),
        Words::new(
            "写参数名或百分位，如 p95",
            "name a parameter or a percentile, such as p95",
        ),
    )
}
