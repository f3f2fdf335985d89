//! Two months of a county, written quickly: some people live them through the ledger, two for each day of arrival, and
//! everybody else gets what the ledger wrote of one of them, under names of their own.
//!
//! Ids are derived as the ledger derives them, so a copy is planned again to the very rows that it has; whoever measures
//! holds some of them to that.

use super::county::{County, entry, time};
use super::tables::{self, col, insert, without_indexes};
use crate::failure::Outcome;
use crate::say;
use crate::store::{Store, wait};
use lianfang_db::{Column, ColumnKind, Connection, Value, dialect};
use lianfang_kernel::RegionId;
use lianfang_kernel::ids::{EnrolmentId, SubjectId, enrolment_id, task_id};
use serde_json::json;
use std::collections::HashMap;
use uuid::Uuid;

/// Days that are lived through.
const DAYS: usize = 60;
/// Of each day of arrival one is measured every time, and one misses some.
const KINDS: usize = 2;
/// People written in one transaction.
const BATCH: usize = 250;

/// A table whose rows are copied.
struct Table {
    name: &'static str,
    columns: &'static [Column<'static>],
}

const ENTRY: Table = Table {
    name: "entry",
    columns: &[
        col("subject", ColumnKind::Uuid),
        col("id", ColumnKind::Uuid),
        col("register", ColumnKind::Text),
        col("register_version", ColumnKind::Int),
        col("act", ColumnKind::Text),
        col("at", ColumnKind::Int),
        col("received_at", ColumnKind::Int),
        col("recorded_at", ColumnKind::Int),
        col("org", ColumnKind::Uuid),
        col("region", ColumnKind::Text),
        col("path", ColumnKind::Text),
        col("channel", ColumnKind::Text),
        col("assurance", ColumnKind::Text),
        col("proxy", ColumnKind::Bool),
        col("status", ColumnKind::Text),
        col("flags", ColumnKind::Json),
        col("body", ColumnKind::Json),
        col("retention_class", ColumnKind::Text),
    ],
};
const LINK: Table = Table {
    name: "link",
    columns: &tables::LINK,
};
const ENROLMENT: Table = Table {
    name: "enrolment",
    columns: &[
        col("subject", ColumnKind::Uuid),
        col("id", ColumnKind::Uuid),
        col("protocol", ColumnKind::Text),
        col("version", ColumnKind::Int),
        col("enrol_key", ColumnKind::Text),
        col("opened_by", ColumnKind::Uuid),
        col("start_at", ColumnKind::Int),
        col("day_zero", ColumnKind::Int),
        col("region", ColumnKind::Text),
        col("path", ColumnKind::Text),
        col("state", ColumnKind::Text),
        col("ended_at", ColumnKind::Int),
        col("ended_by", ColumnKind::Uuid),
        col("ready", ColumnKind::Text),
        col("missing", ColumnKind::Json),
        col("ends_on", ColumnKind::Int),
        col("recorded_at", ColumnKind::Int),
    ],
};
const TASK: Table = Table {
    name: "task",
    columns: &[
        col("subject", ColumnKind::Uuid),
        col("id", ColumnKind::Uuid),
        col("enrolment", ColumnKind::Uuid),
        col("protocol", ColumnKind::Text),
        col("task", ColumnKind::Text),
        col("kind", ColumnKind::Text),
        col("label", ColumnKind::Text),
        col("expects", ColumnKind::Text),
        col("owner", ColumnKind::Uuid),
        col("owner_self", ColumnKind::Bool),
        col("opens_at", ColumnKind::Int),
        col("due_at", ColumnKind::Int),
        col("state", ColumnKind::Text),
        col("timeliness", ColumnKind::Text),
        col("discharged_by", ColumnKind::Uuid),
        col("done_at", ColumnKind::Int),
        col("received_at", ColumnKind::Int),
        col("attempts", ColumnKind::Int),
        col("escalated", ColumnKind::Bool),
        col("complete", ColumnKind::Bool),
        col("receipts", ColumnKind::Json),
        col("region", ColumnKind::Text),
        col("path", ColumnKind::Text),
        col("listed_from", ColumnKind::Int),
        col("recorded_at", ColumnKind::Int),
    ],
};
const WAKE: Table = Table {
    name: "wake",
    columns: &[col("subject", ColumnKind::Uuid), col("wake_at", ColumnKind::Int)],
};
/// What is copied; enrolments before the tasks that belong to them.
const COPIED: [&Table; 5] = [&ENTRY, &LINK, &ENROLMENT, &TASK, &WAKE];

/// Somebody of whom the ledger wrote everything, or of whom it wrote the arrival.
#[derive(Clone, Copy)]
struct Arrived {
    subject: SubjectId,
    entry: Uuid,
}

/// What the ledger wrote of one person, by table.
struct Lived {
    of: Arrived,
    rows: Vec<Vec<Vec<Value>>>,
}

