//! SMART Health Cards: the test data of its developers' tools, mostly faulty.

use lianfang_kernel::Instant;
use lianfang_pass::{Reason, TrustFile};
use serde_json::{Value, json};

use crate::reference::{check, files, folder, json as read, name, reason, text, trust};

const ISSUER: &str = "https://spec.smarthealth.cards/examples/issuer";
/// Behind the first moment of every card in the set.
const CLOCK: Instant = Instant(1_700_000_000_000);

fn of_the_specification() -> Option<TrustFile> {
    let folder = folder("shc/spec-issuer")?;
    let list = read(folder.join("crl-3Kfdg-XwP-7gXyywtUfUADwBumDOPKMQx-iELL11W9s.json"));
    let kid = list["kid"].as_str().unwrap().to_owned();
    Some(trust(json!({ "shc": {
        "trusted_issuers": [ISSUER],
        "jwks": { ISSUER: read(folder.join("jwks.json")) },
        "crl": { kid: list },
    } })))
}

/// The JWS of a file in the format for phones.
fn cards(file: &Value) -> Vec<String> {
    serde_json::from_value(file["verifiableCredential"].clone()).unwrap()
}

#[test]
fn every_signature_file_gives_its_verdict() {
    let (Some(folder), Some(trust)) = (folder("shc"), of_the_specification()) else {
        return;
    };
    let jws = files(&folder)
        .into_iter()
        .filter(|path| name(path).starts_with("test-example-00-d-jws"));
    let cases: Vec<_> = jws
        .map(|path| {
            let name = name(&path).trim_start_matches("test-example-00-d-jws-").to_owned();
            let expected = match name.as_str() {
                // White space around it; more about a resource than a card should say.
                "trailing_chars" | "bad-fhir-metadata" => Reason::Ok,
                "der-signature"
                | "der-signature-r-neg"
                | "der-signature-rs-neg"
                | "der-signature-s-neg"
                | "invalid-signature" => Reason::BadSignature,
                "issuer-kid-mismatch" | "wrong_jws_header_kid" => Reason::UnknownKey,
                // Too long, and of another issuer; and one of another issuer.
                "jws_too_long" | "issuer-not-valid-with-smart-key" => Reason::UntrustedIssuer,
                _ => Reason::Format,
            };
            let got = reason(&[&text(path)], &trust, CLOCK);
            (name, got, expected)
        })
        .collect();
    assert_eq!(cases.len(), 16);
    check(cases);
}

#[test]
fn every_file_for_phones_gives_its_verdicts() {
    let (Some(folder), Some(trust)) = (folder("shc"), of_the_specification()) else {
        return;
    };
    let verdicts = [
        ("invalid_deflate", &[Reason::Format][..]),
        ("invalid_issuer_url", &[Reason::UntrustedIssuer]),
        ("invalid_issuer_url_http", &[Reason::UntrustedIssuer]),
        ("issuer_url_with_trailing_slash", &[Reason::UntrustedIssuer]),
        ("bad_jwks", &[Reason::UntrustedIssuer]),
        ("jws_too_long", &[Reason::UntrustedIssuer]),
        ("multi-jws", &[Reason::Ok, Reason::Ok]),
        ("multi-jws-issues", &[Reason::Format, Reason::Ok]),
        ("no_deflate", &[Reason::Format]),
        ("trailing_chars", &[Reason::Ok]),
    ];
    for (name, expected) in verdicts {
        let path = folder.join(format!("test-example-00-e-file-{name}.smart-health-card"));
        let found = cards(&read(path));
        assert_eq!(found.len(), expected.len(), "{name}");
        check(
            found
                .iter()
                .zip(expected)
                .map(|(card, expected)| (name.to_owned(), reason(&[card], &trust, CLOCK), *expected)),
        );
    }
}

