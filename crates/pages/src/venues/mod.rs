//! `/venues`: counting in and out at the door of a venue. The registers and guards are those of the pack `orders`: at the cap the
//! next one is refused there, whichever door asks.

mod count;
mod show;
mod tap;

use crate::kept_pages;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use lianfang_server::{ApiError, AppState, Staff};
use lianfang_ui::{assets, paths};

/// How many may be inside at once.
const CAP: &str = "venue_cap";
/// Counted in.
const IN: &str = "venue_in";
/// Counted out.
const OUT: &str = "venue_out";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::VENUES, get(show::list))
        .route(paths::DOOR_WORKER, get(worker))
        .route("/venues/{id}", get(show::one).post(tap::tap))
        .route("/venues/{id}/undo", post(tap::undo))
}

/// The same for everybody; a counter is its reader's own, and the phone keeps it as it was drawn.
async fn worker() -> Result<Response, ApiError> {
    kept_pages::worker_of_files("door-worker.js", paths::VENUES, &assets::of_door())
}

/// Whether the page is of use to a reader.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(IN)
}
