//! Destruction: when the retention of a class is over, the key that sealed it is destroyed. The figures stay.
//!
//! A file's class is due when its last entry of that class is older than the register's retention and no active enrolment of
//! the subject works with it. What has a moment of its own at which it expires goes then. The certificate says what, how many, by whom, and when the last backup of the keys expires.

use crate::LedgerError;
use crate::append::resolve::IDENTITY_CLASS;
use crate::audit::AuditLine;
use crate::batch::Batch;
use crate::read::expired;
use crate::rows::{ENTRY_SELECT, read_entry};
use crate::wire::Author;
use crate::writer::Work;
use crate::{attachments, checks, invitations, outbox};
use lianfang_db::{Insert, OnConflict, Value, dialect};
use lianfang_kernel::ids::{IdSource, SubjectId};
use lianfang_kernel::{Day, Instant};
use lianfang_policy::model::{EnrolSource, Register};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Between a retention class and the day whose entries its key seals.
const DAY_MARK: char = '@';
const DAY_MS: i64 = 24 * 3_600_000;
/// Backups of the key store are kept this long, so a destroyed key is out of reach everywhere after it.
pub const KEY_BACKUP_DAYS: i64 = 30;

/// The class of one day's entries about a place.
pub(crate) fn class_of_day(class: &str, day: Day) -> String {
    format!("{class}{DAY_MARK}{day}")
}

/// The class without its day.
fn base_class(class: &str) -> &str {
    class.split_once(DAY_MARK).map_or(class, |(base, _)| base)
}

/// What a run destroyed, or would destroy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Destruction {
    /// The certificate's id; none on a dry run.
    pub id: Option<Uuid>,
    /// When.
    pub at: Instant,
    /// Keys destroyed, by retention class.
    pub classes: BTreeMap<String, u64>,
    /// Subjects concerned.
    pub subjects: u64,
    /// Keys destroyed.
    pub destroyed: u64,
    /// How: the keys were removed; what they sealed cannot be opened.
    pub method: String,
    /// When the last backup that could hold a key expires.
    pub backups_expire_at: Instant,
    /// Nothing was destroyed, this is what would be.
    pub dry_run: bool,
}

/// A destruction run.
pub(crate) struct Run {
    pub author: Author,
    pub dry_run: bool,
}

impl Work for Run {
    type Answer = Destruction;

    fn run(&self, batch: &mut Batch<'_>) -> Result<Destruction, LedgerError> {
        let due = due(batch)?;
        let mut classes: BTreeMap<String, u64> = BTreeMap::new();
        let mut subjects = BTreeSet::new();
        for (subject, class) in &due {
            *classes.entry(base_class(class).to_owned()).or_default() += 1;
            if class != checks::CHECK_CLASS {
                subjects.insert(*subject);
            }
        }
        let mut destruction = Destruction {
            id: None,
            at: batch.now,
            classes,
            subjects: subjects.len() as u64,
            destroyed: due.len() as u64,
            method: "key-destruction".into(),
            backups_expire_at: batch.now.plus_ms(KEY_BACKUP_DAYS * DAY_MS),
            dry_run: self.dry_run,
        };
        if self.dry_run || due.is_empty() {
            return Ok(destruction);
        }
        let id = batch.core.vault.uuid_v7(batch.now);
        destruction.id = Some(id);
        destroy(batch, id, &due)?;
        let sql = "insert into destruction (id, at, by_login, certificate) values ($1, $2, $3, $4)";
        let certificate = Value::Json(serde_json::to_string(&destruction)?);
        let by = self.author.login.map(|login| login.0);
        batch
            .connection
            .execute(sql, &[id.into(), batch.now.0.into(), by.into(), certificate])?;
        batch.pending.audit.push(AuditLine {
            kind: "destruction",
            login: self.author.login,
            org: self.author.org,
            detail: serde_json::json!({ "certificate": id, "destroyed": destruction.destroyed }),
            ..AuditLine::default()
        });
        Ok(destruction)
    }
}

