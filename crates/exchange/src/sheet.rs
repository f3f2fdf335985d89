//! Reading a sheet: which format it is, its header, its rows.

use lianfang_kernel::Problem;

use crate::delimited::Delimited;
use crate::error_sheet::is_error_column;
use crate::json_lines::JsonLines;
use crate::misfit::{Misfit, problem};
use crate::{charset, fhir, hl7, lab, workbook};

/// Most rows of one sheet: what a worksheet can hold.
pub(crate) const MAX_ROWS: u64 = 1_048_576;
/// Most columns of one sheet.
pub(crate) const MAX_COLUMNS: usize = 512;
/// Longest text of a cell in bytes: Excel's 32,767 characters in the widest form.
pub(crate) const MAX_CELL_BYTES: usize = 131_068;

/// The formats that are read and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetFormat {
    /// RFC 4180 with comma, semicolon or tab.
    Csv,
    /// Office Open XML workbook.
    Xlsx,
    /// One JSON object a line.
    JsonLines,
    /// HL7 version 2 messages ORU^R01: results of laboratories.
    Hl7,
    /// FHIR R4 in JSON: observations of a bundle, with their patients and specimens.
    Fhir,
}

impl SheetFormat {
    /// The format a file name promises; none for unknown endings.
    pub fn from_file_name(name: &str) -> Option<SheetFormat> {
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(SheetFormat::Csv),
            "xlsx" | "xlsm" => Some(SheetFormat::Xlsx),
            "jsonl" | "ndjson" => Some(SheetFormat::JsonLines),
            "hl7" | "oru" => Some(SheetFormat::Hl7),
            "fhir" => Some(SheetFormat::Fhir),
            _ => None,
        }
    }
}

/// What the caller knows about a sheet; everything unknown is found out from the bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetHint {
    /// The format; content that plainly is a workbook is read as one whatever this says.
    pub format: Option<SheetFormat>,
    /// The separator of a CSV.
    pub separator: Option<u8>,
    /// The worksheet's name; the first one otherwise.
    pub worksheet: Option<String>,
}

/// One row: texts by column, in the order of [`SheetReader::header`]; `None` for an empty cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// Line of the file or row of the worksheet where it begins, from 1.
    pub line: u64,
    /// The cells, as many as the header has columns.
    pub cells: Vec<Option<String>>,
}

/// A row that cannot be used, with what there is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The cells that were found: fewer or more than there are columns.
    pub row: SheetRow,
    /// Why.
    pub misfit: Misfit,
}

/// Why no sheet can be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// There is no row.
    #[error("the sheet is empty")]
    Empty,
    /// A byte sequence that the encoding does not have.
    #[error("line {line}: bytes that are not {encoding}")]
    Characters {
        /// Name of the encoding.
        encoding: &'static str,
        /// First line concerned, from 1.
        line: u64,
    },
    /// Two columns with one title.
    #[error("two columns have the title {0}")]
    DoubledColumn(String),
    /// More than 512 columns.
    #[error("more than {MAX_COLUMNS} columns")]
    TooManyColumns,
    /// Unpacked, it is larger than is accepted.
    #[error("unpacked, the workbook is larger than {0} MiB")]
    TooLarge(u64),
    /// The workbook is damaged, or no workbook.
    #[error("the workbook is damaged: {0}")]
    Workbook(String),
    /// The workbook has a password.
    #[error("the workbook is protected by a password, or in the format before 2007")]
    OldOrProtected,
    /// No worksheet of that name.
    #[error("there is no worksheet {0}")]
    NoWorksheet(String),
    /// A column that the reader needs is missing.
    #[error("there is no column {0}")]
    NoColumn(String),
    /// The first line is no JSON object.
    #[error("line 1 is no JSON object")]
    NotJsonLines,
    /// There is no message header in it.
    #[error("there is no HL7 message in it")]
    NotHl7,
    /// There is no resource in it, or it is no JSON.
    #[error("there is no FHIR resource in it")]
    NotFhir,
}

