//! Pages that a phone keeps: the same for everybody, with a service worker that is told what to keep.

use crate::visit::Visit;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use axum::response::{IntoResponse, Response};
use lianfang_kernel::{Lang, hex};
use lianfang_server::{ApiError, AppState};
use lianfang_ui::{Ctx, assets};
use ring::digest::{SHA256, digest};
use serde_json::{Value, json};

/// Asked for again at every visit, and taken when it changed.
pub(crate) const NO_CACHE: (HeaderName, &str) = (CACHE_CONTROL, "no-cache");

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
