//! Draws the tasks of the reader's organisation.

use super::offline_form::offline_form;
use super::task_line::line;
use crate::kept_pages;
use crate::visit::{Desk, civil, shown};
use crate::{Answer, field_text, region_steps};
use axum::extract::{RawQuery, State};
use axum::response::IntoResponse;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Instant, Kind, Lang};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{CALLS, Label, Page, Reader, Sight, TaskFilter, TaskItem};
use lianfang_policy::Snapshot;
use lianfang_server::{AppState, PASSING_ON, Staff, read, trace};
use lianfang_ui::part::form::Choice;
use lianfang_ui::part::mark::Meaning;
use lianfang_ui::part::task::Task;
use lianfang_ui::paths;
use lianfang_ui::views::today::{Arrival, Call, Group, Receipt, Today, render};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Lines shown at most; the rest come up as these are done.
const LINES: usize = 300;

type Labels = HashMap<SubjectId, Label>;

pub(super) async fn show_today(State(state): State<AppState>, desk: Desk, RawQuery(query): RawQuery) -> Answer {
    let (staff, lang) = (desk.staff.clone(), desk.visit.lang);
    let query = crate::form::Form::parse(query.unwrap_or_default().as_bytes());
    let done = query.given("done").and_then(|id| id.parse::<EntryId>().ok());
    let (mut view, subjects) = read(&state, move |reader| {
        let mut view = load(reader, &staff, lang)?;
        if let Some(done) = done {
            view.0.just_done = just_done(reader, &staff, done, lang)?;
        }
        Ok(view)
    })
    .await?;
    trace::list(&state, &desk.staff, "today", &subjects)?;
    if desk.visit.as_of.is_none() {
        view.kit = Some(kept_pages::kit(&state, &desk, json!({})).to_string());
    }
    let mut cx = desk.ctx(&state);
    if let Some(acting) = &mut cx.acting {
        acting.open_tasks = view.open;
    }
    let page = shown(render(&view, &cx));
    // What was just done is not what is to be done.
    if done.is_some() || desk.visit.as_of.is_some() {
        return Ok(page);
    }
    Ok(([kept_pages::keep_on_phone(&state)], page).into_response())
}

/// What the post owns: its organisation's tasks, or, for an account of a region without one, those of the region.
pub(super) fn owned(staff: &Staff, state: &str) -> TaskFilter {
    TaskFilter {
        state: Some(state.to_owned()),
        owner: staff.login.org,
        limit: LINES,
        ..TaskFilter::default()
    }
}

fn load(reader: &mut Reader<'_>, staff: &Staff, lang: Lang) -> Result<(Today, Vec<SubjectId>), LedgerError> {
    reader.look_as(staff.looker());
    let snapshot = reader.snapshot.clone();
    let now = reader.now;
    let today = snapshot.zone.day_of(now);
    let due = reader.tasks(&staff.sight, &owned(staff, "due"))?;
    let span = (snapshot.zone.start_of(today), snapshot.zone.start_of(today.plus(1)));
    let done = reader.tasks(
        &staff.sight,
        &TaskFilter {
            between: Some(span),
            ..owned(staff, "done")
        },
    )?;
    let items: Vec<TaskItem> = due
        .items
        .into_iter()
        .filter(|item| is_of_now(item, &snapshot, now))
        .collect();
    let subjects: Vec<SubjectId> = items.iter().map(|item| item.subject).collect();
    let labels = reader.labels(&subjects, lang)?;
    let mut view = Today {
        open: count(items.len()),
        done: count(done.items.len()),
        ..Today::default()
    };
    if staff.writes("measure_order") {
        view.has_proposals = reader.may_have_proposals(&staff.sight)?;
    }
    view.may_see_unreached = staff.writes(CALLS);
    view.checks_passes = staff.writes("checkpoint_check");
    view.is_sampler = staff.writes("tube_sample");
    view.desks = crate::desks::open_to(staff, lang);
    let mut groups: BTreeMap<String, Vec<TaskItem>> = BTreeMap::new();
    let is_told = |item: &TaskItem| staff.is_told_of(&snapshot.model, &item.protocol, &item.task);
    for item in items.into_iter().filter(is_told) {
        let who = name(&labels, item.subject);
        if item.kind == "receipt" {
            view.receipts.push(receipt(reader, &item, who, lang)?);
        } else if item.expects == "call" && staff.writes("call") {
            view.calls.push(call(&snapshot, &item, who, lang));
        } else if item.expects == "morning_check" && staff.writes("morning_check") {
            view.classes.push((item.subject.to_string(), who));
        } else {
            groups
                .entry(region_steps::name(&snapshot.regions, lang, &item.region))
                .or_default()
                .push(item);
        }
    }
    let expected: BTreeSet<String> = groups.values().flatten().map(|item| item.expects.clone()).collect();
    view.forms = expected
        .iter()
        .filter(|register| staff.writes(register))
        .filter_map(|register| snapshot.model.registers.get(register))
        .filter_map(|register| offline_form(&snapshot, register, &staff.region, now, lang))
        .collect();
    let links = staff.reads_files(&snapshot.model);
    view.groups = groups
        .into_iter()
        .map(|(place, items)| {
            let lines = items.iter().map(|item| {
                let writes = staff.writes(&item.expects);
                let task = line(&snapshot, item, name(&labels, item.subject), links, writes, now, lang);
                Task {
                    pass_on: pass_on(staff, item),
                    ..task
                }
            });
            Group {
                place,
                tasks: lines.collect(),
            }
        })
        .collect();
    if staff.reads_rows(&snapshot.model, "declaration") {
        view.arrivals = arrivals(reader, staff, lang)?;
    }
    Ok((view, subjects))
}

