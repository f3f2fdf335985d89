//! The page as it is now, or was.

use super::day::{self, Visited};
use super::{ROUTE, STEP, TRIAGE, rooms};
use crate::Answer;
use crate::form::Form;
use crate::seen::Seen;
use crate::visit::Desk;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, Words};
use lianfang_policy::Model;
use lianfang_server::{ApiError, AppState, read, trace};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::paths;
use lianfang_ui::views::clinic::{Clinic, Room, Rooms, Route, Triage, render};
use std::collections::HashMap;

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let org = org(&state, &desk, &query)?;
    let seen = Seen::now(&state)?;
    if desk.visit.as_of.is_none() && seen.is_told(&query) {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let typed = Typed::default();
    draw(&state, &desk, org, &Form::default(), typed, query.given("sent")).await
}

/// The institution: that of the reader, or one that is asked for and lies in sight.
pub(super) fn org(state: &AppState, desk: &Desk, query: &Form) -> Result<SubjectId, ApiError> {
    let snapshot = state.ledger.snapshot();
    desk.staff.must_read(&snapshot.model, TRIAGE)?;
    let none = || {
        ApiError::no_right(Words::new(
            "您的账号没有所属医疗机构",
            "Your account belongs to no health institution",
        ))
    };
    match query.given("org").and_then(|id| id.parse::<SubjectId>().ok()) {
        Some(id) if Some(id) != desk.staff.login.org => {
            let asked = snapshot.orgs.get(id).ok_or_else(none)?;
            desk.staff.must_see_region(&snapshot, &asked.region)?;
            Ok(id)
        }
        _ => desk.staff.login.org.ok_or_else(none),
    }
}

/// What is wrong with what was sent.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// By field of the form.
    pub at: HashMap<String, String>,
    /// With a visit.
    pub visit: Option<(SubjectId, String)>,
    /// With the whole.
    pub whole: Option<String>,
}

impl Typed {
    fn problems(&self) -> Vec<Problem> {
        let fields = self.at.iter().map(|(field, words)| Problem::at(field, words));
        let visit = self.visit.iter().map(|(id, words)| Problem::at(id.to_string(), words));
        let whole = self.whole.iter().map(|words| Problem::at("", words));
        fields.chain(visit).chain(whole).collect()
    }
}

/// What the registers say, as far as the reader sees them.
struct Read {
    visits: Vec<Visited>,
    entered: Option<i64>,
    found: Vec<Room>,
}

async fn load(state: &AppState, desk: &Desk, org: SubjectId) -> Result<Read, ApiError> {
    let (lang, as_of, staff) = (desk.visit.lang, desk.visit.as_of, desk.staff.clone());
    let model = state.ledger.snapshot().model.clone();
    let reads = |register: &str| staff.reads_rows(&model, register);
    let sees_rooms = reads("room_stay") && reads("terminal_disinfection");
    let sees_entrances = reads("entrance_count");
    let loaded = read(state, move |reader| {
        let at = as_of.unwrap_or(reader.now);
        let visits = day::visits(reader, &staff.sight, org, as_of)?;
        let entered = match sees_entrances {
            true => day::entrants(reader, &staff.sight, org, as_of)?,
            false => None,
        };
        let found = match sees_rooms {
            true => rooms::rooms(reader, &staff.sight, (org, at, as_of), lang)?,
            false => Vec::new(),
        };
        Ok(Read { visits, entered, found })
    })
    .await?;
    let subjects: Vec<SubjectId> = loaded.visits.iter().map(|visited| visited.subject).collect();
    trace::list(state, &desk.staff, TRIAGE, &subjects)?;
    Ok(loaded)
}

/// The page, with what was typed and what is wrong with it.
pub(super) async fn draw(
    state: &AppState,
    desk: &Desk,
    org: SubjectId,
    form: &Form,
    typed: Typed,
    sent: Option<&str>,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let model = &snapshot.model;
    let seen = Seen::now(state)?;
    let Read { visits, entered, found } = load(state, desk, org).await?;
    let (at, is_own) = (desk.at(state), desk.staff.login.org == Some(org));
    let writes = |register: &str| is_own && desk.staff.writes(register);
    let undecided = visits.iter().filter(|visited| visited.is_undecided()).map(|visited| {
        let mut line = visited.line(model, lang, at);
        line.problem = typed
            .visit
            .as_ref()
            .filter(|(id, _)| *id == visited.subject)
            .map(|(_, words)| words.clone());
        line
    });
    let number = sent.and_then(|id| visits.iter().find(|visited| visited.subject.to_string() == id));
    let org_id = org.to_string();
    let of_org = |register: &str| format!("{}?subject={org_id}", paths::register_new(register));
    let view = Clinic {
        title: snapshot
            .orgs
            .get(org)
            .map_or_else(String::new, |org| org.name.get(lang).to_owned()),
        seen: seen.token(),
        triage: writes(TRIAGE).then(|| triage(state, model, form, &typed, day::rooms(&visits), lang)),
        sent: number.map(|visited| (visited.number, visited.destination(model, lang))),
        routes: if writes(ROUTE) { routes(model, lang) } else { Vec::new() },
        undecided: undecided.collect(),
        queues: day::queues(&visits, model, lang, at),
        calls: writes(STEP),
        entered,
        triaged: i64::try_from(visits.len()).unwrap_or(i64::MAX),
        count_at: writes("entrance_count").then(|| of_org("entrance_count")),
        rooms: (!found.is_empty()).then(|| Rooms {
            rooms: found,
            stay_at: writes("room_stay").then(|| of_org("room_stay")),
            disinfects: writes("terminal_disinfection"),
        }),
        problems: typed.problems(),
    };
    let status = match view.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let path = match is_own {
        true => paths::CLINIC.to_owned(),
        false => format!("{}?org={org_id}", paths::CLINIC),
    };
    Ok((status, render(&view, &desk.clone().at_path(&path).ctx(state))).into_response())
}

fn routes(model: &Model, lang: Lang) -> Vec<Route> {
    let values = model
        .lists
        .get(ROUTE)
        .map(|list| list.values.as_slice())
        .unwrap_or_default();
    let route = |value: &lianfang_policy::model::CodeValue| Route {
        id: value.id.clone(),
        label: value.title.get(lang).to_owned(),
    };
    values.iter().map(route).collect()
}

fn triage(state: &AppState, model: &Model, form: &Form, typed: &Typed, rooms: Vec<String>, lang: Lang) -> Triage {
    let ticked: Vec<&str> = form.all("symptom").collect();
    let values = model
        .lists
        .get("symptom")
        .map(|list| list.values.as_slice())
        .unwrap_or_default();
    let symptom = |value: &lianfang_policy::model::CodeValue| {
        let choice = Choice::new(value.id.clone(), value.title.get(lang));
        (choice, ticked.contains(&value.id.as_str()))
    };
    Triage {
        // The id of a refused entry may be used again: it stays in the form.
        entry: form
            .given("entry")
            .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned),
        celsius: form.get("celsius").to_owned(),
        celsius_error: typed.at.get("celsius").cloned(),
        exposed: form.get("exposed").to_owned(),
        exposed_error: typed.at.get("exposed").cloned(),
        symptoms: values.iter().map(symptom).collect(),
        to: form.get("to").to_owned(),
        rooms,
        room: form.get("room").to_owned(),
        is_outsider: form.get("outsider") == "true",
    }
}
