//! One enrolment from its opening to its end.
//!
//! It runs in stretches: another enrolling entry begins anew, a new last exposure moves day 0, an edition that moves
//! those enrolled takes over. What was due before a stretch ends stays as it stood; what was still to come is planned
//! again by the next.

use crate::close::{Past, finish};
use crate::condition::Scope;
use crate::course::Fire;
use crate::facts::Fact;
use crate::names::enrolment_id;
use crate::plan::{Notice, NoticeKind};
use crate::planner::{Planned, Planner};
use crate::schedule::Frame;
use crate::stage::Stage;
use lianfang_kernel::ids::{EnrolmentId, TaskId, task_id};
use lianfang_kernel::{Datum, Day, Instant, RegionId, Words};
use lianfang_policy::EvalError;
use lianfang_policy::model::{Protocol, Transition};
use std::sync::Arc;

/// What opens an enrolment or begins it anew.
#[derive(Clone, Debug)]
pub(crate) struct Opening<'a> {
    pub edition: &'a Arc<Protocol>,
    /// The record that conditions call `entry`.
    pub entry: Datum,
    /// The item of `each`.
    pub item: Datum,
    /// The enrolling fact; none for a set or a start by another protocol.
    pub fact: Option<&'a Fact>,
    pub start: Instant,
    /// When it reached the server.
    pub known: Instant,
    pub region: RegionId,
}

/// An edition of a live set and the days it governs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run<'a> {
    pub edition: &'a Arc<Protocol>,
    pub first: Day,
    pub last: Day,
}

/// An enrolment to be planned.
pub(crate) struct Spell<'a> {
    pub protocol: &'a str,
    pub editions: &'a [Arc<Protocol>],
    pub key: String,
    pub parent: Option<(EnrolmentId, TaskId)>,
    /// Ordered by (start, id); never empty.
    pub openings: Vec<Opening<'a>>,
    /// Of a live set: its editions by day.
    pub runs: Vec<Run<'a>>,
    /// Of a live set: when it ends, and how.
    pub ground: Option<(Instant, &'static str)>,
    /// Where it counts, whoever moves: the place at the moment a set was frozen.
    pub place: Option<RegionId>,
}

/// A protocol that another one starts.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    pub protocol: String,
    pub key: String,
    pub at: Instant,
    pub parent: (EnrolmentId, TaskId),
    pub region: RegionId,
    pub entry: Datum,
    pub item: Datum,
}

/// A stretch to be planned.
#[derive(Clone, Copy)]
struct Epoch<'a> {
    opening: usize,
    run: usize,
    edition: &'a Arc<Protocol>,
    begin: Instant,
    known: Instant,
}

impl<'a> Spell<'a> {
    /// Plans it.
    pub fn run(&self, planner: &'a Planner<'a>) -> Planned {
        let id = enrolment_id(self.protocol, planner.input.history.subject.id, &self.key);
        let now = planner.input.now;
        let mut past = Past::default();
        let mut epoch = self.first(planner);
        loop {
            let (stage, day_zero, next) = self.stage(planner, id, &epoch, &past);
            let mut stage = stage;
            let last = next.as_ref().map_or(now, |next| now.min(next.begin.plus_ms(-1)));
            let ground = self.ground(planner, id, &epoch);
            let (end, fires) = stage.course(last, ground);
            match (end, next) {
                (None, Some(next)) if next.begin <= now => {
                    self.emit(&mut stage, &epoch, &fires, &mut past);
                    past.keep(stage, next.begin, now);
                    epoch = next;
                }
                (end, next) => {
                    if end.is_none() {
                        let moments = next.map(|next| next.begin).into_iter().chain(ground.map(|(at, _)| at));
                        moments.for_each(|at| planner.changes_at(at));
                        planner.changes_at(epoch.begin);
                        stage.tell_changes();
                    }
                    self.emit(&mut stage, &epoch, &fires, &mut past);
                    return finish(self, stage, epoch.opening, day_zero, end, past);
                }
            }
        }
    }

