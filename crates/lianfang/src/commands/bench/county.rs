//! A county on an ordinary day: people on file, some of them watched twice a day, units with classes. Measured are the two
//! lists that everybody opens, the planning at midnight, and the morning checks at ten times the rate of a morning.
//!
//! People without anything open are written past the ledger: they only have to be there. Whoever is watched comes in through it.

use super::BenchArgs;
use super::declare::Folder;
use crate::activation::{LoadOrTell, PackSources};
use crate::embedded;
use crate::failure::{Failure, Outcome};
use crate::founding::{self, Founding};
use crate::say;
use crate::store::{Store, wait};
use lianfang_db::{Column, ColumnKind, Insert, OnConflict};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Clock as _, Instant, ManualClock, RegionId, RegionLevel, SystemClock, TimeOfDay, Words};
use lianfang_ledger::read::{CoverageQuery, Sight, TaskFilter};
use lianfang_ledger::wire::{Author, NewEntry};
use lianfang_ledger::{Function, Ledger, NewOrg};
use lianfang_policy::load::Source;
use lianfang_policy::model::Covered;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant as Stopwatch};
use uuid::Uuid;

/// A county of so many people has so many watched, and so many units.
const PER_COUNTY: [usize; 3] = [500_000, 40_000, 600];
/// Classes of a unit.
const CLASSES: usize = 30;
/// A morning in seconds, and how many times its rate is sent.
const MORNING_S: usize = 20 * 60;
const TIMES: usize = 10;
/// People written in one transaction; entries sent in one piece.
const BATCH: usize = 20_000;
const PIECE: usize = 500;
/// How often each list is opened.
const OPENED: usize = 200;
/// Who send at the same moment.
const SUBMITTERS: usize = 64;

/// Whoever arrives takes the temperature twice a day for sixty days.
const PACK: &str = r#"
[pack]
id = "bench-county"
title = { zh = "性能测试", en = "Benchmark" }
needs = ["arrivals", "isolation"]

[protocol.bench-watch]
title = { zh = "监测", en = "Watch" }
enrol = { on = ["arrival"] }
task = [{ id = "temperature", title = { zh = "体温", en = "Temperature" }, owner = "territory(subject)", expects = "temperature", slots = ["06:00-10:00", "16:00-20:00"], days = "0..60" }]
release = [{ outcome = "over", when = "days >= 61" }]
"#;

/// How large it is.
struct Size {
    people: usize,
    watched: usize,
    units: usize,
}

struct County {
    ledger: Ledger,
    clock: ManualClock,
    villages: Vec<RegionId>,
}

/// Measures.
///
/// # Errors
/// The database is not empty.
pub fn run(args: &BenchArgs) -> Outcome<Json> {
    let people = args.people.unwrap_or(PER_COUNTY[0]);
    let part = |of: usize| (people * of / PER_COUNTY[0]).max(1);
    let size = Size {
        people,
        watched: part(PER_COUNTY[1]),
        units: part(PER_COUNTY[2]),
    };
    let folder = Folder::new()?;
    let store = folder.empty_store(args)?;
    let county = County::found(&store)?;
    county.write_people(&store, size.people - size.watched)?;
    let (desks, classes) = county.add_units(size.units)?;
    let filled = Stopwatch::now();
    county.watch(size.watched)?;
    let fill_s = filled.elapsed().as_secs_f64();
    store.database.writer()?.execute("analyze", &[])?;
    let tasks = county.open_tasks(&desks)?;
    let gaps = county.open_gaps()?;
    let morning = county.morning(&classes, args.seconds)?;
    let (night, planned) = county.night()?;
    let wanted = (size.units * CLASSES * TIMES).div_ceil(MORNING_S);
    Ok(json!({
        "bench": "county", "people": size.people, "watched": size.watched, "units": size.units,
        "fill_per_s": (size.watched as f64 / fill_s).round(),
        "tasks_p50_ms": ms(tasks.0), "tasks_p99_ms": ms(tasks.1), "gaps_p50_ms": ms(gaps.0), "gaps_p99_ms": ms(gaps.1),
        "morning_per_s": morning.0.round(), "morning_wanted_per_s": wanted, "morning_p99_ms": ms(morning.1),
        "night_s": night.as_secs_f64(), "night_subjects": planned,
    }))
}

fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}

fn time(text: &str) -> TimeOfDay {
    TimeOfDay::parse(text).expect("a time of the day")
}

/// The half and the ninety-ninth hundredth.
fn quantiles(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    let at = |n: usize| times.get(times.len() * n / 100).copied().unwrap_or_default();
    (at(50), at(99))
}

fn entry(ledger: &Ledger, mut value: Json) -> Outcome<NewEntry> {
    value["id"] = ledger.new_id().to_string().into();
    serde_json::from_value(value).map_err(|error| Failure::file(std::path::Path::new("entry"), error))
}

impl County {
    fn found(store: &Store) -> Outcome<County> {
        let own = Source {
            path: "bench-county/pack.toml".to_owned(),
            text: PACK.to_owned(),
        };
        let sources = PackSources::new(embedded::packs(), vec![own]);
        let model = Arc::new(sources.load()?.model);
        let regions = founding::regions_for("6205", None)?;
        let villages = regions
            .iter()
            .filter(|region| region.level == RegionLevel::Village)
            .map(|region| region.id.clone())
            .collect();
        let founding = Founding {
            city: "6205".to_owned(),
            regions,
            sources,
            model,
            demonstration: false,
            test_clock: true,
            every_role: false,
        };
        let clock = ManualClock::at(SystemClock.now());
        let (ledger, _) = founding::found(store, &founding, Arc::new(clock.clone()))?;
        let county = County {
            ledger,
            clock,
            villages,
        };
        county.go_to(1, time("07:00"));
        Ok(county)
    }

    /// Moves the clock to a time of the day so many days from now.
    fn go_to(&self, days: i64, time: TimeOfDay) {
        let zone = &self.ledger.snapshot().zone;
        let day = zone.day_of(self.ledger.now()).plus(days);
        self.clock.set(zone.at(day, time));
    }

    fn village(&self, n: usize) -> RegionId {
        self.villages
            .get(n % self.villages.len().max(1))
            .cloned()
            .unwrap_or_else(|| self.ledger.snapshot().city.clone())
    }

