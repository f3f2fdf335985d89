//! A small city with the product's packs under a manual clock.

use lianfang_kernel::ids::{LoginId, SubjectId};
use lianfang_kernel::{Instant, ManualClock, Region, RegionId, RegionLevel, Words, Zone};
use lianfang_ledger::wire::{AppendAnswer, Author, EntryAnswer, NewEntry};
use lianfang_ledger::{Function, Ledger, MasterKey, NewOrg, Opening};
use lianfang_policy::Model;
use lianfang_policy::load::{Source, load};
use lianfang_testkit::TestDb;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

pub const ZHANG: &str = "11010119900307889X";

pub struct City {
    pub ledger: Ledger,
    pub clock: ManualClock,
    pub db: TestDb,
    pub keys: lianfang_db::Database,
    next: std::cell::Cell<u128>,
}

fn packs() -> Vec<Source> {
    let files = lianfang_testkit::pack_files().into_iter();
    files.map(|(path, text)| Source { path, text }).collect()
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

/// The key that the city begins with.
pub fn master() -> MasterKey {
    MasterKey::from_hex(&"07".repeat(32)).unwrap()
}

/// The packs of the product and one more.
pub fn sources_with(pack: &str) -> Vec<Source> {
    let mut sources = packs();
    if !pack.is_empty() {
        sources.push(Source {
            path: "packs/trial/pack.toml".to_owned(),
            text: pack.to_owned(),
        });
    }
    sources
}

fn model_with(pack: &str) -> Model {
    load(&sources_with(pack), &[])
        .map_err(|findings| format!("{findings:#?}"))
        .unwrap()
        .model
}

impl City {
    pub fn new(db: TestDb) -> City {
        City::with(db, "")
    }

    /// With one more pack.
    pub fn with(db: TestDb, pack: &str) -> City {
        let model = model_with(pack);
        City::of(db, model)
    }

    fn of(db: TestDb, model: Model) -> City {
        let clock = ManualClock::at(Instant::parse("2022-01-20T08:00:00+08:00").unwrap());
        let keys = lianfang_db::Database::open("sqlite::memory:").unwrap();
        let ledger = Ledger::open(Opening {
            database: db.database.clone(),
            keys: keys.clone(),
            master: master(),
            clock: Arc::new(clock.clone()),
            model: Arc::new(model),
            zone: Zone::china(),
        })
        .unwrap();
        let city = City {
            ledger,
            clock,
            db,
            keys,
            next: std::cell::Cell::new(1),
        };
        let regions = vec![
            region("3717", None, RegionLevel::Prefecture),
            region("371702", Some("3717"), RegionLevel::County),
            region("371702001", Some("371702"), RegionLevel::Township),
            region("371703", Some("3717"), RegionLevel::County),
        ];
        city.ledger
            .import_regions(regions, false)
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap();
        city.ledger
            .set_city(RegionId::new("3717"))
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap();
        city
    }

    /// The ledger opened again under another master key, as after a stop.
    pub fn opened_with(&self, master: MasterKey) -> Result<Ledger, lianfang_ledger::LedgerError> {
        Ledger::open(Opening {
            database: self.db.database.clone(),
            keys: self.keys.clone(),
            master,
            clock: Arc::new(self.clock.clone()),
            model: self.ledger.snapshot().model.clone(),
            zone: Zone::china(),
        })
    }

    /// A second server on the same database.
    pub fn second(&self, pack: &str) -> Ledger {
        Ledger::open(Opening {
            database: self.db.database.clone(),
            keys: lianfang_db::Database::open("sqlite::memory:").unwrap(),
            master: master(),
            clock: Arc::new(self.clock.clone()),
            model: Arc::new(model_with(pack)),
            zone: Zone::china(),
        })
        .unwrap()
    }

    pub fn org(&self, kind: &str, region: &str, functions: &[&str]) -> SubjectId {
        let org = NewOrg {
            id: None,
            kind_type: kind.into(),
            name: Words::new("样例", "Sample"),
            region: RegionId::new(region),
            sector: None,
            parent: None,
            functions: functions
                .iter()
                .map(|f| Function {
                    function: (*f).into(),
                    region: None,
                })
                .collect(),
        };
        let ids = self
            .ledger
            .add_orgs(Author::system(), vec![org])
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap();
        ids[0]
    }

    pub fn staff(&self, role: &str, org: SubjectId) -> Author {
        let login = Some(LoginId(self.uuid()));
        Author {
            login,
            device: None,
            owner: None,
            role: role.into(),
            org: Some(org),
            channel: "api",
        }
    }

    pub fn uuid(&self) -> Uuid {
        self.next.set(self.next.get() + 1);
        Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + self.next.get())
    }

    pub fn entry(&self, mut value: Value) -> NewEntry {
        value["id"] = json!(self.uuid());
        serde_json::from_value(value).unwrap()
    }

    pub fn send(&self, author: &Author, entries: Vec<NewEntry>) -> AppendAnswer {
        self.ledger
            .append(author.clone(), entries)
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap()
    }

    pub fn one(&self, author: &Author, value: Value) -> EntryAnswer {
        let mut answer = self.send(author, vec![self.entry(value)]);
        answer.results.remove(0)
    }

    pub fn at(&self, time: &str) {
        self.clock.set(Instant::parse(time).unwrap());
        while self.ledger.tick().unwrap().blocking_recv().unwrap().unwrap() > 0 {}
    }
}

pub fn arrival() -> Value {
    arrival_of(ZHANG, "张样例", "2022-01-20T08:00:00+08:00")
}

pub fn arrival_of(cn_id: &str, name: &str, at: &str) -> Value {
    json!({
        "register": "arrival", "at": at, "assurance": "seen", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "cn_id": cn_id }, "name": name },
        "body": { "place_type": "home", "stays": [], "contacts": [] }
    })
}

/// A made-up resident number with its check character.
pub fn made_up(n: u32) -> String {
    let head = format!(
        "371702{}{:02}{:02}{:03}",
        1950 + n / 336 % 50,
        1 + n / 28 % 12,
        1 + n % 28,
        n / 16_800 % 1000
    );
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = head
        .bytes()
        .zip(weights)
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{head}{}", b"10X98765432"[(sum % 11) as usize] as char)
}
