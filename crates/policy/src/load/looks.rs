//! Declared reads of the ledger.

use super::compile::{expr, maybe};
use super::fields::check_name;
use super::log::Log;
use super::table::Table;
use super::tree::{Entry, Value};
use crate::expr::check::known_hint;
use crate::expr::limits::MAX_ITEMS;
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::{FieldTy, RecordTy, Ty};
use crate::expr::world::{RegisterTy, World};
use crate::model::{Fold, Look, Since};
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &[
    "fold", "of", "subject", "where", "since", "until", "limit", "field", "item", "lot",
];

/// What rows are read by, and a balance is not.
const ROWS: &[&str] = &["where", "since", "until", "limit", "field"];

const FOLDS: &[(&str, Fold)] = &[
    ("last", Fold::Last),
    ("first", Fold::First),
    ("count", Fold::Count),
    ("sum", Fold::Sum),
    ("min", Fold::Min),
    ("max", Fold::Max),
    ("exists", Fold::Exists),
    ("list", Fold::List),
    ("balance", Fold::Balance),
    ("enrolment", Fold::Enrolment),
    ("hold", Fold::Hold),
];

/// Names that conditions have already.
const TAKEN: &[&str] = &[
    "entry", "subject", "author", "prior", "item", "it", "now", "start", "day_zero", "days", "day", "on",
];

/// Rows that a look reads when nothing else is said.
const USUAL_LIMIT: u32 = 200;

/// The looks that a table declares, with the variables they become. `keys` is what their expressions see; `plan` tells
/// whether there is a start to look back to.
pub(super) fn looks(
    log: &mut Log,
    table: &Table<'_>,
    keys: &Scope<'_>,
    plan: bool,
    most: usize,
) -> (Vec<Look>, Vec<(String, Ty)>) {
    let entries = table.named(log, "look");
    if entries.len() > most {
        log.error(
            table.place("look"),
            (
                format!("look 有 {} 个，上限 {most}", entries.len()),
                format!("{} looks, the limit is {most}", entries.len()),
            ),
            ("请合并或拆分", "join some, or split the table"),
        );
    }
    let (mut looks, mut vars) = (Vec::new(), Vec::new());
    for entry in entries {
        check_name(log, &entry.spot, &entry.key);
        if TAKEN.contains(&entry.key.as_str()) {
            let name = &entry.key;
            log.error(
                entry.spot.place(),
                (format!("{name} 已是变量名"), format!("{name} is a variable already")),
                ("请换一个名称", "take another name"),
            );
        }
        match look(log, entry, keys, plan) {
            Some((look, ty)) => {
                looks.push(look);
                vars.push((entry.key.clone(), ty));
            }
            // The conditions that read it are judged all the same.
            None => vars.push((entry.key.clone(), Ty::Unknown)),
        }
    }
    (looks, vars)
}

fn look(log: &mut Log, entry: &Entry, keys: &Scope<'_>, plan: bool) -> Option<(Look, Ty)> {
    let table = Table::read(log, &entry.spot, "look", KEYS)?;
    table.required(log, "fold");
    let of = table.required_text(log, "of");
    let fold = table.choice(log, "fold", FOLDS)?;
    let of = of?;
    if fold == Fold::Balance {
        return balance(log, &table, (&entry.key, of), keys, plan);
    }
    for key in ["item", "lot"].into_iter().filter(|key| table.get(key).is_some()) {
        log.error(
            table.place(key),
            (
                format!("只有 fold = \"balance\" 才写 {key}"),
                format!("{key} goes with fold = \"balance\" only"),
            ),
            ("请去掉", "leave it out"),
        );
    }
    let (ty, rows) = shape(log, &table, keys.world, fold, of)?;
    let keys = keys.clone().at(Site::LookKey);
    let subject = expr(log, table.get("subject"), &keys, Ty::Subject(None));
    let filter = match rows {
        Some(record) => {
            let scope = keys.clone().var("it", Ty::Record(record));
            expr(log, table.get("where"), &scope, Ty::Bool)
        }
        None => {
            if table.get("where").is_some() {
                log.error(
                    table.place("where"),
                    (
                        "读取纳入状态和值守情况时没有 where",
                        "an enrolment or hold is read without where",
                    ),
                    ("请去掉 where", "leave where out"),
                );
            }
            None
        }
    };
    let since = since(log, &table, &keys, plan);
    let until = maybe(log, table.get("until"), &keys, Ty::Instant);
    if fold == Fold::Hold && (table.get("since").is_none() || table.get("until").is_none()) {
        log.error(
            table.at(),
            ("值守情况须有起止时间", "a hold is read from one moment to another"),
            ("写 since 与 until", "give since and until"),
        );
    }
    let limit = table.int(log, "limit", 1, 2_000).and_then(|n| u32::try_from(n).ok());
    let look = Look {
        id: entry.key.clone(),
        fold,
        of: of.to_owned(),
        subject,
        filter,
        since,
        until,
        field: table.text(log, "field").map(str::to_owned),
        item: None,
        lot: None,
        limit: limit.unwrap_or(USUAL_LIMIT),
    };
    Some((look, ty))
}

