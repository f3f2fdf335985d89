//! Entries as they come in and answers as they go out: the shapes of the interface, kept as promises.

use lianfang_kernel::ids::{DeviceId, EntryId, LoginId, SubjectId, TaskId};
use lianfang_kernel::{Act, Assurance, Flag, Instant, Problem, RegionId, Words};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Who writes or reads, as the edge has authenticated it.
#[derive(Clone, Debug)]
pub struct Author {
    /// The staff account.
    pub login: Option<LoginId>,
    /// The resident's device.
    pub device: Option<DeviceId>,
    /// The subject that staff confirmed to be the device's owner.
    pub owner: Option<SubjectId>,
    /// The role acted in; `resident` for a device, `system` for the installation itself.
    pub role: String,
    /// The organisation acted for.
    pub org: Option<SubjectId>,
    /// How it came: `web`, `api`, `import`, [`CHECKPOINT`], [`TEXT`], [`INVITED`], [`KEPT`].
    pub channel: &'static str,
}

/// The channel of checks: whoever sends a check, a phone of a checkpoint, its manager from a file, it is the same check.
pub const CHECKPOINT: &str = "checkpoint";

/// The channel of replies by text message: a resident who was told something at this number.
pub const TEXT: &str = "text";

/// The channel of who was invited by a link to write one thing about themselves.
pub const INVITED: &str = "invited";

/// The channel of what staff sealed on a phone while there was no network: it has happened by the time it comes.
pub const KEPT: &str = "kept";

/// The channel of lists that are compared: what is known of one comes from who compared it, not from a form.
pub const MATCH: &str = "match";

impl Author {
    /// The installation itself: demonstrations, set-up.
    pub fn system() -> Author {
        Author {
            login: None,
            device: None,
            owner: None,
            role: "system".into(),
            org: None,
            channel: "system",
        }
    }

    /// A resident who answers by text message, from the number that a message went to.
    pub fn by_text(owner: SubjectId) -> Author {
        Author {
            login: None,
            device: None,
            owner: Some(owner),
            role: "resident".into(),
            org: None,
            channel: TEXT,
        }
    }

    /// The same author, of entries that waited on a phone.
    pub fn of_kept(self) -> Author {
        Author { channel: KEPT, ..self }
    }

    /// Whose ids are counted together: an account or a device.
    pub fn scope(&self) -> String {
        match (self.login, self.device) {
            _ if self.channel == CHECKPOINT => CHECKPOINT.to_owned(),
            (Some(login), _) => format!("login/{login}"),
            (None, Some(device)) => format!("device/{device}"),
            (None, None) => format!("role/{}", self.role),
        }
    }

    /// Whether nobody has vouched for who this is.
    pub fn is_stranger(&self) -> bool {
        self.login.is_none() && self.role != "system" && self.owner.is_none() && self.channel != CHECKPOINT
    }

    /// Whether what is refused comes back to the eyes of who wrote it.
    pub fn has_screen(&self) -> bool {
        ["web", KEPT].contains(&self.channel)
    }

    /// Whether a resident writes: on a device of their own, or by text message.
    pub fn is_resident(&self) -> bool {
        let by_text = self.channel == TEXT && self.owner.is_some();
        self.login.is_none() && (self.device.is_some() || by_text) && self.channel != CHECKPOINT
    }
}

