//! The typed index: what entries say in the fields that their register marks with `index` and that lists can be narrowed by, and which
//! persons they tie together.

use crate::LedgerError;
use crate::core::IndexedFields;
use crate::rows::{INDEXED_FIELD, StoredEntry};
use lianfang_db::{Connection, Engine, Insert, OnConflict, Value};
use lianfang_kernel::{Entry, FieldSchema, Kind, SubjectKind};
use lianfang_policy::model::{Model, Register};
use std::collections::HashMap;
use uuid::Uuid;

/// How a field is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// One code, or a yes or no: `entry_value`.
    Value,
    /// One person: `tie`, in the file of who is named and of whom the entry is about.
    Tie,
}

/// How a field is kept, if it is.
fn kept(field: &FieldSchema) -> Option<Kept> {
    if field.is_sealed() || field.many > 1 {
        return None;
    }
    match field.kind {
        Kind::Code { .. } | Kind::Bool => field.index.then_some(Kept::Value),
        Kind::Subject(SubjectKind::Person) => Some(Kept::Tie),
        _ => None,
    }
}

/// The fields of a register that are kept in one way.
fn fields(register: &Register, way: Kept) -> impl Iterator<Item = &FieldSchema> {
    let fields = register.schema.fields.iter();
    fields.filter(move |field| kept(field) == Some(way))
}

/// What the index keeps of an entry's words: rows of `entry_value`.
pub(crate) fn values(register: &Register, entry: &Entry) -> Vec<Vec<Value>> {
    let row = |field: &FieldSchema| {
        let value = match entry.body.get(&field.id)? {
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Bool(is_so) => is_so.to_string(),
            _ => return None,
        };
        Some(vec![
            entry.subject.0.into(),
            entry.id.0.into(),
            entry.register.as_str().into(),
            field.id.as_str().into(),
            value.into(),
            entry.recorded_at.0.into(),
        ])
    };
    fields(register, Kept::Value).filter_map(row).collect()
}

/// Whom an entry ties to whom: rows of `tie`, two for each person that it names.
pub(crate) fn ties(register: &Register, stored: &StoredEntry) -> Vec<Vec<Value>> {
    let entry = &stored.entry;
    let row = |field: &FieldSchema, (subject, other): (Uuid, Uuid), is_named: bool| {
        vec![
            subject.into(),
            entry.register.as_str().into(),
            field.id.as_str().into(),
            entry.at.0.into(),
            other.into(),
            entry.id.0.into(),
            is_named.into(),
            entry.recorded_at.0.into(),
            stored.path.as_str().into(),
        ]
    };
    let both = |field: &FieldSchema| {
        let named: Uuid = entry.body.get(&field.id)?.as_str()?.parse().ok()?;
        let about = entry.subject.0;
        Some([row(field, (named, about), true), row(field, (about, named), false)])
    };
    fields(register, Kept::Tie).filter_map(both).flatten().collect()
}

/// While programs are exchanged one after the other, those of before write entries without entering them here. An exchange
/// takes less than this.
const EXCHANGE_MS: i64 = 24 * 3_600_000;

