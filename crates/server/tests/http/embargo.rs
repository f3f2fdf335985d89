//! Entries that are not for everybody yet: every way in is closed until their moment.

use crate::city::City;
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "试", en = "Trial" }
needs = ["core"]

[type]
trial_matter = { of = "matter", title = { zh = "事项", en = "Matter" } }

[register.trial_plan]
title = { zh = "暗访安排", en = "Unannounced visits" }
purpose = { zh = "试", en = "Trial" }
subject = ["organisation", "trial_matter"]
nature = "act"
sensitivity = "personal"
retention = "30d"
embargo = "begins_at"
field = [
  { id = "begins_at", kind = "instant", required = true, see = ["trial-inspector", "trial-overseer"], title = { zh = "开始", en = "Begins" } },
  { id = "n", kind = "int", title = { zh = "人数", en = "People" } },
]

[register.trial_visit]
title = { zh = "检查", en = "Visits" }
purpose = { zh = "试", en = "Trial" }
subject = ["organisation", "trial_matter"]
sensitivity = "plain"
retention = "30d"
field = [{ id = "found", kind = "text", title = { zh = "情况", en = "Found" } }]

[protocol.trial-visit]
title = { zh = "暗访", en = "Unannounced visit" }
enrol = { on = ["trial_plan"], key = ["subject"] }
task = [{ id = "visit", title = { zh = "到场", en = "Go there" }, owner = "entry.org", expects = "trial_visit", within = "24h", from = "entry.begins_at" }]
release = [{ outcome = "visited", when = "done('visit')" }]

[indicator]
trial-plans = { kind = "count", of = "trial_plan", by = ["region", "day"], title = { zh = "安排", en = "Plans" } }
trial-sites = { kind = "count", of = "trial_plan", distinct = "subject", by = ["region"], title = { zh = "单位", en = "Sites" } }
trial-people = { kind = "sum", of = "trial_plan", value = "has(it.n) ? it.n : 0", by = ["region"], title = { zh = "人数", en = "People" } }
trial-opened = { kind = "count", of = "trial-visit", by = ["region", "state"], title = { zh = "暗访", en = "Visits" } }
trial-made = { kind = "coverage", of = "trial-visit/visit", by = ["region"], title = { zh = "到场", en = "Made" } }

[role.trial-inspector]
title = { zh = "督查", en = "Inspector" }
write = ["trial_plan", "trial_visit"]
read = { trial_plan = "identified", trial_visit = "identified" }

[role.trial-overseer]
title = { zh = "督查主管", en = "Overseer" }
read = { trial_plan = "identified", trial_visit = "identified" }

[role.trial-office]
title = { zh = "办公室", en = "Office" }
read = { trial_plan = "identified", trial_visit = "identified" }
"#;

const PLACE: &str = "371702001";
const BEFORE: &str = "2022-01-20T21:59:59+08:00";
const BEGINS: &str = "2022-01-20T22:00:00+08:00";

struct World {
    city: City,
    inspector: String,
    overseer: String,
    office: String,
    site: Value,
    matter: Value,
    entry: Value,
}

impl World {
    fn new(db: TestDb) -> World {
        let city = City::with(Some(db), PACK, None);
        let inspector = city.staff("trial-inspector", "authority", "371702");
        let overseer = city.staff("trial-overseer", "authority", "371702");
        let office = city.staff("trial-office", "authority", "371702");
        let site = json!({ "type": "health_unit", "name": { "zh": "医院", "en": "Hospital" }, "region": PLACE });
        let made = city.post("Bearer token-admin", "/api/v1/orgs", json!({ "orgs": [site] }));
        let site = made.body["ids"][0].clone();
        let mut world = World {
            city,
            inspector,
            overseer,
            office,
            site: site.clone(),
            matter: Value::Null,
            entry: Value::Null,
        };
        world.entry = world.write(json!({ "subject": site, "body": { "begins_at": BEGINS, "n": 3 } }))["id"].clone();
        let matter = json!({ "type": "trial_matter", "name": "夜查一号" });
        let made = world.write(json!({ "subject": matter, "region": PLACE, "body": { "begins_at": BEGINS } }));
        world.matter = made["subject"].clone();
        world
    }

    fn write(&self, mut entry: Value) -> Value {
        entry["register"] = json!("trial_plan");
        let made = self.city.write(&self.inspector, entry);
        assert_eq!(made["status"], "accepted", "{made}");
        made
    }

    fn at(&self, time: &str) {
        let moved = self
            .city
            .post("Bearer token-admin", "/api/v1/test/clock", json!({ "now": time }));
        assert_eq!(moved.status, 200, "{}", moved.body);
    }

