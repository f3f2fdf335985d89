//! Days that a register takes entries of, and fields that are newer than some entries.

use crate::city::City;
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "试", en = "Trial" }
needs = ["core"]

[list.trial_place]
title = { zh = "部位", en = "Site" }
value = [{ id = "ear", zh = "耳", en = "Ear" }, { id = "brow", zh = "额", en = "Brow" }]

[register.trial_act]
title = { zh = "申报", en = "Claims" }
purpose = { zh = "试", en = "Trial" }
subject = ["region"]
nature = "act"
sensitivity = "plain"
retention = "30d"
accepts = { from = 2022-01-10, to = 2022-01-20 }
field = [{ id = "n", kind = "int", required = true, title = { zh = "数", en = "Number" } }]

[register.trial_seen]
title = { zh = "测温", en = "Readings" }
purpose = { zh = "试", en = "Trial" }
subject = ["region"]
sensitivity = "plain"
retention = "30d"
accepts = { from = 2022-01-10 }
field = [
  { id = "celsius", kind = "decimal", scale = 1, required = true, title = { zh = "体温", en = "Temperature" } },
  { id = "site", kind = "code", list = "trial_place", required = true, since = 2022-01-19, title = { zh = "部位", en = "Site" } },
  { id = "rows", kind = "rows", title = { zh = "行", en = "Rows" }, field = [
    { id = "a", kind = "int", required = true, title = { zh = "甲", en = "A" } },
    { id = "b", kind = "int", required = true, since = 2022-01-19, title = { zh = "乙", en = "B" } },
  ] },
]

[role.trial-clerk]
title = { zh = "登记员", en = "Clerk" }
write = ["trial_act", "trial_seen"]
read = { trial_act = "identified", trial_seen = "identified" }
"#;

struct World {
    city: City,
    clerk: String,
}

impl World {
    fn new(db: TestDb) -> World {
        let city = City::with(Some(db), PACK, None);
        let clerk = city.staff("trial-clerk", "authority", "371702");
        World { city, clerk }
    }

    fn write(&self, register: &str, at: &str, body: Value) -> Value {
        let subject = json!({ "type": "region", "identifiers": { "code": "371702" } });
        let entry = json!({ "register": register, "subject": subject, "at": at, "body": body });
        self.city.write(&self.clerk, entry)
    }
}

#[both_databases]
fn an_act_outside_of_the_days_is_refused_with_the_days(db: TestDb) {
    let world = World::new(db);
    let at = |at: &str| world.write("trial_act", at, json!({ "n": 1 }));
    // Days are the city's: the last moment of the ninth in China is still the ninth in Greenwich.
    for inside in ["2022-01-10T00:00:00+08:00", "2022-01-19T23:59:59+08:00"] {
        assert_eq!(at(inside)["status"], "accepted", "{inside}");
    }
    for outside in ["2022-01-09T23:59:59+08:00", "2022-01-20T00:00:00+08:00"] {
        let refused = at(outside);
        assert_eq!(refused["status"], "refused", "{outside}");
        let problem = &refused["problems"][0];
        assert_eq!(
            (&problem["code"], &problem["field"]),
            (&json!("not_accepted"), &json!("at"))
        );
        let told = problem["what"].as_str().unwrap();
        assert!(told.contains("2022-01-10 to 2022-01-19"), "{told}");
    }
}

#[both_databases]
fn what_happened_outside_of_the_days_is_kept_and_flagged(db: TestDb) {
    let world = World::new(db);
    let kept = world.write("trial_seen", "2022-01-09T12:00:00+08:00", json!({ "celsius": 36.5 }));
    assert_eq!(kept["status"], "flagged", "{kept}");
    assert_eq!(kept["flags"][0]["code"], "not_accepted");
    let listed = world
        .city
        .get(&world.clerk, "/api/v1/entries?register=trial_seen&flagged=true");
    assert_eq!(listed.body["items"][0]["id"], kept["id"], "{}", listed.body);
}

#[both_databases]
fn a_field_is_asked_for_from_its_day_on(db: TestDb) {
    let world = World::new(db);
    let (before, after) = ("2022-01-18T23:59:59+08:00", "2022-01-19T00:00:00+08:00");
    let old = world.write("trial_seen", before, json!({ "celsius": 36.5, "rows": [{ "a": 1 }] }));
    assert_eq!(old["status"], "accepted", "{old}");
    let given = world.write("trial_seen", before, json!({ "celsius": 36.5, "site": "ear" }));
    assert_eq!(given["status"], "accepted", "who knows it may say it: {given}");
    let missing = world.write("trial_seen", after, json!({ "celsius": 36.5, "rows": [{ "a": 1 }] }));
    let fields: Vec<&Value> = missing["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["field"])
        .collect();
    assert_eq!(fields, [&json!("site"), &json!("rows[0].b")], "{missing}");
    // An older entry that is put right today is still an older one.
    let correct = json!({ "register": "trial_seen", "act": "correct", "replaces": old["id"], "reason": "36.6",
        "at": before, "body": { "celsius": 36.6 } });
    let corrected = world.city.write(&world.clerk, correct);
    assert_eq!(corrected["status"], "accepted", "{corrected}");
}
