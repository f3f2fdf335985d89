//! Keys whose value is the name of a field.

use super::log::Log;
use super::table::Table;
use crate::expr::check::known_hint;
use lianfang_kernel::{FieldSchema, RegisterSchema};

/// The field that `key` names, when there is one and it fits; `hint` says which would.
pub(super) fn field_named(
    log: &mut Log,
    table: &Table<'_>,
    schema: &RegisterSchema,
    key: &str,
    fits: impl Fn(&FieldSchema) -> bool,
    hint: (&str, &str),
) -> Option<String> {
    let name = table.text(log, key)?;
    match schema.field(name) {
        Some(field) if fits(field) => return Some(name.to_owned()),
        Some(field) => log.error(
            table.place(key),
            (
                format!("字段 {name} 的类型 {} 不适用于 {key}", field.kind.id()),
                format!("field {name} of kind {} does not serve as {key}", field.kind.id()),
            ),
            hint,
        ),
        None => {
            let hint = known_hint(name, schema.fields.iter().map(|field| field.id.as_str()));
            log.error(
                table.place(key),
                (format!("没有字段 {name}"), format!("there is no field {name}")),
                hint,
            );
        }
    }
    None
}

/// The field among `fields` that `key` must name.
pub(super) fn field_of<'f>(
    log: &mut Log,
    table: &Table<'_>,
    key: &str,
    fields: impl IntoIterator<Item = &'f FieldSchema>,
    fits: impl Fn(&FieldSchema) -> bool,
) -> Option<String> {
    let name = table.required_text(log, key)?;
    let fitting: Vec<&str> = fields
        .into_iter()
        .filter(|field| fits(field))
        .map(|field| field.id.as_str())
        .collect();
    if fitting.contains(&name) {
        return Some(name.to_owned());
    }
    log.error(
        table.place(key),
        (
            format!("没有可作 {key} 的字段 {name}"),
            format!("there is no field {name} that can be its {key}"),
        ),
        known_hint(name, fitting.into_iter()),
    );
    None
}
