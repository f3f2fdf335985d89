//! One call with what was given to it, checked as it comes in.

use super::{Call, Input, Kind, Param};
use crate::delays::{Family, Fitted};
use crate::sheets::{DetectRange, Split, Told};
use crate::{Result, Table};
use lianfang_kernel::{Day, Problem, Words};
use std::collections::BTreeMap;
use std::str::FromStr;

/// A call, its sheets and what was set.
#[derive(Clone, Debug)]
pub struct Asked {
    call: &'static Call,
    values: BTreeMap<&'static str, String>,
    sheets: BTreeMap<&'static str, Table>,
}

impl Call {
    /// The parameter of that name or alias.
    pub fn param(&self, name: &str) -> Option<&'static Param> {
        self.params.iter().find(|param| param.is_named(name))
    }

    /// The sheet of that name; `csv` is the first.
    pub fn input(&self, name: &str) -> Option<&'static Input> {
        match name {
            "csv" => self.sheets.first(),
            _ => self.sheets.iter().find(|input| input.name == name),
        }
    }
}

impl Asked {
    /// The call with nothing given yet.
    pub fn new(call: &'static Call) -> Asked {
        Asked {
            call,
            values: BTreeMap::new(),
            sheets: BTreeMap::new(),
        }
    }

    /// The call.
    pub fn call(&self) -> &'static Call {
        self.call
    }

    /// Rows of all sheets together.
    pub fn rows(&self) -> usize {
        self.sheets.values().map(Table::len).sum()
    }

    /// Sets a parameter.
    ///
    /// # Errors
    /// `param_unknown`, `param_invalid`, with the name as field.
    pub fn set(&mut self, name: &str, value: &str) -> Result<()> {
        let Some(param) = self.call.param(name) else {
            let known: Vec<&str> = self.call.params.iter().map(|param| param.name).collect();
            let known = known.join(", ");
            return Err(Problem::new(
                "param_unknown",
                Words::new(format!("没有参数 {name}"), format!("there is no parameter {name}")),
                Words::new(format!("可用：{known}"), format!("there are {known}")),
            )
            .at(name));
        };
        let value = checked(param, value.trim())?;
        self.values.insert(param.name, value);
        Ok(())
    }

    /// Gives a sheet.
    ///
    /// # Errors
    /// `sheet_unknown`.
    pub fn put(&mut self, name: &str, sheet: Table) -> Result<()> {
        let Some(input) = self.call.input(name) else {
            let known: Vec<&str> = self.call.sheets.iter().map(|input| input.name).collect();
            let known = known.join(", ");
            return Err(Problem::new(
                "sheet_unknown",
                Words::new(format!("没有表 {name}"), format!("there is no sheet {name}")),
                Words::new(format!("可用：{known}"), format!("there are {known}")),
            )
            .at(name));
        };
        self.sheets.insert(input.name, sheet);
        Ok(())
    }

    /// Computes.
    ///
    /// # Errors
    /// `sheet_missing`, `param_missing`; what the estimator refuses.
    pub fn run(&self) -> Result<Told<Table>> {
        for input in self.call.sheets.iter().filter(|input| input.is_required) {
            self.sheet(input.name)?;
        }
        (self.call.work)(self)
    }

    pub(super) fn sheet(&self, name: &str) -> Result<&Table> {
        self.sheets.get(name).ok_or_else(|| {
            Problem::new(
                "sheet_missing",
                Words::new(format!("缺少表 {name}"), format!("the sheet {name} is missing")),
                Words::new(
                    "以 CSV 给出，首行为列名",
                    "give it as CSV with the names of its columns in the first line",
                ),
            )
            .at(name)
        })
    }

    pub(super) fn has_sheet(&self, name: &str) -> bool {
        self.sheets.contains_key(name)
    }

    /// What is read from a sheet beside the first, its problems with its name.
    pub(super) fn read_sheet<T>(&self, name: &str, read: impl Fn(&Table) -> Result<T>) -> Result<T> {
        read(self.sheet(name)?).map_err(|mut problem| {
            problem.what.zh = format!("{name}：{}", problem.what.zh);
            problem.what.en = format!("{name}: {}", problem.what.en);
            problem
        })
    }

    /// The text of a parameter, set or usual.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let usual = || self.call.params.iter().find(|param| param.name == name)?.default;
        self.values.get(name).map(String::as_str).or_else(usual)
    }

    /// A parameter that the call cannot do without.
    pub(super) fn read<T: FromStr>(&self, name: &str) -> Result<T> {
        self.read_if_set(name)?.ok_or_else(|| {
            Problem::new(
                "param_missing",
                Words::new(format!("此方法需要 {name}"), format!("this method needs {name}")),
                Words::new("请给出此参数", "give this parameter"),
            )
            .at(name)
        })
    }

    /// A parameter that may be left out.
    pub(super) fn read_if_set<T: FromStr>(&self, name: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(invalid(name, text, ("可用的值", "a value that can be used"))),
        }
    }

    /// A gamma distribution given by its mean and standard deviation; `of` is what they are of.
    pub(super) fn gamma(&self, [mean_name, sd_name]: [&str; 2], of: (&str, &str)) -> Result<Fitted> {
        let (mean, sd): (f64, f64) = (self.read(mean_name)?, self.read(sd_name)?);
        if !(mean > 0.0 && sd > 0.0) {
            return Err(Problem::new(
                "param_invalid",
                Words::new(
                    format!("{}的均值和标准差须大于0", of.0),
                    format!("mean and standard deviation of {} must be above 0", of.1),
                ),
                Words::new("可由 epi delays 得到", "epi delays gives them"),
            )
            .at(mean_name));
        }
        Ok(Fitted {
            family: Family::Gamma,
            first: (mean / sd).powi(2),
            second: sd * sd / mean,
        })
    }

    /// A whole number, set or usual; none when it is neither.
    pub fn whole(&self, name: &str) -> Option<u32> {
        self.text(name)?.parse().ok()
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    pub(super) fn day(&self, name: &str) -> Option<Day> {
        self.text(name).and_then(|text| Day::parse(text).ok())
    }

    pub(super) fn range(&self) -> DetectRange {
        self.text("range").and_then(range).unwrap_or_default()
    }

    pub(super) fn split(&self) -> Split {
        match self.text("split") {
            Some("optim") => Split::Best,
            Some(day) => Day::parse(day).map_or(Split::None, Split::At),
            None => Split::None,
        }
    }

    pub(super) fn cases_and_periods(&self, name: &str) -> (f64, usize) {
        self.text(name).and_then(cases_and_periods).unwrap_or((0.0, 1))
    }
}

