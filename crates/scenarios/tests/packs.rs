//! Every scenario of every pack, on SQLite and on PostgreSQL: `isolation::s77-second-swab-after-24-hours::sqlite`.
//!
//! The program under test is the one built beside this test, or the one `LIANFANG_BIN` names: `make scenarios` builds
//! it first. Each passing scenario leaves a file `<pack>/<scenario>.<engine>` in the folder that
//! `LIANFANG_SCENARIO_RESULTS` names; `cargo xtask coverage` counts them.

use lianfang_scenarios::{BinaryLauncher, Outcome, ScenarioFile, find, run_file};
use lianfang_testkit::{Engine, TestDb};
use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};

fn main() {
    let arguments = Arguments::from_args();
    let packs = root().join("packs");
    let files = match find(&packs) {
        Ok(files) => files,
        Err(error) => {
            eprintln!("{}: {error}", packs.display());
            std::process::exit(1);
        }
    };
    let trials = files.into_iter().flat_map(|file| {
        [Engine::Sqlite, Engine::Postgres].map(|engine| {
            let name = format!("{}::{}::{}", file.pack, file.name, engine_name(engine));
            let file = file.clone();
            Trial::test(name, move || run(&file, engine))
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit();
}

fn run(file: &ScenarioFile, engine: Engine) -> Result<(), Failed> {
    let launcher = BinaryLauncher::new(program()?, root().join("packs"));
    let launcher = match engine {
        Engine::Sqlite => launcher,
        Engine::Postgres => launcher.on_databases(|| {
            let database = TestDb::postgres();
            (database.url().to_owned(), Box::new(database))
        }),
    };
    let outcome = run_file(&file.path, &launcher);
    match &outcome.result {
        Ok(()) => record(file, engine, &outcome),
        Err(failure) => Err(format!("{}\n{failure}", file.path.display()).into()),
    }
}

fn record(file: &ScenarioFile, engine: Engine, outcome: &Outcome) -> Result<(), Failed> {
    let Some(folder) = std::env::var_os("LIANFANG_SCENARIO_RESULTS") else {
        return Ok(());
    };
    let folder = Path::new(&folder).join(&file.pack);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}.{}", file.name, engine_name(engine)));
    Ok(std::fs::write(path, format!("{} steps\n", outcome.steps))?)
}

fn engine_name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "sqlite",
        Engine::Postgres => "postgres",
    }
}

fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// `target/<profile>/lianfang`, two folders above `target/<profile>/deps/<this test>`.
fn program() -> Result<PathBuf, String> {
    if let Some(program) = std::env::var_os("LIANFANG_BIN") {
        return Ok(program.into());
    }
    let this = std::env::current_exe().map_err(|error| error.to_string())?;
    let program = this.ancestors().nth(2).map(|folder| folder.join("lianfang"));
    program
        .filter(|program| program.is_file())
        .ok_or_else(|| "the program lianfang is not built: `make scenarios` builds it and runs this".to_owned())
}
