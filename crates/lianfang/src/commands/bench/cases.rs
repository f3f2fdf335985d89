//! The line list of a million cases: pages of it, narrowed in every way that its page offers, people searched by parts of what
//! they are called, and 200,000 rows as a sheet. What pages call is called, reading, labels and traces in the audit included; the
//! floor is as many rows of the same table bare.

use super::BenchArgs;
use super::case_list::{CaseList, NEVER, RARE, REGISTER};
use super::declare::{Folder, Town};
use super::tables::settle;
use super::times::{ms, quantiles, seconds};
use super::trace::mixed;
use crate::failure::{Failure, Outcome};
use crate::posts::Account;
use crate::store::Store;
use lianfang_exchange::SheetFormat;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{RegionId, RegionLevel, Words};
use lianfang_ledger::accounts;
use lianfang_ledger::read::{EntryFilter, Sight};
use lianfang_server::{ApiError, AppState, Config, Searching, Staff, entries_page, entries_sheet, find, staff_of};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant as Stopwatch};

/// Cards, unless another number is asked for.
const CASES: usize = 1_000_000;
/// Rows of a page.
pub(super) const ROWS: usize = 50;
/// Rows of the sheets: the most that one may have, nearly.
const SHEET_ROWS: usize = 199_000;
/// How often each thing is asked for at most.
const DRAWS: usize = 200;
/// Who reads the list and searches.
const READER: &str = "case-investigator";
/// Who fills the first card.
const WRITER: &str = "clinician";

/// Measures.
///
/// # Errors
/// The database is not empty.
pub fn run(args: &BenchArgs) -> Outcome<Json> {
    let folder = Folder::new()?;
    let store = folder.empty_store(args)?;
    let (town, accounts) = Town::found_with(&store, true)?;
    let list = CaseList::begin(&store, &town, account(&accounts, WRITER)?, args.people.unwrap_or(CASES))?;
    let begin = Stopwatch::now();
    list.write(&store)?;
    settle(&mut store.database.writer()?)?;
    let fill = begin.elapsed();
    let desk = Desk::open(&town, account(&accounts, READER)?, args.seconds)?;
    let mut told = json!({
        "bench": "cases", "cases": list.cards, "villages": town.villages.len(), "fill_s": fill.as_secs(),
        "sample_read": desk.read_sample(&list)?,
    });
    for (name, value) in pages(&desk, &list, &store)?
        .into_iter()
        .chain(narrowed(&desk, &list)?)
        .chain(by_region(&desk)?)
        .chain(searches(&desk, &list)?)
        .chain(sheets(&desk, &list, &store)?)
    {
        told[name] = value;
    }
    Ok(told)
}

pub(super) fn account<'a>(accounts: &'a [Account], role: &str) -> Outcome<&'a Account> {
    let found = accounts.iter().find(|account| account.role == role);
    found.ok_or_else(|| {
        Failure::new(
            Words::new(format!("没有 {role} 账号"), format!("there is no account of {role}")),
            Words::new("请先运行 lianfang pack check", "run lianfang pack check first"),
        )
    })
}

pub(super) fn refused(error: &ApiError) -> Failure {
    Failure::new(error.problem.what.clone(), error.problem.hint.clone())
}

/// Who asks, with what pages ask through.
pub(super) struct Desk<'a> {
    town: &'a Town,
    pub state: AppState,
    pub staff: Staff,
    pub runtime: tokio::runtime::Runtime,
    /// How long each thing is asked for.
    time: Duration,
}