impl County {
    /// So many people are watched twice a day, the first of them for two months; the clock ends before noon.
    pub(super) fn watch(&self, store: &Store, people: usize) -> Outcome {
        let lived = self.live(people.min(DAYS * KINDS))?;
        let rest = self.arrive(lived.len()..people)?;
        let mut writer = store.database.writer()?;
        let lived = lived
            .into_iter()
            .map(|of| read(&mut writer, of))
            .collect::<Outcome<Vec<Lived>>>()?;
        let bar = say::progress(rest.len() as u64, "写入往日", "histories");
        let names = COPIED.map(|table| table.name);
        without_indexes(&mut writer, &names, |writer| {
            for (n, batch) in rest.chunks(BATCH).enumerate() {
                self.copy_some(writer, &lived, batch, lived.len() + n * BATCH)?;
                bar.inc(batch.len() as u64);
            }
            Ok(())
        })?;
        bar.finish_and_clear();
        Ok(())
    }

    /// People, numbered from `first` on, get the days of those who lived.
    fn copy_some(&self, writer: &mut Connection, lived: &[Lived], people: &[Arrived], first: usize) -> Outcome {
        writer.begin()?;
        forget(writer, people)?;
        let mut rows: [Vec<Vec<Value>>; 5] = Default::default();
        for (number, arrived) in (first..).zip(people) {
            self.copy(writer, (&lived[number % lived.len()], *arrived), number, &mut rows)?;
        }
        for (table, rows) in COPIED.iter().zip(&rows) {
            insert(writer, table.name, table.columns, rows)?;
        }
        writer.commit()?;
        Ok(())
    }

    /// Two arrive every day, and all who have arrived are measured twice a day.
    fn live(&self, people: usize) -> Outcome<Vec<Arrived>> {
        let bar = say::progress(DAYS as u64, "逐日", "days");
        let mut arrived = Vec::new();
        for day in 0..DAYS {
            if day > 0 {
                self.go_to(1, time("07:00"));
            }
            while wait(self.ledger.tick())? > 0 {}
            let until = people.min((day + 1) * KINDS);
            arrived.extend(self.arrive(arrived.len()..until)?);
            self.measure(
                &arrived,
                |n| n % KINDS == 0 || day % 5 > 0 && day + 1 < DAYS,
                time("08:00"),
            )?;
            if day + 1 < DAYS {
                self.measure(&arrived, |n| n % KINDS == 0 || day % 7 > 0, time("17:00"))?;
                self.go_to(0, time("20:30"));
                while wait(self.ledger.tick())? > 0 {}
            }
            bar.inc(1);
        }
        self.go_to(0, time("11:00"));
        while wait(self.ledger.tick())? > 0 {}
        bar.finish_and_clear();
        Ok(arrived)
    }

    /// People with these numbers arrive now.
    fn arrive(&self, numbers: std::ops::Range<usize>) -> Outcome<Vec<Arrived>> {
        let one = |n: usize| {
            let id = format!("E{n:08}");
            let subject = json!({ "type": "person", "identifiers": { "id_doc": id }, "name": "样例" });
            let body = json!({ "place_type": "home" });
            let arrival =
                json!({ "register": "arrival", "region": self.place_of(n), "subject": subject, "body": body });
            entry(&self.ledger, arrival)
        };
        let mut arrived = Vec::with_capacity(numbers.len());
        self.send(numbers.map(one), ("纳管", "enrolled"), |answer| {
            arrived.extend(answer.subject.map(|subject| Arrived {
                subject,
                entry: answer.id,
            }));
        })?;
        Ok(arrived)
    }

    /// Those whose turn it is are measured.
    fn measure(
        &self,
        people: &[Arrived],
        is_measured: impl Fn(usize) -> bool,
        at: lianfang_kernel::TimeOfDay,
    ) -> Outcome {
        self.go_to(0, at);
        let measured = people.iter().enumerate().filter(|(n, _)| is_measured(*n));
        let reading = |(_, one): (usize, &Arrived)| {
            let reading = json!({ "register": "temperature", "subject": one.subject, "body": { "celsius": "36.5" } });
            entry(&self.ledger, reading)
        };
        self.send(measured.map(reading), ("测温", "measured"), |_| {})
    }

    /// Those who lived stay where the first village is.
    fn place_of(&self, n: usize) -> RegionId {
        self.village(if n < DAYS * KINDS { 0 } else { n })
    }

