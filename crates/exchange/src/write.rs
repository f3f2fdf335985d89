//! Writing sheets: CSV, XLSX, JSON Lines.
//!
//! A workbook is built in memory: a temporary file would put personal data on a disk that nobody looks after.

use std::io::Write;

use lianfang_kernel::{Instant, Zone};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use serde_json::Value;

use crate::sheet::{MAX_ROWS, SheetFormat};

/// What a column holds, as far as a spreadsheet cares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text: identity numbers too, which a spreadsheet would round as numbers.
    #[default]
    Text,
    /// Numbers, right-aligned and summable; a cell that is no number is written as text.
    Number,
}

/// One column of a sheet to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SheetColumn {
    /// Its title; in JSON Lines the key.
    pub title: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Width in a workbook, in characters; by the title otherwise.
    pub width: Option<f64>,
}

impl SheetColumn {
    /// A column of text.
    pub fn text(title: impl Into<String>) -> SheetColumn {
        SheetColumn {
            title: title.into(),
            ..SheetColumn::default()
        }
    }

    /// A column of numbers.
    pub fn number(title: impl Into<String>) -> SheetColumn {
        SheetColumn {
            title: title.into(),
            kind: ColumnKind::Number,
            width: None,
        }
    }
}

/// How to write.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WriteOptions {
    /// A byte order mark in CSV, without which Excel in China reads UTF-8 as GB 18030.
    pub byte_order_mark: bool,
    /// In CSV, an apostrophe before text that a spreadsheet would run as a formula. Reading takes it off again.
    pub spreadsheet_safe: bool,
    /// Name of the worksheet.
    pub worksheet: Option<String>,
    /// The moment written into a workbook's properties.
    pub made_at: Instant,
}

/// Why a sheet could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The writer underneath failed.
    #[error("the sheet cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// A worksheet holds 1,048,576 rows.
    #[error("a worksheet holds 1,048,576 rows; write CSV, or fewer rows")]
    TooManyRows,
    /// A row has more cells than there are columns.
    #[error("a row has {found} cells under {width} titles")]
    Ragged {
        /// Cells of the row.
        found: usize,
        /// Columns.
        width: usize,
    },
    /// The workbook cannot be built.
    #[error("the workbook cannot be built: {0}")]
    Workbook(#[from] XlsxError),
}

/// How hard a workbook is packed, of 9. 200,000 rows of 23 cells took 7.8 s at the usual 6, and 5.6 s at 1 with twice the bytes.
const PACKED: u8 = 2;

enum Target {
    Csv,
    JsonLines,
    Xlsx(Box<Workbook>),
}

/// Writes rows under a header, one by one, into `W`.
///
/// ```
/// use lianfang_exchange::{SheetColumn, SheetFormat, SheetWriter, WriteOptions};
/// let columns = vec![SheetColumn::text("姓名"), SheetColumn::number("体温")];
/// let mut sheet = SheetWriter::new(SheetFormat::Csv, columns, WriteOptions::default(), Vec::new()).unwrap();
/// sheet.row(&[Some("张三"), Some("36.5")]).unwrap();
/// assert_eq!(sheet.finish().unwrap(), "姓名,体温\r\n张三,36.5\r\n".as_bytes());
/// ```
pub struct SheetWriter<W: Write> {
    target: Target,
    columns: Vec<SheetColumn>,
    options: WriteOptions,
    out: W,
    rows: u32,
    line: String,
}

impl<W: Write> std::fmt::Debug for SheetWriter<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SheetWriter")
            .field("columns", &self.columns)
            .field("rows", &self.rows)
            .finish_non_exhaustive()
    }
}

impl<W: Write> SheetWriter<W> {
    /// Begins a sheet and writes its header.
    ///
    /// # Errors
    /// When the writer fails or the worksheet's name is not allowed.
    pub fn new(
        format: SheetFormat,
        columns: Vec<SheetColumn>,
        options: WriteOptions,
        out: W,
    ) -> Result<SheetWriter<W>, WriteError> {
        let target = match format {
            SheetFormat::Csv => Target::Csv,
            // What is read only goes out as lines of JSON.
            SheetFormat::JsonLines | SheetFormat::Hl7 | SheetFormat::Fhir => Target::JsonLines,
            SheetFormat::Xlsx => Target::Xlsx(Box::new(begin_workbook(&columns, &options)?)),
        };
        let mut writer = SheetWriter {
            target,
            columns,
            options,
            out,
            rows: 0,
            line: String::new(),
        };
        if matches!(writer.target, Target::Csv) {
            if writer.options.byte_order_mark {
                writer.out.write_all("\u{FEFF}".as_bytes())?;
            }
            let titles: Vec<String> = writer.columns.iter().map(|column| column.title.clone()).collect();
            let is_safe = writer.options.spreadsheet_safe;
            writer.csv_line(titles.iter().map(|title| (title.as_str(), is_safe)))?;
        }
        Ok(writer)
    }

