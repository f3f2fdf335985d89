//! Accounts: nothing is given out that is not there, whoever asks at the same time, and all lines of an item cancel out.

use crate::city::City;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Lang, RegionId};
use lianfang_ledger::read::SheetQuery;
use lianfang_ledger::wire::{Author, EntryAnswer, NewEntry, Status};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

const STORES: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
[type]
depot = { of = "place", title = { zh = "库", en = "depot" } }
hall = { of = "place", title = { zh = "厅", en = "hall" } }
thing = { of = "item", title = { zh = "物", en = "thing" }, unit = "piece", packing = { box = 50 } }
[list.trial_unit]
title = { zh = "单位", en = "Unit" }
value = [{ id = "piece", zh = "个", en = "piece" }, { id = "box", zh = "盒", en = "box" }, { id = "kg", zh = "千克", en = "kg" }]
[list.trial_move]
title = { zh = "方式", en = "Move" }
value = [{ id = "shifted", zh = "调", en = "Shifted" }, { id = "given", zh = "出", en = "Out" }]
[account]
maker = { of = "outside", title = { zh = "厂", en = "Maker" } }
depot = { of = "depot", title = { zh = "库存", en = "Depot" } }
user = { of = "outside", title = { zh = "用", en = "User" } }
street = { of = "outside", title = { zh = "外", en = "Street" } }
hall = { of = "hall", cap = "3", title = { zh = "厅", en = "Hall" } }
[register.trial_file]
title = { zh = "登记", en = "Files" }
purpose = { zh = "例", en = "Trial" }
subject = ["depot", "thing", "hall"]
sensitivity = "plain"
retention = "1d"
field = [{ id = "note", kind = "text", title = { zh = "注", en = "Note" } }]
[register.trial_posting]
title = { zh = "出入库", en = "Postings" }
purpose = { zh = "例", en = "Trial" }
subject = ["depot"]
shape = "posting"
sensitivity = "plain"
retention = "1d"
field = [
  { id = "move", kind = "code", list = "trial_move", required = true, title = { zh = "方式", en = "Move" } },
  { id = "thing", kind = "item", required = true, title = { zh = "物", en = "Thing" } },
  { id = "n", kind = "quantity", required = true, title = { zh = "数", en = "Number" } },
  { id = "unit", kind = "code", list = "trial_unit", title = { zh = "单位", en = "Unit" } },
  { id = "other", kind = "place", title = { zh = "对方", en = "Other" } },
]
posting = { item = "thing", quantity = "n", unit = "unit", from = "subject", to = "other", by = "move", moves = { shifted = ["depot", "depot"], given = ["depot", "user"] } }
[register.trial_receipt]
title = { zh = "入库", en = "Receipts" }
purpose = { zh = "例", en = "Trial" }
subject = ["depot"]
shape = "posting"
sensitivity = "plain"
retention = "1d"
field = [
  { id = "thing", kind = "item", required = true, title = { zh = "物", en = "Thing" } },
  { id = "n", kind = "quantity", required = true, title = { zh = "数", en = "Number" } },
  { id = "unit", kind = "code", list = "trial_unit", title = { zh = "单位", en = "Unit" } },
]
posting = { item = "thing", quantity = "n", unit = "unit", moves = ["maker", "depot"] }
[register.trial_door]
title = { zh = "进出", en = "Door" }
purpose = { zh = "例", en = "Trial" }
subject = ["hall"]
shape = "posting"
sensitivity = "plain"
retention = "1d"
field = [{ id = "people", kind = "int", required = true, title = { zh = "人数", en = "People" } }]
posting = { quantity = "people", moves = ["street", "hall"] }
[indicator]
trial-stock = { kind = "balance", of = "depot", by = ["item", "holder"], title = { zh = "库存", en = "Stock" } }
"#;

struct Trial {
    city: City,
    system: Author,
    depots: [SubjectId; 2],
    thing: SubjectId,
}

fn trial(db: TestDb) -> Trial {
    let city = City::with(db, STORES);
    let system = Author::system();
    let file = |kind: &str, name: &str| {
        let entry = json!({ "register": "trial_file", "subject": { "type": kind, "name": name }, "region": "371702001", "body": {} });
        city.one(&system, entry).subject.unwrap()
    };
    let depots = [file("depot", "甲库"), file("depot", "乙库")];
    let thing = file("thing", "物");
    Trial {
        city,
        system,
        depots,
        thing,
    }
}

impl Trial {
    fn got(&self, depot: usize, n: i64) -> EntryAnswer {
        let body = json!({ "thing": self.thing, "n": n });
        let entry = json!({ "register": "trial_receipt", "subject": self.depots[depot], "body": body });
        self.city.one(&self.system, entry)
    }

