//! Sheets from and to files.

use crate::failure::{Failure, Outcome};
use crate::say;
use clap::Args;
use lianfang_epi::Table;
use lianfang_epi::sheets::Told;
use lianfang_exchange::decode;
use lianfang_kernel::Problem;
use std::path::{Path, PathBuf};

/// Where results go.
#[derive(Args, Debug)]
pub struct OutArgs {
    /// 结果文件；省略则输出到屏幕 ¦ File for the result; printed unless given
    #[arg(long, value_name = "OUT.csv")]
    out: Option<PathBuf>,
    /// 输出 JSON ¦ Print JSON
    #[arg(long)]
    json: bool,
}

/// Reads a sheet: UTF-8 or GB 18030.
pub fn read(path: &Path) -> Outcome<Table> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, error))?;
    let text = decode(&bytes).map_err(|error| Failure::file(path, error))?;
    Table::parse(&text).map_err(|problem| at(path, problem))
}

/// A problem with the file that it is about.
pub fn at(path: &Path, mut problem: Problem) -> Failure {
    problem.what.zh = format!("{}：{}", path.display(), problem.what.zh);
    problem.what.en = format!("{}: {}", path.display(), problem.what.en);
    problem.into()
}

/// Writes a sheet, making folders as needed.
pub fn write(path: &Path, table: &Table) -> Outcome {
    let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(path, table.to_csv()))
        .map_err(|error| Failure::file(path, error))
}

/// Gives the result to the user: warnings on standard error, the sheet to the file or standard output.
pub fn finish(told: &Told<Table>, out: &OutArgs) -> Outcome {
    for words in &told.warnings {
        let label = say::pick("提醒：", "warning: ");
        say::err(format!("{label}{}", words.get(say::lang())));
    }
    if out.json {
        let rows = told.value.to_json();
        let warnings: Vec<&str> = told.warnings.iter().map(|words| words.get(say::lang())).collect();
        say::json(&serde_json::json!({ "rows": rows, "warnings": warnings }));
    }
    match &out.out {
        Some(path) => write(path, &told.value),
        None if out.json => Ok(()),
        None => {
            say::out(told.value.to_csv().trim_end());
            Ok(())
        }
    }
}
