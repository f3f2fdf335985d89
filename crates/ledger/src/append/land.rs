//! Landing an accepted entry: rows, links, the subject's own place, figures, plans, and what it issues.

use super::admit::{Admission, described};
use super::resolve;
use crate::LedgerError;
use crate::batch::{Batch, SubjectState};
use crate::listed_only::is_listed_only;
use crate::rows::{StoredEntry, entry_row};
use crate::wire::{Author, NewEntry, Status, TaskAnswer};
use crate::{attachments, deltas, effect, embargo, merging, posting, replan, retention, typed_index};
use lianfang_db::Row;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Act, Entry, FieldSchema, Instant, SubjectKind};
use lianfang_policy::model::Register;
use lianfang_protocol::{OccurrenceState, linked_by};
use std::sync::Arc;
use uuid::Uuid;

/// What landing an entry brought.
pub(super) struct Landed {
    pub subject: SubjectId,
    pub tasks: Vec<TaskAnswer>,
    pub certificate: Option<Uuid>,
}

pub(super) fn land(
    batch: &mut Batch<'_>,
    author: &Author,
    register: &Arc<Register>,
    new: &NewEntry,
    admission: Admission,
    status: Status,
) -> Result<Landed, LedgerError> {
    let Admission {
        resolved, entry, read, ..
    } = admission;
    let subject = resolved.id;
    let is_new_file = resolved.made.is_some();
    match &resolved.made {
        Some(made) => resolve::make(batch, made)?,
        None if author.login.is_some() || author.role == "system" => {
            if let Some(described) = described(new) {
                resolve::enrich(batch, subject, described)?;
            }
        }
        None => {}
    }
    let kind = resolved.made.as_ref().map(|made| made.view.kind);
    let kind = kind.or_else(|| batch.subjects.get(&subject).map(|state| state.view.kind));
    let class = retention_class(batch, register, &entry, kind);
    let kept = kept_sealed(batch, register, &entry, new)?;
    let sealed = seal(batch, &entry, &class, &kept.into_iter().chain(read.sealed).collect())?;
    attachments::bind(batch, (entry.id, subject, &class), &read.attached)?;
    let entry = Arc::new(entry);
    let stored = StoredEntry {
        entry: entry.clone(),
        status: if status == Status::Flagged {
            "flagged".into()
        } else {
            "accepted".into()
        },
        sealed,
        retention_class: class,
        path: batch.snapshot.regions.path(&entry.region).to_owned(),
    };
    batch.pending.entries.push(entry_row(&stored)?);
    batch.pending.values.extend(typed_index::values(register, &entry));
    batch.pending.ties.extend(typed_index::ties(register, &stored));
    batch.entry_subjects.insert(entry.id, Some(subject));
    let before = deltas::of_replaced(batch, &entry)?;
    let in_file = !is_listed_only(&batch.snapshot.model, register);
    let files = match in_file {
        true => link(batch, (register, before.as_deref()), &entry, &read.named)?,
        false => vec![subject],
    };
    embargo::keep(batch, register, &entry, &files);
    // A self-stated word about somebody else moves nobody.
    let may_move = is_new_file || !author.is_stranger();
    for file in &files {
        let snapshot = batch.snapshot.clone();
        let state = batch.change(*file)?;
        state.entries.push(stored.clone());
        if !in_file {
            continue;
        }
        if *file == subject && may_move {
            settle(state, register, &entry);
        }
        state.history.subject = state.view.clone();
        state.history.add(entry.clone(), &snapshot);
        batch.dirty.insert(*file);
    }
    if entry.register == merging::MERGES {
        merging::merge(batch, &entry)?;
    }
    effect::revoke(batch, &entry);
    posting::post(batch, register, &entry)?;
    deltas::count_entry(batch, register, &entry, before);
    for file in files.iter().filter(|_| in_file) {
        replan::replan(batch, *file)?;
    }
    if register.schema.reference {
        batch.pending.reference.push(entry.clone());
        let opened = (entry.register.clone(), entry.region.clone());
        batch.pending.opened_sets.push(opened);
        batch.renew_reference()?;
    }
    let certificate = effect::certificate(batch, &entry)?;
    let tasks = opened_tasks(batch, &entry, batch.now);
    Ok(Landed {
        subject,
        tasks,
        certificate,
    })
}