    fn items(&self, who: &str, path: &str) -> usize {
        let answer = self.city.get(who, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body["items"].as_array().unwrap().len()
    }

    /// What somebody finds by every way in: lists, one entry, the file, tasks, tasks as of, search.
    fn found(&self, who: &str) -> [usize; 7] {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (site, entry) = (text(&self.site), text(&self.entry));
        let one = self.city.get(who, &format!("/api/v1/entries/{entry}/changes")).status == 200;
        let file = self.city.get(who, &format!("/api/v1/subjects/{site}")).body;
        let rows = |key: &str| file[key].as_array().map_or(0, Vec::len);
        let asked = json!({ "purpose": "核对", "name_part": "夜查" });
        let search = self.city.post(who, "/api/v1/subjects/search", asked).body;
        [
            self.items(who, "/api/v1/entries?register=trial_plan"),
            usize::from(one),
            rows("timeline") + rows("enrolments"),
            self.items(who, "/api/v1/tasks?protocol=trial-visit"),
            self.items(
                who,
                "/api/v1/tasks?protocol=trial-visit&as_of=2022-01-20T12:00:00%2B08:00",
            ),
            search["items"].as_array().map_or(0, Vec::len),
            usize::from(
                self.city
                    .get(who, &format!("/api/v1/subjects/{}", text(&self.matter)))
                    .status
                    == 200,
            ),
        ]
    }

    fn figures(&self) -> Vec<i64> {
        self.figures_as_of("")
    }

    fn figures_as_of(&self, as_of: &str) -> Vec<i64> {
        let ids = [
            "trial-plans",
            "trial-sites",
            "trial-people",
            "trial-opened",
            "trial-made",
        ];
        let value = |id: &&str| {
            let path = format!("/api/v1/indicators/{id}?region=371702{as_of}");
            let body = self.city.get(&self.inspector, &path).body;
            let field = if *id == "trial-made" { "denominator" } else { "value" };
            body[field].as_i64().unwrap_or(0)
        };
        ids.iter().map(value).collect()
    }
}

#[both_databases]
fn before_its_moment_only_its_author_and_those_who_may_see_it_read_an_entry(db: TestDb) {
    let world = World::new(db);
    let all = [2, 1, 2, 2, 2, 1, 1];
    for time in ["2022-01-20T12:00:00+08:00", BEFORE] {
        world.at(time);
        assert_eq!(world.found(&world.inspector), all, "{time}");
        assert_eq!(world.found(&world.overseer), all, "{time}");
        assert_eq!(world.found(&world.office), [0; 7], "{time}");
    }
    world.at(BEGINS);
    assert_eq!(world.found(&world.office), all);
}

#[both_databases]
fn a_figure_counts_it_only_after(db: TestDb) {
    let world = World::new(db);
    world.at(BEFORE);
    assert_eq!(world.figures(), [0, 0, 0, 0, 0], "whoever asks");
    let to_come = "&as_of=2099-01-01T00:00:00%2B08:00";
    assert_eq!(
        world.figures_as_of(to_come),
        [0, 0, 0, 0, 0],
        "nor by asking for the future"
    );
    let path = format!("/api/v1/coverage/trial-visit/visit?region=371702{to_come}");
    let listed = world.city.get(&world.office, &path).body;
    assert_eq!(listed["items"].as_array().map_or(0, Vec::len), 0, "{listed}");
    world.at(BEGINS);
    assert_eq!(world.figures(), [2, 2, 3, 2, 2]);
    let then = "/api/v1/indicators/trial-plans?region=371702&as_of=2022-01-20T21:59:59%2B08:00";
    assert_eq!(
        world.city.get(&world.inspector, then).body["value"],
        0,
        "and as of before it still says none"
    );
}

#[both_databases]
fn a_correction_moves_the_moment_and_a_withdrawal_leaves_nothing(db: TestDb) {
    let world = World::new(db);
    let later = "2022-01-21T02:00:00+08:00";
    world.at("2022-01-20T12:00:00+08:00");
    let correct =
        json!({ "act": "correct", "replaces": world.entry, "reason": "改期", "body": { "begins_at": later } });
    let new = world.write(correct)["id"].clone();
    world.at(BEGINS);
    let one = |id: &Value| {
        world
            .city
            .get(
                &world.office,
                &format!("/api/v1/entries/{}/changes", id.as_str().unwrap()),
            )
            .status
    };
    assert_eq!(
        (one(&world.entry).as_u16(), one(&new).as_u16()),
        (404, 404),
        "the first version too"
    );
    assert_eq!(
        world.items(&world.office, "/api/v1/tasks?protocol=trial-visit"),
        1,
        "the other visit's"
    );
    assert_eq!(world.figures()[3], 1, "an enrolment put off counts when it begins");
    world.at(later);
    assert_eq!(world.figures()[3], 2);
    assert_eq!((one(&world.entry).as_u16(), one(&new).as_u16()), (200, 200));
    world.write(json!({ "act": "withdraw", "replaces": new, "reason": "取消" }));
    assert_eq!(world.figures()[..2], [1, 1]);
}
