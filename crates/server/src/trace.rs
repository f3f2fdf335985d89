//! Reads leave a trace: one line a list with a digest of its subjects and, once a day, one for each person in it; one a
//! file, one an unmasking.

use crate::caller::Staff;
use crate::problem::ApiError;
use crate::state::{AppState, settle};
use lianfang_kernel::hex;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::AuditLine;
use ring::digest::{Context, SHA256};
use serde_json::{Value, json};

fn line(staff: &Staff, kind: &'static str, subject: Option<SubjectId>, detail: Value) -> AuditLine {
    AuditLine {
        kind,
        login: staff.author.login,
        device: None,
        org: staff.author.org,
        subject,
        detail,
    }
}

/// A list of subjects was read. Empty lists of nobody leave nothing.
///
/// # Errors
/// The queue is full: nothing is shown that leaves no trace.
pub fn list(state: &AppState, staff: &Staff, what: &str, subjects: &[SubjectId]) -> Result<(), ApiError> {
    if subjects.is_empty() {
        return Ok(());
    }
    let mut ids = subjects.to_vec();
    ids.sort();
    ids.dedup();
    let mut context = Context::new(&SHA256);
    for id in &ids {
        context.update(id.0.as_bytes());
    }
    let detail = json!({ "list": what, "count": ids.len(), "digest": hex(context.finish()) });
    let mut lines = vec![line(staff, "list", None, detail)];
    // Organisations are public; a person is told, once a day.
    let snapshot = state.ledger.snapshot();
    ids.retain(|id| snapshot.orgs.get(*id).is_none());
    let today = snapshot.zone.day_of(state.ledger.now());
    let told = state.listed.first_today(today, staff.author.org, what, &ids);
    lines.extend(
        told.into_iter()
            .map(|id| line(staff, "listed", Some(id), json!({ "list": what }))),
    );
    // The lines are durable a moment later; the answer need not wait for them.
    let _reply = state.ledger.audit(lines)?;
    Ok(())
}

/// A file was read.
///
/// # Errors
/// The queue is full.
pub fn file(state: &AppState, staff: &Staff, subject: SubjectId) -> Result<(), ApiError> {
    let _reply = state
        .ledger
        .audit(vec![line(staff, "read", Some(subject), json!({}))])?;
    Ok(())
}

/// Something for which a reason was stated; waits until the line is durable.
///
/// # Errors
/// The queue is full; the store.
pub async fn stated(
    state: &AppState,
    staff: &Staff,
    kind: &'static str,
    subject: Option<SubjectId>,
    detail: Value,
) -> Result<(), ApiError> {
    settle(state.ledger.audit(vec![line(staff, kind, subject, detail)])).await
}
