//! Protocols: who is enrolled, what is asked, how it ends.

use super::Look;
use crate::expr::Expr;
use lianfang_kernel::{Assurance, Day, RegionId, RegionLevel, TimeOfDay, Words};

/// One edition of a protocol.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Its id; editions share it.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// The edition.
    pub version: u32,
    /// What it is called.
    pub title: Words,
    /// What it is for.
    pub help: Option<Words>,
    /// Clause of the notice.
    pub clause: Option<String>,
    /// Where it holds; everywhere when none.
    pub area: Option<RegionId>,
    /// First day in force.
    pub from: Option<Day>,
    /// First day no longer in force.
    pub to: Option<Day>,
    /// What a new edition does to those already enrolled.
    pub transition: Transition,
    /// Whether it restricts a person; then it enrols only on a register that cites an order.
    pub restricts: bool,
    /// Open to self-stated entries; its tasks are the territory's own.
    pub intake: bool,
    /// Whether who must act is told at once, also at night.
    pub urgent: bool,
    /// What enrols.
    pub enrol: Enrol,
    /// The moment whose day is day 0; the enrolling entry's `at` when none.
    pub day_zero: Option<Expr>,
    /// Ledger reads.
    pub looks: Vec<Look>,
    /// What is asked of whom.
    pub tasks: Vec<Task>,
    /// How it ends, first that holds.
    pub releases: Vec<Release>,
    /// What happens when it goes wrong.
    pub escalations: Vec<Escalation>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

impl Protocol {
    /// The conditions by which it ends and escalates.
    pub fn conditions(&self) -> impl Iterator<Item = &Expr> {
        let releases = self.releases.iter();
        let ends = releases.flat_map(|release| release.parts.iter().map(|part| &part.when).chain([&release.when]));
        ends.chain(self.escalations.iter().map(|escalation| &escalation.on))
    }
}

/// What a new edition does to those already enrolled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transition {
    /// They finish as begun.
    #[default]
    Keep,
    /// They are re-planned from its start; done occurrences carry over by task and day.
    Move,
    /// They are listed for a named decision.
    Ask,
}

/// What enrols a subject.
#[derive(Clone, Debug)]
pub struct Enrol {
    /// Entries or a set.
    pub source: EnrolSource,
    /// The figure whose crossings enrol; then the source is the register of crossings.
    pub watch: Option<Watch>,
    /// Which entries.
    pub when: Option<Expr>,
    /// The least assurance that enrols.
    pub assurance: Assurance,
    /// One enrolment per item of a list.
    pub each: Option<Expr>,
    /// Whom it enrols, when not the entry's subject.
    pub of: Option<Expr>,
    /// What tells parallel enrolments apart.
    pub key: Vec<EnrolKey>,
    /// What another enrolling entry does.
    pub again: Again,
}

/// A figure that is judged whenever a cell of it may have changed. A cell that comes to meet the condition is written
/// down as an entry of the register [`CROSSING`], and that entry enrols.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The indicator.
    pub indicator: String,
    /// Its cells are regions of this level.
    pub level: RegionLevel,
    /// What else tells its cells apart: `day`, and codes of the indicator.
    pub by: Vec<String>,
    /// When a cell is written down; sees `value`, `state` and `region`.
    pub when: Expr,
}

/// The register of cells that came to meet the condition of a [`Watch`].
pub const CROSSING: &str = "crossing";

/// Where enrolments come from.
#[derive(Clone, Debug)]
pub enum EnrolSource {
    /// Accepted entries of these registers.
    On(Vec<String>),
    /// Every subject of a type, for as long as it is one.
    Set(LiveSet),
    /// Every subject of a set that an entry opens: a campaign.
    Campaign(Campaign),
    /// Whoever is enrolled in one of some protocols, for as long as they are.
    Enrolled(EnrolledSet),
    /// Started by another protocol only.
    Started,
}

/// A set of those enrolled elsewhere.
#[derive(Clone, Debug)]
pub struct EnrolledSet {
    /// The protocols; enrolled in two of them at a time is enrolled here once.
    pub protocols: Vec<String>,
    /// Which of them; sees `it`.
    pub filter: Option<Expr>,
}

/// A set that is what it is now.
#[derive(Clone, Debug)]
pub struct LiveSet {
    /// The subject type.
    pub of: String,
    /// Which of them; sees `it`.
    pub filter: Option<Expr>,
}

/// A set that entries open: those of the set in the region of the entry and below.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// The reference registers whose entries open it.
    pub on: Vec<String>,
    /// The set; its condition sees `it` and `entry`.
    pub set: LiveSet,
    /// The moment at which the set is taken and then stays as it was; without one it is what it is now. Sees `entry`.
    pub frozen: Option<Expr>,
    /// What becomes of those who join a frozen set afterwards.
    pub late: Late,
}

/// What becomes of a subject that belongs to a frozen set but came after the moment it was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Late {
    /// It is listed apart and asked for nothing: the denominator stays.
    #[default]
    List,
    /// It is enrolled from when it came.
    Add,
}

/// Part of the key that tells enrolments apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolKey {
    /// The subject: one at a time.
    Subject,
    /// The enrolling entry.
    Entry,
    /// The item of `each`.
    Item,
    /// A field of the enrolling entry.
    Field(String),
}

/// What another enrolling entry for the same key does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Again {
    /// Counted, ignored while one is active.
    #[default]
    Keep,
    /// Same enrolment, new day 0.
    Restart,
    /// A further enrolment.
    Parallel,
}

