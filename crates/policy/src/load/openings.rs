//! Of which tasks the opening changes more than a clock tells: those are planned again when they open.

use crate::expr::Expr;
use crate::expr::node::Ask;
use crate::model::{EnrolSource, Protocol, Task};

/// Marks them.
pub(super) fn mark(protocol: &mut Protocol) {
    let asking: Vec<Expr> = protocol
        .conditions()
        .chain(protocol.tasks.iter().flat_map(Task::timed_by))
        .filter(|expr| expr.reads_engine())
        .cloned()
        .collect();
    // A set is planned again whenever a calendar changes.
    let is_set = matches!(protocol.enrol.source, EnrolSource::Set(_));
    for task in &mut protocol.tasks {
        let slides = |expr: &Expr| expr.reads_snapshot() || expr.reads_now() || expr.reads_engine();
        let owners = [&task.owner].into_iter().chain(&task.receipts);
        task.opening_matters = task.on_days.is_some() && !is_set
            || owners.into_iter().any(slides)
            || asking.iter().any(|expr| asks(expr, task));
    }
}

/// Whether the answer to what an expression asks changes when an occurrence of the task opens.
fn asks(expr: &Expr, task: &Task) -> bool {
    let about = |ask: Ask| expr.asked(ask).iter().any(|id| **id == *task.id);
    // Of a task without a last day all that was asked so far counts.
    about(Ask::Open) || task.days.is_none() && about(Ask::AllDone)
}
