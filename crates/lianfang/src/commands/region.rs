//! `region import`: our own list or the files of china-division, parents before children.

use crate::activation;
use crate::failure::{Failure, Outcome};
use crate::founding::region_of;
use crate::say;
use crate::store::{StoreArgs, wait};
use clap::{Args, Subcommand};
use lianfang_exchange::read_region_files;
use lianfang_kernel::{RegionId, SystemClock, Words};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// Bad rows shown; the rest are counted.
const SHOWN: usize = 20;
/// Regions in one transaction.
const CHUNK: usize = 5_000;

/// What to do with regions.
#[derive(Debug, Subcommand)]
pub enum RegionVerb {
    /// 导入区划表，可多个文件 ¦ Import lists of regions, several files at once
    Import(ImportRegions),
}

/// Arguments of `region import`.
#[derive(Args, Debug)]
pub struct ImportRegions {
    #[command(flatten)]
    store: StoreArgs,
    /// CSV 文件 ¦ CSV files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Imports; bad rows are reported and left out.
///
/// # Errors
/// A file is no list; some rows are bad (the good ones are in).
pub fn run(verb: &RegionVerb) -> Outcome {
    let RegionVerb::Import(args) = verb;
    let mut files = Vec::new();
    for path in &args.files {
        files.push(std::fs::read(path).map_err(|error| Failure::file(path, error))?);
    }
    let store = args.store.open_existing()?;
    let ledger = store.ledger(activation::active_model(&store)?, Arc::new(SystemClock))?;
    let snapshot = ledger.snapshot();
    let is_known = |code: &str| snapshot.regions.contains(&RegionId::new(code));
    let import = read_region_files(files.iter().map(Vec::as_slice), &is_known)
        .map_err(|error| Failure::from(error.problem()))?;
    for misfit in import.problems.iter().take(SHOWN) {
        say::err(misfit.text(say::lang()));
    }
    let total = import.rows.len();
    let bar = say::progress(u64::try_from(total).unwrap_or(0), "导入区划", "importing regions");
    let mut rows = import.rows.into_iter().map(region_of).peekable();
    while rows.peek().is_some() {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        bar.inc(u64::try_from(chunk.len()).unwrap_or(0));
        wait(ledger.import_regions(chunk, rows.peek().is_some()))?;
    }
    bar.finish_and_clear();
    let (bad, gaps) = (import.problem_count, import.placeholders);
    if args.json {
        say::json(&json!({ "imported": total, "problems": bad, "placeholders": gaps }));
    } else {
        say::out_words(&Words::new(
            format!("已导入 {total} 个区划；{bad} 行有误；略过 {gaps} 个占位行。"),
            format!("Imported {total} regions; {bad} bad rows; {gaps} placeholders left out."),
        ));
    }
    if bad == 0 {
        return Ok(());
    }
    Err(Failure::new(
        Words::new(format!("{bad} 行没有导入"), format!("{bad} rows were not imported")),
        Words::new(
            "请按上面所列的行改正后再导入",
            "mend the rows listed above and import again",
        ),
    ))
}