    fn first(&self, planner: &Planner<'a>) -> Epoch<'a> {
        let opening = &self.openings[0];
        let mut epoch = Epoch {
            opening: 0,
            run: 0,
            edition: opening.edition,
            begin: opening.start,
            known: opening.known,
        };
        if let Some(run) = self.runs.first() {
            epoch.edition = run.edition;
            epoch.begin = opening.start.max(planner.input.snapshot.zone.start_of(run.first));
        } else {
            epoch.edition = self.moved(planner, epoch.edition, opening.start);
        }
        epoch
    }

    fn stage(
        &self,
        planner: &'a Planner<'a>,
        id: EnrolmentId,
        epoch: &Epoch<'a>,
        past: &Past,
    ) -> (Stage<'a>, Instant, Option<Epoch<'a>>) {
        let opening = &self.openings[epoch.opening];
        let region = opening.region.clone();
        let looks = &epoch.edition.looks;
        let mut scope = Scope::new(planner, &opening.entry, &opening.item, opening.start, region, looks);
        let day_zero = day_zero(planner, id, epoch.edition, opening.start, &mut scope, epoch.begin);
        let next = self.next(planner, id, epoch, &mut scope, day_zero);
        scope.set_day_zero(day_zero);
        let run = self.runs.get(epoch.run).map(|run| (run.first, run.last));
        // What ends by itself lays out no day after its end, however long ago that is.
        let ends = |(end, _): (Instant, &str)| (planner.day_of(opening.start), planner.day_of(end));
        let clip = run.or_else(|| self.ground.map(ends));
        let frame = Frame {
            enrolment: id,
            start: opening.start,
            clip,
        };
        let span = (epoch.begin, epoch.known);
        (
            Stage::build(planner, epoch.edition, frame, scope, span, |turn| {
                past.asked.contains(&turn)
            }),
            day_zero,
            next,
        )
    }

    /// The next stretch: the least of another opening, a moved day 0, an edition that takes over.
    fn next(
        &self,
        planner: &'a Planner<'a>,
        id: EnrolmentId,
        epoch: &Epoch<'a>,
        scope: &mut Scope<'a>,
        zero: Instant,
    ) -> Option<Epoch<'a>> {
        let zone = &planner.input.snapshot.zone;
        if !self.runs.is_empty() {
            let run = self.runs.get(epoch.run + 1)?;
            let begin = zone.start_of(run.first).max(epoch.begin);
            return Some(Epoch {
                run: epoch.run + 1,
                edition: run.edition,
                begin,
                known: begin,
                ..*epoch
            });
        }
        let mut nexts = Vec::new();
        if let Some(opening) = self.openings.get(epoch.opening + 1) {
            let edition = self.moved(planner, opening.edition, opening.start);
            let (begin, known) = (opening.start, opening.known);
            nexts.push(Epoch {
                opening: epoch.opening + 1,
                run: 0,
                edition,
                begin,
                known,
            });
        }
        let opening = &self.openings[epoch.opening];
        if let Some(begin) = self.next_edition(planner, epoch.edition, epoch.begin) {
            let edition = self.moved(planner, epoch.edition, begin);
            nexts.push(Epoch {
                edition,
                begin,
                known: begin,
                ..*epoch
            });
        }
        if let Some(expr) = &epoch.edition.day_zero {
            let until = nexts
                .iter()
                .map(|next| next.begin)
                .min()
                .unwrap_or(Instant::MAX)
                .min(planner.input.now);
            let mut moments = scope.look_moments(expr, epoch.begin, until);
            moments.sort();
            let start = opening.start;
            let moved = moments
                .into_iter()
                .find(|at| day_zero(planner, id, epoch.edition, start, scope, *at) != zero);
            if let Some(begin) = moved {
                let known = scope.look_known(expr, begin).unwrap_or(begin);
                nexts.push(Epoch { begin, known, ..*epoch });
            }
        }
        nexts.into_iter().min_by_key(|next| next.begin)
    }

    /// When the next edition that moves those enrolled takes over.
    fn next_edition(&self, planner: &Planner<'a>, edition: &Protocol, after: Instant) -> Option<Instant> {
        let begins = self.successors(planner, edition).map(|(begin, _)| begin);
        begins.filter(|begin| *begin > after).min()
    }

