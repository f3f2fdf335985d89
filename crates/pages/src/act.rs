//! One act on a page that shows more than a form: an entry is written, and what is wrong with it is told where the act was.

use crate::field_form::name_of;
use crate::visit::Desk;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::wire::{EntryAnswer, NewEntry, SubjectIn};
use lianfang_ui::part::form::Problem;
use serde_json::{Map, Value};
use std::collections::HashMap;

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

/// What is wrong with it by field of the page, and what is wrong with the whole. `shown_at` gives the field of the page that a
/// field of the entry stands in; none where the page has none for it.
pub(crate) fn sorted(
    desk: &Desk,
    answer: &EntryAnswer,
    shown_at: impl Fn(&str) -> Option<String>,
) -> (HashMap<String, String>, Vec<Problem>) {
    let (mut at, mut whole) = (HashMap::new(), Vec::new());
    for problem in &answer.problems {
        let name = name_of(problem.field.as_deref().unwrap_or_default());
        let words = problem.told(desk.visit.lang);
        match shown_at(&name) {
            Some(field) => drop(at.insert(field, words)),
            None => whole.push(Problem::at("", words)),
        }
    }
    (at, whole)
}

/// The field of a register that a name belongs to: `gaps` of `gaps.0.what`.
pub(crate) fn outermost(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
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
