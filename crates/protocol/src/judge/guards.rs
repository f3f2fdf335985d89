//! Guards: what must hold, and what happens where it does not.

use super::{Candidate, Case, Told, Vars, guards_on};
use crate::facts::{Facts, History};
use crate::plan::{Owner, PlanInput};
use crate::planner::Planner;
use crate::stage::owner;
use lianfang_kernel::{Datum, Day, Flag, Instant, Problem, Words};
use lianfang_policy::model::{Guard, Severity};
use lianfang_policy::{EvalError, Snapshot};
use serde_json::Value;

/// Whether a guard would let the candidate pass, whatever else speaks against it; `true` where it asks nothing.
///
/// # Errors
/// What its condition met with: it gives no answer.
pub fn lets_pass(
    guard: &Guard,
    candidate: &Candidate<'_>,
    snapshot: &Snapshot,
    history: &History,
    facts: &dyn Facts,
) -> Result<bool, EvalError> {
    let mut case = Case::new(candidate, snapshot, history, facts, candidate.entry.received_at);
    case.fill();
    case.whole = Some(case.record());
    if case.is_watched(guard) {
        case.asked(guard).1
    } else {
        Ok(true)
    }
}

impl<'a> Case<'a> {
    /// Judges every guard; all failures are told together.
    pub(super) fn guards(&mut self) {
        let model = &self.snapshot.model;
        let (register, act) = (&self.candidate.register.schema.id, self.candidate.entry.act);
        for guard in guards_on(model, register, act) {
            if self.is_watched(guard) {
                self.guard(guard);
            }
        }
    }

    /// Whether the guard is judged where and when the entry is.
    fn is_watched(&self, guard: &Guard) -> bool {
        let here = guard.area.as_ref();
        let day = self.snapshot.zone.day_of(self.entry.at);
        let (from, to) = guard.in_force;
        let now = from.is_none_or(|from| from <= day) && to.is_none_or(|to| day < to);
        now && here.is_none_or(|area| self.snapshot.regions.within(&self.entry.region, area))
    }

    fn guard(&mut self, guard: &'a Guard) {
        let (vars, holds) = self.asked(guard);
        match holds {
            Ok(true) => {}
            Ok(false) => self.broken(guard, &vars.vars),
            Err(error) => self.unanswered(guard, error, &vars.vars),
        }
    }

