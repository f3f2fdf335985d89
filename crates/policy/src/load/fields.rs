//! Fields of registers and of their rows.

use super::log::Log;
use super::table::{Table, wrong};
use super::tree::{Spot, Value};
use crate::expr::check::{known_hint, scale_digits};
use crate::model::CodeList;
use lianfang_kernel::{APPROX_LIST, Day, FieldSchema, Kind, SubjectKind, Words, approx_field};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const KEYS: &[&str] = &[
    "id", "kind", "required", "many", "list", "of", "field", "rule", "range", "scale", "unit", "approx", "default",
    "allocate", "compute", "draw", "index", "personal", "decides", "see", "since",
];

pub(super) const KINDS: &[&str] = &[
    "text",
    "note",
    "bool",
    "int",
    "decimal",
    "quantity",
    "money",
    "code",
    "date",
    "instant",
    "duration",
    "region",
    "org",
    "person",
    "household",
    "place",
    "vehicle",
    "item",
    "matter",
    "entry",
    "type",
    "file",
    "rows",
    "decision",
    "name",
    "cn_id",
    "id_doc",
    "phone",
    "plate",
    "address",
];

/// Most values that one field may hold.
const MAX_MANY: i64 = 2_000;

/// Words that CEL keeps for itself.
const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// Names that every entry has.
const BUILT_IN: &[&str] = &[
    "id",
    "register",
    "subject",
    "at",
    "made_at",
    "received_at",
    "recorded_at",
    "by",
    "org",
    "region",
    "sector",
    "channel",
    "assurance",
    "proxy",
    "group",
    "act",
    "replaces",
];

/// What fields may refer to.
pub(super) struct Known<'k> {
    pub(super) lists: &'k BTreeMap<String, CodeList>,
    pub(super) types: &'k BTreeMap<String, SubjectKind>,
    pub(super) registers: &'k BTreeSet<&'k str>,
    pub(super) rules: &'k BTreeSet<&'k str>,
    pub(super) roles: &'k BTreeSet<&'k str>,
}

/// A field with its conditions still to be compiled.
pub(super) struct Field<'d> {
    pub(super) schema: FieldSchema,
    pub(super) table: Table<'d>,
}

/// The fields that `spots` hold; `inside` rows nothing computes and rows do not repeat.
pub(super) fn fields<'d>(log: &mut Log, spots: &'d [Spot], known: &Known<'_>, inside: bool) -> Vec<Field<'d>> {
    let mut fields: Vec<Field<'_>> = Vec::new();
    for spot in spots {
        let Some(field) = field(log, spot, known, inside) else {
            continue;
        };
        if fields.iter().any(|other| other.schema.id == field.schema.id) {
            let id = &field.schema.id;
            log.error(
                spot.place(),
                (format!("字段 {id} 写了两次"), format!("field {id} stands twice")),
                ("请换一个编号", "take another id"),
            );
        }
        let qualifier = field.schema.approx.then(|| qualifier(&field, spot));
        fields.push(field);
        fields.extend(qualifier);
    }
    fields
}

/// The field that keeps the qualifier of an approximate one; it stands behind it.
fn qualifier<'d>(of: &Field<'d>, spot: &'d Spot) -> Field<'d> {
    let title = &of.schema.title;
    let title = Words::new(format!("{}（约数）", title.zh), format!("{} (how exact)", title.en));
    let list = APPROX_LIST.to_owned();
    let schema = FieldSchema {
        see: of.schema.see.clone(),
        decides: of.schema.decides,
        ..FieldSchema::new(&approx_field(&of.schema.id), title, Kind::Code { list })
    };
    Field {
        schema,
        table: Table::empty("field", spot.place()),
    }
}

/// Complains about a name that conditions could not read.
pub(super) fn check_name(log: &mut Log, spot: &Spot, name: &str) {
    let first = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let rest = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !first || !rest || RESERVED.contains(&name) {
        log.error(
            spot.place(),
            (
                format!("{name} 不能用作条件中的名称"),
                format!("{name} cannot be a name in conditions"),
            ),
            (
                "小写字母开头，只含小写字母、数字和下划线，不用 CEL 保留字",
                "begin with a lower-case letter, then letters, digits and _; no word that CEL keeps",
            ),
        );
    }
}

fn field<'d>(log: &mut Log, spot: &'d Spot, known: &Known<'_>, inside: bool) -> Option<Field<'d>> {
    let table = Table::read(log, spot, "field", KEYS)?;
    let id = table.required_text(log, "id")?;
    check_name(log, table.get("id")?, id);
    if !inside && BUILT_IN.contains(&id) {
        log.error(
            table.place("id"),
            (
                format!("{id} 是每条记录自带的"),
                format!("every entry has {id} already"),
            ),
            ("请换一个编号", "take another id"),
        );
    }
    let Some(kind) = kind(log, &table, known, inside) else {
        log.unread(id);
        return None;
    };
    let many = table
        .int(log, "many", 1, MAX_MANY)
        .unwrap_or(if matches!(kind, Kind::Rows(_)) { 200 } else { 1 });
    let required = matches!(table.get("required").map(|spot| &spot.value), Some(Value::Bool(true)));
    if inside {
        for key in ["compute", "default"] {
            if table.get(key).is_some() {
                log.error(
                    table.place(key),
                    (format!("行内字段不能有 {key}"), format!("a field of rows has no {key}")),
                    ("请放到登记表的字段", "compute it in a field of the register"),
                );
            }
        }
    }
    let schema = FieldSchema {
        id: id.to_owned(),
        title: table.title(log, id),
        help: table.words(log, "help"),
        range: range(log, &table, &kind),
        many: u32::try_from(many).unwrap_or(1),
        required,
        unit: table.words(log, "unit"),
        approx: table.flag(log, "approx"),
        index: table.flag(log, "index"),
        personal: table.flag(log, "personal"),
        decides: table.bool(log, "decides").unwrap_or(true),
        see: see(log, &table, known),
        since: table.day(log, "since"),
        kind,
    };
    Some(Field { schema, table })
}

