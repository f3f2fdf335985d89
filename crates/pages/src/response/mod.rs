//! `/response`: a response level or a plan is opened with one signature, with its order, after its reader has seen what opens for whom.
//! The registers, guards and protocols are those of the packs `response` and `documents`.

mod form;
mod opening;
mod send;
mod show;

use axum::Router;
use axum::routing::get;
use lianfang_policy::Model;
use lianfang_server::{AppState, Staff};
use lianfang_ui::paths;
use lianfang_ui::views::response::Opens;

/// Levels in force.
const LEVEL: &str = "response_level";
/// What a level asks of each office.
const ITEM: &str = "checklist_item";
/// The type of the offices that are asked.
const OFFICE: &str = "area_command";
/// Plans that were opened.
const ACTIVATION: &str = "plan_activation";
/// The texts of plans.
const PLAN: &str = "plan_version";
/// What either rests on.
const ORDER: &str = "order";

pub(crate) fn router() -> Router<AppState> {
    Router::new().route(paths::RESPONSE, get(show::show).post(send::send))
}

fn register(opens: Opens) -> &'static str {
    match opens {
        Opens::Level => LEVEL,
        Opens::Plan => ACTIVATION,
    }
}

/// What a reader may open. The right to write everything is not a post that opens responses.
fn may(staff: &Staff, model: &Model) -> Vec<Opens> {
    let may = |opens: &Opens| model.registers.contains_key(register(*opens)) && staff.writes(register(*opens));
    Opens::EACH.into_iter().filter(may).collect()
}

/// Whether the page is of use to a reader.
pub(crate) fn is_for(staff: &Staff) -> bool {
    staff.writes(LEVEL) || staff.writes(ACTIVATION)
}
