//! `/dispatch`: which vehicle or team goes to which request, and when. What is free follows from the register `dispatch` of the
//! pack `requests`, whose hold refuses that anything is in two places at once.

mod assign;
mod show;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::{AppState, Staff};
use lianfang_ui::paths;

/// Vehicles and teams.
const RESOURCE: &str = "support_resource";
/// What goes where and when.
const DISPATCH: &str = "dispatch";
/// What is asked for.
const REQUEST: &str = "request";
/// That somebody has taken a request on.
const TAKEN: &str = "request_taken";
/// That it was passed up.
const PASSED_UP: &str = "request_escalation";
/// What asks for a response and an answer.
const CARE: &str = "care-request";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DISPATCH, get(show::show))
        .route("/dispatch/assign", post(assign::assign))
}

/// Whether the page is of use to a reader.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(DISPATCH)
}
