//! The desk as it is now, or was.

use super::{DISPATCH, DOCUMENT, OUTCOME, RECEIPT};
use crate::Answer;
use crate::field_text::code_words;
use crate::form::Form;
use crate::read_all::{entries, stands, text};
use crate::visit::{Desk, civil, clock};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use lianfang_kernel::Words;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Lang};
use lianfang_ledger::read::{EntryItem, HoldingQuery, Sight, TaskFilter, TaskItem};
use lianfang_policy::Snapshot;
use lianfang_server::{ApiError, AppState, read};
use lianfang_ui::part::form::Problem;
use lianfang_ui::text::{text as word, text_with};
use lianfang_ui::views::documents::{Addressee, Document, Documents, Own, Shown, Step, render};
use serde_json::{Map, Value};
use std::collections::HashMap;

pub(super) async fn show(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    draw(&state, &desk, &query, None).await
}

/// An answer of a unit that was refused: which document, what was typed, why.
pub(super) struct Refused {
    pub document: SubjectId,
    pub entry: String,
    pub typed: String,
    pub words: String,
}

/// Those of a document and unit, by task.
type Tasks = HashMap<(SubjectId, SubjectId), HashMap<String, TaskItem>>;

/// The page, with what was refused.
pub(super) async fn draw(state: &AppState, desk: &Desk, query: &Form, refused: Option<Refused>) -> Answer {
    let (staff, model) = (&desk.staff, state.ledger.snapshot().model.clone());
    let (reads, answers) = (staff.reads_rows(&model, DOCUMENT), staff.writes(RECEIPT));
    if !reads && !answers {
        return Err(ApiError::no_right(Words::new(
            "您的岗位不收文也不承办文件",
            "Your role neither takes documents in nor carries them out",
        )));
    }
    let own = match (answers, staff.login.org) {
        (true, Some(org)) => Some(own(state, desk, org, refused.as_ref()).await?),
        _ => None,
    };
    let problems = refused
        .iter()
        .map(|refused| Problem::at(refused.document.to_string(), &refused.words));
    let lang = desk.visit.lang;
    let view = Documents {
        own,
        documents: match reads {
            true => Some(documents(state, desk).await?),
            false => None,
        },
        shown: Shown::EACH
            .into_iter()
            .find(|shown| shown.id() == query.get("show"))
            .unwrap_or_default(),
        registers: staff.writes(DOCUMENT),
        told: told(query, lang),
        problems: problems.collect(),
    };
    let status = match view.problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let desk = desk.clone().at_path(lianfang_ui::paths::DOCUMENTS);
    Ok((status, render(&view, &desk.ctx(state))).into_response())
}

fn told(query: &Form, lang: Lang) -> Option<String> {
    let done = query.given("done")?;
    match done {
        "receipt" => Some(word(lang, "documents-acknowledged")),
        "outcome" => Some(word(lang, "documents-reported")),
        n => {
            let n: usize = n.parse().ok()?;
            let args = [("n", n.into()), ("number", query.get("number").into())];
            Some(text_with(lang, "documents-dispatched", &args))
        }
    }
}

async fn tasks(state: &AppState, desk: &Desk, owner: Option<SubjectId>) -> Result<Tasks, ApiError> {
    let filter = TaskFilter {
        protocol: Some(DISPATCH.to_owned()),
        kind: Some("task".to_owned()),
        state: Some("all".to_owned()),
        owner,
        own: desk.staff.login.org,
        ..TaskFilter::default()
    };
    let mut tasks = Tasks::new();
    for item in crate::read_all::tasks(state, desk, filter).await? {
        if let Some(owner) = item.owner {
            tasks
                .entry((item.subject, owner))
                .or_default()
                .insert(item.task.clone(), item);
        }
    }
    Ok(tasks)
}

fn step(snapshot: &Snapshot, item: Option<&TaskItem>, at: Instant) -> Step {
    let Some(item) = item else { return Step::Unknown };
    match item.done_at {
        Some(done) => {
            let is_late = item.timeliness.as_deref() == Some("late") || done > item.due_at;
            Step::Done(civil(&snapshot.zone, done), is_late)
        }
        None => Step::Waiting(clock(&snapshot.zone, item.due_at, at)),
    }
}

/// What each addressee of a body is to do.
fn addressees(body: &Map<String, Value>) -> impl Iterator<Item = (SubjectId, &str)> {
    let rows = body.get("addressees").and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(|row| {
        let unit = row.get("unit")?.as_str()?.parse().ok()?;
        Some((unit, row.get("what").and_then(Value::as_str).unwrap_or_default()))
    })
}

