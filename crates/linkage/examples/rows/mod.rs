//! The rows of a CSV list, some at a time.

use lianfang_linkage::Row;
use std::error::Error;
use std::sync::mpsc;

/// Gives the rows of a list to `work`, some at a time, until it answers false. The next rows are taken from the file
/// meanwhile.
pub fn each_chunk(path: &str, mut work: impl FnMut(&[Row<'_>]) -> bool) -> Result<(), Box<dyn Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let titles = reader.headers()?.clone();
    let places = Row::COLUMNS.map(|column| titles.iter().position(|title| title == column));
    std::thread::scope(|scope| {
        let (give, taken) = mpsc::sync_channel::<csv::Result<Vec<csv::StringRecord>>>(1);
        scope.spawn(move || {
            let mut records = reader.into_records();
            loop {
                let chunk: csv::Result<Vec<_>> = records.by_ref().take(1 << 15).collect();
                let is_last = chunk.as_ref().map_or(true, Vec::is_empty);
                if give.send(chunk).is_err() || is_last {
                    return;
                }
            }
        });
        while let Ok(chunk) = taken.recv() {
            let chunk = chunk?;
            let rows: Vec<Row<'_>> = chunk
                .iter()
                .map(|record| Row::of(|at| places[at].and_then(|place| record.get(place)).unwrap_or_default()))
                .collect();
            if rows.is_empty() || !work(&rows) {
                break;
            }
        }
        Ok(())
    })
}
