//! Policy changed while the city runs: previewed, proposed, approved by another, in force on its day, taken back.

use crate::city::{City, arrival, arrival_of, made_up, sources_with};
use lianfang_kernel::ids::LoginId;
use lianfang_kernel::{Datum, Day};
use lianfang_ledger::LedgerError;
use lianfang_ledger::packs::{Activation, PackSources, write_activation};
use lianfang_ledger::policy_changes::{Actor, CheckedPolicy, NewPolicyChange, PolicyDecision, PolicyState, Verdict};
use lianfang_ledger::preview_report::PreviewReport;
use lianfang_policy::decision::decide;
use lianfang_policy::going_back::version_before;
use lianfang_protocol::preview::Fate;
use lianfang_testkit::{TestDb, both_databases};
use uuid::Uuid;

/// Seven days of calls for whoever arrives.
const TRIAL: &str = r#"
[pack]
id = "trial"
title = { zh = "试", en = "Trial" }
[protocol.watch]
title = { zh = "随访", en = "Watch" }
enrol = { on = ["arrival"] }
task = [{ id = "call", title = { zh = "电话", en = "Call" }, owner = "territory(subject)", expects = "call", by = "20:00", days = "1..7" }]
release = [{ outcome = "ended", when = "days >= 8" }]
[rule.crowd]
title = { zh = "聚集", en = "Gathering" }
input = { people = "int" }
result = { may = "bool" }
row = [
  { when = "people > 300", then = { may = "false" }, clause = "1" },
  { when = "true", then = { may = "true" }, clause = "2" },
]
"#;

/// Fifty and no more.
const FIFTY: &str = r#"
[rule.crowd]
row = [{ from = "2022-01-22", when = "people > 50", then = { may = "false" }, clause = "3" }]
"#;

/// Three days of calls, from the day after tomorrow.
const THREE_DAYS: &str = r#"
[[protocol.watch]]
version = 2
like = 1
transition = "move"
in_force = { from = "2022-01-22" }
task = [{ id = "call", title = { zh = "电话", en = "Call" }, owner = "territory(subject)", expects = "call", by = "20:00", days = "1..3" }]
release = [{ outcome = "ended", when = "days >= 4" }]
"#;

