//! What conditions may ask of a plan: whether tasks are done, as of any moment.

use crate::matching::{TaskPlan, Turn};
use lianfang_kernel::Instant;
use lianfang_policy::Engine;

/// The tasks of an enrolment as of a moment.
#[derive(Clone, Copy)]
pub(crate) struct EngineAt<'e, 'a> {
    /// The tasks planned so far.
    pub tasks: &'e [TaskPlan<'a>],
    /// As of when.
    pub at: Instant,
}

impl<'e, 'a> EngineAt<'e, 'a> {
    fn task(&self, id: &str) -> Option<&'e TaskPlan<'a>> {
        self.tasks.iter().find(|plan| plan.task.id == id)
    }

    fn turns(&self, id: &str) -> &'e [Turn<'a>] {
        self.task(id).map_or(&[], |plan| &plan.turns)
    }
}

impl Engine for EngineAt<'_, '_> {
    fn done(&self, task: &str) -> bool {
        self.turns(task).iter().any(|turn| turn.is_done(self.at))
    }

    fn all_done(&self, task: &str) -> bool {
        let Some(plan) = self.task(task) else { return false };
        let settled = |turn: &Turn<'_>| turn.is_void() || turn.is_complete(self.at) || turn.is_excused(self.at);
        // A task without last day never ends: there, all that was asked so far counts.
        let asked = |turn: &&Turn<'_>| plan.bounded || turn.opens <= self.at;
        plan.turns.iter().filter(asked).all(settled)
    }

    fn missed(&self, task: &str) -> bool {
        self.turns(task).iter().any(|turn| turn.is_missed(self.at))
    }

    fn attempts(&self, task: &str) -> i64 {
        let tried = self
            .task(task)
            .map_or(0, |plan| plan.attempts.partition_point(|at| *at <= self.at));
        i64::try_from(tried).unwrap_or(i64::MAX)
    }

    fn open(&self, task: &str) -> i64 {
        let open = self
            .turns(task)
            .iter()
            .filter(|turn| turn.is_outstanding(self.at))
            .count();
        i64::try_from(open).unwrap_or(i64::MAX)
    }

    fn time_of(&self, task: &str) -> Option<Instant> {
        let done = self.turns(task).iter().filter_map(|turn| turn.evidence.as_ref());
        done.filter(|evidence| evidence.seen <= self.at)
            .map(|evidence| evidence.time)
            .max()
    }
}