fn see(log: &mut Log, table: &Table<'_>, known: &Known<'_>) -> Vec<String> {
    let mut roles = Vec::new();
    for (role, spot) in table.texts(log, "see") {
        if !known.roles.contains(role) {
            let hint = known_hint(role, known.roles.iter().copied());
            log.error(
                spot.place(),
                (format!("没有角色 {role}"), format!("there is no role {role}")),
                hint,
            );
        }
        roles.push(role.to_owned());
    }
    roles
}

fn kind(log: &mut Log, table: &Table<'_>, known: &Known<'_>, inside: bool) -> Option<Kind> {
    let id = table.required_text(log, "kind")?;
    let scale = u8::try_from(table.int(log, "scale", 0, 9).unwrap_or(0)).unwrap_or(0);
    let subject = |kind| Some(Kind::Subject(kind));
    let kind = match id {
        "text" => Kind::Text,
        "note" => Kind::Note,
        "bool" => Kind::Bool,
        "int" => Kind::Int,
        "decimal" => Kind::Decimal { scale },
        "quantity" => Kind::Quantity { scale },
        "money" => Kind::Money,
        "date" => Kind::Date,
        "instant" => Kind::Instant,
        "duration" => Kind::Duration,
        "region" => Kind::Region,
        "entry" => Kind::Entry,
        "type" => Kind::Type,
        "file" => Kind::File,
        "name" => Kind::Name,
        "cn_id" => Kind::CnId,
        "id_doc" => Kind::IdDoc,
        "phone" => Kind::Phone,
        "plate" => Kind::Plate,
        "address" => Kind::Address,
        "org" => subject(SubjectKind::Organisation)?,
        "code" => Kind::Code {
            list: refers(log, table, "list", known.lists.keys().map(String::as_str))?,
        },
        "decision" => Kind::Decision {
            rule: refers(log, table, "rule", known.rules.iter().copied())?,
        },
        "rows" if inside => {
            log.error(
                table.place("kind"),
                ("行内不能再有行", "rows hold no rows"),
                ("请另立登记表", "make it a register of its own"),
            );
            return None;
        }
        "rows" => {
            table.required(log, "field");
            let rows = table.list(log, "field");
            let rows = fields(log, rows, known, true);
            Kind::Rows(rows.into_iter().map(|field| field.schema).collect())
        }
        other => match SubjectKind::from_id(other) {
            Some(kind) => subject(kind)?,
            None => {
                let hint = known_hint(other, KINDS.iter().copied());
                log.error(
                    table.place("kind"),
                    (
                        format!("没有字段类型 {other}"),
                        format!("there is no field kind {other}"),
                    ),
                    hint,
                );
                return None;
            }
        },
    };
    check_of(log, table, &kind, known);
    Some(kind)
}

/// `of` narrows a link: to a register, or to a subject type.
fn check_of(log: &mut Log, table: &Table<'_>, kind: &Kind, known: &Known<'_>) {
    let Some(of) = table.text(log, "of") else { return };
    let fits = match kind {
        Kind::Entry => known.registers.contains(of),
        Kind::Subject(kind) => known.types.get(of) == Some(kind),
        _ => false,
    };
    if !fits {
        let hint = match kind {
            Kind::Entry => known_hint(of, known.registers.iter().copied()),
            _ => known_hint(of, known.types.keys().map(String::as_str)),
        };
        log.error(
            table.place("of"),
            (
                format!("{of} 与字段类型不符"),
                format!("{of} does not fit the field's kind"),
            ),
            hint,
        );
    }
}

fn refers<'k>(log: &mut Log, table: &Table<'_>, key: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let id = table.required_text(log, key)?;
    let known: Vec<&str> = known.collect();
    if !known.contains(&id) {
        let hint = known_hint(id, known.into_iter());
        log.error(
            table.place(key),
            (format!("没有 {key} {id}"), format!("there is no {key} {id}")),
            hint,
        );
        return None;
    }
    Some(id.to_owned())
}

/// The range in the field's own scale.
fn range(log: &mut Log, table: &Table<'_>, kind: &Kind) -> Option<(i64, i64)> {
    let spot = table.get("range")?;
    let bounds = table.list(log, "range");
    let scale = match kind {
        Kind::Decimal { scale } | Kind::Quantity { scale } => *scale,
        Kind::Money => 2,
        Kind::Int | Kind::Date => 0,
        _ => {
            wrong(log, spot, "range", ("数或日期的范围", "of a number or date"));
            return None;
        }
    };
    let end = |spot: &Spot| match &spot.value {
        Value::Int(n) => scale_digits(&n.to_string(), scale).ok().flatten(),
        Value::Decimal(digits) => scale_digits(digits, scale).ok().flatten(),
        Value::Text(text, _) | Value::Date(text) => Day::parse(text).ok().map(|day| i64::from(day.0)),
        _ => None,
    };
    match bounds {
        [low, high] => match (end(low), end(high)) {
            (Some(low), Some(high)) if low <= high => Some((low, high)),
            _ => {
                wrong(
                    log,
                    spot,
                    "range",
                    (
                        "[最小, 最大]，小数位不超过 scale",
                        "[least, greatest] with no more decimals than scale",
                    ),
                );
                None
            }
        },
        _ => {
            wrong(log, spot, "range", ("[最小, 最大]", "[least, greatest]"));
            None
        }
    }
}
