//! Migrations are numbered from 1 without gap or double, each series on its own: two branches that both added number 7
//! must not both be merged.

use super::Finding;
use crate::sources::Tree;
use std::collections::BTreeMap;

/// Checks the names `0001_what.sql` and `series_0001.sql` under every `migrations` folder.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut series: BTreeMap<String, Vec<(u32, &str)>> = BTreeMap::new();
    for (path, _) in tree
        .under("crates/", ".sql")
        .filter(|(path, _)| path.contains("/migrations/"))
    {
        match numbered(path) {
            Some((name, number)) => series.entry(name).or_default().push((number, path)),
            None => found.push(Finding::at(
                path,
                0,
                "a migration is called 0001_what.sql or series_0001.sql",
            )),
        }
    }
    for files in series.values_mut() {
        files.sort_unstable();
        for ((number, path), expected) in files.iter().zip(1..) {
            if *number != expected {
                found.push(Finding::at(
                    path,
                    0,
                    format!("number {expected} is expected here, not {number}"),
                ));
                break;
            }
        }
    }
    found
}

/// Folder and series, and the number.
fn numbered(path: &str) -> Option<(String, u32)> {
    let (folder, file) = path.rsplit_once('/')?;
    let stem = file.strip_suffix(".sql")?;
    let (first, rest) = stem.split_once('_')?;
    let number = |text: &str| (text.len() == 4).then(|| text.parse().ok()).flatten();
    match number(first) {
        Some(found) => Some((folder.to_owned(), found)),
        None => Some((format!("{folder}/{first}"), number(rest)?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[&str]) -> usize {
        let paths: Vec<String> = names
            .iter()
            .map(|name| format!("crates/a/migrations/{name}.sql"))
            .collect();
        let files: Vec<(&str, &str)> = paths.iter().map(|path| (path.as_str(), "")).collect();
        check(&Tree::of(&files)).len()
    }

    #[test]
    fn numbers_follow_each_other() {
        assert_eq!(found(&["0001_a", "0002_b", "keys_0001"]), 0);
        assert_eq!(found(&["0001_a", "0001_b"]), 1);
        assert_eq!(found(&["0001_a", "0003_b"]), 1);
        assert_eq!(found(&["first"]), 1);
    }
}
