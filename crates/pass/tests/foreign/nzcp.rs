//! NZ COVID Pass: the examples of its specification.

use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile};
use serde_json::{Value, json};

use crate::reference::{check, folder, json as read, reason, text, trust};

const ISSUER: &str = "did:web:nzcp.covid19.health.nz";
/// A moment at which the valid example is.
const CLOCK: Instant = Instant(1_700_000_000_000);
/// When the example that is not yet active becomes so.
const ACTIVE: Instant = Instant(1_793_649_931_000);

fn of(document: &Value) -> TrustFile {
    trust(json!({ "nzcp": { "trusted_issuers": [ISSUER], "did": { ISSUER: document } } }))
}

#[test]
fn every_example_gives_its_verdict() {
    let Some(folder) = folder("nzcp/examples") else { return };
    let document = read(folder.join("valid/did.json"));
    let trust = of(&document);
    let pass = |name: &str| text(folder.join(name));
    let valid = pass("valid/nzcp.txt");
    let cases = [
        ("valid/nzcp", CLOCK, Reason::Ok),
        ("invalid/nzcp-bad-public-key", CLOCK, Reason::BadSignature),
        ("invalid/nzcp-expired-payload", CLOCK, Reason::Expired),
        ("invalid/nzcp-modified-payload", CLOCK, Reason::BadSignature),
        ("invalid/nzcp-modified-sig", CLOCK, Reason::BadSignature),
        ("invalid/nzcp-not-associated-public-key", CLOCK, Reason::UnknownKey),
        (
            "invalid/nzcp-notactive-payload",
            ACTIVE.plus_ms(-1),
            Reason::NotYetValid,
        ),
        ("invalid/nzcp-notactive-payload", ACTIVE, Reason::Ok),
    ];
    check(cases.map(|(name, at, expected)| {
        let got = reason(&[&pass(&format!("{name}.txt"))], &trust, at);
        (format!("{name} at {at:?}"), got, expected)
    }));
    let other = valid.replacen("NZCP:/1/", "NZCP:/2/", 1);
    assert_eq!(reason(&[&other], &trust, CLOCK), Reason::Format);
    assert_eq!(reason(&[&valid.to_lowercase()], &trust, CLOCK), Reason::Format);
    assert_eq!(reason(&[&valid], &TrustFile::default(), CLOCK), Reason::UntrustedIssuer);
}

#[test]
fn only_keys_that_the_document_lets_sign_are_believed() {
    let Some(folder) = folder("nzcp/examples/valid") else {
        return;
    };
    let pass = text(folder.join("nzcp.txt"));
    let document = read(folder.join("did.json"));
    let altered = |change: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        change(&mut document);
        reason(&[&pass], &of(&document), CLOCK)
    };
    let key = &document["verificationMethod"][0];
    assert_eq!(
        altered(&|document| document["assertionMethod"] = json!(["#key-1"])),
        Reason::Ok
    );
    assert_eq!(
        altered(&|document| document["assertionMethod"] = json!([key])),
        Reason::Ok
    );
    assert_eq!(
        altered(&|document| document["assertionMethod"] = json!([])),
        Reason::UnknownKey
    );
    assert_eq!(
        altered(&|document| document["verificationMethod"] = json!([])),
        Reason::UnknownKey
    );
    let method = |document: &mut Value, part: &str, to: &str| document["verificationMethod"][0][part] = to.into();
    assert_eq!(
        altered(&|document| method(document, "type", "Other")),
        Reason::UnknownKey
    );
    let jwk =
        |document: &mut Value, part: &str| document["verificationMethod"][0]["publicKeyJwk"][part] = "P-384".into();
    assert_eq!(altered(&|document| jwk(document, "crv")), Reason::UnknownKey);
    let members = json!({ "nzcp": { "trusted_issuers": [ISSUER], "did": { "did:web:other": document } } });
    let trust = TrustFile::from_json(&members.to_string()).unwrap();
    assert_eq!(trust.unusable, ["nzcp.did did:web:other"]);
    assert_eq!(reason(&[&pass], &trust, CLOCK), Reason::UnknownKey);
}
