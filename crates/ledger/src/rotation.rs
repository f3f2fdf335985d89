//! Changing the master key: every key wrapped anew, every blind index made again under the new one.
//!
//! Data keys stay: what they seal is not written again. Blind indexes do not stay: whoever has the old master key could
//! try every number against them. The data and the key store are two databases, so the change can be interrupted between
//! them; it is marked before it begins, the ledger does not open meanwhile, and calling [`rotate`] again with the same
//! two keys goes on where it stopped.

use crate::append::resolve::{IDENTITY_CLASS, digests_of, search_tokens};
use crate::batch::Identity;
use crate::core::{meta, set_meta};
use crate::outbox::{NUMBER, choices};
use crate::read::wrapped_keys;
use crate::seal::{MasterKey, Vault};
use crate::{LedgerError, attachments, rows, tray};
use lianfang_db::{Column, ColumnKind, Connection, Database, Insert, OnConflict, Row, Value, dialect};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Problem, Words};
use std::collections::HashMap;
use uuid::Uuid;

/// In `meta` while a change of the master key is under way.
pub(crate) const ROTATING: &str = "key_rotation";
/// In `meta`: the key for phones before the last change, sealed; a phone may still have sealed to it.
pub(crate) const PHONES_BEFORE: &str = "phones_before";
/// In `meta`: a word sealed under the master key.
const SEAL_CHECK: &str = "seal_check";
/// Rows read and written at a time.
const CHUNK: usize = 500;

const MESSAGE_NUMBER: &[Column<'static>] = &[
    Column::new("digest", ColumnKind::Bytes),
    Column::new("recipient", ColumnKind::Uuid),
    Column::new("sent_at", ColumnKind::Int),
];

/// What the system seals for itself: table, id, column, which rows, and what binds a value to its place.
type Sealed = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    fn(Uuid) -> String,
);
const SEALED: [Sealed; 4] = [
    ("login", "id", "totp_sealed", "totp_sealed is not null", |id| {
        format!("totp {id}")
    }),
    ("tray", "id", "sealed", "1 = 1", tray::context),
    ("attachment", "id", "content_key", "entry is null", attachments::context),
    (
        "message_choice",
        "recipient",
        "address",
        "kind = 'login' and address is not null",
        choices::context,
    ),
];

/// How much was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Keys wrapped anew.
    pub keys: u64,
    /// Subjects indexed anew.
    pub subjects: u64,
}

/// Whether a vault's master key is that of the database.
enum Fit {
    /// No key yet: a new database.
    Unset,
    Yes,
    No,
}

/// The first start seals a word under the master key; every later start must be able to open it.
pub(crate) fn check_master(connection: &mut Connection, vault: &Vault) -> Result<(), LedgerError> {
    if meta(connection, ROTATING)?.is_some() {
        return Err(LedgerError::refused(
            "key_rotation",
            Words::new("更换主密钥没有完成", "The change of the master key was not finished"),
            Words::new("请再运行一次 lianfang key rotate", "Run lianfang key rotate again"),
        ));
    }
    match fit(connection, vault)? {
        Fit::Yes => Ok(()),
        Fit::Unset => seal_word(connection, vault),
        Fit::No => Err(wrong_key()),
    }
}

fn fit(connection: &mut Connection, vault: &Vault) -> Result<Fit, LedgerError> {
    let Some(text) = meta(connection, SEAL_CHECK)? else {
        return Ok(Fit::Unset);
    };
    let opened = decoded(&text).and_then(|sealed| vault.open_system("check", &sealed).ok());
    Ok(match opened.as_deref() {
        Some(b"lianfang") => Fit::Yes,
        _ => Fit::No,
    })
}

fn seal_word(connection: &mut Connection, vault: &Vault) -> Result<(), LedgerError> {
    let sealed = vault.seal_system("check", b"lianfang")?;
    set_meta(connection, SEAL_CHECK, &encoded(&sealed))
}

