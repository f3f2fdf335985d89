//! The observation rooms of an institution: which are free, taken, or not disinfected yet.

use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Datum, Entry, Instant, Lang};
use lianfang_ledger::LedgerError;
use lianfang_ledger::read::{HoldingQuery, Reader, Sight};
use lianfang_policy::SubjectRef;
use lianfang_ui::views::clinic::{Room, RoomState};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

const PLAN: &str = "room_plan";
const STAY: &str = "room_stay";
const DISINFECTION: &str = "terminal_disinfection";
/// Entries of a register that are read.
const MOST: usize = 20_000;

/// The rooms on the plan of the institution with what they are at `at`; main rooms first.
pub(super) fn rooms(
    reader: &mut Reader<'_>,
    sight: &Sight,
    (org, at, as_of): (SubjectId, Instant, Option<Instant>),
    lang: Lang,
) -> Result<Vec<Room>, LedgerError> {
    let planned = planned(reader, org, at);
    let ids: Vec<SubjectId> = planned.keys().copied().collect();
    let stays = latest(reader, sight, (STAY, vec![org]), as_of, |entry| named(entry, "room"))?;
    let cleaned = latest(reader, sight, (DISINFECTION, ids.clone()), as_of, |entry| {
        let is_done = entry.body.get("result").and_then(|value| value.as_str()) == Some("done");
        is_done.then_some(entry.subject)
    })?;
    let labels = reader.labels(&ids, lang)?;
    let mut rooms: Vec<Room> = planned
        .into_iter()
        .map(|(id, is_reserve)| Room {
            id: id.to_string(),
            name: labels.get(&id).map(|label| label.name.clone()).unwrap_or_default(),
            is_reserve,
            state: state(stays.get(&id), cleaned.get(&id), at),
        })
        .collect();
    // The ninth room stands before the tenth.
    rooms.sort_by(|a, b| (a.is_reserve, a.name.len(), &a.name).cmp(&(b.is_reserve, b.name.len(), &b.name)));
    Ok(rooms)
}

/// The rooms in force, and whether each is of the reserve.
fn planned(reader: &Reader<'_>, org: SubjectId, at: Instant) -> BTreeMap<SubjectId, bool> {
    let all = reader.snapshot.reference.of(PLAN).iter();
    let own = all.filter(|plan| plan.subject == SubjectRef::Subject(org) && plan.from <= at && at < plan.to);
    let text = |body: &Datum, field: &str| body.get(field).and_then(|value| value.as_text()).map(str::to_owned);
    own.filter_map(|plan| {
        let room = text(&plan.body, "room")?.parse().ok()?;
        Some((room, text(&plan.body, "tier").as_deref() == Some("backup")))
    })
    .collect()
}

/// The latest entry of a register about these, by what `key` names.
fn latest(
    reader: &mut Reader<'_>,
    sight: &Sight,
    (register, about): (&str, Vec<SubjectId>),
    as_of: Option<Instant>,
    key: impl Fn(&Entry) -> Option<SubjectId>,
) -> Result<HashMap<SubjectId, Arc<Entry>>, LedgerError> {
    let query = HoldingQuery {
        registers: vec![register.to_owned()],
        about: Some(about),
        as_of,
        most: MOST,
    };
    let (entries, _) = reader.holding(sight, &query)?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| Some((key(&entry)?, entry)))
        .collect())
}

fn named(entry: &Entry, field: &str) -> Option<SubjectId> {
    entry.body.get(field)?.as_str()?.parse().ok()
}

fn state(stay: Option<&Arc<Entry>>, cleaned: Option<&Arc<Entry>>, at: Instant) -> RoomState {
    let Some(stay) = stay else {
        return RoomState::Free;
    };
    let minutes = |since: Instant| (at.0 - since.0).max(0) / 60_000;
    let end = stay.body.get("to").and_then(|to| Instant::parse(to.as_str()?).ok());
    match end.filter(|end| *end <= at) {
        None => RoomState::Occupied(stay.id.to_string(), minutes(stay.at)),
        Some(end) if cleaned.is_some_and(|cleaned| cleaned.at >= end) => RoomState::Free,
        Some(end) => RoomState::ToDisinfect(minutes(end)),
    }
}
