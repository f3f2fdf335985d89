//! Any register's fields as a form, and what was typed as a body: the schema is the form.

use crate::field_text::semicolon;
use crate::form::Form;
use crate::region_steps::{offered, picked};
use crate::visit::{Desk, civil, date};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{FieldSchema, Instant, Kind, Lang, RegionId, SubjectKind, Words, scaled, unscaled};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Posting, Register};
use lianfang_server::AppState;
use lianfang_ui::dates;
use lianfang_ui::part::field::{FieldView, Kind as Shown};
use lianfang_ui::part::form::Choice;
use lianfang_ui::text::text;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// Names offered at most: the list is part of the page.
const OFFERED: usize = 300;
/// The name of the one input in a row of a field that holds several values.
pub(crate) const EACH: &str = "value";

/// Things that a field may name, by their kind; a kind that is not there has too many to choose from.
pub(crate) type Offers = BTreeMap<SubjectKind, Vec<Choice>>;

/// What fields are drawn with.
#[derive(Clone, Copy)]
pub(crate) struct Drawing<'a> {
    /// Packs, regions, organisations.
    pub snapshot: &'a Snapshot,
    /// The reader's language.
    pub lang: Lang,
    /// What was typed so far.
    pub form: &'a Form,
    /// What is wrong, by the name of the field.
    pub problems: &'a HashMap<String, String>,
    /// Where the reader is: the organisations offered first.
    pub region: &'a RegionId,
    /// The present.
    pub now: Instant,
    /// Things that fields may name.
    pub offers: &'a Offers,
    /// Fields that the ledger works out.
    pub worked_out: &'a [String],
}

/// Nothing to choose from.
static NO_OFFERS: Offers = Offers::new();

impl<'a> Drawing<'a> {
    /// What a post's own page draws its form with: things are typed by name, and nothing is worked out.
    pub fn of_desk(
        state: &AppState,
        desk: &'a Desk,
        snapshot: &'a Snapshot,
        (form, problems): (&'a Form, &'a HashMap<String, String>),
    ) -> Drawing<'a> {
        Drawing {
            snapshot,
            lang: desk.visit.lang,
            form,
            problems,
            region: &desk.staff.region,
            now: state.ledger.now(),
            offers: &NO_OFFERS,
            worked_out: &[],
        }
    }
}

/// The fields of a register that the ledger works out.
pub(crate) fn worked_out(register: &Register) -> Vec<String> {
    let computed = register.compute.iter().map(|(field, _)| field.clone());
    let amount = register.posting.iter().map(|_| Posting::AMOUNT.to_owned());
    computed.chain(amount).collect()
}

/// The name that a problem's path (`stays[2].region`) has in the form (`stays.2.region`).
pub(crate) fn name_of(path: &str) -> String {
    path.replace('[', ".").replace(']', "")
}

/// Whether the form was sent to change its shape and not to be taken: a row more or less, a step of a region.
pub(crate) fn is_reshaping(form: &Form) -> bool {
    form.given("add").is_some()
        || form.given("remove").is_some()
        || form.given("step").is_some()
        || form.names().any(|name| name.ends_with(".up"))
}

/// Adds or removes the row that a button asked for.
pub(crate) fn reshape(form: &mut Form) {
    if let Some(rows) = form.given("add").map(str::to_owned) {
        let next = row_count(form, &rows);
        form.set(&format!("{rows}.{next}.{EACH}"), "");
    }
    let removed = form.given("remove").and_then(|name| name.rsplit_once('.'));
    if let Some((rows, index)) = removed.and_then(|(rows, index)| Some((rows.to_owned(), index.parse::<usize>().ok()?)))
    {
        let count = row_count(form, &rows);
        form.remove_under(&format!("{rows}.{index}."));
        for later in index + 1..count {
            form.rename_under(&format!("{rows}.{later}."), &format!("{rows}.{}.", later - 1));
        }
    }
}

/// Takes away the rows in which nothing was typed: those that follow move up, and what is wrong is told at the right one.
pub(crate) fn without_empty_rows(form: &mut Form, rows: &str) {
    for row in (0..row_count(form, rows)).rev() {
        let prefix = format!("{rows}.{row}.");
        let is_empty = form
            .names()
            .filter(|name| name.starts_with(&prefix))
            .all(|name| form.given(name).is_none());
        if is_empty {
            form.set("remove", format!("{rows}.{row}"));
            reshape(form);
        }
    }
    form.remove_under("remove");
}

