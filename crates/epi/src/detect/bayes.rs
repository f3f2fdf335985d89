//! The Bayes detector: what a Poisson count with Jeffreys' prior is expected to be, given earlier counts.
//!
//! Riebler, Empirischer Vergleich von statistischen Methoden zur Ausbruchserkennung, 2004; Höhle, Comput Stat 2007
//! (doi:10.1007/s00180-007-0074-8).

use super::{Reference, Series, Verdict};
use crate::Result;
use crate::number::discrete;
use lianfang_kernel::{Problem, Words};

/// Looks at the moments `first` to `last`, from 1.
///
/// # Errors
/// A range that the series does not cover; nothing to compare with; an alpha that is no probability.
pub fn bayes(series: &Series, reference: Reference, alpha: f64, first: usize, last: usize) -> Result<Vec<Verdict>> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return Err(Problem::new(
            "settings_invalid",
            Words::new("alpha 须在0与1之间", "alpha must lie between 0 and 1"),
            Words::new("常用 0.05", "0.05 is usual"),
        ));
    }
    reference.check(series, first, last)?;
    let one = |t: usize| {
        let values = reference.values(series, t);
        let size = values.iter().sum::<f64>() + 0.5;
        let upper = discrete::negative_binomial_quantile(size, size / values.len() as f64, 1.0 - alpha);
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
