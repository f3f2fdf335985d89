//! Lists of gaps read from what is kept say what planning says, whatever happened and whenever they are asked for.

use crate::city::{City, arrival_of, made_up};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Instant, RegionId};
use lianfang_ledger::read::{Coverage, CoverageQuery, GapSummary, Page, Sight, TaskFilter, TaskItem};
use lianfang_ledger::wire::Author;
use lianfang_policy::model::Covered;
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
needs = ["core", "arrivals", "isolation"]
[register.trial_plan]
title = { zh = "暗访安排", en = "Unannounced watch" }
purpose = { zh = "例", en = "Trial" }
subject = ["person"]
nature = "act"
sensitivity = "personal"
retention = "30d"
embargo = "begins_at"
field = [{ id = "begins_at", kind = "instant", required = true, see = ["trial-officer"], title = { zh = "开始", en = "Begins" } }]
[role.trial-officer]
title = { zh = "例", en = "Trial" }
write = ["trial_plan"]
read = { trial_plan = "identified" }
[protocol.trial-watch]
title = { zh = "监测", en = "Watch" }
enrol = { on = ["arrival"] }
task = [
  { id = "slots", title = { zh = "两次", en = "Twice" }, owner = "territory(subject)", expects = "temperature", slots = ["06:00-10:00", "12:00-14:00", "16:00-20:00"], days = "0..3" },
  { id = "daily", title = { zh = "每日", en = "Daily" }, owner = "territory(subject)", expects = "temperature", by = "17:00", days = "1..3" },
  { id = "rounds", title = { zh = "多次", en = "Rounds" }, owner = "territory(subject)", expects = "temperature", per_day = { min = 1, max = 3 }, days = "0..3" },
]
release = [{ outcome = "over", when = "days >= 4" }]
[protocol.trial-hidden]
title = { zh = "暗访", en = "Unannounced watch" }
enrol = { on = ["trial_plan"] }
task = [{ id = "slots", title = { zh = "两次", en = "Twice" }, owner = "territory(subject)", expects = "temperature", slots = ["06:00-10:00", "16:00-20:00"], days = "0..3" }]
release = [{ outcome = "over", when = "days >= 4" }]
"#;

const TASKS: [(&str, &str); 4] = [
    ("trial-watch", "slots"),
    ("trial-watch", "daily"),
    ("trial-watch", "rounds"),
    ("trial-hidden", "slots"),
];

fn covered(city: &City, (protocol, task): (&str, &str), region: &str, back: i64) -> CoverageQuery {
    let zone = city.ledger.snapshot().zone.clone();
    let today = zone.day_of(city.ledger.now());
    CoverageQuery {
        of: Covered::Task {
            protocol: protocol.to_owned(),
            task: task.to_owned(),
        },
        filter: None,
        region: RegionId::new(region),
        days: Some((today.plus(-back), today)),
        campaign: None,
        as_of: None,
    }
}

fn read(city: &City, query: &CoverageQuery) -> Coverage {
    city.ledger.read(|reader| reader.coverage(query)).unwrap()
}

/// As of this moment nothing that is kept is read: everybody is planned.
fn planned(city: &City, query: &CoverageQuery) -> Coverage {
    let as_of = Some(city.ledger.now());
    read(city, &CoverageQuery { as_of, ..query.clone() })
}

fn numbers(gaps: &GapSummary) -> String {
    let mut tally = std::collections::BTreeMap::new();
    for one in &gaps.tally {
        let key = (one.region.to_string(), one.state.clone(), one.is_late);
        *tally.entry(key).or_insert(0) += one.weight;
    }
    let mut missing = Vec::new();
    for row in &gaps.missing {
        missing.push((row.due_at, row.region.clone(), row.subject, row.occurrence.clone()));
    }
    format!("{tally:#?} {} {missing:#?}", gaps.missing_count)
}

/// Both ways say the same, row by row and in numbers.
fn agree(city: &City, when: &str) -> usize {
    let mut rows = 0;
    for task in TASKS {
        for (region, back) in [("3717", 0), ("371702001", 0), ("371702", 2), ("371703", 1)] {
            let query = covered(city, task, region, back);
            let (kept, planned) = (read(city, &query), planned(city, &query));
            let text = |coverage: &Coverage| serde_json::to_string_pretty(&coverage.rows).unwrap();
            assert_eq!(text(&kept), text(&planned), "{when}: {task:?} in {region}");
            rows += kept.rows.len();
            let counted = city.ledger.read(|reader| reader.gap_summary(&query, 3)).unwrap();
            let summed = GapSummary::of(planned, city.ledger.now(), 3);
            assert_eq!(numbers(&counted), numbers(&summed), "{when}: {task:?} in {region}");
        }
    }
    rows
}

