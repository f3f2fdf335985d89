//! Files of subjects inside a batch: read in one round, kept current as entries land.

use super::files::read_files;
use super::{Answered, Batch, Wants};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, StoredEntry, read_entry};
use crate::seal::DataKey;
use lianfang_db::{Connection, Value, dialect};
use lianfang_kernel::ids::{EnrolmentId, EntryId, SubjectId, TaskId};
use lianfang_kernel::{Instant, RegionId, SubjectView};
use lianfang_policy::Snapshot;
use lianfang_protocol::{BalancePlace, Facts, History, Plan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::slice::Chunks;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Rows of one IN list; PostgreSQL and SQLite both take more, plans stay short with this.
const CHUNK: usize = 500;
/// So many files are worth a second connection.
const WORTH_A_READER: usize = 64;
/// So many of them are read at a time, so that neither waits long for the other.
const PIECE: usize = 25;

/// Who a subject is; sealed at rest under its own key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Identity {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Identifiers by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identifiers: BTreeMap<String, String>,
}

/// An enrolment as it stands in the store: what its deltas were counted from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredEnrolment {
    pub id: EnrolmentId,
    pub protocol: String,
    pub state: String,
    pub start: Instant,
    pub ended_at: Option<Instant>,
    pub region: RegionId,
    pub sector: String,
    /// The whole row, so that an unchanged one is not written again.
    pub row: Vec<Value>,
}

/// One subject inside a batch.
#[derive(Clone, Debug)]
pub(crate) struct SubjectState {
    pub view: SubjectView,
    pub identity_sealed: Option<Vec<u8>>,
    pub merged_into: Option<SubjectId>,
    /// Files that were merged into this one.
    pub aliases: Vec<SubjectId>,
    /// Made or altered by this batch.
    pub row_changed: bool,
    /// Every entry of its file, as stored.
    pub entries: Vec<StoredEntry>,
    /// What the planner sees.
    pub history: History,
    /// Enrolments as stored before this batch.
    pub enrolments: HashMap<EnrolmentId, StoredEnrolment>,
    /// Tasks as stored before this batch, whole rows.
    pub tasks: HashMap<TaskId, Vec<Value>>,
    /// Steps already noticed, whole rows.
    pub notices: HashMap<String, Vec<Value>>,
    pub wake_at: Option<Instant>,
    /// The plan as of the last entry.
    pub plan: Option<Plan>,
}

