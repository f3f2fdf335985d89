//! Coverage of sets and of hours: required − done is the list of gaps, whatever shows what was done.

use crate::city::{City, id};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
needs = ["core", "briefings"]
[type]
trial_site = { of = "place", title = { zh = "点位", en = "site" } }
[list.trial_post]
title = { zh = "岗位", en = "Post" }
value = [{ id = "gate", zh = "门岗", en = "Gate" }]
[register.trial_site_file]
title = { zh = "点位", en = "Sites" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_site"]
sensitivity = "plain"
retention = "1d"
field = [{ id = "note", kind = "text", title = { zh = "注", en = "Note" } }]
[register.trial_inspection]
title = { zh = "检查", en = "Inspections" }
purpose = { zh = "例", en = "Trial" }
subject = ["place"]
sensitivity = "plain"
retention = "1d"
field = [{ id = "passed", kind = "bool", required = true, title = { zh = "合格", en = "Passed" } }]
[register.trial_opening]
title = { zh = "开业", en = "Openings" }
purpose = { zh = "例", en = "Trial" }
subject = ["matter"]
nature = "act"
sensitivity = "plain"
retention = "1d"
field = [{ id = "site", kind = "place", required = true, title = { zh = "点位", en = "Site" } }]
[guard.trial-inspected]
title = { zh = "先检后开", en = "Inspected before it opens" }
on = ["trial_opening"]
look = { seen = { fold = "last", of = "trial_inspection", subject = "entry.site" } }
require = "has(seen.passed) && seen.passed"
refuse = { zh = "未经检查合格", en = "Not inspected" }
[register.trial_watch]
title = { zh = "值守", en = "Watch" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_site"]
shape = "interval"
nature = "act"
sensitivity = "plain"
retention = "1d"
field = [{ id = "post", kind = "code", list = "trial_post", required = true, title = { zh = "岗位", en = "Post" } }]
hold = { per = ["subject", "post"], min = "1", required = { of = "trial_site" } }
[role.trial-officer]
title = { zh = "例", en = "Trial" }
write = ["trial_site_file", "trial_inspection", "trial_opening", "trial_watch", "briefing_issue"]
read = { trial_site_file = "identified", trial_inspection = "identified", trial_opening = "identified", trial_watch = "identified", briefing_issue = "identified" }
scope = "region"
[role.trial-stranger]
title = { zh = "例外", en = "Stranger" }
write = ["trial_site_file"]
read = { trial_site_file = "identified" }
scope = "region"
[indicator]
trial-passed = { kind = "coverage", required = { of = "trial_site" }, done = { register = "trial_inspection" }, where = "it.passed", by = ["region"], title = { zh = "检查合格", en = "Passed" } }
trial-ready = { kind = "coverage", required = { of = "trial_site" }, done = { guard = "trial-inspected" }, title = { zh = "可开业", en = "Ready" } }
trial-watched = { kind = "coverage", of = "trial_watch", base = "minutes", by = ["region", "day"], title = { zh = "值守时段", en = "Hours watched" } }
trial-inspections = { kind = "count", of = "trial_inspection", by = ["region", "day"], title = { zh = "检查", en = "Inspections" } }
[briefing.trial-daily]
title = { zh = "例", en = "Trial" }
series = "例"
as_of = "09:00"
block = [
  { kind = "list", indicator = "trial-inspections", by = ["region"] },
  { kind = "chart", indicator = "trial-inspections", days = 3 },
  { kind = "gaps", indicator = "trial-passed", against = "day_before" },
  { kind = "figure", indicator = "trial-inspections", against = "week_before" },
]
"#;

pub struct World {
    pub city: City,
    pub officer: String,
}

impl World {
    pub fn new(db: TestDb) -> World {
        let city = City::with(Some(db), PACK, None);
        let officer = city.staff("trial-officer", "authority", "371702001");
        World { city, officer }
    }

    pub fn entry(&self, n: u128, register: &str, subject: Value, body: Value) -> String {
        self.entry_at(n, "2022-01-20T07:00:00+08:00", (register, subject), body)
    }

    pub fn entry_at(&self, n: u128, at: &str, (register, subject): (&str, Value), body: Value) -> String {
        let entry = json!({
            "id": id(n), "register": register, "at": at, "region": "371702001",
            "subject": subject, "body": body,
        });
        let made = self
            .city
            .post(&self.officer, "/api/v1/entries", json!({ "entries": [entry] }));
        assert_eq!(made.body["results"][0]["status"], "accepted", "{}", made.body);
        made.body["results"][0]["subject"].as_str().unwrap().to_owned()
    }

    pub fn site(&self, n: u128, name: &str) -> String {
        let subject = json!({ "type": "trial_site", "name": name });
        self.entry(n, "trial_site_file", subject, json!({}))
    }

    fn figure(&self, path: &str) -> Value {
        let found = self.city.get(&self.officer, &format!("/api/v1/indicators/{path}"));
        assert_eq!(found.status, 200, "{}", found.body);
        found.body
    }
}

#[both_databases]
fn who_is_required_and_did_not_is_named(db: TestDb) {
    let world = World::new(db);
    let (a, b) = (world.site(1, "A"), world.site(2, "B"));
    let other = json!({ "type": "place", "name": "Other" });
    world.entry(3, "trial_inspection", json!(a), json!({ "passed": true }));
    world.entry(4, "trial_inspection", json!(b), json!({ "passed": false }));
    let extra = world.entry(5, "trial_inspection", other, json!({ "passed": true }));
    let figure = world.figure("trial-passed?by=region");
    assert_eq!((&figure["numerator"], &figure["denominator"]), (&json!(1), &json!(2)));
    assert_eq!(figure["missing"][0]["subject"], b.as_str());
    assert_eq!(figure["rows"][0]["numerator"], 1, "{figure}");
    let all = world.figure("trial-passed/coverage");
    let of = |subject: &str| {
        let mut items = all["items"].as_array().unwrap().iter();
        items.find(|item| item["subject"] == subject).cloned().unwrap()
    };
    assert_eq!((&of(&a)["state"], &of(&b)["state"]), (&json!("done"), &json!("open")));
    assert_eq!(of(&extra)["extra"], true, "done without being required");
    let ready = world.figure("trial-ready");
    assert_eq!((&ready["numerator"], &ready["denominator"]), (&json!(1), &json!(2)));
    assert_eq!(ready["missing"][0]["subject"], b.as_str(), "the guard would refuse it");
    let before = world.figure("trial-passed?as_of=2022-01-20T07:59:00%2B08:00");
    assert_eq!(before["numerator"], 0, "as known then: {before}");
}

#[both_databases]
fn minutes_that_nobody_holds_are_told_from_and_to(db: TestDb) {
    let world = World::new(db);
    let site = world.site(1, "A");
    let turn = json!({ "post": "gate", "from": "2022-01-20T00:00:00+08:00", "to": "2022-01-20T18:00:00+08:00" });
    world.entry(2, "trial_watch", json!(site), turn);
    let figure = world.figure("trial-watched?by=day");
    assert_eq!(
        (&figure["numerator"], &figure["denominator"]),
        (&json!(18 * 60), &json!(24 * 60))
    );
    let gap = &figure["missing"][0];
    assert_eq!(gap["subject"], site.as_str());
    assert_eq!(
        (&gap["from"], &gap["to"]),
        (&json!("2022-01-20T10:00:00Z"), &json!("2022-01-20T16:00:00Z"))
    );
    assert_eq!((&gap["have"], &gap["wanted"]), (&json!(0), &json!(1)));
    assert_eq!(gap["post"]["post"], "gate");
    assert_eq!(figure["rows"][0]["key"]["day"], "2022-01-20");
    let tomorrow = world.figure("trial-watched?day=2022-01-21");
    assert_eq!(
        (&tomorrow["numerator"], &tomorrow["denominator"]),
        (&json!(0), &json!(24 * 60)),
        "silence is no coverage"
    );
}

#[both_databases]
fn who_does_not_read_the_rows_does_not_read_who_is_missing(db: TestDb) {
    let world = World::new(db);
    let stranger = world.city.staff("trial-stranger", "authority", "371702001");
    for path in ["trial-passed", "trial-passed/coverage", "trial-watched/coverage"] {
        let refused = world.city.get(&stranger, &format!("/api/v1/indicators/{path}"));
        assert_eq!(refused.status, 403, "{path}: {}", refused.body);
    }
    let none = world
        .city
        .get(&world.officer, "/api/v1/indicators/new-confirmed/coverage");
    assert_eq!(none.status, 404, "{}", none.body);
}
