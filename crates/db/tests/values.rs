//! Values go in and come out the same on both engines.

#![cfg(test)]

use lianfang_db::{DbErrorKind, Migration, Value};
use lianfang_testkit::{Engine, TestDb, both_databases};
use std::collections::BTreeMap;
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001);

fn thing(engine: Engine) -> TestDb {
    let db = TestDb::fresh(engine);
    let sql = "create table thing (id {uuid} not null primary key, doc {json}, raw {bytes}, n {int}, ok {bool}, \
               word {text}, x {real}) {strict}";
    db.database
        .migrate(&[Migration {
            number: 1,
            name: "thing",
            sql,
        }])
        .unwrap();
    db
}

const INSERT: &str = "insert into thing (id, doc, raw, n, ok, word, x) values ($1, $2, $3, $4, $5, $6, $7)";

#[both_databases(thing)]
fn every_kind_of_value_is_read_as_it_was_written(db: TestDb) {
    let mut connection = db.database.writer().unwrap();
    let doc = serde_json::json!({"姓": 1, "list": [true, null]});
    let raw: &[u8] = &[0, 255, 1];
    let params = [
        ID.into(),
        doc.clone().into(),
        raw.into(),
        i64::MIN.into(),
        true.into(),
        "联防 🦠".into(),
        0.1_f64.into(),
    ];
    assert_eq!(connection.execute(INSERT, &params).unwrap(), 1);

    let row = connection
        .query_one("select * from thing where ok and id = $1", &[ID.into()])
        .unwrap();
    assert_eq!(row.uuid("id").unwrap(), ID);
    assert_eq!(row.json::<serde_json::Value>("doc").unwrap(), doc);
    assert_eq!(row.bytes("raw").unwrap(), raw);
    assert_eq!(row.int("n").unwrap(), i64::MIN);
    assert!(row.bool("ok").unwrap());
    assert_eq!(row.text("word").unwrap(), "联防 🦠");
    assert_eq!(row.real("x").unwrap(), 0.1);
    assert_eq!(row.text(5).unwrap(), "联防 🦠");
    assert_eq!(row.columns(), ["id", "doc", "raw", "n", "ok", "word", "x"]);
}

#[both_databases(thing)]
fn null_is_null_for_every_kind(db: TestDb) {
    let mut connection = db.database.writer().unwrap();
    let mut params = vec![Value::Null; 7];
    params[0] = ID.into();
    connection.execute(INSERT, &params).unwrap();
    let row = connection.query_one("select * from thing", &[]).unwrap();
    assert_eq!(row.opt_int("n").unwrap(), None);
    assert_eq!(row.opt_text("word").unwrap(), None);
    assert_eq!(row.opt_bool("ok").unwrap(), None);
    assert_eq!(row.opt_real("x").unwrap(), None);
    assert_eq!(row.opt_bytes("raw").unwrap(), None);
    assert_eq!(row.opt_uuid("n").unwrap(), None);
    assert_eq!(row.opt_json::<BTreeMap<String, i64>>("doc").unwrap(), None);
    let error = row.int("n").unwrap_err();
    assert_eq!(
        (error.kind(), error.message().en.as_str()),
        (&DbErrorKind::Data, "column n is null")
    );
}

#[both_databases(thing)]
fn a_value_of_another_kind_is_refused_without_being_shown(db: TestDb) {
    let mut connection = db.database.writer().unwrap();
    let secret = "22240419900101123X";
    for (sql, value) in [
        ("insert into thing (id, n) values ($1, $2)", Value::from(secret)),
        ("insert into thing (id, raw) values ($1, $2)", Value::from(secret)),
        (
            "insert into thing (id, word) values ($1, $2)",
            Value::from(secret.as_bytes()),
        ),
    ] {
        let error = connection.execute(sql, &[ID.into(), value]).unwrap_err();
        assert_eq!(error.kind(), &DbErrorKind::Data, "{error}");
        assert!(!error.to_string().contains(secret), "{error}");
    }
    connection
        .execute(
            "insert into thing (id, word) values ($1, $2)",
            &[ID.into(), secret.into()],
        )
        .unwrap();
    let row = connection.query_one("select word from thing", &[]).unwrap();
    assert_eq!(
        row.int("word").unwrap_err().message().en,
        "column word holds text, not int"
    );
    assert!(!row.json::<bool>("word").unwrap_err().to_string().contains(secret));
}

