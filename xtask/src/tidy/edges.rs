//! Time and randomness are parameters. They enter in the few places named here; a test can then stand at any moment, and
//! the same entries give the same plan.

use super::{Finding, orphans, rust_file};
use crate::sources::Tree;
use std::collections::BTreeSet;

/// Calls that read the machine's time or make random values, and the places that may.
const EDGES: [(&str, &[&str]); 9] = [
    ("SystemTime::now", &[]),
    ("Timestamp::now", &["crates/kernel/src/clock.rs"]),
    ("Zoned::now", &[]),
    ("Uuid::new_v4", &["crates/testkit/src/server.rs"]),
    ("Uuid::now_v7", &[]),
    (
        "SystemRandom::new",
        &["crates/ledger/", "crates/server/", "crates/pages/", "crates/lianfang/"],
    ),
    ("rand::rng", &[]),
    ("rand::random", &[]),
    (
        "getrandom::fill",
        &["crates/ledger/", "crates/server/", "crates/pages/", "crates/lianfang/"],
    ),
];

/// Checks the code outside of tests. A path that ends in `/` stands for a crate at the edge.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let tests = test_files(tree);
    for (path, text) in tree.under("", ".rs") {
        let file = rust_file::read(text, tests.contains(path)).unwrap_or_default();
        for (line, call) in &file.paths {
            let edge = EDGES.iter().find(|(name, _)| name == call);
            if edge.is_some_and(|(_, places)| !places.iter().any(|place| path.starts_with(place))) {
                let message = format!("{call}: take a clock, an id source or a generator as a parameter");
                found.push(Finding::at(path, *line, message));
            }
        }
        found.extend(unfinished(path, &file));
    }
    found
}

/// What stands for something that is not there yet, or stops without saying why.
fn unfinished(path: &str, file: &rust_file::RustFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for (line, name) in &file.macros {
        if ["todo", "unimplemented", "dbg"].contains(&name.as_str()) {
            found.push(Finding::at(path, *line, format!("{name}!: finish it")));
        }
    }
    for (line, name) in &file.methods {
        if name == "unwrap" {
            found.push(Finding::at(
                path,
                *line,
                "unwrap: return the error, or expect with the invariant",
            ));
        }
    }
    for line in &file.ignored {
        found.push(Finding::at(path, *line, "#[ignore]: a test that is not run is none"));
    }
    found
}

/// Files that are only built for tests, benchmarks, examples and the fuzzer, by their folder or by the module that declares them.
fn test_files(tree: &Tree) -> BTreeSet<String> {
    let is_of_tests = |path: &str| {
        ["/tests/", "/benches/", "/examples/", "fuzz/targets/"]
            .iter()
            .any(|part| path.contains(part))
    };
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = Vec::new();
    for (path, text) in tree.under("", ".rs") {
        if is_of_tests(path) {
            found.insert(path.to_owned());
        }
        let modules = rust_file::read(text, false)
            .map(|file| file.modules)
            .unwrap_or_default();
        let of_tests = modules.iter().filter(|module| module.is_test);
        open.extend(of_tests.flat_map(|module| orphans::places(path, &module.name)));
    }
    while let Some(path) = open.pop() {
        if let Some(text) = tree.get(&path).filter(|_| found.insert(path.clone())) {
            let modules = rust_file::read(text, false)
                .map(|file| file.modules)
                .unwrap_or_default();
            open.extend(modules.iter().flat_map(|module| orphans::places(&path, &module.name)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn the_clock_is_read_in_one_place() {
        let text = "fn a() { jiff::Timestamp::now(); }";
        assert_eq!(found("crates/kernel/src/clock.rs", text), 0);
        assert_eq!(found("crates/kernel/src/time.rs", text), 1);
        assert_eq!(found("crates/kernel/tests/time.rs", text), 0);
        assert_eq!(found("crates/kernel/src/time.rs", "// Timestamp::now\n"), 0);
    }

    #[test]
    fn nothing_is_left_unfinished() {
        assert_eq!(found("crates/a/src/b.rs", "fn a() { todo!() }"), 1);
        assert_eq!(found("crates/a/src/b.rs", "fn a() { b.unwrap(); }"), 1);
        assert_eq!(
            found("crates/a/tests/b.rs", "#[test] #[ignore] fn a() { b.unwrap(); }"),
            1
        );
    }

    #[test]
    fn a_module_that_is_declared_for_tests_is_one() {
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", "#[cfg(test)]\nmod fuzz;\nmod b;"),
            ("crates/a/src/fuzz.rs", "mod inner; fn a() { b.unwrap(); }"),
            ("crates/a/src/fuzz/inner.rs", "fn a() { b.unwrap(); }"),
            ("crates/a/src/b.rs", "fn a() { b.unwrap(); }"),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["crates/a/src/b.rs"]);
    }
}
