//! Everything CI runs. `make test` and `.ci/run` are this and nothing else, so what is green here is green there.
//!
//! All stages run even when one has failed: one run names everything that is wrong. The last line is a plain
//! `N passed, N failed`, tests and checks together.

mod provide;
mod stage;
mod tally;

use crate::sources::root;
use anyhow::{Context, Result, anyhow, bail};
use lianfang_testkit::postgres_cluster;
use stage::{Done, Stage};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tally::Tally;

/// How many rows are taken out of the packs in every run; `cargo xtask coverage --mutate` tries all.
const MUTATED_ROWS: &str = "3";

/// How long each parser is fuzzed in every run; `cargo xtask fuzz` takes longer.
const FUZZED_SECONDS: &str = "10";

/// Runs the gate, or only the stages whose name holds one of the words.
/// False when something failed.
pub fn run(only: &[&str]) -> Result<bool> {
    let started = Instant::now();
    provide::provide()?;
    let place = tempfile::Builder::new().prefix("lianfang-gate-").tempdir()?;
    let postgres = PostgresServer::start()?;
    let gate = Gate {
        root: root(),
        place: place.path().to_path_buf(),
        postgres: postgres.url.clone(),
        programs: programs()?,
    };
    let mut done = Vec::new();
    for stage in gate.stages() {
        if only.is_empty() || only.iter().any(|word| stage.name().contains(word)) {
            done.push(stage.run());
        }
    }
    drop(postgres);
    report(&done, started)
}

/// What the stages need to know.
struct Gate {
    root: PathBuf,
    place: PathBuf,
    postgres: String,
    /// `target/debug`.
    programs: PathBuf,
}

impl Gate {
    /// Cheap ones first, what they build before what uses it.
    fn stages(&self) -> Vec<Stage> {
        let mut stages = self.reading();
        stages.extend(self.testing());
        stages.extend(self.browsing());
        stages
    }

    /// What is found without running the program.
    fn reading(&self) -> Vec<Stage> {
        let web = self.root.join("web");
        let documentation = [
            "doc",
            "--workspace",
            "--no-deps",
            "--document-private-items",
            "--locked",
        ];
        vec![
            self.cargo("format", &["fmt", "--all", "--check"]),
            self.xtask("rules", &["tidy"]),
            // Locked apart from the rest: it would say only after all tests that a dependency has changed.
            self.cargo(
                "packages of the fuzz targets",
                &["fetch", "--locked", "--manifest-path", "fuzz/Cargo.toml"],
            ),
            npm("packages of the pages", &web, &["ci", "--no-audit", "--no-fund"]),
            npm("scripts and styles", &web, &["run", "build"]),
            Stage::tests("scripts without a browser", "npm", &["test"]).within(&web),
            self.cargo(
                "lints",
                &[
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--locked",
                    "--",
                    "-D",
                    "warnings",
                ],
            ),
            self.cargo("documentation", &documentation)
                .with("RUSTDOCFLAGS", "-D warnings"),
        ]
    }

    /// Tests on both databases, and whether they would notice that a row was gone.
    fn testing(&self) -> Vec<Stage> {
        let results = self.place.join("results").display().to_string();
        let (sample, seed) = (MUTATED_ROWS, seed(&self.root).to_string());
        let nextest = ["nextest", "run", "--workspace", "--profile", "ci", "--locked"];
        vec![
            self.cargo("programs", &["build", "--workspace", "--bins", "--locked"]),
            // Scenarios and journeys walk through the program as it is shipped: without optimisation each start of it
            // reads the packs for seconds, and there are hundreds.
            self.cargo(
                "release build",
                &["build", "--release", "--bin", "lianfang", "--locked"],
            ),
            Stage::tests("tests", "cargo", &nextest)
                .within(&self.root)
                .with("LIANFANG_BIN", self.shipped())
                .with("LIANFANG_TEST_POSTGRES", &self.postgres)
                .with("LIANFANG_SCENARIO_RESULTS", &results),
            Stage::tests(
                "examples in the documentation",
                "cargo",
                &["test", "--workspace", "--doc", "--locked"],
            )
            .within(&self.root)
            .with("LIANFANG_TEST_POSTGRES", &self.postgres),
            self.xtask("rows met", &["coverage", "--check", "--results", &results]),
            self.xtask(
                "rows missed when taken out",
                &["coverage", "--mutate", "--sample", sample, "--seed", &seed],
            ),
            self.xtask("parsers fuzzed", &["fuzz", "--seconds", FUZZED_SECONDS]),
        ]
    }

    /// Pages in a browser: with made-up contents, then of the running program.
    fn browsing(&self) -> Vec<Stage> {
        let (e2e, pages) = (self.root.join("e2e"), self.place.join("pages").display().to_string());
        let gallery = self.programs.join("examples/gallery");
        vec![
            npm("packages of the journeys", &e2e, &["ci", "--no-audit", "--no-fund"]),
            Stage::check("pages with made-up contents", gallery, &[&pages]).within(&self.root),
            npm("accessibility of pages", &e2e, &["run", "gallery", "--", &pages]),
            npm("scripts on pages", &e2e, &["run", "enhancements", "--", &pages]),
            Stage::tests("journeys", "npm", &["test"])
                .within(&e2e)
                .with("LIANFANG_BIN", self.shipped()),
        ]
    }

    /// The program as it is shipped.
    fn shipped(&self) -> PathBuf {
        self.programs.join("../release/lianfang")
    }

    fn cargo(&self, name: &'static str, arguments: &[&str]) -> Stage {
        Stage::check(name, "cargo", arguments).within(&self.root)
    }

    fn xtask(&self, name: &'static str, arguments: &[&str]) -> Stage {
        let this = std::env::current_exe().unwrap_or_else(|_| self.programs.join("xtask"));
        Stage::check(name, this, arguments).within(&self.root)
    }
}

fn npm(name: &'static str, folder: &Path, arguments: &[&str]) -> Stage {
    Stage::check(name, "npm", arguments).within(folder)
}

/// Other rows are drawn for every commit, and the same ones whenever it is run again.
fn seed(root: &Path) -> u64 {
    let head = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .current_dir(root)
        .output();
    let head = head
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .unwrap_or_default();
    u64::from_str_radix(&head, 16).unwrap_or(1)
}

/// The folder of the program that runs, which is where the others are built.
fn programs() -> Result<PathBuf> {
    let this = std::env::current_exe().context("a running program has a file")?;
    this.parent()
        .map(Path::to_path_buf)
        .ok_or_else(|| anyhow!("a file is in a folder"))
}

/// A PostgreSQL for this run alone.
struct PostgresServer {
    folder: tempfile::TempDir,
    url: String,
}

impl PostgresServer {
    fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("lianfang-postgres-").tempdir()?;
        let url = postgres_cluster::start_private(folder.path()).map_err(|error| anyhow!("{error}"))?;
        Ok(Self { folder, url })
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if let Err(error) = postgres_cluster::stop(self.folder.path()) {
            eprintln!("the PostgreSQL of the tests was left running: {error}");
        }
    }
}

fn report(done: &[Done], started: Instant) -> Result<bool> {
    println!("\n── what came of it, in {} s ──", started.elapsed().as_secs());
    let mut total = Tally::default();
    for done in done {
        let word = if done.is_ok { "ok" } else { "FAILED" };
        println!("{word:>6}  {:>4} s  {}", done.took.as_secs(), done.name);
        total += done.tally;
    }
    for line in done.iter().flat_map(|done| &done.closing) {
        println!("{line}");
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    if done.is_empty() {
        bail!("nothing was run");
    }
    Ok(total.failed == 0)
}
