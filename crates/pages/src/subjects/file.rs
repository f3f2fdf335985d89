//! One subject, one file; who it is of is opened for a stated reason, for this one answer.

use super::{beside as near, holds_of};
use crate::form::Form;
use crate::visit::{Desk, civil};
use crate::{Answer, field_text, region_steps};
use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, SubjectKind, Words};
use lianfang_ledger::read::{EntryItem, Sight, TaskFilter, TaskItem};
use lianfang_policy::Snapshot;
use lianfang_server::{
    ApiError, AppState, CASE_REGISTERS, INVITING, SeenFile, file, hands_out_codes, make_code, open_identity, read,
    reads_chains,
};
use lianfang_ui::part::form::Problem;
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::paths;
use lianfang_ui::text::text;
use lianfang_ui::views::subject::{Event, KindLink, Next, SubjectFile, Unmasking, render};
use std::collections::BTreeMap;

/// Events of a page of the timeline.
const EVENTS: usize = 100;

/// A file's id as an address writes it.
pub(crate) fn id_of(id: &str) -> Result<SubjectId, ApiError> {
    id.parse()
        .map_err(|_| ApiError::not_found(Words::new("没有这份档案", "There is no such file")))
}

pub(super) async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let view = view(&state, &desk, id_of(&id)?, query.given("kind")).await?;
    Ok(render(&view, &desk.ctx(&state)).into_response())
}

/// Makes the code that binds the person's phone, and shows it once.
pub(super) async fn bind(State(state): State<AppState>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.visit.must_be_now()?;
    let id = id_of(&id)?;
    let desk = desk.at_path(&paths::subject(&id.to_string()));
    let code = make_code(&state, &desk.staff, id).await?;
    let mut view = view(&state, &desk, id, None).await?;
    view.code = Some(code);
    Ok(render(&view, &desk.ctx(&state)).into_response())
}

pub(super) async fn unmask(State(state): State<AppState>, desk: Desk, Path(id): Path<String>, form: Form) -> Answer {
    desk.visit.must_be_now()?;
    let id = id_of(&id)?;
    let desk = desk.at_path(&paths::subject(&id.to_string()));
    let lang = desk.visit.lang;
    let opened = match open_identity(&state, &desk.staff, id, form.get("reason")).await {
        Ok(opened) => opened,
        Err(error) if error.status.as_u16() == 422 => {
            let mut view = view(&state, &desk, id, None).await?;
            let words = error.problem.told(lang);
            view.problems = vec![Problem::at("reason", words)];
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, render(&view, &desk.ctx(&state))).into_response());
        }
        Err(error) => return Err(error),
    };
    let mut view = view(&state, &desk, id, None).await?;
    view.unmasked_until = Some(civil(&state.ledger.snapshot().zone, state.ledger.now()));
    if let Some(name) = opened.get("name").and_then(|name| name.as_str()) {
        view.who.insert(0, (text(lang, "declare-name"), name.to_owned()));
    }
    let numbers = opened.get("identifiers").and_then(|numbers| numbers.as_object());
    for (kind, number) in numbers.into_iter().flatten() {
        let key = if kind == "phone" {
            "declare-phone"
        } else {
            "document-number"
        };
        view.who.insert(
            1.min(view.who.len()),
            (text(lang, key), number.as_str().unwrap_or_default().to_owned()),
        );
    }
    Ok(render(&view, &desk.ctx(&state)).into_response())
}

async fn view(state: &AppState, desk: &Desk, id: SubjectId, kind: Option<&str>) -> Result<SubjectFile, ApiError> {
    let (snapshot, lang) = (state.ledger.snapshot(), desk.visit.lang);
    let seen = file(state, &desk.staff, id, desk.visit.as_of).await?;
    let subject = seen.file.id;
    let looker = desk.staff.looker();
    let (tasks, reads) = read(state, move |reader| {
        reader.look_as(looker);
        let filter = TaskFilter {
            state: Some("due".into()),
            subject: Some(subject),
            limit: 20,
            ..TaskFilter::default()
        };
        Ok((reader.tasks(&Sight::All, &filter)?.items, reader.reads_of(subject)?))
    })
    .await?;
    let model = &snapshot.model;
    let tasks = tasks
        .iter()
        .filter(|task| desk.staff.writes(&task.expects) || desk.staff.reads_rows(model, &task.expects))
        .filter(|task| desk.staff.is_told_of(model, &task.protocol, &task.task));
    let events = seen
        .file
        .timeline
        .iter()
        .filter(|item| kind.is_none_or(|kind| item.register == kind));
    let unmaskings = reads
        .into_iter()
        .filter(|read| read.kind == "unmask")
        .map(|read| Unmasking {
            at: civil(&snapshot.zone, read.at),
            by: field_text::by(&snapshot, lang, read.org),
            reason: read.reason.unwrap_or_default(),
        });
    Ok(SubjectFile {
        id: subject.to_string(),
        name: seen
            .label
            .as_ref()
            .map_or_else(|| unnamed(&snapshot, &seen, lang), |label| label.name.clone()),
        household: near::household(state, desk, &seen).await?,
        teams: near::teams(state, desk, &seen).await?,
        who: who(&snapshot, &seen, lang),
        unmasked_until: None,
        can_unmask: desk.staff.identifies(model) && seen.file.kind == SubjectKind::Person,
        can_bind: seen.file.kind == SubjectKind::Person && hands_out_codes(model, &desk.staff),
        code: None,
        holds: holds_of(&snapshot, &seen.file, lang),
        next: tasks.map(|task| next(&snapshot, task, lang)).collect(),
        can_record: can_record(&snapshot, desk, &seen, lang),
        beside: beside(state, desk, &seen, lang),
        kinds: kinds(&snapshot, &seen, kind, lang),
        events: events.take(EVENTS).map(|item| event(&snapshot, item, lang)).collect(),
        older: None,
        unmaskings: unmaskings.collect(),
        problems: Vec::new(),
    })
}

