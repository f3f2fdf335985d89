//! The typed index: what entries say in the fields that their register marks with `index` and that lists can be narrowed by.

use crate::LedgerError;
use crate::core::IndexedFields;
use crate::rows::INDEXED_FIELD;
use lianfang_db::{Connection, Engine, Insert, OnConflict, Value};
use lianfang_kernel::{Entry, FieldSchema, Kind};
use lianfang_policy::model::{Model, Register};
use std::collections::HashMap;

/// The fields of a register that stand in the index: one code, or a yes or no, that is not sealed.
fn fields(register: &Register) -> impl Iterator<Item = &FieldSchema> {
    let is_short = |field: &&FieldSchema| matches!(field.kind, Kind::Code { .. } | Kind::Bool) && field.many <= 1;
    let fields = register.schema.fields.iter();
    fields.filter(move |field| field.index && !field.is_sealed() && is_short(field))
}

/// What the index keeps of an entry.
pub(crate) fn rows(register: &Register, entry: &Entry) -> Vec<Vec<Value>> {
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
    fields(register).filter_map(row).collect()
}

/// While programs are exchanged one after the other, those of before write entries without entering them here. An exchange
/// takes less than this.
const EXCHANGE_MS: i64 = 24 * 3_600_000;

/// Enters what is not here yet, and gives the fields of which every entry is: what was recorded before a field was marked,
/// and what a program of before wrote beside one of these. A field that packs mark while the program runs is read without the
/// index until the next start; one that they no longer mark is forgotten, since nothing is entered for it any more.
pub(crate) fn catch_up(connection: &mut Connection, model: &Model) -> Result<IndexedFields, LedgerError> {
    let mut known: HashMap<(String, String), i64> = HashMap::new();
    for row in connection.query("select register, field, complete_to from indexed_field", &[])? {
        let field = (row.text("register")?.to_owned(), row.text("field")?.to_owned());
        known.insert(field, row.int("complete_to")?);
    }
    let marked: IndexedFields = model
        .registers
        .iter()
        .flat_map(|(id, register)| fields(register).map(|field| (id.clone(), field.id.clone())))
        .collect();
    let mut newest: HashMap<&str, i64> = HashMap::new();
    for (register, _) in &marked {
        if !newest.contains_key(register.as_str()) {
            newest.insert(register, newest_of(connection, register)?);
        }
    }
    connection.begin()?;
    for (register, field) in known.keys().filter(|field| !marked.contains(*field)) {
        let which = [register.as_str().into(), field.as_str().into()];
        connection.execute("delete from indexed_field where register = $1 and field = $2", &which)?;
    }
    let mut changed = Vec::new();
    for field in &marked {
        let (register, until) = (field.0.as_str(), known.get(field).copied());
        let newest = newest.get(register).copied().unwrap_or(0);
        if until.is_some_and(|until| newest <= until) {
            continue;
        }
        let since = until.map_or(i64::MIN, |until| until.max(newest - EXCHANGE_MS));
        enter(connection, field, since)?;
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
    Ok(marked)
}

/// When the last entry of a register was recorded; 0 where there is none.
fn newest_of(connection: &mut Connection, register: &str) -> Result<i64, LedgerError> {
    let sql = "select max(recorded_at) as at from entry where register = $1";
    let row = connection.query_one(sql, &[register.into()])?;
    Ok(row.opt_int("at")?.unwrap_or(0))
}

/// Enters what entries said in a field since a moment; those that are here stay.
fn enter(connection: &mut Connection, (register, field): &(String, String), since: i64) -> Result<(), LedgerError> {
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

/// A field of the body as text. A yes or no is `true` in PostgreSQL's text and 1 in SQLite's.
pub(crate) fn said(engine: Engine, field: &str) -> String {
    match engine {
        Engine::Postgres => format!("(e.body ->> '{field}')"),
        Engine::Sqlite => format!(
            "(case json_type(e.body, '$.{field}') when 'true' then 'true' when 'false' then 'false' else e.body ->> '{field}' end)"
        ),
    }
}
