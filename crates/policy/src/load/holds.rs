//! `hold` of an interval register: how many stand where, and when.

use super::compile::expr;
use super::field_named::field_named;
use super::log::Log;
use super::opened_set::not_a_type;
use super::registers::Draft;
use super::table::{Table, wrong};
use super::tree::{Spot, Value};
use crate::expr::Expr;
use crate::expr::check::known_hint;
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::World;
use crate::model::{Hold, Kinds, Overlap, Required, Rest};
use lianfang_kernel::{FieldSchema, Kind, Nature, RegisterSchema, Shape, SubjectKind};

pub(super) const KEYS: &[&str] = &[
    "per", "exactly", "min", "max", "kinds", "distinct", "cover", "roster", "overlap", "rest", "required", "fallback",
];

/// Keys of a set that something is required of.
pub(super) const REQUIRED_KEYS: &[&str] = &["of", "where", "frozen", "enrolled"];

/// Fields that a register needs to publish a roster.
const PUBLISHES: [&str; 2] = ["opens_at", "closes_at"];

pub(super) fn hold(log: &mut Log, draft: &Draft<'_>, world: &World) -> Option<Hold> {
    let spot = draft.table.get("hold")?;
    let table = Table::read(log, spot, "hold", KEYS)?;
    let schema = &draft.schema;
    if schema.shape != Shape::Interval || schema.nature != Nature::Act {
        log.error(
            spot.place(),
            (
                "只有区间登记表（行为）可以有 hold",
                "only an interval register of acts has a hold",
            ),
            (
                "加上 shape = \"interval\"，nature = \"act\"",
                "give it shape = \"interval\", nature = \"act\"",
            ),
        );
    }
    let per = per(log, &table, schema);
    let scope = scope(draft, world, &per);
    let (min, max) = bounds(log, &table, &scope);
    let overlap = table
        .choice(
            log,
            "overlap",
            &[("refuse", Overlap::Refuse), ("end_previous", Overlap::EndPrevious)],
        )
        .unwrap_or_default();
    if overlap == Overlap::EndPrevious && max.is_none() {
        log.error(
            table.place("overlap"),
            (
                "没有上限就没有多余的一条可终止",
                "without a most there is none too many to end",
            ),
            ("写 exactly 或 max", "give exactly or max"),
        );
    }
    let cover = match table.get("cover") {
        Some(Spot {
            value: Value::Text(text, _),
            ..
        }) if text == "always" => None,
        spot => expr(log, spot, &scope, Ty::Bool),
    };
    let subject = Ty::View(world.registers.get(draft.decl.id).and_then(|known| known.kind));
    let alone = Scope::new(world, Site::Hold).var("subject", subject);
    Some(Hold {
        kinds: kinds(log, &table, schema, world, &per),
        distinct: named(log, &table, schema, "distinct"),
        roster: roster(log, &table, world, &per),
        rest: rest(log, &table, schema, &scope),
        required: required(log, &table, schema, world),
        fallback: expr(log, table.get("fallback"), &alone, Ty::Desk),
        per,
        min,
        max,
        cover,
        overlap,
    })
}

/// What a hold is counted by. The subject, or something that a field names and that has a file, must be among it: its
/// rows are found there.
fn per(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema) -> Vec<String> {
    table.required(log, "per");
    let (mut per, mut has_file) = (Vec::new(), false);
    for (name, spot) in table.texts(log, "per") {
        match schema.field(name) {
            _ if name == "subject" => has_file = true,
            Some(field) if field.is_always_there() && field.many <= 1 && !field.is_sealed() => {
                has_file |= has_a_file(field)
            }
            Some(_) => log.error(
                spot.place(),
                (
                    format!("per 中的字段 {name} 须为必填的单值字段"),
                    format!("field {name} of per must be required and hold one value"),
                ),
                ("在该字段写 required = true", "give it required = true"),
            ),
            None => {
                let hint = known_hint(
                    name,
                    schema.fields.iter().map(|field| field.id.as_str()).chain(["subject"]),
                );
                log.error(
                    spot.place(),
                    (format!("没有字段 {name}"), format!("there is no field {name}")),
                    hint,
                );
            }
        }
        per.push(name.to_owned());
    }
    if !has_file && !per.is_empty() {
        log.error(
            table.place("per"),
            (
                "per 须含 subject，或指向人员、场所、车辆、物资、事项的字段",
                "per must hold the subject, or a field that names a person, place, vehicle, item or matter",
            ),
            ("加上 \"subject\"", "add \"subject\""),
        );
    }
    per
}

