//! Messages that leave the house: how people want to be told, what waits to be sent, and what became of it.
//!
//! A row of the outbox says to whom, on which day and for what; address and words are looked up when it is sent, so that
//! nothing personal lies there. Its states:
//!
//! ```text
//! queued ──claim──▶ sending ──▶ sent · failed · given_up · dropped
//!    ▲                 │
//!    └── again, later ─┘      a lease that ran out: queued or given_up, as the channel's owner chose
//! ```
//!
//! That an attempt begins is durable before it begins. A crash in the middle is therefore known afterwards, and whoever
//! reads the row can tell "never tried" from "tried, and nobody knows".

pub(crate) mod choices;
mod replies;
mod sending;

use crate::ledger::{Exec, Ledger, Reply};
use crate::wire::{Author, NewEntry};
use crate::{LedgerError, batch::Batch};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Day, Instant, Lang, Problem, RegionId};
use uuid::Uuid;

pub(crate) use choices::{context, forget};
pub(crate) use replies::NUMBER;

/// The digest of everything that is due, once a day.
pub const DIGEST: &str = "digest";
/// What purposes of urgent messages begin with; a number follows.
pub const URGENT: &str = "urgent-";
/// What purposes of messages begin with that go out at any hour; a number follows.
pub const ALARM: &str = "alarm-";
/// The channel of who wants no messages.
pub const NO_CHANNEL: &str = "none";

/// Whom a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Recipient {
    /// A resident.
    Person(SubjectId),
    /// A member of staff.
    Login(LoginId),
}

impl Recipient {
    /// The id of the person or of the account.
    pub fn id(self) -> Uuid {
        match self {
            Recipient::Person(id) => id.0,
            Recipient::Login(id) => id.0,
        }
    }

    pub(crate) fn kind(self) -> &'static str {
        match self {
            Recipient::Person(_) => "person",
            Recipient::Login(_) => "login",
        }
    }

    pub(crate) fn of(kind: &str, id: Uuid) -> Recipient {
        match kind {
            "login" => Recipient::Login(LoginId(id)),
            _ => Recipient::Person(SubjectId(id)),
        }
    }
}

/// How somebody wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// A channel of the installation, or [`NO_CHANNEL`].
    pub channel: String,
    /// The hour of the day, 0 to 23.
    pub hour: i64,
    /// In which language.
    pub lang: Lang,
    /// Where, if not at the telephone on file.
    pub address: Option<String>,
}

/// A message to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMessage {
    /// To whom.
    pub to: Recipient,
    /// [`DIGEST`], [`URGENT`] or [`ALARM`] with a number, or an invitation.
    pub purpose: String,
    /// By which channel.
    pub channel: String,
    /// In which language.
    pub lang: Lang,
    /// Where the recipient is: who looks after what cannot be delivered.
    pub region: RegionId,
    /// The day it belongs to.
    pub day: Day,
    /// Not before.
    pub due_at: Instant,
}

/// A message that this process is sending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// To whom.
    pub to: Recipient,
    /// The same at every attempt.
    pub id: Uuid,
    /// The day it belongs to.
    pub day: Day,
    /// What for.
    pub purpose: String,
    /// In which language.
    pub lang: Lang,
    /// Which attempt this is, from 1.
    pub attempt: i64,
}

/// What became of an attempt. Problems are short codes, never an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It went out; to this telephone, if it may be answered.
    Sent {
        /// The telephone in its normal form.
        number: Option<String>,
    },
    /// It is tried again.
    Again {
        /// When.
        at: Instant,
        /// Why.
        problem: String,
    },
    /// It can never go out like this.
    Failed {
        /// Why.
        problem: String,
    },
    /// It was tried often enough, or may not be tried again.
    GivenUp {
        /// Why.
        problem: String,
    },
    /// Nothing was left to say.
    Dropped,
}

/// What happens to attempts on a channel that broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// The channel.
    pub channel: String,
    /// Sent again, or given up.
    pub again: bool,
}

/// A reply whose sender or meaning nobody could be sure of.
#[derive(Clone, Debug)]
pub struct LostReply {
    /// What it would have been; its body may hold the number.
    pub entry: NewEntry,
    /// Why it waits.
    pub problem: Problem,
}

impl Ledger {
    /// Keeps how somebody wants to be told; what is still queued elsewhere is dropped when it is not at all.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn choose_messages(&self, author: Author, to: Recipient, choice: Choice) -> Result<Reply<()>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            choices::choose(batch, &author, to, &choice)
        }))
    }

    /// Queues messages; what the day and purpose already hold stays. Answers how many are new.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn queue_messages(&self, messages: Vec<NewMessage>) -> Result<Reply<u64>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| sending::queue(batch, &messages)))
    }

    /// Takes messages of a channel that are due; that they are being sent is durable before they are answered.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn claim_messages(
        &self,
        channel: String,
        most: usize,
        lease_ms: i64,
    ) -> Result<Reply<Vec<Claimed>>, LedgerError> {
        self.queue.submit(Exec(move |batch: &mut Batch<'_>| {
            sending::claim(batch, &channel, most, lease_ms)
        }))
    }

    /// Writes down what became of attempts.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn settle_messages(&self, outcomes: Vec<(Claimed, Outcome)>) -> Result<Reply<()>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| sending::settle(batch, &outcomes)))
    }

    /// Forgets messages of more than fourteen days ago. Answers how many.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn forget_messages(&self) -> Result<Reply<u64>, LedgerError> {
        self.queue
            .submit(Exec(|batch: &mut Batch<'_>| sending::forget_old(batch)))
    }

    /// Decides what broke off in the middle. Answers how many attempts were decided.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn recover_messages(&self, recoveries: Vec<Recovery>) -> Result<Reply<u64>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| sending::recover(batch, &recoveries)))
    }

    /// Keeps a reply for a person to read, sealed, in the tray.
    ///
    /// # Errors
    /// [`LedgerError::Busy`]
    pub fn keep_reply(&self, reply: LostReply) -> Result<Reply<()>, LedgerError> {
        self.queue
            .submit(Exec(move |batch: &mut Batch<'_>| replies::keep(batch, &reply)))
    }
}