/// A made-up story: what happens next is drawn from a number.
struct Story {
    city: City,
    draw: u64,
    people: Vec<(SubjectId, EntryId)>,
    readings: Vec<EntryId>,
    now: Instant,
}

impl Story {
    fn drawn(&mut self, below: usize) -> usize {
        self.draw = self
            .draw
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.draw >> 33).unwrap() % below
    }

    fn one(&self, value: Value) -> Option<EntryId> {
        let answer = self.city.one(&Author::system(), value);
        answer.status.is_in().then_some(EntryId(answer.id))
    }

    fn arrive(&mut self) {
        let n = u32::try_from(self.people.len()).unwrap();
        let region = ["371702001", "371702", "371703"][self.drawn(3)];
        let mut arrival = arrival_of(&made_up(n), "样例", &self.now.to_string());
        arrival["region"] = region.into();
        let answer = self.city.one(&Author::system(), arrival);
        assert!(answer.status.is_in(), "{answer:#?}");
        self.people.push((answer.subject.unwrap(), EntryId(answer.id)));
    }

    fn step(&mut self) {
        let n = self.drawn(self.people.len().max(1));
        let (person, arrival) = self.people[n];
        match self.drawn(10) {
            0 => self.arrive(),
            1..=3 => {
                let late = i64::try_from(self.drawn(3)).unwrap() * 3_600_000;
                let at = self.now.plus_ms(-late).to_string();
                let reading =
                    json!({ "register": "temperature", "subject": person, "at": at, "body": { "celsius": "36.5" } });
                let reading = self.one(reading);
                self.readings.extend(reading);
            }
            4 if !self.readings.is_empty() => {
                let n = self.drawn(self.readings.len());
                let id = self.readings.swap_remove(n).0;
                self.one(json!({ "register": "temperature", "act": "withdraw", "replaces": id, "reason": "填错" }));
            }
            5 => {
                self.one(
                    json!({ "register": "arrival", "act": "withdraw", "replaces": arrival.0, "reason": "登记错人" }),
                );
            }
            6 => {
                let begins = self.now.plus_ms(7 * 3_600_000).to_string();
                self.one(json!({ "register": "trial_plan", "subject": person, "body": { "begins_at": begins } }));
            }
            7 if self.people.len() > 4 => {
                let other = self.drawn(self.people.len());
                let into = self.people[other].0;
                self.one(json!({ "register": "merge", "subject": person, "body": { "into": into, "evidence": "同一本证件" } }));
            }
            8 => {
                let query = covered(&self.city, TASKS[0], "3717", 0);
                let rows = read(&self.city, &query).rows;
                if let Some(row) = rows.iter().find(|row| row.subject == person && row.state != "done") {
                    let body = json!({ "task": row.task, "reason": "请假" });
                    self.one(json!({ "register": "excuse", "subject": person, "body": body }));
                }
            }
            _ => self.tick(),
        }
        let hours = i64::try_from(self.drawn(5)).unwrap();
        self.now = self.now.plus_ms(hours * 3_600_000 + 61_000);
        self.city.clock.set(self.now);
    }

    fn tick(&self) {
        while self.city.ledger.tick().unwrap().blocking_recv().unwrap().unwrap() > 0 {}
    }
}

/// Six have arrived.
fn begun(db: TestDb, draw: u64) -> Story {
    let city = City::with(db, PACK);
    city.org("community", "371702001", &["community"]);
    let now = city.ledger.now();
    let (people, readings) = (Vec::new(), Vec::new());
    let mut story = Story {
        city,
        draw,
        people,
        readings,
        now,
    };
    for _ in 0..6 {
        story.arrive();
    }
    story.now = story.now.plus_ms(60_000);
    story.city.clock.set(story.now);
    story
}

/// The lists of tasks that are kept are those of a plan made now; answers how many rows they have.
fn lists_agree(city: &City, when: &str) -> usize {
    let mut rows = 0;
    for state in ["all", "due", "open", "upcoming", "missed", "done"] {
        let filter = TaskFilter {
            state: Some(state.to_owned()),
            protocol: Some("trial-watch".to_owned()),
            limit: 1_000,
            ..TaskFilter::default()
        };
        let (ledger, now) = (&city.ledger, city.ledger.now());
        let kept = ledger.read(|reader| reader.tasks(&Sight::All, &filter)).unwrap();
        let planned = ledger
            .read(|reader| reader.tasks_as_of(&Sight::All, &filter, now))
            .unwrap();
        let told = |page: &Page<TaskItem>| {
            page.items
                .iter()
                .map(|item| json!(item).to_string())
                .collect::<Vec<_>>()
        };
        let (told_kept, told_planned) = (told(&kept), told(&planned));
        let first = told_kept
            .iter()
            .zip(&told_planned)
            .find(|(kept, planned)| kept != planned);
        assert_eq!(
            (first, kept.items.len()),
            (None, planned.items.len()),
            "{when}: {state}"
        );
        rows += kept.items.len();
    }
    rows
}

