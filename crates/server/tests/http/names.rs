//! Names for one role only: all others read how many.

use crate::city::City;
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "试", en = "Trial" }
needs = ["core"]

[register.trial_member]
title = { zh = "名册", en = "Members" }
purpose = { zh = "试", en = "Trial" }
subject = ["person"]
sensitivity = "personal"
retention = "30d"
field = [{ id = "note", kind = "text", title = { zh = "备注", en = "Note" } }]

[register.trial_answer]
title = { zh = "申报", en = "Answers" }
purpose = { zh = "试", en = "Trial" }
subject = ["person"]
sensitivity = "personal"
retention = "30d"
field = [{ id = "ok", kind = "bool", title = { zh = "是否", en = "Yes" } }]

[protocol.trial-round]
title = { zh = "申报", en = "Round" }
enrol = { on = ["trial_member"], key = ["subject"] }
task = [{ id = "answer", title = { zh = "申报", en = "Answer" }, owner = "entry.org", expects = "trial_answer", within = "24h", from = "entry.at", names_to = "trial-head" }]
release = [{ outcome = "answered", when = "done('answer')" }]

[indicator]
trial-answered = { kind = "coverage", of = "trial-round/answer", by = ["region"], title = { zh = "完成", en = "Answered" } }
trial-known = { kind = "count", of = "trial_answer", complete = "trial-round/answer", names_to = "trial-head", by = ["region"], title = { zh = "已报", en = "Known" } }

[role.trial-head]
title = { zh = "负责人", en = "Head" }
write = ["trial_member", "trial_answer"]
read = { trial_member = "identified", trial_answer = "identified" }

[role.trial-clerk]
title = { zh = "文员", en = "Clerk" }
write = ["trial_member", "trial_answer"]
read = { trial_member = "identified", trial_answer = "identified" }
"#;

struct World {
    city: City,
    head: String,
    clerk: String,
    person: Value,
}

impl World {
    fn new(db: TestDb) -> World {
        let city = City::with(Some(db), PACK, None);
        let head = city.staff("trial-head", "authority", "371702");
        let clerk = city.staff("trial-clerk", "authority", "371702");
        let mut people = Vec::new();
        for name in ["样例甲", "样例乙"] {
            let subject = json!({ "type": "person", "name": name });
            let entry = json!({ "register": "trial_member", "subject": subject, "region": "371702001", "body": {} });
            people.push(city.write(&head, entry)["subject"].clone());
        }
        let entry = json!({ "register": "trial_answer", "subject": people[0], "body": { "ok": true } });
        let made = city.write(&head, entry);
        assert_eq!(made["status"], "accepted", "{made}");
        World {
            city,
            head,
            clerk,
            person: people[1].clone(),
        }
    }

    fn get(&self, who: &str, path: &str) -> Value {
        let answer = self.city.get(who, path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }
}

#[both_databases]
fn who_owes_a_task_is_told_to_one_role(db: TestDb) {
    let world = World::new(db);
    let coverage = "/api/v1/coverage/trial-round/answer?region=371702";
    let named = world.get(&world.head, coverage);
    let open: Vec<&Value> = named["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["state"] == "open")
        .collect();
    assert_eq!((open.len(), &open[0]["subject"]), (1, &world.person), "{named}");
    let refused = world.city.get(&world.clerk, coverage);
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (403, &json!("no_right"))
    );

    let tasks = "/api/v1/tasks?protocol=trial-round&state=open";
    assert_eq!(world.get(&world.head, tasks)["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.get(&world.clerk, tasks)["items"], json!([]));
}

#[both_databases]
fn who_stands_behind_a_figure_is_told_to_one_role(db: TestDb) {
    let world = World::new(db);
    for (id, counts) in [
        ("trial-answered", ["numerator", "denominator"]),
        ("trial-known", ["value", "denominator"]),
    ] {
        let path = format!("/api/v1/indicators/{id}?region=371702");
        let (head, clerk) = (world.get(&world.head, &path), world.get(&world.clerk, &path));
        for count in counts {
            assert_eq!(head[count], clerk[count], "{id}: all read how many");
        }
        assert_eq!(head["denominator"], 2, "{head}");
        assert_eq!(head["missing"][0]["subject"], world.person, "{head}");
        assert_eq!(clerk["missing"], json!([]), "{clerk}");
    }
}
