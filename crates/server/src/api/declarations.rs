//! Declaring.

use crate::asked::Body;
use crate::caller::Caller;
use crate::declare::{Declaration, declare};
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/declarations", post(create))
}

async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(declaration): Body<Declaration>,
) -> Result<Json<Value>, ApiError> {
    // Staff who declare at a public form are residents there.
    let resident = match &caller {
        Caller::Resident(resident) => Some(&**resident),
        Caller::Staff(_) | Caller::Public => None,
    };
    let answer = declare(&state, resident, declaration).await?;
    Ok(Json(localised(answer.to_json(), locale::current())))
}
