//! Residents: a declaration, the pass it earns, and whose file a device may see.
//!
//! A device is known by a secret made at its first declaration. It sees what was typed on it. It sees a file only once
//! staff have confirmed whose device it is, by a one-time code handed over in person: a stranger who types another
//! person's number changes nothing for that person and learns nothing.

use crate::LedgerError;
use crate::append::Append;
use crate::audit::AuditLine;
use crate::batch::{Batch, Wants};
use crate::core::Core;
use crate::wire::{Author, EntryAnswer, NewEntry, Status, SubjectIn};
use crate::writer::Work;
use lianfang_kernel::ids::{DeviceId, SubjectId};
use lianfang_kernel::{Day, Instant, Problem, Words};
use serde::Serialize;
use uuid::Uuid;

/// How long a paper code is good for, in milliseconds.
const CODE_MS: i64 = 14 * 24 * 3_600_000;

/// The field that says so when another device declared for the same person and day.
const ELSEWHERE: &str = "elsewhere";

/// A device that may not be known yet.
#[derive(Clone, Debug)]
pub struct DeviceSeed {
    /// Its id.
    pub id: DeviceId,
    /// Digest of its secret.
    pub digest: Vec<u8>,
    /// Whether the ledger knows it already.
    pub is_known: bool,
}

/// A pass that was signed before its entry was judged.
#[derive(Clone, Debug)]
pub struct SignedPass {
    /// Random id inside the pass.
    pub id: Uuid,
    /// Its text.
    pub text: String,
    /// The day it is good for.
    pub day: Day,
}

/// A declaration on its way in.
#[derive(Clone, Debug)]
pub struct Declare {
    /// On which device it was typed.
    pub device: DeviceSeed,
    /// The file that staff bound the device to.
    pub owner: Option<SubjectId>,
    /// The entry.
    pub entry: NewEntry,
    /// The pass that lands with it.
    pub pass: SignedPass,
}

/// What a declarer is told.
#[derive(Clone, Debug, Serialize)]
pub struct Declared {
    /// What became of the entry.
    pub answer: EntryAnswer,
    /// The pass: the one of today if this device has one already.
    pub pass: Option<(Uuid, String)>,
}

impl Declare {
    fn append(&self) -> Append {
        let author = Author {
            login: None,
            device: Some(self.device.id),
            owner: self.owner,
            role: "resident".into(),
            org: None,
            channel: "web",
        };
        Append {
            author,
            entries: vec![self.entry.clone()],
        }
    }
}

impl Work for Declare {
    type Answer = Declared;

    fn wants(&self, core: &Core, wants: &mut Wants) {
        self.append().wants(core, wants);
    }

    fn run(&self, batch: &mut Batch<'_>) -> Result<Declared, LedgerError> {
        let mut append = self.append();
        let asks = batch.snapshot.model.registers.get(&self.entry.register);
        if asks.is_some_and(|register| register.schema.field(ELSEWHERE).is_some())
            && declared_elsewhere(batch, self)?
            && let Some(entry) = append.entries.first_mut()
        {
            entry.stamped.insert(ELSEWHERE.to_owned(), true.into());
        }
        let mut answer = append.run(batch)?.results.swap_remove(0);
        if matches!(answer.status, Status::Refused | Status::Tray) {
            return Ok(Declared { answer, pass: None });
        }
        if !self.device.is_known {
            let row = vec![
                self.device.id.0.into(),
                self.device.digest.clone().into(),
                lianfang_db::Value::Null,
                lianfang_db::Value::Null,
                batch.now.0.into(),
            ];
            batch.pending.devices.push(row);
        }
        let subject = batch
            .entry_subjects
            .get(&lianfang_kernel::ids::EntryId(self.entry.id))
            .copied()
            .flatten();
        let subject = subject.unwrap_or(SubjectId(Uuid::nil()));
        // One pass a day for each person that this device declares for.
        if self.device.is_known
            && let Some(before) = pass_of_day(batch, self.device.id, subject, self.pass.day)?
        {
            return Ok(Declared {
                answer,
                pass: Some(before),
            });
        }
        batch.pending.certificates.push(vec![
            self.pass.id.into(),
            "pass".into(),
            subject.0.into(),
            self.device.id.0.into(),
            self.entry.id.into(),
            lianfang_db::Value::Null,
            self.pass.text.as_str().into(),
            i64::from(self.pass.day.0).into(),
            batch.now.0.into(),
            short_code(self.pass.id),
        ]);
        answer.subject = answer.subject.filter(|_| self.owner.is_some());
        Ok(Declared {
            answer,
            pass: Some((self.pass.id, self.pass.text.clone())),
        })
    }
}

