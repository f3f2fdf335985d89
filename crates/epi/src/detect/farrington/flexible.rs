//! The improved detector of Noufaily et al. 2013, with the settings of the original as another choice of them.

use super::model::{Data, Fit, Prediction};
use super::seasons::{same_weeks, seasons};
use crate::Result;
use crate::detect::Series;
use crate::number::{discrete, normal};
use lianfang_kernel::{Problem, Words};
use rayon::prelude::*;

/// How the upper bound is taken from the prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// A normal interval of the transformed count.
    Delta,
    /// A quantile of the negative binomial distribution with the predicted mean.
    NbPlugin,
    /// The same with the upper confidence limit of the mean.
    Muan,
}

/// The power that makes counts nearly normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// 2/3, which removes skewness.
    TwoThirds,
    /// 1/2, which evens out the variance.
    Half,
    /// None.
    One,
}

impl Power {
    pub(super) fn exponent(self) -> f64 {
        match self {
            Power::TwoThirds => 2.0 / 3.0,
            Power::Half => 0.5,
            Power::One => 1.0,
        }
    }

    /// Standard deviation of the transformed count with this mean and `tau` times its variance.
    pub(super) fn deviation(self, mean: f64, tau: f64) -> f64 {
        match self {
            Power::TwoThirds => (4.0 / 9.0 * mean.cbrt() * tau).sqrt(),
            Power::Half => (0.25 * tau).sqrt(),
            Power::One => (mean * tau).sqrt(),
        }
    }
}

/// Settings, named as in the literature's programs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flexible {
    /// Years to look back.
    pub b: usize,
    /// Periods on each side of the same period.
    pub w: usize,
    /// Whether past outbreaks are weighted down.
    pub reweight: bool,
    /// From which standardised residual on.
    pub weights_threshold: f64,
    /// Seasons of a year; 1 uses the windows around the same period only.
    pub periods: usize,
    /// Last periods that the line does not see, lest an outbreak under way become usual.
    pub past_not_included: usize,
    /// Whether a slope over the years is tried.
    pub trend: bool,
    /// How sure of a slope one must be to keep it; 1 keeps every one that is plausible.
    pub trend_p: f64,
    /// How the bound is taken.
    pub threshold: Threshold,
    /// Transformation for [`Threshold::Delta`].
    pub power: Power,
    /// Probability of a false alarm.
    pub alpha: f64,
    /// Cases that the last periods must hold for an alarm, and how many periods.
    pub least: (f64, usize),
    /// Whether rates by population are modelled.
    pub population_offset: bool,
}

impl Default for Flexible {
    /// What Noufaily et al. propose, with five years.
    fn default() -> Flexible {
        Flexible {
            b: 5,
            w: 3,
            reweight: true,
            weights_threshold: 2.58,
            periods: 10,
            past_not_included: 26,
            trend: true,
            trend_p: 1.0,
            threshold: Threshold::NbPlugin,
            power: Power::TwoThirds,
            alpha: 0.05,
            least: (5.0, 4),
            population_offset: false,
        }
    }
}

/// What is known about one period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlexibleRow {
    /// The period, from 1.
    pub t: usize,
    /// What was counted.
    pub observed: f64,
    /// Greatest usual count; none when there are too few cases lately or no line could be fitted.
    pub upper: Option<f64>,
    /// Whether the count is above it.
    pub alarm: bool,
    /// What the line expects; none together with the bound.
    pub expected: Option<f64>,
    /// (observed − expected) / (upper − expected): above 1 is an alarm.
    pub score: Option<f64>,
    /// Probability of a count like this or more when nothing happens.
    pub p_value: Option<f64>,
    /// The mean that the bound was taken from: the expectation, or its upper limit.
    pub mean: Option<f64>,
    /// Dispersion, at least 1.
    pub dispersion: Option<f64>,
    /// Slope a period on the logarithmic scale; none when dropped.
    pub trend: Option<f64>,
}

