//! Sums of figures: rows of `indicator_delta` that were recorded until a moment, added up over time for every region down to a step of
//! its path, and once more for what lies in the region itself. Nothing is told by them that the rows do not tell: whoever reads sums
//! adds what was recorded since, and they can be made anew at any time.

use crate::LedgerError;
use crate::batch::Batch;
use crate::core::{meta, set_meta};
use crate::ledger::{Exec, Ledger, Reply};
use crate::rows::{SUM, SUM_KEY};
use lianfang_db::{Connection, Insert, OnConflict, Row, Value};
use std::collections::HashMap;

/// So many steps of a path have sums: down to a township. What is asked of a village is little.
pub(crate) const STEPS: usize = 4;
/// So few rows are left to be read one by one.
const FEW: usize = 500;
/// Rows added up in one piece, so that nobody waits for it.
const PIECE: usize = 20_000;
/// Where it is kept until when all that was recorded is in the sums.
const SUMMED_TO: &str = "summed_to";

/// Steps of a region's path: `/62/6205/` has two.
pub(crate) fn steps(path: &str) -> usize {
    path.matches('/').count().saturating_sub(1)
}

/// The sums that a row of this path counts in: their paths, and whether they are of what lies in the region itself.
pub(crate) fn places(path: &str) -> impl Iterator<Item = (&str, bool)> {
    let ends = path.match_indices('/').skip(1).map(|(at, _)| at + 1);
    let above = ends.take(STEPS).map(|end| (&path[..end], false));
    above.chain((steps(path) <= STEPS).then_some((path, true)))
}

/// Until when all that was recorded is in the sums; none while there are none.
pub(crate) fn summed_to(connection: &mut Connection) -> Result<Option<i64>, LedgerError> {
    Ok(meta(connection, SUMMED_TO)?.and_then(|at| at.parse().ok()))
}

/// Whether what was recorded since then is more than should be read row by row.
pub(crate) fn is_behind(connection: &mut Connection, summed_to: i64) -> Result<bool, LedgerError> {
    Ok(waiting(connection, summed_to, 2 * PIECE)?.is_some())
}

/// When the row after so many was recorded that are not in the sums yet.
fn waiting(connection: &mut Connection, summed_to: i64, after: usize) -> Result<Option<i64>, LedgerError> {
    let sql = format!(
        "select recorded_at from indicator_delta where recorded_at > $1 and opens_at is null order by recorded_at limit 1 offset {after}"
    );
    let row = connection.query_opt(&sql, &[summed_to.into()])?;
    Ok(row.map(|row| row.int("recorded_at")).transpose()?)
}

/// Adds the next piece to the sums where more than a few rows wait, or all of them; whether there was anything to add. Whoever holds
/// the commit clock calls it: nothing is recorded before this commit any more.
pub(crate) fn add_piece(batch: &mut Batch<'_>, is_all: bool) -> Result<bool, LedgerError> {
    let since = summed_to(batch.connection)?.unwrap_or(i64::MIN);
    let few = if is_all { 0 } else { FEW };
    if waiting(batch.connection, since, few)?.is_none() {
        return Ok(false);
    }
    // What else is recorded in this millisecond may still come.
    let last = batch.recorded_at.0 - 1;
    let until = waiting(batch.connection, since, PIECE)?.map_or(last, |at| at.min(last));
    let sql = "select path, indicator, day, sector, bucket, cast(sum(n) as bigint) as n from indicator_delta \
               where recorded_at > $1 and recorded_at <= $2 and opens_at is null group by path, indicator, day, sector, bucket";
    let mut sums = Sums::default();
    for row in batch.connection.query(sql, &[since.into(), until.into()])? {
        sums.add(&row)?;
    }
    if sums.0.is_empty() {
        return Ok(false);
    }
    sums.write(batch.connection)?;
    set_meta(batch.connection, SUMMED_TO, &until.to_string())?;
    Ok(true)
}

/// The day, the sector and the bucket.
type Cell = (i64, String, String);

/// What is added to the sums: by path, figure and whether it is of what lies in the region itself.
#[derive(Debug, Default)]
struct Sums(HashMap<(String, String, bool), HashMap<Cell, i64>>);

impl Sums {
    /// Adds a row, or many of one cell together.
    fn add(&mut self, row: &Row) -> Result<(), LedgerError> {
        let (indicator, n) = (row.text("indicator")?, row.int("n")?);
        let cell = (row.int("day")?, row.text("sector")?, row.text("bucket")?);
        for (path, is_own) in places(row.text("path")?) {
            let cells = self
                .0
                .entry((path.to_owned(), indicator.to_owned(), is_own))
                .or_default();
            let cell = (cell.0, cell.1.to_owned(), cell.2.to_owned());
            *cells.entry(cell).or_default() += n;
        }
        Ok(())
    }

    fn write(self, connection: &mut Connection) -> Result<(), LedgerError> {
        let mut rows: Vec<Vec<Value>> = Vec::new();
        for ((path, indicator, is_own), cells) in self.0 {
            let steps = i64::try_from(steps(&path)).unwrap_or(0);
            let row = |((day, sector, bucket), n): (Cell, i64)| {
                vec![
                    path.as_str().into(),
                    indicator.as_str().into(),
                    is_own.into(),
                    steps.into(),
                    day.into(),
                    sector.into(),
                    bucket.into(),
                    n.into(),
                ]
            };
            rows.extend(cells.into_iter().map(row));
        }
        connection.insert_rows(&Insert {
            table: "indicator_sum",
            columns: SUM,
            rows: &rows,
            on_conflict: OnConflict::Add {
                key: &SUM_KEY,
                sum: &["n"],
            },
        })?;
        Ok(())
    }
}

/// Forgets the sums; they are made anew.
pub(crate) fn forget(connection: &mut Connection) -> Result<(), LedgerError> {
    connection.execute("delete from indicator_sum", &[])?;
    connection.execute("delete from meta where name = $1", &[SUMMED_TO.into()])?;
    Ok(())
}

impl Ledger {
    /// Adds the next piece of what was recorded to the sums of figures, however little it is; whether there was any.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn sum_figures(&self) -> Result<Reply<bool>, LedgerError> {
        self.queue.submit(Exec(|batch: &mut Batch<'_>| add_piece(batch, true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_counts_in_its_region_and_all_above_down_to_a_township() {
        let of = |path| places(path).collect::<Vec<_>>();
        assert_eq!(
            of("/62/6205/"),
            [("/62/", false), ("/62/6205/", false), ("/62/6205/", true)]
        );
        let village = of("/62/6205/620502/620502001/620502001002/");
        assert_eq!(village.len(), STEPS, "a village has none of its own");
        assert_eq!(village.last(), Some(&("/62/6205/620502/620502001/", false)));
    }
}
