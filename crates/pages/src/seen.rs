//! Pages that renew themselves: they ask every ten seconds whether anything was written, and are sent again if so.

use crate::form::Form;
use lianfang_kernel::Instant;
use lianfang_server::{ApiError, AppState};

/// A page that has nothing new is drawn again after so long: what is due becomes late without anybody writing.
const RENEW_MS: i64 = 60_000;

/// How far the ledger has come, and when the page was drawn.
pub(crate) struct Seen {
    commit: String,
    at: Instant,
}

impl Seen {
    /// The present.
    ///
    /// # Errors
    /// The store.
    pub fn now(state: &AppState) -> Result<Seen, ApiError> {
        let commit = state.ledger.meta("commit").map_err(|error| {
            tracing::error!(error = %error, "wall.commit_unread");
            ApiError::internal()
        })?;
        let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect();
        Ok(Seen {
            commit: commit.map(digits).unwrap_or_default(),
            at: state.ledger.now(),
        })
    }

    /// What the page carries.
    pub fn token(&self) -> String {
        format!("{}.{}", self.at.0, self.commit)
    }

    /// Nothing was written since the page that asks was drawn, and little time has passed.
    pub fn is_told(&self, query: &Form) -> bool {
        let Some((at, commit)) = query.get("seen").split_once('.') else {
            return false;
        };
        let age = at.parse::<i64>().map(|at| self.at.0 - at).unwrap_or(i64::MAX);
        commit == self.commit && (0..RENEW_MS).contains(&age)
    }
}
