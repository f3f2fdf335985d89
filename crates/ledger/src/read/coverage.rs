//! Coverage: who owed what and what became of it, by name, as of any moment.

use super::{Label, Reader, StretchRow};
use crate::LedgerError;
use lianfang_kernel::ids::{EntryId, SubjectId, TaskId};
use lianfang_kernel::{Day, Instant, Lang, RegionId, SubjectKind, SubjectView};
use lianfang_policy::model::Covered;
use lianfang_policy::{Expr, Snapshot};
use serde::Serialize;
use std::collections::HashMap;

/// What is asked of a coverage.
#[derive(Clone, Debug)]
pub struct CoverageQuery {
    /// What is covered.
    pub of: Covered,
    /// Of rows that show what was done: which of them do; sees `it`.
    pub filter: Option<Expr>,
    /// Where.
    pub region: RegionId,
    /// Occurrences due on these days, both included; all of them when none are given.
    pub days: Option<(Day, Day)>,
    /// Of the set that this entry opened; of the latest of each place when none is given.
    pub campaign: Option<EntryId>,
    /// As known then.
    pub as_of: Option<Instant>,
}

/// A member of a set that owes something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// Who.
    pub subject: SubjectId,
    /// What it is called.
    pub label: String,
    /// Where.
    pub region: RegionId,
    /// Which occurrence, of a duty that comes more than once: `2020-01-27/2`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub occurrence: String,
    /// Of a duty for each item: the item, such as an area of a station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<SubjectId>,
    /// What the item is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub item_label: String,
    /// Whether the labels of subject and item are those of people.
    #[serde(skip)]
    pub personal: (bool, bool),
    /// Receivers that have not acknowledged, for duties that were done but not received.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waiting_for: Vec<SubjectId>,
    /// Of a hold: the stretch in which somebody lacks.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub stretch: Option<StretchRow>,
}

/// One occurrence with what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct CoverageRow {
    /// Who.
    pub subject: SubjectId,
    /// What it is called.
    pub label: String,
    /// Where.
    pub region: RegionId,
    /// Its line.
    pub sector: Option<String>,
    /// The organisation it belongs to: the village of a household.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<SubjectId>,
    /// The occurrence of a duty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// Day, number and item of the occurrence.
    pub occurrence: String,
    /// Of a duty for each item: the item.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<SubjectId>,
    /// What the item is called.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub item_label: String,
    /// Whether the labels of subject and item are those of people.
    #[serde(skip)]
    pub personal: (bool, bool),
    /// `open`, `done`, `missed` …
    pub state: String,
    /// `on_time`, `known_late`, `late`.
    pub timeliness: Option<String>,
    /// Done and received everywhere.
    pub complete: bool,
    /// Done beyond what was owed.
    pub extra: bool,
    /// How often it was tried without being done.
    pub attempts: u32,
    /// Until when; of a set there is no such moment.
    pub due_at: Option<Instant>,
    /// When it reached the server.
    pub received_at: Option<Instant>,
    /// Receivers that have not acknowledged.
    pub waiting_for: Vec<SubjectId>,
    /// Of a hold: the stretch that must be held.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub stretch: Option<StretchRow>,
}

impl Member {
    /// Without the names of people.
    pub fn hide_people(&mut self) {
        hide(self.personal, &mut self.label, &mut self.item_label);
    }
}

/// Whether a state is that of what was done, or answered for.
pub(super) fn is_met(state: &str) -> bool {
    matches!(state, "done" | "excused")
}

fn hide(personal: (bool, bool), label: &mut String, item_label: &mut String) {
    if personal.0 {
        label.clear();
    }
    if personal.1 {
        item_label.clear();
    }
}

impl CoverageRow {
    /// A member of a set, of which nothing is known yet.
    pub(super) fn of_member(view: &SubjectView, snapshot: &Snapshot) -> CoverageRow {
        let is_region = view.kind == SubjectKind::Region;
        let region = snapshot.regions.get(&view.region).filter(|_| is_region);
        CoverageRow {
            subject: view.id,
            label: region.map_or_else(String::new, |region| region.name.zh.clone()),
            region: view.region.clone(),
            sector: snapshot.orgs.get(view.id).and_then(|org| org.sector.clone()),
            unit: view.unit,
            task: None,
            occurrence: String::new(),
            item: None,
            item_label: String::new(),
            personal: (false, false),
            state: "open".to_owned(),
            timeliness: None,
            complete: false,
            extra: false,
            attempts: 0,
            due_at: None,
            received_at: None,
            waiting_for: Vec::new(),
            stretch: None,
        }
    }

