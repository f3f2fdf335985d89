//! Estimates for whoever asks: a few at a time, beside the threads that answer, and never for long.

use crate::problem::ApiError;
use lianfang_epi::Table;
use lianfang_epi::calls::Asked;
use lianfang_epi::sheets::Told;
use lianfang_kernel::{Problem, Words};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Rows of all sheets of one call at most; more is for the command line.
pub(crate) const ROWS: usize = 20_000;
/// How long one waits for a place.
const QUEUE: Duration = Duration::from_secs(5);
/// How long one computes.
const LONGEST: Duration = Duration::from_secs(20);
/// Seconds after which trying again may help.
const LATER_S: u32 = 5;

/// Places for computing.
#[derive(Clone, Debug)]
pub(crate) struct Computing(Arc<Semaphore>);

impl Default for Computing {
    fn default() -> Computing {
        Computing(Arc::new(Semaphore::new(2)))
    }
}

impl Computing {
    /// Computes a call. What takes too long is given up by who waits; its place is free when it ends.
    ///
    /// # Errors
    /// 422 what the call refuses, too many rows, too long; 503 no place.
    pub(crate) async fn run(&self, asked: Asked) -> Result<Told<Table>, ApiError> {
        if asked.rows() > ROWS {
            let what = Words::new("表超过{n}行", "The sheets have more than {n} rows").with("n", ROWS);
            let hint = Words::new(
                "更多的用命令行 lianfang epi",
                "For more there is the command line, lianfang epi",
            );
            return Err(ApiError::refused(Problem::new("too_many_rows", what, hint)));
        }
        let places = self.0.clone();
        let place = tokio::time::timeout(QUEUE, places.acquire_owned())
            .await
            .map_err(|_| ApiError::busy(LATER_S))?
            .map_err(|_| ApiError::internal())?;
        let work = tokio::task::spawn_blocking(move || {
            let _place = place;
            asked.run()
        });
        match tokio::time::timeout(LONGEST, work).await {
            Ok(Ok(told)) => told.map_err(ApiError::refused),
            // The hook has logged where.
            Ok(Err(_)) => Err(ApiError::internal()),
            Err(_) => {
                let what = Words::new("计算超过{n}秒", "It takes more than {n} seconds").with("n", LONGEST.as_secs());
                let hint = Words::new(
                    "缩短序列，或用命令行 lianfang epi",
                    "Shorten the series, or use the command line, lianfang epi",
                );
                Err(ApiError::refused(Problem::new("takes_too_long", what, hint)))
            }
        }
    }
}
