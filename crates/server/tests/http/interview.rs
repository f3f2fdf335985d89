//! A case names contacts by a link: one phone, one answer, until it runs out or is taken back.

use crate::city::{Answer, City};
use lianfang_server::outbox::{Messages, Messaging, Telling, round};
use lianfang_testkit::doubles::HttpDouble;
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};
use std::sync::Arc;

struct World {
    city: City,
    double: HttpDouble,
    grid: String,
    tracer: String,
    person: String,
}

fn words(_: lianfang_kernel::Lang, telling: &Telling<'_>) -> (String, String) {
    (String::new(), format!("{} {}", telling.is_invitation, telling.link))
}

fn channels(double: &HttpDouble) -> Arc<Messaging> {
    let url = double.url();
    let text = format!(
        "link = \"https://city.example\"\n[[channel]]\nid = \"sms\"\nkind = \"sms\"\nurl = \"{url}\"\nbody = '{{\"to\":\"{{to}}\",\"text\":\"{{text}}\"}}'"
    );
    let messages = Messages::parse(&text).unwrap();
    Arc::new(Messaging { messages, words })
}

impl World {
    fn new(db: TestDb) -> World {
        let double = HttpDouble::start();
        let city = City::with(Some(db), "", Some(channels(&double)));
        let grid = city.staff("grid-worker", "community", "371702001");
        let tracer = city.staff("contact-tracer", "health_unit", "371702");
        let mut entry = crate::city::arrival(crate::city::id(1), "371702001", "赵样例");
        entry["subject"]["identifiers"] = json!({ "cn_id": "371702199001010128", "phone": "13800138000" });
        let arrived = city.post(&grid, "/api/v1/entries", json!({ "entries": [entry] }));
        let person = arrived.body["results"][0]["subject"].as_str().unwrap().to_owned();
        World {
            city,
            double,
            grid,
            tracer,
            person,
        }
    }

    /// Link and code, with the id.
    fn link(&self) -> (String, String, String) {
        let path = format!("/api/v1/subjects/{}/interview-links", self.person);
        let made = self.city.post(&self.tracer, &path, json!({}));
        assert_eq!(made.status, 200, "{}", made.body);
        let text = |name: &str| made.body[name].as_str().unwrap().to_owned();
        let link = text("link").rsplit_once('/').unwrap().1.to_owned();
        (link, text("code"), text("id"))
    }

    fn open(&self, who: &str, body: Value) -> Answer {
        self.city.post(who, "/api/v1/interview/open", body)
    }

    /// A phone that opened the link.
    fn phone(&self, link: &str) -> String {
        let opened = self.open("", json!({ "link": link }));
        assert_eq!(opened.status, 200, "{}", opened.body);
        format!("Device {}", opened.body["device_secret"].as_str().unwrap())
    }

    fn name(&self, who: &str) -> Answer {
        let people = json!([
            { "name": "样例甲", "phone": "13800138001", "met_on": "2022-01-19", "met_at": "work" },
            { "name": "样例乙", "met_on": "2022-01-18", "met_at": "household" },
        ]);
        let body = json!({ "body": { "people": people } });
        self.city.post(who, "/api/v1/interview/contacts", body)
    }

    fn at(&self, time: &str) {
        let moved = self
            .city
            .post("Bearer token-admin", "/api/v1/test/clock", json!({ "now": time }));
        assert_eq!(moved.status, 200, "{}", moved.body);
    }
}

fn code(answer: &Answer) -> (u16, String) {
    let code = answer.body["code"].as_str().unwrap_or_default();
    (answer.status.as_u16(), code.to_owned())
}

fn refused(why: &str) -> (u16, String) {
    (422, why.to_owned())
}

