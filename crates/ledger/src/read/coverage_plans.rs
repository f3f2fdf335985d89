//! Coverage read from plans: it holds as of any moment, of any duty and of sets that an entry opened.

use super::{Conditions, Coverage, CoverageQuery, CoverageRow, Member, Reader};
use crate::LedgerError;
use crate::replan::HORIZON_MS;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Datum, Instant, RegionId, SubjectKind, TimeOfDay};
use lianfang_policy::model::{Campaign, EnrolSource, Late};
use lianfang_policy::{Expr, Interval, Snapshot};
use lianfang_protocol::{
    Alone, Enrolment, History, Occurrence, OccurrenceState, PlanInput, Standing, plan_of, standing,
};
use std::collections::{BTreeSet, HashSet};

/// Files that are read and planned in one round.
const ROUND: usize = 500;

/// A set opened by an entry, as coverage reads it.
struct Opened<'a> {
    origin: EntryId,
    interval: &'a Interval,
    lists_late: bool,
}

/// What a coverage is planned with.
struct Asked<'a> {
    query: &'a CoverageQuery,
    protocol: &'a str,
    task: &'a str,
    snapshot: &'a Snapshot,
    now: Instant,
    opened: Option<Vec<Opened<'a>>>,
    uncounted: HashSet<EntryId>,
}

impl Reader<'_> {
    /// What plans of these files say of a task.
    pub(super) fn covered_by_plans(
        &mut self,
        query: &CoverageQuery,
        (protocol, task): (&str, &str),
        ids: &[SubjectId],
    ) -> Result<Coverage, LedgerError> {
        let snapshot = self.snapshot.clone();
        let now = query.as_of.unwrap_or(self.now);
        let asked = Asked {
            query,
            protocol,
            task,
            snapshot: &snapshot,
            now,
            opened: opened((query, protocol), &snapshot, now),
            uncounted: self.uncounted(now)?,
        };
        // Days of standing duties are planned from the first that is asked for, however long ago that is.
        let settled = now.plus_ms(-HORIZON_MS);
        let since = query.days.map(|(first, _)| snapshot.zone.start_of(first.plus(-1)));
        let horizon = Some(since.map_or(settled, |since| since.min(settled)));
        let mut found = Coverage::default();
        for round in ids.chunks(ROUND) {
            let files = self.files_to_plan(round, (&snapshot, &[]), now, query.as_of)?;
            for history in round.iter().filter_map(|id| files.0.get(id)) {
                let input = PlanInput {
                    history,
                    others: &files,
                    snapshot: &snapshot,
                    now,
                    horizon,
                };
                let enrolments = plan_of(&input, protocol);
                found.rows.extend(rows_of(&asked, history, &enrolments));
                found.late.extend(late_of(&asked, history));
            }
        }
        Ok(found)
    }

    /// Everybody who is or may be enrolled there: of a set that was opened just now, also those not planned yet.
    pub(super) fn candidates(&mut self, protocol: &str, region: &RegionId) -> Result<Vec<SubjectId>, LedgerError> {
        let snapshot = self.snapshot.clone();
        let mut where_ = Conditions::default();
        where_.and("n.protocol = ?", [protocol.into()]);
        where_.inside("n.path", &snapshot.regions, region);
        let from = "from enrolment n join subject s on s.id = n.subject";
        let sql = format!(
            "select distinct n.subject as id, s.merged_into {from}{}",
            where_.to_sql()
        );
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
            let sql = format!("select s.id, s.merged_into from subject s{}", where_.to_sql());
            rows.extend(self.connection.query(&sql, &where_.params)?);
        }
        // A file that was merged stands for the one that is kept, which is asked once.
        let mut ids = BTreeSet::new();
        for row in &rows {
            let kept = match row.opt_uuid("merged_into")? {
                Some(into) => self.subject(SubjectId(into))?.map(|view| view.id),
                None => Some(SubjectId(row.uuid("id")?)),
            };
            ids.extend(kept);
        }
        Ok(ids.into_iter().collect())
    }
}

/// The rows of one file.
fn rows_of(asked: &Asked<'_>, history: &History, enrolments: &[Enrolment]) -> Vec<CoverageRow> {
    let (query, snapshot) = (asked.query, asked.snapshot);
    let is_asked = |enrolment: &&Enrolment| {
        let opened = asked.opened.as_ref();
        snapshot.regions.within(&enrolment.region, &query.region)
            && enrolment.opened_by.is_none_or(|id| !asked.uncounted.contains(&id))
            && opened.is_none_or(|opened| opened.iter().any(|opened| Some(opened.origin) == enrolment.opened_by))
    };
    let mut rows = Vec::new();
    for enrolment in enrolments.iter().filter(is_asked) {
        let due = enrolment
            .occurrences
            .iter()
            .filter(|occurrence| is_due((query, asked.task), &snapshot.zone, occurrence));
        rows.extend(due.map(|occurrence| coverage_row(snapshot, history, enrolment, occurrence)));
    }
    rows
}

/// Whether it came too late to a frozen set that lists those.
fn late_of(asked: &Asked<'_>, history: &History) -> Option<Member> {
    let view = &history.subject;
    let mut listing = asked.opened.iter().flatten().filter(|opened| opened.lists_late);
    let is_late = listing.any(|opened| {
        let input = PlanInput {
            history,
            others: &Alone,
            snapshot: asked.snapshot,
            now: asked.now,
            horizon: None,
        };
        standing(&input, asked.protocol, opened.origin) == Standing::Late
    });
    let is_there = asked.snapshot.regions.within(&view.region, &asked.query.region);
    (is_late && is_there).then(|| late_member(view.id, view.region.clone()))
}

fn coverage_row(snapshot: &Snapshot, history: &History, enrolment: &Enrolment, occurrence: &Occurrence) -> CoverageRow {
    let done = crate::planned_task::Done::of(&occurrence.state);
    CoverageRow {
        subject: enrolment.subject,
        label: String::new(),
        region: enrolment.region.clone(),
        sector: snapshot.orgs.get(enrolment.subject).and_then(|org| org.sector.clone()),
        unit: history.subject.unit,
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
