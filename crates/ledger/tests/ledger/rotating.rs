//! The master key is changed: everything opens under the new one, nothing under the old.

use crate::attaching::{self, PLAN, attach, content, person, visit};
use crate::city::{City, ZHANG, master};
use lianfang_ledger::read::{SearchQuery, Sight};
use lianfang_ledger::wire::Status;
use lianfang_ledger::{Ledger, LedgerError, MasterKey, Rotated};
use lianfang_testkit::{TestDb, both_databases};

fn other() -> MasterKey {
    MasterKey::from_hex(&"2a".repeat(32)).unwrap()
}

fn rotate(city: &City, keys: (&MasterKey, &MasterKey)) -> Result<Rotated, LedgerError> {
    lianfang_ledger::rotate(&city.db.database, &city.keys, keys, &mut |_| {})
}

fn found(ledger: &Ledger, query: &SearchQuery) -> usize {
    ledger.read(|reader| reader.search(&Sight::All, query)).unwrap().len()
}

fn by_number() -> SearchQuery {
    SearchQuery {
        identifiers: [("cn_id".to_owned(), ZHANG.to_owned())].into(),
        ..SearchQuery::default()
    }
}

fn by_name() -> SearchQuery {
    SearchQuery {
        name_part: Some("样例".to_owned()),
        ..SearchQuery::default()
    }
}

fn by_sound(part: &str) -> SearchQuery {
    SearchQuery {
        name_part: Some(part.to_owned()),
        ..SearchQuery::default()
    }
}

fn code(error: LedgerError) -> String {
    match error {
        LedgerError::Refused(problem) => problem.code,
        other => panic!("{other}"),
    }
}

#[both_databases]
fn everything_opens_under_the_new_key_and_nothing_under_the_old(db: TestDb) {
    let (city, one, _) = attaching::city(db);
    let (cited, loose) = (attach(&city, &one), attach(&city, &one));
    let kept = city.one(&one, visit(&person(ZHANG), cited));
    assert_eq!(kept.status, Status::Accepted, "{kept:?}");
    let phones = city.ledger.phone_key();
    let done = rotate(&city, (&master(), &other())).unwrap();
    assert!(done.keys >= 2, "{done:?}");
    assert_eq!(done.subjects, 1, "organisations have public names");
    assert_eq!(code(city.opened_with(master()).unwrap_err()), "wrong_key");
    let ledger = city.opened_with(other()).unwrap();
    assert_eq!((found(&ledger, &by_number()), found(&ledger, &by_name())), (1, 1));
    assert_eq!(
        content(&ledger, cited).as_deref(),
        Some(PLAN),
        "sealed under its subject's key"
    );
    assert_eq!(content(&ledger, loose).as_deref(), Some(PLAN), "sealed by the system");
    for (part, n) in [("yang", 1), ("YangLi", 1), ("yl", 1), ("ying", 0)] {
        assert_eq!(found(&ledger, &by_sound(part)), n, "{part}");
    }
    assert_ne!(ledger.phone_key(), phones);
    let again = rotate(&city, (&master(), &other())).unwrap();
    assert_eq!(again, Rotated::default(), "it is in force already");
}

#[both_databases]
fn an_interrupted_change_goes_on_and_nothing_opens_meanwhile(db: TestDb) {
    let (city, one, _) = attaching::city(db);
    let file = attach(&city, &one);
    assert_eq!(city.one(&one, visit(&person(ZHANG), file)).status, Status::Accepted);
    let interrupted = city.ledger.set_meta("key_rotation", "1".to_owned()).unwrap();
    interrupted.blocking_recv().unwrap().unwrap();
    assert_eq!(code(city.opened_with(master()).unwrap_err()), "key_rotation");
    let wrong = MasterKey::from_hex(&"3b".repeat(32)).unwrap();
    assert_eq!(code(rotate(&city, (&wrong, &other())).unwrap_err()), "wrong_key");
    rotate(&city, (&master(), &other())).unwrap();
    let ledger = city.opened_with(other()).unwrap();
    assert_eq!(found(&ledger, &by_number()), 1);
}
