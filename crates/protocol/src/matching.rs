//! Which entry discharges which occurrence.
//!
//! Candidates are taken by (time, id), an entry discharges at most one occurrence of a task, and the windows of a task's
//! occurrences are disjoint: one walk over both matches all.

use crate::condition::Scope;
use crate::engine::EngineAt;
use crate::facts::Fact;
use crate::items::Item;
use crate::plan::{OccurrenceState, Owner, Receipt, Timeliness};
use crate::planner::Planner;
use lianfang_kernel::ids::{EntryId, TaskId};
use lianfang_kernel::{Datum, Entry, Instant};
use lianfang_policy::model::{Task, Timing};
use lianfang_policy::{Engine, Env, Expr};
use std::sync::Arc;

/// A task of an enrolment with its occurrences.
#[derive(Debug)]
pub(crate) struct TaskPlan<'a> {
    pub task: &'a Task,
    /// Where it stands in the protocol.
    pub index: usize,
    pub owner: Owner,
    /// Ordered by opening.
    pub turns: Vec<Turn<'a>>,
    /// When it was tried without being done, sorted.
    pub attempts: Vec<Instant>,
    /// Whether there is a last occurrence.
    pub bounded: bool,
}

/// One occurrence in the making.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pub id: TaskId,
    pub label: String,
    pub opens: Instant,
    /// What happened at or after this never discharges it.
    pub close: Instant,
    pub due: Instant,
    pub inclusive: bool,
    /// It waits for another task.
    pub waiting: bool,
    pub evidence: Option<Evidence<'a>>,
    /// The first moment at which it stands as missed.
    pub miss: Option<Instant>,
    pub excused: Option<(EntryId, Instant)>,
    pub void: bool,
    pub receipts: Vec<Receipt>,
    /// Since when it is done with every receipt in.
    pub complete: Option<Instant>,
    pub tried: u32,
    pub escalated: bool,
    /// Counts when it is done, and is never owed: the third round where two are asked.
    pub optional: bool,
    /// Of a task for each item: the item it is of.
    pub item: Option<Arc<Item>>,
    /// Who owns it, where that is not the task's owner.
    pub owner: Option<Owner>,
}

/// What discharged an occurrence.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Evidence<'a> {
    pub fact: &'a Fact,
    /// By the task's own time.
    pub time: Instant,
    /// The first moment of which it can be said: the later of its time and its entry's.
    pub seen: Instant,
    pub timeliness: Timeliness,
}

impl<'a> Turn<'a> {
    pub fn new(
        id: TaskId,
        label: String,
        (opens, close): (Instant, Instant),
        due: Instant,
        inclusive: bool,
    ) -> Turn<'a> {
        Turn {
            id,
            label,
            opens,
            close,
            due,
            inclusive,
            waiting: false,
            evidence: None,
            miss: None,
            excused: None,
            void: false,
            receipts: Vec::new(),
            complete: None,
            tried: 0,
            escalated: false,
            optional: false,
            item: None,
            owner: None,
        }
    }

    pub fn is_void(&self) -> bool {
        self.void
    }

    pub fn is_done(&self, at: Instant) -> bool {
        self.evidence.as_ref().is_some_and(|evidence| evidence.seen <= at)
    }

    pub fn is_complete(&self, at: Instant) -> bool {
        self.complete.is_some_and(|complete| complete <= at)
    }

    pub fn is_excused(&self, at: Instant) -> bool {
        self.excused.is_some_and(|(_, excused)| excused <= at)
    }

    pub fn is_missed(&self, at: Instant) -> bool {
        self.miss.is_some_and(|miss| miss <= at) && !self.is_excused(at)
    }

    /// Asked, and neither done nor excused.
    pub fn is_outstanding(&self, at: Instant) -> bool {
        !self.void && !self.waiting && self.opens <= at && !self.is_done(at) && !self.is_excused(at)
    }

    /// Whether that moment is within the time given.
    fn in_time(&self, at: Instant) -> bool {
        at < self.due || (self.inclusive && at == self.due)
    }

    /// The first moment out of time.
    fn overdue_from(&self) -> Option<Instant> {
        (self.due < Instant::MAX).then(|| if self.inclusive { self.due.plus_ms(1) } else { self.due })
    }

    /// Its state as of `at`; `ended` tells that its enrolment ended then.
    pub fn state(&self, at: Instant, now: Instant, ended: bool) -> OccurrenceState {
        if let Some(evidence) = self.evidence.as_ref().filter(|evidence| evidence.seen <= at) {
            return OccurrenceState::Done {
                entry: evidence.fact.origin,
                at: evidence.time,
                received_at: evidence.fact.known,
                timeliness: evidence.timeliness,
            };
        }
        match self.excused.filter(|(_, excused)| *excused <= now) {
            _ if self.void => OccurrenceState::Void,
            Some((entry, _)) => OccurrenceState::Excused { entry },
            None if self.is_missed(at) => OccurrenceState::Missed,
            None if ended => OccurrenceState::Void,
            None if !self.waiting && self.opens <= at => OccurrenceState::Open,
            None => OccurrenceState::Upcoming,
        }
    }
}

