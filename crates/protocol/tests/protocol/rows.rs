//! Rows of the requirements with their own numbers.

use super::world::{Story, count, occurrence, order_id, standing, state, subject_id, t, the, word, world, world_until};
use lianfang_kernel::{Day, SubjectKind};
use lianfang_protocol::{NoticeKind, OccurrenceState, Owner};
use serde_json::json;

const ARRIVED: &str = "2022-01-20 10:00";
const ORDERED: &str = "2022-01-20 12:00";

fn m217() -> Story {
    let mut story = Story::person(&world(), "371702001");
    story.ordered("m217", ARRIVED, ORDERED);
    story
}

/// Both slots of day `n`, counted from 20 January.
fn both(story: &mut Story, n: u32) {
    story.temperature(&format!("2022-01-{} 07:00", 20 + n));
    story.temperature(&format!("2022-01-{} 17:00", 20 + n));
}

#[test]
fn s77_a_second_swab_counts_at_24_hours_and_not_a_minute_before() {
    for (second, stands) in [("2022-01-21 13:59", "open"), ("2022-01-21 14:00", "on time")] {
        let mut story = m217();
        story.sample("pcr", "2022-01-20 14:00");
        story.sample("pcr", second);
        let plan = story.plan("2022-01-21 15:00");
        assert_eq!(state(&plan, "m217", "pcr-1", ""), "on time");
        assert_eq!(state(&plan, "m217", "pcr-2", ""), stands, "{second}");
    }
}

#[test]
fn s77_the_second_swab_waits_for_the_first() {
    let story = m217();
    let plan = story.plan("2022-01-21 15:00");
    assert_eq!(state(&plan, "m217", "pcr-1", ""), "open");
    assert_eq!(state(&plan, "m217", "pcr-2", ""), "upcoming");
}

#[test]
fn s77_fourteen_two_and_one_are_seventeen_and_release_waits_for_all() {
    let mut story = m217();
    let planned = story.plan("2022-01-20 13:00");
    assert_eq!(the(&planned, "m217").occurrences.len(), 17);
    assert_eq!(the(&planned, "m217").ends_on, Day::parse("2022-01-27").ok());

    story.sample("pcr", "2022-01-20 14:00");
    story.sample("pcr", "2022-01-22 09:00");
    (1..=6).for_each(|n| both(&mut story, n));
    story.temperature("2022-01-27 07:00");
    let plan = story.plan("2022-01-27 21:00");
    let enrolment = the(&plan, "m217");
    assert_eq!(
        (enrolment.ready.as_deref(), enrolment.missing.len()),
        (None, 2),
        "{:?}",
        enrolment.missing
    );

    story.temperature("2022-01-27 17:00");
    assert_eq!(
        the(&story.plan("2022-01-27 21:00"), "m217").missing.len(),
        1,
        "the serum test"
    );

    story.sample("serum", "2022-01-27 20:30");
    let plan = story.plan("2022-01-27 21:00");
    assert_eq!(the(&plan, "m217").ready.as_deref(), Some("released"));
    let done = the(&plan, "m217")
        .occurrences
        .iter()
        .filter(|o| word(o) == "on time")
        .count();
    assert_eq!(done, 17);

    story.say("release_order", "2022-01-27 21:30", json!({}));
    assert_eq!(
        standing(&story.plan("2022-01-30 08:00"), "m217"),
        "released at 2022-01-27 21:30"
    );
}

#[test]
fn s77_nobody_is_released_before_day_seven() {
    let mut story = m217();
    story.sample("pcr", "2022-01-20 14:00");
    story.sample("pcr", "2022-01-21 14:00");
    story.sample("serum", "2022-01-21 15:00");
    (1..=7).for_each(|n| both(&mut story, n));
    for now in ["2022-01-26 23:59", "2022-01-27 00:00"] {
        assert_eq!(the(&story.plan(now), "m217").ready, None, "{now}");
    }
    story.say("release_order", "2022-01-26 23:59", json!({}));
    assert_eq!(
        standing(&story.plan("2022-01-28 08:00"), "m217"),
        "active",
        "signed too early"
    );
}

