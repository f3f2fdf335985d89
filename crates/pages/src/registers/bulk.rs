//! One field of many entries at once: chosen, looked at before, corrected as one group, and taken back as one group.
//!
//! Every change is a correcting entry with its reason; either all land or none. An entry that holds sealed values is left to be
//! corrected by itself: a correction says everything anew, and sealed values are not shown here.

use super::named;
use super::new::writable;
use crate::field_form::{Drawing, body, typed, views, worked_out};
use crate::form::Form;
use crate::visit::{Desk, civil};
use crate::{Answer, field_text};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Act, FieldSchema, Kind, Lang, Words};
use lianfang_ledger::read::EntryItem;
use lianfang_ledger::wire::{EntryAnswer, NewEntry, SubjectIn};
use lianfang_policy::model::Register;
use lianfang_server::{ApiError, AppState, append, entry, try_append};
use lianfang_ui::part::form::{Choice, Problem};
use lianfang_ui::views::bulk_change::{BulkChange, Changed, Stage, render};
use std::collections::HashMap;

/// Entries of one change.
const MOST: usize = 200;

/// Whether an entry can be changed with others: it holds, and nothing in it is sealed.
pub(super) fn can_change(item: &EntryItem) -> bool {
    !item.has_sealed && matches!(item.status.as_str(), "accepted" | "flagged") && matches!(item.act, "new" | "correct")
}

/// The fields that can be changed for many: one plain value each, and nobody's identity.
pub(super) fn fields(register: &Register, lang: Lang) -> Vec<Choice> {
    let computed = worked_out(register);
    let is_plain = |field: &&FieldSchema| {
        let plain = matches!(
            field.kind,
            Kind::Code { .. } | Kind::Bool | Kind::Date | Kind::Int | Kind::Text | Kind::Decimal { .. }
        );
        plain && field.many <= 1 && !field.is_sealed() && !computed.contains(&field.id)
    };
    let plain = register.schema.fields.iter().filter(is_plain);
    plain
        .map(|field| Choice::new(&*field.id, field.title.get(lang)))
        .collect()
}

/// What was chosen: entries that can be changed, how many cannot, and the field.
struct Chosen {
    items: Vec<EntryItem>,
    left_out: usize,
    field: FieldSchema,
}

async fn chosen(state: &AppState, desk: &Desk, register: &Register, form: &Form) -> Result<Chosen, ApiError> {
    let field = fields(register, desk.visit.lang)
        .iter()
        .find(|choice| choice.value == form.get("field"))
        .and_then(|choice| register.schema.field(&choice.value).cloned())
        .ok_or_else(|| {
            let what = Words::new("请选择要更正的字段", "Choose the field to correct");
            ApiError::bad_field("field", what, Words::new("回到列表选择", "Go back to the list"))
        })?;
    let mut chosen = Chosen {
        items: Vec::new(),
        left_out: 0,
        field,
    };
    for id in form.all("entry").take(MOST) {
        let item = entry(state, &desk.staff, id).await?;
        match item.register == register.schema.id && can_change(&item) {
            true => chosen.items.push(item),
            false => chosen.left_out += 1,
        }
    }
    Ok(chosen)
}

/// The corrections that a value makes of the chosen entries.
async fn corrections(
    state: &AppState,
    desk: &Desk,
    register: &Register,
    chosen: &Chosen,
    (value, reason): (&str, &str),
) -> Result<Vec<NewEntry>, ApiError> {
    let snapshot = state.ledger.snapshot();
    let group = state.ledger.new_id();
    let mut entries = Vec::new();
    for item in &chosen.items {
        let mut form = Form::default();
        typed(&snapshot, &register.schema.fields, &item.body, "", &mut form);
        form.set(&chosen.field.id, value);
        let resolved = named::resolved(state, desk, &register.schema, &form).await?;
        entries.push(NewEntry {
            group: Some(group),
            reason: Some(reason.to_owned()),
            body: body(&snapshot, &register.schema.fields, &resolved, ""),
            ..correction(state, item)
        });
    }
    Ok(entries)
}

pub(super) async fn change(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let register = writable(&state, &desk, &id)?;
    let chosen = chosen(&state, &desk, &register, &form).await?;
    let (value, reason, lang) = (form.get("value"), form.get("reason"), desk.visit.lang);
    let mut problems = Vec::new();
    if form.has("act") && reason.is_empty() {
        let what = Words::new("请写明更正的原因", "Say why they are corrected");
        problems.push(Problem::at("reason", what.get(lang)));
    }
    let mut stage = Stage::Asking;
    let mut answers: HashMap<EntryId, EntryAnswer> = HashMap::new();
    if form.has("act") && problems.is_empty() && !chosen.items.is_empty() {
        let entries = corrections(&state, &desk, &register, &chosen, (value, reason)).await?;
        let is_final = form.get("act") == "change";
        let author = desk.staff.author.clone();
        let answer = match is_final {
            true => append(&state, author, entries).await?,
            false => try_append(&state, author, entries).await?,
        };
        let all_in = answer.results.iter().all(|result| result.status.is_in());
        stage = match (is_final, all_in) {
            (true, true) => Stage::Done,
            (false, true) => Stage::Ready,
            _ => Stage::Refused,
        };
        answers = chosen.items.iter().map(|item| item.id).zip(answer.results).collect();
    }
    let asked = Asked {
        chosen: &chosen,
        value,
        reason,
        stage,
    };
    draw(&state, &desk, &register, asked, &answers, problems).await
}

