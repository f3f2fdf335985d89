//! `audit verify`: whether every chain of the audit holds, and still begins with what was anchored before.

use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::StoreArgs;
use clap::{Args, Subcommand};
use lianfang_kernel::{Words, hex};
use lianfang_ledger::verify_audit;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// What to do with the audit.
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// 从头核验审计链，并与离机保存的锚点比对 ¦ Verify every chain from its beginning, and against anchors kept elsewhere
    Verify(VerifyAudit),
}

/// Arguments of `audit verify`.
#[derive(Args, Debug)]
pub struct VerifyAudit {
    #[command(flatten)]
    store: StoreArgs,
    /// 先前输出的锚点文件（--json 的输出） ¦ File of anchors printed before with --json
    #[arg(long, value_name = "FILE")]
    anchors: Option<PathBuf>,
    /// 输出 JSON，可另存作锚点 ¦ Print JSON, to be kept as anchors
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
struct Anchors {
    heads: Vec<Anchor>,
}

#[derive(Deserialize)]
struct Anchor {
    writer: String,
    seq: i64,
    hash: String,
}

/// Verifies.
///
/// # Errors
/// A chain is broken, or an anchored row is gone or another.
pub fn run(verb: &AuditVerb) -> Outcome {
    let AuditVerb::Verify(args) = verb;
    let store = args.store.open_existing()?;
    let mut reader = store.database.reader()?;
    let report = verify_audit(&mut reader)?;
    let mut lost = Vec::new();
    if let Some(path) = &args.anchors {
        for anchor in read_anchors(path)? {
            let sql = "select hash from audit where writer = $1 and seq = $2";
            let row = reader.query_opt(sql, &[anchor.writer.as_str().into(), anchor.seq.into()])?;
            let found = row.map(|row| row.bytes("hash").map(hex)).transpose()?;
            if found.as_deref() != Some(anchor.hash.as_str()) {
                lost.push((anchor.writer, anchor.seq));
            }
        }
    }
    if args.json {
        say::json(&report);
    } else {
        say::out_words(&Words::new(
            format!("共 {} 条，{} 条链。", report.rows, report.heads.len()),
            format!("{} rows in {} chains.", report.rows, report.heads.len()),
        ));
    }
    for (writer, seq) in report.broken.iter().chain(&lost) {
        say::err(say::pick(
            &format!("链 {writer} 在第 {seq} 条不符"),
            &format!("chain {writer} does not hold at row {seq}"),
        ));
    }
    if report.broken.is_empty() && lost.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Words::new(
            "审计链不完整：有记录被删改",
            "the audit does not hold: rows were removed or changed",
        ),
        Words::new(
            "请保全数据库和备份，通知安全审计员",
            "keep the database and its backups as they are and tell the auditor",
        ),
    ))
}

fn read_anchors(path: &Path) -> Outcome<Vec<Anchor>> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let anchors: Anchors = serde_json::from_str(text.trim()).map_err(|error| Failure::file(path, error))?;
    Ok(anchors.heads)
}
