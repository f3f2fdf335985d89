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
    /// A record.
    Map(Arc<Record>),
}

/// Names and what each says. Records of one kind share their names: they would be most of what a city's files hold, and
/// are counted once for a record instead of once for each name.
#[derive(Clone, Debug)]
pub struct Record {
    names: Names,
    /// As many as there are names.
    values: Box<[Datum]>,
}

/// The names of a record's fields, sorted, each once.
pub type Names = Arc<[Arc<str>]>;

impl Record {
    /// The fields in the order of their names, those that are null among them.
    pub fn fields(&self) -> impl Iterator<Item = (&Arc<str>, &Datum)> {
        self.names.iter().zip(&self.values)
    }

    /// The names, to be shared with records of the same kind.
    pub fn names(&self) -> &Names {
        &self.names
    }
}

/// A field that is null is as one that is not there.
impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        let is_said = |(_, value): &(&Arc<str>, &Datum)| !value.is_null();
        self.fields().filter(is_said).eq(other.fields().filter(is_said))
    }
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
        let (names, values): (Vec<Arc<str>>, Vec<Datum>) = fields.into_iter().unzip();
        Datum::named(&names.into(), values)
    }

    /// A record of sorted names and a value to each; names without a value are null.
    pub fn named(names: &Names, values: impl IntoIterator<Item = Datum>) -> Datum {
        debug_assert!(names.is_sorted_by(|a, b| a < b), "names are sorted, each once");
        let mut values: Vec<Datum> = values.into_iter().collect();
        values.resize(names.len(), Datum::Null);
        Datum::Map(Arc::new(Record {
            names: Arc::clone(names),
            values: values.into(),
        }))
    }

    /// An empty record: what `last` of nothing is.
    pub fn empty() -> Datum {
        Datum::named(&Arc::from([]), [])
    }

    /// The field `name` of a record; `None` when absent, null or not a record.
    pub fn get(&self, name: &str) -> Option<&Datum> {
        let Datum::Map(record) = self else { return None };
        let found = record.names.binary_search_by(|known| (**known).cmp(name)).ok()?;
        record.values.get(found).filter(|value| !value.is_null())
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
            Datum::Map(record) => Value::Object(record.fields().map(|(k, v)| (k.to_string(), v.to_json())).collect()),
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
    fn what_is_null_is_as_what_is_not_there() {
        let one = |name: &str, n: Datum| Datum::record([(name, n), ("z", Datum::Int(1))]);
        assert_eq!(one("a", Datum::Null), one("b", Datum::Null));
        assert_ne!(one("a", Datum::Int(1)), one("b", Datum::Int(1)));
        assert_ne!(one("a", Datum::Int(1)), one("a", Datum::Null));
        let Datum::Map(record) = one("a", Datum::Int(1)) else {
            panic!()
        };
        assert_eq!(
            Datum::named(record.names(), [Datum::Int(1)]),
            Datum::record([("a", Datum::Int(1))])
        );
    }

    #[test]
    fn the_last_of_two_fields_wins() {
        let record = Datum::record([("a", Datum::Int(1)), ("a", Datum::Int(2))]);
        assert_eq!(record.get("a"), Some(&Datum::Int(2)));
    }
}