impl Batch<'_> {
    /// What planners and guards read of the files at hand.
    pub(crate) fn files(&self) -> Files<'_> {
        Files {
            subjects: &self.subjects,
            balances: &self.read_balances,
        }
    }

    /// Fetches what commands named, one round per table.
    pub(crate) fn fetch(&mut self, wants: &Wants) -> Result<(), LedgerError> {
        self.fetch_answered(wants)?;
        let entries: Vec<EntryId> = wants.entries.iter().copied().collect();
        self.locate_entries(&entries)?;
        let digests: Vec<Vec<u8>> = wants.digests.iter().cloned().collect();
        self.look_up(&digests)?;
        let mut subjects: Vec<SubjectId> = wants.subjects.iter().copied().collect();
        subjects.extend(
            digests
                .iter()
                .filter_map(|digest| self.identifiers.get(digest).copied().flatten()),
        );
        subjects.extend(
            entries
                .iter()
                .filter_map(|id| self.entry_subjects.get(id).copied().flatten()),
        );
        self.load_subjects(&subjects)
    }

    fn fetch_answered(&mut self, wants: &Wants) -> Result<(), LedgerError> {
        let ids: Vec<Uuid> = wants.answered.iter().copied().collect();
        for chunk in ids.chunks(CHUNK) {
            let sql = format!(
                "select id, scope, body_digest, answer from answered where id in {}",
                dialect::list(chunk.len(), 1)
            );
            let params: Vec<Value> = chunk.iter().map(|id| (*id).into()).collect();
            for row in self.connection.query(&sql, &params)? {
                let answer: serde_json::Value = row.json("answer")?;
                let answered = Answered {
                    body_digest: row.bytes("body_digest")?.to_vec(),
                    answer: answer.to_string(),
                };
                self.answered
                    .insert((row.uuid("id")?, row.text("scope")?.to_owned()), answered);
            }
        }
        Ok(())
    }

    /// Finds which subjects entries are about.
    pub(crate) fn locate_entries(&mut self, ids: &[EntryId]) -> Result<(), LedgerError> {
        let missing: Vec<EntryId> = ids
            .iter()
            .copied()
            .filter(|id| !self.entry_subjects.contains_key(id))
            .collect();
        for chunk in missing.chunks(CHUNK) {
            let sql = format!(
                "select id, subject from entry where id in {}",
                dialect::list(chunk.len(), 1)
            );
            let params: Vec<Value> = chunk.iter().map(|id| id.0.into()).collect();
            for id in chunk {
                self.entry_subjects.insert(*id, None);
            }
            for row in self.connection.query(&sql, &params)? {
                self.entry_subjects
                    .insert(EntryId(row.uuid("id")?), Some(SubjectId(row.uuid("subject")?)));
            }
        }
        Ok(())
    }

    /// Looks blind indexes up.
    pub(crate) fn look_up(&mut self, digests: &[Vec<u8>]) -> Result<(), LedgerError> {
        let missing: Vec<&Vec<u8>> = digests
            .iter()
            .filter(|digest| !self.identifiers.contains_key(*digest))
            .collect();
        for chunk in missing.chunks(CHUNK) {
            let sql = format!(
                "select digest, subject from identifier where digest in {}",
                dialect::list(chunk.len(), 1)
            );
            let params: Vec<Value> = chunk.iter().map(|digest| (*digest).clone().into()).collect();
            let found = self.connection.query(&sql, &params)?;
            for digest in chunk {
                self.identifiers.insert((*digest).clone(), None);
            }
            for row in found {
                self.identifiers
                    .insert(row.bytes("digest")?.to_vec(), Some(SubjectId(row.uuid("subject")?)));
            }
        }
        Ok(())
    }

    /// Reads the files of subjects that are not yet in the batch, and of what they were merged into.
    pub(crate) fn load_subjects(&mut self, ids: &[SubjectId]) -> Result<(), LedgerError> {
        let mut wanted: Vec<SubjectId> = ids
            .iter()
            .copied()
            .filter(|id| !self.subjects.contains_key(id))
            .collect();
        wanted.sort();
        wanted.dedup();
        for chunk in wanted.chunks(CHUNK) {
            self.load_chunk(chunk)?;
        }
        Ok(())
    }

    /// Many are read by two: a reader sees all there is to see as long as this commit has written nothing.
    fn load_chunk(&mut self, ids: &[SubjectId]) -> Result<(), LedgerError> {
        let beside = (ids.len() >= WORTH_A_READER && !self.has_written)
            .then(|| self.core.database.free_reader())
            .flatten();
        let snapshot = self.snapshot.clone();
        let read = match beside {
            None => read_files(self.connection, ids, &snapshot)?,
            Some(mut reader) => {
                let pieces = Mutex::new(ids.chunks(PIECE));
                std::thread::scope(|scope| {
                    let beside = scope.spawn(|| read_pieces(&mut reader, &pieces, &snapshot));
                    let mut read = read_pieces(self.connection, &pieces, &snapshot)?;
                    read.extend(beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
                    Ok::<_, LedgerError>(read)
                })?
            }
        };
        for state in read {
            let known = state.entries.iter().map(|stored| &stored.entry);
            self.entry_subjects
                .extend(known.map(|entry| (entry.id, Some(entry.subject))));
            self.subjects.insert(state.view.id, state);
        }
        Ok(())
    }

    /// Reads an entry that the file in hand leaves out, and what corrected or withdrew it, beside the file of its subject.
    pub(crate) fn load_acts_on(&mut self, subject: SubjectId, id: EntryId) -> Result<(), LedgerError> {
        let sql = format!("select {ENTRY_SELECT} from entry e where e.subject = $1 and (e.id = $2 or e.replaces = $2)");
        let rows = self.connection.query(&sql, &[subject.0.into(), id.0.into()])?;
        let found: Vec<StoredEntry> = rows.iter().map(read_entry).collect::<Result<_, LedgerError>>()?;
        let Some(state) = self.subjects.get_mut(&subject) else {
            return Ok(());
        };
        for stored in found {
            if !state.entries.iter().any(|known| known.entry.id == stored.entry.id) {
                state.entries.push(stored);
            }
        }
        Ok(())
    }

    /// The key that seals a class of a subject's values; made when there is none and `make`.
    pub(crate) fn data_key(
        &mut self,
        subject: SubjectId,
        class: &str,
        make: bool,
    ) -> Result<Option<DataKey>, LedgerError> {
        let place = (subject, class.to_owned());
        if let Some(key) = self.data_keys.get(&place) {
            return Ok(Some(key.clone()));
        }
        if let Some(key) = crate::read::find_key(self.core, subject, class)? {
            self.data_keys.insert(place, key.clone());
            return Ok(Some(key));
        }
        if !make {
            return Ok(None);
        }
        self.new_key(subject, class).map(Some)
    }

    /// A fresh key for a subject that is made by this batch.
    pub(crate) fn new_key(&mut self, subject: SubjectId, class: &str) -> Result<DataKey, LedgerError> {
        let (key, wrapped) = self.core.vault.new_data_key(subject, class)?;
        self.pending
            .keys
            .push(vec![subject.0.into(), class.into(), wrapped.into(), self.now.0.into()]);
        self.data_keys.insert((subject, class.to_owned()), key.clone());
        Ok(key)
    }
}

