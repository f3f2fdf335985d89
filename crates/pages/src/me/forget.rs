//! This device forgets whose it was. Nothing in the ledger changes.

use crate::Answer;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect};
use lianfang_server::{AppState, DEVICE_COOKIE, set_cookie};
use lianfang_ui::paths;

pub(super) async fn forget(State(state): State<AppState>) -> Answer {
    let ended = set_cookie(DEVICE_COOKIE, "", 0, state.config.tls);
    Ok(([(SET_COOKIE, ended)], Redirect::to(paths::HOME)).into_response())
}