/// The class whose key seals the entry. A place has entries every day and for years, so that a key for all of them would
/// never be past its retention: there each day has its own.
fn retention_class(batch: &Batch<'_>, register: &Register, entry: &Entry, kind: Option<SubjectKind>) -> String {
    let class = &register.schema.retention_class;
    match kind {
        Some(SubjectKind::Place) => retention::class_of_day(class, batch.snapshot.zone.day_of(entry.received_at)),
        _ => class.clone(),
    }
}

fn seal(
    batch: &mut Batch<'_>,
    entry: &Entry,
    class: &str,
    values: &serde_json::Map<String, serde_json::Value>,
) -> Result<Option<Vec<u8>>, LedgerError> {
    if values.is_empty() {
        return Ok(None);
    }
    let Some(key) = batch.data_key(entry.subject, class, true)? else {
        return Ok(None);
    };
    let plain = serde_json::to_vec(values)?;
    Ok(Some(batch.core.vault.seal(
        &key,
        &format!("entry {}", entry.id),
        &plain,
    )?))
}

/// Sealed values of the entry that this one corrects, which the correction says nothing of: nobody is shown them, so nobody can
/// type them again. A field that is named with `null` is left out. Rows are not kept: which of them is which, only their sealed
/// values may tell.
fn kept_sealed(
    batch: &mut Batch<'_>,
    register: &Register,
    entry: &Entry,
    new: &NewEntry,
) -> Result<serde_json::Map<String, serde_json::Value>, LedgerError> {
    let nothing = serde_json::Map::new();
    let (Act::Correct, Some(before)) = (entry.act, entry.replaces) else {
        return Ok(nothing);
    };
    let Some((subject, class, sealed)) = sealed_of(batch, entry.subject, before)? else {
        return Ok(nothing);
    };
    let Some(key) = batch.data_key(subject, &class, false)? else {
        return Ok(nothing);
    };
    let plain = batch.core.vault.open(&key, &format!("entry {before}"), &sealed)?;
    let mut kept: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&plain)?;
    kept.retain(|path, _| {
        let is_sealed = register.schema.field(path).is_some_and(|field| field.is_sealed());
        is_sealed && !new.body.contains_key(path)
    });
    Ok(kept)
}

/// What is sealed of an entry, with its subject and class; it may wait in this batch, or stand in the file of another subject.
fn sealed_of(
    batch: &mut Batch<'_>,
    subject: SubjectId,
    id: EntryId,
) -> Result<Option<(SubjectId, String, Vec<u8>)>, LedgerError> {
    let in_file = batch.subjects.get(&subject).and_then(|state| {
        let stored = state.entries.iter().find(|stored| stored.entry.id == id)?;
        Some((
            stored.entry.subject,
            stored.retention_class.clone(),
            stored.sealed.clone()?,
        ))
    });
    if in_file.is_some() {
        return Ok(in_file);
    }
    let sql = "select subject, sealed, retention_class from entry where id = $1 and sealed is not null";
    let found = batch.connection.query_opt(sql, &[id.0.into()])?;
    let read = |row: &Row| {
        Ok::<_, LedgerError>((
            SubjectId(row.uuid("subject")?),
            row.text("retention_class")?.to_owned(),
            row.bytes("sealed")?.to_vec(),
        ))
    };
    found.as_ref().map(read).transpose()
}

