//! `/operations`: the log of operations as a timeline. It is the register of the pack `operations` and nothing else; whether a
//! line may be written, and that none is taken back, its guards decide.

mod show;
mod write;

use axum::Router;
use axum::routing::get;
use lianfang_server::{AppState, Staff};
use lianfang_ui::paths;

/// The register of the log.
const EVENT: &str = "operations_event";
/// What a line may belong to.
const DECISION: &str = "meeting_decision";

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::OPERATIONS, get(show::show).post(write::send))
}

/// Whether the page is of use to a reader. The right to read everything is not a post that works with the log.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(EVENT) || staff.role.read.contains_key(EVENT)
}
