//! The typed index: what entries say in the fields that their register marks with `index` and that lists can be narrowed by.

use crate::LedgerError;
use crate::core::IndexedFields;
use crate::rows::INDEXED_FIELD;
use lianfang_db::{Connection, Engine, Insert, OnConflict, Value};
use lianfang_kernel::{Entry, FieldSchema, Kind};
use lianfang_policy::model::{Model, Register};

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

/// Enters what was recorded before a field was marked, once, and gives the fields of which every entry is there. A field that
/// packs mark while the program runs is read without the index until the next start.
pub(crate) fn catch_up(connection: &mut Connection, model: &Model) -> Result<IndexedFields, LedgerError> {
    let mut known = IndexedFields::new();
    for row in connection.query("select register, field from indexed_field", &[])? {
        known.insert((row.text("register")?.to_owned(), row.text("field")?.to_owned()));
    }
    let all = model
        .registers
        .iter()
        .flat_map(|(id, register)| fields(register).map(|field| (id.clone(), field.id.clone())));
    let missing: Vec<(String, String)> = all.filter(|field| !known.contains(field)).collect();
    if missing.is_empty() {
        return Ok(known);
    }
    connection.begin()?;
    for (register, field) in &missing {
        let said = said(connection.engine(), field);
        let sql = format!(
            "insert into entry_value (subject, entry, register, field, value, recorded_at) \
             select e.subject, e.id, e.register, $2, {said}, e.recorded_at from entry e where e.register = $1 and {said} is not null \
             on conflict (register, field, value, recorded_at, entry, subject) do nothing"
        );
        connection.execute(&sql, &[register.as_str().into(), field.as_str().into()])?;
    }
    let row = |(register, field): &(String, String)| vec![register.as_str().into(), field.as_str().into()];
    connection.insert_rows(&Insert {
        table: "indexed_field",
        columns: INDEXED_FIELD,
        rows: &missing.iter().map(row).collect::<Vec<_>>(),
        on_conflict: OnConflict::Nothing {
            key: &["register", "field"],
        },
    })?;
    connection.commit()?;
    known.extend(missing);
    Ok(known)
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
