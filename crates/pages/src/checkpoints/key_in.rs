//! The paper of an outage: a blank form to print, and keying it in with the times that stand on it.

use super::one::id_of;
use super::upload::{is_taken, said};
use crate::Answer;
use crate::form::Form;
use crate::visit::{Desk, moment, shown};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_kernel::{Lang, Words};
use lianfang_ledger::CHECK_REGISTER;
use lianfang_pass::ShortCode;
use lianfang_server::{AppState, checkpoint, take_checks};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::views::checkpoints::key_in::{KeyIn, Line, render};
use lianfang_ui::views::checkpoints::paper::{LINES, Paper, render as render_paper};
use serde_json::{Value, json};

/// The lists of values that a check has.
const DIRECTIONS: &str = "direction";
const DOCUMENTS: &str = "document_compared";
const DECISIONS: &str = "check_decision";
const REASONS: &str = "check_reason";

pub(super) async fn paper(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    let (found, name) = checkpoint(&state, &desk.staff, id_of(&id)?).await?;
    let lang = desk.visit.lang;
    let words = |list| {
        choices(&state, list, lang)
            .into_iter()
            .map(|choice| choice.label)
            .collect()
    };
    let view = Paper {
        id: found.id.to_string(),
        name,
        // A short code of nothing but chance: its check sign finds a mistyped one.
        sheet: ShortCode::of(state.ledger.new_id().as_bytes()).grouped(),
        decisions: words(DECISIONS),
        reasons: words(REASONS),
    };
    Ok(shown(render_paper(&view, &desk.ctx(&state))))
}

fn choices(state: &AppState, list: &str, lang: Lang) -> Vec<Choice> {
    let snapshot = state.ledger.snapshot();
    let values = snapshot.model.lists.get(list).map(|list| list.values.as_slice());
    let choice = |value: &lianfang_policy::model::CodeValue| Choice::new(value.id.clone(), value.title.get(lang));
    values.unwrap_or_default().iter().map(choice).collect()
}

/// The sheet as it is shown, without its lines.
async fn blank(state: &AppState, desk: &Desk, id: SubjectId) -> Result<KeyIn, lianfang_server::ApiError> {
    desk.staff.must_write(CHECK_REGISTER)?;
    let (found, name) = checkpoint(state, &desk.staff, id).await?;
    let lang = desk.visit.lang;
    Ok(KeyIn {
        id: found.id.to_string(),
        name,
        directions: choices(state, DIRECTIONS, lang),
        documents: choices(state, DOCUMENTS, lang),
        decisions: choices(state, DECISIONS, lang),
        reasons: choices(state, REASONS, lang),
        lines: vec![Line::default(); LINES],
        ..KeyIn::default()
    })
}

pub(super) async fn ask(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    let snapshot = state.ledger.snapshot();
    let today = snapshot.zone.day_of(state.ledger.now());
    let view = KeyIn {
        day: today.to_string(),
        ..blank(&state, &desk, id_of(&id)?).await?
    };
    Ok(shown(render(&view, &desk.ctx(&state))))
}

