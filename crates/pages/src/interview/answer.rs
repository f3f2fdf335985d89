//! The side of who was given a link: it opens for the first device that asks for it, takes one answer, and shows nothing back.

use crate::Answer;
use crate::act::outermost;
use crate::device::DEVICE_S;
use crate::field_form::{Drawing, body, is_reshaping, name_of, reshape, views};
use crate::form::Form;
use crate::visit::{Visit, civil, shown};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use lianfang_kernel::Words;
use lianfang_ledger::invitations::{Invitation, Way};
use lianfang_policy::model::Register;
use lianfang_server::{
    ApiError, AppState, DEVICE_COOKIE, NAMED, Resident, name_contacts, open_interview, open_to, set_cookie,
};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::interview::{Interview, Step, render};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The rows of the register: one a person.
const PEOPLE: &str = "people";

/// The same page for every link, good or not: what fetches links by itself opens none, and learns nothing.
pub(super) async fn arrive(State(state): State<AppState>, visit: Visit, Path(link): Path<String>) -> Answer {
    let view = Interview {
        step: Step::Arrived(format!("{}/{link}", paths::INTERVIEW)),
        problems: Vec::new(),
    };
    Ok(shown(render(&view, &visit.public(&state))))
}

pub(super) async fn by_link(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    Path(link): Path<String>,
) -> Answer {
    match open_interview(&state, resident.as_ref().ok(), Way::Link(link)).await {
        Ok((_, secret)) => Ok(begun(&state, secret)),
        Err(error) => closed(&state, &visit, error),
    }
}

pub(super) async fn by_code(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    form: Form,
) -> Answer {
    let way = Way::Code(form.get("code").to_owned());
    match open_interview(&state, resident.as_ref().ok(), way).await {
        Ok((_, secret)) => Ok(begun(&state, secret)),
        Err(error) if error.status.is_client_error() => {
            let view = Interview {
                step: Step::Code,
                problems: vec![Problem::at("code", error.problem.told(visit.lang))],
            };
            Ok((error.status, render(&view, &visit.public(&state))).into_response())
        }
        Err(error) => Err(error),
    }
}

/// On to the questions; a device that was made for it is kept in its cookie.
fn begun(state: &AppState, secret: Option<String>) -> Response {
    let mut answer = Redirect::to(paths::INTERVIEW).into_response();
    if let Some(secret) = secret {
        let kept = set_cookie(DEVICE_COOKIE, &secret, DEVICE_S, state.config.tls);
        answer.headers_mut().append(SET_COOKIE, kept);
    }
    answer
}

fn closed(state: &AppState, visit: &Visit, error: ApiError) -> Answer {
    if !error.status.is_client_error() {
        return Err(error);
    }
    let view = Interview {
        step: Step::Closed,
        problems: vec![Problem::at("", error.problem.told(visit.lang))],
    };
    Ok((error.status, render(&view, &visit.public(state))).into_response())
}

pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let named = query.given("done").and_then(|n| n.parse().ok());
    let step = |step| Interview {
        step,
        problems: Vec::new(),
    };
    if let Some(n) = named {
        return Ok(shown(render(&step(Step::Done(n)), &visit.public(&state))));
    }
    let invitation = match &resident {
        Ok(resident) => open_to(&state, resident).await.ok(),
        Err(_) => None,
    };
    let Some(invitation) = invitation else {
        return Ok(shown(render(&step(Step::Code), &visit.public(&state))));
    };
    let mut form = Form::default();
    form.set("add", PEOPLE);
    reshape(&mut form);
    let page = questions(&state, &visit, &invitation, &form, &HashMap::new(), Vec::new())?;
    Ok((StatusCode::OK, page).into_response())
}

pub(super) async fn send(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    mut form: Form,
) -> Answer {
    let resident = match resident {
        Ok(resident) => resident,
        Err(error) => return closed(&state, &visit, error),
    };
    let invitation = match open_to(&state, &resident).await {
        Ok(invitation) => invitation,
        Err(error) => return closed(&state, &visit, error),
    };
    if is_reshaping(&form) {
        reshape(&mut form);
        let page = questions(&state, &visit, &invitation, &form, &HashMap::new(), Vec::new())?;
        return Ok((StatusCode::OK, page).into_response());
    }
    let register = register(&state)?;
    let typed = body(&state.ledger.snapshot(), &register.schema.fields, &form, "");
    let count = typed
        .get(PEOPLE)
        .and_then(|people| people.as_array())
        .map_or(0, Vec::len);
    let id = form.given("entry").and_then(|id| id.parse().ok());
    let answer = match name_contacts(&state, &resident, id, typed).await {
        Ok(answer) => answer,
        Err(error) => return closed(&state, &visit, error),
    };
    if answer.status.is_in() {
        let onward = format!("{}?done={count}", paths::INTERVIEW);
        return Ok(Redirect::to(&onward).into_response());
    }
    let (mut at, mut whole) = (HashMap::new(), Vec::new());
    for problem in &answer.problems {
        let name = name_of(problem.field.as_deref().unwrap_or_default());
        let words = problem.told(visit.lang);
        match register.schema.field(outermost(&name)) {
            Some(_) => drop(at.insert(name, words)),
            None => whole.push(Problem::at("", words)),
        }
    }
    let page = questions(&state, &visit, &invitation, &form, &at, whole)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn register(state: &AppState) -> Result<Arc<Register>, ApiError> {
    let found = state.ledger.snapshot().model.registers.get(NAMED).cloned();
    found.ok_or_else(|| {
        ApiError::not_found(Words::new(
            "本系统不收病例自填的接触者",
            "Contacts named by cases are not taken here",
        ))
    })
}

fn questions(
    state: &AppState,
    visit: &Visit,
    invitation: &Invitation,
    form: &Form,
    at: &HashMap<String, String>,
    whole: Vec<Problem>,
) -> Result<lianfang_ui::Markup, ApiError> {
    let snapshot = state.ledger.snapshot();
    let register = register(state)?;
    let drawing = Drawing {
        snapshot: &snapshot,
        offers: &BTreeMap::new(),
        worked_out: &[],
        lang: visit.lang,
        form,
        problems: at,
        region: &snapshot.city,
        now: state.ledger.now(),
    };
    let view = Interview {
        step: Step::Questions {
            entry: form
                .given("entry")
                .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned),
            fields: views(drawing, &register.schema.fields, ""),
            until: civil(&snapshot.zone, invitation.expires_at),
        },
        problems: whole,
    };
    Ok(render(&view, &visit.public(state)))
}