/// Reads pieces of a list for as long as others have left some.
fn read_pieces(
    connection: &mut Connection,
    pieces: &Mutex<Chunks<'_, SubjectId>>,
    snapshot: &Snapshot,
) -> Result<Vec<SubjectState>, LedgerError> {
    let mut read = Vec::new();
    let next = || pieces.lock().unwrap_or_else(PoisonError::into_inner).next();
    while let Some(piece) = next() {
        read.extend(read_files(connection, piece, snapshot)?);
    }
    Ok(read)
}

/// The files of a batch and the balances that were read, to be read by many at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Files<'a> {
    pub subjects: &'a HashMap<SubjectId, SubjectState>,
    pub balances: &'a HashMap<BalancePlace, i64>,
}

impl Facts for Files<'_> {
    fn history(&self, subject: SubjectId) -> Option<&History> {
        self.subjects.get(&subject).map(|state| &state.history)
    }

    fn balance(&self, place: &BalancePlace) -> Option<i64> {
        self.balances.get(place).copied()
    }
}

/// What the planner sees of a file.
pub(crate) fn history_of(state: &SubjectState, snapshot: &Snapshot) -> History {
    let entries: Vec<_> = state.entries.iter().map(|stored| stored.entry.clone()).collect();
    History::new(state.view.clone(), entries, None, snapshot).with_aliases(state.aliases.clone())
}

/// The file of a subject that nothing was said about yet.
pub(crate) fn empty_history(subject: SubjectView) -> History {
    History {
        subject,
        aliases: Vec::new(),
        facts: Vec::new(),
        all: Vec::new(),
    }
}

/// A subject that this batch makes.
pub(crate) fn fresh(view: SubjectView) -> SubjectState {
    SubjectState {
        history: empty_history(view.clone()),
        view,
        identity_sealed: None,
        merged_into: None,
        aliases: Vec::new(),
        row_changed: true,
        entries: Vec::new(),
        enrolments: HashMap::new(),
        tasks: HashMap::new(),
        notices: HashMap::new(),
        wake_at: None,
        plan: None,
    }
}
