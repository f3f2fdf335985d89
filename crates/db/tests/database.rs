//! Opening, migrating, pooling, reconnecting, backing up.

#![cfg(test)]

use lianfang_db::{Database, DbErrorKind, Migration, Options, Shape};
use lianfang_testkit::{Engine, TestDb, both_databases};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

const FIRST: Migration = Migration {
    number: 1,
    name: "first",
    sql: "create table one (id {int} primary key) {strict}",
};
const SECOND: Migration = Migration {
    number: 2,
    name: "second",
    sql: "create table two (id {uuid} primary key, doc {json}) {strict};",
};

fn tables(database: &Database) -> Vec<String> {
    database.reader().unwrap().tables().unwrap()
}

#[both_databases]
fn migrations_are_applied_once_and_in_order(db: TestDb) {
    assert!(db.database.is_empty().unwrap());
    assert_eq!(db.database.applied_migrations().unwrap(), []);
    db.database.migrate(&[FIRST]).unwrap();
    db.database.migrate(&[FIRST]).unwrap();
    db.database.migrate(&[FIRST, SECOND]).unwrap();
    assert!(!db.database.is_empty().unwrap());
    assert_eq!(tables(&db.database), ["one", "schema_migration", "two"]);
    assert_eq!(
        db.database.applied_migrations().unwrap(),
        [(1, "first".to_owned()), (2, "second".to_owned())]
    );
}

#[both_databases]
fn a_schema_that_this_program_does_not_know_is_refused(db: TestDb) {
    db.database.migrate(&[FIRST, SECOND]).unwrap();
    let refused = |migrations: &[Migration], words: &str| {
        let error = db.database.migrate(migrations).unwrap_err();
        assert_eq!(error.kind(), &DbErrorKind::Migration);
        assert!(error.to_string().contains(words), "{error}");
        error
    };
    let error = refused(&[FIRST], "newer than this program");
    assert!(error.message().zh.contains("较新") && error.hint().is_some());
    let edited = Migration {
        sql: "create table one (id {int})",
        ..FIRST
    };
    refused(&[edited, SECOND], "was changed after it had been applied");
    refused(&[Migration { number: 3, ..FIRST }], "newer than this program");
    let late = Migration { number: 0, ..FIRST };
    refused(&[late, FIRST, SECOND], "put before one that is already applied");
    refused(&[SECOND, FIRST], "out of order");
    refused(&[FIRST, FIRST], "repeats a number");
}

#[both_databases]
fn a_failing_migration_leaves_the_database_as_it_was(db: TestDb) {
    let broken = Migration {
        number: 2,
        name: "broken",
        sql: "create table two (id {int}) {strict}; create tabel x;",
    };
    let error = db.database.migrate(&[FIRST, broken]).unwrap_err();
    assert_eq!(error.kind(), &DbErrorKind::Migration);
    assert!(error.to_string().contains("migration 2 broken failed"), "{error}");
    assert!(db.database.is_empty().unwrap());
    db.database.migrate(&[FIRST, SECOND]).unwrap();
}

#[both_databases]
fn several_processes_may_start_at_once(db: TestDb) {
    let start = Arc::new(Barrier::new(6));
    let url = db.url().to_owned();
    let starters: Vec<_> = (0..6)
        .map(|_| {
            let (start, url) = (Arc::clone(&start), url.clone());
            std::thread::spawn(move || {
                let database = Database::open(&url).unwrap();
                start.wait();
                database.migrate(&[FIRST, SECOND])
            })
        })
        .collect();
    for starter in starters {
        starter.join().unwrap().unwrap();
    }
    assert_eq!(db.database.applied_migrations().unwrap().len(), 2);
}

