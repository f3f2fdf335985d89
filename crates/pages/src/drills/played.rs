//! What a drill is made of, as far as its reader may know it.

use super::{ANSWER, CHECK, FIX, GAP, PLAY, REVIEW, SCRIPT};
use crate::read_all::{MOST, entries_of, stands, text};
use crate::visit::{Desk, moment};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Words, Zone};
use lianfang_ledger::read::{EntryFilter, EntryItem, HoldingQuery, Sight, TaskFilter, TaskItem};
use lianfang_server::{ApiError, AppState, read};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};

/// An inject of a script.
pub(super) struct Played {
    pub number: i64,
    pub at: Instant,
    pub what: String,
    pub owner: Option<SubjectId>,
}

/// A gap of a review.
pub(super) struct Found {
    pub number: i64,
    pub what: String,
    pub owner: Option<SubjectId>,
    pub due: Option<Instant>,
}

/// A drill.
pub(super) struct Script {
    pub id: SubjectId,
    pub name: String,
    pub scenario: String,
    /// By time.
    pub injects: Vec<Played>,
}

/// Whatever was written about the drills in sight, by register and drill; the latest first.
#[derive(Default)]
pub(super) struct Written(HashMap<(&'static str, SubjectId), Vec<EntryItem>>);

impl Written {
    /// Of one register about a drill, the latest first.
    pub fn of(&self, register: &'static str, drill: SubjectId) -> &[EntryItem] {
        self.0.get(&(register, drill)).map_or(&[], Vec::as_slice)
    }

    /// The one about a number that passes.
    pub fn numbered(&self, register: &'static str, drill: SubjectId, number: i64) -> Option<&EntryItem> {
        let mut of = self.of(register, drill).iter();
        of.find(|item| item.body.get("number").and_then(Value::as_i64) == Some(number))
    }
}

fn rows<'a>(body: &'a Map<String, Value>, field: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
    let rows = body.get(field).and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(Value::as_object)
}

fn said<'a>(row: &'a Map<String, Value>, field: &str) -> &'a str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn number(row: &Map<String, Value>) -> i64 {
    row.get("number").and_then(Value::as_i64).unwrap_or_default()
}

fn injects(zone: &Zone, body: &Map<String, Value>) -> Vec<Played> {
    let inject = |row: &Map<String, Value>| {
        Some(Played {
            number: number(row),
            at: moment(zone, said(row, "at"))?,
            what: said(row, "what").to_owned(),
            owner: said(row, "owner").parse().ok(),
        })
    };
    let mut injects: Vec<Played> = rows(body, "injects").filter_map(inject).collect();
    injects.sort_by_key(|inject| (inject.at, inject.number));
    injects
}

/// The gaps of a review.
pub(super) fn gaps(zone: &Zone, review: &EntryItem) -> Vec<Found> {
    let gap = |row: &Map<String, Value>| Found {
        number: number(row),
        what: said(row, "what").to_owned(),
        owner: said(row, "owner").parse().ok(),
        due: moment(zone, said(row, "due")),
    };
    rows(&review.body, "gaps").map(gap).collect()
}

/// The drills in sight. A participant reads of a script what it is to answer by now, and nothing of what is to come.
pub(super) async fn scripts(state: &AppState, desk: &Desk, tasks: &[TaskItem]) -> Result<Vec<Script>, ApiError> {
    let (snapshot, at) = (state.ledger.snapshot(), desk.at(state));
    let zone = &snapshot.zone;
    if desk.staff.reads_rows(&snapshot.model, SCRIPT) {
        let found = crate::read_all::entries(state, desk, SCRIPT).await?;
        let script = |item: &EntryItem| Script {
            id: item.subject,
            name: found.labels.get(&item.subject).cloned().unwrap_or_default(),
            scenario: text(item, "scenario").to_owned(),
            injects: injects(zone, &item.body),
        };
        return Ok(found.items.iter().filter(|item| stands(item)).map(script).collect());
    }
    let own = desk.staff.login.org;
    let mut subjects: Vec<SubjectId> = tasks
        .iter()
        .filter(|task| task.owner == own)
        .map(|task| task.subject)
        .collect();
    subjects.sort();
    subjects.dedup();
    let (lang, as_of) = (desk.visit.lang, desk.visit.as_of);
    let (held, labels) = read(state, move |reader| {
        let query = HoldingQuery {
            registers: vec![SCRIPT.to_owned()],
            about: Some(subjects.clone()),
            as_of,
            most: MOST,
        };
        Ok((reader.holding(&Sight::All, &query)?.0, reader.labels(&subjects, lang)?))
    })
    .await?;
    let scripts = held.iter().map(|entry| {
        let mut injects = injects(zone, &entry.body);
        injects.retain(|inject| inject.owner == own && inject.at <= at);
        Script {
            id: entry.subject,
            name: labels
                .get(&entry.subject)
                .map(|label| label.name.clone())
                .unwrap_or_default(),
            scenario: said(&entry.body, "scenario").to_owned(),
            injects,
        }
    });
    Ok(scripts.collect())
}

/// The tasks of drills in sight, and those of the reader's own organisation.
pub(super) async fn tasks(state: &AppState, desk: &Desk) -> Result<Vec<TaskItem>, ApiError> {
    let mut tasks = Vec::new();
    for protocol in [PLAY, GAP] {
        let filter = TaskFilter {
            protocol: Some(protocol.to_owned()),
            state: Some("all".to_owned()),
            own: desk.staff.login.org,
            ..TaskFilter::default()
        };
        tasks.extend(crate::read_all::tasks(state, desk, filter).await?);
    }
    Ok(tasks)
}

/// What the reader may read of answers, reviews and what came of them: of one drill, or of all.
pub(super) async fn written(state: &AppState, desk: &Desk, drill: Option<SubjectId>) -> Result<Written, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    let mut written = Written::default();
    for register in [ANSWER, REVIEW, FIX, CHECK] {
        if !desk.staff.reads_rows(&model, register) {
            continue;
        }
        let filter = EntryFilter {
            register: Some(register.to_owned()),
            subject: drill,
            ..EntryFilter::default()
        };
        for item in entries_of(state, desk, filter).await?.items.into_iter().filter(stands) {
            written.0.entry((register, item.subject)).or_default().push(item);
        }
    }
    Ok(written)
}

/// Until when each inject is to be answered: by drill, owner and the moment it is played.
pub(super) fn dues(tasks: &[TaskItem]) -> BTreeMap<(SubjectId, Option<SubjectId>, Instant), Instant> {
    let asked = tasks
        .iter()
        .filter(|task| task.protocol == PLAY && task.task == "inject");
    asked
        .map(|task| ((task.subject, task.owner, task.opens_at), task.due_at))
        .collect()
}

/// There is no such drill, or none for this reader.
pub(super) fn unknown() -> ApiError {
    ApiError::not_found(Words::new("没有这次演练", "There is no such drill"))
}
