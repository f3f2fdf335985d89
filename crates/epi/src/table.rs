//! A sheet of columns: what comes in and what goes out, so that a command and the reference runner read and write alike.
//!
//! Empty cells, `NA` and `NaN` are missing. What cannot be read is told with its column and line.

use crate::Result;
use lianfang_kernel::{Day, Problem, Words};
use serde_json::{Value, json};

/// Rows under named columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Table {
        Table {
            names: names.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Reads RFC 4180 text with a header line; a byte order mark is passed over.
    ///
    /// # Errors
    /// No header, a column named twice, or a line with another number of cells than the header.
    pub fn parse(text: &str) -> Result<Table> {
        Table::parse_joining(text, &[])
    }

    /// The same for sheets with one of these columns of free text that was written without quotation marks: surplus cells of a line are
    /// its commas.
    ///
    /// # Errors
    /// As for [`Table::parse`].
    pub fn parse_joining(text: &str, free_text: &[&str]) -> Result<Table> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let header = match records.next() {
            Some(record) => record.map_err(|error| unreadable(1, &error))?,
            None => return Err(empty()),
        };
        let names: Vec<String> = header.iter().map(|name| name.trim().to_owned()).collect();
        for (index, name) in names.iter().enumerate() {
            if names[..index].contains(name) {
                return Err(named_twice(name));
            }
        }
        let joined = names.iter().position(|name| free_text.contains(&name.as_str()));
        let mut rows = Vec::new();
        for record in records {
            let record = record.map_err(|error| unreadable(rows.len() + 2, &error))?;
            let mut cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
            if let (Some(at), Some(surplus)) = (joined, cells.len().checked_sub(names.len())) {
                let text = cells
                    .splice(at..=at + surplus, [String::new()])
                    .collect::<Vec<_>>()
                    .join(", ");
                cells[at] = text;
            }
            if cells.len() != names.len() {
                return Err(uneven(rows.len() + 2, names.len(), cells.len()));
            }
            rows.push(cells);
        }
        Ok(Table { names, rows })
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether there is such a column.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Appends a row; missing cells at the end are left empty, surplus ones dropped.
    pub fn push(&mut self, mut row: Vec<String>) {
        row.resize(self.names.len(), String::new());
        self.rows.push(row);
    }

    /// The text of a cell; none when there is no such column or row, or the cell is missing.
    pub fn text(&self, row: usize, name: &str) -> Option<&str> {
        let column = self.names.iter().position(|known| known == name)?;
        let cell = self.rows.get(row)?.get(column)?.as_str();
        (!is_missing(cell)).then_some(cell)
    }

    /// Puts a value into a cell; a column that is new is added to every row.
    pub fn set(&mut self, row: usize, name: &str, value: impl Into<String>) {
        let column = match self.names.iter().position(|known| known == name) {
            Some(column) => column,
            None => {
                self.names.push(name.to_owned());
                self.rows.iter_mut().for_each(|row| row.push(String::new()));
                self.names.len() - 1
            }
        };
        if let Some(cell) = self.rows.get_mut(row).and_then(|row| row.get_mut(column)) {
            *cell = value.into();
        }
    }

    /// Takes a column out, if there is one of that name.
    pub fn drop(&mut self, name: &str) {
        if let Some(column) = self.names.iter().position(|known| known == name) {
            self.names.remove(column);
            self.rows.iter_mut().for_each(|row| drop(row.remove(column)));
        }
    }

    /// The number in a cell; none when it is missing or there is no such column.
    ///
    /// # Errors
    /// The cell holds something that is no number.
    pub fn number(&self, row: usize, name: &str) -> Result<Option<f64>> {
        let Some(cell) = self.text(row, name) else {
            return Ok(None);
        };
        match number(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(not_a(("数", "a number"), name, row, cell)),
        }
    }

    /// The column as numbers, missing ones as `None`.
    ///
    /// # Errors
    /// No such column, or a cell that is no number.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>> {
        self.require(name)?;
        (0..self.len()).map(|row| self.number(row, name)).collect()
    }

    /// The column as numbers, none missing.
    ///
    /// # Errors
    /// No such column, a cell that is empty or no number.
    pub fn complete(&self, name: &str) -> Result<Vec<f64>> {
        self.require(name)?;
        let one = |row| self.number(row, name)?.ok_or_else(|| missing_cell(name, row));
        (0..self.len()).map(one).collect()
    }

    /// The column as counts: whole numbers from zero, none missing.
    ///
    /// # Errors
    /// As for [`Table::complete`]; a negative number or a decimal.
    pub fn counts(&self, name: &str) -> Result<Vec<f64>> {
        let values = self.complete(name)?;
        for (row, value) in values.iter().enumerate() {
            if *value < 0.0 || value.fract() != 0.0 || !value.is_finite() {
                return Err(not_a(
                    ("非负整数", "a whole number from zero"),
                    name,
                    row,
                    &value.to_string(),
                ));
            }
        }
        Ok(values)
    }

    /// The column as civil days, none missing.
    ///
    /// # Errors
    /// No such column, a cell that is empty or no day.
    pub fn days(&self, name: &str) -> Result<Vec<Day>> {
        self.require(name)?;
        let one = |row| self.day(row, name)?.ok_or_else(|| missing_cell(name, row));
        (0..self.len()).map(one).collect()
    }

    /// The civil day in a cell; none when it is missing.
    ///
    /// # Errors
    /// The cell holds something that is no day.
    pub fn day(&self, row: usize, name: &str) -> Result<Option<Day>> {
        let Some(cell) = self.text(row, name) else {
            return Ok(None);
        };
        match Day::parse(cell) {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(not_a(
                ("日期（如 2020-02-05）", "a day such as 2020-02-05"),
                name,
                row,
                cell,
            )),
        }
    }

    /// Demands a column.
    ///
    /// # Errors
    /// There is none of that name; the message names those that there are.
    pub fn require(&self, name: &str) -> Result<()> {
        if self.has(name) {
            return Ok(());
        }
        let known = self.names.join(", ");
        Err(Problem::new(
            "column_missing",
            Words::new(format!("缺少列 {name}"), format!("the column {name} is missing")),
            Words::new(format!("表中有：{known}"), format!("the table has {known}")),
        )
        .at(name))
    }

    /// One warning naming the columns that are none of `known`; nothing when there are none.
    pub fn unknown_columns(&self, known: &[&str]) -> Option<Words> {
        let unknown: Vec<&str> = self
            .names
            .iter()
            .map(String::as_str)
            .filter(|name| !known.contains(name))
            .collect();
        (!unknown.is_empty()).then(|| {
            Words::new(
                format!("未使用的列：{}", unknown.join("、")),
                format!("columns that were not used: {}", unknown.join(", ")),
            )
        })
    }

    /// Rows grouped by the text of a column, in the order of first appearance; one unnamed group when there is no such column.
    pub fn groups(&self, name: &str) -> Vec<(String, Table)> {
        if !self.has(name) {
            return vec![(String::new(), self.clone())];
        }
        let mut places: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
        let mut groups: Vec<(String, Table)> = Vec::new();
        for row in 0..self.len() {
            let key = self.text(row, name).unwrap_or_default().to_owned();
            let place = *places.entry(key.clone()).or_insert_with(|| {
                groups.push((key, Table::new(self.names.clone())));
                groups.len() - 1
            });
            groups[place].1.rows.push(self.rows[row].clone());
        }
        groups
    }

    /// Appends the rows of another table, each with `value` in a first column `name`, which this table must begin with.
    pub fn append_as(&mut self, name: &str, value: &str, other: Table) {
        if self.names.is_empty() {
            self.names = std::iter::once(name.to_owned()).chain(other.names.clone()).collect();
        }
        for row in other.rows {
            self.push(std::iter::once(value.to_owned()).chain(row).collect());
        }
    }

    /// The rows as objects by column: numbers as numbers, missing as null.
    pub fn to_json(&self) -> Vec<Value> {
        let value = |row, name: &String| match (self.number(row, name), self.text(row, name)) {
            (Ok(Some(number)), Some(text)) if number.is_finite() => match text.parse::<i64>() {
                Ok(whole) => json!(whole),
                Err(_) => json!(number),
            },
            (_, Some(text)) => json!(text),
            _ => Value::Null,
        };
        let object = |row| self.names.iter().map(|name| (name.clone(), value(row, name))).collect();
        (0..self.len()).map(object).collect()
    }

    /// The table as RFC 4180 text.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let mut is_written = writer.write_record(&self.names).is_ok();
        for row in &self.rows {
            is_written &= writer.write_record(row).is_ok();
        }
        debug_assert!(
            is_written,
            "memory takes every record, and rows are as long as the header"
        );
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }
}

