//! What is asked of whom.

use crate::asked::{self, Body, Id, Params, given, parsed};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, append_or_refuse, read};
use crate::trace;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_kernel::ids::{SubjectId, TaskId};
use lianfang_kernel::{Instant, Lang, Problem, Sensitivity, TimeOfDay, Words};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{Page, Reader, TaskFilter, TaskItem};
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_policy::model::{Level, Model};
use lianfang_protocol::PASSING_ON;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/tasks", get(list))
        .route("/tasks/{id}/accept", post(accept))
        .route("/tasks/{id}/return", post(give_back))
        .route("/tasks/{id}/delegate", post(delegate))
}

/// Which tasks.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    state: Option<String>,
    protocol: Option<String>,
    task: Option<String>,
    kind: Option<String>,
    subject: Option<String>,
    owner: Option<String>,
    region: Option<String>,
    day: Option<String>,
    as_of: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

const STATES: [&str; 7] = ["upcoming", "open", "missed", "done", "due", "excused", "all"];

fn filter(state: &AppState, staff: &Staff, asked: &Asked) -> Result<TaskFilter, ApiError> {
    let snapshot = state.ledger.snapshot();
    if let Some(wanted) = given(&asked.state)
        && !STATES.contains(&wanted)
    {
        let what = Words::new("没有这种状态：{s}", "No such state: {s}").with("s", wanted);
        return Err(ApiError::bad_field("state", what, Words::same(STATES.join(", "))));
    }
    let region = asked::region(&asked.region);
    if let Some(region) = &region {
        staff.must_see_region(&snapshot, region)?;
    }
    let between =
        asked::day("day", &asked.day)?.map(|day| (snapshot.zone.start_of(day), snapshot.zone.at(day, TimeOfDay::END)));
    let text = |text: &Option<String>| given(text).map(str::to_owned);
    Ok(TaskFilter {
        state: text(&asked.state),
        protocol: text(&asked.protocol),
        task: text(&asked.task),
        subject: parsed("subject", &asked.subject)?,
        owner: parsed("owner", &asked.owner)?,
        own: staff.login.org,
        region,
        between,
        kind: text(&asked.kind),
        cursor: text(&asked.cursor),
        limit: parsed("limit", &asked.limit)?.unwrap_or(200),
    })
}

/// Whether the reader sees a task at all: its own, or one of a register it writes or reads row by row; never one whose
/// names are for another role.
fn sees(staff: &Staff, model: &Model, item: &TaskItem) -> bool {
    let sensitive = model
        .registers
        .get(&item.expects)
        .is_some_and(|register| register.schema.sensitivity >= Sensitivity::Health);
    if staff.role.police && sensitive || !staff.is_told_of(model, &item.protocol, &item.task) {
        return false;
    }
    let own = item.owner.is_some() && item.owner == staff.login.org;
    own || staff.writes(&item.expects) || item.kind == "receipt" || staff.reads_rows(model, &item.expects)
}

/// Masked labels of those whose tasks the reader may read by name.
fn labels(
    reader: &mut Reader<'_>,
    staff: &Staff,
    items: &[TaskItem],
    lang: Lang,
) -> Result<HashMap<SubjectId, String>, LedgerError> {
    let model = reader.snapshot.model.clone();
    let by_name =
        |item: &&TaskItem| staff.writes(&item.expects) || staff.level(&model, &item.expects) == Some(Level::Identified);
    let mut ids: Vec<SubjectId> = items.iter().filter(by_name).map(|item| item.subject).collect();
    ids.extend(items.iter().filter_map(|item| item.owner));
    ids.extend(
        items
            .iter()
            .flat_map(|item| item.receipts.iter().filter_map(|receipt| receipt.org)),
    );
    // Organisations have public names: they are shown whoever reads.
    ids.extend(
        items
            .iter()
            .map(|item| item.subject)
            .filter(|id| reader.snapshot.orgs.get(*id).is_some()),
    );
    let labels = reader.labels(&ids, lang)?;
    Ok(labels.into_iter().map(|(id, label)| (id, label.name)).collect())
}

/// A page of tasks, of now or as they stood at a moment, as a member of staff sees it, with the labels of subjects, owners and receivers.
///
/// # Errors
/// The database; the queue is full.
pub async fn page(
    state: &AppState,
    staff: &Staff,
    filter: TaskFilter,
    as_of: Option<Instant>,
) -> Result<(Page<TaskItem>, HashMap<SubjectId, String>), ApiError> {
    let (who, lang) = (staff.clone(), locale::current());
    let (page, labels) = read(state, move |reader| {
        reader.look_as(who.looker());
        let found = match as_of {
            Some(as_of) => reader.tasks_as_of(&who.sight, &filter, as_of)?,
            None => reader.tasks(&who.sight, &filter)?,
        };
        let model = reader.snapshot.model.clone();
        let items: Vec<TaskItem> = found
            .items
            .into_iter()
            .filter(|item| sees(&who, &model, item))
            .collect();
        let labels = labels(reader, &who, &items, lang)?;
        Ok((
            Page {
                items,
                next: found.next,
            },
            labels,
        ))
    })
    .await?;
    let subjects: Vec<SubjectId> = page.items.iter().map(|item| item.subject).collect();
    trace::list(state, staff, "tasks", &subjects)?;
    Ok((page, labels))
}

