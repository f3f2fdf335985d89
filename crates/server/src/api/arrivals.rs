//! Who is expected, and for whom a rule proposes a measure.

use crate::asked::{self, Params, parsed};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use crate::trace;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::RegionId;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::read::{ExpectedArrival, Proposal, Sight};
use lianfang_policy::model::Level;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/expected-arrivals", get(expected))
        .route("/proposals", get(proposals))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    region: Option<String>,
    unit: Option<String>,
    day: Option<String>,
}

/// The reader's sight, narrowed to a region inside of it.
fn narrowed(state: &AppState, staff: &Staff, region: Option<RegionId>) -> Result<Sight, ApiError> {
    let Some(region) = region else {
        return Ok(staff.sight.clone());
    };
    staff.must_see_region(&state.ledger.snapshot(), &region)?;
    Ok(match &staff.sight {
        Sight::Region(_) | Sight::All => Sight::Region(region),
        own => own.clone(),
    })
}

/// Declared arrivals as a member of staff reads them.
///
/// # Errors
/// 403; the database; the queue is full.
pub async fn expected_arrivals(
    state: &AppState,
    staff: &Staff,
    region: Option<RegionId>,
    unit: Option<SubjectId>,
    day: Option<lianfang_kernel::Day>,
) -> Result<Vec<ExpectedArrival>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    let level = staff.must_read(&model, crate::declare::DECLARATION)?;
    let (sight, lang) = (narrowed(state, staff, region)?, locale::current());
    let mut items = read(state, move |reader| reader.expected_arrivals(&sight, day, unit, lang)).await?;
    if level < Level::Identified {
        items.iter_mut().for_each(|item| item.label.clear());
    }
    let subjects: Vec<SubjectId> = items.iter().map(|item| item.subject).collect();
    trace::list(state, staff, "expected-arrivals", &subjects)?;
    Ok(items)
}

async fn expected(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let (unit, day) = (parsed("unit", &asked.unit)?, asked::day("day", &asked.day)?);
    let items = expected_arrivals(&state, &staff, asked::region(&asked.region), unit, day).await?;
    Ok(Json(localised(json!({ "items": items }), locale::current())))
}

/// Arrivals for which a rule proposes a measure, as a member of staff reads them.
///
/// # Errors
/// 403; the database; the queue is full.
pub async fn proposed(state: &AppState, staff: &Staff, region: Option<RegionId>) -> Result<Vec<Proposal>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    let level = staff.must_read(&model, "arrival")?;
    let (sight, lang) = (narrowed(state, staff, region)?, locale::current());
    let mut items = read(state, move |reader| reader.proposals(&sight, lang)).await?;
    if level < Level::Identified {
        items.iter_mut().for_each(|item| item.label.clear());
    }
    let subjects: Vec<SubjectId> = items.iter().map(|item| item.subject).collect();
    trace::list(state, staff, "proposals", &subjects)?;
    Ok(items)
}

/// What is proposed in short: the results of the decision stand beside its rule, version, row and clause.
fn proposal_json(item: &Proposal) -> Value {
    let mut value = json!(item);
    let results = item
        .proposal
        .get("results")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    if let Some(proposal) = value.get_mut("proposal").and_then(Value::as_object_mut) {
        for (name, result) in results {
            proposal.entry(name).or_insert(result);
        }
    }
    value
}

async fn proposals(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let items = proposed(&state, &staff, asked::region(&asked.region)).await?;
    let items: Vec<Value> = items.iter().map(proposal_json).collect();
    Ok(Json(localised(json!({ "items": items }), locale::current())))
}
