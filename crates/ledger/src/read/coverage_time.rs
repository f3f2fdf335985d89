//! Coverage of time: the minutes in which a hold must be held, and the stretches in which somebody lacks.

use super::holds::refused;
use super::{Coverage, CoverageQuery, CoverageRow, Reader};
use crate::LedgerError;
use lianfang_kernel::Instant;
use lianfang_kernel::ids::SubjectId;
use lianfang_protocol::History;
use lianfang_protocol::hold::{Roster, Stretch};
use serde::Serialize;
use std::collections::BTreeMap;

/// A stretch that must be held.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StretchRow {
    /// The fields that tell the post: `party`, `post`.
    pub post: BTreeMap<String, serde_json::Value>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub to: Instant,
    /// The kind of holder that lacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks_kind: Option<String>,
    /// How many stand, where somebody lacks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub have: Option<i64>,
    /// How many must.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<i64>,
    /// The organisation that stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<SubjectId>,
    /// How many minutes it lasts.
    pub minutes: i64,
}

impl Reader<'_> {
    /// Every stretch of the days asked, or of today, that must be held.
    pub(super) fn covered_time(&mut self, query: &CoverageQuery, register: &str) -> Result<Coverage, LedgerError> {
        let Some(register) = self.snapshot.model.registers.get(register).cloned() else {
            return Ok(Coverage::default());
        };
        let snapshot = self.snapshot.clone();
        let at = query.as_of.unwrap_or(self.now);
        let (first, last) = query
            .days
            .unwrap_or_else(|| (snapshot.zone.day_of(at), snapshot.zone.day_of(at)));
        let window = (snapshot.zone.start_of(first), snapshot.zone.start_of(last.plus(1)));
        let mut rows = Vec::new();
        for view in self.held_files(&register, &query.region, query.as_of, None)? {
            let Some(roster) = Roster::of(&register, &snapshot, &view) else {
                continue;
            };
            let stored = self.stored_entries(view.id)?;
            let entries = stored.into_iter().map(|stored| stored.entry).collect();
            let aliases = self.merged_into(view.id)?;
            let history = History::new(view.clone(), entries, query.as_of, &snapshot).with_aliases(aliases);
            let stretches = roster.stretches(&roster.facts(&history), window).map_err(refused)?;
            if stretches.is_empty() {
                continue;
            }
            let member = CoverageRow::of_member(&view, &snapshot);
            let stand_in = self.stand_in(&register, &view);
            rows.extend(stretches.into_iter().map(|stretch| {
                let state = match stretch.lacks {
                    None => "done",
                    Some(_) if stretch.to <= at => "missed",
                    Some(_) => "open",
                };
                CoverageRow {
                    state: state.to_owned(),
                    complete: stretch.lacks.is_none(),
                    due_at: Some(stretch.to),
                    stretch: Some(stretch_row(stretch, stand_in)),
                    ..member.clone()
                }
            }));
        }
        Ok(Coverage { rows, late: Vec::new() })
    }
}

pub(super) fn stretch_row(stretch: Stretch, stand_in: Option<SubjectId>) -> StretchRow {
    let minutes = stretch.minutes();
    let post = stretch.key.iter();
    let post = post.map(|(field, value)| (field.clone(), value.to_json())).collect();
    let lacks = stretch.lacks;
    StretchRow {
        post,
        from: stretch.from,
        to: stretch.to,
        fallback: stand_in.filter(|_| lacks.is_some()),
        have: lacks.as_ref().map(|lack| lack.have),
        wanted: lacks.as_ref().map(|lack| lack.wanted),
        lacks_kind: lacks.and_then(|lack| lack.kind),
        minutes,
    }
}
