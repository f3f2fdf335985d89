//! Reading beside the writer: files, lists, tasks, figures. One question, one file.

mod arrivals;
mod balance_figure;
mod balance_sheet;
mod bearing;
mod briefings;
mod calls;
mod certificates;
mod checkpoint_places;
mod checkpoints;
mod coverage;
mod coverage_figure;
mod coverage_kept;
mod coverage_plans;
mod coverage_set;
mod coverage_time;
mod devices;
mod duplicates;
mod embargoed;
mod entries;
mod entry_keys;
mod estimate;
mod figure_cells;
mod figure_rows;
mod figures;
mod files;
mod files_together;
mod formula;
mod gap_summary;
mod holding;
mod holds;
mod identities;
mod issue_blocks;
mod issue_content;
mod loads;
mod matching;
mod notices;
mod outbox;
mod people;
mod preview;
mod roster;
mod search;
mod streak;
mod tasks;
mod tasks_as_of;
mod tracing;
mod trail;

pub use arrivals::{ExpectedArrival, Proposal};
pub use balance_sheet::{SheetLine, SheetQuery};
pub use briefings::{ISSUES, Issue, REVIEWS, Review};
pub use calls::{CALLS, CallsTo, NOT_REACHED};
pub use certificates::Certificate;
pub use checkpoint_places::CheckpointPlaces;
pub use checkpoints::{CheckpointDevice, CheckpointRow, OwnCheck};
pub use coverage::{Coverage, CoverageQuery, CoverageRow, Member};
pub use coverage_figure::Rounds;
pub use coverage_time::StretchRow;
pub use devices::{Device, DeviceRead};
pub use duplicates::{Duplicate, PairKey};
pub use embargoed::Looker;
pub(crate) use entries::expired;
pub use entries::{EntryFilter, EntryItem, Page};
pub use figures::{Figure, FigureQuery, FigureRow, FigureState};
pub use files::{Hold, SubjectFile, TimelineEnrolment};
pub use gap_summary::{GapSummary, Tally};
pub use holding::HoldingQuery;
pub use holds::{GapRow, Gaps, MOST_FILES};
pub use identities::{Label, PublicIdentity};
pub(crate) use identities::{find_key, identity_in_batch, wrapped_keys};
pub use issue_content::{
    GapChange, IssueBlock, IssueContent, IssueFigure, IssueFlow, IssueReconciliation, text_digest,
};
pub use loads::Load;
pub use matching::{Asked, Known, Lookup};
pub use notices::NoticeItem;
pub use outbox::{MessageTally, PersonWaiting, Undelivered, UrgentSent, Waiting};
pub use people::{Followed, Followings, KnownPerson};
pub use preview::PreviewQuery;
pub use roster::{RosterLine, RosterPlan, RosterTurn};
pub use search::SearchQuery;
pub use tasks::{ReceiptItem, TaskFilter, TaskItem};
pub use tasks_as_of::MOST_PLANNED;
pub use tracing::{MOST_HOPS, MOST_PERSONS, Met, Reached, Trace, TraceQuery};
pub use trail::{AuditItem, TrayItem};

use crate::LedgerError;
use crate::core::Core;
use lianfang_db::Connection;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Instant, RegionId, RegionTree};
use lianfang_policy::Snapshot;
use std::sync::Arc;

