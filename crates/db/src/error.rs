//! What can go wrong between us and a database, said once for both engines.
//!
//! A message never carries a stored or bound value: the engines' own texts that would (PostgreSQL's `DETAIL` line
//! quotes the offending key) are left behind on purpose, because errors end in logs.

use std::fmt;

/// Result of everything in this crate.
pub type Result<T> = std::result::Result<T, DbError>;

/// What a caller can do about the error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DbErrorKind {
    /// The connection is lost, cannot be made, or SQLite stayed locked longer than the busy timeout.
    Unavailable,
    /// Two transactions stood in each other's way (deadlock, serialization): the whole transaction may be tried again.
    Contended,
    /// A constraint refused the row. Named primary keys, unique indexes and checks have the same name on both engines.
    Constraint {
        /// Name of the constraint, for example `entry_pkey`; see [`DbError::constraint`].
        name: String,
    },
    /// The SQL text does not fit the schema or the grammar: a defect of ours.
    Syntax,
    /// A value does not fit the type it is read as or written to.
    Data,
    /// The schema in the database and the migrations of this program do not agree.
    Migration,
    /// Everything else, for example a full disk.
    Other,
}

/// Sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// 简体中文.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Said {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// Error of the database layer: kind, message and hint in both languages, the engine's own text, the SQL.
#[derive(Debug)]
pub struct DbError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: DbErrorKind,
    message: Said,
    hint: Option<Said>,
    engine_text: Option<String>,
    code: Option<String>,
    sql: Option<String>,
}

impl DbError {
    pub(crate) fn new(kind: DbErrorKind, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: Said::new(zh, en),
            hint: None,
            engine_text: None,
            code: None,
            sql: None,
        }))
    }

    pub(crate) fn other(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(DbErrorKind::Other, zh, en)
    }

    pub(crate) fn data(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(DbErrorKind::Data, zh, en)
    }

    pub(crate) fn with_hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.0.hint = Some(Said::new(zh, en));
        self
    }

    pub(crate) fn with_engine_text(mut self, text: impl Into<String>) -> Self {
        self.0.engine_text = Some(text.into());
        self
    }

    pub(crate) fn with_sql(mut self, sql: &str) -> Self {
        const SHOWN: usize = 400;
        if self.0.sql.is_none() {
            self.0.sql = Some(sql.chars().take(SHOWN).collect());
        }
        self
    }

    pub(crate) fn with_constraint(mut self, name: String) -> Self {
        self.0.kind = DbErrorKind::Constraint { name };
        self
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> &DbErrorKind {
        &self.0.kind
    }

    /// Message in both languages.
    pub fn message(&self) -> &Said {
        &self.0.message
    }

    /// What to do next, in both languages.
    pub fn hint(&self) -> Option<&Said> {
        self.0.hint.as_ref()
    }

    /// The SQLSTATE (PostgreSQL) or extended result code (SQLite), for logs.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Beginning of the SQL text that failed, with its placeholders, never with values.
    pub fn sql(&self) -> Option<&str> {
        self.0.sql.as_deref()
    }

    /// Name of the constraint that refused the row.
    pub fn constraint(&self) -> Option<&str> {
        match &self.0.kind {
            DbErrorKind::Constraint { name } => Some(name),
            _ => None,
        }
    }

    /// True if the same work may succeed when it is tried again, after [`crate::Connection::reconnect`] if the
    /// connection is broken.
    pub fn is_transient(&self) -> bool {
        matches!(self.0.kind, DbErrorKind::Unavailable | DbErrorKind::Contended)
    }
}

impl fmt::Display for DbError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.message.en)?;
        if let Some(text) = &self.0.engine_text {
            write!(f, ": {text}")?;
        }
        if let Some(code) = &self.0.code {
            write!(f, " [{code}]")?;
        }
        if let Some(sql) = &self.0.sql {
            write!(f, " in: {sql}")?;
        }
        if let Some(hint) = &self.0.hint {
            write!(f, " (hint: {})", hint.en)?;
        }
        Ok(())
    }
}

impl std::error::Error for DbError {}

