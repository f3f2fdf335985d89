//! A new line of the log.

use super::EVENT;
use super::show::{Decisions, decisions, draw};
use crate::Answer;
use crate::act::sorted;
use crate::field_form::{Drawing, body, views};
use crate::form::Form;
use crate::read_all::{entries, stands};
use crate::region_steps;
use crate::visit::{Desk, moment};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::ids::EntryId;
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use lianfang_server::{ApiError, AppState, append_one};
use lianfang_ui::part::field::{FieldView, Kind};
use lianfang_ui::part::form::Choice;
use lianfang_ui::paths;
use lianfang_ui::text::{text, text_with};
use lianfang_ui::views::operations::Writing;
use std::collections::HashMap;

/// Decisions to choose from at most: the latest.
const OFFERED: usize = 100;

pub(super) async fn send(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(EVENT)?;
    let snapshot = state.ledger.snapshot();
    let register = snapshot.model.registers.get(EVENT).ok_or_else(ApiError::internal)?;
    let id = form.get("entry").parse().unwrap_or_else(|_| state.ledger.new_id());
    let entry = NewEntry {
        subject: Some(log(&state, &desk).await?),
        region: Some(desk.staff.region.clone()),
        at: moment(&snapshot.zone, form.get("at")),
        body: body(&snapshot, &register.schema.fields, &form, ""),
        ..NewEntry::new(id, EVENT)
    };
    let answer = append_one(&state, desk.staff.author.clone(), entry).await?;
    if answer.status.is_in() {
        return Ok(Redirect::to(&format!("{}?written=1", paths::OPERATIONS)).into_response());
    }
    let is_shown = |name: &str| register.schema.field(name).is_some() || name == "at";
    let (at, whole) = sorted(&desk, &answer, |name| is_shown(name).then(|| name.to_owned()));
    let decisions = decisions(&state, &desk).await?;
    let writing = writing(&state, &desk, &decisions, &form, &at)?;
    let writing = Writing {
        problems: whole,
        ..writing
    };
    draw(&state, &desk, &Form::default(), Some(writing)).await
}

/// The log of the reader's own area: the one that is kept already, or a first one.
async fn log(state: &AppState, desk: &Desk) -> Result<SubjectIn, ApiError> {
    let (region, lang) = (&desk.staff.region, desk.visit.lang);
    let found = entries(state, desk, EVENT).await?;
    let kept = found.items.iter().find(|item| stands(item) && item.region == *region);
    if let Some(item) = kept {
        return Ok(SubjectIn::Id(item.subject));
    }
    let place = region_steps::name(&state.ledger.snapshot().regions, lang, region);
    Ok(SubjectIn::Described(Described {
        kind_type: "operations_log".to_owned(),
        identifiers: [("code".to_owned(), format!("LOG-{region}"))].into(),
        name: Some(text_with(lang, "operations-log-of", &[("place", place.into())])),
        unit: None,
    }))
}

/// The empty form.
pub(super) fn blank(state: &AppState, desk: &Desk, decisions: &Decisions) -> Result<Writing, ApiError> {
    writing(state, desk, decisions, &Form::default(), &HashMap::new())
}

fn writing(
    state: &AppState,
    desk: &Desk,
    decisions: &Decisions,
    form: &Form,
    at: &HashMap<String, String>,
) -> Result<Writing, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let register = snapshot.model.registers.get(EVENT).ok_or_else(ApiError::internal)?;
    let drawing = Drawing::of_desk(state, desk, &snapshot, (form, at));
    let mut fields = views(drawing, &register.schema.fields, "");
    for field in fields.iter_mut().filter(|field| field.id == "decision") {
        field.options = offered(decisions);
    }
    let mut when = FieldView::new("at", Kind::Instant, text(lang, "at"))
        .optional()
        .value(form.get("at"));
    when.error = at.get("at").cloned();
    fields.insert(0, when);
    Ok(Writing {
        entry: form
            .given("entry")
            .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned),
        fields,
        problems: Vec::new(),
    })
}

/// The latest decisions; ids are ordered by time.
fn offered(decisions: &Decisions) -> Vec<Choice> {
    let mut latest: Vec<(&EntryId, &String)> = decisions.iter().collect();
    latest.sort_by_key(|(id, _)| std::cmp::Reverse(**id));
    let choice = |(id, words): (&EntryId, &String)| Choice::new(id.to_string(), words.as_str());
    latest.into_iter().take(OFFERED).map(choice).collect()
}
