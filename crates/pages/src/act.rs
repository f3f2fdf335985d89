//! One act on a page that shows more than a form: an entry is written, and what is wrong with it is told where the act was.

use crate::visit::Desk;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::wire::{EntryAnswer, NewEntry, SubjectIn};
use lianfang_server::{ApiError, AppState, append_one};
use serde_json::{Map, Value};

/// Writes an entry.
///
/// # Errors
/// The queue is full; the store. A refusal is in the answer.
pub(crate) async fn one(state: &AppState, desk: &Desk, entry: NewEntry) -> Result<EntryAnswer, ApiError> {
    append_one(state, desk.staff.author.clone(), entry).await
}

/// What is wrong with it, what to do now, and the clause it rests on.
pub(crate) fn told(desk: &Desk, answer: &EntryAnswer) -> String {
    let Some(problem) = answer.problems.first() else {
        return String::new();
    };
    let words = problem.told(desk.visit.lang);
    match &problem.clause {
        Some(clause) => format!("{} ({clause})", words.trim_end()),
        None => words,
    }
}

/// The same entry about a subject.
pub(crate) fn about(subject: SubjectId, entry: NewEntry) -> NewEntry {
    NewEntry {
        subject: Some(SubjectIn::Id(subject)),
        ..entry
    }
}

/// What was said; what was left empty was not.
pub(crate) fn body(said: &[(&str, impl AsRef<str>)]) -> Map<String, Value> {
    let given = said.iter().filter(|(_, text)| !text.as_ref().trim().is_empty());
    given
        .map(|(field, text)| ((*field).to_owned(), Value::from(text.as_ref())))
        .collect()
}
