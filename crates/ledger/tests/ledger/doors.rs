//! A door that counts without network, on both databases: what it tells later has happened, and is told once.

use crate::city::City;
use lianfang_ledger::wire::{Author, NewEntry, Status};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::json;

struct Door {
    city: City,
    door: Author,
    venue: String,
}

impl Door {
    /// A library where two may be inside at once.
    fn new(db: TestDb) -> Door {
        let city = City::new(db);
        let library = city.org("authority", "371702001", &[]);
        let regulator = city.staff("market-regulator", library);
        let venue = city.one(
            &regulator,
            json!({
                "register": "premises_file", "subject": { "type": "library", "name": "样例图书馆" },
                "region": "371702001", "body": { "business_name": "样例图书馆" },
            }),
        );
        let venue = venue.subject.unwrap().to_string();
        let door = city.staff("venue-counter", library);
        let cap = city.one(
            &door,
            json!({ "register": "venue_cap", "subject": venue, "body": { "people": 2 } }),
        );
        assert_eq!(cap.status, Status::Accepted, "{cap:?}");
        city.clock.advance_ms(60_000);
        Door { city, door, venue }
    }

    fn counted(&self, register: &str, people: i64) -> NewEntry {
        let body = json!({ "people": people });
        let at = "2022-01-20T08:01:00+08:00";
        self.city
            .entry(json!({ "register": register, "subject": self.venue, "at": at, "body": body }))
    }

    fn live(&self, entry: &NewEntry) -> Status {
        self.city.send(&self.door, vec![entry.clone()]).results.remove(0).status
    }

    fn kept(&self, entry: &NewEntry) -> (Status, usize) {
        let answer = self
            .city
            .send(&self.door.clone().of_kept(), vec![entry.clone()])
            .results
            .remove(0);
        (answer.status, answer.flags.len())
    }
}

#[both_databases]
fn at_the_cap_a_live_count_is_refused_and_one_that_was_kept_is_flagged(db: TestDb) {
    let door = Door::new(db);
    assert_eq!(door.live(&door.counted("venue_in", 2)), Status::Accepted);
    assert_eq!(door.live(&door.counted("venue_in", 1)), Status::Refused);
    assert_eq!(door.kept(&door.counted("venue_in", 1)), (Status::Flagged, 1));
    assert_eq!(door.live(&door.counted("venue_out", 4)), Status::Refused);
    assert_eq!(door.kept(&door.counted("venue_out", 4)), (Status::Flagged, 1));
}

#[both_databases]
fn a_count_whose_answer_was_lost_is_one_count(db: TestDb) {
    let door = Door::new(db);
    let counted = door.counted("venue_in", 2);
    assert_eq!(door.live(&counted), Status::Accepted);
    assert_eq!(door.kept(&counted), (Status::Accepted, 0), "it came the first time");
    assert_eq!(
        door.kept(&door.counted("venue_out", 2)),
        (Status::Accepted, 0),
        "two were inside, not four"
    );
    assert_eq!(door.live(&door.counted("venue_out", 1)), Status::Refused);
}
