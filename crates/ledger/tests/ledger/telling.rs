//! Messages: who has something to be told, once a day, what a crash leaves behind, what is forgotten.

use crate::city::{City, arrival, master};
use lianfang_db::Value;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, Lang, RegionId};
use lianfang_ledger::outbox::{Choice, Claimed, DIGEST, NewMessage, Outcome, Recipient, Recovery};
use lianfang_ledger::read::Sight;
use lianfang_ledger::wire::{Author, Status};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::json;

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

const LEASE_MS: i64 = 120_000;

fn person(city: &City) -> SubjectId {
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let mut arrived = arrival();
    arrived["subject"]["identifiers"]["phone"] = json!("13800138000");
    city.one(&grid, arrived).subject.unwrap()
}

fn message(city: &City, person: SubjectId) -> NewMessage {
    NewMessage {
        to: Recipient::Person(person),
        purpose: DIGEST.to_owned(),
        channel: "sms".to_owned(),
        lang: Lang::Zh,
        region: RegionId::new("371702001"),
        day: city.ledger.snapshot().zone.day_of(city.ledger.now()),
        due_at: city.ledger.now(),
    }
}

fn queue(city: &City, message: NewMessage) -> u64 {
    let reply = city.ledger.queue_messages(vec![message]).unwrap();
    reply.blocking_recv().unwrap().unwrap()
}

fn claim(city: &City) -> Vec<Claimed> {
    let reply = city.ledger.claim_messages("sms".to_owned(), 10, LEASE_MS).unwrap();
    reply.blocking_recv().unwrap().unwrap()
}

fn settle(city: &City, claimed: &Claimed, outcome: Outcome) {
    let reply = city.ledger.settle_messages(vec![(claimed.clone(), outcome)]).unwrap();
    reply.blocking_recv().unwrap().unwrap();
}

fn recover(city: &City, again: bool) -> u64 {
    let channel = "sms".to_owned();
    let reply = city.ledger.recover_messages(vec![Recovery { channel, again }]).unwrap();
    reply.blocking_recv().unwrap().unwrap()
}

fn tally(city: &City) -> Vec<(String, i64)> {
    let tally = city.ledger.read(|reader| reader.message_tally()).unwrap();
    tally.into_iter().map(|row| (row.state, row.n)).collect()
}

fn later(city: &City, ms: i64) {
    city.clock.advance_ms(ms);
}

#[both_databases]
fn who_has_an_open_slot_is_told_and_who_has_done_it_is_not(db: TestDb) {
    let city = City::with(db, PACK);
    let person = person(&city);
    city.at("2022-01-20T09:00:00+08:00");
    let noon = Instant::parse("2022-01-20T12:00:00+08:00").unwrap();
    let waiting = |city: &City| {
        let found = city
            .ledger
            .read(|reader| reader.people_waiting(Some(&[person]), noon))
            .unwrap();
        found.first().map_or(0, |found| found.waiting.open)
    };
    assert_eq!(waiting(&city), 1);
    let entry = json!({ "register": "temperature", "subject": person, "body": { "celsius": "36.5" } });
    let answer = city.one(&Author::by_text(person), entry);
    assert_eq!(answer.status, Status::Accepted, "{:#?}", answer.problems);
    assert_eq!(waiting(&city), 0, "the evening's slot begins after noon");
    let file = city.ledger.read(|reader| reader.file(person, None)).unwrap().unwrap();
    let taken = file
        .timeline
        .iter()
        .find(|item| item.register == "temperature")
        .unwrap();
    assert_eq!(serde_json::to_value(taken).unwrap()["assurance"], "self");
}

#[both_databases]
fn a_resident_writes_by_text_only_about_themselves(db: TestDb) {
    let city = City::with(db, PACK);
    let person = person(&city);
    let other = SubjectId(city.uuid());
    let entry = json!({ "register": "temperature", "subject": person, "body": { "celsius": "36.5" } });
    let refused = city.one(&Author::by_text(other), entry);
    assert_eq!(refused.status, Status::Refused);
    let order = json!({ "register": "release_order", "subject": person, "body": {} });
    assert_eq!(city.one(&Author::by_text(person), order).status, Status::Refused);
}

#[both_databases]
fn one_digest_a_day_however_often_it_is_asked_for(db: TestDb) {
    let city = City::new(db);
    let to = message(&city, SubjectId(city.uuid()));
    assert_eq!((queue(&city, to.clone()), queue(&city, to.clone())), (1, 0));
    let claimed = claim(&city);
    assert_eq!(claimed.len(), 1);
    assert!(claim(&city).is_empty(), "nobody else takes what is being sent");
    settle(&city, &claimed[0], Outcome::Sent { number: None });
    assert_eq!(queue(&city, to), 0, "the day has had its message");
    assert_eq!(tally(&city), [("sent".to_owned(), 1)]);
}

#[both_databases]
fn what_broke_off_is_sent_again_under_the_same_id_or_given_up(db: TestDb) {
    let city = City::new(db);
    queue(&city, message(&city, SubjectId(city.uuid())));
    let first = claim(&city).remove(0);
    assert_eq!(recover(&city, true), 0, "its time is not up");
    later(&city, LEASE_MS);
    assert_eq!(recover(&city, true), 1);
    let second = claim(&city).remove(0);
    assert_eq!((second.id, second.attempt), (first.id, 2));
    settle(&city, &first, Outcome::Sent { number: None });
    assert_eq!(
        tally(&city),
        [("sending".to_owned(), 1)],
        "the first attempt speaks too late"
    );
    later(&city, LEASE_MS);
    assert_eq!(recover(&city, false), 1);
    assert_eq!(tally(&city), [("given_up".to_owned(), 1)]);
    assert!(claim(&city).is_empty());
    let missing = city
        .ledger
        .read(|reader| reader.undelivered(&Sight::All, Instant(0)))
        .unwrap();
    assert_eq!((missing.len(), missing[0].problem.as_str()), (1, "broke_off"));
    let elsewhere = Sight::Region(RegionId::new("371703"));
    assert!(
        city.ledger
            .read(|reader| reader.undelivered(&elsewhere, Instant(0)))
            .unwrap()
            .is_empty()
    );
}

