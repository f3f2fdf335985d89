//! Checkpoints: which there are, how much goes through each, their phones, and the checks that a holder of passes may see.

use super::{Conditions, Reader, Sight};
use crate::LedgerError;
use crate::checks::{digest, find_day_key};
use crate::seal::secret_digest;
use lianfang_db::{Row, Value, dialect};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Day, Instant, Lang, RegionId};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// The type of subject that checks are about.
const CHECKPOINT: &str = "checkpoint";
/// Rows of one IN list.
const CHUNK: usize = 400;

/// A phone of a checkpoint.
#[derive(Clone, Debug, Serialize)]
pub struct CheckpointDevice {
    /// Its id.
    pub id: Uuid,
    /// Where it is used.
    pub checkpoint: SubjectId,
    /// What its people call it.
    pub name: String,
    /// For whom it writes.
    pub org: Option<SubjectId>,
    /// When its code was made.
    pub made_at: Instant,
    /// When the code was used; none while it waits.
    pub enrolled_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A checkpoint in a list.
#[derive(Clone, Debug, Serialize)]
pub struct CheckpointRow {
    /// Its id.
    pub id: SubjectId,
    /// Its name.
    pub name: String,
    /// Where.
    pub region: RegionId,
    /// Checks of the day asked for.
    pub checks: i64,
    /// Hours of that day in which there were any.
    pub busy_hours: i64,
    /// The most in one hour.
    pub most_an_hour: i64,
    /// The last of them.
    pub last_check_at: Option<Instant>,
    /// Its phones, without revoked ones.
    pub phones: i64,
}

/// A check as the holder of the pass sees it.
#[derive(Clone, Debug, Serialize)]
pub struct OwnCheck {
    /// When.
    pub at: Instant,
    /// Where.
    pub checkpoint: SubjectId,
    /// The checkpoint's name.
    pub name: String,
    /// The day of the pass that was shown.
    pub valid_day: Day,
    /// What was decided, as the check now stands.
    pub decision: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

const DEVICE: &str = "select id, checkpoint, name, org, made_at, enrolled_at, revoked_at from checkpoint_device";

fn read_device(row: &Row) -> Result<CheckpointDevice, LedgerError> {
    Ok(CheckpointDevice {
        id: row.uuid("id")?,
        checkpoint: SubjectId(row.uuid("checkpoint")?),
        name: row.text("name")?.to_owned(),
        org: row.opt_uuid("org")?.map(SubjectId),
        made_at: Instant(row.int("made_at")?),
        enrolled_at: row.opt_int("enrolled_at")?.map(Instant),
        revoked_at: row.opt_int("revoked_at")?.map(Instant),
    })
}

impl Reader<'_> {
    /// The phone of a secret, a revoked one too: it is told so.
    ///
    /// # Errors
    /// The database.
    pub fn checkpoint_device(&mut self, secret: &str) -> Result<Option<CheckpointDevice>, LedgerError> {
        let sql = format!("{DEVICE} where digest = $1");
        let row = self.connection.query_opt(&sql, &[secret_digest(secret).into()])?;
        row.as_ref().map(read_device).transpose()
    }

    /// A phone by its id.
    ///
    /// # Errors
    /// The database.
    pub fn checkpoint_device_by_id(&mut self, id: Uuid) -> Result<Option<CheckpointDevice>, LedgerError> {
        let row = self
            .connection
            .query_opt(&format!("{DEVICE} where id = $1"), &[id.into()])?;
        row.as_ref().map(read_device).transpose()
    }

    /// The phones of a checkpoint, newest first.
    ///
    /// # Errors
    /// The database.
    pub fn checkpoint_devices(&mut self, checkpoint: SubjectId) -> Result<Vec<CheckpointDevice>, LedgerError> {
        let sql = format!("{DEVICE} where checkpoint = $1 order by made_at desc, id limit 500");
        let rows = self.connection.query(&sql, &[checkpoint.0.into()])?;
        rows.iter().map(read_device).collect()
    }

    /// Whether a subject is a checkpoint.
    pub fn is_checkpoint(&self, kind_type: &str) -> bool {
        kind_type == CHECKPOINT || self.snapshot.model.is_a(kind_type, CHECKPOINT)
    }

