//! One transaction of the writer: many requests, one fsync.
//!
//! A batch reads what its commands name in one round per table, then works in memory: every entry sees what the
//! entries before it accepted. [`Batch::flush`] writes the whole in one go. Nothing touches the database between.

mod files;
mod flush;
mod side_by_side;
mod subjects;

pub(crate) use files::{read_enrolment, read_view};
pub(crate) use side_by_side::side_by_side;
pub(crate) use subjects::{Identity, StoredEnrolment, SubjectState, fresh, history_of};

use crate::LedgerError;
use crate::attachments::Cited;
use crate::audit::{AuditLine, Chain};
use crate::core::Core;
use crate::posting::{Posted, Standing};
use crate::seal::DataKey;
use crate::watch::{Moved, Touched, note};
use lianfang_db::{Connection, Value};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Day, Entry, Instant, RegionId};
use lianfang_policy::Snapshot;
use lianfang_protocol::BalancePlace;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// What commands will read, so that it is fetched in one round.
#[derive(Debug, Default)]
pub(crate) struct Wants {
    /// Blind indexes that will be looked up.
    pub digests: HashSet<Vec<u8>>,
    /// Subjects whose files will be read.
    pub subjects: HashSet<SubjectId>,
    /// Entry ids that may have been answered before.
    pub answered: HashSet<Uuid>,
    /// Entries that corrections, withdrawals and ends name.
    pub entries: HashSet<EntryId>,
}

/// Key of a figure's cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Cell {
    pub indicator: String,
    pub region: String,
    pub sector: String,
    pub day: i32,
    pub bucket: String,
    /// Counted from then on; at once when none.
    pub opens_at: Option<Instant>,
}

impl Cell {
    /// The moment that what is added at one counts from, and whether that is later because others may not know of it yet.
    pub(crate) fn counted_at(&self, recorded_at: Instant) -> (Instant, Option<Instant>) {
        let opens_at = self.opens_at.filter(|at| *at > recorded_at);
        (opens_at.unwrap_or(recorded_at), opens_at)
    }
}

/// An answer given before.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub body_digest: Vec<u8>,
    pub answer: String,
}

/// Rows that wait for the flush.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pending {
    pub entries: Vec<Vec<Value>>,
    /// What entries say in indexed fields.
    pub values: Vec<Vec<Value>>,
    /// Which persons entries tie together.
    pub ties: Vec<Vec<Value>>,
    pub embargoes: Vec<Vec<Value>>,
    pub links: Vec<Vec<Value>>,
    pub identifiers: Vec<Vec<Value>>,
    pub tokens: Vec<Vec<Value>>,
    pub answered: Vec<Vec<Value>>,
    pub tray: Vec<Vec<Value>>,
    pub certificates: Vec<Vec<Value>>,
    pub check_passes: Vec<Vec<Value>>,
    /// Files that entries cite first.
    pub cited: Vec<Cited>,
    /// Passes and certificates that count no more.
    pub revoked: Vec<Uuid>,
    pub devices: Vec<Vec<Value>>,
    pub keys: Vec<Vec<Value>>,
    pub deltas: BTreeMap<Cell, i64>,
    pub posted: Vec<Posted>,
    pub audit: Vec<AuditLine>,
    /// Of merges taken back: the file kept, and an entry that it reads no more.
    pub parted: Vec<(SubjectId, EntryId)>,
    /// Entries that may open a set for many: register and region.
    pub opened_sets: Vec<(String, RegionId)>,
    /// Entries of reference registers: the snapshot is read anew with them.
    pub reference: Vec<Arc<Entry>>,
}

/// What the writer's thread owns.
pub(crate) struct Tools<'a> {
    pub connection: &'a mut Connection,
    pub keys: &'a mut Connection,
    pub chain: &'a mut Chain,
}

/// One transaction in the making.
pub(crate) struct Batch<'a> {
    pub core: &'a Core,
    pub connection: &'a mut Connection,
    pub keys: &'a mut Connection,
    pub chain: &'a mut Chain,
    pub snapshot: Arc<Snapshot>,
    /// The server's present when the batch began.
    pub now: Instant,
    /// The commit's own moment: never earlier than any before it.
    pub recorded_at: Instant,
    pub subjects: HashMap<SubjectId, SubjectState>,
    pub identifiers: HashMap<Vec<u8>, Option<SubjectId>>,
    pub answered: HashMap<(Uuid, String), Answered>,
    /// Which subject an entry is about, for acts on entries.
    pub entry_subjects: HashMap<EntryId, Option<SubjectId>>,
    pub data_keys: HashMap<(SubjectId, String), DataKey>,
    /// Keys of days, for what checks remember of passes.
    pub day_keys: HashMap<Day, ring::hmac::Key>,
    /// Sums of accounts as they stand with what this batch added.
    pub balances: BTreeMap<Standing, i64>,
    /// Balances that the entry in hand reads.
    pub read_balances: HashMap<BalancePlace, i64>,
    pub pending: Pending,
    /// Subjects whose plan may have changed.
    pub dirty: BTreeSet<SubjectId>,
    /// Cells of watched figures that may have moved.
    pub touched: BTreeSet<Touched>,
    /// Whether the slow-moving state changed and is published after the commit.
    pub renewed: bool,
    /// Keys that go once this commit is durable.
    pub erase_after_commit: Vec<(SubjectId, String)>,
    /// Whether this commit wrote rows already, which no other connection sees.
    has_written: bool,
    undo: Option<Undo>,
}

