//! Messages: how one wants to be told, and whom no message or call has reached.

pub mod choose;
pub mod unreached;
