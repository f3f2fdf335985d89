//! `scope` of a reference register: which types and targets its intervals cover, which they spare.

use super::field_named::field_named;
use super::fields::Known;
use super::log::Log;
use super::table::Table;
use crate::model::{Combine, Reach};
use lianfang_kernel::{Kind, RegisterSchema, Shape};

const KEYS: &[&str] = &["types", "targets", "exempt", "inherit", "combine"];

pub(super) fn reach(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, known: &Known<'_>) -> Option<Reach> {
    let spot = table.get("scope")?;
    let read = Table::read(log, spot, "scope", KEYS)?;
    if !schema.reference || schema.shape != Shape::Interval {
        log.error(
            spot.place(),
            (
                "只有快照中的区间登记表可以有 scope",
                "only an interval register of the snapshot has a scope",
            ),
            (
                "加上 shape = \"interval\" 与 reference = true",
                "give it shape = \"interval\" and reference = true",
            ),
        );
    }
    let is_type = |kind: &Kind| matches!(kind, Kind::Type);
    let is_subject = |kind: &Kind| matches!(kind, Kind::Subject(_));
    let reach = Reach {
        types: field(log, &read, schema, "types", is_type),
        targets: field(log, &read, schema, "targets", is_subject),
        exempt: field(log, &read, schema, "exempt", |kind| is_type(kind) || is_subject(kind)),
        inherit: read
            .choice(log, "inherit", &[("down", true), ("none", false)])
            .unwrap_or(true),
        combine: read
            .choice(
                log,
                "combine",
                &[("nearest", Combine::Nearest), ("strictest", Combine::Strictest)],
            )
            .unwrap_or_default(),
    };
    if reach.combine == Combine::Strictest && !has_ranked(schema, known) {
        log.error(
            read.place("combine"),
            (
                "strictest 需要一个分级的代码字段",
                "strictest needs a code field of a ranked list",
            ),
            ("在代码表的每个值写 rank", "give every value of its list a rank"),
        );
    }
    Some(reach)
}

/// The field that `types`, `targets` or `exempt` names.
fn field(
    log: &mut Log,
    table: &Table<'_>,
    schema: &RegisterSchema,
    key: &str,
    fits: impl Fn(&Kind) -> bool,
) -> Option<String> {
    let hint = (
        "types 要类型，targets 要对象，exempt 两者皆可",
        "types takes a type, targets a subject, exempt either",
    );
    field_named(
        log,
        table,
        schema,
        key,
        |field| fits(&field.kind) && !field.is_sealed(),
        hint,
    )
}

fn has_ranked(schema: &RegisterSchema, known: &Known<'_>) -> bool {
    let ranked = |list: &str| {
        known
            .lists
            .get(list)
            .is_some_and(|list| !list.values.is_empty() && list.values.iter().all(|value| value.rank.is_some()))
    };
    schema
        .fields
        .iter()
        .any(|field| matches!(&field.kind, Kind::Code { list } if field.many <= 1 && ranked(list)))
}