async fn documents(state: &AppState, desk: &Desk) -> Result<Vec<Document>, ApiError> {
    let (snapshot, lang, at) = (state.ledger.snapshot(), desk.visit.lang, desk.at(state));
    let found = entries(state, desk, DOCUMENT).await?;
    let tasks = tasks(state, desk, None).await?;
    let outcomes = match desk.staff.reads_rows(&snapshot.model, OUTCOME) {
        true => outcomes(entries(state, desk, OUTCOME).await?.items),
        false => HashMap::new(),
    };
    let unit = |subject: SubjectId, (id, what): (SubjectId, &str)| {
        let of_unit = tasks.get(&(subject, id));
        let task = |name: &str| of_unit.and_then(|tasks| tasks.get(name));
        Addressee {
            unit: snapshot
                .orgs
                .get(id)
                .map_or_else(String::new, |org| org.name.get(lang).to_owned()),
            what: what.to_owned(),
            receipt: step(&snapshot, task("acknowledge"), at),
            outcome: step(&snapshot, task("outcome"), at),
            answer: outcomes.get(&(subject, id)).cloned(),
        }
    };
    let mut documents: Vec<&EntryItem> = found.items.iter().filter(|item| stands(item)).collect();
    documents.sort_by_key(|item| std::cmp::Reverse((item.at, item.id)));
    let document = |item: &EntryItem| Document {
        entry: item.id.to_string(),
        number: text(item, "number").to_owned(),
        title: found.labels.get(&item.subject).cloned().unwrap_or_default(),
        sender: text(item, "sender").to_owned(),
        openness: code_words(&snapshot, lang, "secrecy", text(item, "openness")),
        at: civil(&snapshot.zone, item.at),
        addressees: addressees(&item.body).map(|row| unit(item.subject, row)).collect(),
    };
    Ok(documents.into_iter().map(document).collect())
}

/// The latest outcome by document and unit: its entry and its words.
fn outcomes(items: Vec<EntryItem>) -> HashMap<(SubjectId, SubjectId), (String, String)> {
    let mut outcomes = HashMap::new();
    for item in items.iter().filter(|item| stands(item)) {
        if let Ok(document) = text(item, "document").parse::<SubjectId>() {
            let said = || (item.id.to_string(), text(item, "outcome").to_owned());
            outcomes.entry((document, item.subject)).or_insert_with(said);
        }
    }
    outcomes
}

/// What waits for the reader's unit. An addressee may read what it is asked, whatever else its role reads.
async fn own(state: &AppState, desk: &Desk, org: SubjectId, refused: Option<&Refused>) -> Result<Vec<Own>, ApiError> {
    let tasks = tasks(state, desk, Some(org)).await?;
    let open = tasks
        .into_iter()
        .filter(|(_, tasks)| tasks.values().any(|task| task.done_at.is_none()));
    let open: HashMap<SubjectId, HashMap<String, TaskItem>> =
        open.map(|((subject, _), tasks)| (subject, tasks)).collect();
    let subjects: Vec<SubjectId> = open.keys().copied().collect();
    let (lang, as_of) = (desk.visit.lang, desk.visit.as_of);
    let (held, labels) = read(state, move |reader| {
        let query = HoldingQuery {
            registers: vec![DOCUMENT.to_owned()],
            about: Some(subjects.clone()),
            as_of,
            most: crate::read_all::MOST,
        };
        Ok((reader.holding(&Sight::All, &query)?.0, reader.labels(&subjects, lang)?))
    })
    .await?;
    let (snapshot, at) = (state.ledger.snapshot(), desk.at(state));
    let mut waiting = Vec::new();
    for entry in held {
        let Some(tasks) = open.get(&entry.subject) else {
            continue;
        };
        let Some((_, what)) = addressees(&entry.body).find(|(unit, _)| *unit == org) else {
            continue;
        };
        let said = |field: &str| entry.body.get(field).and_then(Value::as_str).unwrap_or_default();
        let title = labels
            .get(&entry.subject)
            .map(|label| label.name.as_str())
            .unwrap_or_default();
        let own_refused = refused.filter(|refused| refused.document == entry.subject);
        let due = tasks.get("outcome").map(|task| task.due_at);
        let own = Own {
            id: entry.subject.to_string(),
            title: format!("{} {title}", said("number")),
            sender: said("sender").to_owned(),
            what: what.to_owned(),
            receipt: step(&snapshot, tasks.get("acknowledge"), at),
            outcome: step(&snapshot, tasks.get("outcome"), at),
            entry: own_refused.map_or_else(|| state.ledger.new_id().to_string(), |refused| refused.entry.clone()),
            typed: own_refused.map(|refused| refused.typed.clone()).unwrap_or_default(),
            problem: own_refused.map(|refused| refused.words.clone()),
        };
        waiting.push((due, own));
    }
    waiting.sort_by(|a, b| (a.0, &a.1.id).cmp(&(b.0, &b.1.id)));
    Ok(waiting.into_iter().map(|(_, own)| own).collect())
}
