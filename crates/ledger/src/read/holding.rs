//! The entries of some registers that hold, read whole: for lists that are reckoned with, such as the cases of an outbreak.

use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, read_entry};
use lianfang_db::Value;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Entry, Instant};
use lianfang_protocol::effective;
use std::sync::Arc;

/// Subjects of one statement.
const CHUNK: usize = 1_000;

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct HoldingQuery {
    /// Of these registers.
    pub registers: Vec<String>,
    /// About these subjects; everybody, when none.
    pub about: Option<Vec<SubjectId>>,
    /// As known then.
    pub as_of: Option<Instant>,
    /// Rows at most.
    pub most: usize,
}

impl Reader<'_> {
    /// Entries that hold, corrections and withdrawals applied, ordered by (at, id); and whether there are more.
    ///
    /// # Errors
    /// The database.
    pub fn holding(&mut self, sight: &Sight, query: &HoldingQuery) -> Result<(Vec<Arc<Entry>>, bool), LedgerError> {
        let mut entries: Vec<Arc<Entry>> = Vec::new();
        let parts: Vec<Option<&[SubjectId]>> = match &query.about {
            None => vec![None],
            Some(about) => about.chunks(CHUNK).map(Some).collect(),
        };
        for part in parts {
            let mut where_ = Conditions::default();
            self.see_entries(sight, &mut where_);
            let registers = query.registers.iter().map(|id| id.as_str().into()).collect();
            where_.within("e.register", registers);
            if let Some(at) = query.as_of {
                where_.and("e.recorded_at <= ?", [at.0.into()]);
            }
            if let Some(about) = part {
                let about: Vec<Value> = about.iter().map(|id| id.0.into()).collect();
                where_.within("e.subject", about);
            }
            let left = query.most.saturating_sub(entries.len());
            let sql = format!(
                "select {ENTRY_SELECT} from entry e{} order by e.at desc, e.id desc limit {}",
                where_.to_sql(),
                left + 1
            );
            for row in self.connection.query(&sql, &where_.params)? {
                entries.push(read_entry(&row)?.entry);
            }
        }
        let is_cut = entries.len() > query.most;
        entries.truncate(query.most);
        entries.retain(|entry| !self.has_expired(entry));
        Ok((effective(&entries, query.as_of), is_cut))
    }
}
