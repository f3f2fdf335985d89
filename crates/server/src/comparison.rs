//! Comparing a list of somebody else with persons of one's own: by number through the blind index, or by everything that
//! is known of them, in memory that is let go at once.
//!
//! The list is kept nowhere, and nothing of one's own leaves: what is left is which row is whose file.

use crate::linkage::ours::{KNOWN, LEARN_FROM};
use crate::person_row::PersonRow;
use crate::problem::ApiError;
use lianfang_exchange::{SheetFormat, SheetHint, read_sheet};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{Known, Lookup, Reader};
use lianfang_linkage::{Linker, Model, Row, learn_places, one_to_one};
use std::collections::BTreeSet;

/// Of probable matches so large a share is expected to be right.
const PRECISION: f64 = 0.99;

/// Reads a list from a sheet: CSV, XLSX or JSON Lines, by the titles of its columns.
///
/// # Errors
/// It is no sheet, or has none of the columns.
pub fn read_list(bytes: &[u8], name: Option<&str>) -> Result<Vec<PersonRow>, ApiError> {
    let hint = SheetHint {
        format: name.and_then(SheetFormat::from_file_name),
        ..SheetHint::default()
    };
    let sheet = read_sheet(bytes, &hint).map_err(|error| ApiError::refused(error.problem()))?;
    let places = Row::places(sheet.header());
    if places[1..].iter().all(Option::is_none) {
        let what = Words::new("名单没有可比对的列", "The list has no column to compare");
        let hint = Words::new("列名为：{c}", "Columns are: {c}").with("c", list_columns().join(", "));
        return Err(ApiError::refused(Problem::new("no_columns", what, hint).at("file")));
    }
    let rows = sheet.map(|row| {
        let cells = row.map_or_else(|bad| bad.row.cells, |row| row.cells);
        let [id, name, sex, birth, idno, phone, plate, addr] = places.map(|place| {
            place
                .and_then(|at| cells.get(at).cloned().flatten())
                .unwrap_or_default()
        });
        PersonRow {
            id,
            name,
            sex,
            birth,
            idno,
            phone,
            plate,
            addr,
        }
    });
    Ok(rows.collect())
}

/// The titles that columns of a list may have, the first of each.
pub fn list_columns() -> Vec<&'static str> {
    let chinese = |titles: &&'static [&'static str]| titles.get(1).copied().unwrap_or_default();
    Row::TITLES.iter().map(chinese).collect()
}

/// A row that is somebody's.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// The row's place in the list.
    pub row: usize,
    /// Whose file.
    pub subject: SubjectId,
    /// Log2 odds that it is the same person; none where a number says it.
    pub weight: Option<f32>,
}

/// Compares by what a run was asked for: `cn_id`, `phone` or `likely`.
///
/// # Errors
/// The database.
pub fn compare(
    reader: &mut Reader<'_>,
    rows: &[PersonRow],
    own: &BTreeSet<SubjectId>,
    key: &str,
) -> Result<Vec<Hit>, LedgerError> {
    match key {
        "cn_id" => by_number(reader, rows, own, "cn_id", |row| &row.idno),
        "phone" => by_number(reader, rows, own, "phone", |row| &row.phone),
        _ => likely(reader, rows, own),
    }
}

fn by_number(
    reader: &mut Reader<'_>,
    rows: &[PersonRow],
    own: &BTreeSet<SubjectId>,
    kind: &'static str,
    number: impl Fn(&PersonRow) -> &String,
) -> Result<Vec<Hit>, LedgerError> {
    let lookups: Vec<Lookup> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| !number(row).trim().is_empty())
        .map(|(at, row)| Lookup {
            row: at,
            kind,
            number: number(row).clone(),
        })
        .collect();
    let known = reader.owners_of(&lookups)?;
    let hit = |known: Known| Hit {
        row: known.row,
        subject: known.subject,
        weight: None,
    };
    Ok(known
        .into_iter()
        .filter(|known| own.contains(&known.subject))
        .map(hit)
        .collect())
}

fn likely(reader: &mut Reader<'_>, rows: &[PersonRow], own: &BTreeSet<SubjectId>) -> Result<Vec<Hit>, LedgerError> {
    let own: Vec<SubjectId> = own.iter().copied().collect();
    let opened = reader.opened(&own)?;
    let mut linker = Linker::new(learn_places(rows.iter().map(|row| row.addr.as_str())), 1);
    let known: Vec<PersonRow> = opened
        .iter()
        .map(|(_, known)| PersonRow::identified(known.name.as_deref(), &known.identifiers))
        .collect();
    linker.push(0, &rows.iter().map(PersonRow::row).collect::<Vec<_>>());
    linker.push(1, &known.iter().map(PersonRow::row).collect::<Vec<_>>());
    linker.settle();
    // Short lists say too little of themselves; what lists in general are like is then the better guess.
    let model = match rows.len().min(opened.len()) >= LEARN_FROM {
        true => linker.learn(),
        false => Model::generic(opened.len()).asking(opened.len(), KNOWN),
    };
    let links = linker.link(&model, 0.0);
    let threshold = linker.threshold_for(&model, &links, PRECISION).weight;
    let sure: Vec<_> = links
        .into_iter()
        .filter(|link| f64::from(link.weight) >= threshold)
        .collect();
    let hit = |link: &lianfang_linkage::Link| {
        let (row, known) = (usize::try_from(link.a).ok()?, usize::try_from(link.b).ok()?);
        Some(Hit {
            row,
            subject: opened.get(known)?.0,
            weight: Some(link.weight),
        })
    };
    Ok(one_to_one(&sure).iter().filter_map(hit).collect())
}
