//! What is written in a drill: an answer, the review, a gap put right, and that it was checked. Nothing of it goes into another
//! register.

use super::show::{Wrong, draw, numbered};
use super::{ANSWER, CHECK, FIX, REVIEW};
use crate::Answer;
use crate::act::{about, outermost, sorted, told};
use crate::field_form::{Drawing, body, is_reshaping, reshape, views, without_empty_rows};
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::wire::NewEntry;
use lianfang_server::{ApiError, AppState, append_one};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::text::text_with;
use lianfang_ui::views::drills::{Act, Review};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The field that a row of the review leaves to the page: gaps are counted from 1.
const NUMBER: &str = "number";

pub(super) async fn answer(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    numbered_act(&state, &desk, &id, &form, (ANSWER, "inject", "action")).await
}

pub(super) async fn fix(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    numbered_act(&state, &desk, &id, &form, (FIX, "gap", "measure")).await
}

pub(super) async fn check(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    numbered_act(&state, &desk, &id, &form, (CHECK, "gap", "passed")).await
}

/// An entry about one inject or gap: its number, and one field more.
async fn numbered_act(
    state: &AppState,
    desk: &Desk,
    id: &str,
    form: &Form,
    (register, kind, field): (&str, &'static str, &str),
) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(register)?;
    let drill: SubjectId = id.parse().map_err(|_| super::played::unknown())?;
    let number = form.get("number");
    let typed = form.get(&format!("{kind}-{number}")).to_owned();
    let mut said: Map<String, Value> = [("number".to_owned(), numbered(number))].into_iter().collect();
    if register == CHECK {
        said.insert(field.to_owned(), Value::Bool(true));
    } else if !typed.is_empty() {
        said.insert(field.to_owned(), Value::from(typed.as_str()));
    }
    let new = form.get("entry").parse().unwrap_or_else(|_| state.ledger.new_id());
    let entry = NewEntry {
        body: said,
        ..NewEntry::new(new, register)
    };
    let answer = append_one(state, desk.staff.author.clone(), about(drill, entry)).await?;
    if answer.status.is_in() {
        return Ok(Redirect::to(&paths::drill(id)).into_response());
    }
    let act = Act {
        entry: form.get("entry").to_owned(),
        typed,
        problem: Some(told(desk, &answer)),
    };
    let wrong = Wrong {
        at: Some((kind, number.parse().unwrap_or_default(), act)),
        review: None,
    };
    draw(state, desk, id, wrong).await
}

pub(super) async fn review(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(REVIEW)?;
    let drill: SubjectId = id.parse().map_err(|_| super::played::unknown())?;
    let drawn = |form: &Form, at: &HashMap<String, String>, whole: Vec<Problem>| -> Result<Wrong, ApiError> {
        Ok(Wrong {
            at: None,
            review: Some(writing(&state, &desk, form, at, whole)?),
        })
    };
    if is_reshaping(&form) {
        reshape(&mut form);
        return draw(&state, &desk, &id, drawn(&form, &HashMap::new(), Vec::new())?).await;
    }
    without_empty_rows(&mut form, "gaps");
    let snapshot = state.ledger.snapshot();
    let register = snapshot.model.registers.get(REVIEW).ok_or_else(ApiError::internal)?;
    let mut said = body(&snapshot, &register.schema.fields, &form, "");
    for (row, n) in said
        .get_mut("gaps")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .zip(1_i64..)
    {
        row[NUMBER] = Value::from(n);
    }
    let new = form.get("entry").parse().unwrap_or_else(|_| state.ledger.new_id());
    let entry = NewEntry {
        body: said,
        ..NewEntry::new(new, REVIEW)
    };
    let answer = append_one(&state, desk.staff.author.clone(), about(drill, entry)).await?;
    if answer.status.is_in() {
        return Ok(Redirect::to(&paths::drill(&id)).into_response());
    }
    let is_shown = |name: &str| register.schema.field(outermost(name)).is_some();
    let (at, whole) = sorted(&desk, &answer, |name| is_shown(name).then(|| name.to_owned()));
    draw(&state, &desk, &id, drawn(&form, &at, whole)?).await
}

/// The empty form, with a row for whatever nobody answered in time.
pub(super) fn blank(state: &AppState, desk: &Desk, missed: &[(i64, String, String)]) -> Result<Review, ApiError> {
    let mut form = Form::default();
    for (row, (number, what, owner)) in missed.iter().enumerate() {
        let args = [("n", (*number).into()), ("what", what.as_str().into())];
        form.set(
            &format!("gaps.{row}.what"),
            text_with(desk.visit.lang, "drills-not-answered", &args),
        );
        form.set(&format!("gaps.{row}.owner"), owner);
    }
    form.set_default(&format!("gaps.{}.what", missed.len()));
    writing(state, desk, &form, &HashMap::new(), Vec::new())
}

fn writing(
    state: &AppState,
    desk: &Desk,
    form: &Form,
    at: &HashMap<String, String>,
    whole: Vec<Problem>,
) -> Result<Review, ApiError> {
    let snapshot = state.ledger.snapshot();
    let register = snapshot.model.registers.get(REVIEW).ok_or_else(ApiError::internal)?;
    let drawing = Drawing::of_desk(state, desk, &snapshot, (form, at));
    let mut fields = views(drawing, &register.schema.fields, "");
    for row in fields.iter_mut().flat_map(|field| field.rows.iter_mut()) {
        row.retain(|inner| !inner.id.ends_with(".number"));
        for inner in row.iter_mut() {
            inner.required = false;
        }
    }
    let entry = form
        .given("entry")
        .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned);
    Ok(Review::Writing(entry, fields, whole))
}
