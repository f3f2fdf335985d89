//! The reproduction number over time.
//!
//! Cori, Ferguson, Fraser, Cauchemez: *A new framework and software to estimate time-varying reproduction numbers during
//! epidemics*, Am J Epidemiol 2013 (doi:10.1093/aje/kwt133), and Wallinga, Teunis: Am J Epidemiol 2004
//! (doi:10.1093/aje/kwh255). The interval is a posterior one: given the model and the prior, R lies in it with that
//! probability. What is not reported yet makes the last days too low: see [`crate::nowcast`].

mod cori;
mod incidence;
mod infectivity;
mod mixture;
mod serial_interval;
mod tabled;
mod uncertain;
mod wallinga_teunis;
mod window;

pub use cori::{Prior, Reproduction, RtRow, reproduction};
pub use incidence::Incidence;
pub use infectivity::infectivity;
pub use serial_interval::{SerialInterval, discretised};
pub use uncertain::{Bounded, uncertain_intervals};
pub use wallinga_teunis::{CaseReproduction, case_reproduction};
pub use window::Windows;

/// The probabilities whose quantiles are told.
pub const PROBABILITIES: [f64; 7] = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975];
