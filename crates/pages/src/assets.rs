//! `/assets/*`: styles and scripts, embedded in the program.

use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use lianfang_server::AppState;
use lianfang_ui::assets;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/assets/{*name}", get(asset))
        .route("/favicon.ico", get(icon))
}

async fn asset(Path(name): Path<String>, RawQuery(query): RawQuery) -> Response {
    answer(&name, query.as_deref())
}

async fn icon() -> Response {
    answer("icon.svg", None)
}

fn answer(name: &str, query: Option<&str>) -> Response {
    let Some(asset) = assets::find(name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_versioned = query.and_then(|query| query.strip_prefix("v=")) == Some(asset.version.as_str());
    let keep = if is_versioned {
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=300"
    };
    (
        [(CONTENT_TYPE, asset.content_type), (CACHE_CONTROL, keep)],
        asset.bytes.into_owned(),
    )
        .into_response()
}
