//! Roles that go with a post: rights begin and end with it, whoever the account was given to.

use crate::city::{Answer, City};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "任职", en = "Posts" }
needs = ["core"]

[type]
trial_body = { of = "organisation", title = { zh = "机构", en = "Body" } }

[list.trial_post]
title = { zh = "职务", en = "Post" }
value = [{ id = "head", zh = "组长", en = "Head" }, { id = "member", zh = "成员", en = "Member" }]

[register.trial_person]
title = { zh = "人员", en = "People" }
purpose = { zh = "试", en = "Trial" }
subject = ["person"]
sensitivity = "personal"
retention = "30d"
field = [{ id = "note", kind = "text", title = { zh = "备注", en = "Note" } }]

[register.trial_holder]
title = { zh = "任职", en = "Posts" }
purpose = { zh = "试", en = "Trial" }
subject = ["trial_body"]
shape = "interval"
reference = true
sensitivity = "personal"
retention = "30d"
field = [
  { id = "post", kind = "code", list = "trial_post", required = true, title = { zh = "职务", en = "Post" } },
  { id = "who", kind = "person", required = true, title = { zh = "人员", en = "Who" } },
]

[register.trial_signature]
title = { zh = "签发", en = "Signatures" }
purpose = { zh = "试", en = "Trial" }
subject = ["region"]
nature = "act"
sensitivity = "plain"
retention = "30d"
field = [{ id = "number", kind = "text", required = true, title = { zh = "文号", en = "Number" } }]

[role.trial-office]
title = { zh = "办公室", en = "Office" }
write = ["trial_person", "trial_holder"]
read = { trial_holder = "identified", trial_person = "identified" }

[role.trial-head]
title = { zh = "组长", en = "Head" }
write = ["trial_signature"]
read = { trial_signature = "identified" }
from_post = { register = "trial_holder", field = "post", values = ["head"] }
"#;

const ADMIN: &str = "Bearer token-admin";

struct World {
    city: City,
    office: String,
    body: Value,
    head: String,
    head_id: Value,
}

impl World {
    fn new(db: TestDb) -> World {
        let city = City::with(Some(db), PACK, None);
        let office = city.staff("trial-office", "authority", "371702");
        let org = |kind: &str| json!({ "type": kind, "name": { "zh": "小组", "en": "Group" }, "region": "371702" });
        let made = city.post(ADMIN, "/api/v1/orgs", json!({ "orgs": [org("trial_body")] }));
        let body = made.body["ids"][0].clone();
        let user = json!({ "name": "head", "role": "trial-head", "org": body });
        let made = city.post(ADMIN, "/api/v1/users", json!({ "users": [user] }));
        let user = &made.body["users"][0];
        let (head, head_id) = (
            format!("Bearer {}", user["token"].as_str().unwrap()),
            user["id"].clone(),
        );
        World {
            city,
            office,
            body,
            head,
            head_id,
        }
    }

    fn write(&self, who: &str, entry: Value) -> Value {
        self.city.write(who, entry)
    }

    fn person(&self, name: &str) -> Value {
        let subject = json!({ "type": "person", "name": name });
        let made = self.write(
            &self.office,
            json!({ "register": "trial_person", "subject": subject, "region": "371702", "body": {} }),
        );
        made["subject"].clone()
    }

    fn appoint(&self, who: &Value, post: &str, from: &str) -> Value {
        let body = json!({ "post": post, "who": who, "from": from });
        let made = self.write(
            &self.office,
            json!({ "register": "trial_holder", "subject": self.body, "body": body }),
        );
        assert_eq!(made["status"], "accepted", "{made}");
        made["id"].clone()
    }

    fn is_of(&self, person: &Value) -> Answer {
        let path = format!("/api/v1/users/{}", self.head_id.as_str().unwrap());
        self.city.call(ADMIN, "PATCH", &path, Some(json!({ "person": person })))
    }

    fn sign(&self, at: &str) -> Value {
        let subject = json!({ "type": "region", "identifiers": { "code": "371702" } });
        self.write(
            &self.head,
            json!({ "register": "trial_signature", "subject": subject, "at": at, "body": { "number": "1" } }),
        )
    }

    fn reads(&self) -> Answer {
        self.city.get(&self.head, "/api/v1/entries?register=trial_signature")
    }
}

fn code(result: &Value) -> &str {
    result["problems"][0]["code"].as_str().unwrap_or("accepted")
}

#[both_databases]
fn rights_begin_and_end_with_the_post(db: TestDb) {
    let world = World::new(db);
    // The clock stands at eight in the morning of 20 January.
    let (now, before) = ("2022-01-20T08:00:00+08:00", "2022-01-19T12:00:00+08:00");
    assert_eq!(code(&world.sign(now)), "not_in_post", "the account is nobody's");
    let person = world.person("样例甲");
    assert_eq!(world.is_of(&person).status, 200);
    assert_eq!(code(&world.sign(now)), "not_in_post", "the person holds nothing");
    world.appoint(&person, "member", "2022-01-01T00:00:00+08:00");
    assert_eq!(code(&world.sign(now)), "not_in_post", "another post gives nothing");
    let refused = world.reads();
    assert_eq!(
        (refused.status.as_u16(), &refused.body["code"]),
        (403, &json!("not_in_post"))
    );

    let post = world.appoint(&person, "head", "2022-01-20T00:00:00+08:00");
    assert_eq!(code(&world.sign(now)), "accepted");
    assert_eq!(world.reads().status, 200);
    assert_eq!(
        code(&world.sign(before)),
        "not_in_post",
        "nobody signs for a time before theirs"
    );
    let session = world.city.get(&world.head, "/api/v1/session");
    assert_eq!(session.body["in_post"], true);

    let end = json!({ "register": "trial_holder", "subject": world.body, "act": "end", "replaces": post,
        "at": now, "body": { "to": now } });
    assert_eq!(world.write(&world.office, end)["status"], "accepted");
    assert_eq!(code(&world.sign(now)), "not_in_post", "it is over");
    assert_eq!(world.reads().status, 403);
    assert_eq!(world.city.get(&world.head, "/api/v1/session").body["in_post"], false);
}

#[both_databases]
fn a_post_in_one_body_gives_nothing_in_another(db: TestDb) {
    let world = World::new(db);
    let other = json!({ "type": "trial_body", "name": { "zh": "别组", "en": "Other" }, "region": "371702" });
    let made = world.city.post(ADMIN, "/api/v1/orgs", json!({ "orgs": [other] }));
    let person = world.person("样例乙");
    world.is_of(&person);
    let body = json!({ "post": "head", "who": person, "from": "2022-01-01T00:00:00+08:00" });
    world.write(
        &world.office,
        json!({ "register": "trial_holder", "subject": made.body["ids"][0], "body": body }),
    );
    assert_eq!(code(&world.sign("2022-01-20T08:00:00+08:00")), "not_in_post");
}

#[both_databases]
fn an_account_is_of_a_person_who_has_a_file(db: TestDb) {
    let world = World::new(db);
    let refused = world.is_of(&world.body);
    assert_eq!(
        (refused.status.as_u16(), &refused.body["field"]),
        (422, &json!("person")),
        "{}",
        refused.body
    );
    let shown = world.city.get(ADMIN, "/api/v1/users");
    let items = shown.body["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|login| login["id"] == world.head_id && login["person"].is_null())
    );
}
