//! `pack check`: every finding with its place and what to do.

use super::PackArgs;
use crate::activation::line_of;
use crate::failure::{Failure, Outcome};
use crate::say;
use clap::Args;
use lianfang_kernel::Words;
use lianfang_policy::{Finding, FindingSeverity};
use serde_json::json;

/// Arguments of `pack check`.
#[derive(Args, Debug)]
pub struct CheckArgs {
    #[command(flatten)]
    packs: PackArgs,
    /// 输出 JSON，逐行 ¦ Print JSON, one line each
    #[arg(long)]
    json: bool,
}

/// Checks.
///
/// # Errors
/// There are errors; each was printed.
pub fn run(args: &CheckArgs) -> Outcome {
    let (findings, loaded) = match args.packs.sources()?.check() {
        Ok(loaded) => (loaded.warnings.clone(), Some(loaded)),
        Err(findings) => (findings, None),
    };
    for finding in &findings {
        if args.json {
            say::json(&as_json(finding));
        } else {
            say::err(line_of(finding));
        }
    }
    let Some(loaded) = loaded else {
        let errors = findings
            .iter()
            .filter(|finding| finding.severity == FindingSeverity::Error)
            .count();
        return Err(Failure::new(
            Words::new(format!("{errors} 处错误"), format!("{errors} errors")),
            Words::new(
                "每行写明文件、行、列和改法",
                "each line says file, line, column and what to do",
            ),
        ));
    };
    if !args.json {
        let model = &loaded.model;
        say::out_words(&Words::new(
            format!(
                "{} 个能力包无误，{} 处提醒，摘要 {}",
                model.packs.len(),
                findings.len(),
                model.digest
            ),
            format!(
                "{} packs without error, {} warnings, digest {}",
                model.packs.len(),
                findings.len(),
                model.digest
            ),
        ));
    }
    Ok(())
}

fn as_json(finding: &Finding) -> serde_json::Value {
    json!({
        "file": finding.file, "line": finding.line, "column": finding.column,
        "severity": if finding.severity == FindingSeverity::Error { "error" } else { "warning" },
        "what": finding.what, "hint": finding.hint,
    })
}