impl SheetError {
    /// The error in both languages, with its hint.
    pub fn problem(&self) -> Problem {
        let (code, zh, hint_zh, hint_en) = match self {
            SheetError::Empty => (
                "sheet_empty",
                "表中没有内容".to_owned(),
                "第一行应为列名",
                "the first row holds the titles",
            ),
            SheetError::Characters { encoding, line } => (
                "sheet_characters",
                format!("第{line}行有不属于 {encoding} 编码的字节"),
                "请在电子表格中另存为“CSV UTF-8”",
                "save it again as CSV UTF-8",
            ),
            SheetError::DoubledColumn(title) => (
                "sheet_doubled_column",
                format!("有两列同名“{title}”"),
                "请改名或删去其中一列",
                "rename or remove one of them",
            ),
            SheetError::TooManyColumns => (
                "sheet_too_many_columns",
                format!("超过{MAX_COLUMNS}列"),
                "请删去空白列",
                "remove empty columns",
            ),
            SheetError::TooLarge(mib) => (
                "sheet_too_large",
                format!("工作簿解压后超过{mib} MiB"),
                "请分成几份，或另存为CSV",
                "split it, or save it as CSV",
            ),
            SheetError::Workbook(_) => (
                "sheet_damaged",
                "工作簿已损坏".to_owned(),
                "请用电子表格软件打开后重新保存",
                "open it in a spreadsheet program and save it again",
            ),
            SheetError::OldOrProtected => (
                "sheet_old_or_protected",
                "工作簿有密码，或为2007年以前的格式".to_owned(),
                "请去掉密码并另存为 .xlsx",
                "remove the password and save it as .xlsx",
            ),
            SheetError::NoWorksheet(name) => (
                "sheet_no_worksheet",
                format!("没有名为“{name}”的工作表"),
                "请核对工作表名称",
                "check the name of the worksheet",
            ),
            SheetError::NoColumn(title) => (
                "sheet_no_column",
                format!("缺少“{title}”列"),
                "请补上该列",
                "add the column",
            ),
            SheetError::NotJsonLines | SheetError::NotHl7 | SheetError::NotFhir => self.other_format(),
        };
        problem(code, &zh, &self.to_string(), hint_zh, hint_en)
    }

    /// The file is not of the format that it is said to be.
    fn other_format(&self) -> (&'static str, String, &'static str, &'static str) {
        let (code, zh, hint_zh, hint_en) = match self {
            SheetError::NotHl7 => (
                "sheet_not_hl7",
                "文件中没有 HL7 消息",
                "消息以 MSH 段开头",
                "a message begins with MSH",
            ),
            SheetError::NotFhir => (
                "sheet_not_fhir",
                "文件中没有 FHIR 资源",
                "应为 JSON 格式的 Bundle 或资源",
                "send a Bundle or resources as JSON",
            ),
            _ => (
                "sheet_not_json_lines",
                "第1行不是JSON对象",
                "每行应为一个 {…}",
                "each line is one {…}",
            ),
        };
        (code, zh.to_owned(), hint_zh, hint_en)
    }
}

/// A row as the format gives it, before it is compared with the header.
pub(crate) struct RawRow {
    pub line: u64,
    pub cells: Vec<Option<String>>,
    /// A fault of the format itself.
    pub problem: Option<Problem>,
    /// Whether trailing cells may be absent: worksheets and JSON leave out what is empty.
    pub may_be_short: bool,
}

pub(crate) enum Source<'a> {
    Delimited(Delimited<'a>),
    JsonLines(JsonLines<'a>),
    Whole(std::vec::IntoIter<RawRow>),
}

impl Source<'_> {
    fn next_row(&mut self) -> Option<RawRow> {
        match self {
            Source::Delimited(rows) => rows.next_row(),
            Source::JsonLines(rows) => rows.next_row(),
            Source::Whole(rows) => rows.next(),
        }
    }
}

/// The rows of a sheet, one after the other. Empty rows are passed over.
pub struct SheetReader<'a> {
    source: Source<'a>,
    header: Vec<String>,
    /// Whether each column of the file is given out; the columns of our own error sheets are not.
    kept: Vec<bool>,
    format: SheetFormat,
    rows: u64,
}

impl std::fmt::Debug for SheetReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SheetReader")
            .field("format", &self.format)
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// Opens a sheet. The format is taken from the content, then from the hint; CSV is what remains.
///
/// # Errors
/// [`SheetError`] when there is no header or the bytes cannot be read at all. Faults of single rows come while reading.
pub fn read_sheet<'a>(bytes: &'a [u8], hint: &SheetHint) -> Result<SheetReader<'a>, SheetError> {
    let format = format_of(bytes, hint)?;
    let (source, titles) = match format {
        SheetFormat::Csv => {
            let (rows, titles) = Delimited::open(charset::decode(bytes)?, hint.separator)?;
            (Source::Delimited(rows), titles)
        }
        SheetFormat::JsonLines => {
            let (rows, titles) = JsonLines::open(charset::decode(bytes)?)?;
            (Source::JsonLines(rows), titles)
        }
        SheetFormat::Xlsx => {
            let (rows, titles) = workbook::open(bytes, hint.worksheet.as_deref())?;
            (Source::Whole(rows.into_iter()), titles)
        }
        SheetFormat::Hl7 => (
            Source::Whole(hl7::rows(&charset::decode(bytes)?)?.into_iter()),
            lab::titles(),
        ),
        SheetFormat::Fhir => (
            Source::Whole(fhir::rows(&charset::decode(bytes)?)?.into_iter()),
            lab::titles(),
        ),
    };
    let titles = tidy_titles(titles)?;
    let kept: Vec<bool> = titles.iter().map(|title| !is_error_column(title)).collect();
    let header = titles.into_iter().filter(|title| !is_error_column(title)).collect();
    Ok(SheetReader {
        source,
        header,
        kept,
        format,
        rows: 0,
    })
}

