//! `register.embargo`: the moment before which an entry is not for everybody.

use super::field_named::field_named;
use super::log::Log;
use super::table::Table;
use super::tree::Value;
use lianfang_kernel::{FieldSchema, Kind, RegisterSchema};

/// Keys by which others would learn of an entry without reading it: what is in force is in everybody's memory, what is
/// public is everybody's, an account's balance and a roster's gaps tell what stands there.
const TELLING: [&str; 6] = ["reference", "public", "posting", "hold", "residents", "matching"];

/// The field that says until when.
pub(super) fn embargo(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema) -> Option<String> {
    let fits = |field: &FieldSchema| field.kind == Kind::Instant && field.many <= 1 && !field.is_sealed();
    let hint = (
        "embargo 要一个不加密的时刻字段",
        "embargo takes an instant that is not sealed",
    );
    let field = field_named(log, table, schema, "embargo", fits, hint)?;
    let is_off = |key: &str| matches!(table.get(key).map(|spot| &spot.value), None | Some(Value::Bool(false)));
    for key in TELLING.into_iter().filter(|key| !is_off(key)) {
        log.error(
            table.place(key),
            (
                format!("有 embargo 的登记表不能有 {key}，否则不看条目也会知道"),
                format!("a register with an embargo has no {key}: others would know without reading"),
            ),
            (
                "请去掉其中之一，或另立登记表",
                "leave one of them out, or make it a register of its own",
            ),
        );
    }
    Some(field)
}
