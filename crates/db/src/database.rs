//! Where a database is and how to get connections to it.

use crate::connection::{Connection, Session};
use crate::dialect::Engine;
use crate::error::{DbError, Result};
use crate::pool::{PooledReader, ReaderPool};
use crate::postgresql::{self, PgSession};
use crate::sqlite::{Opening, SqliteSession};
use crate::tape::Tape;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Settings of a [`Database`] beyond its address.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Readers that may be out at the same time; more wait.
    pub readers: usize,
    /// How long a reader is waited for when all are out.
    pub reader_wait: Duration,
    /// How long a SQLite connection waits for the write lock of another process.
    pub busy_timeout: Duration,
    /// How long PostgreSQL may take to answer a new connection, unless the address says `connect_timeout`.
    pub connect_timeout: Duration,
    /// False lets SQLite skip the wait for the disk at each commit: only for tests and for files that can be made
    /// again. PostgreSQL decides this on the server.
    pub is_durable: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 8,
            reader_wait: Duration::from_secs(10),
            busy_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(10),
            is_durable: true,
        }
    }
}

/// A database: one SQLite file or one PostgreSQL database. Clones share the pool of readers.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) target: Arc<Target>,
    readers: Arc<ReaderPool>,
}

/// Where sessions are opened.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) place: Place,
    options: Options,
    pub(crate) tape: Tape,
}

pub(crate) enum Place {
    File {
        path: PathBuf,
        /// The folder of a `sqlite::memory:` database, removed with the last connection.
        private: Option<tempfile::TempDir>,
    },
    Server(Box<postgres::Config>),
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File { path, .. } => f.debug_tuple("File").field(path).finish(),
            Self::Server(config) => f.debug_tuple("Server").field(&postgresql::display(config)).finish(),
        }
    }
}

impl Target {
    pub(crate) fn engine(&self) -> Engine {
        match self.place {
            Place::File { .. } => Engine::Sqlite,
            Place::Server(_) => Engine::Postgres,
        }
    }

    pub(crate) fn display(&self) -> String {
        match &self.place {
            Place::File { private: Some(_), .. } => "sqlite::memory:".to_owned(),
            Place::File { path, private: None } => format!("sqlite:{}", path.display()),
            Place::Server(config) => postgresql::display(config),
        }
    }

    pub(crate) fn session(&self, read_only: bool) -> Result<Session> {
        match &self.place {
            Place::File { path, private } => {
                let opening = Opening {
                    read_only,
                    durable: self.options.is_durable && private.is_none(),
                    busy_timeout: self.options.busy_timeout,
                };
                SqliteSession::open(path, opening).map(Session::Sqlite)
            }
            Place::Server(config) => {
                PgSession::open(config, read_only).map(|session| Session::Postgres(Box::new(session)))
            }
        }
    }
}

impl Database {
    /// Opens `sqlite:PATH` (made if absent), `sqlite::memory:` (private to this value and its clones, gone with the
    /// last connection) or `postgres://user:password@host:5432/name`.
    ///
    /// # Errors
    /// Unavailable when it cannot be reached; Other when the address cannot be read or asks for TLS.
    pub fn open(url: &str) -> Result<Self> {
        Self::open_with(url, Options::default())
    }