/// Looks at the periods `first` to `last`, from 1.
///
/// ```
/// use lianfang_epi::detect::{Series, farrington::{Flexible, flexible}};
/// let mut weeks = vec![4.0; 52 * 7];
/// weeks[360] = 30.0;
/// let series = Series::new(weeks, 52)?;
/// let rows = flexible(&series, &Flexible::default(), 350, 364)?;
/// assert_eq!(rows.iter().filter(|row| row.alarm).map(|row| row.t).collect::<Vec<_>>(), [361]);
/// # Ok::<(), lianfang_kernel::Problem>(())
/// ```
///
/// # Errors
/// Settings that cannot be used; a period with less history than they ask for.
pub fn flexible(series: &Series, settings: &Flexible, first: usize, last: usize) -> Result<Vec<FlexibleRow>> {
    check(settings)?;
    series.check_range(first, last, 1)?;
    if settings.population_offset && series.population().is_none() {
        return Err(Problem::new(
            "population_missing",
            Words::new(
                "要按人口计算，但没有人口数",
                "rates are asked for and there is no population",
            ),
            Words::new("加上 population 列", "add a column population"),
        ));
    }
    let one = |t| look(series, settings, t);
    match last - first {
        // One period a series is how a nightly run over all regions looks: it is spread over series instead.
        0 => Ok(vec![one(first)?]),
        _ => (first..=last).into_par_iter().map(one).collect(),
    }
}

fn check(settings: &Flexible) -> Result<()> {
    let is_probability = |p: f64| p > 0.0 && p < 1.0;
    if settings.b >= 1
        && settings.periods >= 1
        && is_probability(settings.alpha)
        && settings.trend_p >= 0.0
        && settings.weights_threshold > 0.0
    {
        return Ok(());
    }
    Err(Problem::new(
        "settings_invalid",
        Words::new(
            "Farrington 参数不可用",
            "these settings of Farrington's detector cannot be used",
        ),
        Words::new(
            "b 与 noPeriods 至少为1，alpha 在0与1之间，weightsThreshold 大于0",
            "b and noPeriods at least 1, alpha between 0 and 1, weightsThreshold above 0",
        ),
    ))
}

fn look(series: &Series, settings: &Flexible, t: usize) -> Result<FlexibleRow> {
    let at = t - 1;
    let data = history(series, settings, at)?;
    let observed = series.observed()[at];
    let mut row = FlexibleRow {
        t,
        observed,
        upper: None,
        alarm: false,
        expected: None,
        score: None,
        p_value: None,
        mean: None,
        dispersion: None,
        trend: None,
    };
    let own = u8::try_from(settings.periods - 1).unwrap_or(u8::MAX);
    let offset = offset_of(series, settings, at);
    let Some(line) = line(&data, settings, own, at as f64, offset) else {
        return Ok(row);
    };
    let bound = bound(&line, settings, observed);
    row.p_value = Some(bound.p_value);
    row.mean = Some(bound.mean);
    row.dispersion = Some(line.dispersion);
    row.trend = line.trend;
    row.score = Some((observed - line.expected) / (bound.upper - line.expected)).filter(|s| s.is_finite());
    let (cases, periods) = settings.least;
    let lately: f64 = series.observed()[(at + 1).saturating_sub(periods)..=at].iter().sum();
    if lately >= cases {
        row.upper = Some(bound.upper);
        row.expected = Some(line.expected);
        row.alarm = observed > bound.upper;
    }
    Ok(row)
}

/// The weeks that the line is fitted to.
fn history(series: &Series, settings: &Flexible, at: usize) -> Result<Data> {
    let same = same_weeks(series, at, settings.b)?;
    let season = seasons(&same, at, settings.w, settings.periods)?;
    let used = season.iter().enumerate().filter_map(|(i, s)| s.map(|s| (i, s - 1)));
    let end = at.saturating_sub(settings.past_not_included);
    let mut data = Data::new(settings.periods);
    for (i, season) in used.take_while(|(i, _)| *i < end) {
        data.push(series.observed()[i], i as f64, season, offset_of(series, settings, i));
    }
    Ok(data)
}

fn offset_of(series: &Series, settings: &Flexible, at: usize) -> f64 {
    match series.population() {
        Some(population) if settings.population_offset => population[at].ln(),
        _ => 0.0,
    }
}

/// What is expected, on both scales.
struct Line {
    expected: f64,
    eta: f64,
    /// Standard error of `eta`.
    error: f64,
    dispersion: f64,
    trend: Option<f64>,
}

/// Fits with a slope where it is wanted and plausible, else without.
fn line(data: &Data, settings: &Flexible, season: u8, time: f64, offset: f64) -> Option<Line> {
    if settings.trend
        && let Some(fitted) = Fitted::new(data, settings, true)
    {
        let line = fitted.predicted(season, time, offset);
        let greatest = data.response.iter().copied().fold(0.0, f64::max);
        let p = fitted.fit.slope_p_value(fitted.error_dispersion);
        if settings.b >= 3 && p.is_some_and(|p| p < settings.trend_p) && line.expected <= greatest {
            return Some(line);
        }
    }
    Some(Fitted::new(data, settings, false)?.predicted(season, time, offset))
}