impl<'a> Desk<'a> {
    pub fn open(town: &'a Town, account: &Account, seconds: u64) -> Outcome<Desk<'a>> {
        let state = AppState::new(town.ledger.clone(), Config::default());
        let staff = town.ledger.read(|reader| {
            let logins = accounts::list(reader.connection())?;
            let own = logins.into_iter().find(|login| login.id == account.id);
            Ok(own.and_then(|login| staff_of(reader, login, "web", String::new())))
        })?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        Ok(Desk {
            town,
            state,
            staff: staff.ok_or_else(Failure::said)?,
            runtime: runtime.map_err(|error| Failure::file(std::path::Path::new("tokio"), error))?,
            time: Duration::from_secs(seconds),
        })
    }

    /// Asks again and again, and tells how long that took and how many rows came in the mean.
    pub fn ask(&self, mut one: impl FnMut(usize) -> Outcome<usize>) -> Outcome<Json> {
        let (begin, mut times, mut rows) = (Stopwatch::now(), Vec::new(), 0);
        while times.len() < DRAWS && (times.is_empty() || begin.elapsed() < self.time) {
            let asked = Stopwatch::now();
            rows += one(times.len())?;
            times.push(asked.elapsed());
        }
        let ((half, most), draws) = (quantiles(&mut times), times.len());
        Ok(json!({ "p50_ms": ms(half), "p99_ms": ms(most), "draws": draws, "rows": rows / draws }))
    }

    /// A page of the list as this reader gets it, of cards unless the filter says another register; where the next begins.
    pub fn page(&self, staff: &Staff, filter: EntryFilter) -> Outcome<(usize, Option<String>)> {
        let filter = EntryFilter {
            register: filter.register.or_else(|| Some(REGISTER.to_owned())),
            limit: ROWS,
            ..filter
        };
        let page = self.runtime.block_on(entries_page(&self.state, staff, filter));
        let (page, _labels) = page.map_err(|error| refused(&error))?;
        Ok((page.items.len(), page.next))
    }

    pub fn pages_of(&self, filter: impl Fn(usize) -> EntryFilter) -> Outcome<Json> {
        self.ask(|n| Ok(self.page(&self.staff, filter(n))?.0))
    }

    /// Whoever is found, for a reader of this sight.
    fn found(&self, staff: &Staff, searching: Searching) -> Outcome<Vec<SubjectId>> {
        let found = self.runtime.block_on(find(&self.state, staff, searching));
        let found = found.map_err(|error| refused(&error))?;
        Ok(found.iter().map(|found| found.view.id).collect())
    }

    /// Cards that were written past the ledger, read back by its reader: how many of a hundred are whole.
    fn read_sample(&self, list: &CaseList<'_>) -> Outcome<usize> {
        let mut whole = 0;
        for n in (0..list.cards).step_by((list.cards / 100).max(1)).take(100) {
            let ((subject, entry), person) = (list.ids(n), list.person(n));
            let (item, sealed, identity) = self.town.ledger.read(|reader| {
                let item = reader.entry(&self.staff.sight, entry)?;
                Ok((item, reader.sealed_fields(entry)?, reader.identity(subject)?))
            })?;
            let by_number = self.found(&self.staff, by("cn_id", &person.cn_id))?;
            let is_named = identity.is_some_and(|identity| identity.name.as_ref() == Some(&person.name));
            let is_sealed = sealed.is_some_and(|sealed| sealed.contains_key("address"));
            let is_listed = item
                .is_some_and(|item| item.subject == subject && item.body["card_no"].as_str() == Some(&*n.to_string()));
            whole += usize::from(is_listed && is_named && is_sealed && by_number == [subject]);
        }
        Ok(whole)
    }
}

fn by(kind: &str, value: &str) -> Searching {
    let mut searching = Searching {
        purpose: "性能测试".to_owned(),
        identifiers: BTreeMap::new(),
        name_part: None,
        last4: None,
    };
    match kind {
        "name" => searching.name_part = Some(value.to_owned()),
        "last4" => searching.last4 = Some(value.to_owned()),
        _ => drop(searching.identifiers.insert(kind.to_owned(), value.to_owned())),
    }
    searching
}

fn is(field: &str, value: &str) -> EntryFilter {
    EntryFilter {
        fields: vec![(field.to_owned(), value.to_owned())],
        ..EntryFilter::default()
    }
}

/// So many days from that of the `n`th card.
fn during(desk: &Desk<'_>, list: &CaseList<'_>, n: usize, days: i64) -> EntryFilter {
    let zone = &desk.town.ledger.snapshot().zone;
    let day = zone.day_of(list.at(n));
    EntryFilter {
        from: Some(zone.start_of(day)),
        to: Some(zone.start_of(day.plus(days))),
        ..EntryFilter::default()
    }
}

/// Regions of a level that have villages.
pub(super) fn of_level(desk: &Desk<'_>, level: RegionLevel) -> Vec<RegionId> {
    let snapshot = desk.town.ledger.snapshot();
    let villages = desk.town.villages.iter();
    let mut found: Vec<RegionId> = villages
        .filter_map(|id| Some(snapshot.regions.ancestor(id, level)?.id.clone()))
        .collect();
    found.dedup();
    found
}

pub(super) fn draw(regions: &[RegionId], n: usize) -> Option<RegionId> {
    regions.get(mixed(n) % regions.len().max(1)).cloned()
}

/// One page of the list after another, and from anywhere.
fn pages(desk: &Desk<'_>, list: &CaseList<'_>, store: &Store) -> Outcome<Map<String, Json>> {
    let random = |n: usize| mixed(n + 1) % list.cards;
    let mut told = Map::new();
    let mut tell = |name: &str, value: Json| drop(told.insert(name.to_owned(), value));
    tell("page_first", desk.pages_of(|_| EntryFilter::default())?);
    let mut next = None;
    let following = desk.ask(|_| {
        let filter = EntryFilter {
            cursor: next.take(),
            ..EntryFilter::default()
        };
        let (rows, after) = desk.page(&desk.staff, filter)?;
        next = after;
        Ok(rows)
    });
    tell("page_following", following?);
    let from = |n: usize| EntryFilter {
        cursor: Some(format!("{}_{}", list.recorded_at(n).0, list.ids(n).1)),
        ..EntryFilter::default()
    };
    tell("page_deep", desk.pages_of(|n| from(random(n)))?);
    let known_at = |n: usize| EntryFilter {
        as_of: Some(list.recorded_at(n)),
        ..EntryFilter::default()
    };
    tell("as_of", desk.pages_of(|n| known_at(random(n)))?);
    let of = |n: usize| EntryFilter {
        subject: Some(list.ids(n).0),
        ..EntryFilter::default()
    };
    tell("subject", desk.pages_of(|n| of(random(n)))?);
    let mut reader = store.database.reader()?;
    let bare = desk.ask(|n| {
        let sql = format!("select * from entry where subject >= $1 order by subject limit {ROWS}");
        Ok(reader.query(&sql, &[list.ids(random(n)).0.0.into()])?.len())
    });
    tell("floor_page", bare?);
    Ok(told)
}

/// The first page, narrowed by what the cards say.
fn narrowed(desk: &Desk<'_>, list: &CaseList<'_>) -> Outcome<Map<String, Json>> {
    let random = |n: usize| mixed(n + 1) % list.cards;
    let (classes, townships) = (
        ["confirmed", "clinical", "suspected"],
        of_level(desk, RegionLevel::Township),
    );
    let mut told = Map::new();
    let mut tell = |name: &str, value: Json| drop(told.insert(name.to_owned(), value));
    tell("class", desk.pages_of(|n| is("class", classes[n % 3]))?);
    tell("class_rare_and_old", desk.pages_of(|_| is("class", "carrier"))?);
    tell("disease_rare_and_old", desk.pages_of(|_| is("disease", RARE.1))?);
    tell("disease_never", desk.pages_of(|_| is("disease", NEVER))?);
    tell("sex_not_indexed", desk.pages_of(|_| is("sex", "male"))?);
    tell("kind_not_indexed_rare", desk.pages_of(|_| is("card_kind", "revised"))?);
    let flagged = EntryFilter {
        flagged: true,
        ..EntryFilter::default()
    };
    tell("flagged_and_old", desk.pages_of(|_| flagged.clone())?);
    tell("days_lately", desk.pages_of(|_| during(desk, list, list.cards - 1, 7))?);
    tell("days_anywhere", desk.pages_of(|n| during(desk, list, random(n), 7))?);
    let there = |n: usize| EntryFilter {
        region: draw(&townships, n),
        ..is("class", classes[n % 3])
    };
    tell("class_and_township", desk.pages_of(there)?);
    let there_then = |n: usize| EntryFilter {
        region: draw(&townships, n),
        fields: is("class", classes[n % 3]).fields,
        ..during(desk, list, random(n), 90)
    };
    tell("class_township_and_days", desk.pages_of(there_then)?);
    Ok(told)
}

/// The first page, narrowed to regions of every size, and as those see it who are responsible for one.
fn by_region(desk: &Desk<'_>) -> Outcome<Map<String, Json>> {
    let mut told = Map::new();
    for (name, regions) in [
        ("county", of_level(desk, RegionLevel::County)),
        ("township", of_level(desk, RegionLevel::Township)),
        ("village", desk.town.villages.clone()),
    ] {
        let within = |n: usize| EntryFilter {
            region: draw(&regions, n),
            ..EntryFilter::default()
        };
        told.insert(name.to_owned(), desk.pages_of(within)?);
    }
    let mut of_village = desk.staff.clone();
    let seen = desk.ask(|n| {
        of_village.sight = draw(&desk.town.villages, n).map_or(Sight::Nothing, Sight::Region);
        Ok(desk.page(&of_village, EntryFilter::default())?.0)
    });
    told.insert("sight_of_a_village".to_owned(), seen?);
    Ok(told)
}

/// People by parts of what they are called.
fn searches(desk: &Desk<'_>, list: &CaseList<'_>) -> Outcome<Map<String, Json>> {
    let random = |n: usize| mixed(n + 1) % list.cards;
    let part = |n: usize, from: usize, count: usize| -> String {
        let name = list.person(random(n)).name;
        name.chars().skip(from).take(count).collect()
    };
    let last4 = |n: usize| list.person(random(n)).cn_id[14..].to_owned();
    let mut of_village = desk.staff.clone();
    let mut told = Map::new();
    let mut search = |name: &str, staff: &Staff, asked: &dyn Fn(usize) -> Searching, is_one: bool| -> Outcome {
        let mut missed = 0;
        let mut value = desk.ask(|n| {
            let found = desk.found(staff, asked(n))?;
            missed += usize::from(!found.contains(&list.ids(random(n)).0));
            Ok(found.len())
        })?;
        if is_one {
            value["missed"] = missed.into();
        }
        told.insert(name.to_owned(), value);
        Ok(())
    };
    let own = &desk.staff;
    search("name_whole", own, &|n| by("name", &part(n, 0, 4)), false)?;
    search("name_two_signs", own, &|n| by("name", &part(n, 2, 2)), false)?;
    search("name_surname", own, &|n| by("name", &part(n, 0, 1)), false)?;
    search("name_of_everybody", own, &|_| by("name", "演"), false)?;
    search("pinyin_of_everybody", own, &|_| by("name", "yan"), false)?;
    search("pinyin_surname", own, &|_| by("name", "zhang"), false)?;
    search("pinyin_initials", own, &|_| by("name", "zyss"), false)?;
    search("last4", own, &|n| by("last4", &last4(n)), false)?;
    search("cn_id", own, &|n| by("cn_id", &list.person(random(n)).cn_id), true)?;
    let both = |n: usize| Searching {
        name_part: Some(part(n, 0, 1)),
        ..by("last4", &last4(n))
    };
    search("surname_and_last4", own, &both, true)?;
    let all_and_number = |n: usize| Searching {
        name_part: Some("演".to_owned()),
        ..by("cn_id", &list.person(random(n)).cn_id)
    };
    search("everybody_and_cn_id", own, &all_and_number, true)?;
    // Where the fewest are.
    of_village.sight = desk.town.villages.last().cloned().map_or(Sight::Nothing, Sight::Region);
    search(
        "surname_in_a_village",
        &of_village,
        &|n| by("name", &part(n, 0, 1)),
        false,
    )?;
    Ok(told)
}

/// As many rows as a sheet may have.
fn sheets(desk: &Desk<'_>, list: &CaseList<'_>, store: &Store) -> Outcome<Map<String, Json>> {
    let rows = SHEET_ROWS.min(list.cards / 2);
    let mut told = Map::new();
    let stretch = |first: usize| EntryFilter {
        from: Some(list.at(first)),
        to: Some(list.at(first + rows)),
        ..EntryFilter::default()
    };
    for (name, first, format) in [
        ("csv_lately", list.cards - 1 - rows, SheetFormat::Csv),
        ("xlsx_lately", list.cards - 1 - rows, SheetFormat::Xlsx),
        ("csv_of_old", 0, SheetFormat::Csv),
    ] {
        let begin = Stopwatch::now();
        let sheet = entries_sheet(&desk.state, &desk.staff, REGISTER, stretch(first), format);
        desk.runtime.block_on(sheet).map_err(|error| refused(&error))?;
        told.insert(name.to_owned(), json!({ "s": seconds(begin.elapsed()) }));
    }
    let (begin, mut read) = (Stopwatch::now(), 0);
    let sql = format!("select * from entry order by subject, id limit {rows}");
    store.database.reader()?.for_each(&sql, &[], &mut |_| {
        read += 1;
        Ok(())
    })?;
    told.insert("sheet_rows".to_owned(), read.into());
    told.insert("floor_sheet".to_owned(), json!({ "s": seconds(begin.elapsed()) }));
    Ok(told)
}
