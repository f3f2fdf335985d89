//! `/check`: the checkpoint app, what installs it and what keeps it on a phone. The page is the same for everybody: who
//! checks is known by the phone's secret, or by a session, when it speaks to the interface.

use crate::Answer;
use crate::kept_pages::{self, NO_CACHE, city_of};
use crate::visit::{Visit, shown};
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::Lang;
use lianfang_pass::Reason;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::views::check::{Check, render};
use lianfang_ui::{assets, paths, text};
use serde_json::json;

/// What verifying may say; a reason that is added there and not here is said by the server alone.
const REASONS: [Reason; 14] = [
    Reason::Ok,
    Reason::Format,
    Reason::Schema,
    Reason::BadSignature,
    Reason::UnknownKey,
    Reason::UntrustedIssuer,
    Reason::KeyUsage,
    Reason::KeyExpired,
    Reason::Expired,
    Reason::NotYetValid,
    Reason::Revoked,
    Reason::WrongCity,
    Reason::WrongDay,
    Reason::WrongHolder,
];

/// The app's icon as a drawing and as pictures: some launchers take no drawing, some cut a shape of their own.
const ICONS: [(&str, &str, &str, &str); 4] = [
    ("icon.svg", "any", "image/svg+xml", "any"),
    ("icon-192.png", "192x192", "image/png", "any"),
    ("icon-512.png", "512x512", "image/png", "any"),
    ("icon-maskable-512.png", "512x512", "image/png", "maskable"),
];

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::CHECK, get(app))
        .route(paths::CHECK_MANIFEST, get(manifest))
        .route(paths::CHECK_WORKER, get(worker))
}

fn page(visit: &Visit, state: &AppState, lang: Lang) -> lianfang_ui::Markup {
    let reasons = REASONS.iter().filter_map(|reason| {
        let code = serde_json::to_value(reason).ok()?.as_str()?.to_owned();
        Some((code, reason.words().get(lang).to_owned()))
    });
    let view = Check {
        reasons: reasons.collect(),
        ..Check::default()
    };
    render(&view, &kept_pages::ctx(visit, state, lang, paths::CHECK))
}

async fn app(State(state): State<AppState>, visit: Visit) -> Answer {
    let page = shown(page(&visit, &state, visit.lang));
    Ok(([NO_CACHE], page).into_response())
}

async fn manifest(State(state): State<AppState>, visit: Visit) -> Response {
    let lang = visit.lang;
    let name = text::text(lang, "check-title");
    let icons = ICONS.map(|(name, sizes, kind, purpose)| {
        json!({ "src": assets::href(name), "sizes": sizes, "type": kind, "purpose": purpose })
    });
    let body = json!({
        "id": paths::CHECK,
        "name": format!("{} · {name}", city_of(&state, lang)),
        "short_name": name,
        "lang": lang.tag(),
        "start_url": paths::CHECK,
        "scope": paths::CHECK,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5c5f",
        "icons": icons,
    });
    ([NO_CACHE, (CONTENT_TYPE, "application/manifest+json")], Json(body)).into_response()
}

async fn worker(State(state): State<AppState>, visit: Visit) -> Result<Response, ApiError> {
    let mut files = assets::of_check();
    files.extend(Lang::ALL.map(|lang| format!("{}?lang={}", paths::CHECK_MANIFEST, lang.tag())));
    let pages = Lang::ALL.map(|lang| page(&visit, &state, lang).into_string());
    kept_pages::worker("check-worker.js", paths::CHECK, &files, &pages)
}
