//! Latin names: the lists made by the Febrl generator, which is nobody's here (`febrl_data/SOURCE.md`).

use crate::scored::{Cells, Lists, row};
use lianfang_linkage::{Link, Linker, learn_places};
use std::collections::HashSet;

const THREE: &str = include_str!("febrl_data/dataset3.csv");
const FOUR_A: &str = include_str!("febrl_data/dataset4a.csv");
const FOUR_B: &str = include_str!("febrl_data/dataset4b.csv");

/// Names, date of birth, number and address; the file has no sex, telephone or plate.
fn read(text: &str) -> Vec<Cells> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let records = reader.records().collect::<Result<Vec<_>, _>>().unwrap();
    let joined = |record: &csv::StringRecord, places: &[usize]| {
        let cells = places.iter().map(|at| &record[*at]).filter(|cell| !cell.is_empty());
        cells.collect::<Vec<_>>().join(" ")
    };
    records
        .iter()
        .map(|record| {
            let mut cells = Cells::default();
            cells[0] = record[0].to_owned();
            cells[1] = joined(record, &[1, 2]);
            cells[3] = record[9].to_owned();
            cells[4] = record[10].to_owned();
            cells[7] = joined(record, &[3, 4, 5, 6, 7, 8]);
            cells
        })
        .collect()
}

/// `rec-1070-org` and `rec-1070-dup-0` are one person.
fn person(id: &str) -> &str {
    id.split('-').nth(1).unwrap()
}

fn two_lists() -> Lists {
    let (a, b) = (read(FOUR_A), read(FOUR_B));
    let by_person: std::collections::HashMap<&str, &Cells> = b.iter().map(|cells| (person(&cells[0]), cells)).collect();
    let truth = a
        .iter()
        .filter_map(|cells| Some((cells[0].clone(), by_person.get(person(&cells[0]))?[0].clone())))
        .collect::<HashSet<_>>();
    Lists { a, b, truth }
}

#[test]
fn two_lists_of_latin_names_are_linked() {
    let lists = two_lists();
    assert_eq!((lists.a.len(), lists.truth.len()), (5_000, 5_000));
    let (_, _, links) = lists.link(2);
    let f1 = lists.best_f1(&links);
    assert!(f1 >= 0.9996, "F1 {f1:.5}");
}

#[test]
fn one_list_of_latin_names_is_searched_for_people_who_stand_twice() {
    let list = read(THREE);
    let mut linker = Linker::within_one(learn_places(list.iter().map(|cells| cells[7].as_str())), 2);
    linker.push(0, &list.iter().map(row).collect::<Vec<_>>());
    linker.settle();
    let model = linker.learn();
    let links = linker.link(&model, -10.0);
    let mut of_person = std::collections::HashMap::<&str, u32>::new();
    list.iter()
        .for_each(|cells| *of_person.entry(person(&cells[0])).or_default() += 1);
    let pairs: u32 = of_person.values().map(|count| count * (count - 1) / 2).sum();
    assert_eq!((list.len(), pairs), (5_000, 6_538));
    let is_true = |link: &Link| person(&list[link.a as usize][0]) == person(&list[link.b as usize][0]);
    let mut found = 0.0;
    let f1 = links.iter().enumerate().fold(0.0f64, |best, (at, link)| {
        found += f64::from(u8::from(is_true(link)));
        best.max(2.0 * found / (at as f64 + 1.0 + f64::from(pairs)))
    });
    assert!(f1 >= 0.999, "F1 {f1:.5}");
}

/// Strikes out a field in a share of the rows: the number in one of every `number`, the birthday in one of every `birth`.
fn with_less(mut lists: Lists, number: usize, birth: usize) -> Lists {
    for (at, cells) in lists.a.iter_mut().chain(&mut lists.b).enumerate() {
        if at % number == 0 {
            cells[4].clear();
        }
        if at % birth == 0 {
            cells[3].clear();
        }
    }
    lists
}

#[test]
fn latin_names_are_linked_when_numbers_and_birthdays_are_missing() {
    for (number, birth, least) in [(2, 5, 0.999), (1, 3, 0.99)] {
        let lists = with_less(two_lists(), number, birth);
        let (linker, model, links) = lists.link(2);
        let f1 = lists.best_f1(&links);
        let threshold = linker.threshold_for(&model, &links, 0.99);
        let (achieved, _) = lists.achieved(&links, threshold.weight);
        println!(
            "{number} {birth}: F1 {f1:.5}, expected {:.4}, achieved {achieved:.4}",
            threshold.precision
        );
        assert!(f1 >= least, "{number} {birth}: F1 {f1:.5}");
    }
}
