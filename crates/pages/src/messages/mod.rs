//! Messages: how somebody wants to be told, and whom nothing has reached.

mod choose;
mod unreached;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::AppState;
use lianfang_ui::paths;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/me/messages", get(choose::show_own).post(choose::keep_own))
        .route(
            paths::ACCOUNT_MESSAGES,
            get(choose::show_staff).post(choose::keep_staff),
        )
        .route(paths::UNREACHED, get(unreached::show))
        .route(paths::UNREACHED_CALLED, post(unreached::called))
}
