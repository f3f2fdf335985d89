//! `/clinic`: triage, who waits where, the day's entrances against its triage, and the observation rooms of one institution.
//! Everything is read from the registers of the packs `fever`, `clinic` and `wards`; guards of theirs decide where somebody
//! may be sent.

mod celsius;
mod day;
mod rooms;
mod send;
mod show;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::{AppState, Staff};
use lianfang_ui::paths;

/// The register of triage.
const TRIAGE: &str = "triage_visit";
/// Where somebody was sent.
const ROUTE: &str = "triage_route";
/// What happened after that.
const STEP: &str = "visit_step";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::CLINIC, get(show::show))
        .route("/clinic/triage", post(send::triage))
        .route("/clinic/route", post(send::route))
        .route("/clinic/step", post(send::step))
}

/// Whether the page is of use to a reader.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(TRIAGE)
}