#[test]
fn s78_two_morning_readings_fill_one_slot() {
    let mut story = m217();
    story.temperature("2022-01-21 06:30");
    story.temperature("2022-01-21 09:30");
    let plan = story.plan("2022-01-21 21:00");
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-21/1"), "on time");
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-21/2"), "missed");
}

#[test]
fn s78_slots_are_half_open() {
    for (at, stands) in [
        ("2022-01-21 05:59:59", "missed"),
        ("2022-01-21 06:00", "on time"),
        ("2022-01-21 09:59:59", "on time"),
        ("2022-01-21 10:00", "missed"),
    ] {
        let mut story = m217();
        story.temperature(at);
        assert_eq!(
            state(&story.plan("2022-01-21 12:00"), "m217", "temperature", "2022-01-21/1"),
            stands,
            "{at}"
        );
    }
}

#[test]
fn s78_a_missed_slot_starts_a_call_the_same_day() {
    let story = m217();
    assert_eq!(count(&story.plan("2022-01-21 09:59:59"), "call-today"), 0);
    let plan = story.plan("2022-01-21 10:00");
    let call = the(&plan, "call-today");
    assert_eq!(call.start, t("2022-01-21 10:00"));
    let missed = occurrence(the(&plan, "m217"), "temperature", "2022-01-21/1");
    assert_eq!(call.parent, Some((the(&plan, "m217").id, missed.id)));
    assert!(missed.escalated);
    assert_eq!(occurrence(call, "call", "").due_at, t("2022-01-21 14:00"));
}

#[test]
fn s78_measured_in_time_and_known_late_takes_the_call_back() {
    let mut story = m217();
    story.say_late(
        "temperature",
        "2022-01-21 07:00",
        "2022-01-21 11:00",
        json!({ "celsius": 365 }),
    );
    let plan = story.plan("2022-01-21 12:00");
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-21/1"), "known late");
    assert_eq!(count(&plan, "call-today"), 0);
}

#[test]
fn s78_a_missed_slot_is_made_good_only_by_an_excuse() {
    let mut story = m217();
    let missed = occurrence(
        the(&story.plan("2022-01-21 11:00"), "m217"),
        "temperature",
        "2022-01-21/1",
    )
    .id;
    story.temperature("2022-01-21 11:30");
    assert_eq!(
        state(&story.plan("2022-01-21 12:00"), "m217", "temperature", "2022-01-21/1"),
        "missed"
    );
    story.say(
        "excuse",
        "2022-01-21 13:00",
        json!({ "task": missed.to_string(), "reason": "at hospital" }),
    );
    let plan = story.plan("2022-01-21 13:30");
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-21/1"), "excused");
    assert_eq!(count(&plan, "call-today"), 1, "the call was made before the excuse");
}

#[test]
fn a_fever_refers_and_ends_the_monitoring() {
    let mut story = m217();
    story.say("temperature", "2022-01-21 07:00", json!({ "celsius": 373 }));
    let plan = story.plan("2022-01-21 09:00");
    assert_eq!(standing(&plan, "m217"), "referred at 2022-01-21 07:00");
    assert_eq!(the(&plan, "suspected-case").start, t("2022-01-21 07:00"));
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-21/2"), "void");
}

fn school_event(report: Option<&str>) -> Story {
    let mut story = Story::school(&world());
    let found = t("2022-03-01 10:00").to_rfc3339();
    story.say("school_event", "2022-03-01 10:05", json!({ "found_at": found }));
    if let Some(report) = report {
        story.say("event_report", report, json!({}));
    }
    story
}

#[test]
fn s142_two_hours_are_two_hours() {
    for (report, stands, escalated) in [
        ("2022-03-01 11:59", "on time", 0),
        ("2022-03-01 12:00:00", "on time", 0),
        ("2022-03-01 12:01", "late", 1),
    ] {
        let plan = school_event(Some(report)).plan("2022-03-01 13:00");
        assert_eq!(state(&plan, "school-abnormal", "report", ""), stands, "{report}");
        let notices = plan
            .notices
            .iter()
            .filter(|notice| notice.kind == NoticeKind::Escalation);
        let desks: Vec<Owner> = notices.map(|notice| notice.desk).collect();
        assert_eq!(
            desks,
            vec![Owner::Org(subject_id("health bureau")); escalated],
            "{report}"
        );
    }
}

