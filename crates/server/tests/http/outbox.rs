//! Messages from the fact that they follow from to the gateway that takes them, across a crash, and back.

use crate::city::City;
use lianfang_kernel::Lang;
use lianfang_ledger::outbox::{Claimed, Recipient};
use lianfang_messages::Outgoing;
use lianfang_messages::retry::LEASE_MS;
use lianfang_server::outbox::{Messages, Messaging, Telling, round};
use lianfang_testkit::doubles::{Answer, HttpDouble};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};
use std::sync::Arc;

/// Whoever arrives takes the temperature twice a day for a week.
const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "监测", en = "Watch" }
needs = ["arrivals", "isolation"]

[protocol.watch]
title = { zh = "监测", en = "Watch" }
enrol = { on = ["arrival"] }
task = [{ id = "temperature", title = { zh = "体温", en = "Temperature" }, owner = "territory(subject)", expects = "temperature", slots = ["06:00-10:00", "16:00-20:00"], days = "0..7" }]
release = [{ outcome = "over", when = "days >= 8" }]
"#;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const PHONE: &str = "13800138000";

fn words(_: Lang, telling: &Telling<'_>) -> (String, String) {
    (
        String::new(),
        format!("{} {} {}", telling.open, telling.late, telling.link),
    )
}

fn channels(double: &HttpDouble, guarantee: &str) -> Arc<Messaging> {
    let url = double.url();
    let text = format!(
        "link = \"https://city.example\"\ninbound_token = \"{TOKEN}\"\n[[channel]]\nid = \"sms\"\nkind = \"sms\"\nurl = \"{url}\"\nguarantee = \"{guarantee}\"\nbody = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\"}}'"
    );
    let messages = Messages::parse(&text).unwrap();
    Arc::new(Messaging { messages, words })
}

struct World {
    double: HttpDouble,
    city: City,
    grid: String,
    person: String,
}

impl World {
    fn new(db: TestDb, guarantee: &str) -> World {
        let double = HttpDouble::start();
        let city = City::with(Some(db), PACK, Some(channels(&double, guarantee)));
        let grid = city.staff("grid-worker", "community", "371702001");
        let person = arrive(&city, &grid, 1, "371702199001010128");
        World {
            double,
            city,
            grid,
            person,
        }
    }

    fn at(&self, time: &str) {
        let moved = self
            .city
            .post("Bearer token-admin", "/api/v1/test/clock", json!({ "now": time }));
        assert_eq!(moved.status, 200, "{}", moved.body);
    }

    fn round(&self) -> usize {
        self.city.runtime.block_on(round(&self.city.state)).unwrap()
    }

    fn states(&self) -> Vec<(String, i64)> {
        let tally = self.city.state.ledger.read(|reader| reader.message_tally()).unwrap();
        tally.into_iter().map(|row| (row.state, row.n)).collect()
    }

    fn answer(&self, id: &str, from: &str, text: &str) {
        let body = json!({ "id": id, "from": from, "text": text });
        let answered = self
            .city
            .post(&format!("Bearer {TOKEN}"), "/api/v1/messages/inbound", body);
        assert_eq!(
            (answered.status.as_u16(), &answered.body),
            (202, &json!({ "taken": true }))
        );
    }

    fn entries(&self, register: &str) -> Vec<Value> {
        let found = self
            .city
            .get(&self.grid, &format!("/api/v1/entries?register={register}"));
        found.body["items"].as_array().cloned().unwrap_or_default()
    }

    fn tasks(&self, protocol: &str) -> usize {
        let path = format!("/api/v1/tasks?protocol={protocol}&state=open");
        self.city.get(&self.grid, &path).body["items"]
            .as_array()
            .map_or(0, Vec::len)
    }

    /// What a process does that dies before it can write down what became of the attempt.
    fn die_in_the_middle(&self, after_sending: bool) -> Claimed {
        let ledger = &self.city.state.ledger;
        let claimed = ledger.claim_messages("sms".to_owned(), 1, LEASE_MS).unwrap();
        let claimed = claimed.blocking_recv().unwrap().unwrap().remove(0);
        if after_sending {
            let messaging = self.city.state.config.messages.clone().unwrap();
            let message = Outgoing {
                id: claimed.id,
                to: Some(PHONE.to_owned()),
                subject: String::new(),
                text: "x".to_owned(),
            };
            let sms = messaging.messages.channel("sms").unwrap();
            sms.channel.send(&message, ledger.now()).unwrap();
        }
        claimed
    }
}

