//! Workbooks in and out, error sheets, and workbooks that mean harm.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use std::io::{Cursor, Write};

use lianfang_exchange::{
    ErrorSheet, Misfit, SheetColumn, SheetError, SheetFormat, SheetHint, SheetRow, SheetWriter, WriteError,
    WriteOptions, read_sheet,
};
use lianfang_kernel::{Instant, Lang, Problem, Words};
use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn read(bytes: &[u8]) -> Result<(Vec<String>, Vec<SheetRow>), SheetError> {
    let sheet = read_sheet(bytes, &SheetHint::default())?;
    Ok((sheet.header().to_vec(), sheet.filter_map(Result::ok).collect()))
}

fn texts(row: &SheetRow) -> Vec<&str> {
    row.cells.iter().map(|cell| cell.as_deref().unwrap_or("")).collect()
}

const CONTENT_TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const WORKBOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
const STYLES: &str = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>"#;

/// A workbook with this worksheet, made by hand: our own writer would never make a wrong one.
fn workbook(sheet_data: &str) -> Vec<u8> {
    let sheet = format!(
        r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{sheet_data}</worksheet>"#
    );
    archive(&[
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("_rels/.rels", RELS.as_bytes()),
        ("xl/workbook.xml", WORKBOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", WORKBOOK_RELS.as_bytes()),
        ("xl/styles.xml", STYLES.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text_cell(at: &str, text: &str) -> String {
    format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn dates_numbers_and_a_wrong_dimension() {
    let sheet = format!(
        r#"<dimension ref="A1"/><sheetData><row r="1">{}</row><row r="3">{}{}{}</row><row r="4"><c r="A4" s="1"><v>43831</v></c><c r="B4"><v>36.6</v></c><c r="C4" s="2"><v>43831.5</v></c></row><row r="9"><c r="B9"><v>110105194912310000</v></c></row></sheetData>"#,
        text_cell("A1", "2020年返乡人员登记表"),
        text_cell("A3", "日期"),
        text_cell("B3", "体温"),
        text_cell("C3", "时间"),
    );
    let (header, rows) = read(&workbook(&sheet)).unwrap();
    assert_eq!(
        header,
        ["日期", "体温", "时间"],
        "the heading over the titles is passed over"
    );
    assert_eq!(texts(&rows[0]), ["2020-01-01", "36.6", "2020-01-01 12:00:00"]);
    assert_eq!((rows[1].line, texts(&rows[1])), (9, vec!["", "110105194912310000", ""]));
}

#[test]
fn a_worksheet_is_chosen_by_name() {
    let book = workbook(&format!("<sheetData><row>{}</row></sheetData>", text_cell("A1", "a")));
    let hint = |name: &str| SheetHint {
        worksheet: Some(name.to_owned()),
        ..SheetHint::default()
    };
    assert_eq!(read_sheet(&book, &hint("名单")).unwrap().header(), ["a"]);
    assert_eq!(
        read_sheet(&book, &hint("别的")).unwrap_err(),
        SheetError::NoWorksheet("别的".to_owned())
    );
}

#[test]
fn a_formula_error_is_a_fault_of_its_row_only() {
    let sheet = format!(
        r#"<sheetData><row r="1">{}{}</row><row r="2"><c r="A2" t="e"><v>#N/A</v></c></row><row r="3"><c r="A3"><v>1</v></c></row></sheetData>"#,
        text_cell("A1", "a"),
        text_cell("B1", "b"),
    );
    let book = workbook(&sheet);
    let rows: Vec<_> = read_sheet(&book, &SheetHint::default()).unwrap().collect();
    assert_eq!(rows[0].as_ref().unwrap_err().misfit.problem.code, "cell_is_an_error");
    assert_eq!(texts(rows[1].as_ref().unwrap()), ["1", ""]);
}

#[test]
fn a_zip_bomb_is_refused() {
    // Over the limit of tags; the limit of bytes is tried beside the reader, where a test can lower it.
    let tags = vec![b'<'; 20_000_001];
    let bomb = archive(&[
        ("[Content_Types].xml", CONTENT_TYPES.as_bytes()),
        ("xl/sharedStrings.xml", &tags),
    ]);
    assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
    assert_eq!(read(&bomb).unwrap_err(), SheetError::TooLarge(256));
}

#[test]
fn rows_and_columns_far_away_cost_nothing_or_are_refused() {
    let far = workbook(&format!(
        r#"<sheetData><row r="1">{}{}</row><row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>"#,
        text_cell("A1", "a"),
        text_cell("B1", "b"),
    ));
    assert_eq!(read(&far).unwrap().1[0].line, 1_048_576);
    let wide = workbook(&format!("<sheetData><row>{}</row></sheetData>", text_cell("XFD1", "a")));
    assert_eq!(read(&wide).unwrap_err(), SheetError::TooManyColumns);
}

#[test]
fn broken_workbooks_are_refused() {
    let good = workbook(&format!(
        "<sheetData><row>{}{}</row></sheetData>",
        text_cell("A1", "a"),
        text_cell("B1", "b")
    ));
    assert!(read(&good).is_ok());
    assert!(matches!(read(&good[..good.len() / 2]), Err(SheetError::Workbook(_))));
    assert!(matches!(read(b"PK\x03\x04nothing"), Err(SheetError::Workbook(_))));
    assert!(matches!(
        read(&archive(&[("hello.txt", b"x")])),
        Err(SheetError::Workbook(_))
    ));
    assert_eq!(
        read(&workbook("<sheetData></sheetData>")).unwrap_err(),
        SheetError::Empty
    );
    assert!(matches!(
        read(&workbook("<sheetData><row><c")),
        Err(SheetError::Workbook(_))
    ));
}

fn write(format: SheetFormat, options: WriteOptions, rows: &[[&str; 2]]) -> Vec<u8> {
    let columns = vec![SheetColumn::text("姓名"), SheetColumn::number("体温")];
    let mut sheet = SheetWriter::new(format, columns, options, Vec::new()).unwrap();
    for row in rows {
        sheet.row(&row.map(|cell| (!cell.is_empty()).then_some(cell))).unwrap();
    }
    sheet.finish().unwrap()
}

#[test]
fn every_format_reads_back_what_it_wrote() {
    let rows = [
        ["张三", "36.5"],
        ["=cmd|' /C calc'!A0", "-3"],
        ["a\"b,c\nd\re\u{7}", ""],
        ["'+1", "不详"],
        [" <&>\" _x0041_ ", "7"],
    ];
    for format in [SheetFormat::Csv, SheetFormat::Xlsx, SheetFormat::JsonLines] {
        let options = WriteOptions {
            byte_order_mark: true,
            spreadsheet_safe: true,
            ..WriteOptions::default()
        };
        let bytes = write(format, options, &rows);
        let (header, found) = read(&bytes).unwrap();
        assert_eq!(header, ["姓名", "体温"], "{format:?}");
        let found: Vec<Vec<&str>> = found.iter().map(texts).collect();
        assert_eq!(found, rows.map(|row| row.to_vec()), "{format:?}");
    }
}

#[test]
fn formulas_are_neutralised_only_when_asked_and_numbers_stay_numbers() {
    let rows = [["=1+1", "-3"]];
    let safe = write(
        SheetFormat::Csv,
        WriteOptions {
            spreadsheet_safe: true,
            ..WriteOptions::default()
        },
        &rows,
    );
    assert_eq!(String::from_utf8(safe).unwrap(), "姓名,体温\r\n'=1+1,-3\r\n");
    let raw = write(SheetFormat::Csv, WriteOptions::default(), &rows);
    assert_eq!(String::from_utf8(raw).unwrap(), "姓名,体温\r\n=1+1,-3\r\n");
    let lines = write(SheetFormat::JsonLines, WriteOptions::default(), &rows);
    assert_eq!(String::from_utf8(lines).unwrap(), "{\"姓名\":\"=1+1\",\"体温\":-3}\n");
}

#[test]
fn the_same_rows_give_the_same_workbook() {
    let made_at = Instant::parse("2020-02-05T08:00:00+08:00").unwrap();
    let options = WriteOptions {
        made_at,
        ..WriteOptions::default()
    };
    let rows = [["张三", "36.5"]];
    assert_eq!(
        write(SheetFormat::Xlsx, options.clone(), &rows),
        write(SheetFormat::Xlsx, options, &rows)
    );
}

#[test]
fn a_row_wider_than_the_header_is_refused() {
    let mut sheet = SheetWriter::new(
        SheetFormat::Csv,
        vec![SheetColumn::text("a")],
        WriteOptions::default(),
        Vec::new(),
    )
    .unwrap();
    assert!(matches!(
        sheet.row(&[Some("1"), Some("2")]),
        Err(WriteError::Ragged { found: 2, width: 1 })
    ));
}

#[test]
fn an_error_sheet_can_be_corrected_and_sent_again() {
    let header = ["姓名".to_owned(), "体温".to_owned()];
    let misfit = Misfit::new(
        7,
        Some("体温"),
        Problem::new(
            "cell_decimal",
            Words::new("应为数字", "not a number"),
            Words::new("只填数字", "digits only"),
        ),
    );
    for (lang, reason, line) in [
        (Lang::Zh, "体温：应为数字（只填数字）", "※行"),
        (Lang::En, "体温: not a number (digits only)", "※Line"),
    ] {
        let mut errors = ErrorSheet::new(&header, lang);
        let row = SheetRow {
            line: 7,
            cells: vec![Some("=张三".to_owned()), Some("三十七".to_owned())],
        };
        errors.push(&row, std::slice::from_ref(&misfit));
        let csv = String::from_utf8(errors.write(SheetFormat::Csv, Instant(0)).unwrap()).unwrap();
        assert!(
            csv.starts_with('\u{feff}') && csv.contains(reason) && csv.contains(line),
            "{csv}"
        );
        for format in [SheetFormat::Csv, SheetFormat::Xlsx] {
            let (found_header, rows) = read(&errors.write(format, Instant(0)).unwrap()).unwrap();
            assert_eq!(found_header, header, "reason and line are left out");
            assert_eq!(rows[0].cells, row.cells);
        }
    }
}

#[test]
fn an_error_sheet_keeps_the_surplus_cells_of_a_ragged_row() {
    let mut errors = ErrorSheet::new(&["a".to_owned()], Lang::En);
    let cells = vec![Some("1".to_owned()), Some("2".to_owned())];
    errors.push(&SheetRow { line: 2, cells }, &[]);
    let csv = String::from_utf8(errors.write(SheetFormat::Csv, Instant(0)).unwrap()).unwrap();
    assert!(csv.contains("a,※2,※Reason,※Line\r\n1,2,,2"), "{csv}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_damage_to_a_workbook_makes_it_panic(at in 0usize..4_000, with in any::<u8>(), cut in 0usize..4_000) {
        let mut book = write(SheetFormat::Xlsx, WriteOptions::default(), &[["张三", "36.5"], ["李四", "37"]]);
        let index = at % book.len();
        book[index] ^= with;
        let _ = read(&book);
        book.truncate(cut);
        let _ = read(&book);
    }

    #[test]
    fn no_worksheet_makes_it_panic(xml in "(<row( r=\"[0-9]{1,12}\")?>|</row>|<c r=\"[A-Z]{1,8}[0-9]{1,11}\"( t=\"[a-z]{1,3}\")?( s=\"[0-9]{1,9}\")?>|<v>|[0-9.eE-]{1,20}|</v>|</c>){0,12}") {
        let _ = read(&workbook(&format!("<sheetData>{xml}</sheetData>")));
    }

    #[test]
    fn text_survives_a_safe_csv(cells in prop::collection::vec("[='+@\\-\",;\\n\\ta中 ]{0,8}", 1..20)) {
        let options = WriteOptions { spreadsheet_safe: true, ..WriteOptions::default() };
        let mut sheet = SheetWriter::new(SheetFormat::Csv, vec![SheetColumn::text("k"), SheetColumn::text("t")], options, Vec::new()).unwrap();
        for cell in &cells {
            sheet.row(&[Some("1"), Some(cell)]).unwrap();
        }
        let (_, rows) = read(&sheet.finish().unwrap()).unwrap();
        let found: Vec<String> = rows.iter().map(|row| row.cells[1].clone().unwrap_or_default()).collect();
        let blank = |cell: &String| if cell.trim().is_empty() { String::new() } else { cell.clone() };
        let wanted: Vec<String> = cells.iter().map(blank).collect();
        prop_assert_eq!(found, wanted);
    }
}
