//! Writing many rows at once, in the form that is fastest on each engine.
//!
//! SQLite loops one prepared statement; PostgreSQL takes whole columns through `unnest`. The number of rows is what
//! was really written: on PostgreSQL it comes from RETURNING, because a command tag may count what was only offered.

use crate::connection::{Connection, Session};
use crate::dialect::{Engine, check_name};
use crate::error::{DbError, DbErrorKind, Result};
use crate::row::Row;
use crate::value::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Rows of one statement on PostgreSQL, so that a large import does not double in memory.
const ROWS_A_STATEMENT: usize = 4_096;

/// Type of a column, as the type words of migrations name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// `{uuid}`
    Uuid,
    /// `{text}`
    Text,
    /// `{int}`
    Int,
    /// `{bool}`
    Bool,
    /// `{real}`
    Real,
    /// `{bytes}`
    Bytes,
    /// `{json}`
    Json,
}

impl ColumnKind {
    fn postgres_array(self) -> &'static str {
        match self {
            Self::Uuid => "uuid[]",
            Self::Text => "text[]",
            Self::Int => "bigint[]",
            Self::Bool => "boolean[]",
            Self::Real => "double precision[]",
            Self::Bytes => "bytea[]",
            Self::Json => "jsonb[]",
        }
    }
}

/// Name and type of a column that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column<'a> {
    /// Plain SQL name.
    pub name: &'a str,
    /// Type as in the migration.
    pub kind: ColumnKind,
}

impl<'a> Column<'a> {
    /// A column of `kind`.
    pub const fn new(name: &'a str, kind: ColumnKind) -> Self {
        Self { name, kind }
    }
}

/// What happens to a row whose key is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnConflict<'a> {
    /// The statement fails.
    Fail,
    /// The row there stays, this one is not counted.
    Nothing {
        /// The whole unique key.
        key: &'a [&'a str],
    },
    /// The `sum` columns are added to those there; other columns there stay.
    Add {
        /// The whole unique key.
        key: &'a [&'a str],
        /// Columns to add up.
        sum: &'a [&'a str],
    },
    /// All columns outside the key are replaced.
    Replace {
        /// The whole unique key.
        key: &'a [&'a str],
    },
}

/// Rows to write into one table.
#[derive(Clone, Copy, Debug)]
pub struct Insert<'a> {
    /// Plain SQL name.
    pub table: &'a str,
    /// The columns that are written, in the order of the values of a row.
    pub columns: &'a [Column<'a>],
    /// The rows. With [`OnConflict::Add`] and [`OnConflict::Replace`] rows with the same key are first folded into
    /// one, as if they came one after another.
    pub rows: &'a [Vec<Value>],
    /// What happens to a row whose key is there already.
    pub on_conflict: OnConflict<'a>,
}

impl Connection {
    /// Writes the rows, all or none, and counts those that were written: with [`OnConflict::Nothing`] the new ones,
    /// with [`OnConflict::Add`] and [`OnConflict::Replace`] the distinct keys.
    ///
    /// # Errors
    /// A row with another number of values than columns; else see [`DbErrorKind`].
    pub fn insert_rows(&mut self, insert: &Insert<'_>) -> Result<u64> {
        self.insert(insert, &[], &mut |_| {})
    }

    /// Like [`Connection::insert_rows`], and gives the `returning` columns of the rows that were written: which of
    /// the offered entries are new.
    ///
    /// # Errors
    /// Those of [`Connection::insert_rows`].
    pub fn insert_returning(&mut self, insert: &Insert<'_>, returning: &[&str]) -> Result<Vec<Row>> {
        let mut written = Vec::new();
        self.insert(insert, returning, &mut |row| written.push(row))?;
        Ok(written)
    }

    fn insert(&mut self, insert: &Insert<'_>, returning: &[&str], each: &mut dyn FnMut(Row)) -> Result<u64> {
        let sql = insert.sql(self.engine(), returning)?;
        let folded = insert.folded()?;
        if folded.is_empty() {
            return Ok(0);
        }
        let rows: Vec<&[Value]> = folded.iter().map(AsRef::as_ref).collect();
        if self.tape().is_on() {
            self.tape().write(&sql, insert.columns.len(), &rows);
        }
        let is_alone = !self.in_transaction() && (self.engine() == Engine::Sqlite || rows.len() > ROWS_A_STATEMENT);
        if is_alone {
            return self.transaction(|connection| connection.write(&sql, insert.columns.len(), &rows, each));
        }
        self.write(&sql, insert.columns.len(), &rows, each)
    }

    pub(crate) fn write(
        &mut self,
        sql: &str,
        width: usize,
        rows: &[&[Value]],
        each: &mut dyn FnMut(Row),
    ) -> Result<u64> {
        self.run(sql, |session| match session {
            Session::Sqlite(session) => session.execute_rows(sql, rows, each),
            Session::Postgres(session) => {
                let mut written = 0;
                for chunk in rows.chunks(ROWS_A_STATEMENT) {
                    let column = |at: usize| chunk.iter().filter_map(|row| row.get(at)).collect::<Vec<&Value>>();
                    let columns: Vec<Vec<&Value>> = (0..width).map(column).collect();
                    written += session.execute_columns(sql, &columns, each)?;
                }
                Ok(written)
            }
        })
    }
}

