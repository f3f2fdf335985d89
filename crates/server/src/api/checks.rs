//! Checks of a checkpoint come in, plain or sealed, and every one is answered.

use super::entries::answer_json;
use crate::asked::{Body, named_field};
use crate::caller::Staff;
use crate::check::{Check, ReadyCheck, ready};
use crate::check_caller::CheckCaller;
use crate::locale;
use crate::problem::ApiError;
use crate::state::{AppState, settle};
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::CHECK_REGISTER;
use lianfang_ledger::wire::{EntryAnswer, Status};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Checks in one call at most.
const CHECKS: usize = 1_000;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/checks", post(write))
}

/// Base64 with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A call that brings checks.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Writing {
    /// The phone; it is known by its secret, the field is for the reader of a log.
    #[serde(default, rename = "device")]
    _device: Option<String>,
    /// The epoch that the sender last saw; the answer tells the present one.
    #[serde(default, rename = "epoch")]
    _epoch: Option<i64>,
    #[serde(default)]
    checks: Vec<Value>,
    #[serde(default)]
    sealed: Vec<String>,
}

/// Either a check that goes to the ledger, at its place among them, or the answer it has already.
enum Place {
    Sent(usize),
    Answered(Value),
}

async fn write(
    State(state): State<AppState>,
    caller: CheckCaller,
    Body(writing): Body<Writing>,
) -> Result<Json<Value>, ApiError> {
    let (epoch, results) = taken(&state, &caller, writing.checks, writing.sealed).await?;
    Ok(Json(json!({ "epoch": epoch, "results": results })))
}

/// Checks that staff bring by hand: keyed in from paper, or the sealed ones of a phone's exported file. Each is answered,
/// in order, plain ones first; one that is there already is answered as the first time.
///
/// # Errors
/// `no_right`, `too_many`, 503.
pub async fn take_checks(
    state: &AppState,
    staff: &Staff,
    checks: Vec<Value>,
    sealed: Vec<String>,
) -> Result<Vec<Value>, ApiError> {
    staff.must_write(CHECK_REGISTER)?;
    let caller = CheckCaller::Staff(Box::new(staff.clone()));
    Ok(taken(state, &caller, checks, sealed).await?.1)
}

async fn taken(
    state: &AppState,
    caller: &CheckCaller,
    checks: Vec<Value>,
    sealed: Vec<String>,
) -> Result<(i64, Vec<Value>), ApiError> {
    if checks.len() + sealed.len() > CHECKS {
        let what = Words::new("一次最多报送{n}条查验", "At most {n} checks a call").with("n", CHECKS);
        let hint = Words::new("请分批报送", "Send them in parts");
        return Err(ApiError::refused(Problem::new("too_many", what, hint).at("checks")));
    }
    let opened = sealed.iter().map(|blob| open(state, blob));
    let sent: Vec<Result<Value, Problem>> = checks.into_iter().map(Ok).chain(opened).collect();
    let (places, checks) = sort_out(state, caller.own(), sent).await?;
    let told: Vec<(Option<String>, String)> = checks
        .iter()
        .map(|check| (check.verdict.clone(), check.decision.clone()))
        .collect();
    let checks: Vec<_> = checks.into_iter().map(|ready| ready.check).collect();
    let (epoch, judged) = if checks.is_empty() {
        (state.ledger.epoch(), Vec::new())
    } else {
        let answer = settle(state.ledger.check(caller.author(), checks)).await?;
        (answer.epoch, answer.results)
    };
    for answer in &judged {
        state.metrics.entry(answer.status);
    }
    let results: Vec<Value> = places
        .into_iter()
        .filter_map(|place| match place {
            Place::Answered(answer) => Some(answer),
            Place::Sent(at) => Some(result(judged.get(at)?, told.get(at)?)),
        })
        .collect();
    Ok((epoch, results))
}

async fn sort_out(
    state: &AppState,
    own: Option<SubjectId>,
    sent: Vec<Result<Value, Problem>>,
) -> Result<(Vec<Place>, Vec<ReadyCheck>), ApiError> {
    let mut places = Vec::with_capacity(sent.len());
    let mut checks = Vec::new();
    for (index, value) in sent.into_iter().enumerate() {
        let id = value
            .as_ref()
            .ok()
            .and_then(|value| value.get("id")?.as_str()?.parse::<Uuid>().ok());
        let check = match value.and_then(|value| parse(index, value)) {
            Ok(check) => ready(state, own, check).await?,
            Err(problem) => Err(problem),
        };
        places.push(match check {
            Ok(check) => {
                checks.push(check);
                Place::Sent(checks.len() - 1)
            }
            Err(problem) => Place::Answered(refusal(id, problem)),
        });
    }
    Ok((places, checks))
}

fn parse(index: usize, value: Value) -> Result<Check, Problem> {
    serde_json::from_value(value).map_err(|error| {
        let text = error.to_string();
        let what = Words::new("查验无法读取：{e}", "The check cannot be read: {e}").with("e", &text);
        let hint = Words::new(
            "字段见 docs/api.md；不登记姓名和证件号码",
            "The fields are in docs/api.md; names and numbers are not kept",
        );
        let field = named_field(&text).map_or_else(|| format!("checks/{index}"), |f| format!("checks/{index}/{f}"));
        Problem::new("bad_check", what, hint).at(field)
    })
}

/// Opens what a phone sealed.
pub(crate) fn open(state: &AppState, blob: &str) -> Result<Value, Problem> {
    let wrong = || {
        let what = Words::new("封存的内容无法打开", "What was sealed cannot be opened");
        let hint = Words::new(
            "请保留原文件；它可能是为另一台服务器封存的",
            "Keep it: it may have been sealed to another server",
        );
        Problem::new("cannot_open", what, hint)
    };
    let bytes = BASE64.decode(blob.trim()).map_err(|_| wrong())?;
    let plain = state.ledger.open_from_phone(&bytes).map_err(|_| wrong())?;
    serde_json::from_slice(&plain).map_err(|_| wrong())
}

/// What stands in the place of one that could not be judged.
pub(crate) fn refusal(id: Option<Uuid>, problem: Problem) -> Value {
    let mut refusal = answer_json(&EntryAnswer::refused(id.unwrap_or_default(), vec![problem]));
    if id.is_none() {
        refusal["id"] = Value::Null;
    }
    refusal
}

/// One check's answer. What waits in the tray is kept and seen by a person, so the sender may forget it: `flagged`.
fn result(answer: &EntryAnswer, (verdict, decision): &(Option<String>, String)) -> Value {
    let mut body = answer_json(answer);
    match answer.status {
        Status::Tray => {
            body["status"] = "flagged".into();
            body["in_tray"] = true.into();
        }
        Status::Flagged => {
            if let Some(flag) = answer.flags.first() {
                body["code"] = flag.code.as_str().into();
                body["detail"] = flag.what.get(locale::current()).into();
            }
        }
        Status::Accepted | Status::Refused => {}
    }
    body["verdict"] = verdict.as_deref().map_or(Value::Null, Value::from);
    body["decision"] = decision.as_str().into();
    body
}
