//! A roster as people look at it: line by line who stands when, and where somebody lacks.

use super::coverage_time::stretch_row;
use super::holds::{MOST_FILES, refused};
use super::{Reader, StretchRow};
use crate::LedgerError;
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Instant, RegionId, SubjectView};
use lianfang_policy::model::Register;
use lianfang_protocol::History;
use lianfang_protocol::hold::{Key, Roster};
use std::collections::BTreeMap;

/// Somebody stands.
#[derive(Clone, Debug)]
pub struct RosterTurn {
    /// The entry that says so, in its latest version.
    pub entry: EntryId,
    /// From when.
    pub from: Instant,
    /// Until when; [`Instant::MAX`] when nobody said.
    pub to: Instant,
    /// The open fields in their stored form.
    pub body: serde_json::Map<String, serde_json::Value>,
}

/// One post of one site, in a stretch of days.
#[derive(Clone, Debug)]
pub struct RosterLine {
    /// For whom or where.
    pub subject: SubjectId,
    /// Where it is.
    pub region: RegionId,
    /// The fields that tell the post.
    pub post: BTreeMap<String, serde_json::Value>,
    /// Who stands, by time.
    pub turns: Vec<RosterTurn>,
    /// Where somebody lacks, by time.
    pub gaps: Vec<StretchRow>,
}

/// The lines of a roster.
#[derive(Clone, Debug, Default)]
pub struct RosterPlan {
    /// By subject and post; posts at which nobody stands and nobody must are left out.
    pub lines: Vec<RosterLine>,
    /// More files than [`MOST_FILES`] were to be asked: the plan is not whole.
    pub partial: bool,
}

impl Reader<'_> {
    /// Who stands where in `register` inside `region` from `window.0` up to `window.1`, and where somebody lacks.
    ///
    /// # Errors
    /// The database; a refusal with what a condition of the hold met with.
    pub fn roster(
        &mut self,
        register: &Register,
        region: &RegionId,
        window: (Instant, Instant),
        as_of: Option<Instant>,
    ) -> Result<RosterPlan, LedgerError> {
        let mut asked = self.held_files(register, region, as_of, Some(MOST_FILES + 1))?;
        let partial = asked.len() > MOST_FILES;
        asked.truncate(MOST_FILES);
        let mut lines = Vec::new();
        for view in &asked {
            lines.append(&mut self.roster_of(register, view, window, as_of)?);
        }
        Ok(RosterPlan { lines, partial })
    }

    fn roster_of(
        &mut self,
        register: &Register,
        view: &SubjectView,
        window: (Instant, Instant),
        as_of: Option<Instant>,
    ) -> Result<Vec<RosterLine>, LedgerError> {
        let snapshot = self.snapshot.clone();
        let Some(roster) = Roster::of(register, &snapshot, view) else {
            return Ok(Vec::new());
        };
        let stored = self.stored_entries(view.id)?;
        let entries = stored.into_iter().map(|stored| stored.entry).collect();
        let aliases = self.merged_into(view.id)?;
        let history = History::new(view.clone(), entries, as_of, &snapshot).with_aliases(aliases);
        let facts = roster.facts(&history);
        let stand_in = self.stand_in(register, view);
        let mut lines: BTreeMap<String, RosterLine> = BTreeMap::new();
        let mut line_of = |key: &Key| -> String {
            let post: BTreeMap<String, serde_json::Value> = key
                .iter()
                .map(|(field, value)| (field.clone(), value.to_json()))
                .collect();
            let name = serde_json::to_string(&post).unwrap_or_default();
            lines.entry(name.clone()).or_insert_with(|| RosterLine {
                subject: view.id,
                region: view.region.clone(),
                post,
                turns: Vec::new(),
                gaps: Vec::new(),
            });
            name
        };
        let stretches = roster.stretches(&facts, window).map_err(refused)?;
        let stretches: Vec<_> = stretches.into_iter().map(|one| (line_of(&one.key), one)).collect();
        let turns = roster.turns(&facts, window);
        let turns: Vec<_> = turns.into_iter().map(|one| (line_of(&one.key), one)).collect();
        for (name, stretch) in stretches.into_iter().filter(|(_, stretch)| stretch.lacks.is_some()) {
            if let Some(line) = lines.get_mut(&name) {
                line.gaps.push(stretch_row(stretch, stand_in));
            }
        }
        for (name, turn) in turns {
            let fact = facts.iter().find(|fact| fact.origin == turn.origin);
            if let (Some(line), Some(fact)) = (lines.get_mut(&name), fact) {
                line.turns.push(RosterTurn {
                    entry: fact.entry.id,
                    from: turn.from,
                    to: turn.to,
                    body: fact.entry.body.clone(),
                });
            }
        }
        Ok(lines.into_values().collect())
    }
}
