//! Small charts drawn by the server as SVG: one message each, said in the title; a table stands under every one.

pub mod chains;
pub(crate) mod curve;
pub(crate) mod map;
mod scale;
mod steps;
mod tiles;

pub use curve::{Band, Chart, Column, Line, draw, figure, file};
pub use map::{Look, Map, Sign, SignShape, Tile, draw_map, map_figure, map_file, map_key, map_rows};
pub use scale::{Scale, nice};
pub use steps::Steps;
pub use tiles::{Layout, Need, Place, Shape, lay_out};
