//! What every channel does: send one message, once, and say what became of it.

use lianfang_kernel::Instant;
use uuid::Uuid;

/// One message as it leaves.
#[derive(Clone)]
pub struct Outgoing {
    /// The same at every attempt: the key by which a gateway tells a second attempt from a second message.
    pub id: Uuid,
    /// Telephone, e-mail address or member of a group, as the channel needs it; none for a robot that names nobody.
    pub to: Option<String>,
    /// Subject line, where the channel has one.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why an attempt did not succeed, as far as the sender can know. The words hold no address and no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It surely did not go out, and may later: no connection, too many at a time.
    #[error("not sent: {0}")]
    NotSent(String),
    /// It may have gone out or not: the answer did not come, or the other side failed while it had it.
    #[error("unknown: {0}")]
    Unknown(String),
    /// It will never go out like this: no such number, a wrong key.
    #[error("refused: {0}")]
    Refused(String),
}

/// A way out of the house.
pub trait Channel: Send + Sync + std::fmt::Debug {
    /// One attempt. Blocks until it is decided or the time is up.
    ///
    /// # Errors
    /// [`SendError`]: whether it may be tried again depends on which, and on the guarantee of the channel.
    fn send(&self, message: &Outgoing, now: Instant) -> Result<(), SendError>;

    /// Whether the other side answers at all; nothing is sent to anybody.
    ///
    /// # Errors
    /// It does not answer, or refuses who asks.
    fn probe(&self) -> Result<(), SendError>;

    /// Whether an address can be one of this channel.
    fn fits(&self, address: &str) -> bool;

    /// Whether nothing can be sent without an address: a robot writes to its group all the same.
    fn needs_address(&self) -> bool {
        true
    }
}
