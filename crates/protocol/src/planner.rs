//! Plans one subject: which protocols enrol it, and what follows from each.

use crate::condition::reads;
use crate::edition;
use crate::facts::{Fact, Groups};
use crate::look::{Reader, named_subject};
use crate::plan::{Enrolment, Fault, Notice, Plan, PlanInput};
use crate::spell::{Spell, Start};
use lianfang_kernel::ids::{EnrolmentId, SubjectId, TaskId};
use lianfang_kernel::{Datum, Day, Instant, Words};
use lianfang_policy::model::{EnrolSource, Protocol};
use lianfang_policy::record::subject_record;
use lianfang_policy::{Env, EvalError, Model};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// How deep one protocol may start another.
const MAX_STARTS: u8 = 8;
/// How many days ahead duties without a last day are laid out: as many as openings are kept.
const AHEAD_DAYS: i64 = 2;

/// One planning of one subject.
pub(crate) struct Planner<'a> {
    pub input: PlanInput<'a>,
    pub model: &'a Model,
    /// The subject as conditions see it.
    pub subject: Datum,
    /// The city's day of now.
    pub today: Day,
    /// How many plans stand around this one.
    pub depth: u8,
    /// How many days ahead duties without a last day are laid out.
    pub ahead_days: i64,
    /// The facts by register.
    pub groups: Groups<'a>,
    /// Midnight at the start and at the end of today.
    today_span: (Instant, Instant),
    /// Excuses and receipts up to now by the task they name, each by (at, id).
    pub answers: Answers<'a>,
    next: Cell<Option<Instant>>,
    /// As `next`, leaving out what only opens.
    next_kept: Cell<Option<Instant>>,
    faults: RefCell<Vec<Fault>>,
}

/// What answers tasks rather than discharging them.
pub(crate) struct Answers<'a> {
    pub excuses: HashMap<TaskId, Vec<&'a Fact>>,
    pub receipts: HashMap<TaskId, Vec<&'a Fact>>,
    pub passed_on: HashMap<TaskId, Vec<&'a Fact>>,
}

/// One enrolment with what it sets going.
pub(crate) struct Planned {
    pub enrolment: Enrolment,
    pub notices: Vec<Notice>,
    pub starts: Vec<Start>,
}

impl<'a> Planner<'a> {
    pub fn new(input: &PlanInput<'a>, depth: u8) -> Planner<'a> {
        let facts = &input.history.facts;
        let seen = facts.partition_point(|fact| fact.at <= input.now);
        let next = facts.get(seen).map(|fact| fact.at);
        let groups = input.history.groups(&input.snapshot.model);
        let of = |register: &str| by_task(groups.linked(register).filter(|fact| fact.at <= input.now));
        let zone = &input.snapshot.zone;
        let today = zone.day_of(input.now);
        Planner {
            input: *input,
            model: &input.snapshot.model,
            subject: subject_record(&input.history.subject),
            today,
            today_span: (zone.start_of(today), zone.start_of(today.plus(1))),
            depth,
            ahead_days: AHEAD_DAYS,
            answers: Answers {
                excuses: of("excuse"),
                receipts: of("receipt"),
                passed_on: of(crate::PASSING_ON),
            },
            groups,
            next: Cell::new(next),
            next_kept: Cell::new(next),
            faults: RefCell::default(),
        }
    }

    /// Where looks of this plan read.
    pub fn reader(&self) -> Reader<'_> {
        Reader {
            input: self.input,
            depth: self.depth,
            except: None,
            groups: &self.groups,
        }
    }

    /// Midnight at the end of today.
    pub fn midnight(&self) -> Instant {
        self.today_span.1
    }

    /// The whole plan.
    pub fn plan(&self) -> Plan {
        let mut planned = Vec::new();
        for editions in groups(self.model) {
            self.group(editions, &mut planned);
        }
        self.follow(&mut planned, 0);
        for protocol in &self.model.over_enrolled {
            let before = planned.len();
            if let Some(editions) = groups(self.model).find(|editions| editions[0].id == *protocol) {
                self.enrol_by_enrolments(editions, &mut planned);
                self.follow(&mut planned, before);
            }
        }
        self.finish(planned)
    }

