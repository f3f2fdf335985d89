//! All six answers on one page, sending them, and the pass.

use super::begin::is_evening;
use super::kept::{Answers, remember};
use super::steps::{problems_of_trip, problems_of_who};
use super::{DRAFT_COOKIE, REGISTER, answers_of, keeping, kept_of, page};
use crate::declare::who::kind_words;
use crate::device::DEVICE_S;
use crate::form::Form;
use crate::visit::{Visit, date};
use crate::{Answer, pass};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use lianfang_kernel::{Lang, Words};
use lianfang_pass::ShortCode;
use lianfang_server::{
    ApiError, AppState, DEVICE_COOKIE, Declaration, DeclarationAnswer, Declarer, Resident, ValidFor, declare, read,
    set_cookie,
};
use lianfang_ui::part::form::Problem;
use lianfang_ui::views::day::done::{Done, render as render_done};
use lianfang_ui::views::day::summary::{Summary, render};
use lianfang_ui::views::declare::summary::Answer as Line;
use lianfang_ui::{dates, paths, text};
use serde_json::{Map, Value};

const TODAY: &str = "today";
const TOMORROW: &str = "tomorrow";

/// What was ticked and chosen on the page itself.
struct Chosen {
    day: String,
    remembers: bool,
}

pub(super) async fn show(State(state): State<AppState>, visit: Visit, headers: HeaderMap) -> Answer {
    let mut answers = answers_of(&state, &headers, None).await?;
    if let Some(step) = unanswered(&answers, visit.lang) {
        return Ok(Redirect::to(step).into_response());
    }
    if answers.entry.is_empty() {
        answers.entry = state.ledger.new_id().to_string();
    }
    answers.reached_summary = true;
    let has_today = pass_of_today(&state, &headers, &answers).await?.is_some();
    let chosen = Chosen {
        day: if has_today && is_evening(&state) {
            TOMORROW
        } else {
            TODAY
        }
        .to_owned(),
        remembers: !answers.is_helping,
    };
    draw(&state, &visit, &answers, &chosen, Vec::new()).await
}

/// The first question that is not answered yet.
fn unanswered(answers: &Answers, lang: Lang) -> Option<&'static str> {
    if !problems_of_who(answers, lang).is_empty() {
        return Some(paths::DAY_WHO);
    }
    (!problems_of_trip(answers, lang).is_empty()).then_some(paths::DAY_TRIP)
}

/// The pass that this phone remembers for the same document today.
async fn pass_of_today(state: &AppState, headers: &HeaderMap, answers: &Answers) -> Result<Option<String>, ApiError> {
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let kept = kept_of(state, headers).await?;
    let own = kept
        .iter()
        .find(|kept| kept.answers.document_number == answers.document_number);
    Ok(own.and_then(|kept| kept.pass_of(today)))
}

pub(super) async fn send(
    State(state): State<AppState>,
    visit: Visit,
    resident: Result<Resident, ApiError>,
    headers: HeaderMap,
    form: Form,
) -> Answer {
    let answers = answers_of(&state, &headers, Some(&form)).await?;
    if let Some(step) = unanswered(&answers, visit.lang) {
        return Ok(Redirect::to(step).into_response());
    }
    let chosen = Chosen {
        day: form.get("for").to_owned(),
        remembers: form.has("remember") && !answers.is_helping,
    };
    if !form.has("truthful") {
        let what = Words::new("请确认所填属实", "Please confirm that this is true");
        let problems = vec![Problem::at("truthful", what.get(visit.lang))];
        return draw(&state, &visit, &answers, &chosen, problems).await;
    }
    // Who helps declares on nobody's phone: the pass is the holder's alone.
    let device = resident.as_ref().ok().filter(|_| !answers.is_helping);
    match declare(&state, device, declaration(&answers, &chosen)).await {
        Ok(declared) => done(&state, &visit, &headers, (&answers, &chosen), declared).await,
        Err(error) if error.status.as_u16() == 422 => {
            let problem = &error.problem;
            let words = problem.told(visit.lang);
            draw(&state, &visit, &answers, &chosen, vec![Problem::at("", words)]).await
        }
        Err(error) => Err(error),
    }
}

