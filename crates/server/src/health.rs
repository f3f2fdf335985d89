//! What machines ask: is it alive, is it ready, how is it.

use crate::problem::ApiError;
use crate::state::{AppState, read};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// The store answers and the writer takes more.
async fn ready(State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    let free = state.ledger.queue_free();
    if free == 0 {
        return Err(ApiError::busy(2));
    }
    let ledger = state.ledger.clone();
    read(&state, move |_| ledger.meta("epoch").map(|_| ())).await?;
    Ok(Json(
        json!({ "status": "ready", "version": state.config.version, "queue_free": free }),
    ))
}

async fn metrics(State(state): State<AppState>) -> Response {
    let ledger = state.ledger.clone();
    let size = tokio::task::spawn_blocking(move || ledger.size_bytes().ok())
        .await
        .ok()
        .flatten();
    let messages = read(&state, |reader| reader.message_tally()).await.unwrap_or_default();
    let text = state.metrics.to_openmetrics(state.ledger.queue_free(), size, &messages);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
