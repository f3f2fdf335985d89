//! Collects findings and knows the places of files.

use super::finding::{Finding, FindingSeverity, Source};
use super::tree::{Spot, Value, written_offset};
use crate::expr::Place;
use crate::expr::complaint::Complaint;
use lianfang_kernel::Words;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At {
    pub(super) file: usize,
    pub(super) offset: usize,
}

struct File {
    path: Arc<str>,
    text: String,
    lines: Vec<usize>,
}

/// All findings of one run.
#[derive(Default)]
pub(super) struct Log {
    files: Vec<File>,
    findings: Vec<Finding>,
    /// Fields that were not read because of a mistake in them.
    unread: BTreeSet<String>,
}

impl Log {
    pub(super) fn add_file(&mut self, source: &Source) -> usize {
        let lines = source.text.match_indices('\n').map(|(at, _)| at + 1);
        self.files.push(File {
            path: Arc::from(source.path.as_str()),
            lines: std::iter::once(0).chain(lines).collect(),
            text: source.text.clone(),
        });
        self.files.len() - 1
    }

    /// File, line and column of a place.
    pub(super) fn place(&self, at: At) -> Place {
        let Some(file) = self.files.get(at.file) else {
            return Place::default();
        };
        let line = file.lines.partition_point(|start| *start <= at.offset).max(1);
        let start = file.lines.get(line - 1).copied().unwrap_or(0);
        let column = file.text.get(start..at.offset).map_or(0, |text| text.chars().count()) + 1;
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Place {
            file: file.path.clone(),
            line: number(line),
            column: number(column),
        }
    }

    fn push(&mut self, at: At, what: Words, hint: Words, severity: FindingSeverity) {
        let place = self.place(at);
        let finding = Finding {
            file: place.file.to_string(),
            line: place.line,
            column: place.column,
            what,
            hint,
            severity,
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// A field is not read, and why was told: that others do not find it is not told again.
    pub(super) fn unread(&mut self, field: &str) {
        self.unread.insert(field.to_owned());
    }

    pub(super) fn error(
        &mut self,
        at: At,
        what: (impl Into<String>, impl Into<String>),
        hint: (impl Into<String>, impl Into<String>),
    ) {
        self.push(
            at,
            Words::new(what.0, what.1),
            Words::new(hint.0, hint.1),
            FindingSeverity::Error,
        );
    }

    pub(super) fn warning(
        &mut self,
        at: At,
        what: (impl Into<String>, impl Into<String>),
        hint: (impl Into<String>, impl Into<String>),
    ) {
        self.push(
            at,
            Words::new(what.0, what.1),
            Words::new(hint.0, hint.1),
            FindingSeverity::Warning,
        );
    }

    /// What is wrong inside the condition that `spot` holds.
    pub(super) fn complaints(&mut self, spot: &Spot, complaints: Vec<Complaint>) {
        for complaint in complaints {
            let within = match &spot.value {
                Value::Text(_, raw) => written_offset(raw, complaint.at),
                _ => 0,
            };
            let at = At {
                file: spot.file,
                offset: spot.at + within,
            };
            self.push(at, complaint.what, complaint.hint, FindingSeverity::Error);
        }
    }

    /// Errors and warnings, each ordered by place.
    pub(super) fn finish(mut self) -> (Vec<Finding>, Vec<Finding>) {
        let unread = std::mem::take(&mut self.unread);
        self.findings
            .retain(|finding| !misses_one_of(&finding.what.en, &unread));
        self.findings
            .sort_by(|a, b| (&a.file, a.line, a.column, &a.what.en).cmp(&(&b.file, b.line, b.column, &b.what.en)));
        self.findings
            .into_iter()
            .partition(|finding| finding.severity == FindingSeverity::Error)
    }
}

/// Whether a finding says of a field that it is not there.
fn misses_one_of(told: &str, unread: &BTreeSet<String>) -> bool {
    let mut words = told.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-'));
    let is_missing = told.contains("no field ") && !told.contains("no field kind");
    is_missing && words.any(|word| unread.contains(word))
}

impl Spot {
    pub(super) fn place(&self) -> At {
        At {
            file: self.file,
            offset: self.at,
        }
    }
}
