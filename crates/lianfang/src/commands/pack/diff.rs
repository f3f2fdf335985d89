//! `pack diff`: what two sets of packs say differently, item by item, and what of it breaks entries that were written.

use crate::activation::told;
use crate::embedded;
use crate::failure::Outcome;
use crate::say;
use clap::Args;
use lianfang_kernel::{Clock, Day, SystemClock, Words, Zone};
use lianfang_policy::difference::{Difference, Fate, compare};
use lianfang_policy::{Source, items};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Arguments of `pack diff`.
#[derive(Args, Debug)]
pub struct DiffArgs {
    /// 原来的能力包目录；只给一个目录时与程序自带的比较 ¦ The packs before; with one folder alone it is compared with those inside the program
    #[arg(value_name = "OLD")]
    old: Option<PathBuf>,
    /// 新的能力包目录 ¦ The packs after
    #[arg(value_name = "NEW")]
    new: Option<PathBuf>,
    /// 输出 JSON，逐行 ¦ Print JSON, one line each
    #[arg(long)]
    json: bool,
}

/// Compares.
///
/// # Errors
/// A folder cannot be read; a file is no TOML.
pub fn run(args: &DiffArgs) -> Outcome {
    let (old, new) = match (&args.old, &args.new) {
        (Some(old), Some(new)) => (from(Some(old))?, from(Some(new))?),
        (one, _) => (from(None)?, from(one.as_deref())?),
    };
    let differences = differences((&old, &[]), (&new, &[]))?;
    print(&differences, args.json);
    Ok(())
}

fn from(folder: Option<&Path>) -> Outcome<Vec<Source>> {
    folder.map_or_else(|| Ok(embedded::packs()), embedded::packs_of)
}

/// What is different between packs with their overlays, as of today.
///
/// # Errors
/// A file is no TOML; each mistake was printed.
pub fn differences(old: (&[Source], &[Source]), new: (&[Source], &[Source])) -> Outcome<Vec<Difference>> {
    let read = |(packs, overlay): (&[Source], &[Source])| items(packs, overlay).map_err(|findings| told(&findings));
    let today: Day = Zone::china().day_of(SystemClock.now());
    Ok(compare(&read(old)?, &read(new)?, Some(today)))
}

/// Prints differences and how many of them break what was written.
pub fn print(differences: &[Difference], as_json: bool) {
    for one in differences {
        match as_json {
            true => say::json(&as_value(one)),
            false => lines(one),
        }
    }
    if as_json {
        return;
    }
    let count = |fate: Fate| differences.iter().filter(|one| one.fate == fate).count();
    let breaking = differences.iter().filter(|one| !one.breaking.is_empty()).count();
    let (added, removed, changed) = (count(Fate::Added), count(Fate::Removed), count(Fate::Changed));
    say::out_words(&Words::new(
        format!("新增 {added}，删除 {removed}，改动 {changed}；其中不兼容 {breaking}"),
        format!("{added} added, {removed} removed, {changed} changed; {breaking} of them breaking"),
    ));
}

fn as_value(one: &Difference) -> serde_json::Value {
    let part =
        |part: &lianfang_policy::difference::Part| json!({ "path": part.path, "old": part.old, "new": part.new });
    json!({
        "table": one.key.table, "id": one.key.id, "version": (one.key.version > 0).then_some(one.key.version),
        "fate": one.fate.id(), "pack": one.pack, "file": one.file, "line": one.line,
        "parts": one.parts.iter().map(part).collect::<Vec<_>>(), "breaking": one.breaking,
    })
}

fn lines(one: &Difference) {
    let sign = match one.fate {
        Fate::Added => "+",
        Fate::Removed => "-",
        Fate::Changed => "~",
    };
    let version = match one.key.version {
        0 => String::new(),
        n => format!(" v{n}"),
    };
    say::out(format!(
        "{sign} {} {}{version}  ({}:{})",
        one.key.table, one.key.id, one.file, one.line
    ));
    for part in &one.parts {
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "—".to_owned());
        say::out(format!("    {}: {} → {}", part.path, said(&part.old), said(&part.new)));
    }
    for words in &one.breaking {
        say::out(format!("  ! {}", words.get(say::lang())));
    }
}
