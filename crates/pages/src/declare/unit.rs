//! Fifth question: the hotel, employer, school or host.

use super::answers::Answers;
use super::{answers_of, onward, page};
use crate::Answer;
use crate::form::Form;
use crate::visit::Visit;
use axum::extract::State;
use axum::http::HeaderMap;
use lianfang_kernel::{Lang, Organisation, RegionId, Words};
use lianfang_policy::Snapshot;
use lianfang_server::AppState;
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::paths;
use lianfang_ui::views::declare::unit::{Unit, render};

const KINDS: [&str; 5] = ["hotel", "employer", "school", "host", "none"];
/// Names offered at most: the list is part of the page.
const OFFERED: usize = 200;

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let answers = answers_of(&state, &headers, None).await?;
    draw(&state, &visit, &answers, Vec::new()).await
}

pub(super) async fn answer(State(state): State<AppState>, visit: Visit, headers: HeaderMap, form: Form) -> Answer {
    let mut answers = answers_of(&state, &headers, Some(&form)).await?;
    answers.unit_kind = form.get("unit_kind").to_owned();
    answers.unit = form.get("unit").chars().take(80).collect();
    let problems = problems(&answers, visit.lang);
    if problems.is_empty() {
        return onward(&state, &answers, paths::DECLARE_SUMMARY).await;
    }
    draw(&state, &visit, &answers, problems).await
}

/// What is wrong with the unit.
pub(super) fn problems(answers: &Answers, lang: Lang) -> Vec<Problem> {
    if KINDS.contains(&answers.unit_kind.as_str()) {
        return Vec::new();
    }
    vec![Problem::at(
        "unit_kind",
        Words::new("请选择一项，没有请选“无”", "Choose one; “none” if there is none").get(lang),
    )]
}

/// The organisation meant by a name; a name that two bear stands for none.
pub(super) fn find<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a Organisation> {
    let mut named = snapshot
        .orgs
        .iter()
        .filter(|org| org.until.is_none() && (org.name.zh == name || org.name.en == name));
    let first = named.next()?;
    named.next().is_none().then_some(first)
}

async fn draw(state: &AppState, visit: &Visit, answers: &Answers, problems: Vec<Problem>) -> Answer {
    let snapshot = state.ledger.snapshot();
    let region = RegionId::new(&answers.region);
    let area = snapshot
        .regions
        .get(&region)
        .and_then(|region| region.parent.clone())
        .unwrap_or(region);
    let orgs = snapshot.orgs.within(&snapshot.regions, &area, state.ledger.now());
    let suggestions = orgs
        .into_iter()
        .take(OFFERED)
        .map(|org| {
            let name = org.name.get(visit.lang);
            Choice::new(name, name)
        })
        .collect();
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        let (unit_kind, unit) = (answers.unit_kind.clone(), answers.unit.clone());
        render(
            &Unit {
                step,
                unit_kind,
                unit,
                suggestions,
            },
            &cx,
        )
    })
    .await
}
