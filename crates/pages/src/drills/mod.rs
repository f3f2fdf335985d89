//! `/drills`: injects by time, answers, the review and its gaps, from the registers and tasks of the pack `drills`. A
//! participant sees an inject when its time has come, and its own ones only; who directs sees the whole script.

mod played;
mod show;
mod write;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::{AppState, Staff};
use lianfang_ui::paths;

/// What is played when, and by whom.
const SCRIPT: &str = "drill_script";
/// What was answered.
const ANSWER: &str = "drill_answer";
/// What went well, and every gap.
const REVIEW: &str = "drill_review";
/// What was done about a gap.
const FIX: &str = "drill_action";
/// Whether that was enough.
const CHECK: &str = "drill_check";
/// What asks for answers.
const PLAY: &str = "drill-play";
/// What asks for gaps to be put right.
const GAP: &str = "drill-gap";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::DRILLS, get(show::list))
        .route("/drills/{id}", get(show::one))
        .route("/drills/{id}/answer", post(write::answer))
        .route("/drills/{id}/review", post(write::review))
        .route("/drills/{id}/fix", post(write::fix))
        .route("/drills/{id}/check", post(write::check))
}

/// Whether the page is of use to a reader.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(SCRIPT) || staff.writes(ANSWER)
}
