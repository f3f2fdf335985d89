//! What the packs' rules, guards and protocols make of the facts: enrolments, tasks, releases, escalations, refusals.
//!
//! Everything is a pure function of (model, snapshot, the subject's facts, now). A plan is never stored as truth: it is
//! made again from the facts whenever one of them or the time changes, and the writer keeps the difference.
//!
//! - [`History`] gathers the facts of one subject: corrections and withdrawals applied ([`effective`]).
//! - [`needs`] lists the other subjects that looks name, so that the caller fetches them; then [`plan()`] makes the
//!   [`Plan`], with the next moment at which time alone changes it.
//! - [`judge()`](judge::judge) admits or refuses one entry: defaults, computed values, decisions, guards, release gates.
//!
//! ```
//! use lianfang_kernel::{Instant, RegionId, RegionTree, SubjectKind, SubjectView, Zone, ids::SubjectId};
//! use lianfang_policy::{Model, Snapshot};
//! use lianfang_protocol::{Alone, History, PlanInput, plan};
//! use std::sync::Arc;
//!
//! let city = RegionId::new("371702");
//! let snapshot = Snapshot::of_model(Arc::new(Model::default()), Arc::new(RegionTree::default()), city.clone(), Zone::china());
//! let now = Instant::parse("2022-01-20T08:00:00+08:00").unwrap();
//! let subject = SubjectView {
//!     id: SubjectId(lianfang_kernel::ids::derived("a traveller")),
//!     kind: SubjectKind::Person,
//!     kind_type: "person".to_owned(),
//!     region: city,
//!     unit: None,
//!     since: now,
//!     until: None,
//! };
//! let history = History::new(subject, Vec::new(), None, &snapshot);
//! let plan = plan(&PlanInput { history: &history, others: &Alone, snapshot: &snapshot, now, horizon: None });
//! assert!(plan.enrolments.is_empty(), "no packs, no duties");
//! ```

mod again;
pub mod allocation;
mod campaign;
mod chain;
mod close;
mod condition;
mod course;
mod edition;
mod engine;
mod enrol;
mod facts;
pub mod hold;
mod items;
pub mod judge;
mod live_set;
mod look;
mod matching;
mod names;
mod over_enrolled;
mod passing_on;
mod plan;
mod planner;
pub mod posting;
pub mod preview;
mod schedule;
mod spell;
mod stage;

pub use campaign::{Standing, standing};
pub use chain::effective;
pub use facts::{Alone, BalancePlace, Fact, Facts, History};
pub use judge::{Candidate, Judgement, Told, balances_of, judge, lets_pass, linked_by, needs_of};
pub use lianfang_policy::record::{body_fields, subject_record};
pub use passing_on::PASSING_ON;
pub use plan::{
    Enrolment, Fault, LAID_AHEAD, Notice, NoticeKind, Occurrence, OccurrenceState, Owner, Plan, PlanInput, Receipt,
    State, Timeliness, needs, plan, plan_of,
};
pub use preview::{Preview, plan_ahead};
