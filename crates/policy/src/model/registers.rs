//! Registers with their conditions, and the reads of the ledger that conditions declare.

use super::{Accepts, Hold, Posting};
use crate::expr::Expr;
use crate::record::Layout;
use lianfang_kernel::{Datum, Entry, RegisterSchema};

/// A register with its conditions.
#[derive(Clone, Debug)]
pub struct Register {
    /// What it holds.
    pub schema: RegisterSchema,
    /// How conditions see its entries.
    pub layout: Layout,
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
    /// Between which days it takes entries, when not always.
    pub accepts: Option<Accepts>,
    /// Whether a resident's device may write it about itself.
    pub residents: bool,
    /// Whether who wrote it as a resident is not shown again what it says.
    pub withheld: bool,
    /// How far its intervals reach, when they say more than their subject does.
    pub reach: Option<Reach>,
    /// How many must, or may, stand at one place at one time.
    pub hold: Option<Hold>,
    /// What its entries move, and between which accounts.
    pub posting: Option<Posting>,
    /// Fields that are filled by drawing lots.
    pub draws: Vec<Draw>,
    /// The rows that an allocation run fills.
    pub allocation: Option<Allocation>,
    /// What it compares, when its entries are lists compared with one's own.
    pub matching: Option<Matching>,
}

impl Register {
    /// One of its entries as conditions see it, see [`Layout::record`].
    pub fn record(&self, entry: &Entry) -> Datum {
        self.layout.record(entry, &self.schema)
    }
}

/// An entry of the register is a list of somebody else compared with one's own. The list itself is kept nowhere; what it
/// matched becomes entries of another register about the persons matched, with the fields `run`, `row`, `key`, `weight`
/// and the moment at which they expire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// The register of what was asked for, about the same subject.
    pub request: String,
    /// Its field that says which register's persons are compared: a code whose values are registers.
    pub against: String,
    /// Its field that says what is compared: `cn_id`, `phone`, or `likely` for everything known.
    pub key: String,
    /// Its field that says until when.
    pub until: String,
    /// The register of what matched.
    pub hit: String,
    /// The field of the hit that holds the moment it expires.
    pub expires: String,
}

impl Matching {
    /// What may be compared.
    pub const KEYS: [&'static str; 3] = ["cn_id", "phone", "likely"];
    /// What the entry of a list tells, filled in by who compared: its rows, the persons compared, the matches.
    pub const COUNTS: [&'static str; 3] = ["rows", "compared", "matched"];
    /// What each hit tells beside its end: the run, the row of the list, what was compared, the weight.
    pub const HIT: [&'static str; 4] = ["run", "row", "key", "weight"];
}

/// Rows that are filled when an entry is written: what stands in an account of the subject, shared out over the requests
/// of the author's area by class. Each row has `request`, `class`, `wanted`, `given` and `reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// The rows.
    pub field: String,
    /// The register of requests; each is about a matter of its own.
    pub requests: String,
    /// The field that names the item, in the run and in a request.
    pub item: String,
    /// The field of a request that says how much.
    pub want: String,
    /// The field of a request that says its class: a code whose smallest rank comes first.
    pub class: String,
    /// The list of classes.
    pub classes: String,
    /// The account.
    pub account: String,
}

/// A field filled by lot when an entry is written: of all subjects of a type in the author's area, as many as asked, each
/// with the same chance. The seed stays in the entry, so that the draw can be made again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draw {
    /// The field that is filled.
    pub field: String,
    /// The type of subject drawn from, or the field that names it.
    pub of: DrawnFrom,
    /// The field that says how many.
    pub size: String,
    /// The field that holds the seed; one is made when it is empty.
    pub seed: String,
}

/// What lots are drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DrawnFrom {
    /// A type of subject.
    Type(String),
    /// The field that names the type.
    Field(String),
}

/// How far the intervals of a reference register reach: `scope` in packs. Nothing is copied out to those it covers; who
/// is covered is found when asked, so that a place added tomorrow is covered too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The field that names types of subject: an interval on a region covers those inside it.
    pub types: Option<String>,
    /// The field that names subjects one by one.
    pub targets: Option<String>,
    /// The field that names types, or subjects, that it spares.
    pub exempt: Option<String>,
    /// Whether an interval on a region covers what lies inside it.
    pub inherit: bool,
    /// What holds where several cover one subject.
    pub combine: Combine,
}

/// What holds where several intervals cover one subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combine {
    /// Only what is nearest to the subject: its own, then that of the narrowest region.
    #[default]
    Nearest,
    /// All of them; the strictest level speaks.
    Strictest,
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
    /// Register (or protocol, for an enrolment; account, for a balance) that is read.
    pub of: String,
    /// Whose rows; the subject in hand when none.
    pub subject: Option<Expr>,
    /// Which rows; sees `it` and `entry`.
    pub filter: Option<Expr>,
    /// Rows at or after: an instant expression, or the enrolment's start.
    pub since: Option<Since>,
    /// Rows before.
    pub until: Option<Expr>,
    /// The field summed or compared by sum, min, max.
    pub field: Option<String>,
    /// Of a balance: the item; all items when none.
    pub item: Option<Expr>,
    /// Of a balance: the lot; all lots when none.
    pub lot: Option<Expr>,
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
    /// What stands in an account as the entry comes in.
    Balance,
    /// State of an enrolment: {active, outcome, day_zero, end, overdue, open}.
    Enrolment,
    /// The hold of an interval register between `since` and `until`: {gaps, rest_broken, count}.
    Hold,
}
