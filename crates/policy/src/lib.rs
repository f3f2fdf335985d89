//! The pack language: TOML tables and CEL conditions, read, checked and lowered to a model. Pure.
//!
//! A pack is data. [`load`](load::load) reads the sources of all packs and a city's overlay, and gives a [`model::Model`] in
//! which every id resolves and every condition has a type, or all findings at once, each with file, line, column and a
//! hint. An [`expr::Expr`] of the model is evaluated against an [`expr::Env`]; what it may read outside of its variables
//! is the immutable [`snapshot::Snapshot`] and, for plans, an [`expr::Engine`]. [`decision::decide`] walks a rule table.
//!
//! Nothing here opens a file, reads a clock or asks a database: sources, moments and snapshots are parameters.

pub mod decision;
pub mod desk;
pub mod expr;
pub mod load;
pub mod model;
mod nearest;
pub mod orgs;
pub mod record;
pub mod reference;
pub mod snapshot;

pub use decision::{Decision, decide};
pub use desk::Desk;
pub use expr::{Engine, Env, EvalError, Expr};
pub use load::{Finding, FindingSeverity, Loaded, Source, load};
pub use model::Model;
pub use orgs::Orgs;
pub use record::{entry_record, subject_record};
pub use reference::{Interval, Reference, SubjectRef};
pub use snapshot::Snapshot;
