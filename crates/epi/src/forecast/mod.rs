//! The next days, by three plain models and their average, each held to what it would have said before.
//!
//! Quantiles of the models are averaged with weights by their past scores; averages of plain models have done as well as any
//! single elaborate one (Cramer et al., PNAS 2022, doi:10.1073/pnas.2113561119). Scores are the weighted interval score of
//! Bracher et al., PLoS Comput Biol 2021 (doi:10.1371/journal.pcbi.1008618), which is the CRPS read off at a few quantiles. No
//! model knows of measures that are yet to be taken: two weeks are the limit here.

mod models;
mod score;

pub use models::Model;
pub use score::{crps, interval_score, weighted_interval_score};

use crate::Result;
use crate::rt::SerialInterval;
use lianfang_kernel::{Problem, Words};

/// Quantiles at [`PROBABILITIES`](crate::rt::PROBABILITIES) for each day ahead.
pub type Path = Vec<[f64; 7]>;

/// The greatest horizon in days.
pub const HORIZON: usize = 14;

/// What a model said, and how well it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The model.
    pub model: Model,
    /// Its share of the average.
    pub weight: f64,
    /// Mean weighted interval score over past origins; smaller is better, none without a past.
    pub score: Option<f64>,
    /// Share of past days within its 95 % interval.
    pub coverage: Option<f64>,
    /// Its quantiles.
    pub path: Path,
}

/// The average with what it was made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Quantiles of the average.
    pub path: Path,
    /// The average's own mean score over the same origins, with weights as they were then.
    pub score: Option<f64>,
    /// The models.
    pub models: Vec<Scored>,
    /// What a reader must know.
    pub warnings: Vec<Words>,
}

/// Forecasts `horizon` days after the last, scoring the models on every third of up to `origins` × 3 days before.
///
/// ```
/// use lianfang_epi::{forecast::forecast, rt::SerialInterval};
/// let cases: Vec<f64> = (0..60).map(|day| (10.0 * (0.03 * day as f64).exp()).round()).collect();
/// let interval = SerialInterval::parametric(5.0, 2.5, 60)?;
/// let next = forecast(&cases, &interval, 7, 6)?;
/// assert!(next.path[6][3] > cases[59] && next.path[6][0] < next.path[6][6]);
/// # Ok::<(), lianfang_kernel::Problem>(())
/// ```
///
/// # Errors
/// Fewer than 28 days, what is no count, or a horizon of none or of more than [`HORIZON`] days.
pub fn forecast(cases: &[f64], interval: &SerialInterval, horizon: usize, origins: usize) -> Result<Forecast> {
    check(cases, horizon)?;
    let past = past(cases, interval, horizon, origins);
    let scores: Vec<Option<f64>> = (0..Model::ALL.len())
        .map(|model| mean(past.iter().map(|o| o.scores[model])))
        .collect();
    let weights = weights(&scores);
    let paths: Vec<Path> = Model::ALL
        .iter()
        .map(|model| model.path(cases, interval, horizon))
        .collect();
    let models = Model::ALL.iter().enumerate().map(|(at, model)| Scored {
        model: *model,
        weight: weights[at],
        score: scores[at],
        coverage: mean(past.iter().map(|o| o.covered[at])),
        path: paths[at].clone(),
    });
    let mut warnings = Vec::new();
    if past.is_empty() {
        warnings.push(Words::new(
            "历史太短，模型未经回测，权重相等",
            "too little history to score the models: their weights are equal",
        ));
    }
    if cases[cases.len() - 7..].iter().sum::<f64>() < 10.0 {
        warnings.push(Words::new(
            "近一周不足10例，预测仅供参考",
            "fewer than ten cases in the last week: hardly anything can be said",
        ));
    }
    Ok(Forecast {
        path: average(&paths, &weights),
        score: mean(past.iter().map(|o| o.average)),
        models: models.collect(),
        warnings,
    })
}

fn check(cases: &[f64], horizon: usize) -> Result<()> {
    let is_sound = cases.iter().all(|n| *n >= 0.0 && n.fract() == 0.0 && n.is_finite());
    if cases.len() >= 28 && is_sound && (1..=HORIZON).contains(&horizon) {
        return Ok(());
    }
    Err(Problem::new(
        "series_short",
        Words::new(
            format!("无法预测：{}天的数据，预测{horizon}天", cases.len()),
            format!("no forecast of {horizon} days from {} days", cases.len()),
        ),
        Words::new(
            format!("至少28天、非负整数，预测1至{HORIZON}天"),
            format!("give at least 28 days of whole numbers from zero, and ask for 1 to {HORIZON}"),
        ),
    ))
}

