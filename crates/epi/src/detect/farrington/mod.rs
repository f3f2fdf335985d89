//! Farrington's detector and its improvement: this week against the same weeks of earlier years.
//!
//! Farrington, Andrews, Beale, Catchpole, J R Stat Soc A 1996 (doi:10.2307/2983331); Noufaily, Enki, Farrington, Garthwaite,
//! Andrews, Charlett, Stat Med 2013 (doi:10.1002/sim.5595). A quasi-Poisson line is fitted to earlier years, past outbreaks
//! are weighted down, and the count is compared with a quantile of what the line predicts.
//!
//! The season enters as a factor, so the equations of every step fall apart into one sum per season and one slope:
//! a fit costs a few passes over the weeks and no matrix.

mod counted;
mod flexible;
mod model;
mod original;
mod seasons;

pub use flexible::{Flexible, FlexibleRow, Power, Threshold, flexible};
pub use original::{Original, OriginalRow, original};
pub(in crate::detect) use seasons::{same_weeks, seasons};
