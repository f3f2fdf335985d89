//! The drills in sight, and one of them.

use super::played::{Found, Script, Written, dues, gaps, scripts, tasks, unknown, written};
use super::{ANSWER, CHECK, FIX, REVIEW, SCRIPT};
use crate::Answer;
use crate::read_all::text;
use crate::visit::{Desk, civil, clock, shown};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::read::TaskItem;
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState};
use lianfang_ui::paths;
use lianfang_ui::views::drills::{Act, Drill, Drills, Gap, GapState, Inject, InjectState, Line, Review, render};
use serde_json::Value;

pub(super) async fn list(State(state): State<AppState>, desk: Desk) -> Answer {
    must_take_part(&desk)?;
    let tasks = tasks(&state, &desk).await?;
    let scripts = scripts(&state, &desk, &tasks).await?;
    let written = written(&state, &desk, None).await?;
    let (snapshot, at) = (state.ledger.snapshot(), desk.at(&state));
    let line = |script: &Script| {
        let come = script.injects.iter().filter(|inject| inject.at <= at);
        let answered = |number: i64| written.numbered(ANSWER, script.id, number).is_some();
        let next = script.injects.iter().find(|inject| inject.at > at);
        let review = written.of(REVIEW, script.id).first();
        let open = |gap: &Found| !is_passed(&written, script.id, gap.number);
        Line {
            id: script.id.to_string(),
            name: script.name.clone(),
            scenario: script.scenario.clone(),
            answered: (
                come.clone().filter(|inject| answered(inject.number)).count(),
                come.count(),
            ),
            next: next.map(|inject| clock(&snapshot.zone, inject.at, at)),
            reviewed: review.map(|review| gaps(&snapshot.zone, review).iter().filter(|gap| open(gap)).count()),
        }
    };
    let view = Drills::List(scripts.iter().map(line).collect(), desk.staff.writes(SCRIPT));
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn one(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    draw(&state, &desk, &id, Wrong::default()).await
}

fn must_take_part(desk: &Desk) -> Result<(), ApiError> {
    match desk.staff.writes(SCRIPT) {
        true => Ok(()),
        false => desk.staff.must_write(ANSWER),
    }
}

/// What was sent and refused.
#[derive(Default)]
pub(super) struct Wrong {
    /// At `inject` or `gap` of a number: what was typed, and why it was refused.
    pub at: Option<(&'static str, i64, Act)>,
    /// The review as it was sent.
    pub review: Option<Review>,
}

impl Wrong {
    fn act(&self, state: &AppState, kind: &str, number: i64) -> Act {
        match &self.at {
            Some((of, n, act)) if *of == kind && *n == number => act.clone(),
            _ => Act {
                entry: state.ledger.new_id().to_string(),
                ..Act::default()
            },
        }
    }
}

/// Whether somebody has checked that a gap is put right.
fn is_passed(written: &Written, drill: SubjectId, number: i64) -> bool {
    let check = written.numbered(CHECK, drill, number);
    check
        .and_then(|item| item.body.get("passed")?.as_bool())
        .unwrap_or(false)
}

/// One drill, with what was refused.
pub(super) async fn draw(state: &AppState, desk: &Desk, id: &str, wrong: Wrong) -> Answer {
    must_take_part(desk)?;
    let id: SubjectId = id.parse().map_err(|_| unknown())?;
    let tasks = tasks(state, desk).await?;
    let mut scripts = scripts(state, desk, &tasks).await?;
    let index = scripts.iter().position(|script| script.id == id).ok_or_else(unknown)?;
    let script = scripts.swap_remove(index);
    let written = written(state, desk, Some(id)).await?;
    let has_wrong = wrong.at.is_some() || wrong.review.is_some();
    let sheet = Sheet {
        state,
        desk,
        snapshot: &state.ledger.snapshot(),
        at: desk.at(state),
        script: &script,
        written: &written,
        wrong: &wrong,
    };
    let review = match (written.of(REVIEW, id).first(), desk.staff.writes(REVIEW)) {
        (Some(review), _) => Review::Done(text(review, "summary").to_owned()),
        (None, true) => match &wrong.review {
            Some(review) => review.clone(),
            None => super::write::blank(state, desk, &sheet.missed(&tasks))?,
        },
        (None, false) => Review::None,
    };
    let drill = Drill {
        id: id.to_string(),
        injects: sheet.injects(&tasks),
        review,
        gaps: sheet.gaps(),
        name: script.name.clone(),
        scenario: script.scenario.clone(),
    };
    let status = match has_wrong {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let desk = desk.clone().at_path(&paths::drill(&id.to_string()));
    Ok((status, render(&Drills::One(Box::new(drill)), &desk.ctx(state))).into_response())
}

/// What one drill is drawn from.
struct Sheet<'a> {
    state: &'a AppState,
    desk: &'a Desk,
    snapshot: &'a Snapshot,
    at: Instant,
    script: &'a Script,
    written: &'a Written,
    wrong: &'a Wrong,
}

impl Sheet<'_> {
    fn org(&self, id: Option<SubjectId>) -> String {
        let org = id.and_then(|id| self.snapshot.orgs.get(id));
        org.map_or_else(String::new, |org| org.name.get(self.desk.visit.lang).to_owned())
    }

    fn is_own(&self, owner: Option<SubjectId>) -> bool {
        owner.is_some() && owner == self.desk.staff.login.org
    }

    fn injects(&self, tasks: &[TaskItem]) -> Vec<Inject> {
        let (zone, dues) = (&self.snapshot.zone, dues(tasks));
        let inject = |played: &super::played::Played| {
            let due = dues.get(&(self.script.id, played.owner, played.at)).copied();
            let due = due.unwrap_or(played.at);
            let answer = self.written.numbered(ANSWER, self.script.id, played.number);
            let state = match answer {
                Some(answer) => {
                    let action = text(answer, "action").to_owned();
                    InjectState::Answered(civil(zone, answer.at), action, answer.at > due)
                }
                None if played.at > self.at => InjectState::Upcoming(clock(zone, played.at, self.at)),
                None if due < self.at => InjectState::Missed,
                None => InjectState::Open(clock(zone, due, self.at)),
            };
            let answers = self.is_own(played.owner) && self.desk.staff.writes(ANSWER);
            let is_open = matches!(state, InjectState::Open(_) | InjectState::Missed);
            Inject {
                number: played.number,
                at: civil(zone, played.at),
                what: played.what.clone(),
                owner: self.org(played.owner),
                answering: (answers && is_open).then(|| self.wrong.act(self.state, "inject", played.number)),
                state,
            }
        };
        self.script.injects.iter().map(inject).collect()
    }

    /// What nobody answered in time: number, what happens, who should have.
    fn missed(&self, tasks: &[TaskItem]) -> Vec<(i64, String, String)> {
        let missed = self.injects(tasks).into_iter();
        let missed = missed.filter(|inject| matches!(inject.state, InjectState::Missed));
        missed
            .map(|inject| (inject.number, inject.what, inject.owner))
            .collect()
    }

    fn gaps(&self) -> Vec<Gap> {
        let Some(review) = self.written.of(REVIEW, self.script.id).first() else {
            return Vec::new();
        };
        let (id, staff) = (self.script.id, &self.desk.staff);
        let gap = |found: Found| {
            let fixed = self.written.numbered(FIX, id, found.number);
            let measure = fixed.map(|item| text(item, "measure").to_owned());
            let state = match measure {
                Some(measure) if is_passed(self.written, id, found.number) => GapState::Passed(measure),
                Some(measure) => GapState::Fixed(measure),
                None => GapState::Open(clock(&self.snapshot.zone, found.due.unwrap_or(self.at), self.at)),
            };
            let acts = match state {
                GapState::Open(_) => self.is_own(found.owner) && staff.writes(FIX),
                GapState::Fixed(_) => staff.writes(CHECK),
                GapState::Passed(_) => false,
            };
            Gap {
                number: found.number,
                owner: self.org(found.owner),
                what: found.what,
                act: acts.then(|| self.wrong.act(self.state, "gap", found.number)),
                state,
            }
        };
        gaps(&self.snapshot.zone, review).into_iter().map(gap).collect()
    }
}

/// A number as a form sent it.
pub(super) fn numbered(text: &str) -> Value {
    text.parse::<i64>().map_or_else(|_| Value::from(text), Value::from)
}
