//! What was asked for, read with an answer that says what is wrong with it.

use crate::problem::ApiError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use lianfang_kernel::{Day, Instant, Problem, RegionId, Words, Zone};
use serde::de::DeserializeOwned;

/// A body in JSON.
#[derive(Clone, Copy, Debug)]
pub struct Body<T>(pub T);

/// The part of an address behind `?`.
#[derive(Clone, Copy, Debug)]
pub struct Params<T>(pub T);

/// An id in the path.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

/// What is wrong with JSON, and where.
pub(crate) fn bad_json(error: &serde_json::Error) -> ApiError {
    let text = error.to_string();
    let what = Words::new("JSON 无法读取：{e}", "The JSON cannot be read: {e}").with("e", &text);
    let hint = Words::new(
        "第{l}行第{c}列；字段见 /openapi.json",
        "Line {l}, column {c}; the fields are in /openapi.json",
    )
    .with("l", error.line())
    .with("c", error.column());
    let mut problem = Problem::new("bad_json", what, hint);
    problem.field = named_field(&text);
    ApiError::refused(problem)
}

/// The field that an error of the parser names: "unknown field `x`", "missing field `x`".
pub(crate) fn named_field(text: &str) -> Option<String> {
    let rest = text.split_once("field `")?.1;
    Some(rest.split_once('`')?.0.to_owned())
}

/// Reads a body's bytes, or says that there are too many.
pub(crate) async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, ApiError> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return too_large();
        }
        let what = Words::new("请求没有传完", "The request did not arrive whole");
        ApiError::refused(Problem::new(
            "bad_body",
            what,
            Words::new("请重新提交", "Send it again"),
        ))
    })
}

pub(crate) fn too_large() -> ApiError {
    ApiError::refused(Problem::new(
        "too_large",
        Words::new("内容超过上限", "The body is larger than is accepted"),
        Words::new(
            "请分批提交：每次最多1 MiB，附件最多10 MiB，导入最多64 MiB",
            "Send it in parts: 1 MiB a call, 10 MiB an attachment, 64 MiB an import",
        ),
    ))
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Body<T>, ApiError> {
        let bytes = bytes(request, state).await?;
        serde_json::from_slice(&bytes)
            .map(Body)
            .map_err(|error| bad_json(&error))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Params<T>, ApiError> {
        let query = Query::<T>::try_from_uri(&parts.uri).map_err(|rejection| {
            let text = rejection.body_text();
            let what = Words::new("参数无法读取：{e}", "A parameter cannot be read: {e}").with("e", &text);
            let hint = Words::new("参数见 /openapi.json", "The parameters are in /openapi.json");
            let mut problem = Problem::new("bad_query", what, hint);
            problem.field = named_field(&text);
            ApiError::refused(problem)
        })?;
        Ok(Params(query.0))
    }
}

impl<T: std::str::FromStr, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id<T>, ApiError> {
        let bad = || ApiError::not_found(Words::new("没有这个编号", "There is nothing with this id"));
        let Path(text) = Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| bad())?;
        text.parse().map(Id).map_err(|_| bad())
    }
}

/// A parameter that is there and not empty.
pub(crate) fn given(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

/// A parameter of any kind that can be read from text.
pub(crate) fn parsed<T: std::str::FromStr>(field: &str, text: &Option<String>) -> Result<Option<T>, ApiError> {
    let Some(text) = given(text) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| {
        let what = Words::new("“{v}”不是有效的编号", "“{v}” is not a valid id").with("v", text);
        ApiError::bad_field(field, what, Words::new("请核对", "Check it"))
    })
}

/// A moment; a plus sign that an address turned into a space is read as a plus sign.
pub(crate) fn moment(field: &str, text: &Option<String>) -> Result<Option<Instant>, ApiError> {
    let Some(text) = given(text) else { return Ok(None) };
    Instant::parse(&text.replace(' ', "+")).map(Some).map_err(|_| {
        let what = Words::new("“{v}”不是时间", "“{v}” is not a moment").with("v", text);
        let hint = Words::new(
            "例如 2022-01-20T08:00:00+08:00",
            "For example 2022-01-20T08:00:00+08:00",
        );
        ApiError::bad_field(field, what, hint)
    })
}

/// A civil day.
pub(crate) fn day(field: &str, text: &Option<String>) -> Result<Option<Day>, ApiError> {
    given(text).map(|text| this_day(field, text)).transpose()
}

/// A civil day that must be there.
pub(crate) fn this_day(field: &str, text: &str) -> Result<Day, ApiError> {
    Day::parse(text).map_err(|_| {
        let what = Words::new("“{v}”不是日期", "“{v}” is not a day").with("v", text);
        ApiError::bad_field(field, what, Words::new("例如 2022-01-20", "For example 2022-01-20"))
    })
}

/// A moment, or a civil day: its beginning, or with `is_end` the end of it.
pub(crate) fn bound(
    field: &str,
    text: &Option<String>,
    zone: &Zone,
    is_end: bool,
) -> Result<Option<Instant>, ApiError> {
    if let Some(Ok(day)) = given(text).map(Day::parse) {
        return Ok(Some(zone.start_of(if is_end { day.plus(1) } else { day })));
    }
    moment(field, text)
}

/// The code of a region.
pub(crate) fn region(text: &Option<String>) -> Option<RegionId> {
    given(text).map(RegionId::new)
}
