//! Tracing contacts: four hops from a person among a million contacts, against reading by their keys, one by one, the rows that
//! were found.
//!
//! Contacts are drawn so that a few people meet very many, as it is: every hundredth is met by fifty times as many as others. Rows
//! are written past the ledger: a million entries through it would measure writing.

use super::BenchArgs;
use super::declare::{Folder, Town};
use super::tables::{ENTRY, LINK, TIE, insert, settle};
use super::times::{ms, quantiles};
use crate::failure::Outcome;
use lianfang_db::{Connection, Value};
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::read::{MOST_HOPS, MOST_PERSONS, Sight, Trace, TraceQuery};
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant as Stopwatch};
use uuid::Uuid;

/// Contacts, unless another number is asked for.
const CONTACTS: usize = 1_000_000;
/// People for ten contacts.
const PEOPLE_FOR_TEN: usize = 8;
/// Contacts a transaction.
const BATCH: usize = 20_000;
/// Starts that are traced.
const STARTS: usize = 40;
/// Times that whom the most met is traced.
const HUB_TIMES: usize = 20;
/// Which person is met by many.
const EVERY: usize = 100;
/// How many of a hundred contacts name one of them.
const SHARE: usize = 34;

/// Measures.
///
/// # Errors
/// The database is not empty.
pub fn run(args: &BenchArgs) -> Outcome<Json> {
    let folder = Folder::new()?;
    let store = folder.empty_store(args)?;
    let town = Town::found(&store)?;
    let path = town
        .ledger
        .snapshot()
        .regions
        .path(&town.ledger.snapshot().city)
        .to_owned();
    let mut writer = store.database.writer()?;
    let contacts = args.people.unwrap_or(CONTACTS);
    let people = contacts * PEOPLE_FOR_TEN / 10;
    for first in (0..contacts).step_by(BATCH) {
        write(&mut writer, first..contacts.min(first + BATCH), people, &path)?;
    }
    settle(&mut writer)?;
    drop(writer);
    let (mut typical, mut floor, mut reached) = (Vec::new(), Vec::new(), 0);
    let (mut greatest, mut most) = (Duration::ZERO, 0);
    // The first reads the statistics; it is not counted.
    trace(&town, 7)?;
    for start in 0..STARTS {
        let (time, found) = trace(&town, 11 + start * (people / STARTS))?;
        typical.push(time);
        reached += found.persons.len();
        floor.push(bare(&mut *store.database.reader()?, &found)?);
        if found.persons.len() >= most {
            (greatest, most) = (time, found.persons.len());
        }
    }
    let (hub_first, hub) = trace(&town, 0)?;
    let mut hub_times = Vec::new();
    for _ in 0..HUB_TIMES {
        hub_times.push(trace(&town, 0)?.0);
    }
    let (hub_time, hub_slowest) = quantiles(&mut hub_times);
    let hub_floor = bare(&mut *store.database.reader()?, &hub)?;
    let (median, slowest) = quantiles(&mut typical);
    let (floor, _) = quantiles(&mut floor);
    Ok(json!({
        "bench": "trace", "contacts": contacts, "hops": MOST_HOPS, "starts": STARTS, "mean_persons": reached / STARTS,
        "median_ms": ms(median), "slowest_ms": ms(slowest), "floor_median_ms": ms(floor),
        "largest_persons": most, "largest_ms": ms(greatest),
        "hub_persons": hub.persons.len(), "hub_cut": hub.is_cut, "hub_first_ms": ms(hub_first), "hub_ms": ms(hub_time),
        "hub_slowest_ms": ms(hub_slowest), "hub_floor_ms": ms(hub_floor),
    }))
}

/// The `n`th person.
fn person(n: usize) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n as u128)
}

/// The same numbers every time: a step of SplitMix64.
pub(super) fn mixed(n: usize) -> usize {
    let mut z = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) as usize
}

/// Who was met by whom in the `n`th contact.
fn pair(n: usize, people: usize) -> (usize, usize) {
    let contact = mixed(2 * n) % people;
    let any = mixed(2 * n + 1);
    let index = match any % 100 < SHARE {
        true => any / 100 % (people / EVERY) * EVERY,
        false => any / 100 % people,
    };
    (index, contact)
}

/// Writes these contacts as the ledger writes them: the entry, its place in both files, and that it ties them.
fn write(writer: &mut Connection, contacts: std::ops::Range<usize>, people: usize, path: &str) -> Outcome {
    let (mut entries, mut links, mut ties) = (Vec::new(), Vec::new(), Vec::new());
    for n in contacts {
        let (index, contact) = pair(n, people);
        let (index, contact, id) = (person(index), person(contact), person(10 * people + n));
        let at = 1_600_000_000_000 + n as i64;
        let body = json!({ "index": index.to_string(), "last_contact": at, "kind": "case", "met_at": "household" });
        entries.push(vec![
            contact.into(),
            id.into(),
            "contact".into(),
            1_i64.into(),
            "new".into(),
            at.into(),
            at.into(),
            at.into(),
            "6205".into(),
            path.into(),
            "bench".into(),
            "seen".into(),
            false.into(),
            "accepted".into(),
            Value::Json("[]".to_owned()),
            Value::Json(body.to_string()),
            "d180".into(),
            Value::Null,
        ]);
        for (subject, role) in [(index, "index"), (contact, "subject")] {
            links.push(vec![subject.into(), id.into(), contact.into(), role.into()]);
        }
        for (subject, other, is_named) in [(index, contact, true), (contact, index, false)] {
            ties.push(vec![
                subject.into(),
                "contact".into(),
                "index".into(),
                at.into(),
                other.into(),
                id.into(),
                is_named.into(),
                at.into(),
                path.into(),
            ]);
        }
    }
    writer.begin()?;
    for (table, columns, rows) in [
        ("entry", &ENTRY[..], &entries),
        ("link", &LINK[..], &links),
        ("tie", &TIE[..], &ties),
    ] {
        insert(writer, table, columns, rows)?;
    }
    writer.commit()?;
    Ok(())
}

fn trace(town: &Town, start: usize) -> Outcome<(Duration, Trace)> {
    let query = TraceQuery {
        start: SubjectId(person(start)),
        register: "contact".to_owned(),
        field: "index".to_owned(),
        hops: MOST_HOPS,
        most: MOST_PERSONS,
        as_of: None,
    };
    let begin = Stopwatch::now();
    let found = town.ledger.read(|reader| reader.trace(&Sight::All, &query))?;
    Ok((begin.elapsed(), found))
}

/// Reads the same meetings by their keys, one after another.
fn bare(reader: &mut Connection, found: &Trace) -> Outcome<Duration> {
    let begin = Stopwatch::now();
    for met in &found.met {
        let sql = "select e.at from entry e where e.subject = $1 and e.id = $2";
        reader.query_one(sql, &[met.contact.0.into(), met.entry.0.into()])?;
    }
    Ok(begin.elapsed())
}
