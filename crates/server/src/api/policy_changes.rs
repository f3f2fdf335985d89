//! Changes of policy: the routes.

use crate::asked::{Body, Id, Params, moment, this_day};
use crate::caller::Staff;
use crate::policy_changes::{
    PolicyText, check_policy, decide_policy, has_findings, keep_visible, policy_back, policy_back_of, policy_change,
    policy_changes, propose_policy,
};
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use lianfang_ledger::policy_changes::{PolicyChange, Verdict};
use lianfang_ledger::preview_report::PREVIEW_DAYS;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/packs/changes", get(list).post(send))
        .route("/packs/changes/text", get(draft))
        .route("/packs/changes/{id}", get(one))
        .route("/packs/changes/{id}/approve", deciding(Verdict::Approved))
        .route("/packs/changes/{id}/refuse", deciding(Verdict::Refused))
        .route("/packs/changes/{id}/withdraw", deciding(Verdict::Withdrawn))
        .route("/packs/changes/{id}/back", post(back))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    text: String,
    effective_on: String,
    #[serde(default)]
    reason: String,
    #[serde(default = "usual_days")]
    days: i64,
}

fn usual_days() -> i64 {
    PREVIEW_DAYS
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    as_of: Option<String>,
    dry_run: Option<bool>,
    protocol: Option<String>,
    on: Option<String>,
}

async fn list(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let items = policy_changes(&state, &staff, moment("as_of", &asked.as_of)?).await?;
    Ok(Json(json!({ "items": items })))
}

async fn one(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<Uuid>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let change = policy_change(&state, &staff, id, moment("as_of", &asked.as_of)?).await?;
    Ok(Json(json!(change)))
}

async fn send(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
    Body(sent): Body<Sent>,
) -> Result<Response, ApiError> {
    let text = PolicyText {
        effective_on: this_day("effective_on", &sent.effective_on)?,
        text: sent.text,
        reason: sent.reason,
        days: sent.days,
    };
    if asked.dry_run == Some(true) {
        let (found, mut preview) = check_policy(&state, &staff, &text)
            .await?
            .map_err(|findings| has_findings(&findings))?;
        keep_visible(&mut preview, &staff, &state.ledger.snapshot());
        let answer = json!({ "digest": found.candidate.model.digest, "preview": preview });
        return Ok(Json(answer).into_response());
    }
    Ok(proposed(&state, &staff, &text).await?.into_response())
}

async fn proposed(
    state: &AppState,
    staff: &Staff,
    asked: &PolicyText,
) -> Result<(StatusCode, Json<PolicyChange>), ApiError> {
    let found = propose_policy(state, staff, asked).await?;
    let change = found.map_err(|findings| has_findings(&findings))?;
    Ok((StatusCode::CREATED, Json(change)))
}

async fn draft(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    staff.must_propose()?;
    let on = this_day("on", asked.on.as_deref().unwrap_or_default())?;
    let text = policy_back_of(&state, asked.protocol.as_deref().unwrap_or_default(), on)?;
    Ok(Json(json!({ "text": text })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decided {
    #[serde(default)]
    reason: String,
}

/// A route that decides in one way.
fn deciding(verdict: Verdict) -> MethodRouter<AppState> {
    post(
        async move |State(state): State<AppState>, staff: Staff, Id(id): Id<Uuid>, Body(sent): Body<Decided>| {
            let change = decide_policy(&state, &staff, id, (verdict, sent.reason)).await?;
            Ok::<_, ApiError>(Json(change))
        },
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Back {
    effective_on: String,
    reason: String,
}

async fn back(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<Uuid>,
    Body(sent): Body<Back>,
) -> Result<(StatusCode, Json<PolicyChange>), ApiError> {
    let change = policy_change(&state, &staff, id, None).await?;
    let effective_on = this_day("effective_on", &sent.effective_on)?;
    let asked = PolicyText {
        text: policy_back(&state, &change, effective_on).await?,
        effective_on,
        reason: sent.reason,
        days: PREVIEW_DAYS,
    };
    proposed(&state, &staff, &asked).await
}
