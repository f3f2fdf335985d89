//! The only writer: one thread, one connection, many requests in one commit.
//!
//! Requests wait in a bounded queue; when it is full the caller is told when to come back, and nothing hangs. The
//! thread drains what waits into one transaction, answers after the commit, and tries a failed batch again one request
//! at a time, so that a single bad row sinks nobody else's.

use crate::audit::Chain;
use crate::batch::{Batch, SubjectState, Tools, Wants};
use crate::core::{Core, meta, set_meta};
use crate::{LedgerError, load};
use lianfang_db::Connection;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::SubjectId;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Requests in one transaction at most.
const BATCH: usize = 512;
/// Requests that may wait.
const QUEUE: usize = 4_096;
/// So many files are worth a thread that gives them back.
const MANY_FILES: usize = 64;
/// Seconds after which a caller who met a full queue should come back.
const RETRY_AFTER_S: u32 = 2;

/// Something to be done inside a transaction.
pub(crate) trait Work: Send + 'static {
    /// What the caller is told after the commit.
    type Answer: Send + 'static;

    /// What will be read, so that a batch reads it in one round.
    fn wants(&self, _core: &Core, _wants: &mut Wants) {}

    /// Does it in memory; run again on its own when the batch fails.
    fn run(&self, batch: &mut Batch<'_>) -> Result<Self::Answer, LedgerError>;
}

/// Work without its answer's type, as the queue holds it.
trait Request: Send {
    fn wants(&self, core: &Core, wants: &mut Wants);
    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), LedgerError>;
    fn reply(self: Box<Self>, failure: Option<LedgerError>);
}

struct Pending<W: Work> {
    work: W,
    answer: Option<W::Answer>,
    reply: oneshot::Sender<Result<W::Answer, LedgerError>>,
}

impl<W: Work> Request for Pending<W> {
    fn wants(&self, core: &Core, wants: &mut Wants) {
        self.work.wants(core, wants);
    }

    fn run(&mut self, batch: &mut Batch<'_>) -> Result<(), LedgerError> {
        self.answer = Some(self.work.run(batch)?);
        Ok(())
    }

    fn reply(self: Box<Self>, failure: Option<LedgerError>) {
        let result = match (failure, self.answer) {
            (None, Some(answer)) => Ok(answer),
            (Some(failure), _) => Err(failure),
            (None, None) => Err(LedgerError::Stopped),
        };
        // The caller may have gone away; what was committed stays.
        let _ = self.reply.send(result);
    }
}

/// The way to the writer.
#[derive(Clone)]
pub(crate) struct Queue(mpsc::Sender<Box<dyn Request>>);

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("free", &self.0.capacity()).finish()
    }
}

impl Queue {
    /// Puts work in the queue; the receiver answers after the commit.
    pub(crate) fn submit<W: Work>(
        &self,
        work: W,
    ) -> Result<oneshot::Receiver<Result<W::Answer, LedgerError>>, LedgerError> {
        let (reply, receiver) = oneshot::channel();
        let request = Box::new(Pending {
            work,
            answer: None,
            reply,
        });
        match self.0.try_send(request) {
            Ok(()) => Ok(receiver),
            Err(mpsc::error::TrySendError::Full(_)) => Err(LedgerError::Busy(RETRY_AFTER_S)),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(LedgerError::Stopped),
        }
    }

    /// How many more requests may wait.
    pub(crate) fn free(&self) -> usize {
        self.0.capacity()
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        QUEUE - self.0.capacity().min(QUEUE)
    }
}

/// Starts the writer's thread.
pub(crate) fn start(core: Arc<Core>) -> Result<Queue, LedgerError> {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let mut connection = core.database.writer()?;
    let keys = core.keys.writer()?;
    let chain = Chain::resume(&mut connection, &core.writer_name)?;
    let thread = Thread {
        core,
        connection,
        keys,
        chain,
        receiver,
    };
    std::thread::Builder::new()
        .name("ledger-writer".into())
        .spawn(move || thread.run())
        .map_err(|e| LedgerError::key("写入线程无法启动", &format!("the writer's thread did not start: {e}")))?;
    Ok(Queue(sender))
}

struct Thread {
    core: Arc<Core>,
    connection: Connection,
    keys: Connection,
    chain: Chain,
    receiver: mpsc::Receiver<Box<dyn Request>>,
}

/// The commit clock: one row that every commit moves, on which commits of several processes take turns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct CommitClock {
    /// The last commit's moment.
    recorded_at: i64,
    /// Raised when regions, organisations, packs or reference registers change.
    snapshot: u64,
}

impl Thread {
    fn run(mut self) {
        let mut seen_snapshot = 0;
        while let Some(first) = self.receiver.blocking_recv() {
            let mut requests = vec![first];
            while requests.len() < BATCH
                && let Ok(next) = self.receiver.try_recv()
            {
                requests.push(next);
            }
            match self.commit(&mut requests, &mut seen_snapshot) {
                Ok(()) => requests.into_iter().for_each(|request| request.reply(None)),
                Err(error) if requests.len() == 1 => {
                    requests.into_iter().for_each(|r| r.reply(Some(self.blame(&error))))
                }
                Err(_) => self.one_by_one(requests, &mut seen_snapshot),
            }
        }
    }

