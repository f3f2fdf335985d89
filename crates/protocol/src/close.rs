//! The end of planning an enrolment: what is ready, what is missing, where each occurrence stands.

use crate::course::{End, How};
use crate::edition;
use crate::plan::{Enrolment, Notice, NoticeKind, Occurrence, OccurrenceState, State};
use crate::planner::{Planned, Planner};
use crate::spell::{Opening, Spell, Start, start};
use crate::stage::Stage;
use lianfang_kernel::ids::{TaskId, task_id};
use lianfang_kernel::{Day, Instant, Words};
use lianfang_policy::model::{Protocol, Transition};
use std::collections::HashSet;

/// What earlier stretches of an enrolment left.
#[derive(Default)]
pub(crate) struct Past {
    /// Occurrences that were asked and came due.
    pub asked: HashSet<TaskId>,
    /// Those and the void ones, with the place of their task.
    pub kept: Vec<(usize, Occurrence)>,
    pub notices: Vec<Notice>,
    pub starts: Vec<Start>,
}

impl Past {
    /// Keeps what was settled or due before `until`.
    pub fn keep(&mut self, stage: Stage<'_>, until: Instant, now: Instant) {
        for plan in stage.tasks {
            for turn in plan.turns {
                let due = turn.miss.is_some_and(|miss| miss <= until);
                let settled = turn.evidence.as_ref().is_some_and(|evidence| evidence.seen < until)
                    || turn.excused.is_some_and(|(_, at)| at < until);
                if !(due || settled || turn.void) {
                    continue;
                }
                if !turn.void {
                    self.asked.insert(turn.id);
                }
                let state = turn.state(now, now, true);
                self.kept
                    .push((plan.index, occurrence(&plan.task.id, plan.owner, turn, state)));
            }
        }
    }
}

/// The enrolment as it stands at the end of its last stretch.
pub(crate) fn finish<'a>(
    spell: &Spell<'a>,
    mut stage: Stage<'a>,
    opening: usize,
    day_zero: Instant,
    end: Option<End>,
    mut past: Past,
) -> Planned {
    let planner = stage.planner;
    let id = stage.frame.enrolment;
    let version = stage.protocol.version;
    past.starts
        .extend(followed_by(&stage, end.as_ref(), &spell.openings[opening]));
    let active = end.is_none() && stage.begin <= planner.input.now;
    let (ready, missing) = if active {
        readiness(&mut stage)
    } else {
        (None, Vec::new())
    };
    if active {
        remind(&stage, spell.protocol, &mut past.notices);
    }
    let ends_on = if active { ends_on(&mut stage) } else { None };
    let occurrences = occurrences(stage, end.as_ref(), &mut past);
    let first = &spell.openings[0];
    let asked = if active {
        newer_edition(spell, planner, version, first)
    } else {
        None
    };
    let own_region = first.fact.map(|fact| &fact.region);
    let region = match (&spell.place, &end) {
        (Some(place), _) => place.clone(),
        (None, Some(end)) => planner.input.history.region_at(end.at, own_region, planner.model),
        (None, None) => planner.input.history.subject.region.clone(),
    };
    let state = end.map_or(State::Active, |end| State::Ended {
        outcome: end.outcome,
        at: end.at,
        by: end.by,
    });
    let enrolment = Enrolment {
        id,
        protocol: spell.protocol.to_owned(),
        version,
        subject: planner.input.history.subject.id,
        key: spell.key.clone(),
        opened_by: first.fact.map(|fact| fact.origin),
        parent: spell.parent,
        start: first.start,
        day_zero,
        region,
        state,
        occurrences,
        ready,
        missing,
        ends_on,
        asked,
    };
    Planned {
        enrolment,
        notices: past.notices,
        starts: past.starts,
    }
}

/// What a release starts.
fn followed_by(stage: &Stage<'_>, end: Option<&End>, opening: &Opening<'_>) -> Option<Start> {
    let End {
        how: How::Released(n),
        outcome,
        at,
        ..
    } = end?
    else {
        return None;
    };
    let protocol = stage.protocol.releases.get(*n)?.start.as_ref()?;
    let id = stage.frame.enrolment;
    Some(start(protocol, (id, task_id(id, "release", outcome)), *at, opening))
}

/// The newest edition in force that asks for a named decision on those enrolled under an older one.
fn newer_edition(spell: &Spell<'_>, planner: &Planner<'_>, version: u32, opening: &Opening<'_>) -> Option<u32> {
    let covering = edition::covering(spell.editions, &opening.region, planner.input.snapshot);
    let asks = |edition: &Protocol| {
        edition.version > version && edition.transition == Transition::Ask && edition::in_force(edition, planner.today)
    };
    covering
        .into_iter()
        .filter(|edition| asks(edition))
        .map(|edition| edition.version)
        .max()
}

