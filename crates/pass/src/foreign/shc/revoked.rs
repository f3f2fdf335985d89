//! Card revocation lists: ids that an issuer gave under one key, some only up to a moment.

use std::collections::BTreeMap;

use lianfang_kernel::Instant;
use serde::Deserialize;
use serde_json::Value;

use crate::cbor::from_seconds;

/// Longest id.
const MAX_RID: usize = 24;

#[derive(Deserialize)]
struct List {
    kid: Option<String>,
    method: String,
    rids: Vec<String>,
}

/// Whether all cards of an id are revoked, or those from before a moment.
type Until = Option<Instant>;

/// What was revoked, by key and id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Revoked {
    lists: BTreeMap<String, BTreeMap<String, Until>>,
}

impl Revoked {
    /// Reads lists by their key; says of each list and each id that cannot be used which one it is, and uses the rest.
    pub fn from_lists(lists: BTreeMap<String, Value>, unusable: &mut Vec<String>) -> Revoked {
        let mut revoked = Revoked::default();
        for (kid, list) in lists {
            let list = serde_json::from_value::<List>(list).ok();
            let is_of_key = |list: &List| list.method == "rid" && list.kid.as_ref().is_none_or(|named| *named == kid);
            let Some(list) = list.filter(is_of_key) else {
                unusable.push(format!("shc.crl {kid}"));
                continue;
            };
            let ids = revoked.lists.entry(kid.clone()).or_default();
            for written in list.rids {
                match read(&written) {
                    Some((rid, until)) => add(ids, rid, until),
                    None => unusable.push(format!("shc.crl {kid} {written}")),
                }
            }
        }
        revoked
    }

    /// Takes over what other lists hold as well.
    pub fn join(&mut self, other: Revoked) {
        for (kid, others) in other.lists {
            let ids = self.lists.entry(kid).or_default();
            others.into_iter().for_each(|(rid, until)| add(ids, rid, until));
        }
    }

    /// How many ids.
    pub fn count(&self) -> usize {
        self.lists.values().map(BTreeMap::len).sum()
    }

    /// Whether a card is revoked, by its key, its id and from when it holds.
    pub fn holds(&self, kid: &str, rid: &str, from: Instant) -> bool {
        let until = self.lists.get(kid).and_then(|list| list.get(rid));
        until.is_some_and(|until| until.is_none_or(|until| from < until))
    }
}

/// Adds an id. Named twice: what revokes more holds.
fn add(ids: &mut BTreeMap<String, Until>, rid: String, until: Until) {
    let known = ids.entry(rid).or_insert(until);
    *known = match (*known, until) {
        (Some(known), Some(until)) => Some(known.max(until)),
        _ => None,
    };
}

/// `id`, or `id.seconds`.
fn read(written: &str) -> Option<(String, Until)> {
    let (rid, until) = match written.split_once('.') {
        Some((rid, seconds)) => (rid, Some(from_seconds(seconds.parse().ok()?)?)),
        None => (written, None),
    };
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let fits = (1..=MAX_RID).contains(&rid.len()) && rid.bytes().all(is_base64url);
    fits.then(|| (rid.to_owned(), until))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revoked(list: Value) -> (Revoked, Vec<String>) {
        let mut unusable = Vec::new();
        let lists = BTreeMap::from([("K".to_owned(), list)]);
        (Revoked::from_lists(lists, &mut unusable), unusable)
    }

    #[test]
    fn an_id_is_revoked_for_good_or_up_to_a_moment() {
        let list = serde_json::json!({"kid": "K", "method": "rid", "ctr": 1, "rids": ["all", "old.1000", "both.5", "both", "two.5", "two.9"]});
        let (revoked, unusable) = revoked(list);
        assert!(unusable.is_empty());
        for (kid, rid, from, expected) in [
            ("K", "all", 5_000_000, true),
            ("K", "old", 999_999, true),
            ("K", "old", 1_000_000, false),
            ("K", "both", 9_000, true),
            ("K", "two", 8_999, true),
            ("K", "two", 9_000, false),
            ("K", "none", 0, false),
            ("L", "all", 0, false),
        ] {
            assert_eq!(revoked.holds(kid, rid, Instant(from)), expected, "{kid} {rid} {from}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_rest_counts() {
        let list = serde_json::json!({"method": "rid", "rids": ["good", "base64==", "", "x.y", "this-rid-is-longer-than-the-24-char-max"]});
        let (read, unusable) = revoked(list);
        assert!(read.holds("K", "good", Instant(0)));
        assert_eq!(unusable.len(), 4);
        for list in [
            serde_json::json!({"kid": "other", "method": "rid", "rids": ["good"]}),
            serde_json::json!({"kid": "K", "method": "other", "rids": ["good"]}),
            serde_json::json!([]),
        ] {
            let (read, unusable) = revoked(list);
            assert_eq!((read, unusable), (Revoked::default(), vec!["shc.crl K".to_owned()]));
        }
    }
}
