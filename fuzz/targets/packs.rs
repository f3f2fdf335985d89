//! Packs as their authors send them: TOML, the language in it, and its conditions.

#![no_main]

use lianfang_policy::{Source, load};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let source = |path: &str, text: &str| Source {
        path: path.to_owned(),
        text: text.to_owned(),
    };
    let (pack, overlay) = text.split_once("\n%%\n").unwrap_or((text, ""));
    if let Err(findings) = load(&[source("packs/a/a.toml", pack)], &[source("overlay/a.toml", overlay)]) {
        assert!(
            findings.iter().all(|finding| !finding.file.is_empty()),
            "a finding without a place, or a loader that stopped: {findings:?}"
        );
    }
});
