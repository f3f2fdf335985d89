//! Lists of people for linkage: UTF-8 CSV is streamed from the disk, everything else that sheets come in is read whole.

use crate::failure::{Failure, Outcome};
use lianfang_exchange::{SheetFormat, SheetHint, read_sheet};
use lianfang_kernel::Words;
use lianfang_linkage::Row;
use std::path::{Path, PathBuf};

/// Which columns of a list make which field.
#[derive(Clone, Debug, Default)]
pub struct ColumnNames {
    /// By field: the titles whose cells are joined.
    named: Vec<(usize, Vec<String>)>,
}

impl ColumnNames {
    /// Reads `name=姓名` and `addr=省+市+住址`.
    ///
    /// # Errors
    /// No such field, or nothing behind the sign.
    pub fn parse(pairs: &[String]) -> Outcome<ColumnNames> {
        let mut named = Vec::new();
        for pair in pairs {
            let read = pair.split_once('=').and_then(|(field, columns)| {
                let at = Row::COLUMNS.iter().position(|id| *id == field.trim())?;
                let titles: Vec<String> = columns.split('+').map(|title| title.trim().to_owned()).collect();
                titles.iter().all(|title| !title.is_empty()).then_some((at, titles))
            });
            named.push(read.ok_or_else(|| {
                Failure::usage(
                    Words::new(format!("无法理解列名对应“{pair}”"), format!("`{pair}` names no column")),
                    Words::new(
                        "写作 字段=列名，字段为 id、name、sex、birth、idno、phone、plate、addr；多列用 + 连接",
                        "write FIELD=COLUMN; fields are id, name, sex, birth, idno, phone, plate, addr; join columns with +",
                    ),
                )
            })?);
        }
        Ok(ColumnNames { named })
    }

    /// The places of the columns of each field.
    fn places(&self, header: &[String]) -> Outcome<[Vec<usize>; 8]> {
        let mut places = Row::places(header).map(|place| place.into_iter().collect::<Vec<usize>>());
        for (at, titles) in &self.named {
            places[*at].clear();
            for title in titles {
                let found = header
                    .iter()
                    .position(|column| column.trim().trim_start_matches('\u{feff}') == title);
                places[*at].push(found.ok_or_else(|| {
                    Failure::new(
                        Words::new(format!("缺少“{title}”列"), format!("there is no column {title}")),
                        Words::new(
                            format!("现有：{}", header.join("、")),
                            format!("there are {}", header.join(", ")),
                        ),
                    )
                })?);
            }
        }
        if places[0].is_empty() || places[1..].iter().all(Vec::is_empty) {
            return Err(Failure::new(
                Words::new(
                    "名单缺少 id 列，或没有任何可比对的列",
                    "the list has no column id, or nothing to compare",
                ),
                Words::new(
                    "列名为 id、name、sex、birth、idno、phone、plate、addr；其他列名用 --map 对应",
                    "columns are id, name, sex, birth, idno, phone, plate, addr; name others with --map",
                ),
            ));
        }
        Ok(places)
    }
}

/// A list that can be read more than once.
#[derive(Debug)]
pub struct PersonList {
    path: PathBuf,
    places: [Vec<usize>; 8],
    /// Rows that were read whole; none for a file that is streamed.
    whole: Option<Vec<csv::StringRecord>>,
}

