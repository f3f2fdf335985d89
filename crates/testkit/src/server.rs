//! Making and removing databases on the PostgreSQL that the environment names.

use lianfang_db::{Connection, Database, Value};
use std::sync::OnceLock;
use uuid::Uuid;

const VARIABLE: &str = "LIANFANG_TEST_POSTGRES";

/// Address of the server's maintenance database, as a superuser.
fn admin_url() -> String {
    required(std::env::var(VARIABLE).ok())
}

/// Fails loudly: a half that was skipped would look green.
fn required(value: Option<String>) -> String {
    value.filter(|url| !url.is_empty()).unwrap_or_else(|| {
        panic!(
            "{VARIABLE} is not set, so the PostgreSQL half of this test cannot run. \
             Start a private server with `cargo xtask pg` and export the line it prints. \
             未设置 {VARIABLE}：请运行 `cargo xtask pg` 启动私有 PostgreSQL，并导出其输出的变量。"
        )
    })
}

/// A new connection with a superuser's rights.
pub(crate) fn admin() -> Connection {
    static SERVER: OnceLock<Database> = OnceLock::new();
    let connect = || {
        Database::open(&admin_url()).unwrap_or_else(|error| panic!("the server of {VARIABLE} does not answer: {error}"))
    };
    let connection = SERVER.get_or_init(connect).writer();
    connection.unwrap_or_else(|error| panic!("the server of {VARIABLE} does not answer: {error}"))
}

/// The address of another database on the same server.
pub(crate) fn url_of(database: &str) -> String {
    with_database(&admin_url(), database)
}

fn with_database(url: &str, database: &str) -> String {
    let (address, query) = url
        .split_once('?')
        .map_or((url, ""), |(address, query)| (address, query));
    let authority_at = address.find("://").map_or(0, |at| at + 3);
    let base = address[authority_at..]
        .find('/')
        .map_or(address, |at| &address[..authority_at + at]);
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{base}/{database}{mark}{query}")
}

#[expect(
    clippy::disallowed_methods,
    reason = "names of databases must differ between processes, nothing else"
)]
pub(crate) fn fresh_name(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::new_v4().simple())
}

/// Makes a database. The default strategy copies through the log; copying files takes seconds on some disks.
pub(crate) fn create(name: &str, template: Option<&str>) {
    let from = template
        .map(|template| format!(" template {template}"))
        .unwrap_or_default();
    let made = admin().batch(&format!("create database {name}{from}"));
    made.unwrap_or_else(|error| panic!("the test database cannot be made: {error}"));
}

/// Removes a database, whoever still has it open. A server that is gone has nothing to remove.
pub(crate) fn drop_database(name: &str) {
    if let Err(error) = admin().batch(&format!("drop database if exists {name} with (force)")) {
        eprintln!("test database {name} was left behind: {error}");
    }
}

/// Removes what tests that were killed have left behind more than a day ago.
pub(crate) fn sweep() {
    let old = "select cast(datname as text) as name from pg_database \
        where (datname like 'lf~_test~_%' escape '~' or datname like 'lf~_template~_%' escape '~') \
        and (pg_stat_file('base/' || oid || '/PG_VERSION', true)).modification < now() - interval '1 day'";
    let found = admin().query(old, &[] as &[Value]).unwrap_or_default();
    for name in found.iter().filter_map(|row| row.text("name").ok()) {
        drop_database(name);
    }
}

#[cfg(test)]
mod tests {
    use super::{required, with_database};

    #[test]
    #[should_panic(expected = "cargo xtask pg")]
    fn without_a_server_the_test_fails_and_says_how_to_start_one() {
        required(None);
    }

    #[test]
    fn only_the_name_of_the_database_changes() {
        assert_eq!(
            with_database("postgres://u:p@h:5/postgres", "x"),
            "postgres://u:p@h:5/x"
        );
        assert_eq!(with_database("postgres://h", "x"), "postgres://h/x");
        assert_eq!(
            with_database("postgres://h/a?connect_timeout=3", "x"),
            "postgres://h/x?connect_timeout=3"
        );
    }
}
