//! Writes the vectors by which verifiers in other languages are held to this one: `vectors > tests/vectors.json`.
//!
//! The keys are made for this and sign nothing else. Each vector is a text, a moment, perhaps a document, and what
//! [`verify`] says; the texts differ from run to run, because signatures have randomness in them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ciborium::value::Value as Cbor;
use lianfang_kernel::{Day, Instant, Zone};
use lianfang_pass::{
    CertificateClaims, CertificateKind, Issuer, KeySet, PREFIX, PassClaims, PublicKey, RevocationList, ShortCode,
    SigningKey, TrustSet, holder_digest, verify,
};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::{Value, json};
use std::error::Error;

const OLD_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg70ScnsQorlmWaA2Om+frJ/kkPSdMu4wt8QbIemCibLShRANCAATb1sR+HeoNHmmvCfyDuaIpXB2ERmpBxYQ01O378oYl4aWzax2B1eFOSvwBGdeEta18nAtp25Q1PsgoZZLMPADK";
const NEW_KEY: &str = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg3zvrV+EPFS2bsqr591DQI0ZmXfU5QOrkfWA0Ghds1zahRANCAARikL/fJQ2AchFXdJSLUqVyZkAD4+IwKyr5wxrigJfxEWEjnAOyGFZl2Kq46x+0Xvz+gLTkJkKFuAS0U34zrBux";
const DOCUMENT: &str = "11010519491231002X";
const NOON: &str = "2020-02-05T12:00:00+08:00";

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Maker {
    rng: SystemRandom,
    trust: TrustSet,
    vectors: Vec<Value>,
}

fn read_key(pkcs8: &str, rng: &SystemRandom) -> Result<(SigningKey, EcdsaKeyPair)> {
    let document = STANDARD.decode(pkcs8)?;
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document, rng)
        .map_err(|error| error.to_string())?;
    Ok((SigningKey::from_pkcs8(&document, rng)?, pair))
}

impl Maker {
    fn put(&mut self, name: &str, text: &str, at: &str, document: Option<&str>) -> Result<()> {
        let moment = Instant::parse(at)?;
        let verdict = serde_json::to_value(verify(text, &self.trust, moment, document))?;
        self.vectors.push(json!({
            "name": name, "text": text, "at": at, "document": document, "format": verdict["format"],
            "kind": verdict["kind"], "reason": verdict["reason"],
        }));
        Ok(())
    }

    /// A statement that no issuer of ours would sign, signed all the same.
    fn forge(&self, public: &PublicKey, pair: &EcdsaKeyPair, payload: &[u8]) -> Result<String> {
        let bytes = |bytes: &[u8]| -> Result<Vec<u8>> {
            let mut out = Vec::new();
            ciborium::into_writer(&Cbor::Bytes(bytes.to_vec()), &mut out)?;
            Ok(out)
        };
        let header = [&[0xA2, 0x01, 0x26, 0x04, 0x48], public.kid().as_slice()].concat();
        let message = [
            b"\x84\x6ASignature1".as_slice(),
            &bytes(&header)?,
            &[0x40],
            &bytes(payload)?,
        ]
        .concat();
        let signature = pair.sign(&self.rng, &message).map_err(|error| error.to_string())?;
        let envelope = [
            [0xD2, 0x84].as_slice(),
            &bytes(&header)?,
            &[0xA0],
            &bytes(payload)?,
            &bytes(signature.as_ref())?,
        ]
        .concat();
        Ok(format!("{PREFIX}{}", base45::encode(envelope)))
    }
}

fn pass(id: [u8; 16]) -> Result<PassClaims> {
    Ok(PassClaims {
        city: "6205".to_owned(),
        pass_id: id,
        valid_day: Zone::china().day_of(Instant::parse(NOON)?),
        region_scope: "6205".to_owned(),
        holder_digest20: holder_digest(&id, DOCUMENT),
    })
}

