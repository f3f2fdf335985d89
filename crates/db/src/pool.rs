//! A bounded pool of connections that only read.

use crate::connection::Connection;
use crate::database::Target;
use crate::error::{DbError, DbErrorKind, Result};
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
    idle: Vec<Connection>,
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
        let full = |state: &mut State| state.out >= pool.limit;
        let (mut state, waited) = pool
            .returned
            .wait_timeout_while(pool.state(), pool.wait, full)
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
        let idle = std::iter::from_fn(|| state.idle.pop()).find(|connection| !connection.is_broken());
        drop(state);
        // From here on the guard below gives the place back, also when opening fails.
        let mut reader = PooledReader {
            connection: idle,
            pool: Arc::clone(pool),
        };
        if reader.connection.is_none() {
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
        state.idle.extend(usable);
        drop(state);
        self.pool.returned.notify_one();
    }
}
