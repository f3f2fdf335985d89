//! Very many entries of two registers of households: visits at the door and attempts to reach somebody. A few go through the
//! ledger; what it wrote of the first of each register is the pattern of all, and what it wrote of the others is compared, cell by
//! cell, with what would have been written of them here. Left out are answers, the audit, and what nobody was asked for.

use super::declare::Town;
use super::tables::{IDENTIFIER, KEY, LINK, SUBJECT, VALUE, col, insert, settle, without_indexes};
use super::trace::mixed;
use crate::commands::demo::dice::Dice;
use crate::failure::{Failure, Outcome};
use crate::posts::Account;
use crate::say;
use crate::store::{Store, wait};
use lianfang_db::{Column, ColumnKind, Connection, Engine, Row, Value};
use lianfang_kernel::ids::{EntryId, SubjectId};
use lianfang_kernel::{Instant, RegionId, Words};
use lianfang_ledger::wire::{AppendAnswer, NewEntry};
use lianfang_ledger::{Vault, seal_identity};
use serde_json::{Value as Json, json};

/// The registers.
pub(super) const REGISTERS: [&str; 2] = ["outreach", "household_check"];
/// Entries a household.
const PER_HOUSEHOLD: usize = 25;
/// Over how long the entries were recorded.
pub(super) const SPAN_DAYS: i64 = 730;
const DAY_MS: i64 = 86_400_000;
/// Entries that go through the ledger.
const SAMPLE: usize = 16;
/// Rows in one statement; entries in one transaction.
const PIECE: usize = 20_000;
const TRANSACTION: usize = 1_000_000;
/// Separates the parts of a bucket of a figure.
const SEPARATOR: char = '\u{1f}';

