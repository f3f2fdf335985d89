//! The checked model: what packs say, with every id resolved and every condition typed.
//!
//! [`Model`] is immutable and shared. Nothing here knows TOML; [`crate::load`] makes it, the planner and the writer read
//! it. A table of the language stands here as one struct with the language's own names.

use crate::expr::Expr;
use lianfang_kernel::{Assurance, Day, RegionId, RegisterSchema, TimeOfDay, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Everything that the packs in force say.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// Packs by id.
    pub packs: BTreeMap<String, Pack>,
    /// Subject types by id: `school` is an organisation.
    pub types: BTreeMap<String, SubjectType>,
    /// Code lists by id.
    pub lists: BTreeMap<String, CodeList>,
    /// Settings by id.
    pub settings: BTreeMap<String, Setting>,
    /// Registers by id.
    pub registers: BTreeMap<String, Arc<Register>>,
    /// Rules by id.
    pub rules: BTreeMap<String, Arc<Rule>>,
    /// Guards by id.
    pub guards: BTreeMap<String, Arc<Guard>>,
    /// Protocol editions, ordered by (id, version).
    pub protocols: Vec<Arc<Protocol>>,
    /// Indicators by id.
    pub indicators: BTreeMap<String, Arc<Indicator>>,
    /// Roles by id.
    pub roles: BTreeMap<String, Role>,
    /// SHA-256 over the normalised sources, hex: what an activation entry names.
    pub digest: String,
}

/// A pack: one capability.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Its id, also the folder's name.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Packs it stands on.
    pub needs: Vec<String>,
    /// Rows met by this pack's items, sorted.
    pub meets: Vec<String>,
}

/// A subject type.
#[derive(Clone, Debug)]
pub struct SubjectType {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// The kind it refines.
    pub of: lianfang_kernel::SubjectKind,
    /// What it is called.
    pub title: Words,
    /// The wider type, if any.
    pub parent: Option<String>,
}

/// A code list.
#[derive(Clone, Debug)]
pub struct CodeList {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Its values, in the order shown.
    pub values: Vec<CodeValue>,
}

/// A value of a code list.
#[derive(Clone, Debug)]
pub struct CodeValue {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Its rank, where values are compared; larger is stricter.
    pub rank: Option<i64>,
}

impl CodeList {
    /// A value by id.
    pub fn value(&self, id: &str) -> Option<&CodeValue> {
        self.values.iter().find(|value| value.id == id)
    }
}

/// A setting: what a city chooses. The stored datum has the type of `kind`; durations are milliseconds, decimals
/// scaled by 10^`scale`, a duration in days an integer.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Its kind's id.
    pub kind: String,
    /// Digits after the point of a decimal.
    pub scale: u8,
    /// The value unless a city sets one.
    pub default: lianfang_kernel::Datum,
    /// Values in force for an area (the deepest area that covers a place wins).
    pub by_area: Vec<(RegionId, lianfang_kernel::Datum)>,
    /// Where the default comes from.
    pub source: String,
}

/// A register with its conditions.
#[derive(Clone, Debug)]
pub struct Register {
    /// What it holds.
    pub schema: RegisterSchema,
    /// Computed values by field, in dependency order.
    pub compute: Vec<(String, Expr)>,
    /// Defaults by field.
    pub default: Vec<(String, Expr)>,
    /// Conditional requirements by field: the expression is a bool.
    pub required_when: Vec<(String, Expr)>,
    /// Ledger reads that its expressions use.
    pub looks: Vec<Look>,
    /// At most one of a kind.
    pub unique: Option<Unique>,
    /// Fields shown to the public.
    pub public: Option<PublicFields>,
    /// Whether a resident's device may write it about itself.
    pub residents: bool,
}

/// One row per key.
#[derive(Clone, Debug)]
pub struct Unique {
    /// Fields of the key; `subject` and `day` (the civil day of `at`) may stand among them.
    pub per: Vec<String>,
    /// What a second one meets.
    pub then: UniqueThen,
}

/// What a second row of a key meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueThen {
    /// It is refused (acts only).
    Refuse,
    /// The first one counts; the second is kept and flagged.
    First,
    /// It is kept and flagged.
    Flag,
}