#[both_databases]
fn the_first_phone_names_people_once_and_sees_nothing_of_it_again(db: TestDb) {
    let world = World::new(db);
    let (link, _, _) = world.link();
    let phone = world.phone(&link);
    let other = world.open("", json!({ "link": &link }));
    assert_eq!(code(&other), refused("invitation_taken"), "a second phone");
    assert_eq!(
        world.open(&phone, json!({ "link": &link })).status,
        200,
        "the first one may come back"
    );
    let missing = world
        .city
        .post(&phone, "/api/v1/interview/contacts", json!({ "body": {} }));
    assert_eq!(missing.status, 422, "{}", missing.body);
    assert_eq!(world.name(&phone).status, 200, "what was refused did not use it up");
    assert_eq!(code(&world.name(&phone)), refused("invitation_used"));
    assert_eq!(
        code(&world.open(&phone, json!({ "link": &link }))),
        refused("invitation_used")
    );
    let mine = world.city.get(&phone, "/api/v1/me").body;
    let shown = mine.to_string();
    assert!(
        !shown.contains("样例甲") && !shown.contains("2022-01-19") && !shown.contains("household"),
        "{shown}"
    );
    assert_eq!(
        (&mine["is_bound"], &mine["holds"]),
        (&json!(false), &json!([])),
        "the phone is nobody's"
    );
    let list = |register: &str| {
        let path = format!("/api/v1/entries?register={register}");
        world.city.get(&world.tracer, &path).body["items"]
            .as_array()
            .map_or(0, Vec::len)
    };
    assert_eq!(
        (list("named_contacts"), list("contact")),
        (1, 0),
        "nobody is a contact before a tracer says so"
    );
    let confirm = "/api/v1/tasks?protocol=case-interview&task=confirm&state=open";
    assert_eq!(
        world.city.get(&world.tracer, confirm).body["items"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[both_databases]
fn it_runs_out_is_taken_back_and_gives_way_to_the_next(db: TestDb) {
    let world = World::new(db);
    let (first, _, _) = world.link();
    let (second, _, id) = world.link();
    assert_eq!(
        code(&world.open("", json!({ "link": first }))),
        refused("invitation_withdrawn")
    );
    let phone = world.phone(&second);
    let back = format!("/api/v1/interview-links/{id}/withdraw");
    assert_eq!(world.city.post(&world.grid, &back, json!({})).status, 403);
    assert_eq!(world.city.post(&world.tracer, &back, json!({})).status, 200);
    assert_eq!(code(&world.name(&phone)), refused("invitation_withdrawn"));
    let again = world.city.post(&world.tracer, &back, json!({}));
    assert_eq!(code(&again), refused("invitation_withdrawn"));
    let (third, third_code, _) = world.link();
    let phone = world.phone(&third);
    world.at("2022-01-23T09:00:00+08:00");
    assert_eq!(code(&world.name(&phone)), refused("invitation_over"));
    assert_eq!(
        code(&world.open("", json!({ "link": third }))),
        refused("invitation_over")
    );
    let typed = world.open("", json!({ "code": third_code }));
    assert_eq!(
        code(&typed),
        refused("invitation_unknown"),
        "nobody learns that there was such a code"
    );
    let path = format!("/api/v1/subjects/{}/interview-links", world.person);
    let links = world.city.get(&world.tracer, &path).body;
    assert_eq!(links["items"].as_array().map(Vec::len), Some(3));
    assert!(
        !links.to_string().contains("digest") && !links.to_string().contains("device"),
        "{links}"
    );
}

#[both_databases]
fn a_code_opens_the_same_and_guessing_is_slowed(db: TestDb) {
    let world = World::new(db);
    let (link, typed, _) = world.link();
    let spaced = format!("{} {}", &typed[..4].to_lowercase(), &typed[4..]);
    let opened = world.open("", json!({ "code": spaced }));
    assert_eq!(opened.status, 200, "{}", opened.body);
    assert_eq!(
        code(&world.open("", json!({ "link": link }))),
        refused("invitation_taken")
    );
    let guesses: Vec<Answer> = (0..30)
        .map(|n| world.open("", json!({ "link": format!("{n:032}") })))
        .collect();
    assert_eq!(code(&guesses[0]), refused("invitation_unknown"));
    assert_eq!(code(&guesses[29]), (429, "too_many_requests".to_owned()));
    let codes = world.open("", json!({ "code": "ABCD2345" }));
    assert_eq!(codes.status, 429, "guessing links is guessing codes");
}

#[both_databases]
fn it_goes_out_at_once_and_not_after_it_was_taken_back(db: TestDb) {
    let world = World::new(db);
    let (link, _, id) = world.link();
    world.at("2022-01-20T22:30:00+08:00");
    let send = format!("/api/v1/interview-links/{id}/send");
    assert_eq!(world.city.post(&world.tracer, &send, json!({})).status, 200);
    let go = || world.city.runtime.block_on(round(&world.city.state)).unwrap();
    assert_eq!((go(), go()), (1, 0), "also at night: a tracer asked for it");
    let body: Value = serde_json::from_str(&world.double.requests().remove(0).body).unwrap();
    let expected = format!("true https://city.example/interview/{link}");
    assert_eq!(body, json!({ "to": "13800138000", "text": expected }));
    let (_, _, id) = world.link();
    let (send, back) = (
        format!("/api/v1/interview-links/{id}/send"),
        format!("/api/v1/interview-links/{id}/withdraw"),
    );
    assert_eq!(world.city.post(&world.tracer, &send, json!({})).status, 200);
    assert_eq!(world.city.post(&world.tracer, &back, json!({})).status, 200);
    assert_eq!(go(), 0, "nothing is left to say");
    assert_eq!(
        code(&world.city.post(&world.tracer, &send, json!({}))),
        refused("invitation_withdrawn")
    );
}