#[both_databases]
fn readers_are_bounded_and_come_back(db: TestDb) {
    let options = Options {
        readers: 2,
        reader_wait: Duration::from_millis(200),
        ..Options::default()
    };
    let database = Database::open_with(db.url(), options).unwrap();
    let first = database.reader().unwrap();
    let second = database.reader().unwrap();
    let started = Instant::now();
    let error = database.reader().unwrap_err();
    assert!(
        error.is_transient() && started.elapsed() >= Duration::from_millis(200),
        "{error}"
    );
    let waiting = std::thread::spawn({
        let database = database.clone();
        move || {
            database
                .reader()
                .map(|mut reader| reader.query_one("select 'x' as x", &[]).unwrap())
        }
    });
    drop(first);
    assert_eq!(waiting.join().unwrap().unwrap().text("x").unwrap(), "x");
    drop(second);
    let both = (database.reader().unwrap(), database.reader().unwrap());
    drop(both);
}

#[both_databases]
fn a_wide_text_and_a_million_bytes_fit(db: TestDb) {
    db.database.migrate(&[FIRST]).unwrap();
    let long = "防".repeat(400_000);
    let row = db
        .database
        .reader()
        .unwrap()
        .query_one("select cast($1 as text) as t", &[long.as_str().into()])
        .unwrap();
    assert_eq!(row.text("t").unwrap(), long);
    assert!(db.database.size_bytes().unwrap() > 4096);
}

#[test]
fn a_lost_server_connection_is_noticed_and_can_be_replaced() {
    let db = TestDb::postgres();
    db.database.migrate(&[FIRST]).unwrap();
    let mut writer = db.database.writer().unwrap();
    let mut idle = db.database.reader().unwrap();
    let pid = |connection: &mut lianfang_db::Connection| {
        connection
            .query_one("select pg_backend_pid() as pid", &[])
            .unwrap()
            .int("pid")
            .unwrap()
    };
    let pids = [pid(&mut writer), pid(&mut idle)];
    drop(idle);
    writer.begin().unwrap();
    writer.execute("insert into one (id) values (1)", &[]).unwrap();
    let mut other = db.open_again().writer().unwrap();
    for pid in pids {
        other
            .query("select pg_terminate_backend(cast($1 as int))", &[pid.into()])
            .unwrap();
    }
    let error = writer.execute("insert into one (id) values (2)", &[]).unwrap_err();
    assert_eq!(error.kind(), &DbErrorKind::Unavailable, "{error}");
    assert!(error.is_transient() && writer.is_broken());
    assert!(writer.rollback().is_err(), "there is nobody to tell");
    assert!(
        writer.query("select 1", &[]).is_err(),
        "it stays broken until it is opened anew"
    );

    writer.reconnect().unwrap();
    assert!(!writer.is_broken() && !writer.in_transaction());
    let left = writer.query_one("select count(*) as n from one", &[]).unwrap();
    assert_eq!(left.int("n").unwrap(), 0, "the open transaction was lost");
    writer
        .transaction(|tx| tx.execute("insert into one (id) values (3)", &[]))
        .unwrap();

    // A pooled reader that died while it lay idle for a while is not handed out again.
    std::thread::sleep(Duration::from_millis(600));
    db.database.reader().unwrap().query("select 1", &[]).unwrap();
}

#[test]
fn of_two_transactions_that_wait_for_each_other_one_may_try_again() {
    let db = TestDb::postgres();
    db.database.migrate(&[FIRST]).unwrap();
    let mut one = db.database.writer().unwrap();
    one.execute("insert into one (id) values (1), (2)", &[]).unwrap();
    let lock = "select id from one where id = $1 for update";
    one.batch("set deadlock_timeout = '20ms'").unwrap();
    one.begin().unwrap();
    one.query(lock, &[1.into()]).unwrap();
    let held = Arc::new(Barrier::new(2));
    let other = std::thread::spawn({
        let (held, mut two) = (Arc::clone(&held), db.database.writer().unwrap());
        move || {
            two.begin().unwrap();
            two.query(lock, &[2.into()]).unwrap();
            held.wait();
            two.query(lock, &[1.into()]).map(|_| two)
        }
    });
    held.wait();
    let mine = one.query(lock, &[2.into()]).err();
    // Whoever was not chosen as the victim goes on; ending this transaction lets the other finish in either case.
    one.rollback().unwrap();
    let theirs = other.join().unwrap().err();
    assert!(mine.is_none() || theirs.is_none(), "only one of them is stopped");
    let error = mine.or(theirs).unwrap();
    assert_eq!(error.kind(), &DbErrorKind::Contended, "{error}");
    assert!(error.is_transient());
}

