//! Writing a workbook row by row: ECMA-376, with one worksheet and texts in their cells.
//!
//! Each row is packed as it comes, so that a sheet of any length takes the memory of its packed bytes, nothing of it lies in a
//! temporary file, and packing goes on while the next rows are read.

use std::fmt::Write as _;
use std::io::Write;

use lianfang_kernel::{Instant, Zone};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use crate::write::{ColumnKind, SheetColumn, WriteError, number};

/// How hard it is packed, of 9.
const PACKED: i64 = 1;
/// Characters that a cell holds.
const CELL: usize = 32_767;
/// Characters that the name of a worksheet may have.
const NAME: usize = 31;
/// Bytes of rows that are packed together.
const TOGETHER: usize = 64 << 10;

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TYPES: &str = r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>"#;
const BOOK_RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// The second format is that of titles: bold.
const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#;
const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>"#;

/// A workbook on its way into `W`.
pub(crate) struct WorkbookWriter<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    /// Rows that are not packed yet.
    text: String,
    /// `A`, `B` … `AA` for each column.
    letters: Vec<String>,
    rows: u32,
}

impl<W: Write> WorkbookWriter<W> {
    /// Begins the workbook and writes its titles.
    pub fn new(columns: &[SheetColumn], name: &str, made_at: Instant, out: W) -> Result<WorkbookWriter<W>, WriteError> {
        let mut book = WorkbookWriter {
            zip: ZipWriter::new_stream(out),
            text: String::with_capacity(2 * TOGETHER),
            letters: (0..columns.len()).map(letters).collect(),
            rows: 0,
        };
        let parts = [
            ("[Content_Types].xml", TYPES.to_owned()),
            ("_rels/.rels", RELATIONS.to_owned()),
            ("docProps/core.xml", properties(made_at)),
            ("xl/workbook.xml", workbook(name)),
            ("xl/_rels/workbook.xml.rels", BOOK_RELATIONS.to_owned()),
            ("xl/styles.xml", STYLES.to_owned()),
        ];
        for (part, text) in parts {
            book.begin(part)?;
            book.zip.write_all(XML.as_bytes())?;
            book.zip.write_all(text.as_bytes())?;
        }
        book.begin("xl/worksheets/sheet1.xml")?;
        book.text.push_str(XML);
        book.text.push_str(SHEET);
        book.columns(columns);
        book.text.push_str("<sheetData>");
        let titles = columns
            .iter()
            .map(|column| Some((ColumnKind::Text, column.title.as_str())));
        book.cells(titles, " s=\"1\"")?;
        Ok(book)
    }

    /// Writes one row.
    pub fn row<'t>(&mut self, cells: impl Iterator<Item = Option<(ColumnKind, &'t str)>>) -> Result<(), WriteError> {
        self.cells(cells, "")
    }

    /// Ends the workbook and gives the writer back.
    pub fn finish(mut self) -> Result<W, WriteError> {
        self.text.push_str("</sheetData></worksheet>");
        self.pack()?;
        Ok(self.zip.finish()?.into_inner())
    }

    fn begin(&mut self, part: &str) -> Result<(), WriteError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(PACKED))
            .last_modified_time(DateTime::default());
        Ok(self.zip.start_file(part, options)?)
    }

    fn columns(&mut self, columns: &[SheetColumn]) {
        if columns.is_empty() {
            return;
        }
        self.text.push_str("<cols>");
        for (index, column) in columns.iter().enumerate() {
            let (at, width) = (index + 1, column.width.unwrap_or_else(|| width_of(&column.title)));
            let _ = write!(
                self.text,
                r#"<col min="{at}" max="{at}" width="{width}" customWidth="1"/>"#
            );
        }
        self.text.push_str("</cols>");
    }

    fn cells<'t>(
        &mut self,
        cells: impl Iterator<Item = Option<(ColumnKind, &'t str)>>,
        style: &str,
    ) -> Result<(), WriteError> {
        self.rows += 1;
        let row = self.rows.to_string();
        let text = &mut self.text;
        for piece in ["<row r=\"", &row, "\">"] {
            text.push_str(piece);
        }
        for (letters, cell) in self.letters.iter().zip(cells) {
            let Some((kind, content)) = cell else { continue };
            for piece in ["<c r=\"", letters, &row, "\"", style] {
                text.push_str(piece);
            }
            if let Some(number) = number(kind, content) {
                let _ = write!(text, "><v>{number}</v></c>");
                continue;
            }
            text.push_str(" t=\"inlineStr\"><is><t");
            if content.starts_with(char::is_whitespace) || content.ends_with(char::is_whitespace) {
                text.push_str(" xml:space=\"preserve\"");
            }
            text.push('>');
            push_escaped(text, shortened(content));
            text.push_str("</t></is></c>");
        }
        text.push_str("</row>");
        if self.text.len() >= TOGETHER {
            self.pack()
        } else {
            Ok(())
        }
    }

    fn pack(&mut self) -> Result<(), WriteError> {
        self.zip.write_all(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }
}

