//! Who is enrolled, how often, and by what.

use super::world::{Story, count, device, occurrence, order_id, standing, state, subject_id, t, the, word, world};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Act, Assurance, SubjectKind};
use lianfang_protocol::{History, Owner, PlanInput, needs, plan};
use serde_json::{Value, json};
use std::collections::HashMap;

#[test]
fn another_order_begins_the_same_enrolment_anew() {
    let mut story = Story::person(&world(), "371702001");
    story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    let first = the(&story.plan("2022-01-21 08:00"), "m217").id;
    story.temperature("2022-01-21 07:00");
    story.say("arrival", "2022-01-23 10:00", json!({}));
    story.order("m217", "2022-01-23 12:00");
    let plan = story.plan("2022-01-23 13:00");
    let enrolment = the(&plan, "m217");
    assert_eq!((enrolment.id, enrolment.start), (first, t("2022-01-20 12:00")));
    assert_eq!(enrolment.day_zero, t("2022-01-23 10:00"));
    assert_eq!(
        state(&plan, "m217", "temperature", "2022-01-21/1"),
        "on time",
        "what was due stays as it stood"
    );
    assert_eq!(state(&plan, "m217", "temperature", "2022-01-30/2"), "upcoming");
}

#[test]
fn an_order_after_the_end_opens_the_next_enrolment() {
    let mut story = Story::person(&world(), "371702001");
    let first = story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    story.act(Act::End, first, "2022-01-22 00:00", json!({}));
    story.order("m217", "2022-01-25 12:00");
    let plan = story.plan("2022-01-26 08:00");
    let keys: Vec<(&str, bool)> = plan
        .enrolments
        .iter()
        .filter(|enrolment| enrolment.protocol == "m217")
        .map(|enrolment| {
            (
                enrolment.key.as_str(),
                enrolment.state == lianfang_protocol::State::Active,
            )
        })
        .collect();
    assert_eq!(keys, [("", false), ("#2", true)]);
}

#[test]
fn what_nobody_vouched_for_enrols_only_where_the_territory_checks_it() {
    let mut story = Story::person(&world(), "371702001");
    story.say_with("follow_up", "2022-01-20 10:00", json!({}), |entry| {
        (entry.login, entry.device, entry.assurance) = (None, Some(device()), Assurance::SelfStated);
    });
    let plan = story.plan("2022-01-20 11:00");
    assert_eq!((count(&plan, "watch"), count(&plan, "intake")), (0, 1));
}

#[test]
fn a_self_stated_order_restricts_nobody() {
    let mut story = Story::person(&world(), "371702001");
    let body = json!({ "measure": "m217", "order": order_id().to_string() });
    story.say_with("measure_order", "2022-01-20 12:00", body, |entry| {
        entry.assurance = Assurance::SelfStated
    });
    assert_eq!(count(&story.plan("2022-01-20 13:00"), "m217"), 0);
}

#[test]
fn the_edition_of_the_area_governs() {
    let mut story = Story::person(&world(), "620102");
    story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    assert_eq!(
        count(&story.plan("2022-01-20 13:00"), "m217"),
        0,
        "it is a rule of another county"
    );
}

fn inspected() -> Story {
    let mut story = Story::school(&world());
    let item =
        |name: &str, result: &str| json!({ "name": name, "result": result, "due": t("2022-03-03 18:00").to_rfc3339() });
    let items = json!({ "items": [item("masks", "pass"), item("logs", "fail"), item("gate", "fail")] });
    story.say("inspection", "2022-03-01 10:00", items);
    story
}

fn say_as(story: &mut Story, who: &str, register: &str, at: &str, body: Value) {
    let who = lianfang_kernel::ids::LoginId(lianfang_kernel::ids::derived(who));
    story.say_with(register, at, body, |entry| entry.login = Some(who));
}