/// An entry that may discharge.
pub(crate) struct Candidate<'a> {
    pub fact: &'a Fact,
    pub time: Instant,
    pub seen: Instant,
}

/// Matches the facts to the occurrences of one task.
pub(crate) struct Matching<'s, 'a> {
    pub planner: &'a Planner<'a>,
    pub scope: &'s Scope<'a>,
    /// Tasks planned before; those it waits for are among them.
    pub before: &'s [TaskPlan<'a>],
    pub protocol: &'a str,
    pub enrolment: lianfang_kernel::ids::EnrolmentId,
    /// The item whose occurrences these are, of a task for each item.
    pub item: Option<&'s Item>,
}

impl<'a> Matching<'_, 'a> {
    /// Fills in evidence, attempts and misses.
    pub fn run(&self, plan: &mut TaskPlan<'a>) {
        self.wait_for_others(plan);
        let candidates = self.candidates(plan);
        let fixer = plan.task.not_by.as_deref().and_then(|task| self.last_evidence(task));
        let before = plan
            .task
            .after
            .as_ref()
            .and_then(|after| self.last_evidence(&after.task));
        let may = |candidate: &Candidate<'_>| {
            fixer.is_none_or(|fixer| !same_author(&fixer.fact.entry, &candidate.fact.entry))
                && before.is_none_or(|before| before.fact.origin != candidate.fact.origin)
        };
        match plan.task.timing {
            Timing::PerDay { .. } => one_each(&mut plan.turns, &candidates, may),
            Timing::Every(days) => self.again(plan, days, &candidates, may),
            _ => windows(&mut plan.turns, &candidates, may),
        }
        for turn in &mut plan.turns {
            turn.complete = turn.evidence.as_ref().map(|evidence| evidence.seen);
            turn.miss = miss(turn);
        }
    }

    fn last_evidence(&self, task: &str) -> Option<&Evidence<'a>> {
        let plan = self.before.iter().find(|plan| plan.task.id == task)?;
        plan.turns
            .iter()
            .filter_map(|turn| turn.evidence.as_ref())
            .max_by_key(|evidence| evidence.time)
    }

    fn wait_for_others(&self, plan: &mut TaskPlan<'a>) {
        let Some(after) = &plan.task.after else { return };
        let engine = EngineAt {
            tasks: self.before,
            at: self.planner.input.now,
        };
        let earliest = engine.time_of(&after.task).map(|done| done.plus_ms(after.at_least_ms));
        for turn in &mut plan.turns {
            match earliest {
                Some(earliest) => turn.opens = turn.opens.max(earliest),
                None => turn.waiting = true,
            }
        }
        // What opens only after it closes can no longer be done in its window; the walk needs ordered openings.
        for i in 1..plan.turns.len() {
            plan.turns[i].opens = plan.turns[i].opens.max(plan.turns[i - 1].opens);
        }
    }

    /// Candidates by (time, id); attempts are counted on the way.
    fn candidates(&self, plan: &mut TaskPlan<'a>) -> Vec<Candidate<'a>> {
        let Some(first) = plan
            .turns
            .iter()
            .filter(|turn| !turn.waiting)
            .map(|turn| turn.opens)
            .min()
        else {
            return Vec::new();
        };
        let task = plan.task;
        let mut vars = if task.filter.is_some() || task.attempt.is_some() {
            self.scope.filter_vars()
        } else {
            Vec::new()
        };
        let mut found = Vec::new();
        for fact in self.planner.groups.speaking(&task.expects) {
            let Some(time) = fact.moment(task.time.as_deref()).filter(|time| first <= *time) else {
                continue;
            };
            let seen = time.max(fact.at);
            if seen > self.planner.input.now {
                self.planner.changes_at(seen);
                continue;
            }
            if self.item.is_some_and(|item| !item.is_named_by(fact)) {
                continue;
            }
            if let Some(it) = vars.last_mut() {
                it.1 = fact.record.clone();
            }
            if task
                .attempt
                .as_ref()
                .is_some_and(|attempt| self.passes(attempt, &vars, fact))
            {
                plan.attempts.push(seen);
                tried(&mut plan.turns, time);
            } else if task
                .filter
                .as_ref()
                .is_none_or(|filter| self.passes(filter, &vars, fact))
            {
                found.push(Candidate { fact, time, seen });
            }
        }
        plan.attempts.sort();
        if task.time.is_some() {
            found.sort_by_key(|candidate| (candidate.time, candidate.fact.origin));
        }
        found
    }

    fn passes(&self, filter: &Expr, vars: &[(&str, Datum)], fact: &Fact) -> bool {
        let env = Env {
            vars,
            snapshot: self.planner.input.snapshot,
            engine: None,
            region: Some(self.scope.region()),
            at: fact.at,
            now: self.planner.input.now,
        };
        match filter.eval_bool(&env) {
            Ok(passes) => passes,
            Err(error) => {
                self.planner
                    .fault(self.protocol, Some(self.enrolment), filter.source(), error);
                false
            }
        }
    }
}

