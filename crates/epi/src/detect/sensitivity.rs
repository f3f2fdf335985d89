//! Three grades of sensitivity, and what each costs: how often it rings while nothing happens, and how soon it finds a rise.
//!
//! The nominal alpha of EARS is that of a known mean and deviation. Both are learned from seven days, so it rings ten times as
//! often and more: what is to be expected is therefore simulated with counts like those seen, negative binomial with the mean
//! and the dispersion of the last four weeks. A pattern of weekdays and a season are not simulated: where there is one, it
//! rings more often. The rise that is to be found is twice what is usual, from one day to the next.

use super::{Ears, EarsMethod, Series, ears};
use crate::Result;
use crate::number::discrete::{negative_binomial_quantile, poisson_quantile};
use crate::number::scatter::Scatter;

/// Days that mean and dispersion are learned from.
const LEARNED: usize = 28;
/// Days of a rise that is looked for.
const RISE: usize = 7;
/// Rises simulated.
const RISES: usize = 400;

/// How readily a detector rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// Seldom: for many small areas and few hands.
    Low,
    /// As EARS C2 is usually set.
    Medium,
    /// Readily: while an outbreak is feared.
    High,
}

impl Sensitivity {
    /// Every grade.
    pub const ALL: [Sensitivity; 3] = [Sensitivity::Low, Sensitivity::Medium, Sensitivity::High];

    /// Its name in sheets and settings.
    pub fn name(self) -> &'static str {
        match self {
            Sensitivity::Low => "low",
            Sensitivity::Medium => "medium",
            Sensitivity::High => "high",
        }
    }

    /// The grade of that name.
    pub fn named(name: &str) -> Option<Sensitivity> {
        Sensitivity::ALL.into_iter().find(|grade| grade.name() == name)
    }

    /// The nominal probability of a false alarm.
    pub fn alpha(self) -> f64 {
        match self {
            Sensitivity::Low => 0.000_01,
            Sensitivity::Medium => 0.001,
            Sensitivity::High => 0.01,
        }
    }

    /// EARS C2 over days at this grade; the least deviation keeps a silent series from ringing at one case.
    pub fn ears(self) -> Ears {
        Ears {
            min_sigma: 0.5,
            alpha: self.alpha(),
            ..Ears::new(EarsMethod::C2)
        }
    }
}

/// What a grade costs and finds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expected {
    /// The grade.
    pub grade: Sensitivity,
    /// False alarms a week in one area.
    pub per_week: f64,
    /// Standard error of that.
    pub error: f64,
    /// Share of rises to twice the usual that ring within a week.
    pub found: f64,
    /// Mean days to the ring of those found, the first day being 0; none when none is.
    pub delay: Option<f64>,
}

/// Simulates `weeks` quiet weeks like those seen, and rises after them, for each grade. One seed, one answer.
///
/// # Errors
/// What is no count, or fewer than seven of them.
pub fn expected(counts: &[f64], weeks: usize, seed: u64) -> Result<Vec<Expected>> {
    let like = Like::learned(counts)?;
    let mut scatter = Scatter::seeded(seed);
    let before = Sensitivity::Medium.ears().first() - 1;
    let quiet: Vec<f64> = (0..before + 7 * weeks).map(|_| like.draw(1.0, &mut scatter)).collect();
    let quiet = Series::new(quiet, 365)?;
    let rises: Vec<Series> = (0..RISES)
        .map(|_| {
            let day = |day: usize| if day < before { 1.0 } else { 2.0 };
            let days = (0..before + RISE).map(|n| like.draw(day(n), &mut scatter));
            Series::new(days.collect(), 365)
        })
        .collect::<Result<_>>()?;
    Sensitivity::ALL
        .map(|grade| judge(grade, &quiet, &rises))
        .into_iter()
        .collect()
}

