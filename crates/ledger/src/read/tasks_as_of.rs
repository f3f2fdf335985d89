//! What was asked of whom at a moment of the past: planned again from what was recorded until then.

use super::tasks::{Walk, title, walks};
use super::{Page, Reader, Sight, TaskFilter, TaskItem};
use crate::LedgerError;
use crate::planned_task::{PlannedTask, owner_id};
use lianfang_db::Value;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, SubjectView, Words};
use lianfang_protocol::Owner;
use std::collections::BTreeSet;

/// Files that are planned again for one list at most.
pub const MOST_PLANNED: usize = 5_000;

impl Reader<'_> {
    /// A page of tasks as they stood at a moment, next due first. Who may see them is asked of the present: the past is
    /// shown to whoever sees the same files today.
    ///
    /// # Errors
    /// More than [`MOST_PLANNED`] files would have to be planned; the database.
    pub fn tasks_as_of(
        &mut self,
        sight: &Sight,
        filter: &TaskFilter,
        as_of: Instant,
    ) -> Result<Page<TaskItem>, LedgerError> {
        let present = self.snapshot.clone();
        self.snapshot = self.snapshot_as_of(Some(as_of))?;
        let found = self.all_as_of(sight, filter, as_of);
        self.snapshot = present;
        let mut items = found?;
        items.sort_by_key(|item| (item.due_at, item.id));
        if let Some(after) = filter.cursor.as_deref() {
            items.retain(|item| is_after(item, after));
        }
        let limit = filter.limit.clamp(1, 1_000);
        let has_more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| has_more).map(TaskItem::cursor);
        Ok(Page { items, next })
    }

    fn all_as_of(&mut self, sight: &Sight, filter: &TaskFilter, as_of: Instant) -> Result<Vec<TaskItem>, LedgerError> {
        let mut items = Vec::new();
        let hidden = self.hidden()?;
        let mut files = BTreeSet::new();
        for id in self.files_with_tasks(sight, filter)? {
            let Some(view) = self.subject(id)? else { continue };
            // Of files that were merged the one that stands is planned.
            if !files.insert(view.id) {
                continue;
            }
            let stored = self.stored_entries(view.id)?;
            let since = filter.between.map(|(from, _)| from);
            let (_, plan) = self.planned_since(view.clone(), &stored, Some(as_of), since)?;
            let enrolments = plan.enrolments.iter();
            for enrolment in enrolments.filter(|e| e.opened_by.is_none_or(|id| !hidden.contains(&id))) {
                let Some(protocol) = self.snapshot.model.edition(&enrolment.protocol, enrolment.version) else {
                    continue;
                };
                let planned = PlannedTask::of(enrolment, protocol);
                let wanted = planned.iter().filter(|task| {
                    task.listed_from <= as_of
                        && self.is_wanted(filter, task)
                        && self.is_seen(sight, filter, &view, task)
                });
                items.extend(wanted.map(|task| self.item(view.id, task)));
            }
        }
        Ok(items)
    }

    /// Files that have, or had, a task which the reader sees.
    fn files_with_tasks(&mut self, sight: &Sight, filter: &TaskFilter) -> Result<BTreeSet<SubjectId>, LedgerError> {
        let mut found = BTreeSet::new();
        for walk in walks(sight, filter) {
            found.extend(self.some_files(&walk, filter)?);
        }
        if found.len() > MOST_PLANNED {
            return Err(LedgerError::refused(
                "too_many_files",
                Words::new(
                    "要重算的档案超过{n}份",
                    "More than {n} files would have to be planned again",
                )
                .with("n", MOST_PLANNED),
                Words::new(
                    "请用 subject、protocol 或 region 缩小范围",
                    "Narrow the question with subject, protocol or region",
                ),
            ));
        }
        Ok(found)
    }

    fn some_files(&mut self, walk: &Walk, filter: &TaskFilter) -> Result<Vec<SubjectId>, LedgerError> {
        let mut where_ = self.see_on(walk);
        if let Some(protocol) = &filter.protocol {
            where_.and("t.protocol = ?", [protocol.as_str().into()]);
        }
        // What the reader's own organisation owns now may have been another's then.
        let owner = filter.owner.filter(|_| walk.owner.is_none());
        let ids = [("t.subject = ?", filter.subject), ("t.owner = ?", owner)];
        for (text, id) in ids {
            if let Some(id) = id {
                where_.and(text, [Value::Uuid(id.0)]);
            }
        }
        if let Some(region) = &filter.region {
            where_.inside("t.path", &self.snapshot.regions, region);
        }
        let sql = format!(
            "select distinct t.subject as id from task t{} limit {}",
            where_.to_sql(),
            MOST_PLANNED + 1
        );
        self.subjects(&sql, &where_.params, "id")
    }

    fn is_seen(&self, sight: &Sight, filter: &TaskFilter, view: &SubjectView, task: &PlannedTask<'_>) -> bool {
        let owner = owner_id(task.owner);
        let sector = |id: SubjectId| self.snapshot.orgs.get(id).and_then(|org| org.sector.clone());
        match sight {
            Sight::All => true,
            Sight::Region(region) => {
                self.snapshot.regions.within(&task.enrolment.region, region) || (owner.is_some() && owner == filter.own)
            }
            Sight::Org(org) => [owner, Some(view.id), view.unit].contains(&Some(*org)),
            Sight::Sector { org, sectors, region } => {
                self.snapshot.regions.within(&task.enrolment.region, region)
                    && (owner == Some(*org) || sector(view.id).is_some_and(|sector| sectors.contains(&sector)))
            }
            Sight::Nothing => false,
        }
    }

    fn is_wanted(&self, filter: &TaskFilter, task: &PlannedTask<'_>) -> bool {
        let is = |asked: &Option<String>, found: &str| asked.as_deref().is_none_or(|asked| asked == found);
        let state = match filter.state.as_deref() {
            None | Some("all") => task.state != "void",
            Some("due") => ["open", "missed"].contains(&task.state),
            Some(state) => task.state == state,
        };
        let (occurrence, region) = (task.occurrence, &task.enrolment.region);
        state
            && is(&filter.protocol, &task.enrolment.protocol)
            && is(&filter.task, &occurrence.task)
            && is(&filter.kind, task.kind)
            && filter.owner.is_none_or(|owner| owner_id(task.owner) == Some(owner))
            && filter
                .region
                .as_ref()
                .is_none_or(|asked| self.snapshot.regions.within(region, asked))
            && filter
                .between
                .is_none_or(|(from, to)| occurrence.opens_at < to && occurrence.due_at >= from)
    }

    fn item(&self, subject: SubjectId, task: &PlannedTask<'_>) -> TaskItem {
        let (enrolment, occurrence) = (task.enrolment, task.occurrence);
        TaskItem {
            id: task.id,
            enrolment: enrolment.id,
            protocol: enrolment.protocol.clone(),
            task: occurrence.task.clone(),
            kind: task.kind.to_owned(),
            title: title(&self.snapshot, &enrolment.protocol, &occurrence.task, task.kind),
            subject,
            owner: owner_id(task.owner),
            owner_self: matches!(task.owner, Owner::Oneself(_)),
            occurrence: occurrence.label.clone(),
            opens_at: occurrence.opens_at,
            due_at: occurrence.due_at,
            state: task.state.to_owned(),
            timeliness: task.done.timeliness.map(str::to_owned),
            discharged_by: task.done.entry,
            done_at: task.done.at,
            received_at: task.done.received_at,
            attempts: task.attempts,
            receipts: task.receipts.clone(),
            complete: task.complete,
            expects: task.expects.to_owned(),
            escalated: task.escalated,
            region: enrolment.region.clone(),
        }
    }
}

fn is_after(item: &TaskItem, cursor: &str) -> bool {
    let parsed = cursor
        .split_once('_')
        .and_then(|(due, id)| Some((due.parse::<i64>().ok()?, id.parse::<uuid::Uuid>().ok()?)));
    parsed.is_none_or(|(due, id)| (item.due_at.0, item.id.0) > (due, id))
}