fn certificate() -> Result<CertificateClaims> {
    Ok(CertificateClaims {
        city: "6205".to_owned(),
        certificate_id: [9; 16],
        kind: CertificateKind::Release,
        issued_at: Instant::parse(NOON)?,
        protocol: "m217".to_owned(),
        clause: Some("第三条".to_owned()),
        valid_until: Some(Instant::parse("2020-03-05T00:00:00+08:00")?),
        holder_digest20: holder_digest(&[9; 16], DOCUMENT),
    })
}

/// Passes as they are issued.
fn issued(make: &mut Maker, issuer: &Issuer) -> Result<()> {
    let text = issuer.issue_pass(&pass([7; 16])?, &make.rng)?;
    make.put("a pass at noon", &text, NOON, None)?;
    make.put("with its document", &text, NOON, Some(DOCUMENT))?;
    make.put(
        "with the document full-width and spaced",
        &text,
        NOON,
        Some("１１０１０５ 19491231－002x"),
    )?;
    make.put("with another's document", &text, NOON, Some("440524188001010014"))?;
    make.put("with a document of no signs", &text, NOON, Some(" "))?;
    make.put("with white space around", &format!(" {text}\u{85}\n"), NOON, None)?;
    make.put(
        "with a mark that is no white space",
        &format!("\u{FEFF}{text}"),
        NOON,
        None,
    )?;
    make.put(
        "in the first second of its day",
        &text,
        "2020-02-05T00:00:00+08:00",
        None,
    )?;
    make.put(
        "a second before its day",
        &text,
        "2020-02-04T23:59:59+08:00",
        Some(DOCUMENT),
    )?;
    make.put("at the next midnight", &text, "2020-02-06T00:00:00+08:00", Some("E1"))?;
    let revoked = issuer.issue_pass(&pass([8; 16])?, &make.rng)?;
    make.put(
        "revoked, and of another day",
        &revoked,
        "2020-02-07T00:00:00+08:00",
        Some("E1"),
    )?;
    for scope in ["620502", "620502001", "620503", "62", "6210"] {
        let claims = PassClaims {
            region_scope: scope.to_owned(),
            ..pass([7; 16])?
        };
        make.put(
            &format!("for {scope}"),
            &issuer.issue_pass(&claims, &make.rng)?,
            NOON,
            None,
        )?;
    }
    let far = PassClaims {
        valid_day: Day(-700_000),
        ..pass([7; 16])?
    };
    make.put("of a day long ago", &issuer.issue_pass(&far, &make.rng)?, NOON, None)?;
    Ok(())
}

/// Certificates as they are issued.
fn certified(make: &mut Maker, issuer: &Issuer) -> Result<()> {
    let text = issuer.issue_certificate(&certificate()?, &make.rng)?;
    make.put("a certificate", &text, NOON, Some(DOCUMENT))?;
    make.put("a certificate of another", &text, NOON, Some("E12345678"))?;
    make.put(
        "four minutes before its issue",
        &text,
        "2020-02-05T11:56:00+08:00",
        None,
    )?;
    make.put(
        "six minutes before its issue",
        &text,
        "2020-02-05T11:54:00+08:00",
        Some("E1"),
    )?;
    make.put("in its last second", &text, "2020-03-04T23:59:59+08:00", None)?;
    make.put("at its end", &text, "2020-03-05T00:00:00+08:00", Some("E1"))?;
    let long = CertificateClaims {
        protocol: "p".repeat(120),
        clause: Some("条".repeat(40)),
        valid_until: None,
        ..certificate()?
    };
    make.put(
        "the longest certificate",
        &issuer.issue_certificate(&long, &make.rng)?,
        NOON,
        None,
    )
}

