//! A copy of the whole database while it is in use.

use crate::client;
use crate::database::{Database, Place, file_error};
use crate::error::{DbError, Result};
use crate::sqlite::{Opening, SqliteSession};
use rusqlite::backup::{Backup, StepResult};
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// Pages copied between two reports of progress: 4 MB.
const PAGES_A_STEP: i32 = 1024;

impl Database {
    /// Copies the database as it is at this moment to the new file `to`, while others go on reading and writing:
    /// a SQLite file for SQLite, an archive of `pg_dump` for PostgreSQL; [`Database::restore`] puts both back. `progress` gets
    /// the bytes done and the bytes in all; for PostgreSQL the second is the size on disk, which the archive stays
    /// under. The file appears under its name only when it is whole and on the disk.
    ///
    /// # Errors
    /// The file exists already or cannot be written; `pg_dump` is missing or older than the server.
    pub fn backup(&self, to: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
        if to.exists() {
            return Err(DbError::other(
                format!("文件 {} 已存在", to.display()),
                format!("the file {} exists already", to.display()),
            )
            .with_hint("请换一个文件名", "choose another name"));
        }
        let part = PathBuf::from({
            let mut name = OsString::from(to);
            name.push(".part");
            name
        });
        let copied = match &self.target.place {
            Place::File { path, .. } => copy_file(path, &part, progress),
            Place::Server(config) => self.dump(config, &part, progress),
        };
        let kept = copied.and_then(|()| keep(&part, to));
        if kept.is_err() {
            // Half a backup looks like one; the error says what happened.
            let _ = fs::remove_file(&part);
        }
        kept
    }

    fn dump(&self, config: &postgres::Config, part: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
        let total = self.size_bytes()?;
        create_private(part)?;
        let mut command = client::program("pg_dump");
        command.args(["--format=custom", "--file"]).arg(part);
        client::connect_to(&mut command, config);
        let missing = |error| client::missing("pg_dump", &error);
        let mut running = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(missing)?;
        while running.try_wait().map_err(missing)?.is_none() {
            let done = fs::metadata(part).map_or(0, |found| found.len());
            progress(done.min(total), total);
            std::thread::sleep(Duration::from_millis(50));
        }
        let ended = running.wait_with_output().map_err(missing)?;
        client::ended("pg_dump", ended.status, &ended.stderr)?;
        progress(total, total);
        Ok(())
    }
}

fn copy_file(from: &Path, part: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<()> {
    let opening = Opening {
        read_only: true,
        durable: true,
        busy_timeout: Duration::from_secs(10),
    };
    let source = SqliteSession::open(from, opening)?.connection;
    let page_bytes: u64 = source
        .pragma_query_value(None, "page_size", |row| row.get::<_, u32>(0))?
        .into();
    // Reading first fixes the moment: without it every write of others would start the copy anew.
    source.execute_batch("begin")?;
    source.query_row("select count(*) from sqlite_schema", [], |_| Ok(()))?;
    create_private(part)?;
    let mut target = rusqlite::Connection::open(part)?;
    let copy = Backup::new(&source, &mut target)?;
    loop {
        let step = copy.step(PAGES_A_STEP)?;
        let pages = copy.progress();
        let bytes = |pages: i32| u64::from(pages.unsigned_abs()) * page_bytes;
        progress(bytes(pages.pagecount - pages.remaining), bytes(pages.pagecount));
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn create_private(path: &Path) -> Result<()> {
    let mut opening = fs::OpenOptions::new();
    opening.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut opening, 0o600);
    opening.open(path).map(drop).map_err(|error| file_error(path, &error))
}

fn keep(part: &Path, to: &Path) -> Result<()> {
    let synced = File::open(part)
        .and_then(|file| file.sync_all())
        .and_then(|()| fs::rename(part, to));
    synced.map_err(|error| file_error(to, &error))?;
    // The new name is durable only with its folder; some systems cannot open one, and have nothing to flush there.
    let folder = to
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    if let Ok(folder) = File::open(folder) {
        folder.sync_all().map_err(|error| file_error(to, &error))?;
    }
    Ok(())
}
