//! Lists from the generator: the whole way, and what must hold on it.

use crate::scored::{Lists, row};
use lianfang_linkage::{Link, Linker, Model, Row};

fn make(seed: u64, mix: &str) -> Lists {
    Lists::make(2_500, seed, mix)
}

#[test]
fn the_answer_does_not_depend_on_the_number_of_threads() {
    let lists = make(5, "plain");
    let (_, model, links) = lists.link(1);
    for threads in [2, 3, 7] {
        let (_, other_model, other_links) = lists.link(threads);
        assert_eq!(model, other_model);
        assert_eq!(links, other_links);
    }
}

#[test]
fn a_model_is_saved_and_read_again() {
    let lists = make(6, "plain");
    let (linker, model, links) = lists.link(2);
    let read = Model::from_json(&model.to_json()).unwrap();
    assert_eq!(linker.link(&read, -10.0), links);
    assert!(Model::from_json("{}").is_err());
    assert!(Model::from_json(&model.to_json().replacen("[[[", "[[[-", 1)).is_err());
}

#[test]
fn one_list_is_searched_for_people_who_stand_twice() {
    let lists = make(7, "plain");
    let mut linker = Linker::within_one(lists.places(), 2);
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
    let f1 = lists.best_f1(&across);
    assert!(f1 > 0.95, "F1 {f1:.4}");
}

#[test]
fn one_record_is_looked_up_also_when_it_came_later() {
    let lists = make(8, "plain");
    let (mut linker, model, links) = lists.link(2);
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
    let (linker, model, links) = lists.link(2);
    for pair in links.iter().step_by(50) {
        let why = linker.explain(&model, pair);
        let sum: f64 = why.shares.iter().map(|share| share.weight).sum::<f64>() + why.prior + why.rivals;
        assert!((sum - f64::from(pair.weight)).abs() < 1e-3, "{why:?}");
        assert!((why.probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

#[test]
fn what_was_added_is_found_again_when_the_rows_are_read_anew() {
    let lists = make(10, "plain");
    let (kept, came) = lists.b.split_at(lists.b.len() - 200);
    let linked = |rows: &[crate::scored::Cells]| {
        let mut linker = Linker::new(lists.places(), 2);
        for (at, list) in [lists.a.as_slice(), rows].into_iter().enumerate() {
            linker.push(at, &list.iter().map(row).collect::<Vec<_>>());
        }
        linker.settle();
        linker
    };
    let mut grown = linked(kept);
    let model = grown.learn();
    came.iter().for_each(|cells| {
        grown.insert(&row(cells));
    });
    // A restart reads the rows from where they are kept, those that came later among them.
    let restarted = linked(&lists.b);
    // How common a name is was worked out anew: a pair at the edge may fall on the other side, a good one may not.
    for cells in &lists.a {
        let found = |linker: &Linker| linker.find(&model, &row(cells), -5.0);
        let (before, after) = (found(&grown), found(&restarted));
        for (these, those) in [(&before, &after), (&after, &before)] {
            for one in these.iter().filter(|one| one.weight > 8.0) {
                let other = those.iter().find(|other| other.place == one.place);
                assert!(
                    other.is_some_and(|other| other.weight > 0.0),
                    "{cells:?} {one:?} {other:?}"
                );
            }
        }
    }
}

/// Places of all that share an open key with a row, whatever they weigh.
fn met(linker: &Linker, model: &Model, cells: &crate::scored::Cells) -> Vec<u32> {
    let found = linker.find(model, &row(cells), f64::NEG_INFINITY);
    let mut places: Vec<u32> = found.iter().map(|one| one.place).collect();
    places.sort_unstable();
    places
}

#[test]
fn a_record_that_is_added_is_met_at_once_as_if_it_had_been_read() {
    let lists = make(12, "plain");
    let only_named = |name: &str| -> crate::scored::Cells { ["", name, "", "", "", "", "", ""].map(str::to_owned) };
    // More of one name, and of nothing else, than are ever compared; and just as many as are.
    let mut read = lists.b.clone();
    let (full, filling) = (read.len(), only_named("夏侯样"));
    read.extend(std::iter::repeat_n(filling.clone(), 59));
    let (kept, came) = read.split_at(full - 300);
    let within = |rows: &[crate::scored::Cells]| {
        let mut linker = Linker::within_one(lists.places(), 2);
        linker.push(0, &rows.iter().map(row).collect::<Vec<_>>());
        linker.settle();
        linker
    };
    let mut grown = within(kept);
    let model = grown.learn();
    for (at, cells) in came.iter().enumerate() {
        let place = grown.insert(&row(cells));
        assert_eq!(place as usize, kept.len() + at);
        assert!(met(&grown, &model, cells).contains(&place), "{cells:?}");
    }
    let read_anew = within(&read);
    for cells in read.iter().chain(&lists.a) {
        assert_eq!(met(&grown, &model, cells), met(&read_anew, &model, cells), "{cells:?}");
    }
    // The sixtieth is met, the sixty-first closes the block for all: the same in both.
    assert_eq!(met(&grown, &model, &filling).len(), 59);
    grown.insert(&row(&filling));
    assert_eq!(met(&grown, &model, &filling).len(), 60);
    grown.insert(&row(&filling));
    assert!(met(&grown, &model, &filling).is_empty());
    read.extend([filling.clone(), filling.clone()]);
    assert!(met(&within(&read), &model, &filling).is_empty());
}

#[test]
fn one_question_finds_explains_and_forgets() {
    let lists = make(11, "plain");
    let mut linker = Linker::within_one(lists.places(), 2);
    linker.push(0, &lists.b.iter().map(row).collect::<Vec<_>>());
    linker.settle();
    let model = linker.learn().asking(lists.b.len(), 0.3);
    let ids: Vec<&str> = lists.b.iter().map(|cells| cells[0].as_str()).collect();
    let (mut right, mut wrong) = (0, 0);
    for record in &lists.a {
        let asked = row(record);
        let Some(best) = linker
            .find(&model, &asked, 0.0)
            .into_iter()
            .find(|one| one.weight >= 0.0)
        else {
            continue;
        };
        let pair = (asked.id.to_owned(), ids[best.place as usize].to_owned());
        if lists.truth.contains(&pair) {
            right += 1;
        } else {
            wrong += 1;
        }
        let told = linker.explain_found(&model, &best);
        let sum: f64 = told.shares.iter().map(|share| share.weight).sum();
        assert!((sum + told.prior + told.rivals - best.weight).abs() < 1e-3);
    }
    assert!(right * 10 >= lists.truth.len() * 8, "{right} of {}", lists.truth.len());
    assert!(wrong * 20 <= right, "{wrong} wrong beside {right} right");

    let asked = row(&lists.b[7]);
    let place = linker.find(&model, &asked, 0.0)[0].place;
    let with_itself = linker.pair(&model, place, place).unwrap();
    assert!(with_itself.weight > 0.0);
    linker.forget(place);
    assert!(linker.find(&model, &asked, 0.0).iter().all(|one| one.place != place));
    assert_eq!(linker.pair(&model, place, u32::MAX), None);
}
