//! One store over SQLite and PostgreSQL: connections, migrations, dialect.
//!
//! A function of the store has one SQL text for both engines, with placeholders `$1`, `$2`, … :
//!
//! ```
//! use lianfang_db::{Database, Migration};
//!
//! # fn main() -> lianfang_db::Result<()> {
//! let database = Database::open("sqlite::memory:")?;
//! database.migrate(&[Migration {
//!     number: 1,
//!     name: "region",
//!     sql: "create table region (id {text} not null primary key, population {int} not null) {strict}",
//! }])?;
//!
//! let mut writer = database.writer()?;
//! writer.transaction(|tx| {
//!     tx.execute("insert into region (id, population) values ($1, $2)", &["222404".into(), 226_500.into()])
//! })?;
//!
//! let found = database.reader()?.query_opt("select population from region where id = $1", &["222404".into()])?;
//! assert_eq!(found.map(|row| row.int("population")).transpose()?, Some(226_500));
//! # Ok(())
//! # }
//! ```
//!
//! To write portable SQL:
//! 1. cast where the engines differ: `cast(sum(n) as bigint)`, `cast($1 as text) is null`;
//! 2. write an IN list with [`dialect::list`], many rows with [`Connection::insert_rows`];
//! 3. bind the time and the identifiers, never ask the database for them;
//! 4. let [`citus_rules::check_sql`] look at the text in a test, so that it also fits Citus.
//!
//! Everything here blocks. The writer lives on a thread of its own, readers on threads for blocking work.

mod backup;
pub mod citus_rules;
mod client;
mod connection;
mod constraint;
mod database;
pub mod dialect;
mod error;
mod insert;
mod migration;
mod numbered;
mod pool;
mod postgresql;
mod restore;
mod row;
mod schema;
mod shape;
mod sqlite;
mod tape;
mod value;

pub use connection::Connection;
pub use database::{Database, Options};
pub use dialect::Engine;
pub use error::{DbError, DbErrorKind, Result, Said};
pub use insert::{Column, ColumnKind, Insert, OnConflict};
pub use migration::Migration;
pub use pool::PooledReader;
pub use row::{ColumnIndex, ColumnNames, Row};
pub use schema::{ColumnInfo, IndexInfo};
pub use shape::Shape;
pub use tape::Recording;
pub use value::Value;
