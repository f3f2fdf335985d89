//! Capacity under concurrency: many clients, two servers, one database; exactly as many as fit.

use crate::city::City;
use lianfang_ledger::wire::{Author, NewEntry, Status};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::json;
use uuid::Uuid;

const ROOMS: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
[type]
trial_room = { of = "place", title = { zh = "房间", en = "room" } }
[register.trial_room_file]
title = { zh = "房间", en = "Rooms" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_room"]
sensitivity = "plain"
retention = "1d"
field = [{ id = "note", kind = "text", title = { zh = "注", en = "Note" } }]
[register.trial_room_stay]
title = { zh = "入住", en = "Stays" }
purpose = { zh = "例", en = "Trial" }
subject = ["vehicle"]
shape = "interval"
sensitivity = "plain"
retention = "1d"
field = [{ id = "room", kind = "place", required = true, title = { zh = "房间", en = "Room" } }]
hold = { per = ["room"], max = "3" }
"#;

const CLIENTS: u32 = 8;
const TRIES: u32 = 4;

#[both_databases]
fn of_many_clients_of_two_servers_exactly_as_many_as_fit_get_in(db: TestDb) {
    let city = City::with(db, ROOMS);
    let system = Author::system();
    let room = json!({ "register": "trial_room_file", "subject": { "type": "trial_room", "name": "101" }, "region": "371702001", "body": {} });
    let room = city.one(&system, room).subject.unwrap();
    let second = city.second(ROOMS);
    let accepted: usize = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let ledger = if client % 2 == 0 { &city.ledger } else { &second };
                let (system, room) = (system.clone(), room);
                scope.spawn(move || {
                    let stay = |n: u32| {
                        let id =
                            Uuid::from_u128(0x0190_0000_0000_7000_8100_0000_0000_0000 + u128::from(client * 100 + n));
                        let value = json!({
                            "id": id, "register": "trial_room_stay", "subject": { "type": "vehicle" }, "region": "371702001",
                            "body": { "room": room, "from": "2022-01-20T12:00:00+08:00" }
                        });
                        let entry: NewEntry = serde_json::from_value(value).unwrap();
                        let answer = ledger.append(system.clone(), vec![entry]).unwrap();
                        let result = answer.blocking_recv().unwrap().unwrap().results.remove(0);
                        match result.status {
                            Status::Accepted => 1,
                            _ => {
                                assert_eq!(result.problems[0].code, "hold_full", "{result:?}");
                                0
                            }
                        }
                    };
                    (0..TRIES).map(stay).sum::<usize>()
                })
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    assert_eq!(accepted, 3);
}

#[both_databases]
fn one_batch_holds_no_more_than_one_by_one(db: TestDb) {
    let city = City::with(db, ROOMS);
    let system = Author::system();
    let room = json!({ "register": "trial_room_file", "subject": { "type": "trial_room", "name": "101" }, "region": "371702001", "body": {} });
    let room = city.one(&system, room).subject.unwrap();
    let stay = |group: Option<Uuid>| {
        city.entry(json!({
            "register": "trial_room_stay", "subject": { "type": "vehicle" }, "region": "371702001", "group": group,
            "body": { "room": room, "from": "2022-01-20T12:00:00+08:00", "to": "2022-01-21T12:00:00+08:00" }
        }))
    };
    let group = Some(Uuid::from_u128(7));
    let four = city.send(&system, (0..4).map(|_| stay(group)).collect());
    assert!(
        four.results.iter().all(|one| one.status == Status::Refused),
        "a group lands whole or not at all"
    );
    let five = city.send(&system, (0..5).map(|_| stay(None)).collect());
    let accepted = five.results.iter().filter(|one| one.status == Status::Accepted).count();
    assert_eq!(accepted, 3);
    let later = json!({
        "register": "trial_room_stay", "subject": { "type": "vehicle" }, "region": "371702001",
        "body": { "room": room, "from": "2022-01-21T12:00:00+08:00" }
    });
    assert_eq!(
        city.one(&system, later).status,
        Status::Accepted,
        "half-open: one leaves as another comes"
    );
}

#[both_databases]
fn asking_without_writing_is_judged_like_writing(db: TestDb) {
    let city = City::with(db, ROOMS);
    let system = Author::system();
    let room = json!({ "register": "trial_room_file", "subject": { "type": "trial_room", "name": "101" }, "region": "371702001", "body": {} });
    let room = city.one(&system, room).subject.unwrap();
    let asked = |count: usize| {
        let stay = || {
            city.entry(json!({
                "register": "trial_room_stay", "subject": { "type": "vehicle" }, "region": "371702001",
                "body": { "room": room, "from": "2022-01-20T12:00:00+08:00" }
            }))
        };
        let entries = (0..count).map(|_| stay()).collect();
        let answer = city.ledger.try_append(system.clone(), entries).unwrap();
        let results = answer.blocking_recv().unwrap().unwrap().results;
        results.into_iter().map(|one| one.status).collect::<Vec<Status>>()
    };
    assert_eq!(asked(3), [Status::Accepted; 3]);
    let four = asked(4).into_iter().filter(|status| *status == Status::Refused).count();
    assert_eq!(four, 1, "the others do not fall with it: they are no group");
    assert_eq!(asked(3), [Status::Accepted; 3], "nothing was written");
}
