//! Passes and certificates from issue to verdict, and everything that must be refused.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use lianfang_kernel::{Day, Instant, Zone};
use lianfang_pass::{
    CertificateClaims, CertificateKind, Claims, IssueError, Issuer, KeySet, PassClaims, Reason, RevocationList,
    SigningKey, TrustFile, TrustSet, holder_digest, qr_svg, verify,
};
use proptest::prelude::*;
use ring::rand::SystemRandom;

const DOCUMENT: &str = "11010519491231002X";
const PASS_ID: [u8; 16] = [7; 16];

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn noon() -> Instant {
    at("2020-02-05T12:00:00+08:00")
}

struct City {
    issuer: Issuer,
    trust: TrustSet,
    rng: SystemRandom,
}

fn city() -> City {
    let rng = SystemRandom::new();
    let (key, _) = SigningKey::generate(&rng).unwrap();
    let trust = TrustSet::new("6205", KeySet::from_keys(vec![key.public_key()]));
    City {
        issuer: Issuer::new("6205", key),
        trust,
        rng,
    }
}

fn pass_claims() -> PassClaims {
    PassClaims {
        city: "6205".to_owned(),
        pass_id: PASS_ID,
        valid_day: Zone::china().day_of(noon()),
        region_scope: "6205".to_owned(),
        holder_digest20: holder_digest(&PASS_ID, DOCUMENT),
    }
}

fn certificate_claims() -> CertificateClaims {
    CertificateClaims {
        city: "6205".to_owned(),
        certificate_id: [9; 16],
        kind: CertificateKind::Release,
        issued_at: noon(),
        protocol: "m217".to_owned(),
        clause: Some("第三条".to_owned()),
        valid_until: Some(at("2020-03-05T00:00:00+08:00")),
        holder_digest20: holder_digest(&[9; 16], DOCUMENT),
    }
}

impl City {
    fn pass(&self) -> String {
        self.issuer.issue_pass(&pass_claims(), &self.rng).unwrap()
    }

    fn certificate(&self) -> String {
        self.issuer.issue_certificate(&certificate_claims(), &self.rng).unwrap()
    }

    fn check(&self, text: &str, at: Instant, document: Option<&str>, expected: Reason) {
        let verdict = verify(text, &self.trust, at, document);
        assert_eq!(
            (verdict.reason, verdict.is_accepted()),
            (expected, expected == Reason::Ok)
        );
    }
}

#[test]
fn a_pass_is_valid_on_its_day_in_its_city_for_its_holder() {
    let city = city();
    let pass = city.pass();
    city.check(&pass, noon(), Some("１１０１０５19491231002x"), Reason::Ok);
    city.check(&format!(" {pass}\n"), noon(), None, Reason::Ok);
    city.check(&pass, noon(), Some("440524188001010014"), Reason::WrongHolder);
    city.check(&pass, at("2020-02-05T00:00:00+08:00"), None, Reason::Ok);
    city.check(&pass, at("2020-02-04T23:59:59+08:00"), None, Reason::WrongDay);
    city.check(&pass, at("2020-02-06T00:00:00+08:00"), None, Reason::WrongDay);
    let verdict = verify(&pass, &city.trust, noon(), None);
    assert_eq!(verdict.claims, Some(Claims::Pass(pass_claims())));
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"format": "lianfang", "kind": "pass", "verdict": "accept", "reason": "ok"})
    );
}

#[test]
fn a_pass_is_refused_in_another_city_or_another_part() {
    let mut city = city();
    let county = PassClaims {
        region_scope: "620502".to_owned(),
        ..pass_claims()
    };
    let county = city.issuer.issue_pass(&county, &city.rng).unwrap();
    let pass = city.pass();
    city.check(&county, noon(), None, Reason::WrongCity);
    city.trust.place = "620502001".to_owned();
    city.check(&county, noon(), None, Reason::Ok);
    city.check(&pass, noon(), None, Reason::Ok);
    city.trust = TrustSet::new("6210", city.trust.keys);
    city.check(&pass, noon(), None, Reason::WrongCity);
}

