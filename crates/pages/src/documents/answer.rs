//! What a unit answers: that it has the document, and what became of it.

use super::show::{Refused, draw};
use super::{OUTCOME, RECEIPT};
use crate::Answer;
use crate::act::{about, body, told};
use crate::form::Form;
use crate::visit::Desk;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::wire::NewEntry;
use lianfang_server::{ApiError, AppState, append_one};
use lianfang_ui::paths;
use lianfang_ui::text::text;

pub(super) async fn receipt(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    send(&state, &desk, &form, RECEIPT).await
}

pub(super) async fn outcome(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    send(&state, &desk, &form, OUTCOME).await
}

async fn send(state: &AppState, desk: &Desk, form: &Form, register: &str) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(register)?;
    let no_unit = || ApiError::no_right(Words::new("您的账号没有所属单位", "Your account belongs to no unit"));
    let org = desk.staff.login.org.ok_or_else(no_unit)?;
    let document: SubjectId = form.get("document").parse().map_err(|_| {
        let what = Words::new("没有这份文件", "There is no such document");
        ApiError::bad_field("document", what, Words::new("请回到收文页", "Go back to the documents"))
    })?;
    let typed = form.get(&format!("outcome-{document}"));
    let refused = |words: String| Refused {
        document,
        entry: form.get("entry").to_owned(),
        typed: typed.to_owned(),
        words,
    };
    if register == OUTCOME && typed.is_empty() {
        let words = text(desk.visit.lang, "documents-say-outcome");
        return draw(state, desk, &Form::default(), Some(refused(words))).await;
    }
    let said = [("document", document.to_string()), ("outcome", typed.to_owned())];
    let id = form.get("entry").parse().unwrap_or_else(|_| state.ledger.new_id());
    let entry = NewEntry {
        body: body(&said),
        ..NewEntry::new(id, register)
    };
    let answer = append_one(state, desk.staff.author.clone(), about(org, entry)).await?;
    if answer.status.is_in() {
        let done = if register == RECEIPT { "receipt" } else { "outcome" };
        return Ok(Redirect::to(&format!("{}?done={done}", paths::DOCUMENTS)).into_response());
    }
    draw(state, desk, &Form::default(), Some(refused(told(desk, &answer)))).await
}
