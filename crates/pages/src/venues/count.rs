//! How many are inside: in less out since midnight, as the guards of the register reckon it.

use super::{CAP, IN, OUT};
use crate::read_all::{Found, entries, entries_of, stands};
use crate::region_steps;
use crate::visit::Desk;
use lianfang_kernel::ids::SubjectId;
use lianfang_ledger::read::{EntryFilter, EntryItem};
use lianfang_server::{ApiError, AppState};
use lianfang_ui::views::venues::Venue;
use serde_json::Value;
use std::collections::HashMap;

/// The people of an entry.
pub(super) fn people(item: &EntryItem) -> i64 {
    item.body.get("people").and_then(Value::as_i64).unwrap_or_default()
}

/// What was counted today, in and out.
pub(super) struct Counted {
    into: Found,
    out: Found,
}

impl Counted {
    /// Of every venue in sight, or of one.
    pub async fn of(state: &AppState, desk: &Desk, venue: Option<SubjectId>) -> Result<Counted, ApiError> {
        let zone = &state.ledger.snapshot().zone;
        let midnight = zone.start_of(zone.day_of(desk.at(state)));
        let today = |register: &str| EntryFilter {
            register: Some(register.to_owned()),
            subject: venue,
            from: Some(midnight),
            ..EntryFilter::default()
        };
        Ok(Counted {
            into: entries_of(state, desk, today(IN)).await?,
            out: entries_of(state, desk, today(OUT)).await?,
        })
    }

    /// In and out of a venue.
    pub fn today(&self, venue: SubjectId) -> (i64, i64) {
        let sum = |found: &Found| {
            let own = found.items.iter().filter(|item| stands(item) && item.subject == venue);
            own.map(people).sum()
        };
        (sum(&self.into), sum(&self.out))
    }
}

/// The venues with a cap, by name.
pub(super) async fn venues(state: &AppState, desk: &Desk, counted: &Counted) -> Result<Vec<Venue>, ApiError> {
    let found = entries(state, desk, CAP).await?;
    let mut latest: HashMap<SubjectId, &EntryItem> = HashMap::new();
    for item in found.items.iter().filter(|item| stands(item)) {
        latest.entry(item.subject).or_insert(item);
    }
    let snapshot = state.ledger.snapshot();
    let venue = |item: &EntryItem| {
        let (into, out) = counted.today(item.subject);
        Venue {
            id: item.subject.to_string(),
            name: found.labels.get(&item.subject).cloned().unwrap_or_default(),
            area: region_steps::name(&snapshot.regions, desk.visit.lang, &item.region),
            present: into - out,
            cap: Some(people(item)),
        }
    };
    let mut venues: Vec<Venue> = latest.into_values().map(venue).collect();
    venues.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(venues)
}
