//! Exponential growth or decline: a straight line through the logarithms of counts.
//!
//! As in Kamvar et al., F1000Research 2019 (doi:10.12688/f1000research.18002.1): ordinary least squares at the middle of each
//! interval, periods without a case left out, intervals from Student's t. With a split, two lines that meet in time but not
//! in height; the best split is the one whose two lines explain most on average.
//!
//! It describes counts and no mechanism: late reporting bends the end of the line down.

use crate::Result;
use crate::number::student;
use lianfang_kernel::{Day, Problem, Words};

/// Counts of consecutive intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    days: Vec<Day>,
    counts: Vec<f64>,
    interval_days: u32,
}

/// A line through the logarithms.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// Day that the line counts from.
    pub origin: Day,
    /// Growth rate a day.
    pub rate: f64,
    /// Its 95 % confidence interval.
    pub rate_interval: (f64, f64),
    /// Logarithm of the count at the origin.
    pub intercept: f64,
    /// Share of variance explained, adjusted for the slope.
    pub adjusted_r2: f64,
    /// Intervals with a case.
    pub used: usize,
    /// Fitted counts with their 95 % confidence limits.
    pub fitted: Vec<Fitted>,
}

/// The line at the middle of one interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fitted {
    /// Day in which the middle lies.
    pub day: Day,
    /// Days from the origin.
    pub x: f64,
    /// Count on the line.
    pub count: f64,
    /// Confidence limits.
    pub limits: (f64, f64),
}

impl Growth {
    /// Days until counts double, with its limits; none when they fall. A rate whose interval holds zero has no upper limit:
    /// the second limit is then negative, the halving time of the lower rate.
    pub fn doubling_days(&self) -> Option<(f64, f64, f64)> {
        let ln2 = std::f64::consts::LN_2;
        (self.rate > 0.0).then(|| (ln2 / self.rate, ln2 / self.rate_interval.1, ln2 / self.rate_interval.0))
    }

    /// Days until counts halve, with its limits; none when they rise.
    pub fn halving_days(&self) -> Option<(f64, f64, f64)> {
        let ln2 = std::f64::consts::LN_2;
        (self.rate < 0.0).then(|| {
            (
                -ln2 / self.rate,
                -ln2 / self.rate_interval.0,
                -ln2 / self.rate_interval.1,
            )
        })
    }
}

impl Curve {
    /// Counts with the first day of each interval.
    ///
    /// # Errors
    /// Fewer than three intervals with a case, what is no count, or days that are not `interval_days` apart.
    pub fn new(days: Vec<Day>, counts: Vec<f64>, interval_days: u32) -> Result<Curve> {
        if let Some(pair) = days
            .windows(2)
            .find(|pair| pair[0].until(pair[1]) != i64::from(interval_days))
        {
            return Err(Problem::new(
                "dates_gap",
                Words::new(
                    format!("{} 之后是 {}，不是每{interval_days}天一行", pair[0], pair[1]),
                    format!(
                        "{} is followed by {}: not one row every {interval_days} days",
                        pair[0], pair[1]
                    ),
                ),
                Words::new(
                    "补齐缺少的日期，无病例写0",
                    "fill in what is missing, with 0 where there was no case",
                ),
            ));
        }
        if days.len() != counts.len() || counts.iter().any(|n| !(*n >= 0.0 && n.fract() == 0.0)) {
            return Err(Problem::new(
                "count_invalid",
                Words::new(
                    "病例数须为非负整数，每行一个日期",
                    "counts are whole numbers from zero, one to each day",
                ),
                Words::new("检查 date 和 count 两列", "check the columns date and count"),
            ));
        }
        Ok(Curve {
            days,
            counts,
            interval_days,
        })
    }

    /// One line through the whole curve.
    ///
    /// # Errors
    /// Fewer than three intervals with a case.
    pub fn fit(&self) -> Result<Growth> {
        let points: Vec<(Day, f64)> = self.points().collect();
        self.line(&points)
    }

    /// Two lines, up to and from a day, which belongs to both.
    ///
    /// # Errors
    /// Fewer than three intervals with a case on a side.
    pub fn fit_split(&self, split: Day) -> Result<(Growth, Growth)> {
        let before: Vec<(Day, f64)> = self.points().filter(|(day, _)| *day <= split).collect();
        let after: Vec<(Day, f64)> = self.points().filter(|(day, _)| *day >= split).collect();
        Ok((self.line(&before)?, self.line(&after)?))
    }

