//! What a numbered publication says, frozen: words, figures, who is missing, what there was and is.

use crate::LedgerError;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, RegionId, Words};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an issue says, and as of when. Computing it again for the same moment gives the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssueContent {
    /// The briefing.
    pub briefing: String,
    /// What it is called.
    pub title: Words,
    /// Where.
    pub region: RegionId,
    /// Of which day.
    pub day: Day,
    /// The moment its figures are read as of.
    pub as_of: Instant,
    /// Its parts.
    pub blocks: Vec<IssueBlock>,
}

/// A part of an issue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum IssueBlock {
    /// Words.
    Text {
        /// The words.
        text: Words,
        /// Who answers for them.
        source: String,
    },
    /// A figure.
    Figure(Box<IssueFigure>),
    /// A stock and its flows.
    Reconcile(IssueReconciliation),
    /// Who is missing.
    Gaps {
        /// The indicator.
        indicator: String,
        /// What it is called.
        title: Words,
        /// How many are missing.
        count: usize,
        /// The first of them.
        missing: Vec<SubjectId>,
    },
}

/// A figure as an issue froze it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssueFigure {
    /// The indicator.
    pub indicator: String,
    /// What it is called.
    pub title: Words,
    /// How it was defined then.
    pub definition: Words,
    /// What it is counted in.
    pub unit: Words,
    /// How well it was known.
    pub state: String,
    /// The figure.
    pub value: Option<i64>,
    /// Of a coverage: done.
    pub numerator: Option<i64>,
    /// Of a coverage: required.
    pub denominator: Option<i64>,
    /// The value a day earlier, where the briefing sets it beside; absent where it was not known then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// Its parts.
    pub parts: Vec<(BTreeMap<String, String>, Option<i64>)>,
}

/// What there was, what came, what went, what there is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssueReconciliation {
    /// The stock.
    pub indicator: String,
    /// What it is called.
    pub title: Words,
    /// What it is counted in.
    pub unit: Words,
    /// A day earlier.
    pub before: Option<i64>,
    /// What came in the day between.
    pub into: Vec<IssueFlow>,
    /// What went in the day between.
    pub out: Vec<IssueFlow>,
    /// At the moment of the issue.
    pub now: Option<i64>,
    /// `before + into − out − now`: zero when it reconciles, absent when a part is not known.
    pub difference: Option<i64>,
}

/// A flow of a reconciliation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IssueFlow {
    /// What it is called.
    pub title: Words,
    /// How many.
    pub value: Option<i64>,
}

impl IssueContent {
    /// As it is stored and digested: one spelling.
    ///
    /// # Errors
    /// None that can be met: plain data.
    pub fn canonical(&self) -> Result<String, LedgerError> {
        Ok(serde_json::to_string(self)?)
    }
}

/// SHA-256 of a text, hex.
pub fn text_digest(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    lianfang_kernel::hex(digest)
}
