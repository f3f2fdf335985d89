//! Which entries a page of a list holds. The newest are walked first; where few of those fit, what narrows the list most says
//! where to look: the value of an indexed field, a region, a stretch of days, the flag.
//!
//! A column that must not lead is put into an expression (`e.at + 0`), which no index holds: so both engines take the index that
//! was meant, with statistics or without, and the text stays one.

use super::{Conditions, EntryFilter, Reader, Sight};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, StoredEntry, read_entry};
use crate::typed_index::said;
use lianfang_db::{Value, dialect};
use std::collections::HashMap;
use uuid::Uuid;

/// So many of the newest are walked before anything else.
const NEAR: usize = 1_000;
/// So many are counted of each way; a way with more narrows no better than walking on.
const COUNTED: usize = 30_000;
/// Entries read in one statement.
const READ: usize = 400;

/// When an entry was recorded, and which it is: the order of every list.
pub(super) type EntryKey = (i64, Uuid);

/// What leads to the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// From the newest on.
    Newest,
    /// The file.
    Subject,
    /// The days of what happened.
    Days,
    /// The region.
    Place,
    /// The flag.
    Flag,
    /// The value of the indexed field at this place of the filter.
    Value(usize),
}

impl Reader<'_> {
    /// The newest entries that fit, so many at most.
    pub(super) fn entry_keys(
        &mut self,
        sight: &Sight,
        filter: &EntryFilter,
        limit: usize,
    ) -> Result<Vec<EntryKey>, LedgerError> {
        if filter.subject.is_some() {
            return self.keys_by(Way::Subject, sight, filter, (None, limit));
        }
        let ways = self.ways(sight, filter);
        if ways.is_empty() {
            return self.keys_by(Way::Newest, sight, filter, (None, limit));
        }
        if limit <= NEAR {
            let since = self.near(filter)?;
            let near = self.keys_by(Way::Newest, sight, filter, (since, limit))?;
            if near.len() >= limit || since.is_none() {
                return Ok(near);
            }
        }
        let most = COUNTED.max(2 * limit);
        let mut best = (most, Way::Newest);
        for way in ways {
            let counted = self.count_way(way, sight, filter, best.0)?;
            if counted < best.0 {
                best = (counted, way);
            }
        }
        self.keys_by(best.1, sight, filter, (None, limit))
    }

    /// What could lead to the entries beside walking.
    fn ways(&self, sight: &Sight, filter: &EntryFilter) -> Vec<Way> {
        let Some(register) = &filter.register else {
            return Vec::new();
        };
        let indexed = &self.core.indexed;
        let is_indexed = |field: &String| indexed.contains(&(register.clone(), field.clone()));
        let of_fields = filter.fields.iter().enumerate();
        let values = of_fields.filter(|(_, (field, _))| is_indexed(field));
        let mut ways: Vec<Way> = values.map(|(at, _)| Way::Value(at)).collect();
        if filter.flagged {
            ways.push(Way::Flag);
        }
        if self.place(sight, filter).is_some() {
            ways.push(Way::Place);
        }
        if filter.from.is_some() || filter.to.is_some() {
            ways.push(Way::Days);
        }
        ways
    }

    /// The region that narrows the list, where one does.
    fn place<'f>(&self, sight: &'f Sight, filter: &'f EntryFilter) -> Option<&'f lianfang_kernel::RegionId> {
        let seen = match sight {
            Sight::Region(region) | Sight::Sector { region, .. } => Some(region),
            _ => None,
        };
        let narrower = filter.region.as_ref().or(seen);
        narrower.filter(|region| !self.sees_city(region))
    }

    /// The moment since when the newest so many were recorded; none where there are fewer.
    fn near(&mut self, filter: &EntryFilter) -> Result<Option<i64>, LedgerError> {
        let mut where_ = Conditions::default();
        page_of(&mut where_, filter, ("e.recorded_at", "e.id"));
        where_.and("e.register = ?", [filter.register.clone().into()]);
        let sql = format!(
            "select e.recorded_at from entry e{} order by e.recorded_at desc, e.id desc limit 1 offset {NEAR}",
            where_.to_sql()
        );
        let row = self.connection.query_opt(&sql, &where_.params)?;
        Ok(row.map(|row| row.int("recorded_at")).transpose()?)
    }

    /// How many entries a way leads to, counted as far as `most`.
    fn count_way(&mut self, way: Way, sight: &Sight, filter: &EntryFilter, most: usize) -> Result<usize, LedgerError> {
        let mut where_ = Conditions::default();
        let register = || Value::from(filter.register.clone());
        let from = match way {
            Way::Value(at) => {
                let (field, value) = &filter.fields[at];
                let values = [register(), field.as_str().into(), value.as_str().into()];
                where_.and("v.register = ? and v.field = ? and v.value = ?", values);
                "entry_value v"
            }
            _ => {
                where_.and("e.register = ?", [register()]);
                "entry e"
            }
        };
        match way {
            Way::Flag => where_.and("e.status = 'flagged'", []),
            Way::Days => happened(&mut where_, filter, "e.at"),
            Way::Place => {
                if let Some(region) = self.place(sight, filter) {
                    where_.inside("e.path", &self.snapshot.regions, region);
                }
            }
            _ => {}
        }
        let sql = format!(
            "select count(*) as n from (select 1 as one from {from}{} limit {most}) c",
            where_.to_sql()
        );
        let counted = self.connection.query_one(&sql, &where_.params)?.int("n")?;
        Ok(usize::try_from(counted).unwrap_or(most))
    }

    fn keys_by(
        &mut self,
        way: Way,
        sight: &Sight,
        filter: &EntryFilter,
        (since, limit): (Option<i64>, usize),
    ) -> Result<Vec<EntryKey>, LedgerError> {
        let (from, recorded, id) = match way {
            Way::Newest | Way::Flag => ("entry e", "e.recorded_at", "e.id"),
            Way::Value(_) => ("entry_value v cross join entry e", "v.recorded_at", "v.entry"),
            Way::Subject | Way::Days | Way::Place => ("entry e", "e.recorded_at + 0", "e.id"),
        };
        let mut where_ = self.conditions(way, sight, filter);
        page_of(&mut where_, filter, (recorded, id));
        if let Some(since) = since {
            where_.and(&format!("{recorded} >= ?"), [since.into()]);
        }
        let sql = format!(
            "select e.id, e.recorded_at from {from}{} order by {recorded} desc, {id} desc limit {limit}",
            where_.to_sql()
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        let key = |row: &lianfang_db::Row| Ok((row.int("recorded_at")?, row.uuid("id")?));
        rows.iter().map(key).collect()
    }

    /// What is asked of the entries, so that only the column of the way can lead.
    fn conditions(&self, way: Way, sight: &Sight, filter: &EntryFilter) -> Conditions {
        let mut where_ = Conditions::default();
        let path = |is_bare: bool| if is_bare { "e.path" } else { "e.path || ''" };
        let by_place = way == Way::Place;
        self.see_entries_by(path(by_place && filter.region.is_none()), sight, &mut where_);
        if let Some(register) = &filter.register {
            let column = if way == Way::Subject {
                "e.register || ''"
            } else {
                "e.register"
            };
            where_.and(&format!("{column} = ?"), [register.as_str().into()]);
        }
        if let Some(subject) = filter.subject {
            // Entries about a place may have no link.
            let sql = "e.id in (select l.entry from link l where l.subject = ? union select o.id from entry o where o.subject = ?)";
            where_.and(sql, [subject.0.into(), subject.0.into()]);
        }
        if let Some(region) = &filter.region {
            where_.inside(path(by_place), &self.snapshot.regions, region);
        }
        happened(&mut where_, filter, if way == Way::Days { "e.at" } else { "e.at + 0" });
        if filter.flagged {
            where_.and("e.status = 'flagged'", []);
        }
        for (at, (field, value)) in filter.fields.iter().enumerate() {
            if way == Way::Value(at) {
                let own = "v.register = ? and v.field = ? and v.value = ? and e.subject = v.subject and e.id = v.entry";
                let register = filter.register.clone().into();
                where_.and(own, [register, field.as_str().into(), value.as_str().into()]);
            } else if field.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                // The name of a field is letters, digits and underscores: its pack was loaded.
                let said = said(self.connection.engine(), field);
                where_.and(&format!("{said} = ?"), [value.as_str().into()]);
            }
        }
        where_
    }

    /// The entries of these keys, in their order.
    pub(super) fn entries_of(&mut self, keys: &[EntryKey]) -> Result<Vec<StoredEntry>, LedgerError> {
        let mut stored = Vec::with_capacity(keys.len());
        for chunk in keys.chunks(READ) {
            let sql = format!(
                "select {ENTRY_SELECT} from entry e where e.id in {}",
                dialect::list(chunk.len(), 1)
            );
            let params: Vec<Value> = chunk.iter().map(|(_, id)| Value::Uuid(*id)).collect();
            let mut found = HashMap::with_capacity(chunk.len());
            for row in self.connection.query(&sql, &params)? {
                let read = read_entry(&row)?;
                found.insert(read.entry.id.0, read);
            }
            stored.extend(chunk.iter().filter_map(|(_, id)| found.remove(id)));
        }
        Ok(stored)
    }
}

/// What was recorded before the cursor, and by the moment asked about.
fn page_of(where_: &mut Conditions, filter: &EntryFilter, (recorded, id): (&str, &str)) {
    if let Some(at) = filter.as_of {
        where_.and(&format!("{recorded} <= ?"), [at.0.into()]);
    }
    if let Some((at, last)) = filter.cursor.as_deref().and_then(read_cursor) {
        where_.and(&format!("({recorded}, {id}) < (?, ?)"), [at.into(), Value::Uuid(last)]);
    }
}

/// What happened in the stretch that is asked about.
fn happened(where_: &mut Conditions, filter: &EntryFilter, column: &str) {
    if let Some(at) = filter.from {
        where_.and(&format!("{column} >= ?"), [at.0.into()]);
    }
    if let Some(at) = filter.to {
        where_.and(&format!("{column} < ?"), [at.0.into()]);
    }
}

/// Where a page ended, as its reader gives it back.
pub(super) fn cursor((at, id): EntryKey) -> String {
    format!("{at}_{}", lianfang_kernel::ids::EntryId(id))
}

fn read_cursor(text: &str) -> Option<EntryKey> {
    let (at, id) = text.split_once('_')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}
