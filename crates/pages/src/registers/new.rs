//! A new entry of any register.

use super::about::About;
use super::named;
use super::ours::{self, Settled};
use crate::Answer;
use crate::attached::Carried;
use crate::entry::refused_page;
use crate::field_form::{Drawing, body, is_reshaping, name_of, reshape, views, worked_out};
use crate::field_text::semicolon;
use crate::form::Form;
use crate::visit::{Desk, moment};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use lianfang_kernel::{Lang, RegisterSchema, Words};
use lianfang_ledger::wire::{EntryAnswer, NewEntry, Status, SubjectIn};
use lianfang_policy::model::{Register, Severity};
use lianfang_server::{ApiError, AppState, append_one, read};
use lianfang_ui::part::field::{FieldView, Kind as Shown};
use lianfang_ui::part::form::Problem;
use lianfang_ui::part::likely::{CHOICE, LikelyFile};
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::register_form::{Act as Drawn, FormView, render};
use std::collections::HashMap;
use std::sync::Arc;

/// What is wrong with a form.
#[derive(Clone, Debug, Default)]
pub(super) struct Wrong {
    /// By the name of the field.
    pub at: HashMap<String, String>,
    /// With the whole.
    pub whole: Vec<Problem>,
    /// What must be confirmed.
    pub warnings: Vec<String>,
    /// Files that the person described may be: somebody has to choose.
    pub likely: Vec<LikelyFile>,
}

/// The register, if the post writes it.
pub(super) fn writable(state: &AppState, desk: &Desk, id: &str) -> Result<Arc<Register>, ApiError> {
    let unknown = || ApiError::not_found(Words::new("没有这个登记册", "There is no such register"));
    let register = state
        .ledger
        .snapshot()
        .model
        .registers
        .get(id)
        .cloned()
        .ok_or_else(unknown)?;
    if desk.staff.writes(id) {
        return Ok(register);
    }
    let title = &register.schema.title;
    Err(ApiError::no_right(Words::new(
        format!("您的岗位不填报《{}》", title.zh),
        format!("Your role does not write “{}”", title.en),
    )))
}

pub(super) async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let register = writable(&state, &desk, &id)?;
    let form = Form::parse(query.unwrap_or_default().as_bytes());
    // A list is sent, not typed.
    if register.matching.is_some() {
        let subject = form.get("subject");
        return Ok(Redirect::to(&format!("{}?subject={subject}", paths::register_import(&id))).into_response());
    }
    draw(&state, &desk, &register, &form, Wrong::default()).await
}

/// The form with values that were sent elsewhere already, to be mended.
pub(crate) async fn filled(state: &AppState, desk: &Desk, id: &str, form: &Form) -> Answer {
    let register = writable(state, desk, id)?;
    draw(state, desk, &register, form, Wrong::default()).await
}

pub(super) async fn send(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    carried: Carried,
) -> Answer {
    desk.visit.must_be_now()?;
    let register = writable(&state, &desk, &id)?;
    let (mut form, at) = carried.keep(&state, &desk.staff.author, desk.visit.lang).await?;
    if !at.is_empty() {
        let wrong = Wrong { at, ..Wrong::default() };
        return draw(&state, &desk, &register, &form, wrong).await;
    }
    if is_reshaping(&form) {
        reshape(&mut form);
        return draw(&state, &desk, &register, &form, Wrong::default()).await;
    }
    let snapshot = state.ledger.snapshot();
    let about = About::of(&snapshot, &register.schema, &desk.staff, &form);
    let (subject, region) = about.read(&snapshot, &form);
    let settled = ours::settle(&state, &desk, &register.schema, &about, subject.as_ref(), &form).await?;
    let (subject, apart) = match settled {
        Settled::AsTyped => (subject, Vec::new()),
        Settled::Chosen(id) => (Some(SubjectIn::Id(id)), Vec::new()),
        Settled::Other(others) => (subject, others),
        Settled::Ask(likely) => {
            let wrong = Wrong {
                likely,
                ..Wrong::default()
            };
            return draw(&state, &desk, &register, &form, wrong).await;
        }
    };
    let typed = named::resolved(&state, &desk, &register.schema, &form).await?;
    let entry = NewEntry {
        subject,
        at: moment(&snapshot.zone, form.get("at")),
        confirmed: form.has("confirmed"),
        region,
        body: body(&snapshot, &register.schema.fields, &typed, ""),
        ..NewEntry::new(
            form.given("entry")
                .and_then(|id| id.parse().ok())
                .unwrap_or_else(|| state.ledger.new_id()),
            id.clone(),
        )
    };
    let result = append_one(&state, desk.staff.author.clone(), entry).await?;
    match result.status {
        Status::Accepted | Status::Flagged => {
            ours::keep_apart(&state, &desk, result.subject, &apart).await?;
            Ok(Redirect::to(&format!("{}?sent=1", paths::entry(&result.id.to_string()))).into_response())
        }
        Status::Tray => refused_page(&state, &desk.visit, &id, &result),
        Status::Refused => {
            // The id of a refused entry may be used again: it stays in the form.
            let wrong = wrong(&state, &desk, &result, &register.schema);
            draw(&state, &desk, &register, &form, wrong).await
        }
    }
}

