//! Reading the slow-moving state: regions, organisations, reference intervals.

use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, StoredEntry, read_entry};
use lianfang_db::{Connection, dialect};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{
    Datum, Day, Entry, Instant, Organisation, Region, RegionId, RegionLevel, RegionTree, Words, Zone,
};
use lianfang_policy::model::{Model, Overlap, Register};
use lianfang_policy::{Interval, Orgs, Reference, Snapshot, SubjectRef};
use lianfang_protocol::{Fact, effective};
use std::collections::HashMap;
use std::sync::Arc;

/// The whole slow-moving state as it is now.
pub(crate) fn snapshot(
    connection: &mut Connection,
    model: Arc<Model>,
    zone: Zone,
    city: RegionId,
) -> Result<Snapshot, LedgerError> {
    let regions = Arc::new(regions(connection)?);
    let mut snapshot = Snapshot::of_model(model, regions, city, zone);
    snapshot.orgs = Arc::new(Orgs::new(organisations(connection)?));
    snapshot.reference = Arc::new(reference(connection, &snapshot, None, &[])?);
    Ok(snapshot)
}

fn regions(connection: &mut Connection) -> Result<RegionTree, LedgerError> {
    let mut regions = Vec::new();
    let sql = "select id, code, name_zh, name_en, level, parent, valid_from, valid_to from region";
    connection.for_each(sql, &[], &mut |row| {
        let day = |n: Option<i64>| n.and_then(|n| i32::try_from(n).ok()).map(Day);
        regions.push(Region {
            id: RegionId::new(row.text("id")?),
            code: row.text("code")?.to_owned(),
            name: Words::new(row.text("name_zh")?.to_owned(), row.text("name_en")?.to_owned()),
            level: RegionLevel::from_id(row.text("level")?).unwrap_or(RegionLevel::Grid),
            parent: row.opt_text("parent")?.map(RegionId::new),
            valid_from: day(row.opt_int("valid_from")?),
            valid_to: day(row.opt_int("valid_to")?),
        });
        Ok(())
    })?;
    RegionTree::new(regions).map_err(|e| LedgerError::corrupt(format!("区域表有误：{e}"), format!("region table: {e}")))
}

fn organisations(connection: &mut Connection) -> Result<Vec<Organisation>, LedgerError> {
    let sql = "select id, kind_type, name_zh, name_en, region, sector, functions, since, until from organisation";
    let mut found = Vec::new();
    for row in connection.query(sql, &[])? {
        let functions: Vec<(String, String)> = row.json("functions")?;
        found.push(Organisation {
            id: SubjectId(row.uuid("id")?),
            kind_type: row.text("kind_type")?.to_owned(),
            name: Words::new(row.text("name_zh")?.to_owned(), row.text("name_en")?.to_owned()),
            region: RegionId::new(row.text("region")?),
            sector: row.opt_text("sector")?.map(str::to_owned),
            functions: functions
                .into_iter()
                .map(|(f, region)| (f, RegionId::new(&region)))
                .collect(),
            since: Instant(row.int("since")?),
            until: row.opt_int("until")?.map(Instant),
        });
    }
    Ok(found)
}

/// Current intervals of every register with `reference = true`, each cut at the end of the order it cites.
/// As known at `as_of`, when one is given, and with entries that wait to be written.
pub(crate) fn reference(
    connection: &mut Connection,
    snapshot: &Snapshot,
    as_of: Option<Instant>,
    waiting: &[Arc<Entry>],
) -> Result<Reference, LedgerError> {
    let model = snapshot.model.clone();
    let registers: Vec<&str> = model
        .registers
        .values()
        .filter(|r| r.schema.reference)
        .map(|r| r.schema.id.as_str())
        .collect();
    if registers.is_empty() {
        return Ok(Reference::default());
    }
    let sql = format!(
        "select {ENTRY_SELECT} from entry e where e.register in {} order by e.subject, e.at, e.id",
        dialect::list(registers.len(), 1)
    );
    let params: Vec<_> = registers.iter().map(|id| (*id).into()).collect();
    let rows: Vec<StoredEntry> = connection
        .query(&sql, &params)?
        .iter()
        .map(read_entry)
        .collect::<Result<_, LedgerError>>()?;
    let written = rows.into_iter().map(|stored| stored.entry);
    let entries: Vec<Arc<Entry>> = written.chain(waiting.iter().cloned()).collect();
    let facts: Vec<Fact> = effective(&entries, as_of)
        .into_iter()
        .filter_map(|entry| {
            let register = model.registers.get(&entry.register)?;
            Some(Fact::new(entry, register))
        })
        .collect();
    Ok(Reference::new(intervals(snapshot, &facts)))
}

