//! A stretch of an enrolment with one edition and one day 0: its tasks matched, its conditions asked moment by moment.

use crate::condition::{Scope, asks_about, reads};
use crate::engine::EngineAt;
use crate::facts::Fact;
use crate::items::Item;
use crate::matching::{Matching, TaskPlan, Turn};
use crate::names::Names;
use crate::passing_on::owner_after;
use crate::plan::{LAID_AHEAD, Owner, Receipt};
use crate::planner::Planner;
use crate::schedule::{Frame, Schedule};
use lianfang_kernel::ids::TaskId;
use lianfang_kernel::{Datum, Instant};
use lianfang_policy::model::{Protocol, Task, Timing};
use lianfang_policy::{Desk, EvalError, Expr};
use std::sync::Arc;

/// Midnights to come at which a condition on days is asked beforehand.
const MIDNIGHTS: i64 = 8;

/// A stretch of an enrolment.
pub(crate) struct Stage<'a> {
    pub planner: &'a Planner<'a>,
    pub protocol: &'a Protocol,
    pub frame: Frame,
    names: Names,
    /// Owners by the text of their condition: the tasks of a protocol often share one.
    owners: Vec<(&'a str, Owner)>,
    pub scope: Scope<'a>,
    pub tasks: Vec<TaskPlan<'a>>,
    /// Its first moment.
    pub begin: Instant,
}