    /// Checkpoints in sight by id, from the one behind `cursor` on, with what went through each on a day.
    ///
    /// # Errors
    /// The database.
    pub fn checkpoints(
        &mut self,
        sight: &Sight,
        name_part: Option<&str>,
        (cursor, limit): (Option<SubjectId>, usize),
        day: Day,
        lang: Lang,
    ) -> Result<Vec<CheckpointRow>, LedgerError> {
        let places = match name_part {
            Some(part) => self.checkpoints_called(sight, part, (cursor, limit))?,
            None => self.checkpoints_seen(sight, (cursor, limit))?,
        };
        self.checkpoint_rows(places, day, lang)
    }

    /// Places with their names, phones and what went through on a day.
    pub(super) fn checkpoint_rows(
        &mut self,
        places: Vec<(SubjectId, RegionId)>,
        day: Day,
        lang: Lang,
    ) -> Result<Vec<CheckpointRow>, LedgerError> {
        let ids: Vec<SubjectId> = places.iter().map(|(id, _)| *id).collect();
        let labels = self.labels(&ids, lang)?;
        let through = self.through(&ids, day)?;
        let phones = self.phones(&ids)?;
        let row = |(id, region): (SubjectId, RegionId)| {
            let through = through.get(&id).copied().unwrap_or_default();
            CheckpointRow {
                id,
                name: labels.get(&id).map_or_else(String::new, |label| label.name.clone()),
                region,
                checks: through.checks,
                busy_hours: through.busy_hours,
                most_an_hour: through.most_an_hour,
                last_check_at: through.last,
                phones: phones.get(&id).copied().unwrap_or(0),
            }
        };
        Ok(places.into_iter().map(row).collect())
    }

    /// Checkpoints in sight by id, from the one behind `cursor` on.
    pub(super) fn checkpoints_seen(
        &mut self,
        sight: &Sight,
        (cursor, limit): (Option<SubjectId>, usize),
    ) -> Result<Vec<(SubjectId, RegionId)>, LedgerError> {
        let city = self.snapshot.city.clone();
        let region = match sight {
            Sight::Region(region) | Sight::Sector { region, .. } => region.clone(),
            Sight::All | Sight::Org(_) => city,
            Sight::Nothing => return Ok(Vec::new()),
        };
        let mut where_ = self.of_type(CHECKPOINT, &region);
        if let Sight::Org(org) = sight {
            // An organisation's own, and those in its region that belong to nobody.
            let own = self.snapshot.orgs.get(*org).map(|org| &org.region);
            let path = own.map_or("/", |own| self.snapshot.regions.path(own)).to_owned();
            let end = format!("{}0", path.strip_suffix('/').unwrap_or(&path));
            let sql = "(unit = ? or (unit is null and path >= ? and path < ?))";
            where_.and(sql, [org.0.into(), path.as_str().into(), end.into()]);
        }
        if let Some(cursor) = cursor {
            where_.and("id > ?", [cursor.0.into()]);
        }
        let sql = format!(
            "select id, region from subject{} order by id limit {limit}",
            where_.to_sql()
        );
        let rows = self.connection.query(&sql, &where_.params)?;
        let place = |row: &Row| Ok((SubjectId(row.uuid("id")?), RegionId::new(row.text("region")?)));
        rows.iter().map(place).collect()
    }

    fn checkpoints_called(
        &mut self,
        sight: &Sight,
        part: &str,
        (cursor, limit): (Option<SubjectId>, usize),
    ) -> Result<Vec<(SubjectId, RegionId)>, LedgerError> {
        let plain: String = part.chars().filter(|c| !c.is_whitespace()).take(6).collect();
        let by_name = self.core.vault.token("name", &plain.to_lowercase());
        let by_code = self.core.vault.token("code", part.trim());
        let sql = "select distinct subject from search_token where token in ($1, $2) order by subject limit 20000";
        let ids = self.subjects(sql, &[by_name.into(), by_code.into()], "subject")?;
        let mut found = Vec::new();
        for id in ids.into_iter().filter(|id| cursor.is_none_or(|cursor| *id > cursor)) {
            if found.len() >= limit {
                break;
            }
            if let Some(view) = self.subject(id)?
                && view.id == id
                && self.is_checkpoint(&view.kind_type)
                && self.may_see(sight, &view)
            {
                found.push((id, view.region));
            }
        }
        Ok(found)
    }