fn intervals(snapshot: &Snapshot, facts: &[Fact]) -> HashMap<String, Vec<Interval>> {
    // An order is cited by the id of any of its versions.
    let mut ends: HashMap<EntryId, Instant> = HashMap::new();
    for fact in facts {
        let (_, end) = span(fact);
        ends.insert(fact.entry.id, end);
        ends.insert(fact.origin, end);
    }
    let mut found: HashMap<String, Vec<Interval>> = HashMap::new();
    for fact in facts {
        let entry = &fact.entry;
        let Some(register) = snapshot.model.registers.get(&entry.register) else {
            continue;
        };
        let (from, to) = span(fact);
        // An interval ends with what it rests on; without an order that is known it is never in force.
        let to = match &register.schema.cites {
            None => to,
            Some(cited) => {
                let order = fact.record.get(cited).and_then(|id| id.as_text()?.parse().ok());
                let end = order.and_then(|id: EntryId| ends.get(&id));
                end.map_or(from, |end| to.min(*end))
            }
        };
        let targets = register.reach.as_ref().and_then(|reach| reach.targets.as_deref());
        let targets = targets.and_then(|field| fact.record.get(field));
        found.entry(entry.register.clone()).or_default().push(Interval {
            entry: entry.id,
            subject: subject_ref(entry.subject, &entry.region),
            region: entry.region.clone(),
            from,
            to,
            targets: targets.map(subjects).unwrap_or_default(),
            body: fact.record.clone(),
        });
    }
    for (id, intervals) in &mut found {
        if let Some(register) = snapshot.model.registers.get(id) {
            end_previous(register, intervals);
        }
    }
    found
}

/// Where one too many ends the one before it, each ends when the next of its key begins.
fn end_previous(register: &Register, intervals: &mut [Interval]) {
    let Some(hold) = register
        .hold
        .as_ref()
        .filter(|hold| hold.overlap == Overlap::EndPrevious)
    else {
        return;
    };
    intervals.sort_by_key(|interval| (interval.from, interval.entry));
    let mut last: HashMap<Vec<String>, usize> = HashMap::new();
    for index in 0..intervals.len() {
        let value = |part: &String| {
            intervals[index]
                .body
                .get(part)
                .map(Datum::to_string)
                .unwrap_or_default()
        };
        let key: Vec<String> = hold.per.iter().map(value).collect();
        if let Some(before) = last.insert(key, index) {
            intervals[before].to = intervals[before].to.min(intervals[index].from);
        }
    }
}

/// From when to when an interval says that it holds.
fn span(fact: &Fact) -> (Instant, Instant) {
    let moment = |field: &str| fact.record.get(field).and_then(Datum::as_int).map(Instant);
    (
        moment("from").unwrap_or(fact.entry.at),
        moment("to").unwrap_or(Instant::MAX),
    )
}

/// The subjects that a field names, one or several.
fn subjects(value: &Datum) -> Vec<SubjectId> {
    let one = std::slice::from_ref(value);
    let ids = if value.items().is_empty() { one } else { value.items() };
    ids.iter().filter_map(|id| id.as_text()?.parse().ok()).collect()
}

fn subject_ref(subject: SubjectId, region: &RegionId) -> SubjectRef {
    if crate::core::region_subject(region) == subject {
        SubjectRef::Region(region.clone())
    } else {
        SubjectRef::Subject(subject)
    }
}
