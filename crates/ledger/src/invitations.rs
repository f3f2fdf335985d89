//! Links by which somebody without an account writes one register about their own file: they run out, belong to the device
//! that opens them first, and are good for one entry.
//!
//! A link and the code that stands for it come from the invitation's id under the master key, so that a message can be
//! written later and neither lies in the store. Opening one shows nothing of the file, and makes the device nobody's.

use crate::LedgerError;
use crate::append::Append;
use crate::audit::AuditLine;
use crate::batch::{Batch, Wants};
use crate::core::Core;
use crate::declare::DeviceSeed;
use crate::ledger::{Exec, Ledger, Reply};
use crate::read::Reader;
use crate::seal::{Vault, secret_digest};
use crate::wire::{Author, EntryAnswer, INVITED, NewEntry};
use crate::writer::Work;
use lianfang_db::{Row, Value, dialect};
use lianfang_kernel::ids::{DeviceId, SubjectId};
use lianfang_kernel::{Instant, Problem, Words};
use serde::Serialize;
use uuid::Uuid;

/// What the purpose of a message that carries a link begins with; the invitation's id follows.
pub const INVITATION: &str = "invitation-";
/// Characters of a code.
pub const CODE_CHARS: usize = 8;
/// Characters that nobody confuses on paper.
const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Characters of a link: 160 bits.
const LINK_CHARS: usize = 32;

const COLUMNS: &str = "id, subject, entry, link_digest, made_at, expires_at, device, opened_at, used_at, withdrawn_at";

/// What is shown to the person, once.
#[derive(Clone, PartialEq, Eq)]
pub struct Ways {
    /// The last part of the link.
    pub link: String,
    /// The code to be typed where there is no camera and no message.
    pub code: String,
}

impl std::fmt::Debug for Ways {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ways(…)")
    }
}

/// An invitation that is to be made.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Its id.
    pub id: Uuid,
    /// Whose file.
    pub subject: SubjectId,
    /// The act that invites.
    pub entry: Uuid,
    /// Until when.
    pub expires_at: Instant,
}

/// By which of the two somebody opens it.
#[derive(Clone, PartialEq, Eq)]
pub enum Way {
    /// The last part of the link.
    Link(String),
    /// The code.
    Code(String),
}

impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Way(…)")
    }
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invitation {
    /// Its id.
    pub id: Uuid,
    /// Whose file.
    #[serde(skip)]
    pub subject: SubjectId,
    /// The act that invites.
    pub entry: Uuid,
    /// When it was made.
    pub made_at: Instant,
    /// Until when it is good.
    pub expires_at: Instant,
    /// When a device opened it.
    pub opened_at: Option<Instant>,
    /// When the entry came.
    pub used_at: Option<Instant>,
    /// When it was taken back.
    pub withdrawn_at: Option<Instant>,
    #[serde(skip)]
    device: Option<DeviceId>,
    #[serde(skip)]
    link_digest: Vec<u8>,
}

/// Why an invitation does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// There is none, or the code is not good: which of the two is not said.
    Unknown,
    /// Another device opened it first.
    OtherDevice,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Withdrawn,
    /// What it was for has been sent.
    Used,
}

impl Closed {
    /// What is said about it.
    pub fn problem(self) -> Problem {
        let (code, zh, en) = match self {
            Closed::Unknown => (
                "invitation_unknown",
                "链接或填报码不对，或已失效",
                "The link or code is wrong, or no longer good",
            ),
            Closed::OtherDevice => (
                "invitation_taken",
                "这个链接已在另一台设备上打开",
                "Another device has opened this link already",
            ),
            Closed::Expired => ("invitation_over", "这个链接已过期", "This link has run out"),
            Closed::Withdrawn => ("invitation_withdrawn", "这个链接已被收回", "This link was taken back"),
            Closed::Used => (
                "invitation_used",
                "已经收到您的填报，链接不能再用",
                "What you sent has arrived; the link is used up",
            ),
        };
        let hint = Words::new(
            "如需补充或重新填报，请联系给您链接的流调人员",
            "To add or send it again, ask the tracer who gave it to you",
        );
        Problem::new(code, Words::new(zh, en), hint)
    }
}

impl Invitation {
    /// Whether a device may write by it now.
    ///
    /// # Errors
    /// Why not.
    pub fn is_open_to(&self, device: DeviceId, now: Instant) -> Result<(), Closed> {
        self.is_good(now)?;
        match self.device {
            Some(other) if other != device => Err(Closed::OtherDevice),
            _ => Ok(()),
        }
    }

    /// Whether it could still be sent to somebody.
    ///
    /// # Errors
    /// Why not.
    pub fn is_good(&self, now: Instant) -> Result<(), Closed> {
        match self {
            _ if self.withdrawn_at.is_some() => Err(Closed::Withdrawn),
            _ if self.used_at.is_some() => Err(Closed::Used),
            _ if now >= self.expires_at => Err(Closed::Expired),
            _ => Ok(()),
        }
    }
}

