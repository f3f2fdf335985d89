//! The board of a day.

use super::{CARE, DISPATCH, PASSED_UP, REQUEST, RESOURCE};
use crate::Answer;
use crate::field_text::code_words;
use crate::form::Form;
use crate::read_all::{Found, entries, stands, text};
use crate::region_steps;
use crate::visit::{Desk, civil, clock, date, moment};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, Lang};
use lianfang_ledger::read::{EntryItem, TaskFilter, TaskItem};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::part::form::Problem;
use lianfang_ui::text::text_with;
use lianfang_ui::views::dispatch::{Booking, Dispatch, Request, Resource, render};
use lianfang_ui::{dates, paths};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A dispatch is proposed for so long.
const USUAL_MS: i64 = 3_600_000;
/// Times are proposed on the full five minutes.
const ROUND_MS: i64 = 300_000;
const MINUTE_MS: i64 = 60_000;

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    draw(&state, &desk, &query, None).await
}

/// What was sent and refused.
pub(super) struct Refused {
    pub request: SubjectId,
    pub form: Form,
    pub words: String,
}

/// A span for which a resource is taken.
pub(super) struct Taken {
    pub resource: SubjectId,
    pub serves: SubjectId,
    pub from: Instant,
    pub to: Instant,
    entry: String,
}

/// The dispatches that hold.
pub(super) fn taken(snapshot: &Snapshot, found: &Found) -> Vec<Taken> {
    let at = |item: &EntryItem, field: &str| moment(&snapshot.zone, text(item, field));
    let mut taken: Vec<Taken> = found
        .items
        .iter()
        .filter(|item| stands(item))
        .filter_map(|item| {
            Some(Taken {
                resource: item.subject,
                serves: text(item, "serves").parse().ok()?,
                from: at(item, "from").unwrap_or(item.at),
                to: at(item, "to")?,
                entry: item.id.to_string(),
            })
        })
        .collect();
    taken.sort_by_key(|one| one.from);
    taken
}

