//! Rows that benchmarks write past the ledger: only the columns that say something.

use crate::failure::Outcome;
use lianfang_db::{Column, ColumnKind, Connection, Insert, OnConflict, Value};

pub(super) const fn col(name: &'static str, kind: ColumnKind) -> Column<'static> {
    Column::new(name, kind)
}

/// Columns of an entry that says nothing personal.
pub(super) const ENTRY: [Column<'static>; 18] = [
    col("subject", ColumnKind::Uuid),
    col("id", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("register_version", ColumnKind::Int),
    col("act", ColumnKind::Text),
    col("at", ColumnKind::Int),
    col("received_at", ColumnKind::Int),
    col("recorded_at", ColumnKind::Int),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("channel", ColumnKind::Text),
    col("assurance", ColumnKind::Text),
    col("proxy", ColumnKind::Bool),
    col("status", ColumnKind::Text),
    col("flags", ColumnKind::Json),
    col("body", ColumnKind::Json),
    col("retention_class", ColumnKind::Text),
    col("reported_at", ColumnKind::Int),
];
/// Columns of an entry's place in a file.
pub(super) const LINK: [Column<'static>; 4] = [
    col("subject", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("entry_subject", ColumnKind::Uuid),
    col("role", ColumnKind::Text),
];

/// Writes rows that are not there yet, inside the transaction at hand.
pub(super) fn insert(writer: &mut Connection, table: &str, columns: &[Column<'_>], rows: &[Vec<Value>]) -> Outcome {
    writer.insert_rows(&Insert {
        table,
        columns,
        rows,
        on_conflict: OnConflict::Fail,
    })?;
    Ok(())
}
