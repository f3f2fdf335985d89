//! The language of an answer: `?lang=`, then the cookie, then what the browser asks for, then Chinese.

use crate::cookies::cookie;
use axum::extract::{FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use lianfang_kernel::{Lang, Words};
use serde_json::Value;
use std::convert::Infallible;

/// The cookie that keeps a chosen language.
pub const LANG_COOKIE: &str = "lf_lang";

tokio::task_local! {
    static LANG: Lang;
}

/// The language in which the request at hand is answered; Chinese outside of a request.
pub fn current() -> Lang {
    LANG.try_with(|lang| *lang).unwrap_or(Lang::Zh)
}

/// The language asked for.
#[derive(Clone, Copy, Debug)]
pub struct Locale(pub Lang);

impl Locale {
    /// Reads it from a request's head.
    pub fn of(parts: &Parts) -> Locale {
        let asked = parts
            .uri
            .query()
            .and_then(|query| form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "lang"))
            .and_then(|(_, tag)| Lang::from_tag(&tag));
        let kept = || cookie(&parts.headers, LANG_COOKIE).and_then(|tag| Lang::from_tag(&tag));
        let accepted = || {
            let header = parts.headers.get(header::ACCEPT_LANGUAGE)?;
            Lang::from_accept(header.to_str().ok()?)
        };
        Locale(asked.or_else(kept).or_else(accepted).unwrap_or(Lang::Zh))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Locale {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Locale, Infallible> {
        Ok(Locale::of(parts))
    }
}

/// Answers a request in the language it asked for.
pub(crate) async fn speak(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Locale(lang) = Locale::of(&parts);
    LANG.scope(lang, next.run(Request::from_parts(parts, body))).await
}

/// Replaces every `{zh, en}` of an answer by its text in one language.
pub fn localised(mut value: Value, lang: Lang) -> Value {
    localise(&mut value, lang);
    value
}

fn localise(value: &mut Value, lang: Lang) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| localise(item, lang)),
        Value::Object(fields) => {
            let is_words = fields.len() == 2 && fields.contains_key("zh") && fields.contains_key("en");
            if is_words && let Ok(words) = serde_json::from_value::<Words>(value.clone()) {
                *value = Value::from(words.get(lang));
                return;
            }
            if let Value::Object(fields) = value {
                fields.values_mut().for_each(|field| localise(field, lang));
            }
        }
        _ => {}
    }
}
