//! What is judged when a group is in: holds and accounts. A single entry is a group of one.

use crate::LedgerError;
use crate::batch::Batch;
use crate::wire::{EntryAnswer, NewEntry};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Entry, Problem, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use lianfang_protocol::History;
use lianfang_protocol::hold::{Closing, close, owners};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Whether entries of a register are judged with their group and not only one by one.
pub(super) fn is_closed(snapshot: &Snapshot, register: &str) -> bool {
    snapshot
        .model
        .registers
        .get(register)
        .is_some_and(|register| register.hold.is_some() || register.posting.is_some())
}

/// What speaks against the entries that landed, at the first entry of its register.
pub(super) fn judge<'m>(
    batch: &mut Batch<'_>,
    members: impl Iterator<Item = &'m NewEntry>,
) -> Result<Vec<(EntryId, Vec<Problem>)>, LedgerError> {
    let snapshot = batch.snapshot.clone();
    let members: Vec<&NewEntry> = members.collect();
    let mut found: Vec<(EntryId, Vec<Problem>)> = Vec::new();
    for ((register, owner), ids) in touched(batch, members.iter().copied(), &snapshot) {
        let Some(register) = snapshot.model.registers.get(&register).cloned() else {
            continue;
        };
        let problems = judge_one(batch, &snapshot, &register, owner, &ids)?;
        if !problems.is_empty() {
            found.push((ids[0], problems));
        }
    }
    let ids: Vec<EntryId> = members.iter().map(|member| EntryId(member.id)).collect();
    let posted = crate::posting::judge(batch, &ids);
    found.extend(posted.into_iter().map(|(entry, problem)| (entry, vec![problem])));
    Ok(found)
}

type Touched = BTreeMap<(String, SubjectId), Vec<EntryId>>;

/// The files that the members touch, by register.
fn touched<'m>(batch: &Batch<'_>, members: impl Iterator<Item = &'m NewEntry>, snapshot: &Snapshot) -> Touched {
    let mut touched = Touched::new();
    for member in members {
        let id = EntryId(member.id);
        let Some(register) = snapshot.model.registers.get(&member.register) else {
            continue;
        };
        let Some(entry) = register.hold.as_ref().and_then(|_| landed(batch, id)) else {
            continue;
        };
        let prior = entry.replaces.and_then(|prior| landed(batch, prior));
        let files = prior.iter().chain([&entry]).flat_map(|entry| owners(register, entry));
        for owner in files {
            let ids = touched.entry((member.register.clone(), owner)).or_default();
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    touched
}

/// An entry as it stands in the file of its subject.
fn landed(batch: &Batch<'_>, id: EntryId) -> Option<Arc<Entry>> {
    let subject = batch.entry_subjects.get(&id).copied().flatten()?;
    let entries = &batch.subjects.get(&subject)?.entries;
    let stored = entries.iter().rev().find(|stored| stored.entry.id == id)?;
    Some(stored.entry.clone())
}

fn judge_one(
    batch: &mut Batch<'_>,
    snapshot: &Snapshot,
    register: &Register,
    owner: SubjectId,
    ids: &[EntryId],
) -> Result<Vec<Problem>, LedgerError> {
    let Some(owner) = super::resolve::through_merges(batch, owner)? else {
        return Ok(Vec::new());
    };
    let Some(state) = batch.subjects.get(&owner) else {
        return Ok(Vec::new());
    };
    let after = &state.history;
    let others = after
        .all
        .iter()
        .filter(|entry| !ids.contains(&entry.id))
        .cloned()
        .collect();
    let before = History::new(after.subject.clone(), others, None, snapshot).with_aliases(after.aliases.clone());
    let closing = Closing {
        register,
        entries: ids,
        before: &before,
        after,
        snapshot,
    };
    Ok(close(&closing).unwrap_or_else(|error| {
        let hint = Words::new(
            "请核对所填内容；如仍出现请报系统管理员",
            "Check what was filled in; if it stays, tell the administrator",
        );
        vec![Problem::new("guard_error", error.message, hint)]
    }))
}

/// The answers of a group against which something was found: those it was found at say what, the others that they fell
/// with them.
pub(super) fn refuse(answers: &mut [EntryAnswer], found: Vec<(EntryId, Vec<Problem>)>) {
    let Some(first) = found.first().map(|(id, _)| id.0) else {
        return;
    };
    for answer in answers.iter_mut() {
        let own = found.iter().filter(|(id, _)| id.0 == answer.id);
        let own: Vec<Problem> = own.flat_map(|(_, problems)| problems.clone()).collect();
        let problems = if own.is_empty() {
            vec![super::group_refused(first)]
        } else {
            own
        };
        *answer = EntryAnswer::refused(answer.id, problems);
    }
}