/// When it was made, as the clock of China had it.
fn properties(made_at: Instant) -> String {
    let (year, month, day, hour, minute) = Zone::china().civil(made_at);
    format!(
        r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dcterms:created xsi:type="dcterms:W3CDTF">{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00</dcterms:created></cp:coreProperties>"#
    )
}

fn workbook(name: &str) -> String {
    let mut text = String::from(
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><bookViews><workbookView/></bookViews><sheets><sheet name=""#,
    );
    push_escaped(&mut text, &tidy_name(name));
    text.push_str(r#"" sheetId="1" r:id="rId1"/></sheets></workbook>"#);
    text
}

/// The name of a worksheet as spreadsheets take it: the title of a register may be longer, or have a stroke in it.
fn tidy_name(name: &str) -> String {
    let is_refused = |c: char| c.is_control() || "[]:*?/\\".contains(c);
    let mut tidy = name.replace(is_refused, " ");
    // Characters beyond the basic plane count twice.
    while tidy.encode_utf16().count() > NAME {
        tidy.pop();
    }
    let tidy = tidy.trim_matches(|c: char| c == '\'' || c.is_whitespace());
    if tidy.is_empty() { "Sheet1" } else { tidy }.to_owned()
}

/// Letters of a column, from 0: A … Z, AA …
fn letters(column: usize) -> String {
    let mut text = String::new();
    let mut rest = column + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        text.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    text
}

/// Chinese characters are twice as wide as Latin ones; between 10 and 40.
fn width_of(title: &str) -> f64 {
    let width: u32 = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    f64::from((width + 4).clamp(10, 40))
}

fn shortened(text: &str) -> &str {
    // No text has more characters than bytes.
    if text.len() <= CELL {
        return text;
    }
    text.char_indices().nth(CELL).map_or(text, |(end, _)| &text[..end])
}

/// What XML cannot hold goes by its number, as ST_Xstring of ECMA-376 has it (22.9.2.19); a text that looks like one is told apart.
fn push_escaped(out: &mut String, text: &str) {
    let mut done = 0;
    for (at, c) in text.char_indices() {
        let is_plain = match c {
            '&' | '<' | '>' | '"' | '\u{FFFE}' | '\u{FFFF}' => false,
            '_' => !is_number(&text[at..]),
            '\t' | '\n' => true,
            c => c >= ' ',
        };
        if is_plain {
            continue;
        }
        out.push_str(&text[done..at]);
        done = at + c.len_utf8();
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => {
                let _ = write!(out, "_x{:04X}_", u32::from(c));
            }
        }
    }
    out.push_str(&text[done..]);
}

/// Whether it begins like `_x000D_`.
fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[2..6].iter().all(u8::is_ascii_hexdigit) && bytes[6] == b'_'
}

#[cfg(test)]
mod tests {
    use super::{letters, push_escaped, tidy_name};

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        assert_eq!(
            [0, 25, 26, 51, 701, 702].map(letters),
            ["A", "Z", "AA", "AZ", "ZZ", "AAA"]
        );
    }

    #[test]
    fn what_xml_cannot_hold_goes_by_its_number() {
        let escaped = |text: &str| {
            let mut out = String::new();
            push_escaped(&mut out, text);
            out
        };
        assert_eq!(escaped("a<b>&\"c\" 张三\n\t"), "a&lt;b&gt;&amp;&quot;c&quot; 张三\n\t");
        assert_eq!(escaped("\u{7}\r"), "_x0007__x000D_");
        assert_eq!(escaped("_x0041_ _x_ _"), "_x005F_x0041_ _x_ _");
    }

    #[test]
    fn a_worksheet_has_a_name_that_spreadsheets_take() {
        let names = [
            ("病例 1", "病例 1"),
            ("Case reports / corrections", "Case reports   corrections"),
            ("'quoted'", "quoted"),
            ("[:]", "Sheet1"),
            ("", "Sheet1"),
        ];
        for (name, tidy) in names {
            assert_eq!(tidy_name(name), tidy);
        }
        assert_eq!(tidy_name(&"名".repeat(32)), "名".repeat(31));
        assert_eq!(tidy_name(&"😷".repeat(16)), "😷".repeat(15));
    }
}