impl PersonList {
    /// Opens a list and finds its columns.
    ///
    /// # Errors
    /// The file cannot be read, is no sheet, or lacks columns.
    pub fn open(path: &Path, names: &ColumnNames) -> Outcome<PersonList> {
        let is_text = path.extension().is_none_or(|ending| ending == "csv" || ending == "txt");
        if is_text && let Some(header) = streamed_header(path)? {
            return Ok(PersonList {
                path: path.to_owned(),
                places: names.places(&header)?,
                whole: None,
            });
        }
        let bytes = std::fs::read(path).map_err(|error| Failure::file(path, error))?;
        let hint = SheetHint {
            format: SheetFormat::from_file_name(&path.to_string_lossy()),
            ..SheetHint::default()
        };
        let sheet = read_sheet(&bytes, &hint).map_err(|error| Failure::from(error.problem()))?;
        let places = names.places(sheet.header())?;
        let mut rows = Vec::new();
        for row in sheet {
            let cells = match row {
                Ok(row) => row.cells,
                Err(bad) => bad.row.cells,
            };
            rows.push(cells.into_iter().map(Option::unwrap_or_default).collect());
        }
        Ok(PersonList {
            path: path.to_owned(),
            places,
            whole: Some(rows),
        })
    }

    /// Gives the rows to `work`, at most `most` at once, until it answers false.
    ///
    /// # Errors
    /// The file can no longer be read.
    pub fn each_chunk(&mut self, most: usize, work: &mut dyn FnMut(&[Row<'_>]) -> bool) -> Outcome {
        if let Some(rows) = &self.whole {
            for chunk in rows.chunks(most) {
                if !give(&self.places, chunk, work) {
                    break;
                }
            }
            return Ok(());
        }
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(&self.path)
            .map_err(|error| Failure::file(&self.path, error))?;
        let mut records = reader.records();
        loop {
            let chunk: Vec<csv::StringRecord> = records
                .by_ref()
                .take(most)
                .collect::<Result<_, _>>()
                .map_err(|error| Failure::file(&self.path, error))?;
            if chunk.is_empty() || !give(&self.places, &chunk, work) {
                return Ok(());
            }
        }
    }
}

/// The titles of a CSV with commas in UTF-8; none when it must be read another way.
fn streamed_header(path: &Path) -> Outcome<Option<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_path(path)
        .map_err(|error| Failure::file(path, error))?;
    let header: Option<Vec<String>> = reader.headers().ok().map(|row| row.iter().map(str::to_owned).collect());
    let mut bytes = csv::ByteRecord::new();
    while let Ok(true) = reader.read_byte_record(&mut bytes) {
        if bytes.iter().any(|cell| std::str::from_utf8(cell).is_err()) {
            return Ok(None);
        }
    }
    Ok(header.filter(|titles| titles.len() > 1))
}

fn give(places: &[Vec<usize>; 8], chunk: &[csv::StringRecord], work: &mut dyn FnMut(&[Row<'_>]) -> bool) -> bool {
    let joined: Vec<[String; 8]> = chunk
        .iter()
        .map(|record| {
            std::array::from_fn(|field| match places[field].as_slice() {
                [] | [_] => String::new(),
                several => {
                    let cells = several.iter().filter_map(|at| record.get(*at));
                    cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ")
                }
            })
        })
        .collect();
    let rows: Vec<Row<'_>> = chunk
        .iter()
        .zip(&joined)
        .map(|(record, joined)| {
            let cell = |field: usize| match places[field].as_slice() {
                [] => "",
                [at] => record.get(*at).unwrap_or_default(),
                _ => joined[field].as_str(),
            };
            Row::of(cell)
        })
        .collect();
    work(&rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_by_their_titles_or_named() {
        let header: Vec<String> = ["编号", "姓名", "街", "镇"].map(String::from).to_vec();
        let names = ColumnNames::parse(&["addr=街+镇".to_owned()]).unwrap();
        let places = names.places(&header).unwrap();
        assert_eq!((&places[0], &places[1], &places[7]), (&vec![0], &vec![1], &vec![2, 3]));
        assert!(places[4].is_empty());
    }

    #[test]
    fn unknown_fields_and_columns_are_refused() {
        assert_eq!(ColumnNames::parse(&["surname=姓".to_owned()]).unwrap_err().code(), 2);
        let names = ColumnNames::parse(&["name=姓名".to_owned()]).unwrap();
        assert_eq!(names.places(&["id".to_owned(), "名".to_owned()]).unwrap_err().code(), 1);
    }
}
