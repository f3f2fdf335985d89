//! Who may live with somebody: people of ours who share what households share, and are not the same person. Shown when it is
//! asked, kept nowhere; whoever knows takes them into the household by an entry of their own.

use super::Readiness;
use super::likely::{Likely, seen};
use crate::caller::Staff;
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_linkage::Class;
use serde_json::json;

/// People within sight who may live with somebody, the likeliest first. The question is in the audit before anything is
/// shown, and everybody found is told.
///
/// # Errors
/// 403 for roles that see nobody; 404; the file is out of sight; the database; the queue is full.
pub async fn may_live_with(
    state: &AppState,
    staff: &Staff,
    id: SubjectId,
) -> Result<(Readiness, Vec<Likely>), ApiError> {
    let model = state.ledger.snapshot().model.clone();
    if !staff.identifies(&model) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不检索个人",
            "Your role does not search for people",
        )));
    }
    let sight = staff.sight.clone();
    let view = read(state, move |reader| {
        let view = reader.subject(id)?;
        Ok(view.map(|view| (reader.may_see(&sight, &view), view.id)))
    })
    .await?;
    let id = match view {
        None => return Err(ApiError::not_found(Words::new("没有这份档案", "There is no such file"))),
        Some((false, _)) => return Err(ApiError::out_of_scope()),
        Some((true, id)) => id,
    };
    let (linkage, ledger) = (state.linkage.clone(), state.ledger.clone());
    let work = move || linkage.with(&ledger, |ours| ours.mates(id));
    let (readiness, found) = tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ApiError::internal())??;
    let mut mates = seen(state, staff, found.unwrap_or_default()).await?;
    mates.retain(|one| one.class == Class::Household && one.view.id != id);
    if readiness == Readiness::Ready {
        let detail = json!({ "reason": "household", "by": ["lives_with"], "count": mates.len(), "how": "linkage" });
        trace::stated(state, staff, "search", Some(id), detail).await?;
        let ids: Vec<SubjectId> = mates.iter().map(|one| one.view.id).collect();
        trace::list(state, staff, "likely", &ids)?;
    }
    Ok((readiness, mates))
}
