//! What a plan is: the answer of the planner, in plain data.

use crate::facts::{Facts, History};
use crate::planner::Planner;
use lianfang_kernel::ids::{EnrolmentId, EntryId, SubjectId, TaskId};
use lianfang_kernel::{Day, Instant, RegionId, Words};
use lianfang_policy::Snapshot;
use serde::{Deserialize, Serialize};

/// What a plan is made from.
#[derive(Clone, Copy)]
pub struct PlanInput<'a> {
    /// The subject and its facts.
    pub history: &'a History,
    /// Facts of the subjects that looks name; see [`needs`].
    pub others: &'a dyn Facts,
    /// Regions, organisations, packs, reference intervals.
    pub snapshot: &'a Snapshot,
    /// The moment the plan is for.
    pub now: Instant,
    /// For protocols over live sets: days before the day of this moment are settled and not planned again.
    pub horizon: Option<Instant>,
}

impl std::fmt::Debug for PlanInput<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = self.history.subject.id;
        f.debug_struct("PlanInput")
            .field("subject", &subject)
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

/// Everything that follows for one subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Its enrolments, those that ended included, ordered by (protocol, start, id).
    pub enrolments: Vec<Enrolment>,
    /// Who is told of what, ordered by (moment, id).
    pub notices: Vec<Notice>,
    /// Conditions that gave no answer. What they decide is taken as not so.
    pub faults: Vec<Fault>,
    /// The next moment at which time alone may change this plan: between now and then every plan is this one.
    pub next_change_at: Option<Instant>,
    /// The same for whoever reads off the clock that what was to come has opened, and keeps the next [`LAID_AHEAD`] openings of
    /// each task: between now and then openings are all that differs.
    pub kept_until: Option<Instant>,
}

/// Openings to come that are kept of each task.
pub const LAID_AHEAD: usize = 2;

/// A subject inside a protocol.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrolment {
    /// Derived from protocol, subject and key.
    pub id: EnrolmentId,
    /// The protocol.
    pub protocol: String,
    /// The edition that governs now, or governed when it ended.
    pub version: u32,
    /// Who or what is enrolled.
    pub subject: SubjectId,
    /// What tells enrolments of one subject in one protocol apart.
    pub key: String,
    /// The first version of the entry that enrolled.
    pub opened_by: Option<EntryId>,
    /// The enrolment and occurrence whose escalation or release started it.
    pub parent: Option<(EnrolmentId, TaskId)>,
    /// Since when.
    pub start: Instant,
    /// The moment whose civil day is day 0.
    pub day_zero: Instant,
    /// Where it counts: the subject's region, for one that ended the region it had then.
    pub region: RegionId,
    /// Active or ended.
    pub state: State,
    /// Its occurrences, ordered by (task in the protocol, opening).
    pub occurrences: Vec<Occurrence>,
    /// The outcome whose condition holds now and which waits for a signature.
    pub ready: Option<String>,
    /// What is missing for the release, in words; empty when ready or ended.
    pub missing: Vec<Words>,
    /// The earliest civil day on which a condition on `days` lets it end.
    pub ends_on: Option<Day>,
    /// A newer edition that asks for a named decision on this enrolment.
    pub asked: Option<u32>,
}

/// Where an enrolment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Active,
    /// It ended.
    Ended {
        /// How.
        outcome: String,
        /// When.
        at: Instant,
        /// The entry that signed it, where a person signs.
        by: Option<EntryId>,
    },
    /// It stood in an earlier plan and its ground was taken back. A plan never holds one: the writer marks it.
    Withdrawn,
}

/// One thing asked of somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurrence {
    /// Derived from enrolment, task and label.
    pub id: TaskId,
    /// The task in the protocol.
    pub task: String,
    /// `2020-02-06/1`: day and number of the slot; `2020-02-06`: a day; empty for a task asked once.
    pub label: String,
    /// Of a task for each item: the subject that the item names, which ends the label too.
    pub about: Option<SubjectId>,
    /// Done beyond what was owed: the third round where two are asked.
    pub extra: bool,
    /// Who owns it.
    pub owner: Owner,
    /// From when on it can be done.
    pub opens_at: Instant,
    /// Until when; [`Instant::MAX`] when it has no end or is not known yet.
    pub due_at: Instant,
    /// Whether the moment `due_at` is still in time.
    pub inclusive: bool,
    /// Where it stands.
    pub state: OccurrenceState,
    /// How often it was tried without being done.
    pub attempts: u32,
    /// Acknowledgements asked for.
    pub receipts: Vec<Receipt>,
    /// Whether an escalation was made of it.
    pub escalated: bool,
    /// It waits for another task, and time alone does not open it.
    pub waits: bool,
}