#[test]
fn a_locked_file_is_unavailable_not_broken() {
    let db = TestDb::sqlite();
    db.database.migrate(&[FIRST]).unwrap();
    let options = Options {
        busy_timeout: Duration::from_millis(100),
        ..Options::default()
    };
    let mut holder = db.database.writer().unwrap();
    holder.begin().unwrap();
    let mut waiter = Database::open_with(db.url(), options).unwrap().writer().unwrap();
    let error = waiter.begin().unwrap_err();
    assert_eq!(error.kind(), &DbErrorKind::Unavailable);
    assert!(error.is_transient() && !waiter.is_broken() && !waiter.in_transaction());
    assert_eq!(
        db.database.reader().unwrap().query("select * from one", &[]).unwrap(),
        [],
        "readers do not wait"
    );
    holder.rollback().unwrap();
    waiter.begin().unwrap();
}

#[test]
fn memory_is_shared_by_one_database_only() {
    let one = Database::open("sqlite::memory:").unwrap();
    one.migrate(&[FIRST]).unwrap();
    let again = one.clone();
    one.writer()
        .unwrap()
        .execute("insert into one (id) values (7)", &[])
        .unwrap();
    let row = again.reader().unwrap().query_one("select id from one", &[]).unwrap();
    assert_eq!(row.int("id").unwrap(), 7);
    assert!(Database::open("sqlite::memory:").unwrap().is_empty().unwrap());
    assert_eq!(one.url_display(), "sqlite::memory:");
}

#[test]
fn sqlite_is_set_for_durability() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let database = Database::open(&format!("sqlite:{}", path.display())).unwrap();
    let mut writer = database.writer().unwrap();
    let mut setting = |name: &str| writer.query_one(&format!("pragma {name}"), &[]).unwrap().values()[0].clone();
    assert_eq!(setting("journal_mode"), "wal".into());
    assert_eq!(setting("synchronous"), 2.into());
    assert_eq!(setting("foreign_keys"), 1.into());
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions()) & 0o777,
        0o600
    );
    let mapped = |connection: &mut lianfang_db::Connection| {
        connection.query_one("pragma mmap_size", &[]).unwrap().int(0).unwrap()
    };
    assert_eq!(
        mapped(&mut writer),
        0,
        "what the writer cannot read is an error and not a signal"
    );
    let by_readers = mapped(&mut database.reader().unwrap());
    assert!(
        by_readers > 2 << 30,
        "SQLite is built to map large files whole: {by_readers} bytes"
    );
}

#[test]
fn an_address_is_read_or_refused_with_a_hint() {
    let refused = |url: &str, words: &str| {
        let error = Database::open(url).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.hint().is_some() && !error.message().zh.is_empty());
        assert!(!error.to_string().contains("s3cret"), "{error}");
        error
    };
    refused("mysql://x", "not understood");
    refused("sqlite:", "not understood");
    refused("sqlite:/nonexistent/folder/x.db", "cannot be opened");
    for mode in ["require", "verify-ca", "verify-full"] {
        refused(&format!("postgres://u:s3cret@127.0.0.1:1/x?sslmode={mode}"), "TLS");
    }
    refused("postgres://u:s3cret@127.0.0.1:1/x?no_such_option=1", "cannot be read");
    assert!(refused("postgres://u:s3cret@127.0.0.1:1/x", "not available").is_transient());
}

#[test]
fn the_password_is_never_shown() {
    let db = TestDb::postgres();
    let password = db.url().split(['/', ':', '@']).nth(4).unwrap();
    let shown = format!(
        "{} {:?} {:?}",
        db.database.url_display(),
        db.database,
        db.database.writer().unwrap()
    );
    assert!(
        shown.contains("postgres://postgres@127.0.0.1:") && !shown.contains(password),
        "{shown}"
    );
}

