//! What is wrong inside a condition, by its offset in the text.

use lianfang_kernel::Words;

/// One thing wrong, before file and line are known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Complaint {
    /// Byte offset in the text of the condition.
    pub(crate) at: usize,
    pub(crate) what: Words,
    pub(crate) hint: Words,
}

/// Texts in both languages, Chinese first.
type Both<Z, E> = (Z, E);

impl Complaint {
    pub(crate) fn new(
        at: usize,
        what: Both<impl Into<String>, impl Into<String>>,
        hint: Both<impl Into<String>, impl Into<String>>,
    ) -> Complaint {
        Complaint {
            at,
            what: Words::new(what.0, what.1),
            hint: Words::new(hint.0, hint.1),
        }
    }
}
