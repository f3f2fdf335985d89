//! `/check`: the checkpoint app, what installs it and what keeps it on a phone. The page is the same for everybody: who
//! checks is known by the phone's secret, or by a session, when it speaks to the interface.

use crate::Answer;
use crate::visit::{Visit, shown};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::{Lang, hex};
use lianfang_pass::Reason;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::views::check::{Check, render};
use lianfang_ui::{Ctx, assets, paths, text};
use ring::digest::{SHA256, digest};
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

const NO_CACHE: (HeaderName, &str) = (CACHE_CONTROL, "no-cache");

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route(paths::CHECK, get(app))
        .route(paths::CHECK_MANIFEST, get(manifest))
        .route(paths::CHECK_WORKER, get(worker))
}

/// What the page is drawn with, without anything of its reader.
fn ctx(visit: &Visit, state: &AppState, lang: Lang) -> Ctx {
    let public = visit.as_anybody().public(state);
    Ctx {
        lang,
        city: city_of(state, lang),
        path: paths::CHECK.to_owned(),
        csrf: String::new(),
        as_of: None,
        ..public
    }
}

fn city_of(state: &AppState, lang: Lang) -> String {
    let snapshot = state.ledger.snapshot();
    let city = snapshot.regions.get(&snapshot.city);
    city.map_or_else(|| snapshot.city.to_string(), |city| city.name.get(lang).to_owned())
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
    render(&view, &ctx(visit, state, lang))
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

/// The service worker, with the list of what it keeps in front. The list's digest is its version: other words on the page
/// make another version as other scripts do.
async fn worker(State(state): State<AppState>, visit: Visit) -> Result<Response, ApiError> {
    let script = assets::find("check-worker.js").ok_or_else(ApiError::internal)?;
    let address = |lang: Lang| format!("{}?lang={}", paths::CHECK, if lang == Lang::Zh { "zh" } else { "en" });
    let mut files = assets::of_check();
    files.extend(Lang::ALL.map(|lang| format!("{}?lang={}", paths::CHECK_MANIFEST, lang.tag())));
    let pages = Lang::ALL.map(|lang| page(&visit, &state, lang).into_string());
    let version = digest(&SHA256, [files.join(" "), pages.concat()].concat().as_bytes());
    let kept = json!({
        "version": hex(&version.as_ref()[..8]),
        "pages": { "zh": address(Lang::Zh), "en": address(Lang::En) },
        "files": files,
    });
    let body = [format!("const KEPT = {kept};\n").as_bytes(), &script.bytes].concat();
    let scope = (HeaderName::from_static("service-worker-allowed"), paths::CHECK);
    Ok(([NO_CACHE, (CONTENT_TYPE, script.content_type), scope], body).into_response())
}