#[both_databases]
fn what_a_clock_opens_is_listed_as_planning_says(db: TestDb) {
    let mut story = begun(db, 11);
    let (mut rows, mut woken) = (0, 0);
    for n in 0..60 {
        story.step();
        story.tick();
        rows += lists_agree(&story.city, &format!("step {n}, {}", story.now));
        // An hour later nobody was told anything, and most plans hold.
        story.now = story.now.plus_ms(3_600_000);
        story.city.clock.set(story.now);
        woken += story
            .city
            .ledger
            .read(|reader| reader.files_behind(story.now.plus_ms(1)))
            .unwrap();
        story.tick();
        rows += lists_agree(&story.city, &format!("an hour after step {n}, {}", story.now));
    }
    assert!(rows > 5_000, "the story is worth telling: {rows}");
    assert!(
        woken < 200,
        "who only has something to open is not planned again: {woken}"
    );
}

#[both_databases]
fn what_is_kept_says_what_planning_says(db: TestDb) {
    let mut story = begun(db, 7);
    let mut rows = agree(&story.city, "at first");
    for n in 0..60 {
        story.step();
        rows += agree(&story.city, &format!("step {n}, {}", story.now));
    }
    assert!(rows > 1_000, "the story is worth telling: {rows}");
}

#[both_databases]
fn before_the_first_slot_of_a_day_all_of_it_is_owed(db: TestDb) {
    let city = City::with(db, PACK);
    city.one(
        &Author::system(),
        arrival_of(&made_up(1), "样例", "2022-01-20T08:00:00+08:00"),
    );
    city.at("2022-01-21T00:30:00+08:00");
    let found = read(&city, &covered(&city, TASKS[0], "3717", 0));
    let states: Vec<(&str, &str)> = found
        .rows
        .iter()
        .map(|row| (row.occurrence.as_str(), row.state.as_str()))
        .collect();
    let slots = ["2022-01-21/1", "2022-01-21/2", "2022-01-21/3"];
    assert_eq!(states, slots.map(|slot| (slot, "upcoming")));
    agree(&city, "after midnight");
}

#[both_databases]
fn of_two_files_that_were_merged_one_is_listed(db: TestDb) {
    let city = City::with(db, PACK);
    let person = |n: u32| {
        let arrival = arrival_of(&made_up(n), "样例", "2022-01-20T08:00:00+08:00");
        city.one(&Author::system(), arrival).subject.unwrap()
    };
    let (kept, other) = (person(1), person(2));
    let merged = city.one(
        &Author::system(),
        json!({ "register": "merge", "subject": other, "body": { "into": kept, "evidence": "同一本证件" } }),
    );
    assert!(merged.status.is_in(), "{merged:#?}");
    city.at("2022-01-20T09:00:00+08:00");
    for as_of in [None, Some(city.ledger.now())] {
        let query = CoverageQuery {
            as_of,
            ..covered(&city, TASKS[0], "3717", 0)
        };
        let rows = read(&city, &query).rows;
        let mut listed: Vec<_> = rows.iter().map(|row| (row.task, row.subject)).collect();
        let all = listed.len();
        listed.dedup();
        assert_eq!((listed.len(), all > 0), (all, true), "{rows:#?}");
        assert!(rows.iter().all(|row| row.subject == kept), "{rows:#?}");
    }
    agree(&city, "after the merge");
}

#[both_databases]
fn a_long_list_is_counted_whole_and_named_in_part(db: TestDb) {
    let city = City::with(db, PACK);
    for n in 0..5 {
        city.one(
            &Author::system(),
            arrival_of(&made_up(n), "王样例", "2022-01-20T08:00:00+08:00"),
        );
    }
    city.at("2022-01-20T10:30:00+08:00");
    let query = covered(&city, TASKS[0], "3717", 0);
    let gaps = city.ledger.read(|reader| reader.gap_summary(&query, 2)).unwrap();
    assert_eq!((gaps.missing.len(), gaps.missing_count), (2, 15));
    let late: i64 = gaps.tally.iter().filter(|one| one.is_late).map(|one| one.weight).sum();
    assert_eq!(late, 5, "{:?}", gaps.tally);
    assert!(gaps.missing.iter().all(|row| row.label == "王**" && row.personal.0));
}
