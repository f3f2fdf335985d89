//! What was revoked, kept in memory: every verification asks for it.

use crate::LedgerError;
use lianfang_db::Connection;
use lianfang_kernel::{Day, Instant};
use lianfang_pass::RevocationList;

/// Days after its own day for which a revoked pass stays in the list; by then every phone has seen midnight.
const LISTED_DAYS: i64 = 2;

/// Passes and certificates that were revoked, and when.
#[derive(Debug, Default)]
pub(crate) struct Revoked {
    all: Vec<([u8; 16], Instant)>,
    list: RevocationList,
}

impl Revoked {
    pub(crate) fn load(connection: &mut Connection, today: Day) -> Result<Revoked, LedgerError> {
        let sql =
            "select id, revoked_at from certificate where revoked_at is not null and (kind <> 'pass' or day >= $1)";
        let oldest = i64::from(today.plus(-LISTED_DAYS).0);
        let mut all = Vec::new();
        for row in connection.query(sql, &[oldest.into()])? {
            all.push((*row.uuid("id")?.as_bytes(), Instant(row.int("revoked_at")?)));
        }
        let list = RevocationList::new(all.iter().map(|(id, _)| id));
        Ok(Revoked { all, list })
    }

    /// The list as it stood at a moment: a check of that moment knew no more.
    pub(crate) fn at(&self, at: Instant) -> RevocationList {
        if self.all.iter().all(|(_, since)| *since <= at) {
            return self.list.clone();
        }
        let before = self.all.iter().filter(|(_, since)| *since <= at);
        RevocationList::new(before.map(|(id, _)| id))
    }
}
