//! A file of more than 600 lines, or a function of more than 70, holds more than one idea.

use super::{Finding, rust_file};
use crate::sources::Tree;

const FILE_LINES: usize = 600;
const FUNCTION_LINES: usize = 70;

/// Files that people write; the others are made by tools or are data.
const WRITTEN: [&str; 8] = [".rs", ".ts", ".mjs", ".css", ".sql", ".ftl", ".toml", ".md"];

/// Checks all files that people write.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, text) in tree
        .all()
        .filter(|(path, _)| WRITTEN.iter().any(|ending| path.ends_with(ending)))
    {
        let lines = text.lines().count();
        if lines > FILE_LINES {
            found.push(Finding::at(
                path,
                0,
                format!("{lines} lines; {FILE_LINES} is the limit: divide it by idea"),
            ));
        }
        if path.ends_with(".rs") {
            found.extend(functions(path, text));
        }
    }
    found
}

fn functions(path: &str, text: &str) -> Vec<Finding> {
    let file = match rust_file::read(text, false) {
        Ok(file) => file,
        Err(error) => return vec![Finding::at(path, 0, error)],
    };
    let long = file
        .functions
        .into_iter()
        .filter(|function| function.length > FUNCTION_LINES);
    let say = |length| format!("{length} lines; {FUNCTION_LINES} is the limit");
    long.map(|function| {
        Finding::at(
            path,
            function.line,
            format!("fn {}: {}", function.name, say(function.length)),
        )
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_itself_is_allowed() {
        let function = |lines: usize| format!("fn a() {{\n{}}}\n", "x();\n".repeat(lines - 2));
        let found = |text: &str| check(&Tree::of(&[("crates/a/src/lib.rs", text)]));
        assert!(found(&function(70)).is_empty());
        assert_eq!(found(&function(71)).len(), 1);
        assert!(found(&"\n".repeat(600)).is_empty());
        assert_eq!(found(&"\n".repeat(601)).len(), 1);
    }
}
