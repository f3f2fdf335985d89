//! Numbered publications: figures frozen with their moment. An issue is an entry; opening it reads the entry.

use super::issue_blocks::Page;
use super::{Conditions, IssueContent, Reader, text_digest};
use crate::LedgerError;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Day, Instant, RegionId};
use serde::Serialize;
use std::collections::HashMap;

/// The register whose entries are issues.
pub const ISSUES: &str = "briefing_issue";
/// The register in which somebody else agrees to an issue or returns it.
pub const REVIEWS: &str = "briefing_review";
/// Issues of one list at most.
const MOST_ISSUES: usize = 500;

/// A published issue.
#[derive(Clone, Debug, Serialize)]
pub struct Issue {
    /// The entry.
    pub id: EntryId,
    /// The matter that the issue is: what reviews are about.
    pub subject: SubjectId,
    /// Who published it.
    pub org: Option<SubjectId>,
    /// Its number in the series of its place.
    pub number: i64,
    /// When it was published.
    pub published_at: Instant,
    /// SHA-256 of what it says, hex.
    pub digest: String,
    /// Whether what it says still has that digest.
    pub intact: bool,
    /// What somebody else said of it, the newest last.
    pub reviews: Vec<Review>,
    /// What it says.
    pub content: IssueContent,
}

/// What somebody other than its author said of an issue.
#[derive(Clone, Debug, Serialize)]
pub struct Review {
    /// When.
    pub at: Instant,
    /// The reviewer's organisation.
    pub org: Option<SubjectId>,
    /// `agree` or `return`.
    pub verdict: String,
    /// Why, or what should be put right.
    pub note: String,
}

impl Issue {
    /// Whether somebody else agreed, and nobody returned it since.
    pub fn is_agreed(&self) -> bool {
        self.reviews.last().is_some_and(|review| review.verdict == "agree")
    }
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
        let page = Page {
            region,
            day,
            as_of,
            is_public: briefing.is_public,
        };
        let mut blocks = Vec::with_capacity(briefing.blocks.len());
        for block in &briefing.blocks {
            blocks.extend(self.issue_block(block, &page)?);
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
            "select e.id, e.subject, e.org, e.recorded_at, e.body from entry e{} \
             order by e.recorded_at desc, e.id desc limit {MOST_ISSUES}",
            where_.to_sql()
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        let mut issues = Vec::with_capacity(rows.len());
        for row in &rows {
            let body: serde_json::Map<String, serde_json::Value> = row.json("body")?;
            let text = |key: &str| body.get(key).and_then(|value| value.as_str()).unwrap_or_default();
            let stored = text("content");
            issues.push(Issue {
                id: EntryId(row.uuid("id")?),
                subject: SubjectId(row.uuid("subject")?),
                org: row.opt_uuid("org")?.map(SubjectId),
                number: body.get("number").and_then(serde_json::Value::as_i64).unwrap_or(0),
                published_at: Instant(row.int("recorded_at")?),
                digest: text("digest").to_owned(),
                intact: text_digest(stored) == text("digest"),
                reviews: Vec::new(),
                content: serde_json::from_str(stored)?,
            });
        }
        let mut reviews = self.reviews(issues.iter().map(|issue| issue.subject).collect())?;
        for issue in &mut issues {
            issue.reviews = reviews.remove(&issue.subject).unwrap_or_default();
        }
        Ok(issues)
    }

    /// What was said of issues; a review that was withdrawn or corrected since does not count.
    fn reviews(&mut self, issues: Vec<SubjectId>) -> Result<HashMap<SubjectId, Vec<Review>>, LedgerError> {
        let mut found: HashMap<SubjectId, Vec<Review>> = HashMap::new();
        if issues.is_empty() {
            return Ok(found);
        }
        let mut where_ = Conditions::default();
        where_.and("e.register = ?", [REVIEWS.into()]);
        where_.and("e.act <> 'withdraw'", []);
        where_.within("e.subject", issues.into_iter().map(|id| id.0.into()).collect());
        let sql = format!(
            "select e.subject, e.org, e.recorded_at, e.body from entry e{} and not exists \
             (select 1 from entry w where w.subject = e.subject and w.replaces = e.id) order by e.recorded_at, e.id",
            where_.to_sql()
        );
        for row in self.connection.query(&sql, &where_.params)? {
            let body: serde_json::Map<String, serde_json::Value> = row.json("body")?;
            let text = |key: &str| body.get(key).and_then(|value| value.as_str()).unwrap_or_default();
            let review = Review {
                at: Instant(row.int("recorded_at")?),
                org: row.opt_uuid("org")?.map(SubjectId),
                verdict: text("verdict").to_owned(),
                note: text("note").to_owned(),
            };
            found.entry(SubjectId(row.uuid("subject")?)).or_default().push(review);
        }
        Ok(found)
    }
}
