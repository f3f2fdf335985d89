//! Rosters and holders: where fewer stand than must, and what a holder holds.

use crate::asked::{self, Params, given};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Instant, Problem, Words};
use lianfang_policy::Snapshot;
use lianfang_policy::model::Register;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Gaps are those of one day when nothing else is asked.
const DAY_MS: i64 = 86_400_000;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/holds/{register}", get(held))
        .route("/holds/{register}/gaps", get(gaps))
}

#[derive(Debug, Default, Deserialize)]
struct Window {
    region: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

fn register(snapshot: &Snapshot, id: &str) -> Result<Arc<Register>, ApiError> {
    let found = snapshot.model.registers.get(id);
    found
        .filter(|register| register.hold.is_some())
        .cloned()
        .ok_or_else(|| {
            let known = snapshot.model.registers.values().filter(|known| known.hold.is_some());
            let known: Vec<&str> = known.map(|known| known.schema.id.as_str()).collect();
            let what = Words::new("没有这样的值守或责任登记册", "There is no such roster");
            let hint = Words::new("可用：{k}", "There are: {k}").with("k", known.join(", "));
            ApiError::refused(Problem::new("unknown_register", what, hint).at("register"))
        })
}

async fn gaps(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Params(asked): Params<Window>,
) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let register = register(&snapshot, &id)?;
    staff.must_read(&snapshot.model, &id)?;
    let region = asked::region(&asked.region).unwrap_or_else(|| staff.region.clone());
    staff.must_see_region(&snapshot, &region)?;
    let now = read(&state, |reader| Ok(reader.now)).await?;
    let from = asked::moment("from", &asked.from)?.unwrap_or(now);
    let to = asked::moment("to", &asked.to)?.unwrap_or_else(|| from.plus_ms(DAY_MS));
    let place = region.clone();
    let found = read(&state, move |reader| reader.gaps(&register, &place, (from, to))).await?;
    let body = json!({
        "register": id, "region": region, "from": from, "to": to,
        "asked": found.asked, "partial": found.partial, "items": found.items,
    });
    Ok(Json(localised(body, locale::current())))
}

#[derive(Debug, Default, Deserialize)]
struct Holder {
    by: Option<String>,
    at: Option<String>,
}

/// What somebody holds: entries in force that name them. An organisation sees its own.
async fn held(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Params(asked): Params<Holder>,
) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let register = register(&snapshot, &id)?;
    let by = match asked::parsed::<SubjectId>("by", &asked.by)? {
        Some(by) => Some(by),
        None => staff.author.org,
    };
    let own = by.is_some() && by == staff.author.org;
    if !own || given(&asked.by).is_none() {
        staff.must_read(&snapshot.model, &id)?;
    }
    let now = read(&state, |reader| Ok(reader.now)).await?;
    let at = asked::moment("at", &asked.at)?.unwrap_or(now);
    let wanted = by.map(|by| Datum::text(&by.to_string()));
    let rows = snapshot.reference.of(&register.schema.id).iter();
    let items: Vec<Value> = rows
        .filter(|interval| interval.overlaps(at, at))
        .filter(|interval| own || staff.must_see_region(&snapshot, &interval.region).is_ok())
        .filter_map(|interval| {
            let mut named = register.schema.fields.iter().filter(|field| {
                let value = interval.body.get(&field.id);
                matches!(field.kind, lianfang_kernel::Kind::Subject(_)) && value.is_some() && value == wanted.as_ref()
            });
            named.next()?;
            let open = register.schema.fields.iter().filter(|field| !field.is_sealed());
            let body: serde_json::Map<String, Value> = open
                .filter(|field| field.id != "from" && field.id != "to")
                .filter_map(|field| Some((field.id.clone(), interval.body.get(&field.id)?.to_json())))
                .collect();
            Some(json!({
                "entry": interval.entry, "subject": interval.body.get("subject").map(Datum::to_json),
                "region": interval.region, "from": interval.from,
                "to": (interval.to < Instant::MAX).then_some(interval.to), "body": body,
            }))
        })
        .collect();
    let body = json!({ "register": id, "by": by, "at": at, "items": items });
    Ok(Json(localised(body, locale::current())))
}
