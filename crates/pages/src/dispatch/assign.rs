//! A vehicle or team is sent to a request; the request is taken on in the same act, so that its clock stops.

use super::show::{Refused, Taken, draw, taken};
use super::{DISPATCH, REQUEST, TAKEN};
use crate::Answer;
use crate::act::{about, body, told};
use crate::form::Form;
use crate::read_all::entries;
use crate::visit::{Desk, civil, moment};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_ledger::wire::NewEntry;
use lianfang_server::{ApiError, AppState, append};
use lianfang_ui::text::text_with;
use lianfang_ui::{dates, paths};
use uuid::Uuid;

pub(super) async fn assign(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(DISPATCH)?;
    let chosen = |name: &'static str| {
        let what = Words::new("没有选择车辆（队伍）或诉求", "No vehicle, team or request was chosen");
        let hint = Words::new("请回到调度页选择", "Go back to the board and choose");
        form.get(name)
            .parse::<SubjectId>()
            .map_err(|_| ApiError::bad_field(name, what, hint))
    };
    let (request, resource) = (chosen("request")?, chosen("resource")?);
    let id: Uuid = form.get("entry").parse().unwrap_or_else(|_| state.ledger.new_id());
    let said = [
        ("from", form.get("from").to_owned()),
        ("to", form.get("to").to_owned()),
        ("serves", request.to_string()),
    ];
    let sent = NewEntry {
        body: body(&said),
        ..NewEntry::new(id, DISPATCH)
    };
    let mut all = vec![about(resource, sent)];
    if desk.staff.writes(TAKEN) && !is_taken_on(&state, &desk, request).await? {
        let on = NewEntry::new(derived(&format!("request_taken\u{1f}{id}")), TAKEN);
        all.push(about(request, on));
        for entry in &mut all {
            entry.group = Some(id);
        }
    }
    let answer = append(&state, desk.staff.author.clone(), all).await?;
    let refused = answer.results.iter().find(|answer| !answer.status.is_in());
    let Some(refused) = refused else {
        return Ok(Redirect::to(&format!("{}?sent={resource}", paths::DISPATCH)).into_response());
    };
    // Of a group that did not land, the dispatch says why.
    let first = answer.results.first().filter(|first| !first.problems.is_empty());
    let words = match collision(&state, &desk, resource, &form).await? {
        Some(words) => words,
        None => told(&desk, first.unwrap_or(refused)),
    };
    let refused = Refused { request, form, words };
    draw(&state, &desk, &Form::default(), Some(refused)).await
}

/// Whether somebody has responded already.
async fn is_taken_on(state: &AppState, desk: &Desk, request: SubjectId) -> Result<bool, ApiError> {
    let found = entries(state, desk, TAKEN).await?;
    let mut standing = found.items.iter().filter(|item| crate::read_all::stands(item));
    Ok(standing.any(|item| item.subject == request))
}

/// What the resource does at that time, in words.
async fn collision(
    state: &AppState,
    desk: &Desk,
    resource: SubjectId,
    form: &Form,
) -> Result<Option<String>, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let typed = |name: &str| moment(&snapshot.zone, form.get(name));
    let (Some(from), Some(to)) = (typed("from"), typed("to")) else {
        return Ok(None);
    };
    let found = entries(state, desk, DISPATCH).await?;
    let overlaps = |one: &Taken| one.resource == resource && one.from < to && from < one.to;
    let Some(other) = taken(&snapshot, &found).into_iter().find(overlaps) else {
        return Ok(None);
    };
    let names = entries(state, desk, REQUEST).await?.labels;
    let today = civil(&snapshot.zone, state.ledger.now()).date();
    let near = |at| dates::near(lang, civil(&snapshot.zone, at), today);
    let name = |id: SubjectId| {
        found
            .labels
            .get(&id)
            .or_else(|| names.get(&id))
            .cloned()
            .unwrap_or_default()
    };
    let args = [
        ("name", name(resource).into()),
        ("request", name(other.serves).into()),
        ("from", near(other.from).into()),
        ("to", near(other.to).into()),
    ];
    Ok(Some(text_with(lang, "dispatch-collides", &args)))
}