#[test]
fn a_certificate_holds_from_its_issue_to_its_end() {
    let city = city();
    let certificate = city.certificate();
    city.check(&certificate, noon(), Some(DOCUMENT), Reason::Ok);
    city.check(&certificate, noon(), Some("E12345678"), Reason::WrongHolder);
    city.check(&certificate, noon().plus_ms(-4 * 60_000), None, Reason::Ok);
    city.check(&certificate, noon().plus_ms(-6 * 60_000), None, Reason::NotYetValid);
    city.check(&certificate, at("2020-03-04T23:59:59+08:00"), None, Reason::Ok);
    city.check(&certificate, at("2020-03-05T00:00:00+08:00"), None, Reason::Expired);
    let verdict = verify(&certificate, &city.trust, noon(), None);
    assert_eq!(verdict.claims, Some(Claims::Certificate(certificate_claims())));
    let endless = CertificateClaims {
        valid_until: None,
        clause: None,
        ..certificate_claims()
    };
    let endless = city.issuer.issue_certificate(&endless, &city.rng).unwrap();
    city.check(&endless, at("2030-01-01T00:00:00Z"), None, Reason::Ok);
}

#[test]
fn what_was_revoked_is_refused() {
    let mut city = city();
    city.trust.revocations = RevocationList::new(&[PASS_ID]);
    city.check(&city.pass(), noon(), None, Reason::Revoked);
    city.check(&city.certificate(), noon(), None, Reason::Ok);
}

#[test]
fn keys_rotate_and_old_ones_verify_until_their_passes_run_out() {
    let old = city();
    let mut new = city();
    let end = at("2020-02-06T00:00:00+08:00");
    let old_key = old.issuer.key().public_key().until(end);
    let new_key = new.issuer.key().public_key().from(noon());
    new.trust.keys = KeySet::from_keys(vec![old_key, new_key]);
    let old_certificate = old.certificate();
    new.check(&old_certificate, end.plus_ms(-1), None, Reason::Ok);
    new.check(&old_certificate, end, None, Reason::KeyExpired);
    new.check(&new.pass(), noon(), None, Reason::Ok);
    new.check(&new.pass(), noon().plus_ms(-10 * 60_000), None, Reason::NotYetValid);
    old.check(&new.pass(), noon(), None, Reason::UnknownKey);
}

#[test]
fn key_sets_are_read_back_from_cose_jwks_and_the_trust_file() {
    let city = city();
    let (from, until) = (at("2020-01-01T00:00:00Z"), at("2021-01-01T00:00:00Z"));
    let keys = KeySet::from_keys(vec![city.issuer.key().public_key().from(from).until(until), city_key()]);
    assert_eq!(KeySet::from_cose(&keys.to_cose().unwrap()).unwrap(), keys);
    assert_eq!(KeySet::from_jwks(&keys.to_jwks().unwrap()).unwrap(), keys);
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD;
    let file = serde_json::json!({
        "clock": 1_580_875_200,
        "hcert": {"dsc": []},
        "lianfang": {
            "city": "6205",
            "keys": base64.encode(keys.to_cose().unwrap()),
            "revocations": base64.encode(RevocationList::new(&[PASS_ID]).to_bytes()),
        },
    });
    let file = TrustFile::from_json(&file.to_string()).unwrap();
    let trust = file.ours.unwrap();
    assert_eq!((trust.keys.clone(), file.clock), (keys, Some(noon())));
    assert_eq!(verify(&city.pass(), &trust, noon(), None).reason, Reason::Revoked);
    assert_eq!(TrustFile::from_json("{}").unwrap(), TrustFile::default());
    assert!(TrustFile::from_json("{\"lianfang\":{\"city\":\"1\",\"keys\":\"*\"}}").is_err());
    assert!(TrustFile::from_json("nothing").is_err());
}

fn city_key() -> lianfang_pass::PublicKey {
    city().issuer.key().public_key()
}

#[test]
fn a_key_is_kept_as_pkcs8_and_shown_by_its_id_only() {
    let rng = SystemRandom::new();
    let (key, document) = SigningKey::generate(&rng).unwrap();
    let again = SigningKey::from_pkcs8(&document, &rng).unwrap();
    assert_eq!(again.kid(), key.kid());
    assert!(SigningKey::from_pkcs8(b"no key", &rng).is_err());
    assert!(!format!("{key:?}").contains("pair"));
}

