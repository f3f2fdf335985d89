//! Counts at equal steps of time.

use crate::Result;
use lianfang_kernel::{Day, Problem, Words};

/// Counts of consecutive weeks, months or days.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    observed: Vec<f64>,
    dates: Option<Vec<Day>>,
    frequency: usize,
    population: Option<Vec<f64>>,
}

impl Series {
    /// Counts with `frequency` of them a year: 52 weeks, 12 months, 365 days.
    ///
    /// # Errors
    /// No counts, a negative one or a decimal, or no frequency.
    pub fn new(observed: Vec<f64>, frequency: usize) -> Result<Series> {
        if observed.is_empty() || frequency == 0 {
            return Err(Problem::new(
                "series_short",
                Words::new("序列是空的", "the series is empty"),
                Words::new("至少给一个时段的病例数", "give the counts of at least one period"),
            ));
        }
        if let Some(at) = observed
            .iter()
            .position(|v| !(*v >= 0.0 && v.is_finite() && v.fract() == 0.0))
        {
            return Err(Problem::new(
                "count_invalid",
                Words::new(
                    format!("第{}个时段的病例数 {} 不是非负整数", at + 1, observed[at]),
                    format!("period {}: {} is not a count", at + 1, observed[at]),
                ),
                Words::new(
                    "填写每时段病例数",
                    "give cases in each period as whole numbers from zero",
                ),
            ));
        }
        Ok(Series {
            observed,
            dates: None,
            frequency,
            population: None,
        })
    }

    /// The same with the first day of each period; years are then counted by the calendar.
    ///
    /// # Errors
    /// Another number of dates, or dates that leave a gap or go back.
    pub fn dated(mut self, dates: Vec<Day>) -> Result<Series> {
        if dates.len() != self.observed.len() {
            return Err(Problem::new(
                "dates_missing",
                Words::new(
                    format!("{}个时段只有{}个日期", self.observed.len(), dates.len()),
                    format!("{} periods have {} dates", self.observed.len(), dates.len()),
                ),
                Words::new("每个时段写首日日期", "give the first day of every period"),
            ));
        }
        for pair in dates.windows(2) {
            if !self.follows(pair[0], pair[1]) {
                return Err(Problem::new(
                    "dates_gap",
                    Words::new(
                        format!("{} 之后是 {}，日期不连续", pair[0], pair[1]),
                        format!("{} is followed by {}: the dates are not consecutive", pair[0], pair[1]),
                    ),
                    Words::new(
                        "补齐缺少的时段，无病例写0",
                        "fill in the periods that are missing, with 0 where there was no case",
                    ),
                ));
            }
        }
        self.dates = Some(dates);
        Ok(self)
    }

    fn follows(&self, one: Day, next: Day) -> bool {
        let days = one.until(next);
        match self.frequency {
            52 => days == 7,
            12 => (28..=31).contains(&days),
            365 => days == 1,
            _ => days > 0,
        }
    }

    /// The same with the population of each period.
    ///
    /// # Errors
    /// Another number of values, or one that is not above zero.
    pub fn with_population(mut self, population: Vec<f64>) -> Result<Series> {
        if population.len() != self.observed.len() || population.iter().any(|p| !(*p > 0.0 && p.is_finite())) {
            return Err(Problem::new(
                "population_invalid",
                Words::new(
                    "人口数须逐时段给出并大于0",
                    "the population must be given for every period and be above zero",
                ),
                Words::new("没有人口数就省略此列", "leave the column out if it is not known"),
            ));
        }
        self.population = Some(population);
        Ok(self)
    }

    /// The counts.
    pub fn observed(&self) -> &[f64] {
        &self.observed
    }

    /// The first day of each period, when given.
    pub fn dates(&self) -> Option<&[Day]> {
        self.dates.as_deref()
    }

    /// Periods a year.
    pub fn frequency(&self) -> usize {
        self.frequency
    }

    /// The population of each period, when given.
    pub fn population(&self) -> Option<&[f64]> {
        self.population.as_deref()
    }

    /// Checks that moments from 1 lie within the series and have enough before them.
    ///
    /// # Errors
    /// They do not.
    pub fn check_range(&self, first: usize, last: usize, least: usize) -> Result<()> {
        if first > last || last > self.observed.len() || first < least.max(1) {
            return Err(Problem::new(
                "range_invalid",
                Words::new(
                    format!(
                        "时段 {first}–{last} 不可用：序列有{}个时段，此方法最早从第{least}个起",
                        self.observed.len()
                    ),
                    format!(
                        "periods {first} to {last} cannot be used: the series has {} and this method starts at {least}",
                        self.observed.len()
                    ),
                ),
                Words::new("缩小 --range，或给更长的序列", "narrow --range or give a longer series"),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_the_dates_is_named() {
        let day = |text: &str| Day::parse(text).expect("a day");
        let series = Series::new(vec![1.0, 2.0, 3.0], 52).expect("counts");
        let dates = vec![day("2020-01-06"), day("2020-01-13"), day("2020-01-27")];
        let problem = series.dated(dates).expect_err("a gap");
        assert_eq!(problem.code, "dates_gap");
        assert!(problem.what.en.contains("2020-01-13"), "{}", problem.what.en);
    }

    #[test]
    fn what_is_no_count_is_refused() {
        for bad in [-1.0, 0.5, f64::NAN, f64::INFINITY] {
            assert_eq!(
                Series::new(vec![1.0, bad], 52).expect_err("refused").code,
                "count_invalid"
            );
        }
        assert_eq!(Series::new(vec![], 52).expect_err("refused").code, "series_short");
    }
}
