//! 一人一档: one subject, one file, as of any moment.

use super::{EntryItem, Reader};
use crate::LedgerError;
use crate::batch::read_view;
use crate::replan::state_id;
use crate::rows::{ENTRY_SELECT, StoredEntry, read_entry};
use lianfang_kernel::ids::{EnrolmentId, EntryId, SubjectId};
use lianfang_kernel::{Day, Instant, RegionId, SubjectKind, SubjectView, Words};
use lianfang_protocol::{Facts, History, Plan, PlanInput, State, plan};
use serde::Serialize;
use std::collections::HashMap;

/// One subject's file.
#[derive(Clone, Debug, Serialize)]
pub struct SubjectFile {
    /// Its id; that of the kept file when it was merged.
    pub id: SubjectId,
    /// Its kind.
    pub kind: SubjectKind,
    /// Its type.
    #[serde(rename = "type")]
    pub kind_type: String,
    /// Where it stays.
    pub region: RegionId,
    /// The unit it stays at or belongs to.
    pub unit: Option<SubjectId>,
    /// What holds now.
    pub holds: Vec<Hold>,
    /// Protocols it is or was in.
    pub enrolments: Vec<TimelineEnrolment>,
    /// Entries, newest first.
    pub timeline: Vec<EntryItem>,
    /// The plan that the rest was read from.
    #[serde(skip)]
    pub plan: Plan,
}

/// An interval that holds: a measure by an order, until when, how to object.
#[derive(Clone, Debug, Serialize)]
pub struct Hold {
    /// The register.
    pub register: String,
    /// Its title.
    pub title: Words,
    /// The entry.
    pub entry: EntryId,
    /// The measure, where the register has one.
    pub measure: Option<String>,
    /// The order it cites.
    pub order: Option<EntryId>,
    /// From when.
    pub from: Instant,
    /// Until when, if that is known.
    pub until: Option<Instant>,
    /// How to object.
    pub appeal: Option<Words>,
}

/// A protocol that a subject is or was in.
#[derive(Clone, Debug, Serialize)]
pub struct TimelineEnrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// The protocol.
    pub protocol: String,
    /// What it is called.
    pub title: Words,
    /// The edition.
    pub version: u32,
    /// `active` or the outcome.
    pub state: String,
    /// Since when.
    pub start: Instant,
    /// Day 0.
    pub day_zero: Instant,
    /// Which day it is now.
    pub day_n: i64,
    /// The earliest day of release.
    pub ends_on: Option<Day>,
    /// When it ended.
    pub ended_at: Option<Instant>,
    /// What is still missing.
    pub missing: Vec<Words>,
    /// The outcome that only needs a signature now.
    pub ready: Option<String>,
    /// Who started it: the entry.
    pub opened_by: Option<EntryId>,
}

/// Files read together, for looks at one another.
#[derive(Debug, Default)]
pub(crate) struct Files(pub HashMap<SubjectId, History>);

impl Facts for Files {
    fn history(&self, subject: SubjectId) -> Option<&History> {
        self.0.get(&subject)
    }
}

