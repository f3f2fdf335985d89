//! NZ COVID Pass.

use ciborium::value::Value as Cbor;
use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile};
use serde_json::json;

use super::Key;
use crate::reference::{check, reason, trust};

const ISSUER: &str = "did:web:example.test";
const FROM: i64 = 1_600_000_000;
const UNTIL: i64 = 1_700_000_000;
const NOW: Instant = Instant(1_650_000_000_000);

/// A pass, after a change to its claims; the key's id as text or as bytes.
fn pass(key: &Key, kid: Cbor, change: impl Fn(&mut Vec<(Cbor, Cbor)>)) -> String {
    let credential = json!({
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://nzcp.covid19.health.nz/contexts/v1"],
        "version": "1.0.0",
        "type": ["VerifiableCredential", "PublicCovidPass"],
        "credentialSubject": { "givenName": "Aroha", "dob": "1960-04-16" },
    });
    let mut claims = vec![
        (1.into(), ISSUER.into()),
        (5.into(), FROM.into()),
        (4.into(), UNTIL.into()),
        ("vc".into(), Cbor::serialized(&credential).unwrap()),
        (7.into(), Cbor::Bytes(vec![7; 16])),
    ];
    change(&mut claims);
    let encode = |value: &Cbor| {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).unwrap();
        Cbor::Bytes(bytes)
    };
    let protected = encode(&Cbor::Map(vec![(4.into(), kid), (1.into(), (-7).into())]));
    let payload = encode(&Cbor::Map(claims));
    let context = Cbor::Array(vec![
        "Signature1".into(),
        protected.clone(),
        Cbor::Bytes(Vec::new()),
        payload.clone(),
    ]);
    let signature = Cbor::Bytes(key.sign(encode(&context).as_bytes().unwrap()));
    let sign1 = Cbor::Array(vec![protected, Cbor::Map(Vec::new()), payload, signature]);
    let bytes = encode(&Cbor::Tag(18, Box::new(sign1))).into_bytes().unwrap();
    let text = base32::encode(base32::Alphabet::Rfc4648 { padding: false }, &bytes);
    format!("NZCP:/1/{text}")
}

fn credential<'a>(claims: &'a mut [(Cbor, Cbor)], name: &str) -> &'a mut Cbor {
    let members = claims[3].1.as_map_mut().unwrap();
    &mut members
        .iter_mut()
        .find(|(key, _)| key.as_text() == Some(name))
        .unwrap()
        .1
}

fn of(key: &Key) -> TrustFile {
    let document = json!({
        "id": ISSUER,
        "verificationMethod": [{ "id": "#k", "type": "JsonWebKey2020", "publicKeyJwk": key.jwk("") }],
        "assertionMethod": [format!("{ISSUER}#k")],
    });
    trust(json!({ "nzcp": { "trusted_issuers": [ISSUER], "did": { ISSUER: document } } }))
}

#[test]
fn keys_are_found_by_text_or_bytes_and_passes_hold_between_their_moments() {
    let key = Key::new();
    let trust = of(&key);
    let whole = pass(&key, "k".into(), |_| {});
    let cases = [
        (whole.clone(), NOW, Reason::Ok),
        (pass(&key, Cbor::Bytes(b"k".to_vec()), |_| {}), NOW, Reason::Ok),
        (pass(&key, "l".into(), |_| {}), NOW, Reason::UnknownKey),
        (pass(&Key::new(), "k".into(), |_| {}), NOW, Reason::BadSignature),
        (whole.clone(), Instant(FROM * 1_000 - 1), Reason::NotYetValid),
        (whole.clone(), Instant(FROM * 1_000), Reason::Ok),
        (whole.clone(), Instant(UNTIL * 1_000 - 1), Reason::Ok),
        (whole, Instant(UNTIL * 1_000), Reason::Expired),
    ];
    check(
        cases
            .into_iter()
            .enumerate()
            .map(|(index, (code, at, expected))| (index.to_string(), reason(&[&code], &trust, at), expected)),
    );
}

#[test]
fn every_claim_that_must_be_there_is_asked_for() {
    type Claims = Vec<(Cbor, Cbor)>;
    type Change = (&'static str, fn(&mut Claims));
    let changes: [Change; 12] = [
        ("no issuer", |claims| drop(claims.remove(0))),
        ("no begin", |claims| drop(claims.remove(1))),
        ("no end", |claims| drop(claims.remove(2))),
        ("no credential", |claims| drop(claims.remove(3))),
        ("no id", |claims| drop(claims.remove(4))),
        ("a short id", |claims| claims[4].1 = Cbor::Bytes(vec![7; 15])),
        ("a text as begin", |claims| claims[1].1 = "1600000000".into()),
        ("no context", |claims| {
            *credential(claims, "@context") = Cbor::Array(vec![])
        }),
        ("half a type", |claims| {
            drop(credential(claims, "type").as_array_mut().unwrap().pop());
        }),
        ("no version", |claims| *credential(claims, "version") = Cbor::Null),
        ("no holder", |claims| {
            *credential(claims, "credentialSubject") = Cbor::Map(vec![])
        }),
        ("nothing", Claims::clear),
    ];
    let key = Key::new();
    let trust = of(&key);
    check(changes.map(|(name, change)| {
        let got = reason(&[&pass(&key, "k".into(), change)], &trust, NOW);
        (name.to_owned(), got, Reason::Schema)
    }));
    let other = pass(&key, "k".into(), |claims| claims[0].1 = "did:web:other".into());
    assert_eq!(reason(&[&other], &trust, NOW), Reason::UntrustedIssuer);
}