#[test]
fn s142_the_clock_is_missed_a_millisecond_after_two_hours() {
    let story = school_event(None);
    let due = t("2022-03-01 12:00");
    let word_at = |now| state(&story.plan_at(now), "school-abnormal", "report", "");
    assert_eq!((word_at(due), word_at(due.plus_ms(1))), ("open", "missed"));
    assert_eq!(
        story.plan("2022-03-01 11:31").notices.len(),
        1,
        "a reminder after 90 minutes"
    );
}

#[test]
fn s142_one_receipt_alone_is_incomplete() {
    let mut story = school_event(Some("2022-03-01 11:00"));
    let plan = story.plan("2022-03-01 11:30");
    let report = occurrence(the(&plan, "school-abnormal"), "report", "").clone();
    let desks: Vec<Owner> = report.receipts.iter().map(|receipt| receipt.desk).collect();
    assert_eq!(
        desks,
        [Owner::Org(subject_id("cdc")), Owner::Org(subject_id("education"))]
    );

    story.say(
        "receipt",
        "2022-03-01 11:40",
        json!({ "task": report.receipts[0].task.to_string() }),
    );
    let plan = story.plan("2022-03-01 11:45");
    let half = occurrence(the(&plan, "school-abnormal"), "report", "");
    assert_eq!((word(half), half.is_complete()), ("on time", false));
    assert!(
        half.receipts[0].received.is_some() && half.receipts[1].received.is_none(),
        "education alone is named"
    );
    assert_eq!(standing(&plan, "school-abnormal"), "active");

    story.say_with(
        "receipt",
        "2022-03-01 11:50",
        json!({ "task": report.id.to_string() }),
        |receipt| {
            receipt.org = Some(subject_id("education"));
        },
    );
    assert_eq!(
        standing(&story.plan("2022-03-01 12:30"), "school-abnormal"),
        "reported at 2022-03-01 11:50"
    );
}

#[test]
fn s29_the_line_that_did_not_acknowledge_is_missing_alone() {
    let mut story = Story::school(&world());
    story.subject.since = t("2022-02-28 00:00");
    let report = story.say("daily_report", "2022-03-01 16:00", json!({ "n": 3 }));
    let task = occurrence(
        the(&story.plan("2022-03-01 16:10"), "dual-line-daily"),
        "daily",
        "2022-03-01",
    )
    .clone();
    story.say(
        "receipt",
        "2022-03-01 16:30",
        json!({ "task": task.receipts[1].task.to_string() }),
    );
    let plan = story.plan("2022-03-01 17:30");
    let task = occurrence(the(&plan, "dual-line-daily"), "daily", "2022-03-01");
    let missing: Vec<Owner> = task
        .receipts
        .iter()
        .filter(|r| r.received.is_none())
        .map(|r| r.desk)
        .collect();
    assert_eq!(
        (word(task), missing),
        ("on time", vec![Owner::Org(subject_id("education"))])
    );
    assert!(
        matches!(task.state, OccurrenceState::Done { entry, .. } if entry == report),
        "both lines hold one report"
    );
}

#[test]
fn s143_silence_is_missed_and_never_a_zero() {
    let mut story = Story::school(&world());
    story.subject.since = t("2022-02-27 00:00");
    story.say("abnormal_count", "2022-02-28 09:00", json!({ "n": 0 }));
    for (now, word) in [("2022-03-01 12:00:00", "open"), ("2022-03-01 12:00:01", "missed")] {
        let plan = story.plan(now);
        assert_eq!(state(&plan, "zero-report", "day", "2022-02-28"), "on time");
        assert_eq!(state(&plan, "zero-report", "day", "2022-03-01"), word, "{now}");
        assert_eq!(state(&plan, "zero-report", "day", "2022-03-02"), "upcoming");
    }
    story.say("abnormal_count", "2022-03-01 13:00", json!({ "n": 0 }));
    story.say("abnormal_count", "2022-03-02 08:00", json!({ "n": 0 }));
    let plan = story.plan("2022-03-02 13:00");
    assert_eq!(state(&plan, "zero-report", "day", "2022-03-01"), "late");
    assert_eq!(
        state(&plan, "zero-report", "day", "2022-02-27"),
        "missed",
        "yesterday's zero is not today's"
    );
}