/// Something asked of somebody.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its id inside the protocol.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Who owns it: a desk.
    pub owner: Expr,
    /// The register whose entry discharges it.
    pub expects: String,
    /// Which entries discharge it; sees `it`, `entry`.
    pub filter: Option<Expr>,
    /// Which entries are attempts and discharge nothing.
    pub attempt: Option<Expr>,
    /// The candidate's field that tells when it happened; `at` when none.
    pub time: Option<String>,
    /// When.
    pub timing: Timing,
    /// Asked once for each item of a list: areas of a station, persons of a batch. Sees what owners see.
    pub each: Option<Expr>,
    /// Whom an item's entries must be about or name; sees `item`. Without it `where` tells whose they are.
    pub of: Option<Expr>,
    /// On which days counted from day 0; every day when none.
    pub days: Option<Days>,
    /// On which days at all; sees `day`.
    pub on_days: Option<Expr>,
    /// Only after another task, and how long after.
    pub after: Option<After>,
    /// The task whose discharging author may not discharge this one.
    pub not_by: Option<String>,
    /// Desks that must each acknowledge.
    pub receipts: Vec<Expr>,
    /// Role that may excuse a missed occurrence.
    pub excuse: Option<String>,
    /// The only role that is told who owes it; all others are told how many.
    pub names_to: Option<String>,
    /// Reminders after the start, in milliseconds.
    pub remind_ms: Vec<i64>,
    /// Whether its opening changes more than a clock tells: who owns it, whether it is asked at all, what a condition says
    /// about what is open.
    pub opening_matters: bool,
}

impl Task {
    /// The conditions that its time rests on: since when, how long, until when.
    pub fn timed_by(&self) -> impl Iterator<Item = &Expr> {
        let (from, length) = match &self.timing {
            Timing::Within { length, from } => match length {
                Length::Expr(length) => (from.as_ref(), Some(length)),
                Length::Ms(_) | Length::Days(_) => (from.as_ref(), None),
            },
            Timing::Until(until) => (None, Some(until)),
            _ => (None, None),
        };
        from.into_iter().chain(length)
    }
}

/// When a task is due.
#[derive(Clone, Debug)]
pub enum Timing {
    /// Within a length from a moment (`within` + `from`; the start when no `from`). Inclusive.
    Within {
        /// Length in milliseconds, or an expression.
        length: Length,
        /// From when.
        from: Option<Expr>,
    },
    /// Until a moment. Inclusive.
    Until(Expr),
    /// By a time of day, on each of its days. Inclusive.
    By(TimeOfDay),
    /// In each slot of each of its days. Half-open.
    Slots(Vec<(TimeOfDay, TimeOfDay)>),
    /// Several times a day: the k-th entry of a day is its k-th occurrence. Due at the end of the day.
    PerDay {
        /// So many are owed.
        min: u32,
        /// So many count.
        max: u32,
    },
    /// Again so many civil days after it was last done, or after it was last due when it was not done. Due at the end
    /// of that day.
    Every(i64),
    /// Once, any time in its days; due at the end of the last of them.
    Once,
}

impl Timing {
    /// Whether its occurrences are days of a calendar, or parts of days.
    pub fn is_daily(&self) -> bool {
        matches!(self, Timing::By(_) | Timing::Slots(_) | Timing::PerDay { .. })
    }
}

/// A length of time.
#[derive(Clone, Debug)]
pub enum Length {
    /// Milliseconds.
    Ms(i64),
    /// Civil days: until the end of day D+n.
    Days(i64),
    /// Milliseconds from an expression.
    Expr(Expr),
}

/// Days counted from day 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Days {
    /// From–to, both inclusive.
    Range(i64, i64),
    /// These days.
    List(Vec<i64>),
}

impl Days {
    /// Whether day `n` is one of them.
    pub fn holds(&self, n: i64) -> bool {
        match self {
            Days::Range(from, to) => (*from..=*to).contains(&n),
            Days::List(days) => days.contains(&n),
        }
    }

    /// First and last day.
    pub fn bounds(&self) -> (i64, i64) {
        match self {
            Days::Range(from, to) => (*from, *to),
            Days::List(days) => (
                days.iter().copied().min().unwrap_or(0),
                days.iter().copied().max().unwrap_or(0),
            ),
        }
    }
}

/// Only after another task.
#[derive(Clone, Debug)]
pub struct After {
    /// That task's id.
    pub task: String,
    /// Elapsed time that must lie between, inclusive, in milliseconds.
    pub at_least_ms: i64,
}

/// How an enrolment ends well.
#[derive(Clone, Debug)]
pub struct Release {
    /// The outcome's id.
    pub outcome: String,
    /// What must hold.
    pub when: Expr,
    /// The conjuncts of `when`, each with what people read while it does not hold; used to say what is missing.
    pub parts: Vec<ReleasePart>,
    /// The register whose entry a person signs; without it the release happens when `when` holds.
    pub on: Option<String>,
    /// A protocol that follows.
    pub start: Option<String>,
}

/// One conjunct of a release condition.
#[derive(Clone, Debug)]
pub struct ReleasePart {
    /// The conjunct.
    pub when: Expr,
    /// What is missing while it does not hold.
    pub missing: Words,
}

/// What happens when it goes wrong.
#[derive(Clone, Debug)]
pub struct Escalation {
    /// When; an occurrence it names makes it once per occurrence.
    pub on: Expr,
    /// The task named by `missed('…')`, if any.
    pub names_task: Option<String>,
    /// Which desk is told.
    pub to: Option<Expr>,
    /// Which protocol starts.
    pub start: Option<String>,
    /// How the enrolment ends, if it ends it.
    pub outcome: Option<String>,
}