/// An entry as it is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewEntry {
    /// Made by the sender: the same entry twice is one entry.
    pub id: Uuid,
    /// The register.
    pub register: String,
    /// New, correct, withdraw, end.
    #[serde(default)]
    pub act: Act,
    /// The entry that is corrected, withdrawn or ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<EntryId>,
    /// Whom or what it is about; the author's own organisation when absent and the register allows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectIn>,
    /// When it happened; now when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The device's own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_at: Option<Instant>,
    /// The source's own report time, on imported history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_at: Option<Instant>,
    /// How well it is known; `self` for residents, `seen` for staff when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
    /// Lands whole with the others of its group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Uuid>,
    /// The author has read the warnings.
    #[serde(default)]
    pub confirmed: bool,
    /// Guards overridden, with the reason.
    #[serde(default, rename = "override", skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<String, String>,
    /// Written for somebody else.
    #[serde(default)]
    pub proxy: bool,
    /// Where, for a subject that is made by this entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    /// Why, on a correction or withdrawal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The fields.
    #[serde(default)]
    pub body: Map<String, Value>,
    /// Fields that the server fills in. Nobody sent them, so they do not make two sendings differ.
    #[serde(skip)]
    pub stamped: Map<String, Value>,
}

impl NewEntry {
    /// A new entry of now that says nothing yet: the fields that matter are set over it.
    ///
    /// ```
    /// use lianfang_ledger::wire::NewEntry;
    ///
    /// let entry = NewEntry {
    ///     confirmed: true,
    ///     ..NewEntry::new(uuid::Uuid::nil(), "receipt")
    /// };
    /// assert_eq!(entry.register, "receipt");
    /// ```
    pub fn new(id: Uuid, register: impl Into<String>) -> NewEntry {
        NewEntry {
            id,
            register: register.into(),
            act: Act::New,
            replaces: None,
            subject: None,
            at: None,
            made_at: None,
            reported_at: None,
            assurance: None,
            group: None,
            confirmed: false,
            overrides: BTreeMap::new(),
            proxy: false,
            region: None,
            reason: None,
            body: Map::new(),
            stamped: Map::new(),
        }
    }
}

/// Whom an entry is about, as it is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SubjectIn {
    /// A subject's id.
    Id(SubjectId),
    /// Found by blind index, or made in the same transaction.
    Described(Described),
}

/// A subject described by what identifies it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// A kind or type.
    #[serde(rename = "type")]
    pub kind_type: String,
    /// Identifiers by kind: `cn_id`, `id_doc`, `phone`, `plate`, `code`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identifiers: BTreeMap<String, String>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The organisation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<SubjectId>,
}

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// In the ledger.
    Accepted,
    /// In the ledger, with something noticed.
    Flagged,
    /// Not in the ledger.
    Refused,
    /// Kept aside for a person: an observation that does not fit its schema.
    Tray,
}

impl Status {
    /// Whether the entry is in the ledger.
    pub fn is_in(self) -> bool {
        matches!(self, Status::Accepted | Status::Flagged)
    }
}

/// The answer to one entry.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EntryAnswer {
    /// The entry's id.
    pub id: Uuid,
    /// What became of it.
    pub status: Status,
    /// The subject it is about, when the author may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectId>,
    /// What was wrong; the first is what a short answer shows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// What was noticed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
    /// The decision computed, with rule, version, row, clause and facts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Value>,
    /// Tasks that it opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskAnswer>,
    /// A certificate that it issued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Uuid>,
}

impl EntryAnswer {
    /// A refusal.
    pub fn refused(id: Uuid, problems: Vec<Problem>) -> EntryAnswer {
        let (subject, flags, decision, tasks, certificate) = (None, Vec::new(), None, Vec::new(), None);
        EntryAnswer {
            id,
            status: Status::Refused,
            subject,
            problems,
            flags,
            decision,
            tasks,
            certificate,
        }
    }
}

/// A task as an answer names it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TaskAnswer {
    /// Its id.
    pub id: TaskId,
    /// The protocol it comes from.
    pub protocol: String,
    /// The task's id inside the protocol.
    pub task: String,
    /// What it is called.
    pub title: Words,
    /// When it opens.
    pub opens_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// Its state.
    pub state: String,
}

/// The answer to a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppendAnswer {
    /// The ledger's epoch: when it has risen, send again what was acknowledged in the last 14 days.
    pub epoch: i64,
    /// One answer an entry, in the order sent.
    pub results: Vec<EntryAnswer>,
}
