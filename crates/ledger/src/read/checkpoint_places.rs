//! All checkpoints at once: how many stand in each region, where nothing was checked, where no phone is enrolled.

use super::{CheckpointRow, Conditions, Reader, Sight};
use crate::LedgerError;
use crate::checks::REGISTER;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Day, Instant, Lang, RegionId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Checkpoints looked at in one step of a long list.
const STEP: usize = 500;
/// Checkpoints of an installation at most: a bound on one answer, far above the 5,931 of a prefecture.
const MOST: usize = 100_000;

/// The checkpoints of one region, of the narrowest that they are entered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CheckpointPlaces {
    /// How many there are.
    pub points: u32,
    /// Of them, with a check on the day asked for.
    pub checked: u32,
    /// Of them, with an enrolled phone.
    pub equipped: u32,
    /// The last check of that day.
    pub last: Option<Instant>,
}

impl CheckpointPlaces {
    /// Adds another region.
    pub fn add(&mut self, other: CheckpointPlaces) {
        self.points += other.points;
        self.checked += other.checked;
        self.equipped += other.equipped;
        self.last = self.last.max(other.last);
    }
}

impl Reader<'_> {
    /// The checkpoints in sight by region.
    ///
    /// # Errors
    /// The database.
    pub fn checkpoint_places(
        &mut self,
        sight: &Sight,
        day: Day,
    ) -> Result<BTreeMap<RegionId, CheckpointPlaces>, LedgerError> {
        let checked = self.checked_on(day)?;
        let sql =
            "select distinct checkpoint from checkpoint_device where enrolled_at is not null and revoked_at is null";
        let equipped: HashSet<SubjectId> = self.subjects(sql, &[], "checkpoint")?.into_iter().collect();
        let mut found: BTreeMap<RegionId, CheckpointPlaces> = BTreeMap::new();
        for (id, region) in self.checkpoints_seen(sight, (None, MOST))? {
            found.entry(region).or_default().add(CheckpointPlaces {
                points: 1,
                checked: u32::from(checked.contains_key(&id)),
                equipped: u32::from(equipped.contains(&id)),
                last: checked.get(&id).copied(),
            });
        }
        Ok(found)
    }

    /// Checkpoints in sight at which nothing was checked on a day, by id from the one behind `cursor` on.
    ///
    /// # Errors
    /// The database.
    pub fn silent_checkpoints(
        &mut self,
        sight: &Sight,
        (mut cursor, limit): (Option<SubjectId>, usize),
        day: Day,
        lang: Lang,
    ) -> Result<Vec<CheckpointRow>, LedgerError> {
        let checked = self.checked_on(day)?;
        let mut silent = Vec::new();
        loop {
            let step = self.checkpoints_seen(sight, (cursor, STEP))?;
            let is_last = step.len() < STEP;
            cursor = step.last().map(|(id, _)| *id);
            silent.extend(step.into_iter().filter(|(id, _)| !checked.contains_key(id)));
            if is_last || silent.len() >= limit {
                break;
            }
        }
        silent.truncate(limit);
        self.checkpoint_rows(silent, day, lang)
    }

    /// Checkpoints with a check on a day, and when the last one was.
    fn checked_on(&mut self, day: Day) -> Result<HashMap<SubjectId, Instant>, LedgerError> {
        let zone = &self.snapshot.zone;
        let (start, end) = (zone.start_of(day), zone.start_of(day.plus(1)));
        let mut where_ = Conditions::default();
        where_.and("register = ?", [REGISTER.into()]);
        where_.and("at >= ? and at < ?", [start.0.into(), end.0.into()]);
        where_.and("act = 'new'", []);
        let sql = format!(
            "select subject, max(at) as last_at from entry{} group by subject",
            where_.to_sql()
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        let last = rows
            .iter()
            .map(|row| Ok((SubjectId(row.uuid("subject")?), Instant(row.int("last_at")?))));
        last.collect()
    }
}
