//! Answers by text message, handed in by the gateway. Who sent it is known only by the number that a message went to; what
//! it means only if there is one meaning. Everything else is read by a person. The gateway learns nothing: it is told that
//! the answer was taken, whoever it was from.

use crate::asked::Body;
use crate::caller::{authorization, unknown_token};
use crate::problem::ApiError;
use crate::state::{AppState, append_one, read, settle};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use lianfang_kernel::identity::Phone;
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_kernel::{Problem, Words};
use lianfang_ledger::outbox::{Choice, LostReply, NO_CHANNEL, Recipient};
use lianfang_ledger::read::{Sight, TaskFilter};
use lianfang_ledger::secret_digest;
use lianfang_ledger::wire::{Author, NewEntry, SubjectIn};
use lianfang_messages::reply::{self, Reply};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The register of readings.
const READINGS: &str = "temperature";
/// The register of answers that are no reading.
const REPLIES: &str = "message_reply";
/// Characters of an answer that are kept.
const LONGEST: usize = 500;

/// An answer as the gateway hands it in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inbound {
    /// The gateway's own id of it: the same answer twice is one answer.
    id: String,
    /// The number it came from.
    from: String,
    /// What it says.
    text: String,
}

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/messages/inbound", post(take))
}

async fn take(
    State(state): State<AppState>,
    headers: HeaderMap,
    Body(inbound): Body<Inbound>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    must_be_gateway(&state, &headers)?;
    let id = derived(&format!("text message\u{1f}{}", inbound.id));
    let number = Phone::parse(&inbound.from).ok().map(|phone| phone.as_str().to_owned());
    let text: String = inbound.text.chars().take(LONGEST).collect();
    let asked = number.clone();
    let holders = read(&state, move |reader| {
        if reader.was_taken([id, unclear_id(id)])? {
            // What it meant then is what it means: the task that it answered is no longer open.
            return Ok(None);
        }
        let holders = asked.map(|number| reader.holders_of_number(&number));
        Ok(Some(holders.transpose()?.unwrap_or_default()))
    })
    .await?;
    if let Some(holders) = holders {
        let from = number.unwrap_or_else(|| inbound.from.chars().take(32).collect());
        act(&state, id, &holders, &from, &text).await?;
    }
    Ok((StatusCode::ACCEPTED, Json(json!({ "taken": true }))))
}

/// Compared as digests, so that the time it takes tells nothing.
fn must_be_gateway(state: &AppState, headers: &HeaderMap) -> Result<(), ApiError> {
    let token = state
        .config
        .messages
        .as_ref()
        .and_then(|messaging| messaging.messages.inbound_token.as_deref());
    let Some(token) = token else {
        let what = Words::new("本系统没有设置短信回复", "Answers by text message are not set up here");
        return Err(ApiError::not_found(what));
    };
    let shown = authorization(headers, "Bearer").unwrap_or_default();
    if secret_digest(shown) == secret_digest(token) {
        Ok(())
    } else {
        Err(unknown_token())
    }
}

async fn act(state: &AppState, id: Uuid, holders: &[SubjectId], from: &str, text: &str) -> Result<(), ApiError> {
    let meaning = reply::read(text);
    match (meaning, holders) {
        (_, []) => lost(state, id, from, text, unknown_number()).await,
        (Reply::Stop, _) => stop(state, holders).await,
        (Reply::Temperature(tenths), _) => match who_is_measured(state, holders).await? {
            Some(person) if reading(state, id, person, tenths).await? => Ok(()),
            _ => unclear(state, id, holders, from, text).await,
        },
        (Reply::Well, [person]) => note(state, id, *person, "well", text).await.map(|_| ()),
        _ => unclear(state, id, holders, from, text).await,
    }
}

