//! Opening what is sealed: who somebody is, and the sealed fields of an entry. One at a time, with a reason that goes
//! into the audit first.
//!
//! Whoever opens more in an hour than their work explains is refused, and the refusal becomes somebody's task: there is
//! no way to read everybody.

use super::entries;
use super::subjects::{seen, stated};
use crate::asked::{Body, Id};
use crate::caller::Staff;
use crate::problem::ApiError;
use crate::rights::unknown_subject;
use crate::state::{AppState, append, read};
use crate::trace;
use axum::extract::{Path, State};
use axum::routing::post;
use axum::{Json, Router};
use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::read::EntryItem;
use lianfang_ledger::wire::{Author, NewEntry, SubjectIn};
use lianfang_policy::model::{Level, Model};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The time in which openings are counted.
const WINDOW_MS: i64 = 3_600_000;
/// The setting that says how many one account may open in that time.
const LIMIT: &str = "unmask_hourly";
/// The register in which a reader who was stopped is written down.
const ALARM: &str = "read_alarm";

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/subjects/{id}/unmask", post(unmask))
        .route("/entries/{id}/unmask", post(unmask_entry))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    reason: String,
}

/// Opens who a subject is, with the reason in the audit first.
///
/// # Errors
/// 403, 404, 422 without a reason.
pub async fn open_identity(state: &AppState, staff: &Staff, id: SubjectId, reason: &str) -> Result<Value, ApiError> {
    let reason = stated("reason", reason)?;
    let model = state.ledger.snapshot().model.clone();
    if !staff.identifies(&model) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不查看个人身份",
            "Your role does not see who people are",
        )));
    }
    let view = seen(state, staff, id).await?;
    must_not_be_bulk(state, staff).await?;
    trace::stated(state, staff, "unmask", Some(view.id), json!({ "reason": reason })).await?;
    let identity = read(state, move |reader| reader.identity(view.id))
        .await?
        .ok_or_else(|| unknown_subject(id))?;
    let mut body = json!({ "id": view.id, "name": identity.name, "identifiers": identity.identifiers });
    for (kind, number) in &identity.identifiers {
        body[kind.as_str()] = number.as_str().into();
    }
    Ok(body)
}

async fn unmask(
    State(state): State<AppState>,
    staff: Staff,
    Id(id): Id<SubjectId>,
    Body(asked): Body<Reason>,
) -> Result<Json<Value>, ApiError> {
    Ok(Json(open_identity(&state, &staff, id, &asked.reason).await?))
}

/// Whether a role opens what is sealed in an entry: it sees who the register is about, or wrote the entry itself.
pub fn opens(model: &Model, staff: &Staff, item: &EntryItem) -> bool {
    let wrote_it = staff.writes(&item.register) && item.org == staff.login.org;
    wrote_it || staff.level(model, &item.register) == Some(Level::Identified)
}

/// Opens the sealed fields of an entry that the role may see, with the reason in the audit first.
///
/// # Errors
/// 403, 404, 422 without a reason; `destroyed` when the key is gone.
pub async fn open_entry(
    state: &AppState,
    staff: &Staff,
    item: &EntryItem,
    reason: &str,
) -> Result<Map<String, Value>, ApiError> {
    let reason = stated("reason", reason)?;
    let model = state.ledger.snapshot().model.clone();
    if !opens(&model, staff, item) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不查看这类加密内容",
            "Your role does not open what is sealed here",
        )));
    }
    must_not_be_bulk(state, staff).await?;
    let detail = json!({ "reason": reason, "entry": item.id, "register": item.register });
    trace::stated(state, staff, "unmask", Some(item.subject), detail).await?;
    let id = item.id;
    let mut fields = read(state, move |reader| reader.sealed_fields(id))
        .await?
        .ok_or_else(destroyed)?;
    if let Some(register) = model.registers.get(&item.register) {
        fields.retain(|id, _| {
            let field = register.schema.field(id);
            field.is_none_or(|field| field.see.is_empty() || field.see.contains(&staff.role.id))
        });
    }
    Ok(fields)
}

async fn unmask_entry(
    State(state): State<AppState>,
    staff: Staff,
    Path(id): Path<String>,
    Body(asked): Body<Reason>,
) -> Result<Json<Value>, ApiError> {
    let item = entries::one(&state, &staff, &id).await?;
    let fields = open_entry(&state, &staff, &item, &asked.reason).await?;
    Ok(Json(json!({ "id": item.id, "fields": fields })))
}

fn destroyed() -> ApiError {
    let what = Words::new("加密内容已到期销毁", "What was sealed has been destroyed");
    let hint = Words::new("保存期已过，只留下数字", "It was past its retention; only figures stay");
    ApiError::refused(Problem::new("not_found", what, hint))
}

/// Refuses who has opened as many in the hour as one account may, and raises the alarm once in that hour.
async fn must_not_be_bulk(state: &AppState, staff: &Staff) -> Result<(), ApiError> {
    let (snapshot, now) = (state.ledger.snapshot(), state.ledger.now());
    let limit = snapshot.setting(LIMIT, &staff.region, now).and_then(|n| n.as_int());
    let (Some(limit), Some(login)) = (limit, staff.author.login) else {
        return Ok(());
    };
    let since = now.plus_ms(-WINDOW_MS);
    let opened = read(state, move |reader| reader.unmaskings(login, since)).await?;
    if opened < u64::try_from(limit).unwrap_or(0) {
        return Ok(());
    }
    let detail = json!({ "reason": "bulk_read", "count": opened, "limit": limit });
    trace::stated(state, staff, "refused", None, detail).await?;
    raise(state, staff, login, opened, limit).await?;
    let what = Words::new(
        "一小时内查看完整信息已达{n}次，本次不予显示",
        "{n} have been opened within the hour; this one is not shown",
    );
    let hint = Words::new(
        "批量查看不被允许，已通知审计；确有需要请走比对或协助请求",
        "There is no reading in bulk, and the auditor has been told; ask for a match run or for assistance",
    );
    Err(ApiError::refused(Problem::new(
        "bulk_read",
        what.with("n", limit),
        hint,
    )))
}

/// The alarm is an entry about the reader's organisation, so that somebody has to answer it.
async fn raise(state: &AppState, staff: &Staff, login: LoginId, opened: u64, limit: i64) -> Result<(), ApiError> {
    let snapshot = state.ledger.snapshot();
    let (Some(org), true) = (staff.author.org, snapshot.model.registers.contains_key(ALARM)) else {
        return Ok(());
    };
    let hour = state.ledger.now().0.div_euclid(WINDOW_MS);
    let mut entry = NewEntry::new(Uuid::new_v5(&login.0, format!("{ALARM} {hour}").as_bytes()), ALARM);
    entry.subject = Some(SubjectIn::Id(org));
    entry.body = Map::from_iter([
        ("account".to_owned(), login.to_string().into()),
        ("opened".to_owned(), opened.into()),
        ("allowed".to_owned(), limit.into()),
    ]);
    let answer = append(state, Author::system(), vec![entry]).await?;
    if let Some(problem) = answer.results.iter().flat_map(|result| &result.problems).next() {
        tracing::error!(code = problem.code, "unmask.alarm_refused");
    }
    Ok(())
}
