//! Tracing contacts hop by hop, on both databases.

use crate::city::{City, arrival_of, made_up};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, RegionId};
use lianfang_ledger::read::{Sight, Trace, TraceQuery};
use lianfang_ledger::wire::{Author, Status};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::json;

struct People<'a> {
    city: &'a City,
    tracer: Author,
    all: Vec<SubjectId>,
}

impl People<'_> {
    fn new(city: &City, n: u32) -> People<'_> {
        let community = city.org("community", "371702001", &["community"]);
        let grid = city.staff("grid-worker", community);
        let tracer = city.staff("contact-tracer", community);
        let arrive = |n: u32| {
            let entry = arrival_of(&made_up(n), "样例", "2022-01-20T08:00:00+08:00");
            city.one(&grid, entry).subject.unwrap()
        };
        let all = (0..n).map(arrive).collect();
        People { city, tracer, all }
    }

    /// `contact` was met by `index`; gives the entry.
    fn meet(&self, index: usize, contact: usize) -> uuid::Uuid {
        let entry = json!({
            "register": "contact", "assurance": "seen", "subject": self.all[contact],
            "body": { "index": self.all[index], "last_contact": "2022-01-19T08:00:00+08:00", "kind": "case" }
        });
        let answer = self.city.one(&self.tracer, entry);
        assert!(answer.status.is_in(), "{answer:?}");
        answer.id
    }

    fn trace(&self, start: usize, most: usize, as_of: Option<Instant>) -> Trace {
        self.trace_as(&Sight::All, start, most, as_of)
    }

    fn trace_as(&self, sight: &Sight, start: usize, most: usize, as_of: Option<Instant>) -> Trace {
        let query = TraceQuery {
            start: self.all[start],
            register: "contact".into(),
            field: "index".into(),
            hops: 4,
            most,
            as_of,
        };
        self.city.ledger.read(|r| r.trace(sight, &query)).unwrap()
    }

    fn hops(&self, trace: &Trace) -> Vec<(usize, u32)> {
        let place = |id| self.all.iter().position(|known| *known == id).unwrap();
        let mut hops: Vec<_> = trace.persons.iter().map(|p| (place(p.subject), p.hop)).collect();
        hops.sort_unstable();
        hops
    }
}

#[both_databases]
fn both_ways_hop_by_hop_four_at_most(db: TestDb) {
    let city = City::new(db);
    let people = People::new(&city, 7);
    // 0 met 1 and 2; 2 met 3; 3 was met by 4; 4 met 5; 5 met 6.
    for (index, contact) in [(0, 1), (0, 2), (2, 3), (4, 3), (4, 5), (5, 6)] {
        people.meet(index, contact);
    }
    let found = people.trace(0, 100, None);
    assert_eq!(people.hops(&found), [(0, 0), (1, 1), (2, 1), (3, 2), (4, 3), (5, 4)]);
    assert!(!found.is_cut);
    assert_eq!(found.met.len(), 5, "the meeting beyond the fourth hop is left out");
    let cut = people.trace(0, 3, None);
    assert!(cut.is_cut && cut.persons.len() == 3, "{cut:?}");
    assert_eq!(people.hops(&people.trace(6, 100, None)).len(), 5);
}

#[both_databases]
fn what_is_withdrawn_is_not_followed_and_the_past_knows_it(db: TestDb) {
    let city = City::new(db);
    let people = People::new(&city, 3);
    let wrong = people.meet(0, 1);
    people.meet(1, 2);
    let before = city.ledger.now();
    city.at("2022-01-20T09:00:00+08:00");
    let withdrawal = json!({ "register": "contact", "act": "withdraw", "replaces": wrong, "reason": "登记有误", "subject": people.all[1] });
    let answer = city.one(&people.tracer, withdrawal);
    assert_eq!(answer.status, Status::Accepted, "{answer:?}");
    assert_eq!(people.hops(&people.trace(0, 100, None)), [(0, 0)]);
    assert_eq!(
        people.hops(&people.trace(0, 100, Some(before))),
        [(0, 0), (1, 1), (2, 2)]
    );
}