fn ways(vault: &Vault, id: Uuid) -> Ways {
    let letters = |kind: &str, most: usize| -> String {
        let digest = vault.digest(kind, &id.to_string());
        let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
        digest.iter().take(most).map(letter).collect()
    };
    Ways {
        link: letters("invitation link", LINK_CHARS),
        code: letters("invitation code", CODE_CHARS),
    }
}

/// A code is short: without the master key its digest tells nothing.
fn code_digest(vault: &Vault, code: &str) -> Vec<u8> {
    vault.digest("invitation typed", code)
}

fn read(row: &Row) -> Result<Invitation, LedgerError> {
    let at = |name: &str| Ok::<_, LedgerError>(row.opt_int(name)?.map(Instant));
    Ok(Invitation {
        id: row.uuid("id")?,
        subject: SubjectId(row.uuid("subject")?),
        entry: row.uuid("entry")?,
        made_at: Instant(row.int("made_at")?),
        expires_at: Instant(row.int("expires_at")?),
        opened_at: at("opened_at")?,
        used_at: at("used_at")?,
        withdrawn_at: at("withdrawn_at")?,
        device: row.opt_uuid("device")?.map(DeviceId),
        link_digest: row.bytes("link_digest")?.to_vec(),
    })
}

/// Makes one; what was made for the same file before is taken back, so that one is good at a time.
fn make(batch: &mut Batch<'_>, author: &Author, new: &NewInvitation) -> Result<Ways, LedgerError> {
    let ways = ways(&batch.core.vault, new.id);
    let sql = "update invitation set withdrawn_at = $2 where subject = $1 and withdrawn_at is null and used_at is null";
    batch
        .connection
        .execute(sql, &[new.subject.0.into(), batch.now.0.into()])?;
    let sql = "insert into invitation (id, subject, entry, link_digest, code_digest, made_at, expires_at) \
               values ($1, $2, $3, $4, $5, $6, $7)";
    let params = [
        new.id.into(),
        new.subject.0.into(),
        new.entry.into(),
        secret_digest(&ways.link).into(),
        code_digest(&batch.core.vault, &ways.code).into(),
        batch.now.0.into(),
        new.expires_at.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    note(batch, author, "invitation", new.subject);
    Ok(ways)
}

fn note(batch: &mut Batch<'_>, author: &Author, kind: &'static str, subject: SubjectId) {
    batch.pending.audit.push(AuditLine {
        kind,
        login: author.login,
        device: author.device,
        org: author.org,
        subject: Some(subject),
        ..AuditLine::default()
    });
}

fn withdraw(batch: &mut Batch<'_>, author: &Author, id: Uuid) -> Result<bool, LedgerError> {
    let sql = "update invitation set withdrawn_at = $2 where id = $1 and withdrawn_at is null and used_at is null \
               returning subject";
    let Some(row) = batch.connection.query_opt(sql, &[id.into(), batch.now.0.into()])? else {
        return Ok(false);
    };
    let subject = SubjectId(row.uuid("subject")?);
    note(batch, author, "invitation_withdrawn", subject);
    Ok(true)
}

/// Opens one for a device: the first one keeps it.
fn open(batch: &mut Batch<'_>, device: &DeviceSeed, way: &Way) -> Result<Result<Invitation, Closed>, LedgerError> {
    let (column, digest) = match way {
        Way::Link(link) => ("link_digest", secret_digest(link)),
        Way::Code(code) => ("code_digest", code_digest(&batch.core.vault, code)),
    };
    let sql = format!("select {COLUMNS} from invitation where {column} = $1");
    let Some(row) = batch.connection.query_opt(&sql, &[digest.into()])? else {
        return Ok(Err(Closed::Unknown));
    };
    let mut found = read(&row)?;
    if let Err(closed) = found.is_open_to(device.id, batch.now) {
        // A code can be guessed: whoever guesses is not told that there was one.
        let told = if matches!(way, Way::Code(_)) {
            Closed::Unknown
        } else {
            closed
        };
        return Ok(Err(told));
    }
    if found.device.is_some() {
        return Ok(Ok(found));
    }
    let sql = "update invitation set device = $2, opened_at = $3 where id = $1 and device is null";
    let params = [found.id.into(), device.id.0.into(), batch.now.0.into()];
    if batch.connection.execute(sql, &params)? == 0 {
        return Ok(Err(Closed::OtherDevice));
    }
    if !device.is_known {
        let sql = "insert into device (id, digest, created_at) values ($1, $2, $3)";
        let params = [device.id.0.into(), device.digest.clone().into(), batch.now.0.into()];
        batch.connection.execute(sql, &params)?;
    }
    batch.pending.audit.push(AuditLine {
        kind: "invitation_opened",
        device: Some(device.id),
        subject: Some(found.subject),
        ..AuditLine::default()
    });
    (found.device, found.opened_at) = (Some(device.id), Some(batch.now));
    Ok(Ok(found))
}

/// The one entry that an invitation is good for.
struct Answering {
    invitation: Uuid,
    author: Author,
    device: DeviceId,
    entry: NewEntry,
}

impl Answering {
    fn append(&self) -> Append {
        Append {
            author: self.author.clone(),
            entries: vec![self.entry.clone()],
        }
    }
}

impl Work for Answering {
    type Answer = Result<EntryAnswer, Closed>;

    fn wants(&self, core: &Core, wants: &mut Wants) {
        self.append().wants(core, wants);
    }

    fn run(&self, batch: &mut Batch<'_>) -> Result<Self::Answer, LedgerError> {
        let sql = format!("select {COLUMNS} from invitation where id = $1");
        let found = batch.connection.query_opt(&sql, &[self.invitation.into()])?;
        let Some(found) = found.as_ref().map(read).transpose()? else {
            return Ok(Err(Closed::Unknown));
        };
        if let Err(closed) = found.is_open_to(self.device, batch.now) {
            return Ok(Err(closed));
        }
        let answer = self.append().run(batch)?.results.swap_remove(0);
        if answer.status.is_in() {
            let sql = "update invitation set used_at = $2 where id = $1";
            batch
                .connection
                .execute(sql, &[self.invitation.into(), batch.now.0.into()])?;
        }
        Ok(Ok(answer))
    }
}

/// Nobody is left whom they were for.
pub(crate) fn forget(batch: &mut Batch<'_>, subjects: &[SubjectId]) -> Result<(), LedgerError> {
    let list = dialect::list(subjects.len(), 1);
    let params: Vec<Value> = subjects.iter().map(|id| id.0.into()).collect();
    let sql = format!("delete from invitation where subject in {list}");
    batch.connection.execute(&sql, &params)?;
    Ok(())
}

impl Ledger {
    /// Makes an invitation; answers what the person is given.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn invite(&self, author: Author, new: NewInvitation) -> Result<Reply<Ways>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| make(batch, &author, &new)))
    }

    /// Opens an invitation for a device, which keeps it.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn open_invitation(
        &self,
        device: DeviceSeed,
        way: Way,
    ) -> Result<Reply<Result<Invitation, Closed>>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| open(batch, &device, &way)))
    }

    /// Takes an invitation back; false when there is none, or it was used or taken back before.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn withdraw_invitation(&self, author: Author, id: Uuid) -> Result<Reply<bool>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| withdraw(batch, &author, id)))
    }

    /// Writes the one entry that an invitation is good for, from the device that opened it.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn answer_invitation(
        &self,
        invitation: &Invitation,
        device: DeviceId,
        entry: NewEntry,
    ) -> Result<Reply<Result<EntryAnswer, Closed>>, LedgerError> {
        let author = Author {
            login: None,
            device: Some(device),
            owner: Some(invitation.subject),
            role: "resident".into(),
            org: None,
            channel: INVITED,
        };
        self.queue.submit(Answering {
            invitation: invitation.id,
            author,
            device,
            entry,
        })
    }
}

