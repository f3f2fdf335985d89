//! How long a preview takes: so many persons watched for fourteen days with some calls each, and a version that moves them.
//!
//! `cargo run --release -p lianfang-ledger --example preview -- 40000 4`

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "an example stops where it fails")]

use lianfang_kernel::ids::LoginId;
use lianfang_kernel::{Day, Instant, ManualClock, Region, RegionId, RegionLevel, Words, Zone};
use lianfang_ledger::packs::PackSources;
use lianfang_ledger::wire::{Author, NewEntry};
use lianfang_ledger::{Function, Ledger, MasterKey, NewOrg, Opening};
use lianfang_policy::Source;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;

const WATCH: &str = r#"
[pack]
id = "trial"
title = { zh = "试", en = "Trial" }
[protocol.watch]
title = { zh = "随访", en = "Watch" }
enrol = { on = ["arrival"] }
task = [{ id = "call", title = { zh = "电话", en = "Call" }, owner = "territory(subject)", expects = "call", slots = ["06:00-10:00", "16:00-20:00"], days = "1..14" }]
release = [{ outcome = "ended", when = "days >= 15" }]
"#;

const NEXT: &str = r#"
[[protocol.watch]]
version = 2
like = 1
transition = "move"
in_force = { from = "2022-01-24" }
task = [{ id = "call", title = { zh = "电话", en = "Call" }, owner = "territory(subject)", expects = "call", by = "20:00", days = "1..7" }]
release = [{ outcome = "ended", when = "days >= 8" }]
"#;

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

fn main() {
    let mut args = std::env::args().skip(1);
    let mut number = |usual: usize| args.next().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (people, calls) = (number(40_000), number(4));
    let (ledger, clock, folder) = city();
    let author = staff(&ledger);
    fill(&ledger, &clock, &author, (people, calls));
    clock.set(Instant::parse("2022-01-23T09:00:00+08:00").expect("a moment"));
    let on = Day::parse("2022-01-24").expect("a day");
    let begun = std::time::Instant::now();
    let checked = ledger.check_policy(None, NEXT, on).unwrap().unwrap();
    let check = begun.elapsed();
    let report = ledger
        .preview_report(&checked.other_packs(), Some(on), 14, &|_, _| {})
        .unwrap();
    let memory = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = memory
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap_or_default();
    println!(
        "{} enrolments, {} entries each: check {} ms, preview {} ms, affected {}; {peak}",
        report.enrolments,
        calls + 1,
        check.as_millis(),
        report.took_ms,
        report.affected
    );
    std::fs::remove_dir_all(folder).unwrap();
}

fn packs() -> Vec<Source> {
    let trial = ("packs/trial/pack.toml".to_owned(), WATCH.to_owned());
    let files = lianfang_testkit::pack_files().into_iter().chain([trial]);
    files.map(|(path, text)| Source { path, text }).collect()
}

fn city() -> (Ledger, ManualClock, std::path::PathBuf) {
    let folder = std::env::temp_dir().join(format!("preview-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let sources = PackSources::new(packs(), Vec::new());
    let model = Arc::new(sources.check().unwrap().model);
    let clock = ManualClock::at(Instant::parse("2022-01-20T08:00:00+08:00").unwrap());
    let open = |name: &str| lianfang_db::Database::open(&format!("sqlite:{}", folder.join(name).display())).unwrap();
    let ledger = Ledger::open(Opening {
        database: open("preview.db"),
        keys: open("preview.keys"),
        master: MasterKey::from_hex(&"07".repeat(32)).unwrap(),
        clock: Arc::new(clock.clone()),
        model: model.clone(),
        zone: Zone::china(),
    })
    .unwrap();
    let region = |id: &str, parent: Option<&str>, level| Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    };
    let regions = vec![
        region("3717", None, RegionLevel::Prefecture),
        region("371702", Some("3717"), RegionLevel::County),
        region("371702001", Some("371702"), RegionLevel::Township),
    ];
    ledger
        .import_regions(regions, false)
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    ledger
        .set_city(RegionId::new("3717"))
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    let by = ("a".to_owned(), "b".to_owned());
    ledger
        .activate(sources, model, by)
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    (ledger, clock, folder)
}

fn staff(ledger: &Ledger) -> Author {
    let org = NewOrg {
        id: None,
        kind_type: "community".into(),
        name: Words::new("样例", "Sample"),
        region: RegionId::new("371702001"),
        sector: None,
        parent: None,
        functions: vec![Function {
            function: "community".into(),
            region: None,
        }],
    };
    let ids = ledger
        .add_orgs(Author::system(), vec![org])
        .unwrap()
        .blocking_recv()
        .unwrap()
        .unwrap();
    Author {
        login: Some(LoginId(Uuid::from_u128(7))),
        device: None,
        owner: None,
        role: "grid-worker".into(),
        org: Some(ids[0]),
        channel: "api",
    }
}

fn entry(mut value: Value) -> NewEntry {
    let n = u128::from(NEXT_ID.fetch_add(1, Ordering::Relaxed));
    value["id"] = json!(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + n));
    serde_json::from_value(value).unwrap()
}

fn fill(ledger: &Ledger, clock: &ManualClock, author: &Author, (people, calls): (usize, usize)) {
    let numbers: Vec<usize> = (0..people).collect();
    for chunk in numbers.chunks(500) {
        let arrivals = chunk.iter().map(|n| {
            entry(json!({
                "register": "arrival", "at": "2022-01-20T08:00:00+08:00", "assurance": "seen", "region": "371702001",
                "subject": { "type": "person", "identifiers": { "id_doc": format!("E{n:08}") }, "name": "样例" },
                "body": { "place_type": "home", "stays": [], "contacts": [] }
            }))
        });
        let answer = ledger
            .append(author.clone(), arrivals.collect())
            .unwrap()
            .blocking_recv()
            .unwrap()
            .unwrap();
        let subjects: Vec<_> = answer.results.iter().filter_map(|result| result.subject).collect();
        assert_eq!(subjects.len(), chunk.len(), "{:?}", answer.results.first());
        for call in 0..calls {
            let at = format!(
                "2022-01-2{}T{}:00:00+08:00",
                1 + call / 2,
                if call % 2 == 0 { "08" } else { "18" }
            );
            clock.set(Instant::parse(&at).unwrap().max(ledger.now()));
            let made = subjects.iter().map(|subject| {
                entry(json!({ "register": "call", "at": at, "subject": subject, "body": { "outcome": "reached" } }))
            });
            let answer = ledger
                .append(author.clone(), made.collect())
                .unwrap()
                .blocking_recv()
                .unwrap()
                .unwrap();
            assert!(
                answer.results.iter().all(|result| result.problems.is_empty()),
                "{:?}",
                answer.results.first()
            );
        }
    }
}
