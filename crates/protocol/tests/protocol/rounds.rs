//! Rounds: the k-th record of an area on a day is its k-th round; duties that come again after they were done.

use super::world::{Story, occurrence, state, subject_id, t, the, word, world};
use lianfang_kernel::ids::{EntryId, derived};
use lianfang_kernel::{Datum, Instant, SubjectKind};
use lianfang_policy::{Interval, Reference, Snapshot, SubjectRef};
use lianfang_protocol::{Alone, History, OccurrenceState, PlanInput, plan};
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

fn area(name: &str, from: &str, to: Instant) -> Interval {
    let entry = EntryId(derived(&format!("plan {name}")));
    Interval {
        entry,
        subject: SubjectRef::Subject(subject_id("somebody")),
        region: lianfang_kernel::RegionId::new("371702001"),
        from: t(from),
        to,
        body: Datum::record([
            ("id", Datum::text(&entry.to_string())),
            ("area", Datum::text(&subject_id(name).to_string())),
        ]),
        targets: Vec::new(),
    }
}

fn station_world(areas: Vec<Interval>) -> Snapshot {
    let mut snapshot = world();
    let orders = snapshot.reference.of("order").to_vec();
    snapshot.reference = Arc::new(Reference::new([
        ("order".to_owned(), orders),
        ("area_plan".to_owned(), areas),
    ]));
    snapshot
}

fn station(snapshot: &Snapshot, since: &str) -> Story {
    let mut story = Story::about(snapshot, SubjectKind::Place, "station", "371702001");
    story.subject.since = t(since);
    story
}

fn spray(story: &mut Story, area: &str, at: &str) {
    let station = story.subject.id.to_string();
    story.say_with("spray", at, json!({ "station": station }), |entry| {
        entry.subject = subject_id(area)
    });
}

fn label(day: &str, round: u8, area: &str) -> String {
    format!("{day}/{round}/{}", subject_id(area))
}

#[test]
fn the_second_record_of_an_area_is_its_second_round() {
    let snapshot = station_world(vec![
        area("hall", "2022-01-01 00:00", Instant::MAX),
        area("gate", "2022-01-01 00:00", Instant::MAX),
    ]);
    let mut story = station(&snapshot, "2022-01-20 00:00");
    for (name, at) in [
        ("hall", "2022-01-20 07:00"),
        ("gate", "2022-01-20 07:30"),
        ("hall", "2022-01-20 12:00"),
    ] {
        spray(&mut story, name, at);
    }
    let plan = story.plan("2022-01-20 13:00");
    let word = |round, area| {
        word(occurrence(
            the(&plan, "station-rounds"),
            "area",
            &label("2022-01-20", round, area),
        ))
    };
    assert_eq!((word(1, "hall"), word(2, "hall")), ("on time", "on time"));
    assert_eq!((word(1, "gate"), word(2, "gate")), ("on time", "open"));
    assert_eq!(word(3, "hall"), "void", "what is not owed is never missed");
    let next = story.plan("2022-01-21 00:00");
    let gate = occurrence(the(&next, "station-rounds"), "area", &label("2022-01-20", 2, "gate"));
    assert_eq!(super::world::word(gate), "missed");
    assert_eq!(gate.about, Some(subject_id("gate")), "by name");
    assert!(gate.escalated);
}

#[test]
fn a_day_keeps_the_areas_it_had() {
    let snapshot = station_world(vec![
        area("hall", "2022-01-01 00:00", Instant::MAX),
        area("old gate", "2022-01-01 00:00", t("2022-01-21 10:00")),
        area("new gate", "2022-01-21 10:00", Instant::MAX),
    ]);
    let story = station(&snapshot, "2022-01-20 00:00");
    let plan = story.plan("2022-01-23 00:00");
    let areas = |day: &str| {
        let owed = the(&plan, "station-rounds").occurrences.iter();
        let mut names: Vec<_> = owed
            .filter(|o| o.label.starts_with(&format!("{day}/1/")))
            .filter_map(|o| o.about)
            .collect();
        names.sort();
        names
    };
    let sorted = |names: [&str; 2]| {
        let mut ids = names.map(subject_id).to_vec();
        ids.sort();
        ids
    };
    assert_eq!(
        areas("2022-01-21"),
        sorted(["hall", "old gate"]),
        "at the start of the day"
    );
    assert_eq!(areas("2022-01-22"), sorted(["hall", "new gate"]));
}

fn vehicle(since: &str) -> Story {
    let mut story = Story::about(&world(), SubjectKind::Vehicle, "vehicle", "371702001");
    story.subject.since = t(since);
    story
}

