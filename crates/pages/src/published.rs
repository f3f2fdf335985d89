//! `/published`: the registers that the city shows to everybody, and what is in force in each: what is open or closed, fever
//! clinics, answers, rumours put right. Read from the registers themselves, so that page and register cannot differ.

use crate::Answer;
use crate::field_text::{comma, order_words, value};
use crate::form::Form;
use crate::region_steps::{full_name, name, offered, picked};
use crate::visit::{Visit, date, shown};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::get;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, FieldSchema, Instant, Kind, Lang, RegionId, SubjectKind, Words};
use lianfang_policy::model::{PublicFields, Register};
use lianfang_policy::reference::SubjectRef;
use lianfang_policy::{Interval, Snapshot, Target};
use lianfang_server::{ApiError, AppState, published_body, read, touching};
use lianfang_ui::part::form::Choice;
use lianfang_ui::paths;
use lianfang_ui::views::published::{Notice, Opened, Published, Shelf, render};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What may be open or closed.
const PREMISES: &str = "premises";
/// Entries on one page.
const PAGE: usize = 50;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::PUBLISHED, get(all))
        .route("/published/{id}", get(one))
}

/// Whether the city shows any register.
pub(crate) fn is_used(snapshot: &Snapshot) -> bool {
    open_to_all(snapshot).next().is_some()
}

fn open_to_all(snapshot: &Snapshot) -> impl Iterator<Item = (&Arc<Register>, &PublicFields)> {
    let registers = snapshot.model.registers.values();
    registers.filter_map(|register| {
        Some((
            register,
            register.public.as_ref().filter(|_| register.schema.reference)?,
        ))
    })
}

async fn all(State(state): State<AppState>, visit: Visit) -> Answer {
    let snapshot = visit.snapshot(&state).await?;
    let at = visit.as_of.unwrap_or_else(|| state.ledger.now());
    let counted = |(register, _): (&Arc<Register>, &PublicFields)| {
        let count = touching(&snapshot, &register.schema.id, &snapshot.city, at).len();
        (shelf(register, visit.lang), u64::try_from(count).unwrap_or(u64::MAX))
    };
    let mut shelves: Vec<(Shelf, u64)> = open_to_all(&snapshot).map(counted).collect();
    // Those with something in them first.
    shelves.sort_by_key(|(_, count)| *count == 0);
    Ok(shown(render(&Published::All(shelves), &visit.public(&state))))
}

fn shelf(register: &Register, lang: Lang) -> Shelf {
    let schema = &register.schema;
    Shelf {
        id: schema.id.clone(),
        title: schema.title.get(lang).to_owned(),
        help: schema.purpose.get(lang).to_owned(),
    }
}

/// What is in force, with what everybody reads of it.
type Row<'s> = (&'s Interval, Map<String, Value>);

/// What somebody asks of a register.
struct Asked {
    at: Instant,
    place: RegionId,
    kind_type: Option<String>,
    words: Vec<String>,
}

