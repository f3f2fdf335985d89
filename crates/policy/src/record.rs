//! Entries and subjects as conditions see them.

use lianfang_kernel::{Datum, Day, Entry, FieldSchema, Instant, Kind, Names, RegisterSchema, Shape, SubjectView};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use uuid::Uuid;

/// The variable that tells of the subjects an entry names: their views by id. No condition can write its name; it lets a
/// condition ask what is in force on a place that it knows by a link only.
pub const NAMED: &str = "@named";

/// Reads a value off an entry itself.
type Read = fn(&Entry) -> Datum;

/// What stands in the record of every entry, whatever its register.
const OF_ENTRY: [(&str, Read); 17] = [
    ("act", |entry| Datum::text(entry.act.id())),
    ("assurance", |entry| Datum::text(entry.assurance.id())),
    ("at", |entry| Datum::Int(entry.at.0)),
    ("by", |entry| {
        id(entry.login.map(|id| id.0).or_else(|| entry.device.map(|id| id.0)))
    }),
    ("channel", |entry| Datum::text(&entry.channel)),
    ("group", |entry| id(entry.group)),
    ("id", |entry| id(Some(entry.id.0))),
    ("made_at", |entry| {
        entry.made_at.map_or(Datum::Null, |at| Datum::Int(at.0))
    }),
    ("org", |entry| id(entry.org.map(|id| id.0))),
    ("proxy", |entry| Datum::Bool(entry.proxy)),
    ("received_at", |entry| Datum::Int(entry.received_at.0)),
    ("recorded_at", |entry| Datum::Int(entry.recorded_at.0)),
    ("region", |entry| Datum::Text(Arc::clone(&entry.region.0))),
    ("register", |entry| Datum::text(&entry.register)),
    ("replaces", |entry| id(entry.replaces.map(|id| id.0))),
    ("sector", |entry| {
        entry.sector.as_deref().map_or(Datum::Null, Datum::text)
    }),
    ("subject", |entry| id(Some(entry.subject.0))),
];

/// What stands in the record of an interval too.
const OF_INTERVAL: [(&str, Read); 2] = [
    ("from", |entry| {
        let from = moment(entry, "from").filter(|from| !from.is_null());
        from.unwrap_or(Datum::Int(entry.at.0))
    }),
    ("to", |entry| moment(entry, "to").unwrap_or_default()),
];

fn id(id: Option<Uuid>) -> Datum {
    let mut buffer = Uuid::encode_buffer();
    id.map_or(Datum::Null, |id| Datum::text(id.hyphenated().encode_lower(&mut buffer)))
}

fn moment(entry: &Entry, name: &str) -> Option<Datum> {
    entry.body.get(name).map(|value| time_datum(value, &Kind::Instant))
}

/// How the records of a register's entries are made: their names, which all of them share, and where each value is from.
#[derive(Clone, Debug)]
pub struct Layout {
    register: Arc<str>,
    names: Names,
    /// One for each name.
    sources: Vec<Source>,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    /// The body, by the field's place in the schema.
    Body(usize),
    Entry(Read),
}

impl Layout {
    /// Of the entries of a register.
    pub fn new(schema: &RegisterSchema) -> Layout {
        let mut sources: BTreeMap<&str, Source> = BTreeMap::new();
        let fields = schema.fields.iter().enumerate().filter(|(_, field)| is_readable(field));
        sources.extend(fields.map(|(at, field)| (field.id.as_str(), Source::Body(at))));
        if schema.shape == Shape::Interval {
            sources.extend(OF_INTERVAL.map(|(name, read)| (name, Source::Entry(read))));
        }
        sources.extend(OF_ENTRY.map(|(name, read)| (name, Source::Entry(read))));
        Layout {
            register: Arc::from(schema.id.as_str()),
            names: sources.keys().map(|name| Arc::from(*name)).collect(),
            sources: sources.into_values().collect(),
        }
    }

    /// The register's id, one for all.
    pub fn register(&self) -> &Arc<str> {
        &self.register
    }

    /// An entry as the record that conditions call `entry`, `it`, `prior` or a look by name.
    ///
    /// Built-in: `id register subject at made_at received_at recorded_at by org region sector channel assurance proxy group
    /// act replaces`, and for intervals `from` and `to`. Fields come from the body; sealed ones and those that do not decide
    /// are left out. A decision is its results record.
    pub fn record(&self, entry: &Entry, schema: &RegisterSchema) -> Datum {
        let value = |source: &Source| match source {
            Source::Entry(read) => read(entry),
            Source::Body(at) => schema
                .fields
                .get(*at)
                .and_then(|field| Some(field_datum(entry.body.get(&field.id)?, field)))
                .unwrap_or_default(),
        };
        Datum::named(&self.names, self.sources.iter().map(value))
    }
}

/// Whether conditions may read a field.
fn is_readable(field: &FieldSchema) -> bool {
    field.decides && !field.is_sealed()
}

/// The fields of a body that conditions may read, by name.
pub fn body_fields(body: &Map<String, Value>, fields: &[FieldSchema]) -> Vec<(String, Datum)> {
    fields
        .iter()
        .filter(|field| is_readable(field))
        .filter_map(|field| Some((field.id.clone(), field_datum(body.get(&field.id)?, field))))
        .collect()
}

fn field_datum(value: &Value, field: &FieldSchema) -> Datum {
    match (&field.kind, value) {
        (Kind::Rows(fields), Value::Array(rows)) => Datum::list(rows.iter().map(|row| match row {
            Value::Object(row) => Datum::record(body_fields(row, fields)),
            _ => Datum::empty(),
        })),
        (_, Value::Array(items)) => Datum::list(items.iter().map(|item| single(item, &field.kind))),
        _ if field.many > 1 && !value.is_null() => Datum::list([single(value, &field.kind)]),
        _ => single(value, &field.kind),
    }
}

fn single(value: &Value, kind: &Kind) -> Datum {
    match kind {
        Kind::Instant | Kind::Date => time_datum(value, kind),
        Kind::Decision { .. } => value.get("results").map_or(Datum::Null, Datum::from_json),
        _ => Datum::from_json(value),
    }
}

/// A moment or day, stored as a number or in ISO 8601.
fn time_datum(value: &Value, kind: &Kind) -> Datum {
    match (value, kind) {
        (Value::String(text), Kind::Instant) => Instant::parse(text).map_or(Datum::Null, |at| Datum::Int(at.0)),
        (Value::String(text), _) => Day::parse(text).map_or(Datum::Null, |day| Datum::Int(i64::from(day.0))),
        _ => Datum::from_json(value),
    }
}

/// A subject as the record that conditions call `subject` or, in a set, `it`.
pub fn subject_record(subject: &SubjectView) -> Datum {
    static NAMES: LazyLock<Names> = LazyLock::new(|| {
        ["id", "kind", "region", "since", "type", "unit", "until"]
            .map(Arc::from)
            .into()
    });
    let values = [
        id(Some(subject.id.0)),
        Datum::text(subject.kind.id()),
        Datum::Text(Arc::clone(&subject.region.0)),
        Datum::Int(subject.since.0),
        Datum::text(&subject.kind_type),
        id(subject.unit.map(|id| id.0)),
        subject.until.map_or(Datum::Null, |at| Datum::Int(at.0)),
    ];
    Datum::named(&NAMES, values)
}
