//! `/pass`: the passes that a phone keeps itself, and what keeps them there. The page is the same for everybody; the
//! pass is drawn by the phone, from what it was given when the pass was issued.

use crate::Answer;
use crate::kept_pages::{self, NO_CACHE};
use crate::visit::{Visit, shown};
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lianfang_kernel::Lang;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::views::kept_pass::{KeptPass, render};
use lianfang_ui::{assets, paths};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::KEPT_PASS, get(page))
        .route(paths::KEPT_PASS_WORKER, get(worker))
}

async fn page(State(state): State<AppState>, visit: Visit) -> Answer {
    let page = render(
        &KeptPass,
        &kept_pages::ctx(&visit, &state, visit.lang, paths::KEPT_PASS),
    );
    Ok(([NO_CACHE], shown(page)).into_response())
}

async fn worker(State(state): State<AppState>, visit: Visit) -> Result<Response, ApiError> {
    let draw = |lang| render(&KeptPass, &kept_pages::ctx(&visit, &state, lang, paths::KEPT_PASS));
    let pages = Lang::ALL.map(|lang| draw(lang).into_string());
    kept_pages::worker("pass-worker.js", paths::KEPT_PASS, &assets::of_pass(), &pages)
}
