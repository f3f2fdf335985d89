//! Settings: a kind, a default with its source, and what a city chose instead.

use super::gather::{Decl, Decls, table};
use super::log::Log;
use super::table::Table;
use super::tree::{Spot, Value};
use crate::expr::check::{known_hint, scale_digits};
use crate::expr::ty::Ty;
use crate::model::{CodeList, Setting};
use lianfang_kernel::{Datum, Day, Instant, RegionId, TimeOfDay, parse_duration_ms};
use std::collections::BTreeMap;

pub(super) const KEYS: &[&str] = &[
    "kind",
    "scale",
    "list",
    "default",
    "range",
    "city_must_set",
    "value",
    "area",
];

/// What a setting may be.
const KINDS: &[&str] = &[
    "bool", "int", "decimal", "text", "code", "date", "instant", "duration", "days", "time", "region",
];

/// The settings with the types that conditions give them.
pub(super) fn settings(
    log: &mut Log,
    decls: &Decls<'_>,
    lists: &BTreeMap<String, CodeList>,
) -> (BTreeMap<String, Setting>, BTreeMap<String, Ty>) {
    let (mut settings, mut types) = (BTreeMap::new(), BTreeMap::new());
    let mut must_set: Vec<&Decl<'_>> = Vec::new();
    for decl in decls.of("setting") {
        let Some(table) = table(log, decl, "setting", KEYS) else {
            continue;
        };
        if settings.contains_key(decl.id) {
            must_set.retain(|waiting| waiting.id != decl.id);
            choose(log, &table, decl, &mut settings, &types, lists);
            continue;
        }
        let Some((setting, ty)) = declare(log, &table, decl, lists) else {
            continue;
        };
        if table.flag(log, "city_must_set") && !decl.overlay {
            must_set.push(decl);
        }
        types.insert(decl.id.to_owned(), ty);
        settings.insert(decl.id.to_owned(), setting);
    }
    for decl in must_set {
        log.warning(
            decl.at,
            (
                format!("本市尚未确定设置 {}", decl.id),
                format!("this city has not set {}", decl.id),
            ),
            (
                "在覆盖层写 [setting] 编号 = { value = … }",
                "write [setting] id = { value = … } in the overlay",
            ),
        );
    }
    (settings, types)
}

fn declare(
    log: &mut Log,
    table: &Table<'_>,
    decl: &Decl<'_>,
    lists: &BTreeMap<String, CodeList>,
) -> Option<(Setting, Ty)> {
    let kind = table.required_text(log, "kind")?;
    let scale = u8::try_from(table.int(log, "scale", 0, 9).unwrap_or(0)).unwrap_or(0);
    let Some(ty) = setting_ty(log, table, kind, scale, lists) else {
        if !KINDS.contains(&kind) {
            let hint = known_hint(kind, KINDS.iter().copied());
            log.error(
                table.place("kind"),
                (format!("设置没有类型 {kind}"), format!("a setting has no kind {kind}")),
                hint,
            );
        }
        return None;
    };
    let source = source(log, table);
    let value = table.required(log, "default");
    let default = value.and_then(|spot| datum(log, spot, kind, &ty, lists));
    if let (Some(spot), Some(default)) = (value, &default) {
        check_range(log, table, spot, kind, &ty, default);
    }
    let title = table.title(log, decl.id);
    let setting = Setting {
        id: decl.id.to_owned(),
        title,
        kind: kind.to_owned(),
        scale,
        default: default?,
        by_area: Vec::new(),
        source: source?,
    };
    Some((setting, ty))
}

fn source(log: &mut Log, table: &Table<'_>) -> Option<String> {
    let spot = table.get("source");
    match spot.map(|spot| &spot.value) {
        Some(Value::Text(text, _)) if !text.trim().is_empty() => Some(text.clone()),
        Some(Value::Table(_)) => table
            .words(log, "source")
            .map(|words| format!("{} / {}", words.zh, words.en)),
        _ => {
            log.error(
                table.at(),
                ("设置缺少出处 source", "a setting needs its source"),
                (
                    "写出处；没有时写 source = \"none in the source\"",
                    "name it, or write source = \"none in the source\"",
                ),
            );
            None
        }
    }
}

fn setting_ty(
    log: &mut Log,
    table: &Table<'_>,
    kind: &str,
    scale: u8,
    lists: &BTreeMap<String, CodeList>,
) -> Option<Ty> {
    Some(match kind {
        "bool" => Ty::Bool,
        "int" | "days" => Ty::Int,
        "decimal" => Ty::Decimal(scale),
        "text" | "time" => Ty::Text,
        "date" => Ty::Day,
        "instant" => Ty::Instant,
        "duration" => Ty::Duration,
        "region" => Ty::Region,
        "code" => {
            let list = table.required_text(log, "list")?;
            if !lists.contains_key(list) {
                let hint = known_hint(list, lists.keys().map(String::as_str));
                log.error(
                    table.place("list"),
                    (format!("没有代码表 {list}"), format!("there is no list {list}")),
                    hint,
                );
                return None;
            }
            Ty::code(list)
        }
        _ => return None,
    })
}