#[both_databases]
fn what_was_sent_long_ago_is_forgotten(db: TestDb) {
    let city = City::new(db);
    queue(&city, message(&city, SubjectId(city.uuid())));
    let forget = || city.ledger.forget_messages().unwrap().blocking_recv().unwrap().unwrap();
    assert_eq!(forget(), 0);
    later(&city, 15 * 24 * 3_600_000);
    assert_eq!((forget(), tally(&city).len()), (1, 0));
}

#[both_databases]
fn what_failed_waits_for_its_time(db: TestDb) {
    let city = City::new(db);
    queue(&city, message(&city, SubjectId(city.uuid())));
    let claimed = claim(&city).remove(0);
    let at = city.ledger.now().plus_ms(60_000);
    let problem = "429".to_owned();
    settle(&city, &claimed, Outcome::Again { at, problem });
    assert!(claim(&city).is_empty());
    later(&city, 60_000);
    assert_eq!(claim(&city).len(), 1);
}

#[both_databases]
fn addresses_lie_sealed_and_go_with_the_identity(db: TestDb) {
    let city = City::new(db);
    let person = person(&city);
    let choice = Choice {
        channel: "mail".to_owned(),
        hour: 18,
        lang: Lang::En,
        address: Some("li@unit.example".to_owned()),
    };
    let to = Recipient::Person(person);
    let reply = city
        .ledger
        .choose_messages(Author::system(), to, choice.clone())
        .unwrap();
    reply.blocking_recv().unwrap().unwrap();
    let kept = city.ledger.read(|reader| reader.message_choice(to)).unwrap();
    assert_eq!(kept.as_ref(), Some(&choice));
    queue(&city, message(&city, person));
    let claimed = claim(&city);
    let addresses = city
        .ledger
        .read(|reader| reader.message_addresses(&claimed, true))
        .unwrap();
    assert_eq!(addresses[&person.0], "li@unit.example");
    settle(
        &city,
        &claimed[0],
        Outcome::Sent {
            number: Some("13800138000".to_owned()),
        },
    );
    let holders = || {
        city.ledger
            .read(|reader| reader.holders_of_number("13800138000"))
            .unwrap()
    };
    assert_eq!(holders(), [person]);
    for table in ["message_choice", "message_number", "outbox"] {
        let rows = city
            .ledger
            .read(|r| Ok(r.connection().query(&format!("select * from {table}"), &[])?))
            .unwrap();
        let shown = format!(
            "{:?}",
            rows.iter()
                .map(|row| row.values().to_vec())
                .collect::<Vec<Vec<Value>>>()
        );
        assert!(
            !shown.contains("unit.example") && !shown.contains("13800138000"),
            "{table}"
        );
    }
    city.at("2023-06-01T08:00:00+08:00");
    let run = city.ledger.run_retention(Author::system(), false).unwrap();
    assert!(run.blocking_recv().unwrap().unwrap().destroyed > 0);
    assert_eq!(city.ledger.read(|reader| reader.message_choice(to)).unwrap(), None);
    assert!(holders().is_empty());
}

#[both_databases]
fn who_wants_none_gets_nothing_that_still_waits(db: TestDb) {
    let city = City::new(db);
    let person = person(&city);
    queue(&city, message(&city, person));
    let none = Choice {
        channel: "none".to_owned(),
        hour: 9,
        lang: Lang::Zh,
        address: None,
    };
    let reply = city
        .ledger
        .choose_messages(Author::by_text(person), Recipient::Person(person), none)
        .unwrap();
    reply.blocking_recv().unwrap().unwrap();
    assert!(claim(&city).is_empty());
    assert_eq!(tally(&city), [("dropped".to_owned(), 1)]);
}

#[both_databases]
fn calls_in_vain_are_counted_until_somebody_answers(db: TestDb) {
    let city = City::new(db);
    let person = person(&city);
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let call = |outcome: &str| {
        let entry = json!({ "register": "call", "subject": person, "body": { "outcome": outcome } });
        assert_eq!(city.one(&grid, entry).status, Status::Accepted);
        later(&city, 60_000);
        let calls = city
            .ledger
            .read(|reader| reader.calls_since(&Sight::All, Instant(0)))
            .unwrap();
        calls[&person].in_vain
    };
    assert_eq!(
        [
            call("not_reached"),
            call("not_reached"),
            call("reached"),
            call("not_reached")
        ],
        [1, 2, 0, 1]
    );
}

#[both_databases]
fn a_reply_is_known_by_its_number_after_the_master_key_was_changed(db: TestDb) {
    let city = City::with(db, PACK);
    let person = person(&city);
    queue(&city, message(&city, person));
    let number = |text: &str| Outcome::Sent {
        number: Some(text.to_owned()),
    };
    settle(&city, &claim(&city)[0], number("13800138000"));
    let other = lianfang_ledger::MasterKey::from_hex(&"2a".repeat(32)).unwrap();
    lianfang_ledger::rotate(&city.db.database, &city.keys, (&master(), &other), &mut |_| {}).unwrap();
    let ledger = city.opened_with(other).unwrap();
    let holders = |number: &str| ledger.read(|reader| reader.holders_of_number(number)).unwrap();
    assert_eq!(holders("13800138000"), [person]);
    assert_eq!(holders("13800138001"), []);
}