/// The line, after past outbreaks were weighted down.
struct Fitted {
    fit: Fit,
    /// At least 1.
    dispersion: f64,
    /// What standard errors are taken with.
    error_dispersion: f64,
}

impl Fitted {
    fn new(data: &Data, settings: &Flexible, with_trend: bool) -> Option<Fitted> {
        let equal = vec![1.0; data.response.len()];
        let fit = Fit::new(data, &equal, with_trend)?;
        let dispersion = fit.dispersion.max(1.0);
        if !settings.reweight {
            return Some(Fitted {
                dispersion,
                error_dispersion: fit.dispersion,
                fit,
            });
        }
        let weights = fit.weights(data, dispersion, settings.weights_threshold);
        let fit = Fit::new(data, &weights, with_trend)?;
        Some(Fitted {
            dispersion: fit.dispersion.max(1.0),
            error_dispersion: fit.prior_dispersion,
            fit,
        })
    }

    fn predicted(&self, season: u8, time: f64, offset: f64) -> Line {
        let Prediction { eta, unscaled_error } = self.fit.predict(season, time);
        let eta = eta + offset;
        Line {
            expected: eta.exp(),
            eta,
            error: unscaled_error * self.error_dispersion.sqrt(),
            dispersion: self.dispersion,
            trend: self.fit.slope(),
        }
    }
}

struct Bound {
    upper: f64,
    p_value: f64,
    mean: f64,
}

fn bound(line: &Line, settings: &Flexible, observed: f64) -> Bound {
    let z = normal::quantile(1.0 - settings.alpha);
    match settings.threshold {
        Threshold::Delta => {
            let error = line.error * line.expected;
            let tau = line.dispersion + error * error / line.expected;
            let power = settings.power.exponent();
            let deviation = settings.power.deviation(line.expected, tau);
            let middle = line.expected.powf(power);
            Bound {
                upper: (middle + z * deviation).powf(1.0 / power),
                p_value: normal::upper((observed.powf(power) - middle) / deviation),
                // Reference programs report this number here; the bound does not use it.
                mean: (line.expected + z * error).exp(),
            }
        }
        Threshold::NbPlugin => counted(line.expected, line.dispersion, settings.alpha, observed),
        Threshold::Muan => counted(
            (line.eta + z * line.error).exp(),
            line.dispersion,
            settings.alpha,
            observed,
        ),
    }
}

/// The quantile of a count with this mean and dispersion: Poisson when that is one.
fn counted(mean: f64, dispersion: f64, alpha: f64, observed: f64) -> Bound {
    let size = mean / (dispersion - 1.0);
    let (upper, p_value) = match dispersion > 1.0 {
        true => (
            discrete::negative_binomial_quantile(size, mean, 1.0 - alpha),
            discrete::negative_binomial_from(size, mean, observed),
        ),
        false => (
            discrete::poisson_quantile(mean, 1.0 - alpha),
            if observed > 0.0 {
                crate::number::gamma::cdf(observed, 1.0, mean)
            } else {
                1.0
            },
        ),
    };
    Bound { upper, p_value, mean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_counts_are_judged_without_an_upset(counts in proptest::collection::vec(0_u32..12, 300..330), least in 0_u8..2) {
            let counts: Vec<f64> = counts.into_iter().map(f64::from).collect();
            let last = counts.len();
            let series = Series::new(counts, 52).expect("counts");
            for threshold in [Threshold::Delta, Threshold::NbPlugin, Threshold::Muan] {
                let settings = Flexible { b: 4, threshold, least: (f64::from(least) * 5.0, 4), ..Flexible::default() };
                for row in flexible(&series, &settings, last - 5, last).expect("rows") {
                    prop_assert_eq!(row.alarm, row.upper.is_some_and(|upper| row.observed > upper));
                    prop_assert!(row.dispersion.is_none_or(|d| d >= 1.0));
                }
            }
        }
    }

    #[test]
    fn one_long_zero_is_no_alarm_and_no_upset() {
        let series = Series::new(vec![0.0; 400], 52).expect("counts");
        let rows = flexible(&series, &Flexible::default(), 390, 400).expect("rows");
        assert!(rows.iter().all(|row| !row.alarm && row.upper.is_none()));
    }

    #[test]
    fn a_short_history_is_told() {
        let series = Series::new(vec![1.0; 100], 52).expect("counts");
        assert_eq!(
            flexible(&series, &Flexible::default(), 100, 100)
                .expect_err("five years")
                .code,
            "history_short"
        );
    }
}
