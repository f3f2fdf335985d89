//! Many rows at once.

#![cfg(test)]

use lianfang_db::{Column, ColumnKind, Connection, DbErrorKind, Insert, Migration, OnConflict, Value};
use lianfang_testkit::{Engine, TestDb, both_databases};
use uuid::Uuid;

fn deltas(engine: Engine) -> TestDb {
    let db = TestDb::fresh(engine);
    let sql = "create table delta (region {text} not null, day {int} not null, n {int} not null, x {real},
          label {text}, primary key (region, day)) {strict};
        create table entry (id {uuid} not null primary key, doc {json}, raw {bytes}, ok {bool}) {strict};";
    db.database
        .migrate(&[Migration {
            number: 1,
            name: "delta",
            sql,
        }])
        .unwrap();
    db
}

const COLUMNS: [Column<'static>; 5] = [
    Column::new("region", ColumnKind::Text),
    Column::new("day", ColumnKind::Int),
    Column::new("n", ColumnKind::Int),
    Column::new("x", ColumnKind::Real),
    Column::new("label", ColumnKind::Text),
];
const KEY: &[&str] = &["region", "day"];

fn row(region: &str, day: i64, n: i64, label: &str) -> Vec<Value> {
    vec![region.into(), day.into(), n.into(), 0.5.into(), label.into()]
}

fn write(connection: &mut Connection, rows: &[Vec<Value>], on_conflict: OnConflict<'_>) -> lianfang_db::Result<u64> {
    connection.insert_rows(&Insert {
        table: "delta",
        columns: &COLUMNS,
        rows,
        on_conflict,
    })
}

fn stored(connection: &mut Connection) -> Vec<(String, i64, i64, String)> {
    let rows = connection
        .query("select region, day, n, label from delta order by region, day", &[])
        .unwrap();
    let read = |row: &lianfang_db::Row| {
        let text = |name: &str| row.text(name).unwrap().to_owned();
        (
            text("region"),
            row.int("day").unwrap(),
            row.int("n").unwrap(),
            text("label"),
        )
    };
    rows.iter().map(read).collect()
}

fn expected(rows: &[(&str, i64, i64, &str)]) -> Vec<(String, i64, i64, String)> {
    rows.iter()
        .map(|&(region, day, n, label)| (region.to_owned(), day, n, label.to_owned()))
        .collect()
}

#[both_databases(deltas)]
fn only_rows_that_were_written_are_counted(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let nothing = OnConflict::Nothing { key: KEY };
    let rows = [
        row("a", 1, 1, "first"),
        row("b", 1, 1, "first"),
        row("a", 1, 9, "twice in one batch"),
    ];
    assert_eq!(write(&mut writer, &rows, nothing).unwrap(), 2);
    assert_eq!(write(&mut writer, &rows, nothing).unwrap(), 0);
    assert_eq!(
        write(&mut writer, &[row("a", 1, 5, ""), row("c", 1, 5, "new")], nothing).unwrap(),
        1
    );
    assert_eq!(
        stored(&mut writer),
        expected(&[("a", 1, 1, "first"), ("b", 1, 1, "first"), ("c", 1, 5, "new")])
    );
    assert_eq!(write(&mut writer, &[], nothing).unwrap(), 0);
}

#[both_databases(deltas)]
fn the_new_rows_of_a_batch_can_be_told(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let on_conflict = OnConflict::Nothing { key: KEY };
    write(&mut writer, &[row("a", 1, 1, "")], on_conflict).unwrap();
    let rows = [row("a", 1, 1, ""), row("b", 2, 1, "")];
    let insert = Insert {
        table: "delta",
        columns: &COLUMNS,
        rows: &rows,
        on_conflict,
    };
    let new = writer.insert_returning(&insert, &["region", "day"]).unwrap();
    assert_eq!(new.len(), 1);
    assert_eq!((new[0].text("region").unwrap(), new[0].int("day").unwrap()), ("b", 2));
}

