//! What is in force: the intervals of a reference register that cover a subject, a type or a region at a moment.

use crate::asked::{self, Params, given};
use crate::caller::Caller;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Day, Instant, Kind, Problem, RegionId, SubjectKind, SubjectView, Words};
use lianfang_policy::model::Register;
use lianfang_policy::{Interval, Snapshot, Target};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/in-force", get(show))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    register: Option<String>,
    subject: Option<String>,
    #[serde(rename = "type")]
    kind_type: Option<String>,
    region: Option<String>,
    at: Option<String>,
}

async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let register = register(&snapshot, given(&asked.register))?;
    let fields = readable(&snapshot, &caller, &register)?;
    let at = match asked::moment("at", &asked.at)? {
        Some(at) => at,
        None => read(&state, |reader| Ok(reader.now)).await?,
    };
    let view = match asked::parsed::<SubjectId>("subject", &asked.subject)? {
        Some(id) => Some(subject(&state, &caller, id).await?),
        None => None,
    };
    let kind_type = view.as_ref().map(|view| view.kind_type.clone());
    let kind_type = kind_type.or_else(|| given(&asked.kind_type).map(str::to_owned));
    let region = match (&view, asked::region(&asked.region)) {
        (Some(view), None) => Some(view.region.clone()),
        (_, given) => given,
    };
    let place = region.clone().unwrap_or_else(|| snapshot.city.clone());
    let rows = if view.is_some() || kind_type.is_some() {
        let target = Target {
            subject: view.as_ref().map(|view| view.id),
            region: Some(&place),
            kind_type: kind_type.as_deref(),
        };
        snapshot.in_force(&register.schema.id, target, (at, at))
    } else {
        touching(&snapshot, &register.schema.id, &place, at)
    };
    let items: Vec<Value> = rows
        .into_iter()
        .map(|interval| item(&snapshot, &register, &fields, interval))
        .collect();
    let body = json!({
        "register": register.schema.id, "title": register.schema.title, "at": at,
        "subject": view.map(|view| view.id), "type": kind_type, "region": place, "items": items,
    });
    Ok(Json(localised(body, locale::current())))
}

fn register(snapshot: &Snapshot, id: Option<&str>) -> Result<Arc<Register>, ApiError> {
    let found = id.and_then(|id| snapshot.model.registers.get(id));
    found
        .filter(|register| register.schema.reference)
        .cloned()
        .ok_or_else(|| {
            let known = snapshot.model.registers.values().filter(|known| known.schema.reference);
            let known: Vec<&str> = known.map(|known| known.schema.id.as_str()).collect();
            let what = Words::new("没有这样的登记册", "There is no such register");
            let hint = Words::new("可用：{k}", "There are: {k}").with("k", known.join(", "));
            ApiError::refused(Problem::new("unknown_register", what, hint).at("register"))
        })
}

/// The fields that the caller reads: all of them with the register, else those that it shows to the public.
fn readable(snapshot: &Snapshot, caller: &Caller, register: &Register) -> Result<Vec<String>, ApiError> {
    if let Caller::Staff(staff) = caller
        && staff.reads_rows(&snapshot.model, &register.schema.id)
    {
        let open = register.schema.fields.iter().filter(|field| !field.is_sealed());
        return Ok(open.map(|field| field.id.clone()).collect());
    }
    match (&register.public, caller) {
        (Some(public), _) => Ok(public.fields.clone()),
        (None, Caller::Staff(_)) => Err(ApiError::no_right(Words::new(
            "您的岗位不查看该登记册",
            "Your role does not read this register",
        ))),
        (None, _) => Err(ApiError::sign_in_needed()),
    }
}

/// The subject asked about. Premises, lines and organisations stand in public; anything else only for who sees it.
async fn subject(state: &AppState, caller: &Caller, id: SubjectId) -> Result<SubjectView, ApiError> {
    let sight = match caller {
        Caller::Staff(staff) => Some(staff.sight.clone()),
        _ => None,
    };
    let found = read(state, move |reader| {
        let view = reader.subject(id)?;
        Ok(view.filter(|view| {
            let is_public = matches!(
                view.kind,
                SubjectKind::Organisation | SubjectKind::Place | SubjectKind::Region
            );
            is_public || sight.is_some_and(|sight| reader.may_see(&sight, view))
        }))
    })
    .await?;
    found.ok_or_else(|| crate::rights::unknown_subject(id))
}

/// Every interval in force that touches the region: inside it, or over it.
pub fn touching<'s>(snapshot: &'s Snapshot, register: &str, region: &RegionId, at: Instant) -> Vec<&'s Interval> {
    let rows = snapshot.reference.of(register).iter();
    let touches = |interval: &&Interval| {
        snapshot.regions.within(&interval.region, region) || snapshot.regions.within(region, &interval.region)
    };
    rows.filter(|interval| interval.overlaps(at, at))
        .filter(touches)
        .collect()
}

/// What an interval says in these fields, as it is stored and sent.
pub fn published_body(register: &Register, fields: &[String], interval: &Interval) -> Map<String, Value> {
    let shown = register.schema.fields.iter().filter(|field| fields.contains(&field.id));
    shown
        .filter_map(|field| {
            let value = interval.body.get(&field.id)?;
            Some((field.id.clone(), stored(value, &field.kind)))
        })
        .collect()
}

fn item(snapshot: &Snapshot, register: &Register, fields: &[String], interval: &Interval) -> Value {
    let body = published_body(register, fields, interval);
    let order = register.schema.cites.as_deref().and_then(|cited| {
        let id = interval.body.get(cited)?.as_text()?.parse().ok()?;
        snapshot.reference.by_entry(cited, id)
    });
    let text = |order: &Interval, field: &str| order.body.get(field).and_then(Datum::as_text).map(str::to_owned);
    json!({
        "entry": interval.entry,
        "region": interval.region,
        "from": interval.from,
        "to": (interval.to < Instant::MAX).then_some(interval.to),
        "order": order.map(|order| json!({ "entry": order.entry, "number": text(order, "number"), "title": text(order, "title") })),
        "body": body,
    })
}

/// A value as it is stored and sent: moments RFC 3339, days ISO 8601.
fn stored(value: &Datum, kind: &Kind) -> Value {
    match (value, kind) {
        (Datum::Int(ms), Kind::Instant) => json!(Instant(*ms)),
        (Datum::Int(n), Kind::Date) => i32::try_from(*n).map_or(Value::Null, |n| json!(Day(n).to_string())),
        _ => value.to_json(),
    }
}