fn format_of(bytes: &[u8], hint: &SheetHint) -> Result<SheetFormat, SheetError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Ok(SheetFormat::Xlsx);
    }
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(SheetError::OldOrProtected);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let begins = text
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && *byte != 0x0B);
    let text = begins.and_then(|at| text.get(at..)).unwrap_or_default();
    let headers: [&[u8]; 3] = [b"MSH|", b"FHS|", b"BHS|"];
    if headers.iter().any(|header| text.starts_with(header)) {
        return Ok(SheetFormat::Hl7);
    }
    if let Some(format) = hint.format {
        return Ok(format);
    }
    Ok(match text.first() {
        Some(b'{' | b'[') if fhir::is_fhir(text) => SheetFormat::Fhir,
        Some(b'{') => SheetFormat::JsonLines,
        _ => SheetFormat::Csv,
    })
}

/// Titles on one line, without surrounding space; empty trailing ones are dropped, doubled ones refused.
fn tidy_titles(titles: Vec<Option<String>>) -> Result<Vec<String>, SheetError> {
    let mut titles: Vec<String> = titles
        .into_iter()
        .map(|title| {
            title
                .unwrap_or_default()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect();
    while titles.last().is_some_and(String::is_empty) {
        titles.pop();
    }
    if titles.is_empty() {
        return Err(SheetError::Empty);
    }
    if titles.len() > MAX_COLUMNS {
        return Err(SheetError::TooManyColumns);
    }
    let mut seen = std::collections::HashSet::new();
    match titles
        .iter()
        .find(|title| !title.is_empty() && !seen.insert(title.as_str()))
    {
        Some(doubled) => Err(SheetError::DoubledColumn(doubled.clone())),
        None => Ok(titles),
    }
}

impl SheetReader<'_> {
    /// The titles of the columns; an untitled column has an empty one.
    pub fn header(&self) -> &[String] {
        &self.header
    }

    /// The format it turned out to be.
    pub fn format(&self) -> SheetFormat {
        self.format
    }

    fn judge(&self, mut raw: RawRow) -> Result<SheetRow, Box<BadRow>> {
        let line = raw.line;
        let width = self.kept.len();
        let found = raw.cells.len();
        if raw.problem.is_none() {
            let is_over = raw.cells.iter().skip(width).any(Option::is_some);
            raw.problem = raw
                .cells
                .iter()
                .flatten()
                .any(|cell| cell.len() > MAX_CELL_BYTES)
                .then(too_long)
                .or_else(|| (is_over || (found < width && !raw.may_be_short)).then(|| ragged(found, width)));
        }
        if raw.problem.is_none() {
            raw.cells.resize(width, None);
        }
        let kept = |index: usize| self.kept.get(index).copied().unwrap_or(true);
        let cells = raw
            .cells
            .into_iter()
            .enumerate()
            .filter(|(index, _)| kept(*index))
            .map(|(_, cell)| cell)
            .collect();
        let row = SheetRow { line, cells };
        match raw.problem {
            None => Ok(row),
            Some(problem) => Err(Box::new(BadRow {
                row,
                misfit: Misfit::new(line, None, problem),
            })),
        }
    }
}

impl Iterator for SheetReader<'_> {
    type Item = Result<SheetRow, Box<BadRow>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rows > MAX_ROWS {
            return None;
        }
        let is_escaped = self.format == SheetFormat::Csv;
        loop {
            let mut raw = self.source.next_row()?;
            for cell in &mut raw.cells {
                tidy_cell(cell, is_escaped);
            }
            if raw.problem.is_none() && raw.cells.iter().all(Option::is_none) {
                continue;
            }
            self.rows += 1;
            if self.rows > MAX_ROWS {
                raw.problem = Some(too_many_rows());
            }
            return Some(self.judge(raw));
        }
    }
}

/// In CSV, the apostrophe that keeps a spreadsheet from reading text as a formula is not part of the text; and blank is
/// empty.
fn tidy_cell(cell: &mut Option<String>, is_escaped: bool) {
    let Some(text) = cell else { return };
    if is_escaped
        && let Some(rest) = text.strip_prefix('\'')
        && crate::write::is_risky(rest)
    {
        *text = rest.to_owned();
    }
    if text.trim().is_empty() {
        *cell = None;
    }
}

fn ragged(found: usize, width: usize) -> Problem {
    problem(
        "row_ragged",
        &format!("有{found}格，表头有{width}列"),
        &format!("{found} cells under {width} titles"),
        "请检查本行是否多了或少了分隔符、引号",
        "look for a missing or additional separator or quote",
    )
}

fn too_long() -> Problem {
    problem(
        "cell_too_long",
        "有一格文字过长",
        "a cell is too long",
        "可能有引号没有成对；请检查本行",
        "a quote may not be closed; look at this line",
    )
}

fn too_many_rows() -> Problem {
    problem(
        "too_many_rows",
        "超过1,048,576行，其余未读",
        "more than 1,048,576 rows, the rest is not read",
        "请分成几份",
        "split the sheet",
    )
}
