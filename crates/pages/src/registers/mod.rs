//! `/registers`: what may be written and read, register by register.

mod about;
mod correct;
mod index;
mod list;
mod named;
mod new;
mod ours;

pub(crate) use new::filled;

use axum::Router;
use axum::routing::get;
use lianfang_server::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/registers", get(index::show))
        .route("/registers/{id}", get(list::show))
        .route("/registers/{id}/export.csv", get(list::csv))
        .route("/registers/{id}/export.xlsx", get(list::xlsx))
        .route("/registers/{id}/new", get(new::show).post(new::send))
        .route("/entries/{id}/correct", get(correct::show).post(correct::send))
}
