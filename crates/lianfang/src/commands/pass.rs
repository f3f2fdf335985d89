//! `pass`: verify passes and certificates offline; the keys that sign them.

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};
use lianfang_kernel::{Clock, Instant, SystemClock, Words};
use lianfang_ledger::Ledger;
use lianfang_pass::{TrustSet, trust_from_json, verify};
use serde_json::{Value, json};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::later::{Later, not_yet};

/// Longest input read: a hundred thousand lines of codes.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// What to do with passes.
#[derive(Debug, Subcommand)]
pub enum PassVerb {
    /// 离线核验，每行一个码，逐行输出 JSON ¦ Verify offline: a code a line, one JSON object for each
    Verify(VerifyArgs),
    /// 签发密钥 ¦ The signing keys
    #[command(subcommand)]
    Keys(KeysVerb),
    /// 作废通行码（以后） ¦ Revoke a pass (later)
    Revoke(Later),
}

/// Arguments of `pass verify`.
#[derive(Args, Debug)]
pub struct VerifyArgs {
    /// 信任文件 ¦ The trust file
    #[arg(long, value_name = "FILE")]
    trust: PathBuf,
    /// 核验时刻；默认取信任文件的 clock，否则现在 ¦ Moment to judge at; the trust file's clock, else now
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// 持有人出示的证件号 ¦ Number of the document that the holder shows
    #[arg(long, value_name = "NUMBER")]
    document: Option<String>,
    /// 文件，- 为标准输入 ¦ Files; - is standard input
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
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
        PassVerb::Verify(args) => verify_all(args),
        PassVerb::Keys(KeysVerb::List(args)) => list(args),
        PassVerb::Keys(KeysVerb::Rotate(args)) => {
            wait(ledger(args)?.rotate_signing_key())?;
            list(args)
        }
        PassVerb::Keys(KeysVerb::Export(args)) => export(args),
        PassVerb::Revoke(_) => Err(not_yet()),
    }
}

fn ledger(args: &KeysArgs) -> Outcome<Ledger> {
    let store = args.store.open_existing()?;
    store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))
}

fn list(args: &KeysArgs) -> Outcome {
    let ledger = ledger(args)?;
    let signer = ledger.signer();
    let signing = signer.issuer.key().kid();
    for key in signer.keys.keys() {
        say::json(
            &json!({ "kid": hex(&key.kid()), "signs": key.kid() == signing, "point": STANDARD.encode(key.point()) }),
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
    let revocations = STANDARD.encode(signer.trust.revocations.to_bytes());
    say::json(
        &json!({ "lianfang": { "city": signer.trust.city, "keys": STANDARD.encode(keys), "revocations": revocations } }),
    );
    Ok(())
}

fn verify_all(args: &VerifyArgs) -> Outcome {
    let text = std::fs::read_to_string(&args.trust).map_err(|error| Failure::file(&args.trust, error))?;
    let (trust, clock) = trust_from_json(&text).map_err(|error| {
        Failure::new(
            Words::new(format!("信任文件无法使用：{error}"), error.to_string()),
            Words::new(
                "用 lianfang pass keys export 生成",
                "make one with lianfang pass keys export",
            ),
        )
    })?;
    let asked = args
        .at
        .as_deref()
        .map(Instant::parse)
        .transpose()
        .map_err(super::indicator::bad_time)?;
    let at = asked.or(clock).unwrap_or_else(|| SystemClock.now());
    let files = if args.files.is_empty() {
        vec![PathBuf::from("-")]
    } else {
        args.files.clone()
    };
    for file in &files {
        let bytes = read(file)?;
        for (index, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            if !line.trim().is_empty() {
                say::json(&judge(
                    index + 1,
                    line.trim(),
                    trust.as_ref(),
                    at,
                    args.document.as_deref(),
                ));
            }
        }
    }
    Ok(())
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|opened| opened.take(MOST_BYTES).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file(file, error))?;
    Ok(bytes)
}

/// One line, or a JSON array of the chunks that one code was scanned in.
fn judge(number: usize, line: &str, trust: Option<&TrustSet>, at: Instant, document: Option<&str>) -> Value {
    let chunks: Option<Vec<String>> = line.starts_with('[').then(|| serde_json::from_str(line).ok()).flatten();
    let text = chunks.map_or_else(|| line.to_owned(), |chunks| chunks.concat());
    let Some(trust) = trust else {
        let is_ours = text.starts_with(lianfang_pass::PREFIX);
        let reason = if is_ours { "unknown_key" } else { "format" };
        return json!({ "line": number, "format": is_ours.then_some("lianfang"), "kind": null, "verdict": "reject", "reason": reason });
    };
    let verdict = verify(&text, trust, at, document);
    json!({ "line": number, "format": verdict.format, "kind": verdict.kind, "verdict": verdict.verdict, "reason": verdict.reason })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
