//! The rule of emergency plans: a class-B or C disease whose cases in one week exceed twice the mean of the same period of
//! the five years before is a public health event to be graded.
//!
//! A bound of law and not of statistics: where the mean is small it rings at one or two cases, and it knows no trend.

use super::Series;
use crate::Result;
use lianfang_kernel::{Problem, Words};

/// One week against the law's bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LegalRow {
    /// The week, from 1.
    pub t: usize,
    /// What was counted.
    pub observed: f64,
    /// Mean of the same week of the years before.
    pub mean: f64,
    /// Years that the mean is taken over: fewer than asked for where the series starts later.
    pub years: usize,
    /// Whether the count is above twice the mean; a single case where the mean is zero is above it too.
    pub exceeds: bool,
}

/// Looks at the weeks `first` to `last`, from 1, with up to five years behind each.
///
/// # Errors
/// A range that the series does not cover, or not one year behind its first week.
pub fn twice_five_year_mean(series: &Series, first: usize, last: usize) -> Result<Vec<LegalRow>> {
    let year = series.frequency();
    series.check_range(first, last, year + 1)?;
    if year < 2 {
        return Err(Problem::new(
            "settings_invalid",
            Words::new("须为周、月或日序列", "the series must be one of weeks, months or days"),
            Words::new(
                "用 --freq 说明每年几个时段",
                "say with --freq how many periods a year has",
            ),
        ));
    }
    let observed = series.observed();
    let one = |t: usize| {
        let same: Vec<f64> = (1..=5_usize)
            .filter_map(|back| t.checked_sub(1 + back * year))
            .map(|at| observed[at])
            .collect();
        let mean = same.iter().sum::<f64>() / same.len() as f64;
        LegalRow {
            t,
            observed: observed[t - 1],
            mean,
            years: same.len(),
            exceeds: observed[t - 1] > 2.0 * mean,
        }
    };
    Ok((first..=last).map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_mean_itself_does_not_exceed_it() {
        let mut counts = vec![3.0; 52 * 6];
        counts[260] = 6.0;
        counts[261] = 7.0;
        let series = Series::new(counts, 52).expect("counts");
        let rows = twice_five_year_mean(&series, 261, 262).expect("rows");
        assert_eq!(
            rows.iter().map(|row| (row.years, row.exceeds)).collect::<Vec<_>>(),
            [(5, false), (5, true)]
        );
        assert!(twice_five_year_mean(&series, 52, 60).is_err());
    }
}
