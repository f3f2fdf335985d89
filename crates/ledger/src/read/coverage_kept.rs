//! Coverage of daily duties up to today, as it stands now: read from the tasks that are kept instead of planned again.
//!
//! What is kept holds until the moment at which time alone changes a plan, so only those whose moment has come are planned.
//! Of occurrences to come the next openings are kept; the others of its day follow from them.

use super::{Conditions, Coverage, CoverageQuery, CoverageRow, Reader};
use crate::LedgerError;
use crate::planned_task::state_at;
use crate::replan::HORIZON_MS;
use lianfang_db::Row;
use lianfang_kernel::ids::{EnrolmentId, EntryId, SubjectId, TaskId, task_id};
use lianfang_kernel::{Instant, RegionId, TimeOfDay, Zone};
use lianfang_policy::model::{EnrolSource, Protocol, Timing};
use std::collections::{HashMap, HashSet};

/// How the occurrences of a day lie.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Laid {
    /// One a day.
    One,
    /// One for each slot.
    Slots(Vec<(TimeOfDay, TimeOfDay)>),
    /// So many are owed, and more count.
    Owed(u32),
}

impl Laid {
    /// When the occurrence that is due then opens.
    pub fn opening(&self, due: Instant, zone: &Zone) -> Instant {
        let day = zone.day_of(due.plus_ms(-1));
        let slot = match self {
            Laid::Slots(slots) => slots.iter().find(|(_, to)| zone.at(day, *to) == due),
            Laid::One | Laid::Owed(_) => None,
        };
        slot.map_or_else(|| zone.start_of(day), |(from, _)| zone.at(day, *from))
    }
}

/// A coverage that kept tasks answer.
#[derive(Debug)]
pub(super) struct Kept {
    pub laid: Laid,
    /// Due after this moment.
    pub after: Instant,
    /// Due at this moment at the latest.
    pub until: Instant,
}

/// A kept occurrence and what tells it apart inside its enrolment.
struct Found {
    row: CoverageRow,
    enrolment: EnrolmentId,
    start: Instant,
    opens_at: Instant,
}

impl Found {
    /// Where a plan has it. The rounds of a day all open with it.
    fn place(&self) -> (SubjectId, Instant, EnrolmentId, Instant, usize, &str) {
        let label = self.row.occurrence.as_str();
        (
            self.row.subject,
            self.start,
            self.enrolment,
            self.opens_at,
            label.len(),
            label,
        )
    }
}

