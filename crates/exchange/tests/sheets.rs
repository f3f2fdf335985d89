//! Text sheets: characters, separators, ragged and broken rows.
#![expect(clippy::unwrap_used, reason = "the helpers of tests are tests")]

use lianfang_exchange::{BadRow, SheetError, SheetFormat, SheetHint, SheetRow, read_sheet};
use proptest::prelude::*;

type Read = (Vec<String>, Vec<Result<SheetRow, Box<BadRow>>>);

fn read(bytes: &[u8]) -> Result<Read, SheetError> {
    let sheet = read_sheet(bytes, &SheetHint::default())?;
    Ok((sheet.header().to_vec(), sheet.collect()))
}

fn row(line: u64, cells: &[&str]) -> SheetRow {
    let cells = cells
        .iter()
        .map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned()))
        .collect();
    SheetRow { line, cells }
}

fn check(text: &[u8], header: &[&str], rows: &[SheetRow]) {
    let (found_header, found) = read(text).unwrap();
    assert_eq!(found_header, header);
    let found: Vec<SheetRow> = found.into_iter().map(|row| row.unwrap()).collect();
    assert_eq!(found, rows);
}

fn bad_lines(text: &str) -> Vec<(u64, String)> {
    let (_, rows) = read(text.as_bytes()).unwrap();
    let bad = rows.into_iter().filter_map(Result::err);
    bad.map(|bad| (bad.misfit.line, bad.misfit.problem.code.clone()))
        .collect()
}

#[test]
fn separators_and_line_ends_are_told_by_the_header() {
    for text in [
        "姓名,体温\n张三,36.5\n",
        "姓名;体温\r\n张三;36.5",
        "姓名\t体温\r\n张三\t36.5\r\n",
    ] {
        check(text.as_bytes(), &["姓名", "体温"], &[row(2, &["张三", "36.5"])]);
    }
    check("\u{feff}姓名\n张三\n".as_bytes(), &["姓名"], &[row(2, &["张三"])]);
    check("\"a;b\",c\n1,2\n".as_bytes(), &["a;b", "c"], &[row(2, &["1", "2"])]);
}

#[test]
fn quotes_hold_separators_and_line_breaks_and_the_line_is_where_the_row_begins() {
    let text = "姓名,备注\n张三,\"发热,\n咳嗽 \"\"轻\"\"\"\n李四,无\n";
    check(
        text.as_bytes(),
        &["姓名", "备注"],
        &[row(2, &["张三", "发热,\n咳嗽 \"轻\""]), row(4, &["李四", "无"])],
    );
}

#[test]
fn gb_18030_is_read_as_what_it_is() {
    let (bytes, ..) = encoding_rs::GB18030.encode("姓名,住址\n㑇䶮,甘肃省天水市秦州区\n");
    check(&bytes, &["姓名", "住址"], &[row(2, &["㑇䶮", "甘肃省天水市秦州区"])]);
    let mut utf_16 = vec![0xFF, 0xFE];
    utf_16.extend("姓名\t体温\r\n张三\t36.5\r\n".encode_utf16().flat_map(u16::to_le_bytes));
    check(&utf_16, &["姓名", "体温"], &[row(2, &["张三", "36.5"])]);
}

#[test]
fn blank_rows_and_trailing_empty_columns_are_passed_over() {
    check(
        b"a,b,,\n\n1,2,,\n,,,\n  ,4,,\n",
        &["a", "b"],
        &[row(3, &["1", "2"]), row(5, &["", "4"])],
    );
}

#[test]
fn ragged_rows_are_reported_and_the_others_read() {
    let text = "a,b,c\n1,2,3\n1,2\n1,2,3,4\n5,6,7\n";
    assert_eq!(
        bad_lines(text),
        [(3, "row_ragged".to_owned()), (4, "row_ragged".to_owned())]
    );
    let (_, rows) = read(text.as_bytes()).unwrap();
    assert_eq!(rows.iter().filter(|row| row.is_ok()).count(), 2);
    let bad = rows[2].as_ref().unwrap_err();
    assert_eq!(bad.row, row(4, &["1", "2", "3", "4"]), "nothing that was typed is lost");
}

#[test]
fn an_unclosed_quote_is_reported_where_it_opens() {
    let mut text = String::from("a,b\n1,2\n3,\"4\n");
    text.push_str(&"5,6\n".repeat(500));
    assert_eq!(bad_lines(&text), [(3, "quote_unclosed".to_owned())]);
}

