//! A county on an ordinary day: people and households on file, some people watched twice a day for up to two months, units
//! with classes. Measured are the lists that everybody opens, the planning when a day or a slot begins, and the morning
//! checks at ten times the rate of a morning.
//!
//! People without anything open are written past the ledger: they only have to be there. Whoever is watched comes in through
//! it; most of their days are copied ([`super::county_history`]).

use super::BenchArgs;
use super::declare::{Folder, founded};
use super::tables::{insert, settle};
use super::times::{ms, quantiles};
use crate::failure::{Failure, Outcome};
use crate::say;
use crate::store::{Store, wait};
use lianfang_db::{Column, ColumnKind};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Clock as _, Instant, ManualClock, RegionId, SystemClock, TimeOfDay, Words};
use lianfang_ledger::read::{CoverageQuery, Sight, TaskFilter};
use lianfang_ledger::wire::{Author, EntryAnswer, NewEntry};
use lianfang_ledger::{Function, Ledger, NewOrg};
use lianfang_policy::load::Source;
use lianfang_policy::model::Covered;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};
use uuid::Uuid;

/// A county of so many people has so many households, so many watched, and so many units.
const PER_COUNTY: [usize; 4] = [500_000, 180_000, 40_000, 600];
/// The county whose villages they live in.
const COUNTY: &str = "620502";
/// Classes of a unit.
const CLASSES: usize = 30;
/// A morning in seconds, and how many times its rate is sent.
const MORNING_S: usize = 20 * 60;
const TIMES: usize = 10;
/// People written in one transaction; entries sent in one piece.
const BATCH: usize = 20_000;
const PIECE: usize = 500;
/// How often each list is opened, and how often the long ones.
const OPENED: usize = 200;
const OPENED_LONG: usize = 20;
/// So many names are shown of a list.
const NAMED: usize = 500;
/// Who send at the same moment.
const SUBMITTERS: usize = 64;

/// Whoever arrives takes the temperature twice a day for sixty days; every midnight it is over for some.
const PACK: &str = r#"
[pack]
id = "bench-county"
title = { zh = "性能测试", en = "Benchmark" }
needs = ["arrivals", "isolation"]

[protocol.bench-watch]
title = { zh = "监测", en = "Watch" }
enrol = { on = ["arrival"] }
task = [{ id = "temperature", title = { zh = "体温", en = "Temperature" }, owner = "territory(subject)", expects = "temperature", slots = ["06:00-10:00", "16:00-20:00"], days = "0..59" }]
release = [{ outcome = "over", when = "days >= 60" }]
"#;

/// How large it is.
struct Size {
    people: usize,
    households: usize,
    watched: usize,
    units: usize,
}

pub(super) struct County {
    pub(super) ledger: Ledger,
    clock: ManualClock,
    villages: Vec<RegionId>,
    /// The community of each village.
    desks: Vec<SubjectId>,
}

/// Measures.
///
/// # Errors
/// The database is not empty; what was copied is not what planning says.
pub fn run(args: &BenchArgs) -> Outcome<Json> {
    let people = args.people.unwrap_or(PER_COUNTY[0]);
    let part = |of: usize| (people * of / PER_COUNTY[0]).max(1);
    let size = Size {
        people,
        households: part(PER_COUNTY[1]),
        watched: part(PER_COUNTY[2]),
        units: part(PER_COUNTY[3]),
    };
    let folder = Folder::new()?;
    let store = folder.empty_store(args)?;
    let filled = Stopwatch::now();
    let mut county = County::found(&store)?;
    county.write_people(&store, &size)?;
    county.add_communities()?;
    county.watch(&store, size.watched)?;
    // Schools begin today: what all their classes miss in two months would take an hour to tell.
    let classes = county.add_units(size.units)?;
    county.check_copies()?;
    settle(&mut store.database.writer()?)?;
    say::err(say::pick("已备好", "filled"));
    let fill_s = filled.elapsed().as_secs_f64();
    let mut told = json!({
        "bench": "county", "people": size.people, "households": size.households, "watched": size.watched,
        "units": size.units, "fill_s": fill_s.round(),
    });
    let lists = [
        ("tasks", county.open_tasks()?),
        ("gaps_township", county.open_gaps(&county.townships(), OPENED)?),
        ("gaps_county", county.open_gaps(&[RegionId::new(COUNTY)], OPENED)?),
        ("rows_township", county.open_rows(&county.townships(), OPENED)?),
        ("rows_county", county.open_rows(&[RegionId::new(COUNTY)], OPENED_LONG)?),
    ];
    for (name, (half, most)) in lists {
        told[format!("{name}_p50_ms")] = ms(half).into();
        told[format!("{name}_p99_ms")] = ms(most).into();
    }
    let morning = county.morning(&classes, args.seconds)?;
    told["morning_per_s"] = morning.0.round().into();
    told["morning_wanted_per_s"] = (size.units * CLASSES * TIMES).div_ceil(MORNING_S).into();
    told["morning_p99_ms"] = ms(morning.1).into();
    told["sweep_ms"] = ms(county.sweep()?).into();
    for (name, (took, planned)) in county.night()? {
        told[format!("{name}_s")] = took.as_secs_f64().into();
        told[format!("{name}_subjects")] = planned.into();
    }
    Ok(told)
}