fn arrive(city: &City, grid: &str, n: u128, cn_id: &str) -> String {
    let mut entry = crate::city::arrival(crate::city::id(n), "371702001", "赵样例");
    entry["subject"]["identifiers"] = json!({ "cn_id": cn_id, "phone": PHONE });
    let arrived = city.post(grid, "/api/v1/entries", json!({ "entries": [entry] }));
    arrived.body["results"][0]["subject"].as_str().unwrap().to_owned()
}

#[both_databases]
fn one_message_at_the_hour_with_a_number_and_a_link(db: TestDb) {
    let world = World::new(db, "at_least_once");
    assert_eq!(world.round(), 0, "it is eight, and the hour is nine");
    world.at("2022-01-20T09:00:00+08:00");
    assert_eq!((world.round(), world.round()), (1, 0));
    world.at("2022-01-20T15:00:00+08:00");
    assert_eq!(world.round(), 0, "one a day");
    let request = world.double.requests().remove(0);
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body, json!({ "to": PHONE, "text": "2 0 https://city.example/me" }));
    world.at("2022-01-21T09:00:00+08:00");
    assert_eq!(world.round(), 1, "the next day");
    let metrics = world.city.get("", "/metrics").body;
    let line = "lianfang_messages{channel=\"sms\",state=\"sent\"} 2";
    assert!(metrics.as_str().unwrap().contains(line), "{metrics}");
}

#[both_databases]
fn at_night_nobody_is_told(db: TestDb) {
    let world = World::new(db, "at_least_once");
    world.at("2022-01-20T21:30:00+08:00");
    assert_eq!(world.round(), 0);
    world.at("2022-01-21T07:59:00+08:00");
    assert_eq!(world.round(), 0);
    world.at("2022-01-21T09:00:00+08:00");
    assert_eq!(world.round(), 1);
}

#[both_databases]
fn at_least_once_a_crash_sends_again_under_the_same_key(db: TestDb) {
    for after_sending in [true, false] {
        let world = World::new(TestDb::fresh(db.engine()), "at_least_once");
        world.at("2022-01-20T09:00:00+08:00");
        world.double.script([Answer::Status(429, "")]);
        assert_eq!(world.round(), 0, "too many at a time: it waits");
        world.at("2022-01-20T09:01:00+08:00");
        world.die_in_the_middle(after_sending);
        let restarted = world.city.restarted();
        world.at("2022-01-20T09:02:00+08:00");
        let now = || world.city.runtime.block_on(round(&restarted)).unwrap();
        assert_eq!(now(), 0, "the attempt may still be under way");
        world.at("2022-01-20T09:05:00+08:00");
        assert_eq!(now(), 1);
        let sent = world.double.requests().len();
        // The first of them was told to come back later.
        assert_eq!(sent, if after_sending { 3 } else { 2 });
        assert_eq!(
            world.double.distinct("idempotency-key"),
            1,
            "a gateway that looks at keys sends one"
        );
        assert_eq!(world.states(), [("sent".to_owned(), 1)]);
    }
}

#[both_databases]
fn at_most_once_a_crash_never_sends_twice(db: TestDb) {
    for after_sending in [true, false] {
        let world = World::new(TestDb::fresh(db.engine()), "at_most_once");
        world.at("2022-01-20T09:00:00+08:00");
        world.double.script([Answer::Status(429, "")]);
        assert_eq!(world.round(), 0);
        world.at("2022-01-20T09:01:00+08:00");
        world.die_in_the_middle(after_sending);
        let restarted = world.city.restarted();
        world.at("2022-01-20T09:05:00+08:00");
        assert_eq!(world.city.runtime.block_on(round(&restarted)).unwrap(), 0);
        assert_eq!(world.double.requests().len(), if after_sending { 2 } else { 1 });
        assert_eq!(world.states(), [("given_up".to_owned(), 1)], "a person is told instead");
    }
}

#[both_databases]
fn an_answer_that_broke_off_is_known_to_be_unknown(db: TestDb) {
    for (guarantee, state) in [("at_least_once", "queued"), ("at_most_once", "given_up")] {
        let world = World::new(TestDb::fresh(db.engine()), guarantee);
        world.at("2022-01-20T09:00:00+08:00");
        world.double.script([Answer::TakeAndBreak]);
        assert_eq!(world.round(), 0);
        assert_eq!(world.states(), [(state.to_owned(), 1)]);
    }
}

