//! Whom of other issuers the city believes: lists that a system administrator imports and removes.

use crate::asked::{bytes, too_large};
use crate::caller::Staff;
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use lianfang_kernel::Words;
use lianfang_ledger::{ReadTrustList, TRUST_LIST_BYTES, TrustList, accounts};
use serde_json::{Value, json};

/// A list with the envelope of an upload around it.
const UPLOAD_BYTES: usize = TRUST_LIST_BYTES + (64 << 10);

pub(crate) fn router() -> Router<AppState> {
    let one = put(import).delete(remove).layer(DefaultBodyLimit::max(UPLOAD_BYTES));
    Router::new()
        .route("/trust-lists", get(list))
        .route("/trust-lists/{name}", one)
}

/// The lists with who imported each, for who manages or audits the installation.
///
/// # Errors
/// `no_right`; the database.
pub async fn trust_lists(state: &AppState, staff: &Staff) -> Result<Vec<(TrustList, Option<String>)>, ApiError> {
    if !staff.role.auditor {
        staff.must_manage()?;
    }
    let lists = state.ledger.trusted().lists.clone();
    let logins = read(state, |reader| accounts::list(reader.connection())).await?;
    let name = |list: &TrustList| {
        let login = logins.iter().find(|login| Some(login.id) == list.login)?;
        Some(login.name.clone())
    };
    Ok(lists.into_iter().map(|list| (list.clone(), name(&list))).collect())
}

/// Imports a list in place of the one that had its name.
///
/// # Errors
/// `no_right`; what is wrong with the list.
pub async fn import_trust_list(state: &AppState, staff: &Staff, name: &str, text: String) -> Result<(), ApiError> {
    staff.must_manage()?;
    let name = name.to_owned();
    // Certificates by the thousand: not on a thread that others wait for.
    let work = tokio::task::spawn_blocking(move || ReadTrustList::read(&name, &text));
    let list = work
        .await
        .map_err(|_| ApiError::internal())?
        .map_err(ApiError::refused)?;
    settle(state.ledger.import_trust(staff.author.clone(), list)).await
}

/// Takes a list out: its issuers are unknown from now on.
///
/// # Errors
/// `no_right`, `not_found`.
pub async fn remove_trust_list(state: &AppState, staff: &Staff, name: &str) -> Result<(), ApiError> {
    staff.must_manage()?;
    if settle(state.ledger.remove_trust(staff.author.clone(), name.to_owned())).await? {
        return Ok(());
    }
    Err(ApiError::not_found(Words::new(
        "没有这份信任名单",
        "There is no such trust list",
    )))
}

async fn list(State(state): State<AppState>, staff: Staff) -> Result<Json<Value>, ApiError> {
    let lists = trust_lists(&state, &staff).await?;
    let items = lists.iter().map(|(list, by)| {
        let mut item = json!(list);
        item["imported_by"] = json!(by);
        item
    });
    Ok(Json(json!({ "items": items.collect::<Vec<_>>() })))
}

async fn import(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    staff.must_manage()?;
    let body = bytes(request, &state).await?;
    if body.len() > TRUST_LIST_BYTES {
        return Err(too_large());
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    import_trust_list(&state, &staff, &name, text).await?;
    let found = state
        .ledger
        .trusted()
        .lists
        .iter()
        .find(|list| list.name == name.trim())
        .cloned();
    Ok((StatusCode::OK, Json(json!(found))))
}

async fn remove(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
) -> Result<Json<Value>, ApiError> {
    remove_trust_list(&state, &staff, &name).await?;
    Ok(Json(json!({ "removed": true })))
}