    /// The enrolments of one protocol.
    pub fn only(&self, protocol: &str) -> Vec<Enrolment> {
        let Some(editions) = groups(self.model).find(|editions| editions[0].id == protocol) else {
            return Vec::new();
        };
        let started = groups(self.model).any(|editions| editions.iter().any(|edition| starts(edition, protocol)));
        if started || self.model.over_enrolled.iter().any(|over| over == protocol) {
            let mut plan = self.plan();
            plan.enrolments.retain(|enrolment| enrolment.protocol == protocol);
            return plan.enrolments;
        }
        let mut planned = Vec::new();
        self.group(editions, &mut planned);
        planned.into_iter().map(|planned| planned.enrolment).collect()
    }

    fn group(&self, editions: &'a [Arc<Protocol>], planned: &mut Vec<Planned>) {
        self.enrol_by_entries(editions, planned);
        self.enrol_by_set(editions, planned);
        self.enrol_by_campaigns(editions, planned);
    }

    /// Protocols started by others, level by level, from the enrolments at `from` on.
    fn follow(&self, planned: &mut Vec<Planned>, mut from: usize) {
        if planned[from..].iter().all(|planned| planned.starts.is_empty()) {
            return;
        }
        let mut seen: HashSet<EnrolmentId> = planned.iter().map(|planned| planned.enrolment.id).collect();
        for depth in 0.. {
            let mut starts: Vec<Start> = planned[from..]
                .iter_mut()
                .flat_map(|p| std::mem::take(&mut p.starts))
                .collect();
            if starts.is_empty() {
                return;
            }
            if depth >= MAX_STARTS {
                let message = Words::new(
                    "规程相互启动超过8层，未再启动",
                    "protocols start each other more than 8 deep; no further one is started",
                );
                let start = starts.swap_remove(0);
                self.fault(
                    &start.protocol,
                    Some(start.parent.0),
                    "start",
                    EvalError {
                        code: "too_deep",
                        message,
                    },
                );
                return;
            }
            from = planned.len();
            for start in starts {
                if let Some(next) = self.started(&start)
                    && seen.insert(next.enrolment.id)
                {
                    planned.push(next);
                }
            }
        }
    }

    fn started(&self, start: &Start) -> Option<Planned> {
        let editions = groups(self.model).find(|editions| editions[0].id == start.protocol)?;
        let (opening, _) = self.opening_started(editions, start)?;
        let spell = Spell {
            protocol: &editions[0].id,
            editions,
            key: start.key.clone(),
            parent: Some(start.parent),
            openings: vec![opening],
            runs: Vec::new(),
            ground: None,
            place: None,
        };
        Some(spell.run(self))
    }

    fn opening_started(
        &self,
        editions: &'a [Arc<Protocol>],
        start: &Start,
    ) -> Option<(crate::spell::Opening<'a>, &'a Arc<Protocol>)> {
        let day = self.day_of(start.at);
        let edition = edition::covering(editions, &start.region, self.input.snapshot)
            .into_iter()
            .find(|edition| edition::in_force(edition, day))?;
        let opening = crate::spell::Opening {
            edition,
            entry: start.entry.clone(),
            item: start.item.clone(),
            fact: None,
            start: start.at,
            known: start.at,
            region: start.region.clone(),
        };
        Some((opening, edition))
    }

    fn finish(&self, planned: Vec<Planned>) -> Plan {
        let mut plan = Plan {
            next_change_at: self.next.get(),
            kept_until: self.next_kept.get(),
            ..Plan::default()
        };
        for Planned { enrolment, notices, .. } in planned {
            plan.enrolments.push(enrolment);
            plan.notices.extend(notices);
        }
        plan.enrolments
            .sort_by(|a, b| (&a.protocol, a.start, a.id).cmp(&(&b.protocol, b.start, b.id)));
        plan.notices.sort_by_key(|notice| (notice.at, notice.id));
        plan.faults = self.faults.take();
        plan
    }

    /// Time alone may change the plan at that moment.
    pub fn changes_at(&self, at: Instant) {
        self.opens_at(at);
        self.sooner(&self.next_kept, at);
    }

    /// Something opens at that moment, which a clock tells too.
    pub fn opens_at(&self, at: Instant) {
        self.sooner(&self.next, at);
    }

