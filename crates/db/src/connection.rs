//! A connection: the same calls on both engines.

use crate::database::Target;
use crate::dialect::{Engine, check_name};
use crate::error::{DbError, DbErrorKind, Result};
use crate::postgresql::PgSession;
use crate::row::Row;
use crate::sqlite::SqliteSession;
use crate::value::Value;
use std::fmt;
use std::sync::Arc;

pub(crate) enum Session {
    Sqlite(SqliteSession),
    Postgres(Box<PgSession>),
}

/// One connection to a [`crate::Database`]. Every call blocks: use it on a thread of its own or on a thread for
/// blocking work, never on a thread of an asynchronous runtime.
///
/// A statement that fails inside a transaction spoils the transaction on both engines until
/// [`Connection::rollback_to`] or [`Connection::rollback`]; [`Connection::commit`] refuses it.
pub struct Connection {
    pub(crate) session: Session,
    target: Arc<Target>,
    read_only: bool,
    in_transaction: bool,
    spoilt: bool,
    broken: bool,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("target", &self.target.display())
            .field("read_only", &self.read_only)
            .field("in_transaction", &self.in_transaction)
            .field("broken", &self.broken)
            .finish()
    }
}

impl Connection {
    pub(crate) fn open(target: Arc<Target>, read_only: bool) -> Result<Self> {
        let session = target.session(read_only)?;
        Ok(Self {
            session,
            target,
            read_only,
            in_transaction: false,
            spoilt: false,
            broken: false,
        })
    }

    /// The engine behind the connection.
    pub fn engine(&self) -> Engine {
        match self.session {
            Session::Sqlite(_) => Engine::Sqlite,
            Session::Postgres(_) => Engine::Postgres,
        }
    }

    /// True once the connection to the server is known to be lost; only [`Connection::reconnect`] helps.
    pub fn is_broken(&self) -> bool {
        self.broken || matches!(&self.session, Session::Postgres(session) if session.is_closed())
    }

    /// True between `begin` and `commit` or `rollback`.
    pub fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Opens the connection anew. An open transaction is lost, as it already is on the server.
    ///
    /// # Errors
    /// Unavailable, when the server still cannot be reached; the old, broken connection stays.
    pub fn reconnect(&mut self) -> Result<()> {
        self.session = self.target.session(self.read_only)?;
        self.in_transaction = false;
        self.spoilt = false;
        self.broken = false;
        Ok(())
    }

