//! What an address asks of a list: which entries, in a sentence, and which columns.

use crate::field_text;
use crate::form::Form;
use crate::region_steps;
use crate::thing_names::{Names, named};
use lianfang_kernel::{Day, FieldSchema, Instant, Kind, Lang, RegionId, RegisterSchema};
use lianfang_ledger::read::{EntryFilter, EntryItem};
use lianfang_policy::Snapshot;
use lianfang_ui::part::field::{FieldView, Kind as Shown};
use lianfang_ui::part::form::Choice;
use lianfang_ui::paths;
use lianfang_ui::text::{text, text_with};
use lianfang_ui::views::register_list::{Column, Filter};

/// Rows of a page.
pub(super) const ROWS: usize = 50;
/// Columns unless others are chosen, beside time, subject and state.
const COLUMNS: usize = 6;
/// Columns that can be chosen at most.
const MOST_COLUMNS: usize = 24;
/// Fields with a choice of their own to filter by.
const CHOICES: usize = 4;
/// What stands before the name of a field in an address.
const IS: &str = "is.";

/// Something that every entry has, beside the register's own fields.
const BESIDE: [(&str, &str); 3] = [
    ("_region", "region"),
    ("_org", "list-org"),
    ("_received", "list-received"),
];

/// A column: a field, or something that every entry has.
#[derive(Clone, Debug)]
pub(super) enum Shows {
    Field(Box<FieldSchema>),
    Beside(&'static str, &'static str),
}

impl Shows {
    pub fn id(&self) -> &str {
        match self {
            Shows::Field(field) => &field.id,
            Shows::Beside(id, _) => id,
        }
    }

    pub fn column(&self, lang: Lang) -> Column {
        match self {
            Shows::Field(field) => Column {
                label: field.title.get(lang).to_owned(),
                is_number: matches!(
                    field.kind,
                    Kind::Int | Kind::Decimal { .. } | Kind::Quantity { .. } | Kind::Money
                ),
            },
            Shows::Beside(_, key) => Column {
                label: text(lang, key),
                is_number: false,
            },
        }
    }

    /// What an entry says in this column; nothing where it has no value.
    pub fn cell(&self, snapshot: &Snapshot, lang: Lang, (item, names): (&EntryItem, &Names)) -> String {
        match self {
            Shows::Field(field) => named(names, field, item)
                .or_else(|| field_text::cell(snapshot, lang, field, item))
                .unwrap_or_default(),
            Shows::Beside("_region", _) => region_steps::name(&snapshot.regions, lang, &item.region),
            Shows::Beside("_org", _) => field_text::by(snapshot, lang, item.org),
            Shows::Beside(..) => {
                let at = crate::visit::civil(&snapshot.zone, item.received_at);
                lianfang_ui::dates::moment(lang, at)
            }
        }
    }
}

/// Everything that can be a column.
pub(super) fn offered(schema: &RegisterSchema) -> Vec<Shows> {
    let fields = schema.fields.iter().filter(|field| !field.is_sealed());
    let beside = BESIDE.iter().map(|(id, key)| Shows::Beside(id, key));
    fields
        .cloned()
        .map(|field| Shows::Field(Box::new(field)))
        .chain(beside)
        .collect()
}

/// The columns that are shown: those chosen, in the order of the register, else the first that say something short.
pub(super) fn columns(schema: &RegisterSchema, chosen: Option<&[String]>) -> Vec<Shows> {
    let all = offered(schema);
    let short = |shows: &Shows| matches!(shows, Shows::Field(field) if !matches!(field.kind, Kind::Note));
    let wanted = chosen.map(|chosen| {
        all.iter()
            .filter(|shows| chosen.iter().any(|id| id == shows.id()))
            .cloned()
    });
    let wanted: Vec<Shows> = wanted.map_or_else(Vec::new, |wanted| wanted.take(MOST_COLUMNS).collect());
    match wanted.is_empty() {
        true => all.into_iter().filter(short).take(COLUMNS).collect(),
        false => wanted,
    }
}

/// Fields that a list can be narrowed by: those that lists search by, then other codes.
fn narrowing(schema: &RegisterSchema) -> Vec<&FieldSchema> {
    let is_choice = |field: &&FieldSchema| {
        matches!(field.kind, Kind::Code { .. } | Kind::Bool) && field.many <= 1 && !field.is_sealed()
    };
    let mut fields: Vec<&FieldSchema> = schema.fields.iter().filter(is_choice).collect();
    fields.sort_by_key(|field| !field.index);
    fields.truncate(CHOICES);
    fields
}

/// The field of what a register posts: the way from a balance to its rows.
fn posted_item<'s>(snapshot: &Snapshot, schema: &'s RegisterSchema) -> Option<&'s FieldSchema> {
    let posting = snapshot.model.registers.get(&schema.id)?.posting.as_ref()?;
    schema.field(posting.item.as_deref()?)
}

/// Which entries the address asks for; `until` includes its whole day.
pub(super) fn filter(
    query: &Form,
    schema: &RegisterSchema,
    snapshot: &Snapshot,
    as_of: Option<Instant>,
) -> EntryFilter {
    let day = |name: &str| query.given(name).and_then(|text| Day::parse(text).ok());
    let value = |field: &&FieldSchema| Some((field.id.clone(), query.given(&format!("{IS}{}", field.id))?.to_owned()));
    EntryFilter {
        register: Some(schema.id.clone()),
        subject: query.given("subject").and_then(|id| id.parse().ok()),
        region: query
            .given("region")
            .map(RegionId::new)
            .filter(|id| snapshot.regions.contains(id)),
        from: day("from").map(|day| snapshot.zone.start_of(day)),
        to: day("until").map(|day| snapshot.zone.start_of(day.plus(1))),
        as_of,
        flagged: query.get("flagged") == "true",
        fields: narrowing(schema)
            .iter()
            .chain(&posted_item(snapshot, schema))
            .filter_map(value)
            .collect(),
        cursor: query.given("cursor").map(str::to_owned),
        limit: ROWS,
    }
}

