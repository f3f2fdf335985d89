//! Notices, the tray, the audit, retention, and the clock of a test.

use crate::asked::{Body, Params, given, parsed};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read, settle};
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use lianfang_kernel::ids::LoginId;
use lianfang_kernel::{Instant, Problem, Words};
use lianfang_ledger::read::NoticeItem;
use lianfang_ledger::{accounts, verify_audit};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/notices", get(notices))
        .route("/tray", get(tray))
        .route("/audit", get(audit))
        .route("/audit/heads", get(heads))
        .route("/retention/run", post(retention))
        .route("/test/clock", post(clock))
}

async fn notices(State(state): State<AppState>, staff: Staff) -> Result<Json<Value>, ApiError> {
    let Some(org) = staff.login.org else {
        return Ok(Json(json!({ "items": [] })));
    };
    let model = state.ledger.snapshot().model.clone();
    let mut items: Vec<NoticeItem> = read(&state, move |reader| reader.notices(org)).await?;
    items.retain(|item| {
        let duty = item.duty.as_ref();
        duty.is_none_or(|(protocol, task)| staff.is_told_of(&model, protocol, task))
    });
    Ok(Json(json!({ "items": items })))
}

async fn tray(State(state): State<AppState>, staff: Staff) -> Result<Json<Value>, ApiError> {
    let model = state.ledger.snapshot().model.clone();
    let sight = staff.sight.clone();
    let mut items = read(&state, move |reader| reader.tray(&sight)).await?;
    items.retain(|item| staff.writes(&item.register) || staff.reads_rows(&model, &item.register));
    Ok(Json(localised(json!({ "items": items }), locale::current())))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    subject: Option<String>,
    kind: Option<String>,
    cursor: Option<String>,
    limit: Option<String>,
}

async fn audit(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    staff.must_audit()?;
    let subject = parsed("subject", &asked.subject)?;
    let limit = parsed("limit", &asked.limit)?.unwrap_or(100);
    let (kind, cursor) = (
        given(&asked.kind).map(str::to_owned),
        given(&asked.cursor).map(str::to_owned),
    );
    let (page, names) = read(&state, move |reader| {
        let page = reader.audit(subject, kind.as_deref(), cursor.as_deref(), limit)?;
        let logins = accounts::list(reader.connection())?;
        let names: HashMap<LoginId, String> = logins.into_iter().map(|login| (login.id, login.name)).collect();
        Ok((page, names))
    })
    .await?;
    let items: Vec<Value> = page
        .items
        .iter()
        .map(|item| {
            let mut value = json!(item);
            value["who"] = item
                .login
                .and_then(|id| names.get(&id))
                .map_or(Value::Null, |name| name.as_str().into());
            value["subjects"] = match item.subject {
                Some(subject) => json!([subject]),
                None => item.detail.get("digest").cloned().unwrap_or_else(|| json!([])),
            };
            value
        })
        .collect();
    Ok(Json(json!({ "items": items, "next": page.next })))
}

async fn heads(State(state): State<AppState>, staff: Staff) -> Result<Json<Value>, ApiError> {
    staff.must_audit()?;
    let report = read(&state, |reader| verify_audit(reader.connection())).await?;
    Ok(Json(json!(report)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Running {
    dry_run: bool,
}

async fn retention(
    State(state): State<AppState>,
    staff: Staff,
    Body(asked): Body<Running>,
) -> Result<Json<Value>, ApiError> {
    staff.must_manage()?;
    let destruction = settle(state.ledger.run_retention(staff.author, asked.dry_run)).await?;
    Ok(Json(json!(destruction)))
}

/// Where the test clock goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moving {
    #[serde(default)]
    now: Option<Instant>,
    #[serde(default)]
    advance: Option<String>,
}

async fn clock(
    State(state): State<AppState>,
    staff: Staff,
    Body(moving): Body<Moving>,
) -> Result<Json<Value>, ApiError> {
    let Some(clock) = state.config.test_clock.clone() else {
        return Err(ApiError::not_found(Words::new(
            "没有测试时钟",
            "There is no test clock here",
        )));
    };
    staff.must_manage()?;
    let now = state.ledger.now();
    let to = match (moving.now, moving.advance) {
        (Some(to), None) => to,
        (None, Some(length)) => {
            let ms = iso_duration_ms(&length).ok_or_else(|| {
                let what = Words::new("“{v}”不是时长", "“{v}” is not a length of time").with("v", &length);
                ApiError::bad_field("advance", what, Words::new("例如 PT24H", "For example PT24H"))
            })?;
            now.plus_ms(ms)
        }
        _ => {
            let what = Words::new("请给出 now 或 advance 之一", "Give either now or advance");
            return Err(ApiError::bad_field("now", what, Words::same("{\"advance\":\"PT24H\"}")));
        }
    };
    if to < now {
        let what = Words::new("时钟不能拨回", "The clock does not go back");
        let hint = Words::new("要回到过去请用新数据库", "Start with a new database to go back");
        return Err(ApiError::refused(Problem::new("clock_backwards", what, hint).at("now")));
    }
    clock.set(to);
    let ticked = state.tick().await?;
    Ok(Json(json!({ "now": to, "ticked": ticked })))
}

/// Milliseconds of an ISO 8601 length of time in days and below, `P1DT2H30M`.
fn iso_duration_ms(text: &str) -> Option<i64> {
    let (days, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some((days, time)) => (days, time),
        None => (text.strip_prefix('P')?, ""),
    };
    let mut ms: i64 = 0;
    let mut parts = 0;
    for (part, units) in [
        (days, &[('D', 86_400_000), ('W', 604_800_000)][..]),
        (time, &[('H', 3_600_000), ('M', 60_000), ('S', 1_000)][..]),
    ] {
        let mut digits = String::new();
        for c in part.chars() {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            let (_, unit) = units.iter().find(|(name, _)| *name == c)?;
            ms = ms.checked_add(std::mem::take(&mut digits).parse::<i64>().ok()?.checked_mul(*unit)?)?;
            parts += 1;
        }
        if !digits.is_empty() {
            return None;
        }
    }
    (parts > 0).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::iso_duration_ms;

    #[test]
    fn lengths_of_time_are_read_or_refused() {
        assert_eq!(iso_duration_ms("PT24H"), Some(86_400_000));
        assert_eq!(iso_duration_ms("P1DT2H30M5S"), Some(95_405_000));
        for text in ["", "P", "PT", "24h", "PT1", "P1M", "PT-1H", "PT99999999999999999999H"] {
            assert_eq!(iso_duration_ms(text), None, "{text}");
        }
    }
}
