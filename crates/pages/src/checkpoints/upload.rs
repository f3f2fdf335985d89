//! The file of a phone that has no network: each sealed check once, with its answer.

use crate::Answer;
use crate::upload::upload;
use crate::visit::{Desk, shown};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::Words;
use lianfang_ledger::CHECK_REGISTER;
use lianfang_server::{AppState, take_checks};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::checkpoints::upload::{Line, Upload, render};
use serde_json::Value;

pub(super) async fn ask(State(state): State<AppState>, desk: Desk) -> Answer {
    desk.staff.must_write(CHECK_REGISTER)?;
    Ok(shown(render(&Upload::default(), &desk.ctx(&state))))
}

pub(super) async fn send(State(state): State<AppState>, desk: Desk, parts: Multipart) -> Answer {
    desk.visit.must_be_now()?;
    desk.staff.must_write(CHECK_REGISTER)?;
    let (sent, lang) = (upload(parts).await?, desk.visit.lang);
    let sealed: Vec<String> = sent
        .text()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let refused = |words: &Words| {
        let view = Upload {
            problems: vec![Problem::at("file", words.get(lang))],
            ..Upload::default()
        };
        Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&view, &desk.ctx(&state))).into_response())
    };
    if sealed.is_empty() {
        return refused(&Words::new(
            "请选择查验手机导出的文件",
            "Choose the file that the checkpoint app exported",
        ));
    }
    let results = match take_checks(&state, &desk.staff, Vec::new(), sealed).await {
        Ok(results) => results,
        Err(error) if error.status.as_u16() == 422 => return refused(&error.problem.what),
        Err(error) => return Err(error),
    };
    let lines = results.iter().zip(1..).map(|(result, number)| Line {
        number,
        is_taken: is_taken(result),
        said: said(result),
    });
    let view = Upload {
        lines: lines.collect(),
        problems: Vec::new(),
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

/// Whether a check is in the register, or in the tray where a person sees it.
pub(super) fn is_taken(result: &Value) -> bool {
    matches!(result["status"].as_str(), Some("accepted" | "flagged"))
}

/// What was said of it: what was noticed, or why it was not taken and what to do.
pub(super) fn said(result: &Value) -> String {
    let parts = [&result["detail"], &result["hint"]];
    let parts: Vec<&str> = parts
        .into_iter()
        .filter_map(Value::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    parts.join(" ")
}
