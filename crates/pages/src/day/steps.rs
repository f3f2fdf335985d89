//! The two questions: for whom, and where from.

use super::kept::Answers;
use super::{answers_of, onward, page};
use crate::Answer;
use crate::declare::answers::Answers as Arrival;
use crate::declare::who;
use crate::form::Form;
use crate::visit::Visit;
use axum::extract::State;
use axum::http::HeaderMap;
use lianfang_kernel::identity::Plate;
use lianfang_kernel::{Lang, Words};
use lianfang_server::AppState;
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::paths;
use lianfang_ui::views::day::trip::{Trip, render as render_trip};
use lianfang_ui::views::day::who::{Who, render as render_who};

/// Characters of where somebody comes from, and of a remark.
const LINE: usize = 120;

pub(super) async fn show_who(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let answers = answers_of(&state, &headers, None).await?;
    draw_who(&state, &visit, &answers, Vec::new()).await
}

pub(super) async fn answer_who(State(state): State<AppState>, visit: Visit, headers: HeaderMap, form: Form) -> Answer {
    let mut answers = answers_of(&state, &headers, Some(&form)).await?;
    answers.name = form.get("name").to_owned();
    answers.document_kind = form.get("document.kind").to_owned();
    answers.document_number = form.get("document.number").to_owned();
    answers.phone = form.get("phone").to_owned();
    answers.for_other = answers.is_helping || form.has("for_other");
    let problems = problems_of_who(&answers, visit.lang);
    if problems.is_empty() {
        return onward(&state, &answers, paths::DAY_TRIP).await;
    }
    draw_who(&state, &visit, &answers, problems).await
}

/// The same checks as of an arrival.
pub(super) fn problems_of_who(answers: &Answers, lang: Lang) -> Vec<Problem> {
    let arrival = Arrival {
        name: answers.name.clone(),
        document_kind: answers.document_kind.clone(),
        document_number: answers.document_number.clone(),
        phone: answers.phone.clone(),
        ..Arrival::default()
    };
    who::problems(&arrival, lang)
}

async fn draw_who(state: &AppState, visit: &Visit, answers: &Answers, problems: Vec<Problem>) -> Answer {
    let kinds = who::KINDS.map(|(id, zh, en)| Choice::new(id, Words::new(zh, en).get(visit.lang)));
    let kind = match answers.document_kind.as_str() {
        "" => "cn_id",
        kind => kind,
    };
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        let view = Who {
            step,
            name: answers.name.clone(),
            document_kind: kind.to_owned(),
            document_number: answers.document_number.clone(),
            phone: answers.phone.clone(),
            for_other: answers.for_other,
            document_kinds: kinds.to_vec(),
        };
        render_who(&view, &cx)
    })
    .await
}

pub(super) async fn show_trip(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let answers = answers_of(&state, &headers, None).await?;
    draw_trip(&state, &visit, &answers, Vec::new()).await
}

pub(super) async fn answer_trip(State(state): State<AppState>, visit: Visit, headers: HeaderMap, form: Form) -> Answer {
    let mut answers = answers_of(&state, &headers, Some(&form)).await?;
    answers.origin = form.get("origin").chars().take(LINE).collect();
    answers.plate = form.get("plate").chars().take(20).collect();
    answers.remark = form.get("remark").chars().take(LINE).collect();
    let problems = problems_of_trip(&answers, visit.lang);
    if problems.is_empty() {
        return onward(&state, &answers, paths::DAY_SUMMARY).await;
    }
    draw_trip(&state, &visit, &answers, problems).await
}

/// What is wrong with where from and by which car.
pub(super) fn problems_of_trip(answers: &Answers, lang: Lang) -> Vec<Problem> {
    let mut found = Vec::new();
    if answers.origin.is_empty() {
        let what = Words::new("请填写出发地", "Write where you come from");
        found.push(Problem::at("origin", what.get(lang)));
    }
    if let Some(Err(error)) = (!answers.plate.is_empty()).then(|| Plate::parse(&answers.plate)) {
        let refusal = error.refusal();
        let what = Words::new(
            format!("{}。{}", refusal.zh, refusal.hint_zh),
            format!("{}: {}", refusal.en, refusal.hint_en),
        );
        found.push(Problem::at("plate", what.get(lang)));
    }
    found
}

async fn draw_trip(state: &AppState, visit: &Visit, answers: &Answers, problems: Vec<Problem>) -> Answer {
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        let view = Trip {
            step,
            origin: answers.origin.clone(),
            plate: answers.plate.clone(),
            remark: answers.remark.clone(),
        };
        render_trip(&view, &cx)
    })
    .await
}
