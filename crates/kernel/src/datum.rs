//! The values that conditions see.

use std::fmt;
use std::sync::Arc;

/// A value inside a condition: instants are integer milliseconds, days and durations integers, decimals scaled
/// integers. The static type says which; here they are numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Datum {
    /// Nothing was said.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// Integer, instant, day, duration, scaled decimal.
    Int(i64),
    /// Text, code, id.
    Text(Arc<str>),
    /// Several values.
    List(Arc<[Datum]>),
    /// A record, its fields sorted by name.
    Map(Arc<[(Arc<str>, Datum)]>),
}

impl Datum {
    /// Text.
    pub fn text(text: &str) -> Datum {
        Datum::Text(Arc::from(text))
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Datum>) -> Datum {
        Datum::List(items.into_iter().collect())
    }

    /// A record; the last of two fields of one name wins.
    pub fn record<K: Into<Arc<str>>>(fields: impl IntoIterator<Item = (K, Datum)>) -> Datum {
        let mut fields: Vec<(Arc<str>, Datum)> = fields.into_iter().map(|(k, v)| (k.into(), v)).collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        fields.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(&mut later.1, &mut kept.1);
            }
            same
        });
        Datum::Map(fields.into())
    }

    /// An empty record: what `last` of nothing is.
    pub fn empty() -> Datum {
        Datum::Map(Arc::from([]))
    }

    /// The field `name` of a record; `None` when absent, null or not a record.
    pub fn get(&self, name: &str) -> Option<&Datum> {
        let Datum::Map(fields) = self else { return None };
        let found = fields.binary_search_by(|(key, _)| (**key).cmp(name)).ok()?;
        match &fields[found].1 {
            Datum::Null => None,
            value => Some(value),
        }
    }

    /// The integer inside.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Datum::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The truth inside.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Datum::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The text inside.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Datum::Text(t) => Some(t),
            _ => None,
        }
    }

    /// The items inside; empty for anything else.
    pub fn items(&self) -> &[Datum] {
        match self {
            Datum::List(items) => items,
            _ => &[],
        }
    }

    /// Whether nothing was said.
    pub fn is_null(&self) -> bool {
        matches!(self, Datum::Null)
    }

    /// As JSON, for decisions that are stored and shown.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match self {
            Datum::Null => Value::Null,
            Datum::Bool(b) => Value::Bool(*b),
            Datum::Int(n) => Value::from(*n),
            Datum::Text(t) => Value::String(t.to_string()),
            Datum::List(items) => Value::Array(items.iter().map(Datum::to_json).collect()),
            Datum::Map(fields) => Value::Object(fields.iter().map(|(k, v)| (k.to_string(), v.to_json())).collect()),
        }
    }

    /// From JSON; fractions are refused as `Null`, the schema scales them before.
    pub fn from_json(value: &serde_json::Value) -> Datum {
        use serde_json::Value;
        match value {
            Value::Null => Datum::Null,
            Value::Bool(b) => Datum::Bool(*b),
            Value::Number(n) => n.as_i64().map_or(Datum::Null, Datum::Int),
            Value::String(s) => Datum::text(s),
            Value::Array(items) => Datum::list(items.iter().map(Datum::from_json)),
            Value::Object(fields) => Datum::record(fields.iter().map(|(k, v)| (k.as_str(), Datum::from_json(v)))),
        }
    }
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

impl From<bool> for Datum {
    fn from(b: bool) -> Datum {
        Datum::Bool(b)
    }
}

impl From<i64> for Datum {
    fn from(n: i64) -> Datum {
        Datum::Int(n)
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Datum {
        Datum::text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_by_name_and_null_is_absent() {
        let record = Datum::record([("b", Datum::Int(2)), ("a", Datum::Null)]);
        assert_eq!(record.get("b"), Some(&Datum::Int(2)));
        assert_eq!(record.get("a"), None);
        assert_eq!(Datum::Int(1).get("a"), None);
    }

    #[test]
    fn the_last_of_two_fields_wins() {
        let record = Datum::record([("a", Datum::Int(1)), ("a", Datum::Int(2))]);
        assert_eq!(record.get("a"), Some(&Datum::Int(2)));
    }
}
