//! Transactions, savepoints, streaming, constraints.

#![cfg(test)]

use lianfang_db::{Connection, DbError, DbErrorKind, Migration};
use lianfang_testkit::{Engine, TestDb, both_databases};

fn rooms(engine: Engine) -> TestDb {
    let db = TestDb::fresh(engine);
    let sql = "create table site (id {text} not null primary key) {strict};
        create table room (site {text} not null references site (id), number {int} not null, beds {int} not null,
          constraint room_beds_check check (beds > 0), primary key (site, number)) {strict};
        create unique index room_by_beds on room (beds, number);
        insert into site (id) values ('a');";
    db.database
        .migrate(&[Migration {
            number: 1,
            name: "room",
            sql,
        }])
        .unwrap();
    db
}

const INSERT: &str = "insert into room (site, number, beds) values ('a', $1, $2)";

fn count(connection: &mut Connection) -> i64 {
    connection
        .query_one("select count(*) as n from room", &[])
        .unwrap()
        .int("n")
        .unwrap()
}

#[both_databases(rooms)]
fn a_transaction_is_all_or_nothing(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    writer.begin().unwrap();
    writer.execute(INSERT, &[1.into(), 2.into()]).unwrap();
    assert_eq!(
        count(&mut db.database.reader().unwrap()),
        0,
        "not visible before the commit"
    );
    writer.commit().unwrap();
    assert_eq!(count(&mut db.database.reader().unwrap()), 1);
    writer.begin().unwrap();
    writer.execute(INSERT, &[2.into(), 2.into()]).unwrap();
    writer.rollback().unwrap();
    assert_eq!(count(&mut writer), 1);
    assert!(
        writer.rollback().is_err() && writer.commit().is_err(),
        "there is none to end"
    );
    let failed: Result<(), DbError> = writer.transaction(|tx| {
        tx.execute(INSERT, &[3.into(), 2.into()])?;
        tx.execute(INSERT, &[3.into(), 2.into()]).map(|_| ())
    });
    assert!(failed.is_err());
    assert!(!writer.in_transaction());
    assert_eq!(count(&mut writer), 1);
}

#[both_databases(rooms)]
fn a_failed_statement_spoils_the_transaction_until_it_is_rolled_back(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    writer.begin().unwrap();
    writer.execute(INSERT, &[1.into(), 2.into()]).unwrap();
    assert!(writer.execute(INSERT, &[1.into(), 2.into()]).is_err());
    let error = writer.commit().unwrap_err();
    assert!(error.to_string().contains("nothing was committed"), "{error}");
    assert_eq!(count(&mut writer), 0);

    writer.begin().unwrap();
    for number in [1, 1, 2] {
        writer.savepoint("one_row").unwrap();
        match writer.execute(INSERT, &[number.into(), 2.into()]) {
            Ok(_) => writer.release("one_row").unwrap(),
            Err(_) => writer.rollback_to("one_row").unwrap(),
        }
    }
    writer.commit().unwrap();
    assert_eq!(count(&mut writer), 2);
    assert!(writer.savepoint("x; drop table room").is_err());
}

#[both_databases(rooms)]
fn a_violated_constraint_has_one_name_on_both_engines(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    writer.execute(INSERT, &[1.into(), 2.into()]).unwrap();
    let mut name = |sql: &str| {
        let error = writer.execute(sql, &[]).unwrap_err();
        assert!(!error.is_transient());
        assert_eq!(error.sql(), Some(sql));
        error.constraint().map(str::to_owned)
    };
    let insert = |values: &str| format!("insert into room (site, number, beds) values ({values})");
    assert_eq!(name(&insert("'a', 1, 3")).as_deref(), Some("room_pkey"));
    assert_eq!(name(&insert("'a', 3, 0")).as_deref(), Some("room_beds_check"));
    assert_eq!(name(&insert("'a', 3, null")).as_deref(), Some("room_beds_not_null"));
    assert_eq!(name("insert into site (id) values ('a')").as_deref(), Some("site_pkey"));
    assert!(name(&insert("'nowhere', 3, 1")).is_some(), "foreign keys are on");
    writer.execute("insert into site (id) values ('b')", &[]).unwrap();
    let error = writer
        .execute("insert into room (site, number, beds) values ('b', 1, 2)", &[])
        .unwrap_err();
    assert_eq!(
        error.kind(),
        &DbErrorKind::Constraint {
            name: "room_by_beds".to_owned()
        }
    );
}

