//! SMART Health Cards.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile};
use miniz_oxide::deflate::compress_to_vec;
use serde_json::{Value, json};

use super::Key;
use crate::reference::{check, reason, trust};

const ISSUER: &str = "https://example.test/issuer";
const NOW: Instant = Instant(1_650_000_000_000);

fn payload() -> Value {
    json!({
        "iss": ISSUER, "nbf": 1_600_000_000.25, "exp": 1_700_000_000,
        "vc": {
            "type": ["https://smarthealth.cards#health-card"],
            "rid": "one",
            "credentialSubject": {
                "fhirVersion": "4.0.1",
                "fhirBundle": { "resourceType": "Bundle", "type": "collection", "entry": [{ "resource": {} }] },
            },
        },
    })
}

fn jws(header: &Value, payload: &str, key: &Key) -> String {
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    let payload = URL_SAFE_NO_PAD.encode(compress_to_vec(payload.as_bytes(), 9));
    let signature = key.sign(format!("{header}.{payload}").as_bytes());
    format!("{header}.{payload}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn card(payload: &Value, key: &Key) -> String {
    jws(
        &json!({ "zip": "DEF", "alg": "ES256", "kid": "k" }),
        &payload.to_string(),
        key,
    )
}

fn of(keys: &[Value], rids: Value) -> TrustFile {
    trust(json!({ "shc": {
        "trusted_issuers": [ISSUER],
        "jwks": { ISSUER: { "keys": keys }, "https://other.test": { "keys": [] } },
        "crl": { "k": { "kid": "k", "method": "rid", "ctr": 1, "rids": rids } },
    } }))
}

#[test]
fn a_card_holds_between_its_moments_to_the_fraction() {
    let key = Key::new();
    let trust = of(&[key.jwk("k")], json!([]));
    let endless = {
        let mut payload = payload();
        payload.as_object_mut().unwrap().remove("exp");
        card(&payload, &key)
    };
    let whole = card(&payload(), &key);
    let cases = [
        (&whole, 1_600_000_000_249, Reason::NotYetValid),
        (&whole, 1_600_000_000_250, Reason::Ok),
        (&whole, 1_699_999_999_999, Reason::Ok),
        (&whole, 1_700_000_000_000, Reason::Expired),
        (&endless, 4_000_000_000_000, Reason::Ok),
    ];
    check(cases.map(|(code, at, expected)| (at.to_string(), reason(&[code], &trust, Instant(at)), expected)));
}

#[test]
fn ids_are_revoked_for_good_or_when_older_than_a_moment() {
    let key = Key::new();
    let code = card(&payload(), &key);
    let nameless = {
        let mut payload = payload();
        payload["vc"].as_object_mut().unwrap().remove("rid");
        card(&payload, &key)
    };
    let judged = |code: &String, rids: Value| reason(&[code], &of(&[key.jwk("k")], rids), NOW);
    assert_eq!(judged(&code, json!(["two", "one"])), Reason::Revoked);
    assert_eq!(judged(&code, json!(["one.1600000001"])), Reason::Revoked);
    assert_eq!(judged(&code, json!(["one.1600000000"])), Reason::Ok);
    assert_eq!(judged(&code, json!(["two"])), Reason::Ok);
    assert_eq!(judged(&nameless, json!(["one"])), Reason::Ok);
}

#[test]
fn only_keys_for_these_signatures_are_tried_and_all_that_share_an_id_are() {
    let (key, other) = (Key::new(), Key::new());
    let code = card(&payload(), &key);
    let judged = |keys: &[Value]| reason(&[&code], &of(keys, json!([])), NOW);
    let with = |part: &str, value: &str| {
        let mut jwk = key.jwk("k");
        jwk[part] = value.into();
        jwk
    };
    assert_eq!(judged(&[other.jwk("k"), key.jwk("k")]), Reason::Ok);
    assert_eq!(judged(&[json!({ "kty": 1 }), json!("x"), key.jwk("k")]), Reason::Ok);
    assert_eq!(judged(&[other.jwk("k")]), Reason::BadSignature);
    assert_eq!(judged(&[key.jwk("l")]), Reason::UnknownKey);
    for (part, value) in [
        ("kty", "RSA"),
        ("crv", "P-384"),
        ("alg", "ES384"),
        ("use", "enc"),
        ("x", "AA"),
    ] {
        assert_eq!(judged(&[with(part, value)]), Reason::UnknownKey, "{part}");
    }
}

#[test]
fn headers_and_contents_of_another_form_are_refused() {
    let key = Key::new();
    let trust = of(&[key.jwk("k")], json!([]));
    let judged = |code: String| reason(&[&code], &trust, NOW);
    for header in [
        json!({ "zip": "DEF", "alg": "none", "kid": "k" }),
        json!({ "zip": "GZ", "alg": "ES256", "kid": "k" }),
        json!({ "alg": "ES256", "kid": "k" }),
        json!({ "zip": "DEF", "alg": "ES256" }),
        json!(["DEF"]),
    ] {
        assert_eq!(
            judged(jws(&header, &payload().to_string(), &key)),
            Reason::Format,
            "{header}"
        );
    }
    let without = |path: &str| {
        let mut payload = payload();
        let (parent, member) = path.rsplit_once('/').unwrap();
        payload
            .pointer_mut(parent)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove(member);
        card(&payload, &key)
    };
    for path in [
        "/iss",
        "/nbf",
        "/vc",
        "/vc/type",
        "/vc/credentialSubject",
        "/vc/credentialSubject/fhirVersion",
        "/vc/credentialSubject/fhirBundle",
        "/vc/credentialSubject/fhirBundle/resourceType",
        "/vc/credentialSubject/fhirBundle/entry",
    ] {
        assert_eq!(judged(without(path)), Reason::Schema, "{path}");
    }
    for (path, value) in [
        ("/exp", json!("soon")),
        ("/vc/rid", json!(1)),
        ("/vc/type", json!(["other"])),
    ] {
        let mut payload = payload();
        *payload.pointer_mut(path).unwrap() = value;
        assert_eq!(judged(card(&payload, &key)), Reason::Schema, "{path}");
    }
    let mark = format!("\u{FEFF}{}", payload());
    let header = json!({ "zip": "DEF", "alg": "ES256", "kid": "k" });
    assert_eq!(judged(jws(&header, &mark, &key)), Reason::Format);
}
