//! Coverage: who owed what and what became of it, by name. Duties are read from plans, so that they hold as of any moment.

use super::{Conditions, Label, Reader, StretchRow};
use crate::LedgerError;
use lianfang_kernel::ids::{EntryId, SubjectId, TaskId};
use lianfang_kernel::{Datum, Day, Instant, Lang, RegionId, SubjectKind, SubjectView, TimeOfDay};
use lianfang_policy::model::{Campaign, Covered, EnrolSource, Late};
use lianfang_policy::{Expr, Interval, Snapshot};
use lianfang_protocol::{Alone, Enrolment, Occurrence, OccurrenceState, PlanInput, Standing, standing};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

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
        matches!(self.state.as_str(), "done" | "excused")
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

/// A set opened by an entry, as coverage reads it.
struct Opened<'a> {
    origin: EntryId,
    interval: &'a Interval,
    lists_late: bool,
}

impl Reader<'_> {
    /// Who owed a task and what became of it, as of a moment.
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
        let mut found = found?;
        self.label_coverage(&mut found)?;
        Ok(found)
    }

    pub(super) fn covered(
        &mut self,
        query: &CoverageQuery,
        (protocol, task): (&str, &str),
    ) -> Result<Coverage, LedgerError> {
        let snapshot = self.snapshot.clone();
        let now = query.as_of.unwrap_or(self.now);
        let opened = opened((query, protocol), &snapshot, now);
        let mut found = Coverage::default();
        let uncounted = self.uncounted(now)?;
        for id in self.candidates(protocol, &query.region)? {
            let Some(view) = self.subject(id)? else { continue };
            let (subject, region, unit) = (view.id, view.region.clone(), view.unit);
            let stored = self.stored_entries(subject)?;
            let since = query.days.map(|(first, _)| snapshot.zone.start_of(first.plus(-1)));
            let (history, plan) = self.planned_since(view, &stored, query.as_of, since)?;
            let enrolments = plan.enrolments.iter().filter(|enrolment| {
                enrolment.protocol == protocol
                    && snapshot.regions.within(&enrolment.region, &query.region)
                    && enrolment.opened_by.is_none_or(|id| !uncounted.contains(&id))
            });
            for enrolment in enrolments {
                let is_asked = opened
                    .as_ref()
                    .is_none_or(|opened| opened.iter().any(|opened| Some(opened.origin) == enrolment.opened_by));
                if is_asked {
                    let rows = enrolment
                        .occurrences
                        .iter()
                        .filter(|o| is_due((query, task), &snapshot.zone, o));
                    found
                        .rows
                        .extend(rows.map(|occurrence| self.coverage_row(enrolment, occurrence, unit)));
                }
            }
            let late = opened
                .iter()
                .flatten()
                .filter(|opened| opened.lists_late)
                .any(|opened| {
                    let input = PlanInput {
                        history: &history,
                        others: &Alone,
                        snapshot: &snapshot,
                        now,
                        horizon: None,
                    };
                    standing(&input, protocol, opened.origin) == Standing::Late
                });
            if late && snapshot.regions.within(&region, &query.region) {
                found.late.push(late_member(subject, region));
            }
        }
        Ok(found)
    }

    /// Everybody who is or may be enrolled there: of a set that was opened just now, also those not planned yet.
    fn candidates(&mut self, protocol: &str, region: &RegionId) -> Result<BTreeSet<SubjectId>, LedgerError> {
        let snapshot = self.snapshot.clone();
        let mut where_ = Conditions::default();
        where_.and("n.protocol = ?", [protocol.into()]);
        where_.inside("n.path", &snapshot.regions, region);
        let sql = format!("select distinct n.subject as id from enrolment n{}", where_.to_sql());
        let mut rows = self.connection.query(&sql, &where_.params)?;
        let mut kinds: Vec<&str> = snapshot
            .model
            .editions(protocol)
            .filter_map(|edition| campaign_of(&edition.enrol.source))
            .filter_map(|campaign| snapshot.model.kind_of(&campaign.set.of))
            .map(SubjectKind::id)
            .collect();
        kinds.dedup();
        if !kinds.is_empty() {
            let mut where_ = Conditions::default();
            where_.within("s.kind", kinds.into_iter().map(Into::into).collect());
            where_.inside("s.path", &snapshot.regions, region);
            where_.and("s.merged_into is null", []);
            let sql = format!("select s.id from subject s{}", where_.to_sql());
            rows.extend(self.connection.query(&sql, &where_.params)?);
        }
        let ids = rows.iter().map(|row| row.uuid("id").map(SubjectId));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    fn coverage_row(&self, enrolment: &Enrolment, occurrence: &Occurrence, unit: Option<SubjectId>) -> CoverageRow {
        let done = crate::planned_task::Done::of(&occurrence.state);
        CoverageRow {
            subject: enrolment.subject,
            label: String::new(),
            region: enrolment.region.clone(),
            sector: self
                .snapshot
                .orgs
                .get(enrolment.subject)
                .and_then(|org| org.sector.clone()),
            unit,
            task: Some(occurrence.id),
            occurrence: occurrence.label.clone(),
            item: occurrence.about,
            item_label: String::new(),
            personal: (false, false),
            state: crate::planned_task::occurrence_state(&occurrence.state).to_owned(),
            timeliness: done.timeliness.map(str::to_owned),
            complete: occurrence.is_complete(),
            extra: occurrence.extra,
            attempts: occurrence.attempts,
            due_at: Some(occurrence.due_at),
            received_at: done.received_at,
            waiting_for: waiting_for(occurrence),
            stretch: None,
        }
    }

    fn label_coverage(&mut self, found: &mut Coverage) -> Result<(), LedgerError> {
        let mut ids: Vec<SubjectId> = found
            .rows
            .iter()
            .flat_map(|row| [Some(row.subject), row.item])
            .flatten()
            .collect();
        ids.extend(found.late.iter().map(|member| member.subject));
        let labels: HashMap<SubjectId, Label> = self.labels(&ids, Lang::Zh)?;
        let label = |id: SubjectId| labels.get(&id).cloned().unwrap_or_default();
        for row in &mut found.rows {
            let (subject, item) = (label(row.subject), row.item.map(label).unwrap_or_default());
            if !subject.name.is_empty() {
                row.label = subject.name;
            }
            row.item_label = item.name;
            row.personal = (subject.is_personal, item.is_personal);
        }
        for member in &mut found.late {
            let subject = label(member.subject);
            member.label = subject.name;
            member.personal = (subject.is_personal, false);
        }
        Ok(())
    }
}