/// Whether another device has a pass for the same person and day. Nobody who declares is told.
fn declared_elsewhere(batch: &mut Batch<'_>, declare: &Declare) -> Result<bool, LedgerError> {
    let Some(SubjectIn::Described(described)) = &declare.entry.subject else {
        return Ok(false);
    };
    let digests = crate::append::resolve::digests(&batch.core.vault, described);
    batch.look_up(&digests)?;
    let known = digests
        .iter()
        .find_map(|digest| batch.identifiers.get(digest).copied().flatten());
    let Some(subject) = known else { return Ok(false) };
    let (subject, device) = (subject.0.into(), declare.device.id.0.into());
    let day = i64::from(declare.pass.day.0).into();
    let in_batch = batch.pending.certificates.iter().any(|row| {
        row.get(2) == Some(&subject) && row.get(3).is_some_and(|other| *other != device) && row.get(7) == Some(&day)
    });
    if in_batch {
        return Ok(true);
    }
    let sql = "select id from certificate where subject = $1 and day = $2 and kind = 'pass' and device <> $3 limit 1";
    Ok(batch.connection.query_opt(sql, &[subject, day, device])?.is_some())
}

/// The twelve signs under a pass's code, as the store keeps and finds them.
pub(crate) fn short_code(pass: Uuid) -> lianfang_db::Value {
    let number = lianfang_pass::ShortCode::of(pass.as_bytes()).number();
    lianfang_db::Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn pass_of_day(
    batch: &mut Batch<'_>,
    device: DeviceId,
    subject: SubjectId,
    day: Day,
) -> Result<Option<(Uuid, String)>, LedgerError> {
    let sql = "select id, text from certificate where device = $1 and day = $2 and subject = $3 and kind = 'pass' \
               and revoked_at is null order by issued_at limit 1";
    let params = [device.0.into(), i64::from(day.0).into(), subject.0.into()];
    let row = batch.connection.query_opt(sql, &params)?;
    row.map(|row| Ok((row.uuid("id")?, row.text("text")?.to_owned())))
        .transpose()
}

pub(crate) fn make_code(
    batch: &mut Batch<'_>,
    author: &Author,
    subject: SubjectId,
    digest: &[u8],
) -> Result<(), LedgerError> {
    batch.load_subjects(&[subject])?;
    if !batch.subjects.contains_key(&subject) {
        let what = Words::new("没有这个对象", "No such subject");
        let hint = Words::new("请从名单中选择", "Pick it from the list");
        return Err(LedgerError::Refused(Box::new(Problem::new(
            "unknown_subject",
            what,
            hint,
        ))));
    }
    let sql = "insert into binding_code (digest, subject, created_at, expires_at) values ($1, $2, $3, $4)";
    let until: Instant = batch.now.plus_ms(CODE_MS);
    batch.connection.execute(
        sql,
        &[
            digest.to_vec().into(),
            subject.0.into(),
            batch.now.0.into(),
            until.0.into(),
        ],
    )?;
    batch.pending.audit.push(AuditLine {
        kind: "binding_code",
        login: author.login,
        org: author.org,
        subject: Some(subject),
        ..AuditLine::default()
    });
    Ok(())
}

/// Binds a device by a code; each code works once.
pub(crate) fn bind(batch: &mut Batch<'_>, device: &DeviceSeed, digest: &[u8]) -> Result<bool, LedgerError> {
    let sql = "update binding_code set used_at = $2 where digest = $1 and used_at is null and expires_at > $2 returning subject";
    let Some(row) = batch
        .connection
        .query_opt(sql, &[digest.to_vec().into(), batch.now.0.into()])?
    else {
        return Ok(false);
    };
    let subject = row.uuid("subject")?;
    let sql = "insert into device (id, digest, subject, confirmed_at, created_at) values ($1, $2, $3, $4, $4) \
               on conflict (id) do update set subject = excluded.subject, confirmed_at = excluded.confirmed_at";
    let params = [
        device.id.0.into(),
        device.digest.clone().into(),
        subject.into(),
        batch.now.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    batch.pending.audit.push(AuditLine {
        kind: "device_bound",
        device: Some(device.id),
        subject: Some(SubjectId(subject)),
        ..AuditLine::default()
    });
    Ok(true)
}
