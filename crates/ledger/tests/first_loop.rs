//! The first loop through the ledger, on both databases, with the packs of the product.
#![cfg(test)]

use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Instant, ManualClock, Region, RegionId, RegionLevel, Words, Zone};
use lianfang_ledger::read::{FigureQuery, Sight, TaskFilter};
use lianfang_ledger::wire::{AppendAnswer, Author, NewEntry, Status};
use lianfang_ledger::{Function, Ledger, MasterKey, NewOrg, Opening};
use lianfang_policy::load::{Source, load};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use uuid::Uuid;

const ZHANG: &str = "11010119900307889X";

struct City {
    ledger: Ledger,
    clock: ManualClock,
    _db: TestDb,
    next: std::cell::Cell<u128>,
}

fn packs() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs");
    let mut sources = Vec::new();
    for pack in std::fs::read_dir(&root).unwrap().flatten() {
        for file in std::fs::read_dir(pack.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|end| end == "toml") {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(&root).unwrap().display().to_string();
                sources.push(Source { path: format!("packs/{path}"), text });
            }
        }
    }
    sources
}

fn region(id: &str, parent: Option<&str>, level: RegionLevel) -> Region {
    Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    }
}

impl City {
    fn new(db: TestDb) -> City {
        let model = load(&packs(), &[]).map_err(|findings| format!("{findings:#?}")).unwrap().model;
        let clock = ManualClock::at(Instant::parse("2022-01-20T08:00:00+08:00").unwrap());
        let keys = lianfang_db::Database::open("sqlite::memory:").unwrap();
        let ledger = Ledger::open(Opening {
            database: db.database.clone(),
            keys,
            master: MasterKey::from_hex(&"07".repeat(32)).unwrap(),
            clock: Arc::new(clock.clone()),
            model: Arc::new(model),
            zone: Zone::china(),
        })
        .unwrap();
        let city = City { ledger, clock, _db: db, next: std::cell::Cell::new(1) };
        let regions = vec![
            region("3717", None, RegionLevel::Prefecture),
            region("371702", Some("3717"), RegionLevel::County),
            region("371702001", Some("371702"), RegionLevel::Township),
            region("371703", Some("3717"), RegionLevel::County),
        ];
        city.ledger.import_regions(regions).unwrap().blocking_recv().unwrap().unwrap();
        city.ledger.set_city(RegionId::new("3717")).unwrap().blocking_recv().unwrap().unwrap();
        city
    }

    fn org(&self, kind: &str, region: &str, functions: &[&str]) -> SubjectId {
        let org = NewOrg {
            id: None,
            kind_type: kind.into(),
            name: Words::new("样例", "Sample"),
            region: RegionId::new(region),
            sector: None,
            parent: None,
            functions: functions.iter().map(|f| Function { function: (*f).into(), region: None }).collect(),
        };
        let ids = self.ledger.add_orgs(Author::system(), vec![org]).unwrap().blocking_recv().unwrap().unwrap();
        ids[0]
    }

    fn staff(&self, role: &str, org: SubjectId) -> Author {
        let login = Some(LoginId(self.uuid()));
        Author { login, device: None, owner: None, role: role.into(), org: Some(org), channel: "api" }
    }

    fn uuid(&self) -> Uuid {
        self.next.set(self.next.get() + 1);
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + self.next.get())
    }

    fn entry(&self, mut value: Value) -> NewEntry {
        value["id"] = json!(self.uuid());
        serde_json::from_value(value).unwrap()
    }

    fn send(&self, author: &Author, entries: Vec<NewEntry>) -> AppendAnswer {
        self.ledger.append(author.clone(), entries).unwrap().blocking_recv().unwrap().unwrap()
    }

    fn one(&self, author: &Author, value: Value) -> lianfang_ledger::wire::EntryAnswer {
        let mut answer = self.send(author, vec![self.entry(value)]);
        answer.results.remove(0)
    }

    fn at(&self, time: &str) {
        self.clock.set(Instant::parse(time).unwrap());
        while self.ledger.tick().unwrap().blocking_recv().unwrap().unwrap() > 0 {}
    }
}

fn arrival() -> Value {
    json!({
        "register": "arrival", "at": "2022-01-20T08:00:00+08:00", "assurance": "seen", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "cn_id": ZHANG }, "name": "张样例" },
        "body": { "place_type": "home", "stays": [], "contacts": [] }
    })
}

#[both_databases]
fn an_arrival_makes_a_file_and_the_same_entry_twice_is_one(db: TestDb) {
    let city = City::new(db);
    let community = city.org("community", "371702001", &["community"]);
    let grid = city.staff("grid-worker", community);
    let entry = city.entry(arrival());
    let first = city.send(&grid, vec![entry.clone()]);
    assert!(matches!(first.results[0].status, Status::Accepted | Status::Flagged), "{}", serde_json::to_string(&first.results[0]).unwrap());
    let again = city.send(&grid, vec![entry.clone()]);
    assert_eq!(serde_json::to_value(&first).unwrap(), serde_json::to_value(&again).unwrap());

    let mut other = entry;
    other.body.insert("place_type".into(), json!("hotel"));
    let conflict = city.send(&grid, vec![other]);
    assert_eq!(conflict.results[0].problems[0].code, "id_conflict");

    let subject = first.results[0].subject.unwrap();
    let file = city.ledger.read(|r| r.file(subject, None)).unwrap().unwrap();
    assert_eq!(file.timeline.len(), 1);
    assert_eq!(file.region, RegionId::new("371702001"));
    let labels = city.ledger.read(|r| r.labels(&[subject], lianfang_kernel::Lang::Zh)).unwrap();
    assert_eq!(labels[&subject].name, "张**");
}

