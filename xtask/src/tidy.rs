//! The rules of code, packs and words that a program can hold. Each rule is a file; its doc says why it is one.

mod edges;
mod layering;
mod links;
mod locales;
mod migrations;
mod orphans;
mod packs;
mod paths;
mod rust_file;
mod sizes;
mod words;

use crate::sources::{Tree, root};
use anyhow::{Result, bail};
use std::fmt;

/// Something that is not as the rules want it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn at(path: &str, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            message: message.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

/// Every rule that reads files.
const RULES: [(&str, Rule); 9] = [
    ("edges", edges::check),
    ("links", links::check),
    ("locales", locales::check),
    ("migrations", migrations::check),
    ("orphans", orphans::check),
    ("packs", packs::check),
    ("paths", paths::check),
    ("sizes", sizes::check),
    ("words", words::check),
];

/// Checks the checkout and prints what is not right.
pub fn run() -> Result<()> {
    let tree = Tree::read(&root())?;
    let mut findings = layering::check(&layering::metadata()?);
    for (_, rule) in RULES {
        findings.extend(rule(&tree));
    }
    findings.sort();
    findings.dedup();
    for finding in &findings {
        eprintln!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} findings", findings.len());
    }
    println!(
        "tidy: {} files, layering and {} rules hold",
        tree.all().count(),
        RULES.len()
    );
    Ok(())
}