    /// What it weighs: minutes of a stretch, or one.
    pub fn weight(&self) -> i64 {
        self.stretch.as_ref().map_or(1, |stretch| stretch.minutes)
    }

    /// Without the names of people.
    pub fn hide_people(&mut self) {
        hide(self.personal, &mut self.label, &mut self.item_label);
    }

    /// Done, or answered for.
    pub fn is_met(&self) -> bool {
        is_met(&self.state)
    }

    /// Whether it was done before it fell due, whenever that became known.
    pub fn is_in_time(&self) -> bool {
        self.state == "done" && self.timeliness.as_deref() != Some("late")
    }

    /// As a member of the list of gaps.
    pub fn member(&self) -> Member {
        // The item has a place of its own in the list.
        let occurrence = match self.item {
            Some(item) => self
                .occurrence
                .trim_end_matches(&item.to_string())
                .trim_end_matches('/'),
            None => &self.occurrence,
        };
        Member {
            subject: self.subject,
            label: self.label.clone(),
            region: self.region.clone(),
            occurrence: occurrence.to_owned(),
            item: self.item,
            item_label: self.item_label.clone(),
            personal: self.personal,
            waiting_for: self.waiting_for.clone(),
            stretch: self.stretch.clone(),
        }
    }
}

/// Occurrences of a task, and who came too late to be asked.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// What was asked.
    pub rows: Vec<CoverageRow>,
    /// Members of a frozen set that came after it was taken; not in its denominator.
    pub late: Vec<Member>,
}

impl Reader<'_> {
    /// Who owed a task and what became of it, as of a moment. Nobody has a name yet: see [`Reader::name_coverage`].
    ///
    /// # Errors
    /// The database.
    pub fn coverage(&mut self, query: &CoverageQuery) -> Result<Coverage, LedgerError> {
        let present = self.snapshot.clone();
        if query.as_of.is_some() {
            self.snapshot = self.snapshot_as_of(query.as_of)?;
        }
        let found = match &query.of {
            Covered::Task { protocol, task } => self.covered(query, (protocol, task)),
            Covered::Set { required, done } => self.covered_set(query, required, done),
            Covered::Hold { register } => self.covered_time(query, register),
        };
        self.snapshot = present;
        found
    }

    /// Past days and today are read from the tasks that are kept where they tell all; the rest is planned.
    pub(super) fn covered(
        &mut self,
        query: &CoverageQuery,
        (protocol, task): (&str, &str),
    ) -> Result<Coverage, LedgerError> {
        if let Some(kept) = self.kept_daily(query, (protocol, task)) {
            return self.covered_kept(query, (protocol, task), &kept);
        }
        let ids = self.candidates(protocol, &query.region)?;
        self.covered_by_plans(query, (protocol, task), &ids)
    }

    /// Puts names to rows and members. Each name is unsealed by itself: ask for those that are shown.
    ///
    /// # Errors
    /// The database.
    pub fn name_coverage(&mut self, rows: &mut [CoverageRow], members: &mut [Member]) -> Result<(), LedgerError> {
        let of_rows = rows.iter().flat_map(|row| [Some(row.subject), row.item]);
        let of_members = members.iter().flat_map(|member| [Some(member.subject), member.item]);
        let ids: Vec<SubjectId> = of_rows.chain(of_members).flatten().collect();
        let labels: HashMap<SubjectId, Label> = self.labels(&ids, Lang::Zh)?;
        let label = |id: SubjectId| labels.get(&id).cloned().unwrap_or_default();
        let named = rows.iter_mut().map(|row| {
            (
                row.subject,
                row.item,
                &mut row.label,
                &mut row.item_label,
                &mut row.personal,
            )
        });
        let listed = members.iter_mut().map(|one| {
            (
                one.subject,
                one.item,
                &mut one.label,
                &mut one.item_label,
                &mut one.personal,
            )
        });
        for (subject, item, name, item_name, personal) in named.chain(listed) {
            let (subject, item) = (label(subject), item.map(label).unwrap_or_default());
            if !subject.name.is_empty() {
                *name = subject.name;
            }
            *item_name = item.name;
            *personal = (subject.is_personal, item.is_personal);
        }
        Ok(())
    }
}
