//! `/checkpoints`: the checkpoints in sight, the phones of one, the paper of an outage, the file of a phone.

mod key_in;
mod map;
mod one;
mod upload;

use crate::form::Form;
use crate::region_map;
use crate::situation::region_of;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, region_steps};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::{get, post};
use lianfang_ledger::CHECK_REGISTER;
use lianfang_server::{AppState, CheckpointsAsked, list_checkpoints};
use lianfang_ui::paths;
use lianfang_ui::views::checkpoints::list::{Checkpoint, Checkpoints, render};

/// Checkpoints of one page.
const PAGE: usize = 100;
/// The register that says which checkpoints there are.
const FILE: &str = "checkpoint_file";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::CHECKPOINTS, get(list))
        .route(paths::CHECKPOINT_UPLOAD, get(upload::ask).post(upload::send))
        .route("/checkpoints/{id}", get(one::show))
        .route("/checkpoints/{id}/phones", post(one::invite))
        .route("/checkpoints/{id}/revoke", post(one::revoke))
        .route("/checkpoints/{id}/paper", get(key_in::paper))
        .route("/checkpoints/{id}/key-in", get(key_in::ask).post(key_in::send))
}

/// Whether somebody has to do with checkpoints.
pub(crate) fn knows(desk: &Desk) -> bool {
    desk.staff.writes(CHECK_REGISTER) || desk.staff.writes(FILE)
}

async fn list(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let region = region_of(&state, &desk.visit, &query);
    let map = map::all(&state, &desk, &region).await?;
    if let Some(answer) = region_map::answer(&state, &desk.visit, &query, map.as_ref()) {
        return answer;
    }
    let silent = query.given("silent").is_some();
    let asked = CheckpointsAsked {
        q: query.get("q").to_owned(),
        region: Some(region.clone()),
        silent,
        cursor: query.get("cursor").parse().ok(),
        limit: PAGE,
    };
    let rows = list_checkpoints(&state, &desk.staff, asked).await?;
    let next = (rows.len() == PAGE)
        .then(|| rows.last().map(|row| row.id.to_string()))
        .flatten();
    let checkpoints = rows.into_iter().map(|row| Checkpoint {
        id: row.id.to_string(),
        name: row.name,
        region: region_steps::name(&snapshot.regions, lang, &row.region),
        checks: row.checks,
        last: row.last_check_at.map(|at| civil(&snapshot.zone, at)),
        phones: row.phones,
    });
    let view = Checkpoints {
        q: query.get("q").to_owned(),
        region: region_steps::name(&snapshot.regions, lang, &region),
        region_code: region.to_string(),
        silent,
        map,
        checkpoints: checkpoints.collect(),
        next,
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}
