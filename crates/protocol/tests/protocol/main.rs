//! The engine, tried on the worked examples of the pack language and on what must hold for any of them.

mod chains;
mod enrolling;
mod judging;
mod properties;
mod rows;
mod world;
