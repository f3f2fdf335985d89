//! The detectors once used at the Robert Koch Institute: a mean with two deviations, or with Poisson limits when it is small.
//! Where the mean is not whole the limits of the whole number below it are taken.

use super::{Reference, Series, Verdict};
use crate::Result;

/// Upper 95 % limits of Crow and Gardner (doi:10.1093/biomet/46.3-4.441) for a Poisson count of 0 to 20.
const CROW_GARDNER: [f64; 21] = [
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633, 19.050, 20.335, 21.364, 22.945,
    23.762, 25.400, 26.306, 27.735, 28.966, 30.017,
];

/// Looks at the moments `first` to `last`, from 1.
///
/// # Errors
/// A range that the series does not cover; nothing to compare with.
pub fn rki(series: &Series, reference: Reference, first: usize, last: usize) -> Result<Vec<Verdict>> {
    reference.check(series, first, last)?;
    let one = |t: usize| {
        let values = reference.values(series, t);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let variance: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (n - 1.0);
        let upper = match CROW_GARDNER.get(mean.floor() as usize) {
            Some(limit) if mean <= 20.0 => *limit,
            _ => mean + 2.0 * variance.sqrt(),
        };
        let observed = series.observed()[t - 1];
        Verdict {
            t,
            observed,
            upper: Some(upper),
            alarm: observed > upper,
        }
    };
    Ok((first..=last).map(one).collect())
}
