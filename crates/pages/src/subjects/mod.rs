//! `/subjects`: finding a file, reading it, opening who it is of.

mod hold;

pub(crate) use hold::holds_of;