/// What the public may see of a register.
#[derive(Clone, Debug)]
pub struct PublicFields {
    /// Fields shown.
    pub fields: Vec<String>,
    /// The field or subject kind that it is looked up by.
    pub key: String,
}

/// A declared read of the ledger.
#[derive(Clone, Debug)]
pub struct Look {
    /// The name it has in expressions.
    pub id: String,
    /// What is done with the rows.
    pub fold: Fold,
    /// Register (or protocol, for an enrolment) that is read.
    pub of: String,
    /// Whose rows; the subject in hand when none.
    pub subject: Option<Expr>,
    /// Which rows; sees `it` and `entry`.
    pub filter: Option<Expr>,
    /// Rows at or after: an instant expression, or the enrolment's start.
    pub since: Option<Since>,
    /// The field summed or compared by sum, min, max.
    pub field: Option<String>,
    /// More rows than this is a refusal, never a truncation.
    pub limit: u32,
}

/// Where a look begins.
#[derive(Clone, Debug)]
pub enum Since {
    /// At the enrolment's start (`since = "start"`).
    Start,
    /// At the moment an expression gives.
    At(Expr),
}

/// What a look does with the rows it finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// The last by (at, id), as a record; empty when none.
    Last,
    /// The first by (at, id), as a record; empty when none.
    First,
    /// How many.
    Count,
    /// Sum of a field.
    Sum,
    /// Least of a field.
    Min,
    /// Greatest of a field.
    Max,
    /// Whether there is one.
    Exists,
    /// All, as records.
    List,
    /// State of an enrolment: {active, outcome, day_zero, end, overdue, open}.
    Enrolment,
}

/// A rule table: the first row whose area, dates and condition hold gives the value.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// What it is called.
    pub title: Words,
    /// Version, printed with every decision.
    pub version: u32,
    /// Inputs by name, with their kind's id.
    pub inputs: Vec<(String, String)>,
    /// Results by name, with their kind's id or list.
    pub results: Vec<(String, String)>,
    /// Rows in order; an overlay's stand first.
    pub rows: Vec<RuleRow>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

/// One row of a rule table.
#[derive(Clone, Debug)]
pub struct RuleRow {
    /// Row number as people count, from 1.
    pub number: u32,
    /// The area it holds in; everywhere when none.
    pub area: Option<RegionId>,
    /// First day.
    pub from: Option<Day>,
    /// First day when it no longer holds.
    pub to: Option<Day>,
    /// Its condition over the inputs.
    pub when: Expr,
    /// Results by name.
    pub then: Vec<(String, Expr)>,
    /// The facts it rests on, stored with the decision.
    pub because: Option<Expr>,
    /// The clause of the notice.
    pub clause: Option<String>,
    /// Why, in words for people.
    pub title: Option<Words>,
}

/// A guard: judged before an act is accepted.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// Registers it watches.
    pub on: Vec<String>,
    /// Acts it watches.
    pub acts: Vec<lianfang_kernel::Act>,
    /// Where it holds; everywhere when none.
    pub area: Option<RegionId>,
    /// When it applies at all.
    pub when: Option<Expr>,
    /// What must hold.
    pub require: Expr,
    /// What people read when it does not.
    pub refuse: Words,
    /// What to do now.
    pub hint: Option<Words>,
    /// The clause it rests on.
    pub clause: Option<String>,
    /// Refuse, warn or flag.
    pub severity: Severity,
    /// Who may override it, and which fields that needs.
    pub override_by: Option<(String, Vec<String>)>,
    /// Which desk is told of a flag; the territory when none.
    pub notify: Option<Expr>,
    /// Its ledger reads.
    pub looks: Vec<Look>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

/// What a failed guard does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The act is refused.
    Refuse,
    /// The act needs `confirmed`.
    Warn,
    /// The entry is kept, flagged, and shown for review.
    Flag,
}

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

/// Where enrolments come from.
#[derive(Clone, Debug)]
pub enum EnrolSource {
    /// Accepted entries of these registers.
    On(Vec<String>),
    /// Every subject of a type, for as long as it is one.
    Set(LiveSet),
    /// Started by another protocol only.
    Started,
}