#[test]
fn seven_days_after_the_last_one() {
    let mut story = vehicle("2022-01-01 09:00");
    story.say("driver_test", "2022-01-05 10:00", json!({}));
    let at = |now: &str| state(&story.plan(now), "weekly-test", "test", "2022-01-05").to_owned();
    assert_eq!(
        state(&story.plan("2022-01-06 00:00"), "weekly-test", "test", "2022-01-01"),
        "on time"
    );
    assert_eq!(at("2022-01-12 23:59:59"), "open", "tested on D: due through D+7");
    assert_eq!(at("2022-01-13 00:00"), "missed", "overdue from D+8");
    assert_eq!(
        state(&story.plan("2022-01-13 00:00"), "weekly-test", "test", "2022-01-12"),
        "open",
        "the next one is due seven days after the one that was missed"
    );
    let mut late = story.clone();
    late.say("driver_test", "2022-01-14 10:00", json!({}));
    let plan = late.plan("2022-01-14 11:00");
    assert_eq!(
        state(&plan, "weekly-test", "test", "2022-01-05"),
        "missed",
        "it stays missed"
    );
    assert_eq!(state(&plan, "weekly-test", "test", "2022-01-12"), "on time");
    assert_eq!(state(&plan, "weekly-test", "test", "2022-01-14"), "open");
}

/// Records of two areas over three days: which area, at which minute.
fn records() -> impl Strategy<Value = Vec<(bool, u32)>> {
    prop::collection::vec((any::<bool>(), 0..3 * 1_440u32), 0..24)
}

fn told(records: &[(bool, u32)]) -> Story {
    let snapshot = station_world(vec![
        area("hall", "2022-01-01 00:00", Instant::MAX),
        area("gate", "2022-01-01 00:00", Instant::MAX),
    ]);
    let mut story = station(&snapshot, "2022-01-20 00:00");
    for (hall, minute) in records {
        let name = if *hall { "hall" } else { "gate" };
        let station = story.subject.id.to_string();
        story.say_with("spray", "2022-01-20 00:00", json!({ "station": station }), |entry| {
            entry.subject = subject_id(name);
            entry.at = entry.at.plus_ms(i64::from(*minute) * 60_000);
            (entry.received_at, entry.recorded_at) = (entry.at, entry.at);
        });
    }
    story
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rounds_done_are_the_records_of_the_day(records in records()) {
        let story = told(&records);
        let plan = story.plan("2022-01-23 00:00");
        for day in 0..3u32 {
            for (hall, name) in [(true, "hall"), (false, "gate")] {
                let told = records.iter().filter(|(h, minute)| *h == hall && minute / 1_440 == day).count();
                let prefix = format!("2022-01-{}/", 20 + day);
                let of_day = the(&plan, "station-rounds").occurrences.iter().filter(|o| {
                    o.label.starts_with(&prefix) && o.about == Some(subject_id(name))
                });
                let states: Vec<OccurrenceState> = of_day.map(|o| o.state).collect();
                let done = states.iter().filter(|s| matches!(s, OccurrenceState::Done { .. })).count();
                let missed = states.iter().filter(|s| matches!(s, OccurrenceState::Missed)).count();
                prop_assert_eq!(done, told.min(3));
                prop_assert_eq!(missed, 2usize.saturating_sub(told), "owed = done + missed");
            }
        }
    }

    #[test]
    fn any_order_of_arrival_gives_the_same_rounds(records in records(), seed in any::<u64>(), now in 0..4 * 1_440u32) {
        let story = told(&records);
        let now = t("2022-01-20 00:00").plus_ms(i64::from(now) * 60_000);
        let mut shuffled = story.entries.clone();
        shuffled.sort_by_key(|entry| derived(&format!("{seed} {}", entry.id)));
        let planned = |entries| {
            let history = History::new(story.subject.clone(), entries, None, &story.snapshot);
            plan(&PlanInput { history: &history, others: &Alone, snapshot: &story.snapshot, now, horizon: None })
        };
        prop_assert_eq!(planned(shuffled), planned(story.entries.clone()));
    }

    #[test]
    fn a_duty_that_comes_again_is_never_asked_twice_at_once(tests in prop::collection::vec(0..60u32, 0..12), now in 0..80u32) {
        let mut story = vehicle("2022-01-01 09:00");
        for day in &tests {
            story.say_with("driver_test", "2022-01-01 10:00", json!({}), |entry| {
                entry.at = entry.at.plus_ms(i64::from(*day) * 86_400_000);
                (entry.received_at, entry.recorded_at) = (entry.at, entry.at);
            });
        }
        let now = t("2022-01-01 12:00").plus_ms(i64::from(now) * 86_400_000);
        let plan = story.plan_at(now);
        let occurrences = &the(&plan, "weekly-test").occurrences;
        let open = occurrences.iter().filter(|o| matches!(o.state, OccurrenceState::Open | OccurrenceState::Upcoming)).count();
        prop_assert_eq!(open, 1);
        let used = occurrences.iter().filter(|o| matches!(o.state, OccurrenceState::Done { .. })).count();
        let told = tests.iter().filter(|day| t("2022-01-01 10:00").plus_ms(i64::from(**day) * 86_400_000) <= now).count();
        prop_assert!(used <= told);
        let until = plan.next_change_at.unwrap();
        prop_assert!(until > now);
        prop_assert_eq!(&story.plan_at(until.plus_ms(-1)), &plan, "nothing changes before it is said to");
    }
}