fn row_count(form: &Form, rows: &str) -> usize {
    let prefix = format!("{rows}.");
    let index = |name: &str| name.strip_prefix(&prefix)?.split('.').next()?.parse::<usize>().ok();
    form.names().filter_map(index).max().map_or(0, |last| last + 1).min(200)
}

/// The fields to draw, in reading order.
pub(crate) fn views(drawing: Drawing<'_>, fields: &[FieldSchema], above: &str) -> Vec<FieldView> {
    // What the ledger works out is not asked for.
    let is_shown = |field: &&FieldSchema| {
        let is_worked_out = above.is_empty() && drawing.worked_out.contains(&field.id);
        !is_worked_out && !matches!(field.kind, Kind::Decision { .. })
    };
    fields
        .iter()
        .filter(is_shown)
        .map(|field| view(drawing, field, &format!("{above}{}", field.id)))
        .collect()
}

fn view(drawing: Drawing<'_>, field: &FieldSchema, name: &str) -> FieldView {
    let (lang, form) = (drawing.lang, drawing.form);
    let mut view = FieldView::new(name, shown_kind(&field.kind), field.title.get(lang)).value(form.get(name));
    view.required = field.required;
    view.help = help(field, lang);
    view.error = drawing.problems.get(name).cloned();
    view.unit = field.unit.as_ref().map(|unit| unit.get(lang).to_owned());
    let is_list = field.many > 1 && !matches!(field.kind, Kind::Rows(_));
    if is_list || matches!(field.kind, Kind::Rows(_)) {
        view.kind = Shown::Rows;
        view.unit = None;
        view.most_rows = usize::try_from(field.many).ok();
        view.rows = (0..row_count(form, name))
            .map(|index| row(drawing, field, &format!("{name}.{index}."), index))
            .collect();
        return view;
    }
    match &field.kind {
        Kind::Region => {
            let at = picked(form, name, &drawing.snapshot.regions).region;
            (view.steps, view.options) = offered(&drawing.snapshot.regions, lang, at.as_ref(), None);
        }
        Kind::Duration => {
            view.value = form.get(&format!("{name}.n")).to_owned();
            view.second = form.get(&format!("{name}.unit")).to_owned();
        }
        Kind::IdDoc => {
            view.value = form.get(&format!("{name}.kind")).to_owned();
            view.second = form.get(&format!("{name}.number")).to_owned();
            view.options = documents(lang);
        }
        Kind::File => view.help = view.help.or_else(|| Some(text(lang, "attachment-help"))),
        kind => view.options = options(drawing, kind),
    }
    if let Kind::Subject(kind) = &field.kind
        && let Some(offered) = drawing.offers.get(kind)
    {
        // An empty select would leave nothing to do; a code that is written on the thing can always be typed.
        if !offered.is_empty() {
            view.kind = Shown::Code;
        }
        view.options = offered.clone();
    }
    view
}

/// What to write, and from which day on.
fn help(field: &FieldSchema, lang: Lang) -> Option<String> {
    let own = field.help.as_ref().map(|help| help.get(lang).to_owned());
    let since = field.since.map(|since| {
        let day = dates::day(lang, date(since));
        Words::new(
            "{day}起填写，此前的记录可以不填",
            "Asked since {day}; may be left out in older entries",
        )
        .with("day", day)
        .get(lang)
        .to_owned()
    });
    let parts: Vec<String> = own.into_iter().chain(since).collect();
    (!parts.is_empty()).then(|| parts.join(semicolon(lang)))
}

/// A row; of a plain list it is called by its number, because the title stands above all of them.
fn row(drawing: Drawing<'_>, field: &FieldSchema, above: &str, index: usize) -> Vec<FieldView> {
    match &field.kind {
        Kind::Rows(inner) => views(drawing, inner, above),
        _ => {
            let one = FieldSchema {
                title: Words::new("第{n}个", "No. {n}").with("n", index + 1),
                many: 1,
                required: false,
                help: None,
                ..field.clone()
            };
            vec![view(drawing, &one, &format!("{above}{EACH}"))]
        }
    }
}

/// Kinds of document a person may show.
pub(crate) fn documents(lang: Lang) -> Vec<Choice> {
    let words = [
        ("cn_id", "居民身份证", "Chinese identity card"),
        ("id_doc", "其他证件", "Another document"),
    ];
    words
        .map(|(id, zh, en)| Choice::new(id, Words::new(zh, en).get(lang)))
        .to_vec()
}

