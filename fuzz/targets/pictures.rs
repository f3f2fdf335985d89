//! Photographs and papers that somebody attaches.

#![no_main]

use lianfang_attachment::clean;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(attachment) = clean(bytes) {
        assert!(clean(&attachment.bytes).is_ok(), "what was cleaned is clean");
    }
});
