//! Indicators: figures with a definition.

use super::balances::balance;
use super::compile::{checked, expr};
use super::coverage::{base, covered, task_of};
use super::figures::{check_figures, of_figures};
use super::gather::{Decl, Decls, table};
use super::guards::entry_ty;
use super::log::Log;
use super::table::Table;
use super::tasks::role;
use super::tree::Value;
use super::units;
use crate::expr::Expr;
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::{FieldTy, RecordTy, Ty};
use crate::expr::world::World;
use crate::model::{Account, Base, Covered, Done, Guard, Indicator, IndicatorKind, Middle, Pick, Required, WallPlace};
use lianfang_kernel::{Sensitivity, SubjectKind, Words, approx_field};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &[
    "kind",
    "of",
    "required",
    "done",
    "where",
    "distinct",
    "base",
    "value",
    "by",
    "complete",
    "unit",
    "public",
    "names_to",
    "suppress_below",
    "equals",
    "ended",
    "expr",
    "fold",
    "items",
    "negated",
    "module",
    "wall",
];

/// The list of all states of enrolments: active and every outcome of every protocol.
pub(super) const STATES: &str = "@state";

/// Most code fields that one figure is broken down by.
const MOST_CODES: usize = 2;

/// The kinds of indicators.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    Count,
    Sum,
    Coverage,
    Interval,
    Streak,
    Formula,
    Module,
    Balance,
}

pub(super) fn indicators(
    log: &mut Log,
    decls: &Decls<'_>,
    (accounts, guards): (&BTreeMap<String, Account>, &BTreeMap<String, Arc<Guard>>),
    world: &World,
) -> BTreeMap<String, Arc<Indicator>> {
    let made = decls.of("indicator").iter().filter_map(|decl| {
        let indicator = indicator(log, decl, decls, (accounts, guards), world)?;
        Some((decl.id.to_owned(), Arc::new(indicator)))
    });
    let made = made.collect();
    check_figures(log, decls, &made);
    made
}

/// What an indicator counts.
enum Over {
    Registers(Vec<String>),
    Protocols(Vec<String>),
    Covered(Covered),
}

fn indicator(
    log: &mut Log,
    decl: &Decl<'_>,
    decls: &Decls<'_>,
    (accounts, guards): (&BTreeMap<String, Account>, &BTreeMap<String, Arc<Guard>>),
    world: &World,
) -> Option<Indicator> {
    let table = table(log, decl, "indicator", KEYS)?;
    table.required(log, "kind");
    let choices = [
        ("count", Made::Count),
        ("sum", Made::Sum),
        ("coverage", Made::Coverage),
        ("interval", Made::Interval),
        ("streak", Made::Streak),
        ("formula", Made::Formula),
        ("module", Made::Module),
        ("balance", Made::Balance),
    ];
    let made = table.choice(log, "kind", &choices)?;
    only_of(log, &table, made);
    if made == Made::Balance {
        return balance(log, decl, &table, accounts, world);
    }
    only_of_balances(log, &table);
    if matches!(made, Made::Streak | Made::Formula | Made::Module) {
        return of_figures(log, decl, &table, decls, world, made);
    }
    let base = base(log, &table, made);
    let over = match made {
        Made::Coverage => Over::Covered(covered(log, &table, world, guards, base)?),
        _ => over(log, &table, world, made)?,
    };
    let (scope, record, person) = seen(log, &table, world, &over)?;
    let filter = expr(log, table.get("where"), &scope, Ty::Bool);
    let value = value(log, &table, &scope, made);
    let by = by(log, &table, &over, &record);
    let distinct = distinct(log, &table, &over, &record);
    let public = table.flag(log, "public");
    let suppress_below = table.int(log, "suppress_below", 1, 1_000);
    check_public(log, &table, public && person && suppress_below.is_none());
    let complete = complete(log, &table, world);
    let (pick, middle) = fold(log, &table, made);
    let is_time = value.as_ref().is_some_and(|(_, ty)| *ty == Ty::Duration);
    let is_minutes = is_time || base == Base::Minutes;
    let scale = match &value {
        Some((_, Ty::Decimal(scale))) => *scale,
        _ => 0,
    };
    let value = value.map(|(expr, _)| expr);
    let usual = usual_unit(&over, base, (person, is_minutes), world);
    let kind = over_rows(over, made, (value, &record), (distinct, pick), (middle, is_time), base)?;
    Some(Indicator {
        id: decl.id.to_owned(),
        pack: decl.pack.clone(),
        title: table.title(log, decl.id),
        help: table.words(log, "help"),
        unit: table.words(log, "unit").unwrap_or_else(|| Words::new(usual.0, usual.1)),
        scale,
        kind,
        filter,
        by,
        public,
        names_to: role(log, &table, "names_to", decls),
        suppress_below,
        complete,
        wall: table.choice(log, "wall", &WallPlace::ALL),
        meets: table.meets(log),
    })
}

