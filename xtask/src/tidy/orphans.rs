//! A file that no module declares is not built, and its tests are not run, however green everything is.

use super::{Finding, rust_file};
use crate::sources::Tree;
use std::collections::BTreeSet;

/// Checks that every Rust file is reached from a root that the build tool knows.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let files: BTreeSet<&str> = tree.under("", ".rs").map(|(path, _)| path).collect();
    let mut reached: BTreeSet<String> = BTreeSet::new();
    let mut open: Vec<String> = files
        .iter()
        .copied()
        .filter(|path| is_root(path))
        .map(str::to_owned)
        .collect();
    while let Some(path) = open.pop() {
        let Some(text) = tree.get(&path).filter(|_| reached.insert(path.clone())) else {
            continue;
        };
        let modules = rust_file::read(text, false)
            .map(|file| file.modules)
            .unwrap_or_default();
        open.extend(modules.iter().flat_map(|module| places(&path, &module.name)));
    }
    let orphans = files.into_iter().filter(|path| !reached.contains(*path));
    orphans
        .map(|path| Finding::at(path, 0, "no module declares this file"))
        .collect()
}

/// `src/lib.rs`, `src/main.rs`, `build.rs`; files directly in `src/bin`, `tests`, `benches`, `examples`, and `main.rs` in a
/// folder of theirs; what the fuzzer runs.
fn is_root(path: &str) -> bool {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let kind = folder.rsplit('/').next().unwrap_or(folder);
    let above = folder.rsplit('/').nth(1).unwrap_or_default();
    match file {
        "lib.rs" => kind == "src",
        "main.rs" => kind == "src" || ["bin", "tests", "benches", "examples"].contains(&above),
        "build.rs" => true,
        _ if folder == "fuzz/targets" => true,
        _ => ["bin", "tests", "benches", "examples"].contains(&kind) && !folder.contains("/src/tests"),
    }
}

/// Where the text of a module may be.
pub fn places(path: &str, module: &str) -> Vec<String> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    if module.ends_with(".rs") {
        return vec![format!("{folder}/{module}")];
    }
    let stem = file.trim_end_matches(".rs");
    let is_top = ["lib", "main", "mod", "build"].contains(&stem) || is_root(path);
    let inner = if is_top {
        folder.to_owned()
    } else {
        format!("{folder}/{stem}")
    };
    vec![format!("{inner}/{module}.rs"), format!("{inner}/{module}/mod.rs")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_reached_from_a_root() {
        let tree = Tree::of(&[
            ("crates/a/src/lib.rs", "mod b; mod e;"),
            ("crates/a/src/b.rs", "mod c;"),
            ("crates/a/src/b/c.rs", ""),
            ("crates/a/src/b/forgotten.rs", ""),
            ("crates/a/src/e/mod.rs", "#[cfg(test)] mod tests;"),
            ("crates/a/src/e/tests.rs", ""),
            ("crates/a/tests/http.rs", "mod journeys;"),
            ("crates/a/tests/journeys/mod.rs", ""),
            ("crates/a/tests/lost/mod.rs", ""),
            ("crates/a/tests/many/main.rs", "mod one;"),
            ("crates/a/tests/many/one.rs", ""),
        ]);
        let found: Vec<String> = check(&tree).into_iter().map(|finding| finding.path).collect();
        assert_eq!(found, ["crates/a/src/b/forgotten.rs", "crates/a/tests/lost/mod.rs"]);
    }
}
