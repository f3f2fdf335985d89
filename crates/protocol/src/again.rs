//! Duties that come again so many days after they were last done.
//!
//! Done on D, due through D+N, overdue from D+N+1. One that was not done is missed once, and the next is due N days
//! after it was: a duty that rests for a month is missed as often as it came round.

use crate::matching::{Candidate, Matching, TaskPlan, Turn, best};
use crate::names::Names;
use lianfang_kernel::{Day, Instant};

/// Occurrences of one duty at most: a daily one for ten years.
const MOST: usize = 3_660;

impl<'a> Matching<'_, 'a> {
    /// From the first occurrence and the entries to all of them.
    pub fn again(
        &self,
        plan: &mut TaskPlan<'a>,
        days: i64,
        candidates: &[Candidate<'a>],
        may: impl Fn(&Candidate<'a>) -> bool,
    ) {
        let Some(first) = plan.turns.pop().filter(|first| !first.waiting) else {
            return;
        };
        let zone = &self.planner.input.snapshot.zone;
        let names = Names::of(self.enrolment);
        let ending = first.label.get(10..).unwrap_or_default().to_owned();
        let mut rest = candidates.iter().filter(|candidate| may(candidate)).peekable();
        let (mut opens, mut anchor) = (first.opens, self.scope.zero_day());
        let mut turns: Vec<Turn<'a>> = Vec::new();
        while turns.len() < MOST {
            let due = zone.start_of(anchor.plus(days + 1));
            let label = label(&turns, anchor, &ending);
            let id = names.task(&plan.task.id, &label);
            let mut turn = Turn::new(id, label, (opens, due), due, false);
            while rest.next_if(|candidate| candidate.time < opens).is_some() {}
            if let Some(candidate) = rest.next_if(|candidate| candidate.time < due) {
                (opens, anchor) = (candidate.time.plus_ms(1), self.planner.day_of(candidate.time));
                turn.evidence = best(&turn, std::iter::once(candidate));
            } else {
                (opens, anchor) = (due, anchor.plus(days));
            }
            let goes_on = turn.evidence.is_some() || due <= self.planner.input.now;
            turns.push(turn);
            if !goes_on || opens >= Instant::MAX {
                break;
            }
        }
        plan.turns = turns;
    }
}

/// The day it is counted from; of several counted from one day their number.
fn label(turns: &[Turn<'_>], anchor: Day, ending: &str) -> String {
    let day = anchor.to_string();
    let before = turns
        .iter()
        .rev()
        .take_while(|turn| turn.label.starts_with(&day))
        .count();
    match before {
        0 => format!("{day}{ending}"),
        n => format!("{day}#{}{ending}", n + 1),
    }
}
