//! Before sending: all answers on one page.

use super::answers::Answers;
use super::{answers_of, journey, page, region, unit, who};
use crate::Answer;
use crate::region_steps::full_name;
use crate::visit::{Visit, civil, date, moment};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Day, Lang, RegionId};
use lianfang_policy::Snapshot;
use lianfang_server::AppState;
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::declare::summary::{Answer as Line, Summary, render};
use lianfang_ui::{dates, paths, text};

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let mut answers = answers_of(&state, &headers, None).await?;
    if let Some(step) = unanswered(&state, &answers, visit.lang) {
        return Ok(Redirect::to(step).into_response());
    }
    if answers.entry.is_empty() {
        answers.entry = state.ledger.new_id().to_string();
    }
    answers.reached_summary = true;
    draw(&state, &visit, &answers, Vec::new()).await
}

/// The first question that is not answered yet.
pub(super) fn unanswered(state: &AppState, answers: &Answers, lang: Lang) -> Option<&'static str> {
    if !who::problems(answers, lang).is_empty() {
        return Some(paths::DECLARE_WHO);
    }
    if answers.stays.is_empty() {
        return Some(paths::DECLARE_STAYS);
    }
    if !journey::problems(state, answers, lang).is_empty() {
        return Some(paths::DECLARE_JOURNEY);
    }
    if !region::problems(state, answers, lang).is_empty() {
        return Some(paths::DECLARE_REGION);
    }
    (!unit::problems(answers, lang).is_empty()).then_some(paths::DECLARE_UNIT)
}

/// Whether the arrival is nearer than the days that are asked for.
pub(super) fn is_late(state: &AppState, answers: &Answers) -> bool {
    let snapshot = state.ledger.snapshot();
    let now = state.ledger.now();
    let ahead = snapshot
        .setting("declare_ahead_days", &snapshot.city, now)
        .and_then(|days| days.as_int())
        .unwrap_or(0);
    moment(&snapshot.zone, &answers.arrives_at)
        .is_some_and(|at| snapshot.zone.day_of(now).until(snapshot.zone.day_of(at)) < ahead)
}

/// Draws it; also after a refusal.
pub(super) async fn draw(state: &AppState, visit: &Visit, answers: &Answers, problems: Vec<Problem>) -> Answer {
    let snapshot = state.ledger.snapshot();
    let days = snapshot
        .model
        .registers
        .get("declaration")
        .map_or(0, |register| register.schema.retention_days);
    let retention = match visit.lang {
        Lang::Zh => format!("{days}天"),
        Lang::En => format!("{days} days"),
    };
    let lines = lines(state, answers, visit.lang);
    let late = is_late(state, answers);
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        render(
            &Summary {
                step,
                answers: lines,
                is_late: late,
                retention,
            },
            &cx,
        )
    })
    .await
}

fn lines(state: &AppState, answers: &Answers, lang: Lang) -> Vec<Line> {
    let snapshot = state.ledger.snapshot();
    let day = |text: &str| Day::parse(text).map_or_else(|_| text.to_owned(), |day| dates::short_day(lang, date(day)));
    let stay = |stay: &super::answers::Stay| {
        let region = full_name(&snapshot.regions, lang, &RegionId::new(&stay.region));
        format!("{region} {} – {}", day(&stay.from), day(&stay.until))
    };
    let line = |key: &str, lines: Vec<String>, change: &str| line(text::text(lang, key), lines, change);
    vec![
        line(
            "declare-who",
            vec![
                answers.name.clone(),
                format!(
                    "{} {}",
                    who::kind_words(&answers.document_kind, lang),
                    answers.document_number
                ),
                answers.phone.clone(),
            ],
            paths::DECLARE_WHO,
        ),
        line(
            "declare-stays",
            answers.stays.iter().map(stay).collect(),
            paths::DECLARE_STAYS,
        ),
        journey_line(&snapshot, answers, lang),
        line(
            "declare-region",
            vec![
                full_name(&snapshot.regions, lang, &RegionId::new(&answers.region)),
                answers.address.clone(),
            ],
            paths::DECLARE_REGION,
        ),
        line(
            "declare-unit",
            vec![
                text::text(lang, &format!("unit-kind-{}", answers.unit_kind)),
                answers.unit.clone(),
            ],
            paths::DECLARE_UNIT,
        ),
    ]
}

/// A question and what was answered; what was left empty is not shown.
fn line(question: String, lines: Vec<String>, change: &str) -> Line {
    Line {
        question,
        answer: lines.into_iter().filter(|line| !line.is_empty()).collect(),
        change: change.to_owned(),
    }
}

/// When and how the person comes; the question names the city.
fn journey_line(snapshot: &Snapshot, answers: &Answers, lang: Lang) -> Line {
    let arrives = moment(&snapshot.zone, &answers.arrives_at).map(|at| dates::moment(lang, civil(&snapshot.zone, at)));
    let transport = journey::transports(snapshot, lang)
        .into_iter()
        .find(|choice| choice.value == answers.transport);
    let city = [(
        "city",
        snapshot
            .regions
            .get(&snapshot.city)
            .map_or("", |city| city.name.get(lang))
            .into(),
    )];
    line(
        text::text_with(lang, "declare-journey", &city),
        vec![
            arrives.unwrap_or_default(),
            transport.map(|choice| choice.label).unwrap_or_default(),
            answers.vehicle.clone(),
            answers.itinerary.clone(),
        ],
        paths::DECLARE_JOURNEY,
    )
}
