//! A copy put back in place of the whole database, all of it or nothing.

use crate::client::{self, connect_to, ended, missing};
use crate::database::{Database, Place, file_error};
use crate::error::{DbError, Result};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

/// How often, and after how long, it is looked whether others are still connected.
const LOOKS: u32 = 20;
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Database {
    /// Puts back a copy that [`Database::backup`] made of a database of the same kind: everything that is there goes, in one
    /// transaction on PostgreSQL and by renaming a whole file for SQLite. Nobody else may be using the database; readers and
    /// writers of this value opened before must be dropped.
    ///
    /// # Errors
    /// Others are connected; the copy cannot be read or is of the other engine; `pg_restore` or `psql` is missing or fails.
    pub fn restore(&self, from: &Path) -> Result<()> {
        let is_archive = fs::File::open(from)
            .and_then(|file| starts_with(file, b"PGDMP"))
            .map_err(|error| file_error(from, &error))?;
        match &self.target.place {
            Place::File { path, .. } if !is_archive => replace(from, path),
            Place::Server(config) if is_archive => {
                self.must_be_alone()?;
                put_back(config, from)
            }
            Place::File { .. } => Err(of_the_other("这是 PostgreSQL 的备份", "this is a backup of PostgreSQL")),
            Place::Server(_) => Err(of_the_other("这是 SQLite 的备份", "this is a backup of SQLite")),
        }
    }

    fn must_be_alone(&self) -> Result<()> {
        let sql =
            "select count(*) as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        let mut connection = self.writer()?;
        let mut others = 0;
        // Connections that were just closed are counted for a moment.
        for _ in 0..LOOKS {
            others = connection.query_one(sql, &[])?.int("n")?;
            if others == 0 {
                return Ok(());
            }
            std::thread::sleep(LOOK_EVERY);
        }
        Err(DbError::other(
            format!("还有 {others} 个连接在使用这个数据库"),
            format!("{others} connections still use this database"),
        )
        .with_hint("请先停止服务和其他程序", "stop the server and other programs first"))
    }
}

fn of_the_other(zh: &str, en: &str) -> DbError {
    DbError::other(zh, en).with_hint(
        "请核对 --database 和备份文件",
        "check --database and the file of the backup",
    )
}

fn starts_with(mut file: fs::File, bytes: &[u8]) -> std::io::Result<bool> {
    let mut first = vec![0; bytes.len()];
    let read = std::io::Read::read(&mut file, &mut first)?;
    Ok(first[..read] == *bytes)
}

/// Copies beside the target and renames, so that a full disk leaves the old file whole.
fn replace(from: &Path, to: &Path) -> Result<()> {
    let beside = |ending: &str| {
        let mut name = OsString::from(to);
        name.push(ending);
        PathBuf::from(name)
    };
    let part = beside(".restoring");
    fs::copy(from, &part).map_err(|error| file_error(from, &error))?;
    for log in [beside("-wal"), beside("-shm")] {
        if log.exists() {
            fs::remove_file(&log).map_err(|error| file_error(&log, &error))?;
        }
    }
    fs::rename(&part, to).map_err(|error| file_error(to, &error))
}

/// Writes the archive out as statements into one transaction that begins by emptying the schema.
fn put_back(config: &postgres::Config, from: &Path) -> Result<()> {
    // Half an archive would be half a transaction that ends well: it is read to its end before anything goes.
    let whole = statements(from, "/dev/null", Stdio::null())?.wait_with_output();
    let whole = whole.map_err(|error| missing("pg_restore", &error))?;
    ended("pg_restore", whole.status, &whole.stderr)?;
    let mut archive = statements(from, "-", Stdio::piped())?;
    let mut psql = client::program("psql");
    connect_to(&mut psql, config);
    psql.args([
        "--no-psqlrc",
        "--quiet",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
    ]);
    psql.args([
        "--command=set client_min_messages = warning",
        "--command=drop schema public cascade",
    ]);
    psql.args(["--command=create schema public", "--file=-"]);
    if let Some(statements) = archive.stdout.take() {
        psql.stdin(statements);
    }
    let loaded = psql.stdout(Stdio::null()).stderr(Stdio::piped()).output();
    let read = archive
        .wait_with_output()
        .map_err(|error| missing("pg_restore", &error))?;
    let loaded = loaded.map_err(|error| missing("psql", &error))?;
    ended("psql", loaded.status, &loaded.stderr).and_then(|()| ended("pg_restore", read.status, &read.stderr))
}

fn statements(from: &Path, to: &str, out: Stdio) -> Result<Child> {
    let mut command = client::program("pg_restore");
    command.args(["--no-owner", "--no-privileges", "--file", to]).arg(from);
    let running = command.stdin(Stdio::null()).stdout(out).stderr(Stdio::piped()).spawn();
    running.map_err(|error| missing("pg_restore", &error))
}
