//! What the loader found, with its place and a hint.

use lianfang_kernel::Words;
use std::fmt;

/// One file of a pack or overlay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Path, as it is shown in findings: `packs/arrivals/registers.toml`. Files of one folder are one pack.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Whether a finding keeps the packs from loading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingSeverity {
    /// The packs are refused.
    Error,
    /// They load; somebody should look.
    Warning,
}

/// Something wrong or doubtful in a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The file's path.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub what: Words,
    /// What to do.
    pub hint: Words,
    /// Error or warning.
    pub severity: FindingSeverity,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {} — {}",
            self.file, self.line, self.column, self.what.en, self.hint.en
        )
    }
}
