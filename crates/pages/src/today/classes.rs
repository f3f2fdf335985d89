//! The morning check of a school's classes on one sheet: the roll is known, checked is what is left after the absent.

use crate::Answer;
use crate::form::Form;
use crate::visit::{Desk, civil, date};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::Words;
use lianfang_kernel::ids::{SubjectId, derived};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{EntryFilter, Reader, TaskFilter, TaskItem};
use lianfang_ledger::wire::{NewEntry, Status, SubjectIn};
use lianfang_server::{ApiError, AppState, Staff, append, read, trace};
use lianfang_ui::part::form::Problem;
use lianfang_ui::paths;
use lianfang_ui::views::class_sheet::{Class, ClassSheet, SYMPTOMS, render};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The register of one class's sheet.
const CHECK: &str = "morning_check";
/// The register of rolls.
const ROLL: &str = "class_roll";
/// Classes of one school.
const CLASSES: usize = 300;

fn must_check(desk: &Desk) -> Result<(), ApiError> {
    if desk.staff.writes(CHECK) {
        return Ok(());
    }
    Err(ApiError::no_right(Words::new(
        "您的岗位不填报晨检",
        "Your role does not send the morning check",
    )))
}

/// What a class owes today, with its roll.
struct Owed {
    task: TaskItem,
    name: String,
    roll: Option<i64>,
}

async fn owed(state: &AppState, desk: &Desk) -> Result<Vec<Owed>, ApiError> {
    let (staff, lang) = (desk.staff.clone(), desk.visit.lang);
    let found = read(state, move |reader| {
        let today = reader.snapshot.zone.day_of(reader.now);
        let span = (
            reader.snapshot.zone.start_of(today),
            reader.snapshot.zone.start_of(today.plus(1)),
        );
        let filter = TaskFilter {
            owner: staff.login.org,
            between: Some(span),
            limit: CLASSES,
            ..TaskFilter::default()
        };
        let mut tasks = reader.tasks(&staff.sight, &filter)?.items;
        tasks.retain(|task| task.expects == CHECK && task.kind == "task");
        // Other duties may be answered by the same register; the sheet is that of the morning, one line a class.
        tasks.sort_by_key(|task| (task.subject, task.due_at, task.id));
        tasks.dedup_by_key(|task| task.subject);
        let subjects: Vec<SubjectId> = tasks.iter().map(|task| task.subject).collect();
        let labels = reader.labels(&subjects, lang)?;
        let mut owed = Vec::new();
        for task in tasks {
            let roll = roll(reader, &staff, task.subject)?;
            let name = labels.get(&task.subject).map(|label| label.name.clone());
            owed.push(Owed {
                name: name.unwrap_or_default(),
                roll,
                task,
            });
        }
        owed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(owed)
    })
    .await?;
    let subjects: Vec<SubjectId> = found.iter().map(|owed| owed.task.subject).collect();
    trace::list(state, &desk.staff, CHECK, &subjects)?;
    Ok(found)
}

/// The roll last entered for a class.
fn roll(reader: &mut Reader<'_>, staff: &Staff, class: SubjectId) -> Result<Option<i64>, LedgerError> {
    let filter = EntryFilter {
        register: Some(ROLL.to_owned()),
        subject: Some(class),
        limit: 5,
        ..EntryFilter::default()
    };
    let found = reader.entries(&staff.sight, &filter)?.items;
    let standing = found
        .into_iter()
        .find(|item| matches!(item.status.as_str(), "accepted" | "flagged") && item.act != "withdraw");
    Ok(standing.and_then(|item| item.body.get("roll").and_then(Value::as_i64)))
}

pub(super) async fn show(State(state): State<AppState>, desk: Desk) -> Answer {
    must_check(&desk)?;
    draw(&state, &desk, &Form::default(), &HashMap::new(), None).await
}

/// One class, from a list of tasks: the sheet with that class ticked.
pub(super) async fn show_one(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    must_check(&desk)?;
    let mut form = Form::default();
    form.set("class", id);
    draw(&state, &desk, &form, &HashMap::new(), None).await
}