/// A written value as the datum that conditions see.
fn datum(log: &mut Log, spot: &Spot, kind: &str, ty: &Ty, lists: &BTreeMap<String, CodeList>) -> Option<Datum> {
    let value = match (&spot.value, kind) {
        (Value::Bool(b), "bool") => Some(Datum::Bool(*b)),
        (Value::Int(n), "int" | "days") => Some(Datum::Int(*n)),
        (Value::Int(n), "decimal") => decimal(&n.to_string(), ty),
        (Value::Decimal(digits), "decimal") => decimal(digits, ty),
        (Value::Text(digits, _), "decimal") if is_number(digits) => decimal(digits, ty),
        (Value::Text(text, _), "days") => text.strip_suffix('d').and_then(|n| n.parse().ok()).map(Datum::Int),
        (Value::Text(text, _), "duration") => parse_duration_ms(text).ok().map(Datum::Int),
        (Value::Text(text, _) | Value::Date(text), "date") => {
            Day::parse(text).ok().map(|day| Datum::Int(i64::from(day.0)))
        }
        (Value::Text(text, _) | Value::Date(text), "instant") => Instant::parse(text).ok().map(|at| Datum::Int(at.0)),
        (Value::Text(text, _), "time") => TimeOfDay::parse(text).ok().map(|_| Datum::text(text)),
        (Value::Text(text, _), "text" | "region") => Some(Datum::text(text)),
        (Value::Text(text, _), "code") => {
            let Ty::Code { list, .. } = ty else { return None };
            let list = lists.get(&**list)?;
            if list.value(text).is_none() {
                let hint = known_hint(text, list.values.iter().map(|value| value.id.as_str()));
                log.error(
                    spot.place(),
                    (
                        format!("代码表 {} 没有 {text}", list.id),
                        format!("list {} has no code {text}", list.id),
                    ),
                    hint,
                );
                return None;
            }
            Some(Datum::text(text))
        }
        _ => None,
    };
    if value.is_none() {
        let words = ty.words();
        let hint = match kind {
            "duration" => (
                "写作 \"90m\" 或 \"2h\"；以天计请用 kind = \"days\"",
                "write \"90m\" or \"2h\"; for days take kind = \"days\"",
            ),
            "days" => ("写作 14 或 \"14d\"", "write 14 or \"14d\""),
            "decimal" => ("小数位数不超过 scale", "it has no more decimals than its scale"),
            _ => ("请按类型书写", "write it in the form of its kind"),
        };
        log.error(
            spot.place(),
            (format!("值不是{}", words.zh), format!("the value is not {}", words.en)),
            hint,
        );
    }
    value
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.matches('.').count() <= 1
}

fn decimal(digits: &str, ty: &Ty) -> Option<Datum> {
    let Ty::Decimal(scale) = ty else { return None };
    scale_digits(digits, *scale).ok()?.map(Datum::Int)
}

fn check_range(log: &mut Log, table: &Table<'_>, spot: &Spot, kind: &str, ty: &Ty, value: &Datum) {
    let bounds = table.list(log, "range");
    if bounds.is_empty() {
        return;
    }
    let none = BTreeMap::new();
    let ends: Vec<i64> = bounds
        .iter()
        .filter_map(|bound| datum(log, bound, kind, ty, &none)?.as_int())
        .collect();
    match (ends.as_slice(), value.as_int()) {
        ([low, high], Some(n)) if low <= high => {
            if n < *low || n > *high {
                log.error(
                    spot.place(),
                    ("值不在 range 内", "the value lies outside of its range"),
                    ("请改值或 range", "change the value or the range"),
                );
            }
        }
        _ => log.error(
            table.place("range"),
            ("range 应为 [最小, 最大]", "range is [least, greatest]"),
            ("只用于数、时长、日期", "only numbers, durations and dates have one"),
        ),
    }
}

/// What an overlay chose for a setting that a pack declares: `value` for the whole city, `area` for parts of it.
fn choose(
    log: &mut Log,
    table: &Table<'_>,
    decl: &Decl<'_>,
    settings: &mut BTreeMap<String, Setting>,
    types: &BTreeMap<String, Ty>,
    lists: &BTreeMap<String, CodeList>,
) {
    let (Some(setting), Some(ty)) = (settings.get_mut(decl.id), types.get(decl.id)) else {
        return;
    };
    for key in ["kind", "scale", "list", "default", "range", "city_must_set"] {
        if table.get(key).is_some() {
            log.error(
                table.place(key),
                (
                    format!("覆盖层不能改设置的 {key}"),
                    format!("an overlay cannot change a setting's {key}"),
                ),
                (
                    "只写 value 或 area = [{ area, value }]",
                    "write value, or area = [{ area, value }]",
                ),
            );
        }
    }
    let kind = setting.kind.clone();
    if let Some(value) = table.get("value").and_then(|spot| datum(log, spot, &kind, ty, lists)) {
        setting.default = value;
        if let Some(Value::Text(source, _)) = table.get("source").map(|spot| &spot.value) {
            setting.source.clone_from(source);
        }
    }
    for spot in table.list(log, "area") {
        let Some(row) = Table::read(log, spot, "area", &["area", "value"]) else {
            continue;
        };
        let area = row.required_text(log, "area");
        let value = row
            .required(log, "value")
            .and_then(|spot| datum(log, spot, &kind, ty, lists));
        if let (Some(area), Some(value)) = (area, value) {
            setting.by_area.push((RegionId::new(area), value));
        }
    }
}