#[test]
fn formula_escapes_are_taken_off() {
    check(
        b"a\n'=1+1\n'-3\n''=2\n'quoted'\n-5\n",
        &["a"],
        &[
            row(2, &["=1+1"]),
            row(3, &["-3"]),
            row(4, &["'=2"]),
            row(5, &["'quoted'"]),
            row(6, &["-5"]),
        ],
    );
}

#[test]
fn json_lines_have_the_keys_of_all_lines_as_columns() {
    let text = "{\"b\":\"x\",\"a\":1}\n\n{\"c\":[1,2],\"a\":null,\"b\":true}\n{broken\n";
    let (header, rows) = read(text.as_bytes()).unwrap();
    assert_eq!(header, ["b", "a", "c"]);
    assert_eq!(rows[0].as_ref().unwrap(), &row(1, &["x", "1", ""]));
    assert_eq!(rows[1].as_ref().unwrap(), &row(3, &["true", "", "[1,2]"]));
    assert_eq!(rows[2].as_ref().unwrap_err().misfit.problem.code, "line_not_json");
}

#[test]
fn what_is_no_sheet_is_refused_with_a_reason() {
    assert_eq!(read(b"").unwrap_err(), SheetError::Empty);
    assert_eq!(read(b"\n\n,,\n").unwrap_err(), SheetError::Empty);
    assert_eq!(
        read("体温,体温\n1,2\n".as_bytes()).unwrap_err(),
        SheetError::DoubledColumn("体温".to_owned())
    );
    assert_eq!(
        read(&[0xD0, 0xCF, 0x11, 0xE0, 0, 0]).unwrap_err(),
        SheetError::OldOrProtected
    );
    assert_eq!(read(b"{\"a\":").unwrap_err(), SheetError::NotJsonLines);
    let wide: String = (0..600).map(|n| format!("c{n},")).collect();
    assert_eq!(read(wide.as_bytes()).unwrap_err(), SheetError::TooManyColumns);
    let problem = SheetError::TooLarge(256).problem();
    assert!(problem.what.zh.contains("256") && problem.what.en.contains("256"));
}

#[test]
fn the_format_is_told_by_the_content_or_the_name() {
    let sheet = read_sheet(b"a,b\n", &SheetHint::default()).unwrap();
    assert_eq!(sheet.format(), SheetFormat::Csv);
    assert_eq!(SheetFormat::from_file_name("名单.XLSX"), Some(SheetFormat::Xlsx));
    assert_eq!(SheetFormat::from_file_name("名单.doc"), None);
}

/// The city's own files are not part of the repository; where they lie is said by the environment.
#[test]
fn the_line_list_of_an_outbreak_is_read() {
    let named = std::env::var_os("LIANFANG_REFERENCE").map(std::path::PathBuf::from);
    let folder = named
        .clone()
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").into());
    let bytes = match std::fs::read(folder.join("outbreaks/mers_korea_2015_linelist.csv")) {
        Ok(bytes) => bytes,
        Err(error) if named.is_some() => panic!("LIANFANG_REFERENCE is set, and: {error}"),
        Err(_) => return eprintln!("not run: set LIANFANG_REFERENCE to the folder with the outbreak data"),
    };
    let (header, rows) = read(&bytes).unwrap();
    assert_eq!((header.len(), rows.len()), (15, 162));
    let first = rows[0].as_ref().unwrap();
    assert_eq!(
        first.cells[6].as_deref(),
        Some("Pyeongtaek St. Mary, Hospital, Pyeongtaek, Gyeonggi")
    );
    assert_eq!(first.cells[14], None);
    let dead = rows
        .iter()
        .filter(|row| row.as_ref().is_ok_and(|row| row.cells[13].as_deref() == Some("Dead")))
        .count();
    assert!(dead > 0 && rows.iter().all(Result::is_ok));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok((_, rows)) = read(&bytes) {
            prop_assert!(rows.len() <= 400);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[\"',;\\t\\r\\n{}:a中=\\\\]{0,200}") {
        let _ = read(text.as_bytes());
    }

    #[test]
    fn gb_18030_round_trips(cells in prop::collection::vec("[一-龥㐀-㐿]{1,12}", 1..30)) {
        let text = format!("姓名\n{}\n", cells.join("\n"));
        let (bytes, ..) = encoding_rs::GB18030.encode(&text);
        let (_, rows) = read(&bytes).unwrap();
        let found: Vec<String> = rows.into_iter().map(|row| row.unwrap().cells[0].clone().unwrap()).collect();
        prop_assert_eq!(found, cells);
    }
}
