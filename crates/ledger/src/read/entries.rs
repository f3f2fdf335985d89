//! Lists of a register's entries, a page at a time.

use super::entry_keys::{READ, cursor};
use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, StoredEntry, read_entry};
use lianfang_db::Value;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Assurance, Datum, Entry, Flag, Instant, RegionId};
use lianfang_policy::model::Register;
use serde::Serialize;
use std::sync::Arc;

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
    /// Of this register.
    pub register: Option<String>,
    /// About this subject, or naming it.
    pub subject: Option<SubjectId>,
    /// In this region.
    pub region: Option<RegionId>,
    /// That happened at or after.
    pub from: Option<Instant>,
    /// That happened before.
    pub to: Option<Instant>,
    /// As known then.
    pub as_of: Option<Instant>,
    /// Only flagged ones.
    pub flagged: bool,
    /// Whose open fields say this: the field, and its value as it is stored.
    pub fields: Vec<(String, String)>,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// Rows a page, 500 at most.
    pub limit: usize,
}

/// One entry as a list shows it; sealed fields are named, not shown.
#[derive(Clone, Debug, Serialize)]
pub struct EntryItem {
    /// Its id.
    pub id: EntryId,
    /// Its register.
    pub register: String,
    /// What it is about.
    pub subject: SubjectId,
    /// When it happened.
    pub at: Instant,
    /// When it reached the server.
    pub received_at: Instant,
    /// When it was committed.
    pub recorded_at: Instant,
    /// New, correct, withdraw, end.
    pub act: &'static str,
    /// What it replaces.
    pub replaces: Option<EntryId>,
    /// `accepted`, `flagged`; `corrected` or `withdrawn` once a later entry says so.
    pub status: String,
    /// Where.
    pub region: RegionId,
    /// Who reported.
    pub org: Option<SubjectId>,
    /// How well it is known.
    pub assurance: Assurance,
    /// Written for somebody else.
    pub proxy: bool,
    /// What was noticed.
    pub flags: Vec<Flag>,
    /// Why it was corrected or withdrawn.
    pub reason: Option<String>,
    /// Whether it holds sealed values.
    pub has_sealed: bool,
    /// The open fields in their stored form.
    pub body: serde_json::Map<String, serde_json::Value>,
}

/// A page and where the next begins.
#[derive(Clone, Debug, Serialize)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Give it back to read on; none at the end.
    pub next: Option<String>,
}