    /// Whether it holds, with what it was asked of; one that does not concern the entry holds.
    fn asked<'g>(&self, guard: &'g Guard) -> (Vars<'g>, Result<bool, EvalError>) {
        let vars = self.vars(&guard.looks);
        let ask = |expr: &lianfang_policy::Expr| match vars.failure(expr) {
            Some(error) => Err(error),
            None => expr.eval_bool(&self.env(&vars.vars)),
        };
        let holds = match guard.when.as_ref().map(ask) {
            Some(Ok(false)) => Ok(true),
            Some(Err(error)) => Err(error),
            Some(Ok(true)) | None => ask(&guard.require),
        };
        (vars, holds)
    }

    /// A guard that gives no answer lets nothing pass in silence.
    fn unanswered(&mut self, guard: &Guard, error: EvalError, vars: &[(&str, Datum)]) {
        if guard.severity == Severity::Flag || !self.is_act() {
            self.flag(guard, "guard_error".to_owned(), error.message, vars);
        } else {
            self.failed("guard_error", None, error);
        }
    }

    fn broken(&mut self, guard: &Guard, vars: &[(&str, Datum)]) {
        let overridden = self.may_override(guard);
        // What a look found stands in a file, of which a stranger is told nothing.
        let hidden = self.candidate.stranger && !guard.looks.is_empty();
        match guard.severity {
            Severity::Refuse if self.is_act() && !overridden && !hidden => {
                let hint = guard.hint.clone().unwrap_or_else(|| self.hint(guard));
                let mut problem = Problem::new(&guard.id, guard.refuse.clone(), hint).clause(guard.clause.clone());
                problem.offer = self.offered(guard, vars);
                self.out.refusals.push(problem);
            }
            Severity::Warn if !self.candidate.confirmed && !overridden => {
                let hint = Words::new("核实后勾选“仍要提交”", "Check it, then confirm to send it all the same");
                let hint = guard.hint.clone().unwrap_or(hint);
                let mut problem = Problem::new(&guard.id, guard.refuse.clone(), hint).clause(guard.clause.clone());
                problem.offer = self.offered(guard, vars).filter(|_| !hidden);
                self.out.warnings.push(problem);
            }
            Severity::Refuse | Severity::Warn | Severity::Flag => {
                self.flag(guard, guard.id.clone(), guard.refuse.clone(), vars);
            }
        }
    }

    /// What is offered instead, moments and days as they are sent. An offer that cannot be computed is left out: the
    /// refusal stands without it.
    fn offered(&self, guard: &Guard, vars: &[(&str, Datum)]) -> Option<Value> {
        let offer = guard.offer.as_ref()?;
        let Value::Array(mut items) = offer.list.eval(&self.env(vars)).ok()?.to_json() else {
            return None;
        };
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            for (name, value) in item.iter_mut() {
                let Some(n) = value.as_i64() else { continue };
                if offer.moments.contains(name) {
                    *value = Value::String(Instant(n).to_rfc3339());
                } else if offer.days.contains(name)
                    && let Ok(day) = i32::try_from(n)
                {
                    *value = Value::String(Day(day).to_string());
                }
            }
        }
        Some(Value::Array(items))
    }

    fn hint(&self, guard: &Guard) -> Words {
        match &guard.override_by {
            Some((role, needs)) => {
                let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
                let role = self.snapshot.model.roles.get(role).map(|role| role.title.clone());
                let role = role.unwrap_or_else(|| Words::same(""));
                Words::new(
                    format!("请先满足条件；{}可填写 {} 后放行", role.zh, needs.join("、")),
                    format!(
                        "Meet the condition first; {} may override it, giving {}",
                        role.en,
                        needs.join(", ")
                    ),
                )
            }
            None => Words::new("请先满足条件再提交", "Meet the condition first, then send it again"),
        }
    }

    fn may_override(&self, guard: &Guard) -> bool {
        let Some((role, needs)) = &guard.override_by else {
            return false;
        };
        let Some(reason) = self
            .candidate
            .overrides
            .get(&guard.id)
            .filter(|reason| !reason.trim().is_empty())
        else {
            return false;
        };
        let given = |field: &String| {
            let in_body = self.entry.body.get(field).is_some_and(|value| !value.is_null());
            in_body || (field == "reason" && !reason.is_empty())
        };
        self.has_role(role) && needs.iter().all(given)
    }

    /// Whether the author acts in that role.
    pub(super) fn has_role(&self, role: &str) -> bool {
        let author = &self.candidate.author;
        author.get("role").and_then(Datum::as_text) == Some(role)
            || author
                .get("roles")
                .is_some_and(|roles| roles.items().iter().any(|held| held.as_text() == Some(role)))
    }

    fn flag(&mut self, guard: &Guard, code: String, what: Words, vars: &[(&str, Datum)]) {
        let desk = guard.notify.as_ref().and_then(|desk| desk.eval(&self.env(vars)).ok());
        let input = PlanInput {
            history: self.history,
            others: self.facts,
            snapshot: self.snapshot,
            now: self.now,
            horizon: None,
        };
        let territory = || {
            let found = self
                .snapshot
                .orgs
                .territory(&self.snapshot.regions, &self.entry.region, self.now);
            found.map_or(Owner::Nobody, Owner::Org)
        };
        let desk = desk.map_or_else(territory, |desk| owner(&desk, &Planner::new(&input, 0), self.now));
        self.out.flags.push(Flag {
            code: code.clone(),
            what,
        });
        self.out.notify.push(Told { code, desk });
    }
}
