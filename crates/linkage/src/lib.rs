//! Record linkage for person lists.
mod address;
mod birth;
mod engine;
mod han;
mod hash;
mod idno;
mod index;
mod learn;
mod level;
mod lexicon;
mod lunar;
mod model;
mod name;
mod phone;
mod plate;
mod record;
mod rules;
mod spelling;
mod surname;
mod vector;

pub use address::Gazetteer;
pub use engine::{Link, Linker, learn_places};
pub use model::{Class, Model};
pub use record::Row;
