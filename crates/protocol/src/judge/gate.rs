//! Entries that answer a plan: a release is refused until its condition holds, an excuse and a receipt name what they
//! answer.

use super::Case;
use crate::facts::History;
use crate::plan::{Enrolment, Plan, PlanInput, State, plan};
use lianfang_kernel::ids::TaskId;
use lianfang_kernel::{Act, Instant, Problem, Words};
use lianfang_policy::model::Protocol;
use std::sync::Arc;

impl Case<'_> {
    /// Asks the plan, where the register answers one.
    pub(super) fn gate(&mut self) {
        if !matches!(self.candidate.entry.act, Act::New | Act::Correct) {
            return;
        }
        match self.candidate.register.schema.id.as_str() {
            "excuse" => self.excuse(),
            "receipt" => self.receipt(),
            register => {
                let model = Arc::clone(&self.snapshot.model);
                let gated: Vec<&Arc<Protocol>> = model
                    .protocols
                    .iter()
                    .filter(|edition| signs(edition, register))
                    .collect();
                if !gated.is_empty() {
                    self.release(&gated);
                }
            }
        }
    }

    /// A release counts from its own moment, but never by what has not happened yet.
    fn release(&mut self, gated: &[&Arc<Protocol>]) {
        let at = self.entry.at.min(self.now);
        let plan = self.plan_at(at);
        let register = self.entry.register.as_str();
        let governs = |enrolment: &Enrolment| {
            gated
                .iter()
                .find(|edition| edition.id == enrolment.protocol && edition.version == enrolment.version)
                .copied()
        };
        let active: Vec<(&Enrolment, &Arc<Protocol>)> = plan
            .enrolments
            .iter()
            .filter(|enrolment| enrolment.state == State::Active)
            .filter_map(|enrolment| Some((enrolment, governs(enrolment)?)))
            .collect();
        if active.is_empty() {
            let what = Words::new(
                "该对象没有在管的规程可以解除",
                "There is no active protocol to release it from",
            );
            let hint = Words::new(
                "请核对对象和时间；已解除的不必再解除",
                "Check the subject and the time; what was released needs no second release",
            );
            self.refuse_or_flag(Problem::new("not_enrolled", what, hint));
            return;
        }
        if active
            .iter()
            .any(|(enrolment, edition)| is_ready(enrolment, edition, register))
        {
            return;
        }
        let titles = |pick: fn(&Words) -> &String, between: &str| {
            active
                .iter()
                .map(|(_, edition)| pick(&edition.title).as_str())
                .collect::<Vec<_>>()
                .join(between)
        };
        let what = Words::new(
            format!("尚不满足解除条件：{}", titles(|words| &words.zh, "、")),
            format!("Not to be released yet: {}", titles(|words| &words.en, ", ")),
        );
        let missing: Vec<&Words> = active.iter().flat_map(|(enrolment, _)| &enrolment.missing).collect();
        let join = |pick: fn(&Words) -> &String, between: &str| {
            missing
                .iter()
                .map(|words| pick(words).as_str())
                .collect::<Vec<_>>()
                .join(between)
        };
        let hint = Words::new(
            format!("还缺：{}", join(|words| &words.zh, "；")),
            format!("Missing: {}", join(|words| &words.en, "; ")),
        );
        let clause = active.iter().find_map(|(_, edition)| edition.clause.clone());
        self.refuse_or_flag(Problem::new("not_releasable", what, hint).clause(clause));
    }

    fn excuse(&mut self) {
        let plan = self.plan_at(self.now);
        let Some(named) = self.named_task() else {
            return self.no_such_task();
        };
        let found = plan.enrolments.iter().find_map(|enrolment| {
            let occurrence = enrolment.occurrences.iter().find(|occurrence| occurrence.id == named)?;
            let edition = self.snapshot.model.edition(&enrolment.protocol, enrolment.version)?;
            edition.tasks.iter().find(|task| task.id == occurrence.task)
        });
        let Some(task) = found else { return self.no_such_task() };
        let (role, title) = (task.excuse.clone(), task.title.clone());
        if role.as_deref().is_some_and(|role| self.has_role(role)) {
            return;
        }
        let what = Words::new(
            format!("“{}”不能由您免除", title.zh),
            format!("“{}” cannot be excused by you", title.en),
        );
        let hint = match role
            .and_then(|role| self.snapshot.model.roles.get(&role))
            .map(|role| &role.title)
        {
            Some(role) => Words::new(format!("请由{}办理", role.zh), format!("Ask {}", role.en)),
            None => Words::new("该任务不得免除，只能完成", "This task cannot be excused, only done"),
        };
        self.refuse_or_flag(Problem::new("may_not_excuse", what, hint).at("task"));
    }

    fn receipt(&mut self) {
        let plan = self.plan_at(self.now);
        let Some(named) = self.named_task() else {
            return self.no_such_task();
        };
        let asked = plan
            .enrolments
            .iter()
            .flat_map(|enrolment| &enrolment.occurrences)
            .any(|occurrence| {
                occurrence
                    .receipts
                    .iter()
                    .any(|receipt| receipt.task == named || occurrence.id == named)
            });
        if !asked {
            self.no_such_task();
        }
    }

    fn named_task(&self) -> Option<TaskId> {
        self.entry.body.get("task")?.as_str()?.parse().ok()
    }

    fn no_such_task(&mut self) {
        let what = Words::new("没有这项任务", "There is no such task");
        let hint = Words::new("请从任务清单中选取", "Choose it from the list of tasks");
        self.refuse_or_flag(Problem::new("no_such_task", what, hint).at("task"));
    }

    /// The plan at `at` without the row in hand.
    fn plan_at(&self, at: Instant) -> Plan {
        let without: History;
        let history = match (self.candidate.entry.act, self.candidate.prior) {
            (Act::Correct, Some(prior)) => {
                without = self.history.without(prior.origin);
                &without
            }
            _ => self.history,
        };
        plan(&PlanInput {
            history,
            others: self.facts,
            snapshot: self.snapshot,
            now: at,
            horizon: Some(at),
        })
    }
}

fn signs(edition: &Protocol, register: &str) -> bool {
    edition
        .releases
        .iter()
        .any(|release| release.on.as_deref() == Some(register))
}

fn is_ready(enrolment: &Enrolment, edition: &Protocol, register: &str) -> bool {
    let Some(ready) = &enrolment.ready else { return false };
    edition
        .releases
        .iter()
        .any(|release| &release.outcome == ready && release.on.as_deref() == Some(register))
}
