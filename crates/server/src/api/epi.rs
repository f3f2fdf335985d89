//! Estimators and detectors: over a sheet that is sent, or over a daily figure of the ledger. Parameters and sheets are those of
//! [`lianfang_epi::calls`], as on the command line.

use crate::asked::{self, bad_json, bytes};
use crate::caller::{Caller, Staff};
use crate::daily::DailyQuery;
use crate::estimates::{Estimated, estimate, takes_figures};
use crate::locale;
use crate::problem::ApiError;
use crate::state::AppState;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use lianfang_epi::Table;
use lianfang_epi::calls::{Asked, CALLS, Call, Kind, find};
use lianfang_epi::sheets::Told;
use lianfang_exchange::decode;
use lianfang_kernel::{RegionId, Words};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/epi", get(list))
        .route("/epi/{call}", get(of_figure).post(of_sheet))
}

fn called(name: &str) -> Result<&'static Call, ApiError> {
    find(name).ok_or_else(|| ApiError::not_found(Words::new("没有这种计算", "There is no such estimate")))
}

/// What there is, with sheets, parameters and defaults.
async fn list(_: Staff) -> Json<Value> {
    let lang = locale::current();
    let pick = |zh: &'static str, en: &'static str| Words::new(zh, en).get(lang).to_owned();
    let params = |call: &Call| -> Vec<Value> {
        let one = |param: &lianfang_epi::calls::Param| {
            let choices = match param.kind {
                Kind::Choice(known) | Kind::Choices(known) => Some(known),
                _ => None,
            };
            let name = param.name.replace('-', "_");
            json!({ "name": name, "value": param.value, "choices": choices, "default": param.default, "help": pick(param.zh, param.en) })
        };
        call.params.iter().map(one).collect()
    };
    let items: Vec<Value> = CALLS
        .iter()
        .map(|call| {
            let sheets: Vec<Value> = call
                .sheets
                .iter()
                .map(|sheet| json!({ "name": sheet.name, "required": sheet.is_required, "columns": pick(sheet.zh, sheet.en) }))
                .collect();
            json!({
                "name": call.name, "title": pick(call.zh, call.en), "sheets": sheets, "params": params(call),
                "of_figures": takes_figures(call),
            })
        })
        .collect();
    Json(json!({ "items": items }))
}

/// Parameters of the address but those that mean the same everywhere.
fn in_address(query: Option<&str>, passed: &[&str]) -> Vec<(String, String)> {
    form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .filter(|(name, value)| !passed.contains(&name.as_ref()) && !value.trim().is_empty())
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

async fn of_sheet(
    State(state): State<AppState>,
    _: Staff,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let call = called(&name)?;
    let mut asked = Asked::new(call);
    let set = in_address(request.uri().query(), &["lang", "format"]);
    let headers = request.headers().clone();
    let wants_csv = wants_csv(&headers, request.uri().query());
    let body = bytes(request, &state).await?;
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.trim_start().starts_with("application/json"));
    if is_json {
        let given: Map<String, Value> = serde_json::from_slice(&body).map_err(|error| bad_json(&error))?;
        for (key, value) in given {
            give(&mut asked, &key, value)?;
        }
    } else {
        put(&mut asked, "csv", &body)?;
    }
    for (key, value) in set {
        asked.set(&key, &value).map_err(ApiError::refused)?;
    }
    let told = state.computing.run(asked).await?;
    Ok(answer(
        told,
        wants_csv,
        Map::from_iter([("call".to_owned(), name.into())]),
    ))
}

/// A member of a body: a sheet as text, or a parameter.
fn give(asked: &mut Asked, key: &str, value: Value) -> Result<(), ApiError> {
    match (asked.call().input(key), value) {
        (_, Value::Null) => Ok(()),
        (Some(input), Value::String(text)) => put(asked, input.name, text.as_bytes()),
        (None, Value::String(text)) => asked.set(key, &text).map_err(ApiError::refused),
        (None, value @ (Value::Bool(_) | Value::Number(_))) => {
            asked.set(key, &value.to_string()).map_err(ApiError::refused)
        }
        _ => {
            let what = Words::new("{key} 的值不可用", "The value of {key} cannot be used").with("key", key);
            let hint = Words::new(
                "表以 CSV 文本给出，参数为数、文本或真假",
                "A sheet is CSV as text, a parameter a number, text, true or false",
            );
            Err(ApiError::bad_field(key, what, hint))
        }
    }
}

