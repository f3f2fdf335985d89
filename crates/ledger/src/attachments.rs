//! Files that people attach to entries: sent first, cited by an entry afterwards, read by whoever may read that entry.
//!
//! A file belongs to one subject: the one whose entry cites it first. It lives exactly as long as the sealed fields of that
//! entry, because its key is sealed under theirs. What nobody cites is gone after a day.

use crate::LedgerError;
use crate::batch::Batch;
use crate::ledger::{Ledger, Reply};
use crate::read::{Reader, find_key};
use crate::seal::Vault;
use crate::wire::Author;
use crate::writer::Work;
use lianfang_db::{Row, Value};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Instant, Problem, Words};
use uuid::Uuid;

/// How long a file waits to be cited, in milliseconds.
const LOOSE_MS: i64 = 24 * 3_600_000;
/// Files that one account or device may have waiting.
const MOST_LOOSE: i64 = 200;
const SELECT: &str = "id, media_type, bytes, scope, recorded_at, entry, subject, class";

/// A file about to be kept.
pub struct NewAttachment {
    /// Its id.
    pub id: Uuid,
    /// What it is (RFC 6838).
    pub media_type: &'static str,
    /// Its content, already stripped of what it says beside it.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewAttachment({}, {} bytes)", self.media_type, self.content.len())
    }
}

/// What is known of a file without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentView {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub media_type: String,
    /// Size of its content.
    pub bytes: i64,
    /// When it was sent.
    pub recorded_at: Instant,
    /// The entry that cited it first; none yet when it waits.
    pub entry: Option<EntryId>,
    /// Who sent it, as [`Author::scope`] spells it.
    scope: String,
    /// Whose file it is in, and under which retention class.
    home: Option<(SubjectId, String)>,
}

impl AttachmentView {
    fn of(row: &Row) -> Result<AttachmentView, LedgerError> {
        let home = match (row.opt_uuid("subject")?, row.opt_text("class")?) {
            (Some(subject), Some(class)) => Some((SubjectId(subject), class.to_owned())),
            _ => None,
        };
        Ok(AttachmentView {
            id: row.uuid("id")?,
            media_type: row.text("media_type")?.to_owned(),
            bytes: row.int("bytes")?,
            recorded_at: Instant(row.int("recorded_at")?),
            entry: row.opt_uuid("entry")?.map(EntryId),
            scope: row.text("scope")?.to_owned(),
            home,
        })
    }

    /// Whether this account or device sent it.
    pub fn is_from(&self, author: &Author) -> bool {
        self.scope == author.scope()
    }
}

/// A file that an entry of this batch cites first.
#[derive(Clone, Debug)]
pub(crate) struct Cited {
    id: Uuid,
    entry: EntryId,
    subject: SubjectId,
    class: String,
    content_key: Vec<u8>,
}

pub(crate) fn context(id: Uuid) -> String {
    format!("attachment {id}")
}

/// Keeps a file.
struct Keep {
    author: Author,
    attachment: NewAttachment,
}

impl Work for Keep {
    type Answer = ();

    fn run(&self, batch: &mut Batch<'_>) -> Result<(), LedgerError> {
        let gone = [Value::from(batch.now.plus_ms(-LOOSE_MS).0)];
        let sql = "delete from attachment where entry is null and recorded_at < $1";
        batch.connection.execute(sql, &gone)?;
        let scope = self.author.scope();
        let sql = "select count(*) as n from attachment where scope = $1 and entry is null";
        let waiting = batch.connection.query_one(sql, &[scope.as_str().into()])?.int("n")?;
        if waiting >= MOST_LOOSE {
            let what = Words::new(
                "有{n}个文件还没有附到记录上",
                "{n} files have not been attached to an entry yet",
            );
            let hint = Words::new(
                "请先提交记录，或明天再传",
                "Send the entries first, or come back tomorrow",
            );
            return Err(LedgerError::refused("too_many", what.with("n", waiting), hint));
        }
        let new = &self.attachment;
        let vault = &batch.core.vault;
        let raw = vault.raw_key()?;
        let params = [
            new.id.into(),
            new.media_type.into(),
            i64::try_from(new.content.len()).unwrap_or(i64::MAX).into(),
            vault
                .seal(&Vault::data_key(&raw)?, &context(new.id), &new.content)?
                .into(),
            vault.seal_system(&context(new.id), &raw)?.into(),
            scope.into(),
            batch.now.0.into(),
        ];
        let sql = "insert into attachment (id, media_type, bytes, content, content_key, scope, recorded_at) \
                   values ($1, $2, $3, $4, $5, $6, $7)";
        batch.connection.execute(sql, &params)?;
        Ok(())
    }
}