    /// What went through each on a day. Hours are counted from midnight in UTC milliseconds: a day has 24 or so.
    fn through(&mut self, ids: &[SubjectId], day: Day) -> Result<HashMap<SubjectId, Through>, LedgerError> {
        let zone = &self.snapshot.zone;
        let (start, end) = (zone.start_of(day), zone.start_of(day.plus(1)));
        let mut found: HashMap<SubjectId, Through> = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let mut where_ = Conditions::default();
            where_.and("e.register = ?", [crate::checks::REGISTER.into()]);
            where_.and("e.at >= ? and e.at < ?", [start.0.into(), end.0.into()]);
            where_.and("e.act = 'new'", []);
            where_.within("e.subject", chunk.iter().map(|id| id.0.into()).collect());
            let sql = format!(
                "select e.subject, (e.at - {start}) / 3600000 as hour, count(*) as n, max(e.at) as last_at from entry e{} \
                 group by e.subject, (e.at - {start}) / 3600000",
                where_.to_sql(),
                start = start.0
            );
            for row in self.connection.query(&sql, &where_.params)? {
                let through = found.entry(SubjectId(row.uuid("subject")?)).or_default();
                let n = row.int("n")?;
                through.checks += n;
                through.busy_hours += 1;
                through.most_an_hour = through.most_an_hour.max(n);
                through.last = through.last.max(Some(Instant(row.int("last_at")?)));
            }
        }
        Ok(found)
    }

    fn phones(&mut self, ids: &[SubjectId]) -> Result<HashMap<SubjectId, i64>, LedgerError> {
        let mut found = HashMap::new();
        for chunk in ids.chunks(CHUNK) {
            let sql = format!(
                "select checkpoint, count(*) as n from checkpoint_device where checkpoint in {} \
                 and enrolled_at is not null and revoked_at is null group by checkpoint",
                dialect::list(chunk.len(), 1)
            );
            let params: Vec<Value> = chunk.iter().map(|id| id.0.into()).collect();
            for row in self.connection.query(&sql, &params)? {
                found.insert(SubjectId(row.uuid("checkpoint")?), row.int("n")?);
            }
        }
        Ok(found)
    }

    /// The checks that were made of passes, newest first. Whoever asks has shown to hold them.
    ///
    /// # Errors
    /// The database.
    pub fn checks_of(&mut self, passes: &[(Uuid, Day)], lang: Lang) -> Result<Vec<OwnCheck>, LedgerError> {
        let mut found: Vec<(EntryId, SubjectId, Instant, Day)> = Vec::new();
        for (pass, day) in passes {
            let key = find_day_key(&mut *self.core.keys.reader()?, &self.core.vault, *day)?;
            let Some(key) = key else { continue };
            let sql = "select entry, checkpoint, at from check_pass where digest = $1 order by at desc limit 200";
            for row in self.connection.query(sql, &[digest(&key, pass.as_bytes()).into()])? {
                let place = SubjectId(row.uuid("checkpoint")?);
                found.push((EntryId(row.uuid("entry")?), place, Instant(row.int("at")?), *day));
            }
        }
        let places: Vec<SubjectId> = found.iter().map(|(_, place, ..)| *place).collect();
        let labels = self.labels(&places, lang)?;
        let mut checks = Vec::with_capacity(found.len());
        for (entry, checkpoint, at, valid_day) in found {
            let body = self
                .entry(&Sight::All, entry)?
                .map(|item| item.body)
                .unwrap_or_default();
            let text = |field: &str| body.get(field).and_then(|value| value.as_str()).map(str::to_owned);
            checks.push(OwnCheck {
                at,
                checkpoint,
                name: labels
                    .get(&checkpoint)
                    .map_or_else(String::new, |label| label.name.clone()),
                valid_day,
                decision: text("decision"),
                reason: text("reason"),
            });
        }
        checks.sort_by_key(|check| std::cmp::Reverse(check.at));
        Ok(checks)
    }
}

/// What went through a checkpoint on a day.
#[derive(Clone, Copy, Debug, Default)]
struct Through {
    checks: i64,
    busy_hours: i64,
    most_an_hour: i64,
    last: Option<Instant>,
}