/// A payload and what would make it unreadable.
fn payloads() -> Result<Vec<(&'static str, Vec<u8>)>> {
    let claims = |city: &str, id: usize, ours: Vec<(i64, Cbor)>| -> Result<Vec<u8>> {
        let map = |pairs: Vec<(i64, Cbor)>| {
            Cbor::Map(pairs.into_iter().map(|(key, value)| (Cbor::from(key), value)).collect())
        };
        let all = map(vec![
            (1, Cbor::from(city)),
            (7, Cbor::Bytes(vec![7; id])),
            (99, Cbor::Array(vec![Cbor::Float(1.5), Cbor::Bool(true), Cbor::Null])),
            (-65_537, map(ours)),
        ]);
        let mut out = Vec::new();
        ciborium::into_writer(&all, &mut out)?;
        Ok(out)
    };
    let ours = |kind: i64, day: Cbor, scope: &str, digest: i64| {
        vec![
            (1, Cbor::from(kind)),
            (2, day),
            (3, Cbor::from(scope)),
            (4, Cbor::from(digest)),
            (50, Cbor::from("?")),
        ]
    };
    let today = || Cbor::from(18_297);
    Ok(vec![
        (
            "unknown claims beside",
            claims("6205", 16, ours(1, today(), "6205", 5))?,
        ),
        ("an unknown kind", claims("6205", 16, ours(3, today(), "6205", 5))?),
        ("a kind that is none", claims("6205", 16, ours(-1, today(), "6205", 5))?),
        ("a city of letters", claims("city", 16, ours(1, today(), "6205", 5))?),
        (
            "a scope too long",
            claims("6205", 16, ours(1, today(), "6205020010011", 5))?,
        ),
        ("an id too short", claims("6205", 15, ours(1, today(), "6205", 5))?),
        (
            "a digest of 21 bits",
            claims("6205", 16, ours(1, today(), "6205", 1 << 20))?,
        ),
        (
            "a digest below nothing",
            claims("6205", 16, ours(1, today(), "6205", -1))?,
        ),
        (
            "a day out of range",
            claims("6205", 16, ours(1, Cbor::from(1i64 << 40), "6205", 5))?,
        ),
        (
            "a day that is a fraction",
            claims("6205", 16, ours(1, Cbor::Float(18_297.0), "6205", 5))?,
        ),
        (
            "a day that is a text",
            claims("6205", 16, ours(1, Cbor::from("18297"), "6205", 5))?,
        ),
        ("an empty map", vec![0xA0]),
        ("nothing", Vec::new()),
        ("null", vec![0xF6]),
        ("nested without end", vec![0x9F; 300]),
        ("something behind the end", vec![0xA0, 0xA0]),
        ("a text that is no UTF-8", vec![0x61, 0xFF]),
        (
            "a length beyond the end",
            vec![0x5B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        ),
    ])
}

/// What is not written as we write, and what is signed by somebody else.
fn refused(make: &mut Maker, issuer: &Issuer, strange: &EcdsaKeyPair, strange_key: &PublicKey) -> Result<()> {
    let good = issuer.issue_pass(&pass([7; 16])?, &make.rng)?;
    let bytes = base45::decode(good.trim_start_matches(PREFIX)).map_err(|error| format!("{error:?}"))?;
    let others: [(&str, Vec<u8>); 5] = [
        (
            "an array of indefinite length",
            [&[0xD2, 0x9F], &bytes[2..], &[0xFF]].concat(),
        ),
        ("a longer tag", [&[0xD8, 0x12], &bytes[1..]].concat()),
        ("a byte behind the end", [bytes.as_slice(), &[0]].concat()),
        ("no tag", bytes[1..].to_vec()),
        ("cut off", bytes[..bytes.len() - 1].to_vec()),
    ];
    for (name, bytes) in others {
        make.put(name, &format!("{PREFIX}{}", base45::encode(bytes)), NOON, None)?;
    }
    for text in [
        "", "LF1:", "LF2:ABC", "HC1:6BF", "lf1:6BF", "张三", "LF1:A", "LF1:AAAA", "LF1::::", "LF1:ab",
    ] {
        make.put(&format!("the text {text:?}"), text, NOON, None)?;
    }
    make.put("a very long text", &format!("LF1:{}", "A".repeat(2_049)), NOON, None)?;
    let text = make.forge(strange_key, strange, &bytes[17..40])?;
    make.put("a key that nobody knows", &text, NOON, None)?;
    let ours = issuer.key().public_key();
    let text = make.forge(&ours, strange, &[0xA0])?;
    make.put("signed by somebody else", &text, NOON, None)
}

/// Keys around their begin and end.
fn rotated(make: &mut Maker, old: &Issuer, new: &Issuer) -> Result<()> {
    for (name, issuer) in [("old", old), ("new", new)] {
        let text = issuer.issue_pass(&pass([7; 16])?, &make.rng)?;
        for at in ["05:54:59", "05:55:00", "06:00:00", "17:59:59", "18:00:00"] {
            make.put(
                &format!("{name} key at {at}"),
                &text,
                &format!("2020-02-05T{at}+08:00"),
                Some("E1"),
            )?;
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let rng = SystemRandom::new();
    let (old_key, _) = read_key(OLD_KEY, &rng)?;
    let (new_key, new_pair) = read_key(NEW_KEY, &rng)?;
    let (strange_key, strange) = {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &rng).map_err(|e| e.to_string())?;
        read_key(&STANDARD.encode(document.as_ref()), &rng)?
    };
    let (from, until) = ("2020-02-05T06:00:00+08:00", "2020-02-05T18:00:00+08:00");
    let keys = KeySet::from_keys(vec![
        old_key.public_key().until(Instant::parse(until)?),
        new_key.public_key().from(Instant::parse(from)?),
    ]);
    let mut trust = TrustSet::new("6205", keys.clone());
    trust.place = "620502001".to_owned();
    trust.revocations = RevocationList::new(&[[8; 16], [1; 16], [2; 16]]);
    let revocations = STANDARD.encode(trust.revocations.to_bytes());
    let mut make = Maker {
        rng,
        trust,
        vectors: Vec::new(),
    };
    // Without bounds, so that each moment below is about the pass and not about its key.
    let bounded = std::mem::replace(
        &mut make.trust.keys,
        KeySet::from_keys(vec![old_key.public_key(), new_key.public_key()]),
    );
    let free = serde_json::from_str::<Value>(&make.trust.keys.to_jwks()?)?;
    let new_public = new_key.public_key();
    let (old, new) = (Issuer::new("6205", old_key), Issuer::new("6205", new_key));
    issued(&mut make, &old)?;
    certified(&mut make, &old)?;
    refused(&mut make, &new, &strange, &strange_key.public_key())?;
    for (name, payload) in payloads()? {
        let text = make.forge(&new_public, &new_pair, &payload)?;
        make.put(name, &text, NOON, None)?;
    }
    let abroad = Issuer::new("6210", read_key(OLD_KEY, &make.rng)?.0);
    let claims = PassClaims {
        city: "6210".to_owned(),
        region_scope: "6210".to_owned(),
        ..pass([7; 16])?
    };
    make.put("of another city", &abroad.issue_pass(&claims, &make.rng)?, NOON, None)?;
    let unbounded = make.vectors.split_off(0);
    make.trust.keys = bounded;
    rotated(&mut make, &old, &new)?;
    let codes: Vec<String> = [[0; 16], [7; 16], [255; 16]]
        .iter()
        .map(|id| ShortCode::of(id).to_string())
        .collect();
    let shared = json!({"city": "6205", "place": "620502001", "zone": "+08:00", "revocations": revocations});
    let out = json!({
        "trust": shared, "short_codes": codes,
        "sets": [
            {"jwks": free, "vectors": unbounded},
            {"jwks": serde_json::from_str::<Value>(&keys.to_jwks()?)?, "vectors": make.vectors},
        ],
    });
    println!("{}", serde_json::to_string_pretty(&out)?);
    Ok(())
}
