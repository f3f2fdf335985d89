//! Numbered briefings over HTTP: published once, opened as they were.

use crate::asked::{self, Body, Id, Params, given};
use crate::briefings::{IssueAsked, issue, issues, publish as publish_issue};
use crate::caller::{Caller, Staff};
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, read};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::ids::EntryId;
use lianfang_ledger::read::Issue;
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/briefings", get(list).post(publish))
        .route("/briefings/{id}", get(show))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    region: Option<String>,
    briefing: Option<String>,
    again: Option<String>,
}

fn head(issue: &Issue) -> Value {
    json!({
        "id": issue.id, "subject": issue.subject, "number": issue.number, "briefing": issue.content.briefing,
        "title": issue.content.title, "region": issue.content.region, "day": issue.content.day,
        "as_of": issue.content.as_of, "published_at": issue.published_at, "digest": issue.digest,
        "intact": issue.intact, "agreed": issue.is_agreed(), "reviews": issue.reviews,
    })
}

async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let issues = issues(&state, &caller, asked::region(&asked.region)).await?;
    let wanted = given(&asked.briefing);
    let items: Vec<Value> = issues
        .iter()
        .filter(|issue| wanted.is_none_or(|wanted| issue.content.briefing == wanted))
        .map(head)
        .collect();
    Ok(Json(localised(json!({ "items": items }), locale::current())))
}

async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Id(id): Id<EntryId>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let issue = issue(&state, &caller, id).await?;
    let mut body = head(&issue);
    body["blocks"] = json!(issue.content.blocks);
    if given(&asked.again) == Some("true") {
        let content = issue.content;
        let same = read(&state, move |reader| {
            let (region, day, as_of) = (content.region.clone(), content.day, content.as_of);
            let made = reader.briefing(&content.briefing, &region, day, as_of)?;
            Ok(made.as_ref() == Some(&content))
        });
        body["same"] = same.await?.into();
    }
    Ok(Json(localised(body, locale::current())))
}

async fn publish(
    State(state): State<AppState>,
    staff: Staff,
    Body(asked): Body<IssueAsked>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let issue = publish_issue(&state, &staff, &asked).await?;
    let mut body = head(&issue);
    body["blocks"] = json!(issue.content.blocks);
    Ok((StatusCode::CREATED, Json(localised(body, locale::current()))))
}
