//! Which entries a page of a list holds. The newest are walked, in an index that tells of each whether it fits; where walking on would
//! cost more than reading whole what one condition leads to (a value, a region, a stretch of days, the flag), that is done. How many
//! of those that were walked fit says which is cheaper.
//!
//! A list of past days is walked from the day after their end on. What was recorded later than that has an index of its own.
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
const NEAR: usize = 4_000;
/// So many are counted of each way; a way with more narrows no better than walking on.
const COUNTED: usize = 30_000;
/// Entries that a condition leads to lie scattered over the table, and those that are walked side by side in an index: one of the
/// former costs so many of the latter.
const SCATTERED: usize = 6;
/// A stretch is at most so many times as long as the one before.
const GROWTH: usize = 4;
/// What is recorded later than this after it happened is in the index of late entries.
const LATE_MS: i64 = 86_400_000;
/// The same as that index says it.
const LATE: &str = "e.recorded_at > e.at + 86400000";
/// Entries read in one statement.
pub(super) const READ: usize = 400;

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
    /// The days, of what was recorded late.
    Late,
    /// The flag.
    Flag,
    /// The value of the indexed field at this place of the filter.
    Value(usize),
}

/// Of the order of the list: what was recorded since then, and before then.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    since: Option<i64>,
    until: Option<i64>,
}

impl Stretch {
    fn narrow(self, where_: &mut Conditions, recorded: &str) {
        if let Some(since) = self.since {
            where_.and(&format!("{recorded} >= ?"), [since.into()]);
        }
        if let Some(until) = self.until {
            where_.and(&format!("{recorded} < ?"), [until.into()]);
        }
    }
}