#[both_databases]
fn a_backup_is_of_one_moment_while_others_write(db: TestDb) {
    db.database.migrate(&[FIRST, SECOND]).unwrap();
    let mut writer = db.database.writer().unwrap();
    let sql = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < 200000) \
               insert into one (id) select n from numbers";
    writer.execute(sql, &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    let (mut reports, mut last) = (0, (0, 0));
    let written_meanwhile = |reports: i64, writer: &mut lianfang_db::Connection| {
        writer
            .execute("insert into one (id) values ($1)", &[(1_000_000 + reports).into()])
            .unwrap()
    };
    let mut progress = |done, total| {
        reports += 1;
        written_meanwhile(reports, &mut writer);
        assert!(done <= total);
        last = (done, total);
    };
    db.database.backup(&path, &mut progress).unwrap();
    assert!(reports > 0 && last.0 == last.1 && last.1 > 0);
    if db.engine() == Engine::Sqlite {
        let copy = Database::open(&format!("sqlite:{}", path.display())).unwrap();
        let n = copy
            .reader()
            .unwrap()
            .query_one("select count(*) as n from one", &[])
            .unwrap();
        assert_eq!(n.int("n").unwrap(), 200_000);
        assert_eq!(copy.applied_migrations().unwrap().len(), 2);
    } else {
        assert_eq!(&std::fs::read(&path).unwrap()[..5], b"PGDMP");
    }
    let error = db.database.backup(&path, &mut |_, _| {}).unwrap_err();
    assert!(error.to_string().contains("exists already"), "{error}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        if db.engine() == Engine::Sqlite { 3 } else { 1 }
    );
}

#[both_databases]
fn a_backup_is_put_back_whole_and_not_under_others(db: TestDb) {
    let open = || Database::open(db.url()).unwrap();
    open().migrate(&[FIRST]).unwrap();
    let count = |database: &Database| {
        let sql = "select count(*) as n from one";
        database
            .reader()
            .unwrap()
            .query_one(sql, &[])
            .unwrap()
            .int("n")
            .unwrap()
    };
    let write = |id: i64| {
        let mut writer = open().writer().unwrap();
        writer
            .execute("insert into one (id) values ($1)", &[id.into()])
            .unwrap();
    };
    write(1);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("copy");
    open().backup(&path, &mut |_, _| {}).unwrap();
    write(2);
    open().migrate(&[FIRST, SECOND]).unwrap();
    let half = folder.path().join("half");
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
    if db.engine() == Engine::Postgres {
        let used = open().writer().unwrap();
        let error = open().restore(&path).unwrap_err();
        assert!(error.to_string().contains("still use this database"), "{error}");
        drop(used);
        let error = open().restore(&half).unwrap_err();
        assert!(error.to_string().contains("pg_restore failed"), "{error}");
        assert_eq!(count(&open()), 2, "half a backup puts nothing back");
    }
    open().restore(&path).unwrap();
    let found = open();
    assert_eq!((count(&found), found.applied_migrations().unwrap().len()), (1, 1));
    found.migrate(&[FIRST, SECOND]).unwrap();
    std::fs::write(
        &half,
        if db.engine() == Engine::Postgres {
            b"SQLite format 3"
        } else {
            b"PGDMP" as &[u8]
        },
    )
    .unwrap();
    let error = open().restore(&half).unwrap_err();
    assert!(error.to_string().contains("this is a backup of"), "{error}");
}

#[both_databases]
fn the_schema_is_described_alike(db: TestDb) {
    let sql = "create table room (site {text} not null, number {int} not null, note {text}, closed {bool} not null,
            primary key (site, number)) {strict};
        create unique index room_by_note on room (note, site);
        create index room_open on room (number) where not closed;";
    db.database
        .migrate(&[Migration {
            number: 1,
            name: "room",
            sql,
        }])
        .unwrap();
    let mut reader = db.database.reader().unwrap();
    let columns = reader.table_columns("room").unwrap();
    let described: Vec<_> = columns
        .iter()
        .map(|column| (column.name.as_str(), column.is_nullable, column.key_position))
        .collect();
    let expected = [
        ("site", false, Some(1)),
        ("number", false, Some(2)),
        ("note", true, None),
        ("closed", false, None),
    ];
    assert_eq!(described, expected);
    let indexes = reader.table_indexes("room").unwrap();
    let described: Vec<_> = indexes
        .iter()
        .map(|index| (index.columns.join(" "), index.is_unique, index.is_partial))
        .collect();
    let expected = [
        ("note site", true, false),
        ("number", false, true),
        ("site number", true, false),
    ];
    assert_eq!(
        described,
        expected.map(|(columns, unique, partial)| (columns.to_owned(), unique, partial))
    );
    assert!(reader.table_columns("nothing").unwrap().is_empty() && reader.table_indexes("nothing").unwrap().is_empty());
}

