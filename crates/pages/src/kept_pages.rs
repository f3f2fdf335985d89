//! Pages that a phone keeps: the same for everybody, with a service worker that is told what to keep.

use crate::visit::{Desk, Visit};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use lianfang_kernel::{Lang, hex};
use lianfang_server::{ApiError, AppState, seal_key};
use lianfang_ui::{Ctx, assets};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

/// Asked for again at every visit, and taken when it changed.
pub(crate) const NO_CACHE: (HeaderName, &str) = (CACHE_CONTROL, "no-cache");

/// For how many seconds the phone that asked may keep the page, for where there is no network.
const KEEP_ON_PHONE: HeaderName = HeaderName::from_static("x-keep-on-phone-s");
const KEEP_AT_LEAST_MS: i64 = 8 * 3_600_000;

/// For how long a phone may keep a page of its reader's own: to the end of the city's day, and through a night's shift.
pub(crate) fn keep_on_phone(state: &AppState) -> (HeaderName, String) {
    let (now, zone) = (state.ledger.now(), &state.ledger.snapshot().zone);
    let midnight = zone.start_of(zone.day_of(now).plus(1));
    let seconds = (midnight.0 - now.0).max(KEEP_AT_LEAST_MS) / 1_000;
    (KEEP_ON_PHONE, seconds.to_string())
}

/// What script needs to keep entries of a reader while there is no network, with `more` of the page's own.
pub(crate) fn kit(state: &AppState, desk: &Desk, more: Value) -> Value {
    let mut kit = json!({
        "login": desk.staff.login.id,
        "epoch": state.ledger.epoch(),
        "now": state.ledger.now().0,
        "seal_key": seal_key(state),
    });
    if let (Some(kit), Value::Object(more)) = (kit.as_object_mut(), more) {
        kit.extend(more);
    }
    kit
}

/// What such a page is drawn with, without anything of its reader.
pub(crate) fn ctx(visit: &Visit, state: &AppState, lang: Lang, path: &str) -> Ctx {
    let public = visit.as_anybody().public(state);
    Ctx {
        lang,
        city: city_of(state, lang),
        path: path.to_owned(),
        csrf: String::new(),
        as_of: None,
        ..public
    }
}

/// The city's name.
pub(crate) fn city_of(state: &AppState, lang: Lang) -> String {
    let snapshot = state.ledger.snapshot();
    let city = snapshot.regions.get(&snapshot.city);
    city.map_or_else(|| snapshot.city.to_string(), |city| city.name.get(lang).to_owned())
}

/// The service worker `script` of the page at `path`, with the list of what it keeps in front. The version is the digest
/// of the list and of `pages`, the page in each language without what changes by the minute: other words on the page make
/// another version as other scripts do.
pub(crate) fn worker(
    script: &str,
    path: &'static str,
    files: &[String],
    pages: &[String],
) -> Result<Response, ApiError> {
    let address = |lang: Lang| format!("{path}?lang={}", if lang == Lang::Zh { "zh" } else { "en" });
    let version = digest(&SHA256, [files.join(" "), pages.concat()].concat().as_bytes());
    let kept = json!({
        "version": hex(&version.as_ref()[..8]),
        "pages": { "zh": address(Lang::Zh), "en": address(Lang::En) },
        "files": files,
    });
    told(script, path, &kept)
}

/// The service worker of a page of one reader's own: only its files are the same for everybody.
pub(crate) fn worker_of_files(script: &str, path: &'static str, files: &[String]) -> Result<Response, ApiError> {
    let version = digest(&SHA256, files.join(" ").as_bytes());
    let kept = json!({ "version": hex(&version.as_ref()[..8]), "files": files });
    told(script, path, &kept)
}

fn told(script: &str, path: &'static str, kept: &Value) -> Result<Response, ApiError> {
    let script = assets::find(script).ok_or_else(ApiError::internal)?;
    let body = [format!("const KEPT = {kept};\n").as_bytes(), &script.bytes].concat();
    let scope = (HeaderName::from_static("service-worker-allowed"), path);
    Ok(([NO_CACHE, (CONTENT_TYPE, script.content_type), scope], body).into_response())
}