#[both_databases]
fn an_answer_is_a_reading_a_call_or_the_end_of_messages(db: TestDb) {
    let world = World::new(db, "at_least_once");
    world.at("2022-01-20T09:00:00+08:00");
    assert_eq!(world.round(), 1);
    world.answer("g1", "+86 138 0013 8000", "36.5");
    world.answer("g1", "+86 138 0013 8000", "36.5");
    let readings = world.entries("temperature");
    assert_eq!(readings.len(), 1, "the same answer twice is one");
    assert_eq!(
        (&readings[0]["assurance"], &readings[0]["subject"]),
        (&json!("self"), &json!(world.person))
    );
    world.answer("g2", PHONE, "我不太舒服");
    assert_eq!((world.entries("message_reply").len(), world.tasks("call-back")), (1, 1));
    world.answer("g3", PHONE, "好");
    assert_eq!(
        (world.entries("message_reply").len(), world.tasks("call-back")),
        (2, 1),
        "nothing more to call about"
    );
    world.answer("g4", PHONE, "停");
    let to = Recipient::Person(world.person.parse().unwrap());
    let choice = world
        .city
        .state
        .ledger
        .read(|reader| reader.message_choice(to))
        .unwrap()
        .unwrap();
    assert_eq!(choice.channel, "none");
    world.at("2022-01-21T09:00:00+08:00");
    assert_eq!(world.round(), 0, "no more messages");
}

#[both_databases]
fn a_number_of_several_or_of_nobody_is_read_by_a_person(db: TestDb) {
    let world = World::new(db, "at_least_once");
    let other = arrive(&world.city, &world.grid, 2, "371702198001010123");
    assert_ne!(other, world.person);
    world.at("2022-01-20T09:00:00+08:00");
    assert_eq!(world.round(), 2);
    world.answer("g1", PHONE, "36.5");
    world.answer("g2", "13911139111", "36.5");
    world.answer("g3", "no number", "36.5");
    assert!(world.entries("temperature").is_empty() && world.entries("message_reply").is_empty());
    let bureau = world.city.staff("health-bureau", "authority", "3717");
    let tray = world.city.get(&bureau, "/api/v1/tray").body;
    assert_eq!(tray["items"].as_array().map(Vec::len), Some(3), "{tray}");
    assert!(!tray.to_string().contains("13911139111"), "sealed");
}

#[both_databases]
fn only_the_gateway_hands_in_answers(db: TestDb) {
    let world = World::new(db, "at_least_once");
    let body = json!({ "id": "g1", "from": PHONE, "text": "36.5" });
    for who in ["", "Bearer 0123456789abcdef0123456789abcdeg", &world.grid.clone()] {
        let refused = world.city.post(who, "/api/v1/messages/inbound", body.clone());
        assert_eq!(refused.status.as_u16(), 401, "{who}");
    }
    let without = City::new();
    let refused = without.post(&format!("Bearer {TOKEN}"), "/api/v1/messages/inbound", body);
    assert_eq!(refused.status.as_u16(), 404);
}

/// Who arrives must be called within two hours, whatever the hour.
const URGENT: &str = r#"
[pack]
id = "trial"
title = { zh = "监测", en = "Watch" }
needs = ["arrivals", "isolation"]

[protocol.at-once]
title = { zh = "马上核实", en = "At once" }
urgent = true
enrol = { on = ["arrival"] }
task = [{ id = "call", title = { zh = "核实", en = "Call" }, owner = "unit(entry.org)", expects = "call", within = "2h", from = "entry.received_at" }]
release = [{ outcome = "called", when = "done('call')" }]
escalate = [{ on = "missed('call')", to = "desk('command', subject.region)" }]
"#;

/// An organisation with a function and an account that is told at a number, or not.
fn desk(city: &City, role: &str, kind: &str, region: &str, number: Option<&str>) -> String {
    let function = json!([{ "function": kind, "region": region }]);
    let kind = if kind == "command" { "authority" } else { kind };
    let org =
        json!({ "type": kind, "name": { "zh": "样例", "en": "Sample" }, "region": region, "functions": function });
    let made = city.post("Bearer token-admin", "/api/v1/orgs", json!({ "orgs": [org] }));
    assert_eq!(made.status, 201, "{}", made.body);
    let user = json!({ "name": format!("{role}-{region}"), "password": crate::city::PASSWORD, "role": role, "org": made.body["ids"][0] });
    let made = city.post("Bearer token-admin", "/api/v1/users", json!({ "users": [user] }));
    let token = format!("Bearer {}", made.body["users"][0]["token"].as_str().unwrap());
    if let Some(number) = number {
        let choice = json!({ "channel": "sms", "hour": 9, "address": number });
        let kept = city.call(&token, "PUT", "/api/v1/messages/choice", Some(choice));
        assert_eq!(kept.status, 200, "{}", kept.body);
    }
    token
}

