//! Lists from the generator, both mixes of errors: does the engine find the pairs, and does it know how well?
#![cfg(test)]

#[path = "../examples/lists/main.rs"]
#[expect(dead_code, reason = "the generator is a program of its own")]
mod lists;

use lianfang_linkage::{Gazetteer, Link, Linker, Model, Row, learn_places};
use std::collections::HashSet;

struct Lists {
    a: Vec<csv::StringRecord>,
    b: Vec<csv::StringRecord>,
    truth: HashSet<(String, String)>,
}

fn make(seed: u64, mix: &str) -> Lists {
    let mut written: [Vec<u8>; 3] = Default::default();
    lists::write_lists(2_500, seed, mix, &mut written).unwrap();
    let [a, b, truth] = written.map(|bytes| {
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        reader.records().collect::<Result<Vec<_>, _>>().unwrap()
    });
    let truth = truth
        .iter()
        .map(|pair| (pair[0].to_owned(), pair[1].to_owned()))
        .collect();
    Lists { a, b, truth }
}

fn row(record: &csv::StringRecord) -> Row<'_> {
    Row {
        id: &record[0],
        name: &record[1],
        sex: &record[2],
        birth: &record[3],
        idno: &record[4],
        phone: &record[5],
        plate: &record[6],
        addr: &record[7],
    }
}

fn places(lists: &Lists) -> Gazetteer {
    learn_places(lists.a.iter().chain(&lists.b).map(|record| &record[7]))
}

fn link(lists: &Lists, threads: usize) -> (Linker, Model, Vec<Link>) {
    let mut linker = Linker::new(places(lists), threads);
    for (at, list) in [&lists.a, &lists.b].into_iter().enumerate() {
        linker.push(at, &list.iter().map(row).collect::<Vec<_>>());
    }
    linker.settle();
    let model = linker.learn();
    let links = linker.link(&model, -10.0);
    (linker, model, links)
}

fn is_true(lists: &Lists, link: &Link) -> bool {
    let pair = (
        lists.a[link.a as usize][0].to_owned(),
        lists.b[link.b as usize][0].to_owned(),
    );
    lists.truth.contains(&pair)
}

/// Best F1 over all thresholds.
fn best_f1(lists: &Lists, links: &[Link]) -> f64 {
    let mut found = 0.0;
    let mut best = 0.0f64;
    for (at, link) in links.iter().enumerate() {
        found += f64::from(u8::from(is_true(lists, link)));
        best = best.max(2.0 * found / (at as f64 + 1.0 + lists.truth.len() as f64));
    }
    best
}

#[test]
fn pairs_are_found_and_thresholds_keep_their_word_under_both_mixes() {
    for (seed, mix) in [(11, "plain"), (12, "rough")] {
        let lists = make(seed, mix);
        let (linker, model, links) = link(&lists, 2);
        let f1 = best_f1(&lists, &links);
        assert!(f1 > 0.955, "{mix}: F1 {f1:.4}");
        for precision in [0.95, 0.99] {
            let threshold = linker.threshold_for(&model, &links, precision);
            let taken: Vec<&Link> = links
                .iter()
                .filter(|link| f64::from(link.weight) >= threshold.weight)
                .collect();
            let hits = taken.iter().filter(|link| is_true(&lists, link)).count() as f64;
            let (achieved, recall) = (hits / taken.len() as f64, hits / lists.truth.len() as f64);
            assert!(
                (achieved - threshold.precision).abs() < 0.015,
                "{mix}: {achieved:.4}, {threshold:?}"
            );
            assert!(
                (recall - threshold.recall).abs() < 0.025,
                "{mix}: {recall:.4}, {threshold:?}"
            );
        }
    }
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let lists = make(5, "plain");
    let (_, model, links) = link(&lists, 1);
    for threads in [2, 3, 7] {
        let (_, other_model, other_links) = link(&lists, threads);
        assert_eq!(model, other_model);
        assert_eq!(links, other_links);
    }
}

#[test]
fn a_model_is_saved_and_read_again() {
    let lists = make(6, "plain");
    let (linker, model, links) = link(&lists, 2);
    let read = Model::from_json(&model.to_json()).unwrap();
    assert_eq!(linker.link(&read, -10.0), links);
    assert!(Model::from_json("{}").is_err());
    assert!(Model::from_json(&model.to_json().replacen("[[[", "[[[-", 1)).is_err());
}

#[test]
fn one_list_is_searched_for_people_who_stand_twice() {
    let lists = make(7, "plain");
    let mut linker = Linker::within_one(places(&lists), 2);
    let rows: Vec<Row<'_>> = lists.a.iter().chain(&lists.b).map(row).collect();
    linker.push(0, &rows);
    linker.settle();
    let model = linker.learn();
    let links = linker.link(&model, 0.0);
    assert!(links.iter().all(|link| link.a < link.b));
    let middle = u32::try_from(lists.a.len()).unwrap();
    let across: Vec<Link> = links
        .iter()
        .filter(|link| link.a < middle && link.b >= middle)
        .map(|link| {
            let mut link = *link;
            link.b -= middle;
            link
        })
        .collect();
    let f1 = best_f1(&lists, &across);
    assert!(f1 > 0.95, "F1 {f1:.4}");
}

#[test]
fn one_record_is_looked_up_also_when_it_came_later() {
    let lists = make(8, "plain");
    let (mut linker, model, links) = link(&lists, 2);
    let best = links[0];
    let found = linker.find(&model, &row(&lists.a[best.a as usize]), 0.0);
    assert_eq!(found[0].place, best.b);
    let newcomer = Row {
        id: "N1",
        name: "令狐小葵",
        phone: "13812345678",
        birth: "1990-03-04",
        ..Row::default()
    };
    assert!(linker.find(&model, &newcomer, 0.0).is_empty());
    let place = linker.insert(&newcomer);
    let found = linker.find(
        &model,
        &Row {
            name: "Linghu Xiaokui",
            ..newcomer
        },
        0.0,
    );
    assert_eq!(found.first().map(|one| one.place), Some(place));
}

#[test]
fn the_parts_of_a_weight_add_up_to_it() {
    let lists = make(9, "rough");
    let (linker, model, links) = link(&lists, 2);
    for pair in links.iter().step_by(50) {
        let why = linker.explain(&model, pair);
        let sum: f64 = why.shares.iter().map(|share| share.weight).sum::<f64>() + why.prior + why.rivals;
        assert!((sum - f64::from(pair.weight)).abs() < 1e-3, "{why:?}");
        assert!((why.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
