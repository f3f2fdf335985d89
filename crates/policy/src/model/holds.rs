//! Holds: how many must, or may, stand at one place at one time.

use crate::expr::Expr;

/// `hold` of an interval register.
#[derive(Clone, Debug)]
pub struct Hold {
    /// What is counted apart: `subject` and fields. One of them is the subject or names one.
    pub per: Vec<String>,
    /// At least so many, asked for each day; sees `subject`, `day` and the fields of `per`.
    pub min: Option<Expr>,
    /// At most so many at any moment.
    pub max: Option<Expr>,
    /// Which kinds must be among them.
    pub kinds: Option<Kinds>,
    /// The field that tells who; the same twice is one.
    pub distinct: Option<String>,
    /// On which days it must be held; on all when none.
    pub cover: Option<Expr>,
    /// The register whose entries publish a stretch from `opens_at` to `closes_at`.
    pub roster: Option<String>,
    /// What one too many does.
    pub overlap: Overlap,
    /// What those who stand must have.
    pub rest: Option<Rest>,
    /// Who must be held, so that nobody's silence is coverage.
    pub required: Option<Required>,
    /// Who stands in where nobody is named: a desk; sees `subject`.
    pub fallback: Option<Expr>,
}

/// Kinds of holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// Every code of the fields in `per`: all four parties.
    All,
    /// So many of each code of a field.
    Counts {
        /// The field.
        field: String,
        /// Codes with how many of each.
        counts: Vec<(String, i64)>,
    },
}

/// What one too many does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlap {
    /// It is refused.
    #[default]
    Refuse,
    /// The one before it ends when it begins.
    EndPrevious,
}

/// What those who stand must have: lengths in milliseconds.
#[derive(Clone, Debug)]
pub struct Rest {
    /// The field that tells who.
    pub of: String,
    /// Rest between two runs.
    pub at_least: Option<Expr>,
    /// Longest run.
    pub run_at_most: Option<Expr>,
}

/// Who must be held.
#[derive(Clone, Debug)]
pub enum Required {
    /// Subjects of a type; sees `it`.
    Of {
        /// The type or kind.
        of: String,
        /// Which of them.
        filter: Option<Expr>,
    },
    /// Whoever is enrolled in one of these protocols.
    Enrolled(Vec<String>),
}

impl Hold {
    /// Whether it is counted for each subject; otherwise for what a field names.
    pub fn per_subject(&self) -> bool {
        self.per.iter().any(|part| part == "subject")
    }
}
