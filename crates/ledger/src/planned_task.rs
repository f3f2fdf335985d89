//! Tasks of a plan as they are stored and shown: occurrences, and the acknowledgements that each asks for.

use lianfang_db::Value;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::{EntryId, SubjectId, TaskId};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Protocol, Task};
use lianfang_protocol::{Enrolment, LAID_AHEAD, Occurrence, OccurrenceState, Owner, Receipt, Timeliness};
use std::collections::HashMap;

use crate::read::ReceiptItem;

/// An occurrence or an acknowledgement, where its plan puts it.
#[derive(Debug)]
pub(crate) struct PlannedTask<'a> {
    pub enrolment: &'a Enrolment,
    pub occurrence: &'a Occurrence,
    pub id: TaskId,
    /// `task` or `receipt`.
    pub kind: &'static str,
    /// The register whose entry discharges it.
    pub expects: &'a str,
    pub owner: Owner,
    pub state: &'static str,
    pub done: Done,
    pub attempts: i64,
    pub escalated: bool,
    pub complete: bool,
    pub receipts: Vec<ReceiptItem>,
    /// To come, and time alone does not open it.
    pub waits: bool,
    /// Listed from then on: of those to come the next one is.
    pub listed_from: Instant,
}

/// Of the occurrences of a task to come: how many openings there were, and the last.
#[derive(Default)]
struct Ahead {
    openings: usize,
    last: Option<Instant>,
}

impl Ahead {
    /// Since when the next one is listed; none when it is not kept.
    fn list(&mut self, occurrence: &Occurrence) -> Option<Instant> {
        let opens = occurrence.opens_at;
        self.openings += usize::from(self.last.is_none_or(|last| last < opens));
        if self.openings > LAID_AHEAD {
            return None;
        }
        if occurrence.waits {
            // Whatever it waits for, none behind it is next before it.
            self.openings = LAID_AHEAD + 1;
        }
        let before = self.last.replace(opens);
        Some(before.unwrap_or(Instant(0)))
    }
}

