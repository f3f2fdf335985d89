//! Acknowledges what was sent to this post.

use crate::Answer;
use crate::entry::refused_page;
use crate::visit::Desk;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::TaskId;
use lianfang_ledger::wire::{NewEntry, SubjectIn};
use lianfang_server::{ApiError, AppState, append_one, read};
use lianfang_ui::paths;
use serde_json::{Map, json};

pub(super) async fn acknowledge(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.visit.must_be_now()?;
    let not_found = || ApiError::not_found(Words::new("没有这项任务", "There is no such task"));
    let id: TaskId = id.parse().map_err(|_| not_found())?;
    let sight = desk.staff.sight.clone();
    let looker = desk.staff.looker();
    let item = read(&state, move |reader| {
        reader.look_as(looker);
        reader.task(&sight, id)
    })
    .await?
    .ok_or_else(not_found)?;
    if item.kind != "receipt" {
        return Err(not_found());
    }
    let mut body = Map::new();
    body.insert("task".to_owned(), json!(item.id));
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(item.subject)),
        body,
        ..NewEntry::new(state.ledger.new_id(), "receipt")
    };
    let result = append_one(&state, desk.staff.author.clone(), entry).await?;
    if result.status.is_in() {
        return Ok(Redirect::to(&format!("{}?done={}", paths::TODAY, result.id)).into_response());
    }
    refused_page(&state, &desk.visit, "receipt", &result)
}