/// What it is counted in when it does not say.
fn usual_unit(over: &Over, base: Base, (person, is_minutes): (bool, bool), world: &World) -> units::Unit {
    match over {
        Over::Covered(of) => units::of_coverage(of, base, world),
        _ if is_minutes => units::MINUTES,
        _ if person => units::PERSON_TIMES,
        _ => units::RECORDS,
    }
}

/// Keys that only one kind takes.
fn only_of(log: &mut Log, table: &Table<'_>, made: Made) {
    for (key, kind, of) in [("module", "module", Made::Module), ("ended", "streak", Made::Streak)] {
        if made != of && table.get(key).is_some() {
            log.error(
                table.place(key),
                (
                    format!("{key} 只用于 kind = \"{kind}\""),
                    format!("{key} goes with kind = \"{kind}\""),
                ),
                ("请去掉", "leave it out"),
            );
        }
    }
}

/// Keys that only a balance takes.
fn only_of_balances(log: &mut Log, table: &Table<'_>) {
    for key in ["items", "negated"] {
        if table.get(key).is_some() {
            log.error(
                table.place(key),
                (format!("{key} 只用于 balance"), format!("{key} goes with balance")),
                ("请去掉", "leave it out"),
            );
        }
    }
}

/// The kind of figure over rows.
fn over_rows(
    over: Over,
    made: Made,
    (value, record): (Option<Expr>, &RecordTy),
    (distinct, pick): (Option<String>, Option<Pick>),
    (middle, is_time): (Option<Middle>, bool),
    base: Base,
) -> Option<IndicatorKind> {
    Some(match (over, made) {
        (Over::Registers(of), Made::Sum) => IndicatorKind::Sum {
            of: of.into_iter().next()?,
            approx: qualifiers(value.as_ref()?, record),
            value: value?,
            pick,
        },
        (Over::Registers(of), Made::Interval) => IndicatorKind::Interval {
            of: of.into_iter().next()?,
            value: value?,
            fold: middle?,
            is_time,
        },
        (Over::Registers(of), _) => IndicatorKind::Count { of, distinct, pick },
        (Over::Protocols(of), _) => IndicatorKind::Enrolments { of },
        (Over::Covered(of), _) => IndicatorKind::Coverage { of, base },
    })
}

/// The fields with qualifiers of those that a number is made of.
fn qualifiers(value: &Expr, record: &RecordTy) -> Vec<String> {
    let source = value.source();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let reads = |name: &str| {
        let read = format!("it.{name}");
        let mut found = source.match_indices(&read);
        found.any(|(at, _)| !source[at + read.len()..].starts_with(is_word))
    };
    let fields = record.fields.iter().filter(|field| reads(&field.name));
    let beside = fields.map(|field| approx_field(&field.name));
    beside.filter(|name| record.field(name).is_some()).collect()
}

/// A public figure about persons hides small numbers.
fn check_public(log: &mut Log, table: &Table<'_>, tells_few: bool) {
    if tells_few {
        log.error(
            table.place("public"),
            (
                "公开的涉人指标须写 suppress_below",
                "a public figure about persons needs suppress_below",
            ),
            ("例如 suppress_below = 5", "such as suppress_below = 5"),
        );
    }
}

