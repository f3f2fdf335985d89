//! `/me`: a resident's own page, what they do on it, and the way back to it.

mod forget;
mod object;
mod recover;
mod show;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/me", get(show::show_me))
        .route("/me/object", get(show::show_me).post(object::object))
        .route("/me/forget", post(forget::forget))
        .route("/me/recover", get(recover::show).post(recover::recover))
        .route("/me/bind", get(recover::show).post(recover::recover))
        .route("/me/entries/{id}/correct", get(show::correct_here))
}
