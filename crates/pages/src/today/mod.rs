//! `/today`: what a post has to do today, and the quickest ways to do it.

mod discharge;
mod proposals;

mod receipt;
mod show;
mod task_line;

pub(crate) use task_line::line;

use axum::Router;
use axum::extract::Path;
use axum::response::Redirect;
use axum::routing::{get, post};
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::paths;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::TODAY, get(show::show_today))
        .route("/today/tasks/{id}/do", post(discharge::discharge))
        .route("/today/tasks/{id}/receipt", post(receipt::acknowledge))
        .route("/today/classes/{id}", get(class_form))
        .route(paths::PROPOSALS, get(proposals::show).post(proposals::act))
}

/// The morning check of a class is the form of its register: counts, and names only for those with symptoms.
async fn class_form(Path(id): Path<String>) -> Result<Redirect, ApiError> {
    let not_found = || ApiError::not_found(Words::new("没有这个班级", "There is no such class"));
    let id: SubjectId = id.parse().map_err(|_| not_found())?;
    Ok(Redirect::to(&format!(
        "{}?subject={id}",
        paths::register_new("morning_check")
    )))
}
