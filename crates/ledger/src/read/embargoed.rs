//! What a reader may not know of yet, and whatever follows from it: entries, tasks, files, figures.

use super::{Conditions, Reader};
use crate::LedgerError;
use crate::rows::StoredEntry;
use lianfang_db::Value;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Instant, SubjectKind, SubjectView};
use lianfang_policy::model::Register;
use std::collections::HashSet;

/// Whose eyes a reader has. Nobody's in particular sees nothing before its moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looker {
    /// The organisation: what it wrote itself it reads at once.
    pub org: Option<SubjectId>,
    /// The role: it may see the field that says until when.
    pub role: Option<String>,
}

impl Looker {
    /// Whether the role reads entries of the register before their moment.
    fn sees(&self, register: &Register) -> bool {
        let field = register
            .schema
            .embargo
            .as_deref()
            .and_then(|id| register.schema.field(id));
        let role = self.role.as_ref();
        field.is_some_and(|field| role.is_some_and(|role| field.see.contains(role)))
    }
}

impl Reader<'_> {
    /// Reads with somebody's eyes from here on.
    pub fn look_as(&mut self, looker: Looker) {
        self.looker = looker;
    }

    /// Leaves out entries that this reader may not know of yet.
    pub(super) fn hide_entries(&self, where_: &mut Conditions) {
        if let Some((closed, values)) = self.closed(&self.looker, self.now) {
            let sql = "not exists (select 1 from embargo b where b.subject = e.subject and b.entry = e.id and ";
            where_.and(&format!("{sql}{closed})"), values);
        }
    }

    /// Leaves out entries that did not count yet at a moment, whoever reads.
    pub(super) fn hide_uncounted(&self, where_: &mut Conditions, at: Instant) {
        if let Some((closed, values)) = self.closed(&Looker::default(), at) {
            let sql = "not exists (select 1 from embargo b where b.subject = e.subject and b.entry = e.id and ";
            where_.and(&format!("{sql}{closed})"), values);
        }
    }

    /// Leaves out enrolments, as `n`, that such an entry opened, whoever reads.
    pub(super) fn hide_enrolments(&self, where_: &mut Conditions, at: Instant) {
        if let Some((closed, values)) = self.closed(&Looker::default(), at) {
            let sql = "not exists (select 1 from embargo b where b.subject = n.subject and b.entry = n.opened_by and ";
            where_.and(&format!("{sql}{closed})"), values);
        }
    }

    /// Leaves out tasks of enrolments that such an entry opened.
    pub(super) fn hide_tasks(&self, where_: &mut Conditions) {
        if let Some((closed, values)) = self.closed(&self.looker, self.now) {
            let sql = "not exists (select 1 from embargo b join enrolment n on n.subject = b.subject and n.opened_by = b.entry \
                       where b.subject = t.subject and n.id = t.enrolment and ";
            where_.and(&format!("{sql}{closed})"), values);
        }
    }

    /// Entries that this reader may not know of yet.
    pub(super) fn hidden(&mut self) -> Result<HashSet<EntryId>, LedgerError> {
        let closed = self.closed(&self.looker, self.now);
        self.entries_closed(closed)
    }

    /// Entries that did not count yet at a moment, whoever reads.
    pub(super) fn uncounted(&mut self, at: Instant) -> Result<HashSet<EntryId>, LedgerError> {
        let closed = self.closed(&Looker::default(), at);
        self.entries_closed(closed)
    }

    /// Whether an entry that does not count yet opened an enrolment of a protocol.
    pub(super) fn has_uncounted(&mut self, protocol: &str, at: Instant) -> Result<bool, LedgerError> {
        let Some((closed, values)) = self.closed(&Looker::default(), at) else {
            return Ok(false);
        };
        let mut where_ = Conditions::default();
        where_.and(&closed, values);
        where_.and("n.protocol = ?", [protocol.into()]);
        let from = "from embargo b join enrolment n on n.subject = b.subject and n.opened_by = b.entry";
        let sql = format!("select 1 as n {from}{} limit 1", where_.to_sql());
        Ok(self.connection.query_opt(&sql, &where_.params)?.is_some())
    }

    /// Whether all that stands in a file is closed, so that nobody may know of the file itself. Organisations and regions
    /// are known to everybody.
    pub(super) fn is_unknown(&self, view: &SubjectView, stored: &[StoredEntry], hidden: &HashSet<EntryId>) -> bool {
        !matches!(view.kind, SubjectKind::Organisation | SubjectKind::Region)
            && !stored.is_empty()
            && stored.iter().all(|stored| hidden.contains(&stored.entry.id))
    }

    fn entries_closed(&mut self, closed: Option<(String, Vec<Value>)>) -> Result<HashSet<EntryId>, LedgerError> {
        let Some((closed, values)) = closed else {
            return Ok(HashSet::new());
        };
        let mut where_ = Conditions::default();
        where_.and(&closed, values);
        let sql = format!("select distinct b.entry as id from embargo b{}", where_.to_sql());
        let rows = self.connection.query(&sql, &where_.params)?;
        let ids = rows.iter().map(|row| row.uuid("id").map(EntryId));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// The condition on rows of `embargo`, as `b`, that are closed to somebody at a moment; none where nothing can be.
    fn closed(&self, looker: &Looker, at: Instant) -> Option<(String, Vec<Value>)> {
        let registers = self.snapshot.model.registers.values();
        let closed = registers.filter(|register| register.schema.embargo.is_some() && !looker.sees(register));
        let ids: Vec<Value> = closed.map(|register| register.schema.id.as_str().into()).collect();
        if ids.is_empty() {
            return None;
        }
        let marks = vec!["?"; ids.len()].join(", ");
        let mut sql = format!("b.opens_at > ? and b.register in ({marks})");
        // A moment to come tells nothing that is not known now.
        let mut values = vec![Value::Int(at.min(self.now).0)];
        values.extend(ids);
        if let Some(org) = looker.org {
            sql.push_str(" and (b.org is null or b.org <> ?)");
            values.push(org.0.into());
        }
        Some((sql, values))
    }
}
