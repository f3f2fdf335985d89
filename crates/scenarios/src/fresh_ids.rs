//! Identifiers of a scenario: time-ordered like a phone's, and the same at every run.

use lianfang_kernel::Instant;
use lianfang_kernel::ids::IdSource;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

/// Numbers that follow from a seed (SplitMix64).
#[derive(Debug)]
pub(crate) struct FreshIds(AtomicU64);

impl FreshIds {
    /// The same name gives the same identifiers.
    pub(crate) fn seeded(name: &str) -> Self {
        // FNV-1a: the seed only has to differ between scenarios.
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        let state = self
            .0
            .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A fresh UUIDv7 of the scenario's present.
    pub(crate) fn fresh(&self, now: Instant) -> Uuid {
        self.uuid_v7(now)
    }

    /// Gives every entry of a body `{"entries": [...]}` that has none an id.
    pub(crate) fn fill(&self, body: &mut Value, now: Instant) {
        for entry in body
            .get_mut("entries")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            if let Some(entry) = entry.as_object_mut()
                && !entry.contains_key("id")
            {
                entry.insert("id".to_owned(), Value::from(self.fresh(now).to_string()));
            }
        }
    }
}

impl IdSource for FreshIds {
    fn random(&self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.next().to_be_bytes());
        bytes[8..].copy_from_slice(&self.next().to_be_bytes()[..2]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_same_scenario_has_the_same_ids_and_others_have_others() {
        let now = Instant(1_642_636_800_000);
        let ids = FreshIds::seeded("a");
        let first = ids.fresh(now);
        assert_eq!(first, FreshIds::seeded("a").fresh(now));
        assert_ne!(first, ids.fresh(now));
        assert_ne!(first, FreshIds::seeded("b").fresh(now));
        assert_eq!(first.get_version_num(), 7);
    }

    #[test]
    fn only_a_missing_id_is_filled() {
        let mut body = json!({"entries": [{"id": "given"}, {"register": "call"}]});
        FreshIds::seeded("a").fill(&mut body, Instant(0));
        assert_eq!(body["entries"][0]["id"], "given");
        assert!(body["entries"][1]["id"].as_str().unwrap().parse::<Uuid>().is_ok());
        let mut other = json!(["no entries"]);
        FreshIds::seeded("a").fill(&mut other, Instant(0));
        assert_eq!(other, json!(["no entries"]));
    }
}
