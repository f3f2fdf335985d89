//! Linkage: is this one of ours, and who stands twice?

use crate::asked::Body;
use crate::caller::Staff;
use crate::linkage::duplicates::{DuplicatesFound, PROPOSALS, find_duplicates};
use crate::linkage::likely::{Describing, Likely, likely};
use crate::linkage::mates::may_live_with;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{SubjectView, Words};
use lianfang_ledger::read::{Duplicate, Label};
use serde_json::{Value, json};

/// Pairs that a list holds at most.
const MOST: usize = 200;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/subjects/likely", post(ask))
        .route("/subjects/{id}/mates", get(mates))
        .route("/duplicates", get(waiting))
        .route("/duplicates/run", post(run))
}

async fn ask(
    State(state): State<AppState>,
    staff: Staff,
    Body(asked): Body<Describing>,
) -> Result<Json<Value>, ApiError> {
    let (readiness, found) = likely(&state, &staff, &asked).await?;
    let items: Vec<Value> = found.iter().map(item).collect();
    let body = json!({ "state": readiness, "items": items });
    Ok(Json(localised(body, locale::current())))
}

async fn mates(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<SubjectId>,
) -> Result<Json<Value>, ApiError> {
    let (readiness, found) = may_live_with(&state, &staff, id).await?;
    let items: Vec<Value> = found.iter().map(item).collect();
    let body = json!({ "state": readiness, "items": items });
    Ok(Json(localised(body, locale::current())))
}

fn item(one: &Likely) -> Value {
    json!({
        "id": one.view.id,
        "region": one.view.region,
        "label": one.label.name,
        "document": one.label.document,
        "weight": one.weight,
        "class": one.class,
        "fields": one.fields,
    })
}

async fn run(State(state): State<AppState>, staff: Staff) -> Result<Json<DuplicatesFound>, ApiError> {
    Ok(Json(find_duplicates(&state, &staff).await?))
}

/// A file of a pair, as a member of staff sees it.
#[derive(Clone, Debug)]
pub struct PairFile {
    /// The file.
    pub view: SubjectView,
    /// Its masked label.
    pub label: Label,
    /// Masked telephone.
    pub phone: Option<String>,
    /// What it is enrolled in now.
    pub enrolled: Vec<Words>,
    /// How many entries stand in it.
    pub entries: usize,
}

/// A pair that waits for a decision, with both files.
#[derive(Clone, Debug)]
pub struct WaitingPair {
    /// The proposal.
    pub pair: Duplicate,
    /// The file that would be merged, and the one that would be kept.
    pub files: [PairFile; 2],
}

/// Pairs in sight that wait, the most valuable to look at first. Reading them leaves a trace.
///
/// # Errors
/// 403 for roles that do not read proposals; the database; the queue is full.
pub async fn waiting_pairs(state: &AppState, staff: &Staff, most: usize) -> Result<Vec<WaitingPair>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    staff.must_read(&model, PROPOSALS)?;
    let (sight, lang) = (staff.sight.clone(), locale::current());
    let found = read(state, move |reader| {
        let mut pairs = reader.open_duplicates(&sight, MOST)?;
        let value = |pair: &Duplicate| crate::linkage::duplicates::worth(weight_of(pair));
        pairs.sort_by(|x, y| value(y).total_cmp(&value(x)).then(x.entry.cmp(&y.entry)));
        pairs.truncate(most);
        let ids: Vec<SubjectId> = pairs.iter().flat_map(|pair| [pair.subject, pair.other]).collect();
        let labels = reader.labels(&ids, lang)?;
        let mut waiting = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let mut file = |id: SubjectId| -> Result<Option<PairFile>, lianfang_ledger::LedgerError> {
                let Some(view) = reader.subject(id)? else {
                    return Ok(None);
                };
                let phone = reader.masked_phone(id)?;
                let file = reader.file(id, None)?;
                let enrolled = file.iter().flat_map(|file| &file.enrolments);
                let enrolled = enrolled.filter(|one| one.state == "active" && one.protocol != "duplicate-review");
                Ok(Some(PairFile {
                    label: labels.get(&view.id).cloned().unwrap_or_default(),
                    phone,
                    enrolled: enrolled.map(|one| one.title.clone()).collect(),
                    entries: file
                        .iter()
                        .flat_map(|file| &file.timeline)
                        .filter(|one| one.register != PROPOSALS)
                        .count(),
                    view,
                }))
            };
            if let (Some(from), Some(into)) = (file(pair.subject)?, file(pair.other)?) {
                waiting.push(WaitingPair {
                    pair,
                    files: [from, into],
                });
            }
        }
        Ok(waiting)
    })
    .await?;
    let ids: Vec<SubjectId> = found
        .iter()
        .flat_map(|pair| pair.files.iter().map(|file| file.view.id))
        .collect();
    trace::list(state, staff, "duplicates", &ids)?;
    Ok(found)
}

/// The weight a pair was proposed with, in bits.
pub fn weight_of(pair: &Duplicate) -> f64 {
    pair.body.get("weight").map_or(0.0, tenths)
}

/// Why a pair was proposed: field, how the two look beside each other, bits.
pub fn why_of(pair: &Duplicate) -> Vec<(String, Words, f64)> {
    let rows = pair.body.get("why").and_then(Value::as_array);
    let one = |row: &Value| {
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        (
            text("field"),
            Words::new(text("zh"), text("en")),
            row.get("bits").map_or(0.0, tenths),
        )
    };
    rows.map(|rows| rows.iter().map(one).collect()).unwrap_or_default()
}

/// A decimal of one digit in its stored form.
fn tenths(value: &Value) -> f64 {
    value.as_f64().unwrap_or(0.0) / 10.0
}

async fn waiting(State(state): State<AppState>, staff: Staff) -> Result<Json<Value>, ApiError> {
    let found = waiting_pairs(&state, &staff, MOST).await?;
    let file = |file: &PairFile| {
        json!({
            "id": file.view.id, "region": file.view.region, "label": file.label.name,
            "document": file.label.document, "phone": file.phone, "entries": file.entries, "enrolled": file.enrolled,
        })
    };
    let items: Vec<Value> = found
        .iter()
        .map(|one| {
            let why = why_of(&one.pair).into_iter();
            let why = why.map(|(field, level, weight)| json!({ "field": field, "level": level, "weight": weight }));
            json!({
                "entry": one.pair.entry, "since": one.pair.since, "weight": weight_of(&one.pair),
                "why": why.collect::<Vec<Value>>(), "from": file(&one.files[0]), "into": file(&one.files[1]),
                "said": one.pair.said_by.len(),
            })
        })
        .collect();
    Ok(Json(localised(json!({ "items": items }), locale::current())))
}