/// An entry said anew, of the same moment and as sure as it was.
fn correction(state: &AppState, item: &EntryItem) -> NewEntry {
    NewEntry {
        act: Act::Correct,
        replaces: Some(item.id),
        subject: Some(SubjectIn::Id(item.subject)),
        at: Some(item.at),
        assurance: Some(item.assurance),
        confirmed: true,
        proxy: item.proxy,
        ..NewEntry::new(state.ledger.new_id(), item.register.clone())
    }
}

/// Takes a change back: every entry says again what it said before.
pub(super) async fn undo(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let register = writable(&state, &desk, &id)?;
    let chosen = chosen(&state, &desk, &register, &form).await?;
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let reason = Words::new("撤销批量更正", "The change of many was taken back");
    let group = state.ledger.new_id();
    let mut entries = Vec::new();
    for item in &chosen.items {
        let Some(before) = item.replaces else { continue };
        let before = entry(&state, &desk.staff, &before.to_string()).await?;
        let mut old = Form::default();
        typed(&snapshot, &register.schema.fields, &before.body, "", &mut old);
        let resolved = named::resolved(&state, &desk, &register.schema, &old).await?;
        entries.push(NewEntry {
            group: Some(group),
            reason: Some(reason.get(lang).to_owned()),
            body: body(&snapshot, &register.schema.fields, &resolved, ""),
            ..correction(&state, item)
        });
    }
    let answer = append(&state, desk.staff.author.clone(), entries).await?;
    let stage = match answer.results.iter().all(|result| result.status.is_in()) {
        true => Stage::TakenBack,
        false => Stage::Refused,
    };
    let answers = chosen.items.iter().map(|item| item.id).zip(answer.results).collect();
    let asked = Asked {
        chosen: &chosen,
        value: "",
        reason: reason.get(lang),
        stage,
    };
    draw(&state, &desk, &register, asked, &answers, Vec::new()).await
}

/// What a page of a change shows.
struct Asked<'a> {
    chosen: &'a Chosen,
    value: &'a str,
    reason: &'a str,
    stage: Stage,
}

async fn draw(
    state: &AppState,
    desk: &Desk,
    register: &Register,
    asked: Asked<'_>,
    answers: &HashMap<EntryId, EntryAnswer>,
    problems: Vec<Problem>,
) -> Answer {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let field = &asked.chosen.field;
    let offers = named::offers(state, desk, &register.schema).await?;
    let mut form = Form::default();
    form.set(&field.id, asked.value);
    let drawing = Drawing {
        snapshot: &snapshot,
        offers: &offers,
        worked_out: &[],
        lang,
        form: &form,
        problems: &HashMap::new(),
        region: &desk.staff.region,
        now: state.ledger.now(),
    };
    let mut input = views(drawing, std::slice::from_ref(field), "")
        .pop()
        .unwrap_or_default();
    input.id = "value".to_owned();
    // The value as it will be stored, in words.
    let after = body(&snapshot, std::slice::from_ref(field), &form, "");
    let after = after.get(&field.id).map_or_else(
        || asked.value.to_owned(),
        |value| field_text::value(&snapshot, lang, field, value),
    );
    let changed = rows(state, desk, &asked, &after, answers).await?;
    let view = BulkChange {
        register: register.schema.id.clone(),
        title: register.schema.title.get(lang).to_owned(),
        field: field.id.clone(),
        field_title: field.title.get(lang).to_owned(),
        input,
        reason: asked.reason.to_owned(),
        stage: asked.stage,
        left_out: asked.chosen.left_out,
        changed,
        problems,
    };
    let status = match view.problems.is_empty() && view.stage != Stage::Refused {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

/// The entries of a change, each with what it says and what it becomes.
async fn rows(
    state: &AppState,
    desk: &Desk,
    asked: &Asked<'_>,
    after: &str,
    answers: &HashMap<EntryId, EntryAnswer>,
) -> Result<Vec<Changed>, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let field = &asked.chosen.field;
    let is_after = matches!(asked.stage, Stage::Ready | Stage::Done | Stage::Refused);
    let subjects: Vec<_> = asked.chosen.items.iter().map(|item| item.subject).collect();
    let labels = lianfang_server::read(state, move |reader| reader.labels(&subjects, lang)).await?;
    let identified = Some(lianfang_policy::model::Level::Identified);
    let named = |item: &EntryItem| desk.staff.level(&snapshot.model, &item.register) == identified;
    let changed = |item: &EntryItem| {
        let answer = answers.get(&item.id);
        let refused = answer
            .filter(|answer| !answer.status.is_in())
            .and_then(|answer| answer.problems.first());
        Changed {
            // What takes the change back names the entries that made it.
            entry: match (asked.stage, answer) {
                (Stage::Done, Some(answer)) => answer.id.to_string(),
                _ => item.id.to_string(),
            },
            subject: labels
                .get(&item.subject)
                .filter(|label| named(item) || !label.is_personal)
                .map(|label| label.name.clone())
                .unwrap_or_default(),
            at: civil(&snapshot.zone, item.at),
            before: item
                .body
                .get(&field.id)
                .map(|value| field_text::value(&snapshot, lang, field, value))
                .unwrap_or_default(),
            after: if is_after { after.to_owned() } else { String::new() },
            problem: refused.map(|problem| problem.what.get(lang).to_owned()),
        }
    };
    Ok(asked.chosen.items.iter().map(changed).collect())
}
