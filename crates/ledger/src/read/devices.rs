//! Residents' devices: what was typed on them, and who looked.

use super::{EntryItem, Reader};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, StoredEntry, read_entry};
use crate::seal::secret_digest;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::{DeviceId, SubjectId};
use serde::Serialize;

/// A device that the ledger knows.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The file that staff bound it to.
    pub owner: Option<SubjectId>,
    /// When it was first seen.
    pub created_at: Instant,
}

/// A read of a file, as the person sees it: unit, role and time, no name.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceRead {
    /// When.
    pub at: Instant,
    /// What: `listed` (met in a list that day), `read`, `unmask`.
    pub kind: String,
    /// Which list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// Which unit.
    pub org: Option<SubjectId>,
    /// Why.
    pub reason: Option<String>,
}

impl Reader<'_> {
    /// The device of a secret.
    ///
    /// # Errors
    /// The database.
    pub fn device(&mut self, secret: &str) -> Result<Option<Device>, LedgerError> {
        let sql = "select id, subject, created_at from device where digest = $1";
        let Some(row) = self.connection.query_opt(sql, &[secret_digest(secret).into()])? else {
            return Ok(None);
        };
        Ok(Some(Device {
            id: DeviceId(row.uuid("id")?),
            owner: row.opt_uuid("subject")?.map(SubjectId),
            created_at: Instant(row.int("created_at")?),
        }))
    }

    /// What was typed on a device, newest first; without what it says where the register withholds it.
    ///
    /// # Errors
    /// The database.
    pub fn typed_on(&mut self, device: DeviceId) -> Result<Vec<EntryItem>, LedgerError> {
        let sql = format!(
            "select {ENTRY_SELECT} from entry e where e.device = $1 order by e.recorded_at desc, e.id desc limit 100"
        );
        let stored: Vec<StoredEntry> = self
            .connection
            .query(&sql, &[device.0.into()])?
            .iter()
            .map(read_entry)
            .collect::<Result<_, LedgerError>>()?;
        let mut typed = self.with_later_acts(stored, None)?;
        for item in &mut typed {
            let register = self.snapshot.model.registers.get(&item.register);
            if register.is_some_and(|register| register.withheld) {
                item.body.clear();
            }
        }
        Ok(typed)
    }

    /// Who looked at a file, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn reads_of(&mut self, subject: SubjectId) -> Result<Vec<DeviceRead>, LedgerError> {
        let sql = "select at, kind, org, detail from audit where subject = $1 and kind in ('read', 'unmask', 'listed') \
                   order by at desc limit 200";
        let mut reads = Vec::new();
        for row in self.connection.query(sql, &[subject.0.into()])? {
            let detail: serde_json::Value = row.json("detail")?;
            let text = |name: &str| detail.get(name).and_then(|text| text.as_str()).map(str::to_owned);
            reads.push(DeviceRead {
                at: Instant(row.int("at")?),
                kind: row.text("kind")?.to_owned(),
                org: row.opt_uuid("org")?.map(SubjectId),
                list: text("list"),
                reason: text("reason"),
            });
        }
        Ok(reads)
    }
}