    /// Like [`Database::open`], with other settings.
    ///
    /// # Errors
    /// Those of [`Database::open`].
    pub fn open_with(url: &str, options: Options) -> Result<Self> {
        let place = if url == "sqlite::memory:" {
            memory()?
        } else if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(unknown_address());
            }
            make_private_file(Path::new(path))?;
            Place::File {
                path: PathBuf::from(path),
                private: None,
            }
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Place::Server(Box::new(server_config(url, &options)?))
        } else {
            return Err(unknown_address());
        };
        let target = Arc::new(Target {
            place,
            options,
            tape: Tape::default(),
        });
        // A wrong address shows now, not at the first request. It also puts a new SQLite file into WAL mode, which
        // readers cannot do.
        drop(target.session(false)?);
        let readers = ReaderPool::new(Arc::clone(&target), options.readers, options.reader_wait);
        Ok(Self {
            target,
            readers: Arc::new(readers),
        })
    }

    /// The engine behind the address.
    pub fn engine(&self) -> Engine {
        self.target.engine()
    }

    /// The address without its password, for logs and pages.
    pub fn url_display(&self) -> String {
        self.target.display()
    }

    /// A new connection that may write. The ledger keeps one on its own thread.
    ///
    /// # Errors
    /// Unavailable when it cannot be made.
    pub fn writer(&self) -> Result<Connection> {
        Connection::open(Arc::clone(&self.target), false)
    }

    /// A connection that only reads, from a bounded pool; it returns by itself when dropped.
    ///
    /// # Errors
    /// Unavailable when all are out for too long, or when a new one cannot be made.
    pub fn reader(&self) -> Result<PooledReader> {
        ReaderPool::take(&self.readers)
    }

    /// Such a connection, if there is one at once.
    pub fn free_reader(&self) -> Option<PooledReader> {
        ReaderPool::take_within(&self.readers, Duration::ZERO).ok()
    }

    /// Size on disk in bytes; SQLite's includes its write-ahead log.
    ///
    /// # Errors
    /// Unavailable when the database cannot be reached.
    pub fn size_bytes(&self) -> Result<u64> {
        match &self.target.place {
            Place::File { path, .. } => {
                let mut wal = path.clone().into_os_string();
                wal.push("-wal");
                let size = |path: &Path| std::fs::metadata(path).map(|found| found.len());
                let main = size(path).map_err(|error| file_error(path, &error))?;
                Ok(main + size(Path::new(&wal)).unwrap_or(0))
            }
            Place::Server(_) => {
                let row = self
                    .reader()?
                    .query_one("select pg_database_size(current_database()) as bytes", &[])?;
                Ok(row.int("bytes")?.unsigned_abs())
            }
        }
    }

    /// True if there is no table yet.
    ///
    /// # Errors
    /// Unavailable when the database cannot be reached.
    pub fn is_empty(&self) -> Result<bool> {
        Ok(self.reader()?.tables()?.is_empty())
    }
}

/// A real file in a folder of its own behaves like production: readers and writer do not block each other, which
/// SQLite's shared cache in memory does not offer.
fn memory() -> Result<Place> {
    let folder = tempfile::Builder::new()
        .prefix("lianfang-")
        .tempdir()
        .map_err(|error| {
            DbError::other("无法创建临时目录", "a temporary folder cannot be made").with_engine_text(error.to_string())
        })?;
    Ok(Place::File {
        path: folder.path().join("memory.db"),
        private: Some(folder),
    })
}

fn server_config(url: &str, options: &Options) -> Result<postgres::Config> {
    let mut config = postgresql::parse_url(url)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(options.connect_timeout);
    }
    if config.get_application_name().is_none() {
        config.application_name("lianfang");
    }
    // A server that vanished without a word is noticed within a minute instead of two hours.
    config.keepalives_idle(Duration::from_secs(30));
    Ok(config)
}

/// Makes the file before SQLite does, readable for its owner only: it holds personal data. The log and index files
/// that SQLite adds take the same rights.
fn make_private_file(path: &Path) -> Result<()> {
    let mut opening = std::fs::OpenOptions::new();
    opening.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut opening, 0o600);
    match opening.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(file_error(path, &error)),
    }
}

pub(crate) fn file_error(path: &Path, error: &std::io::Error) -> DbError {
    DbError::new(
        crate::DbErrorKind::Unavailable,
        format!("无法打开文件 {}", path.display()),
        format!("the file {} cannot be opened", path.display()),
    )
    .with_engine_text(error.to_string())
    .with_hint(
        "请检查目录是否存在、是否有写权限",
        "check that the folder exists and may be written",
    )
}

fn unknown_address() -> DbError {
    DbError::other("数据库地址无法识别", "the database address is not understood").with_hint(
        "写 sqlite:文件路径、sqlite::memory: 或 postgres://用户:密码@主机:5432/库名",
        "write sqlite:PATH, sqlite::memory: or postgres://user:password@host:5432/name",
    )
}
