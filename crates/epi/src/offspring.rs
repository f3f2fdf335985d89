//! How unequally people transmit: the mean R and the dispersion k of the numbers that cases infect.
//!
//! Lloyd-Smith, Schreiber, Kopp, Getz, Nature 2005 (doi:10.1038/nature04153): a negative binomial distribution; the smaller k,
//! the fewer cases cause most of what follows. The interval of k is where the likelihood is within 1.92 of its height.
//! Numbers of cases whose contacts were not followed up to the end make R too low and k too small.

use crate::Result;
use crate::number::{discrete, root};
use lianfang_kernel::{Problem, Words};
use std::collections::BTreeMap;

/// Half the 95 % quantile of a chi-squared distribution with one degree of freedom.
const DROP: f64 = 1.920_729_410_347_062;

/// What the numbers say.
#[derive(Clone, Debug, PartialEq)]
pub struct Offspring {
    /// Cases.
    pub cases: usize,
    /// Sum of the numbers that they infected.
    pub links: f64,
    /// The greatest of them.
    pub most: f64,
    /// Share of cases that infected nobody.
    pub share_zero: f64,
    /// Mean number infected.
    pub mean: f64,
    /// Its standard error under the negative binomial distribution.
    pub mean_error: f64,
    /// Dispersion; infinite when the numbers vary no more than a Poisson count.
    pub dispersion: f64,
    /// Its standard error; none when it is infinite.
    pub dispersion_error: Option<f64>,
    /// Its 95 % profile interval; an end may be infinite.
    pub dispersion_interval: (f64, f64),
    /// Dispersion by moments; none when the variance is not above the mean.
    pub dispersion_by_moments: Option<f64>,
    /// Logarithm of the likelihood.
    pub ln_likelihood: f64,
    /// The same for a Poisson distribution.
    pub ln_likelihood_poisson: f64,
    /// The same for a geometric distribution (k = 1).
    pub ln_likelihood_geometric: f64,
    /// Share of cases, those that infect most, that cause 80 % of transmission; none when nobody infected anybody.
    pub share_for_80_percent: Option<f64>,
}

/// Estimates R and k from the number that each case infected.
///
/// ```
/// let found = lianfang_epi::offspring::estimate(&[0., 0., 0., 1., 0., 0., 12., 0., 2., 0., 0., 0.])?;
/// assert!(found.dispersion < 0.3 && found.share_for_80_percent < Some(0.2));
/// # Ok::<(), lianfang_kernel::Problem>(())
/// ```
///
/// # Errors
/// Fewer than three cases, or a number that is no count.
pub fn estimate(numbers: &[f64]) -> Result<Offspring> {
    check(numbers)?;
    let n = numbers.len() as f64;
    let links: f64 = numbers.iter().sum();
    let mean = links / n;
    let counted = tally(numbers);
    let ln = |k: f64| {
        counted
            .iter()
            .map(|(x, times)| times * discrete::negative_binomial_ln(k, mean, *x))
            .sum::<f64>()
    };
    let poisson: f64 = counted
        .iter()
        .map(|(x, times)| times * discrete::poisson_ln(mean, *x))
        .sum();
    let variance = numbers.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let slope = |k: f64| slope(&counted, mean, k);
    let dispersion = match variance * (n - 1.0) / n > mean {
        true => root::between(-18.0, 14.0, 1e-16, |ln_k| slope(ln_k.exp())).map_or(f64::INFINITY, f64::exp),
        false => f64::INFINITY,
    };
    let ln_likelihood = if dispersion.is_finite() {
        ln(dispersion)
    } else {
        poisson
    };
    Ok(Offspring {
        cases: numbers.len(),
        links,
        most: numbers.iter().copied().fold(0.0, f64::max),
        share_zero: counted
            .first()
            .filter(|(x, _)| *x == 0.0)
            .map_or(0.0, |(_, times)| times / n),
        mean,
        mean_error: (mean * (1.0 + mean / dispersion) / n).sqrt(),
        dispersion,
        dispersion_error: dispersion.is_finite().then(|| {
            let step = 1e-4 * dispersion;
            let curvature = (slope(dispersion + step) - slope(dispersion - step)) / (2.0 * step);
            (-1.0 / curvature).sqrt()
        }),
        dispersion_interval: interval(ln_likelihood, dispersion, poisson, ln),
        dispersion_by_moments: (variance > mean).then(|| mean * mean / (variance - mean)),
        ln_likelihood,
        ln_likelihood_poisson: poisson,
        ln_likelihood_geometric: ln(1.0),
        share_for_80_percent: (mean > 0.0).then(|| share(mean, dispersion, 0.8)),
    })
}

