//! Estimators and detectors for field epidemiology, held to reference results.
//!
//! Pure: values in, values and warnings out. Nothing reads a file, a clock or a source of randomness; what other programs
//! draw at random is integrated here, or takes a seed.
//!
//! An estimator is a file whose head says which data it needs, its source with a DOI, and what its interval means. It
//! refuses bad data with one [`Problem`](lianfang_kernel::Problem) in both languages. To add one: its file, a line in
//! its module, its sheet form in [`sheets`], its parameters in [`calls`], and cases to compare with in [`cases`].
//!
//! ```
//! use lianfang_epi::rt::{Incidence, Prior, SerialInterval, Windows, reproduction};
//! let cases = Incidence::of_total(vec![1., 1., 3., 2., 5., 8., 9., 11., 16., 24.])?;
//! let interval = SerialInterval::parametric(2.6, 1.5, cases.days())?;
//! let weeks = Windows { first: 2, width: 7, step: 1 };
//! let rows = reproduction(&cases, &[(1.0, interval)], weeks, Prior::default())?;
//! assert_eq!(rows.len(), 3);
//! # Ok::<(), lianfang_kernel::Problem>(())
//! ```

pub mod beds;
pub mod calls;
pub mod cases;
pub mod chains;
pub mod delays;
pub mod detect;
pub mod fatality;
pub mod forecast;
pub mod growth;
pub mod layout;
pub mod nowcast;
pub mod number;
pub mod offspring;
pub mod rt;
pub mod sheets;
pub mod table;

pub use table::Table;

/// A value, or the one problem that stood in the way.
pub type Result<T> = std::result::Result<T, lianfang_kernel::Problem>;