/// How a number is written: shortest text that reads back as the same, missing as `NA`.
pub fn cell(value: f64) -> String {
    if value.is_finite() {
        return format!("{value}");
    }
    match value {
        v if v == f64::INFINITY => "Inf".to_owned(),
        v if v == f64::NEG_INFINITY => "-Inf".to_owned(),
        _ => "NA".to_owned(),
    }
}

/// How a number that may be missing is written.
pub fn maybe(value: Option<f64>) -> String {
    cell(value.unwrap_or(f64::NAN))
}

/// How yes and no are written.
pub fn flag(value: bool) -> String {
    if value { "1" } else { "0" }.to_owned()
}

/// Whether a cell means "missing".
pub fn is_missing(cell: &str) -> bool {
    matches!(cell, "" | "NA" | "NaN")
}

/// Reads a number, also `Inf` and `-Inf`.
pub fn number(cell: &str) -> Option<f64> {
    match cell {
        "Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        _ => {
            let is_plain = cell.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
            cell.parse().ok().filter(|value: &f64| is_plain && value.is_finite())
        }
    }
}

fn not_a(kind: (&str, &str), name: &str, row: usize, cell: &str) -> Problem {
    let shown: String = cell.chars().take(40).collect();
    Problem::new(
        "cell_unreadable",
        Words::new(
            format!("列 {name} 第 {} 行应为{}，现为“{shown}”", row + 2, kind.0),
            format!("line {}, column {name}: {shown:?} is not {}", row + 2, kind.1),
        ),
        Words::new(
            "请改正后重试；缺失写 NA",
            "mend the cell and try again; write NA for missing",
        ),
    )
    .at(name)
}

