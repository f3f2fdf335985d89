//! Numbered briefings: drafted, published once, read as they were.

use crate::asked;
use crate::caller::{Caller, Staff};
use crate::problem::ApiError;
use crate::state::{AppState, append_one, read};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Day, Instant, Problem, RegionId, Words};
use lianfang_ledger::read::{ISSUES, Issue, IssueContent, text_digest};
use lianfang_ledger::wire::{Described, NewEntry, SubjectIn};
use lianfang_policy::Snapshot;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How often another number is taken when somebody else was faster.
const TRIES: usize = 4;

/// Which issue is asked for.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueAsked {
    /// The series.
    pub briefing: String,
    /// Where; the author's own region unless given.
    #[serde(default)]
    pub region: Option<String>,
    /// The day; today unless given.
    #[serde(default)]
    pub day: Option<String>,
    /// The moment; that of the series on the day unless given.
    #[serde(default)]
    pub as_of: Option<String>,
}

/// What an issue would say, and whether its moment has come.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it says.
    pub content: IssueContent,
    /// The moment at which it can be published, while that is ahead.
    pub opens_at: Option<Instant>,
}

fn must_write(staff: &Staff) -> Result<(), ApiError> {
    if staff.writes(ISSUES) {
        return Ok(());
    }
    Err(ApiError::no_right(Words::new(
        "您的岗位不编发简报",
        "Your role does not publish briefings",
    )))
}

/// Where and when an issue speaks of, as asked; its moment may be ahead.
fn place(state: &AppState, staff: &Staff, asked: &IssueAsked) -> Result<(RegionId, Day, Instant), ApiError> {
    let snapshot = state.ledger.snapshot();
    let region = asked::region(&asked.region).unwrap_or_else(|| staff.region.clone());
    staff.must_see_region(&snapshot, &region)?;
    let Some(briefing) = snapshot.model.briefings.get(&asked.briefing) else {
        let known: Vec<&str> = snapshot.model.briefings.keys().map(String::as_str).collect();
        let what = Words::new("没有这种简报：{b}", "No such briefing: {b}").with("b", &asked.briefing);
        return Err(ApiError::bad_field("briefing", what, Words::same(known.join(", "))));
    };
    let day = asked::day("day", &asked.day)?.unwrap_or_else(|| snapshot.zone.day_of(state.ledger.now()));
    let as_of = asked::moment("as_of", &asked.as_of)?.unwrap_or_else(|| snapshot.zone.at(day, briefing.as_of));
    Ok((region, day, as_of))
}

async fn content(
    state: &AppState,
    id: &str,
    (region, day, as_of): (RegionId, Day, Instant),
) -> Result<IssueContent, ApiError> {
    let id = id.to_owned();
    let content = read(state, move |reader| reader.briefing(&id, &region, day, as_of)).await?;
    content.ok_or_else(ApiError::internal)
}

/// What an issue would say: as of its moment, or as of now while that is ahead.
///
/// # Errors
/// 403 for who does not publish and for another's region; 422 for what is not known; the database.
pub async fn draft(state: &AppState, staff: &Staff, asked: &IssueAsked) -> Result<Draft, ApiError> {
    must_write(staff)?;
    let (region, day, as_of) = place(state, staff, asked)?;
    let now = state.ledger.now();
    Ok(Draft {
        content: content(state, &asked.briefing, (region, day, as_of.min(now))).await?,
        opens_at: (as_of > now).then_some(as_of),
    })
}

/// Publishes an issue under the next number of its series and place.
///
/// # Errors
/// 403 for who does not publish and for another's region; 422 for what is not known, before its moment, or refused by a
/// guard; the database.
pub async fn publish(state: &AppState, staff: &Staff, asked: &IssueAsked) -> Result<Issue, ApiError> {
    must_write(staff)?;
    let (region, day, as_of) = place(state, staff, asked)?;
    if as_of > state.ledger.now() {
        let what = Words::new("统计时点还没有到", "The moment of its figures has not come yet");
        let hint = Words::new(
            "请在该时点之后编发，或写明更早的 as_of",
            "Publish it after that moment, or give an earlier as_of",
        );
        return Err(ApiError::bad_field("as_of", what, hint));
    }
    let content = content(state, &asked.briefing, (region.clone(), day, as_of)).await?;
    for _ in 0..TRIES {
        let place = region.clone();
        let issues = read(state, move |reader| reader.issues(&place)).await?;
        let of_series = issues
            .iter()
            .filter(|issue| issue.content.briefing == content.briefing && issue.content.region == region);
        let number = of_series.map(|issue| issue.number).max().unwrap_or(0) + 1;
        let entry = issue_entry(state, &content, &region, number)?;
        let result = append_one(state, staff.author.clone(), entry).await?;
        if result.status.is_in() {
            let wanted = EntryId(result.id);
            let issue = read(state, move |reader| reader.issue(wanted)).await?;
            return issue.ok_or_else(ApiError::internal);
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

/// The issues that a reader may open, the newest first: staff of the register those of their place; everybody those of
/// public series in the city that somebody other than their author agreed to.
///
/// # Errors
/// 403 for another's region; the database.
pub async fn issues(state: &AppState, caller: &Caller, region: Option<RegionId>) -> Result<Vec<Issue>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let place = match (caller, region) {
        (Caller::Staff(staff), Some(region)) => {
            staff.must_see_region(&snapshot, &region)?;
            region
        }
        (Caller::Staff(staff), None) if staff.must_see_region(&snapshot, &staff.region).is_ok() => staff.region.clone(),
        // Who sees no region reads what everybody reads.
        (_, region) => region.unwrap_or_else(|| snapshot.city.clone()),
    };
    let found = read(state, move |reader| reader.issues(&place)).await?;
    Ok(found
        .into_iter()
        .filter(|issue| may_read(&snapshot, caller, issue))
        .collect())
}

/// One issue, if the reader may open it.
///
/// # Errors
/// 404; the database.
pub async fn issue(state: &AppState, caller: &Caller, id: EntryId) -> Result<Issue, ApiError> {
    let snapshot = state.ledger.snapshot();
    let found = read(state, move |reader| reader.issue(id)).await?;
    found
        .filter(|issue| may_read(&snapshot, caller, issue))
        .ok_or_else(|| ApiError::not_found(Words::new("没有这一期", "There is no such issue")))
}

fn may_read(snapshot: &Snapshot, caller: &Caller, issue: &Issue) -> bool {
    let content = &issue.content;
    let is_public = snapshot
        .model
        .briefings
        .get(&content.briefing)
        .is_some_and(|briefing| briefing.is_public);
    if is_public && issue.is_agreed() {
        return true;
    }
    match caller {
        Caller::Staff(staff) => {
            staff.must_read(&snapshot.model, ISSUES).is_ok() && staff.must_see_region(snapshot, &content.region).is_ok()
        }
        Caller::Resident(_) | Caller::Public => false,
    }
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
