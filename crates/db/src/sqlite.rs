//! One SQLite connection: settings, binding, decoding.

use crate::error::{DbError, DbErrorKind, Result};
use crate::numbered::numbered;
use crate::row::{ColumnNames, Row};
use crate::value::Value;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, OpenFlags, ToSql};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Prepared statements kept by a connection.
const STATEMENTS: usize = 512;

/// Bytes of a file that readers have mapped: a page that the system holds is then read without a call into the system and
/// without a copy. SQLite allows two gigabytes unless it is built to allow more, as `.cargo/config.toml` has it: what is new
/// lies at the end of a file. The writer reads through calls, whose errors it can tell.
const MAPPED: i64 = 1 << 40;

/// Pages that a writing connection keeps in memory, in KiB; and pages of the write-ahead log after which they go back to the file.
const CACHE_KIB: i64 = 32 << 10;
const CHECKPOINT_PAGES: i64 = 8_000;

/// How a file is opened.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opening {
    pub(crate) read_only: bool,
    /// False for the private file behind `sqlite::memory:`, which nobody will want after a power cut.
    pub(crate) durable: bool,
    pub(crate) busy_timeout: Duration,
}

pub(crate) struct SqliteSession {
    pub(crate) connection: rusqlite::Connection,
}

impl SqliteSession {
    pub(crate) fn open(path: &Path, opening: Opening) -> Result<Self> {
        let access = if opening.read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE
        };
        let connection = rusqlite::Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.busy_timeout(opening.busy_timeout)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
        // "text" in double quotes is a name, as in PostgreSQL, never silently a string.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        // Spilled sorts would leave personal data in files that nobody backs up or destroys.
        connection.pragma_update(None, "temp_store", "memory")?;
        if opening.read_only {
            connection.pragma_update(None, "query_only", true)?;
            connection.pragma_update(None, "mmap_size", MAPPED)?;
        } else {
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", if opening.durable { "full" } else { "off" })?;
            connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
            // Search tokens come in any order: a commit of two hundred new files changes more pages than the usual two megabytes
            // hold, and each was written and read again within it. Pages that many commits change go back to the file once.
            connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
            connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
        }
        Ok(Self { connection })
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.connection.execute_batch(sql)?)
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        let mut statement = bound(&self.connection, sql, params)?;
        if statement.column_count() == 0 {
            return Ok(statement.raw_execute()? as u64);
        }
        // A statement with RETURNING runs as it is read; its rows are the count.
        let mut rows = statement.raw_query();
        let mut count = 0;
        while rows.next()?.is_some() {
            count += 1;
        }
        Ok(count)
    }

    /// Calls `each` for every row; its error stops the reading and is the inner result.
    pub(crate) fn for_each(
        &mut self,
        sql: &str,
        params: &[Value],
        each: &mut dyn FnMut(Row) -> Result<()>,
    ) -> Result<Result<()>> {
        let mut statement = bound(&self.connection, sql, params)?;
        let mut columns = Columns::default();
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if let Err(error) = each(columns.decode(row)?) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// Runs one prepared statement for every row, whose values are `$1…` in order; counts the rows written and hands
    /// what RETURNING gives to `each`.
    pub(crate) fn execute_rows(&mut self, sql: &str, rows: &[&[Value]], each: &mut dyn FnMut(Row)) -> Result<u64> {
        let mut statement = prepared(&self.connection, sql, rows.first().map_or(0, |row| row.len()))?;
        let (mut columns, gives_rows) = (Columns::default(), statement.column_count() > 0);
        let mut written = 0;
        for row in rows {
            for (at, value) in row.iter().enumerate() {
                value.check()?;
                statement.raw_bind_parameter(at + 1, value)?;
            }
            if !gives_rows {
                written += statement.raw_execute()? as u64;
                continue;
            }
            let mut answer = statement.raw_query();
            while let Some(row) = answer.next()? {
                each(columns.decode(row)?);
                written += 1;
            }
        }
        Ok(written)
    }

    /// False while a transaction is open. SQLite ends one by itself after a full disk or an input error.
    pub(crate) fn is_autocommit(&self) -> bool {
        self.connection.is_autocommit()
    }
}

/// Prepares a statement, or takes the one that was, and gives it its values.
fn bound<'c>(connection: &'c rusqlite::Connection, sql: &str, params: &[Value]) -> Result<CachedStatement<'c>> {
    let mut statement = prepared(connection, sql, params.len())?;
    for (at, value) in params.iter().enumerate() {
        value.check()?;
        statement.raw_bind_parameter(at + 1, value)?;
    }
    Ok(statement)
}

fn prepared<'c>(connection: &'c rusqlite::Connection, sql: &str, given: usize) -> Result<CachedStatement<'c>> {
    let (sql, wanted) = numbered(sql)?;
    let statement = connection.prepare_cached(&sql)?;
    // A parameter that is written otherwise counts too.
    let wanted = wanted.max(statement.parameter_count());
    if wanted != given {
        return Err(wrong_count(wanted, given));
    }
    Ok(statement)
}

pub(crate) fn wrong_count(wanted: usize, given: usize) -> DbError {
    DbError::new(
        DbErrorKind::Syntax,
        format!("SQL 需要 {wanted} 个参数，实际给出 {given} 个"),
        format!("the SQL takes {wanted} parameters, {given} were given"),
    )
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Bool(value) => ValueRef::Integer((*value).into()),
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Real(value) => ValueRef::Real(*value),
            Self::Text(text) | Self::Json(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
            Self::Uuid(id) => ValueRef::Blob(id.as_bytes()),
        }))
    }
}

/// The column names of an answer, taken from its first row: only when a statement runs does SQLite notice that a
/// table has changed and prepare it anew, perhaps with other columns.
#[derive(Default)]
struct Columns(Option<Arc<ColumnNames>>);

impl Columns {
    fn decode(&mut self, row: &rusqlite::Row<'_>) -> Result<Row> {
        let names = self
            .0
            .get_or_insert_with(|| Arc::new(row.as_ref().column_names().map(str::to_owned).collect()));
        let mut values = Vec::with_capacity(names.len());
        for at in 0..names.len() {
            values.push(match row.get_ref(at)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(value) => Value::Int(value),
                ValueRef::Real(value) => Value::Real(value),
                ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
                ValueRef::Text(bytes) => match std::str::from_utf8(bytes) {
                    Ok(text) => Value::Text(text.to_owned()),
                    Err(_) => return Err(DbError::data("文本不是 UTF-8", "a text is not UTF-8")),
                },
            });
        }
        Ok(Row::new(Arc::clone(names), values))
    }
}
