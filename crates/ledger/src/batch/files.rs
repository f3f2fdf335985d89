//! Files of subjects from their rows, a round for each table.

use super::{StoredEnrolment, SubjectState, fresh, history_of, side_by_side};
use crate::LedgerError;
use crate::file_entries::read_file_entries;
use crate::rows::{StoredEntry, read_entry};
use lianfang_db::{Connection, DbError, Row, Value, dialect};
use lianfang_kernel::ids::{EnrolmentId, SubjectId, TaskId};
use lianfang_kernel::{Instant, RegionId, SubjectKind, SubjectView};
use lianfang_policy::Snapshot;
use std::collections::HashMap;

/// Reads the files of subjects, in no order; those that are not there are left out.
pub(super) fn read_files(
    connection: &mut Connection,
    ids: &[SubjectId],
    snapshot: &Snapshot,
) -> Result<Vec<SubjectState>, LedgerError> {
    let mut round = Round {
        connection,
        list: dialect::list(ids.len(), 1),
        params: ids.iter().map(|id| id.0.into()).collect(),
        states: HashMap::with_capacity(ids.len()),
    };
    round.read_subjects()?;
    if round.states.is_empty() {
        return Ok(Vec::new());
    }
    round.read_entries()?;
    round.read_plans()?;
    let with_history = |mut state: SubjectState| {
        state.history = history_of(&state, snapshot);
        state
    };
    Ok(side_by_side(round.states.into_values().collect(), with_history))
}

/// Files in the making.
struct Round<'a> {
    connection: &'a mut Connection,
    /// Whose, as SQL lists them.
    list: String,
    params: Vec<Value>,
    states: HashMap<SubjectId, SubjectState>,
}

impl Round<'_> {
    fn query(&mut self, select: &str, column: &str, rest: &str) -> Result<Vec<Row>, LedgerError> {
        let sql = format!("{select} where {column} in {}{rest}", self.list);
        Ok(self.connection.query(&sql, &self.params)?)
    }

    fn read_subjects(&mut self) -> Result<(), LedgerError> {
        let select =
            "select id, kind, kind_type, region, unit, identity_sealed, since, until, merged_into from subject";
        for row in self.query(select, "id", "")? {
            let mut state = fresh(read_view(&row)?);
            state.row_changed = false;
            state.identity_sealed = row.opt_bytes("identity_sealed")?.map(<[u8]>::to_vec);
            state.merged_into = row.opt_uuid("merged_into")?.map(SubjectId);
            self.states.insert(state.view.id, state);
        }
        for row in self.query("select id, merged_into from subject", "merged_into", "")? {
            if let Some(state) = self.states.get_mut(&SubjectId(row.uuid("merged_into")?)) {
                state.aliases.push(SubjectId(row.uuid("id")?));
            }
        }
        Ok(())
    }

    fn read_entries(&mut self) -> Result<(), LedgerError> {
        let files = self.states.values().map(|state| (state.view.id, state.view.kind));
        let rows = read_file_entries(self.connection, files)?;
        let read = |row: Row| Ok((SubjectId(row.uuid("file")?), read_entry(&row)?));
        for one in side_by_side(rows, read) {
            let (file, stored): (_, StoredEntry) = one.map_err(|error: LedgerError| error)?;
            if let Some(state) = self.states.get_mut(&file) {
                state.entries.push(stored);
            }
        }
        for state in self.states.values_mut() {
            state
                .entries
                .sort_by_key(|stored| (stored.entry.recorded_at, stored.entry.id));
            // An entry may be linked in several roles.
            state.entries.dedup_by_key(|stored| stored.entry.id);
        }
        Ok(())
    }

    fn read_plans(&mut self) -> Result<(), LedgerError> {
        let select = format!("select {} from enrolment", names(crate::rows::ENROLMENT));
        for row in self.query(&select, "subject", "")? {
            let stored = read_enrolment(&row)?;
            if let Some(state) = self.states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.enrolments.insert(stored.id, stored);
            }
        }
        let select = format!("select {} from task", names(crate::rows::TASK));
        for row in self.query(&select, "subject", "")? {
            if let Some(state) = self.states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.tasks.insert(TaskId(row.uuid("id")?), row.into_values());
            }
        }
        for row in self.query("select subject, wake_at from wake", "subject", "")? {
            if let Some(state) = self.states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.wake_at = Some(Instant(row.int("wake_at")?));
            }
        }
        let select = format!("select {} from notice", names(crate::rows::NOTICE));
        for row in self.query(&select, "subject", "")? {
            if let Some(state) = self.states.get_mut(&SubjectId(row.uuid("subject")?)) {
                state.notices.insert(row.text("step")?.to_owned(), row.into_values());
            }
        }
        Ok(())
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
