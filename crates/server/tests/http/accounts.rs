//! The balance sheet of an account: opening, in, out and closing, as of any moment.

use crate::city::{City, id};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
needs = ["core"]
[type]
trial_depot = { of = "place", title = { zh = "库", en = "depot" } }
trial_thing = { of = "item", title = { zh = "物", en = "thing" }, unit = "piece" }
[account]
trial_maker = { of = "outside", title = { zh = "厂", en = "Maker" } }
trial_depot_account = { of = "trial_depot", title = { zh = "库存", en = "Depot" } }
trial_user = { of = "outside", title = { zh = "用", en = "User" } }
[register.trial_file]
title = { zh = "登记", en = "Files" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_depot", "trial_thing"]
sensitivity = "plain"
retention = "1d"
field = [{ id = "note", kind = "text", title = { zh = "注", en = "Note" } }]
[list.trial_move]
title = { zh = "方式", en = "Move" }
value = [{ id = "came", zh = "入", en = "In" }, { id = "gone", zh = "出", en = "Out" }]
[register.trial_posting]
title = { zh = "出入库", en = "Postings" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_depot"]
shape = "posting"
sensitivity = "plain"
retention = "1d"
field = [
  { id = "move", kind = "code", list = "trial_move", required = true, title = { zh = "方式", en = "Move" } },
  { id = "thing", kind = "item", required = true, title = { zh = "物", en = "Thing" } },
  { id = "n", kind = "quantity", required = true, title = { zh = "数", en = "Number" } },
]
posting = { item = "thing", quantity = "n", by = "move", moves = { came = ["trial_maker", "trial_depot_account"], gone = ["trial_depot_account", "trial_user"] } }
[role.trial-keeper]
title = { zh = "例", en = "Trial" }
write = ["trial_file", "trial_posting"]
read = { trial_file = "identified", trial_posting = "identified" }
scope = "region"
[role.trial-stranger]
title = { zh = "例外", en = "Stranger" }
write = ["trial_file"]
read = { trial_file = "identified" }
scope = "region"
"#;

struct World {
    city: City,
    keeper: String,
}

impl World {
    fn entry(&self, n: u128, register: &str, at: &str, (subject, body): (Value, Value)) -> Value {
        let entry = json!({
            "id": id(n), "register": register, "at": at, "region": "371702001", "subject": subject, "body": body,
        });
        let sent = self
            .city
            .post(&self.keeper, "/api/v1/entries", json!({ "entries": [entry] }));
        assert_eq!(sent.body["results"][0]["status"], "accepted", "{}", sent.body);
        sent.body["results"][0]["subject"].clone()
    }

    fn sheet(&self, asked: &str) -> Value {
        let path = format!("/api/v1/accounts/trial_depot_account/sheet{asked}");
        let sheet = self.city.get(&self.keeper, &path);
        assert_eq!(sheet.status, 200, "{}", sheet.body);
        sheet.body["items"].clone()
    }
}

#[both_databases]
fn opening_and_in_less_out_is_closing(db: TestDb) {
    let city = City::with(Some(db), PACK, None);
    let keeper = city.staff("trial-keeper", "authority", "371702001");
    let world = World { city, keeper };
    let at = "2022-01-18T08:00:00+08:00";
    let file = |n: u128, kind: &str| {
        let subject = json!({ "type": kind, "name": kind });
        world.entry(n, "trial_file", at, (subject, json!({})))
    };
    let (depot, thing) = (file(1, "trial_depot"), file(2, "trial_thing"));
    let posting = |n: u128, at: &str, movement: &str, count: i64| {
        let body = json!({ "move": movement, "thing": thing, "n": count });
        world.entry(n, "trial_posting", at, (depot.clone(), body));
    };
    posting(3, "2022-01-18T09:00:00+08:00", "came", 100);
    posting(4, "2022-01-19T09:00:00+08:00", "came", 20);
    posting(5, "2022-01-19T10:00:00+08:00", "gone", 30);
    posting(6, "2022-01-20T07:00:00+08:00", "gone", 5);
    let line = |items: &Value| {
        let numbers = ["opening", "in", "out", "closing"].map(|name| items[0][name].as_i64().unwrap());
        assert_eq!(
            (&items[0]["item"], &items[0]["unit"]),
            (&thing, &json!("piece")),
            "{items}"
        );
        numbers
    };
    assert_eq!(line(&world.sheet("?from=2022-01-19&to=2022-01-19")), [100, 20, 30, 90]);
    assert_eq!(line(&world.sheet("?from=2022-01-18&to=2022-01-20")), [0, 120, 35, 85]);
    assert_eq!(line(&world.sheet("")), [90, 0, 5, 85], "today");
    let before = world.sheet("?as_of=2022-01-20T07:59:00%2B08:00");
    assert_eq!(before, json!([]), "nothing was recorded yet");
}

#[both_databases]
fn an_account_is_read_by_who_reads_its_registers(db: TestDb) {
    let city = City::with(Some(db), PACK, None);
    let keeper = city.staff("trial-keeper", "authority", "371702001");
    let stranger = city.staff("trial-stranger", "authority", "371702001");
    let path = "/api/v1/accounts/trial_depot_account/sheet";
    assert_eq!(city.get(&stranger, path).status, 403);
    assert_eq!(city.get("", path).status, 401);
    assert_eq!(city.get(&keeper, "/api/v1/accounts/none/sheet").status, 404);
    let backwards = city.get(&keeper, &format!("{path}?from=2022-01-20&to=2022-01-19"));
    assert_eq!(backwards.status, 422, "{}", backwards.body);
    assert_eq!(backwards.body["field"], "to");
    assert_eq!(city.get(&keeper, &format!("{path}?region=371703")).status, 403);
}
