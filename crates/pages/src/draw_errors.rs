//! Refusals and failures as pages, for those who asked for a page.

use crate::visit::Visit;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use lianfang_server::AppState;
use lianfang_ui::views::error_page::{ErrorPage, render};
use serde_json::Value;

/// Longest problem that is drawn; longer ones are left as they are.
const PROBLEM_BYTES: usize = 64 * 1024;

/// Turns a problem into a page when the reader is a browser; around the pages, and around what guards them.
pub async fn draw_errors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/") || !wants_page(request.headers()) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let mut head = parts.clone();
    parts.extensions.clone_from(&head.extensions);
    let response = next.run(Request::from_parts(parts, body)).await;
    if !is_problem(&response) {
        return response;
    }
    let (mut answer, body) = response.into_parts();
    let bytes = to_bytes(body, PROBLEM_BYTES).await.unwrap_or_default();
    let problem: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    let Ok(visit) = Visit::from_request_parts(&mut head, &state).await else {
        return Response::from_parts(answer, Body::from(bytes));
    };
    let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let page = ErrorPage {
        status: answer.status.as_u16(),
        code: text("code"),
        title: text("title"),
        detail: match text("clause") {
            clause if clause.is_empty() => text("detail"),
            clause => format!("{} ({clause})", text("detail")),
        },
        hint: text("hint"),
        ..ErrorPage::default()
    };
    let html = render(&page, &visit.ctx(&state)).into_string();
    answer
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    answer.headers.remove(CONTENT_LENGTH);
    (answer.status, answer.headers, html).into_response()
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_none_or(|kinds| !kinds.starts_with("application/json"))
}

fn is_problem(response: &Response) -> bool {
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/problem+json"))
}
