//! A bounded pool of connections that only read.

use crate::connection::Connection;
use crate::database::Target;
use crate::error::{DbError, DbErrorKind, Result};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A connection that was idle for longer is asked whether it still lives before it is handed out: one short message,
/// saved where readers come and go quickly.
const TRUSTED: Duration = Duration::from_millis(500);

#[derive(Debug)]
pub(crate) struct ReaderPool {
    target: Arc<Target>,
    limit: usize,
    wait: Duration,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct State {
    idle: Vec<(Connection, Instant)>,
    out: usize,
}

/// A reading connection that goes back to its pool when dropped; a broken one is discarded.
#[derive(Debug)]
pub struct PooledReader {
    /// Always there until `drop` takes it.
    connection: Option<Connection>,
    pool: Arc<ReaderPool>,
}

impl ReaderPool {
    pub(crate) fn new(target: Arc<Target>, limit: usize, wait: Duration) -> Self {
        Self {
            target,
            limit: limit.max(1),
            wait,
            state: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is two plain fields, whole at every moment: a panic elsewhere does not spoil it.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn take(pool: &Arc<Self>) -> Result<PooledReader> {
        Self::take_within(pool, pool.wait)
    }

    /// Waits so long for one that is free.
    pub(crate) fn take_within(pool: &Arc<Self>, wait: Duration) -> Result<PooledReader> {
        let full = |state: &mut State| state.out >= pool.limit;
        let (mut state, waited) = pool
            .returned
            .wait_timeout_while(pool.state(), wait, full)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && state.out >= pool.limit {
            return Err(DbError::new(
                DbErrorKind::Unavailable,
                "读取连接都在使用中",
                format!("all {} reading connections are in use", pool.limit),
            )
            .with_hint("请稍后再试", "try again in a moment"));
        }
        state.out += 1;
        let idle = state.idle.pop();
        drop(state);
        // From here on this guard gives the place back, also when opening fails.
        let is_trusted = idle.as_ref().is_some_and(|(_, since)| since.elapsed() < TRUSTED);
        let mut reader = PooledReader {
            connection: idle.map(|(connection, _)| connection),
            pool: Arc::clone(pool),
        };
        // The server may have ended an idle connection: better found here than by the first query.
        if reader
            .connection
            .as_mut()
            .is_none_or(|connection| !is_trusted && connection.is_lost())
        {
            reader.connection = Some(Connection::open(Arc::clone(&pool.target), true)?);
        }
        Ok(reader)
    }
}

impl Deref for PooledReader {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection.as_ref().expect("only drop takes the connection")
    }
}

impl DerefMut for PooledReader {
    fn deref_mut(&mut self) -> &mut Connection {
        self.connection.as_mut().expect("only drop takes the connection")
    }
}

impl Drop for PooledReader {
    fn drop(&mut self) {
        let usable = self
            .connection
            .take()
            .and_then(|mut connection| connection.recycle().then_some(connection));
        let mut state = self.pool.state();
        state.out -= 1;
        state.idle.extend(usable.map(|connection| (connection, Instant::now())));
        drop(state);
        self.pool.returned.notify_one();
    }
}
