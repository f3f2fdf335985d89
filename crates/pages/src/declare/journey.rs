//! Third question: how and when you arrive.

use super::answers::Answers;
use super::{answers_of, onward, page};
use crate::Answer;
use crate::form::Form;
use crate::visit::{Visit, moment};
use axum::extract::State;
use axum::http::HeaderMap;
use lianfang_kernel::{Kind, Lang, Words};
use lianfang_policy::Snapshot;
use lianfang_server::AppState;
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::paths;
use lianfang_ui::views::declare::journey::{Journey, render};

/// Arrivals are declared for so long ahead at most, in milliseconds.
const AHEAD_MS: i64 = 60 * 86_400_000;
/// Longest note, in characters.
const NOTE: usize = 200;

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let answers = answers_of(&state, &headers, None).await?;
    draw(&state, &visit, &answers, Vec::new()).await
}

pub(super) async fn answer(State(state): State<AppState>, visit: Visit, headers: HeaderMap, form: Form) -> Answer {
    let mut answers = answers_of(&state, &headers, Some(&form)).await?;
    answers.arrives_at = form.get("arrives_at").to_owned();
    answers.transport = form.get("transport").to_owned();
    answers.vehicle = form.get("vehicle").chars().take(60).collect();
    answers.itinerary = form.get("itinerary").chars().take(NOTE + 1).collect();
    let problems = problems(&state, &answers, visit.lang);
    if problems.is_empty() {
        return onward(&state, &answers, paths::DECLARE_REGION).await;
    }
    draw(&state, &visit, &answers, problems).await
}

/// What is wrong with the journey.
pub(super) fn problems(state: &AppState, answers: &Answers, lang: Lang) -> Vec<Problem> {
    let snapshot = state.ledger.snapshot();
    let now = state.ledger.now();
    let mut found = Vec::new();
    let mut say = |field: &str, zh: &str, en: &str| found.push(Problem::at(field, Words::new(zh, en).get(lang)));
    match moment(&snapshot.zone, &answers.arrives_at) {
        None => say(
            "arrives_at",
            "请填写预计到达的日期和时间",
            "Write the day and time you expect to arrive",
        ),
        Some(at) if at > now.plus_ms(AHEAD_MS) => say(
            "arrives_at",
            "请在到达前60天内报备",
            "Declare within 60 days before arrival",
        ),
        Some(at) if at < now.plus_ms(-AHEAD_MS) => say("arrives_at", "请核对到达日期", "Check the day of arrival"),
        Some(_) => {}
    }
    if !transports(&snapshot, lang)
        .iter()
        .any(|choice| choice.value == answers.transport)
    {
        say("transport", "请选择交通方式", "Choose how you travel");
    }
    if answers.itinerary.chars().count() > NOTE {
        say(
            "itinerary",
            "途经地请写在200字以内",
            "Write the places on the way in 200 characters",
        );
    }
    found
}

/// Means of transport, as the register lists them.
pub(super) fn transports(snapshot: &Snapshot, lang: Lang) -> Vec<Choice> {
    let field = snapshot
        .model
        .registers
        .get("declaration")
        .and_then(|register| register.schema.field("transport"));
    let list = match field.map(|field| &field.kind) {
        Some(Kind::Code { list }) => snapshot.model.lists.get(list),
        _ => None,
    };
    let values = list.map(|list| list.values.as_slice()).unwrap_or_default();
    values
        .iter()
        .map(|value| Choice::new(value.id.clone(), value.title.get(lang)))
        .collect()
}

async fn draw(state: &AppState, visit: &Visit, answers: &Answers, problems: Vec<Problem>) -> Answer {
    let transports = transports(&state.ledger.snapshot(), visit.lang);
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        let view = Journey {
            step,
            arrives_at: answers.arrives_at.clone(),
            transport: answers.transport.clone(),
            vehicle: answers.vehicle.clone(),
            itinerary: answers.itinerary.clone(),
            transports,
        };
        render(&view, &cx)
    })
    .await
}
