//! Which rows of the mission are met: a row is met when an item of a pack carries it, all scenarios that name it pass,
//! and one of them also checks what must not happen. A file in the repository keeps the list, and it may only grow.

mod mutation;
pub mod rows;

use crate::sources::root;
use anyhow::{Context, Result, bail, ensure};
use lianfang_scenarios::{BinaryLauncher, Outcome, Scenario, Step, Trouble, Verb, find, run_file};
use rows::{REQUIREMENTS, Row, Shown};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The list that may only grow.
const KEPT: &str = "docs/coverage.txt";

/// Engines a scenario must pass on when results of a test run are given.
const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// What is asked.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    check: bool,
    write: bool,
    /// Where a test run left its results; without it the scenarios are played here, on SQLite.
    results: Option<PathBuf>,
    mutate: bool,
    mutated: Vec<Row>,
    sample: Option<usize>,
    seed: u64,
}

impl Options {
    /// Reads the arguments; nothing when they are wrong.
    pub fn read(arguments: &[&str]) -> Option<Self> {
        let mut options = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match *argument {
                "--check" => options.check = true,
                "--write" => options.write = true,
                "--mutate" => options.mutate = true,
                "--results" => options.results = Some(rest.next()?.into()),
                "--sample" => options.sample = Some(rest.next()?.parse().ok()?),
                "--seed" => options.seed = rest.next()?.parse().ok()?,
                row if options.mutate => options.mutated.push(row.parse().ok()?),
                _ => return None,
            }
        }
        Some(options)
    }
}

