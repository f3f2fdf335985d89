//! NZ COVID Pass.

use ciborium::value::Value as Cbor;
use lianfang_kernel::Instant;
use lianfang_pass::Reason;
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

#[test]
fn every_rule_of_the_specification_is_kept() {
    let key = Key::new();
    let document = json!({
        "id": ISSUER,
        "verificationMethod": [{ "id": "#k", "type": "JsonWebKey2020", "publicKeyJwk": key.jwk("") }],
        "assertionMethod": [format!("{ISSUER}#k")],
    });
    let trust = trust(json!({ "nzcp": { "trusted_issuers": [ISSUER], "did": { ISSUER: document } } }));
    let kid = || Cbor::from("k");
    let whole = pass(&key, kid(), |_| {});
    let cases = [
        ("an id as text", whole.clone(), NOW, Reason::Ok),
        (
            "an id as bytes",
            pass(&key, Cbor::Bytes(b"k".to_vec()), |_| {}),
            NOW,
            Reason::Ok,
        ),
        ("another id", pass(&key, "l".into(), |_| {}), NOW, Reason::UnknownKey),
        (
            "another key",
            pass(&Key::new(), kid(), |_| {}),
            NOW,
            Reason::BadSignature,
        ),
        ("before", whole.clone(), Instant(FROM * 1_000 - 1), Reason::NotYetValid),
        ("begin", whole.clone(), Instant(FROM * 1_000), Reason::Ok),
        ("last", whole.clone(), Instant(UNTIL * 1_000 - 1), Reason::Ok),
        ("end", whole, Instant(UNTIL * 1_000), Reason::Expired),
        (
            "another issuer",
            pass(&key, kid(), |claims| claims[0].1 = "did:web:other".into()),
            NOW,
            Reason::UntrustedIssuer,
        ),
        (
            "no issuer",
            pass(&key, kid(), |claims| drop(claims.remove(0))),
            NOW,
            Reason::Schema,
        ),
        (
            "no begin",
            pass(&key, kid(), |claims| drop(claims.remove(1))),
            NOW,
            Reason::Schema,
        ),
        (
            "no end",
            pass(&key, kid(), |claims| drop(claims.remove(2))),
            NOW,
            Reason::Schema,
        ),
        (
            "no credential",
            pass(&key, kid(), |claims| drop(claims.remove(3))),
            NOW,
            Reason::Schema,
        ),
        (
            "no id",
            pass(&key, kid(), |claims| drop(claims.remove(4))),
            NOW,
            Reason::Schema,
        ),
        (
            "a short id",
            pass(&key, kid(), |claims| claims[4].1 = Cbor::Bytes(vec![7; 15])),
            NOW,
            Reason::Schema,
        ),
        (
            "a text as begin",
            pass(&key, kid(), |claims| claims[1].1 = "1600000000".into()),
            NOW,
            Reason::Schema,
        ),
        (
            "another context",
            pass(&key, kid(), |claims| {
                *credential(claims, "@context") = Cbor::Array(vec![])
            }),
            NOW,
            Reason::Schema,
        ),
        (
            "another type",
            pass(&key, kid(), |claims| {
                *credential(claims, "type") = Cbor::Array(vec!["VerifiableCredential".into()])
            }),
            NOW,
            Reason::Schema,
        ),
        (
            "no version",
            pass(&key, kid(), |claims| *credential(claims, "version") = Cbor::Null),
            NOW,
            Reason::Schema,
        ),
        (
            "no holder",
            pass(&key, kid(), |claims| {
                *credential(claims, "credentialSubject") = Cbor::Map(vec![])
            }),
            NOW,
            Reason::Schema,
        ),
    ];
    check(cases.map(|(name, code, at, expected)| (name.to_owned(), reason(&[&code], &trust, at), expected)));
}
