//! The fuzz targets of `fuzz/`, each for a bounded time, two at once.
//!
//! libFuzzer with the counters that the stable compiler can insert; no nightly compiler is needed. What a run finds out
//! about the ways through the code is kept under `target/fuzz/corpus`, so that the next one begins where it stopped.

use crate::sources::root;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

/// What makes the compiler count the ways taken and the values compared.
const COUNTERS: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Set while this program stands before the compiler.
const BEFORE_COMPILER: &str = "LIANFANG_XTASK_COUNTS";

/// Where a target's first inputs come from, besides `fuzz/seeds/<target>/`: files of a folder with an ending.
const SEEDS: [(&str, &str, &str); 3] = [
    ("packs", "packs", "toml"),
    ("pictures", "web/src/icons", "png"),
    ("sheets", "crates/linkage/data", "csv"),
];

/// Larger files would only slow the search.
const MOST_BYTES: u64 = 16_384;

/// What to run.
#[derive(Debug, PartialEq, Eq)]
pub struct Options<'a> {
    seconds: u32,
    only: Option<&'a str>,
}

impl<'a> Options<'a> {
    /// Reads `[--seconds N] [TARGET]`.
    pub fn read(arguments: &[&'a str]) -> Option<Self> {
        let (seconds, rest) = match arguments {
            ["--seconds", seconds, rest @ ..] => (seconds.parse().ok()?, rest),
            rest => (60, rest),
        };
        match rest {
            [] => Some(Self { seconds, only: None }),
            [one] if !one.starts_with('-') => Some(Self {
                seconds,
                only: Some(*one),
            }),
            _ => None,
        }
    }
}

/// Builds the targets and runs them.
///
/// # Errors
/// A target that does not build, or that found an input which makes a parser panic, loop or ask for too much memory.
pub fn run(options: &Options<'_>) -> Result<()> {
    let root = root();
    let place = place(&root);
    let targets = targets(&root, options.only)?;
    let programs = build(&root, &place)?;
    let mut failed = Vec::new();
    for pair in targets.chunks(2) {
        let running: Vec<_> = pair
            .iter()
            .map(|target| Ok((target, start(&root, &place, &programs, target, options.seconds)?)))
            .collect::<Result<_>>()?;
        for (target, child) in running {
            let output = child.wait_with_output()?;
            let told = String::from_utf8_lossy(&output.stderr);
            match output.status.success() {
                true => println!("{target}: {}", summary(&told)),
                false => {
                    println!("{target}: FAILED\n{}", tail(&told));
                    failed.push(target.as_str());
                }
            }
        }
    }
    let ran = targets.len();
    println!("{} passed, {} failed", ran - failed.len(), failed.len());
    if !failed.is_empty() {
        let found = place.join("found").display().to_string();
        bail!(
            "{} found something; play it again with the program of the target and the file in {found}",
            failed.join(", ")
        );
    }
    Ok(())
}

fn place(root: &Path) -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    target.join("fuzz")
}

/// Names of the files in `fuzz/targets`.
fn targets(root: &Path, only: Option<&str>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root.join("fuzz/targets"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if only.is_none_or(|only| only == name) {
            found.push(name);
        }
    }
    found.sort();
    if found.is_empty() {
        bail!("there is no such target in fuzz/targets");
    }
    Ok(found)
}

/// Runs the compiler that cargo meant, with counters for crates of ours: with counters in all of them, some take minutes. `None`
/// when this program was not called to stand before the compiler.
pub fn before_compiler(arguments: &[&str]) -> Option<ExitCode> {
    std::env::var_os(BEFORE_COMPILER)?;
    let (compiler, rest) = arguments.split_first()?;
    let name = rest.iter().skip_while(|word| **word != "--crate-name").nth(1);
    let is_ours = |name: &str| name.starts_with("lianfang_") || root().join(format!("fuzz/targets/{name}.rs")).exists();
    let mut command = Command::new(compiler);
    command.args(rest);
    if name.is_some_and(|name| is_ours(name)) {
        command.args(COUNTERS);
    }
    let code = command.status().ok().and_then(|status| status.code());
    Some(ExitCode::from(
        code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
    ))
}