#[test]
fn s242_arrival_on_the_fifth_is_over_on_the_nineteenth_and_not_before() {
    let mut story = Story::person(&world(), "620102");
    story.ordered("home14", "2020-02-05 23:30", "2020-02-06 09:00");
    let plan = story.plan("2020-02-10 08:00");
    assert_eq!(the(&plan, "home14").ends_on, Day::parse("2020-02-19").ok());
    assert_eq!(
        occurrence(the(&plan, "home14"), "check", "2020-02-06").due_at,
        t("2020-02-06 20:00")
    );
    story.sample("pcr", "2020-02-18 10:00");
    story.say("end_report", "2020-02-19 00:00", json!({}));
    assert_eq!(the(&story.plan("2020-02-18 23:59:59"), "home14").ready, None);
    assert_eq!(
        the(&story.plan("2020-02-19 00:00"), "home14").ready.as_deref(),
        Some("released")
    );
}

#[test]
fn s243_time_report_and_test_are_all_needed() {
    let facts = [("end_report", "2020-02-19 08:00"), ("lab_result", "2020-02-18 10:00")];
    for left_out in 0..2 {
        let mut story = Story::person(&world(), "620102");
        story.ordered("home14", "2020-02-05 10:00", "2020-02-05 12:00");
        for (n, (register, at)) in facts.iter().enumerate() {
            let body = if *register == "lab_result" {
                json!({ "assay": "pcr", "result": "negative", "sampled_at": t(at).to_rfc3339() })
            } else {
                json!({})
            };
            if n != left_out {
                story.say(register, at, body);
            }
        }
        let plan = story.plan("2020-02-19 09:00");
        let enrolment = the(&plan, "home14");
        assert_eq!(
            (&enrolment.ready, enrolment.missing.len()),
            (&None, 1),
            "without {}",
            facts[left_out].0
        );
    }
}

#[test]
fn an_order_that_ends_ends_what_stands_on_it() {
    let mut story = Story::person(&world_until(t("2022-01-23 00:00")), "371702001");
    story.ordered("m217", ARRIVED, ORDERED);
    assert_eq!(standing(&story.plan("2022-01-22 23:59:59"), "m217"), "active");
    assert_eq!(
        standing(&story.plan("2022-02-01 08:00"), "m217"),
        "order_ended at 2022-01-23 00:00"
    );
}

#[test]
fn a_restriction_without_a_known_order_is_none() {
    let mut story = Story::person(&world(), "371702001");
    story.say("arrival", ARRIVED, json!({}));
    story.say(
        "measure_order",
        ORDERED,
        json!({ "measure": "m217", "order": subject_id("nothing").to_string() }),
    );
    let history = story.history();
    let input = lianfang_protocol::PlanInput {
        history: &history,
        others: &lianfang_protocol::Alone,
        snapshot: &story.snapshot,
        now: t("2022-01-21 08:00"),
        horizon: None,
    };
    let plan = lianfang_protocol::plan(&input);
    assert_eq!(standing(&plan, "m217"), "order_ended at 2022-01-20 12:00");
    assert_eq!(plan.faults[0].code, "order_unknown");
    assert_ne!(order_id().0, subject_id("nothing").0);
}

#[test]
fn s36_another_contact_moves_day_zero_and_the_first_end_with_it() {
    let mut story = Story::person(&world(), "371702001");
    let contact = |story: &mut Story, at: &str| {
        let body = json!({ "last_contact": t(at).to_rfc3339(), "index": subject_id("index").to_string() });
        story.say("contact", at, body);
    };
    contact(&mut story, "2022-07-01 09:00");
    story.order("close_contact", "2022-07-01 12:00");
    story.sample("pcr", "2022-07-02 09:00");
    assert_eq!(
        the(&story.plan("2022-07-03 08:00"), "close-contact").ends_on,
        Day::parse("2022-07-11").ok()
    );
    contact(&mut story, "2022-07-03 09:00");
    let plan = story.plan("2022-07-03 10:00");
    let enrolment = the(&plan, "close-contact");
    assert_eq!(enrolment.ends_on, Day::parse("2022-07-13").ok());
    assert_eq!(
        state(&plan, "close-contact", "pcr", "2022-07-02"),
        "on time",
        "what was done stays done"
    );
    assert_eq!(state(&plan, "close-contact", "pcr", "2022-07-13"), "upcoming");
    assert!(
        enrolment.occurrences.iter().all(|o| o.label != "2022-07-11"),
        "what was still to come is planned anew"
    );
}