/// The text of a value as it is kept.
fn checked(param: &Param, value: &str) -> Result<String> {
    let kept = |is_sound: bool, wanted: (&str, &str)| match is_sound {
        true => Ok(value.to_owned()),
        false => Err(invalid(param.name, value, wanted)),
    };
    let listed = |known: &[&str], wanted: &str| {
        let found = known.iter().find(|name| name.eq_ignore_ascii_case(wanted.trim()));
        let names = known.join(", ");
        found
            .map(|name| (*name).to_owned())
            .ok_or_else(|| invalid(param.name, wanted, (&names, &names)))
    };
    match param.kind {
        Kind::Whole(least, most) => {
            let is_within = value.parse::<u32>().is_ok_and(|n| (least..=most).contains(&n));
            let (zh, en) = (
                format!("{least}至{most}的整数"),
                format!("a whole number from {least} to {most}"),
            );
            kept(is_within, (&zh, &en))
        }
        Kind::Number => kept(value.parse::<f64>().is_ok_and(f64::is_finite), ("数", "a number")),
        Kind::YesNo | Kind::Switch => match value {
            "true" | "1" => Ok("true".to_owned()),
            "false" | "0" => Ok("false".to_owned()),
            _ => kept(false, ("true 或 false", "true or false")),
        },
        Kind::Choice(known) => listed(known, value),
        Kind::Choices(known) => {
            let names: Result<Vec<String>> = value.split(',').map(|name| listed(known, name)).collect();
            Ok(names?.join(","))
        }
        Kind::Day => kept(
            Day::parse(value).is_ok(),
            ("日期（如 2020-02-05）", "a day such as 2020-02-05"),
        ),
        Kind::Split => kept(
            matches!(value, "none" | "optim") || Day::parse(value).is_ok(),
            ("none、optim 或日期", "none, optim or a day"),
        ),
        Kind::Range => kept(
            range(value).is_some(),
            ("从1数起的时段，如 300:312", "periods from 1, such as 300:312"),
        ),
        Kind::CasesAndPeriods => kept(
            cases_and_periods(value).is_some(),
            ("例数和时段数，如 5,4", "cases and periods, such as 5,4"),
        ),
    }
}

fn invalid(name: &str, value: &str, wanted: (&str, &str)) -> Problem {
    let shown: String = value.chars().take(40).collect();
    Problem::new(
        "param_invalid",
        Words::new(
            format!("参数 {name} 的值“{shown}”不可用"),
            format!("{shown:?} cannot be used for {name}"),
        ),
        Words::new(format!("应为{}", wanted.0), format!("it must be {}", wanted.1)),
    )
    .at(name)
}

/// Reads `300:312`, `300:` or `300`.
fn range(text: &str) -> Option<DetectRange> {
    let number = |part: &str| match part {
        "" => Some(None),
        _ => part.parse::<u32>().ok().map(|n| Some(n as usize)),
    };
    match text.split_once(':') {
        Some((first, last)) => Some(DetectRange {
            first: number(first)?,
            last: number(last)?,
        }),
        None => {
            let one = number(text)??;
            Some(DetectRange {
                first: Some(one),
                last: Some(one),
            })
        }
    }
}

/// Reads `5,4`.
fn cases_and_periods(text: &str) -> Option<(f64, usize)> {
    let (cases, periods) = text.split_once(',')?;
    let cases: u32 = cases.trim().parse().ok()?;
    let periods: u32 = periods.trim().parse().ok().filter(|n| *n > 0)?;
    Some((f64::from(cases), periods as usize))
}
