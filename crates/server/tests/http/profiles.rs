//! Profiles: fields of a type, dated; conditions read them as they held when it happened.

use crate::city::{City, id};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
needs = ["core"]
[type.trial_hall]
of = "place"
title = { zh = "会场", en = "hall" }
field = [
  { id = "seats", kind = "int", required = true, range = [1, 100000], title = { zh = "座位", en = "Seats" } },
  { id = "outdoors", kind = "bool", title = { zh = "露天", en = "Outdoors" } },
]
[register.trial_event]
title = { zh = "活动", en = "Events" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_hall"]
nature = "act"
sensitivity = "plain"
retention = "1d"
field = [{ id = "people", kind = "int", required = true, title = { zh = "人数", en = "People" } }]
[guard.trial-seats]
title = { zh = "不超座位", en = "No more than seats" }
on = ["trial_event"]
require = "has(subject.seats) && entry.people <= subject.seats"
refuse = { zh = "超过座位数", en = "More people than seats" }
[role.trial-officer]
title = { zh = "例", en = "Trial" }
write = ["trial_hall_profile", "trial_event"]
read = { trial_hall_profile = "identified", trial_event = "identified" }
scope = "region"
[indicator]
trial-big = { kind = "coverage", required = { of = "trial_hall", where = "has(it.seats) && it.seats >= 100" }, done = { register = "trial_event" }, title = { zh = "大会场", en = "Big halls" } }
"#;

struct World {
    city: City,
    officer: String,
}

impl World {
    fn new(db: TestDb) -> World {
        let city = City::with(Some(db), PACK, None);
        let officer = city.staff("trial-officer", "authority", "371702001");
        World { city, officer }
    }

    fn send(&self, n: u128, register: &str, at: &str, (subject, body): (&Value, Value)) -> Value {
        let entry = json!({
            "id": id(n), "register": register, "at": at, "region": "371702001", "subject": subject, "body": body,
        });
        let sent = self
            .city
            .post(&self.officer, "/api/v1/entries", json!({ "entries": [entry] }));
        sent.body["results"][0].clone()
    }

    fn event(&self, n: u128, at: &str, hall: &Value, people: i64) -> Value {
        self.send(n, "trial_event", at, (hall, json!({ "people": people })))
    }
}

#[both_databases]
fn a_condition_reads_what_held_when_it_happened(db: TestDb) {
    let world = World::new(db);
    let seven = "2022-01-20T07:00:00+08:00";
    let made = json!({ "type": "trial_hall", "name": "Hall" });
    let kept = json!({ "seats": 200, "from": "2022-01-01T00:00:00+08:00" });
    let kept = world.send(1, "trial_hall_profile", seven, (&made, kept));
    assert_eq!(kept["status"], "accepted", "{kept}");
    let hall = kept["subject"].clone();
    assert_eq!(world.event(2, seven, &hall, 200)["status"], "accepted");
    let full = world.event(3, seven, &hall, 201);
    assert_eq!(full["problems"][0]["code"], "trial-seats", "{full}");
    let fewer = json!({ "seats": 50, "outdoors": true, "from": "2022-01-20T07:30:00+08:00" });
    let fewer = world.send(4, "trial_hall_profile", seven, (&hall, fewer));
    assert_eq!(
        fewer["status"], "accepted",
        "the new version ends the one before it: {fewer}"
    );
    let after = world.event(5, "2022-01-20T07:45:00+08:00", &hall, 60);
    assert_eq!(after["problems"][0]["code"], "trial-seats", "{after}");
    let before = world.event(6, "2022-01-20T07:15:00+08:00", &hall, 60);
    assert_eq!(
        before["status"], "accepted",
        "told late, judged by what held then: {before}"
    );
    let big = world.city.get(&world.officer, "/api/v1/indicators/trial-big");
    assert_eq!(big.body["denominator"], 0, "50 seats now: {}", big.body);
}

#[both_databases]
fn without_a_profile_the_condition_says_no(db: TestDb) {
    let world = World::new(db);
    let hall = json!({ "type": "trial_hall", "name": "Bare" });
    let refused = world.event(1, "2022-01-20T07:00:00+08:00", &hall, 1);
    assert_eq!(refused["problems"][0]["code"], "trial-seats", "{refused}");
    let registers = world.city.get(&world.officer, "/api/v1/registers");
    let items = registers.body["items"].as_array().unwrap();
    let profile = items.iter().find(|item| item["id"] == "trial_hall_profile").unwrap();
    assert_eq!(profile["title"]["en"], "Profile: hall", "{profile}");
}
