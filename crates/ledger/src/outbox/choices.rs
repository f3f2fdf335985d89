//! How somebody wants to be told, kept sealed.

use super::{Choice, NO_CHANNEL, Recipient};
use crate::LedgerError;
use crate::append::resolve::IDENTITY_CLASS;
use crate::audit::AuditLine;
use crate::batch::Batch;
use crate::wire::Author;
use lianfang_db::{Value, dialect};
use lianfang_kernel::ids::SubjectId;
use uuid::Uuid;

/// What an address is sealed for.
pub(crate) fn context(recipient: Uuid) -> String {
    format!("message {recipient}")
}

pub(super) fn choose(
    batch: &mut Batch<'_>,
    author: &Author,
    to: Recipient,
    choice: &Choice,
) -> Result<(), LedgerError> {
    let sealed = match (&choice.address, to) {
        (None, _) => None,
        (Some(address), Recipient::Login(id)) => {
            Some(batch.core.vault.seal_system(&context(id.0), address.as_bytes())?)
        }
        (Some(address), Recipient::Person(id)) => {
            let key = batch.data_key(id, IDENTITY_CLASS, true)?;
            let sealed = key.map(|key| batch.core.vault.seal(&key, &context(id.0), address.as_bytes()));
            sealed.transpose()?
        }
    };
    let sql = "insert into message_choice (recipient, kind, channel, hour, lang, address, changed_at) \
               values ($1, $2, $3, $4, $5, $6, $7) on conflict (recipient) do update set channel = excluded.channel, \
               hour = excluded.hour, lang = excluded.lang, address = excluded.address, changed_at = excluded.changed_at";
    let params = [
        to.id().into(),
        to.kind().into(),
        choice.channel.as_str().into(),
        choice.hour.into(),
        choice.lang.tag().into(),
        sealed.map_or(Value::Null, Value::from),
        batch.now.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    if choice.channel == NO_CHANNEL {
        let sql = "update outbox set state = 'dropped', changed_at = $2 where recipient = $1 and state = 'queued'";
        batch.connection.execute(sql, &[to.id().into(), batch.now.0.into()])?;
    }
    batch.pending.audit.push(AuditLine {
        kind: "message_choice",
        login: author.login,
        device: author.device,
        org: author.org,
        subject: match to {
            Recipient::Person(id) => Some(id),
            Recipient::Login(_) => None,
        },
        detail: serde_json::json!({ "channel": choice.channel }),
    });
    Ok(())
}

/// Who is no longer known is no longer told anything.
pub(crate) fn forget(batch: &mut Batch<'_>, subjects: &[SubjectId]) -> Result<(), LedgerError> {
    let list = dialect::list(subjects.len(), 1);
    let params: Vec<Value> = subjects.iter().map(|id| id.0.into()).collect();
    for table in ["message_choice", "message_number", "outbox"] {
        let sql = format!("delete from {table} where recipient in {list}");
        batch.connection.execute(&sql, &params)?;
    }
    Ok(())
}