fn over(log: &mut Log, table: &Table<'_>, world: &World, made: Made) -> Option<Over> {
    table.required(log, "of");
    let names = table.texts(log, "of");
    let (mut registers, mut protocols) = (Vec::new(), Vec::new());
    for (name, spot) in &names {
        if world.registers.contains_key(*name) {
            registers.push((*name).to_owned());
        } else if world.protocols.contains_key(*name) {
            protocols.push((*name).to_owned());
        } else {
            let known = world.registers.keys().chain(world.protocols.keys()).map(String::as_str);
            let hint = known_hint(name, known);
            log.error(
                spot.place(),
                (
                    format!("没有登记表或协议 {name}"),
                    format!("there is no register or protocol {name}"),
                ),
                hint,
            );
        }
    }
    match (made, registers.is_empty(), protocols.is_empty()) {
        (Made::Count, false, true) => Some(Over::Registers(registers)),
        (Made::Count, true, false) => Some(Over::Protocols(protocols)),
        (Made::Sum | Made::Interval, false, true) if registers.len() == 1 => Some(Over::Registers(registers)),
        (_, true, true) => None,
        _ => {
            log.error(
                table.place("of"),
                ("of 与 kind 不符", "of does not fit the kind"),
                (
                    "count：登记表或协议；sum、interval：一个登记表",
                    "count takes registers or protocols, sum and interval one register",
                ),
            );
            None
        }
    }
}

/// The scope of its conditions, the record of its rows, and whether it is about persons.
fn seen<'w>(
    log: &mut Log,
    table: &Table<'_>,
    world: &'w World,
    over: &Over,
) -> Option<(Scope<'w>, Arc<RecordTy>, bool)> {
    let scope = Scope::new(world, Site::Rows);
    match over {
        Over::Registers(of) => {
            let (record, kind) = entry_ty(log, table, world, of)?;
            let sensitive = of.iter().filter_map(|id| world.registers.get(id));
            let personal = sensitive
                .into_iter()
                .any(|register| register.schema.sensitivity > Sensitivity::Plain);
            let person = personal || kind == Some(SubjectKind::Person);
            Some((scope.var("it", Ty::Record(record.clone())), record, person))
        }
        Over::Covered(Covered::Set { required, done }) => {
            let scope = match done {
                Done::Register(of) => {
                    let (record, _) = entry_ty(log, table, world, std::slice::from_ref(of))?;
                    scope.var("it", Ty::Record(record))
                }
                Done::Task { .. } | Done::Guard(_) => scope,
            };
            let person = match required {
                Required::Of { of, .. } => world.kind_of(of) == Some(SubjectKind::Person),
                Required::Enrolled(_) => true,
            };
            Some((scope, Arc::new(enrolment_record()), person))
        }
        Over::Covered(Covered::Hold { register }) => {
            let kind = world.registers.get(register).and_then(|register| register.kind);
            Some((scope, Arc::new(enrolment_record()), kind == Some(SubjectKind::Person)))
        }
        Over::Protocols(_) | Over::Covered(Covered::Task { .. }) => {
            let record = Arc::new(enrolment_record());
            Some((
                scope
                    .var("it", Ty::Record(record.clone()))
                    .var("state", Ty::code(STATES)),
                record,
                true,
            ))
        }
    }
}

/// An enrolment as indicators see it.
fn enrolment_record() -> RecordTy {
    RecordTy::new(
        "enrolment",
        vec![
            FieldTy::always("subject", Ty::Subject(None)),
            FieldTy::always("protocol", Ty::Text),
            FieldTy::always("version", Ty::Int),
            FieldTy::always("state", Ty::code(STATES)),
            FieldTy::always("region", Ty::Region),
            FieldTy::always("start", Ty::Instant),
            FieldTy::always("day_zero", Ty::Instant),
            FieldTy::optional("end", Ty::Instant),
        ],
    )
}

/// The number of a row, and what it is a number of.
fn value(log: &mut Log, table: &Table<'_>, scope: &Scope<'_>, made: Made) -> Option<(Expr, Ty)> {
    if matches!(made, Made::Sum | Made::Interval) {
        let spot = table.required(log, "value")?;
        let is_day = matches!(spot_text(table, "fold"), Some("first" | "last")) && made == Made::Interval;
        let want = if is_day { Want::Ty(Ty::Day) } else { Want::Number };
        let checked = checked(log, spot, scope, &want)?;
        return Some((checked.expr, checked.ty));
    }
    if table.get("value").is_some() {
        log.error(
            table.place("value"),
            ("value 只用于 sum 和 interval", "value goes with sum and interval"),
            ("请去掉 value", "leave value out"),
        );
    }
    None
}

