//! One value as it travels to and from a database, and its form on PostgreSQL's wire.

use crate::error::DbError;
use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};
use std::error::Error;
use uuid::Uuid;

/// A bound parameter or a column of a row.
///
/// SQLite stores [`Value::Bool`] as 0 or 1, [`Value::Uuid`] as a BLOB of 16 bytes and [`Value::Json`] as TEXT, and
/// gives them back in that form; the typed getters of [`crate::Row`] hide the difference.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL, of any type.
    Null,
    /// Truth value.
    Bool(bool),
    /// Whole number; instants are milliseconds since 1970 in UTC.
    Int(i64),
    /// Floating number.
    Real(f64),
    /// Text without NUL characters.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// Identifier.
    Uuid(Uuid),
    /// A JSON document as text.
    Json(String),
}

impl Value {
    /// Name of the variant, for messages that must not show the value.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Real(_) => "real",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Uuid(_) => "uuid",
            Self::Json(_) => "json",
        }
    }

    /// What one engine would refuse or change is refused on both, so that a city can move from one to the other:
    /// PostgreSQL takes no text with a NUL, SQLite turns a NaN into NULL.
    pub(crate) fn check(&self) -> Result<(), DbError> {
        match self {
            Self::Text(text) | Self::Json(text) if text.as_bytes().contains(&0) => {
                Err(DbError::data("文本中含有 NUL 字符", "the text holds a NUL character"))
            }
            Self::Real(value) if value.is_nan() => {
                Err(DbError::data("数值不是数 (NaN)", "the number is not a number (NaN)"))
            }
            _ => Ok(()),
        }
    }
}

macro_rules! from {
    ($($source:ty => |$name:ident| $value:expr;)*) => {$(
        impl From<$source> for Value {
            fn from($name: $source) -> Self { $value }
        }
    )*};
}

from! {
    bool => |v| Self::Bool(v);
    i64 => |v| Self::Int(v);
    i32 => |v| Self::Int(v.into());
    u32 => |v| Self::Int(v.into());
    u16 => |v| Self::Int(v.into());
    u8 => |v| Self::Int(v.into());
    f64 => |v| Self::Real(v);
    &str => |v| Self::Text(v.to_owned());
    String => |v| Self::Text(v);
    &String => |v| Self::Text(v.clone());
    Vec<u8> => |v| Self::Bytes(v);
    &[u8] => |v| Self::Bytes(v.to_vec());
    Uuid => |v| Self::Uuid(v);
    &Uuid => |v| Self::Uuid(*v);
    serde_json::Value => |v| Self::Json(v.to_string());
    &serde_json::Value => |v| Self::Json(v.to_string());
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

fn mismatch(value: &Value, target: &Type) -> Box<dyn Error + Sync + Send> {
    let kind = value.kind_name();
    Box::new(DbError::data(
        format!("{kind} 类型的值不能写入 {target} 类型的列"),
        format!("a value of kind {kind} cannot be written as {target}"),
    ))
}

impl ToSql for Value {
    fn to_sql(&self, target: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.check()?;
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Bool(value) if *target == Type::BOOL => value.to_sql(target, out),
            Self::Int(value) => match *target {
                Type::INT8 => value.to_sql(target, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(target, out),
                Type::INT2 => i16::try_from(*value)?.to_sql(target, out),
                Type::OID => u32::try_from(*value)?.to_sql(target, out),
                Type::FLOAT8 => (*value as f64).to_sql(target, out),
                Type::FLOAT4 => (*value as f32).to_sql(target, out),
                _ => Err(mismatch(self, target)),
            },
            Self::Real(value) => match *target {
                Type::FLOAT8 => value.to_sql(target, out),
                Type::FLOAT4 => (*value as f32).to_sql(target, out),
                _ => Err(mismatch(self, target)),
            },
            Self::Text(text) | Self::Json(text) => match *target {
                Type::JSONB => {
                    // Version 1 of the binary form of jsonb is this byte and the text.
                    out.extend_from_slice(&[1]);
                    out.extend_from_slice(text.as_bytes());
                    Ok(IsNull::No)
                }
                Type::JSON => {
                    out.extend_from_slice(text.as_bytes());
                    Ok(IsNull::No)
                }
                _ if <&str as ToSql>::accepts(target) => text.as_str().to_sql(target, out),
                _ => Err(mismatch(self, target)),
            },
            Self::Bytes(bytes) if *target == Type::BYTEA => bytes.as_slice().to_sql(target, out),
            Self::Uuid(id) if *target == Type::UUID => id.to_sql(target, out),
            _ => Err(mismatch(self, target)),
        }
    }

    /// Everything is accepted here and judged in `to_sql`, because what fits depends on the variant.
    fn accepts(target: &Type) -> bool {
        !matches!(target.kind(), Kind::Array(_) | Kind::Range(_) | Kind::Composite(_))
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(match *kind {
            Type::BOOL => Self::Bool(bool::from_sql(kind, raw)?),
            Type::INT8 => Self::Int(i64::from_sql(kind, raw)?),
            Type::INT4 => Self::Int(i32::from_sql(kind, raw)?.into()),
            Type::INT2 => Self::Int(i16::from_sql(kind, raw)?.into()),
            Type::OID => Self::Int(u32::from_sql(kind, raw)?.into()),
            Type::FLOAT8 => Self::Real(f64::from_sql(kind, raw)?),
            Type::FLOAT4 => Self::Real(f32::from_sql(kind, raw)?.into()),
            Type::UUID => Self::Uuid(Uuid::from_sql(kind, raw)?),
            Type::BYTEA => Self::Bytes(raw.to_vec()),
            Type::JSON => Self::Json(std::str::from_utf8(raw)?.to_owned()),
            Type::JSONB => match raw.split_first() {
                Some((1, text)) => Self::Json(std::str::from_utf8(text)?.to_owned()),
                _ => return Err("unknown version of the jsonb binary form".into()),
            },
            Type::VOID => Self::Null,
            _ if <&str as FromSql>::accepts(kind) => Self::Text(<&str>::from_sql(kind, raw)?.to_owned()),
            _ => {
                return Err(Box::new(DbError::data(
                    format!("不支持读取 {kind} 类型的列，请在 SQL 中转换"),
                    format!("a column of type {kind} cannot be read: cast it in the SQL, a sum as cast(… as bigint)"),
                )));
            }
        })
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
