//! Is this one of ours? Asked after somebody was described and before anything is written about them.

use super::about::About;
use crate::form::Form;
use crate::likely::drawn;
use crate::visit::Desk;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{RegisterSchema, SubjectKind};
use lianfang_ledger::APART;
use lianfang_ledger::read::SearchQuery;
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use lianfang_server::{ApiError, AppState, Class, Describing, apart, append, likely, read};
use lianfang_ui::part::likely::{CHOICE, LikelyFile, OTHER};

/// Whom an entry is about, once the question is settled.
#[derive(Debug)]
pub(super) enum Settled {
    /// As the form says.
    AsTyped,
    /// A file that was chosen.
    Chosen(SubjectId),
    /// Somebody else than these.
    Other(Vec<SubjectId>),
    /// Somebody has to choose first.
    Ask(Vec<LikelyFile>),
}

/// Looks whether the person described may be somebody whose file is there already under another number, or none.
pub(super) async fn settle(
    state: &AppState,
    desk: &Desk,
    schema: &RegisterSchema,
    about: &About,
    subject: Option<&SubjectIn>,
    form: &Form,
) -> Result<Settled, ApiError> {
    let (About::Person, Some(SubjectIn::Described(described))) = (about, subject) else {
        return Ok(Settled::AsTyped);
    };
    if !state.config.linkage || !desk.staff.identifies(&state.ledger.snapshot().model) {
        return Ok(Settled::AsTyped);
    }
    if is_on_file(state, described).await? || !says_enough(described) {
        return Ok(Settled::AsTyped);
    }
    let asked = Describing::of(described, schema.title.get(desk.visit.lang));
    let (_, found) = likely(state, &desk.staff, &asked).await?;
    let chosen = form.get(CHOICE);
    if let Some(one) = found.iter().find(|one| one.view.id.to_string() == chosen) {
        return Ok(Settled::Chosen(one.view.id));
    }
    let same: Vec<SubjectId> = found
        .iter()
        .filter(|one| one.class == Class::Same)
        .map(|one| one.view.id)
        .collect();
    if chosen == OTHER {
        return Ok(Settled::Other(same));
    }
    // Somebody of the household alone is no reason to stop.
    if same.is_empty() {
        return Ok(Settled::AsTyped);
    }
    let snapshot = state.ledger.snapshot();
    let files = found.iter().map(|one| drawn(&snapshot, one, desk.visit.lang));
    Ok(Settled::Ask(files.collect()))
}

/// A number that a file bears leads to that file without any question.
async fn is_on_file(state: &AppState, described: &Described) -> Result<bool, ApiError> {
    let mut numbers = described.identifiers.clone();
    numbers.retain(|kind, _| matches!(kind.as_str(), "cn_id" | "id_doc"));
    if numbers.is_empty() {
        return Ok(false);
    }
    let query = SearchQuery {
        identifiers: numbers,
        ..SearchQuery::default()
    };
    let sight = lianfang_ledger::read::Sight::All;
    let found = read(state, move |reader| reader.search(&sight, &query)).await?;
    Ok(found.iter().any(|view| view.kind == SubjectKind::Person))
}

fn says_enough(described: &Described) -> bool {
    described.name.is_some() || !described.identifiers.is_empty()
}

/// Keeps apart the file that was just made and those that it was said not to be, so that nobody is asked again.
pub(super) async fn keep_apart(
    state: &AppState,
    desk: &Desk,
    made: Option<SubjectId>,
    others: &[SubjectId],
) -> Result<(), ApiError> {
    let Some(made) = made.filter(|_| desk.staff.writes(APART)) else {
        return Ok(());
    };
    let entries = others
        .iter()
        .filter(|other| **other != made)
        .map(|other| apart(made, *other));
    let entries: Vec<NewEntry> = entries.collect();
    if !entries.is_empty() {
        append(state, desk.staff.author.clone(), entries).await?;
    }
    Ok(())
}
