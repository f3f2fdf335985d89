//! `/subjects`: finding a file, reading it, opening who it is of.

mod beside;
mod file;
mod hold;
mod mates;
mod search;

pub(crate) use file::id_of;
pub(crate) use hold::holds_of;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::AppState;
use lianfang_ui::paths;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::SUBJECTS, get(search::show).post(search::search))
        .route("/subjects/{id}", get(file::show))
        .route("/subjects/{id}/mates", get(mates::show).post(mates::take))
        .route("/subjects/{id}/unmask", post(file::unmask))
        .route("/subjects/{id}/code", post(file::bind))
}