    fn write_people(&self, store: &Store, people: usize) -> Outcome {
        const SUBJECT: [Column<'static>; 6] = [
            Column::new("id", ColumnKind::Uuid),
            Column::new("kind", ColumnKind::Text),
            Column::new("kind_type", ColumnKind::Text),
            Column::new("region", ColumnKind::Text),
            Column::new("path", ColumnKind::Text),
            Column::new("since", ColumnKind::Int),
        ];
        let snapshot = self.ledger.snapshot();
        let bar = say::progress(people as u64, "建档", "files");
        let mut writer = store.database.writer()?;
        for first in (0..people).step_by(BATCH) {
            let last = people.min(first + BATCH);
            let row = |n: usize| {
                let village = self.village(n);
                vec![
                    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n as u128).into(),
                    "person".into(),
                    "person".into(),
                    village.as_str().into(),
                    snapshot.regions.path(&village).into(),
                    0_i64.into(),
                ]
            };
            let rows: Vec<_> = (first..last).map(row).collect();
            writer.begin()?;
            writer.insert_rows(&Insert {
                table: "subject",
                columns: &SUBJECT,
                rows: &rows,
                on_conflict: OnConflict::Fail,
            })?;
            writer.commit()?;
            bar.inc((last - first) as u64);
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// A community in each village, and units with their classes.
    fn add_units(&self, units: usize) -> Outcome<(Vec<SubjectId>, Vec<SubjectId>)> {
        let org = |kind: &str, village: RegionId, parent: Option<SubjectId>| NewOrg {
            id: None,
            kind_type: kind.to_owned(),
            name: Words::new("样例", "Sample"),
            region: village.clone(),
            sector: None,
            parent,
            functions: match kind {
                "community" => vec![Function {
                    function: "community".to_owned(),
                    region: Some(village),
                }],
                _ => Vec::new(),
            },
        };
        let communities = self
            .villages
            .iter()
            .map(|village| org("community", village.clone(), None));
        let desks = wait(self.ledger.add_orgs(Author::system(), communities.collect()))?;
        let schools = (0..units).map(|n| org("school", self.village(n), None)).collect();
        let schools = wait(self.ledger.add_orgs(Author::system(), schools))?;
        let of = |(n, school): (usize, &SubjectId)| {
            let one = org("school_class", self.village(n), Some(*school));
            std::iter::repeat_n(one, CLASSES)
        };
        let classes: Vec<NewOrg> = schools.iter().enumerate().flat_map(of).collect();
        let classes = wait(self.ledger.add_orgs(Author::system(), classes))?;
        Ok((desks, classes))
    }

    /// So many people arrive and are watched from then on.
    fn watch(&self, people: usize) -> Outcome {
        let bar = say::progress(people as u64, "纳管", "enrolled");
        let mut waiting = std::collections::VecDeque::new();
        for first in (0..people).step_by(PIECE) {
            let last = people.min(first + PIECE);
            let one = |n: usize| {
                entry(
                    &self.ledger,
                    json!({
                        "register": "arrival", "region": self.village(n),
                        "subject": { "type": "person", "identifiers": { "id_doc": format!("E{n:08}") }, "name": "样例" },
                        "body": { "place_type": "home" },
                    }),
                )
            };
            let entries = (first..last).map(one).collect::<Outcome<Vec<NewEntry>>>()?;
            waiting.push_back(self.ledger.append(Author::system(), entries));
            if waiting.len() >= 4
                && let Some(oldest) = waiting.pop_front()
            {
                wait(oldest)?;
            }
            bar.inc((last - first) as u64);
        }
        for reply in waiting {
            wait(reply)?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// Today's tasks of one desk after another.
    fn open_tasks(&self, desks: &[SubjectId]) -> Outcome<(Duration, Duration)> {
        let mut times = Vec::with_capacity(OPENED);
        for n in 0..OPENED {
            let desk = desks[n * 7 % desks.len().max(1)];
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
        Ok(quantiles(times))
    }

    /// Who has not been measured today, by township.
    fn open_gaps(&self) -> Outcome<(Duration, Duration)> {
        let snapshot = self.ledger.snapshot();
        let today = snapshot.zone.day_of(self.ledger.now());
        let mut times = Vec::with_capacity(OPENED);
        for n in 0..OPENED {
            let village = self.village(n * 13);
            let township = snapshot.regions.get(&village).and_then(|region| region.parent.clone());
            let query = CoverageQuery {
                of: Covered::Task {
                    protocol: "bench-watch".to_owned(),
                    task: "temperature".to_owned(),
                },
                filter: None,
                region: township.unwrap_or(village),
                days: Some((today, today)),
                campaign: None,
                as_of: None,
            };
            let begin = Stopwatch::now();
            self.ledger.read(|reader| reader.coverage(&query))?;
            times.push(begin.elapsed());
        }
        Ok(quantiles(times))
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
        let times: Vec<Duration> = all.into_iter().flatten().collect();
        Ok((times.len() as f64 / took, quantiles(times).1))
    }

    /// The first tick after midnight: every plan that changes by time alone.
    fn night(&self) -> Outcome<(Duration, usize)> {
        // What the day left is written down before.
        self.go_to(0, time("21:00"));
        while wait(self.ledger.tick())? > 0 {}
        self.go_to(1, time("00:00"));
        self.clock.set(Instant(self.ledger.now().0 + 1_000));
        let (begin, mut planned) = (Stopwatch::now(), 0);
        loop {
            match wait(self.ledger.tick())? {
                0 => return Ok((begin.elapsed(), planned)),
                n => planned += n,
            }
        }
    }
}
