//! `/today`: what a post has to do today, and the quickest ways to do it.

mod classes;
mod discharge;
mod offline_form;
mod proposals;
mod receipt;
mod show;
mod task_line;

pub(crate) use task_line::line;

use crate::kept_pages;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use lianfang_server::{ApiError, AppState};
use lianfang_ui::{assets, paths};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::TODAY, get(show::show_today))
        .route(paths::TODAY_WORKER, get(worker))
        .route("/today/tasks/{id}/do", post(discharge::discharge))
        .route("/today/tasks/{id}/receipt", post(receipt::acknowledge))
        .route(paths::CLASS_SHEET, get(classes::show).post(classes::send))
        .route("/today/classes/{id}", get(classes::show_one))
        .route(paths::PROPOSALS, get(proposals::show).post(proposals::act))
}

/// The same for everybody; the list itself is its reader's own, and the phone keeps it as it was drawn.
async fn worker() -> Result<Response, ApiError> {
    kept_pages::worker_of_files("today-worker.js", paths::TODAY, &assets::of_today())
}
