//! Lists narrowed by what a field says, on both databases.

use crate::city::{City, arrival_of, made_up};
use lianfang_ledger::read::{EntryFilter, Sight};
use lianfang_testkit::{TestDb, both_databases};

#[both_databases]
fn a_list_is_narrowed_by_a_code_and_by_a_yes_or_no(db: TestDb) {
    let city = City::new(db);
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    for (n, transport, suitable) in [(1, "train", true), (2, "train", false), (3, "car", true)] {
        let mut entry = arrival_of(&made_up(n), "样例", "2022-01-20T08:00:00+08:00");
        entry["body"]["transport"] = transport.into();
        entry["body"]["home_suitable"] = suitable.into();
        let answer = city.one(&grid, entry);
        assert!(answer.subject.is_some(), "{answer:?}");
    }
    let count = |fields: &[(&str, &str)]| {
        let filter = EntryFilter {
            register: Some("arrival".into()),
            fields: fields.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            limit: 10,
            ..EntryFilter::default()
        };
        city.ledger
            .read(|r| r.entries(&Sight::All, &filter))
            .unwrap()
            .items
            .len()
    };
    assert_eq!(count(&[]), 3);
    assert_eq!(count(&[("transport", "train")]), 2);
    assert_eq!(count(&[("home_suitable", "true")]), 2);
    assert_eq!(count(&[("transport", "train"), ("home_suitable", "false")]), 1);
    assert_eq!(count(&[("transport", "train' or '1'='1")]), 0);
}