fn for_kind(kind: DbErrorKind) -> DbError {
    let (zh, en) = match &kind {
        DbErrorKind::Unavailable => ("数据库暂时不可用", "the database is not available"),
        DbErrorKind::Contended => ("两项写入互相冲突", "two transactions stood in each other's way"),
        DbErrorKind::Constraint { .. } => ("数据违反了约束", "a constraint refused the row"),
        DbErrorKind::Syntax => ("SQL 与库结构不符", "the SQL does not fit the schema"),
        DbErrorKind::Data => ("数值与列类型不符", "a value does not fit its column"),
        DbErrorKind::Migration => ("库结构版本不符", "the schema does not fit this program"),
        DbErrorKind::Other => ("数据库报错", "the database reported an error"),
    };
    DbError::new(kind, zh, en)
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as E;
        let (failure, text) = match &error {
            E::SqliteFailure(failure, text) => (*failure, text.clone().unwrap_or_else(|| failure.to_string())),
            E::SqlInputError { error, msg, .. } => (*error, msg.clone()),
            E::ToSqlConversionFailure(_) | E::FromSqlConversionFailure(..) | E::Utf8Error(..) | E::NulError(_) => {
                return for_kind(DbErrorKind::Data).with_engine_text(error.to_string());
            }
            E::InvalidParameterName(_) | E::InvalidParameterCount(..) | E::MultipleStatement => {
                return for_kind(DbErrorKind::Syntax).with_engine_text(error.to_string());
            }
            _ => return for_kind(DbErrorKind::Other).with_engine_text(error.to_string()),
        };
        let mut mapped = for_kind(sqlite_kind(&failure, &text)).with_engine_text(text);
        if failure.code == rusqlite::ErrorCode::DiskFull {
            mapped = mapped.with_hint("磁盘已满，请清理空间", "the disk is full: free some space");
        }
        mapped.0.code = Some(failure.extended_code.to_string());
        mapped
    }
}

fn sqlite_kind(failure: &rusqlite::ffi::Error, text: &str) -> DbErrorKind {
    use rusqlite::ErrorCode as C;
    match failure.code {
        C::DatabaseBusy | C::DatabaseLocked | C::CannotOpen => DbErrorKind::Unavailable,
        C::TypeMismatch | C::TooBig => DbErrorKind::Data,
        C::ConstraintViolation if failure.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_DATATYPE => {
            DbErrorKind::Data
        }
        C::ConstraintViolation => DbErrorKind::Constraint { name: text.to_owned() },
        C::Unknown if text.contains("integer overflow") || text.contains("malformed JSON") => DbErrorKind::Data,
        C::Unknown => DbErrorKind::Syntax,
        _ => DbErrorKind::Other,
    }
}

impl From<postgres::Error> for DbError {
    fn from(error: postgres::Error) -> Self {
        if let Some(server) = error.as_db_error() {
            let mut mapped = for_kind(postgres_kind(server));
            mapped.0.code = Some(server.code().code().to_owned());
            // Messages of class 22 may quote the value that did not fit; their code says enough.
            if *mapped.kind() != DbErrorKind::Data {
                mapped = mapped.with_engine_text(server.message());
            }
            return mapped;
        }
        let source = std::error::Error::source(&error);
        if let Some(ours) = source.and_then(|s| s.downcast_ref::<DbError>()) {
            return DbError::data(&ours.0.message.zh, &ours.0.message.en);
        }
        let is_io = source.is_some_and(|s| s.is::<std::io::Error>());
        let text = match source {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        let kind = if is_io || error.is_closed() || text.starts_with("error connecting") {
            DbErrorKind::Unavailable
        } else {
            DbErrorKind::Other
        };
        for_kind(kind).with_engine_text(text)
    }
}

fn postgres_kind(server: &postgres::error::DbError) -> DbErrorKind {
    let code = server.code().code();
    match code {
        "57P01" | "57P02" | "57P03" | "53300" => return DbErrorKind::Unavailable,
        "40001" | "40P01" | "55P03" => return DbErrorKind::Contended,
        "42501" => return DbErrorKind::Other,
        "21000" => return DbErrorKind::Data,
        _ => {}
    }
    match code.get(..2).unwrap_or_default() {
        "08" => DbErrorKind::Unavailable,
        "22" => DbErrorKind::Data,
        "23" => DbErrorKind::Constraint {
            name: postgres_constraint(server),
        },
        "42" => DbErrorKind::Syntax,
        _ => DbErrorKind::Other,
    }
}

/// PostgreSQL before 18 has no name for NOT NULL; we give it the one that newer servers give.
fn postgres_constraint(server: &postgres::error::DbError) -> String {
    match (server.constraint(), server.table(), server.column()) {
        (Some(name), _, _) => name.to_owned(),
        (None, Some(table), Some(column)) => format!("{table}_{column}_not_null"),
        _ => String::new(),
    }
}