fn late_member(subject: SubjectId, region: RegionId) -> Member {
    Member {
        subject,
        label: String::new(),
        region,
        occurrence: String::new(),
        item: None,
        item_label: String::new(),
        personal: (false, false),
        waiting_for: Vec::new(),
        stretch: None,
    }
}

/// Whether an occurrence is one of those asked about. What is due on a day opened before its end.
fn is_due((query, task): (&CoverageQuery, &str), zone: &lianfang_kernel::Zone, occurrence: &Occurrence) -> bool {
    if occurrence.task != task || matches!(occurrence.state, OccurrenceState::Void) {
        return false;
    }
    let Some((first, last)) = query.days else {
        return occurrence.state != OccurrenceState::Upcoming;
    };
    let (start, end) = (zone.start_of(first), zone.at(last, TimeOfDay::END));
    // What is due at midnight belongs to the day before.
    let due = occurrence.due_at;
    (start < due || (start == due && occurrence.inclusive)) && due <= end && occurrence.opens_at < end
}

fn campaign_of(source: &EnrolSource) -> Option<&Campaign> {
    match source {
        EnrolSource::Campaign(campaign) => Some(campaign),
        EnrolSource::On(_) | EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Started => None,
    }
}

/// The sets that are read: the one asked for, or those that no later one of the same place or a wider one follows. None
/// when the protocol is not opened by entries.
fn opened<'a>(
    (query, protocol): (&CoverageQuery, &str),
    snapshot: &'a Snapshot,
    now: Instant,
) -> Option<Vec<Opened<'a>>> {
    let campaigns: Vec<&Campaign> = snapshot
        .model
        .editions(protocol)
        .filter_map(|edition| campaign_of(&edition.enrol.source))
        .collect();
    let first = campaigns.first()?;
    let mut found: Vec<Opened<'a>> = Vec::new();
    for register in &first.on {
        for interval in snapshot
            .reference
            .of(register)
            .iter()
            .filter(|interval| interval.from <= now)
        {
            found.push(Opened {
                origin: origin(interval),
                interval,
                lists_late: first.frozen.is_some() && first.late == Late::List,
            });
        }
    }
    let when = snapshot
        .model
        .editions(protocol)
        .find_map(|edition| edition.enrol.when.as_ref());
    if let Some(when) = when {
        found.retain(|opened| opens(when, opened.interval, snapshot, now));
    }
    if let Some(asked) = query.campaign {
        found.retain(|opened| opened.origin == asked);
        return Some(found);
    }
    let follows = |later: &Interval, earlier: &Interval| {
        (later.from, later.entry) > (earlier.from, earlier.entry)
            && snapshot.regions.within(&earlier.region, &later.region)
    };
    let followed: Vec<bool> = found
        .iter()
        .map(|one| found.iter().any(|other| follows(other.interval, one.interval)))
        .collect();
    let mut followed = followed.into_iter();
    found.retain(|_| !followed.next().unwrap_or(false));
    Some(found)
}

/// Whether the entry opens a set of this protocol at all; a condition on the subject in hand is answered subject by
/// subject.
fn opens(when: &Expr, interval: &Interval, snapshot: &Snapshot, now: Instant) -> bool {
    let vars = [("entry", interval.body.clone())];
    let env = lianfang_policy::Env {
        vars: &vars,
        snapshot,
        engine: None,
        region: Some(&interval.region),
        at: interval.from,
        now,
    };
    when.eval_bool(&env).unwrap_or(true)
}

fn origin(interval: &Interval) -> EntryId {
    let first = interval.body.get("replaces").and_then(Datum::as_text);
    first.and_then(|id| id.parse().ok()).unwrap_or(interval.entry)
}

fn waiting_for(occurrence: &Occurrence) -> Vec<SubjectId> {
    if !matches!(occurrence.state, OccurrenceState::Done { .. }) {
        return Vec::new();
    }
    let silent = occurrence.receipts.iter().filter(|receipt| receipt.received.is_none());
    silent
        .filter_map(|receipt| crate::planned_task::owner_id(receipt.desk))
        .collect()
}
