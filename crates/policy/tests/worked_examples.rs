//! The worked examples of the language that belong to this version: they load, and decide what their sources say.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use lianfang_kernel::ids::{EntryId, SubjectId, derived};
use lianfang_kernel::{Datum, Day, Instant, Region, RegionId, RegionLevel, RegionTree, Words, Zone};
use lianfang_policy::model::{IndicatorKind, Model, Timing};
use lianfang_policy::{Decision, Engine, Env, Interval, Reference, Snapshot, Source, SubjectRef, decide, load};
use std::sync::Arc;

fn sources() -> Vec<Source> {
    let file = |name: &str, text: &str| Source {
        path: format!("packs/examples/{name}"),
        text: text.to_owned(),
    };
    vec![
        file("base.toml", include_str!("packs/base.toml")),
        file("measures.toml", include_str!("packs/measures.toml")),
        file("reporting.toml", include_str!("packs/reporting.toml")),
    ]
}

fn model() -> Arc<Model> {
    match load(&sources(), &[]) {
        Ok(loaded) => {
            assert_eq!(loaded.warnings, []);
            Arc::new(loaded.model)
        }
        Err(findings) => {
            let all: Vec<String> = findings.iter().map(ToString::to_string).collect();
            panic!("{}", all.join("\n"))
        }
    }
}

fn regions() -> Arc<RegionTree> {
    let region = |id: &str, parent: Option<&str>, level| Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    };
    let tree = RegionTree::new([
        region("100000", None, RegionLevel::Country),
        region("3717", Some("100000"), RegionLevel::Prefecture),
        region("371702", Some("3717"), RegionLevel::County),
        region("1505", Some("100000"), RegionLevel::Prefecture),
        region("620102", Some("100000"), RegionLevel::County),
        region("4201", Some("100000"), RegionLevel::Prefecture),
        region("420102", Some("4201"), RegionLevel::County),
        region("420102001", Some("420102"), RegionLevel::Township),
        region("420102002", Some("420102"), RegionLevel::Township),
    ]);
    Arc::new(tree.unwrap())
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn day(text: &str) -> Datum {
    Datum::Int(i64::from(Day::parse(text).unwrap().0))
}

/// A snapshot in which one township was high risk from 10 to 20 January 2022.
fn snapshot() -> Snapshot {
    let risk = Interval {
        entry: EntryId(derived("risk")),
        subject: SubjectRef::Region(RegionId::new("420102001")),
        region: RegionId::new("420102001"),
        from: instant("2022-01-10T00:00:00+08:00"),
        to: instant("2022-01-20T00:00:00+08:00"),
        body: Datum::record([("level", Datum::text("high"))]),
        targets: Vec::new(),
    };
    let mut snapshot = Snapshot::of_model(model(), regions(), RegionId::new("3717"), Zone::china());
    snapshot.reference = Arc::new(Reference::new([("risk_area".to_owned(), vec![risk])]));
    snapshot
}

fn stay(region: &str, from: &str, until: &str) -> Datum {
    Datum::record([
        ("region", Datum::text(region)),
        ("from", day(from)),
        ("until", day(until)),
    ])
}

fn measure(snapshot: &Snapshot, area: &str, stays: Vec<Datum>, contacts: Vec<Datum>) -> Decision {
    let inputs = Datum::record([
        ("arrived", Datum::Int(instant("2022-01-25T09:00:00+08:00").0)),
        ("stays", Datum::list(stays)),
        ("contacts", Datum::list(contacts)),
    ]);
    let rule = &snapshot.model.rules["arrival-measure"];
    decide(
        rule,
        &inputs,
        &RegionId::new(area),
        Day::parse("2022-01-25").unwrap(),
        snapshot,
    )
    .unwrap()
}

fn result<'d>(decision: &'d Decision, name: &str) -> &'d str {
    decision.results.get(name).and_then(Datum::as_text).unwrap()
}

