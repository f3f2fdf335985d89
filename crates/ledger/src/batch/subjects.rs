//! Files of subjects inside a batch: read in one round, kept current as entries land.

use super::{Answered, Batch, Wants, side_by_side};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, StoredEntry, read_entry};
use crate::seal::DataKey;
use lianfang_db::{DbError, Row, Value, dialect};
use lianfang_kernel::ids::{EnrolmentId, EntryId, SubjectId, TaskId};
use lianfang_kernel::{Instant, RegionId, SubjectKind, SubjectView};
use lianfang_protocol::{BalancePlace, Facts, History, Plan};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Rows of one IN list; PostgreSQL and SQLite both take more, plans stay short with this.
const CHUNK: usize = 500;

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

    fn load_chunk(&mut self, ids: &[SubjectId]) -> Result<(), LedgerError> {
        let list = dialect::list(ids.len(), 1);
        let params: Vec<Value> = ids.iter().map(|id| id.0.into()).collect();
        let sql = format!(
            "select id, kind, kind_type, region, unit, identity_sealed, since, until, merged_into from subject where id in {list}"
        );
        let mut states: HashMap<SubjectId, SubjectState> = HashMap::new();
        for row in self.connection.query(&sql, &params)? {
            let state = read_subject(&row)?;
            states.insert(state.view.id, state);
        }
        if states.is_empty() {
            return Ok(());
        }
        let sql = format!("select id, merged_into from subject where merged_into in {list}");
        for row in self.connection.query(&sql, &params)? {
            if let Some(state) = states.get_mut(&SubjectId(row.uuid("merged_into")?)) {
                state.aliases.push(SubjectId(row.uuid("id")?));
            }
        }
        self.load_entries(&mut states, &list, &params)?;
        self.load_plans(&mut states, &list, &params)?;
        let snapshot = self.snapshot.clone();
        let read = |(id, mut state): (SubjectId, SubjectState)| {
            state.history = history_of(&state, &snapshot);
            (id, state)
        };
        self.subjects.extend(side_by_side(states.into_iter().collect(), read));
        Ok(())
    }

    fn load_entries(
        &mut self,
        states: &mut HashMap<SubjectId, SubjectState>,
        list: &str,
        params: &[Value],
    ) -> Result<(), LedgerError> {
        let sql = format!(
            "select {ENTRY_SELECT}, l.subject as file from link l join entry e on e.id = l.entry and e.subject = l.entry_subject \
             where l.subject in {list} order by e.recorded_at, e.id"
        );
        let read = |row: Row| Ok((SubjectId(row.uuid("file")?), read_entry(&row)?));
        let read: Vec<Result<_, LedgerError>> = side_by_side(self.connection.query(&sql, params)?, read);
        for one in read {
            let (file, stored) = one?;
            self.entry_subjects.insert(stored.entry.id, Some(stored.entry.subject));
            if let Some(state) = states.get_mut(&file)
                && !state
                    .entries
                    .iter()
                    .rev()
                    .take(4)
                    .any(|known| known.entry.id == stored.entry.id)
            {
                state.entries.push(stored);
            }
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

    fn load_plans(
        &mut self,
        states: &mut HashMap<SubjectId, SubjectState>,
        list: &str,
        params: &[Value],
    ) -> Result<(), LedgerError> {
        let columns = names(crate::rows::ENROLMENT);
        for row in self.connection.query(
            &format!("select {columns} from enrolment where subject in {list}"),
            params,
        )? {
            let stored = read_enrolment(&row)?;
            if let Some(state) = states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.enrolments.insert(stored.id, stored);
            }
        }
        let columns = names(crate::rows::TASK);
        for row in self
            .connection
            .query(&format!("select {columns} from task where subject in {list}"), params)?
        {
            if let Some(state) = states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.tasks.insert(TaskId(row.uuid("id")?), row.into_values());
            }
        }
        for row in self.connection.query(
            &format!("select subject, wake_at from wake where subject in {list}"),
            params,
        )? {
            if let Some(state) = states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.wake_at = Some(Instant(row.int("wake_at")?));
            }
        }
        let columns = names(crate::rows::NOTICE);
        for row in self
            .connection
            .query(&format!("select {columns} from notice where subject in {list}"), params)?
        {
            if let Some(state) = states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.notices.insert(row.text("step")?.to_owned(), row.into_values());
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
pub(crate) fn history_of(state: &SubjectState, snapshot: &lianfang_policy::Snapshot) -> History {
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

/// What pure code sees of a subject, from its row.
pub(crate) fn read_view(row: &Row) -> Result<SubjectView, LedgerError> {
    let kind = SubjectKind::from_id(row.text("kind")?)
        .ok_or_else(|| LedgerError::corrupt("对象类别无法识别", "a subject's kind is unknown"))?;
    Ok(SubjectView {
        id: SubjectId(row.uuid("id")?),
        kind,
        kind_type: row.text("kind_type")?.to_owned(),
        region: RegionId::new(row.text("region")?),
        unit: row.opt_uuid("unit")?.map(SubjectId),
        since: Instant(row.int("since")?),
        until: row.opt_int("until")?.map(Instant),
    })
}

fn read_subject(row: &Row) -> Result<SubjectState, LedgerError> {
    let view = read_view(row)?;
    Ok(SubjectState {
        history: empty_history(view.clone()),
        view,
        identity_sealed: row.opt_bytes("identity_sealed")?.map(<[u8]>::to_vec),
        merged_into: row.opt_uuid("merged_into")?.map(SubjectId),
        aliases: Vec::new(),
        row_changed: false,
        entries: Vec::new(),
        enrolments: HashMap::new(),
        tasks: HashMap::new(),
        notices: HashMap::new(),
        wake_at: None,
        plan: None,
    })
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

/// An enrolment from its row, whichever columns beside its own are there.
pub(crate) fn read_enrolment(row: &Row) -> Result<StoredEnrolment, DbError> {
    Ok(StoredEnrolment {
        id: EnrolmentId(row.uuid("id")?),
        protocol: row.text("protocol")?.to_owned(),
        state: row.text("state")?.to_owned(),
        start: Instant(row.int("start_at")?),
        ended_at: row.opt_int("ended_at")?.map(Instant),
        region: RegionId::new(row.text("region")?),
        sector: row.opt_text("sector")?.unwrap_or_default().to_owned(),
        row: row.values().to_vec(),
    })
}

fn names(columns: &[lianfang_db::Column<'_>]) -> String {
    columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
}
