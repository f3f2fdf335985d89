//! Entries and subjects as conditions see them.

use lianfang_kernel::{Datum, Day, Entry, FieldSchema, Instant, Kind, RegisterSchema, Shape, SubjectView};
use serde_json::{Map, Value};

/// The variable that tells of the subjects an entry names: their views by id. No condition can write its name; it lets a
/// condition ask what is in force on a place that it knows by a link only.
pub const NAMED: &str = "@named";

/// An entry as the record that conditions call `entry`, `it`, `prior` or a look by name.
///
/// Built-in: `id register subject at made_at received_at recorded_at by org region sector channel assurance proxy group
/// act replaces`, and for intervals `from` and `to`. Fields come from the body; sealed ones and those that do not decide
/// are left out. A decision is its results record.
pub fn entry_record(entry: &Entry, schema: &RegisterSchema) -> Datum {
    let mut fields = body_fields(&entry.body, &schema.fields);
    if schema.shape == Shape::Interval {
        let moment = |name: &str| entry.body.get(name).map(|value| time_datum(value, &Kind::Instant));
        let from = moment("from")
            .filter(|from| !from.is_null())
            .unwrap_or(Datum::Int(entry.at.0));
        fields.push(("from".to_owned(), from));
        fields.push(("to".to_owned(), moment("to").unwrap_or_default()));
    }
    let text = |text: Option<String>| text.map_or(Datum::Null, |text| Datum::text(&text));
    let instant = |at: Option<Instant>| at.map_or(Datum::Null, |at| Datum::Int(at.0));
    let built_in = [
        ("id", Datum::text(&entry.id.to_string())),
        ("register", Datum::text(&entry.register)),
        ("subject", Datum::text(&entry.subject.to_string())),
        ("at", Datum::Int(entry.at.0)),
        ("made_at", instant(entry.made_at)),
        ("received_at", Datum::Int(entry.received_at.0)),
        ("recorded_at", Datum::Int(entry.recorded_at.0)),
        (
            "by",
            text(
                entry
                    .login
                    .map(|id| id.to_string())
                    .or_else(|| entry.device.map(|id| id.to_string())),
            ),
        ),
        ("org", text(entry.org.map(|id| id.to_string()))),
        ("region", Datum::Text(entry.region.0.clone())),
        ("sector", text(entry.sector.clone())),
        ("channel", Datum::text(&entry.channel)),
        ("assurance", Datum::text(entry.assurance.id())),
        ("proxy", Datum::Bool(entry.proxy)),
        ("group", text(entry.group.map(|id| id.to_string()))),
        ("act", Datum::text(entry.act.id())),
        ("replaces", text(entry.replaces.map(|id| id.to_string()))),
    ];
    fields.extend(built_in.map(|(name, value)| (name.to_owned(), value)));
    Datum::record(fields)
}

/// The fields of a body that conditions may read, by name.
pub fn body_fields(body: &Map<String, Value>, fields: &[FieldSchema]) -> Vec<(String, Datum)> {
    let readable = fields.iter().filter(|field| field.decides && !field.is_sealed());
    readable
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
    let unit = subject.unit.map_or(Datum::Null, |id| Datum::text(&id.to_string()));
    Datum::record([
        ("id", Datum::text(&subject.id.to_string())),
        ("kind", Datum::text(subject.kind.id())),
        ("type", Datum::text(&subject.kind_type)),
        ("region", Datum::Text(subject.region.0.clone())),
        ("unit", unit),
        ("since", Datum::Int(subject.since.0)),
        ("until", subject.until.map_or(Datum::Null, |at| Datum::Int(at.0))),
    ])
}
