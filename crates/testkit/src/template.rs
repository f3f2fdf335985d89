//! Set-up that is done once for a test program and then copied.
//!
//! Test runners may start a process for every test, so what is done once must outlive the process: a template is
//! named after the program file (path, size, time of building) and made anew when the program is built anew.

use crate::{server, test_db};
use lianfang_db::{Connection, Database, Value};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// One template at a time is made in a process. A set-up that panics leaves nothing half-made under the final name.
static MAKING: Mutex<()> = Mutex::new(());

const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn program() -> PathBuf {
    std::env::current_exe().expect("a running program has a file")
}

/// The program as built, in 16 hexadecimal digits.
fn fingerprint() -> String {
    let program = program();
    let mut hasher = DefaultHasher::new();
    program.hash(&mut hasher);
    if let Ok(found) = std::fs::metadata(&program) {
        found.len().hash(&mut hasher);
        found.modified().ok().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// Path of a SQLite file that `setup` has filled.
pub(crate) fn file(name: &str, setup: impl FnOnce(&Database)) -> PathBuf {
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = program().parent().map(Path::to_path_buf).unwrap_or_default();
    let finished = folder.join(format!("lf-template-{name}-{}.db", fingerprint()));
    if finished.exists() {
        return finished;
    }
    sweep_files(&folder);
    let source = test_db::TestDb::sqlite();
    setup(&source.database);
    let building = folder.join(format!("{}.building", server::fresh_name("lf-template")));
    let copied = source.database.backup(&building, &mut |_, _| {});
    copied.unwrap_or_else(|error| panic!("the template {name} cannot be made: {error}"));
    // Whoever comes second replaces the file by an equal one; copies that are being read keep the old one.
    std::fs::rename(&building, &finished).unwrap_or_else(|error| panic!("the template {name} cannot be kept: {error}"));
    finished
}

fn sweep_files(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with("lf-template");
        let age = entry
            .metadata()
            .ok()
            .and_then(|found| found.modified().ok()?.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > A_DAY) {
            // Another process may sweep at the same time; a file that is gone is what we want.
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Name of a PostgreSQL database that `setup` has filled.
pub(crate) fn database(name: &str, setup: impl FnOnce(&Database)) -> String {
    let _making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let finished = format!("lf_template_{name}_{}", fingerprint());
    let mut admin = server::admin();
    if exists(&mut admin, &finished) {
        return finished;
    }
    // Other processes that want the same template wait here; the lock goes with the connection.
    let lock = "select pg_advisory_lock(hashtext($1))";
    admin
        .query(lock, &[finished.as_str().into()])
        .unwrap_or_else(|error| panic!("no lock for {name}: {error}"));
    if exists(&mut admin, &finished) {
        return finished;
    }
    server::sweep();
    let building = server::fresh_name("lf_test_building");
    server::create(&building, None);
    let database = test_db::open(&server::url_of(&building));
    setup(&database);
    drop(database);
    // Renaming waits for sessions to end but does not end them.
    let end = "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1";
    let renamed = admin
        .query(end, &[building.as_str().into()])
        .and_then(|_| admin.batch(&format!("alter database {building} rename to {finished}")));
    renamed.unwrap_or_else(|error| panic!("the template {name} cannot be kept: {error}"));
    finished
}

fn exists(admin: &mut Connection, name: &str) -> bool {
    let found = admin.query_opt("select 1 from pg_database where datname = $1", &[Value::from(name)]);
    found
        .unwrap_or_else(|error| panic!("the server does not answer: {error}"))
        .is_some()
}