/// Sorts problems to the fields they belong to.
pub(super) fn wrong(state: &AppState, desk: &Desk, answer: &EntryAnswer, schema: &RegisterSchema) -> Wrong {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let mut wrong = Wrong::default();
    for problem in &answer.problems {
        let mut words = problem.told(lang);
        if let Some(clause) = &problem.clause {
            words = format!("{words} ({clause})");
        }
        let guard = snapshot.model.guards.get(&problem.code);
        if guard.is_some_and(|guard| guard.severity == Severity::Warn) {
            wrong.warnings.push(words);
            continue;
        }
        let name = name_of(problem.field.as_deref().unwrap_or_default());
        let first = name.split('.').next().unwrap_or_default();
        if schema.field(first).is_some() {
            wrong.at.insert(name, words);
        } else if let Some(name) = subject_field(&name) {
            wrong.at.insert(name.to_owned(), words);
        } else {
            wrong.whole.push(Problem::at("", words));
        }
    }
    wrong
}

/// What to write, and of which days.
fn help(register: &Register, lang: Lang) -> String {
    let own = register.schema.help.as_ref().map(|help| help.get(lang).to_owned());
    let days = register.accepts.map(|accepts| accepts.words().get(lang).to_owned());
    own.into_iter().chain(days).collect::<Vec<_>>().join(semicolon(lang))
}

fn subject_field(name: &str) -> Option<&'static str> {
    match name {
        "subject.identifiers.cn_id" | "subject.identifiers.id_doc" | "subject.identifiers" => Some("subject.document"),
        "subject.identifiers.phone" => Some("subject.phone"),
        "subject.name" => Some("subject.name"),
        "region" | "subject.identifiers.code" => Some("subject.region"),
        _ => None,
    }
}

async fn draw(state: &AppState, desk: &Desk, register: &Register, form: &Form, wrong: Wrong) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let schema = &register.schema;
    let about = About::of(&snapshot, schema, &desk.staff, form);
    let subject = match &about {
        About::Given(id) => {
            let id = *id;
            let labels = read(state, move |reader| reader.labels(&[id], lang)).await?;
            Some((
                id.to_string(),
                labels.get(&id).map(|label| label.name.clone()).unwrap_or_default(),
            ))
        }
        _ => None,
    };
    let (offers, worked_out) = (named::offers(state, desk, schema).await?, worked_out(register));
    let drawing = Drawing {
        snapshot: &snapshot,
        offers: &offers,
        worked_out: &worked_out,
        lang,
        form,
        problems: &wrong.at,
        region: &desk.staff.region,
        now: state.ledger.now(),
    };
    let mut fields = about.fields(drawing);
    if schema.at_field.is_none() {
        fields.push(
            FieldView::new("at", Shown::Instant, text(lang, "at"))
                .optional()
                .value(form.get("at")),
        );
    }
    fields.extend(views(drawing, &schema.fields, ""));
    for field in &mut fields {
        // A default of the register stands in for what is left empty.
        field.required = field.required && !register.default.iter().any(|(id, _)| *id == field.id);
    }
    let has_problems = !wrong.at.is_empty() || !wrong.whole.is_empty() || !wrong.warnings.is_empty();
    let view = FormView {
        register: schema.id.clone(),
        title: schema.title.get(lang).to_owned(),
        help: help(register, lang),
        clause: String::new(),
        act: Drawn::New,
        action: String::new(),
        entry: form
            .given("entry")
            .map_or_else(|| state.ledger.new_id().to_string(), str::to_owned),
        replaces: None,
        subject,
        fields,
        problems: wrong.whole,
        warnings: wrong.warnings,
        likely: wrong.likely,
        same_as: form.get(CHOICE).to_owned(),
        reason: String::new(),
    };
    let status = if has_problems {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}
