//! Protocols over those enrolled in others: one duty whatever enrols them, for as long as something does.

use super::world::{Story, count, order_id, standing, state, t, the, world, world_until};
use serde_json::json;

#[test]
fn it_runs_as_long_as_one_of_them_does() {
    let snapshot = world();
    let mut story = Story::person(&snapshot, "371702001");
    assert_eq!(count(&story.plan("2022-01-20 09:00"), "looked-after"), 0);
    story.ordered("m217", "2022-01-20 08:00", "2022-01-20 09:00");
    let plan = story.plan("2022-01-20 10:00");
    assert_eq!(standing(&plan, "looked-after"), "active");
    assert_eq!(the(&plan, "looked-after").start, the(&plan, "m217").start);
    assert_eq!(state(&plan, "looked-after", "call", ""), "open");
    story.say("home_visit", "2022-01-20 18:00", json!({ "celsius": 36.5 }));
    assert_eq!(
        state(&story.plan("2022-01-20 19:00"), "looked-after", "call", ""),
        "on time"
    );
}

#[test]
fn two_at_a_time_are_asked_for_once() {
    let snapshot = world();
    let mut story = Story::person(&snapshot, "371702001");
    story.ordered("m217", "2022-01-20 08:00", "2022-01-20 09:00");
    let before = the(&story.plan("2022-01-21 09:00"), "looked-after").id;
    story.order("home14", "2022-01-21 09:00");
    let plan = story.plan("2022-01-21 10:00");
    assert_eq!(count(&plan, "looked-after"), 1);
    assert_eq!(the(&plan, "looked-after").id, before, "the stretch goes on");
}

#[test]
fn it_ends_when_the_last_of_them_ends() {
    let snapshot = world_until(t("2022-01-22 00:00"));
    let mut story = Story::person(&snapshot, "371702001");
    story.ordered("m217", "2022-01-20 08:00", "2022-01-20 09:00");
    let plan = story.plan("2022-01-22 09:00");
    assert_eq!(standing(&plan, "m217"), "order_ended at 2022-01-22 00:00");
    assert_eq!(standing(&plan, "looked-after"), "left at 2022-01-22 00:00");
}

#[test]
fn what_was_not_known_was_not_asked() {
    let snapshot = world();
    let mut story = Story::person(&snapshot, "371702001");
    story.say("arrival", "2022-01-20 08:00", json!({}));
    let order = json!({ "measure": "m217", "order": order_id().to_string() });
    story.say_late("measure_order", "2022-01-20 09:00", "2022-01-22 09:00", order);
    let plan = story.plan("2022-01-22 10:00");
    let day = |label| state(&plan, "looked-after", "day", label);
    assert_eq!((day("2022-01-21"), day("2022-01-22")), ("void", "open"));
}
