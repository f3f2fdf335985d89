//! Admission of one entry.

use super::world::{Story, occurrence, order_id, subject_id, t, the, world};
use lianfang_kernel::{Act, Datum, Entry, Problem};
use lianfang_protocol::{Alone, Candidate, Facts, History, Judgement, Owner, judge, needs_of};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};

fn author(role: &str) -> Datum {
    Datum::record([
        ("role", Datum::text(role)),
        ("org", Datum::text(&subject_id("community").to_string())),
    ])
}

fn judged_as(story: &Story, entry: &Entry, role: &str) -> Judgement {
    let overrides = BTreeMap::new();
    let candidate = Candidate {
        register: &story.snapshot.model.registers[&entry.register],
        entry,
        subject: None,
        author: author(role),
        prior: None,
        confirmed: false,
        overrides: &overrides,
        stranger: false,
    };
    assert_eq!(needs_of(&candidate, &story.snapshot), [entry.subject]);
    let facts = HashMap::from([(entry.subject, story.history())]);
    judge(&candidate, &story.snapshot, &facts, entry.received_at)
}

fn judged(story: &Story, entry: &Entry) -> Judgement {
    judged_as(story, entry, "community-health")
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code.as_str()).collect()
}

fn arrived(contact_days_before: i64) -> Story {
    let mut story = Story::person(&world(), "371702001");
    let arrival = t("2022-01-20 10:00");
    let contact = arrival.plus_ms(-contact_days_before * 86_400_000).to_rfc3339();
    story.say(
        "arrival",
        "2022-01-20 10:00",
        json!({ "contacts": [{ "kind": "case", "at": contact }] }),
    );
    story
}

#[test]
fn s120_day_fourteen_before_counts_and_day_fifteen_does_not() {
    for (days, measure) in [(14, "central"), (15, "none")] {
        let story = arrived(days);
        let entry = story.draft(
            "proposed_order",
            "2022-01-20 12:00",
            json!({ "order": order_id().to_string() }),
        );
        let judgement = judged(&story, &entry);
        assert_eq!(judgement.refusals, [], "{days}");
        assert_eq!(
            judgement.body["measure"],
            json!(measure),
            "the default is what the rule proposes"
        );
        let decision = &judgement.decisions[0];
        assert_eq!((decision.rule.as_str(), decision.version), ("arrival-measure", 1));
        assert_eq!(judgement.body["proposal"]["rule"], json!("arrival-measure"));
        assert_eq!(judgement.body["proposal"]["row"], json!(if days == 14 { 1 } else { 2 }));
    }
}

#[test]
fn nobody_orders_more_than_the_rule_proposes_and_less_only_with_a_reason() {
    let order = order_id().to_string();
    let harder = arrived(15).draft(
        "proposed_order",
        "2022-01-20 12:00",
        json!({ "order": order, "measure": "central", "reason": "x" }),
    );
    assert_eq!(codes(&judged(&arrived(15), &harder).refusals), ["proposed-only"]);
    let milder = |reason: Option<&str>| {
        let body = json!({ "order": order, "measure": "home14", "reason": reason });
        let entry = arrived(14).draft("proposed_order", "2022-01-20 12:00", body);
        codes(&judged(&arrived(14), &entry).refusals).join(",")
    };
    assert_eq!(
        (milder(None).as_str(), milder(Some("lives alone")).as_str()),
        ("field_missing", "")
    );
}

#[test]
fn without_an_arrival_no_measure_is_proposed_and_none_passes() {
    let story = Story::person(&world(), "371702001");
    let order = |measure: &str| {
        let body = json!({ "order": order_id().to_string(), "measure": measure, "reason": "to be sure" });
        codes(&judged(&story, &story.draft("proposed_order", "2022-01-20 12:00", body)).refusals).join(",")
    };
    assert_eq!(
        (order("none").as_str(), order("home14").as_str()),
        ("", "proposed-only")
    );
}

#[test]
fn a_fever_is_kept_flagged_and_shown() {
    let story = Story::person(&world(), "371702001");
    for (celsius, flags) in [(372, 0), (373, 1)] {
        let entry = story.draft("temperature", "2022-01-21 07:00", json!({ "celsius": celsius }));
        let judgement = judged(&story, &entry);
        assert!(judgement.is_admitted());
        assert_eq!(judgement.flags.len(), flags, "{celsius}");
        assert_eq!(judgement.notify.len(), flags);
        assert!(
            judgement
                .notify
                .iter()
                .all(|told| told.desk == Owner::Org(subject_id("cdc")))
        );
    }
}

#[test]
fn what_is_required_is_asked_for() {
    let story = Story::person(&world(), "371702001");
    let entry = story.draft("temperature", "2022-01-21 07:00", json!({}));
    let refusals = judged(&story, &entry).refusals;
    assert_eq!(
        (codes(&refusals), refusals[0].field.as_deref()),
        (vec!["field_missing"], Some("celsius"))
    );
}