impl Reader<'_> {
    /// What pure code sees of a subject; `None` when there is none. Follows merges.
    ///
    /// # Errors
    /// The database.
    pub fn subject(&mut self, id: SubjectId) -> Result<Option<SubjectView>, LedgerError> {
        let mut here = id;
        for _ in 0..16 {
            let sql = "select id, kind, kind_type, region, unit, since, until, merged_into from subject where id = $1";
            let Some(row) = self.connection.query_opt(sql, &[here.0.into()])? else {
                return Ok(None);
            };
            if let Some(into) = row.opt_uuid("merged_into")? {
                here = SubjectId(into);
                continue;
            }
            return read_view(&row).map(Some);
        }
        Ok(None)
    }

    /// One subject's file; `None` when there is no such subject.
    ///
    /// # Errors
    /// The database.
    pub fn file(&mut self, id: SubjectId, as_of: Option<Instant>) -> Result<Option<SubjectFile>, LedgerError> {
        let Some(view) = self.subject(id)? else { return Ok(None) };
        let stored = self.stored_entries(view.id)?;
        let hidden = self.hidden()?;
        let is_open = |id: EntryId| !hidden.contains(&id);
        if self.is_unknown(&view, &stored, &hidden) {
            return Ok(None);
        }
        let (history, mut plan) = self.planned(view.clone(), &stored, as_of)?;
        plan.enrolments
            .retain(|enrolment| enrolment.opened_by.is_none_or(is_open));
        let now = as_of.unwrap_or(self.now);
        let mut holds = self.holds(&history, now);
        holds.retain(|hold| is_open(hold.entry));
        let enrolments = self.enrolments(&plan, now);
        let known: Vec<StoredEntry> = stored
            .into_iter()
            .filter(|s| is_open(s.entry.id) && as_of.is_none_or(|at| s.entry.recorded_at <= at))
            .collect();
        let mut timeline = self.with_later_acts(known, as_of)?;
        timeline.sort_by_key(|item| std::cmp::Reverse((item.at, item.id)));
        Ok(Some(SubjectFile {
            id: view.id,
            kind: view.kind,
            kind_type: view.kind_type,
            region: view.region,
            unit: view.unit,
            holds,
            enrolments,
            timeline,
            plan,
        }))
    }

    /// Files that were merged into this one.
    pub(super) fn merged_into(&mut self, id: SubjectId) -> Result<Vec<SubjectId>, LedgerError> {
        let sql = "select id from subject where merged_into = $1 order by id";
        self.subjects(sql, &[id.0.into()], "id")
    }

    pub(crate) fn stored_entries(&mut self, id: SubjectId) -> Result<Vec<StoredEntry>, LedgerError> {
        let sql = format!(
            "select {ENTRY_SELECT} from entry e where e.id in (select l.entry from link l where l.subject = $1 \
             union select o.id from entry o where o.subject = $1) order by e.recorded_at, e.id"
        );
        self.connection
            .query(&sql, &[id.0.into()])?
            .iter()
            .map(read_entry)
            .collect()
    }

    /// Plans a subject as of a moment, from nothing.
    pub(crate) fn planned(
        &mut self,
        view: SubjectView,
        stored: &[StoredEntry],
        as_of: Option<Instant>,
    ) -> Result<(History, Plan), LedgerError> {
        self.planned_since(view, stored, as_of, None)
    }

    /// The same with the days of standing duties from a moment on, however long ago that is.
    pub(crate) fn planned_since(
        &mut self,
        view: SubjectView,
        stored: &[StoredEntry],
        as_of: Option<Instant>,
        since: Option<Instant>,
    ) -> Result<(History, Plan), LedgerError> {
        let entries = stored.iter().map(|stored| stored.entry.clone()).collect();
        let aliases = self.merged_into(view.id)?;
        let history = History::new(view, entries, as_of, &self.snapshot).with_aliases(aliases);
        let now = as_of.unwrap_or(self.now);
        let mut others = Files::default();
        for id in lianfang_protocol::needs(&history, &self.snapshot, now) {
            if let Some(view) = self.subject(id)? {
                let entries = self
                    .stored_entries(view.id)?
                    .into_iter()
                    .map(|stored| stored.entry)
                    .collect();
                others.0.insert(id, History::new(view, entries, as_of, &self.snapshot));
            }
        }
        let settled = now.plus_ms(-crate::replan::HORIZON_MS);
        let horizon = Some(since.map_or(settled, |since| since.min(settled)));
        let input = PlanInput {
            history: &history,
            others: &others,
            snapshot: &self.snapshot,
            now,
            horizon,
        };
        let planned = plan(&input);
        Ok((history, planned))
    }

    fn holds(&self, history: &History, now: Instant) -> Vec<Hold> {
        let mut holds = Vec::new();
        for fact in history.facts.iter().filter(|fact| history.is_self(fact.entry.subject)) {
            let Some(register) = self.snapshot.model.registers.get(&fact.entry.register) else {
                continue;
            };
            if register.schema.shape != lianfang_kernel::Shape::Interval {
                continue;
            }
            let moment = |field: &str| fact.record.get(field).and_then(|value| value.as_int()).map(Instant);
            let text = |field: &str| {
                fact.record
                    .get(field)
                    .and_then(|value| value.as_text())
                    .map(str::to_owned)
            };
            let from = moment("from").unwrap_or(fact.entry.at);
            // What rests on an order ends with it.
            let ordered = self.snapshot.cited_until(&fact.record);
            let ordered = ordered.filter(|until| *until < Instant::MAX);
            let until = moment("to").into_iter().chain(ordered).min();
            if from > now || until.is_some_and(|until| until <= now) {
                continue;
            }
            holds.push(Hold {
                register: fact.entry.register.clone(),
                title: register.schema.title.clone(),
                entry: fact.entry.id,
                measure: text("measure"),
                order: register
                    .schema
                    .cites
                    .as_deref()
                    .and_then(text)
                    .and_then(|id| id.parse().ok()),
                from,
                until,
                appeal: text("appeal").map(|zh| {
                    let en = text("appeal_en").unwrap_or_else(|| zh.clone());
                    Words::new(zh, en)
                }),
            });
        }
        holds
    }

    fn enrolments(&self, plan: &Plan, now: Instant) -> Vec<TimelineEnrolment> {
        let today = self.snapshot.zone.day_of(now);
        let mut enrolments: Vec<TimelineEnrolment> = plan
            .enrolments
            .iter()
            .map(|enrolment| {
                let edition = self.snapshot.model.edition(&enrolment.protocol, enrolment.version);
                TimelineEnrolment {
                    id: enrolment.id,
                    protocol: enrolment.protocol.clone(),
                    title: edition.map_or_else(|| Words::same(&*enrolment.protocol), |e| e.title.clone()),
                    version: enrolment.version,
                    state: state_id(&enrolment.state).to_owned(),
                    start: enrolment.start,
                    day_zero: enrolment.day_zero,
                    day_n: self.snapshot.zone.day_of(enrolment.day_zero).until(today),
                    ends_on: enrolment.ends_on,
                    ended_at: match &enrolment.state {
                        State::Ended { at, .. } => Some(*at),
                        State::Active | State::Withdrawn => None,
                    },
                    missing: enrolment.missing.clone(),
                    ready: enrolment.ready.clone(),
                    opened_by: enrolment.opened_by,
                }
            })
            .collect();
        enrolments.sort_by_key(|enrolment| std::cmp::Reverse((enrolment.start, enrolment.id)));
        enrolments
    }
}