async fn one(State(state): State<AppState>, visit: Visit, Path(id): Path<String>, RawQuery(query): RawQuery) -> Answer {
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    let (snapshot, lang) = (visit.snapshot(&state).await?, visit.lang);
    let found = open_to_all(&snapshot).find(|(register, _)| register.schema.id == id);
    let (register, public) = found.ok_or_else(no_such)?;
    let city = &snapshot.city;
    let region = picked(&form, "region", &snapshot.regions).region;
    let region = region.filter(|region| snapshot.regions.within(region, city));
    let (steps, below) = offered(&snapshot.regions, lang, region.as_ref(), Some(city));
    let types = types(&snapshot, register, lang);
    let kind_type = form
        .given("type")
        .filter(|id| types.iter().any(|known| known.value == *id));
    let asked = Asked {
        at: visit.as_of.unwrap_or_else(|| state.ledger.now()),
        place: region.unwrap_or_else(|| city.clone()),
        kind_type: kind_type.map(str::to_owned),
        words: form.get("q").split_whitespace().map(str::to_lowercase).collect(),
    };
    let rows = rows(&snapshot, register, &asked);
    let not_covered = kind_type.filter(|_| rows.is_empty()).map(|id| {
        let kind = types.iter().find(|known| known.value == id);
        let kind = kind.map_or_else(String::new, |kind| kind.label.clone());
        (name(&snapshot.regions, lang, &asked.place), kind)
    });
    let rows: Vec<Row<'_>> = rows
        .into_iter()
        .map(|row| (row, published_body(register, &public.fields, row)))
        .collect();
    let names = names(&state, register, &rows, lang).await?;
    let told = Telling {
        snapshot: &snapshot,
        register,
        public,
        names,
        lang,
    };
    let notices = rows.iter().map(|row| (row.0.entry.to_string(), told.notice(row)));
    let notices: Vec<(String, Notice)> = notices.filter(|(_, notice)| says(notice, &asked.words)).collect();
    let after = form
        .given("after")
        .and_then(|id| notices.iter().position(|(entry, _)| entry == id));
    let begin = after.map_or(0, |at| at + 1);
    let rest = notices.get(begin..).unwrap_or_default();
    let next = rest
        .get(PAGE.min(rest.len()).wrapping_sub(1))
        .filter(|_| rest.len() > PAGE);
    let next = next.map(|(entry, _)| visit.kept(&follows(&id, &form, entry)));
    let view = Opened {
        shelf: shelf(register, lang),
        q: form.get("q").to_owned(),
        steps,
        below,
        types,
        type_asked: asked.kind_type.clone().unwrap_or_default(),
        not_covered,
        notices: rest.iter().take(PAGE).map(|(_, notice)| notice.clone()).collect(),
        next,
    };
    Ok(shown(render(&Published::One(Box::new(view)), &visit.public(&state))))
}

fn no_such() -> ApiError {
    ApiError::not_found(Words::new("没有这样的公开登记册", "No such register is published"))
}

/// The same question from an entry on.
fn follows(id: &str, form: &Form, entry: &str) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for field in ["q", "type", "region", "region.base"] {
        if let Some(value) = form.given(field) {
            kept.append_pair(field, value);
        }
    }
    kept.append_pair("after", entry);
    format!("{}?{}", paths::published(id), kept.finish())
}

/// Kinds of premises, and what else the register's entries name, where they are for kinds.
fn types(snapshot: &Snapshot, register: &Register, lang: Lang) -> Vec<Choice> {
    let Some(field) = register.reach.as_ref().and_then(|reach| reach.types.as_deref()) else {
        return Vec::new();
    };
    let mut named: BTreeSet<&str> = BTreeSet::new();
    for row in snapshot.reference.of(&register.schema.id) {
        match row.body.get(field) {
            Some(Datum::List(ids)) => named.extend(ids.iter().filter_map(Datum::as_text)),
            Some(id) => named.extend(id.as_text()),
            None => {}
        }
    }
    let types = snapshot.model.types.iter();
    let types = types.filter(|(id, _)| named.contains(id.as_str()) || snapshot.model.is_a(id, PREMISES));
    let mut types: Vec<Choice> = types.map(|(id, kind)| Choice::new(id, kind.title.get(lang))).collect();
    types.sort_by_key(|kind| kind.label.to_lowercase());
    types
}

/// What is in force, the newest first.
fn rows<'s>(snapshot: &'s Snapshot, register: &Register, asked: &Asked) -> Vec<&'s Interval> {
    let id = &register.schema.id;
    let mut rows = match &asked.kind_type {
        None => touching(snapshot, id, &asked.place, asked.at),
        Some(kind_type) => {
            let target = Target {
                subject: None,
                region: Some(&asked.place),
                kind_type: Some(kind_type),
            };
            snapshot.in_force(id, target, (asked.at, asked.at))
        }
    };
    rows.sort_by_key(|row| std::cmp::Reverse((row.from, row.entry)));
    rows
}