/// What is wrong with the files that an entry about `subject` cites: each is there, and belongs to its author or to that
/// subject already. Nobody learns whether a file exists that is not theirs.
pub(crate) fn judge(
    batch: &mut Batch<'_>,
    author: &Author,
    subject: SubjectId,
    cited: &[(String, Uuid)],
) -> Result<Vec<Problem>, LedgerError> {
    let mut problems = Vec::new();
    for (path, id) in cited {
        if !may_cite(batch, author, subject, *id)? {
            let what = Words::new("没有这个附件", "There is no such attachment");
            let hint = Words::new(
                "请重新上传文件；未附到记录上的文件只保留一天",
                "Send the file again: one that no entry cites is kept for a day",
            );
            problems.push(Problem::new("unknown_attachment", what, hint).at(path));
        }
    }
    Ok(problems)
}

fn may_cite(batch: &mut Batch<'_>, author: &Author, subject: SubjectId, id: Uuid) -> Result<bool, LedgerError> {
    let pending = batch.pending.cited.iter().find(|cited| cited.id == id);
    if let Some(cited) = pending {
        return Ok(cited.subject == subject);
    }
    let sql = format!("select {SELECT} from attachment where id = $1");
    let Some(row) = batch.connection.query_opt(&sql, &[id.into()])? else {
        return Ok(false);
    };
    let view = AttachmentView::of(&row)?;
    Ok(match &view.home {
        Some((home, _)) => *home == subject,
        None => view.is_from(author) && view.recorded_at.plus_ms(LOOSE_MS) >= batch.now,
    })
}

/// Gives the files that an entry cites first to its subject: their keys are sealed under the subject's from now on.
pub(crate) fn bind(
    batch: &mut Batch<'_>,
    (entry, subject, class): (EntryId, SubjectId, &str),
    cited: &[(String, Uuid)],
) -> Result<(), LedgerError> {
    for (_, id) in cited {
        let sql = "select content_key from attachment where id = $1 and entry is null";
        let Some(row) = batch.connection.query_opt(sql, &[(*id).into()])? else {
            continue;
        };
        let raw = batch.core.vault.open_system(&context(*id), row.bytes("content_key")?)?;
        let Some(key) = batch.data_key(subject, class, true)? else {
            continue;
        };
        let content_key = batch.core.vault.seal(&key, &context(*id), &raw)?;
        if batch.pending.cited.iter().all(|cited| cited.id != *id) {
            batch.pending.cited.push(Cited {
                id: *id,
                entry,
                subject,
                class: class.to_owned(),
                content_key,
            });
        }
    }
    Ok(())
}

/// Writes down what [`bind`] decided.
pub(crate) fn flush(connection: &mut lianfang_db::Connection, cited: &[Cited]) -> Result<(), LedgerError> {
    for cited in cited {
        let sql = "update attachment set entry = $2, subject = $3, class = $4, content_key = $5 \
                   where id = $1 and entry is null";
        let params = [
            cited.id.into(),
            cited.entry.0.into(),
            cited.subject.0.into(),
            cited.class.as_str().into(),
            cited.content_key.clone().into(),
        ];
        connection.execute(sql, &params)?;
    }
    Ok(())
}

/// Removes the files of a class whose key is destroyed: nobody can open them any more.
pub(crate) fn forget(
    connection: &mut lianfang_db::Connection,
    (subject, class): (SubjectId, &str),
) -> Result<(), LedgerError> {
    let sql = "delete from attachment where subject = $1 and class = $2";
    connection.execute(sql, &[subject.0.into(), class.into()])?;
    Ok(())
}

impl Ledger {
    /// Keeps a file until an entry cites it, a day at most.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]; `too_many` wait already.
    pub fn attach(&self, author: Author, attachment: NewAttachment) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Keep { author, attachment })
    }
}

impl Reader<'_> {
    /// What is known of a file; none when there is none.
    ///
    /// # Errors
    /// The database.
    pub fn attachment(&mut self, id: Uuid) -> Result<Option<AttachmentView>, LedgerError> {
        let sql = format!("select {SELECT} from attachment where id = $1");
        let row = self.connection.query_opt(&sql, &[id.into()])?;
        row.map(|row| AttachmentView::of(&row)).transpose()
    }

    /// A file's content; none when its key was destroyed.
    ///
    /// # Errors
    /// The database; the content was altered.
    pub fn attachment_content(&mut self, view: &AttachmentView) -> Result<Option<Vec<u8>>, LedgerError> {
        let sql = "select content, content_key from attachment where id = $1";
        let Some(row) = self.connection.query_opt(sql, &[view.id.into()])? else {
            return Ok(None);
        };
        let (vault, context) = (&self.core.vault, context(view.id));
        let raw = match &view.home {
            None => vault.open_system(&context, row.bytes("content_key")?)?,
            Some((subject, class)) => match find_key(self.core, *subject, class)? {
                Some(key) => vault.open(&key, &context, row.bytes("content_key")?)?,
                None => return Ok(None),
            },
        };
        Ok(Some(vault.open(
            &Vault::data_key(&raw)?,
            &context,
            row.bytes("content")?,
        )?))
    }
}