/// What a file is called for who sees no identities: its kind, and enough of its number to tell it from another.
fn unnamed(snapshot: &Snapshot, seen: &SeenFile, lang: Lang) -> String {
    let kind = snapshot.model.types.get(&seen.file.kind_type).map(|kind| &kind.title);
    let kind = kind.cloned().unwrap_or_else(|| seen.file.kind.words());
    let kind = kind.get(lang);
    let id = seen.file.id.to_string();
    // A type is written small in English, a heading is not.
    let mut letters = kind.chars();
    let kind: String = letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default();
    format!("{kind} #{}", &id[id.len().saturating_sub(6)..])
}

/// Chains, contacts and possible housemates of a person, for who reads them.
fn beside(state: &AppState, desk: &Desk, seen: &SeenFile, lang: Lang) -> Vec<(String, String)> {
    let snapshot = state.ledger.snapshot();
    let model = &snapshot.model;
    let has = |registers: &[&str]| {
        seen.file
            .timeline
            .iter()
            .any(|item| registers.contains(&item.register.as_str()))
    };
    let mut beside = Vec::new();
    if reads_chains(&desk.staff, model) && has(&CASE_REGISTERS) {
        let href = format!("{}?case={}", paths::CHAINS, seen.file.id);
        beside.push((text(lang, "chains-title"), href));
    }
    if desk.staff.reads_rows(model, "contact") && has(&["contact"]) {
        beside.push((text(lang, "trace-link"), paths::trace(&seen.file.id.to_string())));
    }
    let is_person = seen.file.kind == SubjectKind::Person;
    if is_person && desk.staff.writes(INVITING) && desk.visit.as_of.is_none() {
        beside.push((
            text(lang, "interview-links"),
            paths::interview_links(&seen.file.id.to_string()),
        ));
    }
    if is_person && state.config.linkage && desk.visit.as_of.is_none() && desk.staff.identifies(model) {
        beside.push((text(lang, "mates"), paths::mates(&seen.file.id.to_string())));
    }
    beside
}

fn who(snapshot: &Snapshot, seen: &SeenFile, lang: Lang) -> Vec<(String, String)> {
    let file = &seen.file;
    let kind = snapshot
        .model
        .types
        .get(&file.kind_type)
        .map(|kind| kind.title.get(lang).to_owned());
    let mut who = vec![(
        text(lang, "kind"),
        kind.unwrap_or_else(|| file.kind.words().get(lang).to_owned()),
    )];
    if let Some(document) = seen.label.as_ref().and_then(|label| label.document.clone()) {
        who.push((text(lang, "document-number"), document));
    }
    who.push((
        text(lang, "region"),
        region_steps::full_name(&snapshot.regions, lang, &file.region),
    ));
    if let Some(unit) = file.unit.and_then(|id| snapshot.orgs.get(id)) {
        who.push((text(lang, "coverage-unit"), unit.name.get(lang).to_owned()));
    }
    who
}

fn next(snapshot: &Snapshot, task: &TaskItem, lang: Lang) -> Next {
    Next {
        what: task.title.get(lang).to_owned(),
        owner: if task.owner_self {
            field_text::by(snapshot, lang, None)
        } else {
            owner(snapshot, task, lang)
        },
        due: civil(&snapshot.zone, task.due_at),
        meaning: if task.state == "missed" {
            Meaning::Late
        } else {
            Meaning::Due
        },
    }
}

fn owner(snapshot: &Snapshot, task: &TaskItem, lang: Lang) -> String {
    task.owner
        .and_then(|id| snapshot.orgs.get(id))
        .map(|org| org.name.get(lang).to_owned())
        .unwrap_or_default()
}

fn event(snapshot: &Snapshot, item: &EntryItem, lang: Lang) -> Event {
    Event {
        entry: item.id.to_string(),
        at: civil(&snapshot.zone, item.at),
        register: field_text::register_title(snapshot, lang, &item.register),
        what: field_text::entry_line(snapshot, lang, item),
        by: field_text::by(snapshot, lang, item.org),
        state: field_text::state(item),
        assurance: field_text::assurance(item.assurance),
    }
}

fn can_record(snapshot: &Snapshot, desk: &Desk, seen: &SeenFile, lang: Lang) -> Vec<(String, String)> {
    let kind = &seen.file.kind_type;
    let fits = |schema: &lianfang_kernel::RegisterSchema| {
        desk.staff.writes(&schema.id)
            && schema.pack != "core"
            && schema
                .subjects
                .iter()
                .any(|wanted| wanted == kind || snapshot.model.is_a(kind, wanted))
    };
    let registers = snapshot
        .model
        .registers
        .values()
        .map(|register| &register.schema)
        .filter(|schema| fits(schema));
    registers
        .map(|schema| (schema.id.clone(), schema.title.get(lang).to_owned()))
        .collect()
}

fn kinds(snapshot: &Snapshot, seen: &SeenFile, current: Option<&str>, lang: Lang) -> Vec<KindLink> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for item in &seen.file.timeline {
        *counts.entry(&item.register).or_default() += 1;
    }
    let here = paths::subject(&seen.file.id.to_string());
    let link = |(register, count): (&str, u32)| KindLink {
        label: field_text::register_title(snapshot, lang, register),
        count,
        href: if current == Some(register) {
            here.clone()
        } else {
            format!("{here}?kind={register}")
        },
        is_current: current == Some(register),
    };
    counts.into_iter().map(link).collect()
}
