//! The engine, tried on the worked examples of the pack language and on what must hold for any of them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be told fails")]

mod campaigns;
mod chains;
mod enrolling;
mod holding;
mod judging;
mod over_enrolled;
mod previewing;
mod properties;
mod rounds;
mod rows;
mod world;
