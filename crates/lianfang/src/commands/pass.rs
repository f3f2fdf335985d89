//! `pass`: verify passes and certificates offline; the keys that sign them.

mod revoke;
mod trust;
mod verify;

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use lianfang_kernel::{SystemClock, hex};
use lianfang_ledger::Ledger;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

/// What to do with passes.
#[derive(Debug, Subcommand)]
pub enum PassVerb {
    /// 离线核验，每行一个码，逐行输出 JSON ¦ Verify offline: a code a line, one JSON object for each
    Verify(verify::VerifyArgs),
    /// 签发密钥 ¦ The signing keys
    #[command(subcommand)]
    Keys(KeysVerb),
    /// 所信任的外地签发方 ¦ The issuers elsewhere that are believed
    #[command(subcommand)]
    Trust(trust::TrustVerb),
    /// 作废通行码或证明 ¦ Revoke a pass or certificate
    Revoke(revoke::RevokeArgs),
}

/// What to do with signing keys.
#[derive(Debug, Subcommand)]
pub enum KeysVerb {
    /// 列出公钥 ¦ List the public keys
    List(KeysArgs),
    /// 更换签发密钥；旧码在到期前仍有效 ¦ Sign with a new key; codes of the old one hold until they expire
    Rotate(KeysArgs),
    /// 输出信任文件 ¦ Print a trust file
    Export(KeysArgs),
}

/// Arguments of `pass keys`.
#[derive(Args, Debug)]
pub struct KeysArgs {
    #[command(flatten)]
    store: StoreArgs,
}

/// Does it.
///
/// # Errors
/// A file cannot be read; the trust file is none; the store.
pub fn run(verb: &PassVerb) -> Outcome {
    match verb {
        PassVerb::Verify(args) => verify::run(args),
        PassVerb::Keys(KeysVerb::List(args)) => list(args),
        PassVerb::Keys(KeysVerb::Rotate(args)) => {
            wait(ledger(args)?.rotate_signing_key())?;
            list(args)
        }
        PassVerb::Keys(KeysVerb::Export(args)) => export(args),
        PassVerb::Trust(verb) => trust::run(verb),
        PassVerb::Revoke(args) => revoke::run(args),
    }
}

fn ledger(args: &KeysArgs) -> Outcome<Ledger> {
    open(&args.store)
}

fn open(store: &StoreArgs) -> Outcome<Ledger> {
    let store = store.open_existing()?;
    store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))
}

fn list(args: &KeysArgs) -> Outcome {
    let ledger = ledger(args)?;
    let signer = ledger.signer();
    let signing = signer.issuer.key().kid();
    for key in signer.keys.keys() {
        say::json(
            &json!({ "kid": hex(key.kid()), "signs": key.kid() == signing, "point": STANDARD.encode(key.point()) }),
        );
    }
    Ok(())
}

fn export(args: &KeysArgs) -> Outcome {
    let ledger = ledger(args)?;
    let signer = ledger.signer();
    let keys = signer
        .keys
        .to_cose()
        .map_err(|error| Failure::file(Path::new("keys"), error))?;
    let revocations = STANDARD.encode(ledger.trust_at(ledger.now()).revocations.to_bytes());
    say::json(
        &json!({ "lianfang": { "city": signer.trust.city, "keys": STANDARD.encode(keys), "revocations": revocations } }),
    );
    Ok(())
}