#[test]
fn the_three_areas_decide_as_their_sources_do() {
    let snapshot = snapshot();
    let risky = || vec![stay("420102001", "2022-01-19", "2022-01-22")];
    let heze = measure(&snapshot, "371702", risky(), Vec::new());
    assert_eq!(
        (result(&heze, "measure"), heze.row, heze.clause.as_deref()),
        ("m217", 2, Some("菏泽告知书"))
    );
    assert_eq!(heze.because, Datum::list(risky()));
    assert_eq!(
        result(&measure(&snapshot, "620102", risky(), Vec::new()), "measure"),
        "home14"
    );
    assert_eq!(
        result(&measure(&snapshot, "1505", risky(), Vec::new()), "measure"),
        "none"
    );
}

#[test]
fn a_risk_area_says_nothing_of_its_neighbours_nor_of_other_days() {
    let snapshot = snapshot();
    let decided = |region: &str, from: &str, until: &str| {
        let decision = measure(&snapshot, "371702", vec![stay(region, from, until)], Vec::new());
        result(&decision, "measure").to_owned()
    };
    assert_eq!(
        decided("420102002", "2022-01-12", "2022-01-13"),
        "none",
        "the next township"
    );
    assert_eq!(
        decided("420102", "2022-01-12", "2022-01-13"),
        "none",
        "the county around it"
    );
    assert_eq!(
        decided("420102001", "2022-01-20", "2022-01-21"),
        "none",
        "the day it ended"
    );
    assert_eq!(decided("420102001", "2022-01-19", "2022-01-19"), "m217", "its last day");
}

#[test]
fn an_exposure_fourteen_days_before_counts_and_fifteen_does_not() {
    let snapshot = snapshot();
    let contact = |on: &str| Datum::record([("kind", Datum::text("case")), ("at", day(on))]);
    let decided = |on: &str| {
        let decision = measure(&snapshot, "1505", Vec::new(), vec![contact(on)]);
        result(&decision, "measure").to_owned()
    };
    assert_eq!(decided("2022-01-11"), "central");
    assert_eq!(decided("2022-01-10"), "none");
}

#[test]
fn a_stored_decision_decides_itself_again() {
    let snapshot = snapshot();
    let made = measure(
        &snapshot,
        "371702",
        vec![stay("420102001", "2022-01-12", "2022-01-13")],
        Vec::new(),
    );
    let text = made.to_json().to_string();
    let stored = Decision::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
    assert_eq!(stored, made);
    let rule = &snapshot.model.rules[&stored.rule];
    let again = decide(rule, &stored.inputs, &stored.region, stored.on, &snapshot).unwrap();
    assert_eq!(again, stored);
}

#[test]
fn a_decision_needs_what_its_row_reads() {
    let snapshot = snapshot();
    let contact = Datum::record([("kind", Datum::text("case")), ("at", day("2022-01-11"))]);
    let inputs = Datum::record([("stays", Datum::list([])), ("contacts", Datum::list([contact]))]);
    let rule = &snapshot.model.rules["arrival-measure"];
    let on = Day::parse("2022-01-25").unwrap();
    let error = decide(rule, &inputs, &RegionId::new("1505"), on, &snapshot).unwrap_err();
    assert_eq!(error.code, "value_missing");
    assert!(
        error.message.en.contains("arrived") && error.message.en.contains("measures.toml"),
        "{error}"
    );
}

/// A plan in which some tasks are done.
struct Plan(&'static [&'static str]);

impl Engine for Plan {
    fn done(&self, task: &str) -> bool {
        self.0.contains(&task)
    }
    fn all_done(&self, task: &str) -> bool {
        self.0.contains(&task)
    }
    fn missed(&self, _: &str) -> bool {
        false
    }
    fn attempts(&self, _: &str) -> i64 {
        0
    }
    fn open(&self, _: &str) -> i64 {
        0
    }
    fn time_of(&self, _: &str) -> Option<Instant> {
        None
    }
}

#[test]
fn a_release_names_what_is_missing() {
    let snapshot = snapshot();
    let protocol = snapshot.model.edition("m217", 1).unwrap();
    let release = &protocol.releases[0];
    let plan = Plan(&["pcr-2"]);
    let vars = [("days", Datum::Int(6))];
    let at = instant("2022-01-31T09:00:00+08:00");
    let env = Env {
        vars: &vars,
        snapshot: &snapshot,
        engine: Some(&plan),
        region: None,
        at,
        now: at,
    };
    assert!(!release.when.eval_bool(&env).unwrap());
    let missing: Vec<&str> = release
        .parts
        .iter()
        .filter(|part| !part.when.eval_bool(&env).unwrap())
        .map(|part| part.missing.en.as_str())
        .collect();
    assert_eq!(
        missing,
        ["7 days not over", "Serum not done", "Temperature not all done"]
    );
    assert_eq!(release.parts[0].missing.zh, "观察期未满7天");
}