/// The form that passes a task on: for its owner, of a task and not of an acknowledgement.
fn pass_on(staff: &Staff, item: &TaskItem) -> Option<String> {
    let is_own = item.owner.is_some() && item.owner == staff.login.org && item.kind == "task";
    (is_own && staff.writes(PASSING_ON)).then(|| {
        format!(
            "{}?subject={}&task={}",
            paths::register_new(PASSING_ON),
            item.subject,
            item.id
        )
    })
}

/// Missed occurrences of other days are in the files; here stands what can still be done.
fn is_of_now(item: &TaskItem, snapshot: &Snapshot, now: Instant) -> bool {
    item.state == "open"
        || item.kind == "receipt"
        || snapshot.zone.day_of(item.due_at) >= snapshot.zone.day_of(now).plus(-1)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn name(labels: &Labels, id: SubjectId) -> String {
    labels.get(&id).map(|label| label.name.clone()).unwrap_or_default()
}

fn receipt(reader: &mut Reader<'_>, item: &TaskItem, who: String, lang: Lang) -> Result<Receipt, LedgerError> {
    let filter = TaskFilter {
        protocol: Some(item.protocol.clone()),
        subject: Some(item.subject),
        kind: Some("task".to_owned()),
        limit: 200,
        ..TaskFilter::default()
    };
    let Page { items, .. } = reader.tasks(&Sight::All, &filter)?;
    let sent = items
        .into_iter()
        .find(|sent| sent.receipts.iter().any(|receipt| receipt.task == item.id));
    Ok(Receipt {
        task: item.id.to_string(),
        from: who,
        what: item.title.get(lang).to_owned(),
        at: civil(
            &reader.snapshot.zone,
            sent.as_ref().and_then(|sent| sent.received_at).unwrap_or(item.opens_at),
        ),
        entry: sent
            .and_then(|sent| sent.discharged_by)
            .map(|id| id.to_string())
            .unwrap_or_default(),
    })
}

fn call(snapshot: &Snapshot, item: &TaskItem, who: String, lang: Lang) -> Call {
    let field = snapshot
        .model
        .registers
        .get("call")
        .and_then(|register| register.schema.field("outcome"));
    let list = match field.map(|field| &field.kind) {
        Some(Kind::Code { list }) => snapshot.model.lists.get(list),
        _ => None,
    };
    let values = list.map(|list| list.values.as_slice()).unwrap_or_default();
    Call {
        task: item.id.to_string(),
        who,
        subject: item.subject.to_string(),
        missing: item.title.get(lang).to_owned(),
        since: civil(&snapshot.zone, item.opens_at),
        outcomes: values
            .iter()
            .map(|value| Choice::new(value.id.clone(), value.title.get(lang)))
            .collect(),
    }
}

fn arrivals(reader: &mut Reader<'_>, staff: &Staff, lang: Lang) -> Result<Vec<Arrival>, LedgerError> {
    let snapshot = reader.snapshot.clone();
    let found = reader.expected_arrivals(&staff.sight, None, None, lang)?;
    let now = reader.now;
    Ok(found
        .into_iter()
        .take(100)
        .map(|arrival| Arrival {
            who: arrival.label,
            subject: arrival.subject.to_string(),
            at: civil(&snapshot.zone, arrival.arrival_at),
            from: arrival
                .unit
                .and_then(|id| snapshot.orgs.get(id))
                .map(|org| org.name.get(lang).to_owned())
                .unwrap_or_default(),
            to: region_steps::name(&snapshot.regions, lang, &arrival.destination),
            meaning: match (arrival.arrived, arrival.arrival_at < now) {
                (true, _) => Meaning::Done,
                (false, true) => Meaning::Late,
                (false, false) => Meaning::Due,
            },
        })
        .collect())
}

fn just_done(
    reader: &mut Reader<'_>,
    staff: &Staff,
    id: EntryId,
    lang: Lang,
) -> Result<Option<(String, String)>, LedgerError> {
    reader.look_as(staff.looker());
    let found = reader.entry(&staff.sight, id)?;
    let snapshot = &reader.snapshot;
    Ok(found
        .filter(|item| item.status == "accepted" || item.status == "flagged")
        .map(|item| {
            let title = field_text::register_title(snapshot, lang, &item.register);
            (
                format!("{title} {}", field_text::entry_line(snapshot, lang, &item)),
                id.to_string(),
            )
        }))
}
