//! Cases of R and k from the numbers that cases infected.

use super::case::{Area, Case};
use super::{Job, Output, Rule};
use crate::offspring::estimate;
use crate::sheets::fill_offspring;
use crate::{Result, Table};

/// What there is to do: all cases are one sheet.
pub fn jobs(area: &Area) -> Result<Vec<Job>> {
    let cases = area.cases("cases.csv");
    let Some(sheet) = area.sheet("cases.csv").cloned().filter(|_| !cases.is_empty()) else {
        return Ok(Vec::new());
    };
    Ok(vec![("cases".to_owned(), Box::new(move || all(&cases, sheet.clone())))])
}

fn all(cases: &[Case], mut sheet: Table) -> Result<Vec<Output>> {
    for (row, case) in cases.iter().enumerate() {
        fill_offspring(&mut sheet, row, &estimate(&case.dataset()?.counts("offspring")?)?);
    }
    Ok(vec![Output {
        case: "cases".to_owned(),
        path: "offspring/cases.csv".to_owned(),
        reference: "offspring/cases.csv".to_owned(),
        table: sheet,
        rule: |name| match name {
            "case_id" | "dataset" => Rule::Passed,
            // From an optimiser that ends early and differences that are coarse.
            "k_fitdist" => Rule::relative(5e-3),
            "k_se_fitdist" | "R_se_fitdist" => Rule::relative(2e-2),
            _ => Rule::relative(1e-7),
        },
    }])
}
