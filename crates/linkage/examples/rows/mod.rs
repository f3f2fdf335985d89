//! The rows of a CSV list, some at a time.

use lianfang_linkage::Row;
use std::error::Error;

/// Gives the rows of a list to `work`, some at a time, until it answers false.
pub fn each_chunk(path: &str, mut work: impl FnMut(&[Row<'_>]) -> bool) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let titles = reader.headers()?.clone();
    let places = Row::COLUMNS.map(|column| titles.iter().position(|title| title == column));
    let mut records = reader.records();
    loop {
        let chunk: Vec<csv::StringRecord> = records.by_ref().take(1 << 15).collect::<Result<_, _>>()?;
        let rows: Vec<Row<'_>> = chunk
            .iter()
            .map(|record| {
                let cell = |at: usize| places[at].and_then(|place| record.get(place)).unwrap_or_default();
                Row::of(cell)
            })
            .collect();
        if rows.is_empty() || !work(&rows) {
            return Ok(());
        }
    }
}
