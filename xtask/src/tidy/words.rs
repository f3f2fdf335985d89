//! A module is named by its idea: one called `utils` collects everything that had no name. A button says what it does,
//! and nobody is shouted at.

use super::Finding;
use crate::sources::Tree;

const NAMELESS: [&str; 8] = [
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "managers",
];

/// Labels that say nothing about the act they start.
const EMPTY_LABELS: [&str; 4] = ["OK", "Ok", "确定", "确认"];

/// Checks names of code files, and the words of pages.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, _) in tree
        .all()
        .filter(|(path, _)| path.ends_with(".rs") || path.ends_with(".ts"))
    {
        for part in path.split('/') {
            let name = part.split('.').next().unwrap_or(part);
            if NAMELESS.contains(&name) {
                found.push(Finding::at(
                    path,
                    0,
                    format!("`{name}` names no idea: name it, or leave it where it is used"),
                ));
            }
        }
    }
    for (path, text) in tree.under("crates/", ".ftl") {
        for (index, line) in text.lines().enumerate() {
            let Some((_, words)) = line.split_once('=').filter(|_| !line.starts_with('#')) else {
                continue;
            };
            if words.contains(['!', '！']) {
                found.push(Finding::at(path, index + 1, "no exclamation marks"));
            }
            if EMPTY_LABELS.contains(&words.trim()) {
                found.push(Finding::at(
                    path,
                    index + 1,
                    format!("`{}` does not say what it does", words.trim()),
                ));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_labels_say_something() {
        let found = |path: &str, text: &str| check(&Tree::of(&[(path, text)])).len();
        assert_eq!(found("crates/a/src/utils.rs", ""), 1);
        assert_eq!(found("crates/a/src/common/mod.rs", ""), 1);
        assert_eq!(found("crates/a/src/commons.rs", ""), 0);
        assert_eq!(found("crates/ui/locales/en/ui.ftl", "send = Send\n"), 0);
        assert_eq!(
            found("crates/ui/locales/en/ui.ftl", "send = OK\ndone = Done!\n# why = !\n"),
            2
        );
    }
}