fn has_a_file(field: &FieldSchema) -> bool {
    match &field.kind {
        Kind::Subject(kind) => !matches!(kind, SubjectKind::Organisation | SubjectKind::Region),
        _ => false,
    }
}

fn scope<'w>(draft: &Draft<'_>, world: &'w World, per: &[String]) -> Scope<'w> {
    let known = world.registers.get(draft.decl.id);
    let mut scope = Scope::new(world, Site::Hold)
        .var("subject", Ty::View(known.and_then(|known| known.kind)))
        .var("day", Ty::Day);
    for name in per.iter().filter(|name| *name != "subject") {
        if let Some(field) = known.and_then(|known| known.record.field(name)) {
            scope = scope.var(name, field.ty.clone());
        }
    }
    scope
}

fn bounds(log: &mut Log, table: &Table<'_>, scope: &Scope<'_>) -> (Option<Expr>, Option<Expr>) {
    let given = |key: &str| table.get(key).is_some();
    if given("exactly") == (given("min") || given("max")) {
        log.error(
            table.place("exactly"),
            ("写 exactly，或 min、max", "give exactly, or min and max"),
            (
                "例如 exactly = \"1\"，或 max = \"10\"",
                "such as exactly = \"1\", or max = \"10\"",
            ),
        );
    }
    match expr(log, table.get("exactly"), scope, Ty::Int) {
        Some(exactly) => (Some(exactly.clone()), Some(exactly)),
        None => (
            expr(log, table.get("min"), scope, Ty::Int),
            expr(log, table.get("max"), scope, Ty::Int),
        ),
    }
}

fn kinds(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, world: &World, per: &[String]) -> Option<Kinds> {
    let spot = table.get("kinds")?;
    let is_code = |field: &&FieldSchema| matches!(field.kind, Kind::Code { .. });
    match &spot.value {
        Value::Text(text, _) if text == "all" => {
            if !schema
                .fields
                .iter()
                .filter(is_code)
                .any(|field| per.contains(&field.id))
            {
                log.error(
                    spot.place(),
                    (
                        "kinds = \"all\" 需要 per 中有代码字段",
                        "kinds = \"all\" needs a code field in per",
                    ),
                    ("把代码字段放进 per", "put the code field into per"),
                );
            }
            Some(Kinds::All)
        }
        Value::Table(entries) => {
            let counts: Vec<(String, i64)> = entries
                .iter()
                .filter_map(|entry| match entry.spot.value {
                    Value::Int(n) if n > 0 => Some((entry.key.clone(), n)),
                    _ => {
                        wrong(log, &entry.spot, &entry.key, ("正整数", "a number from 1"));
                        None
                    }
                })
                .collect();
            let holds = |field: &FieldSchema| match &field.kind {
                Kind::Code { list } => world
                    .lists
                    .get(list)
                    .is_some_and(|list| counts.iter().all(|(code, _)| list.value(code).is_some())),
                _ => false,
            };
            let Some(field) = schema.fields.iter().find(|field| holds(field)) else {
                log.error(
                    spot.place(),
                    ("没有代码字段含有这些值", "no code field has these codes"),
                    ("请核对代码表", "check the list"),
                );
                return None;
            };
            Some(Kinds::Counts {
                field: field.id.clone(),
                counts,
            })
        }
        _ => {
            wrong(
                log,
                spot,
                "kinds",
                ("\"all\" 或 { 代码 = 人数 }", "\"all\" or { code = n }"),
            );
            None
        }
    }
}

