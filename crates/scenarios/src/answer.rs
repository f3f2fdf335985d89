//! An answer of the server.

use crate::matching::{Difference, differences};
use serde_json::Value;

/// Status and body; a body that is no JSON is one text.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    /// What differs from the wanted status and patterns.
    pub(crate) fn differences(&self, status: u16, expect: &[Value]) -> Vec<Difference> {
        let mut found = Vec::new();
        if self.status != status {
            found.push(Difference {
                path: "status".to_owned(),
                expected: status.to_string(),
                found: Some(self.status.into()),
            });
        }
        for pattern in expect {
            found.extend(differences(pattern, &self.body));
        }
        found
    }

    /// The body as it is printed.
    pub(crate) fn text(&self) -> String {
        match &self.body {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        }
    }
}