impl Reader<'_> {
    /// Whether kept tasks tell all about it: days up to today of a daily duty of one's own, as it stands now.
    pub(super) fn kept_daily(&self, query: &CoverageQuery, (protocol, task): (&str, &str)) -> Option<Kept> {
        let (first, last) = query.days?;
        let zone = &self.snapshot.zone;
        let after = zone.start_of(first);
        // What is older than this is kept as it once stood.
        let is_fresh = after >= self.now.plus_ms(-HORIZON_MS) && last <= zone.day_of(self.now);
        if query.as_of.is_some() || query.campaign.is_some() || !is_fresh {
            return None;
        }
        let mut laid = self
            .snapshot
            .model
            .editions(protocol)
            .map(|edition| laid(edition, task));
        let first = laid.next()??;
        let is_one = laid.all(|other| other.as_ref() == Some(&first));
        is_one.then(|| Kept {
            laid: first,
            after,
            until: zone.at(last, TimeOfDay::END),
        })
    }

    /// The kept tasks, as `t`, that are asked about.
    pub(super) fn where_kept(&self, region: &RegionId, (protocol, task): (&str, &str), kept: &Kept) -> Conditions {
        let mut where_ = Conditions::default();
        where_.and("t.protocol = ? and t.task = ?", [protocol.into(), task.into()]);
        where_.and(
            "t.due_at > ? and t.due_at <= ?",
            [kept.after.0.into(), kept.until.0.into()],
        );
        where_.inside("t.path", &self.snapshot.regions, region);
        where_.and("t.state <> 'void'", []);
        where_
    }

    /// Files of a protocol that time has changed since they were planned.
    pub(super) fn behind(&mut self, protocol: &str, region: &RegionId) -> Result<Vec<SubjectId>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and(
            "n.subject = w.subject and w.wake_at <= ? and n.protocol = ?",
            [self.now.0.into(), protocol.into()],
        );
        where_.inside("n.path", &self.snapshot.regions, region);
        // Few are behind, very many are enrolled: the few come first.
        let sql = format!(
            "select w.subject as id from wake w cross join enrolment n{}",
            where_.to_sql()
        );
        let mut behind = self.subjects(&sql, &where_.params, "id")?;
        behind.sort_unstable();
        behind.dedup();
        Ok(behind)
    }

    pub(super) fn covered_kept(
        &mut self,
        query: &CoverageQuery,
        (protocol, task): (&str, &str),
        kept: &Kept,
    ) -> Result<Coverage, LedgerError> {
        let behind = self.behind(protocol, &query.region)?;
        let uncounted = self.uncounted(self.now)?;
        let where_ = self.where_kept(&query.region, (protocol, task), kept);
        let mut found = self.kept_rows(&where_, None, kept, &uncounted)?;
        if !behind.is_empty() {
            let ids: HashSet<SubjectId> = behind.iter().copied().collect();
            found.retain(|found| !ids.contains(&found.row.subject));
        }
        self.add_later_slots(&mut found, task, kept);
        found.sort_by(|a, b| a.place().cmp(&b.place()));
        let mut rows: Vec<CoverageRow> = found.into_iter().map(|found| found.row).collect();
        if !behind.is_empty() {
            rows.extend(self.covered_by_plans(query, (protocol, task), &behind)?.rows);
            rows.sort_by_key(|row| row.subject);
        }
        Ok(Coverage { rows, late: Vec::new() })
    }

    /// Kept tasks as rows, or so many of them that were due first, place by place; those left out whose enrolment does not count yet.
    fn kept_rows(
        &mut self,
        where_: &Conditions,
        most: Option<usize>,
        kept: &Kept,
        uncounted: &HashSet<EntryId>,
    ) -> Result<Vec<Found>, LedgerError> {
        let joined =
            "join enrolment n on n.subject = t.subject and n.id = t.enrolment join subject s on s.id = t.subject";
        let (where_sql, order) = (where_.to_sql(), "order by t.due_at, t.path, t.subject");
        let tasks = match most {
            // The first are found in an index, before anything is joined to the others.
            Some(most) => format!("(select t.* from task t{where_sql} {order} limit {most}) t {joined} {order}"),
            None => format!("task t {joined}{where_sql}"),
        };
        let sql = format!(
            "select t.subject, t.id, t.enrolment, t.label, t.opens_at, t.due_at, t.state, t.timeliness, t.complete, \
             t.attempts, t.received_at, t.region, n.start_at, n.opened_by, s.unit from {tasks}"
        );
        let mut found = Vec::new();
        let (snapshot, now) = (self.snapshot.clone(), self.now);
        self.connection.for_each(&sql, &where_.params, &mut |row| {
            let opened_by = row.opt_uuid("opened_by")?.map(EntryId);
            if opened_by.is_none_or(|id| !uncounted.contains(&id)) {
                let subject = SubjectId(row.uuid("subject")?);
                let sector = snapshot.orgs.get(subject).and_then(|org| org.sector.clone());
                found.push(Found {
                    row: kept_row(&row, (subject, sector), &kept.laid, now)?,
                    enrolment: EnrolmentId(row.uuid("enrolment")?),
                    start: Instant(row.int("start_at")?),
                    opens_at: Instant(row.int("opens_at")?),
                });
            }
            Ok(())
        })?;
        Ok(found)
    }

    /// The first rows that are owed and neither done nor excused: what was due first, place by place.
    pub(super) fn first_missing(
        &mut self,
        mut where_: Conditions,
        kept: &Kept,
        most: usize,
    ) -> Result<Vec<CoverageRow>, LedgerError> {
        where_.and("t.state not in ('done', 'excused')", []);
        let found = self.kept_rows(&where_, Some(most), kept, &HashSet::new())?;
        Ok(found.into_iter().map(|found| found.row).collect())
    }

    /// Slots of a day behind its next ones are not kept.
    fn add_later_slots(&self, found: &mut Vec<Found>, task: &str, kept: &Kept) {
        let Laid::Slots(slots) = &kept.laid else { return };
        let mut known: HashMap<EnrolmentId, HashSet<String>> = HashMap::new();
        let mut later = Vec::new();
        let next: Vec<usize> = (0..found.len()).filter(|n| found[*n].row.state == "upcoming").collect();
        if next.is_empty() {
            return;
        }
        for one in found.iter() {
            let labels = known.entry(one.enrolment).or_default();
            labels.insert(one.row.occurrence.clone());
        }
        for one in next.into_iter().map(|n| &found[n]) {
            let Some((date, number)) = one.row.occurrence.split_once('/') else {
                continue;
            };
            let day = self.snapshot.zone.day_of(one.opens_at);
            let number: usize = number.parse().unwrap_or(usize::MAX);
            for (n, (from, to)) in slots.iter().enumerate().skip(number) {
                let label = format!("{date}/{}", n + 1);
                if !known.entry(one.enrolment).or_default().insert(label.clone()) {
                    continue;
                }
                later.push(Found {
                    row: CoverageRow {
                        task: Some(task_id(one.enrolment, task, &label)),
                        occurrence: label,
                        due_at: Some(self.snapshot.zone.at(day, *to)),
                        attempts: 0,
                        ..one.row.clone()
                    },
                    enrolment: one.enrolment,
                    start: one.start,
                    opens_at: self.snapshot.zone.at(day, *from),
                });
            }
        }
        found.append(&mut later);
    }
}