#[both_databases(thing)]
fn what_one_engine_would_change_is_refused_on_both(db: TestDb) {
    let mut connection = db.database.writer().unwrap();
    for (column, value, words) in [("word", Value::from("a\0b"), "NUL"), ("x", f64::NAN.into(), "NaN")] {
        let sql = format!("insert into thing (id, {column}) values ($1, $2)");
        let error = connection.execute(&sql, &[ID.into(), value]).unwrap_err();
        assert_eq!(error.kind(), &DbErrorKind::Data);
        assert!(error.message().en.contains(words), "{error}");
    }
    connection
        .execute(
            "insert into thing (id, x) values ($1, $2)",
            &[ID.into(), f64::INFINITY.into()],
        )
        .unwrap();
    assert_eq!(
        connection
            .query_one("select x from thing", &[])
            .unwrap()
            .real("x")
            .unwrap(),
        f64::INFINITY
    );
}

#[both_databases(thing)]
fn parameters_are_bound_by_their_number_not_their_place(db: TestDb) {
    let mut connection = db.database.writer().unwrap();
    let sql = "select cast($2 as bigint) as second, cast($1 as bigint) as first, cast($2 as bigint) as again";
    let row = connection.query_one(sql, &[1.into(), 2.into()]).unwrap();
    assert_eq!(
        (
            row.int("first").unwrap(),
            row.int("second").unwrap(),
            row.int("again").unwrap()
        ),
        (1, 2, 2)
    );
    for params in [&[Value::Int(1)][..], &[Value::Int(1), Value::Int(2), Value::Int(3)][..]] {
        assert_eq!(connection.query(sql, params).unwrap_err().kind(), &DbErrorKind::Syntax);
    }
    // Ten and more parameters: $1 is not the beginning of $10.
    let sql: Vec<String> = (1..=12).rev().map(|n| format!("cast(${n} as bigint)")).collect();
    let params: Vec<Value> = (1..=12).map(Value::Int).collect();
    let row = connection
        .query_one(&format!("select {}", sql.join(", ")), &params)
        .unwrap();
    assert_eq!(row.into_values(), (1..=12).rev().map(Value::Int).collect::<Vec<_>>());
}

#[both_databases(thing)]
fn a_missing_column_says_which_there_are(db: TestDb) {
    let row = db
        .database
        .reader()
        .unwrap()
        .query_one("select 'x' as a, 'y' as b", &[])
        .unwrap();
    let error = row.text("c").unwrap_err();
    assert!(error.to_string().contains("no column c, only a, b"), "{error}");
    assert!(row.text(2).is_err());
}

#[both_databases(thing)]
fn text_sorts_by_its_bytes(db: TestDb) {
    let mut connection = db.database.writer().unwrap();
    for (n, word) in (0_u128..).zip(["b", "a", "B", "A", "张", "李", "_", "é"]) {
        let id = Uuid::from_u128(n);
        connection
            .execute(
                "insert into thing (id, word) values ($1, $2)",
                &[id.into(), word.into()],
            )
            .unwrap();
    }
    let rows = connection.query("select word from thing order by word", &[]).unwrap();
    let words: Vec<&str> = rows.iter().map(|row| row.text("word").unwrap()).collect();
    assert_eq!(words, ["A", "B", "_", "a", "b", "é", "张", "李"]);
}

#[both_databases(thing)]
fn a_column_type_that_differs_by_engine_says_to_cast(db: TestDb) {
    let mut connection = db.database.writer().unwrap();
    connection
        .execute("insert into thing (id, n) values ($1, 5)", &[ID.into()])
        .unwrap();
    let row = connection
        .query_one("select cast(sum(n) as bigint) as total from thing", &[])
        .unwrap();
    assert_eq!(row.int("total").unwrap(), 5);
    if db.engine() == Engine::Postgres {
        let error = connection.query("select sum(n) as total from thing", &[]).unwrap_err();
        assert!(error.to_string().contains("cast"), "{error}");
    }
}