    /// What was written of one, as if it were of another.
    fn copy(
        &self,
        writer: &mut Connection,
        (lived, arrived): (&Lived, Arrived),
        number: usize,
        rows: &mut [Vec<Vec<Value>>; 5],
    ) -> Outcome {
        let village = self.place_of(number);
        let path = self.ledger.snapshot().regions.path(&village).to_owned();
        let mut copy = Copy {
            ids: HashMap::from([(lived.of.subject.0, arrived.subject.0), (lived.of.entry, arrived.entry)]),
            village,
            path,
        };
        if let (Some(from), Some(to)) = (self.desk_of(0), self.desk_of(number)) {
            copy.ids.insert(from.0, to.0);
        }
        for ((table, from), to) in COPIED.iter().zip(&lived.rows).zip(rows) {
            for row in from {
                copy.name(table, row);
                // The arrival itself is there already.
                if table.name == "entry" && uuid(&row[1]) == Some(lived.of.entry) {
                    let sql =
                        "update entry set at = $1, received_at = $2, recorded_at = $3 where subject = $4 and id = $5";
                    let (subject, id) = (arrived.subject.0.into(), arrived.entry.into());
                    writer.execute(sql, &[row[5].clone(), row[6].clone(), row[7].clone(), subject, id])?;
                    continue;
                }
                if table.name == "link" && uuid(&row[1]) == Some(lived.of.entry) {
                    continue;
                }
                let columns = table.columns.iter().zip(row);
                to.push(columns.map(|(column, value)| copy.value(column, value)).collect());
            }
        }
        Ok(())
    }
}

/// How ids and places of one become those of another.
struct Copy {
    ids: HashMap<Uuid, Uuid>,
    village: RegionId,
    path: String,
}

impl Copy {
    /// Finds the new id of a row before it is copied.
    fn name(&mut self, table: &Table, row: &[Value]) {
        let text = |n: usize| match &row[n] {
            Value::Text(text) => text.clone(),
            _ => String::new(),
        };
        let Some(old) = row.get(1).and_then(uuid) else { return };
        let subject = uuid(&row[0])
            .and_then(|id| self.ids.get(&id))
            .copied()
            .unwrap_or_default();
        let new = match table.name {
            "entry" if !self.ids.contains_key(&old) => {
                let at = match row[5] {
                    Value::Int(at) => u64::try_from(at).unwrap_or(0),
                    _ => 0,
                };
                let mut tail = [0; 10];
                tail.copy_from_slice(&subject.as_bytes()[6..]);
                tail[8] ^= old.as_bytes()[14];
                tail[9] ^= old.as_bytes()[15];
                uuid::Builder::from_unix_timestamp_millis(at, &tail).into_uuid()
            }
            "enrolment" => enrolment_id(&text(2), SubjectId(subject), &self.key(&text(4))).0,
            "task" => {
                let enrolment = uuid(&row[2]).and_then(|id| self.ids.get(&id)).copied();
                task_id(EnrolmentId(enrolment.unwrap_or_default()), &text(4), &text(6)).0
            }
            _ => return,
        };
        self.ids.insert(old, new);
    }

    /// A key that tells enrolments apart may be an id.
    fn key(&self, key: &str) -> String {
        let named = key.parse::<Uuid>().ok().and_then(|id| self.ids.get(&id));
        named.map_or_else(|| key.to_owned(), Uuid::to_string)
    }

    fn value(&self, column: &Column<'_>, value: &Value) -> Value {
        match (column.name, column.kind, value) {
            ("region", _, Value::Text(_)) => self.village.as_str().into(),
            ("path", _, Value::Text(_)) => self.path.as_str().into(),
            ("enrol_key", _, Value::Text(key)) => self.key(key).into(),
            (_, ColumnKind::Uuid, _) => match uuid(value) {
                Some(id) => self.ids.get(&id).copied().unwrap_or(id).into(),
                None => Value::Null,
            },
            (_, ColumnKind::Bool, Value::Int(n)) => (*n != 0).into(),
            (_, ColumnKind::Json, Value::Text(text)) => Value::Json(text.clone()),
            (_, _, value) => value.clone(),
        }
    }
}

fn uuid(value: &Value) -> Option<Uuid> {
    match value {
        Value::Uuid(id) => Some(*id),
        Value::Bytes(bytes) => Uuid::from_slice(bytes).ok(),
        _ => None,
    }
}

/// What stands of a person who lived.
fn read(writer: &mut Connection, of: Arrived) -> Outcome<Lived> {
    let mut rows = Vec::with_capacity(COPIED.len());
    for table in COPIED {
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
        let sql = format!("select {} from {} where subject = $1", columns.join(", "), table.name);
        let found = writer.query(&sql, &[of.subject.0.into()])?;
        rows.push(found.into_iter().map(lianfang_db::Row::into_values).collect());
    }
    Ok(Lived { of, rows })
}

/// What the arrivals of today set going is taken away.
fn forget(writer: &mut Connection, people: &[Arrived]) -> Outcome {
    let ids: Vec<Value> = people.iter().map(|one| one.subject.0.into()).collect();
    let list = dialect::list(ids.len(), 1);
    for table in ["enrolment", "task", "wake"] {
        writer.execute(&format!("delete from {table} where subject in {list}"), &ids)?;
    }
    Ok(())
}