impl<'a> PlannedTask<'a> {
    /// What is kept of what an enrolment asks: of a task that repeats the next openings of those to come, the rest are derived.
    pub(crate) fn of(enrolment: &'a Enrolment, protocol: &'a Protocol) -> Vec<PlannedTask<'a>> {
        let mut ahead: HashMap<&str, Ahead> = HashMap::new();
        let mut planned = Vec::new();
        for occurrence in &enrolment.occurrences {
            let Some(task) = protocol.tasks.iter().find(|task| task.id == occurrence.task) else {
                continue;
            };
            let listed_from = match occurrence.state {
                OccurrenceState::Upcoming => ahead.entry(&occurrence.task).or_default().list(occurrence),
                _ => Some(Instant(0)),
            };
            let Some(listed_from) = listed_from else { continue };
            planned.push(PlannedTask {
                listed_from,
                ..PlannedTask::of_occurrence(enrolment, occurrence, task)
            });
            let receipts = occurrence.receipts.iter();
            planned.extend(receipts.map(|receipt| PlannedTask::of_receipt(enrolment, occurrence, receipt)));
        }
        planned
    }

    fn of_occurrence(enrolment: &'a Enrolment, occurrence: &'a Occurrence, task: &'a Task) -> PlannedTask<'a> {
        PlannedTask {
            enrolment,
            occurrence,
            id: occurrence.id,
            kind: "task",
            expects: &task.expects,
            owner: occurrence.owner,
            state: occurrence_state(&occurrence.state),
            done: Done::of(&occurrence.state),
            attempts: i64::from(occurrence.attempts),
            escalated: occurrence.escalated,
            complete: occurrence.is_complete(),
            receipts: occurrence.receipts.iter().map(receipt_item).collect(),
            waits: occurrence.waits && occurrence.state == OccurrenceState::Upcoming,
            listed_from: Instant(0),
        }
    }

    fn of_receipt(enrolment: &'a Enrolment, occurrence: &'a Occurrence, receipt: &'a Receipt) -> PlannedTask<'a> {
        let is_sent = matches!(occurrence.state, OccurrenceState::Done { .. });
        PlannedTask {
            enrolment,
            occurrence,
            id: receipt.task,
            kind: "receipt",
            expects: "receipt",
            owner: receipt.desk,
            state: match (receipt.received, is_sent) {
                (Some(_), _) => "done",
                (None, true) => "open",
                (None, false) => "upcoming",
            },
            done: receipt.received.map_or_else(Done::default, |(entry, at)| Done {
                entry: Some(entry),
                at: Some(at),
                received_at: Some(at),
                timeliness: None,
            }),
            attempts: 0,
            escalated: false,
            complete: receipt.received.is_some(),
            receipts: Vec::new(),
            waits: receipt.received.is_none() && !is_sent,
            listed_from: Instant(0),
        }
    }

    /// As the table of tasks keeps it.
    pub(crate) fn row(
        &self,
        subject: SubjectId,
        recorded_at: Instant,
        snapshot: &Snapshot,
    ) -> Result<Vec<Value>, serde_json::Error> {
        let (enrolment, occurrence) = (self.enrolment, self.occurrence);
        Ok(vec![
            subject.0.into(),
            self.id.0.into(),
            enrolment.id.0.into(),
            enrolment.protocol.as_str().into(),
            occurrence.task.as_str().into(),
            self.kind.into(),
            occurrence.label.as_str().into(),
            self.expects.into(),
            owner_id(self.owner).map(|id| id.0).into(),
            matches!(self.owner, Owner::Oneself(_)).into(),
            occurrence.opens_at.0.into(),
            occurrence.due_at.0.into(),
            if self.waits { WAITING } else { self.state }.into(),
            self.done.timeliness.into(),
            self.done.entry.map(|id| id.0).into(),
            self.done.at.map(|at| at.0).into(),
            self.done.received_at.map(|at| at.0).into(),
            self.attempts.into(),
            self.escalated.into(),
            self.complete.into(),
            Value::Json(serde_json::to_string(&self.receipts)?),
            enrolment.region.as_str().into(),
            snapshot.regions.path(&enrolment.region).into(),
            self.listed_from.0.into(),
            recorded_at.0.into(),
        ])
    }
}

/// How a task is kept that is to come and that time alone does not open.
pub(crate) const WAITING: &str = "waiting";

/// The state of a kept task at a moment: what is kept as to come is open once its time has come.
pub(crate) fn state_at(kept: &str, opens_at: Instant, now: Instant) -> &str {
    match kept {
        "upcoming" if opens_at <= now => "open",
        WAITING => "upcoming",
        kept => kept,
    }
}

fn receipt_item(receipt: &Receipt) -> ReceiptItem {
    ReceiptItem {
        task: receipt.task,
        org: owner_id(receipt.desk),
        received: receipt.received.is_some(),
        at: receipt.received.map(|(_, at)| at),
    }
}

/// The subject behind an owner.
pub(crate) fn owner_id(owner: Owner) -> Option<SubjectId> {
    match owner {
        Owner::Org(id) | Owner::Oneself(id) => Some(id),
        Owner::Nobody => None,
    }
}

/// What discharged an occurrence.
#[derive(Debug, Default)]
pub(crate) struct Done {
    pub entry: Option<EntryId>,
    pub at: Option<Instant>,
    pub received_at: Option<Instant>,
    pub timeliness: Option<&'static str>,
}

impl Done {
    pub(crate) fn of(state: &OccurrenceState) -> Done {
        match state {
            OccurrenceState::Done {
                entry,
                at,
                received_at,
                timeliness,
            } => Done {
                entry: Some(*entry),
                at: Some(*at),
                received_at: Some(*received_at),
                timeliness: Some(match timeliness {
                    Timeliness::OnTime => "on_time",
                    Timeliness::KnownLate => "known_late",
                    Timeliness::Late => "late",
                }),
            },
            OccurrenceState::Excused { entry } => Done {
                entry: Some(*entry),
                ..Done::default()
            },
            _ => Done::default(),
        }
    }
}

/// The id of an occurrence's state.
pub(crate) fn occurrence_state(state: &OccurrenceState) -> &'static str {
    match state {
        OccurrenceState::Upcoming => "upcoming",
        OccurrenceState::Open => "open",
        OccurrenceState::Done { .. } => "done",
        OccurrenceState::Missed => "missed",
        OccurrenceState::Excused { .. } => "excused",
        OccurrenceState::Void => "void",
    }
}
