//! Rows that benchmarks write past the ledger: only the columns that say something.

use crate::failure::Outcome;
use lianfang_db::{Column, ColumnKind, Connection, Engine, Insert, OnConflict, Row, Value};

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
/// Columns of what the typed index keeps of an entry.
pub(super) const VALUE: [Column<'static>; 6] = [
    col("subject", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("field", ColumnKind::Text),
    col("value", ColumnKind::Text),
    col("recorded_at", ColumnKind::Int),
];
/// Columns of a file with a sealed name and sealed numbers.
pub(super) const SUBJECT: [Column<'static>; 7] = [
    col("id", ColumnKind::Uuid),
    col("kind", ColumnKind::Text),
    col("kind_type", ColumnKind::Text),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("identity_sealed", ColumnKind::Bytes),
    col("since", ColumnKind::Int),
];
/// Columns of a number that a file is found by.
pub(super) const IDENTIFIER: [Column<'static>; 4] = [
    col("digest", ColumnKind::Bytes),
    col("kind", ColumnKind::Text),
    col("subject", ColumnKind::Uuid),
    col("recorded_at", ColumnKind::Int),
];
/// Columns of a file's key.
pub(super) const KEY: [Column<'static>; 4] = [
    col("subject", ColumnKind::Uuid),
    col("class", ColumnKind::Text),
    col("wrapped", ColumnKind::Bytes),
    col("created_at", ColumnKind::Int),
];
/// Columns of an entry's place in a file.
pub(super) const LINK: [Column<'static>; 4] = [
    col("subject", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("entry_subject", ColumnKind::Uuid),
    col("role", ColumnKind::Text),
];
/// Columns of who was named by whom.
pub(super) const TIE: [Column<'static>; 9] = [
    col("subject", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("field", ColumnKind::Text),
    col("at", ColumnKind::Int),
    col("other", ColumnKind::Uuid),
    col("entry", ColumnKind::Uuid),
    col("is_named", ColumnKind::Bool),
    col("recorded_at", ColumnKind::Int),
    col("path", ColumnKind::Text),
];

/// Writes a great many rows into tables whose indexes, but those of their keys, are made when all are there: a tenth of the time.
pub(super) fn without_indexes(
    writer: &mut Connection,
    tables: &[&str],
    fill: impl FnOnce(&mut Connection) -> Outcome,
) -> Outcome {
    let indexes = indexes(writer, tables)?;
    let told = told_shapes(writer)?;
    for (name, _) in &indexes {
        writer.batch(&format!("drop index {name}"))?;
    }
    fill(writer)?;
    // SQLite forgets with an index how it lies. Connections that are open read it when the first index is made.
    for shape in told {
        let sql = "insert into sqlite_stat1 (tbl, idx, stat) values ($1, $2, $3)";
        writer.execute(sql, &shape)?;
    }
    indexes.iter().try_for_each(|(_, sql)| writer.batch(sql))?;
    Ok(())
}

/// What the planner of SQLite was told; it is told anew, and so forgets the rest.
fn told_shapes(writer: &mut Connection) -> Outcome<Vec<[Value; 3]>> {
    if writer.engine() == Engine::Postgres {
        return Ok(Vec::new());
    }
    let told = writer.query("select tbl, idx, stat from sqlite_stat1", &[])?;
    writer.batch("delete from sqlite_stat1")?;
    let one = |row: &Row| {
        Ok([
            row.text("tbl")?.into(),
            row.text("idx")?.into(),
            row.text("stat")?.into(),
        ])
    };
    told.iter().map(one).collect()
}

/// Indexes beside the keys of these tables: their names, and how they are made.
fn indexes(writer: &mut Connection, tables: &[&str]) -> Outcome<Vec<(String, String)>> {
    let tables: Vec<String> = tables.iter().map(|table| format!("'{table}'")).collect();
    let tables = tables.join(", ");
    let sql = match writer.engine() {
        Engine::Sqlite => format!(
            "select name, sql from sqlite_master where type = 'index' and sql is not null and tbl_name in ({tables})"
        ),
        Engine::Postgres => format!(
            "select cast(indexname as text) as name, indexdef as sql from pg_indexes where schemaname = current_schema() \
             and tablename in ({tables}) and indexname not like '%_pkey'"
        ),
    };
    let found = writer.query(&sql, &[])?;
    let one = |row: &Row| Ok((row.text("name")?.to_owned(), row.text("sql")?.to_owned()));
    found.iter().map(one).collect()
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

/// What a database does by itself a while after so many new rows: PostgreSQL looks after its statistics, SQLite brings its log
/// into the file.
pub(super) fn settle(writer: &mut Connection) -> Outcome {
    Ok(writer.batch(match writer.engine() {
        Engine::Sqlite => "pragma wal_checkpoint(truncate)",
        Engine::Postgres => "vacuum analyze",
    })?)
}
