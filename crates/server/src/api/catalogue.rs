//! What the packs say, in both languages, and the regions. Public: rules that hold for people are for people to read.

use crate::asked::{Params, given};
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::{Region, RegionId};
use lianfang_policy::Expr;
use lianfang_policy::model::{Days, Length, Protocol, Task, Timing};
use serde::Deserialize;
use serde_json::{Value, json};

/// Regions in one answer at most.
const REGIONS: usize = 500;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/protocols", get(protocols))
        .route("/packs", get(packs))
        .route("/registers", get(registers))
        .route("/regions", get(regions))
}

fn days_json(days: &Days) -> Value {
    match days {
        Days::Range(from, to) => json!({ "from": from, "to": to }),
        Days::List(days) => json!(days),
    }
}

fn timing_json(timing: &Timing) -> Value {
    match timing {
        Timing::Within { length, from } => {
            let length = match length {
                Length::Ms(ms) => json!({ "ms": ms }),
                Length::Days(days) => json!({ "days": days }),
                Length::Expr(expr) => json!({ "expr": expr.source() }),
            };
            json!({ "within": length, "from": from.as_ref().map(Expr::source) })
        }
        Timing::Until(expr) => json!({ "until": expr.source() }),
        Timing::By(time) => json!({ "by": time.to_string() }),
        Timing::Slots(slots) => {
            let slots: Vec<Value> = slots
                .iter()
                .map(|(from, to)| json!([from.to_string(), to.to_string()]))
                .collect();
            json!({ "slots": slots })
        }
        Timing::PerDay { min, max } => json!({ "per_day": { "min": min, "max": max } }),
        Timing::Every(days) => json!({ "every": { "days": days } }),
        Timing::Once => json!("once"),
    }
}

fn task_json(task: &Task) -> Value {
    json!({
        "id": task.id,
        "title": task.title,
        "owner": task.owner.source(),
        "expects": task.expects,
        "timing": timing_json(&task.timing),
        "days": task.days.as_ref().map(days_json),
        "on_days": task.on_days.as_ref().map(Expr::source),
        "after": task.after.as_ref().map(|after| json!({ "task": after.task, "at_least_ms": after.at_least_ms })),
        "not_by": task.not_by,
        "receipts": task.receipts.iter().map(Expr::source).collect::<Vec<_>>(),
        "excuse": task.excuse,
        "names_to": task.names_to,
    })
}

fn protocol_json(protocol: &Protocol) -> Value {
    let releases = protocol.releases.iter().map(|release| {
        let missing: Vec<_> = release.parts.iter().map(|part| &part.missing).collect();
        json!({
            "outcome": release.outcome, "when": release.when.source(), "on": release.on, "start": release.start,
            "missing": missing,
        })
    });
    let escalations = protocol.escalations.iter().map(|escalation| {
        json!({
            "on": escalation.on.source(), "to": escalation.to.as_ref().map(Expr::source),
            "start": escalation.start, "outcome": escalation.outcome,
        })
    });
    json!({
        "id": protocol.id, "pack": protocol.pack, "version": protocol.version, "title": protocol.title,
        "help": protocol.help, "clause": protocol.clause, "area": protocol.area, "from": protocol.from,
        "to": protocol.to, "restricts": protocol.restricts, "intake": protocol.intake,
        "tasks": protocol.tasks.iter().map(task_json).collect::<Vec<_>>(),
        "release": releases.collect::<Vec<_>>(),
        "escalate": escalations.collect::<Vec<_>>(),
        "meets": protocol.meets,
    })
}

async fn protocols(State(state): State<AppState>) -> Json<Value> {
    let model = state.ledger.snapshot().model.clone();
    let items: Vec<Value> = model.protocols.iter().map(|protocol| protocol_json(protocol)).collect();
    Json(json!({ "items": items }))
}

async fn packs(State(state): State<AppState>) -> Json<Value> {
    let model = state.ledger.snapshot().model.clone();
    let pack = |pack: &lianfang_policy::model::Pack| json!({ "id": pack.id, "title": pack.title, "needs": pack.needs, "meets": pack.meets });
    Json(json!({ "digest": model.digest, "items": model.packs.values().map(pack).collect::<Vec<_>>() }))
}

async fn registers(State(state): State<AppState>) -> Json<Value> {
    let model = state.ledger.snapshot().model.clone();
    let field = |field: &lianfang_kernel::FieldSchema| {
        let list = model.list_of(&field.kind);
        let values = list.map(|list| {
            list.values
                .iter()
                .map(|value| json!({ "id": value.id, "title": value.title }))
                .collect::<Vec<_>>()
        });
        json!({
            "id": field.id, "title": field.title, "help": field.help, "kind": field.kind.id(),
            "required": field.required, "many": field.many, "sealed": field.is_sealed(), "unit": field.unit,
            "values": values, "since": field.since,
        })
    };
    let items: Vec<Value> = model
        .registers
        .values()
        .map(|register| {
            let schema = &register.schema;
            json!({
                "id": schema.id, "pack": schema.pack, "version": schema.version, "title": schema.title,
                "help": schema.help, "purpose": schema.purpose, "subjects": schema.subjects, "nature": schema.nature,
                "shape": schema.shape, "sensitivity": schema.sensitivity, "retention_days": schema.retention_days,
                "accepts": register.accepts.map(|accepts| json!({ "from": accepts.from, "to": accepts.to })),
                "residents": register.residents, "fields": schema.fields.iter().map(field).collect::<Vec<_>>(),
            })
        })
        .collect();
    Json(json!({ "items": items }))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    parent: Option<String>,
    id: Option<String>,
    q: Option<String>,
}

async fn regions(State(state): State<AppState>, Params(asked): Params<Asked>) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let tree = &snapshot.regions;
    let found: Vec<&Region> = if let Some(id) = given(&asked.id) {
        tree.get(&RegionId::new(id)).into_iter().collect()
    } else if let Some(part) = given(&asked.q) {
        let part = part.to_lowercase();
        let fits = |region: &&Region| {
            region.name.zh.contains(&part)
                || region.name.en.to_lowercase().contains(&part)
                || region.code.starts_with(&part)
        };
        tree.iter().filter(fits).take(REGIONS).collect()
    } else if let Some(parent) = given(&asked.parent) {
        tree.children(&RegionId::new(parent))
            .iter()
            .filter_map(|id| tree.get(id))
            .collect()
    } else {
        tree.roots().iter().filter_map(|id| tree.get(id)).collect()
    };
    let item = |region: &Region| {
        json!({
            "id": region.id, "code": region.code, "name": region.name, "level": region.level.id(),
            "parent": region.parent, "has_children": !tree.children(&region.id).is_empty(),
            "lineage": tree.lineage(&region.id).map(|above| &above.name).collect::<Vec<_>>(),
        })
    };
    Ok(Json(
        json!({ "city": snapshot.city, "items": found.into_iter().map(item).collect::<Vec<_>>() }),
    ))
}