/// Of each window the best entry in it. The windows are disjoint.
fn windows<'a>(turns: &mut [Turn<'a>], candidates: &[Candidate<'a>], may: impl Fn(&Candidate<'a>) -> bool) {
    let mut rest = candidates;
    for turn in turns.iter_mut().filter(|turn| !turn.waiting) {
        rest = &rest[rest.partition_point(|candidate| candidate.time < turn.opens)..];
        let inside = rest.partition_point(|candidate| candidate.time < turn.close);
        turn.evidence = best(turn, rest[..inside].iter().filter(|candidate| may(candidate)));
        rest = &rest[inside..];
    }
}

/// The k-th entry of a day is the k-th occurrence of that day: occurrences of one day share their window.
fn one_each<'a>(turns: &mut [Turn<'a>], candidates: &[Candidate<'a>], may: impl Fn(&Candidate<'a>) -> bool) {
    let mut rest = candidates.iter().filter(|candidate| may(candidate)).peekable();
    for turn in turns.iter_mut().filter(|turn| !turn.waiting) {
        while rest.next_if(|candidate| candidate.time < turn.opens).is_some() {}
        if let Some(candidate) = rest.next_if(|candidate| candidate.time < turn.close) {
            turn.evidence = best(turn, std::iter::once(candidate));
        }
    }
}

/// The first in time and known in time; else the first in time; else the first.
pub(crate) fn best<'c, 'a: 'c>(
    turn: &Turn<'a>,
    candidates: impl Iterator<Item = &'c Candidate<'a>>,
) -> Option<Evidence<'a>> {
    let mut kept: Option<Evidence<'a>> = None;
    for candidate in candidates {
        let timeliness = match (turn.in_time(candidate.time), turn.in_time(candidate.fact.known)) {
            (true, true) => Timeliness::OnTime,
            (true, false) => Timeliness::KnownLate,
            (false, _) => Timeliness::Late,
        };
        let better = match kept.as_ref().map(|kept| kept.timeliness) {
            None => true,
            Some(before) => before == Timeliness::KnownLate && timeliness == Timeliness::OnTime,
        };
        if better {
            kept = Some(Evidence {
                fact: candidate.fact,
                time: candidate.time,
                seen: candidate.seen,
                timeliness,
            });
        }
        if timeliness == Timeliness::OnTime {
            break;
        }
    }
    kept
}

fn miss(turn: &Turn<'_>) -> Option<Instant> {
    if turn.waiting
        || turn
            .evidence
            .as_ref()
            .is_some_and(|evidence| evidence.timeliness != Timeliness::Late)
    {
        return None;
    }
    turn.overdue_from().map(|overdue| overdue.max(turn.opens))
}

fn tried(turns: &mut [Turn<'_>], time: Instant) {
    let after = turns.partition_point(|turn| turn.opens <= time);
    if let Some(turn) = after.checked_sub(1).and_then(|last| turns.get_mut(last))
        && time < turn.close
    {
        turn.tried = turn.tried.saturating_add(1);
    }
}

/// Whether two entries have one author; of authors that left no trace it is not known, so they count as one.
pub(crate) fn same_author(a: &Entry, b: &Entry) -> bool {
    match (a.login, b.login, a.device, b.device) {
        (Some(a), Some(b), _, _) => a == b,
        (None, None, Some(a), Some(b)) => a == b,
        (None, None, None, None) => a.org == b.org,
        _ => false,
    }
}
