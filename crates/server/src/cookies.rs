//! Cookies as they are read and set: always HttpOnly, always of the same site.

use axum::http::{HeaderMap, HeaderValue, header};

/// The cookie of a staff session.
pub const SESSION_COOKIE: &str = "lf_session";
/// The cookie of a resident's device.
pub const DEVICE_COOKIE: &str = "lf_device";

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` that scripts cannot read. `max_age_s` of 0 ends it.
pub fn set_cookie(name: &str, value: &str, max_age_s: i64, tls: bool) -> HeaderValue {
    let secure = if tls { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}
