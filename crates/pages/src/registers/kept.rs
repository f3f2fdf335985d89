//! What a device keeps of a list: its columns, and lists that were saved as they were asked for.
//!
//! Kept in a cookie of the list's own address: nothing of it is in the ledger, other pages never get it, and it goes with the
//! browser. It holds names of fields and what was asked for, which are in the address anyway.

use crate::form::Form;
use axum::http::{HeaderMap, HeaderValue};
use lianfang_server::cookie;
use lianfang_ui::paths;

/// Lists that one register keeps.
const SAVED: usize = 8;
/// Bytes of all of them: browsers take four thousand a cookie.
const BYTES: usize = 3_000;
const KEPT_S: i64 = 365 * 86_400;
const COLUMNS: &str = "lf_columns";
const LISTS: &str = "lf_lists";

/// The columns chosen before; none when nothing was chosen.
pub(super) fn columns(headers: &HeaderMap) -> Option<Vec<String>> {
    let kept = cookie(headers, COLUMNS)?;
    Some(kept.split('.').map(str::to_owned).collect())
}

/// Keeps columns for a register; none chosen is none kept.
pub(super) fn keep_columns(register: &str, columns: &[String], tls: bool) -> HeaderValue {
    set(register, COLUMNS, &columns.join("."), tls)
}

/// Lists saved before: what each asks for.
pub(super) fn lists(headers: &HeaderMap) -> Vec<Form> {
    let kept = cookie(headers, LISTS).unwrap_or_default();
    kept.split('|')
        .filter(|query| !query.is_empty())
        .map(|query| Form::parse(query.as_bytes()))
        .collect()
}

/// Saves one more list, or forgets it where it was saved already.
pub(super) fn turn_list(register: &str, headers: &HeaderMap, query: &str, tls: bool) -> HeaderValue {
    let kept = cookie(headers, LISTS).unwrap_or_default();
    let mut all: Vec<&str> = kept.split('|').filter(|kept| !kept.is_empty()).collect();
    match all.iter().position(|kept| *kept == query) {
        Some(place) => drop(all.remove(place)),
        None => all.push(query),
    }
    while all.len() > SAVED || all.iter().map(|query| query.len() + 1).sum::<usize>() > BYTES {
        all.remove(0);
    }
    set(register, LISTS, &all.join("|"), tls)
}

fn set(register: &str, name: &str, value: &str, tls: bool) -> HeaderValue {
    let (path, secure) = (paths::register(register), if tls { "; Secure" } else { "" });
    // The value is made of names of fields and of encoded queries: nothing in it ends a cookie.
    let safe = value
        .bytes()
        .all(|b| b.is_ascii_graphic() && !matches!(b, b';' | b',' | b'"' | b'\\'));
    let (value, age) = if safe && !value.is_empty() {
        (value, KEPT_S)
    } else {
        ("", 0)
    };
    let text = format!("{name}={value}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;

    fn headers(cookie: &HeaderValue) -> HeaderMap {
        let text = cookie.to_str().unwrap();
        let pair = text.split(';').next().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_str(pair).unwrap());
        headers
    }

    #[test]
    fn a_list_is_saved_once_and_forgotten_by_the_same_button() {
        let once = turn_list("arrival", &HeaderMap::new(), "from=2022-01-01&is.class=x", false);
        assert!(once.to_str().unwrap().contains("Path=/registers/arrival;"));
        let kept = headers(&once);
        assert_eq!(
            lists(&kept)
                .iter()
                .map(|form| form.get("is.class").to_owned())
                .collect::<Vec<_>>(),
            ["x"]
        );
        let gone = turn_list("arrival", &kept, "from=2022-01-01&is.class=x", false);
        assert!(gone.to_str().unwrap().contains("Max-Age=0"));
        let odd = turn_list("arrival", &kept, "a=b; Domain=x", false);
        assert!(!odd.to_str().unwrap().contains("Domain=x"));
    }

    #[test]
    fn columns_come_back_as_they_were_chosen() {
        let set = keep_columns("arrival", &["class".to_owned(), "_org".to_owned()], true);
        assert!(set.to_str().unwrap().ends_with("; Secure"));
        assert_eq!(columns(&headers(&set)).unwrap(), ["class", "_org"]);
        assert_eq!(columns(&HeaderMap::new()), None);
    }
}