fn missing_cell(name: &str, row: usize) -> Problem {
    Problem::new(
        "cell_missing",
        Words::new(
            format!("列 {name} 第 {} 行为空", row + 2),
            format!("line {}, column {name} is empty", row + 2),
        ),
        Words::new("此列每行都要有值", "this column needs a value in every row"),
    )
    .at(name)
}

fn named_twice(name: &str) -> Problem {
    Problem::new(
        "column_twice",
        Words::new(
            format!("列 {name} 出现两次"),
            format!("the column {name} is there twice"),
        ),
        Words::new("请改名或删去一列", "rename or remove one of them"),
    )
    .at(name)
}

fn uneven(line: usize, expected: usize, found: usize) -> Problem {
    Problem::new(
        "line_uneven",
        Words::new(
            format!("第 {line} 行有 {found} 格，表头有 {expected} 格"),
            format!("line {line} has {found} cells and the header has {expected}"),
        ),
        Words::new("检查逗号和引号", "look for a comma or a quotation mark too many"),
    )
}

fn unreadable(line: usize, error: &csv::Error) -> Problem {
    Problem::new(
        "line_unreadable",
        Words::new(
            format!("第 {line} 行无法读取"),
            format!("line {line} cannot be read: {error}"),
        ),
        Words::new("检查引号是否成对", "look for a quotation mark that is not closed"),
    )
}

fn empty() -> Problem {
    Problem::new(
        "table_empty",
        Words::new("文件是空的", "the file is empty"),
        Words::new("第一行应为列名", "the first line must name the columns"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_are_read_by_the_name_of_their_column() {
        let table = Table::parse("\u{feff}t,n\n1,2\n2,NA\n").expect("a table");
        assert_eq!(table.numbers("n").expect("numbers"), [Some(2.0), None]);
        assert_eq!(table.complete("n").expect_err("one is missing").code, "cell_missing");
        assert_eq!(table.complete("x").expect_err("no column").code, "column_missing");
    }

    #[test]
    fn counts_are_whole_and_not_negative() {
        for bad in ["-1", "1.5", "Inf", "many"] {
            let table = Table::parse(&format!("n\n{bad}\n")).expect("a table");
            assert_eq!(
                table.counts("n").expect_err("no count").code,
                "cell_unreadable",
                "{bad}"
            );
        }
    }

    #[test]
    fn malformed_sheets_are_told_and_not_guessed() {
        for (text, code) in [
            ("", "table_empty"),
            ("a,a\n", "column_twice"),
            ("a,b\n1\n", "line_uneven"),
        ] {
            assert_eq!(Table::parse(text).expect_err("malformed").code, code);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*") {
            if let Ok(table) = Table::parse(&text) {
                for name in table.names() {
                    let _ = (table.numbers(name), table.counts(name), table.days(name));
                }
            }
        }

        #[test]
        fn what_is_written_reads_back(cells in proptest::collection::vec("[^\\x00-\\x1f]{0,8}", 1..20)) {
            let mut table = Table::new(["a"]);
            cells.iter().for_each(|cell| table.push(vec![format!("x{}", cell.trim())]));
            prop_assert_eq!(Table::parse(&table.to_csv()).expect("own text"), table);
        }
    }
}
