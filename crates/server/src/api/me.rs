//! What a resident sees: what was typed on this device, and, once staff have confirmed whose it is, one's own file.

use crate::asked::Body;
use crate::caller::{Caller, Resident};
use crate::declare::{device_of, own_flags};
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, append_or_refuse, read, settle};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::CHECK_DAYS;
use lianfang_ledger::read::{
    Certificate, DeviceRead, EntryItem, Hold, OwnCheck, Sight, TaskFilter, TaskItem, TimelineEnrolment,
};
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/me", get(show))
        .route("/me/entries", post(super::entries::write_own))
        .route("/me/checks", get(checks))
        .route("/me/bind", post(bind))
        .route("/me/object", post(object))
}

/// Everything that a device may see.
#[derive(Debug, Default, Serialize)]
pub struct Mine {
    /// Staff have confirmed whose device it is.
    pub is_bound: bool,
    /// Declarations typed on it, newest first.
    pub declarations: Vec<Value>,
    /// Other entries typed on it.
    pub entries: Vec<Value>,
    /// Today's pass.
    pub pass: Option<Certificate>,
    /// One's own open tasks.
    pub tasks: Vec<TaskItem>,
    /// One's certificates.
    pub certificates: Vec<Certificate>,
    /// What holds: measure, order, until when, how to object.
    pub holds: Vec<Hold>,
    /// Protocols one is in.
    pub enrolments: Vec<TimelineEnrolment>,
    /// Who looked at one's file.
    pub reads: Vec<DeviceRead>,
}

/// An entry as who typed it may see it: nothing that the ledger knows besides.
fn typed(item: &EntryItem, model: &lianfang_policy::Model, is_own: bool) -> Value {
    let mut value = serde_json::to_value(item).unwrap_or_default();
    if !is_own && let Some(fields) = value.as_object_mut() {
        fields.remove("subject");
        let flags = own_flags(model, &item.flags);
        let was_judged = item.status == "accepted" || item.status == "flagged";
        if was_judged {
            fields.insert(
                "status".into(),
                if flags.is_empty() { "accepted" } else { "flagged" }.into(),
            );
        }
        fields.insert("flags".into(), json!(flags));
    }
    value
}

/// Reads what a device may see.
///
/// # Errors
/// The database.
pub async fn mine(state: &AppState, resident: &Resident) -> Result<Mine, ApiError> {
    let device = resident.device.clone();
    read(state, move |reader| {
        let model = reader.snapshot.model.clone();
        let mut mine = Mine {
            is_bound: device.owner.is_some(),
            ..Mine::default()
        };
        for item in reader.typed_on(device.id)? {
            let value = typed(&item, &model, device.owner == Some(item.subject));
            if crate::declare::earns_pass(&model, &item.register) {
                mine.declarations.push(value)
            } else {
                mine.entries.push(value)
            }
        }
        let today = reader.snapshot.zone.day_of(reader.now);
        mine.pass = reader.pass_of_day(device.id, today)?;
        let Some(owner) = device.owner else { return Ok(mine) };
        let filter = TaskFilter {
            state: Some("due".into()),
            subject: Some(owner),
            limit: 100,
            ..TaskFilter::default()
        };
        mine.tasks = reader
            .tasks(&Sight::All, &filter)?
            .items
            .into_iter()
            .filter(|item| item.owner_self)
            .collect();
        mine.certificates = reader.certificates_of(owner)?;
        mine.reads = reader.reads_of(owner)?;
        if let Some(file) = reader.file(owner, None)? {
            mine.holds = file.holds;
            mine.enrolments = file.enrolments;
        }
        Ok(mine)
    })
    .await
}

async fn show(State(state): State<AppState>, resident: Resident) -> Result<Json<Value>, ApiError> {
    let mine = mine(&state, &resident).await?;
    Ok(Json(localised(json!(mine), locale::current())))
}

/// Every check made of one's own passes in the last fourteen days.
///
/// # Errors
/// The database.
pub async fn own_checks(state: &AppState, resident: &Resident) -> Result<Vec<OwnCheck>, ApiError> {
    let device = resident.device.clone();
    let lang = locale::current();
    read(state, move |reader| {
        let today = reader.snapshot.zone.day_of(reader.now);
        let passes = reader.own_passes(device.id, device.owner, today.plus(-CHECK_DAYS))?;
        reader.checks_of(&passes, lang)
    })
    .await
}

async fn checks(State(state): State<AppState>, resident: Resident) -> Result<Json<Value>, ApiError> {
    let items = own_checks(&state, &resident).await?;
    Ok(Json(json!({ "items": items, "kept_days": CHECK_DAYS })))
}

/// A one-time code as it is compared: people type it in any case, with spaces and dashes.
pub(crate) fn plain_code(code: &str) -> String {
    code.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Binds a device to the file that staff made a code for; answers the secret of a device made for it.
///
/// # Errors
/// 422 for a wrong or used code, 429 for guessing.
pub async fn bind_by_code(
    state: &AppState,
    resident: Option<&Resident>,
    code: &str,
) -> Result<Option<String>, ApiError> {
    let code = plain_code(code);
    let wrong = || {
        let what = Words::new("绑定码不对、已用过或已过期", "The code is wrong, used or too old");
        let hint = Words::new(
            "请核对，或请社区重新发一个",
            "Check it, or ask your community for another",
        );
        ApiError::refused(Problem::new("wrong_code", what, hint).at("code"))
    };
    // Forty bits of code and fourteen days: guessing is slowed for everybody without a device together.
    let who = resident.map_or_else(|| "no device".to_owned(), |resident| resident.device.id.to_string());
    state.limits.code(&who)?;
    let (device, secret) = device_of(state, resident)?;
    if code.len() == 8 && settle(state.ledger.bind_device(device, &code)).await? {
        Ok(secret)
    } else {
        Err(wrong())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Binding {
    code: String,
}

async fn bind(
    State(state): State<AppState>,
    caller: Caller,
    Body(binding): Body<Binding>,
) -> Result<Json<Value>, ApiError> {
    let resident = match &caller {
        Caller::Resident(resident) => Some(&**resident),
        Caller::Staff(_) | Caller::Public => None,
    };
    let secret = bind_by_code(&state, resident, &binding.code).await?;
    let mut body = json!({ "bound": true });
    if let Some(secret) = secret {
        body["device_secret"] = secret.into();
    }
    Ok(Json(body))
}

/// An objection; its fields are those of the register `objection`.
#[derive(Debug, Deserialize)]
struct Objecting {
    #[serde(flatten)]
    body: Map<String, Value>,
}

async fn object(
    State(state): State<AppState>,
    resident: Resident,
    Body(objecting): Body<Objecting>,
) -> Result<Json<Value>, ApiError> {
    let owner = resident.device.owner.ok_or_else(|| {
        ApiError::refused(Problem::new(
            "not_yours",
            Words::new("本设备尚未确认是谁的", "Nobody has confirmed whose device this is"),
            Words::new(
                "请用社区发的绑定码确认后再提出，或到社区当面提出",
                "Bind it with the code from your community first, or object there in person",
            ),
        ))
    })?;
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(owner)),
        confirmed: true,
        body: objecting.body,
        ..NewEntry::new(state.ledger.new_id(), "objection")
    };
    let result = append_or_refuse(&state, resident.author, entry).await?;
    Ok(Json(super::entries::answer_json(&result)))
}