#[test]
fn a_key_whose_id_belongs_to_another_is_passed_over() {
    let jwks = KeySet::from_keys(vec![city_key()]).to_jwks().unwrap();
    let mut value: serde_json::Value = serde_json::from_str(&jwks).unwrap();
    value["keys"][0]["kid"] = "AAAAAAAAAAA".into();
    assert!(KeySet::from_jwks(&value.to_string()).unwrap().keys().is_empty());
    assert!(
        KeySet::from_jwks("{\"keys\":[{\"kty\":\"RSA\"}]}")
            .unwrap()
            .keys()
            .is_empty()
    );
}

#[test]
fn claims_that_would_be_refused_are_not_signed() {
    let city = city();
    let issue = |claims: &PassClaims| city.issuer.issue_pass(claims, &city.rng);
    assert_eq!(
        issue(&PassClaims {
            city: "6210".to_owned(),
            ..pass_claims()
        }),
        Err(IssueError::WrongCity)
    );
    assert_eq!(
        issue(&PassClaims {
            region_scope: "全市".to_owned(),
            ..pass_claims()
        }),
        Err(IssueError::Code)
    );
    assert_eq!(
        issue(&PassClaims {
            holder_digest20: 1 << 20,
            ..pass_claims()
        }),
        Err(IssueError::Digest)
    );
    let long = CertificateClaims {
        clause: Some("长".repeat(41)),
        ..certificate_claims()
    };
    assert_eq!(city.issuer.issue_certificate(&long, &city.rng), Err(IssueError::Text));
}

#[test]
fn the_code_of_a_pass_is_small() {
    let city = city();
    let claims = PassClaims {
        valid_day: Day(40_000),
        region_scope: "620502001001".to_owned(),
        ..pass_claims()
    };
    let pass = city.issuer.issue_pass(&claims, &city.rng).unwrap();
    let picture = qr_svg(&pass).unwrap();
    assert!(
        picture.version <= 10,
        "version {} for {} characters",
        picture.version,
        pass.len()
    );
    assert!(picture.svg.starts_with("<svg") && picture.svg.ends_with("</svg>"));
    let longest = CertificateClaims {
        protocol: "p".repeat(120),
        clause: Some("条".repeat(40)),
        ..certificate_claims()
    };
    let longest = city.issuer.issue_certificate(&longest, &city.rng).unwrap();
    assert!(qr_svg(&longest).is_ok() && verify(&longest, &city.trust, noon(), None).is_accepted());
    assert!(qr_svg(&"x".repeat(10_000)).is_err());
}

#[test]
fn the_code_names_nobody() {
    let city = city();
    let bytes = base45::decode(city.pass().strip_prefix("LF1:").unwrap()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(
        !text.contains("1949") && !text.contains("002X") && bytes.len() < 140,
        "{} bytes",
        bytes.len()
    );
}

#[test]
fn every_changed_byte_is_refused() {
    let city = city();
    for text in [city.pass(), city.certificate()] {
        for index in 0..text.len() {
            for replacement in b"0AZ%:$ .a\x00" {
                let mut changed = text.clone().into_bytes();
                if changed[index] == *replacement {
                    continue;
                }
                changed[index] = *replacement;
                let changed = String::from_utf8(changed).unwrap();
                let is_padding = changed.trim() == text;
                assert_eq!(
                    verify(&changed, &city.trust, noon(), None).is_accepted(),
                    is_padding,
                    "{index}"
                );
            }
        }
    }
}

#[test]
fn every_changed_bit_under_the_base45_is_refused() {
    let city = city();
    let bytes = base45::decode(city.pass().strip_prefix("LF1:").unwrap()).unwrap();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[index] ^= 1 << bit;
            let text = format!("LF1:{}", base45::encode(&changed));
            assert!(
                !verify(&text, &city.trust, noon(), None).is_accepted(),
                "byte {index}, bit {bit}"
            );
        }
    }
}

