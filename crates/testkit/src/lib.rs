//! Both-database tests: a fresh database a test, a private PostgreSQL, the attribute.
//!
//! ```no_run
//! use lianfang_testkit::{TestDb, both_databases};
//!
//! #[both_databases]
//! fn a_new_database_has_no_tables(db: TestDb) {
//!     assert!(db.database.is_empty().unwrap());
//! }
//! # fn main() {}
//! ```
//!
//! 1. Start a server once: `cargo xtask pg` prints the `LIANFANG_TEST_POSTGRES` to export.
//! 2. Write `#[both_databases]` over the test. It becomes two tests, and the PostgreSQL one fails if there is no
//!    server: a half that did not run is never green.
//! 3. If set-up is expensive, do it once with [`TestDb::from_template`] in a function `make(Engine) -> TestDb` and
//!    write `#[both_databases(make)]`.

//!
//! In a file under `tests/` write `#![cfg(test)]` at the top, so that `unwrap` is allowed in its functions.
//!
//! The attribute refuses what would weaken a test:
//!
//! ```compile_fail
//! #[lianfang_testkit::both_databases]
//! async fn asynchronous(db: lianfang_testkit::TestDb) {}
//! ```
//! ```compile_fail
//! #[lianfang_testkit::both_databases]
//! #[ignore]
//! fn never_run(db: lianfang_testkit::TestDb) {}
//! ```

#![expect(clippy::panic, reason = "a test that cannot get its database has failed")]

pub mod doubles;
mod pack_files;
pub mod postgres_cluster;
mod server;
mod template;
mod test_db;

pub use lianfang_db::Engine;
pub use lianfang_testkit_macros::both_databases;
pub use pack_files::pack_files;
pub use test_db::TestDb;
