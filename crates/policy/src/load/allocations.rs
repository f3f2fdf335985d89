//! Rows that an allocation run fills.

use super::field_named::field_of;
use super::fields::Field;
use super::log::Log;
use super::registers::Draft;
use super::table::Table;
use crate::expr::check::known_hint;
use crate::expr::world::World;
use crate::model::Allocation;
use lianfang_kernel::{FieldSchema, Kind, SubjectKind};

/// What each row holds.
const PARTS: [&str; 5] = ["request", "class", "wanted", "given", "reason"];

/// The allocation of a register, if one of its fields is filled by one.
pub(super) fn allocation(log: &mut Log, draft: &Draft<'_>, world: &World) -> Option<Allocation> {
    let field = draft
        .fields
        .iter()
        .find(|field| field.table.get("allocate").is_some())?;
    let keys = ["requests", "item", "want", "class", "account"];
    let table = Table::read(log, field.table.get("allocate")?, "allocate", &keys)?;
    check_rows(log, &table, field);
    let requests = table.required_text(log, "requests")?;
    let Some(register) = world.registers.get(requests) else {
        let hint = known_hint(requests, world.registers.keys().map(String::as_str));
        log.error(
            table.place("requests"),
            (
                format!("没有登记表 {requests}"),
                format!("there is no register {requests}"),
            ),
            hint,
        );
        return None;
    };
    let asked = &register.schema.fields;
    let own = draft.fields.iter().map(|field| &field.schema);
    let is_item = |field: &FieldSchema| field.kind == Kind::Subject(SubjectKind::Item);
    let item = field_of(log, &table, "item", asked, is_item)?;
    field_of(log, &table, "item", own, is_item)?;
    let want = field_of(log, &table, "want", asked, |field| {
        matches!(field.kind, Kind::Quantity { .. } | Kind::Int)
    })?;
    let class = field_of(log, &table, "class", asked, |field| {
        matches!(field.kind, Kind::Code { .. })
    })?;
    let classes = asked
        .iter()
        .find(|field| field.id == class)
        .and_then(|field| match &field.kind {
            Kind::Code { list } => Some(list.clone()),
            _ => None,
        })?;
    let account = table.required_text(log, "account")?;
    if !world.accounts.contains_key(account) {
        let hint = known_hint(account, world.accounts.keys().map(String::as_str));
        log.error(
            table.place("account"),
            (format!("没有账户 {account}"), format!("there is no account {account}")),
            hint,
        );
    }
    Some(Allocation {
        field: field.schema.id.clone(),
        requests: requests.to_owned(),
        item,
        want,
        class,
        classes,
        account: account.to_owned(),
    })
}

fn check_rows(log: &mut Log, table: &Table<'_>, field: &Field<'_>) {
    let has = |part: &&str| match &field.schema.kind {
        Kind::Rows(parts) => parts.iter().any(|known| known.id == **part),
        _ => false,
    };
    if !PARTS.iter().all(has) {
        log.error(
            table.at(),
            (
                format!("{} 不是分配结果的行", field.schema.id),
                format!("{} has not the rows of an allocation", field.schema.id),
            ),
            (
                "kind = \"rows\"，含 request、class、wanted、given、reason",
                "kind = \"rows\" with request, class, wanted, given and reason",
            ),
        );
    }
}
