//! Sets that entries open: who belongs to them, and who came too late.

use super::world::{Story, count, standing as stands, state, t, the, world};
use lianfang_kernel::ids::{EntryId, derived};
use lianfang_kernel::{Datum, Instant, RegionId, SubjectKind};
use lianfang_policy::{Interval, Reference, Snapshot, SubjectRef};
use lianfang_protocol::{Alone, PlanInput, Standing, standing};
use proptest::prelude::*;
use serde_json::json;
use std::sync::Arc;

fn campaign_id(n: u8) -> EntryId {
    EntryId(derived(&format!("campaign {n}")))
}

fn campaign(n: u8, plan: &str, region: &str, (at, opens, closes): (&str, &str, &str)) -> Interval {
    let body = Datum::record([
        ("id", Datum::text(&campaign_id(n).to_string())),
        ("register", Datum::text("campaign")),
        ("region", Datum::text(region)),
        ("at", Datum::Int(t(at).0)),
        ("received_at", Datum::Int(t(at).0)),
        ("plan", Datum::text(plan)),
        ("opens_at", Datum::Int(t(opens).0)),
        ("closes_at", Datum::Int(t(closes).0)),
    ]);
    Interval {
        entry: campaign_id(n),
        subject: SubjectRef::Region(RegionId::new(region)),
        region: RegionId::new(region),
        from: t(at),
        to: Instant::MAX,
        body,
        targets: Vec::new(),
    }
}

fn with(campaigns: Vec<Interval>) -> Snapshot {
    let mut snapshot = world();
    let orders = snapshot.reference.of("order").to_vec();
    snapshot.reference = Arc::new(Reference::new([
        ("order".to_owned(), orders),
        ("campaign".to_owned(), campaigns),
    ]));
    snapshot
}

fn household(snapshot: &Snapshot, region: &str, since: &str) -> Story {
    let mut story = Story::about(snapshot, SubjectKind::Household, "household", region);
    story.subject.since = t(since);
    story
}

const TIMES: (&str, &str, &str) = ("2022-01-20 08:00", "2022-01-21 00:00", "2022-01-25 18:00");

#[test]
fn the_set_is_taken_when_it_opens() {
    let snapshot = with(vec![campaign(1, "round", "371702", TIMES)]);
    let mut story = household(&snapshot, "371702001", "2022-01-01 00:00");
    assert_eq!(count(&story.plan("2022-01-20 09:00"), "round"), 0, "not yet");
    assert_eq!(
        story.plan("2022-01-20 09:00").next_change_at,
        Some(t("2022-01-21 00:00")),
        "it is looked at again when the set is taken"
    );
    assert_eq!(stands(&story.plan("2022-01-21 00:00"), "round"), "active");
    assert_eq!(
        the(&story.plan("2022-01-21 00:00"), "round").opened_by,
        Some(campaign_id(1))
    );
    story.say("household_check", "2022-01-22 10:00", json!({ "result": "not_home" }));
    let plan = story.plan("2022-01-22 11:00");
    assert_eq!(
        (state(&plan, "round", "check", ""), stands(&plan, "round")),
        ("open", "active".to_owned())
    );
    story.say(
        "household_check",
        "2022-01-25 18:00",
        json!({ "result": "done", "persons": [] }),
    );
    let plan = story.plan("2022-01-25 18:00");
    assert_eq!(
        stands(&plan, "round"),
        "checked at 2022-01-25 18:00",
        "the last second is in time"
    );
    assert_eq!(state(&plan, "round", "check", ""), "on time");
}

#[test]
fn a_late_comer_is_listed_or_added() {
    let at = TIMES;
    for (plan, enrolled) in [("round", 0), ("round-with-late", 1)] {
        let snapshot = with(vec![campaign(1, plan, "371702", at)]);
        let story = household(&snapshot, "371702001", "2022-01-22 00:00");
        assert_eq!(count(&story.plan("2022-01-23 00:00"), plan), enrolled);
        let history = story.history();
        let input = PlanInput {
            history: &history,
            others: &Alone,
            snapshot: &snapshot,
            now: t("2022-01-23 00:00"),
            horizon: None,
        };
        assert_eq!(standing(&input, plan, campaign_id(1)), Standing::Late);
    }
}

#[test]
fn other_places_other_kinds_and_other_plans_stay_outside() {
    let snapshot = with(vec![
        campaign(1, "round", "620102", TIMES),
        campaign(2, "round-with-late", "371702", TIMES),
    ]);
    let story = household(&snapshot, "371702001", "2022-01-01 00:00");
    assert_eq!(count(&story.plan("2022-01-23 00:00"), "round"), 0);
    let person = Story::person(&snapshot, "371702001");
    assert_eq!(count(&person.plan("2022-01-23 00:00"), "round-with-late"), 0);
}

#[test]
fn each_round_is_an_enrolment_of_its_own() {
    let second = ("2022-01-26 08:00", "2022-01-26 08:00", "2022-01-30 18:00");
    let snapshot = with(vec![
        campaign(1, "round", "1", TIMES),
        campaign(2, "round", "371702", second),
    ]);
    let mut story = household(&snapshot, "371702001", "2022-01-01 00:00");
    story.say(
        "household_check",
        "2022-01-22 10:00",
        json!({ "result": "done", "persons": [] }),
    );
    let plan = story.plan("2022-01-27 00:00");
    let found: Vec<(Option<EntryId>, bool)> = plan
        .enrolments
        .iter()
        .filter(|enrolment| enrolment.protocol == "round")
        .map(|enrolment| (enrolment.opened_by, enrolment.state == lianfang_protocol::State::Active))
        .collect();
    assert_eq!(found, [(Some(campaign_id(1)), false), (Some(campaign_id(2)), true)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whoever belongs to a frozen set belongs to it at every later moment, and nobody joins it.
    #[test]
    fn a_frozen_set_stays(since in 0..30i64, opens in 0..30i64, first in 0..40i64, more in 0..40i64) {
        let day = |n: i64| t("2022-01-01 00:00").plus_ms(n * 86_400_000);
        let mut opened = campaign(1, "round", "1", TIMES);
        opened.body = Datum::record([
            ("id", Datum::text(&campaign_id(1).to_string())),
            ("received_at", Datum::Int(day(0).0)),
            ("plan", Datum::text("round")),
            ("region", Datum::text("1")),
            ("opens_at", Datum::Int(day(opens).0)),
            ("closes_at", Datum::Int(day(opens + 5).0)),
        ]);
        opened.from = day(0);
        let snapshot = with(vec![opened]);
        let mut story = household(&snapshot, "371702001", "2022-01-01 00:00");
        story.subject.since = day(since);
        let asked = |now: Instant| count(&story.plan_at(now), "round");
        prop_assert_eq!(asked(day(opens + first)), usize::from(since <= opens));
        prop_assert_eq!(asked(day(opens + first + more)), usize::from(since <= opens));
    }
}