#[test]
fn a_second_report_of_the_day_is_kept_and_flagged() {
    let mut story = Story::school(&world());
    story.say("abnormal_count", "2022-03-01 09:00", json!({ "n": 0 }));
    let flags = |at: &str| {
        judged(&story, &story.draft("abnormal_count", at, json!({ "n": 1 })))
            .flags
            .len()
    };
    assert_eq!((flags("2022-03-01 23:00"), flags("2022-03-02 00:00")), (1, 0));
}

#[test]
fn a_release_is_refused_until_its_condition_holds_and_says_what_is_missing() {
    let mut story = Story::person(&world(), "620102");
    story.ordered("home14", "2020-02-05 10:00", "2020-02-05 12:00");
    story.say("end_report", "2020-02-19 08:00", json!({}));
    let release = |story: &Story, at: &str| judged(story, &story.draft("release_order", at, json!({}))).refusals;
    let refusals = release(&story, "2020-02-19 09:00");
    assert_eq!(codes(&refusals), ["not_releasable"]);
    assert!(
        !refusals[0].hint.zh.is_empty() && refusals[0].hint.en.contains("Test"),
        "{:?}",
        refusals[0].hint
    );
    story.sample("pcr", "2020-02-18 10:00");
    assert_eq!(
        codes(&release(&story, "2020-02-18 23:59:59")),
        ["not_releasable"],
        "not a second early"
    );
    assert_eq!(release(&story, "2020-02-19 09:00"), []);
    let ahead = {
        let mut entry = story.draft("release_order", "2020-02-19 09:00", json!({}));
        entry.received_at = t("2020-02-18 09:00");
        judged(&story, &entry).refusals
    };
    assert_eq!(
        codes(&ahead),
        ["not_releasable"],
        "tomorrow's release is signed tomorrow"
    );
}

#[test]
fn nobody_is_released_from_nothing() {
    let story = Story::person(&world(), "620102");
    let entry = story.draft("release_order", "2020-02-19 09:00", json!({}));
    assert_eq!(codes(&judged(&story, &entry).refusals), ["not_enrolled"]);
}

#[test]
fn only_the_named_role_excuses_and_only_what_may_be_excused() {
    let mut story = Story::person(&world(), "371702001");
    story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    let plan = story.plan("2022-01-21 12:00");
    let id = |task: &str, label: &str| occurrence(the(&plan, "m217"), task, label).id.to_string();
    let excuse = |task: String, role: &str| {
        let entry = story.draft(
            "excuse",
            "2022-01-21 12:00",
            json!({ "task": task, "reason": "at hospital" }),
        );
        codes(&judged_as(&story, &entry, role).refusals).join(",")
    };
    assert_eq!(excuse(id("temperature", "2022-01-21/1"), "community-health"), "");
    assert_eq!(excuse(id("temperature", "2022-01-21/1"), "other"), "may_not_excuse");
    assert_eq!(excuse(id("serum", ""), "community-health"), "may_not_excuse");
    assert_eq!(
        excuse(subject_id("nothing").to_string(), "community-health"),
        "no_such_task"
    );
}

#[test]
fn a_subject_that_was_not_fetched_refuses_and_one_just_made_does_not() {
    let story = Story::person(&world(), "371702001");
    let entry = story.draft("temperature", "2022-01-21 07:00", json!({ "celsius": 365 }));
    let overrides = BTreeMap::new();
    let mut candidate = Candidate {
        register: &story.snapshot.model.registers["temperature"],
        entry: &entry,
        subject: None,
        author: author("grid"),
        prior: None,
        confirmed: false,
        overrides: &overrides,
        stranger: true,
    };
    let ask =
        |candidate: &Candidate<'_>, facts: &dyn Facts| judge(candidate, &story.snapshot, facts, entry.received_at);
    assert_eq!(codes(&ask(&candidate, &Alone).refusals), ["not_fetched"]);
    candidate.subject = Some(&story.subject);
    assert!(ask(&candidate, &Alone).is_admitted());
}

#[test]
fn correcting_a_release_is_judged_without_the_one_it_corrects() {
    let mut story = Story::person(&world(), "620102");
    story.ordered("home14", "2020-02-05 10:00", "2020-02-05 12:00");
    story.say("end_report", "2020-02-19 08:00", json!({}));
    story.sample("pcr", "2020-02-18 10:00");
    let release = story.say("release_order", "2020-02-19 09:00", json!({}));
    let history: History = story.history();
    let prior = history.facts.iter().find(|fact| fact.origin == release);
    let mut entry = story.draft("release_order", "2020-02-19 10:00", json!({ "remark": "typing error" }));
    (entry.act, entry.replaces) = (Act::Correct, Some(release));
    let overrides = BTreeMap::new();
    let candidate = Candidate {
        register: &story.snapshot.model.registers["release_order"],
        entry: &entry,
        subject: None,
        author: author("community-health"),
        prior,
        confirmed: false,
        overrides: &overrides,
        stranger: false,
    };
    let facts = HashMap::from([(entry.subject, story.history())]);
    assert_eq!(
        judge(&candidate, &story.snapshot, &facts, entry.received_at).refusals,
        []
    );
}