impl Occurrence {
    /// Done, and every receipt is in.
    pub fn is_complete(&self) -> bool {
        matches!(self.state, OccurrenceState::Done { .. }) && self.receipts.iter().all(|r| r.received.is_some())
    }
}

/// Where an occurrence stands. Each has exactly one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OccurrenceState {
    /// Not yet.
    Upcoming,
    /// Now.
    Open,
    /// Done.
    Done {
        /// The first version of the entry that did it.
        entry: EntryId,
        /// When it was done, by the task's own time.
        at: Instant,
        /// When that reached the server.
        received_at: Instant,
        /// In time, in time but known late, or late.
        timeliness: Timeliness,
    },
    /// Due, and not done.
    Missed,
    /// Somebody who may answered for it.
    Excused {
        /// The excuse.
        entry: EntryId,
    },
    /// Nothing is asked: it was due before anybody knew, or the enrolment ended before.
    Void,
}

/// When something was done and known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    /// Done and known in time.
    OnTime,
    /// Done in time, known late.
    KnownLate,
    /// Done late.
    Late,
}

/// Who owns a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Owner {
    /// An organisation.
    Org(SubjectId),
    /// The subject itself.
    Oneself(SubjectId),
    /// An empty post: the gap list.
    Nobody,
}

/// An acknowledgement asked of a desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// Who acknowledges.
    pub desk: Owner,
    /// Its own stable id: an occurrence owned by the receiver.
    pub task: TaskId,
    /// The entry that acknowledged, and when.
    pub received: Option<(EntryId, Instant)>,
}

/// Somebody is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Stable: the same notice of the next plan has the same id, so it is sent once.
    pub id: TaskId,
    /// Why.
    pub kind: NoticeKind,
    /// Of which enrolment.
    pub enrolment: EnrolmentId,
    /// Its protocol.
    pub protocol: String,
    /// Of which occurrence, when it is of one.
    pub occurrence: Option<TaskId>,
    /// The task of that occurrence.
    pub task: Option<String>,
    /// Who is told.
    pub desk: Owner,
    /// When it fell due.
    pub at: Instant,
}

/// Why somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// An escalation.
    Escalation,
    /// A reminder of an open occurrence, to its owner.
    Reminder,
}

/// A condition that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The protocol.
    pub protocol: String,
    /// The enrolment, when there is one.
    pub enrolment: Option<EnrolmentId>,
    /// The expression as written, or the look's name.
    pub expression: String,
    /// Stable name: those of [`lianfang_policy::EvalError`], `not_fetched`, `too_deep`, `order_unknown`.
    pub code: String,
    /// What happened.
    pub message: Words,
}

/// Plans one subject.
pub fn plan(input: &PlanInput<'_>) -> Plan {
    Planner::new(input, 0).plan()
}

/// The enrolments of one protocol as [`plan`] has them; others are planned as far as it takes to know these.
pub fn plan_of(input: &PlanInput<'_>, protocol: &str) -> Vec<Enrolment> {
    let mut enrolments = Planner::new(input, 0).only(protocol);
    enrolments.sort_by_key(|enrolment| (enrolment.start, enrolment.id));
    enrolments
}

/// The other subjects whose facts [`plan`] reads at `now`, sorted. The subject itself is never among them. Reads are of
/// depth one: fetch these, then plan.
pub fn needs(history: &History, snapshot: &Snapshot, now: Instant) -> Vec<SubjectId> {
    let input = PlanInput {
        history,
        others: &crate::facts::Alone,
        snapshot,
        now,
        horizon: None,
    };
    Planner::new(&input, 0).needs()
}
