//! Ten million entries: pages of their lists, figures as the pages of the situation read them, and all kept figures counted anew,
//! once as they are and once with a single number spoilt. The floor is as many rows of the same tables bare.

use super::BenchArgs;
use super::cases::{Desk, ROWS, account, draw, of_level, refused};
use super::declare::{Folder, Town};
use super::large_fill::{Large, REGISTERS, SPAN_DAYS};
use super::times::seconds;
use super::trace::mixed;
use crate::failure::{Failure, Outcome};
use crate::store::{Store, wait};
use lianfang_kernel::{Day, RegionId, RegionLevel, Words};
use lianfang_ledger::read::{EntryFilter, FigureQuery};
use lianfang_server::{Caller, figure, figure_span};
use serde_json::{Map, Value as Json, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant as Stopwatch};

/// Entries, unless another number is asked for.
const ENTRIES: usize = 10_000_000;
/// Days of a curve that reaches to now.
const RECENT: i64 = 28;
/// Who writes the sample, and who reads.
const WRITER: &str = "survey-cadre";
const READER: &str = "community-head";

/// Measures.
///
/// # Errors
/// The database is not empty; what was kept is not what counting anew gives.
pub fn run(args: &BenchArgs) -> Outcome<Json> {
    let folder = Folder::new()?;
    let store = folder.empty_store(args)?;
    let (town, accounts) = Town::found_with(&store, true)?;
    let begin = Stopwatch::now();
    let entries = args.people.unwrap_or(ENTRIES);
    let large = Large::begin(&store, &town, account(&accounts, WRITER)?, entries)?;
    large.write(&store)?;
    let summing = Stopwatch::now();
    while wait(town.ledger.sum_figures())? {}
    let mut told = json!({
        "bench": "large", "entries": entries, "households": large.households, "fill_s": seconds(begin.elapsed()),
        "sums_s": seconds(summing.elapsed()), "size_mb": town.ledger.size_bytes()? >> 20,
    });
    let desk = Desk::open(&town, account(&accounts, READER)?, args.seconds)?;
    let at = At {
        desk: &desk,
        large: &large,
        town: &town,
    };
    for (name, value) in at.lists()?.into_iter().chain(at.figures()?).chain(floors(&at, &store)?) {
        told[name] = value;
    }
    let audit = Audit {
        folder: &folder.0,
        database: args.database.as_deref(),
    };
    for (name, value) in recounts(&at, &store, &audit)? {
        told[name] = value;
    }
    Ok(told)
}

/// Who asks what of which entries.
struct At<'a> {
    desk: &'a Desk<'a>,
    large: &'a Large<'a>,
    town: &'a Town,
}

