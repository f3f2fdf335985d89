//! One row of an answer, read by column name or position.

use crate::error::{DbError, Result};
use crate::value::Value;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use uuid::Uuid;

/// A row. The column names are shared by all rows of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    columns: Arc<ColumnNames>,
    values: Vec<Value>,
}

/// The names of an answer's columns, in order, with what tells most of them apart at a glance: a city's files are read by
/// some thirty names a row, most of them as long as others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnNames {
    names: Vec<String>,
    glances: Vec<u32>,
}

impl ColumnNames {
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    fn position(&self, name: &str) -> Option<usize> {
        let wanted = glance(name);
        let alike = self.glances.iter().enumerate().filter(|(_, glance)| **glance == wanted);
        alike.map(|(at, _)| at).find(|at| self.names[*at] == name)
    }
}

impl FromIterator<String> for ColumnNames {
    fn from_iter<I: IntoIterator<Item = String>>(names: I) -> Self {
        let names: Vec<String> = names.into_iter().collect();
        let glances = names.iter().map(|name| glance(name)).collect();
        Self { names, glances }
    }
}

/// Its length, and its first, middle and last byte.
fn glance(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let at = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let last = bytes.len().saturating_sub(1);
    u32::from_le_bytes([last as u8, at(0), at(last / 2), at(last)])
}

/// Names a column of a [`Row`]: a `&str` by name, a `usize` by position from zero.
pub trait ColumnIndex: Copy {
    /// Position among `columns`, or `None` when there is no such column.
    fn position(self, columns: &ColumnNames) -> Option<usize>;
    /// The column as a message shows it.
    fn label(self) -> String;
}

impl ColumnIndex for &str {
    fn position(self, columns: &ColumnNames) -> Option<usize> {
        columns.position(self)
    }

    fn label(self) -> String {
        self.to_owned()
    }
}

impl ColumnIndex for usize {
    fn position(self, columns: &ColumnNames) -> Option<usize> {
        (self < columns.len()).then_some(self)
    }

    fn label(self) -> String {
        self.to_string()
    }
}

/// Each getter twice: one that refuses NULL, one that gives it as `None`.
macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident, $opt_name:ident, $wanted:literal, $output:ty, |$value:ident| $read:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// No such column, NULL, or a value of another kind.
        pub fn $name(&self, column: impl ColumnIndex) -> Result<$output> {
            self.$opt_name(column)?.ok_or_else(|| is_null(column))
        }

        #[doc = concat!("Like [`Row::", stringify!($name), "`], NULL as `None`.")]
        ///
        /// # Errors
        /// No such column, or a value of another kind.
        pub fn $opt_name(&self, column: impl ColumnIndex) -> Result<Option<$output>> {
            let $value = self.value(column)?;
            match $value {
                Value::Null => Ok(None),
                _ => $read.map(Some).ok_or_else(|| wrong_kind(column, $value, $wanted)),
            }
        }
    )*};
}

impl Row {
    pub(crate) fn new(columns: Arc<ColumnNames>, values: Vec<Value>) -> Self {
        Self { columns, values }
    }

    /// Names of the columns, in order.
    pub fn columns(&self) -> &[String] {
        &self.columns.names
    }

    /// Values, in order.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// Values, in order, without a copy.
    pub fn into_values(self) -> Vec<Value> {
        self.values
    }

    /// The value as the engine gave it.
    ///
    /// # Errors
    /// No such column.
    pub fn value(&self, column: impl ColumnIndex) -> Result<&Value> {
        column
            .position(&self.columns)
            .and_then(|at| self.values.get(at))
            .ok_or_else(|| {
                let label = column.label();
                DbError::new(
                    crate::DbErrorKind::Syntax,
                    format!("结果中没有列 {label}"),
                    format!(
                        "the answer has no column {label}, only {}",
                        self.columns.names.join(", ")
                    ),
                )
            })
    }

    getters! {
        /// Whole number.
        int, opt_int, "int", i64, |value| match value { Value::Int(n) => Some(*n), _ => None };
        /// Floating number; a whole number is taken too.
        real, opt_real, "real", f64, |value| match value {
            Value::Real(x) => Some(*x),
            Value::Int(n) => Some(*n as f64),
            _ => None,
        };
        /// Truth value; SQLite's 0 and 1 are taken too.
        bool, opt_bool, "bool", bool, |value| match value {
            Value::Bool(b) => Some(*b),
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        };
        /// Text, also that of a JSON document.
        text, opt_text, "text", &str, |value| match value { Value::Text(s) | Value::Json(s) => Some(s.as_str()), _ => None };
        /// Raw bytes.
        bytes, opt_bytes, "bytes", &[u8], |value| match value {
            Value::Bytes(b) => Some(b.as_slice()),
            Value::Uuid(id) => Some(id.as_bytes().as_slice()),
            _ => None,
        };
        /// Identifier; a BLOB of 16 bytes is one.
        uuid, opt_uuid, "uuid", Uuid, |value| match value {
            Value::Uuid(id) => Some(*id),
            Value::Bytes(b) => Uuid::from_slice(b).ok(),
            _ => None,
        };
    }

    /// A JSON document, deserialised.
    ///
    /// # Errors
    /// No such column, NULL, another kind, or a document of another shape.
    pub fn json<T: DeserializeOwned>(&self, column: impl ColumnIndex) -> Result<T> {
        self.opt_json(column)?.ok_or_else(|| is_null(column))
    }

    /// Like [`Row::json`], NULL as `None`.
    ///
    /// # Errors
    /// No such column, another kind, or a document of another shape.
    pub fn opt_json<T: DeserializeOwned>(&self, column: impl ColumnIndex) -> Result<Option<T>> {
        let Some(text) = self.opt_text(column)? else {
            return Ok(None);
        };
        serde_json::from_str(text).map(Some).map_err(|error| {
            let label = column.label();
            // serde's message may quote the document; its category and place do not.
            let place = format!(
                "{:?} error at line {} column {}",
                error.classify(),
                error.line(),
                error.column()
            );
            DbError::data(
                format!("列 {label} 中的 JSON 无法按预期读取"),
                format!("the JSON in column {label} cannot be read as expected"),
            )
            .with_engine_text(place)
        })
    }
}

fn is_null(column: impl ColumnIndex) -> DbError {
    let label = column.label();
    DbError::data(format!("列 {label} 为空"), format!("column {label} is null"))
}

fn wrong_kind(column: impl ColumnIndex, value: &Value, wanted: &str) -> DbError {
    let (label, kind) = (column.label(), value.kind_name());
    DbError::data(
        format!("列 {label} 是 {kind} 类型，不是 {wanted}"),
        format!("column {label} holds {kind}, not {wanted}"),
    )
}
