//! Whatever a scanner may read: the texts of all issuers, alone or in several parts.

#![no_main]

use lianfang_kernel::Instant;
use lianfang_pass::{TrustFile, verify_scanned};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TRUST: LazyLock<TrustFile> = LazyLock::new(|| {
    TrustFile::from_json(include_str!("../../crates/pass/tests/foreign/vectors/trust.json")).expect("a trust file")
});

fuzz_target!(|text: &str| {
    let parts: Vec<&str> = text.split('\n').collect();
    let document = text.get(..18);
    let verdict = verify_scanned(&parts, &TRUST, Instant(1_640_000_000_000), document);
    let _ = serde_json::to_string(&verdict);
});