fn spot_text<'t>(table: &Table<'t>, key: &str) -> Option<&'t str> {
    match &table.get(key)?.value {
        Value::Text(text, _) => Some(text),
        _ => None,
    }
}

/// Which rows of a subject count, or what is made of the numbers.
fn fold(log: &mut Log, table: &Table<'_>, made: Made) -> (Option<Pick>, Option<Middle>) {
    match made {
        Made::Count | Made::Sum => {
            let picks = [("first", Pick::First), ("last", Pick::Last)];
            (table.choice(log, "fold", &picks), None)
        }
        Made::Interval => {
            table.required(log, "fold");
            let middles = [
                ("median", Middle::Median),
                ("p90", Middle::P90),
                ("first", Middle::First),
                ("last", Middle::Last),
            ];
            (None, table.choice(log, "fold", &middles))
        }
        Made::Coverage | Made::Streak | Made::Formula | Made::Balance | Made::Module => {
            if table.get("fold").is_some() {
                log.error(
                    table.place("fold"),
                    (
                        "fold 用于 count、sum、interval",
                        "fold goes with count, sum and interval",
                    ),
                    ("请去掉 fold", "leave fold out"),
                );
            }
            (None, None)
        }
    }
}

fn by(log: &mut Log, table: &Table<'_>, over: &Over, record: &RecordTy) -> Vec<String> {
    let (mut by, mut codes) = (Vec::new(), 0usize);
    for (name, spot) in table.texts(log, "by") {
        let is_code = record.field(name).is_some_and(|field| tells_apart(&field.ty));
        let known = match over {
            Over::Registers(_) => matches!(name, "region" | "sector" | "day") || is_code,
            Over::Protocols(_) => matches!(name, "region" | "sector" | "day" | "state"),
            Over::Covered(Covered::Task { .. }) => matches!(name, "region" | "sector" | "day" | "unit" | "item"),
            Over::Covered(Covered::Set { .. }) => matches!(name, "region" | "sector" | "unit"),
            Over::Covered(Covered::Hold { .. }) => matches!(name, "region" | "sector" | "unit" | "day"),
        };
        if !known {
            let fields = record.fields.iter().map(|field| field.name.as_str());
            let hint = known_hint(name, fields.chain(["region", "sector", "day", "state", "unit", "item"]));
            log.error(
                spot.place(),
                (
                    format!("不能按 {name} 分组"),
                    format!("a figure is not broken down by {name}"),
                ),
                hint,
            );
        }
        codes += usize::from(is_code && !matches!(name, "region" | "sector"));
        by.push(name.to_owned());
    }
    if codes > MOST_CODES {
        log.error(
            table.place("by"),
            (
                format!("最多按 {MOST_CODES} 个代码字段分组"),
                format!("at most {MOST_CODES} code fields break a figure down"),
            ),
            ("请另立指标", "make another indicator"),
        );
    }
    by
}

/// Whether the values of a field name parts of a figure: codes, and units or things, but never a person.
fn tells_apart(ty: &Ty) -> bool {
    match ty {
        Ty::Code { .. } | Ty::Bool | Ty::Type => true,
        Ty::Subject(Some(kind)) => !matches!(kind, SubjectKind::Person | SubjectKind::Household),
        _ => false,
    }
}

fn distinct(log: &mut Log, table: &Table<'_>, over: &Over, record: &RecordTy) -> Option<String> {
    let name = table.text(log, "distinct")?;
    if !matches!(over, Over::Registers(_)) || record.field(name).is_none() {
        let hint = known_hint(name, record.fields.iter().map(|field| field.name.as_str()));
        log.error(
            table.place("distinct"),
            (
                format!("不能按 {name} 去重"),
                format!("rows are not told apart by {name}"),
            ),
            hint,
        );
    }
    Some(name.to_owned())
}

fn complete(log: &mut Log, table: &Table<'_>, world: &World) -> Option<(String, String)> {
    let spot = table.get("complete")?;
    let name = super::table::text(log, spot, "complete")?;
    task_of(log, world, name, spot)
}
