//! Detectors: is this week's count more than usual?
//!
//! Every detector gives an upper bound and whether the count is above it. A bound that cannot be computed is told as none
//! and is no alarm. What an alarm is worth depends on how many series are looked at: at 0.05, one in twenty rings.

mod bayes;
mod cusum;
mod delayed;
mod ears;
pub mod farrington;
mod legal;
mod reference_values;
mod rki;
mod sensitivity;
mod series;

pub use bayes::bayes;
pub use cusum::{Cusum, CusumMean, CusumRow, Transform, cusum};
pub use delayed::{Delayed, delayed};
pub use ears::{Ears, EarsMethod, ears};
pub use legal::{LegalRow, twice_five_year_mean};
pub use reference_values::Reference;
pub use rki::rki;
pub use sensitivity::{Expected, Sensitivity, expected};
pub use series::Series;

/// What a detector says about one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// The moment, from 1.
    pub t: usize,
    /// What was counted.
    pub observed: f64,
    /// The greatest count that is usual; none when it cannot be computed.
    pub upper: Option<f64>,
    /// Whether the count is unusual.
    pub alarm: bool,
}
