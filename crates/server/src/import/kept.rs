//! Error sheets between the import and their download: in memory, for a quarter of an hour, for one account.

use lianfang_exchange::ErrorSheet;
use lianfang_kernel::ids::LoginId;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};
use uuid::Uuid;

/// How long a sheet waits.
const KEPT: Duration = Duration::from_secs(15 * 60);
/// How many wait at most; the oldest goes first.
const SHEETS: usize = 32;

#[derive(Debug)]
struct Kept {
    id: Uuid,
    login: Option<LoginId>,
    since: Stopwatch,
    sheet: Arc<ErrorSheet>,
}

/// Error sheets that wait for whom they belong to.
#[derive(Debug, Default)]
pub struct ErrorSheets(Mutex<VecDeque<Kept>>);

impl ErrorSheets {
    /// Keeps a sheet for an account.
    pub(crate) fn keep(&self, id: Uuid, login: Option<LoginId>, sheet: ErrorSheet) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|kept| kept.since.elapsed() < KEPT);
        while all.len() >= SHEETS {
            all.pop_front();
        }
        all.push_back(Kept {
            id,
            login,
            since: Stopwatch::now(),
            sheet: Arc::new(sheet),
        });
    }

    /// The sheet, if it is still there and the account's own.
    pub(crate) fn find(&self, id: Uuid, login: Option<LoginId>) -> Option<Arc<ErrorSheet>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mine = all
            .iter()
            .find(|kept| kept.id == id && kept.login == login && kept.since.elapsed() < KEPT);
        mine.map(|kept| kept.sheet.clone())
    }
}
