//! The rush of residents: how many of their pages and calls are worked on at once, and who is told to come back.
//!
//! When a whole city reloads its passes, each wait would grow until every one is too long. So only so many readings of
//! residents are worked on at once; the others wait for a place, briefly, and are then told when to come back, which
//! costs next to nothing. Writing is not held up by them, and neither is the work of staff.

use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Readings worked on at once, for each core: enough to keep it busy while some wait for the disk.
const PLACES_PER_CORE: usize = 16;
/// How long a reading waits for a place.
const PATIENCE: Duration = Duration::from_millis(300);
/// When those turned away are asked to come back, in seconds.
pub(crate) const COME_BACK_S: u32 = 3;

/// What residents ask for by the thousand.
const OF_RESIDENTS: [&str; 6] = [
    "/pass/",
    "/api/v1/pass",
    "/api/v1/revocations",
    "/me",
    "/day",
    "/declare",
];

/// The places.
#[derive(Debug)]
pub(crate) struct Rush {
    places: Semaphore,
}

impl Rush {
    /// Places for a machine of so many cores.
    pub fn new(cores: usize) -> Rush {
        Rush {
            places: Semaphore::new(cores.max(1) * PLACES_PER_CORE),
        }
    }

    /// Whether a reading of that path needs a place.
    pub fn is_of_residents(path: &str) -> bool {
        path == "/" || OF_RESIDENTS.iter().any(|begin| path.starts_with(begin))
    }

    /// A place, for as long as it is held; `None` when none came free in time.
    pub async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        let place = tokio::time::timeout(PATIENCE, self.places.acquire());
        place.await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passes_and_keys_need_a_place_and_the_work_of_staff_does_not() {
        let taken = [
            "/",
            "/pass/x",
            "/api/v1/passes/x",
            "/api/v1/pass-keys",
            "/api/v1/revocations",
            "/me",
        ];
        assert!(taken.into_iter().all(Rush::is_of_residents));
        let free = [
            "/today",
            "/check",
            "/registers/case",
            "/api/v1/entries",
            "/api/v1/tasks",
            "/healthz",
            "/assets/app.css",
        ];
        assert!(!free.into_iter().any(Rush::is_of_residents));
    }

    #[tokio::test]
    async fn who_finds_no_place_in_time_is_turned_away_and_a_place_given_back_is_taken() {
        let rush = Rush::new(1);
        let mut held = Vec::new();
        for _ in 0..PLACES_PER_CORE {
            held.push(rush.enter().await.unwrap());
        }
        assert!(rush.enter().await.is_none());
        held.pop();
        assert!(rush.enter().await.is_some());
    }
}
