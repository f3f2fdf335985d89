//! The pack language: TOML tables and CEL conditions, read, checked and lowered to a model. Pure.
//!
//! A pack is data. [`load`](load::load) reads the sources of all packs and a city's overlay, and gives a [`model::Model`] in
//! which every id resolves and every condition has a type, or all findings at once, each with file, line, column and a
//! hint. An [`expr::Expr`] of the model is evaluated against an [`expr::Env`]; what it may read outside of its variables
//! is the immutable [`snapshot::Snapshot`] and, for plans, an [`expr::Engine`]. [`decision::decide`] walks a rule table.
//!
//! Nothing here opens a file, reads a clock or asks a database: sources, moments and snapshots are parameters.
//!
//! ```
//! use lianfang_kernel::{Datum, Instant, RegionId, RegionTree, Zone};
//! use lianfang_policy::{Env, Snapshot, Source, load};
//! use std::sync::Arc;
//!
//! let text = r#"
//! [pack]
//! id = "fever"
//! title = { zh = "体温", en = "Temperature" }
//! [register.temperature]
//! title = { zh = "体温", en = "Temperature" }
//! purpose = { zh = "健康监测", en = "Monitoring" }
//! subject = ["person"]
//! retention = "30d"
//! sensitivity = "health"
//! field = [{ id = "celsius", title = { zh = "体温", en = "Degrees" }, kind = "decimal", scale = 1, required = true }]
//! [guard.fever]
//! title = { zh = "发热", en = "Fever" }
//! on = ["temperature"]
//! require = "entry.celsius < 37.3"
//! refuse = { zh = "发热，请复核", en = "A fever: look again" }
//! "#;
//! let source = Source { path: "packs/fever/pack.toml".to_owned(), text: text.to_owned() };
//! let model = Arc::new(load(&[source], &[]).unwrap().model);
//! let city = RegionId::new("3717");
//! let snapshot = Snapshot::of_model(model.clone(), Arc::new(RegionTree::default()), city, Zone::china());
//! // Inside, 37.5 at one decimal is 375.
//! let vars = [("entry", Datum::record([("celsius", Datum::Int(375))]))];
//! let at = Instant::parse("2020-02-05T08:00:00+08:00").unwrap();
//! let env = Env { vars: &vars, snapshot: &snapshot, engine: None, region: None, at, now: at };
//! assert!(!model.guards["fever"].require.eval_bool(&env).unwrap());
//! ```
//!
//! To add a function to the language: name it with its arguments in `expr/check/calls.rs`, type it there or in
//! `state_calls.rs`, give it a node in `expr/node.rs` and an evaluation in `expr/eval/`, and two lines in
//! `tests/findings.rs`: one that loads, one that does not. To add a table or key, see [`load`](mod@load).

pub mod decision;
pub mod desk;
pub mod difference;
pub mod expr;
pub mod going_back;
pub mod in_force;
pub mod load;
pub mod model;
mod nearest;
pub mod orgs;
pub mod posts;
pub mod proposal;
pub mod record;
pub mod reference;
pub mod snapshot;

pub use decision::{Decision, decide};
pub use desk::Desk;
pub use expr::{Engine, Env, EvalError, Expr};
pub use in_force::Target;
pub use load::{Finding, FindingSeverity, Item, ItemKey, Items, Loaded, Source, items, load};
pub use model::Model;
pub use orgs::Orgs;
pub use posts::Holder;
pub use record::subject_record;
pub use reference::{Interval, Reference, SubjectRef};
pub use snapshot::Snapshot;
