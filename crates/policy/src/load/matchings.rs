//! Registers whose entries are lists compared with one's own.

use super::field_named::field_of;
use super::log::Log;
use super::registers::Draft;
use super::table::Table;
use crate::expr::check::known_hint;
use crate::expr::world::World;
use crate::model::Matching;
use lianfang_kernel::{FieldSchema, Kind, RegisterSchema};

/// What a register compares, if it does.
pub(super) fn matching(log: &mut Log, draft: &Draft<'_>, world: &World) -> Option<Matching> {
    let keys = ["request", "against", "key", "until", "hit"];
    let table = Table::read(log, draft.table.get("matching")?, "matching", &keys)?;
    has_fields(log, &table, &draft.schema, &Matching::COUNTS);
    let request = register(log, &table, "request", world)?;
    let is_list_of = |field: &FieldSchema, all: &dyn Fn(&str) -> bool| match &field.kind {
        Kind::Code { list } => world
            .lists
            .get(list)
            .is_some_and(|list| !list.values.is_empty() && list.values.iter().all(|value| all(&value.id))),
        _ => false,
    };
    let fields = &request.fields;
    let of_registers = |field: &FieldSchema| is_list_of(field, &|id| world.registers.contains_key(id));
    let of_keys = |field: &FieldSchema| is_list_of(field, &|id| Matching::KEYS.contains(&id));
    let against = field_of(log, &table, "against", fields, of_registers)?;
    let key = field_of(log, &table, "key", fields, of_keys)?;
    let until = field_of(log, &table, "until", fields, |field| field.kind == Kind::Instant)?;
    let hit = register(log, &table, "hit", world)?;
    has_fields(log, &table, hit, &Matching::HIT);
    let Some(expires) = hit.expires.clone() else {
        log.error(
            table.place("hit"),
            (
                format!("登记表 {} 没有到期时刻", hit.id),
                format!("the entries of {} do not expire", hit.id),
            ),
            (
                "给它写 expires = \"…\"，比对结果须到期不可读",
                "write expires = \"…\" there: what was matched is readable until an end",
            ),
        );
        return None;
    };
    Some(Matching {
        request: request.id.clone(),
        against,
        key,
        until,
        hit: hit.id.clone(),
        expires,
    })
}

fn register<'w>(log: &mut Log, table: &Table<'_>, key: &str, world: &'w World) -> Option<&'w RegisterSchema> {
    let id = table.required_text(log, key)?;
    let found = world.registers.get(id).map(|register| &register.schema);
    if found.is_none() {
        let hint = known_hint(id, world.registers.keys().map(String::as_str));
        log.error(
            table.place(key),
            (format!("没有登记表 {id}"), format!("there is no register {id}")),
            hint,
        );
    }
    found
}

fn has_fields(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, wanted: &[&str]) {
    let missing: Vec<&str> = wanted.iter().copied().filter(|id| schema.field(id).is_none()).collect();
    if !missing.is_empty() {
        let missing = missing.join(", ");
        log.error(
            table.at(),
            (
                format!("登记表 {} 缺少字段 {missing}", schema.id),
                format!("register {} lacks {missing}", schema.id),
            ),
            ("请补上这些字段", "add these fields"),
        );
    }
}
