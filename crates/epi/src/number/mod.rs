//! Distribution functions and their inverses, as precise as double numbers allow.
//!
//! The special functions below come from a library; what is here turns them into tails that do not cancel and quantiles
//! that are polished until they no longer move.

pub mod beta;
pub mod discrete;
pub mod gamma;
pub mod gamma_curve;
pub mod lattice;
pub mod minimum;
pub mod normal;
pub mod quadrature;
pub mod root;
pub mod scatter;
pub mod student;
