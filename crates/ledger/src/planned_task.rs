//! Tasks of a plan as they are stored and shown: occurrences, and the acknowledgements that each asks for.

use lianfang_db::Value;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::{EntryId, SubjectId, TaskId};
use lianfang_policy::Snapshot;
use lianfang_policy::model::{Protocol, Task};
use lianfang_protocol::{Enrolment, Occurrence, OccurrenceState, Owner, Receipt, Timeliness};
use std::collections::HashSet;

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
}

impl<'a> PlannedTask<'a> {
    /// What an enrolment asks: of a task that repeats only the next occurrence of those to come, the rest are derived.
    pub(crate) fn of(enrolment: &'a Enrolment, protocol: &'a Protocol) -> Vec<PlannedTask<'a>> {
        let mut has_next: HashSet<&str> = HashSet::new();
        let mut planned = Vec::new();
        for occurrence in &enrolment.occurrences {
            let Some(task) = protocol.tasks.iter().find(|task| task.id == occurrence.task) else {
                continue;
            };
            if occurrence.state == OccurrenceState::Upcoming && !has_next.insert(&occurrence.task) {
                continue;
            }
            planned.push(PlannedTask::of_occurrence(enrolment, occurrence, task));
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
            self.state.into(),
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
            recorded_at.0.into(),
        ])
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
