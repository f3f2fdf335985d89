//! Issuing and verifying against bare signing and verifying of the same library in the same run.
//!
//! Prints one JSON line each: rates a second and their ratio. The budgets are 0.8 for issuing and 0.85 for verifying.
//! Other issuers' certificates are compared with bare verifying too: their compression and their schemas are their own.
//! The last lines are the longest times that hostile texts took, in milliseconds; the budget is 50.

use std::hint::black_box;
use std::time::Instant as Clock;

use lianfang_kernel::{Instant, Zone};
use lianfang_pass::{
    Issuer, KeySet, PassClaims, SigningKey, TrustFile, TrustSet, holder_digest, verify, verify_scanned,
};
use miniz_oxide::deflate::compress_to_vec_zlib;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};

/// Calls a round: about three milliseconds, less than a time slice.
const BATCH: u32 = 30;
const ROUNDS: usize = 401;

fn main() {
    let rng = SystemRandom::new();
    let (key, pkcs8) = SigningKey::generate(&rng).expect("the system has randomness");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &rng).expect("the key was just made");
    let trust = TrustSet::new("6205", KeySet::from_keys(vec![key.public_key()]));
    let issuer = Issuer::new("6205", key);
    let at = Instant::parse("2020-02-05T09:00:00+08:00").expect("a moment");
    let pass_id = [7; 16];
    let document = "11010519491231002X";
    let claims = PassClaims {
        city: "6205".to_owned(),
        pass_id,
        valid_day: Zone::china().day_of(at),
        region_scope: "6205".to_owned(),
        holder_digest20: holder_digest(&pass_id, document),
    };
    let text = issuer.issue_pass(&claims, &rng).expect("the claims are right");
    // As long as what is signed for this pass.
    let message = [7u8; 80];
    let signature = pair.sign(&rng, &message).expect("the key signs");
    let bare_key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, pair.public_key().as_ref());

    compare(
        "pass/issue",
        || {
            let _ = black_box(pair.sign(&rng, &message));
        },
        || {
            let _ = black_box(issuer.issue_pass(&claims, &rng));
        },
    );
    foreign(|| {
        let _ = black_box(bare_key.verify(&message, signature.as_ref()));
    });
    hostile();
    compare(
        "pass/verify",
        || {
            let _ = black_box(bare_key.verify(&message, signature.as_ref()));
        },
        || {
            assert!(black_box(verify(&text, &trust, at, Some(document))).is_accepted());
        },
    );
}

/// Published certificates, signed with ES256.
fn foreign(bare: impl Fn()) {
    let trust = TrustFile::from_json(include_str!("../tests/foreign/vectors/trust.json")).expect("a trust file");
    let cases: serde_json::Value =
        serde_json::from_str(include_str!("../tests/foreign/vectors/cases.json")).expect("a list");
    for name in ["hcert CO28", "nzcp", "shc multi-jws 1"] {
        let mut cases = cases.as_array().into_iter().flatten();
        let case = cases.find(|case| case["name"] == name).expect("the case is there");
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let (code, at) = (
            text(&case["codes"][0]),
            Instant::parse(&text(&case["at"])).expect("a moment"),
        );
        compare(&format!("pass/verify {name}"), &bare, || {
            assert!(black_box(verify_scanned(&[&code], &trust, at, None)).is_accepted());
        });
    }
}

/// The longest texts that are looked at, made to unpack, to nest and to claim as much as they can.
fn hostile() {
    let zeros = vec![0; 20 << 20];
    let mut content = vec![0x9F; 65_000];
    content.extend([0xFF; 6]);
    let texts: Vec<(&str, Vec<u8>)> = vec![
        ("bomb", zeros),
        ("nested", vec![0x81; 65_000]),
        ("numbers", [&[0x99, 0xFD, 0xE8][..], &[0; 65_000]].concat()),
        ("maps", [&[0x99, 0xFD, 0xE8][..], &[0xA0; 65_000]].concat()),
        ("endless", content),
        (
            "small maps",
            [&[0x9F][..], &[0xBF, 0, 0, 0xFF].repeat(16_000), &[0xFF]].concat(),
        ),
    ];
    for (name, content) in texts {
        let packed = compress_to_vec_zlib(&content, 9);
        let text = format!("HC1:{}", base45::encode(packed));
        let trust = TrustFile::default();
        let longest = (0..20)
            .map(|_| {
                let begin = Clock::now();
                assert!(!black_box(verify_scanned(&[&text], &trust, Instant(0), None)).is_accepted());
                begin.elapsed()
            })
            .max()
            .expect("twenty rounds");
        let ms = longest.as_secs_f64() * 1_000.0;
        println!(
            "{{\"bench\":\"pass/hostile {name}\",\"characters\":{},\"longest_ms\":{ms:.2}}}",
            text.len()
        );
    }
}

/// Many short rounds of both in turn, and the median of their ratios: what else the machine does falls on both.
fn compare(name: &str, bare: impl Fn(), full: impl Fn()) {
    let mut rounds: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (rate(&bare), rate(&full))).collect();
    rounds.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    let (bare, full) = rounds[ROUNDS / 2];
    let ratio = full / bare;
    println!("{{\"bench\":\"{name}\",\"per_second\":{full:.0},\"bare_per_second\":{bare:.0},\"ratio\":{ratio:.3}}}");
}

fn rate(work: &impl Fn()) -> f64 {
    let begin = Clock::now();
    for _ in 0..BATCH {
        work();
    }
    f64::from(BATCH) / begin.elapsed().as_secs_f64()
}
