//! Phones of checkpoints: a one-time code is shown, a phone uses it and is given its secret, a manager revokes the phone.

use crate::LedgerError;
use crate::audit::AuditLine;
use crate::batch::Batch;
use crate::wire::Author;
use lianfang_db::Value;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::SubjectId;
use uuid::Uuid;

/// How long a code is good for, in milliseconds.
pub const PHONE_CODE_MS: i64 = 15 * 60_000;

/// A code that is to be made.
#[derive(Clone, Debug)]
pub struct PhoneCode {
    /// The phone's id, known from the beginning.
    pub id: Uuid,
    /// Where it will be used.
    pub checkpoint: SubjectId,
    /// What its people call it.
    pub name: String,
    /// Digest of the code.
    pub digest: Vec<u8>,
}

/// Makes a code; answers until when it is good.
pub(crate) fn make(batch: &mut Batch<'_>, author: &Author, code: &PhoneCode) -> Result<Instant, LedgerError> {
    let until = batch.now.plus_ms(PHONE_CODE_MS);
    let sql = "insert into checkpoint_device (id, checkpoint, name, org, made_by, made_at, code_digest, code_expires_at) \
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    let params = [
        code.id.into(),
        code.checkpoint.0.into(),
        code.name.as_str().into(),
        author.org.map(|id| id.0).into(),
        author.login.map(|id| id.0).into(),
        batch.now.0.into(),
        code.digest.clone().into(),
        until.0.into(),
    ];
    batch.connection.execute(sql, &params)?;
    note(batch, author, "checkpoint_code", (code.id, code.checkpoint));
    Ok(until)
}

/// Gives a phone its secret for a code; none when the code is wrong, used, too old or revoked.
pub(crate) fn enrol(batch: &mut Batch<'_>, code: &[u8], secret: &[u8]) -> Result<Option<Uuid>, LedgerError> {
    let sql = "update checkpoint_device set digest = $3, enrolled_at = $2 where code_digest = $1 and enrolled_at is null \
               and revoked_at is null and code_expires_at > $2 returning id, checkpoint";
    let params = [Value::from(code.to_vec()), batch.now.0.into(), secret.to_vec().into()];
    let Some(row) = batch.connection.query_opt(sql, &params)? else {
        return Ok(None);
    };
    let (id, checkpoint) = (row.uuid("id")?, SubjectId(row.uuid("checkpoint")?));
    batch.pending.audit.push(AuditLine {
        kind: "checkpoint_phone",
        subject: Some(checkpoint),
        detail: serde_json::json!({ "phone": id }),
        ..AuditLine::default()
    });
    Ok(Some(id))
}

/// Revokes a phone, or a code that nobody has used. What it sent stays.
pub(crate) fn revoke(batch: &mut Batch<'_>, author: &Author, id: Uuid) -> Result<bool, LedgerError> {
    let sql = "update checkpoint_device set revoked_at = $2 where id = $1 and revoked_at is null returning checkpoint";
    let Some(row) = batch.connection.query_opt(sql, &[id.into(), batch.now.0.into()])? else {
        return Ok(false);
    };
    let checkpoint = SubjectId(row.uuid("checkpoint")?);
    note(batch, author, "checkpoint_phone_revoked", (id, checkpoint));
    Ok(true)
}

fn note(batch: &mut Batch<'_>, author: &Author, kind: &'static str, (id, checkpoint): (Uuid, SubjectId)) {
    batch.pending.audit.push(AuditLine {
        kind,
        login: author.login,
        org: author.org,
        subject: Some(checkpoint),
        detail: serde_json::json!({ "phone": id }),
        ..AuditLine::default()
    });
}
