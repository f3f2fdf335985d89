//! Plans after entries and after time: what changed is written, what stayed is left alone.

use crate::LedgerError;
use crate::batch::{Batch, Cell, StoredEnrolment, SubjectState, side_by_side};
use crate::deltas;
use crate::embargo;
use crate::planned_task::{PlannedTask, owner_id, state_at};
use lianfang_db::Value;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::{EntryId, SubjectId, TaskId};
use lianfang_policy::Snapshot;
use lianfang_protocol::{Enrolment, NoticeKind, Plan, PlanInput, State, plan};
use std::collections::HashSet;
use uuid::Uuid;

/// Days of a standing duty (a school's daily report) that are still planned; what is older is settled.
pub(crate) const HORIZON_MS: i64 = 35 * 24 * 3_600_000;

/// Rows that differ from what is stored.
#[derive(Debug, Default)]
pub(crate) struct Diff {
    pub enrolments: Vec<Vec<Value>>,
    pub tasks: Vec<Vec<Value>>,
    pub wakes: Vec<Vec<Value>>,
    pub no_wakes: Vec<SubjectId>,
    pub notices: Vec<Vec<Value>>,
    pub deltas: Vec<(Cell, i64)>,
}

impl Diff {
    /// Adds what another file's plan changed.
    pub(crate) fn add(&mut self, other: Diff) {
        self.enrolments.extend(other.enrolments);
        self.tasks.extend(other.tasks);
        self.wakes.extend(other.wakes);
        self.no_wakes.extend(other.no_wakes);
        self.notices.extend(other.notices);
        self.deltas.extend(other.deltas);
    }
}

/// What plans are compared and written at: all that a file does not hold itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Present<'a> {
    pub snapshot: &'a Snapshot,
    pub now: Instant,
    /// The commit's own moment.
    pub recorded_at: Instant,
}

/// Plans a subject anew in memory.
pub(crate) fn replan(batch: &mut Batch<'_>, id: SubjectId) -> Result<(), LedgerError> {
    replan_all(batch, &[id])
}

/// Plans subjects anew in memory. What is planned for one is read by no other, so that many are planned side by side.
pub(crate) fn replan_all(batch: &mut Batch<'_>, ids: &[SubjectId]) -> Result<(), LedgerError> {
    let (snapshot, now) = (batch.snapshot.clone(), batch.now);
    batch.load_subjects(ids)?;
    let mut needs = Vec::new();
    for id in ids {
        if let Some(state) = batch.subjects.get(id).filter(|state| state.merged_into.is_none()) {
            needs.extend(lianfang_protocol::needs(&state.history, &snapshot, now));
        }
    }
    batch.load_subjects(&needs)?;
    let files = batch.files();
    let plan_one = |id: SubjectId| {
        let state = files.subjects.get(&id)?;
        if state.merged_into.is_some() {
            return Some((id, Plan::default()));
        }
        let input = PlanInput {
            history: &state.history,
            others: &files,
            snapshot: &snapshot,
            now,
            horizon: Some(now.plus_ms(-HORIZON_MS)),
        };
        Some((id, plan(&input)))
    };
    for (id, planned) in side_by_side(ids.to_vec(), plan_one).into_iter().flatten() {
        for fault in &planned.faults {
            tracing::error!(protocol = %fault.protocol, code = %fault.code, expression = %fault.expression, "engine.fault");
        }
        batch.change(id)?.plan = Some(planned);
        batch.dirty.insert(id);
    }
    Ok(())
}

/// Compares a subject's plan with what is stored: the rows that differ.
pub(crate) fn diff(present: Present<'_>, state: &mut SubjectState) -> Result<Diff, LedgerError> {
    let mut diff = Diff::default();
    let Some(plan) = state.plan.take() else {
        return Ok(diff);
    };
    let mut seen_tasks: HashSet<TaskId> = HashSet::new();
    let mut seen: HashSet<_> = HashSet::new();
    for enrolment in &plan.enrolments {
        seen.insert(enrolment.id);
        let row = enrolment_row(present, state, enrolment)?;
        let stored = StoredEnrolment {
            id: enrolment.id,
            protocol: enrolment.protocol.clone(),
            state: state_id(&enrolment.state).to_owned(),
            start: enrolment.start,
            ended_at: ended_at(&enrolment.state),
            region: enrolment.region.clone(),
            sector: sector(present, state),
            row,
        };
        change_enrolment(present, state, stored, &mut diff);
        task_rows(present, state, enrolment, &mut seen_tasks, &mut diff)?;
    }
    let gone: Vec<StoredEnrolment> = state
        .enrolments
        .values()
        .filter(|e| !seen.contains(&e.id) && e.state != "withdrawn")
        .cloned()
        .collect();
    for mut stored in gone {
        if is_settled_set(present, &stored) {
            continue;
        }
        stored.state = "withdrawn".into();
        stored.row[12] = "withdrawn".into();
        stored.row[18] = present.recorded_at.0.into();
        change_enrolment(present, state, stored, &mut diff);
    }
    void_tasks(present, state, &seen_tasks, &mut diff);
    notices(present, state, &plan, &mut diff);
    if plan.kept_until != state.wake_at {
        match plan.kept_until {
            Some(at) => diff.wakes.push(vec![state.view.id.0.into(), at.0.into()]),
            None => diff.no_wakes.push(state.view.id),
        }
        state.wake_at = plan.kept_until;
    }
    state.plan = Some(plan);
    Ok(diff)
}

