//! Small charts drawn by the server as SVG: one message each, said in the title; a table stands under every one.

pub mod chains;
mod curve;
mod scale;
mod spark;

pub use curve::{Band, Chart, Column, Line, draw, figure, file};
pub use scale::{Scale, nice};
pub use spark::spark;