impl Reader<'_> {
    /// A page of entries, the latest first.
    ///
    /// # Errors
    /// The database.
    pub fn entries(&mut self, sight: &Sight, filter: &EntryFilter) -> Result<Page<EntryItem>, LedgerError> {
        let limit = filter.limit.clamp(1, 500);
        let mut keys = self.entry_keys(sight, filter, limit + 1)?;
        let is_last = keys.len() <= limit;
        keys.truncate(limit);
        let next = keys.last().filter(|_| !is_last).map(|key| cursor(*key));
        let stored = self.entries_of(&keys)?;
        let items = self.with_later_acts(stored, filter.as_of)?;
        Ok(Page { items, next })
    }

    /// Every entry that fits, the latest first, where they are no more than so many; whether they were. What is read is what was
    /// there when it began.
    ///
    /// # Errors
    /// The database; those of `each`.
    pub fn each_of(
        &mut self,
        sight: &Sight,
        filter: &EntryFilter,
        most: usize,
        each: &mut dyn FnMut(EntryItem) -> Result<(), LedgerError>,
    ) -> Result<bool, LedgerError> {
        let keys = self.entry_keys(sight, filter, most + 1)?;
        if keys.len() > most {
            return Ok(false);
        }
        for some in keys.chunks(READ) {
            let stored = self.entries_of(some)?;
            for item in self.with_later_acts(stored, filter.as_of)? {
                each(item)?;
            }
        }
        Ok(true)
    }

    pub(super) fn see_entries(&self, sight: &Sight, where_: &mut Conditions) {
        self.see_entries_by("e.path", sight, where_);
    }

    /// The same, with the path of an entry written in a way that an index leads by or not.
    pub(super) fn see_entries_by(&self, path: &str, sight: &Sight, where_: &mut Conditions) {
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside(path, &self.snapshot.regions, region),
            Sight::Org(org) => where_.and(
                "(e.org = ? or e.subject = ? or e.subject in (select s.id from subject s where s.unit = ?))",
                [org.0.into(), org.0.into(), org.0.into()],
            ),
            Sight::Sector { org, sectors, region } => {
                where_.inside(path, &self.snapshot.regions, region);
                let marks = vec!["?"; sectors.len()].join(", ");
                let sql = format!("(e.sector in ({marks}) or e.org = ? or e.subject = ?)");
                let sectors = sectors.iter().map(|sector| Value::from(sector.as_str()));
                where_.and(&sql, sectors.chain([org.0.into(), org.0.into()]));
            }
            Sight::Nothing => where_.and("1 = 0", []),
        }
        self.hide_entries(where_);
    }

    /// One entry, if the reader may see it.
    ///
    /// # Errors
    /// The database.
    pub fn entry(&mut self, sight: &Sight, id: EntryId) -> Result<Option<EntryItem>, LedgerError> {
        let mut where_ = Conditions::default();
        self.see_entries(sight, &mut where_);
        where_.and("e.id = ?", [id.0.into()]);
        let sql = format!("select {ENTRY_SELECT} from entry e{} limit 1", where_.to_sql());
        let stored = self.connection.query_opt(&sql, &where_.params)?;
        let stored = stored.as_ref().map(read_entry).transpose()?;
        Ok(self.with_later_acts(stored.into_iter().collect(), None)?.pop())
    }

    /// Whether the moment is past after which nobody reads an entry, whatever moment the reader asks about.
    pub(crate) fn has_expired(&self, entry: &Arc<Entry>) -> bool {
        let register = self.snapshot.model.registers.get(&entry.register);
        register.is_some_and(|register| expired(register, entry, self.now))
    }

    /// Marks entries that a later one corrected or withdrew, and leaves out those that nobody may read any more.
    pub(crate) fn with_later_acts(
        &mut self,
        mut stored: Vec<StoredEntry>,
        as_of: Option<Instant>,
    ) -> Result<Vec<EntryItem>, LedgerError> {
        stored.retain(|stored| !self.has_expired(&stored.entry));
        let mut later = std::collections::HashMap::new();
        let ids: Vec<Value> = stored.iter().map(|stored| stored.entry.id.0.into()).collect();
        for chunk in ids.chunks(400) {
            let mut where_ = Conditions::default();
            where_.within("e.replaces", chunk.to_vec());
            if let Some(at) = as_of {
                where_.and("e.recorded_at <= ?", [at.0.into()]);
            }
            let sql = format!("select e.replaces, e.act from entry e{}", where_.to_sql());
            for row in self.connection.query(&sql, &where_.params)? {
                later.insert(EntryId(row.uuid("replaces")?), row.text("act")?.to_owned());
            }
        }
        let item = |stored: StoredEntry| {
            let entry = Arc::unwrap_or_clone(stored.entry);
            let status = match later.get(&entry.id).map(String::as_str) {
                Some("correct") => "corrected".to_owned(),
                Some("withdraw") => "withdrawn".to_owned(),
                Some("end") => "ended".to_owned(),
                _ => stored.status,
            };
            EntryItem {
                id: entry.id,
                register: entry.register,
                subject: entry.subject,
                at: entry.at,
                received_at: entry.received_at,
                recorded_at: entry.recorded_at,
                act: entry.act.id(),
                replaces: entry.replaces,
                status,
                region: entry.region,
                org: entry.org,
                assurance: entry.assurance,
                proxy: entry.proxy,
                flags: entry.flags,
                reason: entry.reason,
                has_sealed: stored.sealed.is_some(),
                body: entry.body,
            }
        };
        Ok(stored.into_iter().map(item).collect())
    }

    /// Streams a register's entries in the order they were committed, for exports.
    ///
    /// # Errors
    /// The database; those of `each`.
    pub fn each_entry(
        &mut self,
        sight: &Sight,
        register: &str,
        as_of: Option<Instant>,
        each: &mut dyn FnMut(EntryItem) -> Result<(), LedgerError>,
    ) -> Result<(), LedgerError> {
        let mut filter = EntryFilter {
            register: Some(register.to_owned()),
            as_of,
            limit: 500,
            ..EntryFilter::default()
        };
        loop {
            let page = self.entries(sight, &filter)?;
            for item in page.items {
                each(item)?;
            }
            match page.next {
                Some(next) => filter.cursor = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// Whether an entry of a register is past the moment at which it expires.
pub(crate) fn expired(register: &Register, entry: &Entry, now: Instant) -> bool {
    let Some(field) = &register.schema.expires else {
        return false;
    };
    let until = register.record(entry).get(field).and_then(Datum::as_int);
    until.is_some_and(|until| until < now.0)
}
