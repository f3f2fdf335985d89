//! Calls in vain: who was called and not reached, and not reached since.

use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use crate::rows::{ENTRY_SELECT, read_entry};
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Act, Instant, RegionId};
use std::collections::{HashMap, HashSet};

/// The register of calls to people.
pub const CALLS: &str = "call";
/// Its outcome when nobody answered.
pub const NOT_REACHED: &str = "not_reached";
/// Entries that are looked through at most.
const MOST: usize = 5_000;

/// What is known of the calls to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallsTo {
    /// Where they stay.
    pub region: RegionId,
    /// Calls in vain since they were last reached.
    pub in_vain: i64,
    /// When the last of them was.
    pub last_at: Instant,
    /// When they were last reached.
    pub reached_at: Option<Instant>,
}

impl Reader<'_> {
    /// The calls in the reader's sight since then, by person.
    ///
    /// # Errors
    /// The database.
    pub fn calls_since(&mut self, sight: &Sight, since: Instant) -> Result<HashMap<SubjectId, CallsTo>, LedgerError> {
        let mut where_ = Conditions::default();
        where_.and("e.register = ? and e.recorded_at >= ?", [CALLS.into(), since.0.into()]);
        match sight {
            Sight::All => {}
            Sight::Region(region) => where_.inside("e.path", &self.snapshot.regions, region),
            Sight::Org(_) | Sight::Sector { .. } | Sight::Nothing => return Ok(HashMap::new()),
        }
        let sql = format!(
            "select {ENTRY_SELECT} from entry e{} order by e.recorded_at desc, e.id limit {MOST}",
            where_.to_sql()
        );
        let mut calls = Vec::new();
        let mut replaced = HashSet::new();
        for row in self.connection.query(&sql, &where_.params)? {
            let entry = read_entry(&row)?.entry;
            replaced.extend(entry.replaces);
            calls.push(entry);
        }
        calls.retain(|entry| !replaced.contains(&entry.id) && matches!(entry.act, Act::New | Act::Correct));
        calls.sort_by_key(|entry| (entry.at, entry.id));
        let mut found: HashMap<SubjectId, CallsTo> = HashMap::new();
        for entry in calls {
            let outcome = entry.body.get("outcome").and_then(|value| value.as_str());
            let to = found.entry(entry.subject).or_insert_with(|| CallsTo {
                region: entry.region.clone(),
                in_vain: 0,
                last_at: entry.at,
                reached_at: None,
            });
            to.last_at = entry.at;
            if outcome == Some(NOT_REACHED) {
                to.in_vain += 1;
            } else {
                to.in_vain = 0;
                to.reached_at = Some(entry.at);
            }
        }
        Ok(found)
    }
}
