//! What a writer wrote, so that a bare loop can write it again: the floor that a ledger is measured against.
//!
//! Nothing is kept until [`Database::record`] is called; afterwards every row that goes through
//! [`Connection::insert_rows`] is, with where its transaction ended.

use crate::connection::Connection;
use crate::database::Database;
use crate::error::Result;
use crate::value::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// The tape of a database; all its connections write on it.
#[derive(Debug, Default)]
pub(crate) struct Tape {
    is_on: AtomicBool,
    written: Mutex<Recording>,
}

/// One statement with its rows.
#[derive(Clone, Debug)]
struct Statement {
    sql: String,
    width: usize,
    rows: Vec<Vec<Value>>,
}

/// Transactions as they were written.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    transactions: Vec<Vec<Statement>>,
    open: Vec<Statement>,
}

impl Tape {
    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }

    pub(crate) fn write(&self, sql: &str, width: usize, rows: &[&[Value]]) {
        let rows = rows.iter().map(|row| row.to_vec()).collect();
        let sql = sql.to_owned();
        self.recording().open.push(Statement { sql, width, rows });
    }

    pub(crate) fn forget_transaction(&self) {
        if self.is_on() {
            self.recording().open.clear();
        }
    }

    pub(crate) fn end_transaction(&self) {
        if !self.is_on() {
            return;
        }
        let mut recording = self.recording();
        let transaction = std::mem::take(&mut recording.open);
        if !transaction.is_empty() {
            recording.transactions.push(transaction);
        }
    }

    /// What a thread that panicked left is as good as what others left: rows are only ever added whole.
    fn recording(&self) -> std::sync::MutexGuard<'_, Recording> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Database {
    /// Keeps what is written from now on. For benchmarks with one writing connection; it takes memory without end.
    pub fn record(&self) {
        *self.target.tape.recording() = Recording::default();
        self.target.tape.is_on.store(true, Ordering::Relaxed);
    }

    /// Ends the recording and gives it. A transaction that is still open is left out.
    pub fn recorded(&self) -> Recording {
        self.target.tape.is_on.store(false, Ordering::Relaxed);
        std::mem::take(&mut *self.target.tape.recording())
    }
}

impl Recording {
    /// How many transactions there are.
    pub fn len(&self) -> usize {
        self.transactions.len()
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.transactions
            .iter()
            .flatten()
            .map(|statement| statement.rows.len())
            .sum()
    }

    /// Writes transaction `at` again; does nothing when there is none of that number.
    ///
    /// # Errors
    /// The database, for example rows that are there already.
    pub fn play(&self, at: usize, connection: &mut Connection) -> Result<()> {
        let Some(transaction) = self.transactions.get(at) else {
            return Ok(());
        };
        connection.transaction(|connection| {
            for Statement { sql, width, rows } in transaction {
                let rows: Vec<&[Value]> = rows.iter().map(Vec::as_slice).collect();
                connection.write(sql, *width, &rows, &mut |_| {})?;
            }
            Ok(())
        })
    }
}