/// The entry stands in the file of its subject and of every person or thing its fields name. Organisations and regions
/// are left out: their files would hold a whole city's days.
fn link(
    batch: &mut Batch<'_>,
    (register, before): (&Register, Option<&Entry>),
    entry: &Entry,
    named: &[(String, SubjectKind, String)],
) -> Result<Vec<SubjectId>, LedgerError> {
    // What ends, withdraws or corrects an entry also stands where that entry stood.
    let fields = &register.schema.fields;
    let mut taken_over = match entry.act {
        Act::New => Vec::new(),
        Act::End | Act::Withdraw => linked_by(&entry.body, fields),
        Act::Correct => before.map_or_else(Vec::new, |before| linked_by(&before.body, fields)),
    };
    // What a default filled in is named as if it had been sent.
    let has_default = |field: &&FieldSchema| register.default.iter().any(|(id, _)| *id == field.id);
    let filled: Vec<FieldSchema> = fields.iter().filter(has_default).cloned().collect();
    taken_over.extend(linked_by(&entry.body, &filled));
    let mut files = vec![entry.subject];
    let push = |batch: &mut Batch<'_>, subject: SubjectId, role: &str| {
        let row = vec![subject.0.into(), entry.id.0.into(), entry.subject.0.into(), role.into()];
        batch.pending.links.push(row);
    };
    push(batch, entry.subject, "subject");
    for (path, kind, id) in named {
        if matches!(kind, SubjectKind::Organisation | SubjectKind::Region) {
            continue;
        }
        let Ok(id) = id.parse::<SubjectId>() else { continue };
        if let Some(file) = resolve::through_merges(batch, id)? {
            push(batch, file, path);
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    for id in taken_over {
        if let Some(file) = resolve::through_merges(batch, id)?
            && !files.contains(&file)
        {
            push(batch, file, entry.act.id());
            files.push(file);
        }
    }
    Ok(files)
}

/// Where the subject stays from now on, if this is the latest word on it.
fn settle(state: &mut SubjectState, register: &Register, entry: &Entry) {
    if entry.act == Act::Withdraw {
        return;
    }
    let schema = &register.schema;
    let text = |field: &Option<String>| {
        field
            .as_ref()
            .and_then(|field| entry.body.get(field))
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    };
    let later_word = |other: &StoredEntry| other.entry.register == schema.id && other.entry.at > entry.at;
    if (schema.stays.is_none() && schema.unit_field.is_none()) || state.entries.iter().any(later_word) {
        return;
    }
    if text(&schema.stays).is_some() && state.view.region != entry.region {
        state.view.region = entry.region.clone();
        state.row_changed = true;
    }
    if schema.unit_field.is_some() {
        let unit = text(&schema.unit_field).and_then(|id| id.parse().ok());
        if state.view.unit != unit {
            state.view.unit = unit;
            state.row_changed = true;
        }
    }
}

/// Tasks of the enrolments that this entry opened, next due first.
fn opened_tasks(batch: &Batch<'_>, entry: &Entry, now: Instant) -> Vec<TaskAnswer> {
    let Some(plan) = batch.subjects.get(&entry.subject).and_then(|state| state.plan.as_ref()) else {
        return Vec::new();
    };
    let model = &batch.snapshot.model;
    let mut tasks = Vec::new();
    for enrolment in plan
        .enrolments
        .iter()
        .filter(|enrolment| enrolment.opened_by == Some(entry.id))
    {
        let Some(protocol) = model.edition(&enrolment.protocol, enrolment.version) else {
            continue;
        };
        for occurrence in &enrolment.occurrences {
            let state = match occurrence.state {
                OccurrenceState::Open => "open",
                OccurrenceState::Upcoming if occurrence.due_at >= now => "upcoming",
                _ => continue,
            };
            let Some(task) = protocol.tasks.iter().find(|task| task.id == occurrence.task) else {
                continue;
            };
            tasks.push(TaskAnswer {
                id: occurrence.id,
                protocol: enrolment.protocol.clone(),
                task: occurrence.task.clone(),
                title: task.title.clone(),
                opens_at: occurrence.opens_at,
                due_at: occurrence.due_at,
                state: state.to_owned(),
            });
        }
    }
    tasks.sort_by_key(|task| (task.due_at, task.id));
    tasks.truncate(64);
    tasks
}
