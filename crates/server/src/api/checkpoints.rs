//! Checkpoints: which there are, what a phone needs before a shift, and the phones themselves.

use crate::asked::{Params, day, given, parsed};
use crate::caller::Staff;
use crate::check_caller::CheckCaller;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::tagged::tagged;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{RegionId, SubjectView, Words};
use lianfang_ledger::CHECK_REGISTER;
use lianfang_ledger::read::{CheckpointPlaces, CheckpointRow, Reader, Sight};
use lianfang_policy::Snapshot;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

const HOUR_MS: f64 = 3_600_000.0;
/// Checkpoints of one page at most.
const PAGE: usize = 500;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/checkpoints", get(list))
        .route("/checks/kit", get(kit))
}

/// Which checkpoints.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    q: Option<String>,
    day: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

/// Whether the role has to do with checkpoints at all.
pub(crate) fn must_know(staff: &Staff) -> Result<(), ApiError> {
    let reads = staff.role.read.contains_key(CHECK_REGISTER) || staff.role.read.contains_key("*");
    if reads || staff.writes(CHECK_REGISTER) {
        return Ok(());
    }
    Err(ApiError::no_right(Words::new(
        "您的岗位不查看卡点",
        "Your role does not look at checkpoints",
    )))
}

/// Which checkpoints a list is of.
#[derive(Clone, Debug, Default)]
pub struct CheckpointsAsked {
    /// Part of a name, or a whole code; all of them when empty.
    pub q: String,
    /// Only inside this region.
    pub region: Option<RegionId>,
    /// Only those where nothing was checked today.
    pub silent: bool,
    /// Where the page before ended.
    pub cursor: Option<SubjectId>,
    /// Rows of a page.
    pub limit: usize,
}

/// What somebody sees of a region: a unit sees its own, wherever it looks.
fn sight_in(state: &AppState, staff: &Staff, region: Option<&RegionId>) -> Result<Sight, ApiError> {
    let Some(region) = region else {
        return Ok(staff.sight.clone());
    };
    staff.must_see_region(&state.ledger.snapshot(), region)?;
    Ok(match &staff.sight {
        Sight::Region(_) | Sight::All => Sight::Region(region.clone()),
        own => own.clone(),
    })
}

/// Checkpoints in sight of somebody.
///
/// # Errors
/// `no_right`, `out_of_scope`; the database.
pub async fn list_checkpoints(
    state: &AppState,
    staff: &Staff,
    asked: CheckpointsAsked,
) -> Result<Vec<CheckpointRow>, ApiError> {
    must_know(staff)?;
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let (sight, lang) = (sight_in(state, staff, asked.region.as_ref())?, locale::current());
    let page = (asked.cursor, asked.limit.clamp(1, PAGE));
    read(state, move |reader| match asked.q.trim() {
        "" if asked.silent => reader.silent_checkpoints(&sight, page, today, lang),
        q => reader.checkpoints(&sight, Some(q).filter(|q| !q.is_empty()), page, today, lang),
    })
    .await
}

/// The checkpoints in sight of somebody by region, with what was checked today.
///
/// # Errors
/// `no_right`, `out_of_scope`; the database.
pub async fn checkpoint_places(
    state: &AppState,
    staff: &Staff,
    region: &RegionId,
) -> Result<BTreeMap<RegionId, CheckpointPlaces>, ApiError> {
    must_know(staff)?;
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let sight = sight_in(state, staff, Some(region))?;
    read(state, move |reader| reader.checkpoint_places(&sight, today)).await
}

/// A checkpoint that somebody may see, with its name.
///
/// # Errors
/// `not_found`, `out_of_scope`, `no_right`.
pub async fn checkpoint(state: &AppState, staff: &Staff, id: SubjectId) -> Result<(SubjectView, String), ApiError> {
    must_know(staff)?;
    seen_checkpoint(state, &CheckCaller::Staff(Box::new(staff.clone())), id).await
}

async fn list(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    must_know(&staff)?;
    let limit = parsed::<usize>("limit", &asked.limit)?.unwrap_or(100).clamp(1, PAGE);
    let cursor = parsed::<SubjectId>("cursor", &asked.cursor)?;
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let of_day = day("day", &asked.day)?.unwrap_or(today);
    let lang = locale::current();
    let rows = read(&state, move |reader| {
        reader.checkpoints(&staff.sight, given(&asked.q), (cursor, limit), of_day, lang)
    })
    .await?;
    let next = (rows.len() == limit).then(|| rows.last().map(|row| row.id)).flatten();
    Ok(Json(json!({ "day": of_day, "items": rows, "next": next })))
}

/// For which checkpoint staff ask.
#[derive(Debug, Default, Deserialize)]
struct ForCheckpoint {
    checkpoint: Option<String>,
}

fn no_checkpoint() -> ApiError {
    ApiError::not_found(Words::new("没有这个卡点", "There is no such checkpoint"))
}

