//! `/interview`: a case names the people met, by a link or a code of a tracer; and the tracer's page that makes them.

mod answer;
mod links;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::AppState;
use lianfang_ui::paths;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::INTERVIEW, get(answer::show).post(answer::send))
        .route(paths::INTERVIEW_CODE, get(answer::show).post(answer::by_code))
        .route("/interview/{link}", get(answer::arrive).post(answer::by_link))
        .route("/subjects/{id}/interview", get(links::show).post(links::make))
        .route("/interview-links/{id}/send", post(links::send))
        .route("/interview-links/{id}/withdraw", post(links::withdraw))
}
