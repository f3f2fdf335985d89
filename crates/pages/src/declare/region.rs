//! Fourth question: where in the city you will be.

use super::answers::Answers;
use super::{answers_of, onward, page};
use crate::Answer;
use crate::form::Form;
use crate::region_steps::{Picked, offered, picked};
use crate::visit::Visit;
use axum::extract::State;
use axum::http::HeaderMap;
use lianfang_kernel::{Lang, RegionId, Words};
use lianfang_server::AppState;
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::declare::region::{Destination, render};

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let answers = answers_of(&state, &headers, None).await?;
    draw(&state, &visit, &answers, Vec::new()).await
}

pub(super) async fn answer(State(state): State<AppState>, visit: Visit, headers: HeaderMap, form: Form) -> Answer {
    let mut answers = answers_of(&state, &headers, Some(&form)).await?;
    let tree = state.ledger.snapshot().regions.clone();
    let Picked { region, is_moving } = picked(&form, "region", &tree);
    answers.region = region.map(|region| region.to_string()).unwrap_or_default();
    answers.address = form.get("address").chars().take(120).collect();
    let problems = if is_moving {
        Vec::new()
    } else {
        problems(&state, &answers, visit.lang)
    };
    if problems.is_empty() && !is_moving {
        return onward(&state, &answers, paths::DECLARE_UNIT).await;
    }
    draw(&state, &visit, &answers, problems).await
}

/// What is wrong with the destination. Down to the finest region: the community is told, not the city.
pub(super) fn problems(state: &AppState, answers: &Answers, lang: Lang) -> Vec<Problem> {
    let snapshot = state.ledger.snapshot();
    let region = RegionId::new(&answers.region);
    let mut found = Vec::new();
    let mut say = |field: &str, zh: &str, en: &str| found.push(Problem::at(field, Words::new(zh, en).get(lang)));
    if !snapshot.regions.within(&region, &snapshot.city) {
        say("region", "请选择所到的社区（村）", "Choose the community or village");
    } else if !snapshot.regions.children(&region).is_empty() {
        say(
            "region",
            "请继续选择到社区（村）",
            "Go on down to the community or village",
        );
    }
    if answers.address.is_empty() {
        say(
            "address",
            "请填写门牌或住处名称",
            "Write the house or the name of the place",
        );
    }
    found
}

async fn draw(state: &AppState, visit: &Visit, answers: &Answers, problems: Vec<Problem>) -> Answer {
    let snapshot = state.ledger.snapshot();
    let at = Some(RegionId::new(&answers.region)).filter(|id| snapshot.regions.contains(id));
    let (region_steps, region_below) = offered(&snapshot.regions, visit.lang, at.as_ref(), Some(&snapshot.city));
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        let view = Destination {
            step,
            region_steps,
            region_below,
            address: answers.address.clone(),
        };
        render(&view, &cx)
    })
    .await
}