impl At<'_> {
    fn random(&self, n: usize) -> usize {
        mixed(n + 1) % self.large.entries
    }

    fn pages(&self, filter: impl Fn(usize) -> EntryFilter) -> Outcome<Json> {
        self.desk.pages_of(|n| {
            let filter = filter(n);
            let register = filter.register.clone().unwrap_or_else(|| REGISTERS[0].to_owned());
            EntryFilter {
                register: Some(register),
                ..filter
            }
        })
    }

    /// Pages of the lists, narrowed in every way that they offer.
    fn lists(&self) -> Outcome<Map<String, Json>> {
        let (townships, counties) = (
            of_level(self.desk, RegionLevel::Township),
            of_level(self.desk, RegionLevel::County),
        );
        let (zone, today) = (self.town.ledger.snapshot().zone.clone(), self.today());
        let plain = EntryFilter::default;
        let said = |field: &str, value: &str| vec![(field.to_owned(), value.to_owned())];
        let within = |regions: &[RegionId], n: usize| EntryFilter {
            region: draw(regions, n),
            ..plain()
        };
        let days = |n: usize, first: Day, count: i64| EntryFilter {
            from: Some(zone.start_of(first)),
            to: Some(zone.start_of(first.plus(count))),
            register: Some(REGISTERS[n % 2].to_owned()),
            ..plain()
        };
        let any_day = |n: usize| today.plus(-((mixed(n) % SPAN_DAYS as usize) as i64));
        let mut told = Map::new();
        let mut tell = |name: &str, value: Json| drop(told.insert(format!("list_{name}"), value));
        tell(
            "first",
            self.pages(|n| EntryFilter {
                register: Some(REGISTERS[n % 2].to_owned()),
                ..plain()
            })?,
        );
        tell("deep", self.pages(|n| self.from(self.random(n)))?);
        tell(
            "as_of",
            self.pages(|n| EntryFilter {
                as_of: Some(self.large.recorded_at(self.random(n))),
                ..plain()
            })?,
        );
        tell(
            "subject",
            self.pages(|n| EntryFilter {
                subject: Some(self.large.ids(self.random(n)).0),
                ..plain()
            })?,
        );
        tell("county", self.pages(|n| within(&counties, n))?);
        tell("township", self.pages(|n| within(&townships, n))?);
        tell("village", self.pages(|n| within(&self.town.villages, n))?);
        tell(
            "method",
            self.pages(|n| EntryFilter {
                fields: said("method", ["visit", "phone", "wechat"][n % 3]),
                ..plain()
            })?,
        );
        tell("days_lately", self.pages(|n| days(n, today.plus(-7), 7))?);
        tell("days_anywhere", self.pages(|n| days(n, any_day(n), 7))?);
        tell(
            "method_and_township",
            self.pages(|n| EntryFilter {
                fields: said("method", "visit"),
                ..within(&townships, n)
            })?,
        );
        tell(
            "village_and_days",
            self.pages(|n| EntryFilter {
                region: draw(&self.town.villages, n),
                ..days(n, any_day(n), 30)
            })?,
        );
        Ok(told)
    }

    /// A page that begins at the `n`th entry.
    fn from(&self, n: usize) -> EntryFilter {
        EntryFilter {
            cursor: Some(format!("{}_{}", self.large.recorded_at(n).0, self.large.ids(n).1)),
            ..EntryFilter::default()
        }
    }

    fn today(&self) -> Day {
        let ledger = &self.town.ledger;
        ledger.snapshot().zone.day_of(ledger.now())
    }

    /// A figure as the pages ask for it; how many parts it has.
    fn figure(&self, id: &str, query: FigureQuery) -> Outcome<usize> {
        let caller = Caller::Staff(Box::new(self.desk.staff.clone()));
        let found = self.desk.runtime.block_on(figure(&self.desk.state, &caller, id, query));
        Ok(found.map_err(|error| refused(&error))?.rows.len())
    }

    /// Figures as the situation reads them: of today, the weeks up to now by day, the regions below, drilled down, as of a moment.
    fn figures(&self) -> Outcome<Map<String, Json>> {
        let (today, city) = (self.today(), self.town.ledger.snapshot().city.clone());
        let townships = of_level(self.desk, RegionLevel::Township);
        let by = |by: &[&str]| by.iter().map(|by| (*by).to_owned()).collect::<Vec<_>>();
        let recent = |region: &RegionId, parts: &[&str]| FigureQuery {
            region: Some(region.clone()),
            by: by(parts),
            from: Some(today.plus(1 - RECENT)),
            to: Some(today),
            ..FigureQuery::default()
        };
        let of_today = |parts: &[&str]| FigureQuery {
            from: Some(today),
            ..recent(&city, parts)
        };
        let whole = |region: &RegionId, parts: &[&str]| FigureQuery {
            from: None,
            ..recent(region, parts)
        };
        let there = |n: usize| draw(&townships, n).unwrap_or_else(|| city.clone());
        let mut told = Map::new();
        let mut tell = |name: &str, value: Json| drop(told.insert(format!("figure_{name}"), value));
        for (name, id) in [("visits", "survey-visits"), ("attempts", "outreach-attempts")] {
            tell(
                &format!("{name}_today"),
                self.desk.ask(|_| self.figure(id, of_today(&[])))?,
            );
            tell(
                &format!("{name}_today_by_region"),
                self.desk.ask(|_| self.figure(id, of_today(&["region"])))?,
            );
            tell(
                &format!("{name}_weeks_by_day"),
                self.desk.ask(|_| self.figure(id, recent(&city, &["day"])))?,
            );
        }
        let visits = "survey-visits";
        tell(
            "weeks_by_region_and_day",
            self.desk
                .ask(|_| self.figure(visits, recent(&city, &["region", "day"])))?,
        );
        tell(
            "township_weeks",
            self.desk
                .ask(|n| self.figure(visits, recent(&there(n), &["region", "day"])))?,
        );
        tell(
            "township_all_days",
            self.desk.ask(|n| self.figure(visits, whole(&there(n), &["day"])))?,
        );
        tell(
            "city_all_days",
            self.desk.ask(|_| self.figure(visits, whole(&city, &["day"])))?,
        );
        let as_of = |n: usize| {
            let at = self.large.recorded_at(self.random(n));
            let day = self.town.ledger.snapshot().zone.day_of(at);
            let first = Some(day.plus(1 - RECENT));
            FigureQuery {
                as_of: Some(at),
                from: first,
                to: Some(day),
                ..recent(&city, &["day"])
            }
        };
        tell("weeks_as_of", self.desk.ask(|n| self.figure(visits, as_of(n)))?);
        let caller = Caller::Staff(Box::new(self.desk.staff.clone()));
        let span = |region: &RegionId| {
            let query = FigureQuery {
                region: Some(region.clone()),
                to: Some(today),
                ..FigureQuery::default()
            };
            let found = self
                .desk
                .runtime
                .block_on(figure_span(&self.desk.state, &caller, visits, query));
            Ok(usize::from(found.map_err(|error| refused(&error))?.is_some()))
        };
        tell("span_city", self.desk.ask(|_| span(&city))?);
        tell("span_township", self.desk.ask(|n| span(&there(n)))?);
        Ok(told)
    }
}