#[both_databases(rooms)]
fn wrong_sql_is_our_defect(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    for sql in [
        "selec 1",
        "select * from nothing",
        "select nothing from room",
        "select \"text\" from room",
    ] {
        let error = writer.query(sql, &[]).unwrap_err();
        assert_eq!(error.kind(), &DbErrorKind::Syntax, "{error}");
    }
    assert!(!writer.is_broken());
}

#[both_databases(rooms)]
fn a_reader_cannot_write(db: TestDb) {
    let mut reader = db.database.reader().unwrap();
    assert!(reader.execute(INSERT, &[1.into(), 2.into()]).is_err());
    assert!(reader.batch("create table t (a integer)").is_err());
    assert_eq!(count(&mut reader), 0);
}

#[both_databases(rooms)]
fn a_snapshot_does_not_see_later_commits(db: TestDb) {
    let mut reader = db.database.reader().unwrap();
    reader.begin_snapshot().unwrap();
    assert_eq!(count(&mut reader), 0);
    db.database
        .writer()
        .unwrap()
        .execute(INSERT, &[1.into(), 2.into()])
        .unwrap();
    assert_eq!(count(&mut reader), 0);
    drop(reader);
    let mut reader = db.database.reader().unwrap();
    assert!(!reader.in_transaction(), "the pool gives it back clean");
    assert_eq!(count(&mut reader), 1);
}

#[both_databases(rooms)]
fn rows_are_streamed_and_the_reading_can_stop(db: TestDb) {
    let mut reader = db.database.reader().unwrap();
    let sql = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 300000) \
               select n from numbers order by n";
    let (mut rows, mut total) = (0_i64, 0_i64);
    reader
        .for_each(sql, &[], &mut |row| {
            rows += 1;
            total += row.int("n")?;
            Ok(())
        })
        .unwrap();
    assert_eq!((rows, total), (300_000, 300_000 * 300_001 / 2));

    let mut seen = 0;
    let stopped = reader.for_each(sql, &[], &mut |row| {
        seen += 1;
        if seen == 10 { row.text("n").map(|_| ()) } else { Ok(()) }
    });
    assert_eq!(stopped.unwrap_err().kind(), &DbErrorKind::Data);
    assert_eq!(seen, 10);
    assert_eq!(count(&mut reader), 0, "the connection can be used again");
}

#[both_databases(rooms)]
fn a_query_for_one_row_refuses_two(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let sql = "select number from room order by number";
    assert!(writer.query_opt(sql, &[]).unwrap().is_none());
    assert!(writer.query_one(sql, &[]).is_err());
    writer.execute(INSERT, &[1.into(), 2.into()]).unwrap();
    assert_eq!(writer.query_opt(sql, &[]).unwrap().unwrap().int(0).unwrap(), 1);
    writer.execute(INSERT, &[2.into(), 2.into()]).unwrap();
    assert!(writer.query_opt(sql, &[]).is_err());
}

#[both_databases(rooms)]
fn writes_with_returning_count_their_rows(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let sql = "insert into room (site, number, beds) values ('a', $1, 1), ('a', $2, 1) \
               on conflict (site, number) do nothing returning number";
    assert_eq!(writer.execute(sql, &[1.into(), 2.into()]).unwrap(), 2);
    assert_eq!(writer.execute(sql, &[2.into(), 3.into()]).unwrap(), 1);
    assert_eq!(
        writer
            .execute("update room set beds = 4 where number > $1", &[1.into()])
            .unwrap(),
        2
    );
    assert_eq!(writer.execute("delete from room", &[]).unwrap(), 3);
}

#[both_databases(rooms)]
fn a_prepared_statement_survives_a_change_of_its_table(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let sql = "select * from site";
    assert_eq!(writer.query_one(sql, &[]).unwrap().columns(), ["id"]);
    db.database
        .writer()
        .unwrap()
        .batch("alter table site add column level integer")
        .unwrap();
    assert_eq!(writer.query_one(sql, &[]).unwrap().columns(), ["id", "level"]);
}