/// Every (subject, class) whose retention is over.
fn due(batch: &mut Batch<'_>) -> Result<Vec<(SubjectId, String)>, LedgerError> {
    let model = batch.snapshot.model.clone();
    // Days each class is kept: the longest of the registers that share it.
    let mut days: BTreeMap<String, i64> = BTreeMap::new();
    for register in model.registers.values() {
        let kept = days.entry(register.schema.retention_class.clone()).or_default();
        *kept = (*kept).max(i64::from(register.schema.retention_days));
    }
    let longest = days.values().copied().max().unwrap_or(0);
    let sql = "select e.subject, e.retention_class, max(e.recorded_at) as last_at from entry e \
               group by e.subject, e.retention_class";
    let mut last: BTreeMap<SubjectId, BTreeMap<String, i64>> = BTreeMap::new();
    batch.connection.for_each(sql, &[], &mut |row| {
        let classes = last.entry(SubjectId(row.uuid("subject")?)).or_default();
        classes.insert(row.text("retention_class")?.to_owned(), row.int("last_at")?);
        Ok(())
    })?;
    let active = needed_classes(batch)?;
    let expired = expired_classes(batch)?;
    let oldest_day = batch.snapshot.zone.day_of(batch.now).plus(-checks::CHECK_DAYS);
    let oldest_check = batch.snapshot.zone.start_of(oldest_day);
    let sql = "select subject, class, created_at from subject_key order by subject, class";
    let mut due = Vec::new();
    for row in batch.keys.query(sql, &[])? {
        let (subject, class) = (SubjectId(row.uuid("subject")?), row.text("class")?.to_owned());
        if class == checks::CHECK_CLASS {
            if row.int("created_at")? < oldest_check.0 {
                due.push((subject, class));
            }
            continue;
        }
        if let Some(is_over) = expired.get(&(subject, class.clone())) {
            if *is_over {
                due.push((subject, class));
            }
            continue;
        }
        let Some(entries) = last.get(&subject) else { continue };
        // What is open on a place may stay open for years; it needs nothing that was sealed on a day.
        let is_needed = active
            .get(&subject)
            .is_some_and(|needed| class == IDENTITY_CLASS || needed.contains(class.as_str()));
        if is_needed && !class.contains(DAY_MARK) {
            continue;
        }
        // Who somebody is goes when the last thing known of them goes.
        let (last_at, kept) = if class == IDENTITY_CLASS {
            let kept = entries
                .keys()
                .filter_map(|class| days.get(base_class(class)))
                .copied()
                .max()
                .unwrap_or(longest);
            (entries.values().copied().max(), kept)
        } else {
            (
                entries.get(&class).copied(),
                days.get(base_class(&class)).copied().unwrap_or(longest),
            )
        };
        if last_at.is_some_and(|at| at + kept * DAY_MS < batch.now.0) {
            due.push((subject, class));
        }
    }
    Ok(due)
}

/// What the protocols that somebody is in still work with, by class: what enrols, what is asked for, looked at and signed.
/// Whoever is in one also keeps their name.
fn needed_classes(batch: &mut Batch<'_>) -> Result<BTreeMap<SubjectId, BTreeSet<String>>, LedgerError> {
    let model = batch.snapshot.model.clone();
    let mut of_protocol: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for protocol in &model.protocols {
        let enrolling: &[String] = match &protocol.enrol.source {
            EnrolSource::On(registers) => registers,
            EnrolSource::Set(_) | EnrolSource::Campaign(_) | EnrolSource::Enrolled(_) | EnrolSource::Started => &[],
        };
        let asked = protocol.tasks.iter().map(|task| &task.expects);
        let looked = protocol.looks.iter().map(|look| &look.of);
        let signed = protocol.releases.iter().filter_map(|release| release.on.as_ref());
        let registers = enrolling.iter().chain(asked).chain(looked).chain(signed);
        let classes = registers.filter_map(|id| model.registers.get(id));
        let needed = of_protocol.entry(protocol.id.clone()).or_default();
        needed.extend(classes.map(|register| register.schema.retention_class.clone()));
    }
    let mut active: BTreeMap<SubjectId, BTreeSet<String>> = BTreeMap::new();
    let sql = "select distinct subject, protocol from enrolment where state = 'active'";
    batch.connection.for_each(sql, &[], &mut |row| {
        let needed = of_protocol.get(row.text("protocol")?).cloned().unwrap_or_default();
        active
            .entry(SubjectId(row.uuid("subject")?))
            .or_default()
            .extend(needed);
        Ok(())
    })?;
    Ok(active)
}

