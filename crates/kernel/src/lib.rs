//! The vocabulary every other crate shares: ids, clocks, civil days, regions, register schemas, entries.
//!
//! Pure: no database, no network, no clock and no randomness of its own. A caller at the edge passes a
//! [`Clock`] and an [`ids::IdSource`].
//!
//! ```
//! use lianfang_kernel::{Day, Instant, Zone};
//! let zone = Zone::named("Asia/Shanghai").unwrap();
//! let arrival = Instant::parse("2020-02-05T23:30:00+08:00").unwrap();
//! assert_eq!(zone.day_of(arrival), Day::parse("2020-02-05").unwrap());
//! ```

mod approx;
mod body;
mod clock;
mod datum;
mod entry;
mod hex;
pub mod identity;
pub mod ids;
mod problem;
mod region;
mod schema;
mod subject;
mod time;
mod words;

pub use approx::{APPROX_LIST, Approx, approx_field, split_approx};
pub use body::{Catalog, ReadBody, read_body, scaled, unscaled};
pub use clock::{Clock, ManualClock, SystemClock};
pub use datum::{Datum, Names};
pub use entry::{Act, Assurance, Entry, Flag};
pub use hex::hex;
pub use problem::Problem;
pub use region::{Region, RegionId, RegionLevel, RegionTree, RegionTreeError};
pub use schema::{FieldSchema, Kind, Nature, RegisterSchema, Sensitivity, Shape};
pub use subject::{Organisation, SubjectKind, SubjectView};
pub use time::{Day, Instant, TimeError, TimeOfDay, Zone, parse_duration_ms};
pub use words::{Lang, Words};