    fn one_by_one(&mut self, requests: Vec<Box<dyn Request>>, seen_snapshot: &mut u64) {
        for request in requests {
            let mut alone = vec![request];
            let failure = self
                .commit(&mut alone, seen_snapshot)
                .err()
                .map(|error| self.blame(&error));
            alone
                .into_iter()
                .for_each(|request| request.reply(failure_of(&failure)));
        }
    }

    /// Logs a failure once and makes the connection usable again.
    fn blame(&mut self, error: &LedgerError) -> LedgerError {
        if let LedgerError::Refused(problem) = error {
            return LedgerError::Refused(problem.clone());
        }
        tracing::error!(error = %error, "ledger.commit_failed");
        copy_of(error)
    }

    fn commit(&mut self, requests: &mut [Box<dyn Request>], seen_snapshot: &mut u64) -> Result<(), LedgerError> {
        for connection in [&mut self.connection, &mut self.keys] {
            if connection.is_broken() {
                connection.reconnect()?;
            }
        }
        let chain = self.chain.clone();
        let result = self.transaction(requests, seen_snapshot);
        if result.is_err() {
            self.chain = chain;
            if self.connection.in_transaction() {
                let _ = self.connection.rollback();
            }
            if self.keys.in_transaction() {
                let _ = self.keys.rollback();
            }
        }
        result
    }

    fn transaction(&mut self, requests: &mut [Box<dyn Request>], seen_snapshot: &mut u64) -> Result<(), LedgerError> {
        self.connection.begin()?;
        let now = self.core.clock.now();
        let mut clock = take_commit_clock(&mut self.connection)?;
        if clock.snapshot != *seen_snapshot {
            let model = crate::packs::model_in_force(&mut self.connection, &self.core)?;
            self.core.reload(&mut self.connection, model)?;
            self.core.reload_verifying(&mut self.connection)?;
            *seen_snapshot = clock.snapshot;
        }
        let recorded_at = Instant(now.0.max(clock.recorded_at));
        let core = self.core.clone();
        let tools = Tools {
            connection: &mut self.connection,
            keys: &mut self.keys,
            chain: &mut self.chain,
        };
        let mut batch = Batch::new(&core, tools, now, recorded_at);
        let mut wants = Wants::default();
        requests.iter().for_each(|request| request.wants(&core, &mut wants));
        batch.fetch(&wants)?;
        for request in requests.iter_mut() {
            request.run(&mut batch)?;
        }
        batch.flush()?;
        crate::watch::judge(&mut batch)?;
        let (renewed, snapshot) = (batch.renewed, batch.snapshot.clone());
        let erase = std::mem::take(&mut batch.erase_after_commit);
        drop_beside(std::mem::take(&mut batch.subjects));
        clock.recorded_at = recorded_at.0;
        clock.snapshot += u64::from(renewed);
        set_meta(&mut self.connection, "commit", &serde_json::to_string(&clock)?)?;
        self.connection.commit()?;
        if let Err(error) = crate::retention::erase_keys(&mut self.keys, &erase) {
            // The log is durable; the next start erases what is left.
            tracing::error!(error = %error, "ledger.erase_failed");
        }
        if renewed {
            *seen_snapshot = clock.snapshot;
            core.set_snapshot(snapshot);
            core.reload_verifying(&mut self.connection)?;
        }
        Ok(())
    }
}

/// Gives the files of many back while the commit goes on: millions of small pieces take as long as planning does.
fn drop_beside(files: HashMap<SubjectId, SubjectState>) {
    if files.len() < MANY_FILES {
        return;
    }
    // Where no thread can be had they are given back at once.
    let _ = std::thread::Builder::new().spawn(move || drop(files));
}

/// Locks and reads the commit clock: on PostgreSQL other processes wait here until this commit is over.
fn take_commit_clock(connection: &mut Connection) -> Result<CommitClock, LedgerError> {
    connection.execute("update meta set value = value where name = 'commit'", &[])?;
    match meta(connection, "commit")? {
        Some(text) => Ok(serde_json::from_str(&text)?),
        None => {
            let clock = CommitClock::default();
            set_meta(connection, "commit", &serde_json::to_string(&clock)?)?;
            Ok(clock)
        }
    }
}

/// After regions, organisations or packs were changed outside a batch's own renewal.
pub(crate) fn renew_all(batch: &mut Batch<'_>) -> Result<(), LedgerError> {
    batch.flush()?;
    let (zone, city) = (batch.snapshot.zone.clone(), batch.snapshot.city.clone());
    batch.snapshot = Arc::new(load::snapshot(
        batch.connection,
        batch.snapshot.model.clone(),
        zone,
        city,
    )?);
    batch.renewed = true;
    Ok(())
}

fn failure_of(failure: &Option<LedgerError>) -> Option<LedgerError> {
    failure.as_ref().map(copy_of)
}

/// Errors are told once to the log and once to the caller; the database's own is not copied, its kind is.
fn copy_of(error: &LedgerError) -> LedgerError {
    match error {
        LedgerError::Refused(problem) => LedgerError::Refused(problem.clone()),
        LedgerError::Key(words) => LedgerError::Key(words.clone()),
        LedgerError::Corrupt(words) => LedgerError::Corrupt(words.clone()),
        LedgerError::Busy(seconds) => LedgerError::Busy(*seconds),
        LedgerError::Stopped => LedgerError::Stopped,
        LedgerError::Db(error) if error.is_transient() => LedgerError::Busy(RETRY_AFTER_S),
        LedgerError::Db(error) => LedgerError::corrupt("数据库错误", error.to_string()),
    }
}