    /// The edition that governs at `at`, given the one it began under.
    fn moved(&self, planner: &Planner<'a>, edition: &'a Arc<Protocol>, at: Instant) -> &'a Arc<Protocol> {
        let begun = self.successors(planner, edition).filter(|(begin, _)| *begin <= at);
        begun
            .max_by_key(|(begin, edition)| (*begin, edition.version))
            .map_or(edition, |(_, edition)| edition)
    }

    fn successors<'s>(
        &'s self,
        planner: &'s Planner<'a>,
        edition: &'s Protocol,
    ) -> impl Iterator<Item = (Instant, &'a Arc<Protocol>)> + use<'s, 'a> {
        let newer = self.editions.iter().filter(move |other| {
            other.version > edition.version && other.transition == Transition::Move && other.area == edition.area
        });
        newer.filter_map(move |other| Some((planner.input.snapshot.zone.start_of(other.from?), other)))
    }

    /// What a restriction stands on: its own end and that of the order it cites. Without an order there is none.
    fn ground(&self, planner: &Planner<'a>, id: EnrolmentId, epoch: &Epoch<'a>) -> Option<(Instant, &'static str)> {
        if let Some((at, outcome)) = self.ground {
            return Some((at, outcome));
        }
        if !epoch.edition.restricts {
            return None;
        }
        let entry = &self.openings[epoch.opening].entry;
        let own = entry.get("to").and_then(Datum::as_int).map_or(Instant::MAX, Instant);
        let ordered = match planner.input.snapshot.cited_until(entry) {
            Some(until) => until,
            None => {
                let message = Words::new(
                    "没有找到所依据的有效命令，限制不成立",
                    "the order it stands on is not known, so nothing is restricted",
                );
                planner.fault(
                    self.protocol,
                    Some(id),
                    "cites",
                    EvalError {
                        code: "order_unknown",
                        message,
                    },
                );
                Instant::MIN
            }
        };
        let until = own.min(ordered);
        (until < Instant::MAX).then_some((until.max(epoch.begin), "order_ended"))
    }

    /// Turns escalations into notices and starts.
    fn emit(&self, stage: &mut Stage<'a>, epoch: &Epoch<'a>, fires: &[Fire], past: &mut Past) {
        let id = stage.frame.enrolment;
        let opening = &self.openings[epoch.opening];
        for fire in fires {
            let rule = &stage.protocol.escalations[fire.escalation];
            let turn = fire.turn.map(|(task, turn)| {
                let plan = &stage.tasks[task];
                (plan.turns[turn].id, plan.task.id.clone())
            });
            let n = (fire.escalation + 1).to_string();
            let occurrence = turn
                .as_ref()
                .map_or_else(|| task_id(id, "escalation", &n), |(turn, _)| *turn);
            if let Some(to) = &rule.to {
                let desk = stage.desk(to, fire.at);
                past.notices.push(Notice {
                    id: task_id(id, &format!("notice-{n}"), &occurrence.to_string()),
                    kind: NoticeKind::Escalation,
                    enrolment: id,
                    protocol: self.protocol.to_owned(),
                    occurrence: turn.as_ref().map(|(turn, _)| *turn),
                    task: turn.as_ref().map(|(_, task)| task.clone()),
                    desk,
                    at: fire.at,
                });
            }
            if let Some(protocol) = &rule.start {
                past.starts.push(start(protocol, (id, occurrence), fire.at, opening));
            }
        }
    }
}

/// A start of `protocol` by an enrolment.
pub(crate) fn start(protocol: &str, parent: (EnrolmentId, TaskId), at: Instant, opening: &Opening<'_>) -> Start {
    Start {
        protocol: protocol.to_owned(),
        key: parent.1.to_string(),
        at,
        parent,
        region: opening.region.clone(),
        entry: opening.entry.clone(),
        item: opening.item.clone(),
    }
}

/// The moment of day 0 as of `at`; the start where nothing is known.
fn day_zero(
    planner: &Planner<'_>,
    id: EnrolmentId,
    edition: &Protocol,
    start: Instant,
    scope: &mut Scope<'_>,
    at: Instant,
) -> Instant {
    let Some(expr) = &edition.day_zero else { return start };
    match scope.eval(expr, at, None) {
        Ok(value) => value.as_int().map_or(start, Instant),
        Err(error) => {
            planner.fault(&edition.id, Some(id), expr.source(), error);
            start
        }
    }
}