impl Reader<'_> {
    /// Invitations for a file, latest first.
    ///
    /// # Errors
    /// The database.
    pub fn invitations(&mut self, subject: SubjectId) -> Result<Vec<Invitation>, LedgerError> {
        let sql =
            format!("select {COLUMNS} from invitation where subject = $1 order by made_at desc, id desc limit 20");
        let rows = self.connection.query(&sql, &[subject.0.into()])?;
        rows.iter().map(read).collect()
    }

    /// An invitation by its id.
    ///
    /// # Errors
    /// The database.
    pub fn invitation(&mut self, id: Uuid) -> Result<Option<Invitation>, LedgerError> {
        let sql = format!("select {COLUMNS} from invitation where id = $1");
        self.connection
            .query_opt(&sql, &[id.into()])?
            .as_ref()
            .map(read)
            .transpose()
    }

    /// The invitation that a device opened last, whatever became of it.
    ///
    /// # Errors
    /// The database.
    pub fn invitation_of_device(&mut self, device: DeviceId) -> Result<Option<Invitation>, LedgerError> {
        let sql =
            format!("select {COLUMNS} from invitation where device = $1 order by opened_at desc, id desc limit 1");
        self.connection
            .query_opt(&sql, &[device.0.into()])?
            .as_ref()
            .map(read)
            .transpose()
    }

    /// What the person is given, once more; none after the master key was changed.
    pub fn ways_of(&self, invitation: &Invitation) -> Option<Ways> {
        let ways = ways(&self.core.vault, invitation.id);
        (secret_digest(&ways.link) == invitation.link_digest).then_some(ways)
    }
}