/// Steps of the next stretch, where walking on looks cheaper than reading `whole` entries: of the last `steps` so many were
/// `found`, and so many are `missing`. Where few were found little is known, and no stretch is much longer than the one before.
fn further(steps: usize, found: usize, missing: usize, whole: usize) -> Option<usize> {
    let needed = steps.saturating_mul(missing) / found.max(1);
    (needed < whole).then_some((needed + needed / 4 + 1).min(GROWTH * steps))
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
            return self.keys_by(Way::Subject, sight, filter, Stretch::default(), limit);
        }
        let ways = self.ways(sight, filter);
        // What a field says that is not indexed is walked for in stretches too: PostgreSQL, which cannot know how many say it, would
        // read and sort them all.
        if ways.is_empty() && (filter.register.is_none() || filter.fields.is_empty()) {
            return self.keys_by(Way::Newest, sight, filter, Stretch::default(), limit);
        }
        if limit <= NEAR {
            return self.page_keys(sight, filter, &ways, limit);
        }
        let (_, way) = self.narrowest(&ways, sight, filter, COUNTED.max(2 * limit))?;
        self.keys_by(way, sight, filter, Stretch::default(), limit)
    }

    /// A page: walked for as long as that looks cheaper than reading whole what one condition leads to.
    fn page_keys(
        &mut self,
        sight: &Sight,
        filter: &EntryFilter,
        ways: &[Way],
        limit: usize,
    ) -> Result<Vec<EntryKey>, LedgerError> {
        let (mut page, mut until) = self.late(sight, filter, limit)?;
        let (mut steps, mut narrowest) = (NEAR, None);
        while page.len() < limit {
            let since = self.since(filter, until, steps)?;
            let found = self.keys_by(Way::Newest, sight, filter, Stretch { since, until }, limit - page.len())?;
            page.extend(&found);
            until = since;
            let missing = limit - page.len();
            if missing == 0 || since.is_none() {
                break;
            }
            let (count, way) = match narrowest {
                Some(known) => known,
                None => *narrowest.insert(self.narrowest(ways, sight, filter, COUNTED)?),
            };
            if matches!(way, Way::Value(_) | Way::Flag) {
                page.extend(self.keys_by(way, sight, filter, Stretch { since: None, until }, missing)?);
                break;
            }
            let whole = match way {
                Way::Newest => usize::MAX,
                _ => count * SCATTERED,
            };
            match further(steps, found.len(), missing, whole) {
                Some(more) => steps = more,
                None => return self.keys_by(way, sight, filter, Stretch::default(), limit),
            }
        }
        Ok(page)
    }

    /// Of a list of past days those that were recorded later than a day after the last, and where the others begin.
    fn late(
        &mut self,
        sight: &Sight,
        filter: &EntryFilter,
        limit: usize,
    ) -> Result<(Vec<EntryKey>, Option<i64>), LedgerError> {
        let end = filter.to.map(|to| to.0.saturating_add(LATE_MS));
        let Some(end) = end.filter(|end| *end <= self.now.0) else {
            return Ok((Vec::new(), None));
        };
        if self.count_way(Way::Late, sight, filter, COUNTED)? >= COUNTED {
            return Ok((Vec::new(), None));
        }
        let since = Some(end);
        let later = self.keys_by(Way::Late, sight, filter, Stretch { since, until: None }, limit)?;
        Ok((later, since))
    }

    /// The way to the fewest entries, and how many those are; walking, where every way leads to so many.
    fn narrowest(
        &mut self,
        ways: &[Way],
        sight: &Sight,
        filter: &EntryFilter,
        most: usize,
    ) -> Result<(usize, Way), LedgerError> {
        let mut best = (most, Way::Newest);
        for way in ways {
            let counted = self.count_way(*way, sight, filter, best.0)?;
            if counted < best.0 {
                best = (counted, *way);
            }
        }
        Ok(best)
    }

    /// What could lead to the entries beside walking.
    fn ways(&self, sight: &Sight, filter: &EntryFilter) -> Vec<Way> {
        let Some(register) = &filter.register else {
            return Vec::new();
        };
        let of_fields = filter.fields.iter().enumerate();
        let values = of_fields.filter(|(_, (field, _))| self.is_indexed(register, field));
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

    fn is_indexed(&self, register: &str, field: &str) -> bool {
        let field = (register.to_owned(), field.to_owned());
        self.core.indexed.contains(&field)
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
    fn since(&mut self, filter: &EntryFilter, until: Option<i64>, steps: usize) -> Result<Option<i64>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("e.register = ?", [filter.register.clone().into()]);
        page_of(&mut where_, filter, ("e.recorded_at", "e.id"));
        Stretch { since: None, until }.narrow(&mut where_, "e.recorded_at");
        let sql = format!(
            "select e.recorded_at as at from entry e{} order by e.recorded_at desc, e.id desc limit 1 offset {steps}",
            where_.to_sql()
        );
        let row = self.connection.query_opt(&sql, &where_.params)?;
        Ok(row.map(|row| row.int("at")).transpose()?)
    }

    /// How many entries a way leads to, counted as far as `most`.
    fn count_way(&mut self, way: Way, sight: &Sight, filter: &EntryFilter, most: usize) -> Result<usize, LedgerError> {
        let mut where_ = Conditions::default();
        let from = match way {
            Way::Value(at) => {
                valued(&mut where_, filter, at);
                "entry_value v"
            }
            _ => {
                where_.and("e.register = ?", [filter.register.clone().into()]);
                "entry e"
            }
        };
        match way {
            Way::Flag => where_.and("e.status = 'flagged'", []),
            Way::Days | Way::Late => happened(&mut where_, filter, "e.at"),
            Way::Place => {
                if let Some(region) = self.place(sight, filter) {
                    where_.inside("e.path", &self.snapshot.regions, region);
                }
            }
            _ => {}
        }
        if way == Way::Late {
            where_.and(LATE, []);
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
        stretch: Stretch,
        limit: usize,
    ) -> Result<Vec<EntryKey>, LedgerError> {
        let (from, recorded, id) = match way {
            Way::Newest | Way::Flag => ("entry e", "e.recorded_at", "e.id"),
            Way::Value(_) => ("entry_value v cross join entry e", "v.recorded_at", "v.entry"),
            Way::Subject | Way::Days | Way::Late | Way::Place => ("entry e", "e.recorded_at + 0", "e.id"),
        };
        let mut where_ = self.conditions(way, sight, filter);
        page_of(&mut where_, filter, (recorded, id));
        stretch.narrow(&mut where_, recorded);
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
        let is_by_day = matches!(way, Way::Days | Way::Late);
        happened(&mut where_, filter, if is_by_day { "e.at" } else { "e.at + 0" });
        if way == Way::Late {
            where_.and(LATE, []);
        }
        if filter.flagged {
            where_.and("e.status = 'flagged'", []);
        }
        for (at, (field, value)) in filter.fields.iter().enumerate() {
            if way == Way::Value(at) {
                valued(&mut where_, filter, at);
                where_.and("e.subject = v.subject and e.id = v.entry", []);
            } else if filter
                .register
                .as_ref()
                .is_some_and(|register| self.is_indexed(register, field))
            {
                // As a number PostgreSQL asks it entry by entry, and does not read all that have the value.
                let sql = "(select 1 from entry_value i where i.register = e.register and i.field = ? and i.value = ? \
                           and i.recorded_at = e.recorded_at and i.entry = e.id and i.subject = e.subject) = 1";
                where_.and(sql, [field.as_str().into(), value.as_str().into()]);
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

/// The index's rows of the value at this place of the filter.
fn valued(where_: &mut Conditions, filter: &EntryFilter, at: usize) {
    if let Some((field, value)) = filter.fields.get(at) {
        let values = [
            filter.register.clone().into(),
            field.as_str().into(),
            value.as_str().into(),
        ];
        where_.and("v.register = ? and v.field = ? and v.value = ?", values);
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

#[cfg(test)]
mod tests {
    use super::further;

    #[test]
    fn walking_goes_on_only_where_it_looks_cheaper_than_reading_whole() {
        // One of forty fits and 50 are missing: 2,000 steps, and some more.
        assert_eq!(further(2_000, 50, 50, 20_000), Some(2_501));
        assert_eq!(further(1_000, 10, 50, 5_000), None);
        assert_eq!(further(1_000, 0, 50, 30_000), None, "none fit of late");
        assert_eq!(further(1_000, 0, 50, usize::MAX), Some(4_000), "step by step");
    }
}