/// A reader's view of the ledger: one connection, one snapshot, one present.
pub struct Reader<'a> {
    pub(crate) core: &'a Core,
    pub(crate) connection: &'a mut Connection,
    /// The slow-moving state.
    pub snapshot: Arc<Snapshot>,
    /// The present.
    pub now: Instant,
    /// Whose eyes it has; nobody's until [`Reader::look_as`].
    pub(crate) looker: Looker,
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").field("now", &self.now).finish_non_exhaustive()
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(core: &'a Core, connection: &'a mut Connection) -> Reader<'a> {
        Reader {
            core,
            snapshot: core.snapshot(),
            now: core.clock.now(),
            connection,
            looker: Looker::default(),
        }
    }

    /// The slow-moving state with the reference intervals that were known at a moment; those of now when none is given.
    ///
    /// # Errors
    /// The database.
    pub fn snapshot_as_of(&mut self, as_of: Option<Instant>) -> Result<Arc<Snapshot>, LedgerError> {
        let Some(as_of) = as_of else {
            return Ok(self.snapshot.clone());
        };
        let mut snapshot = Snapshot::clone(&self.snapshot);
        snapshot.reference = Arc::new(crate::load::reference(self.connection, &snapshot, Some(as_of), &[])?);
        Ok(Arc::new(snapshot))
    }

    /// The connection itself, for reads of a capability's own.
    pub fn connection(&mut self) -> &mut Connection {
        self.connection
    }

    /// Reads all within one moment of the database: its own, or that of the transaction at hand.
    pub(crate) fn at_one_moment<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, LedgerError>,
    ) -> Result<T, LedgerError> {
        if self.connection.in_transaction() {
            return read(self);
        }
        self.connection.begin_snapshot()?;
        let found = read(self);
        self.connection.rollback()?;
        found
    }

    /// The subjects in a column of what a statement gives.
    pub(crate) fn subjects(
        &mut self,
        sql: &str,
        params: &[lianfang_db::Value],
        column: &str,
    ) -> Result<Vec<SubjectId>, LedgerError> {
        let rows = self.connection.query(sql, params)?;
        let ids = rows.iter().map(|row| row.uuid(column).map(SubjectId));
        Ok(ids.collect::<Result<_, _>>()?)
    }
}

/// The region that a path ends with: `/62/6205/620502/`.
fn region_at(path: &str) -> RegionId {
    RegionId::new(path.trim_end_matches('/').rsplit('/').next().unwrap_or_default())
}

/// How far a reader sees.
#[derive(Clone, Debug)]
pub enum Sight {
    /// Everything: the installation itself.
    All,
    /// A region and all inside it.
    Region(RegionId),
    /// One organisation: itself, those that belong to it or stay at it, what it reported.
    Org(SubjectId),
    /// An authority of a sector: its own organisation, and those of its sector in its region with what they reported.
    Sector {
        /// Its own organisation.
        org: SubjectId,
        /// Its sectors: its own, and those that it has the function of.
        sectors: Vec<String>,
        /// Where.
        region: RegionId,
    },
    /// Nothing.
    Nothing,
}

/// A condition under construction: SQL text with its parameters.
#[derive(Debug, Default)]
pub(crate) struct Conditions {
    parts: Vec<String>,
    pub params: Vec<lianfang_db::Value>,
}

impl Conditions {
    /// Adds a condition; each `?` stands for the next value.
    pub(crate) fn and(&mut self, text: &str, values: impl IntoIterator<Item = lianfang_db::Value>) {
        let mut numbered = String::with_capacity(text.len() + 8);
        let mut values = values.into_iter();
        for c in text.chars() {
            if c == '?' {
                self.params.push(values.next().unwrap_or(lianfang_db::Value::Null));
                numbered.push_str(&format!("${}", self.params.len()));
            } else {
                numbered.push(c);
            }
        }
        self.parts.push(numbered);
    }

    /// A list of values as an IN condition.
    pub(crate) fn within(&mut self, column: &str, values: Vec<lianfang_db::Value>) {
        if values.is_empty() {
            self.parts.push("1 = 0".to_owned());
            return;
        }
        let marks = vec!["?"; values.len()].join(", ");
        self.and(&format!("{column} in ({marks})"), values);
    }

    /// Everything inside a region; nothing when the region is unknown.
    pub(crate) fn inside(&mut self, column: &str, regions: &RegionTree, region: &RegionId) {
        let path = regions.path(region);
        if path.is_empty() {
            self.parts.push("1 = 0".to_owned());
            return;
        }
        // The character after '/' ends the range exactly.
        let end = format!("{}0", path.strip_suffix('/').unwrap_or(path));
        self.and(&format!("{column} >= ? and {column} < ?"), [path.into(), end.into()]);
    }

    /// ` where …`, or nothing.
    pub(crate) fn to_sql(&self) -> String {
        if self.parts.is_empty() {
            String::new()
        } else {
            format!(" where {}", self.parts.join(" and "))
        }
    }

    /// Adds a bare parameter and gives its mark.
    pub(crate) fn param(&mut self, value: lianfang_db::Value) -> String {
        self.params.push(value);
        format!("${}", self.params.len())
    }
}
