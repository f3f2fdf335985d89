//! Entries: immutable, dated, signed for.

use crate::ids::{DeviceId, EntryId, LoginId, SubjectId};
use crate::{Instant, RegionId, Words};
use serde::{Deserialize, Serialize};

/// What an entry does to the register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// A new row.
    #[default]
    New,
    /// Replaces the entry it names, with a reason.
    Correct,
    /// Takes the entry it names back, with a reason.
    Withdraw,
    /// Closes the interval it names.
    End,
}

impl Act {
    /// The act's id on the wire and in storage.
    pub fn id(self) -> &'static str {
        match self {
            Act::New => "new",
            Act::Correct => "correct",
            Act::Withdraw => "withdraw",
            Act::End => "end",
        }
    }

    /// The act of that id.
    pub fn from_id(id: &str) -> Option<Act> {
        [Act::New, Act::Correct, Act::Withdraw, Act::End]
            .into_iter()
            .find(|act| act.id() == id)
    }
}

/// How well a fact is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Assurance {
    /// Stated by the person.
    #[serde(rename = "self")]
    SelfStated,
    /// A document was seen.
    Seen,
    /// Verified at its source.
    Verified,
}

impl Assurance {
    /// The id on the wire, in storage and in conditions.
    pub fn id(self) -> &'static str {
        match self {
            Assurance::SelfStated => "self",
            Assurance::Seen => "seen",
            Assurance::Verified => "verified",
        }
    }

    /// The assurance of that id.
    pub fn from_id(id: &str) -> Option<Assurance> {
        [Assurance::SelfStated, Assurance::Seen, Assurance::Verified]
            .into_iter()
            .find(|a| a.id() == id)
    }
}

/// Something noticed about an entry that was kept all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Stable name: the guard's id, `clock_ahead`, `backdated` …
    pub code: String,
    /// What was noticed.
    pub what: Words,
}

/// A row of a register as pure code sees it. The body holds what is not sealed; sealed values never come here.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Made by the writer's device: the same entry twice is one entry.
    pub id: EntryId,
    /// The register's id.
    pub register: String,
    /// The version of the pack's register it was written under.
    pub register_version: u32,
    /// New, correct, withdraw, end.
    pub act: Act,
    /// The entry that a correction, withdrawal or end names.
    pub replaces: Option<EntryId>,
    /// What it is about.
    pub subject: SubjectId,
    /// When it happened.
    pub at: Instant,
    /// The device's own clock when it was made.
    pub made_at: Option<Instant>,
    /// When it reached the server: lateness is judged by this.
    pub received_at: Instant,
    /// When it was committed: as-of is judged by this.
    pub recorded_at: Instant,
    /// An imported source's own report time.
    pub reported_at: Option<Instant>,
    /// The staff account that signed.
    pub login: Option<LoginId>,
    /// The resident's device that signed.
    pub device: Option<DeviceId>,
    /// The organisation the author acted for.
    pub org: Option<SubjectId>,
    /// The leaf region of the subject, frozen when written.
    pub region: RegionId,
    /// The line of the author's organisation, frozen when written.
    pub sector: Option<String>,
    /// How it came: `web`, `api`, `import`, `phone` …
    pub channel: String,
    /// How well it is known.
    pub assurance: Assurance,
    /// Written for somebody else.
    pub proxy: bool,
    /// Lands whole with the others of its group.
    pub group: Option<uuid::Uuid>,
    /// Why, on a correction or withdrawal.
    pub reason: Option<String>,
    /// What was noticed and kept.
    pub flags: Vec<Flag>,
    /// The fields, in their stored form.
    pub body: serde_json::Map<String, serde_json::Value>,
}