pub(super) async fn send(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let id = id_of(&id)?;
    let lang = desk.visit.lang;
    let mut view = KeyIn {
        sheet: form.get("sheet").to_owned(),
        day: form.get("day").to_owned(),
        lines: (1..=LINES).map(|n| typed(&form, n)).collect(),
        ..blank(&state, &desk, id).await?
    };
    let sheet = ShortCode::parse(&view.sheet);
    if let Err(error) = &sheet {
        view.problems.push(Problem::at("sheet", error.words().get(lang)));
    }
    if lianfang_kernel::Day::parse(&view.day).is_err() {
        let what = Words::new("请填写表上的日期", "Write the day that stands on the sheet");
        view.problems.push(Problem::at("day", what.get(lang)));
    }
    let (Ok(sheet), true) = (sheet, view.problems.is_empty()) else {
        return refused(&state, &desk, &view);
    };
    let mut sent = Vec::new();
    for n in 0..view.lines.len() {
        if is_blank(&view.lines[n]) {
            continue;
        }
        match check(&state, (id, &sheet.grouped(), n + 1), &view.day, &view.lines[n]) {
            Ok(check) => sent.push((n, check)),
            Err(words) => view.lines[n].problem = Some(words.get(lang).to_owned()),
        }
    }
    let checks = sent.iter().map(|(_, check)| check.clone()).collect();
    let results = take_checks(&state, &desk.staff, checks, Vec::new()).await?;
    for ((n, _), result) in sent.iter().zip(&results) {
        let line = &mut view.lines[*n];
        if is_taken(result) {
            line.taken = Some(said(result));
        } else {
            line.problem = Some(said(result));
        }
    }
    let wrong = view.lines.iter().zip(1..).filter(|(line, _)| line.problem.is_some());
    let wrong: Vec<String> = wrong.map(|(_, n): (_, usize)| n.to_string()).collect();
    if view.lines.iter().all(is_blank) {
        let what = Words::new("请至少填写一行", "Write at least one line");
        view.problems.push(Problem::at("", what.get(lang)));
    } else if !wrong.is_empty() {
        let what = Words::new("未录入的行：{n}", "Lines that were not taken: {n}").with("n", wrong.join(", "));
        view.problems.push(Problem::at("", what.get(lang)));
    }
    if view.problems.is_empty() {
        return Ok(shown(render(&view, &desk.ctx(&state))));
    }
    refused(&state, &desk, &view)
}

fn refused(state: &AppState, desk: &Desk, view: &KeyIn) -> Answer {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render(view, &desk.ctx(state))).into_response())
}

fn typed(form: &Form, n: usize) -> Line {
    let of = |field: &str| form.get(&format!("{field}.{n}")).to_owned();
    Line {
        time: of("time"),
        direction: of("direction"),
        document: of("document"),
        celsius: of("celsius"),
        decision: of("decision"),
        reason: of("reason"),
        taken: None,
        problem: None,
    }
}

fn is_blank(line: &Line) -> bool {
    [&line.time, &line.celsius, &line.decision, &line.reason]
        .iter()
        .all(|part| part.is_empty())
}

/// A line as a check. Its id follows from checkpoint, sheet and line: keyed in twice, by whomever, it is one check.
fn check(state: &AppState, (gate, sheet, n): (SubjectId, &str, usize), day: &str, line: &Line) -> Result<Value, Words> {
    let snapshot = state.ledger.snapshot();
    let at = moment(&snapshot.zone, &format!("{day}T{}", line.time));
    let at = at.ok_or_else(|| Words::new("请填写时间", "Write the time"))?;
    if at > state.ledger.now() {
        return Err(Words::new("时间在将来，请核对", "This time lies ahead: check it"));
    }
    if line.decision.is_empty() {
        return Err(Words::new("请填写处置", "Write the decision"));
    }
    let celsius = match line.celsius.replace('。', ".") {
        typed if typed.is_empty() => Value::Null,
        typed => json!(
            typed
                .parse::<f64>()
                .map_err(|_| Words::new("体温请写成36.5", "Write the temperature as 36.5"))?
        ),
    };
    let or = |typed: &str, usual: &str| {
        if typed.is_empty() {
            usual.to_owned()
        } else {
            typed.to_owned()
        }
    };
    Ok(json!({
        "id": derived(&format!("paper check\u{1f}{gate}\u{1f}{sheet}\u{1f}{n}")),
        "checkpoint": gate,
        "at": at,
        "direction": or(&line.direction, "in"),
        "verdict": "none",
        "document": or(&line.document, "not_compared"),
        "celsius": celsius,
        "decision": line.decision,
        "reason": (!line.reason.is_empty()).then_some(&line.reason),
        "way": "paper",
    }))
}
