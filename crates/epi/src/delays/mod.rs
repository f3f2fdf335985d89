//! How long things take: incubation, onset to report, onset to hospital.
//!
//! A delay is rarely seen to the hour. Counting days as if they were exact makes the distribution too narrow, so each delay
//! is an interval here, and where the exposure is an interval too, both are integrated over: Reich et al., Stat Med 2009
//! (doi:10.1002/sim.3659).

mod distribution;
mod fit;

pub use distribution::{Family, Fitted};
pub use fit::{DelayFit, Observation, fit};
