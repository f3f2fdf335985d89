//! Outbreaks of the field's literature, where a folder of reference data is kept beside the program. Their data have licences
//! of their own (GPL) and are never part of the program.
//!
//! To show another: a line in [`SHOWN`], and the function that makes an [`Outbreak`] of its sheet.

mod daily;
mod line_list;

use super::outbreaks::{Interval, LineList, Outbreak};
use lianfang_epi::Table;
use lianfang_kernel::{Day, Words};
use std::path::{Path, PathBuf};

/// Reads a sheet of the folder by its path.
type Sheets<'a> = &'a dyn Fn(&str) -> Option<Table>;

/// What of the folder is shown, in this order.
const SHOWN: &[fn(Sheets<'_>) -> Option<Outbreak>] = &[
    line_list::mers,
    line_list::ebola,
    daily::sars,
    daily::zika,
    line_list::influenza,
    line_list::haemolytic_uraemic_syndrome,
    daily::agona,
];

/// Parts that the folder may be kept in.
const PARTS: [&str; 3] = ["", "data", "reference"];

/// Those that are there; none without the folder.
pub(super) fn found(folder: Option<&Path>) -> Vec<Outbreak> {
    let Some(folder) = folder else { return Vec::new() };
    let sheet = |path: &str| {
        let found = PARTS.iter().map(|part| folder.join(part).join(path));
        table(found.into_iter().find(|path| path.is_file())?)
    };
    SHOWN.iter().filter_map(|make| make(&sheet)).collect()
}

fn table(path: PathBuf) -> Option<Table> {
    let bytes = std::fs::read(path).ok()?;
    Table::parse(&String::from_utf8_lossy(&bytes)).ok()
}

fn kept(code: &str, name: Words, first: Day, counts: Vec<i64>) -> Outbreak {
    Outbreak {
        code: code.to_owned(),
        name,
        first,
        counts,
        is_kept: true,
        ..Outbreak::default()
    }
}

fn day(sheet: &Table, row: usize, name: &str) -> Option<Day> {
    Day::parse(sheet.text(row, name)?).ok()
}

/// Where the data come from, with what must be known to read them.
fn source(of: (&str, &str), note: (&str, &str)) -> Words {
    Words::new(
        format!(
            "数据：{}，GPL，从程序旁的参照数据目录读取，不随程序分发。{}",
            of.0, note.0
        ),
        format!(
            "Data: {}, GPL, read from a folder of reference data beside the program and not shipped. {}",
            of.1, note.1
        ),
    )
}