#[both_databases(deltas)]
fn sums_are_added_to_what_is_there_and_within_the_batch(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let add = OnConflict::Add {
        key: KEY,
        sum: &["n", "x"],
    };
    assert_eq!(
        write(
            &mut writer,
            &[row("a", 1, 1, "kept"), row("a", 1, 2, "lost"), row("b", 1, 7, "b")],
            add
        )
        .unwrap(),
        2
    );
    assert_eq!(write(&mut writer, &[row("a", 1, -10, "lost")], add).unwrap(), 1);
    assert_eq!(stored(&mut writer), expected(&[("a", 1, -7, "kept"), ("b", 1, 7, "b")]));
    let x = writer
        .query_one("select x from delta where region = 'a'", &[])
        .unwrap()
        .real("x")
        .unwrap();
    assert_eq!(x, 1.5);
    let too_much = [row("z", 1, i64::MAX, ""), row("z", 1, 1, "")];
    assert_eq!(
        write(&mut writer, &too_much, add).unwrap_err().kind(),
        &DbErrorKind::Data
    );
}

#[both_databases(deltas)]
fn a_replacement_keeps_the_last(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let replace = OnConflict::Replace { key: KEY };
    write(&mut writer, &[row("a", 1, 1, "old")], replace).unwrap();
    assert_eq!(
        write(&mut writer, &[row("a", 1, 2, "new"), row("a", 1, 3, "newest")], replace).unwrap(),
        1
    );
    assert_eq!(stored(&mut writer), expected(&[("a", 1, 3, "newest")]));
}

#[both_databases(deltas)]
fn one_bad_row_sinks_the_batch_and_nothing_else(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let rows = [row("a", 1, 1, ""), row("a", 1, 1, "")];
    let error = write(&mut writer, &rows, OnConflict::Fail).unwrap_err();
    assert_eq!(error.constraint(), Some("delta_pkey"));
    assert!(!writer.in_transaction());
    assert_eq!(stored(&mut writer), []);

    writer.begin().unwrap();
    write(&mut writer, &[row("z", 1, 1, "")], OnConflict::Fail).unwrap();
    writer.savepoint("batch").unwrap();
    assert!(write(&mut writer, &rows, OnConflict::Fail).is_err());
    writer.rollback_to("batch").unwrap();
    writer.commit().unwrap();
    assert_eq!(stored(&mut writer), expected(&[("z", 1, 1, "")]));
}

#[both_databases(deltas)]
fn ten_thousand_rows_of_every_kind(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let columns = [
        Column::new("id", ColumnKind::Uuid),
        Column::new("doc", ColumnKind::Json),
        Column::new("raw", ColumnKind::Bytes),
        Column::new("ok", ColumnKind::Bool),
    ];
    let make = |n: u32| {
        let doc = (!n.is_multiple_of(3)).then(|| serde_json::json!({ "n": n }));
        vec![
            Uuid::from_u128(n.into()).into(),
            doc.into(),
            n.to_be_bytes().into(),
            n.is_multiple_of(2).into(),
        ]
    };
    let rows: Vec<Vec<Value>> = (0..10_000).map(make).collect();
    let on_conflict = OnConflict::Nothing { key: &["id"] };
    let insert = Insert {
        table: "entry",
        columns: &columns,
        rows: &rows,
        on_conflict,
    };
    assert_eq!(writer.insert_rows(&insert).unwrap(), 10_000);
    assert_eq!(writer.insert_rows(&insert).unwrap(), 0);
    let id = Value::from(Uuid::from_u128(9_998));
    let found = writer.query_one("select * from entry where id = $1", &[id]).unwrap();
    assert_eq!(
        found.json::<serde_json::Value>("doc").unwrap(),
        serde_json::json!({"n": 9_998})
    );
    assert_eq!(found.bytes("raw").unwrap(), 9_998_u32.to_be_bytes());
    assert!(found.bool("ok").unwrap());
    let nulls = writer
        .query_one("select count(*) as n from entry where doc is null", &[])
        .unwrap();
    assert_eq!(nulls.int("n").unwrap(), 3_334);
}

#[both_databases(deltas)]
fn a_wrong_shape_is_our_defect(db: TestDb) {
    let mut writer = db.database.writer().unwrap();
    let short = [vec![Value::from("a")]];
    let key_unknown = OnConflict::Nothing { key: &["nobody"] };
    for result in [
        write(&mut writer, &short, OnConflict::Fail),
        write(&mut writer, &[row("a", 1, 1, "")], key_unknown),
        writer.insert_rows(&Insert {
            table: "delta; --",
            columns: &COLUMNS,
            rows: &[],
            on_conflict: OnConflict::Fail,
        }),
    ] {
        assert_eq!(result.unwrap_err().kind(), &DbErrorKind::Syntax);
    }
}