fn wrong_key() -> LedgerError {
    let what = Words::new("主密钥与数据库不符", "This is not the master key of this database");
    let hint = Words::new(
        "请用建库时的密钥文件启动（--key）",
        "Start with the key file that it was made with (--key)",
    );
    LedgerError::Refused(Box::new(Problem::new("wrong_key", what, hint)))
}

/// The key that phones sealed to before the last change, if there was one.
pub(crate) fn phones_before(connection: &mut Connection, vault: &Vault) -> Result<Option<Vec<u8>>, LedgerError> {
    let Some(sealed) = meta(connection, PHONES_BEFORE)?.and_then(|text| decoded(&text)) else {
        return Ok(None);
    };
    Ok(Some(vault.open_system(PHONES_BEFORE, &sealed)?))
}

/// Puts `new` in the place of `old`. No server may be running on these databases. `told` hears how many keys and subjects
/// are done.
///
/// # Errors
/// `wrong_key` when the database opens with neither; the databases.
pub fn rotate(
    data: &Database,
    keys: &Database,
    (old, new): (&MasterKey, &MasterKey),
    told: &mut dyn FnMut(Rotated),
) -> Result<Rotated, LedgerError> {
    let change = Change {
        old: Vault::new(old)?,
        new: Vault::new(new)?,
    };
    let (mut data, mut keys) = (data.writer()?, keys.writer()?);
    let mut done = Rotated::default();
    // The last step seals the word under the new key.
    if matches!(fit(&mut data, &change.new)?, Fit::Yes) {
        return Ok(done);
    }
    if !matches!(fit(&mut data, &change.old)?, Fit::Yes) {
        return Err(wrong_key());
    }
    set_meta(&mut data, ROTATING, "1")?;
    change.wrap_keys(&mut keys, &mut |n| {
        done.keys += n;
        told(done);
    })?;
    data.transaction(|data| {
        change.index(data, &mut keys, &mut |n| {
            done.subjects += n;
            told(done);
        })?;
        change.seal_own(data)?;
        let phones = change.new.seal_system(PHONES_BEFORE, &Vault::phone_secret(old)?)?;
        set_meta(data, PHONES_BEFORE, &encoded(&phones))?;
        seal_word(data, &change.new)?;
        data.execute("delete from meta where name = $1", &[ROTATING.into()])?;
        Ok::<(), LedgerError>(())
    })?;
    Ok(done)
}

struct Change {
    old: Vault,
    new: Vault,
}

impl Change {
    /// Wraps every key of the key store anew; those that an interrupted change wrapped already stay.
    fn wrap_keys(&self, keys: &mut Connection, told: &mut dyn FnMut(u64)) -> Result<(), LedgerError> {
        let sql = format!(
            "select subject, class, wrapped from subject_key where (subject, class) > ($1, $2) \
             order by subject, class limit {CHUNK}"
        );
        let mut after = (Uuid::nil(), String::new());
        loop {
            let found = keys.query(&sql, &[after.0.into(), after.1.as_str().into()])?;
            let Some(last) = found.last() else { return Ok(()) };
            after = (last.uuid("subject")?, last.text("class")?.to_owned());
            let written = keys.transaction(|keys| {
                let mut written = 0;
                for row in &found {
                    written += self.wrap(keys, row)?;
                }
                Ok::<u64, LedgerError>(written)
            })?;
            told(written);
        }
    }

    fn wrap(&self, keys: &mut Connection, row: &Row) -> Result<u64, LedgerError> {
        let (subject, class) = (SubjectId(row.uuid("subject")?), row.text("class")?);
        let wrapped = row.bytes("wrapped")?;
        if self.new.unwrap_raw_key(subject, class, wrapped).is_ok() {
            return Ok(0);
        }
        let raw = self.old.unwrap_raw_key(subject, class, wrapped)?;
        let wrapped = self.new.wrap_raw_key(subject, class, &raw)?;
        let sql = "update subject_key set wrapped = $3 where subject = $1 and class = $2";
        Ok(keys.execute(sql, &[subject.0.into(), class.into(), wrapped.into()])?)
    }

