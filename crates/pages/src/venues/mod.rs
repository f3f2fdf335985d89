//! `/venues`: counting in and out at the door of a venue. The registers and guards are those of the pack `orders`: at the cap the
//! next one is refused there, whichever door asks.

mod count;
mod show;
mod tap;

use axum::Router;
use axum::routing::{get, post};
use lianfang_server::{AppState, Staff};
use lianfang_ui::paths;

/// How many may be inside at once.
const CAP: &str = "venue_cap";
/// Counted in.
const IN: &str = "venue_in";
/// Counted out.
const OUT: &str = "venue_out";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::VENUES, get(show::list))
        .route("/venues/{id}", get(show::one).post(tap::tap))
        .route("/venues/{id}/undo", post(tap::undo))
}

/// Whether the page is of use to a reader.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(IN)
}
