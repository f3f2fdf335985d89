//! Cases of growth and decline. Their results stand in the sheet of cases itself, the lines in files of their own.

use super::case::{Area, Case};
use super::{Job, Output, Rule};
use crate::growth::{Curve, Growth};
use crate::sheets::curve_of;
use crate::table::cell;
use crate::{Result, Table};
use lianfang_kernel::Day;

/// What there is to do: all cases are one sheet.
pub fn jobs(area: &Area) -> Result<Vec<Job>> {
    let cases = area.cases("cases.csv");
    let Some(sheet) = area.sheet("cases.csv").cloned().filter(|_| !cases.is_empty()) else {
        return Ok(Vec::new());
    };
    Ok(vec![("cases".to_owned(), Box::new(move || all(&cases, sheet.clone())))])
}

fn all(cases: &[Case], mut sheet: Table) -> Result<Vec<Output>> {
    let mut outputs = Vec::new();
    for (row, case) in cases.iter().enumerate() {
        let curve = curve(case)?;
        let part = case.required("part")?;
        let split = split_of(case, cases, &curve)?;
        let id = case.id();
        let growth = match (part, split) {
            ("optim_split", Some((day, explained))) => {
                sheet.set(row, "split", day.to_string());
                let mut table = Table::new(["split_date", "mean_adj_r2"]);
                table.push(vec![day.to_string(), cell(explained)]);
                outputs.push(output(&format!("{id}_split"), table));
                continue;
            }
            ("before", Some((day, _))) => curve.fit_split(day)?.0,
            ("after", Some((day, _))) => curve.fit_split(day)?.1,
            _ => curve.fit()?,
        };
        outputs.push(output(&format!("{id}_{part}_pred"), fitted_table(&growth)));
        fill(&mut sheet, row, &growth);
    }
    outputs.insert(
        0,
        Output {
            case: "cases".to_owned(),
            path: "growth/cases.csv".to_owned(),
            reference: "growth/cases.csv".to_owned(),
            table: sheet,
            rule: |name| match name {
                "case_id" | "part" | "dataset" => Rule::Passed,
                _ => Rule::EXACT,
            },
        },
    );
    Ok(outputs)
}

fn curve(case: &Case) -> Result<Curve> {
    let table = case.input(&format!("{}_{}", case.id(), case.required("dataset")?))?;
    curve_of(&table, case.whole("interval_days")? as u32)
}

/// The day to split at: as given, or the best one where the case asks for it.
fn split_of(case: &Case, cases: &[Case], curve: &Curve) -> Result<Option<(Day, f64)>> {
    let asks = |case: &Case| case.text("split") == Some("optim") || case.text("part") == Some("optim_split");
    let id = case.id();
    if cases.iter().any(|other| other.id() == id && asks(other)) {
        return Ok(Some(curve.best_split()?));
    }
    Ok(case.day("split")?.map(|day| (day, f64::NAN)))
}

fn fill(sheet: &mut Table, row: usize, growth: &Growth) {
    let (low, high) = growth.rate_interval;
    let mut set = |name: &str, value: f64| sheet.set(row, name, cell(value));
    set("r", growth.rate);
    set("r_lo", low);
    set("r_hi", high);
    let none = (f64::NAN, f64::NAN, f64::NAN);
    let (days, low, high) = growth.doubling_days().unwrap_or(none);
    set("doubling", days);
    set("doubling_lo", low);
    set("doubling_hi", high);
    let (days, low, high) = growth.halving_days().unwrap_or(none);
    set("halving", days);
    set("halving_lo", low);
    set("halving_hi", high);
    set("adj_r2", growth.adjusted_r2);
    set("n_nonzero", growth.used as f64);
    set("intercept", growth.intercept);
}

fn fitted_table(growth: &Growth) -> Table {
    let mut table = Table::new(["date", "dates_x", "fit", "lwr", "upr"]);
    for one in &growth.fitted {
        table.push(vec![
            one.day.to_string(),
            cell(one.x),
            cell(one.count),
            cell(one.limits.0),
            cell(one.limits.1),
        ]);
    }
    table
}

fn output(id: &str, table: Table) -> Output {
    Output {
        case: id.to_owned(),
        path: format!("growth/{id}.csv"),
        reference: format!("growth/outputs/{id}.csv"),
        table,
        rule: |_| Rule::EXACT,
    }
}
