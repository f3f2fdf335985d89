//! Entries into the ledger, in the order of the language's own list: id seen, author, fields, stamps, rights, looks,
//! decisions, guards, then all of it at once.

mod admit;
mod allocate;
mod close;
mod draw;
mod in_post;
mod land;
pub(crate) mod resolve;
pub(crate) mod rights;

pub use rights::sectors_of;

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::{Answered, Batch, Wants};
use crate::core::Core;
use crate::wire::{AppendAnswer, Author, EntryAnswer, NewEntry, Status, SubjectIn};
use lianfang_kernel::{Problem, Words};
use uuid::Uuid;

/// Entries of one call, judged each on its own, a group whole or not at all.
pub(crate) struct Append {
    pub author: Author,
    pub entries: Vec<NewEntry>,
}

impl Append {
    /// What will be read.
    pub(crate) fn wants(&self, core: &Core, wants: &mut Wants) {
        wants.subjects.extend(self.author.org);
        wants.subjects.extend(self.author.owner);
        for entry in &self.entries {
            wants.answered.insert(entry.id);
            wants.entries.extend(entry.replaces);
            match &entry.subject {
                Some(SubjectIn::Id(id)) => drop(wants.subjects.insert(*id)),
                Some(SubjectIn::Described(described)) => {
                    wants.digests.extend(resolve::digests(&core.vault, described));
                }
                None => {}
            }
        }
    }

    /// Judges and lands.
    pub(crate) fn run(&self, batch: &mut Batch<'_>) -> Result<AppendAnswer, LedgerError> {
        let mut results = Vec::with_capacity(self.entries.len());
        for members in groups(&self.entries) {
            if members[0].group.is_some() || close::is_closed(&batch.snapshot, &members[0].register) {
                results.extend(self.group(batch, members)?);
            } else {
                results.push(self.one(batch, &members[0])?);
            }
        }
        Ok(AppendAnswer {
            epoch: batch.core.epoch(),
            results,
        })
    }

    /// Judges without groups' own undo, for a run that is undone as a whole.
    pub(crate) fn run_ungrouped(&self, batch: &mut Batch<'_>) -> Result<AppendAnswer, LedgerError> {
        let mut results = Vec::with_capacity(self.entries.len());
        for members in groups(&self.entries) {
            let mut answers = Vec::with_capacity(members.len());
            for member in members {
                answers.push(admit::admit(batch, &self.author, member)?);
            }
            let found = close::judge(batch, members.iter())?;
            close::refuse(&mut answers, found);
            results.extend(answers);
        }
        Ok(AppendAnswer {
            epoch: batch.core.epoch(),
            results,
        })
    }

    /// Members see each other; one refusal refuses all.
    fn group(&self, batch: &mut Batch<'_>, members: &[NewEntry]) -> Result<Vec<EntryAnswer>, LedgerError> {
        let scope = self.author.scope();
        let answered: Vec<bool> = members
            .iter()
            .map(|member| batch.answered.contains_key(&(member.id, scope.clone())))
            .collect();
        batch.mark();
        let mut answers = Vec::with_capacity(members.len());
        for member in members {
            match self.one(batch, member) {
                Ok(answer) => answers.push(answer),
                Err(error) => {
                    batch.undo();
                    return Err(error);
                }
            }
        }
        let failed = |answer: &&EntryAnswer| matches!(answer.status, Status::Refused | Status::Tray);
        let first = answers.iter().find(failed).map(|answer| answer.id);
        let found = match first {
            // What was accepted before stays accepted, whatever is in force now.
            None => {
                let fresh = members.iter().zip(&answered).filter(|(_, before)| !**before);
                close::judge(batch, fresh.map(|(member, _)| member))?
            }
            Some(_) => Vec::new(),
        };
        if first.is_none() && found.is_empty() {
            batch.keep()?;
            return Ok(answers);
        }
        batch.undo();
        // What was answered inside the group was not said.
        for (member, _) in members.iter().zip(&answered).filter(|(_, before)| !**before) {
            batch.answered.remove(&(member.id, scope.clone()));
        }
        let Some(first) = first else {
            close::refuse(&mut answers, found);
            self.note_refusals(batch, members, &answers);
            return Ok(answers);
        };
        for answer in &mut answers {
            if !matches!(answer.status, Status::Refused) {
                *answer = EntryAnswer::refused(answer.id, vec![group_refused(first)]);
            }
        }
        Ok(answers)
    }

