//! XLSX workbooks, read within a bound of memory that does not depend on what they claim about themselves.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use zip::ZipArchive;

use crate::misfit::problem;
use crate::sheet::{MAX_COLUMNS, MAX_ROWS, RawRow, SheetError};

/// What an archive may hold.
struct Limits {
    /// Bytes of all parts together, unpacked.
    mib: u64,
    /// Parts: a worksheet with pictures has a few dozen.
    parts: usize,
    /// Tags of all parts together: five million empty texts are small in bytes and not in memory. A sheet of 200,000 rows
    /// and 20 columns has 17 million.
    tags: usize,
}

const LIMITS: Limits = Limits {
    mib: 256,
    parts: 2_000,
    tags: 20_000_000,
};
/// Most cells, counted to the last used column of each row.
const MAX_CELLS: usize = 20_000_000;
/// Rows above the header that may hold a heading.
const HEADING_ROWS: usize = 10;

type Rows = (Vec<RawRow>, Vec<Option<String>>);

pub(crate) fn open(bytes: &[u8], worksheet: Option<&str>) -> Result<Rows, SheetError> {
    // The parsers below are not ours and a damaged file is an input like any other: a panic of theirs is a damaged file.
    catch_unwind(AssertUnwindSafe(|| {
        measure(bytes, &LIMITS)?;
        read(bytes, worksheet)
    }))
    .unwrap_or_else(|_| Err(SheetError::Workbook("it cannot be parsed".to_owned())))
}

/// Unpacks every part into nothing, counting: the sizes written in the archive may lie.
fn measure(bytes: &[u8], limits: &Limits) -> Result<(), SheetError> {
    let damaged = |error: &dyn std::fmt::Display| SheetError::Workbook(error.to_string());
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    if archive.len() > limits.parts {
        return Err(SheetError::TooLarge(limits.mib));
    }
    let mut left = limits.mib * 1024 * 1024;
    let mut tags = 0usize;
    let mut buffer = vec![0u8; 65_536];
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|error| damaged(&error))?;
        loop {
            let read = part.read(&mut buffer).map_err(|error| damaged(&error))?;
            if read == 0 {
                break;
            }
            left = left.checked_sub(read as u64).ok_or(SheetError::TooLarge(limits.mib))?;
            tags += buffer[..read].iter().filter(|byte| **byte == b'<').count();
            if tags > limits.tags {
                return Err(SheetError::TooLarge(limits.mib));
            }
        }
    }
    Ok(())
}

fn read(bytes: &[u8], worksheet: Option<&str>) -> Result<Rows, SheetError> {
    let damaged = |error: XlsxError| match error {
        XlsxError::Password => SheetError::OldOrProtected,
        error => SheetError::Workbook(error.to_string()),
    };
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(damaged)?;
    let names = book.sheet_names();
    let name = match worksheet {
        Some(wanted) => names.iter().find(|name| name.as_str() == wanted),
        None => names.first(),
    };
    let Some(name) = name.cloned() else {
        return Err(SheetError::NoWorksheet(worksheet.unwrap_or("1").to_owned()));
    };
    let mut cells = book.worksheet_cells_reader(&name).map_err(damaged)?;
    let mut rows: Vec<RawRow> = Vec::new();
    let mut count = 0usize;
    // The dimension that the sheet declares is often wrong and never used: only cells that exist are counted.
    while let Some(cell) = cells.next_cell().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let Some((text, fault)) = text_of(cell.get_value()) else {
            continue;
        };
        let column = column as usize;
        if column >= MAX_COLUMNS {
            return Err(SheetError::TooManyColumns);
        }
        let line = u64::from(row) + 1;
        if rows.last().is_none_or(|last| last.line != line) {
            rows.push(RawRow {
                line,
                cells: Vec::new(),
                problem: None,
                may_be_short: true,
            });
        }
        let Some(last) = rows.last_mut() else { continue };
        if column >= last.cells.len() {
            count += column + 1 - last.cells.len();
            last.cells.resize(column + 1, None);
        }
        if count > MAX_CELLS || rows.len() as u64 > MAX_ROWS {
            return Err(SheetError::TooLarge(LIMITS.mib));
        }
        if let Some(last) = rows.last_mut() {
            last.cells[column] = text;
            last.problem = last.problem.take().or(fault);
        }
    }
    split_header(rows)
}

/// Official forms have a heading over the titles: the header is the first row with two cells, if one comes soon.
fn split_header(mut rows: Vec<RawRow>) -> Result<Rows, SheetError> {
    let filled = |row: &RawRow| row.cells.iter().flatten().count();
    let at = rows
        .iter()
        .take(HEADING_ROWS)
        .position(|row| filled(row) >= 2)
        .unwrap_or(0);
    if rows.is_empty() {
        return Err(SheetError::Empty);
    }
    let rest = rows.split_off(at + 1);
    let titles = rows.pop().map(|row| row.cells).unwrap_or_default();
    Ok((rest, titles))
}

type Text = (Option<String>, Option<lianfang_kernel::Problem>);

fn text_of(value: &DataRef<'_>) -> Option<Text> {
    let text = match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(is) => is.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::Error(_) => {
            let fault = problem(
                "cell_is_an_error",
                "有一格是公式错误（如 #N/A）",
                "a cell holds a formula error such as #N/A",
                "请改为值",
                "replace it by a value",
            );
            return Some((None, Some(fault)));
        }
    };
    Some((Some(text), None))
}

/// A number as a person reads it: no `.0`, no exponent for what a spreadsheet shows as digits.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e21 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

/// Dates as ISO; a time without a date as `08:30:00`; an elapsed time in hours, minutes and seconds.
fn moment_text(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    if moment.is_duration() {
        let seconds = (value * 86_400.0).round();
        let (hours, rest) = ((seconds / 3600.0).trunc(), seconds.abs() % 3600.0);
        return format!("{hours:.0}:{:02.0}:{:02.0}", (rest / 60.0).trunc(), rest % 60.0);
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    if (0.0..1.0).contains(&value) {
        time
    } else if value.fract() == 0.0 {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02} {time}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn bytes_parts_and_tags_are_counted_while_unpacking() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in ["a", "b"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all("<si/>".repeat(150_000).as_bytes()).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        let check = |mib, parts, tags| measure(&bytes, &Limits { mib, parts, tags });
        assert_eq!(check(2, 2, 300_000), Ok(()));
        assert_eq!(check(1, 2, 300_000), Err(SheetError::TooLarge(1)));
        assert_eq!(check(2, 1, 300_000), Err(SheetError::TooLarge(2)));
        assert_eq!(check(2, 2, 299_999), Err(SheetError::TooLarge(2)));
    }
}
