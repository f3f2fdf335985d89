//! Files of many subjects at once: one statement for each table, however many there are.

use super::Reader;
use super::files::Files;
use crate::LedgerError;
use crate::batch::read_view;
use crate::file_entries::read_file_entries;
use crate::rows::read_entry;
use lianfang_db::{Value, dialect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Entry, Instant, SubjectView};
use lianfang_policy::Snapshot;
use lianfang_protocol::History;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// A file as it is read, before its facts are made.
struct Read {
    view: SubjectView,
    aliases: Vec<SubjectId>,
    entries: Vec<Arc<Entry>>,
}

impl Reader<'_> {
    /// What the planner sees of subjects, as known at a moment. Files that were merged into another are left out. Callers
    /// ask for some hundreds at a time: all of them are held.
    fn files_of(
        &mut self,
        ids: &[SubjectId],
        snapshot: &Snapshot,
        as_of: Option<Instant>,
    ) -> Result<Files, LedgerError> {
        if ids.is_empty() {
            return Ok(Files::default());
        }
        let (list, params) = (
            dialect::list(ids.len(), 1),
            ids.iter().map(|id| id.0.into()).collect::<Vec<Value>>(),
        );
        let mut views: HashMap<SubjectId, Read> = HashMap::new();
        let sql = format!(
            "select id, kind, kind_type, region, unit, since, until from subject where merged_into is null and id in {list}"
        );
        for row in self.connection.query(&sql, &params)? {
            let view = read_view(&row)?;
            let (aliases, entries) = (Vec::new(), Vec::new());
            views.insert(view.id, Read { view, aliases, entries });
        }
        let sql = format!("select id, merged_into from subject where merged_into in {list}");
        for row in self.connection.query(&sql, &params)? {
            if let Some(file) = views.get_mut(&SubjectId(row.uuid("merged_into")?)) {
                file.aliases.push(SubjectId(row.uuid("id")?));
            }
        }
        let files = views.values().map(|read| (read.view.id, read.view.kind));
        for row in read_file_entries(self.connection, files)? {
            if let Some(file) = views.get_mut(&SubjectId(row.uuid("file")?)) {
                file.entries.push(read_entry(&row)?.entry);
            }
        }
        let file = |(id, read): (SubjectId, Read)| {
            let history = History::new(read.view, read.entries, as_of, snapshot).with_aliases(read.aliases);
            (id, history)
        };
        Ok(Files(views.into_iter().map(file).collect()))
    }

    /// The same with the files that plans of these at a moment look at, as all of the snapshots plan; read as by the first.
    pub(super) fn files_to_plan(
        &mut self,
        ids: &[SubjectId],
        snapshots: (&Snapshot, &[&Snapshot]),
        at: Instant,
        as_of: Option<Instant>,
    ) -> Result<Files, LedgerError> {
        let (snapshot, others) = snapshots;
        let mut files = self.files_of(ids, snapshot, as_of)?;
        let mut needed: BTreeSet<SubjectId> = BTreeSet::new();
        for snapshot in others.iter().copied().chain([snapshot]) {
            let histories = files.0.values();
            needed.extend(histories.flat_map(|history| lianfang_protocol::needs(history, snapshot, at)));
        }
        needed.retain(|id| !files.0.contains_key(id));
        let needed: Vec<SubjectId> = needed.into_iter().collect();
        files.0.extend(self.files_of(&needed, snapshot, as_of)?.0);
        Ok(files)
    }
}