/// What a group that fails puts back.
struct Undo {
    pending: Pending,
    snapshot: Arc<Snapshot>,
    balances: BTreeMap<Standing, i64>,
    identifiers: HashMap<Vec<u8>, Option<SubjectId>>,
    entry_subjects: HashMap<EntryId, Option<SubjectId>>,
    dirty: BTreeSet<SubjectId>,
    subjects: HashMap<SubjectId, Option<SubjectState>>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(core: &'a Core, tools: Tools<'a>, now: Instant, recorded_at: Instant) -> Batch<'a> {
        Batch {
            core,
            connection: tools.connection,
            keys: tools.keys,
            chain: tools.chain,
            snapshot: core.snapshot(),
            now,
            recorded_at,
            subjects: HashMap::new(),
            identifiers: HashMap::new(),
            answered: HashMap::new(),
            entry_subjects: HashMap::new(),
            data_keys: HashMap::new(),
            day_keys: HashMap::new(),
            balances: BTreeMap::new(),
            read_balances: HashMap::new(),
            pending: Pending::default(),
            dirty: BTreeSet::new(),
            touched: BTreeSet::new(),
            renewed: false,
            erase_after_commit: Vec::new(),
            has_written: false,
            undo: None,
        }
    }

    /// Begins what [`Batch::undo`] can put back. Only one level.
    pub(crate) fn mark(&mut self) {
        self.undo = Some(Undo {
            pending: self.pending.clone(),
            snapshot: self.snapshot.clone(),
            balances: self.balances.clone(),
            identifiers: self.identifiers.clone(),
            entry_subjects: self.entry_subjects.clone(),
            dirty: self.dirty.clone(),
            subjects: HashMap::new(),
        });
    }

    /// Keeps what was done since the mark.
    pub(crate) fn keep(&mut self) -> Result<(), LedgerError> {
        self.undo = None;
        self.renew_reference()
    }

    /// Puts everything back as it was at the mark; answers given meanwhile are lost with it.
    pub(crate) fn undo(&mut self) {
        let Some(undo) = self.undo.take() else { return };
        self.pending = undo.pending;
        self.snapshot = undo.snapshot;
        self.balances = undo.balances;
        self.identifiers = undo.identifiers;
        self.entry_subjects = undo.entry_subjects;
        self.dirty = undo.dirty;
        for (id, state) in undo.subjects {
            match state {
                Some(state) => self.subjects.insert(id, state),
                None => self.subjects.remove(&id),
            };
        }
    }

    /// Writes what waits, so that the database answers for it too. Nothing is written while a group is open: it may yet
    /// be undone, and what was written cannot be.
    pub(crate) fn flush_what_stands(&mut self) -> Result<(), LedgerError> {
        if self.undo.is_some() {
            return Ok(());
        }
        self.flush()
    }

    /// Reads the reference intervals anew, so that the next entry of the same batch sees an order, an area, a closure. In a
    /// group it sees those of the members before it, which may yet be undone and are not written.
    pub(crate) fn renew_reference(&mut self) -> Result<(), LedgerError> {
        if self.pending.reference.is_empty() {
            return Ok(());
        }
        if self.undo.is_some() {
            return self.read_reference();
        }
        let opened = std::mem::take(&mut self.pending.opened_sets);
        self.flush()?;
        self.read_reference()?;
        self.renewed = true;
        crate::tick::wake_for_reference(self.connection, &self.snapshot.model, self.now)?;
        for (register, region) in opened {
            crate::tick::wake_for_campaign(self.connection, &self.snapshot, (&register, &region), self.now)?;
        }
        Ok(())
    }

    /// The reference intervals of what is written and of what waits.
    fn read_reference(&mut self) -> Result<(), LedgerError> {
        let mut snapshot = Snapshot::clone(&self.snapshot);
        let waiting = &self.pending.reference;
        snapshot.reference = Arc::new(crate::load::reference(self.connection, &snapshot, None, waiting)?);
        self.snapshot = Arc::new(snapshot);
        Ok(())
    }

    /// The state of a subject that will be changed.
    pub(crate) fn change(&mut self, id: SubjectId) -> Result<&mut SubjectState, LedgerError> {
        self.load_subjects(&[id])?;
        if let Some(undo) = &mut self.undo {
            undo.subjects
                .entry(id)
                .or_insert_with(|| self.subjects.get(&id).cloned());
        }
        self.subjects
            .get_mut(&id)
            .ok_or_else(|| LedgerError::corrupt("对象不存在", "the subject is not there"))
    }

    /// Puts a subject in that is made by this batch.
    pub(crate) fn add_subject(&mut self, state: SubjectState) {
        let id = state.view.id;
        if let Some(undo) = &mut self.undo {
            undo.subjects.entry(id).or_insert(None);
        }
        self.subjects.insert(id, state);
    }

    /// Adds to a figure's cell.
    pub(crate) fn count(&mut self, cell: Cell, n: i64) {
        if n == 0 {
            return;
        }
        note(self, Moved::Figure(&cell.indicator), &cell.region, Day(cell.day));
        let total = self.pending.deltas.entry(cell.clone()).or_insert(0);
        *total += n;
        if *total == 0 {
            self.pending.deltas.remove(&cell);
        }
    }
}
