//! An order and what rests on it in one batch, whole or not at all, on both databases.

use crate::city::City;
use lianfang_ledger::read::{EntryFilter, Sight};
use lianfang_ledger::wire::{Author, EntryAnswer, NewEntry, Status};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};
use uuid::Uuid;

const GROUP: Uuid = Uuid::from_u128(7);

/// An order for the county; without a review date it is refused.
fn order(city: &City, review_on: Option<&str>) -> NewEntry {
    let body = json!({ "number": "No. 1", "title": "Level I", "review_on": review_on });
    about(city, "order", body)
}

fn level(city: &City, order: Uuid) -> NewEntry {
    about(city, "response_level", json!({ "level": "level_1", "order": order }))
}

fn about(city: &City, register: &str, body: Value) -> NewEntry {
    let mut body = body;
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    city.entry(json!({
        "register": register, "group": GROUP, "body": body,
        "subject": { "type": "region", "identifiers": { "code": "371702" } },
    }))
}

fn stored(city: &City) -> usize {
    let count = |register: &str| {
        let filter = EntryFilter {
            register: Some(register.to_owned()),
            limit: 10,
            ..EntryFilter::default()
        };
        city.ledger
            .read(|r| r.entries(&Sight::All, &filter))
            .unwrap()
            .items
            .len()
    };
    count("order") + count("response_level")
}

fn codes(answers: &[EntryAnswer]) -> Vec<&str> {
    answers
        .iter()
        .map(|one| one.problems.first().map_or("", |problem| problem.code.as_str()))
        .collect()
}

#[both_databases]
fn an_order_and_what_rests_on_it_land_in_one_batch(db: TestDb) {
    let city = City::new(db);
    let system = Author::system();
    let order = order(&city, Some("2022-02-20"));
    let level = level(&city, order.id);
    let batch = vec![order, level];
    let tried = city.ledger.try_append(system.clone(), batch.clone()).unwrap();
    let tried = tried.blocking_recv().unwrap().unwrap();
    assert!(tried.results.iter().all(|one| one.status.is_in()), "{tried:?}");
    assert_eq!(stored(&city), 0, "asking writes nothing");
    assert!(city.ledger.snapshot().reference.is_empty(), "nor is anything in force");
    let written = city.send(&system, batch.clone());
    assert!(written.results.iter().all(|one| one.status.is_in()), "{written:?}");
    assert_eq!(stored(&city), 2);
    let again = city.send(&system, batch);
    assert!(
        again.results.iter().all(|one| one.status == Status::Accepted),
        "{again:?}"
    );
    assert_eq!(stored(&city), 2, "sent twice it is one");
    assert_eq!(city.ledger.snapshot().reference.of("response_level").len(), 1);
}

#[both_databases]
fn what_cites_a_later_entry_of_its_batch_is_refused_with_all_of_it(db: TestDb) {
    let city = City::new(db);
    let order = order(&city, Some("2022-02-20"));
    let level = level(&city, order.id);
    let answer = city.send(&Author::system(), vec![level, order]);
    assert_eq!(codes(&answer.results), ["order_unknown", "group_refused"], "{answer:?}");
    assert_eq!(stored(&city), 0);
    assert!(city.ledger.snapshot().reference.is_empty());
}

#[both_databases]
fn what_cites_a_refused_entry_of_its_batch_is_refused_with_all_of_it(db: TestDb) {
    let city = City::new(db);
    let system = Author::system();
    let good = order(&city, Some("2022-02-20"));
    let refused = order(&city, None);
    let level = level(&city, refused.id);
    let answer = city.send(&system, vec![good, refused, level.clone()]);
    assert!(
        answer.results.iter().all(|one| one.status == Status::Refused),
        "{answer:?}"
    );
    assert_eq!(stored(&city), 0);
    // Nothing of the group is left behind that a later entry could rest on.
    let alone = city.send(&system, vec![level]);
    assert_eq!(codes(&alone.results), ["order_unknown"], "{alone:?}");
}
