//! Answers that a client keeps: the same content has the same tag, and who has it already is told so and nothing else.

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lianfang_kernel::hex;
use ring::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// Answers `body` under its tag. What stands in `beside` belongs to the moment of the answer and not to the content:
/// the tag does not cover it.
pub(crate) fn tagged(headers: &HeaderMap, mut body: Value, beside: Map<String, Value>, caching: &str) -> Response {
    let hash = digest(&SHA256, body.to_string().as_bytes());
    let tag = format!("\"{}\"", hex(&hash.as_ref()[..12]));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| {
        known
            .split(',')
            .any(|known| known.trim().trim_start_matches("W/") == tag)
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        if let Some(members) = body.as_object_mut() {
            members.extend(beside);
        }
        Json(body).into_response()
    };
    for (name, value) in [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, caching)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now(minute: u8) -> Map<String, Value> {
        Map::from_iter([("now".to_owned(), json!(minute))])
    }

    #[test]
    fn who_has_the_content_is_told_so_whatever_the_moment() {
        let first = tagged(&HeaderMap::new(), json!({ "a": 1 }), now(1), "private, no-cache");
        assert_eq!(first.status(), StatusCode::OK);
        let tag = first.headers()[header::ETAG].clone();
        for (sent, content, expected) in [
            (tag.to_str().unwrap().to_owned(), 1, StatusCode::NOT_MODIFIED),
            (
                format!("\"x\", W/{}", tag.to_str().unwrap()),
                1,
                StatusCode::NOT_MODIFIED,
            ),
            (tag.to_str().unwrap().to_owned(), 2, StatusCode::OK),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, HeaderValue::from_str(&sent).unwrap());
            let again = tagged(&headers, json!({ "a": content }), now(2), "private, no-cache");
            assert_eq!(again.status(), expected, "{sent} {content}");
        }
    }
}
