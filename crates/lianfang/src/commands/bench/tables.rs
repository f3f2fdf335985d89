//! Rows that benchmarks write past the ledger: only the columns that say something.

use crate::failure::Outcome;
use lianfang_db::{Column, ColumnKind, Connection, Insert, OnConflict, Value};
use lianfang_ledger::MIGRATIONS;

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

/// Writes a great many rows into tables whose indexes, but those of their keys, are made when all are there: a tenth of the time.
pub(super) fn without_indexes(
    writer: &mut Connection,
    tables: &[&str],
    fill: impl FnOnce(&mut Connection) -> Outcome,
) -> Outcome {
    let of_tables = |statement: &&str| {
        let words: Vec<&str> = statement.split_whitespace().take(5).collect();
        matches!(words[..], ["create", "index", _, "on", table] if tables.contains(&table))
    };
    let statements = MIGRATIONS.iter().flat_map(|migration| migration.sql.split(';'));
    let begins = |statement: &'static str| statement.find("create index").map(|at| &statement[at..]);
    let indexes: Vec<&str> = statements.filter_map(begins).filter(of_tables).collect();
    for index in &indexes {
        let name = index.split_whitespace().nth(2).unwrap_or_default();
        writer.batch(&format!("drop index {name}"))?;
    }
    fill(writer)?;
    indexes.iter().try_for_each(|index| writer.batch(index))?;
    Ok(())
}

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
