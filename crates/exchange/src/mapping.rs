//! Which column is which field: what a mapping file says.

use std::collections::BTreeMap;

use lianfang_kernel::{Problem, Words};
use serde::Deserialize;

use crate::cell_time::DateOrder;
use crate::misfit::problem;

/// A mapping, usually read from a TOML file that lies beside the sheets of one sender:
///
/// ```toml
/// worksheet = "名单"
///
/// [columns]
/// "姓名" = "name"
/// "到达日期" = { field = "arrived_on", date = "dmy" }
/// "性别" = { field = "sex", values = { "男" = "male", "女" = "female" } }
///
/// [constants]
/// source = "station"
///
/// [combine]
/// address = { columns = ["街道", "小区", "门牌"], separator = " " }
/// ```
///
/// Columns that it does not name are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The worksheet to read.
    pub worksheet: Option<String>,
    /// By column title.
    pub columns: BTreeMap<String, ColumnMap>,
    /// By field: the text that every row has.
    pub constants: BTreeMap<String, String>,
    /// By field: the columns it is put together from.
    pub combine: BTreeMap<String, Combine>,
}

/// Where a column goes and how it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap {
    /// The field's id.
    pub field: String,
    /// The order of a date that does not begin with its year.
    pub date: DateOrder,
    /// The time of day, `HH:MM`, of a moment that is given as a day only.
    pub time: Option<String>,
    /// What stands in the cell → what is meant. Other texts are read as they are.
    pub values: BTreeMap<String, String>,
    /// The separators of several values in one cell, for fields that hold many; `、，；,;/` otherwise.
    pub separators: Option<String>,
}

impl ColumnMap {
    /// A column that is read as it is.
    pub fn to(field: impl Into<String>) -> ColumnMap {
        ColumnMap {
            field: field.into(),
            ..ColumnMap::default()
        }
    }
}

impl<'de> Deserialize<'de> for ColumnMap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<ColumnMap, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Long {
            field: String,
            #[serde(default)]
            date: DateOrder,
            time: Option<String>,
            #[serde(default)]
            values: BTreeMap<String, String>,
            separators: Option<String>,
        }
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "a field's id, or { field = \"…\", date, time, values, separators }"
        )]
        enum Written {
            Short(String),
            Long(Long),
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Short(field) => ColumnMap::to(field),
            Written::Long(Long {
                field,
                date,
                time,
                values,
                separators,
            }) => ColumnMap {
                field,
                date,
                time,
                values,
                separators,
            },
        })
    }
}

/// A field put together from several columns; empty cells are passed over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Combine {
    /// The columns, in order.
    pub columns: Vec<String>,
    /// What stands between them.
    #[serde(default)]
    pub separator: String,
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Line, column and reason of what is no mapping.
    pub fn from_toml(text: &str) -> Result<Mapping, Box<Problem>> {
        toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            let before = text.get(..at).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            let reason = error.message();
            Box::new(problem(
                "mapping_file",
                &format!("列映射第{line}行第{column}列有误：{reason}"),
                &format!("mapping, line {line}, column {column}: {reason}"),
                "应有 [columns]、[constants]、[combine] 三部分，列名加引号",
                "it has [columns], [constants] and [combine]; titles stand in quotes",
            ))
        })
    }
}

/// The text nearest to `wanted`, if one is near enough to be meant.
pub(crate) fn nearest<'a>(wanted: &str, among: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wanted.chars().count() / 3).max(1);
    among
        .map(|text| (distance(wanted, text), text))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, text)| text)
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, a) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

pub(crate) fn unknown_column(title: &str, header: &[String]) -> Problem {
    let near = nearest(title, header.iter().map(String::as_str));
    let hint = match near {
        Some(near) => Words::new(format!("是否为“{near}”？"), format!("did you mean “{near}”?")),
        None => Words::new(
            format!("表中的列：{}", header.join("、")),
            format!("the sheet has: {}", header.join(", ")),
        ),
    };
    let what = Words::new(
        format!("表中没有“{title}”列"),
        format!("the sheet has no column “{title}”"),
    );
    Problem::new("mapping_no_column", what, hint).at(title)
}

pub(crate) fn unknown_field<'a>(field: &str, known: impl Iterator<Item = &'a str>) -> Problem {
    let hint = match nearest(field, known) {
        Some(near) => Words::new(format!("是否为“{near}”？"), format!("did you mean “{near}”?")),
        None => Words::new("请查看登记册的字段", "look at the fields of the register"),
    };
    let what = Words::new(
        format!("登记册没有字段“{field}”"),
        format!("the register has no field “{field}”"),
    );
    Problem::new("mapping_no_field", what, hint).at(field)
}