fn put(asked: &mut Asked, name: &str, bytes: &[u8]) -> Result<(), ApiError> {
    let unreadable = |error: &dyn std::fmt::Display| {
        let what = Words::new("文字编码无法识别：{e}", "The encoding cannot be read: {e}").with("e", error);
        ApiError::bad_field(name, what, Words::new("用 UTF-8 或 GB 18030", "Use UTF-8 or GB 18030"))
    };
    let text = decode(bytes).map_err(|error| unreadable(&error))?;
    let sheet = Table::parse(&text).map_err(ApiError::refused)?;
    asked.put(name, sheet).map_err(ApiError::refused)
}

async fn of_figure(
    State(state): State<AppState>,
    staff: Staff,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let call = called(&name)?;
    let query = request.uri().query();
    let given: BTreeMap<String, String> = in_address(query, &[]).into_iter().collect();
    let text = |key: &str| given.get(key).cloned();
    let indicator = text("indicator").ok_or_else(|| {
        let what = Words::new("缺少 indicator", "indicator is missing");
        let hint = Words::new(
            "给出按日的指标；自己的表用 POST 发送",
            "Name a daily figure; a sheet of your own is sent with POST",
        );
        ApiError::bad_field("indicator", what, hint)
    })?;
    let wanted = DailyQuery {
        indicator,
        region: text("region").as_deref().map(RegionId::new),
        from: asked::day("from", &text("from"))?,
        to: asked::day("to", &text("to"))?,
        as_of: asked::moment("as_of", &text("as_of"))?,
    };
    let set = in_address(query, &["indicator", "region", "from", "to", "as_of", "lang", "format"]);
    let caller = Caller::Staff(Box::new(staff));
    let Estimated { series, told } = estimate(&state, &caller, call, &wanted, &set).await?;
    let lang = locale::current();
    let figure = &series.figure;
    let about = json!({
        "call": call.name, "indicator": figure.id, "title": figure.title.get(lang), "definition": figure.definition.get(lang),
        "unit": figure.unit.get(lang), "from": series.first, "to": series.last(), "as_of": figure.as_of, "state": figure.state,
    });
    let about = match about {
        Value::Object(about) => about,
        _ => Map::new(),
    };
    Ok(answer(told, wants_csv(request.headers(), query), about))
}

/// CSV where it is asked for and JSON is not.
fn wants_csv(headers: &HeaderMap, query: Option<&str>) -> bool {
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|kinds| kinds.to_str().ok())
        .unwrap_or_default();
    let format = form_urlencoded::parse(query.unwrap_or_default().as_bytes())
        .find(|(name, _)| name == "format")
        .map(|(_, format)| format.into_owned());
    match format.as_deref() {
        Some("csv") => true,
        Some(_) => false,
        None => accepts.contains("text/csv") && !accepts.contains("application/json"),
    }
}

fn answer(told: Told<Table>, wants_csv: bool, mut about: Map<String, Value>) -> Response {
    let lang = locale::current();
    let warnings: Vec<&str> = told.warnings.iter().map(|words| words.get(lang)).collect();
    if !wants_csv {
        about.insert("rows".into(), told.value.to_json().into());
        about.insert("warnings".into(), json!(warnings));
        return Json(Value::Object(about)).into_response();
    }
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let mut response = ([(header::CONTENT_TYPE, kind)], told.value.to_csv()).into_response();
    // A sheet has no place for them; they are part of the result all the same.
    let said: String = form_urlencoded::byte_serialize(warnings.join("\n").as_bytes()).collect();
    if let (false, Ok(said)) = (warnings.is_empty(), HeaderValue::from_str(&said)) {
        response.headers_mut().insert("lianfang-warnings", said);
    }
    response
}