#[test]
fn every_code_gives_its_verdict() {
    let (Some(folder), Some(trust)) = (folder("shc"), of_the_specification()) else {
        return;
    };
    let code = |name: &str| text(folder.join(format!("test-example-{name}.txt")));
    let numeric = |name: &str| code(&format!("00-f-qr-code-numeric-value-0-{name}"));
    let good = code("1195-byte-qrnumeric");
    let digits = good.trim().strip_prefix("shc:/").unwrap();
    let parts: Vec<String> = digits
        .as_bytes()
        .chunks(800)
        .enumerate()
        .map(|(index, part)| format!("shc:/{}/3/{}", index + 1, String::from_utf8_lossy(part)))
        .collect();
    let [one, two, three] = [&parts[0], &parts[1], &parts[2]].map(String::as_str);
    let big: Vec<String> = (0..2)
        .map(|index| code(&format!("02-f-qr-code-numeric-value-{index}-qr_chunk_too_big")))
        .collect();
    let cases = [
        ("1195 bytes", vec![good.as_str()], Reason::Ok),
        ("in three", vec![one, two, three], Reason::Ok),
        ("in any order", vec![three, one, two], Reason::Ok),
        ("one twice", vec![three, one, two, one], Reason::Ok),
        ("one missing", vec![one, three], Reason::Format),
        ("one alone", vec![two], Reason::Format),
        ("one of one", vec![&numeric("wrong-multi-chunk")], Reason::Ok),
        ("white space", vec![&numeric("trailing_chars")], Reason::Ok),
        ("third of two", vec![&numeric("index-out-of-range")], Reason::Format),
        ("number", vec![&numeric("number-too-big")], Reason::Format),
        ("odd", vec![&numeric("odd-count")], Reason::Format),
        ("header", vec![&numeric("wrong_qr_header")], Reason::Format),
        ("too big", vec![&big[0], &big[1]], Reason::Format),
    ]
    .map(|(name, codes, expected)| {
        let codes: Vec<String> = codes.into_iter().map(str::to_owned).collect();
        (name, codes, expected)
    });
    check(cases.iter().map(|(name, codes, expected)| {
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        ((*name).to_owned(), reason(&codes, &trust, CLOCK), *expected)
    }));
}

#[test]
fn bad_revocation_lists_are_named_and_stop_nobody_else() {
    let Some(folder) = folder("shc/badcrl") else { return };
    let of = [
        ("duplicate-rid", 0),
        ("invalid-method", 1),
        ("non-base64url-rid", 2),
        ("too-long-rid", 1),
        ("version-mismatch", 0),
    ];
    for (name, unusable) in of {
        let issuer = format!(
            "https://raw.githubusercontent.com/smart-on-fhir/health-cards-dev-tools/main/testdata/badcrl/{name}"
        );
        let known = folder.join(name).join(".well-known");
        let kid = "hrvC0uzB16UXK83BnPo7Glg685b1D6iYOyJd5hpRaAA";
        let mut list = read(known.join(format!("crl/{kid}.json")));
        let card = text(folder.join(name).join(format!("jws-crl-{name}.txt")));
        let trust = |list: &Value| {
            let members = json!({ "shc": {
                "trusted_issuers": [issuer],
                "jwks": { &issuer: read(known.join("jwks.json")) },
                "crl": { kid: list },
            } });
            TrustFile::from_json(&members.to_string()).unwrap()
        };
        assert_eq!(trust(&list).unusable.len(), unusable, "{name}");
        assert_eq!(reason(&[&card], &trust(&list), CLOCK), Reason::Ok, "{name}");
        // Four of the cards have the id `abcde`: beside what is wrong in the list, it is believed.
        list["method"] = "rid".into();
        list["rids"].as_array_mut().unwrap().push("abcde".into());
        let expected = if name == "duplicate-rid" {
            Reason::Ok
        } else {
            Reason::Revoked
        };
        assert_eq!(reason(&[&card], &trust(&list), CLOCK), expected, "{name}");
    }
}
