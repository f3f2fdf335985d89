//! Phones of checkpoints: enrolled by a code that is shown once, revoked by who manages the checkpoint.

use super::checkpoints::{must_know, seen_checkpoint};
use super::me::plain_code;
use super::subjects::one_time_code;
use crate::asked::{Body, Id};
use crate::caller::Staff;
use crate::check_caller::CheckCaller;
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Problem, Words};
use lianfang_ledger::read::CheckpointDevice;
use lianfang_ledger::{PhoneCode, secret_digest};
use lianfang_pass::qr_svg;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// The register that says which checkpoints there are; who keeps it manages them.
const FILE: &str = "checkpoint_file";
/// Letters of a phone's name at most.
const NAME_CHARS: usize = 60;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/checkpoints/{id}/devices", get(list).post(make))
        .route("/checkpoint-devices", post(enrol))
        .route("/checkpoint-devices/{id}", delete(revoke))
}

fn must_manage(staff: &Staff) -> Result<(), ApiError> {
    if staff.writes(FILE) {
        return Ok(());
    }
    Err(ApiError::no_right(Words::new(
        "登记和撤销手机由卡点负责人办理",
        "Phones are enrolled and revoked by the head of the checkpoint",
    )))
}

/// What a phone is called.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Naming {
    #[serde(default)]
    name: Option<String>,
}

/// A code that makes one phone a checkpoint's own.
#[derive(Clone, Debug)]
pub struct PhoneInvitation {
    /// The phone's id, known from the beginning.
    pub id: Uuid,
    /// The code, shown once.
    pub code: String,
    /// Where a phone that follows it is enrolled.
    pub link: String,
    /// The link as a picture.
    pub qr_svg: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

/// Makes such a code.
///
/// # Errors
/// `no_right`, `not_found`, `out_of_scope`, 503.
pub async fn invite_phone(
    state: &AppState,
    staff: &Staff,
    id: SubjectId,
    name: &str,
    headers: &HeaderMap,
) -> Result<PhoneInvitation, ApiError> {
    must_manage(staff)?;
    let (view, _) = seen_checkpoint(state, &CheckCaller::Staff(Box::new(staff.clone())), id).await?;
    let code = one_time_code()?;
    let phone = PhoneCode {
        id: state.ledger.new_id(),
        checkpoint: view.id,
        name: name.trim().chars().take(NAME_CHARS).collect(),
        digest: secret_digest(&code),
    };
    let id = phone.id;
    let expires_at = settle(state.ledger.make_phone_code(staff.author.clone(), phone)).await?;
    let link = format!("/check#enrol={code}");
    let picture = qr_svg(&absolute(state, headers, &link)).map_err(|_| ApiError::internal())?;
    Ok(PhoneInvitation {
        id,
        code,
        link,
        qr_svg: picture.svg,
        expires_at,
    })
}

/// Phones of a checkpoint that somebody may see, and whether that person manages them.
///
/// # Errors
/// `no_right`, `not_found`, `out_of_scope`.
pub async fn phones(state: &AppState, staff: &Staff, id: SubjectId) -> Result<(Vec<CheckpointDevice>, bool), ApiError> {
    must_know(staff)?;
    let (view, _) = seen_checkpoint(state, &CheckCaller::Staff(Box::new(staff.clone())), id).await?;
    let phones = read(state, move |reader| reader.checkpoint_devices(view.id)).await?;
    Ok((phones, must_manage(staff).is_ok()))
}

/// Takes a phone back, or a code that nobody has used.
///
/// # Errors
/// `no_right`, `not_found`, `out_of_scope`.
pub async fn revoke_phone(state: &AppState, staff: &Staff, id: Uuid) -> Result<(), ApiError> {
    must_manage(staff)?;
    let device = read(state, move |reader| reader.checkpoint_device_by_id(id)).await?;
    let device = device.ok_or_else(no_phone)?;
    seen_checkpoint(state, &CheckCaller::Staff(Box::new(staff.clone())), device.checkpoint).await?;
    settle(state.ledger.revoke_phone(staff.author.clone(), id)).await?;
    Ok(())
}

async fn make(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<SubjectId>,
    headers: HeaderMap,
    Body(naming): Body<Naming>,
) -> Result<Json<Value>, ApiError> {
    let name = naming.name.unwrap_or_default();
    let made = invite_phone(&state, &staff, id, &name, &headers).await?;
    Ok(Json(json!({
        "id": made.id, "code": made.code, "link": made.link, "qr_svg": made.qr_svg, "expires_at": made.expires_at,
    })))
}

/// The link as a camera that knows nothing of us can follow it.
/// An address as the caller reaches this server.
pub(crate) fn absolute(state: &AppState, headers: &HeaderMap, link: &str) -> String {
    let scheme = if state.config.tls { "https" } else { "http" };
    match headers.get(header::HOST).and_then(|host| host.to_str().ok()) {
        Some(host) => format!("{scheme}://{host}{link}"),
        None => link.to_owned(),
    }
}

async fn list(State(state): State<AppState>, staff: Staff, Id(id): Id<SubjectId>) -> Result<Json<Value>, ApiError> {
    let (items, _) = phones(&state, &staff, id).await?;
    Ok(Json(json!({ "items": items })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrolling {
    code: String,
}

async fn enrol(State(state): State<AppState>, Body(enrolling): Body<Enrolling>) -> Result<Json<Value>, ApiError> {
    // Forty bits and fifteen minutes: guessing is slowed for everybody together.
    state.limits.code("checkpoint phones")?;
    let code = plain_code(&enrolling.code);
    let secret = state.ledger.new_secret()?;
    let found = match code.len() {
        8 => settle(state.ledger.enrol_phone(&code, &secret)).await?,
        _ => None,
    };
    let Some(id) = found else {
        let what = Words::new("登记码不对、已用过或已过期", "The code is wrong, used or too old");
        let hint = Words::new(
            "登记码15分钟内有效，请重新出示",
            "It is good for 15 minutes: ask for another",
        );
        return Err(ApiError::refused(Problem::new("wrong_code", what, hint).at("code")));
    };
    let device = read(&state, move |reader| reader.checkpoint_device_by_id(id)).await?;
    let device = device.ok_or_else(ApiError::internal)?;
    let checkpoint = device.checkpoint;
    let (view, name) = seen_checkpoint(&state, &CheckCaller::Phone(device), checkpoint).await?;
    Ok(Json(json!({
        "device": id,
        "secret": secret,
        "checkpoint": { "id": view.id, "name": name, "region": view.region },
    })))
}

async fn revoke(State(state): State<AppState>, staff: Staff, Id(id): Id<Uuid>) -> Result<Json<Value>, ApiError> {
    revoke_phone(&state, &staff, id).await?;
    Ok(Json(json!({ "revoked": true })))
}

fn no_phone() -> ApiError {
    ApiError::not_found(Words::new("没有这部手机", "There is no such phone"))
}
