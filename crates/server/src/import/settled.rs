//! What a person said of rows that were found to be like somebody whose file is there: the same person, or another.

use super::{Alike, ImportReport, send};
use crate::problem::ApiError;
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_ledger::wire::{AppendAnswer, Author, NewEntry, SubjectIn};
use lianfang_ledger::{APART, Ledger};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Of rows by their entries: the file they are of, or that they are of somebody else than the file found.
///
/// An entry's id comes from its register and cells, so what was said of a row holds wherever it stands in the sheet.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    /// By entry.
    pub rows: BTreeMap<Uuid, Option<SubjectId>>,
    /// Whether the author may keep files apart, so that who is somebody else is not proposed again.
    pub keeps_apart: bool,
}

impl Settled {
    /// Turns rows to the files they were said to be of: those that are found to be alike, now as before.
    pub(super) fn take(&self, entries: &mut [NewEntry], alike: &[Option<Alike>]) {
        for (entry, alike) in entries.iter_mut().zip(alike) {
            let chosen = self.rows.get(&entry.id).copied().flatten();
            if let Some(chosen) = chosen.filter(|id| alike.as_ref().is_some_and(|alike| alike.subject == *id)) {
                entry.subject = Some(SubjectIn::Id(chosen));
            }
        }
    }

    fn is_somebody_else(&self, entry: Uuid) -> bool {
        self.rows.get(&entry).is_some_and(Option::is_none)
    }

    /// Keeps the files of rows apart that were said to be of somebody else, and leaves them out of the report.
    pub(super) fn keep_apart(
        &self,
        ledger: &Ledger,
        author: &Author,
        answer: &AppendAnswer,
        report: &mut ImportReport,
    ) -> Result<(), ApiError> {
        let (others, open) = std::mem::take(&mut report.alike)
            .into_iter()
            .partition(|(_, entry, _)| self.is_somebody_else(*entry));
        report.alike = open;
        let others: Vec<(u64, Uuid, Alike)> = others;
        let pairs = others.iter().filter_map(|(_, entry, alike)| {
            let made = answer.results.iter().find(|result| result.id == *entry)?.subject?;
            Some(apart(made, alike.subject))
        });
        let entries: Vec<NewEntry> = pairs.filter(|_| self.keeps_apart).collect();
        if !entries.is_empty() {
            send(ledger, author, &entries, false)?;
        }
        Ok(())
    }
}

/// Says that two files are of two people. The same pair is said once.
pub fn apart(made: SubjectId, other: SubjectId) -> NewEntry {
    NewEntry {
        subject: Some(SubjectIn::Id(made)),
        confirmed: true,
        body: serde_json::Map::from_iter([("other".to_owned(), json!(other))]),
        ..NewEntry::new(derived(&format!("not same\u{1f}{made}\u{1f}{other}")), APART)
    }
}
