//! How many the cases of a window infect, each later case shared among earlier ones by the likelihood of the lag.
//!
//! The last days are too low: whom they infect is not ill yet.

use super::{SerialInterval, Windows};
use crate::Result;
use crate::number::normal;

/// One window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CaseReproduction {
    /// First day, from 1.
    pub start: usize,
    /// Last day.
    pub end: usize,
    /// Mean number infected by a case of the window; none when it has no case.
    pub mean: Option<f64>,
    /// How much it varies over the transmission trees that are possible.
    pub spread: Option<Spread>,
}

/// How a mean varies over possible trees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Standard deviation.
    pub sd: f64,
    /// 2.5 % of trees are below.
    pub low: f64,
    /// 2.5 % of trees are above.
    pub high: f64,
}

/// The mean number that cases of each window infect.
///
/// Who infected whom is independent from case to case, so the number is a sum of independent draws whose distribution is
/// added up exactly; with more than 4,000 later cases it is taken as normal.
///
/// # Errors
/// Windows that do not fit.
pub fn case_reproduction(total: &[f64], interval: &SerialInterval, windows: Windows) -> Result<Vec<CaseReproduction>> {
    let weights = interval.padded(total.len());
    let reach = weights.iter().rposition(|w| *w > 0.0).unwrap_or(0);
    let pressure: Vec<f64> = (0..total.len())
        .map(|day| {
            (day.saturating_sub(reach)..day)
                .map(|from| total[from] * weights[day - from])
                .sum()
        })
        .collect();
    let windows = windows.within(total.len())?;
    let one = |(start, end): (usize, usize)| {
        let cases: f64 = total[start - 1..end].iter().sum();
        // The chance of each later case to have been infected by somebody of the window.
        let chances: Vec<(f64, f64)> = (start..(end + reach).min(total.len()))
            .filter(|day| pressure[*day] > 0.0 && total[*day] > 0.0)
            .map(|day| {
                let earlier = (start - 1).max(day.saturating_sub(reach))..end.min(day);
                let own: f64 = earlier.map(|from| total[from] * weights[day - from]).sum();
                (total[day], (own / pressure[day]).clamp(0.0, 1.0))
            })
            .collect();
        let caused: f64 = chances.iter().map(|(n, p)| n * p).sum();
        CaseReproduction {
            start,
            end,
            mean: (cases > 0.0).then(|| caused / cases),
            spread: (cases > 0.0).then(|| spread(&chances, caused, cases)),
        }
    };
    Ok(windows.into_iter().map(one).collect())
}

fn spread(chances: &[(f64, f64)], mean: f64, cases: f64) -> Spread {
    let sd = chances.iter().map(|(n, p)| n * p * (1.0 - p)).sum::<f64>().sqrt();
    let draws: f64 = chances.iter().map(|(n, _)| n).sum();
    if draws > 4000.0 {
        let reach = normal::quantile(0.975) * sd;
        return Spread {
            sd: sd / cases,
            low: (mean - reach).max(0.0) / cases,
            high: (mean + reach) / cases,
        };
    }
    let mut probabilities = vec![1.0];
    for (n, p) in chances {
        for _ in 0..*n as usize {
            probabilities.push(0.0);
            for k in (1..probabilities.len()).rev() {
                probabilities[k] = probabilities[k] * (1.0 - p) + probabilities[k - 1] * p;
            }
            probabilities[0] *= 1.0 - p;
        }
    }
    let quantile = |wanted: f64| {
        let mut below = 0.0;
        let reached = probabilities.iter().position(|p| {
            below += p;
            below >= wanted
        });
        reached.unwrap_or(probabilities.len() - 1) as f64 / cases
    };
    Spread {
        sd: sd / cases,
        low: quantile(0.025),
        high: quantile(0.975),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_but_the_first_was_infected_by_somebody() {
        let total = [1.0, 2.0, 4.0, 8.0, 0.0, 0.0];
        let interval = SerialInterval::new(vec![0.0, 0.6, 0.4]).expect("an interval");
        let windows = Windows {
            first: 2,
            width: 5,
            step: 1,
        };
        let whole = case_reproduction(&total, &interval, windows).expect("a number")[0];
        // The first case infects the two of day 2 and a share of day 3; at most 12 are left for the 14 of the window.
        let mean = whole.mean.expect("cases");
        assert!(mean > 0.0 && mean < 12.0 / 14.0 + 1e-12, "{mean}");
        let spread = whole.spread.expect("cases");
        assert!(spread.low <= mean && mean <= spread.high);
    }
}