    fn moved(&self, depot: usize, kind: &str, n: i64) -> Value {
        let body = json!({ "move": kind, "thing": self.thing, "n": n, "other": self.depots[1 - depot] });
        json!({ "register": "trial_posting", "subject": self.depots[depot], "body": body })
    }

    /// What stands in each depot, as kept and as the lines add up.
    fn stock(&self) -> [i64; 2] {
        let reader = |sql: &str| {
            let mut connection = self.city.db.open_again().reader().unwrap();
            let rows = connection.query(sql, &[]).unwrap();
            let found = rows
                .iter()
                .map(|row| (SubjectId(row.uuid("holder").unwrap()), row.int("n").unwrap()));
            let found: Vec<(SubjectId, i64)> = found.collect();
            self.depots
                .map(|depot| found.iter().find(|(id, _)| *id == depot).map_or(0, |(_, n)| *n))
        };
        let kept = reader("select holder, amount as n from balance where account = 'depot'");
        let added = reader(
            "select holder, cast(sum(amount) as bigint) as n from posting_line where account = 'depot' group by holder",
        );
        assert_eq!(kept, added, "kept sums are the sums of the lines");
        kept
    }

    /// The sum over all accounts of each item, which is nothing.
    fn conserved(&self) {
        let sql = "select item, cast(sum(amount) as bigint) as n from posting_line group by item";
        for row in self.city.db.open_again().reader().unwrap().query(sql, &[]).unwrap() {
            assert_eq!(row.int("n").unwrap(), 0);
        }
    }
}

