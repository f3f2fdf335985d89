//! A coverage in numbers with the first of its gaps by name: what a page shows of a county, where the list has thousands.

use super::coverage::is_met;
use super::coverage_kept::{Kept, Laid};
use super::{Coverage, CoverageQuery, CoverageRow, Member, Reader, region_at};
use crate::LedgerError;
use crate::planned_task::state_at;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, RegionId};
use lianfang_policy::model::Covered;

/// How much of a place stands how.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// Where.
    pub region: RegionId,
    /// `open`, `done`, `missed` …
    pub state: String,
    /// Not done, and its time is over.
    pub is_late: bool,
    /// So many, or so many minutes.
    pub weight: i64,
}

/// A coverage in numbers.
#[derive(Clone, Debug, Default)]
pub struct GapSummary {
    /// What is owed, by place and state.
    pub tally: Vec<Tally>,
    /// The first that are owed and not done; of a duty what was due first, place by place.
    pub missing: Vec<CoverageRow>,
    /// So many are missing altogether.
    pub missing_count: usize,
    /// Done without being owed; of duties they are left out.
    pub extra: Vec<CoverageRow>,
    /// Members of a frozen set that came after it was taken.
    pub late: Vec<Member>,
}

impl GapSummary {
    /// Those of a list as it stands at a moment, with at most so many of the missing.
    pub fn of(found: Coverage, at: Instant, most: usize) -> GapSummary {
        let mut gaps = GapSummary {
            late: found.late,
            ..GapSummary::default()
        };
        for row in found.rows {
            if row.extra {
                gaps.extra.extend(row.task.is_none().then_some(row));
                continue;
            }
            gaps.add(
                &row.region,
                &row.state,
                row.due_at.is_some_and(|due| due < at),
                row.weight(),
            );
            if !row.is_met() {
                gaps.missing.push(row);
            }
        }
        gaps.missing_count = gaps.missing.len();
        gaps.missing.sort_by(|a, b| order(a).cmp(&order(b)));
        gaps.missing.truncate(most);
        gaps
    }

    fn add(&mut self, region: &RegionId, state: &str, is_over: bool, weight: i64) {
        let is_late = is_over && !is_met(state);
        let same = |tally: &&mut Tally| tally.region == *region && tally.state == state && tally.is_late == is_late;
        // Rows of one place mostly come one after the other.
        match self.tally.iter_mut().rev().take(8).find(same) {
            Some(tally) => tally.weight += weight,
            None => self.tally.push(Tally {
                region: region.clone(),
                state: state.to_owned(),
                is_late,
                weight,
            }),
        }
    }

    fn join(&mut self, other: GapSummary, most: usize) {
        self.tally.extend(other.tally);
        self.missing.extend(other.missing);
        self.missing_count += other.missing_count;
        self.missing.sort_by(|a, b| order(a).cmp(&order(b)));
        self.missing.truncate(most);
    }
}

/// Duties by when they were due and where; what is not due at a moment stays as it is.
fn order(row: &CoverageRow) -> Option<(Instant, &RegionId, SubjectId)> {
    row.due_at.map(|due| (due, &row.region, row.subject))
}

impl Reader<'_> {
    /// A coverage in numbers, with the names of at most so many who are missing.
    ///
    /// # Errors
    /// The database.
    pub fn gap_summary(&mut self, query: &CoverageQuery, most: usize) -> Result<GapSummary, LedgerError> {
        let counted = match &query.of {
            Covered::Task { protocol, task } => self.counted_summary(query, (protocol, task), most)?,
            Covered::Set { .. } | Covered::Hold { .. } => None,
        };
        let mut gaps = match counted {
            Some(gaps) => gaps,
            None => GapSummary::of(self.coverage(query)?, query.as_of.unwrap_or(self.now), most),
        };
        self.name_summary(&mut gaps)?;
        Ok(gaps)
    }

    /// Puts names to those that are listed.
    ///
    /// # Errors
    /// The database.
    pub fn name_summary(&mut self, gaps: &mut GapSummary) -> Result<(), LedgerError> {
        self.name_coverage(&mut gaps.missing, &mut gaps.late)?;
        self.name_coverage(&mut gaps.extra, &mut [])
    }

    /// The same counted by the database, where kept tasks tell all and none of them is left out.
    fn counted_summary(
        &mut self,
        query: &CoverageQuery,
        (protocol, task): (&str, &str),
        most: usize,
    ) -> Result<Option<GapSummary>, LedgerError> {
        let Some(kept) = self.kept_daily(query, (protocol, task)) else {
            return Ok(None);
        };
        if self.has_uncounted(protocol, self.now)? {
            return Ok(None);
        }
        let behind = self.behind(protocol, &query.region)?;
        let mut where_ = self.where_kept(&query.region, (protocol, task), &kept);
        if !behind.is_empty() {
            let is_behind = "not exists (select 1 from wake w where w.subject = t.subject and w.wake_at <= ?)";
            where_.and(is_behind, [self.now.0.into()]);
        }
        if let Laid::Owed(owed) = kept.laid {
            let is_owed = "(t.state <> 'done' or cast(substr(t.label, 12) as bigint) <= ?)";
            where_.and(is_owed, [i64::from(owed).into()]);
        }
        let Some(mut gaps) = self.counted(&where_, &kept)? else {
            return Ok(None);
        };
        if gaps.missing_count > 0 {
            gaps.missing = self.first_missing(where_, &kept, most)?;
        }
        if !behind.is_empty() {
            let planned = self.covered_by_plans(query, (protocol, task), &behind)?;
            gaps.join(GapSummary::of(planned, self.now, most), most);
        }
        Ok(Some(gaps))
    }

    /// Counts by place and state; none while slots that are not kept are still to come.
    fn counted(&mut self, where_: &super::Conditions, kept: &Kept) -> Result<Option<GapSummary>, LedgerError> {
        let sql = format!(
            "select t.due_at, t.path, t.state, count(*) as n from task t{} group by t.due_at, t.path, t.state",
            where_.to_sql()
        );
        let zone = self.snapshot.zone.clone();
        let is_last_of_day = |due: Instant| match &kept.laid {
            Laid::Slots(slots) => slots
                .last()
                .is_some_and(|(_, to)| zone.at(zone.day_of(due.plus_ms(-1)), *to) == due),
            Laid::One | Laid::Owed(_) => true,
        };
        let mut gaps = GapSummary::default();
        for row in self.connection.query(&sql, &where_.params)? {
            let (due, n) = (Instant(row.int("due_at")?), row.int("n")?);
            let state = state_at(row.text("state")?, kept.laid.opening(due, &zone), self.now);
            if state == "upcoming" && !is_last_of_day(due) {
                return Ok(None);
            }
            let region = region_at(row.text("path")?);
            gaps.add(&region, state, due < self.now, n);
            if !is_met(state) {
                gaps.missing_count += usize::try_from(n).unwrap_or(0);
            }
        }
        Ok(Some(gaps))
    }
}
