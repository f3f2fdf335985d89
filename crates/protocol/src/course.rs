//! The course of a stretch: what its conditions gave, moment by moment, and how it ended.
//!
//! Conditions are asked at every moment at which what they read may change, never by the clock of who asks: a release that
//! fell due at midnight is dated midnight, however late it is looked for.

use crate::condition::{asks_about, reads};
use crate::engine::EngineAt;
use crate::matching::TaskPlan;
use crate::stage::Stage;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::EntryId;
use lianfang_policy::{EvalError, Expr};

/// How an enrolment ended.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub outcome: String,
    pub at: Instant,
    pub by: Option<EntryId>,
    pub how: How,
}

/// What ended it; of two at one moment the first counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// The release of that number.
    Released(usize),
    /// The escalation of that number.
    Escalated(usize),
    /// What it stood on ended: the order, the membership.
    Fell,
}

/// An escalation that was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fire {
    /// Its number in the protocol.
    pub escalation: usize,
    /// Task and occurrence by their places in the stage, when it is of one.
    pub turn: Option<(usize, usize)>,
    pub at: Instant,
}

impl Stage<'_> {
    /// Its truth as of `at`; a fault is no.
    pub fn holds(&mut self, expr: &Expr, at: Instant) -> Result<bool, EvalError> {
        let engine = EngineAt { tasks: &self.tasks, at };
        self.scope.holds(expr, at, Some(&engine))
    }

    /// The first moment of `from..=to` at which the condition holds. Only an error that stands at the end is reported.
    pub fn first_hold(&mut self, expr: &Expr, from: Instant, to: Instant) -> Option<Instant> {
        if to < from {
            return None;
        }
        let slides = expr.reads_snapshot() || reads(expr, "now");
        let mut before: Option<Instant> = None;
        let mut last = Ok(false);
        let mut moments = self.moments(expr, from, to);
        if slides {
            moments.push(to);
            moments.dedup();
        }
        for moment in moments {
            if let Some(before) = before.filter(|_| slides)
                && moment.0 - before.0 > 1
                && self.holds(expr, moment.plus_ms(-1)).unwrap_or(false)
            {
                return Some(self.flip(expr, before, moment.plus_ms(-1)));
            }
            last = self.holds(expr, moment);
            if let Ok(true) = last {
                return Some(moment);
            }
            before = Some(moment);
        }
        if let Err(error) = last {
            self.fault(expr, error);
        }
        None
    }

    /// Between a moment at which it does not hold and one at which it does, the first at which it does.
    pub fn flip(&mut self, expr: &Expr, not_yet: Instant, holds: Instant) -> Instant {
        let truth = self.holds(expr, holds).unwrap_or(false);
        let (mut low, mut high) = (not_yet.0, holds.0);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if self.holds(expr, Instant(middle)).unwrap_or(false) == truth {
                high = middle;
            } else {
                low = middle;
            }
        }
        Instant(high)
    }

    /// The moments of `from..=to` at which its truth may change, `from` first; between them it may only slide with what
    /// it reads of `now` and the snapshot.
    fn moments(&self, expr: &Expr, from: Instant, to: Instant) -> Vec<Instant> {
        let mut moments = vec![from];
        if reads(expr, "days") || reads(expr, "now") || expr.reads_snapshot() {
            let mut day = self.planner.day_of(from).plus(1);
            loop {
                let midnight = self.planner.input.snapshot.zone.start_of(day);
                if midnight > to || midnight >= Instant::MAX {
                    break;
                }
                moments.push(midnight);
                day = day.plus(1);
            }
        }
        moments.extend(self.scope.look_moments(expr, from, to));
        if expr.reads_engine() {
            for plan in self.tasks.iter().filter(|plan| asks_about(expr, &plan.task.id)) {
                task_moments(plan, &mut moments);
            }
        }
        if moments.len() > 1 {
            moments.retain(|at| from <= *at && *at <= to);
            moments.sort();
            moments.dedup();
        }
        moments
    }

    /// How and when it ended up to `last`, given what it stands on, and every escalation that was made until then.
    pub fn course(&mut self, last: Instant, ground: Option<(Instant, &str)>) -> (Option<End>, Vec<Fire>) {
        let (mut ends, mut fires) = (Vec::new(), Vec::new());
        if let Some((at, outcome)) = ground.filter(|(at, _)| *at <= last) {
            let at = at.max(self.begin);
            ends.push(End {
                outcome: outcome.to_owned(),
                at,
                by: None,
                how: How::Fell,
            });
        }
        let protocol = self.protocol;
        for (n, release) in protocol.releases.iter().enumerate() {
            let end = match &release.on {
                None => self.first_hold(&release.when, self.begin, last).map(|at| (at, None)),
                Some(register) => self.signed(register, &release.when, last),
            };
            ends.extend(end.map(|(at, by)| End {
                outcome: release.outcome.clone(),
                at,
                by,
                how: How::Released(n),
            }));
        }
        for (n, escalation) in protocol.escalations.iter().enumerate() {
            let made = self.fires(n, last);
            if let (Some(outcome), Some(at)) = (&escalation.outcome, made.iter().map(|fire| fire.at).min()) {
                ends.push(End {
                    outcome: outcome.clone(),
                    at,
                    by: None,
                    how: How::Escalated(n),
                });
            }
            fires.extend(made);
        }
        let end = ends.into_iter().min_by_key(|end| (end.at, end.how));
        if let Some(end) = &end {
            let with_end = matches!(end.how, How::Escalated(_));
            fires.retain(|fire| fire.at < end.at || (with_end && fire.at == end.at));
        }
        for (task, turn) in fires.iter().filter_map(|fire| fire.turn) {
            self.tasks[task].turns[turn].escalated = true;
        }
        (end, fires)
    }

    /// The first signature at which the condition held.
    fn signed(&mut self, register: &str, when: &Expr, last: Instant) -> Option<(Instant, Option<EntryId>)> {
        let planner = self.planner;
        let history = planner.input.history;
        let begin = self.begin;
        let signatures = planner
            .groups
            .linked(register)
            .filter(|fact| history.is_self(fact.subject) && begin <= fact.at && fact.at <= last);
        for fact in signatures {
            match self.holds(when, fact.at) {
                Ok(true) => return Some((fact.at, Some(fact.origin))),
                Ok(false) => {}
                Err(error) => self.fault(when, error),
            }
        }
        None
    }

    fn fires(&mut self, escalation: usize, last: Instant) -> Vec<Fire> {
        let rule = &self.protocol.escalations[escalation];
        let Some(name) = rule.names_task.as_deref() else {
            let at = self.first_hold(&rule.on, self.begin, last);
            return at
                .map(|at| Fire {
                    escalation,
                    turn: None,
                    at,
                })
                .into_iter()
                .collect();
        };
        let Some(task) = self.tasks.iter().position(|plan| plan.task.id == name) else {
            return Vec::new();
        };
        let mut fires = Vec::new();
        for turn in 0..self.tasks[task].turns.len() {
            let missed = &self.tasks[task].turns[turn];
            let Some(miss) = missed.miss.filter(|miss| *miss <= last && missed.is_missed(*miss)) else {
                continue;
            };
            if let Some(at) = self.first_hold(&rule.on, miss.max(self.begin), last) {
                fires.push(Fire {
                    escalation,
                    turn: Some((task, turn)),
                    at,
                });
            }
        }
        fires
    }
}

fn task_moments(plan: &TaskPlan<'_>, moments: &mut Vec<Instant>) {
    for turn in &plan.turns {
        moments.push(turn.opens);
        moments.extend(turn.miss);
        moments.extend(turn.evidence.as_ref().map(|evidence| evidence.seen));
        moments.extend(turn.complete);
        moments.extend(turn.excused.map(|(_, at)| at));
    }
    moments.extend(&plan.attempts);
}
