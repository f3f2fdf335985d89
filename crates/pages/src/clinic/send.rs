//! What is sent: a triage with its destination, a destination alone, a step of a visit.

use super::show::{Typed, draw, org};
use super::{ROUTE, STEP, TRIAGE, celsius};
use crate::Answer;
use crate::act::{about, body, told};
use crate::field_form::name_of;
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_ledger::wire::{Described, EntryAnswer, NewEntry, SubjectIn};
use lianfang_server::{ApiError, AppState, append_one};
use lianfang_ui::paths;
use serde_json::Value;
use uuid::Uuid;

/// Where nobody is sent who must not: the guard of the register says so, and the fever clinic is next.
const USUAL: &str = "general";
const ELSE: &str = "fever_clinic";

/// A visit and, if nothing forbids it, where it goes. The visit stands whatever becomes of the destination.
pub(super) async fn triage(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(TRIAGE)?;
    let org = org(&state, &desk, &Form::default())?;
    let id: Uuid = form
        .given("entry")
        .and_then(|id| id.parse().ok())
        .unwrap_or_else(|| state.ledger.new_id());
    let answer = append_one(&state, desk.staff.author.clone(), visit(&state, &desk, id, &form)).await?;
    let Some(subject) = answer.subject.filter(|_| answer.status.is_in()) else {
        let typed = wrong(&desk, &answer);
        return draw(&state, &desk, org, &form, typed, None).await;
    };
    if desk.staff.writes(ROUTE) {
        let refused = send_on(&state, &desk, subject, &form).await?;
        if let Some(words) = refused {
            let typed = Typed {
                visit: Some((subject, words)),
                ..Typed::default()
            };
            return draw(&state, &desk, org, &Form::default(), typed, None).await;
        }
    }
    Ok(Redirect::to(&format!("{}?sent={subject}", paths::CLINIC)).into_response())
}

/// The destination that was chosen, or the first that no guard refuses; why, if it was refused.
async fn send_on(state: &AppState, desk: &Desk, subject: SubjectId, form: &Form) -> Result<Option<String>, ApiError> {
    let to = form.given("to").unwrap_or(USUAL);
    let answer = append_one(state, desk.staff.author.clone(), routed(subject, to, form.get("room"))).await?;
    if answer.status.is_in() {
        return Ok(None);
    }
    if form.given("to").is_some() {
        return Ok(Some(told(desk, &answer)));
    }
    let answer = append_one(
        state,
        desk.staff.author.clone(),
        routed(subject, ELSE, form.get("room")),
    )
    .await?;
    Ok((!answer.status.is_in()).then(|| told(desk, &answer)))
}

/// A destination for a visit that has none yet, or another one.
pub(super) async fn route(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(ROUTE)?;
    act(&state, &desk, &form, |subject| {
        routed(subject, form.get("to"), form.get("room"))
    })
    .await
}

/// Called, seen, moved, left.
pub(super) async fn step(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(STEP)?;
    let id = state.ledger.new_id();
    act(&state, &desk, &form, |subject| {
        let said = [("step", form.get("step")), ("room", form.get("room"))];
        about(
            subject,
            NewEntry {
                body: body(&said),
                ..NewEntry::new(id, STEP)
            },
        )
    })
    .await
}

async fn act(state: &AppState, desk: &Desk, form: &Form, entry: impl FnOnce(SubjectId) -> NewEntry) -> Answer {
    let org = org(state, desk, &Form::default())?;
    let subject: SubjectId = form.get("visit").parse().map_err(|_| {
        let what = Words::new("没有这个人次", "There is no such visit");
        ApiError::bad_field("visit", what, Words::new("请回到候诊页", "Go back to the list"))
    })?;
    let answer = append_one(state, desk.staff.author.clone(), entry(subject)).await?;
    if answer.status.is_in() {
        return Ok(Redirect::to(paths::CLINIC).into_response());
    }
    let words = told(desk, &answer);
    let typed = match form.has("step") {
        true => Typed {
            whole: Some(words),
            ..Typed::default()
        },
        false => Typed {
            visit: Some((subject, words)),
            ..Typed::default()
        },
    };
    draw(state, desk, org, &Form::default(), typed, None).await
}

/// What is wrong with a triage, by field.
fn wrong(desk: &Desk, answer: &EntryAnswer) -> Typed {
    let mut typed = Typed::default();
    for problem in &answer.problems {
        let name = problem.field.as_deref().map(name_of).unwrap_or_default();
        let words = problem.told(desk.visit.lang);
        if matches!(name.as_str(), "celsius" | "exposed") {
            typed.at.insert(name, words);
        } else {
            typed.whole = Some(words);
        }
    }
    typed
}

/// A visit is a file of its own, known by the entry that opened it.
fn visit(state: &AppState, desk: &Desk, id: Uuid, form: &Form) -> NewEntry {
    let said = [
        ("celsius", celsius::as_typed(form.get("celsius"))),
        ("visitor", form.get("visitor").to_owned()),
        ("phone", form.get("phone").to_owned()),
    ];
    let mut body = body(&said);
    if let Some(exposed) = form.given("exposed") {
        body.insert("exposed".to_owned(), Value::Bool(exposed == "true"));
    }
    if form.get("outsider") == "true" {
        body.insert("outsider".to_owned(), Value::Bool(true));
    }
    let symptoms: Vec<Value> = form
        .all("symptom")
        .filter(|id| !id.is_empty())
        .map(Value::from)
        .collect();
    if !symptoms.is_empty() {
        body.insert("symptoms".to_owned(), Value::Array(symptoms));
    }
    let zone = &state.ledger.snapshot().zone;
    let (year, month, day, hour, minute) = zone.civil(state.ledger.now());
    let described = Described {
        kind_type: "visit".to_owned(),
        identifiers: [("code".to_owned(), id.to_string())].into(),
        name: Some(format!("{year}-{month:02}-{day:02} {hour:02}:{minute:02}")),
        unit: None,
    };
    NewEntry {
        subject: Some(SubjectIn::Described(described)),
        region: Some(desk.staff.region.clone()),
        body,
        ..NewEntry::new(id, TRIAGE)
    }
}

/// Sent again, it is one: the destination of a visit is known by both.
fn routed(subject: SubjectId, to: &str, room: &str) -> NewEntry {
    let id = derived(&format!("triage_route\u{1f}{subject}\u{1f}{to}\u{1f}{room}"));
    let said = [("to", to), ("room", room)];
    about(
        subject,
        NewEntry {
            body: body(&said),
            ..NewEntry::new(id, ROUTE)
        },
    )
}
