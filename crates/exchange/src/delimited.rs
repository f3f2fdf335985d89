//! CSV as RFC 4180 has it, and as spreadsheets save it: comma, semicolon or tab.

use std::borrow::Cow;
use std::io::Cursor;

use csv::{ReaderBuilder, StringRecord, Terminator};

use crate::misfit::problem;
use crate::sheet::{RawRow, SheetError};

type Bytes<'a> = Cow<'a, [u8]>;

/// A quoted cell with more line breaks than this has most likely lost its closing quote.
const MAX_LINES_IN_A_CELL: usize = 200;

pub(crate) struct Delimited<'a> {
    reader: csv::Reader<Cursor<Bytes<'a>>>,
    record: StringRecord,
    /// Up to where line ends were counted, and the line there. The reader's own count lags behind at blank lines and
    /// CRLF, and a wrong line in a fault sends somebody to the wrong row.
    counted: usize,
    line: u64,
}

impl<'a> Delimited<'a> {
    pub(crate) fn open(
        text: Cow<'a, str>,
        separator: Option<u8>,
    ) -> Result<(Delimited<'a>, Vec<Option<String>>), SheetError> {
        let separator = separator.unwrap_or_else(|| separator_of(&text));
        let bytes: Bytes<'a> = match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        };
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .terminator(Terminator::CRLF)
            .from_reader(Cursor::new(bytes));
        let mut rows = Delimited {
            reader,
            record: StringRecord::new(),
            counted: 0,
            line: 1,
        };
        let titles = rows.next_row().ok_or(SheetError::Empty)?;
        Ok((rows, titles.cells))
    }

    pub(crate) fn next_row(&mut self) -> Option<RawRow> {
        let read = self.reader.read_record(&mut self.record);
        let line = self.line_of_record();
        match read {
            Ok(false) => None,
            Ok(true) => {
                let is_unclosed = self
                    .record
                    .iter()
                    .any(|cell| cell.matches('\n').count() > MAX_LINES_IN_A_CELL);
                let cells = self
                    .record
                    .iter()
                    .map(|cell| (!cell.is_empty()).then(|| cell.to_owned()))
                    .collect();
                Some(RawRow {
                    line,
                    cells,
                    problem: is_unclosed.then(unclosed_quote),
                    may_be_short: false,
                })
            }
            Err(_) => Some(RawRow {
                line,
                cells: Vec::new(),
                problem: Some(unclosed_quote()),
                may_be_short: false,
            }),
        }
    }

    /// The record begins after the blank lines in front of it.
    fn line_of_record(&mut self) -> u64 {
        let begin = self.record.position().map_or(0, csv::Position::byte);
        let bytes: &[u8] = self.reader.get_ref().get_ref();
        let mut at = usize::try_from(begin).unwrap_or(usize::MAX).min(bytes.len());
        while bytes.get(at).is_some_and(|byte| matches!(byte, b'\r' | b'\n')) {
            at += 1;
        }
        let passed = bytes.get(self.counted..at).unwrap_or_default();
        let ends = passed.iter().enumerate().filter(|(index, byte)| match byte {
            b'\n' => true,
            b'\r' => passed.get(index + 1) != Some(&b'\n'),
            _ => false,
        });
        self.line += ends.count() as u64;
        self.counted = self.counted.max(at);
        self.line
    }
}

fn unclosed_quote() -> lianfang_kernel::Problem {
    problem(
        "quote_unclosed",
        "从本行起有引号没有成对，后面的内容并入了一格",
        "a quote that opens in this row is not closed: what follows is read as one cell",
        "请补上或删去引号",
        "close or remove the quote",
    )
}

/// The separator that stands most often in the first line that is not blank, outside quotes.
fn separator_of(text: &str) -> u8 {
    let mut counts = [(b',', 0u32), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    for byte in text.trim_start_matches(['\r', '\n', ' ']).bytes().take(65_536) {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted => break,
            byte if !is_quoted => {
                if let Some((_, count)) = counts.iter_mut().find(|(separator, _)| *separator == byte) {
                    *count += 1;
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    counts
        .iter()
        .find(|(_, count)| *count == most)
        .map_or(b',', |(separator, _)| *separator)
}