fn alarm_city(db: TestDb, number: Option<&str>) -> (HttpDouble, City, String) {
    let double = HttpDouble::start();
    let messaging = Messaging {
        words: |_, telling| (String::new(), format!("{} {}", telling.is_alarm, telling.is_urgent)),
        ..(*channels(&double, "at_least_once")).clone()
    };
    let city = City::with(Some(db), URGENT, Some(Arc::new(messaging)));
    let grid = desk(&city, "grid-worker", "community", "371702001", number);
    desk(&city, "command", "command", "3717", Some("13900139000"));
    (double, city, grid)
}

fn move_to(city: &City, time: &str) {
    let moved = city.post("Bearer token-admin", "/api/v1/test/clock", json!({ "now": time }));
    assert_eq!(moved.status, 200, "{}", moved.body);
}

fn numbers(double: &HttpDouble) -> Vec<String> {
    let body = |body: &str| serde_json::from_str::<Value>(body).unwrap();
    let sent = double.requests().into_iter().map(|request| body(&request.body));
    sent.map(|body| format!("{} {}", body["to"].as_str().unwrap(), body["text"].as_str().unwrap()))
        .collect()
}

#[both_databases]
fn what_is_urgent_is_told_at_night_and_goes_up_when_it_is_missed(db: TestDb) {
    let (double, city, grid) = alarm_city(db, Some("13700137000"));
    move_to(&city, "2022-01-20T23:00:00+08:00");
    arrive(&city, &grid, 1, "371702199001010128");
    let go = || city.runtime.block_on(round(&city.state)).unwrap();
    assert_eq!((go(), go()), (1, 0), "in quiet hours, once");
    assert_eq!(numbers(&double), ["13700137000 true true"]);
    let untold = || {
        city.runtime
            .block_on(lianfang_server::outbox::untold(&city.state))
            .unwrap()
    };
    assert!(untold().is_empty());
    move_to(&city, "2022-01-21T01:05:00+08:00");
    assert_eq!(go(), 1, "missed: the command is told, also at night");
    assert_eq!(numbers(&double)[1], "13900139000 true true");
}

#[both_databases]
fn who_cannot_be_told_is_listed_and_somebody_stands_in(db: TestDb) {
    for number in [None, Some("13700137000")] {
        let (double, city, grid) = alarm_city(TestDb::fresh(db.engine()), number);
        move_to(&city, "2022-01-20T23:00:00+08:00");
        double.script(number.map(|_| Answer::Status(400, "")));
        arrive(&city, &grid, 1, "371702199001010128");
        let go = || city.runtime.block_on(round(&city.state)).unwrap();
        let sent = go() + go();
        assert_eq!(sent, 1, "the command stands in: {:?}", numbers(&double));
        assert_eq!(
            numbers(&double).last().map(String::as_str),
            Some("13900139000 true true")
        );
        let untold = city
            .runtime
            .block_on(lianfang_server::outbox::untold(&city.state))
            .unwrap();
        assert_eq!(untold.len(), 1, "{untold:?}");
        assert!(untold[0].instead.is_some());
    }
}

#[both_databases]
fn how_one_is_told_is_read_and_chosen_by_a_call(db: TestDb) {
    let world = World::new(db, "at_least_once");
    let path = "/api/v1/messages/choice";
    let city = &world.city;
    assert_eq!(city.get("", path).status.as_u16(), 401);
    let found = city.get(&world.grid, path).body;
    assert_eq!(
        (&found["channel"], &found["quiet"]),
        (&json!("none"), &json!({ "from": 21, "to": 8 }))
    );
    assert_eq!(found["channels"].as_array().map(Vec::len), Some(2), "{found}");
    let put = |body: Value| city.call(&world.grid, "PUT", path, Some(body));
    for (body, field) in [
        (json!({ "channel": "sms", "hour": 23, "address": PHONE }), "hour"),
        (json!({ "channel": "post", "hour": 9 }), "channel"),
        (json!({ "channel": "sms", "hour": 9 }), "address"),
        (json!({ "channel": "sms", "hour": 9, "address": "nowhere" }), "address"),
    ] {
        let refused = put(body.clone());
        assert_eq!(
            (refused.status.as_u16(), &refused.body["field"]),
            (422, &json!(field)),
            "{body}"
        );
    }
    let kept = put(json!({ "channel": "sms", "hour": 10, "lang": "en", "address": PHONE }));
    assert_eq!(kept.status, 200, "{}", kept.body);
    let found = city.get(&world.grid, path).body;
    assert_eq!(
        (&found["channel"], &found["hour"], &found["lang"]),
        (&json!("sms"), &json!(10), &json!("en"))
    );
}
