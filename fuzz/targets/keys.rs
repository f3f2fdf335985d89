//! Keys, lists of what is trusted and revoked, and the twelve characters read aloud.

#![no_main]

use lianfang_pass::{KeySet, RevocationList, ShortCode, TrustFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(keys) = KeySet::from_cose(bytes) {
        let again = KeySet::from_cose(&keys.to_cose().expect("what was read is written"));
        assert!(again.is_ok_and(|again| again.keys().len() == keys.keys().len()));
    }
    if let Ok(list) = RevocationList::from_bytes(bytes) {
        let again = RevocationList::from_bytes(&list.to_bytes());
        assert!(again.is_ok_and(|again| again.len() == list.len()));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = KeySet::from_jwks(text);
        let _ = TrustFile::from_json(text);
        if let Ok(code) = ShortCode::parse(text) {
            assert_eq!(ShortCode::parse(&code.grouped()), Ok(code));
        }
    }
});