/// Enrolments of standing duties that ended before the horizon are no longer planned and stay as they are.
fn is_settled_set(present: Present<'_>, stored: &StoredEnrolment) -> bool {
    stored.ended_at.is_some_and(|at| at < present.now.plus_ms(-HORIZON_MS))
}

fn change_enrolment(present: Present<'_>, state: &mut SubjectState, new: StoredEnrolment, diff: &mut Diff) {
    let model = &present.snapshot.model;
    let old = state.enrolments.get(&new.id);
    // When it counts is what the entry that opened it said when the row was written: a correction may move it.
    let opens_at = |row: &[Value]| {
        let by = recorded_at(row).unwrap_or(present.recorded_at);
        opened_by(row).and_then(|id| embargo::of_origin(model, state, id, by))
    };
    let before = old.map(|old| opens_at(&old.row));
    let opens_at = opens_at(&new.row);
    if old.is_some_and(|old| same_but_recorded(&old.row, &new.row)) && before == Some(opens_at) {
        return;
    }
    if let Some(old) = old {
        let before = before.flatten();
        deltas::of_enrolment(present.snapshot, model, (old, before), -1, &mut diff.deltas);
    }
    deltas::of_enrolment(present.snapshot, model, (&new, opens_at), 1, &mut diff.deltas);
    diff.enrolments.push(new.row.clone());
    state.enrolments.insert(new.id, new);
}

/// The entry that opened an enrolment, by its row.
fn opened_by(row: &[Value]) -> Option<EntryId> {
    match row.get(5)? {
        Value::Uuid(id) => Some(EntryId(*id)),
        Value::Bytes(bytes) => Uuid::from_slice(bytes).ok().map(EntryId),
        _ => None,
    }
}

/// When the row of an enrolment was recorded, which stands last.
fn recorded_at(row: &[Value]) -> Option<Instant> {
    match row.last()? {
        Value::Int(ms) => Some(Instant(*ms)),
        _ => None,
    }
}

/// Rows alike in all but when they were recorded, which stands last.
fn same_but_recorded(old: &[Value], new: &[Value]) -> bool {
    old.len() == new.len()
        && old
            .iter()
            .zip(new)
            .take(new.len() - 1)
            .all(|(old, new)| alike(old, new))
}

/// Places of columns in the row of a task.
const OPENS_AT: usize = 10;
const STATE: usize = 12;
const LISTED_FROM: usize = 23;
const RECORDED_AT: usize = 24;

/// Rows of a task that tell a reader of this moment the same.
fn reads_alike(old: &[Value], new: &[Value], now: Instant) -> bool {
    let is_open = |row: &[Value]| match (row.get(STATE), row.get(OPENS_AT)) {
        (Some(Value::Text(state)), Some(Value::Int(opens))) => state_at(state, Instant(*opens), now) == "open",
        _ => false,
    };
    let is_listed = |row: &[Value]| matches!(row.get(LISTED_FROM), Some(Value::Int(from)) if *from <= now.0);
    let alike_at = |n: usize| match n {
        STATE if is_open(old) && is_open(new) => true,
        LISTED_FROM if is_listed(old) && is_listed(new) => true,
        RECORDED_AT => true,
        n => matches!((old.get(n), new.get(n)), (Some(old), Some(new)) if alike(old, new)),
    };
    old.len() == new.len() && (0..new.len()).all(alike_at)
}

/// SQLite gives truth values back as integers, ids as bytes, documents as text.
fn alike(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Int(n), Value::Bool(b)) | (Value::Bool(b), Value::Int(n)) => (*n != 0) == *b,
        (Value::Bytes(bytes), Value::Uuid(id)) | (Value::Uuid(id), Value::Bytes(bytes)) => bytes == id.as_bytes(),
        (Value::Text(a) | Value::Json(a), Value::Json(b)) | (Value::Json(a), Value::Text(b)) => {
            a == b || serde_json::from_str::<serde_json::Value>(a).ok() == serde_json::from_str(b).ok()
        }
        (old, new) => old == new,
    }
}