impl<'a> Insert<'a> {
    fn sql(&self, engine: Engine, returning: &[&str]) -> Result<String> {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        for name in names.iter().chain(returning) {
            check_name(name)?;
        }
        let table = check_name(self.table)?;
        let mut sql = format!("insert into {table} ({}) ", names.join(", "));
        match engine {
            Engine::Sqlite => sql.push_str(&format!("values {}", crate::dialect::list(names.len(), 1))),
            Engine::Postgres => {
                let typed: Vec<String> = (self.columns.iter().enumerate())
                    .map(|(at, column)| format!("cast(${} as {})", at + 1, column.kind.postgres_array()))
                    .collect();
                sql.push_str(&format!("select * from unnest({})", typed.join(", ")));
            }
        }
        sql.push_str(&self.conflict_clause(table)?);
        match (engine, returning) {
            (Engine::Sqlite, []) => {}
            (Engine::Postgres, []) => sql.push_str(" returning 1"),
            _ => sql.push_str(&format!(" returning {}", returning.join(", "))),
        }
        Ok(sql)
    }

    fn conflict_clause(&self, table: &str) -> Result<String> {
        let key = match self.on_conflict.key() {
            None => return Ok(String::new()),
            Some(key) => key,
        };
        let at_key = |name: &&str| key.contains(name);
        let sets: Vec<String> = match self.on_conflict {
            OnConflict::Add { sum, .. } => sum
                .iter()
                .map(|c| format!("{c} = {table}.{c} + excluded.{c}"))
                .collect(),
            OnConflict::Replace { .. } => {
                let others = self
                    .columns
                    .iter()
                    .map(|column| column.name)
                    .filter(|name| !at_key(name));
                others.map(|c| format!("{c} = excluded.{c}")).collect()
            }
            _ => Vec::new(),
        };
        for name in key {
            self.position(name)?;
        }
        let target = key.join(", ");
        Ok(match sets.as_slice() {
            [] => format!(" on conflict ({target}) do nothing"),
            sets => format!(" on conflict ({target}) do update set {}", sets.join(", ")),
        })
    }

    fn position(&self, name: &str) -> Result<usize> {
        self.columns
            .iter()
            .position(|column| column.name == name)
            .ok_or_else(|| {
                DbError::new(
                    DbErrorKind::Syntax,
                    "写入的列中没有所需的列",
                    "a key or sum column is not among the columns",
                )
                .with_engine_text(format!("{}.{name}", self.table))
            })
    }

    /// The rows with equal keys made one, in the order of their keys: PostgreSQL refuses to update a row twice in
    /// one statement, and two writers that take keys in the same order do not lock each other out.
    fn folded(&self) -> Result<Vec<Cow<'a, [Value]>>> {
        if self.rows.iter().any(|row| row.len() != self.columns.len()) {
            return Err(DbError::new(
                DbErrorKind::Syntax,
                "一行的值与列数不符",
                "a row has another number of values than columns",
            ));
        }
        let (key, sum) = match self.on_conflict {
            OnConflict::Add { key, sum } => (key, Some(sum)),
            OnConflict::Replace { key } => (key, None),
            _ => return Ok(self.rows.iter().map(|row| Cow::Borrowed(row.as_slice())).collect()),
        };
        let key: Vec<usize> = key.iter().map(|name| self.position(name)).collect::<Result<_>>()?;
        let sum: Option<Vec<usize>> = match sum {
            None => None,
            Some(sum) => Some(sum.iter().map(|name| self.position(name)).collect::<Result<_>>()?),
        };
        let mut rows: BTreeMap<Vec<u8>, Cow<'a, [Value]>> = BTreeMap::new();
        for (at, row) in self.rows.iter().enumerate() {
            let mut code = key_code(row, &key);
            if key.iter().any(|&column| row[column] == Value::Null) {
                // NULL equals nothing, not even itself.
                code.extend_from_slice(&at.to_be_bytes());
            }
            match (rows.get_mut(&code), &sum) {
                (Some(kept), Some(sum)) => add(kept.to_mut(), row, sum)?,
                (_, _) => {
                    rows.insert(code, Cow::Borrowed(row));
                }
            }
        }
        Ok(rows.into_values().collect())
    }
}

impl<'a> OnConflict<'a> {
    fn key(&self) -> Option<&'a [&'a str]> {
        match *self {
            Self::Fail => None,
            Self::Nothing { key } | Self::Add { key, .. } | Self::Replace { key } => Some(key),
        }
    }
}

fn add(kept: &mut [Value], row: &[Value], sum: &[usize]) -> Result<()> {
    for &at in sum {
        kept[at] = match (&kept[at], &row[at]) {
            (Value::Int(a), Value::Int(b)) => Value::Int(
                a.checked_add(*b)
                    .ok_or_else(|| DbError::data("合计超出范围", "a sum is out of range"))?,
            ),
            (Value::Real(a), Value::Real(b)) => Value::Real(a + b),
            (Value::Null, _) | (_, Value::Null) => Value::Null,
            _ => return Err(DbError::data("只能累加数值列", "only numbers can be added up")),
        };
    }
    Ok(())
}

/// The key values as bytes that are equal exactly when the values are.
fn key_code(row: &[Value], key: &[usize]) -> Vec<u8> {
    let mut code = Vec::new();
    for value in key.iter().filter_map(|&at| row.get(at)) {
        let (tag, bytes): (u8, Cow<'_, [u8]>) = match value {
            Value::Null => (0, Cow::Borrowed(&[])),
            Value::Bool(b) => (1, Cow::Owned(vec![(*b).into()])),
            Value::Int(n) => (2, Cow::Owned(n.to_be_bytes().to_vec())),
            Value::Real(x) => (3, Cow::Owned(x.to_be_bytes().to_vec())),
            Value::Text(s) | Value::Json(s) => (4, Cow::Borrowed(s.as_bytes())),
            Value::Bytes(b) => (5, Cow::Borrowed(b)),
            Value::Uuid(id) => (6, Cow::Owned(id.as_bytes().to_vec())),
        };
        code.push(tag);
        code.extend_from_slice(&bytes.len().to_be_bytes());
        code.extend_from_slice(&bytes);
    }
    code
}
