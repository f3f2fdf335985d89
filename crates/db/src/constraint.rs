//! One name for a violated constraint, whichever engine refused the row.
//!
//! PostgreSQL says the name; SQLite says the columns (`UNIQUE constraint failed: entry.id`). The columns are turned
//! into the name that PostgreSQL gives: `entry_pkey`, the name of the unique index, `entry_area_not_null`.

use crate::connection::{Connection, Session};
use crate::error::DbError;

pub(crate) fn with_portable_name(connection: &Connection, error: DbError) -> DbError {
    let Session::Sqlite(session) = &connection.session else {
        return error;
    };
    let Some(text) = error.constraint() else { return error };
    match portable_name(&session.connection, text) {
        Some(name) => error.with_constraint(name),
        None => error,
    }
}

fn portable_name(sqlite: &rusqlite::Connection, text: &str) -> Option<String> {
    let (what, subject) = text.split_once(" constraint failed")?;
    let subject = subject.trim_start_matches(':').trim();
    match what {
        "NOT NULL" => {
            let (table, column) = subject.split_once('.')?;
            Some(format!("{table}_{column}_not_null"))
        }
        "CHECK" => Some(subject.to_owned()),
        "FOREIGN KEY" => Some("foreign_key".to_owned()),
        "UNIQUE" => match subject.strip_prefix("index '") {
            Some(index) => Some(index.trim_end_matches('\'').to_owned()),
            None => unique_name(sqlite, subject),
        },
        _ => None,
    }
}

/// `entry.id` or `entry.subject, entry.id` to the name of the key that holds just these columns.
fn unique_name(sqlite: &rusqlite::Connection, subject: &str) -> Option<String> {
    let table = subject.split_once('.')?.0;
    let columns: Vec<&str> = subject
        .split(", ")
        .filter_map(|part| part.split_once('.').map(|(_, c)| c))
        .collect();
    let mut indexes = sqlite
        .prepare_cached("select name, origin from pragma_index_list($1) where \"unique\" = 1")
        .ok()?;
    let found = indexes
        .query_map([table], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))
        .ok()?;
    for (name, origin) in found.flatten() {
        if index_columns(sqlite, &name)? == columns {
            return Some(match origin.as_str() {
                "pk" => format!("{table}_pkey"),
                "u" => format!("{table}_{}_key", columns.join("_")),
                _ => name,
            });
        }
    }
    // The primary key of a rowid table with one integer column has no index of its own.
    Some(format!("{table}_pkey"))
}

fn index_columns(sqlite: &rusqlite::Connection, index: &str) -> Option<Vec<String>> {
    let mut columns = sqlite
        .prepare_cached("select coalesce(name, '') from pragma_index_info($1) order by seqno")
        .ok()?;
    let names = columns.query_map([index], |row| row.get(0)).ok()?;
    names.collect::<Result<_, _>>().ok()
}