/// The folder of the built programs.
fn build(root: &Path, place: &Path) -> Result<PathBuf> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--locked", "--quiet"])
        .current_dir(root.join("fuzz"))
        .env("CARGO_TARGET_DIR", place)
        .env("RUSTC_WRAPPER", std::env::current_exe()?)
        .env(BEFORE_COMPILER, "1")
        .status()
        .context("cargo")?;
    if !status.success() {
        bail!("the fuzz targets do not build");
    }
    Ok(place.join("release"))
}

fn start(root: &Path, place: &Path, programs: &Path, target: &str, seconds: u32) -> Result<Child> {
    let corpus = place.join("corpus").join(target);
    let found = place.join("found");
    fs::create_dir_all(&corpus)?;
    fs::create_dir_all(&found)?;
    plant(root, target, &corpus)?;
    Command::new(programs.join(target))
        .arg(&corpus)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/{target}-", found.display()))
        .args([
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-max_len=16384",
            "-print_final_stats=1",
            "-verbosity=0",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{target} cannot be started"))
}

/// Puts a target's first inputs into its corpus.
fn plant(root: &Path, target: &str, corpus: &Path) -> Result<()> {
    let own = root.join("fuzz/seeds").join(target);
    if own.is_dir() {
        copy(&own, "", corpus)?;
    }
    for (_, folder, ending) in SEEDS.iter().filter(|(of, ..)| *of == target) {
        copy(&root.join(folder), ending, corpus)?;
    }
    if target == "scanned" {
        let vectors = fs::read_to_string(root.join("crates/pass/tests/foreign/vectors/cases.json"))?;
        let cases: Vec<Value> = serde_json::from_str(&vectors)?;
        for (number, case) in cases.iter().enumerate() {
            let codes = case["codes"].as_array().into_iter().flatten().filter_map(Value::as_str);
            fs::write(
                corpus.join(format!("vector-{number}")),
                codes.collect::<Vec<_>>().join("\n"),
            )?;
        }
    }
    Ok(())
}

/// Copies the small files with an ending from a folder and those in it.
fn copy(folder: &Path, ending: &str, corpus: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let path = entry.path();
        let name = path.to_string_lossy();
        if path.is_dir() {
            copy(&path, ending, corpus)?;
        } else if name.ends_with(ending) && entry.metadata()?.len() <= MOST_BYTES {
            fs::copy(&path, corpus.join(name.replace('/', "-").trim_start_matches('-')))?;
        }
    }
    Ok(())
}

/// How often the target ran, from the closing figures of libFuzzer.
fn summary(told: &str) -> String {
    let figure = |name: &str| {
        let line = told.lines().find(|line| line.contains(name)).unwrap_or_default();
        line.rsplit(' ').next().unwrap_or_default().to_owned()
    };
    let runs = figure("stat::number_of_executed_units");
    format!("{runs} inputs, {} MB at most", figure("stat::peak_rss_mb"))
}

fn tail(told: &str) -> String {
    let lines: Vec<&str> = told.lines().filter(|line| !line.starts_with("stat::")).collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_a_time_and_a_target() {
        let read = |words: &[&'static str]| Options::read(words);
        assert_eq!(
            read(&[]),
            Some(Options {
                seconds: 60,
                only: None
            })
        );
        let both = Options {
            seconds: 5,
            only: Some("packs"),
        };
        assert_eq!(read(&["--seconds", "5", "packs"]), Some(both));
        for wrong in [&["--seconds"][..], &["--seconds", "x"], &["--all"], &["a", "b"]] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn every_target_is_a_program_of_its_own() {
        let root = root();
        let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
        for target in targets(&root, None).unwrap() {
            assert!(
                manifest.contains(&format!("path = \"targets/{target}.rs\"")),
                "{target} is not in fuzz/Cargo.toml"
            );
        }
    }

    #[test]
    fn the_closing_figures_are_read() {
        let told = "stat::number_of_executed_units: 412\nstat::peak_rss_mb:              31\n";
        assert_eq!(summary(told), "412 inputs, 31 MB at most");
    }
}