    fn sooner(&self, next: &Cell<Option<Instant>>, at: Instant) {
        if at > self.input.now && at < Instant::MAX && next.get().is_none_or(|next| at < next) {
            next.set(Some(at));
        }
    }

    /// The next moment at which time alone may change what was planned so far.
    pub fn next_change(&self) -> Option<Instant> {
        self.next.get()
    }

    /// A condition gave no answer.
    pub fn fault(&self, protocol: &str, enrolment: Option<EnrolmentId>, expression: &str, error: EvalError) {
        let fault = Fault {
            protocol: protocol.to_owned(),
            enrolment,
            expression: expression.to_owned(),
            code: error.code.to_owned(),
            message: error.message,
        };
        let mut faults = self.faults.borrow_mut();
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }

    /// The city's day of a moment.
    pub fn day_of(&self, at: Instant) -> Day {
        if self.today_span.0 <= at && at < self.today_span.1 {
            return self.today;
        }
        self.input.snapshot.zone.day_of(at)
    }

    /// The other subjects that looks name.
    pub fn needs(&self) -> Vec<SubjectId> {
        let mut named = BTreeSet::new();
        for edition in &self.model.protocols {
            let looks: Vec<_> = edition.looks.iter().filter(|look| look.subject.is_some()).collect();
            if looks.is_empty() {
                continue;
            }
            let reader = self.reader();
            for fact in &self.input.history.facts {
                let enrols = match &edition.enrol.source {
                    EnrolSource::On(registers) => registers.contains(&fact.entry.register),
                    // A started protocol sees the entry of the one that started it, whichever that is.
                    EnrolSource::Started => true,
                    EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Campaign(_) => false,
                };
                if enrols {
                    let vars = [("entry", fact.record.clone()), ("subject", self.subject.clone())];
                    named.extend(self.with_items(edition, fact, &vars).iter().flat_map(|vars| {
                        looks
                            .iter()
                            .filter_map(|look| named_subject(look, vars, reader))
                            .collect::<Vec<_>>()
                    }));
                }
            }
            let vars = [("entry", Datum::empty()), ("subject", self.subject.clone())];
            named.extend(looks.iter().filter_map(|look| named_subject(look, &vars, reader)));
        }
        named.into_iter().collect()
    }

    /// The variables, once for each item that the entry enrols by.
    fn with_items(
        &self,
        edition: &Protocol,
        fact: &Fact,
        vars: &[(&'static str, Datum)],
    ) -> Vec<Vec<(&'static str, Datum)>> {
        let Some(each) = &edition.enrol.each else {
            return vec![vars.to_vec()];
        };
        if !edition
            .looks
            .iter()
            .any(|look| look.subject.as_ref().is_some_and(|key| reads(key, "item")))
        {
            return vec![vars.to_vec()];
        }
        let env = Env {
            vars,
            snapshot: self.input.snapshot,
            engine: None,
            region: Some(&fact.region),
            at: fact.at,
            now: fact.at,
        };
        let items = each.eval(&env).unwrap_or_default();
        let with = |item: &Datum| vars.iter().cloned().chain([("item", item.clone())]).collect();
        items.items().iter().map(with).collect()
    }
}

fn by_task<'a>(facts: impl Iterator<Item = &'a Fact>) -> HashMap<TaskId, Vec<&'a Fact>> {
    let mut named: HashMap<TaskId, Vec<&'a Fact>> = HashMap::new();
    for fact in facts {
        if let Some(task) = fact.text("task").and_then(|id| id.parse().ok()) {
            named.entry(task).or_default().push(fact);
        }
    }
    named
}

/// Editions by protocol; the model keeps them ordered by (id, version).
fn groups(model: &Model) -> impl Iterator<Item = &[Arc<Protocol>]> {
    model.protocols.chunk_by(|a, b| a.id == b.id)
}

fn starts(edition: &Protocol, protocol: &str) -> bool {
    edition
        .releases
        .iter()
        .any(|release| release.start.as_deref() == Some(protocol))
        || edition
            .escalations
            .iter()
            .any(|escalation| escalation.start.as_deref() == Some(protocol))
}
