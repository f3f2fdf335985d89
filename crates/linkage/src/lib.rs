//! Record linkage: which records of two lists, or of one, are of the same person. No labels are needed.
//!
//! Lists are read, pairs that share a key are counted by how their fields look beside each other, a mixture of classes
//! (one person, one household, strangers) is learnt from the counts, and every pair gets a weight: log2 of the odds that
//! both records are of one person.
//!
//! ```
//! use lianfang_linkage::{Linker, Row, learn_places};
//!
//! let a = [Row { id: "A1", name: "单国强", phone: "138 0013 8000", ..Row::default() }];
//! let b = [
//!     Row { id: "B1", name: "Shan Guoqiang", phone: "+8613800138000", ..Row::default() },
//!     Row { id: "B2", name: "李娜", phone: "13900139000", ..Row::default() },
//! ];
//! let mut linker = Linker::new(learn_places([]), 2);
//! linker.push(0, &a);
//! linker.push(1, &b);
//! linker.settle();
//! let model = linker.learn();
//! let links = linker.link(&model, 0.0);
//! assert_eq!((links.len(), links[0].a, links[0].b), (1, 0, 0));
//! assert!(linker.explain(&model, &links[0]).shares[0].level.en.contains("sound"));
//! ```
//!
//! To add a comparison level: a line in `level.rs` with what is expected of it, and the case in the field's `compare`. To
//! add a blocking rule: a key in `rules.rs`. Then measure with the examples `lists`, which makes lists up under two mixes
//! of errors, and `link`; a change that helps one mix only is fitted to it.
//!
//! The same lists give the same answer at any number of threads: counts are whole numbers until they are added, and parts
//! of the work are joined in the order of the list.

mod address;
mod birth;
mod cluster;
mod drawn;
mod explain;
mod han;
mod hash;
mod idno;
mod index;
mod learn;
mod level;
mod lexicon;
mod linker;
mod linking;
mod lookup;
mod lunar;
mod model;
mod name;
mod phone;
mod plate;
mod record;
mod rivals;
mod rules;
mod spelling;
mod surname;
mod vector;

pub use address::Gazetteer;
pub use cluster::{Clusters, Merge, MovedSince};
pub use explain::{Explanation, Share};
pub use linker::{Link, Linker, learn_places};
pub use linking::{Threshold, one_to_one};
pub use lookup::Found;
pub use model::{Class, Model, ModelError};
pub use record::Row;
