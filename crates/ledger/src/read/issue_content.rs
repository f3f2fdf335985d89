//! What a numbered publication says, frozen: words, figures, who is missing, what there was and is.

use crate::LedgerError;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Approx, Day, Instant, RegionId, Words};
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

/// A name that is the same in both languages is one text.
mod named {
    use lianfang_kernel::Words;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(name: &Words, to: S) -> Result<S::Ok, S::Error> {
        if name.zh == name.en {
            return name.zh.serialize(to);
        }
        name.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Words, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Kept {
            One(String),
            Two(Words),
        }
        Ok(match Kept::deserialize(from)? {
            Kept::One(text) => Words::same(text),
            Kept::Two(words) => words,
        })
    }
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
        #[serde(with = "named")]
        source: Words,
    },
    /// A figure.
    Figure(Box<IssueFigure>),
    /// The parts of a figure that are not nothing, the greatest first.
    List(Box<IssueFigure>),
    /// A daily figure over the days up to that of the issue.
    Chart {
        /// The indicator.
        indicator: String,
        /// What it is called.
        title: Words,
        /// What it is counted in.
        unit: Words,
        /// The days with their values; none where it is not known.
        points: Vec<(Day, Option<i64>)>,
    },
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
        /// Against an earlier issue, where the briefing asks for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<GapChange>,
    },
}

/// Who is newly missing and who no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GapChange {
    /// The day of the earlier issue.
    pub since: Day,
    /// How many are newly missing.
    pub new_count: usize,
    /// The first of them.
    pub new: Vec<SubjectId>,
    /// How many are missing no more.
    pub gone_count: usize,
    /// The first of them.
    pub gone: Vec<SubjectId>,
    /// How many were missing then and are now.
    pub unchanged: usize,
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
    /// The day of that earlier value, where it is not the day before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_on: Option<Day>,
    /// It is not exact: what it adds up was about, over or nearly so many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approx: Option<Approx>,
    /// Its parts.
    pub parts: Vec<(BTreeMap<String, String>, Option<i64>)>,
    /// Which of its parts are not exact, in their order; nothing where all are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts_approx: Vec<Option<Approx>>,
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
