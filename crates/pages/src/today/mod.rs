//! `/today`: what a post has to do today, and the quickest ways to do it.

mod classes;
mod discharge;
mod proposals;
mod receipt;
mod show;
mod task_line;

pub(crate) use task_line::line;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::AppState;
use lianfang_ui::paths;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::TODAY, get(show::show_today))
        .route("/today/tasks/{id}/do", post(discharge::discharge))
        .route("/today/tasks/{id}/receipt", post(receipt::acknowledge))
        .route(paths::CLASS_SHEET, get(classes::show).post(classes::send))
        .route("/today/classes/{id}", get(classes::show_one))
        .route(paths::PROPOSALS, get(proposals::show).post(proposals::act))
}
