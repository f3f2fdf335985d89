//! Nothing names the machine it was written on: a checkout works anywhere, and dependencies come from public registries.

use super::Finding;
use crate::sources::Tree;

/// Beginnings of paths that exist on one machine only, in two parts so that this file is not found itself.
const MACHINES: [(&str, &str); 4] = [("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/Use", "rs/")];

/// Where dependencies may come from.
const REGISTRIES: [&str; 2] = [
    "https://registry.npmjs.org/",
    "registry+https://github.com/rust-lang/crates.io-index",
];

/// Checks every text file.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree.all() {
        for (index, line) in text.lines().enumerate() {
            let machine = MACHINES
                .iter()
                .map(|(a, b)| format!("{a}{b}"))
                .find(|machine| names_machine(line, machine));
            if let Some(machine) = machine {
                found.push(Finding::at(
                    path,
                    index + 1,
                    format!("a path of one machine: {machine}…"),
                ));
            }
        }
        if path.ends_with("package-lock.json") || path.ends_with("Cargo.lock") {
            found.extend(sources(path, text));
        }
    }
    found
}

/// The same letters within an address or a longer path are no path of a machine.
fn names_machine(line: &str, machine: &str) -> bool {
    line.match_indices(machine).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || "/._-}".contains(before))
    })
}

fn sources(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().enumerate();
    let foreign = lines.filter(|(_, line)| {
        let line = line.trim();
        let names_source = line.starts_with("\"resolved\": \"http") || line.starts_with("source = ");
        names_source && !REGISTRIES.iter().any(|registry| line.contains(registry))
    });
    foreign
        .map(|(index, _)| Finding::at(path, index + 1, "does not come from a public registry"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_a_machine_are_found_and_others_are_not() {
        let found = |text: &str| check(&Tree::of(&[("docs/a.md", text)])).len();
        let machine = |(a, b): (&str, &str)| format!("see {a}{b}x");
        assert_eq!(found(&machine(MACHINES[0])), 1);
        assert_eq!(found(&machine(MACHINES[2])), 1);
        assert_eq!(
            found("https://example.org/home/x and crates/home/x and /usr/bin/chromium"),
            0
        );
    }

    #[test]
    fn a_lock_file_names_public_registries_only() {
        let found = |text: &str| check(&Tree::of(&[("web/package-lock.json", text)])).len();
        assert_eq!(found("\"resolved\": \"https://registry.npmjs.org/a/-/a-1.tgz\","), 0);
        assert_eq!(found("\"resolved\": \"https://mirror.example.org/a/-/a-1.tgz\","), 1);
    }
}
