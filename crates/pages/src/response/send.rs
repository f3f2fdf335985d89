//! A look at what would open, and the signature that opens it.

use super::form::NEW_ORDER;
use super::opening::{Opening, is_as_said, opening, plans, prefill};
use super::show::{Drawn, chosen, draw};
use super::{ORDER, register};
use crate::Answer;
use crate::field_form::{Drawing, is_reshaping, name_of, reshape};
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_ledger::wire::{EntryAnswer, NewEntry};
use lianfang_server::{ApiError, AppState, append, try_append};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::response::Opens;
use std::collections::HashMap;
use uuid::Uuid;

pub(super) async fn send(State(state): State<AppState>, desk: Desk, mut form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let opens = chosen(&state, &desk, &form)?;
    desk.staff.must_write(register(opens))?;
    if is_reshaping(&form) {
        reshape(&mut form);
        return draw(&state, &desk, opens, &form, Drawn::default()).await;
    }
    if opens == Opens::Plan {
        prefill(&state, &desk, &mut form).await?;
    }
    for name in ["order_entry", "entry"] {
        if form.given(name).is_none() {
            form.set(name, state.ledger.new_id().to_string());
        }
    }
    let snapshot = state.ledger.snapshot();
    let known = match opens {
        Opens::Plan => plans(&state, &desk).await?,
        Opens::Level => Vec::new(),
    };
    let none = HashMap::new();
    let drawing = Drawing::of_desk(&state, &desk, &snapshot, (&form, &none));
    let found = opening(&state, &desk, drawing, opens, &known);
    let opening = match found {
        Ok(opening) => opening,
        Err((field, words)) => {
            let at = [(field.to_owned(), words)].into_iter().collect();
            return draw(&state, &desk, opens, &form, Drawn { at, ..Drawn::default() }).await;
        }
    };
    let is_signed = form.get("act") == "sign";
    if is_signed && form.get("seen") == opening.preview.seen {
        return sign(&state, &desk, opens, &form, opening.entries).await;
    }
    let differs = is_signed.then(|| match is_as_said(form.get("seen"), &opening.preview.seen) {
        true => "response-moved",
        false => "response-changed",
    });
    let drawn = looked_at(&state, &desk, opening, differs).await?;
    draw(&state, &desk, opens, &form, drawn).await
}

/// What would become of it, without writing. `differs` says why what was signed is not this.
async fn looked_at(state: &AppState, desk: &Desk, opening: Opening, differs: Option<&str>) -> Result<Drawn, ApiError> {
    let entries = opening.entries.clone();
    let answer = try_append(state, desk.staff.author.clone(), entries).await?;
    let mut drawn = Drawn::default();
    drawn.add(desk, &opening.entries, &answer.results);
    let would_land = drawn.at.is_empty() && drawn.whole.is_empty();
    drawn.whole.extend(differs.map(|words| text(desk.visit.lang, words)));
    drawn.opening = would_land.then_some(opening);
    Ok(drawn)
}

/// Writes the order, if it is a new one, and what rests on it: both or neither.
async fn sign(state: &AppState, desk: &Desk, opens: Opens, form: &Form, entries: Vec<NewEntry>) -> Answer {
    let answer = append(state, desk.staff.author.clone(), entries.clone()).await?;
    if answer.results.iter().all(|one| one.status.is_in()) {
        let onward = format!("{}?open={}&signed=1", paths::RESPONSE, opens.id());
        return Ok(Redirect::to(&onward).into_response());
    }
    let mut drawn = Drawn::default();
    drawn.add(desk, &entries, &answer.results);
    draw(state, desk, opens, form, drawn).await
}

impl Drawn {
    /// What is wrong with the entries, sorted to the fields of the form; those of a new order have names of their own here. That
    /// an entry fell with another says nothing to who reads what is wrong with that one.
    fn add(&mut self, desk: &Desk, entries: &[NewEntry], answers: &[EntryAnswer]) {
        let fell: Vec<Uuid> = answers
            .iter()
            .filter(|one| !one.status.is_in())
            .map(|one| one.id)
            .collect();
        let rests_on_fallen = |entry: &NewEntry| {
            let cited = entry.body.get("order").and_then(|id| id.as_str()?.parse().ok());
            cited.is_some_and(|id: Uuid| fell.contains(&id))
        };
        for (entry, answer) in entries.iter().zip(answers) {
            let problems = answer.problems.iter().filter(|problem| problem.code != "group_refused");
            for problem in problems {
                let name = name_of(problem.field.as_deref().unwrap_or_default());
                if name == "order" && rests_on_fallen(entry) {
                    continue;
                }
                let words = problem.told(desk.visit.lang);
                let own = NEW_ORDER.iter().find(|(field, _)| *field == name).map(|(_, own)| *own);
                let own = if entry.register == ORDER {
                    own
                } else {
                    Some(name.as_str())
                };
                match own.filter(|own| !own.is_empty()) {
                    Some(own) => drop(self.at.insert(own.to_owned(), words)),
                    None => self.whole.push(words),
                }
            }
        }
    }
}
