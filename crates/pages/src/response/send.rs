//! A look at what would open, and the signature that opens it.

use super::form::NEW_ORDER;
use super::opening::{Opening, opening, plans, prefill};
use super::show::{Drawn, chosen, draw, drawing};
use super::{ORDER, register};
use crate::Answer;
use crate::act::one;
use crate::field_form::{Offers, is_reshaping, name_of, reshape};
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Problem;
use lianfang_ledger::wire::{EntryAnswer, NewEntry};
use lianfang_server::{ApiError, AppState, try_append};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::response::Opens;
use std::collections::HashMap;

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
    let (none, offers) = (HashMap::new(), Offers::default());
    let found = opening(
        &state,
        &desk,
        drawing(&state, &desk, &snapshot, &form, (&none, &offers)),
        opens,
        &known,
    );
    let opening = match found {
        Ok(opening) => opening,
        Err((field, words)) => {
            let at = [(field.to_owned(), words)].into_iter().collect();
            return draw(&state, &desk, opens, &form, Drawn { at, ..Drawn::default() }).await;
        }
    };
    let is_signed = form.get("act") == "sign";
    if is_signed && form.get("seen") == opening.preview.seen {
        return sign(&state, &desk, opens, form, opening.entries).await;
    }
    let drawn = looked_at(&state, &desk, opening, is_signed).await?;
    draw(&state, &desk, opens, &form, drawn).await
}

/// What would become of it, without writing. A new order is not in the ledger yet: that it is not known says nothing.
async fn looked_at(state: &AppState, desk: &Desk, opening: Opening, is_signed: bool) -> Result<Drawn, ApiError> {
    let has_new_order = opening.entries.len() > 1;
    let mut drawn = Drawn::default();
    for entry in &opening.entries {
        let answer = try_append(state, desk.staff.author.clone(), vec![entry.clone()]).await?;
        for mut answer in answer.results {
            let is_new = |problem: &Problem| has_new_order && problem.field.as_deref() == Some("order");
            answer.problems.retain(|problem| !is_new(problem));
            drawn.add(desk, entry, &answer);
        }
    }
    if is_signed {
        drawn.whole.push(text(desk.visit.lang, "response-changed"));
    }
    let would_land = drawn.at.is_empty() && drawn.whole.len() <= usize::from(is_signed);
    drawn.opening = would_land.then_some(opening);
    Ok(drawn)
}

/// Writes the order, if it is a new one, and what rests on it: the ledger takes nothing that cites what it does not hold yet.
async fn sign(state: &AppState, desk: &Desk, opens: Opens, mut form: Form, entries: Vec<NewEntry>) -> Answer {
    let mut drawn = Drawn::default();
    for entry in entries {
        let answer = one(state, desk, entry.clone()).await?;
        if !answer.status.is_in() {
            drawn.add(desk, &entry, &answer);
            return draw(state, desk, opens, &form, drawn).await;
        }
        if entry.register == ORDER {
            // It stands: what is refused after it may be mended and rests on it.
            form.set("order", entry.id.to_string());
            form.set("order_entry", state.ledger.new_id().to_string());
            for (_, name) in NEW_ORDER {
                form.set(name, "");
            }
        }
    }
    let onward = format!("{}?open={}&signed=1", paths::RESPONSE, opens.id());
    Ok(Redirect::to(&onward).into_response())
}

impl Drawn {
    /// What is wrong with an entry, sorted to the fields of the form; those of a new order have names of their own here.
    fn add(&mut self, desk: &Desk, entry: &NewEntry, answer: &EntryAnswer) {
        for problem in &answer.problems {
            let words = problem.told(desk.visit.lang);
            let name = name_of(problem.field.as_deref().unwrap_or_default());
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