    /// Blind indexes and search tokens of everybody who can still be named.
    fn index(
        &self,
        data: &mut Connection,
        keys: &mut Connection,
        told: &mut dyn FnMut(u64),
    ) -> Result<(), LedgerError> {
        let sql = format!(
            "select id, identity_sealed from subject where id > $1 and identity_sealed is not null order by id limit {CHUNK}"
        );
        let mut after = Uuid::nil();
        loop {
            let found = data.query(&sql, &[after.into()])?;
            let Some(last) = found.last() else { return Ok(()) };
            after = last.uuid("id")?;
            self.index_some(data, keys, &found)?;
            told(u64::try_from(found.len()).unwrap_or(0));
        }
    }

    fn index_some(&self, data: &mut Connection, keys: &mut Connection, found: &[Row]) -> Result<(), LedgerError> {
        let list = dialect::list(found.len(), 1);
        let ids: Vec<Value> = found
            .iter()
            .map(|row| row.uuid("id").map(Value::Uuid))
            .collect::<Result<_, _>>()?;
        let wrapped = wrapped_keys(keys, &list, &ids)?;
        let sql = format!("select subject, kind, recorded_at from identifier where subject in {list}");
        let mut recorded: HashMap<(Uuid, String), i64> = HashMap::new();
        for row in data.query(&sql, &ids)? {
            let key = (row.uuid("subject")?, row.text("kind")?.to_owned());
            recorded.insert(key, row.int("recorded_at")?);
        }
        for table in ["identifier", "search_token"] {
            data.execute(&format!("delete from {table} where subject in {list}"), &ids)?;
        }
        let sent = format!("select digest, recipient, sent_at from message_number where recipient in {list}");
        let sent = data.query(&sent, &ids)?;
        data.execute(&format!("delete from message_number where recipient in {list}"), &ids)?;
        let (mut identifiers, mut tokens, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
        for row in found {
            let id = SubjectId(row.uuid("id")?);
            let Some(wrapped) = wrapped.get(&id) else { continue };
            let identity = self.identity(id, wrapped, row)?;
            for (kind, digest) in digests_of(&self.new, &identity) {
                if let Some(at) = recorded.get(&(id.0, kind.to_owned())) {
                    identifiers.push(vec![digest.into(), kind.into(), id.0.into(), (*at).into()]);
                }
            }
            for row in &sent {
                numbers.extend(self.number_anew(id, &identity, row)?);
            }
            let found = search_tokens(&self.new, &identity);
            tokens.extend(found.into_iter().map(|token| vec![token.into(), id.0.into()]));
        }
        write(
            data,
            "message_number",
            MESSAGE_NUMBER,
            &numbers,
            &["digest", "recipient"],
        )?;
        write(data, "identifier", rows::IDENTIFIER, &identifiers, &["digest"])?;
        write(data, "search_token", rows::SEARCH_TOKEN, &tokens, &["token", "subject"])
    }

    /// That a message went to the number on file, under the new key: a reply is still known by it. Nothing for a number that
    /// is not on file, whose digest cannot be made again: replies from it wait for staff.
    fn number_anew(&self, id: SubjectId, identity: &Identity, row: &Row) -> Result<Option<Vec<Value>>, LedgerError> {
        let Some(number) = identity.identifiers.get("phone") else {
            return Ok(None);
        };
        if row.uuid("recipient")? != id.0 || row.bytes("digest")? != self.old.digest(NUMBER, number) {
            return Ok(None);
        }
        let digest = self.new.digest(NUMBER, number);
        Ok(Some(vec![digest.into(), id.0.into(), row.int("sent_at")?.into()]))
    }

    fn identity(&self, id: SubjectId, wrapped: &[u8], row: &Row) -> Result<Identity, LedgerError> {
        let key = self.new.unwrap_key(id, IDENTITY_CLASS, wrapped)?;
        let plain = self
            .new
            .open(&key, &format!("identity {id}"), row.bytes("identity_sealed")?)?;
        Ok(serde_json::from_slice(&plain)?)
    }

    /// The system's own secrets.
    fn seal_own(&self, data: &mut Connection) -> Result<(), LedgerError> {
        for (table, id_column, column, which, context) in SEALED {
            let sql = format!("select {id_column} as id, {column} as sealed from {table} where {which}");
            for row in data.query(&sql, &[])? {
                let id = row.uuid("id")?;
                let sealed = self.sealed_anew(&context(id), &row)?;
                let sql = format!("update {table} set {column} = $2 where {id_column} = $1");
                data.execute(&sql, &[id.into(), sealed.into()])?;
            }
        }
        for row in data.query("select kid, sealed from signing_key", &[])? {
            let kid = row.text("kid")?;
            let sealed = self.sealed_anew(&format!("signing {kid}"), &row)?;
            let sql = "update signing_key set sealed = $2 where kid = $1";
            data.execute(sql, &[kid.into(), sealed.into()])?;
        }
        // Numbers of who has no file here, of accounts and of the forgotten: their digests cannot be made again.
        let sql = "delete from message_number where not exists (select 1 from subject s where s.id = message_number.recipient \
                   and s.identity_sealed is not null)";
        data.execute(sql, &[])?;
        // A link and its code come from the master key: those given out are good no longer, and another is made.
        data.execute("delete from invitation where used_at is null", &[])?;
        Ok(())
    }

    fn sealed_anew(&self, context: &str, row: &Row) -> Result<Vec<u8>, LedgerError> {
        let plain = self.old.open_system(context, row.bytes("sealed")?)?;
        self.new.seal_system(context, &plain)
    }
}

fn write(
    data: &mut Connection,
    table: &str,
    columns: &[Column<'_>],
    rows: &[Vec<Value>],
    key: &[&str],
) -> Result<(), LedgerError> {
    if !rows.is_empty() {
        data.insert_rows(&Insert {
            table,
            columns,
            rows,
            on_conflict: OnConflict::Nothing { key },
        })?;
    }
    Ok(())
}

fn encoded(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use crate::MIGRATIONS;

    /// Columns of bytes, and why a change of the master key deals with each, or need not.
    const KNOWN: &[&str] = &[
        // Sealed by the system.
        "login.totp_sealed",
        "tray.sealed",
        "signing_key.sealed",
        "attachment.content_key",
        "message_choice.address",
        // Keyed digests.
        "identifier.digest",
        "search_token.token",
        "message_number.digest",
        // Under data keys, which stay.
        "subject.identity_sealed",
        "entry.sealed",
        "attachment.content",
        // Digests without a key.
        "session.digest",
        "device.digest",
        "binding_code.digest",
        "answered.body_digest",
        "audit.previous",
        "audit.hash",
        "checkpoint_device.code_digest",
        "checkpoint_device.digest",
        "invitation.link_digest",
        // Keyed digests that go with the old key.
        "invitation.code_digest",
        // Under the key of a day, which the key store holds.
        "check_pass.digest",
    ];

    #[test]
    fn every_column_of_bytes_is_dealt_with() {
        let mut table = String::new();
        let mut unknown = Vec::new();
        for line in MIGRATIONS.iter().flat_map(|migration| migration.sql.lines()) {
            if let Some(rest) = line.trim().strip_prefix("create table ") {
                table = rest.split([' ', '(']).next().unwrap_or_default().to_owned();
            }
            if let Some((column, _)) = line.trim().split_once(" {bytes}") {
                let column = format!("{table}.{column}");
                if !KNOWN.contains(&column.as_str()) {
                    unknown.push(column);
                }
            }
        }
        assert_eq!(unknown, Vec::<String>::new());
    }
}
