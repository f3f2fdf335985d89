//! `/tray`: what systems sent that fits no register, until a person has mended or settled it.

use crate::field_form::typed;
use crate::form::Form;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, field_text, region_steps, registers};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use axum::routing::{get, post};
use lianfang_kernel::Words;
use lianfang_ledger::read::TrayItem;
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_server::{ApiError, AppState, read, settle, trace};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::tray::{Opened, Tray, Waiting, render};
use serde_json::json;
use uuid::Uuid;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::TRAY, get(list))
        .route("/tray/{id}", get(open))
        .route("/tray/{id}/enter", post(enter))
        .route("/tray/{id}/settle", post(finish))
}

/// What waits in the reader's sight and for registers that it writes.
pub(crate) async fn waiting(state: &AppState, desk: &Desk) -> Result<Vec<TrayItem>, ApiError> {
    let sight = desk.staff.sight.clone();
    let mut items = read(state, move |reader| reader.tray(&sight)).await?;
    items.retain(|item| desk.staff.writes(&item.register));
    Ok(items)
}

fn line(state: &AppState, desk: &Desk, item: &TrayItem) -> Waiting {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    Waiting {
        id: item.id.to_string(),
        register: field_text::register_title(&snapshot, lang, &item.register),
        region: region_steps::name(&snapshot.regions, lang, &item.region),
        received_at: civil(&snapshot.zone, item.received_at),
        problems: item.problems.iter().map(|problem| problem.told(lang)).collect(),
    }
}

async fn list(State(state): State<AppState>, desk: Desk) -> Answer {
    let items = waiting(&state, &desk).await?;
    let view = Tray {
        items: items.iter().map(|item| line(&state, &desk, item)).collect(),
        ..Tray::default()
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

/// The line and what was sent. Opening it is a look at personal fields, and leaves its trace first.
async fn found(state: &AppState, desk: &Desk, id: &str) -> Result<(TrayItem, NewEntry), ApiError> {
    let missing = || {
        ApiError::not_found(Words::new(
            "待处理中没有这一条，或已办理",
            "It is not in the tray, or was settled already",
        ))
    };
    let id: Uuid = id.parse().map_err(|_| missing())?;
    let all = waiting(state, desk).await?;
    let item = all.into_iter().find(|item| item.id == id).ok_or_else(missing)?;
    trace::stated(state, &desk.staff, "tray_read", None, json!({ "entry": id })).await?;
    let sight = desk.staff.sight.clone();
    let sent = read(state, move |reader| reader.tray_entry(&sight, id)).await?;
    Ok((item, sent.ok_or_else(missing)?))
}

async fn open(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    opened(&state, &desk, &id, Vec::new()).await
}

async fn opened(state: &AppState, desk: &Desk, id: &str, problems: Vec<Problem>) -> Answer {
    let (item, sent) = found(state, desk, id).await?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let mut pairs: Vec<(String, String)> = Vec::new();
    if let Some(SubjectIn::Described(about)) = &sent.subject {
        pairs.extend(about.name.clone().map(|name| (text(lang, "declare-name"), name)));
        let numbers = about.identifiers.values().cloned();
        pairs.extend(numbers.map(|number| (text(lang, "document-number"), number)));
    }
    if let Some(at) = sent.at {
        let at = lianfang_ui::dates::moment(lang, civil(&snapshot.zone, at));
        pairs.push((text(lang, "at"), at));
    }
    // Values are shown as they were sent: what does not fit cannot be put in words.
    let register = snapshot.model.registers.get(&sent.register);
    for (id, value) in &sent.body {
        let title = register.and_then(|register| register.schema.field(id));
        let label = title.map_or_else(|| id.clone(), |field| field.title.get(lang).to_owned());
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        pairs.push((label, value));
    }
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = Tray {
        items: Vec::new(),
        opened: Some(Opened {
            waiting: line(state, desk, &item),
            sent: pairs,
            can_enter: register.is_some(),
        }),
        problems,
    };
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

/// The form of the register with what was sent; the page is answered to a POST, so that no name stands in an address.
async fn enter(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.visit.must_be_now()?;
    let desk = desk.at_path(&paths::tray(&id));
    let (item, sent) = found(&state, &desk, &id).await?;
    let snapshot = state.ledger.snapshot();
    let mut form = Form::default();
    match &sent.subject {
        Some(SubjectIn::Id(id)) => form.set("subject", id.to_string()),
        Some(SubjectIn::Described(about)) => {
            form.set("subject.name", about.name.clone().unwrap_or_default());
            for (kind, number) in &about.identifiers {
                match kind.as_str() {
                    "phone" => form.set("subject.phone", number.clone()),
                    "code" => form.set("subject.name", number.clone()),
                    kind => {
                        form.set("subject.document.kind", kind);
                        form.set("subject.document.number", number.clone());
                    }
                }
            }
        }
        None => {}
    }
    if let Some(region) = &sent.region {
        form.set("subject.region", region.to_string());
    }
    if let Some(at) = sent.at {
        form.set("at", lianfang_ui::dates::machine(civil(&snapshot.zone, at)));
    }
    if let Some(register) = snapshot.model.registers.get(&sent.register) {
        typed(&snapshot, &register.schema.fields, &sent.body, "", &mut form);
    }
    registers::filled(&state, &desk, &item.register, &form).await
}

async fn finish(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let desk = desk.at_path(&paths::tray(&id));
    let Some(reason) = form.given("reason") else {
        let words = Words::new("请写明办理情况", "Say what was done with it");
        return opened(
            &state,
            &desk,
            &id,
            vec![Problem::at("reason", words.get(desk.visit.lang))],
        )
        .await;
    };
    let (item, _) = found(&state, &desk, &id).await?;
    let author = desk.staff.author.clone();
    settle(state.ledger.settle_tray(author, item.id, reason.to_owned())).await?;
    Ok(Redirect::to(paths::TRAY).into_response())
}
