//! Forms of other sites: an unsafe request that is known by a cookie must also carry what only our pages know.
//!
//! The token is derived from the secret in the cookie, so nothing is stored. It comes as the header `X-CSRF-Token`, the
//! form field `csrf`, or, for uploads, `?csrf=` of the form's action. Requests that carry `Authorization` need none:
//! no other site can make a browser send it.

use crate::cookies::{DEVICE_COOKIE, SESSION_COOKIE, cookie};
use crate::problem::ApiError;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lianfang_kernel::{Problem, Words, hex};
use ring::digest::{SHA256, digest};

/// The header that carries the token.
pub const CSRF_HEADER: &str = "x-csrf-token";
/// The form field that carries the token.
pub const CSRF_FIELD: &str = "csrf";
/// Forms larger than this are not read for their token.
const FORM_BYTES: usize = 1 << 20;

/// The token that goes with a session's or device's secret.
pub fn token_of(secret: &str) -> String {
    let digest = digest(&SHA256, format!("csrf\u{1f}{secret}").as_bytes());
    hex(&digest.as_ref()[..16])
}

/// The tokens that a request's cookies stand for.
fn tokens(headers: &HeaderMap) -> Vec<String> {
    [SESSION_COOKIE, DEVICE_COOKIE]
        .iter()
        .filter_map(|name| cookie(headers, name))
        .map(|secret| token_of(&secret))
        .collect()
}

fn field(encoded: &[u8]) -> Option<String> {
    form_urlencoded::parse(encoded)
        .find(|(name, _)| name == CSRF_FIELD)
        .map(|(_, value)| value.into_owned())
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
}

fn refused() -> ApiError {
    ApiError::refused(Problem::new(
        "csrf",
        Words::new("页面已过期，未提交", "This page has expired; nothing was sent"),
        Words::new(
            "请刷新页面后重试；程序请带 X-CSRF-Token 或使用接口令牌",
            "Reload the page and try again; programs send X-CSRF-Token or use a token",
        ),
    ))
}

/// What the head of a request says about its origin.
enum Origin {
    /// It changes nothing, carries no cookie of ours, or carries the token.
    Fine,
    /// The token may be in its body: one of these.
    AskForm(Vec<String>),
    /// Another site may have sent it.
    Unknown,
}

fn origin(request: &Request) -> Origin {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let signs_in = request.method() == Method::POST && matches!(request.uri().path(), "/api/v1/session" | "/sign-in");
    let headers = request.headers();
    let expected = tokens(headers);
    if is_safe || signs_in || expected.is_empty() || headers.contains_key(header::AUTHORIZATION) {
        return Origin::Fine;
    }
    let fits = |given: &str| expected.iter().any(|token| token == given);
    let by_header = headers
        .get(CSRF_HEADER)
        .and_then(|value| value.to_str().ok())
        .is_some_and(fits);
    let by_query = || {
        request
            .uri()
            .query()
            .and_then(|query| field(query.as_bytes()))
            .is_some_and(|given| fits(&given))
    };
    if by_header || by_query() {
        Origin::Fine
    } else if is_form(headers) {
        Origin::AskForm(expected)
    } else {
        Origin::Unknown
    }
}

/// Refuses unsafe requests that are known by a cookie and carry no token.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let expected = match origin(&request) {
        Origin::Fine => return next.run(request).await,
        Origin::Unknown => return refused().into_response(),
        Origin::AskForm(expected) => expected,
    };
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, FORM_BYTES).await else {
        return refused().into_response();
    };
    if !field(&bytes).is_some_and(|given| expected.contains(&given)) {
        return refused().into_response();
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}