/// The declaration, as any other program would send it.
fn declaration(answers: &Answers, chosen: &Chosen) -> Declaration {
    let is_cn_id = answers.document_kind == "cn_id";
    let number = Some(answers.document_number.clone());
    let person = Declarer {
        name: answers.name.clone(),
        cn_id: number.clone().filter(|_| is_cn_id),
        id_doc: number.filter(|_| !is_cn_id),
        phone: Some(answers.phone.clone()),
    };
    let given = [
        ("origin", &answers.origin),
        ("plate", &answers.plate),
        ("remark", &answers.remark),
    ];
    let given = given.into_iter().filter(|(_, value)| !value.is_empty());
    Declaration {
        register: Some(REGISTER.to_owned()),
        person,
        valid_for: if chosen.day == TOMORROW {
            ValidFor::Tomorrow
        } else {
            ValidFor::Today
        },
        id: answers.entry.parse().ok(),
        confirmed: false,
        proxy: answers.for_other,
        body: given
            .map(|(field, value)| (field.to_owned(), Value::from(value.as_str())))
            .collect(),
        beside: Map::new(),
    }
}

async fn done(
    state: &AppState,
    visit: &Visit,
    headers: &HeaderMap,
    (answers, chosen): (&Answers, &Chosen),
    declared: DeclarationAnswer,
) -> Answer {
    let id = declared.pass_id;
    let found = read(state, move |reader| reader.certificate(id)).await?;
    let found = found.ok_or_else(ApiError::internal)?;
    let (snapshot, now) = (state.ledger.snapshot(), state.ledger.now());
    let mut kept = kept_of(state, headers).await?;
    let is_same = kept
        .iter()
        .any(|kept| kept.pass_of(declared.valid_day) == Some(id.to_string()));
    let mut shown = pass::view(&snapshot, &found, now, visit.lang);
    // Who helps has the pass of a stranger on the screen: it leaves on paper.
    shown.is_kept &= !answers.is_helping;
    let view = Done {
        pass: shown,
        short_code: ShortCode::of(id.as_bytes()).grouped(),
        is_same,
        recovery_code: declared.device_secret.clone().filter(|_| !answers.is_helping),
        is_helping: answers.is_helping,
    };
    let tls = state.config.tls;
    let mut cookies = vec![(SET_COOKIE, set_cookie(DRAFT_COOKIE, "", 0, tls))];
    if let Some(secret) = &view.recovery_code {
        cookies.push((SET_COOKIE, set_cookie(DEVICE_COOKIE, secret, DEVICE_S, tls)));
    }
    if chosen.remembers {
        let today = snapshot.zone.day_of(now);
        remember(&mut kept, answers, today, (declared.valid_day, id.to_string()));
        cookies.push((SET_COOKIE, keeping(state, kept).await?));
    }
    Ok((AppendHeaders(cookies), render_done(&view, &visit.public(state))).into_response())
}

async fn draw(state: &AppState, visit: &Visit, answers: &Answers, chosen: &Chosen, problems: Vec<Problem>) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), visit.lang);
    let register = snapshot.model.registers.get(REGISTER);
    let days = register.map_or(0, |register| register.schema.retention_days);
    let retention = match lang {
        Lang::Zh => format!("{days}天"),
        Lang::En => format!("{days} days"),
    };
    let cx = visit.public(state);
    page(state, answers, problems, |step| {
        let view = Summary {
            step,
            answers: lines(answers, lang),
            days: offered(state, lang),
            chosen: chosen.day.clone(),
            remembers: chosen.remembers,
            retention,
        };
        render(&view, &cx)
    })
    .await
}

/// Today until the city's midnight, and from 18:00 tomorrow.
fn offered(state: &AppState, lang: Lang) -> Vec<(String, String)> {
    let today = state.ledger.snapshot().zone.day_of(state.ledger.now());
    let words = |key: &str, day| text::text_with(lang, key, &[("day", dates::short_day(lang, date(day)).into())]);
    let mut days = vec![(TODAY.to_owned(), words("day-today", today))];
    if is_evening(state) {
        days.push((TOMORROW.to_owned(), words("day-tomorrow", today.plus(1))));
    }
    days
}

fn lines(answers: &Answers, lang: Lang) -> Vec<Line> {
    let line = |key: &str, lines: Vec<String>, change: &str| Line {
        question: text::text(lang, key),
        answer: lines.into_iter().filter(|line| !line.is_empty()).collect(),
        change: change.to_owned(),
    };
    let document = format!(
        "{} {}",
        kind_words(&answers.document_kind, lang),
        answers.document_number
    );
    let mut lines = vec![
        line(
            "declare-who",
            vec![answers.name.clone(), document, answers.phone.clone()],
            paths::DAY_WHO,
        ),
        line("day-origin", vec![answers.origin.clone()], paths::DAY_TRIP),
    ];
    for (key, value) in [("day-plate", &answers.plate), ("day-remark", &answers.remark)] {
        if !value.is_empty() {
            lines.push(line(key, vec![value.clone()], paths::DAY_TRIP));
        }
    }
    lines
}
