//! What tables a database has, in words that compare across engines.

use crate::connection::Connection;
use crate::dialect::Engine;
use crate::error::Result;
use crate::row::Row;

/// A column as the database describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// Name.
    pub name: String,
    /// Type in the engine's own words, lower case.
    pub type_name: String,
    /// True if NULL is allowed.
    pub is_nullable: bool,
    /// Place in the primary key, from 1.
    pub key_position: Option<u32>,
}

/// A unique or plain index as the database describes it, the primary key included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IndexInfo {
    /// Columns in order; an expression is an empty name.
    pub columns: Vec<String>,
    /// True for primary keys and unique indexes.
    pub is_unique: bool,
    /// True if it covers only some rows.
    pub is_partial: bool,
}

impl Connection {
    /// Names of the tables, sorted.
    ///
    /// # Errors
    /// See [`crate::DbErrorKind`].
    pub fn tables(&mut self) -> Result<Vec<String>> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "select name from sqlite_schema where type = 'table' and name not like 'sqlite~_%' escape '~' order by name"
            }
            Engine::Postgres => {
                "select cast(tablename as text) as name from pg_tables where schemaname = current_schema() \
                 order by cast(tablename as text) collate \"C\""
            }
        };
        self.query(sql, &[])?
            .iter()
            .map(|row| Ok(row.text("name")?.to_owned()))
            .collect()
    }

    /// Columns of a table in their order; none when there is no such table.
    ///
    /// # Errors
    /// See [`crate::DbErrorKind`].
    pub fn table_columns(&mut self, table: &str) -> Result<Vec<ColumnInfo>> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "select name, lower(type) as type_name, \"notnull\" = 0 as is_nullable, pk as key_position \
                 from pragma_table_info($1) order by cid"
            }
            Engine::Postgres => {
                "select cast(a.attname as text) as name, format_type(a.atttypid, a.atttypmod) as type_name, \
                 not a.attnotnull as is_nullable, \
                 coalesce(array_position(cast(i.indkey as int2[]), a.attnum) + 1, 0) as key_position \
                 from pg_attribute a join pg_class c on c.oid = a.attrelid \
                 left join pg_index i on i.indrelid = c.oid and i.indisprimary \
                 where c.relname = $1 and c.relnamespace = cast(current_schema() as regnamespace) \
                 and a.attnum > 0 and not a.attisdropped order by a.attnum"
            }
        };
        let read = |row: &Row| {
            let key = u32::try_from(row.int("key_position")?).unwrap_or(0);
            Ok(ColumnInfo {
                name: row.text("name")?.to_owned(),
                type_name: row.text("type_name")?.to_owned(),
                is_nullable: row.bool("is_nullable")?,
                key_position: (key > 0).then_some(key),
            })
        };
        self.query(sql, &[table.into()])?.iter().map(read).collect()
    }

    /// Indexes of a table, sorted by their columns; none when there is no such table.
    ///
    /// # Errors
    /// See [`crate::DbErrorKind`].
    pub fn table_indexes(&mut self, table: &str) -> Result<Vec<IndexInfo>> {
        let sql = match self.engine() {
            Engine::Sqlite => {
                "select l.name as name, l.\"unique\" = 1 as is_unique, l.partial = 1 as is_partial, \
                 coalesce(i.name, '') as column_name \
                 from pragma_index_list($1) l, pragma_index_info(l.name) i order by l.name, i.seqno"
            }
            Engine::Postgres => {
                "select cast(x.relname as text) as name, i.indisunique as is_unique, \
                 i.indpred is not null as is_partial, coalesce(cast(a.attname as text), '') as column_name \
                 from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid \
                 cross join generate_series(0, i.indnkeyatts - 1) n \
                 left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[n] and a.attnum > 0 \
                 where c.relname = $1 and c.relnamespace = cast(current_schema() as regnamespace) \
                 order by x.relname, n"
            }
        };
        let mut found: Vec<(String, IndexInfo)> = Vec::new();
        for row in self.query(sql, &[table.into()])? {
            let (name, column) = (row.text("name")?, row.text("column_name")?.to_owned());
            match found.last_mut().filter(|(last, _)| last == name) {
                Some((_, index)) => index.columns.push(column),
                None => {
                    let (is_unique, is_partial) = (row.bool("is_unique")?, row.bool("is_partial")?);
                    found.push((
                        name.to_owned(),
                        IndexInfo {
                            columns: vec![column],
                            is_unique,
                            is_partial,
                        },
                    ));
                }
            }
        }
        let mut indexes: Vec<IndexInfo> = found.into_iter().map(|(_, index)| index).collect();
        indexes.sort();
        Ok(indexes)
    }
}