fn says(notice: &Notice, words: &[String]) -> bool {
    let rest = notice.rest.iter().map(|(_, value)| value.as_str());
    let all = [notice.head.as_str(), &notice.place, &notice.order]
        .into_iter()
        .chain(rest);
    let all: Vec<String> = all.map(str::to_lowercase).collect();
    words.iter().all(|word| all.iter().any(|text| text.contains(word)))
}

/// The names of what entries speak of and name: organisations, places, things; of people never.
async fn names(
    state: &AppState,
    register: &Register,
    rows: &[Row<'_>],
    lang: Lang,
) -> Result<HashMap<SubjectId, String>, ApiError> {
    let mut ids: Vec<SubjectId> = Vec::new();
    for (row, body) in rows {
        if let SubjectRef::Subject(id) = &row.subject {
            ids.push(*id);
        }
        let fields = register.schema.fields.iter().filter(|field| is_thing(field));
        ids.extend(fields.filter_map(|field| body.get(&field.id)).flat_map(ids_in));
    }
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let labels = read(state, move |reader| reader.labels(&ids, lang)).await?;
    let open = labels.into_iter().filter(|(_, label)| !label.is_personal);
    Ok(open.map(|(id, label)| (id, label.name)).collect())
}

fn is_thing(field: &FieldSchema) -> bool {
    matches!(&field.kind, Kind::Subject(kind) if !matches!(kind, SubjectKind::Person | SubjectKind::Household))
}

fn ids_in(stored: &Value) -> Vec<SubjectId> {
    match stored {
        Value::Array(items) => items.iter().flat_map(ids_in).collect(),
        Value::String(id) => id.parse().ok().into_iter().collect(),
        _ => Vec::new(),
    }
}

/// What entries of one register say.
struct Telling<'s> {
    snapshot: &'s Snapshot,
    register: &'s Register,
    public: &'s PublicFields,
    names: HashMap<SubjectId, String>,
    lang: Lang,
}

impl Telling<'_> {
    fn notice(&self, (row, body): &Row<'_>) -> Notice {
        let mut said = self.said(body);
        let own = match &row.subject {
            SubjectRef::Subject(id) => self.names.get(id).cloned().filter(|name| !name.is_empty()),
            SubjectRef::Region(_) => None,
        };
        // What it speaks of comes first, else the first thing it says.
        let head = match own {
            Some(own) => own,
            None if said.is_empty() => self.register.schema.title.get(self.lang).to_owned(),
            None => said.remove(0).1,
        };
        let zone = &self.snapshot.zone;
        Notice {
            head,
            rest: said,
            place: full_name(&self.snapshot.regions, self.lang, &row.region),
            since: date(zone.day_of(row.from)),
            until: (row.to < Instant::MAX).then(|| date(zone.day_of(row.to.plus_ms(-1)))),
            order: self.order(row).unwrap_or_default(),
        }
    }

    /// The fields with their values, but for those that say how long.
    fn said(&self, body: &Map<String, Value>) -> Vec<(String, String)> {
        let of = |field: &String| {
            let field = self.register.schema.fields.iter().find(|known| known.id == *field)?;
            let stored = body.get(&field.id).filter(|stored| !stored.is_null())?;
            let is_span = matches!(field.id.as_str(), "from" | "to");
            let words = match is_thing(field) {
                true => self.named(field, stored),
                false => value(self.snapshot, self.lang, field, stored),
            };
            (!is_span && !words.is_empty()).then(|| (field.title.get(self.lang).to_owned(), words))
        };
        self.public.fields.iter().filter_map(of).collect()
    }

    fn named(&self, field: &FieldSchema, stored: &Value) -> String {
        let known = ids_in(stored).into_iter().filter_map(|id| self.names.get(&id).cloned());
        let known: Vec<String> = known.collect();
        match known.is_empty() {
            true => value(self.snapshot, self.lang, field, stored),
            false => known.join(comma(self.lang)),
        }
    }

    fn order(&self, row: &Interval) -> Option<String> {
        let cites = self.register.schema.cites.as_deref()?;
        let id = row.body.get(cites).and_then(Datum::as_text)?.parse().ok()?;
        order_words(self.snapshot, id)
    }
}