#[both_databases]
fn of_many_clients_of_two_servers_exactly_what_is_there_is_given_out(db: TestDb) {
    let trial = trial(db);
    assert_eq!(trial.got(0, 10).status, Status::Accepted);
    let second = trial.city.second(STORES);
    let accepted: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8_u32)
            .map(|client| {
                let ledger = if client % 2 == 0 { &trial.city.ledger } else { &second };
                let (system, value) = (trial.system.clone(), trial.moved(0, "given", 1));
                scope.spawn(move || {
                    let take = |n: u32| {
                        let mut value = value.clone();
                        value["id"] = json!(Uuid::from_u128(
                            0x0190_0000_0000_7000_8200_0000_0000_0000 + u128::from(client * 100 + n)
                        ));
                        let entry: NewEntry = serde_json::from_value(value).unwrap();
                        let answer = ledger.append(system.clone(), vec![entry]).unwrap();
                        let result = answer.blocking_recv().unwrap().unwrap().results.remove(0);
                        let is_in = result.status == Status::Accepted;
                        assert!(is_in || result.problems[0].code == "below_floor", "{result:?}");
                        usize::from(is_in)
                    };
                    (0..3).map(take).sum::<usize>()
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    assert_eq!(accepted, 10);
    assert_eq!(trial.stock(), [0, 0]);
    trial.conserved();
}

#[both_databases]
fn a_group_is_judged_by_what_is_left_when_it_is_in(db: TestDb) {
    let trial = trial(db);
    assert_eq!(trial.got(0, 10).status, Status::Accepted);
    let group = |values: Vec<Value>, id: u128| {
        let entries = values.into_iter().map(|mut value| {
            value["group"] = json!(Uuid::from_u128(id));
            trial.city.entry(value)
        });
        trial.city.send(&trial.system, entries.collect()).results
    };
    // Out of an empty depot, and into it in the same group: at the end all is there.
    let swap = group(vec![trial.moved(1, "given", 4), trial.moved(0, "shifted", 4)], 1);
    assert!(swap.iter().all(|one| one.status == Status::Accepted), "{swap:?}");
    assert_eq!(trial.stock(), [6, 0]);
    let both = group(vec![trial.moved(0, "given", 4), trial.moved(0, "given", 4)], 2);
    assert_eq!(both[0].problems[0].code, "below_floor", "{both:?}");
    assert!(both.iter().all(|one| one.status == Status::Refused));
    assert_eq!(trial.stock(), [6, 0]);
    trial.conserved();
}

#[both_databases]
fn corrections_move_the_difference_and_withdrawals_all_of_it(db: TestDb) {
    let trial = trial(db);
    let got = trial.got(0, 10).id;
    let given = trial.city.one(&trial.system, trial.moved(0, "given", 4)).id;
    let act = |act: &str, register: &str, replaces: Uuid, body: Value| {
        let value = json!({ "register": register, "act": act, "replaces": replaces, "reason": "清点有误",
            "subject": trial.depots[0], "body": body });
        trial.city.one(&trial.system, value)
    };
    let body = |n: i64| json!({ "move": "given", "thing": trial.thing, "n": n, "other": trial.depots[1] });
    let too_many = act("correct", "trial_posting", given, body(11));
    assert_eq!(too_many.problems[0].code, "below_floor", "{too_many:?}");
    let seven = act("correct", "trial_posting", given, body(7));
    assert_eq!((seven.status, trial.stock()), (Status::Accepted, [3, 0]));
    let four = act("correct", "trial_posting", seven.id, body(4));
    assert_eq!(
        (four.status, trial.stock()),
        (Status::Accepted, [6, 0]),
        "corrected back"
    );
    let early = act("withdraw", "trial_receipt", got, json!({}));
    assert_eq!(
        early.problems[0].code, "below_floor",
        "what was given out cannot not have come"
    );
    assert_eq!(
        act("withdraw", "trial_posting", four.id, json!({})).status,
        Status::Accepted
    );
    assert_eq!(
        act("withdraw", "trial_receipt", got, json!({})).status,
        Status::Accepted
    );
    assert_eq!(trial.stock(), [0, 0]);
    trial.conserved();
}

#[both_databases]
fn a_correction_is_one_move_of_the_balance_sheet(db: TestDb) {
    let trial = trial(db);
    let got = trial.got(0, 10).id;
    let correct = json!({ "register": "trial_receipt", "act": "correct", "replaces": got, "reason": "清点有误",
        "subject": trial.depots[0], "body": { "thing": trial.thing, "n": 7 } });
    assert_eq!(trial.city.one(&trial.system, correct).status, Status::Accepted);
    let shifted = trial.city.one(&trial.system, trial.moved(0, "shifted", 3));
    assert_eq!(shifted.status, Status::Accepted, "{shifted:?}");
    let day = Day::parse("2022-01-20").unwrap();
    let query = SheetQuery {
        account: "depot".to_owned(),
        region: RegionId::new("3717"),
        sectors: Vec::new(),
        org: None,
        days: (day, day),
        as_of: None,
    };
    let lines = trial.city.ledger.read(|r| r.balance_sheet(&query, Lang::En)).unwrap();
    let moves: Vec<[i64; 4]> = lines
        .iter()
        .map(|line| [line.opening, line.into, line.out, line.closing])
        .collect();
    // Seven came, not ten and out again three; what went from one depot to the other both came and went.
    assert_eq!(moves, [[0, 10, 3, 7]]);
}

#[both_databases]
fn what_is_counted_in_another_unit_is_turned_into_the_base_unit_or_refused(db: TestDb) {
    let trial = trial(db);
    let receipt = |n: i64, unit: &str| {
        let body = json!({ "thing": trial.thing, "n": n, "unit": unit });
        let entry = json!({ "register": "trial_receipt", "subject": trial.depots[0], "body": body });
        trial.city.one(&trial.system, entry)
    };
    assert_eq!(receipt(2, "box").status, Status::Accepted);
    assert_eq!(receipt(1, "piece").status, Status::Accepted);
    assert_eq!(trial.stock(), [101, 0]);
    let kg = receipt(1, "kg");
    assert_eq!(
        (kg.problems[0].code.as_str(), kg.problems[0].field.as_deref()),
        ("unit_mismatch", Some("unit"))
    );
    let huge = receipt(i64::MAX / 2, "box");
    assert_eq!(huge.problems[0].code, "too_large", "{huge:?}");
    let body = json!({ "thing": trial.thing, "n": 1 });
    let value = json!({ "register": "trial_receipt", "subject": trial.depots[0], "body": body });
    let mut to_nobody = trial.moved(0, "shifted", 1);
    to_nobody["body"]["other"] = json!(Uuid::from_u128(99));
    let to_nobody = trial.city.one(&trial.system, to_nobody);
    assert_eq!(to_nobody.problems[0].code, "unknown_subject", "{to_nobody:?}");
    assert_eq!(trial.city.one(&trial.system, value).status, Status::Accepted);
}

#[both_databases]
fn a_cap_holds_at_its_edge(db: TestDb) {
    let trial = trial(db);
    let hall = json!({ "register": "trial_file", "subject": { "type": "hall", "name": "厅" }, "region": "371702001", "body": {} });
    let hall = trial.city.one(&trial.system, hall).subject.unwrap();
    let enter = |people: i64| {
        let entry = json!({ "register": "trial_door", "subject": hall, "body": { "people": people } });
        trial.city.one(&trial.system, entry)
    };
    assert_eq!(enter(2).status, Status::Accepted);
    let full = enter(2);
    assert_eq!(full.problems[0].code, "above_cap", "{full:?}");
    assert_eq!(enter(1).status, Status::Accepted);
    assert_eq!(enter(1).problems[0].code, "above_cap");
}
