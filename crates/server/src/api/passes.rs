//! Passes and certificates, the keys that verify them, and verifying itself.

use crate::asked::{Body, Id};
use crate::caller::{Caller, Staff};
use crate::check_caller::CheckCaller;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, append_or_refuse, read};
use crate::tagged::tagged;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::read::Certificate;
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_ledger::{CHECK_REGISTER, REVOCATIONS};
use lianfang_pass::{Claims, ShortCode, qr_svg, verify};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/passes/{id}", get(pass))
        .route("/passes/short/{code}", get(by_short_code))
        .route("/passes/{id}/revoke", post(revoke))
        .route("/certificates/{id}", get(certificate))
        .route("/pass/verify", post(judge))
        .route("/pass-keys", get(keys))
        .route("/revocations", get(revocations))
}

async fn pass(state: State<AppState>, caller: Caller, id: Path<String>) -> Result<Response, ApiError> {
    show(state, caller, id, "pass").await
}

async fn certificate(state: State<AppState>, caller: Caller, id: Path<String>) -> Result<Response, ApiError> {
    show(state, caller, id, "release").await
}

async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Path(name): Path<String>,
    kind: &'static str,
) -> Result<Response, ApiError> {
    let missing = || ApiError::not_found(Words::new("没有这张码", "There is no such pass or certificate"));
    let (id, as_picture) = name
        .strip_suffix(".svg")
        .map_or((name.as_str(), false), |id| (id, true));
    let id: Uuid = id.parse().map_err(|_| missing())?;
    let found = owned(&state, &caller, id)
        .await?
        .filter(|found| found.kind == kind)
        .ok_or_else(missing)?;
    let svg = qr_svg(&found.text).map_err(|_| ApiError::internal())?.svg;
    if as_picture {
        return Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response());
    }
    let mut body = serde_json::to_value(&found).unwrap_or_default();
    body["qr_svg"] = svg.into();
    body["short_code"] = ShortCode::of(found.id.as_bytes()).grouped().into();
    Ok(Json(localised(body, locale::current())).into_response())
}

/// A pass or certificate, for its device, its owner, or staff of its place. To others it does not exist.
///
/// # Errors
/// 401 for nobody, 403 for staff of elsewhere.
pub async fn owned(state: &AppState, caller: &Caller, id: Uuid) -> Result<Option<Certificate>, ApiError> {
    match caller {
        Caller::Public => Err(ApiError::sign_in_needed()),
        Caller::Resident(resident) => {
            let found = read(state, move |reader| reader.certificate(id)).await?;
            let device = &resident.device;
            Ok(found.filter(|found| found.device == Some(device.id) || device.owner == Some(found.subject)))
        }
        Caller::Staff(staff) => {
            let who = staff.clone();
            let seen = read(state, move |reader| {
                let Some(found) = reader.certificate(id)? else {
                    return Ok(None);
                };
                let view = reader.subject(found.subject)?;
                let sees = view.is_some_and(|view| reader.may_see(&who.sight, &view)) && !who.role.police;
                Ok(Some((found, sees && who.reads_files(&reader.snapshot.model))))
            })
            .await?;
            match seen {
                Some((_, false)) => Err(ApiError::out_of_scope()),
                seen => Ok(seen.map(|(found, _)| found)),
            }
        }
    }
}

/// Why a pass is revoked: a code of the list, and a remark.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoking {
    reason: String,
    #[serde(default)]
    remark: Option<String>,
    #[serde(default)]
    id: Option<Uuid>,
}

/// Revokes a pass: an entry of its register, with who and why.
async fn revoke(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<Uuid>,
    Body(revoking): Body<Revoking>,
) -> Result<Json<Value>, ApiError> {
    staff.must_write(REVOCATIONS)?;
    let found = read(&state, move |reader| reader.certificate(id)).await?;
    let found = found.ok_or_else(|| ApiError::not_found(Words::new("没有这张码", "There is no such pass")))?;
    let mut body = Map::new();
    body.insert("pass".into(), id.to_string().into());
    body.insert("reason".into(), revoking.reason.into());
    body.extend(revoking.remark.map(|remark| ("remark".to_owned(), remark.into())));
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(found.subject)),
        confirmed: true,
        body,
        ..NewEntry::new(revoking.id.unwrap_or_else(|| state.ledger.new_id()), REVOCATIONS)
    };
    let result = append_or_refuse(&state, staff.author, entry).await?;
    Ok(Json(json!({ "revoked": true, "pass_id": id, "entry": result.id })))
}