impl<'a> Stage<'a> {
    /// Plans its tasks. What fell due before `known` and was not done is void, unless `asked` says that an earlier
    /// stretch asked for it.
    pub fn build(
        planner: &'a Planner<'a>,
        protocol: &'a Protocol,
        frame: Frame,
        scope: Scope<'a>,
        (begin, known): (Instant, Instant),
        asked: impl Fn(TaskId) -> bool,
    ) -> Stage<'a> {
        let tasks = Vec::with_capacity(protocol.tasks.len());
        let mut stage = Stage {
            planner,
            protocol,
            frame,
            names: Names::of(frame.enrolment),
            owners: Vec::new(),
            scope,
            tasks,
            begin,
        };
        for index in order(&protocol.tasks) {
            let mut plan = stage.plan_task(index, &protocol.tasks[index]);
            for turn in plan.turns.iter_mut().filter(|turn| turn.evidence.is_none()) {
                let unknown = turn.miss.is_some_and(|miss| miss <= known) && !asked(turn.id);
                turn.void = turn.optional || is_calendar(&plan.task.timing) && unknown;
                if turn.void {
                    turn.miss = None;
                }
            }
            stage.tasks.push(plan);
        }
        stage
    }

    fn plan_task(&mut self, index: usize, task: &'a Task) -> TaskPlan<'a> {
        let Some(each) = &task.each else {
            let (turns, bounded) = self.schedule(|schedule| schedule.turns(task));
            return self.match_turns(index, task, turns, bounded, None);
        };
        let (laid, bounded) = self.schedule(|schedule| schedule.each(task, each));
        let mut whole = TaskPlan {
            task,
            index,
            owner: Owner::Nobody,
            turns: Vec::new(),
            attempts: Vec::new(),
            bounded,
        };
        for (item, turns) in laid {
            let item = Arc::new(item);
            let before = self.scope.put_item(item.value.clone());
            let mut plan = self.match_turns(index, task, turns, bounded, Some(&item));
            self.scope.put_item(before);
            for turn in &mut plan.turns {
                (turn.item, turn.owner) = (Some(Arc::clone(&item)), Some(plan.owner));
            }
            whole.turns.append(&mut plan.turns);
            whole.attempts.append(&mut plan.attempts);
            whole.bounded = plan.bounded;
        }
        whole
            .turns
            .sort_by(|a, b| (a.opens, &a.label).cmp(&(b.opens, &b.label)));
        whole.attempts.sort();
        whole
    }

    fn schedule<R>(&mut self, lay: impl FnOnce(&mut Schedule<'_, 'a>) -> R) -> R {
        lay(&mut Schedule {
            planner: self.planner,
            frame: self.frame,
            names: &self.names,
            scope: &mut self.scope,
            before: &self.tasks,
            protocol: &self.protocol.id,
        })
    }

    fn match_turns(
        &mut self,
        index: usize,
        task: &'a Task,
        turns: Vec<Turn<'a>>,
        bounded: bool,
        item: Option<&Item>,
    ) -> TaskPlan<'a> {
        let owner = match item {
            None => self.owner(&task.owner),
            Some(_) => self.desk(&task.owner, self.planner.input.now),
        };
        let mut plan = TaskPlan {
            task,
            index,
            owner,
            turns,
            attempts: Vec::new(),
            bounded,
        };
        let matching = Matching {
            planner: self.planner,
            scope: &self.scope,
            before: &self.tasks,
            protocol: &self.protocol.id,
            enrolment: self.frame.enrolment,
            item,
        };
        matching.run(&mut plan);
        self.excuse(&mut plan);
        self.pass_on(&mut plan);
        self.acknowledge(&mut plan);
        plan
    }

    /// Who owns a task now.
    fn owner(&mut self, expr: &'a Expr) -> Owner {
        if let Some((_, owner)) = self.owners.iter().find(|(source, _)| *source == expr.source()) {
            return *owner;
        }
        let owner = self.desk(expr, self.planner.input.now);
        if !expr.reads_engine() {
            self.owners.push((expr.source(), owner));
        }
        owner
    }

    /// The owner that a desk expression names.
    pub fn desk(&mut self, expr: &Expr, at: Instant) -> Owner {
        let engine = EngineAt { tasks: &self.tasks, at };
        match self.scope.eval(expr, at, Some(&engine)) {
            Ok(datum) => owner(&datum, self.planner, at),
            Err(error) => {
                self.fault(expr, error);
                Owner::Nobody
            }
        }
    }

    fn excuse(&self, plan: &mut TaskPlan<'a>) {
        let excuses = &self.planner.answers.excuses;
        if excuses.is_empty() {
            return;
        }
        for turn in &mut plan.turns {
            let first = excuses.get(&turn.id).and_then(|excuses| excuses.first());
            turn.excused = first.map(|fact| (fact.origin, fact.at));
        }
    }

    fn pass_on(&self, plan: &mut TaskPlan<'a>) {
        let passed_on = &self.planner.answers.passed_on;
        if passed_on.is_empty() {
            return;
        }
        for turn in &mut plan.turns {
            if let Some(acts) = passed_on.get(&turn.id) {
                let named = turn.owner.unwrap_or(plan.owner);
                turn.owner = Some(owner_after(named, acts, self.planner.input.snapshot));
            }
        }
    }

    fn acknowledge(&mut self, plan: &mut TaskPlan<'a>) {
        if plan.task.receipts.is_empty() {
            return;
        }
        let now = self.planner.input.now;
        let desks: Vec<Owner> = plan.task.receipts.iter().map(|desk| self.desk(desk, now)).collect();
        for turn in &mut plan.turns {
            for (n, desk) in desks.iter().enumerate() {
                let task = self
                    .names
                    .task(&format!("{}/receipt-{}", plan.task.id, n + 1), &turn.label);
                let receipts = &self.planner.answers.receipts;
                let of_desk = |fact: &&&Fact| fact.entry.org.is_some_and(|org| *desk == Owner::Org(org));
                let own = receipts.get(&task).and_then(|receipts| receipts.first());
                let shared = receipts
                    .get(&turn.id)
                    .and_then(|receipts| receipts.iter().find(of_desk));
                let received = [own, shared]
                    .into_iter()
                    .flatten()
                    .min_by_key(|fact| (fact.at, fact.origin));
                let received = received.map(|fact| (fact.origin, fact.at));
                turn.receipts.push(Receipt {
                    desk: *desk,
                    task,
                    received,
                });
            }
            let last = turn
                .receipts
                .iter()
                .map(|receipt| receipt.received.map(|(_, at)| at))
                .collect::<Option<Vec<_>>>();
            turn.complete = match (turn.complete, last) {
                (Some(done), Some(received)) => received.into_iter().chain([done]).max(),
                _ => None,
            };
        }
    }

    /// Tells the planner when time alone may change what follows.
    pub fn tell_changes(&mut self) {
        let now = self.planner.input.now;
        for plan in &self.tasks {
            self.tell_openings(plan);
            let owed = |turn: &&Turn<'_>| !(turn.void || turn.is_done(now) || turn.is_excused(now));
            let misses = plan.turns.iter().filter(owed).filter_map(|turn| turn.miss);
            misses.for_each(|miss| self.planner.changes_at(miss));
        }
        let protocol = self.protocol;
        for expr in protocol.conditions() {
            self.tell_condition(expr, now);
        }
    }

    /// A clock tells that the next of a task opens; by the last opening that is laid out the task is planned again.
    fn tell_openings(&self, plan: &TaskPlan<'_>) {
        let (planner, now) = (self.planner, self.planner.input.now);
        let to_come = |turn: &&Turn<'_>| !turn.void && !turn.waiting && turn.opens > now && !turn.is_excused(now);
        let mut openings = 0;
        let mut before = now;
        for turn in plan.turns.iter().filter(to_come) {
            openings += usize::from(turn.opens > before);
            before = turn.opens;
            if plan.task.opening_matters || openings == LAID_AHEAD {
                planner.changes_at(turn.opens);
                break;
            }
            planner.opens_at(turn.opens);
        }
        if !plan.bounded {
            planner.opens_at(planner.midnight());
            if plan.task.opening_matters || openings < LAID_AHEAD {
                planner.changes_at(planner.midnight());
            }
        }
    }

    /// A condition on days is asked at the midnights to come: whoever stays as they are is not planned every night.
    fn tell_condition(&mut self, expr: &Expr, now: Instant) {
        let slides = expr.reads_snapshot() || reads(expr, "now");
        if !slides && !reads(expr, "days") {
            return;
        }
        let midnight = self.planner.midnight();
        let look = |name: &str| self.protocol.looks.iter().any(|look| look.id == name);
        if slides || expr.variables().any(look) {
            self.planner.changes_at(midnight);
        } else {
            let change = self.changing_midnight(expr, now);
            self.planner.changes_at(change);
        }
        let eve = midnight.plus_ms(-1);
        if slides && eve > now && self.holds(expr, eve).ok() != self.holds(expr, now).ok() {
            let change = self.flip(expr, now, eve);
            self.planner.changes_at(change);
        }
    }

    /// The next midnight at which the condition is other than now; the last that is asked about, when it is at none.
    fn changing_midnight(&mut self, expr: &Expr, now: Instant) -> Instant {
        let holds = self.holds(expr, now).ok();
        let planner = self.planner;
        let zone = &planner.input.snapshot.zone;
        let mut midnights = (1..=MIDNIGHTS).map(|n| zone.start_of(planner.today.plus(n)));
        let mut last = planner.midnight();
        let change = midnights.find(|midnight| {
            last = *midnight;
            self.holds(expr, last).ok() != holds
        });
        change.unwrap_or(last)
    }

    pub fn fault(&self, expr: &Expr, error: EvalError) {
        self.planner
            .fault(&self.protocol.id, Some(self.frame.enrolment), expr.source(), error);
    }
}