fn occurrences(stage: Stage<'_>, end: Option<&End>, past: &mut Past) -> Vec<Occurrence> {
    let now = stage.planner.input.now;
    let at = end.map_or(now, |end| end.at);
    // What fell due in the very moment of a release was no longer owed.
    let released_at = end
        .filter(|end| !matches!(end.how, How::Escalated(_)))
        .map(|end| end.at);
    let mut plans = stage.tasks;
    plans.sort_by_key(|plan| plan.index);
    let mut placed: Vec<(usize, Occurrence)> = Vec::with_capacity(plans.iter().map(|plan| plan.turns.len()).sum());
    for plan in plans {
        for mut turn in plan.turns {
            if released_at.is_some() && turn.miss == released_at {
                turn.miss = None;
            }
            let state = turn.state(at, now, end.is_some());
            placed.push((plan.index, occurrence(&plan.task.id, plan.owner, turn, state)));
        }
    }
    if !past.kept.is_empty() {
        let planned: HashSet<TaskId> = placed.iter().map(|(_, occurrence)| occurrence.id).collect();
        placed.extend(
            past.kept
                .drain(..)
                .filter(|(_, occurrence)| !planned.contains(&occurrence.id)),
        );
        placed.sort_by(|(i, a), (j, b)| (i, a.opens_at, &a.label).cmp(&(j, b.opens_at, &b.label)));
        placed.dedup_by(|(_, later), (_, first)| later.id == first.id);
    }
    placed.into_iter().map(|(_, occurrence)| occurrence).collect()
}

fn occurrence(
    task: &str,
    owner: crate::plan::Owner,
    turn: crate::matching::Turn<'_>,
    state: OccurrenceState,
) -> Occurrence {
    Occurrence {
        id: turn.id,
        task: task.to_owned(),
        label: turn.label,
        about: turn.item.as_ref().and_then(|item| item.about),
        extra: turn.optional,
        owner: turn.owner.unwrap_or(owner),
        opens_at: turn.opens,
        due_at: turn.due,
        inclusive: turn.inclusive,
        state,
        attempts: turn.tried,
        receipts: turn.receipts,
        escalated: turn.escalated,
        waits: turn.waiting,
    }
}

/// The outcome that waits for a signature, or what is missing for the first one.
fn readiness(stage: &mut Stage<'_>) -> (Option<String>, Vec<Words>) {
    let (protocol, now) = (stage.protocol, stage.planner.input.now);
    for release in protocol.releases.iter().filter(|release| release.on.is_some()) {
        match stage.holds(&release.when, now) {
            Ok(true) => return (Some(release.outcome.clone()), Vec::new()),
            Ok(false) => {}
            Err(error) => stage.fault(&release.when, error),
        }
    }
    let mut missing = Vec::new();
    for part in protocol.releases.first().map_or(&[][..], |release| &release.parts) {
        if !stage.holds(&part.when, now).unwrap_or(false) {
            missing.push(part.missing.clone());
        }
    }
    (None, missing)
}

/// The longest observation that is looked for.
const MAX_DAYS: i64 = 400;

/// The first day on which every part of the release that reads only `days` holds.
fn ends_on(stage: &mut Stage<'_>) -> Option<Day> {
    let (protocol, now) = (stage.protocol, stage.planner.input.now);
    let mut latest = None;
    for part in protocol.releases.iter().take(1).flat_map(|release| &release.parts) {
        let look = |name: &str| protocol.looks.iter().any(|look| look.id == name);
        let plain = part.when.variables().all(|name| name != "now" && !look(name));
        if part.when.reads_engine() || !plain || !crate::condition::reads(&part.when, "days") {
            continue;
        }
        // Most observations are short: a month is asked first.
        let Some(bound) = [31, MAX_DAYS]
            .into_iter()
            .find(|n| stage.scope.holds_on_day(&part.when, *n, now))
        else {
            continue;
        };
        let (mut low, mut high) = (-1, bound);
        while high - low > 1 {
            let middle = (low + high).div_euclid(2);
            if stage.scope.holds_on_day(&part.when, middle, now) {
                high = middle;
            } else {
                low = middle;
            }
        }
        latest = latest.max(Some(high));
    }
    latest.map(|n| stage.scope.zero_day().plus(n))
}

/// Reminders that fell due while an occurrence was open.
fn remind(stage: &Stage<'_>, protocol: &str, notices: &mut Vec<Notice>) {
    let now = stage.planner.input.now;
    for plan in stage.tasks.iter().filter(|plan| !plan.task.remind_ms.is_empty()) {
        for turn in &plan.turns {
            for (n, ms) in plan.task.remind_ms.iter().enumerate() {
                let at = turn.opens.plus_ms(*ms);
                if !turn.is_outstanding(at) || turn.is_missed(at) {
                    continue;
                }
                if at > now {
                    stage.planner.changes_at(at);
                    continue;
                }
                notices.push(Notice {
                    id: task_id(
                        stage.frame.enrolment,
                        &format!("reminder-{}", n + 1),
                        &turn.id.to_string(),
                    ),
                    kind: NoticeKind::Reminder,
                    enrolment: stage.frame.enrolment,
                    protocol: protocol.to_owned(),
                    occurrence: Some(turn.id),
                    task: Some(plan.task.id.clone()),
                    desk: turn.owner.unwrap_or(plan.owner),
                    at,
                });
            }
        }
    }
}