/// How the models did at one past origin.
struct Origin {
    scores: Vec<f64>,
    covered: Vec<f64>,
    average: f64,
}

fn past(cases: &[f64], interval: &SerialInterval, horizon: usize, origins: usize) -> Vec<Origin> {
    let mut past: Vec<Origin> = Vec::new();
    let latest = cases.len() - horizon;
    let mut days: Vec<usize> = (0..origins)
        .filter_map(|back| latest.checked_sub(3 * back))
        .filter(|day| *day >= 28)
        .collect();
    days.reverse();
    for day in days {
        // Only what was known then, also for the weights.
        let known: Vec<Option<f64>> = (0..Model::ALL.len())
            .map(|model| mean(past.iter().map(|o| o.scores[model])))
            .collect();
        let paths: Vec<Path> = Model::ALL
            .iter()
            .map(|model| model.path(&cases[..day], interval, horizon))
            .collect();
        let happened = &cases[day..day + horizon];
        let scored = |path: &Path| {
            let one = path
                .iter()
                .zip(happened)
                .map(|(quantiles, y)| weighted_interval_score(quantiles, *y));
            one.sum::<f64>() / horizon as f64
        };
        let covered = |path: &Path| {
            let inside = path
                .iter()
                .zip(happened)
                .filter(|(q, y)| q[0] <= **y && **y <= q[6])
                .count();
            inside as f64 / horizon as f64
        };
        past.push(Origin {
            scores: paths.iter().map(scored).collect(),
            covered: paths.iter().map(covered).collect(),
            average: scored(&average(&paths, &weights(&known))),
        });
    }
    past
}

/// Weights by the inverse of the score; equal without scores.
fn weights(scores: &[Option<f64>]) -> Vec<f64> {
    let raw: Vec<f64> = scores
        .iter()
        .map(|score| score.map_or(1.0, |score| 1.0 / (score + 1e-9)))
        .collect();
    let sum: f64 = raw.iter().sum();
    raw.iter().map(|weight| weight / sum).collect()
}

fn average(paths: &[Path], weights: &[f64]) -> Path {
    let days = paths.first().map_or(0, Vec::len);
    let one = |day: usize| {
        let at = |q: usize| {
            paths
                .iter()
                .zip(weights)
                .map(|(path, weight)| weight * path[day][q])
                .sum()
        };
        std::array::from_fn(at)
    };
    (0..days).map(one).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0.0);
    values.for_each(|value| {
        sum += value;
        n += 1.0;
    });
    (n > 0.0).then(|| sum / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn any_counts_give_quantiles_in_order(cases in proptest::collection::vec(0_u32..300, 28..70)) {
            let cases: Vec<f64> = cases.into_iter().map(f64::from).collect();
            let interval = SerialInterval::parametric(4.0, 2.0, cases.len()).expect("an interval");
            let next = forecast(&cases, &interval, 14, 3).expect("a forecast");
            for quantiles in &next.path {
                prop_assert!(quantiles.is_sorted() && quantiles.iter().all(|q| q.is_finite() && *q >= 0.0), "{:?}", quantiles);
            }
            let sum: f64 = next.models.iter().map(|m| m.weight).sum();
            prop_assert!((sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_model_that_did_better_weighs_more() {
        let cases: Vec<f64> = (0..90)
            .map(|day| (20.0 * (0.04 * f64::from(day)).exp()).round())
            .collect();
        let interval = SerialInterval::parametric(5.0, 2.5, 90).expect("an interval");
        let next = forecast(&cases, &interval, 14, 10).expect("a forecast");
        let weight = |model| next.models.iter().find(|m| m.model == model).map(|m| m.weight);
        assert!(weight(Model::Growth) > weight(Model::Flat), "{:?}", next.models);
    }

    #[test]
    fn too_short_or_too_far_is_refused() {
        let interval = SerialInterval::parametric(5.0, 2.5, 90).expect("an interval");
        assert!(forecast(&[1.0; 27], &interval, 7, 3).is_err());
        assert!(forecast(&[1.0; 60], &interval, 15, 3).is_err());
        assert!(forecast(&[-1.0; 60], &interval, 7, 3).is_err());
    }
}
