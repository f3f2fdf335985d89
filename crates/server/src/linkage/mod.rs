//! Linkage in use: is this one of ours, and who stands twice?
//!
//! An index over the people of the installation, in memory only and only where it is asked for ([`Config::linkage`]). It
//! is built beside the work, from unsealed identities, follows the commits, and is never written anywhere. What is found
//! through it is shown like any search: within the reader's sight, masked, in the audit, counted for the person. It never
//! answers residents: a stranger learns nothing about anybody's file.
//!
//! - [`likely`](likely::likely): the files that a described person may be.
//! - [`may_live_with`](mates::may_live_with): those who may be of one household with somebody.
//! - [`find_duplicates`](duplicates::find_duplicates): pairs of files that may be of one person, proposed for review.
//!
//! [`Config::linkage`]: crate::Config::linkage

pub(crate) mod duplicates;
pub(crate) mod imported;
pub(crate) mod likely;
pub(crate) mod mates;
pub(crate) mod ours;

use lianfang_ledger::{Ledger, LedgerError};
use ours::Ours;
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError};

/// Whether questions can be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Readiness {
    /// Not asked for when the server was started.
    Off,
    /// Being built.
    Building,
    /// Questions are answered.
    Ready,
}

/// The index, if there is one; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Linkage {
    slot: Option<Arc<RwLock<Option<Ours>>>>,
    /// Held by whoever builds or catches up.
    changing: Arc<Mutex<()>>,
    /// The search for duplicates that was begun last.
    run: Arc<Mutex<Option<duplicates::Run>>>,
}

impl Linkage {
    /// An index that is yet to be built, or none.
    pub(crate) fn new(is_wanted: bool) -> Linkage {
        Linkage {
            slot: is_wanted.then(Arc::default),
            changing: Arc::default(),
            run: Arc::default(),
        }
    }

    /// Brings the index up to the latest commit, and answers with it; `None` while it is not there. Blocks.
    ///
    /// # Errors
    /// The database.
    pub(crate) fn with<T>(
        &self,
        ledger: &Ledger,
        ask: impl FnOnce(&Ours) -> T,
    ) -> Result<(Readiness, Option<T>), LedgerError> {
        let Some(slot) = &self.slot else {
            return Ok((Readiness::Off, None));
        };
        self.catch_up(ledger)?;
        let ours = slot.read().unwrap_or_else(PoisonError::into_inner);
        Ok(match &*ours {
            Some(ours) => (Readiness::Ready, Some(ask(ours))),
            None => (Readiness::Building, None),
        })
    }

    /// Waits for whoever builds or catches up. Blocks.
    pub(crate) fn wait_until_built(&self) {
        drop(self.changing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Builds the index when there is none, adds what was written since when there is. Nobody waits for somebody else who
    /// builds it. Blocks.
    ///
    /// # Errors
    /// The database.
    pub(crate) fn catch_up(&self, ledger: &Ledger) -> Result<(), LedgerError> {
        let Some(slot) = &self.slot else { return Ok(()) };
        let is_there = slot.read().unwrap_or_else(PoisonError::into_inner).is_some();
        let _changing = match (is_there, self.changing.try_lock()) {
            (_, Ok(guard)) => guard,
            (false, Err(TryLockError::WouldBlock)) => return Ok(()),
            (true, Err(TryLockError::WouldBlock)) => self.changing.lock().unwrap_or_else(PoisonError::into_inner),
            (_, Err(TryLockError::Poisoned(guard))) => guard.into_inner(),
        };
        let news = match &*slot.read().unwrap_or_else(PoisonError::into_inner) {
            Some(ours) if !ours.is_stale() => Some(ours.news(ledger)?),
            _ => None,
        };
        match news {
            Some(news) if news.is_empty() => {}
            Some(news) => {
                if let Some(ours) = &mut *slot.write().unwrap_or_else(PoisonError::into_inner) {
                    ours.take(news);
                }
            }
            // Questions are answered from the one before until this one is whole.
            None => {
                let built = Ours::build(ledger)?;
                *slot.write().unwrap_or_else(PoisonError::into_inner) = Some(built);
            }
        }
        Ok(())
    }
}
