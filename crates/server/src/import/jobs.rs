//! Sheets on their way in: kept for a quarter of an hour with the account that sent them, so that one that was tried need not
//! be chosen again, and one that takes long can be watched.

use lianfang_kernel::Problem;
use lianfang_kernel::ids::LoginId;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};
use tokio::sync::Notify;
use uuid::Uuid;

/// How long a sheet is kept.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// Bytes of all sheets that are kept; the oldest that is done goes first.
const BYTES: usize = 256 << 20;

/// A sheet with what became of it.
#[derive(Debug)]
pub struct ImportJob {
    /// Its id.
    pub id: Uuid,
    /// The register it was sent to.
    pub register: String,
    /// The sheet.
    pub bytes: Arc<Vec<u8>>,
    /// What the file is called.
    pub name: Option<String>,
    login: Option<LoginId>,
    since: Stopwatch,
    rows: AtomicU64,
    became: Mutex<Option<Result<Value, Problem>>>,
    done: Notify,
}

impl ImportJob {
    /// Rows dealt with so far.
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// What became of it: the report, or why it could not be read; none while it runs.
    pub fn became(&self) -> Option<Result<Value, Problem>> {
        self.became.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it is done, at most so long.
    pub async fn wait(&self, most: Duration) {
        let notified = self.done.notified();
        if self.became().is_none() {
            // Who waited long enough looks again later.
            let _ = tokio::time::timeout(most, notified).await;
        }
    }

    pub(crate) fn count(&self, rows: u64) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    pub(crate) fn finish(&self, became: Result<Value, Problem>) {
        *self.became.lock().unwrap_or_else(PoisonError::into_inner) = Some(became);
        self.done.notify_waiters();
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct ImportJobs(Mutex<VecDeque<Arc<ImportJob>>>);

impl ImportJobs {
    /// Keeps a sheet that begins to be read.
    pub(crate) fn begin(
        &self,
        id: Uuid,
        login: Option<LoginId>,
        register: &str,
        (bytes, name): (Arc<Vec<u8>>, Option<String>),
    ) -> Arc<ImportJob> {
        let job = Arc::new(ImportJob {
            id,
            register: register.to_owned(),
            bytes,
            name,
            login,
            since: Stopwatch::now(),
            rows: AtomicU64::new(0),
            became: Mutex::default(),
            done: Notify::new(),
        });
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| kept.since.elapsed() < KEPT || kept.became().is_none());
        while all.iter().map(|kept| kept.bytes.len()).sum::<usize>() + job.bytes.len() > BYTES {
            let Some(oldest) = all.iter().position(|kept| kept.became().is_some()) else {
                break;
            };
            all.remove(oldest);
        }
        all.push_back(Arc::clone(&job));
        job
    }

    /// The sheet, if it is still kept and the account's own.
    pub fn find(&self, id: Uuid, login: Option<LoginId>) -> Option<Arc<ImportJob>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().find(|kept| kept.id == id && kept.login == login).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn a_sheet_is_its_senders_alone_and_is_waited_for() {
        let jobs = ImportJobs::default();
        let (mine, theirs) = (Some(LoginId(Uuid::from_u128(1))), Some(LoginId(Uuid::from_u128(2))));
        let job = jobs.begin(Uuid::from_u128(9), mine, "arrival", (Arc::new(vec![1]), None));
        assert!(jobs.find(job.id, mine).is_some() && jobs.find(job.id, theirs).is_none());
        job.wait(Duration::from_millis(1)).await;
        assert!(job.became().is_none());
        job.count(200);
        job.finish(Ok(json!({ "rows": 200 })));
        job.wait(Duration::from_secs(60)).await;
        assert_eq!(
            (job.rows(), job.became().unwrap().unwrap()["rows"].as_u64()),
            (200, Some(200))
        );
    }
}
