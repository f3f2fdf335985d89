//! Told findings: what the tests of the loader share.

#![allow(dead_code, reason = "each test program takes some of it")]

use lianfang_policy::{Finding, FindingSeverity, Source, load};

pub fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

pub fn base() -> Source {
    source("packs/examples/base.toml", include_str!("../packs/base.toml"))
}

pub fn findings(text: &str) -> Vec<Finding> {
    match load(&[base(), source("packs/examples/x.toml", text)], &[]) {
        Ok(loaded) => loaded.warnings,
        Err(findings) => findings,
    }
}

/// Each case: a text in which `¦` stands before the place of its one mistake, and parts of what is said and of the hint.
pub fn check(cases: &[(&str, &str, &str)]) {
    for (marked, what, hint) in cases {
        let (before, after) = marked.split_once('¦').unwrap();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        let text = format!("{before}{after}");
        let found = findings(&text);
        let errors: Vec<&Finding> = found.iter().filter(|f| f.severity == FindingSeverity::Error).collect();
        let hit = errors
            .iter()
            .find(|f| f.what.en.contains(what) && f.hint.en.contains(hint));
        let Some(hit) = hit else {
            panic!("no such finding in {found:#?}\nof\n{text}\nwanted {what} — {hint}")
        };
        assert_eq!(
            (hit.line as usize, hit.column as usize),
            (line, column),
            "{hit}\n{marked}"
        );
        assert!(
            hit.file.ends_with("x.toml") && !hit.what.zh.is_empty() && !hit.hint.zh.is_empty(),
            "{hit:?}"
        );
        assert_eq!(errors.len(), 1, "one mistake is one finding: {errors:#?}\n{text}");
    }
}

/// A protocol whose parts are given.
pub fn protocol(rest: &str) -> String {
    format!("[protocol.p]\ntitle = {{ zh = \"协议\", en = \"P\" }}\n{rest}\n")
}

/// A title as a line of its own, and inside a table.
pub const T: &str = "title = { zh = \"甲\", en = \"A\" }\n";
pub const T_INLINE: &str = "title = { zh = \"甲\", en = \"A\" }";

pub const TASK: &str =
    "title = { zh = \"任务\", en = \"Task\" }, owner = \"territory(subject)\", expects = \"temperature\"";
