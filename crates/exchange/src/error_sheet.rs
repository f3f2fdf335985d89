//! The rows that did not fit, with their reasons, to be corrected and sent again.

use lianfang_kernel::{Instant, Lang};

use crate::misfit::Misfit;
use crate::sheet::{SheetFormat, SheetRow};
use crate::write::{SheetColumn, SheetWriter, WriteError, WriteOptions};

/// Titles of the column of reasons, Chinese and English. The mark keeps them apart from a city's own 原因.
pub const REASON_COLUMNS: [&str; 2] = ["※原因", "※Reason"];
/// Titles of the column with the line in the sheet as it was sent.
pub const LINE_COLUMNS: [&str; 2] = ["※行", "※Line"];

pub(crate) fn is_error_column(title: &str) -> bool {
    REASON_COLUMNS.contains(&title) || LINE_COLUMNS.contains(&title)
}

/// Gathers bad rows. The sheet it writes has the original columns, then reason and line; [`crate::read_sheet`] leaves
/// those two out, so that the corrected sheet can be sent as it is.
#[derive(Clone, Debug)]
pub struct ErrorSheet {
    header: Vec<String>,
    lang: Lang,
    rows: Vec<Vec<Option<String>>>,
    width: usize,
}

impl ErrorSheet {
    /// An empty sheet with the columns that were sent, reasons in `lang`.
    pub fn new(header: &[String], lang: Lang) -> ErrorSheet {
        ErrorSheet {
            header: header.to_vec(),
            lang,
            rows: Vec::new(),
            width: header.len(),
        }
    }

    /// Adds a row with everything that is wrong with it.
    pub fn push(&mut self, row: &SheetRow, misfits: &[Misfit]) {
        let reasons: Vec<String> = misfits.iter().map(|misfit| self.reason(misfit)).collect();
        let separator = if self.lang == Lang::Zh { "；" } else { "; " };
        let mut cells = vec![Some(reasons.join(separator)), Some(row.line.to_string())];
        cells.extend(row.cells.iter().cloned());
        // A ragged row keeps its surplus cells, under titles of their own: nothing that was typed is lost.
        self.width = self.width.max(row.cells.len());
        self.rows.push(cells);
    }

    /// Without the line, which has a column of its own.
    fn reason(&self, misfit: &Misfit) -> String {
        let (what, hint) = (misfit.problem.what.get(self.lang), misfit.problem.hint.get(self.lang));
        match (self.lang, &misfit.column) {
            (Lang::Zh, Some(column)) => format!("{column}：{what}（{hint}）"),
            (Lang::Zh, None) => format!("{what}（{hint}）"),
            (Lang::En, Some(column)) => format!("{column}: {what} ({hint})"),
            (Lang::En, None) => format!("{what} ({hint})"),
        }
    }

    /// How many rows were added.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether nothing was wrong.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Writes the sheet. CSV gets its byte order mark and formula escapes: it is made for people.
    ///
    /// # Errors
    /// As [`SheetWriter`].
    pub fn write(&self, format: SheetFormat, made_at: Instant) -> Result<Vec<u8>, WriteError> {
        let chosen = if self.lang == Lang::Zh { 0 } else { 1 };
        let mut columns: Vec<SheetColumn> = self.header.iter().map(SheetColumn::text).collect();
        columns.extend((self.header.len()..self.width).map(|index| SheetColumn::text(format!("※{}", index + 1))));
        columns.push(SheetColumn {
            width: Some(60.0),
            ..SheetColumn::text(REASON_COLUMNS[chosen])
        });
        columns.push(SheetColumn::number(LINE_COLUMNS[chosen]));
        let options = WriteOptions {
            byte_order_mark: true,
            spreadsheet_safe: true,
            worksheet: None,
            made_at,
        };
        let mut sheet = SheetWriter::new(format, columns, options, Vec::new())?;
        for row in &self.rows {
            let (own, sent) = row.split_at(2);
            let mut cells: Vec<Option<&str>> = sent.iter().map(Option::as_deref).collect();
            cells.resize(self.width, None);
            cells.extend(own.iter().map(Option::as_deref));
            sheet.row(&cells)?;
        }
        sheet.finish()
    }
}