pub(super) fn time(text: &str) -> TimeOfDay {
    TimeOfDay::parse(text).expect("a time of the day")
}

pub(super) fn entry(ledger: &Ledger, mut value: Json) -> Outcome<NewEntry> {
    value["id"] = ledger.new_id().to_string().into();
    serde_json::from_value(value).map_err(|error| Failure::file(std::path::Path::new("entry"), error))
}

fn org(kind: &str, village: RegionId, parent: Option<SubjectId>) -> NewOrg {
    NewOrg {
        id: None,
        kind_type: kind.to_owned(),
        name: Words::new("样例", "Sample"),
        region: village,
        sector: None,
        parent,
        functions: Vec::new(),
    }
}

impl County {
    fn found(store: &Store) -> Outcome<County> {
        let own = Source {
            path: "bench-county/pack.toml".to_owned(),
            text: PACK.to_owned(),
        };
        let clock = ManualClock::at(SystemClock.now());
        let mut founded = founded(store, vec![own], Arc::new(clock.clone()), false)?;
        founded.villages.retain(|village| village.as_str().starts_with(COUNTY));
        let county = County {
            ledger: founded.ledger,
            clock,
            villages: founded.villages,
            desks: Vec::new(),
        };
        county.go_to(1, time("07:00"));
        Ok(county)
    }

    /// Moves the clock to a time of the day so many days from now.
    pub(super) fn go_to(&self, days: i64, time: TimeOfDay) {
        let zone = &self.ledger.snapshot().zone;
        let day = zone.day_of(self.ledger.now()).plus(days);
        self.clock.set(zone.at(day, time));
    }

    pub(super) fn village(&self, n: usize) -> RegionId {
        self.villages
            .get(n % self.villages.len().max(1))
            .cloned()
            .unwrap_or_else(|| self.ledger.snapshot().city.clone())
    }

    /// The community of the village that somebody with this number lives in.
    pub(super) fn desk_of(&self, n: usize) -> Option<SubjectId> {
        self.desks.get(n % self.villages.len().max(1)).copied()
    }

    fn townships(&self) -> Vec<RegionId> {
        let snapshot = self.ledger.snapshot();
        let of = |village: &RegionId| snapshot.regions.get(village)?.parent.clone();
        let mut townships: Vec<RegionId> = self.villages.iter().filter_map(of).collect();
        townships.sort();
        townships.dedup();
        townships
    }

