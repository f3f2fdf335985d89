//! What the attribute and the templates promise.

#![cfg(test)]

use lianfang_testkit::{Engine, TestDb, both_databases};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

static SEEN: Mutex<Vec<Engine>> = Mutex::new(Vec::new());

/// Documentation and results are kept.
#[both_databases]
fn a_test_may_return_a_result(db: TestDb) -> Result<(), lianfang_db::DbError> {
    assert!(db.database.is_empty()?);
    db.database.writer()?.batch("create table t (a integer)")?;
    assert!(!db.open_again().is_empty()?);
    SEEN.lock().unwrap().push(db.engine());
    Ok(())
}

#[test]
fn each_half_runs_on_its_engine() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        a_test_may_return_a_result(TestDb::fresh(engine)).unwrap();
        assert!(SEEN.lock().unwrap().contains(&engine));
    }
}

#[test]
fn a_database_is_gone_after_its_test() {
    let url = {
        let db = TestDb::postgres();
        // Somebody still has it open.
        let _writer = db.database.writer().unwrap();
        db.url().to_owned()
    };
    assert!(lianfang_db::Database::open(&url).is_err());
    let path = TestDb::sqlite().url().trim_start_matches("sqlite:").to_owned();
    assert!(!std::path::Path::new(&path).exists());
}

fn counted(engine: Engine, setups: &AtomicU32) -> TestDb {
    TestDb::from_template(engine, "counted", |database| {
        setups.fetch_add(1, Ordering::Relaxed);
        database
            .writer()
            .unwrap()
            .batch("create table t (a integer); insert into t (a) values (1)")
            .unwrap();
    })
}

#[test]
fn set_up_is_done_once_however_many_copies_are_taken() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let setups = AtomicU32::new(0);
        let copies: Vec<TestDb> = std::thread::scope(|scope| {
            let takers: Vec<_> = (0..4).map(|_| scope.spawn(|| counted(engine, &setups))).collect();
            takers.into_iter().map(|taker| taker.join().unwrap()).collect()
        });
        for copy in &copies {
            let row = copy
                .database
                .reader()
                .unwrap()
                .query_one("select count(*) as n from t", &[])
                .unwrap();
            assert_eq!(row.int("n").unwrap(), 1);
        }
        // None when an earlier run of this very program has left the template.
        assert!(setups.load(Ordering::Relaxed) <= 1);
    }
}
