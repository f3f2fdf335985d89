//! Sheets of the reproduction number: `t,local,imported` in, one row a window out.

use super::{Told, by_series};
use crate::rt::{
    Bounded, Incidence, Prior, RtRow, SerialInterval, Windows, case_reproduction, infectivity, reproduction,
    uncertain_intervals,
};
use crate::table::{cell, maybe};
use crate::{Result, Table};
use lianfang_kernel::{Day, Problem, Words};

/// Where the serial interval comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum IntervalSource {
    /// A gamma distribution with this mean and standard deviation.
    Parametric {
        /// Mean in days.
        mean: f64,
        /// Standard deviation in days.
        sd: f64,
    },
    /// Probabilities by lag.
    Known(SerialInterval),
    /// Mean and standard deviation known with error.
    Uncertain {
        /// Of the mean.
        mean: Bounded,
        /// Of the standard deviation.
        sd: Bounded,
    },
    /// Several distributions, each as likely as the others.
    Sample(Vec<SerialInterval>),
}

impl IntervalSource {
    /// The intervals with their weights.
    ///
    /// # Errors
    /// Parameters that cannot be used.
    pub fn intervals(&self, days: usize) -> Result<Vec<(f64, SerialInterval)>> {
        match self {
            IntervalSource::Parametric { mean, sd } => Ok(vec![(1.0, SerialInterval::parametric(*mean, *sd, days)?)]),
            IntervalSource::Known(interval) => Ok(vec![(1.0, interval.clone())]),
            IntervalSource::Uncertain { mean, sd } => uncertain_intervals(*mean, *sd, days),
            IntervalSource::Sample(intervals) => {
                let weight = 1.0 / intervals.len() as f64;
                Ok(intervals.iter().map(|interval| (weight, interval.clone())).collect())
            }
        }
    }
}

/// Everything that `epi rt` takes beside the cases.
#[derive(Clone, Debug, PartialEq)]
pub struct RtOptions {
    /// The serial interval.
    pub interval: IntervalSource,
    /// The windows.
    pub windows: Windows,
    /// What is believed before.
    pub prior: Prior,
}

/// R in every window of every series. Columns in: `t` or `date`, `local` or `cases`, perhaps `imported` and `series`.
///
/// # Errors
/// What is wrong with the sheet or the options.
pub fn rt_sheet(table: &Table, options: &RtOptions) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let incidence = incidence_of(rows)?;
        let intervals = options.interval.intervals(incidence.days())?;
        let estimates = reproduction(&incidence, &intervals, options.windows, options.prior)?;
        let mut warnings = incidence.warnings().to_vec();
        warnings.extend(rows.unknown_columns(&["t", "date", "local", "cases", "imported", "series"]));
        Ok(Told {
            value: rt_table(&estimates),
            warnings,
        })
    })
}

fn rt_table(estimates: &[RtRow]) -> Table {
    let mut out = Table::new([
        "t_start", "t_end", "mean", "sd", "q0.025", "q0.05", "q0.25", "median", "q0.75", "q0.95", "q0.975",
    ]);
    for row in estimates {
        let mut cells = vec![row.start.to_string(), row.end.to_string()];
        match &row.estimate {
            Some(r) => {
                cells.extend([cell(r.mean), cell(r.sd)]);
                cells.extend(r.quantiles.iter().map(|q| cell(*q)));
            }
            None => cells.extend(std::iter::repeat_n(maybe(None), 9)),
        }
        out.push(cells);
    }
    out
}

/// How many the cases of every window infect, by cohort. Columns in: as for [`rt_sheet`]; imported cases infect like others, and
/// are infected by nobody only when they are first.
///
/// # Errors
/// What is wrong with the sheet or the interval, which must be one.
pub fn case_rt_sheet(table: &Table, interval: &IntervalSource, windows: Windows) -> Result<Told<Table>> {
    by_series(table, |rows| {
        let incidence = incidence_of(rows)?;
        let intervals = interval.intervals(incidence.days())?;
        let mut out = Table::new(["t_start", "t_end", "mean", "sd", "q0.025", "q0.975"]);
        if let Some((_, interval)) = intervals.first() {
            for row in case_reproduction(&incidence.total(), interval, windows)? {
                let spread = row.spread;
                let numbers = [
                    row.mean,
                    spread.map(|s| s.sd),
                    spread.map(|s| s.low),
                    spread.map(|s| s.high),
                ];
                let days = [row.start.to_string(), row.end.to_string()];
                out.push(days.into_iter().chain(numbers.map(maybe)).collect());
            }
        }
        let mut warnings = vec![Words::new(
            "最近的窗偏低：其续发病例尚未发病",
            "the last windows are too low: whom these cases infect is not ill yet",
        )];
        warnings.extend(rows.unknown_columns(&["t", "date", "local", "cases", "imported", "series"]));
        Ok(Told { value: out, warnings })
    })
}