fn judge(grade: Sensitivity, quiet: &Series, rises: &[Series]) -> Result<Expected> {
    let settings = grade.ears();
    let last = quiet.observed().len();
    let days = ears(quiet, settings, settings.first(), last)?;
    let rang: Vec<f64> = days
        .chunks(7)
        .map(|week| week.iter().filter(|day| day.alarm).count() as f64)
        .collect();
    let weeks = rang.len().max(1) as f64;
    let mean = rang.iter().sum::<f64>() / weeks;
    let square: f64 = rang.iter().map(|n| (n - mean).powi(2)).sum();
    let mut delays = Vec::new();
    for rise in rises {
        let days = ears(rise, settings, settings.first(), rise.observed().len())?;
        delays.extend(days.iter().position(|day| day.alarm).map(|day| day as f64));
    }
    Ok(Expected {
        grade,
        per_week: mean,
        error: (square / (weeks - 1.0).max(1.0) / weeks).sqrt(),
        found: delays.len() as f64 / rises.len().max(1) as f64,
        delay: (!delays.is_empty()).then(|| delays.iter().sum::<f64>() / delays.len() as f64),
    })
}

/// Counts like those seen.
struct Like {
    mean: f64,
    /// Variance over mean, at least 1.
    dispersion: f64,
}

impl Like {
    fn learned(counts: &[f64]) -> Result<Like> {
        let known = Series::new(counts.to_vec(), 365)?;
        known.check_range(counts.len(), counts.len(), 7)?;
        let days = &counts[counts.len().saturating_sub(LEARNED)..];
        let n = days.len() as f64;
        let mean = days.iter().sum::<f64>() / n;
        let variance = days.iter().map(|count| (count - mean).powi(2)).sum::<f64>() / (n - 1.0);
        Ok(Like {
            mean,
            dispersion: if mean > 0.0 { (variance / mean).max(1.0) } else { 1.0 },
        })
    }

    fn draw(&self, times: f64, scatter: &mut Scatter) -> f64 {
        let (mean, p) = (times * self.mean, scatter.next_share());
        match self.dispersion > 1.0 + 1e-9 {
            true => negative_binomial_quantile(mean / (self.dispersion - 1.0), mean, p),
            false => poisson_quantile(mean, p),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four weeks around thirty, as of a middling pharmacy.
    const SEEN: [f64; 28] = [
        30., 27., 33., 25., 36., 31., 22., 29., 35., 28., 30., 26., 38., 31., 24., 30., 33., 29., 27., 34., 30., 25.,
        32., 37., 28., 26., 31., 30.,
    ];

    #[test]
    fn the_answer_to_a_seed_is_kept() {
        let rows = expected(&SEEN, 520, 1).expect("expected");
        let told: Vec<String> = rows
            .iter()
            .map(|row| {
                format!(
                    "{} {:.3} {:.3} {:.2}",
                    row.grade.name(),
                    row.per_week,
                    row.found,
                    row.delay.unwrap_or(-1.0)
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "low 0.044 0.938 0.21",
                "medium 0.137 0.995 0.04",
                "high 0.310 1.000 0.01"
            ]
        );
    }

    #[test]
    fn more_sensitive_is_sooner_and_costs_more() {
        let rows = expected(&SEEN, 520, 42).expect("expected");
        assert!(
            rows.is_sorted_by(|a, b| a.per_week < b.per_week && a.found <= b.found),
            "{rows:?}"
        );
        // Learned from seven days, alpha is far from what happens: a t distribution with six degrees of freedom says 0.014 a day.
        assert!((rows[1].per_week - 7.0 * 0.0138).abs() < 0.03, "{rows:?}");
    }

    #[test]
    fn silence_never_rings_and_too_little_is_refused() {
        let rows = expected(&[0.0; 28], 52, 1).expect("expected");
        assert!(
            rows.iter()
                .all(|row| row.per_week == 0.0 && row.found == 0.0 && row.delay.is_none())
        );
        assert!(expected(&[1.0; 6], 52, 1).is_err() && expected(&[1.5; 20], 52, 1).is_err());
    }
}