#[test]
fn another_spelling_of_the_same_bytes_is_refused() {
    let city = city();
    let bytes = base45::decode(city.pass().strip_prefix("LF1:").unwrap()).unwrap();
    let encode = |bytes: &[u8]| format!("LF1:{}", base45::encode(bytes));
    assert!(verify(&encode(&bytes), &city.trust, noon(), None).is_accepted());
    // An array of indefinite length, a longer tag, a byte behind the end, no tag.
    let indefinite = [&[0xD2, 0x9F], &bytes[2..], &[0xFF]].concat();
    let long_tag = [&[0xD8, 0x12], &bytes[1..]].concat();
    let behind = [bytes.as_slice(), &[0]].concat();
    for other in [indefinite.as_slice(), &long_tag, &behind, &bytes[1..]] {
        assert_eq!(verify(&encode(other), &city.trust, noon(), None).reason, Reason::Format);
    }
}

#[test]
fn a_signed_statement_of_an_unknown_kind_is_no_pass() {
    let rng = SystemRandom::new();
    let (key, document) = SigningKey::generate(&rng).unwrap();
    let pair =
        ring::signature::EcdsaKeyPair::from_pkcs8(&ring::signature::ECDSA_P256_SHA256_FIXED_SIGNING, &document, &rng)
            .unwrap();
    let trust = TrustSet::new("6205", KeySet::from_keys(vec![key.public_key()]));
    for payload in [&[0xA0][..], b"", &[0xF6], &[0x9F; 300], &[0xA0, 0xA0]] {
        use coset::TaggedCborSerializable;
        let header = coset::HeaderBuilder::new()
            .algorithm(coset::iana::Algorithm::ES256)
            .key_id(key.kid().to_vec())
            .build();
        let sign1 = coset::CoseSign1Builder::new()
            .protected(header)
            .payload(payload.to_vec())
            .create_signature(&[], |message| pair.sign(&rng, message).unwrap().as_ref().to_vec())
            .build();
        let text = format!("LF1:{}", base45::encode(sign1.to_tagged_vec().unwrap()));
        assert_eq!(verify(&text, &trust, noon(), None).reason, Reason::Schema);
    }
}

#[test]
fn what_is_not_ours_is_refused_without_reading_it() {
    let city = city();
    for text in [
        "",
        "LF1:",
        "LF2:ABC",
        "HC1:6BF",
        "lf1:6BF",
        "张三",
        &format!("LF1:{}", "A".repeat(1_000_000)),
    ] {
        city.check(text, noon(), None, Reason::Format);
    }
    assert_eq!(verify("HC1:6BF", &city.trust, noon(), None).format, None);
    assert_eq!(verify("LF1:6BF", &city.trust, noon(), None).format, Some("lianfang"));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC*", tail in "[0-9A-Z $%*+./:-]{0,400}") {
        let trust = TrustSet::new("6205", KeySet::default());
        prop_assert!(!verify(&text, &trust, Instant(0), Some(&text)).is_accepted());
        let text = format!("LF1:{tail}");
        prop_assert!(!verify(&text, &trust, Instant(0), None).is_accepted());
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let trust = TrustSet::new("6205", KeySet::default());
        let text = format!("LF1:{}", base45::encode([&[0xD2, 0x84], bytes.as_slice()].concat()));
        prop_assert!(!verify(&text, &trust, Instant(0), None).is_accepted());
        let _ = KeySet::from_cose(&bytes);
        let _ = RevocationList::from_bytes(&bytes);
        let _ = TrustFile::from_json(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn every_pass_that_is_issued_is_accepted(pass_id in any::<[u8; 16]>(), day in -700_000i32..2_900_000, document in "[A-Z0-9]{6,18}") {
        let city = city();
        let claims = PassClaims { pass_id, valid_day: Day(day), holder_digest20: holder_digest(&pass_id, &document), ..pass_claims() };
        let text = city.issuer.issue_pass(&claims, &city.rng).unwrap();
        let noon = Zone::china().start_of(Day(day)).plus_ms(12 * 3_600_000);
        let verdict = verify(&text, &city.trust, noon, Some(&document));
        prop_assert!(verdict.is_accepted());
        prop_assert_eq!(verdict.claims, Some(Claims::Pass(claims)));
    }
}