fn seeded(engine: Engine) -> TestDb {
    TestDb::from_template(engine, "seeded", |database| {
        database.migrate(&[FIRST]).unwrap();
        database
            .writer()
            .unwrap()
            .execute("insert into one (id) values (1)", &[])
            .unwrap();
    })
}

#[both_databases(seeded)]
fn a_template_is_copied_not_shared(db: TestDb) {
    let other = seeded(db.engine());
    db.database
        .writer()
        .unwrap()
        .execute("insert into one (id) values (2)", &[])
        .unwrap();
    let count = |database: &Database| {
        database
            .reader()
            .unwrap()
            .query_one("select count(*) as n from one", &[])
            .unwrap()
            .int("n")
            .unwrap()
    };
    assert_eq!(
        (count(&db.database), count(&other.database), count(&db.open_again())),
        (2, 1, 2)
    );
}

#[both_databases]
fn a_database_may_be_dropped_on_a_thread_of_an_asynchronous_runtime(db: TestDb) {
    fn goes_anywhere<T: Send + Sync + Clone>(_: &T) {}
    goes_anywhere(&db.database);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let url = db.url().to_owned();
    let task = runtime.spawn(async move {
        let open = move || {
            let database = Database::open(&url).unwrap();
            let found = database.reader().unwrap().query_one("select 'x' as x", &[]).unwrap();
            (database, found)
        };
        let (database, found) = tokio::task::spawn_blocking(open).await.unwrap();
        drop(database);
        found
    });
    assert_eq!(runtime.block_on(task).unwrap().text("x").unwrap(), "x");
}

/// A file has few lines; a state is one of six words.
const LINES: Migration = Migration {
    number: 1,
    name: "lines",
    sql: "create table line (file {int} not null, id {int} not null, state {text} not null, primary key (file, id)) {strict};
          create index line_state on line (state)",
};
const LINE_SHAPES: [Shape; 2] = [
    Shape {
        table: "line",
        index: None,
        rows: &[1_000_000, 50, 1],
    },
    Shape {
        table: "line",
        index: Some("line_state"),
        rows: &[1_000_000, 200_000],
    },
];

#[both_databases]
fn a_planner_that_was_told_of_shapes_goes_by_them(db: TestDb) {
    db.database.migrate(&[LINES]).unwrap();
    let asked = "select id from line where state = 'open' and file in (select file from line where id = 7)";
    let way = || {
        let mut opened_now = db.database.writer().unwrap();
        let rows = opened_now.query(&format!("explain query plan {asked}"), &[]).unwrap();
        rows[0].text("detail").unwrap().to_owned()
    };
    let is_sqlite = db.database.engine() == Engine::Sqlite;
    let guessed = is_sqlite.then(way);
    let mut writer = db.database.writer().unwrap();
    writer.tell_shapes(&LINE_SHAPES).unwrap();
    writer.tell_shapes(&LINE_SHAPES).unwrap();
    if let Some(guessed) = guessed {
        assert!(guessed.contains("line_state"), "{guessed}");
        let told = way();
        assert!(told.contains("(file=?)"), "{told}");
    }
    // The second has the place of the first, and nothing of it is told any more.
    writer.tell_shapes(&LINE_SHAPES[1..]).unwrap();
    if is_sqlite {
        let told = writer.query("select idx from sqlite_stat1", &[]).unwrap();
        assert_eq!(told.len(), 1);
    }
    assert_eq!(tables(&db.database), ["line", "schema_migration"]);
}