fn check(numbers: &[f64]) -> Result<()> {
    if numbers.len() < 3 {
        return Err(Problem::new(
            "series_short",
            Words::new(
                format!("只有{}例", numbers.len()),
                format!("there are only {} cases", numbers.len()),
            ),
            Words::new(
                "至少要三例，未传染他人的也要列出",
                "at least three are needed; list those who infected nobody too",
            ),
        ));
    }
    match numbers
        .iter()
        .position(|x| !(*x >= 0.0 && x.fract() == 0.0 && x.is_finite()))
    {
        Some(at) => Err(Problem::new(
            "count_invalid",
            Words::new(
                format!("第{}行的续发数 {} 不是非负整数", at + 2, numbers[at]),
                format!("line {}: {} is not a count", at + 2, numbers[at]),
            ),
            Words::new("填写每例续发病例数", "give the number that each case infected"),
        )),
        None => Ok(()),
    }
}

/// How often each number occurs.
fn tally(numbers: &[f64]) -> Vec<(f64, f64)> {
    let mut counted: BTreeMap<u64, f64> = BTreeMap::new();
    for number in numbers {
        *counted.entry(*number as u64).or_default() += 1.0;
    }
    counted
        .into_iter()
        .map(|(number, times)| (number as f64, times))
        .collect()
}

/// How the logarithm of the likelihood rises with k, at the mean.
fn slope(counted: &[(f64, f64)], mean: f64, k: f64) -> f64 {
    let one = |(x, times): &(f64, f64)| {
        let rising: f64 = (0..*x as u64).map(|i| 1.0 / (k + i as f64)).sum();
        times * (rising - (mean / k).ln_1p() + (mean - x) / (k + mean))
    };
    counted.iter().map(one).sum()
}

fn interval(height: f64, dispersion: f64, poisson: f64, ln: impl Fn(f64) -> f64) -> (f64, f64) {
    let below = |ln_k: f64| ln(ln_k.exp()) - height + DROP;
    let middle = if dispersion.is_finite() { dispersion.ln() } else { 14.0 };
    let low = root::between(-30.0, middle, 1e-15, below).map_or(0.0, f64::exp);
    let high = match poisson > height - DROP {
        true => f64::INFINITY,
        false => root::between(middle, 25.0, 1e-15, below).map_or(f64::INFINITY, f64::exp),
    };
    (low, high)
}

/// The share of cases, from the most infectious down, that together cause `wanted` of all transmission. Cases that infect the
/// same number cannot be told apart, so a share of them is taken.
fn share(mean: f64, dispersion: f64, wanted: f64) -> f64 {
    let probability = |x: f64| match dispersion.is_finite() {
        true => discrete::negative_binomial_ln(dispersion, mean, x).exp(),
        false => discrete::poisson_ln(mean, x).exp(),
    };
    // What those with few cause is counted up until only `wanted` is left to those with more.
    let (mut cases, mut caused, mut x) = (1.0 - probability(0.0), 1.0, 1.0);
    while x < 1e7 {
        let own = probability(x);
        let next = caused - own * x / mean;
        if next <= wanted {
            return cases - own * (caused - wanted) / (caused - next);
        }
        caused = next;
        cases -= own;
        x += 1.0;
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_interval_holds_the_estimate(numbers in proptest::collection::vec(0_u32..9, 3..80)) {
            let numbers: Vec<f64> = numbers.into_iter().map(f64::from).collect();
            let found = estimate(&numbers).expect("counts");
            let (low, high) = found.dispersion_interval;
            prop_assert!(low <= found.dispersion && found.dispersion <= high, "{:?}", found);
            prop_assert!(found.share_for_80_percent.is_none_or(|share| share > 0.0 && share <= 0.8 + 1e-9), "{:?}", found);
        }
    }

    #[test]
    fn bad_numbers_are_refused_with_their_line() {
        assert_eq!(estimate(&[1.0]).expect_err("too few").code, "series_short");
        assert_eq!(estimate(&[1.0, -1.0, 0.0]).expect_err("negative").code, "count_invalid");
        assert_eq!(estimate(&[1.0, 0.5, 0.0]).expect_err("a decimal").code, "count_invalid");
    }

    #[test]
    fn nobody_who_infects_anybody_is_an_answer_too() {
        let found = estimate(&[0.0; 10]).expect("counts");
        assert_eq!((found.mean, found.share_for_80_percent), (0.0, None));
    }
}
