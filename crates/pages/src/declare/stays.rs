//! Second question: where you were in the last fourteen days.

use super::answers::{Answers, Stay};
use super::{answers_of, onward, page};
use crate::Answer;
use crate::form::Form;
use crate::region_steps::{Picked, full_name, offered, picked};
use crate::visit::{Visit, date};
use axum::extract::State;
use axum::http::HeaderMap;
use lianfang_kernel::{Day, RegionId, Words};
use lianfang_server::AppState;
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::declare::stays::{Stay as Line, Stays, render};

/// How far back is asked.
const DAYS: i64 = 14;
/// No more than these: more is a list for the community.
const MOST: usize = 15;

#[derive(Default)]
struct Draft {
    region: Option<RegionId>,
    from: String,
    until: String,
}

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let answers = answers_of(&state, &headers, None).await?;
    draw(&state, &visit, &answers, Draft::default(), Vec::new()).await
}

pub(super) async fn answer(State(state): State<AppState>, visit: Visit, headers: HeaderMap, form: Form) -> Answer {
    let mut answers = answers_of(&state, &headers, Some(&form)).await?;
    let tree = state.ledger.snapshot().regions.clone();
    let Picked { region, is_moving } = picked(&form, "region", &tree);
    let draft = Draft {
        region,
        from: form.get("from").to_owned(),
        until: form.get("until").to_owned(),
    };
    if let Some(index) = form.given("remove").and_then(|index| index.parse::<usize>().ok()) {
        if index < answers.stays.len() {
            answers.stays.remove(index);
        }
        return draw(&state, &visit, &answers, draft, Vec::new()).await;
    }
    if is_moving {
        return draw(&state, &visit, &answers, draft, Vec::new()).await;
    }
    let is_touched = draft.region.is_some() || !draft.from.is_empty() || !draft.until.is_empty();
    let is_adding = form.get("act") == "add";
    if is_adding || is_touched || answers.stays.is_empty() {
        let problems = add(&state, &visit, &mut answers, &draft);
        if !problems.is_empty() {
            return draw(&state, &visit, &answers, draft, problems).await;
        }
    }
    if is_adding {
        return draw(&state, &visit, &answers, Draft::default(), Vec::new()).await;
    }
    onward(&state, &answers, paths::DECLARE_JOURNEY).await
}

fn add(state: &AppState, visit: &Visit, answers: &mut Answers, draft: &Draft) -> Vec<Problem> {
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let mut found = Vec::new();
    let mut say = |field: &str, zh: &str, en: &str| found.push(Problem::at(field, Words::new(zh, en).get(visit.lang)));
    if draft.region.is_none() {
        say("region", "请选择到过的地区", "Choose where you were");
    }
    let (from, until) = (Day::parse(&draft.from), Day::parse(&draft.until));
    match (&from, &until) {
        (Err(_), _) => say("from", "请填写开始日期", "Write the first day"),
        (Ok(from), _) if *from > today => say("from", "开始日期晚于今天", "The first day is after today"),
        (Ok(from), Ok(until)) if until < from => {
            say("until", "结束日期早于开始日期", "The last day is before the first")
        }
        _ => {}
    }
    if until.is_err() {
        say("until", "请填写结束日期", "Write the last day");
    }
    if answers.stays.len() >= MOST {
        say(
            "region",
            "最多填写15段，其余请到达后告知社区",
            "At most 15 stays here: tell the community the others",
        );
    }
    if let (true, Some(region)) = (found.is_empty(), &draft.region) {
        let (from, until) = (draft.from.clone(), draft.until.clone());
        answers.stays.push(Stay {
            region: region.to_string(),
            from,
            until,
        });
    }
    found
}

async fn draw(state: &AppState, visit: &Visit, answers: &Answers, draft: Draft, problems: Vec<Problem>) -> Answer {
    let snapshot = state.ledger.snapshot();
    let today = snapshot.zone.day_of(state.ledger.now());
    let (region_steps, region_below) = offered(&snapshot.regions, visit.lang, draft.region.as_ref(), None);
    let line = |stay: &Stay| Line {
        region: full_name(&snapshot.regions, visit.lang, &RegionId::new(&stay.region)),
        from: date(Day::parse(&stay.from).unwrap_or(today)),
        until: date(Day::parse(&stay.until).unwrap_or(today)),
    };
    let stays = answers.stays.iter().map(line).collect();
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        let since = date(today.plus(-DAYS));
        let view = Stays {
            step,
            stays,
            since,
            region_steps,
            region_below,
            from: draft.from,
            until: draft.until,
        };
        render(&view, &cx)
    })
    .await
}
