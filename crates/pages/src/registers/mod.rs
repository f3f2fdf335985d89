//! `/registers`: what may be written and read, register by register.

mod about;
mod asked;
mod bulk;
mod calendar;
mod correct;
mod import;
mod index;
mod kept;
mod list;
mod named;
mod new;
mod on_screen;
mod ours;

pub(crate) use new::filled;

use crate::attached::FORM_BYTES;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use lianfang_server::{AppState, IMPORT_BYTES};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/registers", get(index::show))
        .route("/registers/{id}", get(list::show))
        .route("/registers/{id}/calendar", get(calendar::show))
        .route("/registers/{id}/keep", post(list::keep))
        .route("/registers/{id}/bulk", post(bulk::change))
        .route("/registers/{id}/bulk/undo", post(bulk::undo))
        .route("/registers/{id}/list.csv", get(on_screen::csv))
        .route("/registers/{id}/list.xlsx", get(on_screen::xlsx))
        .route("/registers/{id}/export.csv", get(list::csv))
        .route("/registers/{id}/export.xlsx", get(list::xlsx))
        .route(
            "/registers/{id}/import",
            get(import::show)
                .post(import::send)
                .layer(DefaultBodyLimit::max(IMPORT_BYTES)),
        )
        .route("/registers/{id}/import/{job}", get(import::watch))
        .route("/registers/{id}/template.xlsx", get(import::template))
        .route(
            "/registers/{id}/new",
            get(new::show).post(new::send).layer(DefaultBodyLimit::max(FORM_BYTES)),
        )
        .route(
            "/entries/{id}/correct",
            get(correct::show)
                .post(correct::send)
                .layer(DefaultBodyLimit::max(FORM_BYTES)),
        )
}