    /// The split around the peak, within an eighth of the time span on each side, whose two lines explain most on average;
    /// with that average.
    ///
    /// # Errors
    /// No split leaves three intervals with a case on each side.
    pub fn best_split(&self) -> Result<(Day, f64)> {
        let peak = self.counts.iter().copied().fold(0.0, f64::max);
        let at = self
            .counts
            .iter()
            .position(|count| *count == peak)
            .ok_or_else(too_few)?;
        let span = self.days.len() as f64 * f64::from(self.interval_days);
        let reach = span / 8.0;
        let near = self
            .days
            .iter()
            .filter(|day| self.days[at].until(**day).abs() as f64 <= reach);
        let mut best: Option<(Day, f64)> = None;
        for day in near {
            let Ok((before, after)) = self.fit_split(*day) else {
                continue;
            };
            let explained = 0.5 * (before.adjusted_r2 + after.adjusted_r2);
            if best.is_none_or(|(_, most)| explained > most) {
                best = Some((*day, explained));
            }
        }
        best.ok_or_else(too_few)
    }

    fn points(&self) -> impl Iterator<Item = (Day, f64)> {
        self.days
            .iter()
            .copied()
            .zip(self.counts.iter().copied())
            .filter(|(_, count)| *count > 0.0)
    }

    fn line(&self, points: &[(Day, f64)]) -> Result<Growth> {
        let half = f64::from(self.interval_days) / 2.0;
        let origin = match points {
            [first, _, _, ..] => first.0,
            _ => return Err(too_few()),
        };
        let n = points.len() as f64;
        let x: Vec<f64> = points.iter().map(|(day, _)| origin.until(*day) as f64 + half).collect();
        let y: Vec<f64> = points.iter().map(|(_, count)| count.ln()).collect();
        let (mean_x, mean_y) = (x.iter().sum::<f64>() / n, y.iter().sum::<f64>() / n);
        let square_x: f64 = x.iter().map(|x| (x - mean_x).powi(2)).sum();
        let square_y: f64 = y.iter().map(|y| (y - mean_y).powi(2)).sum();
        let product: f64 = x.iter().zip(&y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let rate = product / square_x;
        let intercept = mean_y - rate * mean_x;
        let residual: f64 = x.iter().zip(&y).map(|(x, y)| (y - intercept - rate * x).powi(2)).sum();
        let freedom = n - 2.0;
        let deviation = (residual / freedom).sqrt();
        let t = student::quantile(0.975, freedom);
        let reach = t * deviation / square_x.sqrt();
        let fitted = points.iter().zip(&x).map(|((day, _), x)| {
            let height = intercept + rate * x;
            let reach = t * deviation * (1.0 / n + (x - mean_x).powi(2) / square_x).sqrt();
            Fitted {
                day: day.plus(half.floor() as i64),
                x: *x,
                count: height.exp(),
                limits: ((height - reach).exp(), (height + reach).exp()),
            }
        });
        Ok(Growth {
            origin,
            rate,
            rate_interval: (rate - reach, rate + reach),
            intercept,
            adjusted_r2: 1.0 - (residual / freedom) / (square_y / (n - 1.0)),
            used: points.len(),
            fitted: fitted.collect(),
        })
    }
}

fn too_few() -> Problem {
    Problem::new(
        "series_short",
        Words::new(
            "有病例的时段不足三个，无法拟合",
            "fewer than three intervals have a case, which is too few for a line",
        ),
        Words::new(
            "给更长的曲线，或换一个分界日",
            "give a longer curve, or another day to split at",
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(counts: &[f64]) -> Curve {
        let first = Day::parse("2020-01-20").expect("a day");
        let days = (0..counts.len()).map(|i| first.plus(i as i64)).collect();
        Curve::new(days, counts.to_vec(), 1).expect("counts")
    }

    #[test]
    fn counts_that_double_every_three_days_are_told_so() {
        let counts: Vec<f64> = (0..30).map(|i| (8.0 * 2f64.powf(f64::from(i) / 3.0)).round()).collect();
        let (days, low, high) = curve(&counts)
            .fit()
            .expect("a line")
            .doubling_days()
            .expect("they rise");
        assert!((days - 3.0).abs() < 0.01 && low < days && days < high);
    }

    #[test]
    fn the_peak_is_found_as_the_best_split() {
        let counts: Vec<f64> = (0..40)
            .map(|i: i32| (100.0 * (-0.1 * f64::from((i - 20).abs())).exp()).round())
            .collect();
        let curve = curve(&counts);
        let (day, explained) = curve.best_split().expect("a split");
        assert_eq!(day.to_string(), "2020-02-09");
        assert!(explained > 0.98);
        let (before, after) = curve.fit_split(day).expect("lines");
        assert!(before.rate > 0.0 && after.halving_days().is_some());
    }

    #[test]
    fn what_has_no_line_is_refused() {
        assert!(curve(&[0.0, 0.0, 5.0, 0.0]).fit().is_err());
        assert!(curve(&[0.0; 9]).best_split().is_err());
        let day = Day::parse("2020-01-20").expect("a day");
        assert_eq!(
            Curve::new(vec![day, day.plus(2)], vec![1.0, 2.0], 1)
                .expect_err("a gap")
                .code,
            "dates_gap"
        );
    }
}
