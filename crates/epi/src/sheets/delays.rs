//! Sheets of delays: `left,right` or `EL,ER,SL,SR,type` in, one row a distribution out.

use super::{Told, by_series};
use crate::delays::{DelayFit, Family, Observation, fit};
use crate::table::cell;
use crate::{Result, Table};
use lianfang_kernel::{Problem, Words};

/// Delays of a sheet `left,right` in days: the same for an exact one, `right` missing for one that has not ended, `left` missing
/// for one of which only an upper limit is known.
///
/// # Errors
/// No such columns, what is no number, a row without either.
pub fn delays_of(table: &Table) -> Result<Vec<Observation>> {
    let (left, right) = (table.numbers("left")?, table.numbers("right")?);
    let one = |(row, (left, right)): (usize, (Option<f64>, Option<f64>))| match (left, right) {
        (Some(left), Some(right)) if left == right => Ok(Observation::Exact(left)),
        (Some(left), right) => Ok(Observation::Between(left, right.unwrap_or(f64::INFINITY))),
        (None, Some(right)) => Ok(Observation::Between(0.0, right)),
        (None, None) => Err(Problem::new(
            "cell_missing",
            Words::new(
                format!("第{}行的 left 和 right 都为空", row + 2),
                format!("line {}: left and right are both empty", row + 2),
            ),
            Words::new("至少给一端，或删去此行", "give one of them, or take the row out"),
        )),
    };
    left.into_iter().zip(right).enumerate().map(one).collect()
}

/// Delays of a sheet `EL,ER,SL,SR` (exposure and onset bounds) and perhaps `type` (0 both intervals, 1 one, 2 exact).
///
/// # Errors
/// No such columns, what is no number, another type.
pub fn doubly_of(table: &Table) -> Result<Vec<Observation>> {
    let column = |name| table.complete(name);
    let (el, er, sl, sr) = (column("EL")?, column("ER")?, column("SL")?, column("SR")?);
    (0..table.len())
        .map(|row| match table.number(row, "type")? {
            Some(2.0) => Ok(Observation::Exact(sr[row] - el[row])),
            Some(1.0) => Ok(Observation::Between((sl[row] - er[row]).max(0.0), sr[row] - el[row])),
            Some(0.0) | None => Ok(Observation::Doubly {
                began: (el[row], er[row]),
                ended: (sl[row], sr[row]),
            }),
            Some(other) => Err(Problem::new(
                "cell_unreadable",
                Words::new(
                    format!("第{}行的 type 为 {other}", row + 2),
                    format!("line {}: type is {other}", row + 2),
                ),
                Words::new(
                    "0 双区间，1 单区间，2 精确",
                    "0 is two intervals, 1 one interval, 2 exact",
                ),
            )),
        })
        .collect()
}

/// Fits families to the delays of every series; the best by Akaike's criterion is marked.
///
/// # Errors
/// What is wrong with the sheet; delays that no family fits.
pub fn delays_sheet(table: &Table, families: &[Family]) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let is_doubly = rows.has("EL");
        let seen = if is_doubly { doubly_of(rows)? } else { delays_of(rows)? };
        let fits: Vec<DelayFit> = families
            .iter()
            .map(|family| fit(*family, &seen))
            .collect::<Result<_>>()?;
        let least = fits.iter().map(DelayFit::aic).fold(f64::INFINITY, f64::min);
        let mut out = Table::new(["dist"]);
        for (row, best) in fits.iter().enumerate() {
            out.push(vec![name(best.fitted.family).to_owned()]);
            fill_delay(&mut out, row, best);
            out.set(row, "best", crate::table::flag(best.aic() == least));
        }
        let known: &[&str] = match is_doubly {
            true => &["EL", "ER", "SL", "SR", "type", "series"],
            false => &["left", "right", "series"],
        };
        let mut warnings: Vec<Words> = rows.unknown_columns(known).into_iter().collect();
        if seen.iter().all(|one| matches!(one, Observation::Exact(_))) {
            warnings.push(Words::new(
                "所有间隔都按精确值处理；只精确到天时请写成区间",
                "every delay is taken as exact; where only days are known give intervals",
            ));
        }
        Ok(Told { value: out, warnings })
    })
}

fn name(family: Family) -> &'static str {
    match family {
        Family::Gamma => "gamma",
        Family::LogNormal => "lnorm",
        Family::Weibull => "weibull",
    }
}

/// Writes a fit into a row: a gamma distribution by shape and rate, as its tables are.
pub(crate) fn fill_delay(table: &mut Table, row: usize, best: &DelayFit) {
    let (names, second, second_error) = match best.fitted.family {
        Family::Gamma => (["shape", "rate"], 1.0 / best.fitted.second, best.rate_error()),
        Family::LogNormal => (["meanlog", "sdlog"], best.fitted.second, best.errors().1),
        Family::Weibull => (["shape", "scale"], best.fitted.second, best.errors().1),
    };
    table.set(row, "n", best.n.to_string());
    table.set(row, "par1_name", names[0]);
    table.set(row, "par2_name", names[1]);
    let mut set = |name: &str, value: f64| table.set(row, name, cell(value));
    set("par1", best.fitted.first);
    set("par2", second);
    set("se1", best.errors().0);
    set("se2", second_error);
    set("loglik", best.ln_likelihood);
    set("aic", best.aic());
    set("mean", best.fitted.mean());
    set("sd", best.fitted.sd());
    for (name, p) in [
        ("q0.025", 0.025),
        ("q0.05", 0.05),
        ("q0.25", 0.25),
        ("median", 0.5),
        ("q0.75", 0.75),
        ("q0.95", 0.95),
        ("q0.975", 0.975),
    ] {
        set(name, best.fitted.quantile(p));
    }
}
