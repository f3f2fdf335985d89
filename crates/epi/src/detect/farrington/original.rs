//! The detector of 1996.

use super::flexible::Power;
use super::model::{Data, Fit};
use super::seasons::{same_weeks, seasons};
use crate::Result;
use crate::detect::Series;
use crate::number::normal;
use rayon::prelude::*;

/// Settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Original {
    /// Years to look back.
    pub b: usize,
    /// Periods on each side of the same period.
    pub w: usize,
    /// Whether past outbreaks are weighted down.
    pub reweight: bool,
    /// Probability of a count outside of the two-sided interval.
    pub alpha: f64,
    /// Transformation.
    pub power: Power,
    /// Whether a slope over the years is tried.
    pub trend: bool,
    /// Cases that the last periods must hold for an alarm, and how many periods.
    pub least: (f64, usize),
}

impl Default for Original {
    fn default() -> Original {
        Original {
            b: 5,
            w: 3,
            reweight: true,
            alpha: 0.05,
            power: Power::TwoThirds,
            trend: true,
            least: (5.0, 4),
        }
    }
}

/// What is known about one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OriginalRow {
    /// The period, from 1.
    pub t: usize,
    /// What was counted.
    pub observed: f64,
    /// Greatest usual count; zero when there are too few cases lately, and then there is no alarm.
    pub upper: f64,
    /// Whether the count is above it.
    pub alarm: bool,
    /// Probability of a smaller count when nothing happens.
    pub below: Option<f64>,
    /// What the line expects.
    pub expected: Option<f64>,
}

/// Looks at the periods `first` to `last`, from 1.
///
/// # Errors
/// A period with less history than the settings ask for.
pub fn original(series: &Series, settings: &Original, first: usize, last: usize) -> Result<Vec<OriginalRow>> {
    series.check_range(first, last, 1)?;
    (first..=last)
        .into_par_iter()
        .map(|t| look(series, settings, t))
        .collect()
}

fn look(series: &Series, settings: &Original, t: usize) -> Result<OriginalRow> {
    let at = t - 1;
    let observed = series.observed()[at];
    let same = same_weeks(series, at, settings.b)?;
    let season = seasons(&same, at, settings.w, 1)?;
    let mut data = Data::new(1);
    let earlier = at - settings.w;
    for (i, _) in season
        .iter()
        .enumerate()
        .take(earlier)
        .filter(|(_, season)| season.is_some())
    {
        data.push(series.observed()[i], i as f64, 0, 0.0);
    }
    let mut row = OriginalRow {
        t,
        observed,
        upper: 0.0,
        alarm: false,
        below: None,
        expected: None,
    };
    let Some((fit, dispersion)) = line(&data, settings, at as f64) else {
        return Ok(row);
    };
    let prediction = fit.predict(0, at as f64);
    let expected = prediction.eta.exp();
    let error = prediction.unscaled_error * dispersion.sqrt() * expected;
    let tau = dispersion + error * error / expected;
    let power = settings.power.exponent();
    let deviation = settings.power.deviation(expected, tau);
    let middle = expected.powf(power);
    let upper = (middle + normal::quantile(1.0 - settings.alpha / 2.0) * deviation).powf(1.0 / power);
    row.expected = Some(expected);
    row.below = Some(normal::cdf((observed.powf(power) - middle) / deviation));
    let (cases, periods) = settings.least;
    let lately: f64 = series.observed()[(at + 1).saturating_sub(periods)..=at].iter().sum();
    if lately >= cases {
        row.upper = upper;
        row.alarm = observed > upper;
    }
    Ok(row)
}

fn line(data: &Data, settings: &Original, time: f64) -> Option<(Fit, f64)> {
    if settings.trend
        && let Some((fit, dispersion)) = fitted(data, settings.reweight, true)
    {
        let greatest = data.response.iter().copied().fold(0.0, f64::max);
        let is_sure = fit.slope_p_value(fit.dispersion).is_some_and(|p| p < 0.05);
        if settings.b >= 3 && is_sure && fit.predict(0, time).eta.exp() <= greatest {
            return Some((fit, dispersion));
        }
    }
    fitted(data, settings.reweight, false)
}

fn fitted(data: &Data, reweight: bool, with_trend: bool) -> Option<(Fit, f64)> {
    let equal = vec![1.0; data.response.len()];
    let fit = Fit::new(data, &equal, with_trend)?;
    let dispersion = fit.dispersion.max(1.0);
    if !reweight {
        return Some((fit, dispersion));
    }
    let weights = fit.weights(data, dispersion, 1.0);
    let fit = Fit::new(data, &weights, with_trend)?;
    let dispersion = fit.dispersion.max(1.0);
    Some((fit, dispersion))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_rings_and_a_quiet_week_does_not() {
        let mut weeks: Vec<f64> = (0..320).map(|week| f64::from(3 + (week * 7) % 4)).collect();
        weeks[310] = 40.0;
        let series = Series::new(weeks, 52).expect("counts");
        let rows = original(&series, &Original::default(), 305, 315).expect("rows");
        let alarms: Vec<usize> = rows.iter().filter(|row| row.alarm).map(|row| row.t).collect();
        assert_eq!(alarms, [311]);
    }
}