/// What stands in an account. A plan does not read it: it would not be the same a moment later.
fn balance(
    log: &mut Log,
    table: &Table<'_>,
    (id, of): (&str, &str),
    keys: &Scope<'_>,
    plan: bool,
) -> Option<(Look, Ty)> {
    let accounts = &keys.world.accounts;
    let Some(scale) = accounts.get(of) else {
        let hint = known_hint(of, accounts.keys().map(String::as_str));
        log.error(
            table.place("of"),
            (format!("没有账户 {of}"), format!("there is no account {of}")),
            hint,
        );
        return None;
    };
    for key in ROWS.iter().filter(|key| table.get(key).is_some()) {
        log.error(
            table.place(key),
            (
                format!("读取余额时没有 {key}"),
                format!("a balance is read without {key}"),
            ),
            ("请用 subject、item、lot", "take subject, item and lot"),
        );
    }
    if plan {
        log.error(
            table.place("fold"),
            ("协议不能读取余额", "a protocol does not read a balance"),
            (
                "请用守则或计算字段读取，或由指标纳入",
                "read it in a guard or a computed field, or let a figure enrol",
            ),
        );
    }
    let keys = keys.clone().at(Site::LookKey);
    let mut key = |name: &str| expr(log, table.get(name), &keys, Ty::Subject(None));
    let look = Look {
        id: id.to_owned(),
        fold: Fold::Balance,
        of: of.to_owned(),
        subject: key("subject"),
        filter: None,
        since: None,
        until: None,
        field: None,
        item: key("item"),
        lot: key("lot"),
        limit: USUAL_LIMIT,
    };
    Some((look, Ty::Decimal(*scale)))
}

fn since(log: &mut Log, table: &Table<'_>, keys: &Scope<'_>, plan: bool) -> Option<Since> {
    let spot = table.get("since")?;
    if matches!(&spot.value, Value::Text(text, _) if text == "start") {
        if !plan {
            log.error(
                spot.place(),
                (
                    "此处没有纳入，不能用 since = \"start\"",
                    "there is no enrolment here whose start could be meant",
                ),
                ("写一个时刻的条件", "write an expression of an instant"),
            );
        }
        return Some(Since::Start);
    }
    maybe(log, Some(spot), keys, Ty::Instant).map(Since::At)
}

/// The type that a look has in conditions, and the record of the rows it reads.
fn shape(log: &mut Log, table: &Table<'_>, world: &World, fold: Fold, of: &str) -> Option<(Ty, Option<Arc<RecordTy>>)> {
    if fold == Fold::Enrolment {
        if !world.protocols.contains_key(of) {
            let hint = known_hint(of, world.protocols.keys().map(String::as_str));
            log.error(
                table.place("of"),
                (format!("没有协议 {of}"), format!("there is no protocol {of}")),
                hint,
            );
            return None;
        }
        return Some((enrolment_ty(of), None));
    }
    let Some(register) = world.registers.get(of) else {
        let hint = known_hint(of, world.registers.keys().map(String::as_str));
        log.error(
            table.place("of"),
            (format!("没有登记表 {of}"), format!("there is no register {of}")),
            hint,
        );
        return None;
    };
    if fold == Fold::Hold {
        return hold_shape(log, table, register);
    }
    let record = register.record.clone();
    let ty = match fold {
        Fold::Last | Fold::First => {
            let mut maybe = (*record).clone();
            maybe.may_be_empty = true;
            Ty::record(maybe)
        }
        Fold::Count => Ty::Int,
        Fold::Exists => Ty::Bool,
        Fold::List => Ty::list(Ty::Record(record.clone()), MAX_ITEMS),
        Fold::Sum => folded(log, table, &record, false)?,
        Fold::Min | Fold::Max => Ty::Folded(Box::new(folded(log, table, &record, true)?)),
        Fold::Balance | Fold::Enrolment | Fold::Hold => return None,
    };
    Some((ty, Some(record)))
}

