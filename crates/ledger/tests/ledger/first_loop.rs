//! The first loop through the ledger, on both databases, with the packs of the product.

use crate::city::{City, arrival};
use lianfang_kernel::{RegionId, Zone};
use lianfang_ledger::read::{FigureQuery, Sight, TaskFilter};
use lianfang_ledger::wire::Status;
use lianfang_ledger::{Ledger, MasterKey, Opening};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::json;
use std::sync::Arc;

#[both_databases]
fn an_arrival_makes_a_file_and_the_same_entry_twice_is_one(db: TestDb) {
    let city = City::new(db);
    let community = city.org("community", "371702001", &["community"]);
    let grid = city.staff("grid-worker", community);
    let entry = city.entry(arrival());
    let first = city.send(&grid, vec![entry.clone()]);
    assert!(
        first.results[0].status.is_in(),
        "{}",
        serde_json::to_string(&first.results[0]).unwrap()
    );
    let again = city.send(&grid, vec![entry.clone()]);
    assert_eq!(
        serde_json::to_value(&first).unwrap(),
        serde_json::to_value(&again).unwrap()
    );

    let mut other = entry;
    other.body.insert("place_type".into(), json!("hotel"));
    let conflict = city.send(&grid, vec![other]);
    assert_eq!(conflict.results[0].problems[0].code, "id_conflict");

    let subject = first.results[0].subject.unwrap();
    let file = city.ledger.read(|r| r.file(subject, None)).unwrap().unwrap();
    assert_eq!(file.timeline.len(), 1);
    assert_eq!(file.region, RegionId::new("371702001"));
    let labels = city
        .ledger
        .read(|r| r.labels(&[subject], lianfang_kernel::Lang::Zh))
        .unwrap();
    assert_eq!(labels[&subject].name, "张**");
}

#[both_databases]
fn another_districts_worker_is_refused(db: TestDb) {
    let city = City::new(db);
    let here = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    let there = city.staff("grid-worker", city.org("community", "371703", &["community"]));
    let subject = city.one(&here, arrival()).subject.unwrap();
    let refused = city.one(
        &there,
        json!({ "register": "temperature", "subject": subject, "body": { "celsius": "36.5" } }),
    );
    assert_eq!(refused.status, Status::Refused);
    assert_eq!(refused.problems[0].code, "out_of_scope");
}

#[both_databases]
fn a_correction_moves_the_figure_and_the_past_stays_readable(db: TestDb) {
    let city = City::new(db);
    let school = city.org("school", "371702001", &[]);
    let author = city.staff("school", school);
    let sent = city.one(&author, json!({ "register": "abnormal_count", "body": { "n": 0 } }));
    assert!(sent.status.is_in(), "{sent:#?}");
    let tasks = city
        .ledger
        .read(|r| {
            r.tasks(
                &Sight::Org(school),
                &TaskFilter {
                    protocol: Some("zero-report".into()),
                    limit: 50,
                    ..Default::default()
                },
            )
        })
        .unwrap();
    let states: Vec<&str> = tasks.items.iter().map(|task| task.state.as_str()).collect();
    assert!(states.contains(&"done"), "{tasks:#?}");
    city.at("2022-01-21T16:30:00+08:00");
    let tasks = city
        .ledger
        .read(|r| {
            r.tasks(
                &Sight::Org(school),
                &TaskFilter {
                    protocol: Some("zero-report".into()),
                    limit: 50,
                    ..Default::default()
                },
            )
        })
        .unwrap();
    assert!(tasks.items.iter().any(|task| task.state == "missed"), "{tasks:#?}");
}

#[both_databases]
fn opened_is_active_plus_outcomes_also_after_a_withdrawal(db: TestDb) {
    let city = City::new(db);
    let community = city.org("community", "371702001", &["community"]);
    city.org("health_unit", "371702", &["health-institution", "testing"]);
    let grid = city.staff("grid-worker", community);
    let answer = city.one(&grid, arrival());
    let states = || {
        let query = FigureQuery {
            by: vec!["state".into()],
            ..Default::default()
        };
        let figure = city.ledger.read(|r| r.figure("follow-ups", &query)).unwrap();
        figure.map(|figure| {
            figure
                .rows
                .iter()
                .map(|row| (row.key["state"].clone(), row.value.unwrap_or(0)))
                .collect::<Vec<_>>()
        })
    };
    let before = states();
    let id = answer.id;
    let taken_back = city.one(
        &grid,
        json!({ "register": "arrival", "act": "withdraw", "replaces": id, "reason": "登记错人" }),
    );
    assert!(taken_back.status.is_in(), "{taken_back:#?}");
    if let (Some(before), Some(after)) = (before, states()) {
        let sum = |rows: &[(String, i64)], only: &dyn Fn(&str) -> bool| {
            rows.iter()
                .filter(|(state, _)| only(state))
                .map(|(_, n)| n)
                .sum::<i64>()
        };
        for rows in [&before, &after] {
            assert_eq!(sum(rows, &|s| s == "opened"), sum(rows, &|s| s != "opened"), "{rows:?}");
        }
    }
}

#[both_databases]
fn a_crash_between_commits_loses_nothing_acknowledged(db: TestDb) {
    let city = City::new(db);
    let community = city.org("community", "371702001", &["community"]);
    let grid = city.staff("grid-worker", community);
    let subject = city.one(&grid, arrival()).subject.unwrap();
    let model = city.ledger.snapshot().model.clone();
    let second = Ledger::open(Opening {
        database: city.db.open_again(),
        keys: lianfang_db::Database::open("sqlite::memory:").unwrap(),
        master: MasterKey::from_hex(&"07".repeat(32)).unwrap(),
        clock: Arc::new(city.clock.clone()),
        model: model.clone(),
        zone: Zone::china(),
    })
    .unwrap();
    let file = second.read(|r| r.file(subject, None)).unwrap().unwrap();
    assert_eq!(file.timeline.len(), 1);
    let wrong = Ledger::open(Opening {
        database: city.db.open_again(),
        keys: lianfang_db::Database::open("sqlite::memory:").unwrap(),
        master: MasterKey::from_hex(&"08".repeat(32)).unwrap(),
        clock: Arc::new(city.clock.clone()),
        model,
        zone: Zone::china(),
    });
    assert!(wrong.is_err(), "another master key");
}
