//! Writing a batch: keys first, into their own store, then everything else in one transaction.

use super::{Batch, SubjectState, side_by_side};
use crate::LedgerError;
use crate::posting::Posted;
use crate::replan::{self, Diff, Present};
use crate::rows;
use lianfang_db::{Column, Connection, Insert, OnConflict, Value};

impl Batch<'_> {
    /// Writes all that waits. The caller commits.
    pub(crate) fn flush(&mut self) -> Result<(), LedgerError> {
        self.has_written = true;
        let keys = std::mem::take(&mut self.pending.keys);
        if !keys.is_empty() {
            // A key without data is harmless, data without its key is lost: so the key store commits first.
            let conflict = OnConflict::Nothing {
                key: &["subject", "class"],
            };
            self.keys
                .transaction(|tx| write(tx, "subject_key", rows::SUBJECT_KEY, &keys, conflict))?;
        }
        // What plans add to the figures waits with what the entries added, so the rest is taken after it.
        self.flush_subjects()?;
        let pending = std::mem::take(&mut self.pending);
        let c = &mut *self.connection;
        write(
            c,
            "identifier",
            rows::IDENTIFIER,
            &pending.identifiers,
            OnConflict::Nothing { key: &["digest"] },
        )?;
        write(
            c,
            "search_token",
            rows::SEARCH_TOKEN,
            &pending.tokens,
            OnConflict::Nothing {
                key: &["token", "subject"],
            },
        )?;
        write(c, "entry", rows::ENTRY, &pending.entries, OnConflict::Fail)?;
        write(c, "entry_value", rows::ENTRY_VALUE, &pending.values, OnConflict::Fail)?;
        write(c, "tie", rows::TIE, &pending.ties, OnConflict::Fail)?;
        let conflict = OnConflict::Replace {
            key: &["subject", "entry"],
        };
        write(c, "embargo", rows::EMBARGO, &pending.embargoes, conflict)?;
        write(
            c,
            "link",
            rows::LINK,
            &pending.links,
            OnConflict::Nothing {
                key: &["subject", "entry", "role"],
            },
        )?;
        for (kept, entry) in &pending.parted {
            let sql = "delete from link where subject = $1 and entry = $2 and role = 'merge'";
            c.execute(sql, &[kept.0.into(), entry.0.into()])?;
        }
        write(
            c,
            "answered",
            rows::ANSWERED,
            &pending.answered,
            OnConflict::Nothing { key: &["id", "scope"] },
        )?;
        write(
            c,
            "tray",
            rows::TRAY,
            &pending.tray,
            OnConflict::Nothing { key: &["id"] },
        )?;
        write(
            c,
            "device",
            rows::DEVICE,
            &pending.devices,
            OnConflict::Nothing { key: &["id"] },
        )?;
        write(
            c,
            "certificate",
            rows::CERTIFICATE,
            &pending.certificates,
            OnConflict::Nothing { key: &["id"] },
        )?;
        write(
            c,
            "check_pass",
            rows::CHECK_PASS,
            &pending.check_passes,
            OnConflict::Nothing {
                key: &["digest", "entry"],
            },
        )?;
        crate::attachments::flush(c, &pending.cited)?;
        for id in &pending.revoked {
            let sql = "update certificate set revoked_at = $2 where id = $1 and revoked_at is null";
            c.execute(sql, &[(*id).into(), self.now.0.into()])?;
            // Every process keeps the list in memory.
            self.renewed = true;
        }
        let lines: Vec<Vec<Value>> = pending.posted.iter().map(Posted::row).collect();
        write(c, "posting_line", rows::POSTING_LINE, &lines, OnConflict::Fail)?;
        let key = ["holder", "account", "item", "lot"];
        write(
            c,
            "balance",
            rows::BALANCE,
            &crate::posting::changes(&pending.posted),
            OnConflict::Add {
                key: &key,
                sum: &["amount"],
            },
        )?;
        let deltas = self.delta_rows(&pending.deltas);
        write(
            self.connection,
            "indicator_delta",
            rows::DELTA,
            &deltas,
            OnConflict::Add {
                key: &rows::DELTA_KEY,
                sum: &["n"],
            },
        )?;
        self.chain.append(self.connection, self.recorded_at, &pending.audit)
    }

    fn flush_subjects(&mut self) -> Result<(), LedgerError> {
        let mut subjects = Vec::new();
        let dirty = std::mem::take(&mut self.dirty);
        let changed: Vec<SubjectState> = dirty.iter().filter_map(|id| self.subjects.remove(id)).collect();
        let snapshot = self.snapshot.clone();
        let present = Present {
            snapshot: &snapshot,
            now: self.now,
            recorded_at: self.recorded_at,
        };
        let compare = |mut state: SubjectState| replan::diff(present, &mut state).map(|diff| (state, diff));
        let mut diff = Diff::default();
        for compared in side_by_side(changed, compare) {
            let (mut state, found) = compared?;
            diff.add(found);
            if state.row_changed {
                subjects.push(self.subject_row(&state));
                state.row_changed = false;
            }
            self.subjects.insert(state.view.id, state);
        }
        for (cell, n) in std::mem::take(&mut diff.deltas) {
            self.count(cell, n);
        }
        let c = &mut *self.connection;
        write(
            c,
            "subject",
            rows::SUBJECT,
            &subjects,
            OnConflict::Replace { key: &["id"] },
        )?;
        write(
            c,
            "enrolment",
            rows::ENROLMENT,
            &diff.enrolments,
            OnConflict::Replace {
                key: &["subject", "id"],
            },
        )?;
        write(
            c,
            "task",
            rows::TASK,
            &diff.tasks,
            OnConflict::Replace {
                key: &["subject", "id"],
            },
        )?;
        write(
            c,
            "wake",
            rows::WAKE,
            &diff.wakes,
            OnConflict::Replace { key: &["subject"] },
        )?;
        write(
            c,
            "notice",
            rows::NOTICE,
            &diff.notices,
            OnConflict::Replace {
                key: &["subject", "step"],
            },
        )?;
        for subject in diff.no_wakes {
            c.execute("delete from wake where subject = $1", &[subject.0.into()])?;
        }
        Ok(())
    }

    fn subject_row(&self, state: &SubjectState) -> Vec<Value> {
        let view = &state.view;
        vec![
            view.id.0.into(),
            view.kind.id().into(),
            view.kind_type.as_str().into(),
            view.region.as_str().into(),
            self.snapshot.regions.path(&view.region).into(),
            view.unit.map(|id| id.0).into(),
            state.identity_sealed.clone().into(),
            view.since.0.into(),
            view.until.map(|at| at.0).into(),
            state.merged_into.map(|id| id.0).into(),
        ]
    }

    fn delta_rows(&self, deltas: &std::collections::BTreeMap<super::Cell, i64>) -> Vec<Vec<Value>> {
        let row = |(cell, n): (&super::Cell, &i64)| {
            let region = lianfang_kernel::RegionId::new(&cell.region);
            let (counted_at, opens_at) = cell.counted_at(self.recorded_at);
            vec![
                cell.region.as_str().into(),
                cell.indicator.as_str().into(),
                cell.sector.as_str().into(),
                i64::from(cell.day).into(),
                cell.bucket.as_str().into(),
                counted_at.0.into(),
                self.snapshot.regions.path(&region).into(),
                (*n).into(),
                opens_at.map(|at| at.0).into(),
            ]
        };
        deltas.iter().map(row).collect()
    }
}

fn write(
    connection: &mut Connection,
    table: &str,
    columns: &[Column<'_>],
    rows: &[Vec<Value>],
    on_conflict: OnConflict<'_>,
) -> Result<(), LedgerError> {
    if !rows.is_empty() {
        connection.insert_rows(&Insert {
            table,
            columns,
            rows,
            on_conflict,
        })?;
    }
    Ok(())
}