fn folded(log: &mut Log, table: &Table<'_>, record: &RecordTy, ordered: bool) -> Option<Ty> {
    let name = table.required_text(log, "field")?;
    let Some(field) = record.field(name) else {
        let hint = known_hint(name, record.fields.iter().map(|field| field.name.as_str()));
        log.error(
            table.place("field"),
            (format!("没有字段 {name}"), format!("there is no field {name}")),
            hint,
        );
        return None;
    };
    let readable = matches!(
        field.access,
        crate::expr::ty::Access::Always | crate::expr::ty::Access::Optional
    );
    let adds = matches!(field.ty, Ty::Int | Ty::Decimal(_) | Ty::Duration);
    if readable && (adds || ordered && field.ty.is_ordered()) {
        return Some(field.ty.clone());
    }
    log.error(
        table.place("field"),
        (
            format!("字段 {name} 不能汇总"),
            format!("field {name} cannot be folded"),
        ),
        (
            "请用数、时长字段；min 和 max 也可用时刻、日期",
            "take a number or duration; min and max take instants and dates too",
        ),
    );
    None
}

/// What is seen of a hold: where fewer stand than must, who rests too little, how many rows there are.
fn hold_shape(log: &mut Log, table: &Table<'_>, register: &RegisterTy) -> Option<(Ty, Option<Arc<RecordTy>>)> {
    let Some(per) = &register.per else {
        let id = &register.schema.id;
        log.error(
            table.place("of"),
            (format!("登记表 {id} 没有 hold"), format!("register {id} has no hold")),
            (
                "在该登记表写 hold = { per = …, min = … }",
                "give it hold = { per = …, min = … }",
            ),
        );
        return None;
    };
    let mut gap = vec![
        FieldTy::always("from", Ty::Instant),
        FieldTy::always("to", Ty::Instant),
        FieldTy::always("have", Ty::Int),
        FieldTy::always("wanted", Ty::Int),
        FieldTy::always("kind", Ty::Text),
    ];
    gap.extend(per.iter().filter_map(|part| register.record.field(part)).cloned());
    let broken = vec![
        FieldTy::always("who", Ty::Subject(None)),
        FieldTy::always("from", Ty::Instant),
        FieldTy::always("to", Ty::Instant),
        FieldTy::always("run", Ty::Bool),
    ];
    let id = &register.schema.id;
    let list = |what: &str, fields| Ty::list(Ty::record(RecordTy::new(format!("{what} of {id}"), fields)), MAX_ITEMS);
    let fields = vec![
        FieldTy::always("gaps", list("gap", gap)),
        FieldTy::always("rest_broken", list("rest", broken)),
        FieldTy::always("count", Ty::Int),
    ];
    Some((Ty::record(RecordTy::new(format!("hold of {id}"), fields)), None))
}

/// The list of a protocol's outcomes.
pub(super) fn outcomes_list(protocol: &str) -> String {
    format!("@outcome:{protocol}")
}

fn enrolment_ty(protocol: &str) -> Ty {
    Ty::record(RecordTy::new(
        format!("enrolment in {protocol}"),
        vec![
            FieldTy::always("active", Ty::Bool),
            FieldTy::always("outcome", Ty::blank_code(&outcomes_list(protocol))),
            FieldTy::optional("day_zero", Ty::Instant),
            FieldTy::optional("end", Ty::Instant),
            FieldTy::always("overdue", Ty::Int),
            FieldTy::always("open", Ty::Int),
        ],
    ))
}