/// Infectivity of each day with one interval.
///
/// # Errors
/// What is wrong with the sheet.
pub fn infectivity_sheet(table: &Table, weights: &[f64]) -> Result<Table> {
    let total = incidence_of(table)?.total();
    let mut out = Table::new(["t", "lambda"]);
    for (day, lambda) in infectivity(&total, weights).into_iter().enumerate() {
        out.push(vec![(day + 1).to_string(), maybe(lambda)]);
    }
    Ok(out)
}

/// Cases of consecutive days.
///
/// # Errors
/// No column of cases, what is no count, days that are missing or out of order.
pub fn incidence_of(table: &Table) -> Result<Incidence> {
    let cases = if table.has("local") || !table.has("cases") {
        "local"
    } else {
        "cases"
    };
    let local = table.counts(cases)?;
    let imported = match table.has("imported") {
        true => table.counts("imported")?,
        false => vec![0.0; local.len()],
    };
    if table.has("date") {
        consecutive(&table.days("date")?)?;
    } else if table.has("t") {
        let times = table.complete("t")?;
        if let Some(at) = times.windows(2).position(|pair| pair[1] - pair[0] != 1.0) {
            return Err(gap(&times[at].to_string(), &times[at + 1].to_string()));
        }
    }
    Incidence::new(local, imported)
}

fn consecutive(days: &[Day]) -> Result<()> {
    match days.windows(2).find(|pair| pair[0].until(pair[1]) != 1) {
        Some(pair) => Err(gap(&pair[0].to_string(), &pair[1].to_string())),
        None => Ok(()),
    }
}

fn gap(one: &str, next: &str) -> Problem {
    Problem::new(
        "dates_gap",
        Words::new(
            format!("{one} 之后是 {next}，日期不连续"),
            format!("{one} is followed by {next}: the days are not consecutive"),
        ),
        Words::new(
            "补齐缺少的日期，无病例写0",
            "fill in the days that are missing, with 0 where there was no case",
        ),
    )
}

/// A serial interval from a sheet `k,w`.
///
/// # Errors
/// Lags that do not count up from zero, or what is no distribution.
pub fn interval_of(table: &Table) -> Result<SerialInterval> {
    check_lags(table)?;
    SerialInterval::new(table.complete("w")?)
}

/// Serial intervals from a sheet with `k` and one column for each.
///
/// # Errors
/// As for [`interval_of`]; no column beside `k`.
pub fn sample_of(table: &Table) -> Result<Vec<SerialInterval>> {
    check_lags(table)?;
    let names = table.names().iter().filter(|name| *name != "k");
    let sample: Vec<SerialInterval> = names
        .map(|name| SerialInterval::new(table.complete(name)?))
        .collect::<Result<_>>()?;
    if sample.is_empty() {
        table.require("s1")?;
    }
    Ok(sample)
}

fn check_lags(table: &Table) -> Result<()> {
    let lags = table.complete("k")?;
    match lags.iter().zip(0_u32..).find(|(lag, k)| **lag != f64::from(*k)) {
        Some((lag, k)) => Err(Problem::new(
            "interval_invalid",
            Words::new(
                format!("代间距表第{}行的 k 应为 {k}，现为 {lag}", k + 2),
                format!("line {}: k should be {k} and is {lag}", k + 2),
            ),
            Words::new("k 从0起逐一递增", "k counts up from 0, one a line"),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        let table = Table::parse(text).expect("a table");
        incidence_of(&table).expect_err("refused").code
    }

    #[test]
    fn every_kind_of_bad_sheet_has_its_own_answer() {
        assert_eq!(
            code("date,cases\n2020-01-01,1\n2020-01-03,2\n2020-01-04,2\n"),
            "dates_gap"
        );
        assert_eq!(code("t,local\n1,1\n3,2\n4,2\n"), "dates_gap");
        assert_eq!(code("t,local\n1,1\n2,-2\n3,2\n"), "cell_unreadable");
        assert_eq!(code("t,local\n1,1\n2,2.5\n3,2\n"), "cell_unreadable");
        assert_eq!(code("t,local\n1,0\n2,0\n3,0\n"), "series_zero");
        assert_eq!(code("t,infections\n1,0\n2,0\n3,0\n"), "column_missing");
    }

    #[test]
    fn many_series_come_out_in_their_order() {
        let mut text = "series,t,cases\n".to_owned();
        for name in ["b", "a"] {
            (1..=20).for_each(|t| text.push_str(&format!("{name},{t},{}\n", t * 2)));
        }
        let options = RtOptions {
            interval: IntervalSource::Parametric { mean: 4.0, sd: 2.0 },
            windows: Windows {
                first: 2,
                width: 7,
                step: 7,
            },
            prior: Prior::default(),
        };
        let told = rt_sheet(&Table::parse(&text).expect("a table"), &options).expect("estimates");
        let names: Vec<&str> = (0..told.value.len())
            .filter_map(|row| told.value.text(row, "series"))
            .collect();
        assert_eq!(names, ["b", "b", "a", "a"]);
        assert!(
            told.warnings
                .iter()
                .any(|words| words.en.starts_with("b: the cases of the first day"))
        );
    }
}