/// A checkpoint that the caller stands at or may see.
pub(crate) async fn seen_checkpoint(
    state: &AppState,
    caller: &CheckCaller,
    id: SubjectId,
) -> Result<(SubjectView, String), ApiError> {
    let lang = locale::current();
    let sight = match caller {
        CheckCaller::Phone(_) => None,
        CheckCaller::Staff(staff) => Some(staff.sight.clone()),
    };
    let found = read(state, move |reader: &mut Reader<'_>| {
        let Some(view) = reader.subject(id)?.filter(|view| reader.is_checkpoint(&view.kind_type)) else {
            return Ok(None);
        };
        let name = reader
            .labels(&[view.id], lang)?
            .remove(&view.id)
            .unwrap_or_default()
            .name;
        let seen = sight.is_none_or(|sight| reader.may_see(&sight, &view) || is_open(reader, &sight, &view));
        Ok(Some((view, name, seen)))
    })
    .await?;
    match found {
        None => Err(no_checkpoint()),
        Some((_, _, false)) => Err(ApiError::out_of_scope()),
        Some((view, name, true)) => Ok((view, name)),
    }
}

/// A checkpoint of nobody in the organisation's own region.
fn is_open(reader: &Reader<'_>, sight: &Sight, view: &SubjectView) -> bool {
    let Sight::Org(org) = sight else {
        return false;
    };
    let own = reader.snapshot.orgs.get(*org);
    view.unit.is_none() && own.is_some_and(|own| reader.snapshot.regions.within(&view.region, &own.region))
}

async fn kit(
    State(state): State<AppState>,
    caller: CheckCaller,
    Params(asked): Params<ForCheckpoint>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if let CheckCaller::Staff(staff) = &caller {
        staff.must_write(CHECK_REGISTER)?;
    }
    let wanted = match caller.own() {
        Some(own) => Some(own),
        None => parsed::<SubjectId>("checkpoint", &asked.checkpoint)?,
    };
    let snapshot = state.ledger.snapshot();
    let (checkpoint, region) = match wanted {
        None => (Value::Null, snapshot.city.clone()),
        Some(id) => {
            let (view, name) = seen_checkpoint(&state, &caller, id).await?;
            let shown = json!({ "id": view.id, "name": name, "region": view.region });
            (shown, view.region)
        }
    };
    let now = state.ledger.now();
    let signer = state.ledger.signer();
    let jwks = signer.keys.to_jwks().map_err(|_| ApiError::internal())?;
    let jwks: Value = serde_json::from_str(&jwks).map_err(|_| ApiError::internal())?;
    let revocations = state.ledger.trust_at(now).revocations.to_bytes();
    let body = json!({
        "city": signer.issuer.city(),
        "zone": snapshot.setting("zone", &region, now).and_then(|zone| zone.as_text().map(str::to_owned)),
        "epoch": state.ledger.epoch(),
        "checkpoint": checkpoint,
        "keys": jwks,
        "revocations": STANDARD.encode(revocations),
        "foreign": foreign(&state),
        "seal_key": seal_key(&state),
        "settings": settings(&snapshot, &region, now),
        "lists": {
            "decision": codes(&snapshot, "check_decision"),
            "reason": codes(&snapshot, "check_reason"),
            "direction": codes(&snapshot, "direction"),
        },
        "register": CHECK_REGISTER,
    });
    let beside = Map::from_iter([("now".to_owned(), json!(now))]);
    Ok(tagged(
        &headers,
        localised(body, locale::current()),
        beside,
        "private, no-cache",
    ))
}

/// Since when the lists are there by which the server judges certificates of other issuers; none: it knows nobody.
fn foreign(state: &AppState) -> Value {
    let trusted = state.ledger.trusted();
    let holds = trusted.file.foreign_counts();
    json!({ "lists": trusted.lists.len(), "oldest_at": trusted.oldest_at(), "holds": holds })
}

/// The key that a phone seals its queue to: a JSON Web Key of P-256 (RFC 7517).
pub fn seal_key(state: &AppState) -> Value {
    let key = state.ledger.phone_key();
    let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    json!({ "kty": "EC", "crv": "P-256", "kid": text(&key.kid), "x": text(&key.x), "y": text(&key.y) })
}

fn settings(snapshot: &Snapshot, region: &RegionId, now: lianfang_kernel::Instant) -> Value {
    let number = |id: &str, unit: f64| {
        let scale = snapshot.model.settings.get(id)?.scale;
        let value = snapshot.setting(id, region, now)?.as_int()?;
        Some(value as f64 / unit / 10f64.powi(i32::from(scale)))
    };
    json!({
        "fever_c": number("fever_c", 1.0),
        "warn_after_h": number("kit_warn_after", HOUR_MS),
        "stop_after_h": number("kit_stop_after", HOUR_MS),
    })
}

fn codes(snapshot: &Snapshot, list: &str) -> Value {
    let values = snapshot.model.lists.get(list).map(|list| list.values.as_slice());
    let code = |value: &lianfang_policy::model::CodeValue| json!({ "code": value.id, "title": value.title });
    values.unwrap_or_default().iter().map(code).collect()
}
