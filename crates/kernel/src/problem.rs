//! What was wrong, where, and what to do: one shape for forms, imports, the interface and packs.

use crate::{Lang, Words};
use serde::{Deserialize, Serialize};

/// A refusal or a misfit in both languages, with its place and a hint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Stable name for programs, such as `field_missing`.
    pub code: String,
    /// Where: a field path such as `stays[2].region`; none when the whole is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was wrong.
    pub what: Words,
    /// What to do now.
    pub hint: Words,
    /// The clause of the notice that the refusal rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// What is offered instead: free rooms, uncovered hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<serde_json::Value>,
}

impl Problem {
    /// A problem with the whole.
    pub fn new(code: &str, what: Words, hint: Words) -> Problem {
        Problem {
            code: code.to_owned(),
            field: None,
            what,
            hint,
            clause: None,
            offer: None,
        }
    }

    /// What is wrong and what to do, in one line.
    pub fn told(&self, lang: Lang) -> String {
        format!("{} {}", self.what.get(lang), self.hint.get(lang))
    }

    /// The same problem at a field.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Problem {
        self.field = Some(field.into());
        self
    }

    /// The same problem with the clause it rests on.
    #[must_use]
    pub fn clause(mut self, clause: Option<String>) -> Problem {
        self.clause = clause;
        self
    }
}
