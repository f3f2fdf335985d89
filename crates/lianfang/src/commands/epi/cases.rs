//! `epi cases`: how an institute holds an installation to its own reference runs.

use super::sheet_file;
use crate::failure::{Failure, Outcome};
use crate::say;
use clap::Args;
use lianfang_epi::cases::{self, Folder, Outcome as CaseOutcome};
use lianfang_kernel::{Problem, Words};
use std::io::ErrorKind;
use std::path::PathBuf;

/// Arguments of `epi cases`.
#[derive(Args, Debug)]
pub struct CasesArgs {
    /// 案例目录：各领域子目录含 cases*.csv、inputs/、outputs/ ¦ Folder of cases: areas with cases*.csv, inputs/, outputs/
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// 结果目录 ¦ Folder for results
    #[arg(long, value_name = "OUT")]
    out: PathBuf,
    /// 与参照结果比对；有超出容差的则以1退出 ¦ Compare with the reference; end with 1 if any is outside of its tolerance
    #[arg(long)]
    verify: bool,
    /// 输出 JSON，每案例一行 ¦ Print JSON, one line a case
    #[arg(long)]
    json: bool,
}

struct Disk(PathBuf);

impl Folder for Disk {
    fn read(&self, path: &str) -> lianfang_epi::Result<Option<String>> {
        let refuse = |error: &dyn std::fmt::Display| {
            let text = format!("{path}: {error}");
            Problem::new(
                "file_unreadable",
                Words::new(
                    format!("文件无法读取：{text}"),
                    format!("the file cannot be read: {text}"),
                ),
                Words::new("请检查路径、权限和编码", "check the path, its rights and its encoding"),
            )
        };
        match std::fs::read(self.0.join(path)) {
            Ok(bytes) => match lianfang_exchange::decode(&bytes) {
                Ok(text) => Ok(Some(text.into_owned())),
                Err(error) => Err(refuse(&error)),
            },
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refuse(&error)),
        }
    }

    fn list(&self, path: &str) -> Vec<String> {
        let files = std::fs::read_dir(self.0.join(path)).into_iter().flatten().flatten();
        let mut names: Vec<String> = files.filter_map(|file| file.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}

/// Recomputes, writes, and compares when asked.
///
/// # Errors
/// Nothing to recompute, a case that cannot be computed, or one outside of its tolerance.
pub fn run(args: &CasesArgs) -> Outcome {
    let outcomes = cases::run(&Disk(args.folder.clone())).map_err(|problem| sheet_file::at(&args.folder, problem))?;
    for output in outcomes.iter().filter_map(|outcome| outcome.output.as_ref()) {
        sheet_file::write(&args.out.join(&output.path), &output.table)?;
    }
    for outcome in &outcomes {
        if let Some(problem) = &outcome.problem {
            let place = format!("{} {}", outcome.area, outcome.case);
            say::err(format!(
                "{place}: {} — {}",
                problem.what.get(say::lang()),
                problem.hint.get(say::lang())
            ));
        }
        if args.verify {
            report(outcome, args.json);
        }
    }
    let failed = outcomes.iter().filter(|outcome| outcome.problem.is_some()).count();
    let outside = outcomes.iter().filter(|outcome| !outcome.is_good()).count() - failed;
    let compared = outcomes.iter().filter(|outcome| outcome.comparison.is_some()).count();
    if args.verify && !args.json {
        say::out(say::pick(
            &format!(
                "{} 张结果表，比对 {compared} 张，超出容差 {outside} 张，未能计算 {failed} 张",
                outcomes.len()
            ),
            &format!(
                "{} sheets, {compared} compared, {outside} outside of their tolerance, {failed} not computed",
                outcomes.len()
            ),
        ));
    }
    if failed > 0 || (args.verify && outside > 0) {
        return Err(Failure::said());
    }
    Ok(())
}

fn report(outcome: &CaseOutcome, is_json: bool) {
    let Some(comparison) = &outcome.comparison else {
        return;
    };
    if is_json {
        return say::json(&serde_json::json!({
            "area": outcome.area,
            "case": outcome.case,
            "cells": comparison.cells,
            "worst_relative_error": comparison.worst,
            "share_of_tolerance": comparison.share,
            "within": comparison.is_within,
            "place": comparison.place,
        }));
    }
    let verdict = match comparison.is_within {
        true => say::pick("在容差内", "within"),
        false => say::pick("超出容差", "OUTSIDE"),
    };
    let place = if comparison.is_within {
        ""
    } else {
        comparison.place.as_str()
    };
    say::out(format!(
        "{:<14} {:<28} {:>9.1e}  {verdict}  {place}",
        outcome.area, outcome.case, comparison.worst
    ));
}
