//! Passes and certificates that were handed out.

use super::Reader;
use crate::LedgerError;
use lianfang_db::Row;
use lianfang_kernel::ids::{DeviceId, EntryId, SubjectId};
use lianfang_kernel::{Day, Instant};
use lianfang_pass::ShortCode;
use serde::Serialize;
use uuid::Uuid;

/// A pass or certificate.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// Its id, also inside its text.
    pub id: Uuid,
    /// `pass` or `release`.
    pub kind: String,
    /// Whose file it came from.
    #[serde(skip)]
    pub subject: SubjectId,
    /// The device it was given to.
    #[serde(skip)]
    pub device: Option<DeviceId>,
    /// The entry that earned it.
    pub entry: Option<EntryId>,
    /// The protocol that was completed.
    pub protocol: Option<String>,
    /// What is signed: `LF1:…`.
    pub text: String,
    /// The day it is good for, or was issued on.
    pub day: Day,
    /// When.
    pub issued_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

const SELECT: &str =
    "select id, kind, subject, device, entry, protocol, text, day, issued_at, revoked_at from certificate";

fn read(row: &Row) -> Result<Certificate, LedgerError> {
    Ok(Certificate {
        id: row.uuid("id")?,
        kind: row.text("kind")?.to_owned(),
        subject: SubjectId(row.uuid("subject")?),
        device: row.opt_uuid("device")?.map(DeviceId),
        entry: row.opt_uuid("entry")?.map(EntryId),
        protocol: row.opt_text("protocol")?.map(str::to_owned),
        text: row.text("text")?.to_owned(),
        day: Day(i32::try_from(row.int("day")?).unwrap_or(0)),
        issued_at: Instant(row.int("issued_at")?),
        revoked_at: row.opt_int("revoked_at")?.map(Instant),
    })
}

impl Reader<'_> {
    /// A pass or certificate by its id.
    ///
    /// # Errors
    /// The database.
    pub fn certificate(&mut self, id: Uuid) -> Result<Option<Certificate>, LedgerError> {
        let row = self
            .connection
            .query_opt(&format!("{SELECT} where id = $1"), &[id.into()])?;
        row.as_ref().map(read).transpose()
    }

    /// Certificates of a subject, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn certificates_of(&mut self, subject: SubjectId) -> Result<Vec<Certificate>, LedgerError> {
        let sql = format!("{SELECT} where subject = $1 and kind = 'release' order by issued_at desc, id limit 100");
        self.connection
            .query(&sql, &[subject.0.into()])?
            .iter()
            .map(read)
            .collect()
    }

    /// The pass a device was given for a day.
    ///
    /// # Errors
    /// The database.
    pub fn pass_of_day(&mut self, device: DeviceId, day: Day) -> Result<Option<Certificate>, LedgerError> {
        let sql = format!(
            "{SELECT} where device = $1 and day = $2 and kind = 'pass' and revoked_at is null order by issued_at limit 1"
        );
        let row = self
            .connection
            .query_opt(&sql, &[device.0.into(), i64::from(day.0).into()])?;
        row.as_ref().map(read).transpose()
    }

    /// Passes that a device was given, or another device of its owner, of the days whose checks can still be found. A
    /// pass that a stranger got by typing the owner's number is not among them: where the stranger went is not the
    /// owner's to know.
    ///
    /// # Errors
    /// The database.
    pub fn own_passes(
        &mut self,
        device: DeviceId,
        owner: Option<SubjectId>,
        since: Day,
    ) -> Result<Vec<(Uuid, Day)>, LedgerError> {
        let mut passes = Vec::new();
        let holders = [
            Some(("device = $1", device.0)),
            owner.map(|owner| {
                (
                    "subject = $1 and device in (select id from device where subject = $1)",
                    owner.0,
                )
            }),
        ];
        for (whose, id) in holders.into_iter().flatten() {
            let sql =
                format!("select id, day from certificate where {whose} and kind = 'pass' and day >= $2 limit 500");
            for row in self.connection.query(&sql, &[id.into(), i64::from(since.0).into()])? {
                let pass = (row.uuid("id")?, Day(i32::try_from(row.int("day")?).unwrap_or(0)));
                if !passes.contains(&pass) {
                    passes.push(pass);
                }
            }
        }
        Ok(passes)
    }

    /// The pass of a short code.
    ///
    /// # Errors
    /// The database.
    pub fn pass_by_short_code(&mut self, code: ShortCode) -> Result<Option<Certificate>, LedgerError> {
        let number = i64::try_from(code.number()).unwrap_or(i64::MAX);
        let row = self.connection.query_opt(
            &format!("{SELECT} where short_code = $1 and kind = 'pass'"),
            &[number.into()],
        )?;
        row.as_ref().map(read).transpose()
    }
}