#[both_databases]
fn another_districts_worker_is_refused(db: TestDb) {
    let city = City::new(db);
    let here = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let there = city.staff("grid-worker", city.org("community", "371703", &["community"]));
    let subject = city.one(&here, arrival()).subject.unwrap();
    let refused = city.one(
        &there,
        json!({ "register": "temperature", "subject": subject, "body": { "celsius": "36.5" } }),
    );
    assert_eq!(refused.status, Status::Refused);
    assert_eq!(refused.problems[0].code, "out_of_scope");
}

#[both_databases]
fn a_correction_moves_the_figure_and_the_past_stays_readable(db: TestDb) {
    let city = City::new(db);
    let school = city.org("school", "371702001", &[]);
    let author = city.staff("school", school);
    let sent = city.one(&author, json!({ "register": "abnormal_count", "body": { "n": 0 } }));
    assert!(matches!(sent.status, Status::Accepted | Status::Flagged), "{sent:#?}");
    let tasks = city
        .ledger
        .read(|r| r.tasks(&Sight::Org(school), &TaskFilter { protocol: Some("zero-report".into()), limit: 50, ..Default::default() }))
        .unwrap();
    let states: Vec<&str> = tasks.items.iter().map(|task| task.state.as_str()).collect();
    assert!(states.contains(&"done"), "{tasks:#?}");
    city.at("2022-01-21T16:30:00+08:00");
    let tasks = city
        .ledger
        .read(|r| r.tasks(&Sight::Org(school), &TaskFilter { protocol: Some("zero-report".into()), limit: 50, ..Default::default() }))
        .unwrap();
    assert!(tasks.items.iter().any(|task| task.state == "missed"), "{tasks:#?}");
}

#[both_databases]
fn opened_is_active_plus_outcomes_also_after_a_withdrawal(db: TestDb) {
    let city = City::new(db);
    let community = city.org("community", "371702001", &["community"]);
    city.org("health_unit", "371702", &["health-institution", "testing"]);
    let grid = city.staff("grid-worker", community);
    let answer = city.one(&grid, arrival());
    let states = || {
        let query = FigureQuery { by: vec!["state".into()], ..Default::default() };
        let figure = city.ledger.read(|r| r.figure("follow-ups", &query)).unwrap();
        figure.map(|figure| figure.rows.iter().map(|row| (row.key["state"].clone(), row.value.unwrap_or(0))).collect::<Vec<_>>())
    };
    let before = states();
    let id = answer.id;
    let taken_back = city.one(&grid, json!({ "register": "arrival", "act": "withdraw", "replaces": id, "reason": "登记错人" }));
    assert!(matches!(taken_back.status, Status::Accepted | Status::Flagged), "{taken_back:#?}");
    if let (Some(before), Some(after)) = (before, states()) {
        let sum = |rows: &[(String, i64)], only: &dyn Fn(&str) -> bool| {
            rows.iter().filter(|(state, _)| only(state)).map(|(_, n)| n).sum::<i64>()
        };
        for rows in [&before, &after] {
            assert_eq!(sum(rows, &|s| s == "opened"), sum(rows, &|s| s != "opened"), "{rows:?}");
        }
    }
}

#[both_databases]
fn a_crash_between_commits_loses_nothing_acknowledged(db: TestDb) {
    let city = City::new(db);
    let community = city.org("community", "371702001", &["community"]);
    let grid = city.staff("grid-worker", community);
    let subject = city.one(&grid, arrival()).subject.unwrap();
    let model = city.ledger.snapshot().model.clone();
    let second = Ledger::open(Opening {
        database: city._db.open_again(),
        keys: lianfang_db::Database::open("sqlite::memory:").unwrap(),
        master: MasterKey::from_hex(&"07".repeat(32)).unwrap(),
        clock: Arc::new(city.clock.clone()),
        model: model.clone(),
        zone: Zone::china(),
    })
    .unwrap();
    let file = second.read(|r| r.file(subject, None)).unwrap().unwrap();
    assert_eq!(file.timeline.len(), 1);
    let wrong = Ledger::open(Opening {
        database: city._db.open_again(),
        keys: lianfang_db::Database::open("sqlite::memory:").unwrap(),
        master: MasterKey::from_hex(&"08".repeat(32)).unwrap(),
        clock: Arc::new(city.clock.clone()),
        model,
        zone: Zone::china(),
    });
    assert!(wrong.is_err(), "another master key");
}
