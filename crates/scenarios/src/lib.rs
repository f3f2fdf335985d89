//! Plays the scenario files of the packs against a real server and compares its answers.
//!
//! A scenario is a TOML file under `packs/<pack>/scenarios/`: organisations and accounts, then steps through the public
//! HTTP interface with the answers they must give. `docs/scenarios.md` describes the format. A row of the mission counts
//! as met because a scenario that names it passes, so nothing here knows the inside of the server: it is started as a
//! program, on a fresh database, with a test clock.
//!
//! To run one:
//! ```no_run
//! use lianfang_scenarios::{BinaryLauncher, run_file};
//! use std::path::Path;
//!
//! let launcher = BinaryLauncher::new("target/debug/lianfang", "packs");
//! let outcome = run_file(Path::new("packs/isolation/scenarios/s77-second-swab-after-24-hours.toml"), &launcher);
//! if let Err(failure) = &outcome.result {
//!     eprintln!("{failure}");
//! }
//! ```
//!
//! To add a verb or an operator: (1) its field or name in [`Scenario`] or [`matching`], (2) its case in a test there,
//! (3) its line in `docs/scenarios.md`.

mod actors;
mod answer;
mod client;
mod files;
mod fresh_ids;
mod launch;
pub mod matching;
mod outcome;
mod play;
mod scenario;
mod substitution;
mod test_clock;

pub use files::{ScenarioFile, find};
pub use launch::{BinaryLauncher, Launch, LaunchError, Login, Server};
pub use outcome::{Failure, Outcome, Trouble};
pub use play::{play, run_file};
pub use scenario::{Bulk, Function, Org, ParseError, Repeat, Request, Scenario, Step, User, Verb};
