//! Over which days one reproduction number is taken.

use crate::Result;
use lianfang_kernel::{Problem, Words};

/// Windows of equal width, first and last day counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Windows {
    /// First day of the first window.
    pub first: usize,
    /// Days in a window.
    pub width: usize,
    /// Days from one window to the next.
    pub step: usize,
}

impl Windows {
    /// Every window that fits into `days`, as first and last day.
    ///
    /// # Errors
    /// None fits, or a window starts on day 1, before which nobody can have infected.
    pub fn within(&self, days: usize) -> Result<Vec<(usize, usize)>> {
        if self.width == 0 || self.step == 0 || self.first < 2 || self.first + self.width > days + 1 {
            return Err(Problem::new(
                "window_invalid",
                Words::new(
                    format!(
                        "窗口（首日{}、宽{}、步长{}）不适合{days}天的数据",
                        self.first, self.width, self.step
                    ),
                    format!(
                        "windows of {} days from day {} every {} do not fit {days} days",
                        self.width, self.first, self.step
                    ),
                ),
                Words::new(
                    "首日从2起，宽和步长从1起，首个窗口须在数据之内",
                    "begin at day 2 or later, width and step from 1, and keep the first window within the data",
                ),
            ));
        }
        let last = days + 1 - self.width;
        Ok((self.first..=last)
            .step_by(self.step)
            .map(|start| (start, start + self.width - 1))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_stay_within_the_data() {
        let windows = |first, width, step| Windows { first, width, step }.within(10);
        assert_eq!(windows(2, 7, 1).expect("fits"), [(2, 8), (3, 9), (4, 10)]);
        assert_eq!(windows(2, 4, 3).expect("fits"), [(2, 5), (5, 8)]);
        for (first, width, step) in [(1, 7, 1), (2, 0, 1), (2, 7, 0), (2, 10, 1), (11, 1, 1)] {
            assert!(windows(first, width, step).is_err());
        }
    }
}