/// The classes of what expires, and whether everything sealed in them has. Such a class goes when the last of its moments
/// is past, however long the register would be kept and whatever is still going on.
fn expired_classes(batch: &mut Batch<'_>) -> Result<BTreeMap<(SubjectId, String), bool>, LedgerError> {
    let snapshot = batch.snapshot.clone();
    let now = batch.now;
    let mut classes = BTreeMap::new();
    let expiring = |register: &&std::sync::Arc<Register>| register.schema.expires.is_some();
    for register in snapshot.model.registers.values().filter(expiring) {
        let sql = format!("select {ENTRY_SELECT} from entry e where e.register = $1");
        for row in batch.connection.query(&sql, &[register.schema.id.as_str().into()])? {
            let stored = read_entry(&row)?;
            let is_over = expired(register, &stored.entry, now);
            let class = (stored.entry.subject, stored.retention_class);
            classes
                .entry(class)
                .and_modify(|over| *over &= is_over)
                .or_insert(is_over);
        }
    }
    Ok(classes)
}

fn destroy(batch: &mut Batch<'_>, id: Uuid, due: &[(SubjectId, String)]) -> Result<(), LedgerError> {
    // The log first, in the data store: a restored key store replays it.
    let row = |(subject, class): &(SubjectId, String)| -> Vec<Value> {
        vec![subject.0.into(), class.as_str().into(), id.into(), batch.now.0.into()]
    };
    let rows: Vec<Vec<Value>> = due.iter().map(row).collect();
    let on_conflict = OnConflict::Nothing {
        key: &["subject", "class"],
    };
    batch.connection.insert_rows(&Insert {
        table: "destroyed_key",
        columns: DESTROYED_KEY,
        rows: &rows,
        on_conflict,
    })?;
    for (subject, class) in due {
        batch.data_keys.remove(&(*subject, class.clone()));
        attachments::forget(batch.connection, (*subject, class))?;
    }
    let identities: Vec<SubjectId> = due
        .iter()
        .filter(|(_, class)| class == IDENTITY_CLASS)
        .map(|(subject, _)| *subject)
        .collect();
    for chunk in identities.chunks(500) {
        let list = dialect::list(chunk.len(), 1);
        let params: Vec<Value> = chunk.iter().map(|id| id.0.into()).collect();
        batch
            .connection
            .execute(&format!("delete from identifier where subject in {list}"), &params)?;
        batch
            .connection
            .execute(&format!("delete from search_token where subject in {list}"), &params)?;
        outbox::forget(batch, chunk)?;
        invitations::forget(batch, chunk)?;
    }
    forget_checks(batch)?;
    // The keys go once the log is durable.
    batch.erase_after_commit.extend(due.iter().cloned());
    Ok(())
}

/// What checks remember of passes leads nowhere without its day's key; it goes with it.
fn forget_checks(batch: &mut Batch<'_>) -> Result<(), LedgerError> {
    let oldest = batch.snapshot.zone.day_of(batch.now).plus(-checks::CHECK_DAYS);
    let sql = "delete from check_pass where day < $1";
    batch.connection.execute(sql, &[i64::from(oldest.0).into()])?;
    batch.day_keys.retain(|day, _| *day >= oldest);
    Ok(())
}

/// Erases every key that the destruction log names: after a crash between the log and the keys, and after a restore of
/// an older key store.
pub(crate) fn replay(
    connection: &mut lianfang_db::Connection,
    keys: &mut lianfang_db::Connection,
) -> Result<(), LedgerError> {
    let mut logged: BTreeSet<(SubjectId, String)> = BTreeSet::new();
    connection.for_each("select subject, class from destroyed_key", &[], &mut |row| {
        logged.insert((SubjectId(row.uuid("subject")?), row.text("class")?.to_owned()));
        Ok(())
    })?;
    if logged.is_empty() {
        return Ok(());
    }
    let mut left = Vec::new();
    keys.for_each("select subject, class from subject_key", &[], &mut |row| {
        let place = (SubjectId(row.uuid("subject")?), row.text("class")?.to_owned());
        if logged.contains(&place) {
            left.push(place);
        }
        Ok(())
    })?;
    erase_keys(keys, &left)
}

/// Removes keys for good.
pub(crate) fn erase_keys(keys: &mut lianfang_db::Connection, due: &[(SubjectId, String)]) -> Result<(), LedgerError> {
    keys.transaction(|tx| {
        for (subject, class) in due {
            let sql = "delete from subject_key where subject = $1 and class = $2";
            tx.execute(sql, &[subject.0.into(), class.as_str().into()])?;
        }
        Ok(())
    })
}

use lianfang_db::{Column, ColumnKind};
const DESTROYED_KEY: &[Column<'static>] = &[
    Column::new("subject", ColumnKind::Uuid),
    Column::new("class", ColumnKind::Text),
    Column::new("destruction", ColumnKind::Uuid),
    Column::new("destroyed_at", ColumnKind::Int),
];
