//! Messages that leave the house: who is told when, one round of sending after the other, and what comes back.
//!
//! What is sent follows from what waits: at most one digest per person and day, at the hour they chose, with counts and a
//! link and nothing else. Urgent ones go to staff at once, and are bounded; what a pack calls urgent goes out also at night. A round is safe to run in several processes at
//! once: the day and the purpose are the key of a message, and claiming it goes through the writer.

mod choosing;
pub(crate) mod inbound;
mod plan;
mod pressing;
mod send;

use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
pub use choosing::{Choosing, Typed, choose, choosing, urgent_daily};
use lianfang_kernel::{Instant, Lang};
use lianfang_ledger::outbox::Recovery;
pub use lianfang_messages::config::{ConfigError, Configured, Messages};
pub use pressing::{Untold, untold};

use lianfang_messages::config::Guarantee;
use lianfang_messages::hours::Quiet;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::MissedTickBehavior;

/// How often a round begins.
const EVERY: Duration = Duration::from_secs(5);

/// What a message says, before it is put in words.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// To be done until the end of the day.
    pub open: i64,
    /// Missed.
    pub late: i64,
    /// Somebody above waits for an answer.
    pub is_urgent: bool,
    /// The reader's organisation must act on it now, whatever the hour.
    pub is_alarm: bool,
    /// It carries a link by which the person is asked something, once.
    pub is_invitation: bool,
    /// Whether it can be answered by text.
    pub can_answer: bool,
    /// For staff; otherwise for a resident.
    pub is_staff: bool,
    /// Where one sees what it is.
    pub link: &'a str,
}

/// The channels of the installation, and how they put things.
#[derive(Clone, Debug)]
pub struct Messaging {
    /// The channels.
    pub messages: Messages,
    /// Subject line and text of a message.
    pub words: fn(Lang, &Telling<'_>) -> (String, String),
}

/// How many messages of a channel went out in a minute.
#[derive(Debug, Default)]
pub(crate) struct Paces(Mutex<HashMap<String, (i64, u32)>>);

impl Paces {
    /// Takes up to `wanted` of what the minute has left.
    fn take(&self, channel: &Configured, wanted: u32, now: Instant) -> u32 {
        let minute = now.0.div_euclid(60_000);
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = paces.entry(channel.id.clone()).or_insert((minute, 0));
        if pace.0 != minute {
            *pace = (minute, 0);
        }
        let given = wanted.min(channel.per_minute.saturating_sub(pace.1));
        pace.1 += given;
        given
    }

    /// What was taken and not needed.
    fn give_back(&self, channel: &Configured, unused: u32) {
        let mut paces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pace) = paces.get_mut(&channel.id) {
            pace.1 = pace.1.saturating_sub(unused);
        }
    }
}

/// What a city decided about messages, at a moment.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    pub channel: String,
    pub hour: i64,
    pub quiet: Quiet,
    pub urgent_daily: i64,
}

impl Decided {
    pub(crate) fn of(state: &AppState) -> Decided {
        let (snapshot, now) = (state.ledger.snapshot(), state.ledger.now());
        let setting = |id: &str| snapshot.setting(id, &snapshot.city, now);
        let int = |id: &str, default: i64| setting(id).and_then(|value| value.as_int()).unwrap_or(default);
        let channel = setting("message_channel").and_then(|value| value.as_text().map(str::to_owned));
        Decided {
            channel: channel.unwrap_or_else(|| lianfang_ledger::outbox::NO_CHANNEL.to_owned()),
            hour: int("message_hour", 9),
            quiet: Quiet {
                from: int("message_quiet_from", 21),
                to: int("message_quiet_to", 8),
            },
            urgent_daily: int("message_urgent_daily", 0),
        }
    }
}

/// One round: what broke off is decided, what fell due is queued, what is queued is sent. Answers how many went out.
///
/// # Errors
/// The store.
pub async fn round(state: &AppState) -> Result<usize, ApiError> {
    // People of a demonstration are made up, and their numbers may be somebody's.
    let Some(messaging) = state.config.messages.clone().filter(|_| !state.config.demonstration) else {
        return Ok(0);
    };
    recover(state, &messaging.messages).await?;
    let decided = Decided::of(state);
    plan::digests(state, &messaging, &decided).await?;
    pressing::queue(state, &messaging).await?;
    plan::urgent(state, &messaging, &decided).await?;
    // Asked first, because claiming is a commit: an idle night writes nothing.
    let due = read(state, |reader| reader.channels_with_due_messages()).await?;
    let mut sent = 0;
    for channel in messaging.messages.channels() {
        if due.contains(&channel.id) {
            sent += send::all(state, &messaging, channel).await?;
        }
    }
    Ok(sent)
}

/// Decides what broke off in the middle, as each channel promises.
async fn recover(state: &AppState, messages: &Messages) -> Result<(), ApiError> {
    let broken_off = read(state, |reader| reader.channels_broken_off()).await?;
    let concerned = messages
        .channels()
        .iter()
        .filter(|channel| broken_off.contains(&channel.id));
    let recoveries: Vec<Recovery> = concerned
        .map(|channel| Recovery {
            channel: channel.id.clone(),
            again: channel.guarantee == Guarantee::AtLeastOnce,
        })
        .collect();
    if !recoveries.is_empty() {
        settle(state.ledger.recover_messages(recoveries)).await?;
    }
    Ok(())
}

/// Rounds without end.
pub(crate) async fn keep_sending(state: AppState) {
    if state.config.messages.is_none() {
        return;
    }
    let mut pause = tokio::time::interval(EVERY);
    pause.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        if let Err(error) = round(&state).await {
            tracing::warn!(code = %error.problem.code, "messages.round_failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_what_the_channel_takes_and_no_more() {
        let text = "link = \"https://c.example\"\n[[channel]]\nid = \"r\"\nkind = \"wecom\"\nurl = \"https://r.example\"\nper_minute = 20";
        let messages = Messages::parse(text).expect("a file of one channel");
        let channel = &messages.channels()[0];
        let paces = Paces::default();
        for _ in 0..10 {
            // Rounds in which nothing was due take nothing away.
            assert_eq!(paces.take(channel, 8, Instant(1_000)), 8);
            paces.give_back(channel, 8);
        }
        let taken: Vec<u32> = (0..4).map(|_| paces.take(channel, 8, Instant(2_000))).collect();
        assert_eq!(taken, [8, 8, 4, 0]);
        assert_eq!(paces.take(channel, 8, Instant(60_000)), 8, "the next minute");
    }
}
