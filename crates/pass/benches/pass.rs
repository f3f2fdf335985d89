//! Issuing and verifying against bare signing and verifying of the same library in the same run.
//!
//! Prints one JSON line each: rates a second and their ratio. The budgets are 0.8 for issuing and 0.85 for verifying.

use std::hint::black_box;
use std::time::Instant as Clock;

use lianfang_kernel::{Instant, Zone};
use lianfang_pass::{Issuer, KeySet, PassClaims, SigningKey, TrustSet, holder_digest, verify};
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
