//! Registers with their conditions, and the reads of the ledger that conditions declare.

use crate::expr::Expr;
use lianfang_kernel::RegisterSchema;

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