/// How an edition lays the task out; none where kept tasks do not tell all of it.
fn laid(edition: &Protocol, task: &str) -> Option<Laid> {
    if matches!(edition.enrol.source, EnrolSource::Campaign(_))
        || edition.looks.iter().any(|look| look.subject.is_some())
    {
        return None;
    }
    let task = edition.tasks.iter().find(|known| known.id == task)?;
    if task.each.is_some() || task.after.is_some() || !task.receipts.is_empty() {
        return None;
    }
    match &task.timing {
        // What is due at midnight belongs to two days.
        Timing::By(time) => (TimeOfDay(0) < *time && *time < TimeOfDay::END).then_some(Laid::One),
        Timing::Slots(slots) => Some(Laid::Slots(slots.clone())),
        Timing::PerDay { min, .. } => Some(Laid::Owed(*min)),
        _ => None,
    }
}

fn kept_row(
    row: &Row,
    (subject, sector): (SubjectId, Option<String>),
    laid: &Laid,
    now: Instant,
) -> Result<CoverageRow, lianfang_db::DbError> {
    let label = row.text("label")?;
    let number = label.split_once('/').and_then(|(_, n)| n.parse::<u32>().ok());
    let extra = match laid {
        Laid::Owed(owed) => number.is_some_and(|n| n > *owed),
        Laid::One | Laid::Slots(_) => false,
    };
    Ok(CoverageRow {
        subject,
        label: String::new(),
        region: RegionId::new(row.text("region")?),
        sector,
        unit: row.opt_uuid("unit")?.map(SubjectId),
        task: Some(TaskId(row.uuid("id")?)),
        occurrence: label.to_owned(),
        item: None,
        item_label: String::new(),
        personal: (false, false),
        state: state_at(row.text("state")?, Instant(row.int("opens_at")?), now).to_owned(),
        timeliness: row.opt_text("timeliness")?.map(str::to_owned),
        complete: row.bool("complete")?,
        extra,
        attempts: u32::try_from(row.int("attempts")?).unwrap_or(u32::MAX),
        due_at: Some(Instant(row.int("due_at")?)),
        received_at: row.opt_int("received_at")?.map(Instant),
        waiting_for: Vec::new(),
        stretch: None,
    })
}
