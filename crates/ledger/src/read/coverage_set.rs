//! Coverage of a set: who of it did what is asked for, and who did without being asked.

use super::holds::refused;
use super::{Conditions, Coverage, CoverageQuery, CoverageRow, Reader};
use crate::LedgerError;
use crate::embargo;
use crate::read::files::Files;
use lianfang_kernel::ids::{EntryId, SubjectId, derived};
use lianfang_kernel::{Act, Assurance, Datum, Entry, Instant, Kind, Shape, SubjectView};
use lianfang_policy::model::{Done, Guard, Register, Required};
use lianfang_protocol::{Candidate, Fact, History, lets_pass, needs_of};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Reader<'_> {
    /// Required − done are the gaps; done − required are extra.
    pub(super) fn covered_set(
        &mut self,
        query: &CoverageQuery,
        required: &Required,
        done: &Done,
    ) -> Result<Coverage, LedgerError> {
        let members = self.members(required, &query.region, query.as_of, None)?;
        let asked: BTreeSet<SubjectId> = members.iter().map(|view| view.id).collect();
        let mut rows = match done {
            Done::Register(register) => self.shown_by_rows(query, register, members)?,
            Done::Task { protocol, task } => self.shown_by_task(query, (protocol, task), members)?,
            Done::Guard(guard) => self.shown_by_guard(query, guard, members)?,
        };
        for row in &mut rows {
            row.extra = !asked.contains(&row.subject);
        }
        rows.retain(|row| !row.extra || row.is_met());
        Ok(Coverage { rows, late: Vec::new() })
    }

    fn shown_by_rows(
        &mut self,
        query: &CoverageQuery,
        register: &str,
        mut members: Vec<SubjectView>,
    ) -> Result<Vec<CoverageRow>, LedgerError> {
        let Some(register) = self.snapshot.model.registers.get(register).cloned() else {
            return Ok(Vec::new());
        };
        let known: BTreeSet<SubjectId> = members.iter().map(|view| view.id).collect();
        let kinds: BTreeSet<_> = members.iter().map(|view| view.kind).collect();
        let mut where_ = Conditions::default();
        where_.inside("path", &self.snapshot.regions, &query.region);
        where_.and("register = ?", [register.schema.id.as_str().into()]);
        let others = self.views("select distinct subject as id from entry", &where_, query.as_of, None)?;
        let is_other = |view: &SubjectView| !known.contains(&view.id) && kinds.contains(&view.kind);
        members.extend(others.into_iter().filter(is_other));
        let mut rows = Vec::with_capacity(members.len());
        for view in members {
            let mut row = CoverageRow::of_member(&view, &self.snapshot);
            if self.has_shown(query, &register, view)? {
                "done".clone_into(&mut row.state);
                row.complete = true;
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// Whether a row about the subject, or one that names it, shows that it was done.
    fn has_shown(
        &mut self,
        query: &CoverageQuery,
        register: &Register,
        view: SubjectView,
    ) -> Result<bool, LedgerError> {
        let model = self.snapshot.model.clone();
        let is_about = register
            .schema
            .subjects
            .iter()
            .any(|of| model.kind_of(of) == Some(view.kind));
        let stored = self.stored_entries(view.id)?;
        let entries = stored.into_iter().map(|stored| stored.entry).collect();
        let aliases = self.merged_into(view.id)?;
        let history = History::new(view, entries, query.as_of, &self.snapshot).with_aliases(aliases);
        let shows = |fact: &&Fact| {
            fact.entry.register == register.schema.id
                && (!is_about || history.is_self(fact.entry.subject))
                && self.is_within(query, register, fact)
                && query.filter.as_ref().is_none_or(|filter| self.is_counted(filter, fact))
        };
        Ok(history.facts.iter().any(|fact| shows(&fact)))
    }

    /// Whether a row lies within the days asked, or up to now; of an interval, whether it holds then.
    fn is_within(&self, query: &CoverageQuery, register: &Register, fact: &Fact) -> bool {
        let now = query.as_of.unwrap_or(self.now).min(self.now);
        if embargo::until(register, &fact.entry).is_some_and(|until| until > now) {
            return false;
        }
        let zone = &self.snapshot.zone;
        let days = query
            .days
            .map(|(first, last)| (zone.start_of(first), zone.start_of(last.plus(1))));
        if register.schema.shape != Shape::Interval {
            let (first, end) = days.unwrap_or((Instant::MIN, Instant::MAX));
            return first <= fact.entry.at && fact.entry.at < end;
        }
        let moment = |name: &str| fact.record.get(name).and_then(Datum::as_int).map(Instant);
        let from = moment("from").unwrap_or(fact.entry.at);
        let ends = [moment("to"), self.snapshot.cited_until(&fact.record)];
        let to = ends.into_iter().flatten().min().unwrap_or(Instant::MAX);
        match days {
            Some((first, end)) => from < end && first < to,
            None => from <= now && now < to,
        }
    }

    fn shown_by_task(
        &mut self,
        query: &CoverageQuery,
        task: (&str, &str),
        members: Vec<SubjectView>,
    ) -> Result<Vec<CoverageRow>, LedgerError> {
        let mut met: BTreeMap<SubjectId, bool> = BTreeMap::new();
        for row in self.covered(query, task)?.rows {
            let all = met.entry(row.subject).or_insert(true);
            *all = *all && row.is_met();
        }
        let known: BTreeSet<SubjectId> = members.iter().map(|view| view.id).collect();
        let mut views = members;
        for id in met.keys().filter(|id| !known.contains(id)) {
            views.extend(self.subject(*id)?);
        }
        let row = |view: SubjectView| {
            let mut row = CoverageRow::of_member(&view, &self.snapshot);
            if met.get(&view.id) == Some(&true) {
                "done".clone_into(&mut row.state);
                row.complete = true;
            }
            row
        };
        Ok(views.into_iter().map(row).collect())
    }

    fn shown_by_guard(
        &mut self,
        query: &CoverageQuery,
        guard: &str,
        members: Vec<SubjectView>,
    ) -> Result<Vec<CoverageRow>, LedgerError> {
        let model = self.snapshot.model.clone();
        let Some(guard) = model.guards.get(guard) else {
            return Ok(Vec::new());
        };
        let mut rows = Vec::with_capacity(members.len());
        for view in members {
            let mut row = CoverageRow::of_member(&view, &self.snapshot);
            if self.passes(query, guard, view)? {
                "done".clone_into(&mut row.state);
                row.complete = true;
            }
            rows.push(row);
        }
        Ok(rows)
    }

    /// Whether the guard would let a bare entry about the subject, or one that names it, pass. A guard that gives no
    /// answer lets nobody pass.
    fn passes(&mut self, query: &CoverageQuery, guard: &Guard, view: SubjectView) -> Result<bool, LedgerError> {
        let model = self.snapshot.model.clone();
        let registers = guard.on.iter().filter_map(|id| model.registers.get(id));
        let Some((register, link)) = registers.into_iter().find_map(|register| {
            let subjects = &register.schema.subjects;
            if subjects.iter().any(|of| model.kind_of(of) == Some(view.kind)) {
                return Some((register, None));
            }
            let names = |kind: &Kind| matches!(kind, Kind::Subject(of) if *of == view.kind);
            let field = register.schema.fields.iter().find(|field| names(&field.kind))?;
            Some((register, Some(field.id.clone())))
        }) else {
            return Ok(false);
        };
        let at = query.as_of.unwrap_or(self.now);
        let entry = asked_entry(register, &view, link.as_deref(), at);
        let overrides = BTreeMap::new();
        let made = SubjectView {
            id: entry.subject,
            ..view.clone()
        };
        let candidate = Candidate {
            register,
            entry: &entry,
            subject: link.is_some().then_some(&made),
            author: Datum::empty(),
            prior: None,
            confirmed: false,
            overrides: &overrides,
            stranger: false,
        };
        let mut files = Files::default();
        let mut ids = needs_of(&candidate, &self.snapshot);
        ids.push(view.id);
        for id in ids {
            if let Some(view) = self.subject(id)? {
                let stored = self.stored_entries(view.id)?;
                let entries: Vec<Arc<Entry>> = stored.into_iter().map(|stored| stored.entry).collect();
                let aliases = self.merged_into(view.id)?;
                let history = History::new(view, entries, query.as_of, &self.snapshot).with_aliases(aliases);
                files.0.insert(id, history);
            }
        }
        let bare = History::new(made.clone(), Vec::new(), query.as_of, &self.snapshot);
        let history = files.0.get(&entry.subject).unwrap_or(&bare);
        let answer = lets_pass(guard, &candidate, &self.snapshot, history, &files);
        match answer {
            Ok(passes) => Ok(passes),
            // What cannot be told of one lets that one not pass; a question that is too wide concerns all.
            Err(error) if error.code == "too_many" => Err(refused(error)),
            Err(_) => Ok(false),
        }
    }
}

/// An entry that only says whom it is about.
fn asked_entry(register: &Register, view: &SubjectView, link: Option<&str>, at: Instant) -> Entry {
    let mut body = Map::new();
    if let Some(field) = link {
        body.insert(field.to_owned(), Value::String(view.id.to_string()));
    }
    let made = |what: &str| derived(&format!("asked/{}/{}/{what}", register.schema.id, view.id));
    Entry {
        id: EntryId(made("entry")),
        register: register.schema.id.clone(),
        register_version: 1,
        act: Act::New,
        replaces: None,
        subject: if link.is_some() {
            SubjectId(made("subject"))
        } else {
            view.id
        },
        at,
        made_at: None,
        received_at: at,
        recorded_at: at,
        reported_at: None,
        login: None,
        device: None,
        org: None,
        region: view.region.clone(),
        sector: None,
        channel: "api".to_owned(),
        assurance: Assurance::Verified,
        proxy: false,
        group: None,
        reason: None,
        flags: Vec::new(),
        body,
    }
}
