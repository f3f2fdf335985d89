//! What can go wrong below the level of a refusal.

use lianfang_db::{DbError, DbErrorKind};
use lianfang_kernel::{Problem, Words};

/// A failure of the store, the keys or the packs. What an author can mend is a [`Problem`] in an answer, not this.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The database.
    #[error("{0}")]
    Db(#[from] DbError),
    /// Keys and sealing.
    #[error("{}", .0.en)]
    Key(Words),
    /// What is stored cannot be read back.
    #[error("{}", .0.en)]
    Corrupt(Words),
    /// The request cannot be met as it stands.
    #[error("{}", .0.what.en)]
    Refused(Box<Problem>),
    /// More waits than can be held; try again after the seconds.
    #[error("busy, try again in {0} s")]
    Busy(u32),
    /// The writer has stopped.
    #[error("the writer has stopped")]
    Stopped,
}

impl LedgerError {
    pub(crate) fn key(zh: &str, en: &str) -> LedgerError {
        LedgerError::Key(Words::new(zh, en))
    }

    pub(crate) fn corrupt(zh: impl Into<String>, en: impl Into<String>) -> LedgerError {
        LedgerError::Corrupt(Words::new(zh, en))
    }

    /// A refusal with its code, text and hint.
    pub fn refused(code: &str, what: Words, hint: Words) -> LedgerError {
        LedgerError::Refused(Box::new(Problem::new(code, what, hint)))
    }

    /// Whether trying again later may help.
    pub fn is_transient(&self) -> bool {
        match self {
            LedgerError::Db(error) => error.is_transient(),
            LedgerError::Busy(_) => true,
            _ => false,
        }
    }

    /// Whether the database cannot be reached.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, LedgerError::Db(error) if matches!(error.kind(), DbErrorKind::Unavailable))
    }
}

impl From<serde_json::Error> for LedgerError {
    fn from(error: serde_json::Error) -> LedgerError {
        LedgerError::corrupt(
            format!("存储的内容无法读取：{error}"),
            format!("stored content cannot be read: {error}"),
        )
    }
}