#[test]
fn a_new_edition_is_as_the_old_one_where_it_says_nothing() {
    let model = model();
    let (old, new) = (
        model.edition("close-contact", 9).unwrap(),
        model.edition("close-contact", 10).unwrap(),
    );
    assert_eq!(
        (&new.title, new.restricts, &new.day_zero),
        (&old.title, true, &old.day_zero)
    );
    assert_eq!(new.tasks[0].days.as_ref().unwrap().bounds(), (1, 8));
    assert_eq!(
        (old.clause.as_deref(), new.clause.as_deref()),
        (Some("第九版"), Some("二十条"))
    );
    assert_eq!(old.to, new.from);
}

#[test]
fn the_clock_of_a_school_report_runs_from_when_it_was_found() {
    let model = model();
    let protocol = model.edition("school-abnormal", 1).unwrap();
    let task = &protocol.tasks[0];
    assert_eq!(
        (task.receipts.len(), task.remind_ms.as_slice()),
        (2, [5_400_000].as_slice())
    );
    assert!(matches!(&task.timing, Timing::Within { from: Some(_), .. }));
    assert_eq!(protocol.escalations[0].names_task.as_deref(), Some("report"));
}

#[test]
fn work_is_cleared_by_an_observation_that_ended_after_the_arrival() {
    let snapshot = snapshot();
    let guard = &snapshot.model.guards["work-clearance"];
    let worker = SubjectId(derived("worker")).to_string();
    let arrival = Datum::record([
        ("at", Datum::Int(instant("2022-01-13T00:00:00+08:00").0)),
        ("stays", Datum::list([stay("420102001", "2022-01-11", "2022-01-12")])),
    ]);
    let at = instant("2022-01-28T00:00:00+08:00");
    let holds = |arrival: Datum, watch: Datum| {
        let entry = Datum::record([("worker", Datum::text(&worker))]);
        let vars = [("entry", entry), ("arrival", arrival), ("watch", watch)];
        let env = Env {
            vars: &vars,
            snapshot: &snapshot,
            engine: None,
            region: None,
            at,
            now: at,
        };
        guard.require.eval_bool(&env).unwrap()
    };
    let watch = |outcome: &str| {
        let zero = Datum::Int(instant("2022-01-13T08:00:00+08:00").0);
        Datum::record([("outcome", Datum::text(outcome)), ("day_zero", zero)])
    };
    assert!(
        holds(Datum::empty(), Datum::record([("outcome", Datum::text(""))])),
        "never arrived from anywhere"
    );
    assert!(
        !holds(arrival.clone(), Datum::record([("outcome", Datum::text(""))])),
        "never observed"
    );
    assert!(!holds(arrival.clone(), watch("")), "observation not over");
    assert!(holds(arrival, watch("released")));
}

#[test]
fn the_registers_are_as_their_tables_say() {
    let model = model();
    let order = &model.registers["measure_order"];
    let ids: Vec<&str> = order.schema.fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "proposal",
            "measure",
            "reason",
            "review_on",
            "appeal",
            "from",
            "to",
            "order"
        ]
    );
    let filled: Vec<&str> = order.default.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(
        (order.compute[0].0.as_str(), filled.as_slice()),
        ("proposal", ["appeal", "measure"].as_slice())
    );
    assert_eq!(
        model.registers["arrival"].schema.at_field.as_deref(),
        Some("arrived_at")
    );
    let indicator = &model.indicators["monitoring-register"];
    assert!(matches!(&indicator.kind, IndicatorKind::Enrolments { of } if of.len() == 3));
    assert_eq!(model.packs["examples"].meets.first().map(String::as_str), Some("S43"));
    assert_eq!(model.settings["fever_c"].default, Datum::Int(373));
    assert_eq!(model.digest.len(), 64);
}
