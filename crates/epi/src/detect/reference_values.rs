//! Which earlier counts a week is compared with by the simpler detectors.

use super::Series;
use crate::Result;
use lianfang_kernel::{Problem, Words};

/// How far back, and how many neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Years back.
    pub years: usize,
    /// Periods on each side of the same period of those years, and how many just before this one.
    pub half_width: usize,
    /// Whether the periods just before this one count.
    pub this_year: bool,
}

impl Reference {
    /// The counts to compare moment `t` (from 1) with.
    pub(super) fn values(&self, series: &Series, t: usize) -> Vec<f64> {
        let observed = series.observed();
        let mut values = Vec::new();
        if self.this_year {
            values.extend_from_slice(&observed[t - 1 - self.half_width..t - 1]);
        }
        for year in 1..=self.years {
            let same = t - 1 - year * series.frequency();
            values.extend_from_slice(&observed[same - self.half_width..=same + self.half_width]);
        }
        values
    }

    /// Checks that every moment of a range has its reference values.
    pub(super) fn check(&self, series: &Series, first: usize, last: usize) -> Result<()> {
        let is_empty = self.years == 0 && !(self.this_year && self.half_width > 0);
        if is_empty || self.half_width >= series.frequency() {
            return Err(Problem::new(
                "settings_invalid",
                Words::new("没有可比较的时段", "there is nothing to compare with"),
                Words::new(
                    "至少回看一年，或计入本年前几周；半宽小于一年",
                    "look back at least a year, or count the periods just before; half a width is less than a year",
                ),
            ));
        }
        series.check_range(first, last, self.years * series.frequency() + self.half_width + 1)
    }
}
