//! What follows from an accepted entry in the same commit: certificates, passes taken back.

use crate::LedgerError;
use crate::batch::Batch;
use lianfang_kernel::ids::{IdSource, SubjectId};
use lianfang_kernel::{Act, Entry, Instant};
use lianfang_pass::{CertificateClaims, CertificateKind, holder_digest};
use lianfang_protocol::State;
use uuid::Uuid;

/// A release that a person signed hands out a certificate that can be verified without us.
pub(crate) fn certificate(batch: &mut Batch<'_>, entry: &Entry) -> Result<Option<Uuid>, LedgerError> {
    if entry.act != Act::New {
        return Ok(None);
    }
    let Some(state) = batch.subjects.get(&entry.subject) else {
        return Ok(None);
    };
    let ended = state
        .plan
        .iter()
        .flat_map(|plan| &plan.enrolments)
        .find_map(|enrolment| match &enrolment.state {
            State::Ended { by: Some(by), .. } if *by == entry.id => {
                Some((enrolment.protocol.clone(), enrolment.version))
            }
            _ => None,
        });
    let Some((protocol, version)) = ended else {
        return Ok(None);
    };
    let clause = batch
        .snapshot
        .model
        .edition(&protocol, version)
        .and_then(|edition| edition.clause.clone());
    let id = batch.core.vault.uuid_v7(batch.now);
    let document = document_of(batch, entry.subject)?;
    let signer = batch.core.signer();
    let claims = CertificateClaims {
        city: signer.issuer.city().to_owned(),
        certificate_id: *id.as_bytes(),
        kind: CertificateKind::Release,
        issued_at: Instant(batch.now.0 / 1000 * 1000),
        protocol: protocol.clone(),
        clause,
        valid_until: None,
        holder_digest20: holder_digest(id.as_bytes(), document.as_deref().unwrap_or_default()),
    };
    let text = signer
        .issuer
        .issue_certificate(&claims, &ring::rand::SystemRandom::new())
        .map_err(|e| {
            LedgerError::key(
                &format!("证明签发失败：{e}"),
                &format!("signing the certificate failed: {e}"),
            )
        })?;
    let day = batch.snapshot.zone.day_of(batch.now);
    batch.pending.certificates.push(vec![
        id.into(),
        "release".into(),
        entry.subject.0.into(),
        lianfang_db::Value::Null,
        entry.id.0.into(),
        protocol.into(),
        text.into(),
        i64::from(day.0).into(),
        batch.now.0.into(),
        lianfang_db::Value::Null,
    ]);
    Ok(Some(id))
}

/// The document number that a certificate is bound to, as far as one is known.
fn document_of(batch: &mut Batch<'_>, subject: SubjectId) -> Result<Option<String>, LedgerError> {
    let identity = crate::read::identity_in_batch(batch, subject)?;
    let kinds = ["cn_id", "id_doc"];
    Ok(kinds.iter().find_map(|kind| identity.identifiers.get(*kind).cloned()))
}

/// The register whose entries take a pass or certificate back.
pub const REVOCATIONS: &str = "pass_revocation";

/// A pass that a named person revoked counts no more from this commit on.
pub(crate) fn revoke(batch: &mut Batch<'_>, entry: &Entry) {
    if entry.register != REVOCATIONS || entry.act != Act::New {
        return;
    }
    let pass = entry.body.get("pass").and_then(|id| id.as_str()?.parse::<Uuid>().ok());
    batch.pending.revoked.extend(pass);
}