fn enrolment_row(present: Present<'_>, state: &SubjectState, enrolment: &Enrolment) -> Result<Vec<Value>, LedgerError> {
    let ended_by = match &enrolment.state {
        State::Ended { by, .. } => *by,
        State::Active | State::Withdrawn => None,
    };
    Ok(vec![
        state.view.id.0.into(),
        enrolment.id.0.into(),
        enrolment.protocol.as_str().into(),
        i64::from(enrolment.version).into(),
        enrolment.key.as_str().into(),
        enrolment.opened_by.map(|id| id.0).into(),
        enrolment.parent.map(|(id, _)| id.0).into(),
        enrolment.start.0.into(),
        enrolment.day_zero.0.into(),
        enrolment.region.as_str().into(),
        present.snapshot.regions.path(&enrolment.region).into(),
        Some(sector(present, state)).filter(|sector| !sector.is_empty()).into(),
        state_id(&enrolment.state).into(),
        ended_at(&enrolment.state).map(|at| at.0).into(),
        ended_by.map(|id| id.0).into(),
        enrolment.ready.clone().into(),
        Value::Json(serde_json::to_string(&enrolment.missing)?),
        enrolment.ends_on.map(|day| i64::from(day.0)).into(),
        present.recorded_at.0.into(),
    ])
}

fn sector(present: Present<'_>, state: &SubjectState) -> String {
    present
        .snapshot
        .orgs
        .get(state.view.id)
        .and_then(|org| org.sector.clone())
        .unwrap_or_default()
}

/// The id of a state in the store: `active`, `withdrawn`, or the outcome.
pub(crate) fn state_id(state: &State) -> &str {
    match state {
        State::Active => "active",
        State::Withdrawn => "withdrawn",
        State::Ended { outcome, .. } => outcome,
    }
}

fn ended_at(state: &State) -> Option<Instant> {
    match state {
        State::Ended { at, .. } => Some(*at),
        State::Active | State::Withdrawn => None,
    }
}

fn task_rows(
    present: Present<'_>,
    state: &mut SubjectState,
    enrolment: &Enrolment,
    seen: &mut HashSet<TaskId>,
    diff: &mut Diff,
) -> Result<(), LedgerError> {
    let Some(protocol) = present.snapshot.model.edition(&enrolment.protocol, enrolment.version) else {
        return Ok(());
    };
    for planned in PlannedTask::of(enrolment, protocol) {
        seen.insert(planned.id);
        let row = planned.row(state.view.id, present.recorded_at, present.snapshot)?;
        keep_task(state, planned.id, row, present.now, diff);
    }
    Ok(())
}

fn keep_task(state: &mut SubjectState, id: TaskId, row: Vec<Value>, now: Instant, diff: &mut Diff) {
    if state.tasks.get(&id).is_some_and(|old| reads_alike(old, &row, now)) {
        return;
    }
    diff.tasks.push(row.clone());
    state.tasks.insert(id, row);
}

/// Tasks that fell away are void, unless they are older than what is planned.
fn void_tasks(present: Present<'_>, state: &mut SubjectState, seen: &HashSet<TaskId>, diff: &mut Diff) {
    let horizon = present.now.plus_ms(-HORIZON_MS).0;
    for (id, row) in &mut state.tasks {
        let is_void = matches!(&row[STATE], Value::Text(text) if text == "void");
        let settled = matches!(row[11], Value::Int(due) if due < horizon);
        if seen.contains(id) || is_void || settled {
            continue;
        }
        row[STATE] = "void".into();
        row[RECORDED_AT] = present.recorded_at.0.into();
        diff.tasks.push(row.clone());
    }
}

/// Notices are events: sent once, and taken back once when late evidence shows they were not due.
fn notices(present: Present<'_>, state: &mut SubjectState, plan: &Plan, diff: &mut Diff) {
    let subject = state.view.id;
    let mut current = HashSet::new();
    for notice in &plan.notices {
        let step = notice.id.to_string();
        current.insert(step.clone());
        if state.notices.get(&step).is_some_and(|row| row[6] == Value::Null) {
            continue;
        }
        let kind = match notice.kind {
            NoticeKind::Escalation => "escalation",
            NoticeKind::Reminder => "reminder",
        };
        let row = vec![
            subject.0.into(),
            step.as_str().into(),
            kind.into(),
            owner_id(notice.desk).map(|id| id.0).into(),
            notice.occurrence.map(|id| id.0).into(),
            present.now.0.into(),
            Value::Null,
        ];
        diff.notices.push(row.clone());
        state.notices.insert(step, row);
    }
    for (step, row) in &mut state.notices {
        if row[6] == Value::Null && !current.contains(step) {
            row[6] = present.now.0.into();
            diff.notices.push(row.clone());
        }
    }
}
