//! Figures that are not exact keep their qualifier from entry to sum; what is made of them is not exact either.

use crate::city::{City, id};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
needs = ["core"]
[register.trial_count]
title = { zh = "计数", en = "Counts" }
purpose = { zh = "例", en = "Trial" }
subject = ["place"]
sensitivity = "plain"
retention = "1d"
field = [{ id = "n", kind = "int", required = true, range = [0, 1000], approx = true, title = { zh = "人次", en = "Times" } }]
[role.trial-officer]
title = { zh = "例", en = "Trial" }
write = ["trial_count"]
read = { trial_count = "identified" }
scope = "region"
[indicator]
trial-sum = { kind = "sum", of = "trial_count", value = "it.n", by = ["region"], title = { zh = "人次", en = "Times" } }
trial-last = { kind = "sum", of = "trial_count", value = "it.n", fold = "last", title = { zh = "最近", en = "Latest" } }
trial-rest = { kind = "formula", of = ["trial-sum"], expr = "1000 - trial_sum", by = ["region"], title = { zh = "余量", en = "Rest" } }
"#;

struct World {
    city: City,
    officer: String,
}

impl World {
    fn send(&self, entry: Value) -> Value {
        let sent = self
            .city
            .post(&self.officer, "/api/v1/entries", json!({ "entries": [entry] }));
        sent.body["results"][0].clone()
    }

    fn count(&self, n: u128, name: &str, value: &Value) -> Value {
        self.send(json!({
            "id": id(n), "register": "trial_count", "at": "2022-01-20T07:00:00+08:00", "region": "371702001",
            "subject": { "type": "place", "name": name }, "body": { "n": value },
        }))
    }

    fn figure(&self, path: &str) -> Value {
        let found = self.city.get(&self.officer, &format!("/api/v1/indicators/{path}"));
        assert_eq!(found.status, 200, "{}", found.body);
        found.body
    }
}

#[both_databases]
fn what_is_added_up_of_about_over_and_nearly_says_so(db: TestDb) {
    let city = City::with(Some(db), PACK, None);
    let officer = city.staff("trial-officer", "authority", "371702001");
    let world = World { city, officer };
    let first = world.count(1, "A", &json!("300余"));
    assert_eq!(first["status"], "accepted", "{first}");
    world.count(2, "B", &json!(100));
    let sum = world.figure("trial-sum?by=region");
    assert_eq!((&sum["value"], &sum["approx"]), (&json!(400), &json!("over")));
    assert_eq!(sum["rows"][0]["approx"], "over", "{sum}");
    let third = world.count(3, "C", &json!("近50"));
    let sum = world.figure("trial-sum");
    assert_eq!((&sum["value"], &sum["approx"]), (&json!(450), &json!("about")));
    assert_eq!(world.figure("trial-last")["approx"], "about");
    let rest = world.figure("trial-rest");
    assert_eq!((&rest["value"], &rest["approx"]), (&json!(550), &json!("about")));
    let put_right = world.send(json!({
        "id": id(4), "register": "trial_count", "act": "correct", "replaces": id(3), "reason": "counted",
        "subject": third["subject"], "at": "2022-01-20T07:00:00+08:00", "body": { "n": 48 },
    }));
    assert_eq!(put_right["status"], "accepted", "{put_right}");
    let sum = world.figure("trial-sum");
    assert_eq!(
        (&sum["value"], &sum["approx"]),
        (&json!(448), &json!("over")),
        "a correction takes its qualifier away"
    );
    let sheet = world
        .city
        .get(&world.officer, "/api/v1/entries.csv?register=trial_count");
    let sheet = sheet.body.as_str().unwrap_or_default().to_owned();
    assert!(sheet.contains("n_approx") && sheet.contains("over"), "{sheet}");
}

#[both_databases]
fn what_is_no_number_is_refused_with_or_without_a_qualifier(db: TestDb) {
    let city = City::with(Some(db), PACK, None);
    let officer = city.staff("trial-officer", "authority", "371702001");
    let world = World { city, officer };
    for (n, wrong) in (1..).zip([json!("约很多"), json!("余"), json!("约2000")]) {
        let refused = world.count(n, "A", &wrong);
        assert_ne!(refused["status"], "accepted", "{wrong}: {refused}");
        assert_eq!(refused["problems"][0]["field"], "n", "{refused}");
    }
}
