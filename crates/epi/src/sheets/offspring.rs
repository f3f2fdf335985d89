//! Sheets of numbers infected: `offspring` in, one row out.

use super::{Told, by_series};
use crate::offspring::{Offspring, estimate};
use crate::table::{cell, maybe};
use crate::{Result, Table};
use lianfang_kernel::Words;

/// R and k of every series.
///
/// # Errors
/// What is wrong with the sheet.
pub fn offspring_sheet(table: &Table) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let found = estimate(&rows.counts("offspring")?)?;
        let mut out = Table::default();
        out.push(Vec::new());
        fill_offspring(&mut out, 0, &found);
        let mut warnings: Vec<Words> = rows
            .unknown_columns(&["case_id", "offspring", "series"])
            .into_iter()
            .collect();
        if found.cases < 30 {
            warnings.push(Words::new(
                format!("只有{}例：k 的区间很宽，勿作结论", found.cases),
                format!(
                    "only {} cases: k is hardly known, conclude nothing from it",
                    found.cases
                ),
            ));
        }
        Ok(Told { value: out, warnings })
    })
}

/// Writes an estimate into a row, under the names of the reference.
pub(crate) fn fill_offspring(table: &mut Table, row: usize, found: &Offspring) {
    let mut set = |name: &str, value: String| table.set(row, name, value);
    set("n_cases", found.cases.to_string());
    set("n_links", cell(found.links));
    set("max_offspring", cell(found.most));
    set("prop_zero", cell(found.share_zero));
    set("R_mle", cell(found.mean));
    set("k_mle", cell(found.dispersion));
    set("k_fitdist", cell(found.dispersion));
    set("k_se_fitdist", maybe(found.dispersion_error));
    set("R_se_fitdist", cell(found.mean_error));
    set("k_profile_lo", cell(found.dispersion_interval.0));
    set("k_profile_hi", cell(found.dispersion_interval.1));
    set("loglik", cell(found.ln_likelihood));
    set("aic", cell(4.0 - 2.0 * found.ln_likelihood));
    set("loglik_poisson", cell(found.ln_likelihood_poisson));
    set("loglik_geometric", cell(found.ln_likelihood_geometric));
    set("k_moment", maybe(found.dispersion_by_moments));
    set("prop_cases_for_80pct", maybe(found.share_for_80_percent));
}