    /// Runs a query and gives all its rows.
    ///
    /// # Errors
    /// See [`DbErrorKind`].
    pub fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.for_each(sql, params, &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Runs a query that gives no row or one.
    ///
    /// # Errors
    /// Two rows or more; else see [`DbErrorKind`].
    pub fn query_opt(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>> {
        let mut found = None;
        self.for_each(sql, params, &mut |row| {
            if found.replace(row).is_some() {
                return Err(DbError::other(
                    "查询返回了多行，应至多一行",
                    "the query gave more than one row",
                ));
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// Runs a query that gives exactly one row.
    ///
    /// # Errors
    /// No row, two rows or more; else see [`DbErrorKind`].
    pub fn query_one(&mut self, sql: &str, params: &[Value]) -> Result<Row> {
        self.query_opt(sql, params)?
            .ok_or_else(|| DbError::other("查询没有返回行", "the query gave no row").with_sql(sql))
    }

    /// Runs a statement and counts the rows it wrote, or with RETURNING the rows it gave.
    ///
    /// # Errors
    /// See [`DbErrorKind`].
    pub fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64> {
        self.run(sql, |session| match session {
            Session::Sqlite(session) => session.execute(sql, params),
            Session::Postgres(session) => session.execute(sql, params),
        })
    }

    /// Runs a query and hands each row to `each` as it arrives, so that a million rows are never in memory at once.
    /// An error of `each` stops the reading and is given back; it does not spoil a transaction.
    ///
    /// # Errors
    /// Those of `each`; else see [`DbErrorKind`].
    pub fn for_each(&mut self, sql: &str, params: &[Value], each: &mut dyn FnMut(Row) -> Result<()>) -> Result<()> {
        self.run(sql, |session| match session {
            Session::Sqlite(session) => session.for_each(sql, params, each),
            Session::Postgres(session) => session.for_each(sql, params, each),
        })?
    }

    /// Runs several statements without parameters, for schema changes.
    ///
    /// # Errors
    /// See [`DbErrorKind`].
    pub fn batch(&mut self, sql: &str) -> Result<()> {
        self.run(sql, |session| match session {
            Session::Sqlite(session) => session.batch(sql),
            Session::Postgres(session) => session.batch(sql),
        })
    }

    /// Runs `work` on the session and keeps the account of what an error means for the connection.
    pub(crate) fn run<T>(&mut self, sql: &str, mut work: impl FnMut(&mut Session) -> Result<T>) -> Result<T> {
        let error = match work(&mut self.session) {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let is_stale = match &mut self.session {
            Session::Sqlite(_) => false,
            Session::Postgres(session) => session.forget_stale(sql, &error),
        };
        let error = if is_stale && !self.in_transaction {
            match work(&mut self.session) {
                Ok(done) => return Ok(done),
                Err(error) => error,
            }
        } else {
            error
        };
        Err(self.account(error, sql))
    }

    fn account(&mut self, error: DbError, sql: &str) -> DbError {
        self.spoilt = self.in_transaction;
        if let Session::Postgres(session) = &self.session {
            self.broken |= *error.kind() == DbErrorKind::Unavailable || session.is_closed();
        }
        let error = crate::constraint::with_portable_name(self, error);
        error.with_sql(sql)
    }

    fn control(&mut self, sql: &str) -> Result<()> {
        self.run(sql, |session| match session {
            Session::Sqlite(session) => session.batch(sql),
            Session::Postgres(session) => session.control(sql),
        })
    }

    /// Begins a writing transaction. SQLite takes its write lock at once (BEGIN IMMEDIATE), because a transaction
    /// that begins by reading and then writes fails without waiting.
    ///
    /// # Errors
    /// A transaction is already open; Unavailable when SQLite stays locked.
    pub fn begin(&mut self) -> Result<()> {
        self.begin_with(if self.engine() == Engine::Sqlite {
            "begin immediate"
        } else {
            "begin"
        })
    }

    /// Begins a transaction whose reads all see the same moment; nothing can be written in it.
    ///
    /// # Errors
    /// A transaction is already open; else see [`DbErrorKind`].
    pub fn begin_snapshot(&mut self) -> Result<()> {
        self.begin_with(match self.engine() {
            Engine::Sqlite => "begin",
            Engine::Postgres => "begin isolation level repeatable read read only",
        })
    }

    fn begin_with(&mut self, sql: &str) -> Result<()> {
        if self.in_transaction {
            return Err(DbError::other("事务已经开始", "a transaction is already open"));
        }
        self.control(sql)?;
        self.in_transaction = true;
        self.spoilt = false;
        Ok(())
    }

    /// Commits. When this returns, the rows are durable.
    ///
    /// # Errors
    /// A statement had failed and was not rolled back (then all is rolled back now), or the commit itself failed: on
    /// a lost connection it is not known whether it took place.
    pub fn commit(&mut self) -> Result<()> {
        self.need_transaction()?;
        if self.spoilt {
            self.rollback()?;
            return Err(DbError::other(
                "事务中有语句失败，未提交，已全部回滚",
                "a statement of the transaction had failed: nothing was committed, all was rolled back",
            ));
        }
        let committed = self.control("commit");
        if committed.is_err() && !self.is_broken() {
            // A deferred constraint ended PostgreSQL's transaction; SQLite's is still open after BUSY.
            let _ = self.rollback();
        }
        self.in_transaction = false;
        self.spoilt = false;
        if committed.is_ok() {
            self.tape().end_transaction();
        }
        committed
    }

    /// The tape of its database.
    pub(crate) fn tape(&self) -> &crate::tape::Tape {
        &self.target.tape
    }

    /// Rolls everything back since `begin`. Nothing to do when the engine has done it already.
    ///
    /// # Errors
    /// No transaction is open; the connection is lost.
    pub fn rollback(&mut self) -> Result<()> {
        self.need_transaction()?;
        self.tape().forget_transaction();
        self.in_transaction = false;
        self.spoilt = false;
        match &self.session {
            Session::Sqlite(session) if session.is_autocommit() => Ok(()),
            _ => self.control("rollback"),
        }
    }

    fn need_transaction(&self) -> Result<()> {
        if self.in_transaction {
            return Ok(());
        }
        Err(DbError::other("没有已开始的事务", "no transaction is open"))
    }

    /// Runs `work` in a writing transaction: commits when it succeeds, rolls back when it fails.
    ///
    /// # Errors
    /// Those of `work`, of `begin` and of `commit`.
    pub fn transaction<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.begin()?;
        match work(self) {
            Ok(done) => {
                self.commit()?;
                Ok(done)
            }
            Err(error) => {
                if self.in_transaction {
                    // The first error is the one to know; a connection that is lost has rolled back by itself.
                    let _ = self.rollback();
                }
                Err(error)
            }
        }
    }

    /// Sets a savepoint inside a transaction.
    ///
    /// # Errors
    /// No transaction is open, or the name is not a plain SQL name.
    pub fn savepoint(&mut self, name: &str) -> Result<()> {
        self.need_transaction()?;
        self.control(&format!("savepoint {}", check_name(name)?))
    }

    /// Forgets a savepoint and keeps what was done since.
    ///
    /// # Errors
    /// No such savepoint.
    pub fn release(&mut self, name: &str) -> Result<()> {
        self.need_transaction()?;
        self.control(&format!("release savepoint {}", check_name(name)?))
    }

    /// Undoes what was done since the savepoint, which stays; the transaction can go on.
    ///
    /// # Errors
    /// No such savepoint.
    pub fn rollback_to(&mut self, name: &str) -> Result<()> {
        self.need_transaction()?;
        self.control(&format!("rollback to savepoint {}", check_name(name)?))?;
        self.spoilt = false;
        Ok(())
    }

    /// True if the server has ended the connection while it was idle.
    pub(crate) fn is_lost(&mut self) -> bool {
        match &mut self.session {
            Session::Sqlite(_) => false,
            Session::Postgres(session) => session.is_lost(),
        }
    }

    /// Puts the connection back as it was opened, for the next user of the pool; false if it cannot be used again.
    pub(crate) fn recycle(&mut self) -> bool {
        if self.in_transaction && self.rollback().is_err() {
            return false;
        }
        !self.is_broken()
    }
}