/// A pass that was read aloud or typed: for staff and phones of checkpoints. The text is what its code would have said.
async fn by_short_code(
    State(state): State<AppState>,
    caller: CheckCaller,
    Path(code): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let who = match &caller {
        CheckCaller::Phone(device) => device.id.to_string(),
        CheckCaller::Staff(staff) => {
            staff.must_write(CHECK_REGISTER)?;
            staff.login.id.to_string()
        }
    };
    state.limits.typed(&who)?;
    let code = ShortCode::parse(&code).map_err(|error| {
        let hint = Words::new("请对照通行码下方的短码", "Compare with the code under the picture");
        ApiError::refused(Problem::new("bad_code", error.words(), hint).at("code"))
    })?;
    let found = read(&state, move |reader| reader.pass_by_short_code(code)).await?;
    let found = found.ok_or_else(|| ApiError::not_found(Words::new("没有这张通行码", "There is no such pass")))?;
    let now = state.ledger.now();
    let verdict = verify(&found.text, &state.ledger.trust_at(now), now, None);
    Ok(Json(json!({
        "text": found.text,
        "valid_day": found.day,
        "verdict": verdict.reason,
        "words": verdict.reason.words().get(locale::current()),
    })))
}

/// Codes of one certificate that are looked at.
const MOST_PARTS: usize = 60;

/// What is to be verified.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verifying {
    #[serde(default)]
    text: String,
    /// The several codes of one certificate, in any order, in place of `text`.
    #[serde(default)]
    texts: Vec<String>,
    #[serde(default)]
    document: Option<String>,
}

/// Anybody may ask; what is answered stood in the text. No status of a person: a human at the gate can always admit.
async fn judge(State(state): State<AppState>, Body(asked): Body<Verifying>) -> Response {
    let mut parts: Vec<&str> = asked.texts.iter().map(String::as_str).take(MOST_PARTS).collect();
    if parts.is_empty() {
        parts.push(&asked.text);
    }
    let verdict = state
        .ledger
        .verify(&parts, state.ledger.now(), asked.document.as_deref());
    let mut body = serde_json::to_value(&verdict).unwrap_or_default();
    body["standing"] = json!(verdict.standing());
    body["words"] = verdict.reason.words().get(locale::current()).into();
    if let Some(claims) = &verdict.foreign {
        body["issuer"] = claims.issuer.as_str().into();
        body["name"] = claims.name.as_str().into();
        body["birth"] = claims.birth.as_str().into();
        body["valid_until"] = json!(claims.valid_until);
        body["holder"] = "not_compared".into();
    }
    if verdict.format.is_some_and(|format| format != "lianfang") {
        body["trusted_since"] = json!(state.ledger.trusted().oldest_at());
    }
    match &verdict.claims {
        Some(Claims::Pass(pass)) => {
            body["city"] = pass.city.as_str().into();
            body["valid_day"] = json!(pass.valid_day);
            body["region_scope"] = pass.region_scope.as_str().into();
        }
        Some(Claims::Certificate(certificate)) => {
            body["city"] = certificate.city.as_str().into();
            body["protocol"] = certificate.protocol.as_str().into();
            body["clause"] = json!(certificate.clause);
            body["issued_at"] = json!(certificate.issued_at);
            body["valid_until"] = json!(certificate.valid_until);
        }
        None => {}
    }
    ([(header::CACHE_CONTROL, "private, no-store")], Json(body)).into_response()
}

async fn keys(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let signer = state.ledger.signer();
    let cose = signer.keys.to_cose().map_err(|_| ApiError::internal())?;
    let jwks = signer.keys.to_jwks().map_err(|_| ApiError::internal())?;
    let jwks: Value = serde_json::from_str(&jwks).map_err(|_| ApiError::internal())?;
    let body = json!({ "city": signer.issuer.city(), "keys": STANDARD.encode(cose), "jwks": jwks });
    Ok(tagged(&headers, body, Map::new(), "public, max-age=3600"))
}

async fn revocations(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let list = state.ledger.trust_at(state.ledger.now()).revocations;
    let city = state.ledger.signer().issuer.city().to_owned();
    let body = json!({ "city": city, "revocations": STANDARD.encode(list.to_bytes()), "count": list.len() });
    tagged(&headers, body, Map::new(), "public, max-age=300")
}