/// A set that is what it is now.
#[derive(Clone, Debug)]
pub struct LiveSet {
    /// The subject type.
    pub of: String,
    /// Which of them; sees `it`.
    pub filter: Option<Expr>,
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
    /// Reminders after the start, in milliseconds.
    pub remind_ms: Vec<i64>,
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
    /// Once, any time in its days; due at the end of the last of them.
    Once,
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

/// A defined figure.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// The pack it comes from.
    pub pack: String,
    /// What it is called.
    pub title: Words,
    /// Its definition, for people.
    pub help: Option<Words>,
    /// How it is made.
    pub kind: IndicatorKind,
    /// Which rows; sees `it` (an entry) or, over a protocol, `state` and `it` (the enrolment).
    pub filter: Option<Expr>,
    /// What it is broken down by: region, sector, day, state, code fields.
    pub by: Vec<String>,
    /// What it is counted in.
    pub unit: Words,
    /// Whether the public sees it.
    pub public: bool,
    /// Counts below are suppressed for outside readers.
    pub suppress_below: Option<i64>,
    /// The task (`protocol/task`) that must be complete before the figure is known.
    pub complete: Option<(String, String)>,
    /// The requirement rows it meets.
    pub meets: Vec<String>,
}

/// How a figure is made.
#[derive(Clone, Debug)]
pub enum IndicatorKind {
    /// Rows of registers, or distinct values of a field of them.
    Count {
        /// Registers counted.
        of: Vec<String>,
        /// Field whose distinct values count, `subject` included; rows when none.
        distinct: Option<String>,
    },
    /// Sum of a value over rows of a register.
    Sum {
        /// The register.
        of: String,
        /// What is summed; sees `it`.
        value: Expr,
    },
    /// Enrolments of protocols by state: opened, active, one per outcome.
    Enrolments {
        /// Protocols counted.
        of: Vec<String>,
    },
    /// Required, done and missing of a protocol's task.
    Coverage {
        /// The protocol.
        protocol: String,
        /// The task.
        task: String,
    },
}

/// What people of a role may do.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub title: Words,
    /// Registers it writes; `*` is every one.
    pub write: Vec<String>,
    /// Registers it reads and how far; `*` is every one.
    pub read: BTreeMap<String, Level>,
    /// How far its sight goes.
    pub scope: Scope,
    /// Police roles never read health.
    pub police: bool,
    /// May manage accounts, organisations and packs of its scope.
    pub admin: bool,
    /// May read the audit.
    pub auditor: bool,
}

/// How much of a register a role reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Figures only.
    Figures,
    /// Rows without who.
    Pseudonymous,
    /// Rows with masked identity, unmasked for a reason.
    Identified,
}

impl Level {
    /// The level of that id.
    pub fn from_id(id: &str) -> Option<Level> {
        match id {
            "figures" => Some(Level::Figures),
            "pseudonymous" => Some(Level::Pseudonymous),
            "identified" => Some(Level::Identified),
            _ => None,
        }
    }
}

/// How far a role's sight goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The region of its organisation and all inside it.
    #[default]
    Region,
    /// What its own organisation reported or holds.
    Organisation,
    /// Its line, inside its region.
    Sector,
    /// What its author wrote.
    Own,
}

impl Model {
    /// Editions of a protocol, by version.
    pub fn editions<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Arc<Protocol>> {
        self.protocols.iter().filter(move |protocol| protocol.id == id)
    }

    /// One edition.
    pub fn edition(&self, id: &str, version: u32) -> Option<&Arc<Protocol>> {
        self.protocols
            .iter()
            .find(|protocol| protocol.id == id && protocol.version == version)
    }

    /// The kind of a subject type or kind id.
    pub fn kind_of(&self, id: &str) -> Option<lianfang_kernel::SubjectKind> {
        lianfang_kernel::SubjectKind::from_id(id).or_else(|| self.types.get(id).map(|kind| kind.of))
    }

    /// Whether `kind_type` is `wanted`, one of its narrower types, or of the kind `wanted`.
    pub fn is_a(&self, kind_type: &str, wanted: &str) -> bool {
        let mut here = Some(kind_type);
        for _ in 0..16 {
            match here {
                Some(id) if id == wanted => return true,
                Some(id) => here = self.types.get(id).and_then(|t| t.parent.as_deref()),
                None => break,
            }
        }
        self.types.get(kind_type).is_some_and(|t| t.of.id() == wanted)
    }
}
