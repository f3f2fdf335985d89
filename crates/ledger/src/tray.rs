//! The tray: observations that fit no register as they were sent, kept sealed until a person has dealt with them.

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::Batch;
use crate::read::{Reader, Sight};
use crate::wire::{Author, NewEntry};
use lianfang_kernel::Words;
use uuid::Uuid;

/// What an observation is sealed under while it waits.
pub(crate) fn context(id: Uuid) -> String {
    format!("tray {id}")
}

/// Takes one out of the tray; it stays in the store, and the audit says who and why.
pub(crate) fn settle(batch: &mut Batch<'_>, author: &Author, id: Uuid, reason: &str) -> Result<(), LedgerError> {
    let sql = "update tray set settled_at = $2 where id = $1 and settled_at is null";
    let changed = batch.connection.execute(sql, &[id.into(), batch.now.0.into()])?;
    if changed == 0 {
        return Err(LedgerError::refused(
            "not_found",
            Words::new(
                "待处理中没有这一条，或已办理",
                "It is not in the tray, or was settled already",
            ),
            Words::new("请刷新名单", "Look at the list again"),
        ));
    }
    batch.pending.audit.push(AuditLine {
        kind: "tray_settled",
        login: author.login,
        device: None,
        org: author.org,
        subject: None,
        detail: serde_json::json!({ "entry": id, "reason": reason }),
    });
    Ok(())
}

impl Reader<'_> {
    /// What was sent, opened; none when it is not waiting within the reader's sight. It may hold personal fields: the
    /// caller writes the look into the audit.
    ///
    /// # Errors
    /// The database; the key does not open it.
    pub fn tray_entry(&mut self, sight: &Sight, id: Uuid) -> Result<Option<NewEntry>, LedgerError> {
        if !self.tray(sight)?.iter().any(|item| item.id == id) {
            return Ok(None);
        }
        let sql = "select sealed from tray where id = $1";
        let Some(row) = self.connection.query_opt(sql, &[id.into()])? else {
            return Ok(None);
        };
        let plain = self.core.vault.open_system(&context(id), row.bytes("sealed")?)?;
        Ok(Some(serde_json::from_slice(&plain)?))
    }
}
