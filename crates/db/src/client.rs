//! The programs that come with PostgreSQL: which one, where it finds the database, and how it ended.

use crate::error::{DbError, Result};
use crate::postgresql::Location;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

/// The newest program of that name in Debian's folders, because a `pg_dump` older than the server refuses to work; else that
/// of PATH.
pub(crate) fn program(name: &str) -> Command {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse::<u32>().ok()?;
            Some((version, entry.path().join("bin").join(name)))
        })
        .filter(|(_, program)| program.exists())
        .max();
    Command::new(newest.map_or_else(|| PathBuf::from(name), |(_, program)| program))
}

/// Tells a program of PostgreSQL where the database is.
pub(crate) fn connect_to(command: &mut Command, config: &postgres::Config) {
    let Location {
        host,
        port,
        user,
        database,
    } = Location::of(config);
    let port = port.to_string();
    command.args([
        "--no-password",
        "--host",
        &host,
        "--port",
        &port,
        "--username",
        &user,
        "--dbname",
        &database,
    ]);
    // In the environment the password is hidden from other accounts; on the command line it is not.
    if let Some(password) = config.get_password() {
        command.env("PGPASSWORD", String::from_utf8_lossy(password).as_ref());
    }
}

/// An error when a program did not end well, with what it said.
pub(crate) fn ended(program: &str, status: ExitStatus, said: &[u8]) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(said).trim().to_owned();
    Err(DbError::other(format!("{program} 失败"), format!("{program} failed")).with_engine_text(said))
}

/// A program that cannot be run.
pub(crate) fn missing(program: &str, error: &std::io::Error) -> DbError {
    DbError::other(format!("无法运行 {program}"), format!("{program} cannot be run"))
        .with_engine_text(error.to_string())
        .with_hint("请安装 postgresql-client", "install the package postgresql-client")
}
