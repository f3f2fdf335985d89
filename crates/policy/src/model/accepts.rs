//! Between which days a register takes entries.

use lianfang_kernel::{Day, Words};

/// The civil days of `at` that a register takes entries of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepts {
    /// The first day.
    pub from: Option<Day>,
    /// The first day no longer.
    pub to: Option<Day>,
}

impl Accepts {
    /// Whether entries of that day are taken.
    pub fn covers(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day < to)
    }

    /// The days, as people read them: the last one is named, not the one after it.
    pub fn words(&self) -> Words {
        match (self.from, self.to.map(|to| to.plus(-1))) {
            (Some(from), Some(last)) => Words::new(
                format!("只收{from}至{last}的记录"),
                format!("takes entries of {from} to {last}"),
            ),
            (Some(from), None) => Words::new(format!("自{from}起收录"), format!("takes entries from {from} on")),
            (None, Some(last)) => Words::new(format!("收录至{last}止"), format!("takes entries up to {last}")),
            (None, None) => Words::new("随时收录", "takes entries of any day"),
        }
    }
}