/// What can be asked, with what is asked now.
pub(super) fn asks(
    query: &Form,
    schema: &RegisterSchema,
    snapshot: &Snapshot,
    own: &RegionId,
    lang: Lang,
) -> Vec<FieldView> {
    let day = |id: &str, key: &str| FieldView::new(id, Shown::Date, text(lang, key)).value(query.get(id));
    let mut asks = vec![day("from", "declare-stay-from"), day("until", "declare-stay-until")];
    let below = snapshot.regions.children(own);
    if !below.is_empty() {
        let all = Choice::new("", text(lang, "list-all"));
        let below = below
            .iter()
            .map(|id| Choice::new(id.as_str(), region_steps::name(&snapshot.regions, lang, id)));
        asks.push(
            FieldView::new("region", Shown::Code, text(lang, "region"))
                .value(query.get("region"))
                .options(std::iter::once(all).chain(below).collect()),
        );
    }
    for field in narrowing(schema) {
        let id = format!("{IS}{}", field.id);
        let ask = FieldView::new(id.clone(), Shown::Code, field.title.get(lang)).value(query.get(&id));
        asks.push(ask.options(choices(snapshot, field, lang)));
    }
    asks
}

fn choices(snapshot: &Snapshot, field: &FieldSchema, lang: Lang) -> Vec<Choice> {
    let all = Choice::new("", text(lang, "list-all"));
    let values: Vec<Choice> = match &field.kind {
        Kind::Code { list } => snapshot.model.lists.get(list).map_or_else(Vec::new, |list| {
            let value = |value: &lianfang_policy::model::CodeValue| Choice::new(&*value.id, value.title.get(lang));
            list.values.iter().map(value).collect()
        }),
        _ => vec![
            Choice::new("true", text(lang, "yes")),
            Choice::new("false", text(lang, "no")),
        ],
    };
    std::iter::once(all).chain(values).collect()
}

/// What is asked for, part by part, in words: the name of the parameter and its words.
fn parts(query: &Form, schema: &RegisterSchema, snapshot: &Snapshot, lang: Lang) -> Vec<(String, String)> {
    let mut parts = Vec::new();
    for (name, key) in [
        ("from", "declare-stay-from"),
        ("until", "declare-stay-until"),
        ("subject", "subject"),
        ("flagged", "entry-flagged"),
    ] {
        if let Some(value) = query.given(name) {
            let shown = if matches!(name, "from" | "until") { value } else { "" };
            parts.push((
                name.to_owned(),
                format!("{} {shown}", text(lang, key)).trim().to_owned(),
            ));
        }
    }
    if let Some(region) = query.given("region") {
        let name = region_steps::name(&snapshot.regions, lang, &RegionId::new(region));
        parts.push(("region".to_owned(), format!("{} {name}", text(lang, "region"))));
    }
    if let Some(item) = posted_item(snapshot, schema) {
        let name = format!("{IS}{}", item.id);
        if query.given(&name).is_some() {
            parts.push((
                name,
                text_with(lang, "list-one-of", &[("what", item.title.get(lang).into())]),
            ));
        }
    }
    for field in narrowing(schema) {
        let name = format!("{IS}{}", field.id);
        if let Some(value) = query.given(&name) {
            let stored = match (&field.kind, value) {
                (Kind::Bool, value) => serde_json::Value::Bool(value == "true"),
                (_, value) => value.into(),
            };
            let words = field_text::value(snapshot, lang, field, &stored);
            parts.push((name, format!("{} {words}", field.title.get(lang))));
        }
    }
    parts
}

/// What is asked for, as parts that can be taken away.
pub(super) fn filters(query: &Form, schema: &RegisterSchema, snapshot: &Snapshot, lang: Lang) -> Vec<Filter> {
    let part = |(name, words): (String, String)| Filter {
        words,
        without: address(query, &schema.id, &[&name, "cursor"], None),
    };
    parts(query, schema, snapshot, lang).into_iter().map(part).collect()
}

/// A saved list as a sentence.
pub(super) fn sentence(query: &Form, schema: &RegisterSchema, snapshot: &Snapshot, lang: Lang) -> String {
    let words: Vec<String> = parts(query, schema, snapshot, lang)
        .into_iter()
        .map(|(_, words)| words)
        .collect();
    words.join(" · ")
}

/// The parameters of a list that tell which entries, in one order.
pub(super) fn encoded(query: &Form, without: &[&str], with: Option<(&str, &str)>) -> String {
    let mut names: Vec<&str> = query
        .names()
        .filter(|name| {
            matches!(
                *name,
                "from" | "until" | "region" | "subject" | "flagged" | "cursor" | "as_of"
            ) || name.starts_with(IS)
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in names {
        if let Some(value) = query.given(name).filter(|_| !without.contains(&name)) {
            kept.append_pair(name, value);
        }
    }
    if let Some((name, value)) = with {
        kept.append_pair(name, value);
    }
    kept.finish()
}

/// The address of this list without some parameters and with one more.
pub(super) fn address(query: &Form, id: &str, without: &[&str], with: Option<(&str, &str)>) -> String {
    let kept = encoded(query, without, with);
    match kept.is_empty() {
        true => paths::register(id),
        false => format!("{}?{kept}", paths::register(id)),
    }
}
