//! The timeline as it is now, or read at a moment of the past.

use super::{DECISION, EVENT};
use crate::Answer;
use crate::field_text::{code_words, order_words};
use crate::form::Form;
use crate::read_all::{Found, entries, stands, text};
use crate::region_steps;
use crate::visit::{Desk, civil};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::civil::{Date, DateTime};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::read::EntryItem;
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::part::form::Choice;
use lianfang_ui::paths;
use lianfang_ui::views::operations::{Change, Event, Narrowing, Operations, Writing, render};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Lines of one page, as far as a day allows.
const LINES: usize = 200;

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    draw(&state, &desk, &query, None).await
}

/// The page, with the form as it was sent and what is wrong with it.
pub(super) async fn draw(state: &AppState, desk: &Desk, query: &Form, refused: Option<Writing>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    desk.staff.must_read(&snapshot.model, EVENT)?;
    let found = entries(state, desk, EVENT).await?;
    let decisions = decisions(state, desk).await?;
    let is_refused = refused.is_some();
    let writing = match refused {
        Some(writing) => Some(writing),
        None if desk.staff.writes(EVENT) => Some(super::write::blank(state, desk, &decisions)?),
        None => None,
    };
    let asked = Asked::of(query);
    let (days, earlier) = days(&snapshot, &found, &decisions, &asked, lang);
    let view = Operations {
        days,
        narrowing: narrowing(&snapshot, &found, &asked, lang),
        earlier: earlier.map(|until| desk.visit.kept(&asked.before(until))),
        writing,
        is_written: query.has("written"),
    };
    let status = match is_refused {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let desk = desk.clone().at_path(&asked.path());
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

/// Words of decisions by their entry.
pub(super) type Decisions = HashMap<EntryId, String>;

/// The decisions that a line may belong to, for who reads them.
pub(super) async fn decisions(state: &AppState, desk: &Desk) -> Result<Decisions, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    if !model.registers.contains_key(DECISION) || !desk.staff.reads_rows(&model, DECISION) {
        return Ok(Decisions::new());
    }
    let found = entries(state, desk, DECISION).await?;
    Ok(found
        .items
        .iter()
        .map(|item| (item.id, text(item, "what").to_owned()))
        .collect())
}

/// What is asked to be shown.
struct Asked {
    source: String,
    kind: String,
    area: String,
    until: Option<Date>,
}

impl Asked {
    fn of(query: &Form) -> Asked {
        Asked {
            source: query.get("source").to_owned(),
            kind: query.get("kind").to_owned(),
            area: query.get("area").to_owned(),
            until: query.get("until").parse().ok(),
        }
    }

    fn takes(&self, item: &EntryItem) -> bool {
        let is = |asked: &str, said: &str| asked.is_empty() || asked == said;
        is(&self.source, text(item, "origin"))
            && is(&self.kind, text(item, "kind"))
            && is(&self.area, item.region.as_str())
    }

    fn address(&self, until: Option<Date>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("source", &self.source), ("kind", &self.kind), ("area", &self.area)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if let Some(until) = until {
            query.append_pair("until", &until.to_string());
        }
        match query.finish() {
            query if query.is_empty() => paths::OPERATIONS.to_owned(),
            query => format!("{}?{query}", paths::OPERATIONS),
        }
    }

    fn path(&self) -> String {
        self.address(self.until)
    }

    fn before(&self, until: Date) -> String {
        self.address(Some(until))
    }
}

type Days = Vec<(Date, Vec<Event>)>;

/// The days that were asked for, newest first, and the last day of those that did not fit.
fn days(snapshot: &Snapshot, found: &Found, decisions: &Decisions, asked: &Asked, lang: Lang) -> (Days, Option<Date>) {
    let by_id: HashMap<EntryId, &EntryItem> = found.items.iter().map(|item| (item.id, item)).collect();
    let corrections: HashMap<EntryId, &EntryItem> = found
        .items
        .iter()
        .filter_map(|item| Some((item.replaces?, item)))
        .collect();
    let mut days: BTreeMap<Date, Vec<(DateTime, Event)>> = BTreeMap::new();
    for item in found.items.iter().filter(|item| asked.takes(item)) {
        let corrected = item.replaces.and_then(|id| by_id.get(&id));
        let change = match (corrected, corrections.get(&item.id)) {
            // A correction that was corrected itself is said to be so: what stands is the last one.
            (_, Some(later)) => Change::Corrected(civil(&snapshot.zone, later.recorded_at)),
            (Some(first), None) => Change::Corrects(
                first.id.to_string(),
                civil(&snapshot.zone, first.at),
                item.reason.clone().unwrap_or_default(),
            ),
            (None, None) => Change::None,
        };
        let at = civil(
            &snapshot.zone,
            if corrected.is_some() { item.recorded_at } else { item.at },
        );
        let event = Event {
            id: item.id.to_string(),
            at,
            kind: code_words(snapshot, lang, "log_kind", text(item, "kind")),
            text: text(item, "text").to_owned(),
            source: text(item, "origin").to_owned(),
            area: region_steps::name(&snapshot.regions, lang, &item.region),
            decision: linked(item, "decision", |id| decisions.get(&id).cloned(), lang),
            order: linked(item, "order", |id| order_words(snapshot, id), lang),
            change,
        };
        days.entry(at.date()).or_default().push((at, event));
    }
    let mut shown = Days::new();
    let mut lines = 0;
    for (day, mut events) in days
        .into_iter()
        .rev()
        .filter(|(day, _)| asked.until.is_none_or(|until| *day <= until))
    {
        if lines >= LINES {
            return (shown, Some(day));
        }
        lines += events.len();
        events.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        shown.push((day, events.into_iter().map(|(_, event)| event).collect()));
    }
    (shown, None)
}

/// What a line belongs to: the entry, and its words where the reader may know them.
fn linked(
    item: &EntryItem,
    field: &str,
    words: impl Fn(EntryId) -> Option<String>,
    lang: Lang,
) -> Option<(String, String)> {
    let id: EntryId = text(item, field).parse().ok()?;
    let unnamed = || Words::new("查看", "open").get(lang).to_owned();
    Some((
        id.to_string(),
        words(id).filter(|words| !words.is_empty()).unwrap_or_else(unnamed),
    ))
}

fn narrowing(snapshot: &Snapshot, found: &Found, asked: &Asked, lang: Lang) -> Vec<Narrowing> {
    let standing = || found.items.iter().filter(|item| stands(item));
    let sources: BTreeSet<&str> = standing()
        .map(|item| text(item, "origin"))
        .filter(|text| !text.is_empty())
        .collect();
    let areas: BTreeSet<&lianfang_kernel::RegionId> = standing().map(|item| &item.region).collect();
    let kinds = snapshot.model.lists.get("log_kind").map(|list| list.values.as_slice());
    let one = |name: &'static str, options: Vec<Choice>, chosen: &str| Narrowing {
        name,
        options,
        chosen: chosen.to_owned(),
    };
    let source = sources.into_iter().map(|source| Choice::new(source, source)).collect();
    let kind = kinds
        .unwrap_or_default()
        .iter()
        .map(|kind| Choice::new(kind.id.clone(), kind.title.get(lang)));
    let area = areas
        .into_iter()
        .map(|area| Choice::new(area.as_str(), region_steps::name(&snapshot.regions, lang, area)));
    vec![
        one("source", source, &asked.source),
        one("kind", kind.collect(), &asked.kind),
        one("area", area.collect(), &asked.area),
    ]
}
