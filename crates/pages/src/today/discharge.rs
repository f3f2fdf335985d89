//! A quick answer to a task: one field, one entry. Staff and residents alike.

use crate::entry::refused_page;
use crate::form::Form;
use crate::visit::{Visit, shown};
use crate::{Answer, field_form, field_text};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::ids::TaskId;
use lianfang_kernel::{Instant, Words};
use lianfang_ledger::read::{Sight, TaskItem};
use lianfang_ledger::wire::{Author, NewEntry, Status, SubjectIn};
use lianfang_server::{ApiError, AppState, Caller, append_one, read};
use lianfang_ui::part::task::done_line;
use lianfang_ui::paths;
use serde_json::Value;

/// As whom the caller acts, and how far it sees. A resident sees what the owner of the device owes.
fn sight_of(visit: &Visit) -> Result<(Author, Sight), ApiError> {
    match &visit.caller {
        Caller::Staff(staff) => Ok((staff.author.clone(), staff.sight.clone())),
        Caller::Resident(resident) => match resident.device.owner {
            Some(owner) => Ok((resident.author.clone(), Sight::Org(owner))),
            None => Err(ApiError::out_of_scope()),
        },
        Caller::Public => Err(ApiError::sign_in_needed()),
    }
}

pub(super) async fn discharge(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<String>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    visit.must_be_now()?;
    let (author, sight) = sight_of(&visit)?;
    let not_found = || ApiError::not_found(Words::new("没有这项任务", "There is no such task"));
    let id: TaskId = id.parse().map_err(|_| not_found())?;
    let looker = visit.staff().map(|staff| staff.looker()).unwrap_or_default();
    let item = read(&state, move |reader| {
        reader.look_as(looker);
        reader.task(&sight, id)
    })
    .await?
    .ok_or_else(not_found)?;
    let entry = entry(&state, &item, &form);
    let result = append_one(&state, author, entry).await?;
    if !result.status.is_in() {
        return refused_page(&state, &visit, &item.expects, &result);
    }
    if headers.contains_key("hx-request") && visit.staff().is_some() {
        return done(&state, &visit, &item, &result).await;
    }
    // A flag is something to read before going on.
    let onward = match (visit.staff().is_some(), result.status) {
        (true, Status::Flagged) => format!("{}?sent=1", paths::entry(&result.id.to_string())),
        (true, _) => format!("{}?done={}", paths::TODAY, result.id),
        (false, _) => format!("{}?done={}", paths::ME, result.id),
    };
    Ok(Redirect::to(&onward).into_response())
}

/// The entry that the task expects, with the one field that was answered.
fn entry(state: &AppState, item: &TaskItem, form: &Form) -> NewEntry {
    let snapshot = state.ledger.snapshot();
    let register = snapshot.model.registers.get(&item.expects);
    let fields = register
        .map(|register| register.schema.fields.as_slice())
        .unwrap_or_default();
    let mut body = field_form::body(&snapshot, fields, form, "");
    if let (Some(usual), Some(field)) = (form.given("usual"), fields.iter().find(|field| field.required)) {
        body.insert(field.id.clone(), Value::from(usual));
    }
    // A phone may have to send the same again later: it says itself when it was.
    let at = form.given("at").and_then(|at| Instant::parse(at).ok());
    NewEntry {
        at,
        made_at: at,
        subject: Some(SubjectIn::Id(item.subject)),
        body,
        ..NewEntry::new(
            form.given("entry")
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| state.ledger.new_id()),
            item.expects.clone(),
        )
    }
}

async fn done(state: &AppState, visit: &Visit, item: &TaskItem, result: &lianfang_ledger::wire::EntryAnswer) -> Answer {
    let (lang, subject) = (visit.lang, item.subject);
    let labels = read(state, move |reader| reader.labels(&[subject], lang)).await?;
    let who = labels.get(&subject).map(|label| label.name.clone()).unwrap_or_default();
    let snapshot = state.ledger.snapshot();
    let task = super::line(&snapshot, item, who, false, true, state.ledger.now(), lang);
    let mut recorded = field_text::register_title(&snapshot, lang, &item.expects);
    for flag in &result.flags {
        recorded.push_str(" · ");
        recorded.push_str(flag.what.get(lang));
    }
    Ok(shown(done_line(
        &visit.ctx(state),
        &task,
        &recorded,
        &result.id.to_string(),
    )))
}