fn shown_kind(kind: &Kind) -> Shown {
    match kind {
        Kind::Text => Shown::Text,
        Kind::Note => Shown::Note,
        Kind::Bool => Shown::Bool,
        Kind::Int => Shown::Int,
        Kind::Decimal { .. } | Kind::Quantity { .. } | Kind::Money => Shown::Decimal,
        Kind::Code { .. } | Kind::Entry | Kind::Type => Shown::Code,
        Kind::Date => Shown::Date,
        Kind::Instant => Shown::Instant,
        Kind::Duration => Shown::Duration,
        Kind::Region => Shown::Region,
        Kind::Subject(SubjectKind::Organisation) => Shown::Org,
        Kind::Subject(SubjectKind::Person) => Shown::Person,
        Kind::Subject(_) => Shown::Place,
        Kind::File => Shown::Attachment,
        Kind::Rows(_) => Shown::Rows,
        Kind::Decision { .. } => Shown::Text,
        Kind::Name => Shown::Name,
        Kind::CnId => Shown::CnId,
        Kind::IdDoc => Shown::IdDoc,
        Kind::Phone => Shown::Phone,
        Kind::Plate => Shown::Plate,
        Kind::Address => Shown::Address,
    }
}

/// What may be chosen for a field of this kind.
pub(crate) fn options(drawing: Drawing<'_>, kind: &Kind) -> Vec<Choice> {
    let (snapshot, lang) = (drawing.snapshot, drawing.lang);
    match kind {
        Kind::Code { list } => {
            let values = snapshot
                .model
                .lists
                .get(list)
                .map(|list| list.values.as_slice())
                .unwrap_or_default();
            values
                .iter()
                .map(|value| Choice::new(value.id.clone(), value.title.get(lang)))
                .collect()
        }
        Kind::Type => snapshot
            .model
            .types
            .values()
            .map(|kind| Choice::new(kind.id.clone(), kind.title.get(lang)))
            .collect(),
        // What acts cite are orders: those in force, by number and title.
        Kind::Entry => orders(drawing),
        Kind::Subject(SubjectKind::Organisation) => {
            let orgs = snapshot.orgs.within(&snapshot.regions, drawing.region, drawing.now);
            let name = |org: &&lianfang_kernel::Organisation| Choice::new(org.name.get(lang), org.name.get(lang));
            orgs.iter().take(OFFERED).map(name).collect()
        }
        _ => Vec::new(),
    }
}

fn orders(drawing: Drawing<'_>) -> Vec<Choice> {
    let (snapshot, now) = (drawing.snapshot, drawing.now);
    let text =
        |body: &lianfang_kernel::Datum, id: &str| body.get(id).and_then(|v| v.as_text()).unwrap_or("").to_owned();
    snapshot
        .reference
        .of("order")
        .iter()
        .filter(|order| order.from <= now && now < order.to)
        .map(|order| {
            let since = dates::short_day(drawing.lang, civil(&snapshot.zone, order.from).date());
            let label = format!(
                "{} {} ({since})",
                text(&order.body, "number"),
                text(&order.body, "title")
            );
            Choice::new(order.entry.to_string(), label.trim())
        })
        .collect()
}

/// What was typed, as a body. What cannot be read is sent as typed: the ledger says what is wrong with it.
pub(crate) fn body(snapshot: &Snapshot, fields: &[FieldSchema], form: &Form, above: &str) -> Map<String, Value> {
    let mut body = Map::new();
    for field in fields {
        let name = format!("{above}{}", field.id);
        if let Some(value) = value(snapshot, field, form, &name) {
            body.insert(field.id.clone(), value);
        }
    }
    body
}

fn value(snapshot: &Snapshot, field: &FieldSchema, form: &Form, name: &str) -> Option<Value> {
    if let Kind::Rows(inner) = &field.kind {
        let rows = (0..row_count(form, name)).map(|index| body(snapshot, inner, form, &format!("{name}.{index}.")));
        // A row in which nothing was typed was added and forgotten.
        let rows: Vec<Value> = rows.filter(|row| !row.is_empty()).map(Value::Object).collect();
        return (!rows.is_empty()).then_some(Value::Array(rows));
    }
    if field.many > 1 {
        let one = FieldSchema {
            many: 1,
            ..field.clone()
        };
        let rows = 0..row_count(form, name);
        let values: Vec<Value> = rows
            .filter_map(|index| value(snapshot, &one, form, &format!("{name}.{index}.{EACH}")))
            .collect();
        return (!values.is_empty()).then_some(Value::Array(values));
    }
    single(snapshot, &field.kind, form, name)
}