#[test]
fn s15_every_failed_item_is_put_right_and_checked_by_another() {
    let mut story = inspected();
    assert_eq!(count(&story.plan("2022-03-01 11:00"), "rectification"), 2);
    say_as(
        &mut story,
        "head",
        "fix_report",
        "2022-03-02 09:00",
        json!({ "name": "logs" }),
    );
    say_as(
        &mut story,
        "head",
        "recheck",
        "2022-03-02 10:00",
        json!({ "name": "logs", "result": "pass" }),
    );
    let open = |story: &Story, now: &str| {
        let plan = story.plan(now);
        let active = |e: &&lianfang_protocol::Enrolment| {
            e.protocol == "rectification" && e.state == lianfang_protocol::State::Active
        };
        plan.enrolments.iter().filter(active).count()
    };
    assert_eq!(open(&story, "2022-03-02 11:00"), 2, "who mends does not check");
    say_as(
        &mut story,
        "inspector",
        "recheck",
        "2022-03-02 12:00",
        json!({ "name": "logs", "result": "pass" }),
    );
    assert_eq!(open(&story, "2022-03-02 13:00"), 1);
    let plan = story.plan("2022-03-04 08:00");
    let told: Vec<Owner> = plan.notices.iter().map(|notice| notice.desk).collect();
    assert_eq!(
        told,
        [Owner::Org(subject_id("community"))],
        "the gate was not put right in time"
    );
}

#[test]
fn the_check_is_due_from_the_moment_of_the_mending() {
    let mut story = inspected();
    story.say("fix_report", "2022-03-02 09:00", json!({ "name": "logs" }));
    let plan = story.plan("2022-03-02 10:00");
    let due = |name: &str| {
        let of =
            |e: &&lianfang_protocol::Enrolment| e.protocol == "rectification" && word(occurrence(e, "fix", "")) == name;
        let found = plan.enrolments.iter().find(of).unwrap();
        (
            word(occurrence(found, "recheck", "")),
            occurrence(found, "recheck", "").due_at,
        )
    };
    assert_eq!(due("on time"), ("open", t("2022-03-03 09:00")));
    assert_eq!(due("open"), ("upcoming", lianfang_kernel::Instant::MAX));
}

#[test]
fn s118_a_list_enrols_the_people_it_names() {
    let mut story = Story::person(&world(), "371702001");
    let people = json!([subject_id("somebody").to_string(), subject_id("another").to_string()]);
    let body = json!({ "people": people, "due": t("2022-03-02 18:00").to_rfc3339() });
    story.say_with("verification_list", "2022-03-01 10:00", body, |entry| {
        entry.subject = subject_id("school")
    });
    let plan = story.plan("2022-03-01 11:00");
    assert_eq!(standing(&plan, "verification-batch"), "active");
    story.say("verification", "2022-03-01 12:00", json!({}));
    let plan = story.plan("2022-03-01 13:00");
    assert_eq!(state(&plan, "verification-batch", "verify", ""), "on time");
    assert_eq!(
        standing(&plan, "verification-batch"),
        "active",
        "not fed back before the receipt"
    );
}

#[test]
fn one_visit_discharges_every_person_it_names() {
    let mut story = Story::person(&world(), "371702001");
    story.say(
        "person_request",
        "2022-03-01 08:00",
        json!({ "closes_at": t("2022-03-05 18:00").to_rfc3339() }),
    );
    let persons = json!([{ "person": story.subject.id.to_string() }]);
    story.say_with(
        "household_check",
        "2022-03-02 10:00",
        json!({ "result": "done", "persons": persons }),
        |entry| {
            entry.subject = subject_id("household");
        },
    );
    assert_eq!(
        standing(&story.plan("2022-03-02 11:00"), "person-survey"),
        "checked at 2022-03-02 10:00"
    );
}

#[test]
fn a_contact_stands_in_both_files_and_enrols_only_the_contact() {
    let mut story = Story::person(&world(), "371702001");
    let body = json!({ "last_contact": t("2022-07-01 09:00").to_rfc3339(), "index": story.subject.id.to_string() });
    story.say_with("contact", "2022-07-01 09:00", body, |entry| {
        entry.subject = subject_id("the contact")
    });
    story.order("close_contact", "2022-07-05 09:00");
    let plan = story.plan("2022-07-05 10:00");
    assert_eq!(count(&plan, "secondary-contact"), 0);
    assert_eq!(
        the(&plan, "close-contact").day_zero,
        t("2022-07-05 09:00"),
        "the index person has no contact of its own"
    );
}

