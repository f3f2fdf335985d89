//! Numbered briefings: published once, opened as they were.

use crate::asked::{self, Body, Id, Params, given};
use crate::caller::Staff;
use crate::locale::{self, localised};
use crate::problem::ApiError;
use crate::state::{AppState, append, is_in, read};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Problem, RegionId, Words};
use lianfang_ledger::read::{ISSUES, Issue, IssueContent, text_digest};
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How often another number is taken when somebody else was faster.
const TRIES: usize = 4;

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
        "id": issue.id, "number": issue.number, "briefing": issue.content.briefing, "title": issue.content.title,
        "region": issue.content.region, "day": issue.content.day, "as_of": issue.content.as_of,
        "published_at": issue.published_at, "digest": issue.digest, "intact": issue.intact,
    })
}

async fn list(
    State(state): State<AppState>,
    staff: Staff,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    staff.must_read(&snapshot.model, ISSUES)?;
    let region = asked::region(&asked.region).unwrap_or_else(|| staff.region.clone());
    staff.must_see_region(&snapshot, &region)?;
    let issues = read(&state, move |reader| reader.issues(&region)).await?;
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
    staff: Staff,
    Id(id): Id<EntryId>,
    Params(asked): Params<Asked>,
) -> Result<Json<Value>, ApiError> {
    let snapshot = state.ledger.snapshot();
    staff.must_read(&snapshot.model, ISSUES)?;
    let again = given(&asked.again) == Some("true");
    let found = read(&state, move |reader| {
        let Some(issue) = reader.issue(id)? else {
            return Ok(None);
        };
        let content = &issue.content;
        let same = match again {
            false => None,
            true => {
                let (region, day, as_of) = (content.region.clone(), content.day, content.as_of);
                let made = reader.briefing(&content.briefing, &region, day, as_of)?;
                Some(made.as_ref() == Some(content))
            }
        };
        Ok(Some((issue, same)))
    })
    .await?;
    let Some((issue, same)) = found else {
        return Err(ApiError::not_found(Words::new("没有这一期", "There is no such issue")));
    };
    staff.must_see_region(&snapshot, &issue.content.region)?;
    let mut body = head(&issue);
    body["blocks"] = json!(issue.content.blocks);
    if let Some(same) = same {
        body["same"] = same.into();
    }
    Ok(Json(localised(body, locale::current())))
}

/// What to publish.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    briefing: String,
    #[serde(default)]
    region: Option<String>,
    /// The day; today unless given.
    #[serde(default)]
    day: Option<String>,
    /// The moment; that of the briefing on the day unless given.
    #[serde(default)]
    as_of: Option<String>,
}

async fn publish(
    State(state): State<AppState>,
    staff: Staff,
    Body(publish): Body<Publish>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let snapshot = state.ledger.snapshot();
    if !staff.writes(ISSUES) {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不编发简报",
            "Your role does not publish briefings",
        )));
    }
    let region = asked::region(&publish.region).unwrap_or_else(|| staff.region.clone());
    staff.must_see_region(&snapshot, &region)?;
    let Some(briefing) = snapshot.model.briefings.get(&publish.briefing) else {
        let known: Vec<&str> = snapshot.model.briefings.keys().map(String::as_str).collect();
        let what = Words::new("没有这种简报：{b}", "No such briefing: {b}").with("b", &publish.briefing);
        return Err(ApiError::bad_field("briefing", what, Words::same(known.join(", "))));
    };
    let now = state.ledger.now();
    let day = asked::day("day", &publish.day)?.unwrap_or_else(|| snapshot.zone.day_of(now));
    let as_of = asked::moment("as_of", &publish.as_of)?.unwrap_or_else(|| snapshot.zone.at(day, briefing.as_of));
    if as_of > now {
        let what = Words::new("统计时点还没有到", "The moment of its figures has not come yet");
        let hint = Words::new(
            "请在该时点之后编发，或写明更早的 as_of",
            "Publish it after that moment, or give an earlier as_of",
        );
        return Err(ApiError::bad_field("as_of", what, hint));
    }
    let (id, place) = (publish.briefing.clone(), region.clone());
    let content = read(&state, move |reader| reader.briefing(&id, &place, day, as_of)).await?;
    let content = content.ok_or_else(ApiError::internal)?;
    for _ in 0..TRIES {
        let place = region.clone();
        let issues = read(&state, move |reader| reader.issues(&place)).await?;
        let of_series = issues
            .iter()
            .filter(|issue| issue.content.briefing == content.briefing && issue.content.region == region);
        let number = of_series.map(|issue| issue.number).max().unwrap_or(0) + 1;
        let entry = issue_entry(&state, &content, &region, number)?;
        let answer = append(&state, staff.author.clone(), vec![entry]).await?;
        let Some(result) = answer.results.into_iter().next() else {
            return Err(ApiError::internal());
        };
        if is_in(result.status) {
            let wanted = EntryId(result.id);
            let issue = read(&state, move |reader| reader.issue(wanted)).await?;
            let issue = issue.ok_or_else(ApiError::internal)?;
            let mut body = head(&issue);
            body["blocks"] = json!(issue.content.blocks);
            return Ok((StatusCode::CREATED, Json(localised(body, locale::current()))));
        }
        let taken = result.problems.iter().any(|problem| problem.code == "not_unique");
        if let (false, Some(problem)) = (taken, result.problems.first()) {
            return Err(ApiError::refused(problem.clone()));
        }
    }
    let what = Words::new("同时有人编发，请再试一次", "Somebody published at the same time");
    let hint = Words::new("请重新编发", "Publish it again");
    Err(ApiError::refused(Problem::new("busy_number", what, hint)))
}

/// The entry that an issue is: a matter of its own, told apart by series, place and number, so that no number is given
/// twice.
fn issue_entry(state: &AppState, content: &IssueContent, region: &RegionId, number: i64) -> Result<NewEntry, ApiError> {
    let text = content.canonical().map_err(|_| ApiError::internal())?;
    let code = format!("{}/{region}/{number}", content.briefing);
    let body = json!({
        "briefing": content.briefing, "number": number, "day": content.day, "as_of": content.as_of,
        "digest": text_digest(&text), "content": text,
    });
    let Value::Object(body) = body else {
        return Err(ApiError::internal());
    };
    Ok(NewEntry {
        subject: Some(SubjectIn::Described(Described {
            kind_type: "briefing".to_owned(),
            identifiers: BTreeMap::from([("code".to_owned(), code.clone())]),
            name: Some(code),
            unit: None,
        })),
        region: Some(region.clone()),
        body,
        ..NewEntry::new(state.ledger.new_id(), ISSUES)
    })
}