    fn one(&self, batch: &mut Batch<'_>, entry: &NewEntry) -> Result<EntryAnswer, LedgerError> {
        let place = (entry.id, self.author.scope());
        let digest = body_digest(entry)?;
        if let Some(before) = batch.answered.get(&place) {
            if before.body_digest == digest {
                return Ok(serde_json::from_str(&before.answer)?);
            }
            return Ok(EntryAnswer::refused(entry.id, vec![id_conflict()]));
        }
        let answer = admit::admit(batch, &self.author, entry)?;
        if matches!(answer.status, Status::Refused) {
            self.note_refusals(batch, std::slice::from_ref(entry), std::slice::from_ref(&answer));
            return Ok(answer);
        }
        remember(batch, place, digest, &answer)?;
        Ok(answer)
    }
}

impl Append {
    /// One line of the audit for each refusal.
    fn note_refusals(&self, batch: &mut Batch<'_>, entries: &[NewEntry], answers: &[EntryAnswer]) {
        for (entry, answer) in entries.iter().zip(answers) {
            let codes: Vec<&str> = answer.problems.iter().map(|problem| problem.code.as_str()).collect();
            batch.pending.audit.push(AuditLine {
                kind: "refused",
                login: self.author.login,
                device: self.author.device,
                org: self.author.org,
                subject: None,
                detail: serde_json::json!({ "register": clip(&entry.register), "entry": entry.id, "codes": codes }),
            });
        }
    }
}

/// The entries by group; one without a group stands alone.
fn groups(entries: &[NewEntry]) -> impl Iterator<Item = &[NewEntry]> {
    entries.chunk_by(|a, b| a.group.is_some() && a.group == b.group)
}

fn remember(
    batch: &mut Batch<'_>,
    place: (Uuid, String),
    digest: Vec<u8>,
    answer: &EntryAnswer,
) -> Result<(), LedgerError> {
    let text = serde_json::to_string(answer)?;
    batch.pending.answered.push(vec![
        place.0.into(),
        place.1.as_str().into(),
        digest.clone().into(),
        lianfang_db::Value::Json(text.clone()),
        batch.recorded_at.0.into(),
    ]);
    batch.answered.insert(
        place,
        Answered {
            body_digest: digest,
            answer: text,
        },
    );
    Ok(())
}

/// SHA-256 of what was sent, so that one id with two bodies is noticed.
fn body_digest(entry: &NewEntry) -> Result<Vec<u8>, LedgerError> {
    let text = serde_json::to_vec(entry)?;
    Ok(ring::digest::digest(&ring::digest::SHA256, &text).as_ref().to_vec())
}

fn clip(text: &str) -> String {
    text.chars().take(64).collect()
}

fn id_conflict() -> Problem {
    let what = Words::new(
        "该编号已用于另一条内容不同的记录",
        "This id was used for an entry with another content",
    );
    let hint = Words::new(
        "请用新的编号报送；要更改原记录请用更正",
        "Send it under a new id; to change the first one, correct it",
    );
    Problem::new("id_conflict", what, hint).at("id")
}

fn group_refused(first: Uuid) -> Problem {
    let what = Words::new(
        "同组中有记录未通过，全组未写入",
        "Another entry of the group was refused, so none was written",
    );
    let hint = Words::new("先改正 {id}，再整组重发", "Mend {id}, then send the group again").with("id", first);
    Problem::new("group_refused", what, hint)
}
