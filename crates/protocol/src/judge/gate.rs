//! Entries that answer a plan: a release is refused until its condition holds; an excuse, a receipt and the passing on of
//! a task name what they answer.

use super::Case;
use crate::facts::{Fact, History};
use crate::passing_on::{PASSING_ON, above};
use crate::plan::{Enrolment, Occurrence, OccurrenceState, Owner, Plan, PlanInput, State, plan};
use lianfang_kernel::ids::{SubjectId, TaskId};
use lianfang_kernel::{Act, Instant, Problem, RegionId, Words};
use lianfang_policy::model::Protocol;
use serde_json::Value;
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
            PASSING_ON => self.passing_on(),
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

    /// A task is passed on by who owns it, while it is owed, to an organisation that can do it there.
    fn passing_on(&mut self) {
        let plan = self.plan_at(self.now);
        let Some(named) = self.named_task() else {
            return self.no_such_task();
        };
        let found = plan.enrolments.iter().find_map(|enrolment| {
            let occurrence = enrolment.occurrences.iter().find(|occurrence| occurrence.id == named)?;
            Some((&enrolment.region, occurrence))
        });
        let Some((region, occurrence)) = found else {
            return self.no_such_task();
        };
        let problem =
            self.not_passed_by(occurrence)
                .or_else(|| match self.entry.body.get("to").and_then(Value::as_str) {
                    Some(to) => self.not_passed_to(to, occurrence.owner, region),
                    None => self.not_returned(named, occurrence.owner),
                });
        if let Some(problem) = problem {
            self.refuse_or_flag(problem);
        }
    }

    fn not_passed_by(&self, occurrence: &Occurrence) -> Option<Problem> {
        use OccurrenceState::{Missed, Open, Upcoming};
        if !matches!(occurrence.state, Upcoming | Open | Missed) {
            let what = Words::new("该任务已了结", "The task is settled");
            let hint = Words::new("已办的任务不必转交", "What is done need not be passed on");
            return Some(Problem::new("task_settled", what, hint).at("task"));
        }
        let own = self.entry.org.map(Owner::Org);
        let is_owner = own.is_some_and(|own| own == occurrence.owner);
        (!is_owner).then(|| {
            let what = Words::new("该任务不由您单位承办", "The task is not your organisation's");
            let hint = Words::new(
                "只有承办单位可以转交或退回",
                "Only who owns a task passes it on or returns it",
            );
            Problem::new("not_your_task", what, hint).at("task")
        })
    }

    fn not_returned(&self, task: TaskId, owner: Owner) -> Option<Problem> {
        let is_of_task = |fact: &&Fact| {
            fact.entry.register == PASSING_ON && fact.text("task").and_then(|id| id.parse().ok()) == Some(task)
        };
        let has_giver = self
            .history
            .facts
            .iter()
            .filter(is_of_task)
            .any(|fact| fact.text("to").is_some());
        (!has_giver && above(owner, self.now, self.snapshot) == owner).then(|| {
            let what = Words::new("上面没有可退回的单位", "There is nobody above to return it to");
            let hint = Words::new("请转交其他单位", "Pass it on to another organisation");
            Problem::new("nobody_above", what, hint)
        })
    }

    fn not_passed_to(&self, to: &str, owner: Owner, region: &RegionId) -> Option<Problem> {
        let receiver = to.parse().ok().and_then(|id| self.snapshot.orgs.get(SubjectId(id)));
        let regions = &self.snapshot.regions;
        let can_do = receiver.is_some_and(|org| {
            Owner::Org(org.id) != owner && (regions.within(region, &org.region) || regions.within(&org.region, region))
        });
        (!can_do).then(|| {
            let what = Words::new("不能转交该单位", "It cannot be passed on to that organisation");
            let hint = Words::new(
                "请选择负责该地的另一单位",
                "Choose another organisation that is responsible for that place",
            );
            Problem::new("wrong_receiver", what, hint).at("to")
        })
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