    /// Households, and the people who are not watched, each in one of them.
    fn write_people(&self, store: &Store, size: &Size) -> Outcome {
        let household = |n: usize| Uuid::from_u128(0x0190_0000_0001_7000_8000_0000_0000_0000 + n as u128);
        self.write_subjects(store, "household", size.households, |n| (household(n), None))?;
        let person = |n: usize| Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n as u128);
        self.write_subjects(store, "person", size.people - size.watched, |n| {
            (person(n), Some(household(n % size.households)))
        })
    }

    fn write_subjects(
        &self,
        store: &Store,
        kind: &str,
        count: usize,
        ids: impl Fn(usize) -> (Uuid, Option<Uuid>),
    ) -> Outcome {
        const SUBJECT: [Column<'static>; 7] = [
            Column::new("id", ColumnKind::Uuid),
            Column::new("kind", ColumnKind::Text),
            Column::new("kind_type", ColumnKind::Text),
            Column::new("region", ColumnKind::Text),
            Column::new("path", ColumnKind::Text),
            Column::new("unit", ColumnKind::Uuid),
            Column::new("since", ColumnKind::Int),
        ];
        let snapshot = self.ledger.snapshot();
        let bar = say::progress(count as u64, "建档", "files");
        let mut writer = store.database.writer()?;
        for first in (0..count).step_by(BATCH) {
            let last = count.min(first + BATCH);
            let row = |n: usize| {
                let village = self.village(n);
                let (id, unit) = ids(n);
                vec![
                    id.into(),
                    kind.into(),
                    kind.into(),
                    village.as_str().into(),
                    snapshot.regions.path(&village).into(),
                    unit.into(),
                    0_i64.into(),
                ]
            };
            let rows: Vec<_> = (first..last).map(row).collect();
            writer.begin()?;
            insert(&mut writer, "subject", &SUBJECT, &rows)?;
            writer.commit()?;
            bar.inc((last - first) as u64);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// A community in each village.
    fn add_communities(&mut self) -> Outcome {
        let community = |village: &RegionId| NewOrg {
            functions: vec![Function {
                function: "community".to_owned(),
                region: Some(village.clone()),
            }],
            ..org("community", village.clone(), None)
        };
        let communities = self.villages.iter().map(community).collect();
        self.desks = wait(self.ledger.add_orgs(Author::system(), communities))?;
        Ok(())
    }

    /// Units with their classes.
    fn add_units(&self, units: usize) -> Outcome<Vec<SubjectId>> {
        let schools = (0..units).map(|n| org("school", self.village(n), None)).collect();
        let schools = wait(self.ledger.add_orgs(Author::system(), schools))?;
        let of = |(n, school): (usize, &SubjectId)| {
            let one = org("school_class", self.village(n), Some(*school));
            std::iter::repeat_n(one, CLASSES)
        };
        let classes: Vec<NewOrg> = schools.iter().enumerate().flat_map(of).collect();
        wait(self.ledger.add_orgs(Author::system(), classes))
    }

    /// Sends entries in pieces, a few of them on the way at a time.
    pub(super) fn send(
        &self,
        entries: impl Iterator<Item = Outcome<NewEntry>>,
        (zh, en): (&str, &str),
        mut each: impl FnMut(&EntryAnswer),
    ) -> Outcome {
        let entries = entries.collect::<Outcome<Vec<NewEntry>>>()?;
        let bar = say::progress(entries.len() as u64, zh, en);
        let mut waiting = std::collections::VecDeque::new();
        for piece in entries.chunks(PIECE) {
            waiting.push_back(self.ledger.append(Author::system(), piece.to_vec()));
            if waiting.len() >= 4
                && let Some(oldest) = waiting.pop_front()
            {
                wait(oldest)?.results.iter().for_each(&mut each);
            }
            bar.inc(piece.len() as u64);
        }
        for reply in waiting {
            wait(reply)?.results.iter().for_each(&mut each);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Whoever was copied is planned to the very rows that were copied.
    fn check_copies(&self) -> Outcome {
        let village = self.village(self.villages.len() / 2);
        let (query, now) = (self.asked(&village), self.ledger.now());
        let kept = self.ledger.read(|reader| reader.coverage(&query))?;
        let as_of = Some(now);
        let planned = CoverageQuery { as_of, ..query };
        let planned = self.ledger.read(|reader| reader.coverage(&planned))?;
        if json!(kept.rows) != json!(planned.rows) || kept.rows.is_empty() {
            let rows = (kept.rows.len(), planned.rows.len());
            return Err(Failure::new(
                Words::new(
                    format!("写入的往日与重算的不符：{rows:?}"),
                    format!("what was copied is not what planning says: {rows:?}"),
                ),
                Words::new("请报告此错误", "please report this"),
            ));
        }
        Ok(())
    }

    fn asked(&self, region: &RegionId) -> CoverageQuery {
        let today = self.ledger.snapshot().zone.day_of(self.ledger.now());
        CoverageQuery {
            of: Covered::Task {
                protocol: "bench-watch".to_owned(),
                task: "temperature".to_owned(),
            },
            filter: None,
            region: region.clone(),
            days: Some((today, today)),
            campaign: None,
            as_of: None,
        }
    }

    /// Today's tasks of one desk after another.
    fn open_tasks(&self) -> Outcome<(Duration, Duration)> {
        let mut times = Vec::with_capacity(OPENED);
        for n in 0..OPENED {
            let desk = self.desks[n * 7 % self.desks.len().max(1)];
            let filter = TaskFilter {
                state: Some("due".to_owned()),
                own: Some(desk),
                limit: 100,
                ..TaskFilter::default()
            };
            let begin = Stopwatch::now();
            self.ledger.read(|reader| reader.tasks(&Sight::Org(desk), &filter))?;
            times.push(begin.elapsed());
        }
        Ok(quantiles(&mut times))
    }

    /// Who has not been measured today, as the page shows it: counted, and the first of them named.
    fn open_gaps(&self, regions: &[RegionId], times: usize) -> Outcome<(Duration, Duration)> {
        self.open(regions, times, |query| {
            self.ledger.read(|reader| reader.gap_summary(query, NAMED))?;
            Ok(())
        })
    }

    /// The whole list with what became of everybody, without names.
    fn open_rows(&self, regions: &[RegionId], times: usize) -> Outcome<(Duration, Duration)> {
        self.open(regions, times, |query| {
            self.ledger.read(|reader| reader.coverage(query))?;
            Ok(())
        })
    }

    fn open(
        &self,
        regions: &[RegionId],
        times: usize,
        open: impl Fn(&CoverageQuery) -> Outcome,
    ) -> Outcome<(Duration, Duration)> {
        let mut took = Vec::with_capacity(times);
        for n in 0..times {
            let query = self.asked(&regions[n % regions.len().max(1)]);
            let begin = Stopwatch::now();
            open(&query)?;
            took.push(begin.elapsed());
        }
        Ok(quantiles(&mut took))
    }

    /// Morning checks, one a call, from many at once: how many a second, and how long one waits.
    fn morning(&self, classes: &[SubjectId], seconds: u64) -> Outcome<(f64, Duration)> {
        let (next, until) = (AtomicUsize::new(0), Duration::from_secs(seconds));
        let begin = Stopwatch::now();
        let send = || -> Outcome<Vec<Duration>> {
            let mut times = Vec::new();
            while begin.elapsed() < until {
                let Some(class) = classes.get(next.fetch_add(1, Ordering::Relaxed)) else {
                    break;
                };
                let body = json!({ "roll": 40, "checked": 39, "absent": 1, "fever": 0, "cough": 0, "sore_throat": 0 });
                let check = entry(
                    &self.ledger,
                    json!({ "register": "morning_check", "subject": class, "body": body }),
                )?;
                let sent = Stopwatch::now();
                wait(self.ledger.append(Author::system(), vec![check]))?;
                times.push(sent.elapsed());
            }
            Ok(times)
        };
        let all = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..SUBMITTERS).map(|_| scope.spawn(send)).collect();
            senders
                .into_iter()
                .filter_map(|sender| sender.join().ok())
                .collect::<Outcome<Vec<Vec<Duration>>>>()
        })?;
        let took = begin.elapsed().as_secs_f64();
        let mut times: Vec<Duration> = all.into_iter().flatten().collect();
        Ok((times.len() as f64 / took, quantiles(&mut times).1))
    }

    /// The tick of an hour in which nothing falls due: what time alone moves is looked at.
    fn sweep(&self) -> Outcome<Duration> {
        while wait(self.ledger.tick())? > 0 {}
        self.clock.set(Instant(self.ledger.now().0 + 3_600_000));
        let begin = Stopwatch::now();
        wait(self.ledger.tick())?;
        Ok(begin.elapsed())
    }

    /// What falls due by time alone: at midnight, and when the first slot of the day begins.
    fn night(&self) -> Outcome<[(&'static str, (Duration, usize)); 3]> {
        self.go_to(0, time("20:30"));
        let evening = self.tick_all()?;
        self.go_to(1, time("00:00"));
        self.clock.set(Instant(self.ledger.now().0 + 1_000));
        let night = self.tick_all()?;
        self.go_to(0, time("06:01"));
        let slot = self.tick_all()?;
        Ok([("evening", evening), ("night", night), ("slot", slot)])
    }

    fn tick_all(&self) -> Outcome<(Duration, usize)> {
        let (begin, mut planned) = (Stopwatch::now(), 0);
        loop {
            match wait(self.ledger.tick())? {
                0 => return Ok((begin.elapsed(), planned)),
                n => planned += n,
            }
        }
    }
}
