//! Our SQL stays fit for a distributed server: every statement in the sources, every table of the schema.

use lianfang_db::citus_rules::{check_schema, check_sql};
use lianfang_ledger::{KEY_MIGRATIONS, MIGRATIONS};
use std::path::{Path, PathBuf};

#[test]
fn every_table_says_where_it_lies_and_keeps_its_distribution_column() {
    for migrations in [MIGRATIONS, KEY_MIGRATIONS] {
        let violations = check_schema(migrations);
        assert!(violations.is_empty(), "{violations:#?}");
    }
}

#[test]
fn every_statement_is_one_that_a_distributed_server_takes() {
    let texts = statements();
    assert!(
        texts.len() > 60,
        "only {} statements found: the scan is blind",
        texts.len()
    );
    let mut bad = Vec::new();
    for (file, text) in texts {
        for violation in check_sql(&text) {
            bad.push(format!("{}: {violation:?}\n    {text}", file.display()));
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

/// String literals of the sources that begin like a statement.
fn statements() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().flatten().map(|entry| entry.path()));
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for literal in literals(&source) {
            let head = literal
                .trim_start()
                .split(' ')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            if matches!(head.as_str(), "select" | "insert" | "update" | "delete") {
                found.push((path.clone(), literal));
            }
        }
    }
    found
}

fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, _) in source.match_indices('"') {
        let rest = &source[index + 1..];
        let Some(end) = rest.find('"') else { break };
        let text = rest[..end].replace("\\\n", " ");
        found.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }
    found
}
