//! Values of entries as people read them, by the field's kind.

use crate::region_steps;
use crate::thing_names::{Names, named};
use crate::visit::{civil, date};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Datum, Day, FieldSchema, Instant, Kind, Lang, RegionId, unscaled};
use lianfang_ledger::read::EntryItem;
use lianfang_policy::Snapshot;
use lianfang_ui::dates;
use lianfang_ui::part::mark::{Assurance, EntryState};
use lianfang_ui::text::text;
use serde_json::{Map, Value};
use uuid::Uuid;

/// What stands between the members of a list.
pub(crate) fn comma(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    }
}

/// What stands between sentences put in a row.
pub(crate) fn semicolon(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "；",
        Lang::En => "; ",
    }
}

/// A stored value in words.
pub(crate) fn value(snapshot: &Snapshot, lang: Lang, field: &FieldSchema, stored: &Value) -> String {
    if let Value::Array(items) = stored {
        if let Kind::Rows(inner) = &field.kind {
            let row = |item: &Value| {
                item.as_object()
                    .map(|row| line(snapshot, lang, inner, row))
                    .unwrap_or_default()
            };
            return items.iter().map(row).collect::<Vec<_>>().join(semicolon(lang));
        }
        return items
            .iter()
            .map(|item| value(snapshot, lang, field, item))
            .collect::<Vec<_>>()
            .join(comma(lang));
    }
    let plain = || match stored {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let shown = match (&field.kind, stored) {
        (Kind::Bool, Value::Bool(is)) => text(lang, if *is { "yes" } else { "no" }),
        (Kind::Decimal { scale } | Kind::Quantity { scale }, Value::Number(n)) => {
            n.as_i64().map_or_else(plain, |n| unscaled(n, *scale))
        }
        (Kind::Money, Value::Number(n)) => n.as_i64().map_or_else(plain, |n| unscaled(n, 2)),
        (Kind::Code { list }, Value::String(code)) => code_words(snapshot, lang, list, code),
        (Kind::Date, Value::String(day)) => Day::parse(day).map_or_else(|_| plain(), |day| dates::day(lang, date(day))),
        (Kind::Instant, Value::String(at)) => {
            Instant::parse(at).map_or_else(|_| plain(), |at| dates::moment(lang, civil(&snapshot.zone, at)))
        }
        (Kind::Region, Value::String(id)) => region_steps::full_name(&snapshot.regions, lang, &RegionId::new(id)),
        (Kind::Subject(_), Value::String(id)) => {
            let org = id.parse::<SubjectId>().ok().and_then(|id| snapshot.orgs.get(id));
            org.map_or_else(|| tail(id), |org| org.name.get(lang).to_owned())
        }
        (Kind::Type, Value::String(id)) => snapshot
            .model
            .types
            .get(id)
            .map_or_else(plain, |kind| kind.title.get(lang).to_owned()),
        (Kind::File, Value::String(_)) => text(lang, "attached-file"),
        (Kind::Decision { .. }, Value::Object(decision)) => decision_words(snapshot, lang, decision),
        _ => plain(),
    };
    match &field.unit {
        Some(unit) if !matches!(stored, Value::Null) => format!("{shown} {}", unit.get(lang)),
        _ => shown,
    }
}

/// A code in words.
pub(crate) fn code_words(snapshot: &Snapshot, lang: Lang, list: &str, code: &str) -> String {
    let value = snapshot.model.lists.get(list).and_then(|list| list.value(code));
    value.map_or_else(|| code.to_owned(), |value| value.title.get(lang).to_owned())
}

fn decision_words(snapshot: &Snapshot, lang: Lang, decision: &Map<String, Value>) -> String {
    let measure = decision.get("measure").and_then(Value::as_str).unwrap_or_default();
    let clause = decision.get("clause").and_then(Value::as_str).unwrap_or_default();
    [code_words(snapshot, lang, "measure", measure), clause.to_owned()]
        .join(" ")
        .trim()
        .to_owned()
}

/// The last digits of an id, enough to tell two apart.
fn tail(id: &str) -> String {
    format!("#{}", id.get(id.len().saturating_sub(6)..).unwrap_or(id))
}

/// What an entry says in a field; of a field that was not asked for on its day, that.
pub(crate) fn cell(snapshot: &Snapshot, lang: Lang, field: &FieldSchema, item: &EntryItem) -> Option<String> {
    match item.body.get(&field.id).filter(|stored| !stored.is_null()) {
        Some(stored) => Some(value(snapshot, lang, field, stored)),
        None if field.is_sealed() || field.is_asked_on(snapshot.zone.day_of(item.at)) => None,
        None => Some(text(lang, "not-asked-then")),
    }
}

/// The fields of an entry: label and value, with those that were not asked for on its day.
pub(crate) fn told(
    snapshot: &Snapshot,
    lang: Lang,
    fields: &[FieldSchema],
    (item, names): (&EntryItem, &Names),
) -> Vec<(String, String)> {
    let known = fields.iter().filter_map(|field| {
        let cell = named(names, field, item).or_else(|| cell(snapshot, lang, field, item))?;
        Some((field.title.get(lang).to_owned(), cell))
    });
    known.filter(|(_, value)| !value.is_empty()).collect()
}

/// The fields of a body: label and value.
pub(crate) fn pairs(
    snapshot: &Snapshot,
    lang: Lang,
    fields: &[FieldSchema],
    body: &Map<String, Value>,
) -> Vec<(String, String)> {
    let known = fields.iter().filter_map(|field| {
        let stored = body.get(&field.id).filter(|stored| !stored.is_null())?;
        Some((field.title.get(lang).to_owned(), value(snapshot, lang, field, stored)))
    });
    known.filter(|(_, value)| !value.is_empty()).collect()
}

/// The files that a body cites, with the titles of the fields that cite them.
pub(crate) fn attached(lang: Lang, fields: &[FieldSchema], body: &Map<String, Value>) -> Vec<(String, Uuid)> {
    let mut found = Vec::new();
    for (field, stored) in fields.iter().filter_map(|field| Some((field, body.get(&field.id)?))) {
        match (&field.kind, stored) {
            (Kind::Rows(inner), Value::Array(rows)) => {
                let rows = rows.iter().filter_map(Value::as_object);
                found.extend(rows.flat_map(|row| attached(lang, inner, row)));
            }
            (Kind::File, Value::Array(ids)) => found.extend(ids.iter().filter_map(|id| cited(lang, field, id))),
            (Kind::File, id) => found.extend(cited(lang, field, id)),
            _ => {}
        }
    }
    found
}

fn cited(lang: Lang, field: &FieldSchema, id: &Value) -> Option<(String, Uuid)> {
    Some((field.title.get(lang).to_owned(), id.as_str()?.parse().ok()?))
}

/// A body in one line.
pub(crate) fn line(snapshot: &Snapshot, lang: Lang, fields: &[FieldSchema], body: &Map<String, Value>) -> String {
    pairs(snapshot, lang, fields, body)
        .into_iter()
        .take(4)
        .map(|(_, value)| value)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// An entry in one line.
pub(crate) fn entry_line(snapshot: &Snapshot, lang: Lang, item: &EntryItem) -> String {
    let register = snapshot.model.registers.get(&item.register);
    register
        .map(|register| line(snapshot, lang, &register.schema.fields, &item.body))
        .unwrap_or_default()
}

/// Number and title of an order in force; none where it is unknown.
pub(crate) fn order_words(snapshot: &Snapshot, id: EntryId) -> Option<String> {
    let order = snapshot.reference.by_entry("order", id)?;
    let said = |field: &str| order.body.get(field).and_then(Datum::as_text).unwrap_or_default();
    Some(format!("{} {}", said("number"), said("title")).trim().to_owned())
}

/// What a register is called.
pub(crate) fn register_title(snapshot: &Snapshot, lang: Lang, id: &str) -> String {
    snapshot
        .model
        .registers
        .get(id)
        .map_or_else(|| id.to_owned(), |register| register.schema.title.get(lang).to_owned())
}

/// The mark of an entry.
pub(crate) fn state(item: &EntryItem) -> EntryState {
    match item.status.as_str() {
        "flagged" => EntryState::Flagged,
        "corrected" | "ended" => EntryState::Corrected,
        "withdrawn" => EntryState::Withdrawn,
        _ => EntryState::Accepted,
    }
}

/// The mark of how well a fact is known.
pub(crate) fn assurance(assurance: lianfang_kernel::Assurance) -> Assurance {
    match assurance {
        lianfang_kernel::Assurance::SelfStated => Assurance::Said,
        lianfang_kernel::Assurance::Seen => Assurance::Seen,
        lianfang_kernel::Assurance::Verified => Assurance::Verified,
    }
}

/// The organisation behind an entry; who wrote for themselves is named as such.
pub(crate) fn by(snapshot: &Snapshot, lang: Lang, org: Option<SubjectId>) -> String {
    let own = lianfang_kernel::Words::new("本人", "the person");
    org.and_then(|id| snapshot.orgs.get(id))
        .map_or_else(|| own.get(lang).to_owned(), |org| org.name.get(lang).to_owned())
}