const ENTRY: [Column<'static>; 27] = [
    col("subject", ColumnKind::Uuid),
    col("id", ColumnKind::Uuid),
    col("register", ColumnKind::Text),
    col("register_version", ColumnKind::Int),
    col("act", ColumnKind::Text),
    col("replaces", ColumnKind::Uuid),
    col("at", ColumnKind::Int),
    col("made_at", ColumnKind::Int),
    col("received_at", ColumnKind::Int),
    col("recorded_at", ColumnKind::Int),
    col("reported_at", ColumnKind::Int),
    col("login", ColumnKind::Uuid),
    col("device", ColumnKind::Uuid),
    col("org", ColumnKind::Uuid),
    col("region", ColumnKind::Text),
    col("path", ColumnKind::Text),
    col("sector", ColumnKind::Text),
    col("channel", ColumnKind::Text),
    col("assurance", ColumnKind::Text),
    col("proxy", ColumnKind::Bool),
    col("group_id", ColumnKind::Uuid),
    col("reason", ColumnKind::Text),
    col("status", ColumnKind::Text),
    col("flags", ColumnKind::Json),
    col("body", ColumnKind::Json),
    col("sealed", ColumnKind::Bytes),
    col("retention_class", ColumnKind::Text),
];
const DELTA: [Column<'static>; 9] = [
    col("region", ColumnKind::Text),
    col("indicator", ColumnKind::Text),
    col("sector", ColumnKind::Text),
    col("day", ColumnKind::Int),
    col("bucket", ColumnKind::Text),
    col("recorded_at", ColumnKind::Int),
    col("path", ColumnKind::Text),
    col("n", ColumnKind::Int),
    col("opens_at", ColumnKind::Int),
];
/// Tables of an entry, in the order in which [`Large::rows`] gives their rows.
const TABLES: [(&str, &[Column<'static>]); 4] = [
    ("entry", &ENTRY),
    ("link", &LINK),
    ("entry_value", &VALUE),
    ("indicator_delta", &DELTA),
];
/// Rows of one entry, by table.
type Rows = [Vec<Vec<Value>>; 4];

/// Entries of households.
pub(super) struct Large<'a> {
    town: &'a Town,
    pub entries: usize,
    pub households: usize,
    /// When the first was recorded.
    begin: i64,
    /// What the ledger wrote of the first entry of each register.
    patterns: Vec<Vec<Value>>,
}

impl<'a> Large<'a> {
    /// Writes the households, and the first entries through the ledger.
    ///
    /// # Errors
    /// They are not accepted; what the ledger wrote of one is not what would be written here.
    pub fn begin(store: &Store, town: &'a Town, writer: &Account, entries: usize) -> Outcome<Large<'a>> {
        let mut large = Large {
            town,
            entries,
            households: (entries / PER_HOUSEHOLD).max(1),
            begin: town.ledger.now().0 - SPAN_DAYS * DAY_MS,
            patterns: Vec::new(),
        };
        large.write_households(store)?;
        let sample = (0..SAMPLE).map(|n| large.sent(n)).collect::<Outcome<Vec<NewEntry>>>()?;
        for entry in sample {
            let answer: AppendAnswer = wait(town.ledger.append(writer.author(), vec![entry]))?;
            if let Some(result) = answer.results.iter().find(|result| !result.status.is_in()) {
                return Err(differs(&format!("{:?}", result.problems)));
            }
        }
        let mut reader = store.database.reader()?;
        for register in REGISTERS {
            let first = (0..SAMPLE)
                .find(|n| REGISTERS[large.register(*n)] == register)
                .unwrap_or(0);
            large
                .patterns
                .push(stored(&mut reader, 0, large.ids(first))?.swap_remove(0));
        }
        for n in 0..SAMPLE {
            large.compare(&mut reader, n)?;
        }
        Ok(large)
    }

    /// The entry of the sample as the ledger wrote it, and as it would be written here.
    fn compare(&self, reader: &mut Connection, n: usize) -> Outcome {
        let entry = stored(reader, 0, self.ids(n))?.swap_remove(0);
        let (Value::Int(received), Value::Int(recorded)) = (entry[8].clone(), entry[9].clone()) else {
            return Err(differs("entry"));
        };
        let mut rows = Rows::default();
        self.rows(n, (received, recorded), &mut rows);
        for (table, own) in rows.iter().enumerate() {
            let mut kept = match table {
                3 => deltas_at(reader, self.village(n), recorded)?,
                _ => stored(reader, table, self.ids(n))?,
            };
            let mut own: Vec<Vec<Value>> = own.iter().map(|row| row.iter().map(plain).collect()).collect();
            let in_order = |rows: &mut Vec<Vec<Value>>| rows.sort_by_key(|row| format!("{row:?}"));
            in_order(&mut kept);
            in_order(&mut own);
            if kept != own {
                return Err(differs(&format!("{}: {kept:?} ≠ {own:?}", TABLES[table].0)));
            }
        }
        Ok(())
    }

    /// When the `n`th entry was recorded.
    pub fn recorded_at(&self, n: usize) -> Instant {
        let span = i128::from(SPAN_DAYS * DAY_MS);
        let passed = span * n as i128 / (self.entries as i128).max(1);
        Instant(self.begin + i64::try_from(passed).unwrap_or(0))
    }

    /// The household that it is about, and its own id.
    pub fn ids(&self, n: usize) -> (SubjectId, EntryId) {
        let id = Dice::new(n as u64).uuid(self.recorded_at(n));
        (self.household(mixed(n) % self.households), EntryId(id))
    }

    fn household(&self, number: usize) -> SubjectId {
        SubjectId(Dice::new(!(number as u64)).uuid(Instant(self.begin - number as i64)))
    }

    /// Where a household is: few villages have most.
    fn village_of(&self, number: usize) -> &RegionId {
        let villages = &self.town.villages;
        let part = (mixed(3 * number + 1) % 1_000_000) as f64 / 1_000_000.0;
        &villages[((part * part * villages.len() as f64) as usize).min(villages.len() - 1)]
    }

    pub fn village(&self, n: usize) -> &RegionId {
        self.village_of(mixed(n) % self.households)
    }

    /// Three of five are of the first register.
    fn register(&self, n: usize) -> usize {
        usize::from(mixed(5 * n + 3) % 5 > 2)
    }

    fn body(&self, n: usize) -> Json {
        let draw = mixed(7 * n + 2);
        if self.register(n) == 1 {
            return json!({ "result": "not_home" });
        }
        let method = ["phone", "phone", "phone", "video", "wechat", "visit"][draw % 6];
        let result = if (draw / 6).is_multiple_of(4) {
            "not_reached"
        } else {
            "reached"
        };
        json!({ "method": method, "result": result, "informed": (draw / 24).is_multiple_of(2), "outsiders": (draw / 48 % 6).saturating_sub(2) })
    }

    /// What was recorded then happened up to six hours before.
    fn at(&self, n: usize, recorded: i64) -> Instant {
        Instant(recorded - (mixed(11 * n) % 21_600_000) as i64)
    }

    fn sent(&self, n: usize) -> Outcome<NewEntry> {
        let (subject, id) = self.ids(n);
        let entry = json!({
            "id": id, "register": REGISTERS[self.register(n)], "subject": subject, "body": self.body(n),
            "at": self.at(n, self.recorded_at(n).0).in_zone(&self.town.ledger.snapshot().zone),
        });
        serde_json::from_value(entry).map_err(|error| Failure::file(std::path::Path::new("entry"), error))
    }

    /// What is written of the `n`th entry that was received and recorded then.
    fn rows(&self, n: usize, (received, recorded): (i64, i64), rows: &mut Rows) {
        let (snapshot, (subject, id), village) = (self.town.ledger.snapshot(), self.ids(n), self.village(n));
        let (path, body, register) = (
            snapshot.regions.path(village),
            self.body(n),
            REGISTERS[self.register(n)],
        );
        let is_sample = n < SAMPLE;
        let at = if is_sample {
            self.at(n, self.recorded_at(n).0)
        } else {
            self.at(n, recorded)
        };
        let [entries, links, values, deltas] = rows;
        let mut row = self.patterns[self.register(n)].clone();
        row[0] = subject.0.into();
        row[1] = id.0.into();
        row[6] = at.0.into();
        (row[8], row[9]) = (received.into(), recorded.into());
        (row[14], row[15]) = (village.as_str().into(), path.into());
        row[24] = Value::Json(body.to_string());
        entries.push(row);
        links.push(vec![subject.0.into(), id.0.into(), subject.0.into(), "subject".into()]);
        let said = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
        for field in ["method", "result"]
            .into_iter()
            .filter(|field| body[*field].is_string())
        {
            let said = said(field).into();
            values.push(vec![
                subject.0.into(),
                id.0.into(),
                register.into(),
                field.into(),
                said,
                recorded.into(),
            ]);
        }
        let outsiders = body["outsiders"].as_i64().filter(|_| body["result"] == "reached");
        let counted = match self.register(n) {
            1 => vec![("survey-visits", said("result"), 1)],
            _ => vec![
                (
                    "outreach-attempts",
                    format!("{}{SEPARATOR}{}", said("method"), said("result")),
                    1,
                ),
                ("outsiders-found", String::new(), outsiders.unwrap_or(0)),
            ],
        };
        let day = i64::from(snapshot.zone.day_of(at).0);
        for (indicator, bucket, n) in counted.into_iter().filter(|(_, _, n)| *n != 0) {
            deltas.push(vec![
                village.as_str().into(),
                indicator.into(),
                "".into(),
                day.into(),
                bucket.into(),
                recorded.into(),
                path.into(),
                n.into(),
                Value::Null,
            ]);
        }
    }

    /// Writes all that the ledger did not. Indexes are made when the rows are there.
    ///
    /// # Errors
    /// The store.
    pub fn write(&self, store: &Store) -> Outcome {
        let mut writer = store.database.writer()?;
        if writer.engine() == Engine::Sqlite {
            // The keys of a table come in any order: they stay in memory until a transaction is over.
            writer
                .batch("pragma synchronous = off; pragma cache_size = -4000000; pragma wal_autocheckpoint = 100000")?;
        }
        without_indexes(&mut writer, &TABLES.map(|(table, _)| table), |writer| {
            self.write_all(writer)
        })?;
        settle(&mut writer)
    }

    fn write_all(&self, writer: &mut Connection) -> Outcome {
        let bar = say::progress(self.entries as u64, "填入", "entries");
        for first in (SAMPLE..self.entries).step_by(TRANSACTION) {
            writer.begin()?;
            for first in (first..self.entries.min(first + TRANSACTION)).step_by(PIECE) {
                let last = self.entries.min(first + PIECE);
                let mut rows = Rows::default();
                for n in first..last {
                    let recorded = self.recorded_at(n).0;
                    self.rows(n, (recorded, recorded), &mut rows);
                }
                for ((table, columns), rows) in TABLES.iter().zip(&rows) {
                    insert(writer, table, columns, rows)?;
                }
                bar.inc((last - first) as u64);
            }
            writer.commit()?;
        }
        bar.finish_and_clear();
        Ok(())
    }

    fn write_households(&self, store: &Store) -> Outcome {
        let (mut data, mut keys) = (store.database.writer()?, store.keys.writer()?);
        let (vault, snapshot) = (Vault::new(&store.master()?)?, self.town.ledger.snapshot());
        for first in (0..self.households).step_by(PIECE) {
            let (mut subjects, mut identifiers, mut wrapped) = (Vec::new(), Vec::new(), Vec::new());
            for number in first..self.households.min(first + PIECE) {
                let (id, village) = (self.household(number), self.village_of(number));
                let codes = [("code".to_owned(), format!("H{number:07}"))].into();
                let identity = seal_identity(&vault, id, None, codes)?;
                let (since, path) = (self.begin.into(), snapshot.regions.path(village).into());
                subjects.push(vec![
                    id.0.into(),
                    "household".into(),
                    "household".into(),
                    village.as_str().into(),
                    path,
                    identity.sealed.into(),
                    since,
                ]);
                for (kind, digest) in identity.digests {
                    identifiers.push(vec![digest.into(), kind.into(), id.0.into(), self.begin.into()]);
                }
                wrapped.push(vec![
                    id.0.into(),
                    identity.class.into(),
                    identity.wrapped.into(),
                    self.begin.into(),
                ]);
            }
            keys.begin()?;
            insert(&mut keys, "subject_key", &KEY, &wrapped)?;
            keys.commit()?;
            data.begin()?;
            insert(&mut data, "subject", &SUBJECT, &subjects)?;
            insert(&mut data, "identifier", &IDENTIFIER, &identifiers)?;
            data.commit()?;
        }
        Ok(())
    }
}

/// Rows of an entry in one of the tables.
fn stored(reader: &mut Connection, table: usize, (subject, id): (SubjectId, EntryId)) -> Outcome<Vec<Vec<Value>>> {
    let (name, columns) = TABLES[table];
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let of = if table == 0 { "id" } else { "entry" };
    let sql = format!(
        "select {} from {name} where subject = $1 and {of} = $2",
        names.join(", ")
    );
    let found = reader.query(&sql, &[subject.0.into(), id.0.into()])?;
    found.iter().map(|row| typed(row, columns)).collect()
}

/// What was added to figures of a village at a moment.
fn deltas_at(reader: &mut Connection, village: &RegionId, at: i64) -> Outcome<Vec<Vec<Value>>> {
    let names: Vec<&str> = DELTA.iter().map(|column| column.name).collect();
    let sql = format!(
        "select {} from indicator_delta where region = $1 and recorded_at = $2 and n <> 0",
        names.join(", ")
    );
    let found = reader.query(&sql, &[village.as_str().into(), at.into()])?;
    found.iter().map(|row| typed(row, &DELTA)).collect()
}

/// A row with the types of its columns: a file gives ids as bytes, truth as numbers, documents as text.
fn typed(row: &Row, columns: &[Column<'_>]) -> Outcome<Vec<Value>> {
    let value = |(at, column): (usize, &Column<'_>)| -> Outcome<Value> {
        Ok(match column.kind {
            ColumnKind::Uuid => row.opt_uuid(at)?.into(),
            ColumnKind::Bool => row.bool(at)?.into(),
            ColumnKind::Json => plain(&Value::Json(row.json::<Json>(at)?.to_string())),
            ColumnKind::Int => row.opt_int(at)?.into(),
            ColumnKind::Text => row.opt_text(at)?.map(str::to_owned).into(),
            _ => row.opt_bytes(at)?.map(<[u8]>::to_vec).into(),
        })
    };
    columns.iter().enumerate().map(value).collect()
}

/// A document in one spelling.
fn plain(value: &Value) -> Value {
    match value {
        Value::Json(text) => {
            let read: Result<Json, _> = serde_json::from_str(text);
            Value::Json(read.map_or_else(|_| text.clone(), |read| read.to_string()))
        }
        other => other.clone(),
    }
}

fn differs(how: &str) -> Failure {
    Failure::new(
        Words::new(
            format!("批量写入与台账写入不一致：{how}"),
            format!("what is written in bulk is not what the ledger writes: {how}"),
        ),
        Words::new("请核对能力包 grid", "check the pack grid"),
    )
}