/// As many rows bare as a page, the days of four weeks, and counting anew read.
fn floors(at: &At<'_>, store: &Store) -> Outcome<Map<String, Json>> {
    let mut reader = store.database.reader()?;
    let page = at.desk.ask(|n| {
        let sql = format!("select * from entry where subject >= $1 order by subject limit {ROWS}");
        Ok(reader.query(&sql, &[at.large.ids(at.random(n)).0.0.into()])?.len())
    })?;
    let rows = at.large.entries * usize::try_from(RECENT).unwrap_or(0) / SPAN_DAYS as usize * 2 / 5;
    let weeks = at.desk.ask(|_| {
        let mut read = 0;
        let sql = format!("select region, day, n from indicator_delta limit {rows}");
        reader.for_each(&sql, &[], &mut |_| {
            read += 1;
            Ok(())
        })?;
        Ok(read)
    })?;
    let (begin, mut read) = (Stopwatch::now(), 0_u64);
    for table in ["entry", "indicator_delta"] {
        reader.for_each(&format!("select * from {table}"), &[], &mut |_| {
            read += 1;
            Ok(())
        })?;
    }
    let all = json!({ "s": seconds(begin.elapsed()), "rows": read });
    let told = [("floor_page", page), ("floor_weeks", weeks), ("floor_recount", all)];
    Ok(told.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
}

/// All kept figures counted anew by the command, as they are, and with one number spoilt.
fn recounts(at: &At<'_>, store: &Store, audit: &Audit<'_>) -> Outcome<Map<String, Json>> {
    let (found, clean) = audit.run()?;
    let n = at.large.entries / 2;
    let (village, recorded) = (at.large.village(n).as_str(), at.large.recorded_at(n));
    let sql = "update indicator_delta set n = n + 1 where region = $1 and recorded_at = $2 \
               and indicator in ('survey-visits', 'outreach-attempts')";
    let changed = store
        .database
        .writer()?
        .execute(sql, &[village.into(), recorded.0.into()])?;
    let (again, spoilt) = audit.run()?;
    let wrong = again["wrong"].as_array().map_or(&[][..], Vec::as_slice);
    let is_found = |wrong: &Json| {
        let is_there = wrong["region"] == village && wrong["counted_at"] == json!(recorded);
        is_there && wrong["kept"].as_i64() == wrong["counted"].as_i64().map(|n| n + 1)
    };
    let is_clean = found["wrong"].as_array().is_some_and(Vec::is_empty) && found["sums_wrong"] == 0;
    if !is_clean || changed != 1 || wrong.len() != 1 || !wrong.iter().all(is_found) {
        let how = format!("{} {} {}", found["wrong"][0], changed, again["wrong"][0]);
        return Err(Failure::new(
            Words::new(
                format!("重新统计的结果不对：{how}"),
                format!("counting anew does not give what was kept: {how}"),
            ),
            Words::new("请运行 lianfang audit figures", "run lianfang audit figures"),
        ));
    }
    Ok([("recount".to_owned(), clean), ("recount_spoilt".to_owned(), spoilt)]
        .into_iter()
        .collect())
}

/// `audit figures` in a process of its own, so that its memory is its own.
struct Audit<'a> {
    folder: &'a Path,
    database: Option<&'a str>,
}

impl Audit<'_> {
    /// What it printed, and how long it took with how much memory.
    fn run(&self) -> Outcome<(Json, Json)> {
        let unstarted = |error: std::io::Error| Failure::file(self.folder, error);
        let own = |name: &str| self.folder.join(name).display().to_string();
        let database = self
            .database
            .map_or_else(|| format!("sqlite:{}", own("bench.db")), str::to_owned);
        let (begin, path) = (Stopwatch::now(), self.folder.join("figures.json"));
        let printed = std::fs::File::create(&path).map_err(unstarted)?;
        let mut child = Command::new(std::env::current_exe().map_err(unstarted)?)
            .args(["audit", "figures", "--json", "--database", &database])
            .args([
                "--key",
                &own("bench.key"),
                "--key-store",
                &format!("sqlite:{}", own("bench.keys")),
            ])
            .stdout(printed)
            .stderr(Stdio::null())
            .spawn()
            .map_err(unstarted)?;
        let mut mb = None;
        while child.try_wait().map_err(unstarted)?.is_none() {
            mb = peak_mb(child.id()).max(mb);
            std::thread::sleep(Duration::from_millis(50));
        }
        let time = seconds(begin.elapsed());
        let text = std::fs::read(&path).map_err(unstarted)?;
        let printed: Json = serde_json::from_slice(&text).map_err(|error| Failure::file(self.folder, error))?;
        let told = json!({ "s": time, "mb": mb, "entries": printed["entries"], "kept": printed["kept"] });
        Ok((printed, told))
    }
}

/// The most memory that a process has taken so far, where the system tells.
fn peak_mb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.split_whitespace().next()?.parse::<u64>().ok()? >> 10)
}
