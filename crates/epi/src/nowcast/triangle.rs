//! Who fell ill when and was reported how much later.

use crate::Result;
use lianfang_kernel::{Day, Problem, Words};

/// Counts by step of onset and steps of delay. What lies after the last step cannot have been reported and is not read.
#[derive(Clone, Debug, PartialEq)]
pub struct Triangle {
    counts: Vec<Vec<f64>>,
    longest: usize,
}

/// What the delays teach, by delay.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    /// Cases with exactly this delay, among onsets early enough to show it.
    pub exactly: Vec<f64>,
    /// Cases with up to this delay, among the same.
    pub up_to: Vec<f64>,
}

impl Triangle {
    /// One row a step of onset, one count a delay from zero to the longest; longer ones belong to the last.
    ///
    /// # Errors
    /// Rows of different length, fewer than two delays, not more steps than delays, or what is no count.
    pub fn new(counts: Vec<Vec<f64>>) -> Result<Triangle> {
        let width = counts.first().map_or(0, Vec::len);
        let is_count = |n: &f64| *n >= 0.0 && n.fract() == 0.0 && n.is_finite();
        if width < 2 || counts.len() < width || counts.iter().any(|row| row.len() != width || !row.iter().all(is_count))
        {
            return Err(Problem::new(
                "triangle_invalid",
                Words::new(
                    format!("报告三角不可用：{}行、{width}列延迟", counts.len()),
                    format!("the triangle cannot be used: {} rows, {width} delays", counts.len()),
                ),
                Words::new(
                    "每行列数相同，至少两列，行数不少于列数，均为非负整数",
                    "rows of equal length, two delays or more, no fewer rows than delays, whole numbers from zero",
                ),
            ));
        }
        Ok(Triangle {
            longest: width - 1,
            counts,
        })
    }

    /// Counts cases by days: from the first onset to `now`, delays above `longest` counted as `longest`. Reports after `now`
    /// are not known yet and are left out.
    ///
    /// # Errors
    /// A report before its onset, no report by `now`, or fewer days than delays.
    pub fn of_cases(cases: &[(Day, Day)], now: Day, longest: usize) -> Result<Triangle> {
        if let Some((onset, report)) = cases.iter().find(|(onset, report)| report < onset) {
            return Err(Problem::new(
                "report_before_event",
                Words::new(
                    format!("报告日 {report} 早于事件日 {onset}"),
                    format!("a report on {report} is before its event on {onset}"),
                ),
                Words::new("请核对这一行的两个日期", "check the two dates of that row"),
            ));
        }
        let first = cases
            .iter()
            .map(|(onset, _)| *onset)
            .min()
            .filter(|first| *first <= now);
        let first = first.ok_or_else(|| {
            Problem::new(
                "series_short",
                Words::new(format!("到 {now} 没有病例"), format!("there is no case by {now}")),
                Words::new("核对 --now", "check --now"),
            )
        })?;
        let days = first.until(now) as usize + 1;
        let mut counts = vec![vec![0.0; longest + 1]; days];
        for (onset, report) in cases.iter().filter(|(_, report)| *report <= now) {
            let delay = onset.until(*report) as usize;
            counts[first.until(*onset) as usize][delay.min(longest)] += 1.0;
        }
        Triangle::new(counts)
    }

    /// The last step, from zero.
    pub fn last(&self) -> usize {
        self.counts.len() - 1
    }

    /// The first step that can still grow: earlier ones are older than the longest delay.
    pub fn settled(&self) -> usize {
        self.last() - self.longest + 1
    }

    /// The longest delay.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Cases of each step reported by the last.
    pub fn reported(&self) -> Vec<f64> {
        let one = |(at, row): (usize, &Vec<f64>)| row.iter().take(self.last() - at + 1).sum();
        self.counts.iter().enumerate().map(one).collect()
    }

    /// What the last `window` steps teach about delays, or all of them.
    pub(super) fn learnt(&self, window: Option<usize>) -> Learnt {
        let last = self.last();
        let first = last.saturating_sub(window.unwrap_or(last));
        let mut learnt = Learnt {
            exactly: vec![0.0; self.longest + 1],
            up_to: vec![0.0; self.longest + 1],
        };
        for delay in 0..=self.longest {
            for row in self.counts.iter().take(last + 1 - delay).skip(first) {
                learnt.exactly[delay] += row[delay];
                learnt.up_to[delay] += row[..=delay].iter().sum::<f64>();
            }
        }
        learnt
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reports_that_are_known_count() {
        let day = |n: i64| Day::parse("2020-02-01").expect("a day").plus(n);
        let cases = [(day(0), day(1)), (day(1), day(9)), (day(2), day(2)), (day(3), day(5))];
        let triangle = Triangle::of_cases(&cases, day(4), 2).expect("a triangle");
        assert_eq!(triangle.reported(), [1.0, 0.0, 1.0, 0.0, 0.0]);
        let problem = Triangle::of_cases(&[(day(3), day(2))], day(4), 2).expect_err("backwards");
        assert_eq!(problem.code, "report_before_event");
        assert!(Triangle::new(vec![vec![1.0, -1.0]; 5]).is_err());
    }
}
