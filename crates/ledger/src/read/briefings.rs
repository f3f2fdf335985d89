//! Numbered publications: figures frozen with their moment. An issue is an entry; opening it reads the entry.

use super::{Conditions, Figure, FigureQuery, Reader};
use crate::LedgerError;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Day, Instant, RegionId, Words};
use lianfang_policy::model::BriefingBlock;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The register whose entries are issues.
pub const ISSUES: &str = "briefing_issue";
/// Gaps named in one block at most; the count is always the whole.
const MOST_NAMED: usize = 60;
/// Issues of one list at most.
const MOST_ISSUES: usize = 500;

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
    /// Its parts.
    pub parts: Vec<(BTreeMap<String, String>, Option<i64>)>,
}

/// A published issue.
#[derive(Clone, Debug, Serialize)]
pub struct Issue {
    /// The entry.
    pub id: EntryId,
    /// Its number in the series of its place.
    pub number: i64,
    /// When it was published.
    pub published_at: Instant,
    /// SHA-256 of what it says, hex.
    pub digest: String,
    /// Whether what it says still has that digest.
    pub intact: bool,
    /// What it says.
    pub content: IssueContent,
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

impl Reader<'_> {
    /// What an issue of a briefing says as of a moment; `None` when there is no such briefing.
    ///
    /// # Errors
    /// The database.
    pub fn briefing(
        &mut self,
        id: &str,
        region: &RegionId,
        day: Day,
        as_of: Instant,
    ) -> Result<Option<IssueContent>, LedgerError> {
        let Some(briefing) = self.snapshot.model.briefings.get(id).cloned() else {
            return Ok(None);
        };
        let mut blocks = Vec::with_capacity(briefing.blocks.len());
        for block in &briefing.blocks {
            blocks.extend(self.issue_block(block, region, day, as_of)?);
        }
        Ok(Some(IssueContent {
            briefing: id.to_owned(),
            title: briefing.title.clone(),
            region: region.clone(),
            day,
            as_of,
            blocks,
        }))
    }

    fn issue_block(
        &mut self,
        block: &BriefingBlock,
        region: &RegionId,
        day: Day,
        as_of: Instant,
    ) -> Result<Option<IssueBlock>, LedgerError> {
        let (id, by) = match block {
            BriefingBlock::Text { text, source } => {
                return Ok(Some(IssueBlock::Text {
                    text: text.clone(),
                    source: source.clone(),
                }));
            }
            BriefingBlock::Figure { indicator, by } => (indicator, by.clone()),
            BriefingBlock::Gaps { indicator } => (indicator, Vec::new()),
        };
        let of_day = self.snapshot.model.indicators.get(id).is_some_and(|indicator| {
            let by_day = indicator.by.iter().any(|by| by == "day");
            by_day && !matches!(indicator.kind, lianfang_policy::model::IndicatorKind::Enrolments { .. })
        });
        let query = FigureQuery {
            region: Some(region.clone()),
            by,
            from: of_day.then_some(day),
            to: of_day.then_some(day),
            as_of: Some(as_of),
            ..FigureQuery::default()
        };
        let Some(figure) = self.figure(id, &query)? else {
            return Ok(None);
        };
        Ok(Some(match block {
            BriefingBlock::Gaps { .. } => gaps(figure),
            _ => IssueBlock::Figure(Box::new(frozen(figure)?)),
        }))
    }

    /// Issues published in a place and below, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn issues(&mut self, region: &RegionId) -> Result<Vec<Issue>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.inside("e.path", &self.snapshot.regions, region);
        self.some_issues(where_)
    }

    /// One issue.
    ///
    /// # Errors
    /// The database.
    pub fn issue(&mut self, id: EntryId) -> Result<Option<Issue>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("e.id = ?", [id.0.into()]);
        Ok(self.some_issues(where_)?.pop())
    }

    fn some_issues(&mut self, mut where_: Conditions) -> Result<Vec<Issue>, LedgerError> {
        where_.and("e.register = ?", [ISSUES.into()]);
        where_.and("e.act = 'new'", []);
        let sql = format!(
            "select e.id, e.recorded_at, e.body from entry e{} order by e.recorded_at desc, e.id desc limit {MOST_ISSUES}",
            where_.to_sql()
        );
        let mut issues = Vec::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let body: serde_json::Map<String, serde_json::Value> = row.json("body")?;
            let text = |key: &str| body.get(key).and_then(|value| value.as_str()).unwrap_or_default();
            let stored = text("content");
            issues.push(Issue {
                id: EntryId(row.uuid("id")?),
                number: body.get("number").and_then(serde_json::Value::as_i64).unwrap_or(0),
                published_at: Instant(row.int("recorded_at")?),
                digest: text("digest").to_owned(),
                intact: text_digest(stored) == text("digest"),
                content: serde_json::from_str(stored)?,
            });
        }
        Ok(issues)
    }
}

fn gaps(figure: Figure) -> IssueBlock {
    let mut missing: Vec<SubjectId> = figure.missing.iter().map(|member| member.subject).collect();
    missing.sort();
    missing.dedup();
    let count = missing.len();
    missing.truncate(MOST_NAMED);
    IssueBlock::Gaps {
        indicator: figure.id,
        title: figure.title,
        count,
        missing,
    }
}

fn frozen(figure: Figure) -> Result<IssueFigure, LedgerError> {
    let state = serde_json::to_value(figure.state)?;
    Ok(IssueFigure {
        indicator: figure.id,
        title: figure.title,
        definition: figure.definition,
        unit: figure.unit,
        state: state.as_str().unwrap_or_default().to_owned(),
        value: figure.value,
        numerator: figure.numerator,
        denominator: figure.denominator,
        parts: figure.rows.into_iter().map(|row| (row.key, row.value)).collect(),
    })
}