/// The field that a key names.
fn named(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, key: &str) -> Option<String> {
    let hint = ("密封字段不能用于条件", "what is sealed is read by no condition");
    field_named(log, table, schema, key, |field| !field.is_sealed(), hint)
}

fn roster(log: &mut Log, table: &Table<'_>, world: &World, per: &[String]) -> Option<String> {
    let id = table.text(log, "roster")?;
    let publishes = world.registers.get(id).is_some_and(|register| {
        let instant = |name: &&str| {
            let field = register.schema.field(name);
            field.is_some_and(|field| field.kind == Kind::Instant && field.is_always_there())
        };
        PUBLISHES.iter().all(instant)
    });
    if !publishes || !per.iter().any(|part| part == "subject") {
        let hint = known_hint(id, world.registers.keys().map(String::as_str));
        log.error(
            table.place("roster"),
            (
                format!("{id} 不能公布排班：需要必填时刻 opens_at 与 closes_at，且 per 含 subject"),
                format!(
                    "{id} publishes nothing: it needs the required instants opens_at and closes_at, and per the subject"
                ),
            ),
            hint,
        );
        return None;
    }
    Some(id.to_owned())
}

fn rest(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, scope: &Scope<'_>) -> Option<Rest> {
    let read = Table::read(log, table.get("rest")?, "rest", &["of", "at_least", "run_at_most"])?;
    read.required(log, "of");
    Some(Rest {
        of: named(log, &read, schema, "of")?,
        at_least: expr(log, read.get("at_least"), scope, Ty::Duration),
        run_at_most: expr(log, read.get("run_at_most"), scope, Ty::Duration),
    })
}

fn required(log: &mut Log, table: &Table<'_>, schema: &RegisterSchema, world: &World) -> Option<Required> {
    let read = Table::read(log, table.get("required")?, "required", REQUIRED_KEYS)?;
    let found = required_set(log, &read, world)?;
    if let Required::Of { of, .. } = &found {
        let kind = world.kind_of(of);
        let fits = schema.subjects.iter().any(|subject| world.kind_of(subject) == kind);
        if !fits {
            let hint = known_hint(of, schema.subjects.iter().map(String::as_str));
            log.error(
                read.place("of"),
                (
                    format!("本登记表不登记 {of}"),
                    format!("this register is not about {of}"),
                ),
                hint,
            );
        }
    }
    Some(found)
}

/// The set that `required` names: subjects of a type, or those enrolled in protocols.
pub(super) fn required_set(log: &mut Log, read: &Table<'_>, world: &World) -> Option<Required> {
    if read.get("enrolled").is_some() {
        return Some(Required::Enrolled(protocols_named(log, read, world)));
    }
    read.choice(log, "frozen", &[("live", ())]);
    let of = read.required_text(log, "of")?;
    let Some(kind) = world.kind_of(of) else {
        not_a_type(log, read, world, of);
        return None;
    };
    let kind = Some(kind);
    let scope = Scope::new(world, Site::Rows).var("it", Ty::View(kind));
    Some(Required::Of {
        of: of.to_owned(),
        filter: expr(log, read.get("where"), &scope, Ty::Bool),
    })
}

/// The protocols that `enrolled` names.
pub(super) fn protocols_named(log: &mut Log, read: &Table<'_>, world: &World) -> Vec<String> {
    let mut protocols = Vec::new();
    for (id, spot) in read.texts(log, "enrolled") {
        if !world.protocols.contains_key(id) {
            let hint = known_hint(id, world.protocols.keys().map(String::as_str));
            log.error(
                spot.place(),
                (format!("没有协议 {id}"), format!("there is no protocol {id}")),
                hint,
            );
        }
        protocols.push(id.to_owned());
    }
    protocols
}