#[test]
fn an_enrolment_may_look_at_that_of_another() {
    let snapshot = world();
    let mut index = Story::person(&snapshot, "371702001");
    index.subject.id = subject_id("index");
    let contact =
        |at: &str, index: &str| json!({ "last_contact": t(at).to_rfc3339(), "index": subject_id(index).to_string() });
    index.say("contact", "2022-07-01 09:00", contact("2022-07-01 09:00", "case"));
    index.order("close_contact", "2022-07-01 12:00");
    for day in ["02", "03", "04", "06", "08", "11"] {
        index.sample("pcr", &format!("2022-07-{day} 09:00"));
    }
    index.say("release_order", "2022-07-11 10:00", json!({}));

    let mut story = Story::person(&snapshot, "371702001");
    story.say("contact", "2022-07-02 09:00", contact("2022-07-02 09:00", "index"));
    let history = story.history();
    let now = t("2022-07-12 08:00");
    assert_eq!(needs(&history, &snapshot, now), [subject_id("index")]);
    let others: HashMap<SubjectId, History> = HashMap::from([(subject_id("index"), index.history())]);
    let planned = story.plan_among(&others, now);
    assert_eq!(
        standing(&planned, "secondary-contact"),
        "source_released at 2022-07-11 10:00"
    );

    let alone = PlanInput {
        history: &history,
        others: &lianfang_protocol::Alone,
        snapshot: &snapshot,
        now,
        horizon: None,
    };
    assert_eq!(
        plan(&alone).faults[0].code,
        "not_fetched",
        "what was not fetched is told, never taken for nothing"
    );
}

#[test]
fn a_set_holds_who_is_one_from_when_it_is_in_force() {
    let mut story = Story::school(&world());
    let plan = story.plan("2022-01-10 08:00");
    assert_eq!(the(&plan, "zero-report").start, t("2022-01-10 00:00"));
    assert_eq!(count(&story.plan("2022-01-09 23:59"), "zero-report"), 0);
    story.subject.kind_type = "community".to_owned();
    assert_eq!(count(&story.plan("2022-01-10 08:00"), "zero-report"), 0);
}

#[test]
fn a_set_follows_its_editions_day_by_day() {
    let plan = Story::school(&world()).plan("2022-02-14 10:00");
    let enrolment = the(&plan, "zero-report");
    assert_eq!(enrolment.version, 2);
    assert_eq!(occurrence(enrolment, "day", "2022-02-13").due_at, t("2022-02-13 16:00"));
    assert_eq!(occurrence(enrolment, "day", "2022-02-14").due_at, t("2022-02-14 12:00"));
}

#[test]
fn a_school_that_closes_leaves_the_set() {
    let mut story = Story::school(&world());
    story.subject.until = Some(t("2022-03-01 09:00"));
    let plan = story.plan("2022-03-05 08:00");
    assert_eq!(standing(&plan, "zero-report"), "left at 2022-03-01 09:00");
    assert_eq!(state(&plan, "zero-report", "day", "2022-02-28"), "missed");
    assert_eq!(
        state(&plan, "zero-report", "day", "2022-03-01"),
        "void",
        "it was not due yet"
    );
}

#[test]
fn settled_days_of_a_set_are_not_planned_again() {
    let story = Story::school(&world());
    let history = story.history();
    let (now, horizon) = (t("2022-03-10 08:00"), Some(t("2022-03-08 15:00")));
    let input = PlanInput {
        history: &history,
        others: &lianfang_protocol::Alone,
        snapshot: &story.snapshot,
        now,
        horizon,
    };
    let planned = plan(&input);
    let labels: Vec<&str> = the(&planned, "zero-report")
        .occurrences
        .iter()
        .map(|o| o.label.as_str())
        .collect();
    let days = ["2022-03-08", "2022-03-09", "2022-03-10", "2022-03-11", "2022-03-12"];
    assert_eq!(labels, days, "up to the day after tomorrow");
    assert_eq!(the(&planned, "zero-report").start, t("2022-01-10 00:00"));
}

#[test]
fn an_empty_post_owns_nothing_and_is_seen() {
    let mut story = Story::about(&world(), SubjectKind::Person, "person", "371702");
    story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    let plan = story.plan("2022-01-20 13:00");
    let owner = |task: &str, label: &str| occurrence(the(&plan, "m217"), task, label).owner;
    assert_eq!(
        owner("temperature", "2022-01-21/1"),
        Owner::Nobody,
        "no community holds the county itself"
    );
    assert_eq!(owner("serum", ""), Owner::Org(subject_id("testing")));
}
