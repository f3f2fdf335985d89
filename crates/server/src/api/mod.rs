//! The interface under `/api/v1`. One file a subject matter; to add a call, add it there, to its `router`, and to
//! `openapi.rs`, whose test compares the two.

pub(crate) mod entries;
mod session;
mod tasks;

use crate::state::AppState;
use axum::Router;

/// Every call.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .merge(session::router())
        .merge(entries::router())
        .merge(tasks::router())
}
