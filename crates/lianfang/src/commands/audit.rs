//! `audit verify`: whether every chain of the audit holds, and still begins with what was anchored before. `audit figures`:
//! whether every kept figure is what its entries say.

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::{Args, Subcommand};
use lianfang_kernel::{SystemClock, Words, hex};
use lianfang_ledger::wire::Author;
use lianfang_ledger::{Miscount, verify_audit};
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Cells that are printed; `--json` has all.
const TOLD: usize = 20;

/// What to do with the audit and what it vouches for.
#[derive(Debug, Subcommand)]
pub enum AuditVerb {
    /// 从头核验审计链，并与离机保存的锚点比对 ¦ Verify every chain from its beginning, and against anchors kept elsewhere
    Verify(VerifyAudit),
    /// 由条目重新统计全部指标，与保存的数比对 ¦ Count every figure anew from the entries and compare it with what is kept
    Figures(FiguresAudit),
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

/// Arguments of `audit figures`.
#[derive(Args, Debug)]
pub struct FiguresAudit {
    #[command(flatten)]
    store: StoreArgs,
    /// 补正不符的数，并记入审计 ¦ Mend what differs, with a line in the audit
    #[arg(long)]
    mend: bool,
    /// 输出 JSON ¦ Print JSON
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
/// A chain is broken, or an anchored row is gone or another; a figure is not what its entries say.
pub fn run(verb: &AuditVerb) -> Outcome {
    match verb {
        AuditVerb::Verify(args) => verify(args),
        AuditVerb::Figures(args) => figures(args),
    }
}

fn verify(args: &VerifyAudit) -> Outcome {
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

fn figures(args: &FiguresAudit) -> Outcome {
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let bar = say::progress(0, "重新统计", "counting");
    let found = ledger.read(|reader| reader.recount(&mut |rows| bar.set_position(rows)));
    bar.finish_and_clear();
    let found = found?;
    let cells = found.wrong.len();
    let is_right = cells == 0 && found.not_looked_at == 0 && found.sums_wrong == 0;
    if args.json {
        say::json(&json!({
            "entries": found.entries, "enrolments": found.enrolments, "kept": found.kept, "mended": args.mend && !is_right,
            "wrong": found.wrong.iter().map(wrong_json).collect::<Vec<_>>(), "not_looked_at": found.not_looked_at,
            "sums_wrong": found.sums_wrong,
        }));
    } else {
        say::out_words(&Words::new(
            format!(
                "重新统计条目 {} 条、纳管 {} 个，与保存的 {} 行比对，不符 {cells} 处。",
                found.entries, found.enrolments, found.kept
            ),
            format!(
                "{} entries and {} enrolments counted anew against {} kept rows: {cells} differ.",
                found.entries, found.enrolments, found.kept
            ),
        ));
        if found.sums_wrong > 0 {
            say::err(say::pick(
                &format!("各级合计与保存的数不符 {} 处", found.sums_wrong),
                &format!("{} sums are not what the kept rows add up to", found.sums_wrong),
            ));
        }
        found.wrong.iter().take(TOLD).for_each(|wrong| {
            say::err(say::pick(
                &format!(
                    "{} {} {}：保存 {}，应为 {}",
                    wrong.indicator, wrong.region, wrong.day, wrong.kept, wrong.counted
                ),
                &format!(
                    "{} {} {}: {} kept, {} counted",
                    wrong.indicator, wrong.region, wrong.day, wrong.kept, wrong.counted
                ),
            ));
        });
    }
    if is_right {
        return Ok(());
    }
    if args.mend {
        wait(ledger.mend_figures(Author::system(), found.wrong))?;
        while wait(ledger.sum_figures())? {}
        if found.not_looked_at == 0 {
            return Ok(());
        }
    }
    Err(Failure::new(
        Words::new("指标与条目不符", "figures are not what the entries say"),
        Words::new(
            "能力包改过的指标不符属正常；加 --mend 补正，仍不符的再运行一次",
            "it is so where packs changed a definition; --mend puts it right, run it again until nothing differs",
        ),
    ))
}

fn wrong_json(wrong: &Miscount) -> serde_json::Value {
    json!({
        "indicator": wrong.indicator, "region": wrong.region, "sector": wrong.sector, "day": wrong.day.to_string(),
        "bucket": wrong.bucket, "counted_at": wrong.counted_at, "kept": wrong.kept, "counted": wrong.counted,
    })
}

fn read_anchors(path: &Path) -> Outcome<Vec<Anchor>> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, error))?;
    let anchors: Anchors = serde_json::from_str(text.trim()).map_err(|error| Failure::file(path, error))?;
    Ok(anchors.heads)
}
