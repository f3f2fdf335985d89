//! Replies that nobody could be matched to: they wait in the tray, sealed like everything there.

use super::LostReply;
use crate::LedgerError;
use crate::batch::Batch;
use lianfang_db::Value;

/// What a telephone is digested for.
pub(crate) const NUMBER: &str = "reply";

pub(super) fn keep(batch: &mut Batch<'_>, reply: &LostReply) -> Result<(), LedgerError> {
    let entry = &reply.entry;
    let known = "select id from tray where id = $1";
    if batch.connection.query_opt(known, &[entry.id.into()])?.is_some() {
        return Ok(());
    }
    let region = entry.region.clone().unwrap_or_else(|| batch.snapshot.city.clone());
    let context = crate::tray::context(entry.id);
    let sealed = batch.core.vault.seal_system(&context, &serde_json::to_vec(entry)?)?;
    batch.pending.tray.push(vec![
        entry.id.into(),
        entry.register.as_str().into(),
        "gateway".into(),
        region.as_str().into(),
        batch.snapshot.regions.path(&region).into(),
        Value::Json(serde_json::to_string(&[&reply.problem])?),
        sealed.into(),
        batch.now.0.into(),
    ]);
    Ok(())
}