/// Enters what is not here yet, and gives the fields that lists can be narrowed by through the index, since every entry is: what was
/// recorded before a field was marked, and what a program of before wrote beside one of these. A field that packs mark while the
/// program runs is read without the index until the next start; one that they no longer mark is forgotten, since nothing is entered
/// for it any more.
pub(crate) fn catch_up(connection: &mut Connection, model: &Model) -> Result<IndexedFields, LedgerError> {
    let mut known: HashMap<(String, String), i64> = HashMap::new();
    for row in connection.query("select register, field, complete_to from indexed_field", &[])? {
        let field = (row.text("register")?.to_owned(), row.text("field")?.to_owned());
        known.insert(field, row.int("complete_to")?);
    }
    let of_way = |way: Kept| {
        let registers = model.registers.iter();
        registers.flat_map(move |(id, register)| fields(register, way).map(|field| (id.clone(), field.id.clone())))
    };
    let (values, ties): (IndexedFields, IndexedFields) = (of_way(Kept::Value).collect(), of_way(Kept::Tie).collect());
    let mut newest: HashMap<&str, i64> = HashMap::new();
    for (register, _) in values.iter().chain(&ties) {
        if !newest.contains_key(register.as_str()) {
            newest.insert(register, newest_of(connection, register)?);
        }
    }
    connection.begin()?;
    let is_kept = |field: &(String, String)| values.contains(field) || ties.contains(field);
    for (register, field) in known.keys().filter(|field| !is_kept(field)) {
        let which = [register.as_str().into(), field.as_str().into()];
        connection.execute("delete from indexed_field where register = $1 and field = $2", &which)?;
    }
    let mut changed = Vec::new();
    let of_values = values.iter().map(|field| (field, Kept::Value));
    for (field, way) in of_values.chain(ties.iter().map(|field| (field, Kept::Tie))) {
        let (register, until) = (field.0.as_str(), known.get(field).copied());
        let newest = newest.get(register).copied().unwrap_or(0);
        if until.is_some_and(|until| newest <= until) {
            continue;
        }
        let since = until.map_or(i64::MIN, |until| until.max(newest - EXCHANGE_MS));
        match way {
            Kept::Value => enter_values(connection, field, since)?,
            Kept::Tie => enter_ties(connection, field, since)?,
        }
        changed.push(vec![register.into(), field.1.as_str().into(), newest.into()]);
    }
    connection.insert_rows(&Insert {
        table: "indexed_field",
        columns: INDEXED_FIELD,
        rows: &changed,
        on_conflict: OnConflict::Replace {
            key: &["register", "field"],
        },
    })?;
    connection.commit()?;
    Ok(values)
}

/// When the last entry of a register was recorded; 0 where there is none.
fn newest_of(connection: &mut Connection, register: &str) -> Result<i64, LedgerError> {
    let sql = "select max(recorded_at) as at from entry where register = $1";
    let row = connection.query_one(sql, &[register.into()])?;
    Ok(row.opt_int("at")?.unwrap_or(0))
}

/// Enters what entries said in a field since a moment; those that are here stay.
fn enter_values(
    connection: &mut Connection,
    (register, field): &(String, String),
    since: i64,
) -> Result<(), LedgerError> {
    let said = said(connection.engine(), field);
    let sql = format!(
        "insert into entry_value (subject, entry, register, field, value, recorded_at) \
         select e.subject, e.id, e.register, $2, {said}, e.recorded_at from entry e \
         where e.register = $1 and e.recorded_at >= $3 and {said} is not null \
         on conflict (register, field, value, recorded_at, entry, subject) do nothing"
    );
    connection.execute(&sql, &[register.as_str().into(), field.as_str().into(), since.into()])?;
    Ok(())
}

/// Enters whom entries named in a field since a moment; those that are here stay.
fn enter_ties(
    connection: &mut Connection,
    (register, field): &(String, String),
    since: i64,
) -> Result<(), LedgerError> {
    let named = named(connection.engine(), field);
    for (subject, other, is_named) in [(named.as_str(), "e.subject", true), ("e.subject", &named, false)] {
        let sql = format!(
            "insert into tie (subject, register, field, at, other, entry, is_named, recorded_at, path) \
             select {subject}, e.register, $2, e.at, {other}, e.id, $4, e.recorded_at, e.path from entry e \
             where e.register = $1 and e.recorded_at >= $3 and {named} is not null \
             on conflict (subject, register, field, at, other, entry, is_named, recorded_at, path) do nothing"
        );
        let params = [
            register.as_str().into(),
            field.as_str().into(),
            since.into(),
            is_named.into(),
        ];
        connection.execute(&sql, &params)?;
    }
    Ok(())
}

/// Whom a field of the body names; null where that is nobody's id.
fn named(engine: Engine, field: &str) -> String {
    match engine {
        Engine::Postgres => format!(
            "(case when e.body ->> '{field}' ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$' \
             then cast(e.body ->> '{field}' as uuid) end)"
        ),
        Engine::Sqlite => {
            format!("(case when length(e.body ->> '{field}') = 36 then unhex(e.body ->> '{field}', '-') end)")
        }
    }
}

/// A field of the body as text. A yes or no is `true` in PostgreSQL's text and 1 in SQLite's.
pub(crate) fn said(engine: Engine, field: &str) -> String {
    match engine {
        Engine::Postgres => format!("(e.body ->> '{field}')"),
        Engine::Sqlite => format!(
            "(case json_type(e.body, '$.{field}') when 'true' then 'true' when 'false' then 'false' else e.body ->> '{field}' end)"
        ),
    }
}
