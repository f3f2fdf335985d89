//! Writing sheets: CSV, XLSX, JSON Lines.

use std::io::Write;

use lianfang_kernel::Instant;
use serde_json::Value;
use zip::result::ZipError;

use crate::sheet::{MAX_ROWS, SheetFormat};
use crate::workbook_writer::WorkbookWriter;

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
    /// Name of the worksheet; what a spreadsheet does not take is left out of it.
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
    /// The workbook cannot be packed.
    #[error("the workbook cannot be packed: {0}")]
    Packing(#[from] ZipError),
}

enum Target<W: Write> {
    Csv(W),
    JsonLines(W),
    Xlsx(Box<WorkbookWriter<W>>),
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
    target: Target<W>,
    columns: Vec<SheetColumn>,
    is_safe: bool,
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
    /// When the writer fails.
    pub fn new(
        format: SheetFormat,
        columns: Vec<SheetColumn>,
        options: WriteOptions,
        mut out: W,
    ) -> Result<SheetWriter<W>, WriteError> {
        let is_safe = options.spreadsheet_safe;
        let mut line = String::new();
        let target = match format {
            SheetFormat::Csv => {
                if options.byte_order_mark {
                    out.write_all("\u{FEFF}".as_bytes())?;
                }
                let titles = columns.iter().map(|column| (column.title.as_str(), is_safe));
                csv_line(&mut out, &mut line, titles)?;
                Target::Csv(out)
            }
            // What is read only goes out as lines of JSON.
            SheetFormat::JsonLines | SheetFormat::Hl7 | SheetFormat::Fhir => Target::JsonLines(out),
            SheetFormat::Xlsx => {
                let name = options.worksheet.as_deref().unwrap_or("Sheet1");
                Target::Xlsx(Box::new(WorkbookWriter::new(&columns, name, options.made_at, out)?))
            }
        };
        Ok(SheetWriter {
            target,
            columns,
            is_safe,
            rows: 0,
            line,
        })
    }

    /// Writes one row; cells left out at its end are empty.
    ///
    /// # Errors
    /// When there are more cells than columns, more rows than a worksheet holds, or the writer fails.
    pub fn row<T: AsRef<str>>(&mut self, cells: &[Option<T>]) -> Result<(), WriteError> {
        let width = self.columns.len();
        if cells.len() > width {
            return Err(WriteError::Ragged {
                found: cells.len(),
                width,
            });
        }
        self.rows = self.rows.saturating_add(1);
        let texts = cells.iter().map(|cell| cell.as_ref().map(AsRef::as_ref));
        let kinds = self.columns.iter().map(|column| column.kind);
        match &mut self.target {
            Target::Xlsx(book) => {
                if u64::from(self.rows) >= MAX_ROWS {
                    return Err(WriteError::TooManyRows);
                }
                book.row(kinds.zip(texts).map(|(kind, text)| Some((kind, text?))))
            }
            Target::JsonLines(out) => {
                // Keys in the order of the columns, which a map of serde_json would not keep.
                let mut line = String::from("{");
                for (column, text) in self.columns.iter().zip(texts) {
                    let Some(text) = text else { continue };
                    let comma = if line.len() > 1 { "," } else { "" };
                    let (key, value) = (Value::from(column.title.as_str()), json_value(column.kind, text));
                    line.push_str(&format!("{comma}{key}:{value}"));
                }
                line.push_str("}\n");
                Ok(out.write_all(line.as_bytes())?)
            }
            Target::Csv(out) => {
                let is_safe = self.is_safe;
                let texts = texts
                    .chain(std::iter::repeat_n(None, width - cells.len()))
                    .map(Option::unwrap_or_default);
                let cells = texts.zip(kinds);
                csv_line(
                    out,
                    &mut self.line,
                    cells.map(|(text, kind)| (text, is_safe && number(kind, text).is_none())),
                )
            }
        }
    }

    /// Ends the sheet and gives the writer back.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn finish(self) -> Result<W, WriteError> {
        let mut out = match self.target {
            Target::Csv(out) | Target::JsonLines(out) => out,
            Target::Xlsx(book) => book.finish()?,
        };
        out.flush()?;
        Ok(out)
    }
}

/// RFC 4180: CRLF, quotes around what needs them, quotes doubled. `line` is used again and again.
fn csv_line<'t>(
    out: &mut impl Write,
    line: &mut String,
    cells: impl Iterator<Item = (&'t str, bool)>,
) -> Result<(), WriteError> {
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
    Ok(out.write_all(line.as_bytes())?)
}

/// Whether a spreadsheet would take the text for a formula, also after an apostrophe that stands there already.
pub(crate) fn is_risky(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The number a cell holds, if its column has numbers and a spreadsheet keeps all its digits.
pub(crate) fn number(kind: ColumnKind, text: &str) -> Option<f64> {
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