/// Whether its occurrences are days of a calendar. A clock that runs from an event is never void: what was reported late
/// is late.
fn is_calendar(timing: &Timing) -> bool {
    matches!(
        timing,
        Timing::By(_) | Timing::Slots(_) | Timing::PerDay { .. } | Timing::Every(_) | Timing::Once
    )
}

/// The owner a condition named.
pub(crate) fn owner(datum: &Datum, planner: &Planner<'_>, at: Instant) -> Owner {
    match Desk::from_datum(datum) {
        Some(Desk::Own(id)) => Owner::Oneself(id),
        Some(desk) => desk
            .organisation(planner.input.snapshot, at)
            .map_or(Owner::Nobody, Owner::Org),
        None => crate::look::subject_id(datum).map_or(Owner::Nobody, Owner::Org),
    }
}

/// Tasks so that each stands behind those it asks about; a ring stays as written.
fn order(tasks: &[Task]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(tasks.len());
    while order.len() < tasks.len() {
        let ready = (0..tasks.len()).find(|i| !order.contains(i) && waits_for(&tasks[*i], tasks, &order).is_none());
        let next = ready.or_else(|| (0..tasks.len()).find(|i| !order.contains(i)));
        match next {
            Some(next) => order.push(next),
            None => break,
        }
    }
    order
}

fn waits_for(task: &Task, tasks: &[Task], planned: &[usize]) -> Option<usize> {
    let exprs: Vec<&Expr> = task.timed_by().chain([&task.owner]).collect();
    (0..tasks.len()).find(|i| {
        let other = &tasks[*i];
        let named = task.after.as_ref().is_some_and(|after| after.task == other.id)
            || task.not_by.as_deref() == Some(other.id.as_str())
            || exprs.iter().any(|expr| asks_about(expr, &other.id));
        other.id != task.id && named && !planned.contains(i)
    })
}