fn city(db: TestDb) -> City {
    let city = City::with(db, TRIAL);
    let sources = PackSources::new(sources_with(TRIAL), Vec::new());
    let activation = Activation {
        digest: city.ledger.snapshot().model.digest.clone(),
        at: city.ledger.now(),
        author: "a".to_owned(),
        approver: "b".to_owned(),
    };
    write_activation(&mut city.db.database.writer().unwrap(), &sources, &activation).unwrap();
    let community = city.org("community", "371702001", &["community"]);
    let grid = city.staff("grid-worker", community);
    city.one(&grid, arrival());
    city.one(&grid, arrival_of(&made_up(7), "李样例", "2022-01-20T08:00:00+08:00"));
    city
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn actor(city: &City, name: &str) -> Actor {
    Actor {
        login: LoginId(city.uuid()),
        name: name.to_owned(),
        org: None,
    }
}

fn preview(city: &City, checked: &CheckedPolicy) -> PreviewReport {
    let other = checked.other_packs();
    let first = other.touched.begins_on;
    city.ledger.preview_report(&other, first, 7, &|_, _| {}).unwrap()
}

fn propose(city: &City, author: &Actor, text: &str, on: &str) -> Uuid {
    let id = city.uuid();
    let checked = city.ledger.check_policy(Some(id), text, day(on)).unwrap().unwrap();
    let new = NewPolicyChange {
        id,
        preview: preview(city, &checked),
        candidate: checked.candidate,
        text: text.to_owned(),
        effective_on: day(on),
        reason: "样例".to_owned(),
    };
    let reply = city.ledger.propose_policy(author.clone(), new).unwrap();
    reply.blocking_recv().unwrap().unwrap()
}

fn approve(city: &City, by: &Actor, id: Uuid, text: &str, on: &str) -> Result<PolicyDecision, LedgerError> {
    let checked = city.ledger.check_policy(Some(id), text, day(on)).unwrap().unwrap();
    let verdict = (Verdict::Approved, "同意".to_owned());
    let reply = city
        .ledger
        .decide_policy(by.clone(), id, verdict, Some(checked))
        .unwrap();
    reply.blocking_recv().unwrap()
}

fn code(result: Result<PolicyDecision, LedgerError>) -> String {
    match result {
        Err(LedgerError::Refused(problem)) => problem.code,
        other => format!("{other:?}"),
    }
}

fn versions(city: &City) -> Vec<i64> {
    let sql = "select version from enrolment where protocol = 'watch' order by subject";
    let rows = city.db.database.reader().unwrap().query(sql, &[]).unwrap();
    rows.iter().map(|row| row.int("version").unwrap()).collect()
}

#[both_databases]
fn a_preview_says_who_moves_and_what_is_asked_and_writes_nothing(db: TestDb) {
    let city = city(db);
    let checked = city
        .ledger
        .check_policy(None, THREE_DAYS, day("2022-01-22"))
        .unwrap()
        .unwrap();
    let report = preview(&city, &checked);
    let courses: Vec<_> = report
        .courses
        .iter()
        .map(|course| (course.protocol.as_str(), course.fate, course.from, course.to, course.n))
        .collect();
    assert_eq!(courses, [("watch", Fate::Moves, Some(1), Some(2), 2)]);
    assert_eq!((report.affected, report.sooner, report.people.len()), (2, 2, 2));
    assert_eq!((report.first, report.days), (day("2022-01-22"), 7));
    let due = |on: &str| {
        let of_day = report.due.iter().filter(|due| due.day == day(on));
        of_day.fold((0, 0), |sum, due| (sum.0 + due.now, sum.1 + due.then))
    };
    assert_eq!((due("2022-01-23"), due("2022-01-24")), ((2, 2), (2, 0)));
    assert_eq!(report.changes.len(), 1);
    assert_eq!(versions(&city), [1, 1]);
    let kept = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<PreviewReport>(&kept).unwrap(), report);
}

#[both_databases]
fn another_person_approves_and_it_is_in_force_on_its_day_and_is_taken_back(db: TestDb) {
    let city = city(db);
    let (author, other) = (actor(&city, "command"), actor(&city, "bureau"));
    let id = propose(&city, &author, THREE_DAYS, "2022-01-22");
    let state = |id: Uuid| {
        city.ledger
            .read(|reader| reader.policy_change(id, None))
            .unwrap()
            .unwrap()
    };
    assert_eq!(state(id).state, PolicyState::Proposed);
    assert_eq!(code(approve(&city, &author, id, THREE_DAYS, "2022-01-22")), "four_eyes");

    let before = city.ledger.now();
    city.at("2022-01-20T09:00:00+08:00");
    let decision = approve(&city, &other, id, THREE_DAYS, "2022-01-22").unwrap();
    assert_eq!(decision.digest.as_deref(), Some(state(id).digest.as_str()));
    assert_eq!(city.ledger.snapshot().model.digest, state(id).digest);
    assert_eq!(state(id).state, PolicyState::Approved);
    assert_eq!(code(approve_again(&city, &other, id)), "already_decided");
    city.at("2022-01-21T23:59:00+08:00");
    assert_eq!(versions(&city), [1, 1], "the version before it runs until its day");
    city.at("2022-01-22T00:00:01+08:00");
    assert_eq!(versions(&city), [2, 2]);
    assert_eq!(state(id).state, PolicyState::InForce);

    let text = version_before(&city.ledger.snapshot().model, "watch", day("2022-01-23")).unwrap();
    let back = propose(&city, &other, &text, "2022-01-23");
    approve(&city, &author, back, &text, "2022-01-23").unwrap();
    city.at("2022-01-23T00:00:01+08:00");
    assert_eq!(versions(&city), [3, 3]);
    assert_eq!(
        (state(id).state, state(back).state),
        (PolicyState::Superseded, PolicyState::InForce)
    );

    let then = city.ledger.read(|reader| reader.policy_changes(Some(before))).unwrap();
    assert_eq!(then.len(), 1, "as it was known before the approval");
    assert_eq!((then[0].state, &then[0].decision), (PolicyState::Proposed, &None));
    assert_eq!(then[0].preview.affected, 2);
}

