//! Corrections, withdrawals and ends.

use super::world::{Story, order_id, standing, state, t, world};
use lianfang_kernel::Act;
use lianfang_kernel::ids::EntryId;
use lianfang_protocol::{History, effective};
use serde_json::json;

/// What holds: first version, what it says.
fn holding(story: &Story) -> Vec<(EntryId, i64)> {
    let celsius = |fact: &lianfang_protocol::Fact| fact.record.get("celsius").and_then(|c| c.as_int()).unwrap_or(0);
    story
        .history()
        .facts
        .iter()
        .map(|fact| (fact.origin, celsius(fact)))
        .collect()
}

fn told() -> (Story, EntryId) {
    let mut story = Story::person(&world(), "371702001");
    let first = story.say("temperature", "2022-01-21 07:00", json!({ "celsius": 365 }));
    (story, first)
}

#[test]
fn the_last_correction_speaks_for_the_row() {
    let (mut story, first) = told();
    let second = story.act(Act::Correct, first, "2022-01-21 07:05", json!({ "celsius": 366 }));
    let third = story.act(Act::Correct, second, "2022-01-21 07:05", json!({ "celsius": 367 }));
    assert_eq!(holding(&story), [(first, 367)]);
    let held = effective(&story.entries, None);
    assert_eq!(
        (held[0].id, held[0].replaces),
        (third, Some(first)),
        "it names what it replaced"
    );
}

#[test]
fn of_two_corrections_of_one_version_the_arrival_does_not_decide() {
    let (mut story, first) = told();
    story.act(Act::Correct, first, "2022-01-21 07:05", json!({ "celsius": 366 }));
    story.act(Act::Correct, first, "2022-01-21 07:05", json!({ "celsius": 367 }));
    let one = holding(&story);
    story.entries.reverse();
    assert_eq!(holding(&story), one);
}

#[test]
fn withdrawing_a_correction_takes_the_row_back_and_withdrawing_that_gives_it_again() {
    let (mut story, first) = told();
    let second = story.act(Act::Correct, first, "2022-01-21 07:05", json!({ "celsius": 366 }));
    let taken = story.act(Act::Withdraw, second, "2022-01-21 08:00", json!({}));
    assert_eq!(holding(&story), []);
    story.act(Act::Withdraw, taken, "2022-01-21 09:00", json!({}));
    assert_eq!(holding(&story), [(first, 366)]);
}

#[test]
fn a_correction_put_right_tomorrow_leaves_today_on_time() {
    let mut story = Story::person(&world(), "371702001");
    story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    let first = story.temperature("2022-01-21 07:00");
    let correction = story.act(Act::Correct, first, "2022-01-21 07:00", json!({ "celsius": 364 }));
    let entry = story.entries.iter_mut().find(|entry| entry.id == correction).unwrap();
    let mut late = lianfang_kernel::Entry::clone(entry);
    late.received_at = t("2022-01-22 09:00");
    *entry = late.into();
    assert_eq!(
        state(&story.plan("2022-01-22 10:00"), "m217", "temperature", "2022-01-21/1"),
        "on time"
    );
}

#[test]
fn an_end_closes_its_interval_and_the_earliest_counts() {
    let mut story = Story::person(&world(), "371702001");
    let order = story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    story.act(Act::End, order, "2022-01-25 09:00", json!({}));
    let early = story.act(Act::End, order, "2022-01-23 09:00", json!({}));
    assert_eq!(
        standing(&story.plan("2022-01-26 08:00"), "m217"),
        "order_ended at 2022-01-23 09:00"
    );
    story.act(Act::Withdraw, early, "2022-01-23 10:00", json!({}));
    assert_eq!(
        standing(&story.plan("2022-01-26 08:00"), "m217"),
        "order_ended at 2022-01-25 09:00"
    );
}

#[test]
fn an_end_never_lengthens_an_interval() {
    let mut story = Story::person(&world(), "371702001");
    let to = t("2022-01-22 00:00").to_rfc3339();
    let body = json!({ "measure": "m217", "order": order_id().to_string(), "to": to });
    let order = story.say("measure_order", "2022-01-20 12:00", body);
    story.act(Act::End, order, "2022-01-25 09:00", json!({}));
    assert_eq!(
        standing(&story.plan("2022-01-26 08:00"), "m217"),
        "order_ended at 2022-01-22 00:00"
    );
}

#[test]
fn as_of_bounds_when_it_was_recorded_and_not_when_it_happened() {
    let (mut story, first) = told();
    story.say_late(
        "temperature",
        "2022-01-21 06:30",
        "2022-01-22 09:00",
        json!({ "celsius": 371 }),
    );
    let then = History::new(
        story.subject.clone(),
        story.entries.clone(),
        Some(t("2022-01-22 08:59")),
        &story.snapshot,
    );
    assert_eq!(then.facts.iter().map(|fact| fact.origin).collect::<Vec<_>>(), [first]);
    assert_eq!(story.history().facts.len(), 2);
}

#[test]
fn forged_rings_and_orphans_are_no_rows() {
    let (mut story, first) = told();
    let a = story.act(Act::Correct, first, "2022-01-21 07:05", json!({ "celsius": 366 }));
    let b = story.act(Act::Correct, a, "2022-01-21 07:05", json!({ "celsius": 367 }));
    story.entries.remove(0);
    let ring = story.entries.iter_mut().find(|entry| entry.id == a).unwrap();
    let mut forged = lianfang_kernel::Entry::clone(ring);
    forged.replaces = Some(b);
    *ring = forged.into();
    assert_eq!(holding(&story), []);
}
