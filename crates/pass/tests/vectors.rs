//! The vectors for verifiers in other languages say what this one says. `examples/vectors.rs` writes them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lianfang_kernel::Instant;
use lianfang_pass::{KeySet, RevocationList, ShortCode, TrustSet, verify};
use serde_json::{Value, json};

#[test]
fn the_kept_vectors_are_judged_as_they_say() {
    let file: Value = serde_json::from_str(include_str!("vectors.json")).unwrap();
    let mut count = 0;
    for set in file["sets"].as_array().unwrap() {
        let mut trust = TrustSet::new("6205", KeySet::from_jwks(&set["jwks"].to_string()).unwrap());
        trust.place = file["trust"]["place"].as_str().unwrap().to_owned();
        let revocations = STANDARD.decode(file["trust"]["revocations"].as_str().unwrap()).unwrap();
        trust.revocations = RevocationList::from_bytes(&revocations).unwrap();
        for vector in set["vectors"].as_array().unwrap() {
            let at = Instant::parse(vector["at"].as_str().unwrap()).unwrap();
            let verdict = verify(
                vector["text"].as_str().unwrap(),
                &trust,
                at,
                vector["document"].as_str(),
            );
            let said = json!([verdict.format, verdict.kind, verdict.reason]);
            assert_eq!(
                said,
                json!([vector["format"], vector["kind"], vector["reason"]]),
                "{}",
                vector["name"]
            );
            count += 1;
        }
    }
    assert!(count > 70, "{count}");
    for code in file["short_codes"].as_array().unwrap() {
        assert!(ShortCode::parse(code.as_str().unwrap()).is_ok());
    }
}