#[both_databases]
fn who_was_named_by_mistake_is_left_for_who_was_meant(db: TestDb) {
    let city = City::new(db);
    let people = People::new(&city, 4);
    // 1 was met by 0, it was said; it was by 2. That 3 was met by 1 stays.
    let wrong = people.meet(0, 1);
    people.meet(1, 3);
    let before = city.ledger.now();
    city.at("2022-01-20T09:00:00+08:00");
    let correction = json!({
        "register": "contact", "act": "correct", "replaces": wrong, "reason": "登记有误", "subject": people.all[1], "assurance": "seen",
        "body": { "index": people.all[2], "last_contact": "2022-01-19T08:00:00+08:00", "kind": "case" }
    });
    let answer = city.one(&people.tracer, correction);
    assert!(answer.status.is_in(), "{answer:?}");
    assert_eq!(people.hops(&people.trace(0, 100, None)), [(0, 0)]);
    assert_eq!(people.hops(&people.trace(2, 100, None)), [(1, 1), (2, 0), (3, 2)]);
    assert_eq!(people.hops(&people.trace(3, 100, None)), [(1, 1), (2, 2), (3, 0)]);
    assert_eq!(people.hops(&people.trace(2, 100, Some(before))), [(2, 0)]);
    assert_eq!(
        people.hops(&people.trace(0, 100, Some(before))),
        [(0, 0), (1, 1), (3, 2)]
    );
}

#[both_databases]
fn a_reader_follows_what_it_sees(db: TestDb) {
    let city = City::new(db);
    let people = People::new(&city, 3);
    let wrong = people.meet(0, 1);
    people.meet(1, 2);
    let here = RegionId::new("371702");
    let hops = |sight: &Sight| people.hops(&people.trace_as(sight, 0, 100, None));
    let all = [(0, 0), (1, 1), (2, 2)];
    assert_eq!(hops(&Sight::Region(here.clone())), all);
    assert_eq!(hops(&Sight::Org(people.tracer.org.unwrap())), all);
    let strangers = city.org("community", "371703", &["community"]);
    let blind = [
        Sight::Region(RegionId::new("371703")),
        Sight::Org(strangers),
        Sight::Nothing,
    ];
    for sight in &blind {
        assert_eq!(hops(sight), [(0, 0)], "{sight:?}");
    }
    // What was corrected is read from whole files, and no more of them is told than before.
    city.at("2022-01-20T09:00:00+08:00");
    let correction = json!({
        "register": "contact", "act": "correct", "replaces": wrong, "reason": "时间有误", "subject": people.all[1], "assurance": "seen",
        "body": { "index": people.all[0], "last_contact": "2022-01-18T08:00:00+08:00", "kind": "case" }
    });
    assert!(city.one(&people.tracer, correction).status.is_in());
    assert_eq!(hops(&Sight::Region(here)), all);
    for sight in &blind {
        assert_eq!(hops(sight), [(0, 0)], "{sight:?}");
    }
}

#[both_databases]
fn meetings_from_before_they_were_kept_apart_are_entered_at_the_next_start(db: TestDb) {
    let city = City::new(db);
    let people = People::new(&city, 3);
    people.meet(0, 1);
    people.meet(2, 1);
    let kept = || {
        let sql = "select subject, register, field, at, other, entry, is_named, recorded_at, path from tie order by subject, entry";
        let rows = city.db.database.reader().unwrap().query(sql, &[]).unwrap();
        rows.into_iter().map(lianfang_db::Row::into_values).collect::<Vec<_>>()
    };
    let before = kept();
    assert_eq!(before.len(), 4);
    let mut writer = city.db.database.writer().unwrap();
    writer.batch("delete from tie; delete from indexed_field").unwrap();
    drop(writer);
    drop(city.opened_with(crate::city::master()).unwrap());
    assert_eq!(kept(), before);
}
