//! First question: who you are.

use super::answers::Answers;
use super::{answers_of, onward, page};
use crate::Answer;
use crate::form::Form;
use crate::visit::Visit;
use axum::extract::State;
use axum::http::HeaderMap;
use lianfang_kernel::identity::{CnId, IdDoc, Phone};
use lianfang_kernel::{Lang, Words};
use lianfang_server::AppState;
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::paths;
use lianfang_ui::views::declare::Step;
use lianfang_ui::views::declare::who::{Who, render};

/// Kinds of document; only the first has an identifier of its own, the others are told by their form.
pub(crate) const KINDS: [(&str, &str, &str); 5] = [
    ("cn_id", "居民身份证", "Chinese identity card"),
    (
        "hk_mo",
        "港澳居民来往内地通行证",
        "Mainland travel permit, Hong Kong and Macao",
    ),
    ("tw", "台湾居民来往大陆通行证", "Mainland travel permit, Taiwan"),
    ("passport", "护照", "Passport"),
    ("residence", "外国人永久居留身份证", "Foreign permanent resident card"),
];

/// A kind of document in words.
pub(crate) fn kind_words(id: &str, lang: Lang) -> String {
    KINDS
        .iter()
        .find(|kind| kind.0 == id)
        .map_or_else(String::new, |kind| Words::new(kind.1, kind.2).get(lang).to_owned())
}

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let answers = answers_of(&state, &headers, None).await?;
    draw(&state, &visit, &answers, Vec::new()).await
}

pub(super) async fn answer(State(state): State<AppState>, visit: Visit, headers: HeaderMap, form: Form) -> Answer {
    let mut answers = answers_of(&state, &headers, Some(&form)).await?;
    answers.name = form.get("name").to_owned();
    answers.document_kind = form.get("document.kind").to_owned();
    answers.document_number = form.get("document.number").to_owned();
    answers.phone = form.get("phone").to_owned();
    answers.for_other = form.has("for_other");
    let problems = problems(&answers, visit.lang);
    if problems.is_empty() {
        return onward(&state, &answers, paths::DECLARE_STAYS).await;
    }
    draw(&state, &visit, &answers, problems).await
}

/// What is wrong with who one says one is.
pub(crate) fn problems(answers: &Answers, lang: Lang) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut say = |field: &str, zh: &str, en: &str| found.push(Problem::at(field, Words::new(zh, en).get(lang)));
    if answers.name.is_empty() || answers.name.chars().count() > 60 {
        say("name", "请填写证件上的姓名", "Write the name on the document");
    }
    if !KINDS.iter().any(|kind| kind.0 == answers.document_kind) {
        say("document", "请选择证件种类", "Choose the kind of document");
    } else if answers.document_kind == "cn_id" {
        if let Err(error) = CnId::parse(&answers.document_number) {
            let refusal = error.refusal();
            say(
                "document",
                &format!("{}。{}", refusal.zh, refusal.hint_zh),
                &format!("{}: {}", refusal.en, refusal.hint_en),
            );
        }
    } else if let Err(error) = IdDoc::parse(&answers.document_number) {
        let refusal = error.refusal();
        say(
            "document",
            &format!("{}。{}", refusal.zh, refusal.hint_zh),
            &format!("{}: {}", refusal.en, refusal.hint_en),
        );
    }
    if let Err(error) = Phone::parse(&answers.phone) {
        let refusal = error.refusal();
        say(
            "phone",
            &format!("{}。{}", refusal.zh, refusal.hint_zh),
            &format!("{}: {}", refusal.en, refusal.hint_en),
        );
    }
    found
}

async fn draw(state: &AppState, visit: &Visit, answers: &Answers, problems: Vec<Problem>) -> Answer {
    let kinds = KINDS.map(|(id, zh, en)| Choice::new(id, Words::new(zh, en).get(visit.lang)));
    let cx = visit.public(state);
    page(state, answers, problems, |step: Step| {
        let view = Who {
            step,
            name: answers.name.clone(),
            document_kind: if answers.document_kind.is_empty() {
                "cn_id".into()
            } else {
                answers.document_kind.clone()
            },
            document_number: answers.document_number.clone(),
            phone: answers.phone.clone(),
            for_other: answers.for_other,
            document_kinds: kinds.to_vec(),
        };
        render(&view, &cx)
    })
    .await
}