/// The page, with what was refused at its request.
pub(super) async fn draw(state: &AppState, desk: &Desk, query: &Form, refused: Option<Refused>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    for register in [DISPATCH, RESOURCE, REQUEST] {
        desk.staff.must_read(&snapshot.model, register)?;
    }
    let at = desk.at(state);
    let today = snapshot.zone.day_of(at);
    let day = query.given("day").and_then(|day| Day::parse(day).ok()).unwrap_or(today);
    let requests = entries(state, desk, REQUEST).await?;
    let taken = taken(&snapshot, &entries(state, desk, DISPATCH).await?);
    let found = entries(state, desk, RESOURCE).await?;
    let board = Board {
        snapshot: &snapshot,
        lang,
        at,
        taken: &taken,
        requests: &requests,
        found: &found,
    };
    let resources = board.resources(day);
    let mut open = board.open(
        state,
        &open_tasks(state, desk).await?,
        &passed_up(state, desk).await?,
        &resources,
    );
    for (request, refused) in open.iter_mut().filter_map(|one| Some((one, refused.as_ref()?))) {
        if request.id == refused.request.to_string() {
            let said = |name: &str| refused.form.get(name).to_owned();
            request.chosen = (said("resource"), said("from"), said("to"));
            request.new = said("entry");
            request.problem = Some(refused.words.clone());
        }
    }
    let of_day = |day: Day| desk.visit.kept(&format!("{}?day={}", paths::DISPATCH, date(day)));
    let sent = query
        .given("sent")
        .and_then(|id| resources.iter().find(|one| one.id == id));
    let view = Dispatch {
        day: date(day),
        beside: (of_day(day.plus(-1)), of_day(day.plus(1))),
        now: (day == today).then(|| (at.0 - snapshot.zone.start_of(day).0) / MINUTE_MS),
        told: sent.map(|one| text_with(lang, "dispatch-sent", &[("name", one.name.as_str().into())])),
        resources,
        requests: open,
        assigns: desk.staff.writes(DISPATCH),
        problems: refused
            .iter()
            .map(|refused| Problem::at(refused.request.to_string(), &refused.words))
            .collect(),
    };
    let status = match refused.is_some() {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let path = match day == today {
        true => paths::DISPATCH.to_owned(),
        false => format!("{}?day={}", paths::DISPATCH, date(day)),
    };
    let desk = desk.clone().at_path(&path);
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

/// What is still asked of a request: to respond, to answer.
type OpenTasks = BTreeMap<SubjectId, HashMap<String, TaskItem>>;

async fn open_tasks(state: &AppState, desk: &Desk) -> Result<OpenTasks, ApiError> {
    let filter = TaskFilter {
        protocol: Some(CARE.to_owned()),
        kind: Some("task".to_owned()),
        state: Some("due".to_owned()),
        own: desk.staff.login.org,
        ..TaskFilter::default()
    };
    let mut open = OpenTasks::new();
    for item in crate::read_all::tasks(state, desk, filter).await? {
        open.entry(item.subject).or_default().insert(item.task.clone(), item);
    }
    // Responded to late or never, a request that was answered is done.
    open.retain(|_, tasks| tasks.contains_key("settle"));
    Ok(open)
}

async fn passed_up(state: &AppState, desk: &Desk) -> Result<HashSet<SubjectId>, ApiError> {
    let found = entries(state, desk, PASSED_UP).await?;
    Ok(found
        .items
        .iter()
        .filter(|item| stands(item))
        .map(|item| item.subject)
        .collect())
}

/// What the board is drawn from.
struct Board<'a> {
    snapshot: &'a Snapshot,
    lang: Lang,
    at: Instant,
    taken: &'a [Taken],
    requests: &'a Found,
    found: &'a Found,
}

impl Board<'_> {
    fn request_name(&self, id: SubjectId) -> String {
        self.requests.labels.get(&id).cloned().unwrap_or_default()
    }

    fn resources(&self, day: Day) -> Vec<Resource> {
        let mut latest: HashMap<SubjectId, &EntryItem> = HashMap::new();
        for item in self.found.items.iter().filter(|item| stands(item)) {
            latest.entry(item.subject).or_insert(item);
        }
        let mut resources: Vec<Resource> = latest.into_values().map(|item| self.resource(item, day)).collect();
        resources.sort_by(|a, b| (a.name.len(), &a.name, &a.id).cmp(&(b.name.len(), &b.name, &b.id)));
        resources
    }

    fn resource(&self, item: &EntryItem, day: Day) -> Resource {
        let zone = &self.snapshot.zone;
        let (start, end) = (zone.start_of(day), zone.start_of(day.plus(1)));
        let own = || self.taken.iter().filter(|one| one.resource == item.subject);
        let booking = |one: &Taken| Booking {
            entry: one.entry.clone(),
            from: civil(zone, one.from),
            to: civil(zone, one.to),
            span: (
                (one.from.0.max(start.0) - start.0) / MINUTE_MS,
                (one.to.0.min(end.0) - start.0) / MINUTE_MS,
            ),
            request: self.request_name(one.serves),
        };
        let keeper = text(item, "keeper")
            .parse()
            .ok()
            .and_then(|id| self.snapshot.orgs.get(id));
        Resource {
            id: item.subject.to_string(),
            name: self.found.labels.get(&item.subject).cloned().unwrap_or_default(),
            seats: item.body.get("seats").and_then(Value::as_i64),
            keeper: keeper.map(|org| org.name.get(self.lang).to_owned()).unwrap_or_default(),
            bookings: own()
                .filter(|one| one.from < end && start < one.to)
                .map(booking)
                .collect(),
            taken_until: own()
                .find(|one| one.from <= self.at && self.at < one.to)
                .map(|one| civil(zone, one.to)),
        }
    }

    fn open(
        &self,
        state: &AppState,
        tasks: &OpenTasks,
        passed_up: &HashSet<SubjectId>,
        resources: &[Resource],
    ) -> Vec<Request> {
        let mut open: Vec<&EntryItem> = self
            .requests
            .items
            .iter()
            .filter(|item| stands(item) && tasks.contains_key(&item.subject) && !passed_up.contains(&item.subject))
            .collect();
        open.sort_by_key(|item| (item.at, item.id));
        let mut seen = HashSet::new();
        open.retain(|item| seen.insert(item.subject));
        let from = Instant((self.at.0 + ROUND_MS - 1).div_euclid(ROUND_MS) * ROUND_MS);
        let free = resources.iter().find(|one| one.taken_until.is_none());
        let machine = |at: Instant| dates::machine(civil(&self.snapshot.zone, at));
        let request = |item: &EntryItem| {
            let of = tasks.get(&item.subject);
            let task = |name: &str| of.and_then(|tasks| tasks.get(name));
            let due = task("respond").or_else(|| task("settle"));
            Request {
                id: item.subject.to_string(),
                entry: item.id.to_string(),
                label: self.request_name(item.subject),
                kind: code_words(self.snapshot, self.lang, "request_kind", text(item, "kind")),
                area: region_steps::name(&self.snapshot.regions, self.lang, &item.region),
                waited: (self.at.0 - item.at.0).max(0) / MINUTE_MS,
                clock: due.map(|task| clock(&self.snapshot.zone, task.due_at, self.at)),
                is_taken: task("respond").is_none(),
                sent: self.sent(item.subject),
                chosen: (
                    free.map(|one| one.id.clone()).unwrap_or_default(),
                    machine(from),
                    machine(from.plus_ms(USUAL_MS)),
                ),
                new: state.ledger.new_id().to_string(),
                problem: None,
            }
        };
        open.into_iter().map(request).collect()
    }

    fn sent(&self, request: SubjectId) -> Vec<String> {
        let near = |at: Instant| {
            dates::near(
                self.lang,
                civil(&self.snapshot.zone, at),
                civil(&self.snapshot.zone, self.at).date(),
            )
        };
        let words = |one: &Taken| {
            let name = self.found.labels.get(&one.resource).cloned().unwrap_or_default();
            let args = [
                ("name", name.into()),
                ("from", near(one.from).into()),
                ("to", near(one.to).into()),
            ];
            text_with(self.lang, "dispatch-sent-line", &args)
        };
        let own = self.taken.iter().filter(|one| one.serves == request);
        own.map(words).collect()
    }
}
