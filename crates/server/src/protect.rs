//! What stands around every answer: language, request id, time limit, shedding, forged forms, headers, counting.

use crate::csrf;
use crate::locale;
use crate::problem::ApiError;
use crate::rush::{COME_BACK_S, Rush};
use crate::state::AppState;
use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use lianfang_kernel::{Problem, Words};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant as Stopwatch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// Longest body of a call; imports have a limit of their own.
pub const BODY_BYTES: usize = 1 << 20;
/// Longest time a request may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest time an import or export may take.
const PATIENCE_FOR_SHEETS: Duration = Duration::from_secs(600);
/// Writing requests are turned away when fewer places than this are free before the writer.
const QUEUE_RESERVE: usize = 64;
/// Callers from busy addresses are turned away when fewer places than this are free.
const QUEUE_HALF: usize = 2_048;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const CONTENT_POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    img-src 'self' data: blob:; object-src 'none'";
/// The one page whose decoder of codes is compiled in the browser.
const CHECK_PATH: &str = "/check";
const CHECK_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'; img-src 'self' data: blob:; object-src 'none'";

/// Puts everything around a router that holds all pages and calls.
pub fn protect(app: Router, state: &AppState) -> Router {
    let compressible = SizeAbove::new(512)
        .and(NotForContentType::GRPC)
        .and(NotForContentType::IMAGES);
    let guarded = app
        .fallback(missing)
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn(csrf::guard))
        .layer(from_fn(plain_errors))
        .layer(CatchPanicLayer::custom({
            let metrics = state.metrics.clone();
            move |_: Box<dyn std::any::Any + Send>| {
                metrics.panicked();
                ApiError::internal().into_response()
            }
        }));
    let drawn = match state.config.draw {
        Some(draw) => draw(guarded, state.clone()),
        None => guarded,
    };
    drawn
        .layer(from_fn_with_state(state.clone(), observe))
        .layer(from_fn(locale::speak))
        .layer(from_fn_with_state(state.clone(), headers))
        .layer(CompressionLayer::new().gzip(true).compress_when(compressible))
}

async fn missing() -> ApiError {
    ApiError::not_found(Words::new("没有这个地址", "There is nothing at this address"))
}

/// The framework's own refusals, in the form that all others have.
async fn plain_errors(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let (zh, en) = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => ("这个地址不支持这种请求", "This address does not take this method"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("不支持这种内容类型", "This type of content is not taken"),
        StatusCode::PAYLOAD_TOO_LARGE if !is_problem(&response) => return crate::asked::too_large().into_response(),
        _ => return response,
    };
    if is_problem(&response) {
        return response;
    }
    let hint = Words::new("调用方法见 /openapi.json", "How to call is in /openapi.json");
    let code = if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        "method_not_allowed"
    } else {
        "media_type"
    };
    let mut answer = ApiError::new(response.status(), Problem::new(code, Words::new(zh, en), hint)).into_response();
    if let Some(allow) = response.headers().get(header::ALLOW) {
        answer.headers_mut().insert(header::ALLOW, allow.clone());
    }
    answer
}

fn is_problem(response: &Response) -> bool {
    let kind = response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/problem+json") || kind.starts_with("text/html"))
}

/// The caller's address: the nearest hop that is no proxy of ours.
pub(crate) fn address_of(state: &AppState, request: &Request) -> Option<IpAddr> {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|ConnectInfo(address)| address.ip())?;
    let trusted = |address: IpAddr| {
        state
            .config
            .trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    };
    if !trusted(peer) {
        return Some(peer);
    }
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let hops = forwarded.rsplit(',').filter_map(|hop| hop.trim().parse().ok());
    Some(hops.into_iter().find(|hop| !trusted(*hop)).unwrap_or(peer))
}

/// Whether to turn a request away now, so that those under way end well.
fn is_shed(state: &AppState, request: &Request) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    let free = state.ledger.queue_free();
    let heavy = address_of(state, request).is_some_and(|address| state.limits.is_heavy(address));
    free < QUEUE_RESERVE || (heavy && free < QUEUE_HALF)
}

/// Answers in time or says when to come back; a reading of residents first needs a place.
async fn answer(state: &AppState, path: &str, request: Request, next: Next) -> Response {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let place = if is_reading && Rush::is_of_residents(path) {
        let Some(place) = state.rush.enter().await else {
            state.metrics.shed();
            return ApiError::busy(COME_BACK_S).into_response();
        };
        Some(place)
    } else {
        None
    };
    let is_sheet = path.starts_with("/api/v1/imports") || path.starts_with("/api/v1/entries.");
    let patience = if is_sheet { PATIENCE_FOR_SHEETS } else { PATIENCE };
    let answered = tokio::time::timeout(patience, next.run(request)).await;
    drop(place);
    answered.unwrap_or_else(|_| ApiError::busy(10).into_response())
}

async fn observe(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = request_id(&state, request.headers());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let begun = Stopwatch::now();
    let mut response = if is_shed(&state, &request) {
        state.metrics.shed();
        ApiError::busy(2).into_response()
    } else {
        answer(&state, &path, request, next).await
    };
    let took = begun.elapsed();
    state.metrics.answered(response.status().as_u16(), took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    // Neither query nor body: they hold names and numbers.
    tracing::info!(%method, path = told(&path), status = response.status().as_u16(), ms, request = %id, "answered");
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// A path without the secret that ends a link.
fn told(path: &str) -> &str {
    match path.strip_prefix("/interview/") {
        Some(_) => "/interview/…",
        None => path,
    }
}

/// The id that a proxy gave, if it looks like one; a fresh one otherwise.
fn request_id(state: &AppState, headers: &HeaderMap) -> String {
    let given = headers
        .get(REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .filter(|id| {
            (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    given.map_or_else(|| state.ledger.new_id().to_string(), str::to_owned)
}

async fn headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let policy = if request.uri().path() == CHECK_PATH {
        CHECK_POLICY
    } else {
        CONTENT_POLICY
    };
    let mut response = next.run(request).await;
    let tls = state.config.tls;
    let headers = response.headers_mut();
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), geolocation=(), microphone=()",
        ),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if tls {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    // Whoever does not say that an answer is for everybody means that it is for one.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("private, no-store"));
    response
}
