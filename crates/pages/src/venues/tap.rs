//! One tap: people in, people out, or the last tap taken back.

use super::show::{draw, parsed};
use super::{IN, OUT};
use crate::Answer;
use crate::act::{about, told};
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Act, Instant, Words};
use lianfang_ledger::wire::NewEntry;
use lianfang_server::{AppState, append_one, entry};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use serde_json::Value;

pub(super) async fn tap(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let venue = parsed(&id)?;
    let register = if form.get("way") == "out" { OUT } else { IN };
    desk.staff.must_write(register)?;
    // What is no number is sent as it is: the register says what is wrong with it.
    let people = form.get("people");
    let people = people.parse::<i64>().map_or_else(|_| Value::from(people), Value::from);
    let new = form.get("entry").parse().unwrap_or_else(|_| state.ledger.new_id());
    // A phone may have to send the same again later: it says itself when it was.
    let at = form.given("at").and_then(|at| Instant::parse(at).ok());
    let counted = NewEntry {
        at,
        body: [("people".to_owned(), people)].into_iter().collect(),
        ..NewEntry::new(new, register)
    };
    let answer = append_one(&state, desk.staff.author.clone(), about(venue, counted)).await?;
    if answer.status.is_in() {
        return Ok(Redirect::to(&format!("{}?last={}", paths::venue(&id), answer.id)).into_response());
    }
    draw(&state, &desk, venue, None, Some(told(&desk, &answer))).await
}

pub(super) async fn undo(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let venue = parsed(&id)?;
    let lang = desk.visit.lang;
    let item = entry(&state, &desk.staff, form.get("entry")).await?;
    let is_own = item.subject == venue && [IN, OUT].contains(&item.register.as_str());
    if !is_own || !desk.staff.writes(&item.register) {
        return draw(&state, &desk, venue, None, Some(text(lang, "venues-cannot-undo"))).await;
    }
    let back = NewEntry {
        act: Act::Withdraw,
        replaces: Some(item.id),
        reason: Some(Words::new("误点，立即撤回", "taken back at once").get(lang).to_owned()),
        ..NewEntry::new(state.ledger.new_id(), item.register)
    };
    let answer = append_one(&state, desk.staff.author.clone(), about(venue, back)).await?;
    if answer.status.is_in() {
        return Ok(Redirect::to(&paths::venue(&id)).into_response());
    }
    draw(&state, &desk, venue, None, Some(told(&desk, &answer))).await
}