#[test]
fn a_new_edition_moves_those_enrolled() {
    let mut story = Story::person(&world(), "371702001");
    let body = json!({ "last_contact": t("2022-11-08 09:00").to_rfc3339(), "index": subject_id("index").to_string() });
    story.say("contact", "2022-11-08 09:00", body);
    story.order("close_contact", "2022-11-08 12:00");
    story.sample("pcr", "2022-11-09 09:00");
    let before = story.plan("2022-11-10 23:59");
    assert_eq!(
        (
            the(&before, "close-contact").version,
            the(&before, "close-contact").ends_on
        ),
        (9, Day::parse("2022-11-18").ok())
    );
    assert_eq!(before.next_change_at, Some(t("2022-11-11 00:00")));
    let after = story.plan("2022-11-11 08:00");
    let enrolment = the(&after, "close-contact");
    assert_eq!(
        (enrolment.version, enrolment.ends_on),
        (10, Day::parse("2022-11-16").ok())
    );
    assert_eq!(
        state(&after, "close-contact", "pcr", "2022-11-09"),
        "on time",
        "carried over"
    );
    assert_eq!(
        state(&after, "close-contact", "pcr", "2022-11-10"),
        "missed",
        "asked by both"
    );
    assert_eq!(state(&after, "close-contact", "pcr", "2022-11-14"), "upcoming");
}

#[test]
fn what_was_due_before_anybody_knew_is_void() {
    let mut story = Story::person(&world(), "371702001");
    story.say("arrival", "2022-01-18 10:00", json!({}));
    story.order("m217", "2022-01-20 12:00");
    let plan = story.plan("2022-01-20 13:00");
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-19/1"), "void");
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-20/1"), "void");
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-20/2"), "upcoming");
    assert_eq!(count(&plan, "call-today"), 0);
}

#[test]
fn a_release_without_signature_is_dated_when_it_fell_due_however_late_it_is_asked() {
    let mut story = Story::person(&world(), "371702001");
    story.say("follow_up", "2022-01-20 10:00", json!({}));
    story.say("home_visit", "2022-01-22 10:00", json!({}));
    for now in ["2022-01-27 00:00", "2022-03-01 08:00"] {
        assert_eq!(standing(&story.plan(now), "watch"), "followed at 2022-01-27 00:00");
    }
    assert_eq!(standing(&story.plan("2022-01-26 23:59:59"), "watch"), "active");
    let mut unseen = Story::person(&world(), "371702001");
    unseen.say("follow_up", "2022-01-20 10:00", json!({}));
    unseen.say("home_visit", "2022-01-28 10:00", json!({}));
    assert_eq!(
        standing(&unseen.plan("2022-03-01 08:00"), "watch"),
        "followed at 2022-01-28 10:00"
    );
}

#[test]
fn s106_three_visits_in_vain_call_for_help_and_close_nothing() {
    let mut story = Story::about(&world(), SubjectKind::Household, "household", "371702001");
    story.say(
        "visit_request",
        "2022-01-20 08:00",
        json!({ "closes_at": t("2022-01-25 18:00").to_rfc3339() }),
    );
    for day in 20..23 {
        story.say(
            "household_check",
            &format!("2022-01-{day} 10:00"),
            json!({ "result": "not_home" }),
        );
    }
    let plan = story.plan("2022-01-23 08:00");
    let check = occurrence(the(&plan, "net-survey"), "check", "");
    assert_eq!((word(check), check.attempts), ("open", 3));
    assert_eq!(
        plan.notices.iter().map(|n| n.at).collect::<Vec<_>>(),
        [t("2022-01-22 10:00")]
    );
    story.say("household_check", "2022-01-24 10:00", json!({ "result": "done" }));
    assert_eq!(
        standing(&story.plan("2022-01-24 12:00"), "net-survey"),
        "checked at 2022-01-24 10:00"
    );
}