fn single(snapshot: &Snapshot, kind: &Kind, form: &Form, name: &str) -> Option<Value> {
    let typed = form.given(name);
    match kind {
        Kind::Bool => typed.map(|text| Value::Bool(text == "true")),
        Kind::Money => typed.map(|text| scaled(text, 2).map_or_else(|| text.into(), Value::from)),
        Kind::Duration => {
            let n = form.given(&format!("{name}.n"))?;
            let unit = match form.get(&format!("{name}.unit")) {
                "days" => 86_400_000,
                "hours" => 3_600_000,
                _ => 60_000,
            };
            Some(
                n.parse::<i64>()
                    .ok()
                    .and_then(|n| n.checked_mul(unit))
                    .map_or_else(|| n.into(), Value::from),
            )
        }
        Kind::IdDoc => form.given(&format!("{name}.number")).map(Value::from),
        Kind::Region => picked(form, name, &snapshot.regions)
            .region
            .map(|id| Value::from(id.as_str())),
        Kind::Subject(SubjectKind::Organisation) => typed.map(|text| org(snapshot, text)),
        Kind::Decision { .. } => None,
        _ => typed.map(Value::from),
    }
}

/// An organisation by its name, when only one bears it; an id stays an id.
fn org(snapshot: &Snapshot, typed: &str) -> Value {
    if let Ok(id) = typed.parse::<SubjectId>() {
        return Value::from(id.to_string());
    }
    let mut named = snapshot
        .orgs
        .iter()
        .filter(|org| org.until.is_none() && (org.name.zh == typed || org.name.en == typed));
    match (named.next(), named.next()) {
        (Some(org), None) => Value::from(org.id.to_string()),
        _ => Value::from(typed),
    }
}

/// A stored body as what would have been typed: the form of a correction.
pub(crate) fn typed(
    snapshot: &Snapshot,
    fields: &[FieldSchema],
    body: &Map<String, Value>,
    above: &str,
    form: &mut Form,
) {
    for field in fields {
        let Some(stored) = body.get(&field.id) else { continue };
        let name = format!("{above}{}", field.id);
        match (stored, &field.kind) {
            (Value::Array(rows), Kind::Rows(inner)) => {
                for (index, row) in rows.iter().enumerate() {
                    if let Value::Object(row) = row {
                        typed(snapshot, inner, row, &format!("{name}.{index}."), form);
                    }
                }
            }
            (Value::Array(values), _) => {
                for (index, value) in values.iter().enumerate() {
                    form.set(
                        &format!("{name}.{index}.{EACH}"),
                        typed_one(snapshot, &field.kind, value),
                    );
                }
            }
            (Value::Number(n), Kind::Duration) => {
                form.set(&format!("{name}.n"), (n.as_i64().unwrap_or(0) / 60_000).to_string());
                form.set(&format!("{name}.unit"), "minutes");
            }
            (stored, kind) => form.set(&name, typed_one(snapshot, kind, stored)),
        }
    }
}

fn typed_one(snapshot: &Snapshot, kind: &Kind, stored: &Value) -> String {
    match (kind, stored) {
        (Kind::Decimal { scale } | Kind::Quantity { scale }, Value::Number(n)) => {
            n.as_i64().map_or_else(|| n.to_string(), |n| unscaled(n, *scale))
        }
        (Kind::Money, Value::Number(n)) => n.as_i64().map_or_else(|| n.to_string(), |n| unscaled(n, 2)),
        (Kind::Instant, Value::String(at)) => {
            Instant::parse(at).map_or_else(|_| at.clone(), |at| dates::machine(civil(&snapshot.zone, at)))
        }
        (_, Value::String(text)) => text.clone(),
        (_, other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_row_lets_the_later_ones_move_up() {
        let mut form = Form::parse(b"s.0.a=x&s.1.a=y&s.2.a=z&remove=s.1");
        assert!(is_reshaping(&form));
        reshape(&mut form);
        assert_eq!(
            (form.get("s.0.a"), form.get("s.1.a"), row_count(&form, "s")),
            ("x", "z", 2)
        );
    }

    #[test]
    fn an_added_row_is_counted() {
        let mut form = Form::parse(b"s.0.a=x&add=s");
        reshape(&mut form);
        assert_eq!(row_count(&form, "s"), 2);
    }

    #[test]
    fn paths_of_problems_are_names_of_fields() {
        assert_eq!(name_of("stays[2].region"), "stays.2.region");
    }
}