/// The one among them who is to be measured now; none when it is nobody or several.
async fn who_is_measured(state: &AppState, holders: &[SubjectId]) -> Result<Option<SubjectId>, ApiError> {
    let holders = holders.to_vec();
    read(state, move |reader| {
        let mut measured = Vec::new();
        for person in holders {
            let filter = TaskFilter {
                state: Some("open".into()),
                subject: Some(person),
                limit: 200,
                ..TaskFilter::default()
            };
            let tasks = reader.tasks(&Sight::All, &filter)?.items;
            if tasks.iter().any(|task| task.expects == READINGS) {
                measured.push(person);
            }
        }
        Ok(match measured[..] {
            [person] => Some(person),
            _ => None,
        })
    })
    .await
}

/// Enters a reading as the person's own word; false when it was not taken.
async fn reading(state: &AppState, id: Uuid, person: SubjectId, tenths: i64) -> Result<bool, ApiError> {
    let mut body = Map::new();
    body.insert("celsius".to_owned(), format!("{}.{}", tenths / 10, tenths % 10).into());
    enter(state, id, person, READINGS, body).await
}

async fn note(state: &AppState, id: Uuid, person: SubjectId, meaning: &str, text: &str) -> Result<bool, ApiError> {
    let mut body = Map::new();
    body.insert("meaning".to_owned(), meaning.into());
    body.insert("text".to_owned(), text.into());
    enter(state, id, person, REPLIES, body).await
}

async fn enter(
    state: &AppState,
    id: Uuid,
    person: SubjectId,
    register: &str,
    body: Map<String, Value>,
) -> Result<bool, ApiError> {
    let entry = NewEntry {
        subject: Some(SubjectIn::Id(person)),
        confirmed: true,
        body,
        ..NewEntry::new(id, register)
    };
    let result = append_one(state, Author::by_text(person), entry).await?;
    Ok(result.status.is_in())
}

/// The id of an answer that was no reading; a reading that was refused holds the other one.
fn unclear_id(id: Uuid) -> Uuid {
    derived(&format!("unclear\u{1f}{id}"))
}

/// Nobody guesses: with one person at the number the community calls back, otherwise somebody reads it first.
async fn unclear(state: &AppState, id: Uuid, holders: &[SubjectId], from: &str, text: &str) -> Result<(), ApiError> {
    let id = unclear_id(id);
    if let [person] = holders
        && note(state, id, *person, "unclear", text).await?
    {
        return Ok(());
    }
    lost(state, id, from, text, several_at_number()).await
}

async fn stop(state: &AppState, holders: &[SubjectId]) -> Result<(), ApiError> {
    for person in holders {
        let to = Recipient::Person(*person);
        let known = read(state, move |reader| reader.message_choice(to)).await?;
        let choice = Choice {
            channel: NO_CHANNEL.to_owned(),
            hour: known.as_ref().map_or(9, |choice| choice.hour),
            lang: known.as_ref().map(|choice| choice.lang).unwrap_or_default(),
            address: None,
        };
        settle(state.ledger.choose_messages(Author::by_text(*person), to, choice)).await?;
    }
    Ok(())
}

/// Keeps an answer for a person to read.
async fn lost(state: &AppState, id: Uuid, from: &str, text: &str, problem: Problem) -> Result<(), ApiError> {
    let mut body = Map::new();
    body.insert("meaning".to_owned(), "unclear".into());
    body.insert("from".to_owned(), from.into());
    body.insert("text".to_owned(), text.into());
    let entry = NewEntry {
        body,
        ..NewEntry::new(id, REPLIES)
    };
    settle(state.ledger.keep_reply(LostReply { entry, problem })).await
}

fn unknown_number() -> Problem {
    let what = Words::new(
        "短信回复来自未登记的号码",
        "A text message from a number that nobody was told at",
    );
    let hint = Words::new(
        "请打开核实是谁，必要时回电",
        "Open it, find out who it is, and call if needed",
    );
    Problem::new("unknown_number", what, hint)
}

fn several_at_number() -> Problem {
    let what = Words::new(
        "该号码下有几个人，无法确定是谁",
        "Several people are told at this number; it may be any of them",
    );
    let hint = Words::new("请回电核实后代为登记", "Call, and enter it for the right one");
    Problem::new("several_at_number", what, hint)
}