/// Does what is asked.
pub fn run(options: &Options) -> Result<()> {
    let known = Known::read(&root().join("packs"))?;
    if options.mutate {
        return mutate(options, &known);
    }
    let passed = match &options.results {
        Some(folder) => known
            .files
            .keys()
            .filter(|key| left_results(folder, key))
            .cloned()
            .collect(),
        None => play_all(&known),
    };
    let shown = known.shown(&passed);
    let met: BTreeSet<Row> = known
        .named()
        .into_iter()
        .filter(|row| rows::lacks(*row, &known.carried, &shown).is_none())
        .collect();
    print!("{}", list(&met));
    for row in known.named().difference(&met) {
        println!(
            "{row} is not met: {}",
            rows::lacks(*row, &known.carried, &shown).unwrap_or_default()
        );
    }
    let path = root().join(KEPT);
    if options.write {
        fs::write(&path, list(&met)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if options.check {
        compare(
            &met,
            &fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?,
        )?;
    }
    Ok(())
}

/// A row that was met stays met; one that was gained is written down with the change that gained it.
fn compare(met: &BTreeSet<Row>, kept: &str) -> Result<()> {
    let kept: BTreeSet<Row> = kept.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let words = |rows: Vec<&Row>| rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    let lost: Vec<&Row> = kept.difference(met).collect();
    ensure!(lost.is_empty(), "no longer met: {}", words(lost));
    let gained: Vec<&Row> = met.difference(&kept).collect();
    ensure!(
        gained.is_empty(),
        "newly met: {}; run `cargo xtask coverage --write`",
        words(gained)
    );
    Ok(())
}

/// `13/247`, the requirements, the rights.
fn list(met: &BTreeSet<Row>) -> String {
    let (requirements, rights): (Vec<&Row>, Vec<&Row>) = met.iter().partition(|row| row.is_requirement());
    let line = |rows: &[&Row]| rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    format!(
        "{}/{REQUIREMENTS}\n{}\n{}\n",
        requirements.len(),
        line(&requirements),
        line(&rights)
    )
}

/// Packs and scenarios as they are.
struct Known {
    /// Rows carried by items.
    carried: BTreeSet<Row>,
    /// File and scenario, by `pack/name`.
    files: BTreeMap<String, (PathBuf, Scenario)>,
}

impl Known {
    fn read(packs: &Path) -> Result<Self> {
        let mut known = Self {
            carried: BTreeSet::new(),
            files: BTreeMap::new(),
        };
        for pack in fs::read_dir(packs)? {
            for file in fs::read_dir(pack?.path())? {
                let path = file?.path();
                if path.extension().is_some_and(|extension| extension == "toml") {
                    let text = fs::read_to_string(&path)?;
                    let rows = rows::carried(&text).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
                    known.carried.extend(rows);
                }
            }
        }
        for file in find(packs)? {
            let scenario = Scenario::read(&file.path)?;
            known
                .files
                .insert(format!("{}/{}", file.pack, file.name), (file.path, scenario));
        }
        Ok(known)
    }

    /// Rows that some scenario names.
    fn named(&self) -> BTreeSet<Row> {
        self.files
            .values()
            .flat_map(|(_, scenario)| rows_of(scenario))
            .collect()
    }

    fn shown(&self, passed: &BTreeSet<String>) -> BTreeMap<Row, Vec<Shown>> {
        let mut shown: BTreeMap<Row, Vec<Shown>> = BTreeMap::new();
        for (key, (_, scenario)) in &self.files {
            for row in rows_of(scenario) {
                shown.entry(row).or_default().push(Shown {
                    scenario: key.clone(),
                    passed: passed.contains(key),
                    refuses: refuses(&scenario.steps),
                });
            }
        }
        shown
    }
}

fn rows_of(scenario: &Scenario) -> impl Iterator<Item = Row> + '_ {
    scenario.meets.iter().filter_map(|row| row.parse().ok())
}

fn refuses(steps: &[Step]) -> bool {
    steps.iter().any(|step| match &step.verb {
        Verb::Request(request) => {
            let patterns = request.expect.iter().chain(&request.expect_each);
            request.status >= 400 || patterns.into_iter().any(rows::is_negative)
        }
        Verb::Steps(inner) => refuses(inner),
        Verb::Clock(_) | Verb::Advance(_) => false,
    })
}

fn left_results(folder: &Path, key: &str) -> bool {
    ENGINES
        .iter()
        .all(|engine| folder.join(format!("{key}.{engine}")).is_file())
}

/// The program that was built; `LIANFANG_BIN` names another.
fn launcher(packs: &Path) -> BinaryLauncher {
    let program = match std::env::var_os("LIANFANG_BIN") {
        Some(program) => PathBuf::from(program),
        None => {
            let this = std::env::current_exe().unwrap_or_default();
            this.parent().unwrap_or(Path::new(".")).join("lianfang")
        }
    };
    BinaryLauncher::new(program, packs)
}

fn play_all(known: &Known) -> BTreeSet<String> {
    let packs = root().join("packs");
    let keys: Vec<&String> = known.files.keys().collect();
    let outcomes = side_by_side(&keys, |key| run_file(&known.files[*key].0, &launcher(&packs)));
    let mut passed = BTreeSet::new();
    for (key, outcome) in keys.into_iter().zip(outcomes) {
        match &outcome.result {
            Ok(()) => drop(passed.insert(key.clone())),
            Err(failure) => eprintln!("{key}\n{failure}"),
        }
    }
    passed
}

/// Does the same with each item, as many at a time as there are processors, and keeps the order.
fn side_by_side<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((index, item)) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|index| Some((index, items.get(index)?)))
                {
                    let result = work(item);
                    if let Ok(mut done) = done.lock() {
                        done.push((index, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

fn mutate(options: &Options, known: &Known) -> Result<()> {
    let candidates: Vec<Row> = match options.mutated.as_slice() {
        [] => known.named().intersection(&known.carried).copied().collect(),
        rows => rows.to_vec(),
    };
    let chosen = match options.sample {
        Some(count) => draw(&candidates, count, options.seed),
        None => candidates,
    };
    let results = side_by_side(&chosen, |row| (*row, survives(*row, known)));
    let mut survivors = Vec::new();
    for (row, result) in results {
        match result? {
            Verdict::Noticed(how) => println!("{row} removed: {how}"),
            Verdict::Survived(why) => {
                println!("{row} removed: {why}");
                survivors.push(row.to_string());
            }
        }
    }
    if !survivors.is_empty() {
        bail!("not shown by their scenarios: {}", survivors.join(" "));
    }
    println!("mutation: {} rows, each missed by its scenarios", chosen.len());
    Ok(())
}

/// Whether somebody noticed that a row was taken out.
enum Verdict {
    Noticed(String),
    Survived(String),
}

fn survives(row: Row, known: &Known) -> Result<Verdict> {
    let folder = tempfile::Builder::new().prefix("lianfang-mutation-").tempdir()?;
    let removed = mutation::copy_without(row, &root().join("packs"), folder.path())?;
    if removed == 0 {
        return Ok(Verdict::Survived("no item of a pack carries it".to_owned()));
    }
    // Where nothing else can be taken out, that the packs do not load is what is noticed.
    mutation::mend(folder.path())?;
    let launcher = launcher(folder.path());
    for (key, (path, _)) in known
        .files
        .iter()
        .filter(|(_, (_, scenario))| rows_of(scenario).any(|one| one == row))
    {
        let outcome: Outcome = run_file(path, &launcher);
        match outcome.result {
            Ok(()) => {}
            Err(failure) => match failure.trouble {
                // A machine in trouble proves nothing.
                Trouble::Machine(_) | Trouble::File(_) => bail!("{key}: {failure}"),
                Trouble::Refused(text) => {
                    let first = text
                        .lines()
                        .find(|line| !line.trim().is_empty() && !line.starts_with("exit status"));
                    return Ok(Verdict::Noticed(format!(
                        "the packs no longer load: {}",
                        first.unwrap_or_default()
                    )));
                }
                _ => {
                    let step = failure
                        .step
                        .map_or("set-up".to_owned(), |(number, _)| format!("step {number}"));
                    return Ok(Verdict::Noticed(format!("{key} fails at {step}")));
                }
            },
        }
    }
    Ok(Verdict::Survived(format!(
        "{removed} items are gone and its scenarios still pass"
    )))
}

/// `count` different ones, the same for the same seed.
fn draw(candidates: &[Row], count: usize, seed: u64) -> Vec<Row> {
    let mut left = candidates.to_vec();
    let mut chosen = Vec::new();
    let mut state = seed;
    while chosen.len() < count && !left.is_empty() {
        // The generator of Knuth's MMIX; its high bits are good enough to draw a few rows.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        chosen.push(left.remove((state >> 33) as usize % left.len()));
    }
    chosen.sort();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> BTreeSet<Row> {
        text.split_whitespace().map(|row| row.parse().unwrap()).collect()
    }

    #[test]
    fn the_list_may_only_grow_and_growth_is_written_down() {
        let kept = list(&rows("S10 S77 D12"));
        assert_eq!(kept, "2/247\nS10 S77\nD12\n");
        assert!(compare(&rows("S10 S77 D12"), &kept).is_ok());
        assert!(
            compare(&rows("S10 D12"), &kept)
                .unwrap_err()
                .to_string()
                .contains("S77")
        );
        assert!(
            compare(&rows("S10 S77 S78 D12"), &kept)
                .unwrap_err()
                .to_string()
                .contains("--write")
        );
    }

    #[test]
    fn arguments_are_read_or_refused() {
        let options = Options::read(&["--mutate", "S77", "--seed", "3"]).unwrap();
        assert_eq!((options.mutated, options.seed), (vec![Row::Requirement(77)], 3));
        assert!(Options::read(&["--check", "--results", "x"]).unwrap().check);
        assert!(Options::read(&["S77"]).is_none());
        assert!(Options::read(&["--sample"]).is_none());
    }

    #[test]
    fn a_sample_is_the_same_for_the_same_seed() {
        let all: Vec<Row> = (1..=50).map(Row::Requirement).collect();
        assert_eq!(draw(&all, 5, 7), draw(&all, 5, 7));
        assert_ne!(draw(&all, 5, 7), draw(&all, 5, 8));
        assert_eq!(draw(&all[..2], 5, 7), all[..2]);
    }

    #[test]
    fn work_is_done_once_each_and_in_order() {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(
            side_by_side(&items, |item| item * 2),
            items.iter().map(|item| item * 2).collect::<Vec<_>>()
        );
    }
}