#[both_databases]
fn the_rows_of_a_rule_that_held_before_are_taken_up_again(db: TestDb) {
    let city = city(db);
    let (author, other) = (actor(&city, "command"), actor(&city, "bureau"));
    let clause = |people: i64, on: &str| {
        let snapshot = city.ledger.snapshot();
        let inputs = Datum::record([("people", Datum::Int(people))]);
        let rule = &snapshot.model.rules["crowd"];
        let decision = decide(rule, &inputs, &snapshot.city, day(on), &snapshot).unwrap();
        decision.clause.unwrap()
    };
    let before = |id: Uuid, on: &str| {
        let change = city
            .ledger
            .read(|reader| reader.policy_change(id, None))
            .unwrap()
            .unwrap();
        city.ledger
            .read(|reader| reader.policy_before(&change, day(on)))
            .unwrap()
    };
    let fifty = propose(&city, &author, FIFTY, "2022-01-22");
    assert_eq!(before(fifty, "2022-01-24"), None, "what is not in force cannot be left");
    approve(&city, &other, fifty, FIFTY, "2022-01-22").unwrap();
    assert_eq!(
        (clause(100, "2022-01-21"), clause(100, "2022-01-22")),
        ("2".into(), "3".into())
    );

    let text = before(fifty, "2022-01-24").unwrap();
    let back = propose(&city, &other, &text, "2022-01-24");
    approve(&city, &author, back, &text, "2022-01-24").unwrap();
    let days = ["2022-01-21", "2022-01-23", "2022-01-24"];
    assert_eq!(
        days.map(|on| clause(100, on)),
        ["2", "3", "2"],
        "what was decided meanwhile stays"
    );
    assert_eq!(clause(301, "2022-01-24"), "1");
    assert_eq!(
        before(fifty, "2022-01-25"),
        None,
        "a later change of the rule would be lost"
    );

    let again = before(back, "2022-01-26").unwrap();
    let back = propose(&city, &author, &again, "2022-01-26");
    approve(&city, &other, back, &again, "2022-01-26").unwrap();
    assert_eq!(["2022-01-25", "2022-01-26"].map(|on| clause(100, on)), ["2", "3"]);
}

fn approve_again(city: &City, by: &Actor, id: Uuid) -> Result<PolicyDecision, LedgerError> {
    let verdict = (Verdict::Refused, "再想".to_owned());
    let reply = city.ledger.decide_policy(by.clone(), id, verdict, None).unwrap();
    reply.blocking_recv().unwrap()
}

#[both_databases]
fn of_two_proposals_the_second_is_checked_against_what_the_first_left(db: TestDb) {
    let city = city(db);
    let (author, other) = (actor(&city, "command"), actor(&city, "bureau"));
    let one = propose(&city, &author, THREE_DAYS, "2022-01-22");
    let stale = city
        .ledger
        .check_policy(Some(one), THREE_DAYS, day("2022-01-22"))
        .unwrap()
        .unwrap();
    let two = propose(&city, &author, THREE_DAYS, "2022-01-22");
    approve(&city, &other, two, THREE_DAYS, "2022-01-22").unwrap();
    let findings = city
        .ledger
        .check_policy(Some(one), THREE_DAYS, day("2022-01-22"))
        .unwrap()
        .unwrap_err();
    assert!(
        findings.iter().any(|finding| finding.what.en.contains("stands twice")),
        "{findings:#?}"
    );
    let verdict = (Verdict::Approved, String::new());
    let reply = city
        .ledger
        .decide_policy(other.clone(), one, verdict, Some(stale))
        .unwrap();
    assert_eq!(code(reply.blocking_recv().unwrap()), "packs_changed");
    let verdict = (Verdict::Withdrawn, String::new());
    let reply = city.ledger.decide_policy(other, one, verdict.clone(), None).unwrap();
    assert_eq!(code(reply.blocking_recv().unwrap()), "not_the_author");
    let reply = city.ledger.decide_policy(author, one, verdict, None).unwrap();
    assert_eq!(reply.blocking_recv().unwrap().unwrap().verdict, Verdict::Withdrawn);
}