    /// Writes one row; cells left out at its end are empty.
    ///
    /// # Errors
    /// When there are more cells than columns, more rows than a worksheet holds, or the writer fails.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[Option<T>]) -> Result<(), WriteError> {
        if cells.len() > self.columns.len() {
            return Err(WriteError::Ragged {
                found: cells.len(),
                width: self.columns.len(),
            });
        }
        self.rows = self.rows.saturating_add(1);
        let texts = cells.iter().map(|cell| cell.as_ref().map(AsRef::as_ref));
        match &mut self.target {
            Target::Xlsx(book) => {
                if u64::from(self.rows) >= MAX_ROWS {
                    return Err(WriteError::TooManyRows);
                }
                write_worksheet_row(book, self.rows, &self.columns, texts)
            }
            Target::JsonLines => {
                // Keys in the order of the columns, which a map of serde_json would not keep.
                let mut line = String::from("{");
                for (column, text) in self.columns.iter().zip(texts) {
                    let Some(text) = text else { continue };
                    let comma = if line.len() > 1 { "," } else { "" };
                    let (key, value) = (Value::from(column.title.as_str()), json_value(column.kind, text));
                    line.push_str(&format!("{comma}{key}:{value}"));
                }
                line.push_str("}\n");
                Ok(self.out.write_all(line.as_bytes())?)
            }
            Target::Csv => {
                let is_safe = self.options.spreadsheet_safe;
                let kinds: Vec<ColumnKind> = self.columns.iter().map(|column| column.kind).collect();
                let missing = kinds.len() - cells.len();
                let texts = texts
                    .chain(std::iter::repeat_n(None, missing))
                    .map(Option::unwrap_or_default);
                self.csv_line(
                    texts
                        .zip(kinds)
                        .map(|(text, kind)| (text, is_safe && number(kind, text).is_none())),
                )
            }
        }
    }

    /// Ends the sheet and gives the writer back.
    ///
    /// # Errors
    /// When the workbook cannot be built or the writer fails.
    pub fn finish(self) -> Result<W, WriteError> {
        let mut out = self.out;
        if let Target::Xlsx(mut book) = self.target {
            let bytes = book.save_to_buffer();
            // Millions of cells, each in a place of its own, are given back while the sheet is on its way.
            std::thread::spawn(move || drop(book));
            out.write_all(&bytes?)?;
        }
        out.flush()?;
        Ok(out)
    }

    /// RFC 4180: CRLF, quotes around what needs them, quotes doubled.
    fn csv_line<'t>(&mut self, cells: impl Iterator<Item = (&'t str, bool)>) -> Result<(), WriteError> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        for (index, (text, is_escaped)) in cells.enumerate() {
            if index > 0 {
                line.push(',');
            }
            let apostrophe = if is_escaped && is_risky(text) { "'" } else { "" };
            if text.contains([',', '"', '\r', '\n', ';', '\t']) || text.starts_with(' ') || text.ends_with(' ') {
                line.push('"');
                line.push_str(apostrophe);
                line.push_str(&text.replace('"', "\"\""));
                line.push('"');
            } else {
                line.push_str(apostrophe);
                line.push_str(text);
            }
        }
        // A single empty cell would be a blank line, which readers pass over.
        if line.is_empty() {
            line.push_str("\"\"");
        }
        line.push_str("\r\n");
        self.out.write_all(line.as_bytes())?;
        self.line = line;
        Ok(())
    }
}

/// Whether a spreadsheet would take the text for a formula, also after an apostrophe that stands there already.
pub(crate) fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The number a cell holds, if its column has numbers and a spreadsheet keeps all its digits.
fn number(kind: ColumnKind, text: &str) -> Option<f64> {
    if kind != ColumnKind::Number {
        return None;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let is_kept = is_plain && (1..=15).contains(&digits);
    is_kept.then(|| text.parse::<f64>().ok()).flatten()
}

fn json_value(kind: ColumnKind, text: &str) -> Value {
    match number(kind, text) {
        Some(_) if !text.contains('.') => text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from),
        Some(number) => Value::from(number),
        None => Value::from(text),
    }
}

fn begin_workbook(columns: &[SheetColumn], options: &WriteOptions) -> Result<Workbook, WriteError> {
    let mut book = Workbook::new();
    book.set_zip_compression_level(PACKED);
    let (year, month, day, hour, minute) = Zone::china().civil(options.made_at);
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let made_at = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(1970), part(month), part(day))
        .and_then(|date| date.and_hms(u16::from(part(hour)), part(minute), 0.0));
    if let Ok(made_at) = made_at {
        book.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    }
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    if let Some(name) = &options.worksheet {
        sheet.set_name(name)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (index, column) in columns.iter().enumerate() {
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        sheet.write_string_with_format(0, index, &column.title, &bold)?;
        sheet.set_column_width(index, column.width.unwrap_or_else(|| width_of(&column.title)))?;
    }
    Ok(book)
}

/// Chinese characters are twice as wide as Latin ones; between 10 and 40.
fn width_of(title: &str) -> f64 {
    let width: u32 = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    f64::from((width + 4).clamp(10, 40))
}

fn write_worksheet_row<'t>(
    book: &mut Workbook,
    row: u32,
    columns: &[SheetColumn],
    texts: impl Iterator<Item = Option<&'t str>>,
) -> Result<(), WriteError> {
    let sheet = book.worksheet_from_index(0)?;
    for (index, (column, text)) in columns.iter().zip(texts).enumerate() {
        let Some(text) = text else { continue };
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        match number(column.kind, text) {
            Some(number) => sheet.write_number(row, index, number)?,
            None => sheet.write_string(row, index, shortened(text))?,
        };
    }
    Ok(())
}

/// Characters that a cell of a workbook holds.
const CELL: usize = 32_767;

fn shortened(text: &str) -> &str {
    // No text has more characters than bytes.
    if text.len() <= CELL {
        return text;
    }
    text.char_indices().nth(CELL).map_or(text, |(end, _)| &text[..end])
}
