//! The answers of a day's declaration, and what a phone remembers of them.

use lianfang_kernel::Day;
use lianfang_kernel::identity::{mask_document, mask_name};
use serde::{Deserialize, Serialize};

/// What was answered. Short names: it all has to fit a cookie.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Answers {
    /// Identifier of the entry to be, so that sending twice is one declaration.
    #[serde(rename = "i", skip_serializing_if = "String::is_empty")]
    pub entry: String,
    #[serde(rename = "n", skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(rename = "k", skip_serializing_if = "String::is_empty")]
    pub document_kind: String,
    #[serde(rename = "d", skip_serializing_if = "String::is_empty")]
    pub document_number: String,
    #[serde(rename = "p", skip_serializing_if = "String::is_empty")]
    pub phone: String,
    #[serde(rename = "o", skip_serializing_if = "std::ops::Not::not")]
    pub for_other: bool,
    #[serde(rename = "f", skip_serializing_if = "String::is_empty")]
    pub origin: String,
    #[serde(rename = "v", skip_serializing_if = "String::is_empty")]
    pub plate: String,
    #[serde(rename = "r", skip_serializing_if = "String::is_empty")]
    pub remark: String,
    /// For somebody at a checkpoint: nothing stays on the phone.
    #[serde(rename = "h", skip_serializing_if = "std::ops::Not::not")]
    pub is_helping: bool,
    /// The summary was reached once: changing one answer leads back there.
    #[serde(rename = "e", skip_serializing_if = "std::ops::Not::not")]
    pub reached_summary: bool,
}

/// Somebody whom a phone remembers.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(rename = "a")]
    pub answers: Answers,
    /// The passes earned here, by day.
    #[serde(rename = "p", default)]
    pub passes: Vec<(Day, String)>,
}

impl Kept {
    /// Name and document, masked.
    pub fn who(&self) -> String {
        let Answers {
            name, document_number, ..
        } = &self.answers;
        format!("{} {}", mask_name(name), mask_document(document_number))
    }

    /// The pass of a day.
    pub fn pass_of(&self, day: Day) -> Option<String> {
        let found = self.passes.iter().find(|(of, _)| *of == day);
        found.map(|(_, pass)| pass.clone())
    }
}

/// Remembers what was declared, in place of what the same document declared before; passes of past days are dropped.
pub(super) fn remember(kept: &mut Vec<Kept>, answers: &Answers, today: Day, pass: (Day, String)) {
    let is_same = |kept: &Kept| {
        kept.answers.document_number == answers.document_number && kept.answers.document_kind == answers.document_kind
    };
    let mut passes = match kept.iter().position(is_same) {
        Some(at) => kept.remove(at).passes,
        None => Vec::new(),
    };
    passes.retain(|(day, _)| *day >= today && *day != pass.0);
    passes.push(pass);
    let answers = Answers {
        entry: String::new(),
        reached_summary: false,
        ..answers.clone()
    };
    kept.push(Kept { answers, passes });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(number: &str, origin: &str) -> Answers {
        Answers {
            entry: "e".into(),
            document_kind: "cn_id".into(),
            document_number: number.into(),
            origin: origin.into(),
            reached_summary: true,
            ..Answers::default()
        }
    }

    #[test]
    fn the_last_answers_of_a_document_are_remembered_with_the_passes_that_still_hold() {
        let mut kept = Vec::new();
        remember(&mut kept, &of("1", "a"), Day(10), (Day(10), "p10".into()));
        remember(&mut kept, &of("2", "b"), Day(10), (Day(10), "q10".into()));
        remember(&mut kept, &of("1", "c"), Day(10), (Day(11), "p11".into()));
        assert_eq!(kept.len(), 2);
        let first = &kept[1];
        assert_eq!(
            (
                first.answers.origin.as_str(),
                first.answers.entry.as_str(),
                first.answers.reached_summary
            ),
            ("c", "", false)
        );
        assert_eq!(
            (first.pass_of(Day(10)), first.pass_of(Day(11))),
            (Some("p10".into()), Some("p11".into()))
        );
        remember(&mut kept, &of("1", "c"), Day(11), (Day(11), "p11".into()));
        assert_eq!(kept[1].pass_of(Day(10)), None);
    }
}