async fn draw(
    state: &AppState,
    desk: &Desk,
    form: &Form,
    problems: &HashMap<String, String>,
    whole: Option<Words>,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let found = owed(state, desk).await?;
    let school = desk.staff.login.org.and_then(|id| snapshot.orgs.get(id));
    let class = |owed: &Owed| {
        let id = owed.task.subject.to_string();
        let typed = |field: &str, usual: String| {
            let name = format!("{field}.{id}");
            if form.has(&name) {
                form.get(&name).to_owned()
            } else {
                usual
            }
        };
        let sent = owed.task.discharged_by.map(|entry| {
            let at = owed.task.received_at.unwrap_or(owed.task.opens_at);
            (civil(&snapshot.zone, at), entry.to_string())
        });
        Class {
            name: owed.name.clone(),
            roll: typed("roll", owed.roll.map(|n| n.to_string()).unwrap_or_default()),
            absent: typed("absent", "0".to_owned()),
            symptoms: SYMPTOMS.map(|symptom| typed(symptom, "0".to_owned())),
            // Made of the task: sent twice, it is one sheet.
            entry: typed("entry", derived(&format!("sheet\u{1f}{}", owed.task.id)).to_string()),
            is_checked: form.all("class").any(|ticked| ticked == id),
            due: civil(&snapshot.zone, owed.task.due_at),
            sent,
            problem: problems.get(&id).cloned(),
            full: format!("{}?subject={id}", paths::register_new(CHECK)),
            id,
        }
    };
    let problems: Vec<Problem> = whole.iter().map(|words| Problem::at("", words.get(lang))).collect();
    let status = if problems.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = ClassSheet {
        title: school.map_or_else(String::new, |org| org.name.get(lang).to_owned()),
        day: date(snapshot.zone.day_of(state.ledger.now())),
        classes: found.iter().map(class).collect(),
        problems,
    };
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

/// Sends the classes that are ticked; the others stay owed.
pub(super) async fn send(State(state): State<AppState>, desk: Desk, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    must_check(&desk)?;
    let lang = desk.visit.lang;
    let (mut entries, mut problems) = (Vec::new(), HashMap::new());
    for id in form.all("class") {
        match entry(&state, &form, id) {
            Ok(entry) => entries.push((id.to_owned(), entry)),
            Err(words) => drop(problems.insert(id.to_owned(), words.get(lang).to_owned())),
        }
    }
    if entries.is_empty() && problems.is_empty() {
        let words = Words::new("请勾选已检的班级", "Tick the classes that were checked");
        return draw(&state, &desk, &form, &problems, Some(words)).await;
    }
    let (ids, entries): (Vec<String>, Vec<NewEntry>) = entries.into_iter().unzip();
    if !entries.is_empty() {
        let answer = append(&state, desk.staff.author.clone(), entries).await?;
        for (id, result) in ids.into_iter().zip(answer.results) {
            if let (Status::Refused | Status::Tray, Some(problem)) = (result.status, result.problems.first()) {
                problems.insert(id, problem.told(lang));
            }
        }
    }
    if problems.is_empty() {
        return Ok(Redirect::to(paths::CLASS_SHEET).into_response());
    }
    let words = Words::new(
        "{n}个班没有报出，请改正后再报；其他班已报出",
        "{n} classes were not sent: mend them; the others are in",
    );
    let words = words.with("n", problems.len());
    draw(&state, &desk, &form, &problems, Some(words)).await
}

/// The sheet of one class: checked is the roll without the absent.
fn entry(state: &AppState, form: &Form, id: &str) -> Result<NewEntry, Words> {
    let number = |field: &str| -> Result<i64, Words> {
        let text = form.get(&format!("{field}.{id}"));
        let bad = || Words::new("请填人数，没有填0", "Give a number; 0 where there is none");
        text.parse::<i64>()
            .ok()
            .filter(|n| (0..=2_000).contains(n))
            .ok_or_else(bad)
    };
    let subject = id
        .parse::<SubjectId>()
        .map_err(|_| Words::new("没有这个班级", "There is no such class"))?;
    let (roll, absent) = (number("roll")?, number("absent")?);
    if absent > roll {
        return Err(Words::new("缺勤多于在册人数", "More are absent than on the roll"));
    }
    let mut body = Map::new();
    for (field, n) in [("roll", roll), ("absent", absent), ("checked", roll - absent)] {
        body.insert(field.to_owned(), n.into());
    }
    for symptom in SYMPTOMS {
        body.insert(symptom.to_owned(), number(symptom)?.into());
    }
    let entry = form.given(&format!("entry.{id}")).and_then(|id| id.parse().ok());
    Ok(NewEntry {
        subject: Some(SubjectIn::Id(subject)),
        body,
        ..NewEntry::new(entry.unwrap_or_else(|| state.ledger.new_id()), CHECK)
    })
}