fn item_json(item: &TaskItem, labels: &HashMap<SubjectId, String>) -> Value {
    let mut value = serde_json::to_value(item).unwrap_or_default();
    value["subject_label"] = labels
        .get(&item.subject)
        .map_or(Value::Null, |label| label.as_str().into());
    value["owner_label"] = item
        .owner
        .and_then(|id| labels.get(&id))
        .map_or(Value::Null, |label| label.as_str().into());
    if let Some(receipts) = value.get_mut("receipts").and_then(Value::as_array_mut) {
        for (receipt, known) in receipts.iter_mut().zip(&item.receipts) {
            receipt["desk"] = known
                .org
                .and_then(|id| labels.get(&id))
                .map_or(Value::Null, |label| label.as_str().into());
        }
    }
    value
}

async fn list(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let filter = filter(&state, &staff, &asked)?;
    let as_of = asked::moment("as_of", &asked.as_of)?;
    let (page, labels) = page(&state, &staff, filter, as_of).await?;
    let items: Vec<Value> = page.items.iter().map(|item| item_json(item, &labels)).collect();
    Ok(Json(localised(
        json!({ "items": items, "next": page.next }),
        locale::current(),
    )))
}

/// What may be said when a task is accepted.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepting {
    #[serde(default)]
    remark: Option<String>,
}

/// A task, if the caller sees it.
async fn found(state: &AppState, staff: &Staff, id: TaskId) -> Result<TaskItem, ApiError> {
    let sight = staff.sight.clone();
    let looker = staff.looker();
    let item = read(state, move |reader| {
        reader.look_as(looker);
        reader.task(&sight, id)
    })
    .await?;
    item.ok_or_else(|| ApiError::not_found(Words::new("没有这项任务", "No such task")))
}

fn discharged_by_entry(item: &TaskItem) -> ApiError {
    let what = Words::new(
        "任务由填报完成，不是点一下",
        "A task is discharged by an entry, not by a button",
    );
    let hint = Words::new("请填写登记册 {r}", "Write an entry of the register {r}").with("r", &item.expects);
    ApiError::refused(Problem::new("discharged_by_entry", what, hint)).with("expects", item.expects.as_str().into())
}

async fn accept(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<TaskId>,
    body: axum::body::Bytes,
) -> Result<Json<Value>, ApiError> {
    let accepting: Accepting = if body.is_empty() {
        Accepting::default()
    } else {
        serde_json::from_slice(&body).map_err(|error| asked::bad_json(&error))?
    };
    let item = found(&state, &staff, id).await?;
    if item.kind != "receipt" {
        return Err(discharged_by_entry(&item));
    }
    let entry = receipt(&state, &item, accepting);
    written(&state, staff, entry).await
}

/// Writes an entry that answers a task.
async fn written(state: &AppState, staff: Staff, entry: NewEntry) -> Result<Json<Value>, ApiError> {
    let result = append_or_refuse(state, staff.author, entry).await?;
    Ok(Json(super::entries::answer_json(&result)))
}

/// The entry that acknowledges.
fn receipt(state: &AppState, item: &TaskItem, accepting: Accepting) -> NewEntry {
    let has_remark = state
        .ledger
        .snapshot()
        .model
        .registers
        .get("receipt")
        .is_some_and(|register| register.schema.field("remark").is_some());
    let remark = accepting.remark.filter(|_| has_remark);
    about(state, item, "receipt", remark.map(|remark| ("remark", remark.into())))
}

/// An entry of a register that says something about a task.
fn about(
    state: &AppState,
    item: &TaskItem,
    register: &str,
    said: impl IntoIterator<Item = (&'static str, Value)>,
) -> NewEntry {
    let said = said.into_iter().map(|(field, value)| (field.to_owned(), value));
    NewEntry {
        subject: Some(SubjectIn::Id(item.subject)),
        body: said.chain([("task".to_owned(), json!(item.id))]).collect(),
        ..NewEntry::new(state.ledger.new_id(), register)
    }
}

/// Why a task goes back to who passed it on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivingBack {
    reason: String,
}

/// To whom a task goes, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Delegating {
    to: SubjectId,
    reason: String,
}

async fn give_back(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<TaskId>,
    Body(giving): Body<GivingBack>,
) -> Result<Json<Value>, ApiError> {
    pass_on(&state, staff, id, vec![("reason", giving.reason.into())]).await
}

async fn delegate(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<TaskId>,
    Body(asked): Body<Delegating>,
) -> Result<Json<Value>, ApiError> {
    let said = vec![("to", json!(asked.to)), ("reason", asked.reason.into())];
    pass_on(&state, staff, id, said).await
}

/// The task has another owner from now on; its time limit stays.
async fn pass_on(
    state: &AppState,
    staff: Staff,
    id: TaskId,
    said: Vec<(&'static str, Value)>,
) -> Result<Json<Value>, ApiError> {
    let item = found(state, &staff, id).await?;
    let entry = about(state, &item, PASSING_ON, said);
    written(state, staff, entry).await
}
