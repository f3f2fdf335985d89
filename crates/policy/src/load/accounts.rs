//! Accounts, and `posting` of a register: what is moved between them.

use super::compile::expr;
use super::field_named::field_named;
use super::gather::{Decls, table};
use super::log::Log;
use super::registers::Draft;
use super::table::{Table, text, wrong};
use super::tree::{Spot, Value};
use crate::expr::check::known_hint;
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::World;
use crate::model::{Account, CodeList, Move, Posting};
use lianfang_kernel::{FieldSchema, Kind, Nature, RegisterSchema, Shape, SubjectKind};
use std::collections::BTreeMap;

pub(super) const KEYS: &[&str] = &["of", "floor", "cap", "usable"];
const POSTING_KEYS: &[&str] = &["item", "quantity", "unit", "lot", "from", "to", "by", "moves"];

/// The holder of an account outside: nobody whose stock we keep.
const OUTSIDE: &str = "outside";

/// Names the entry's own subject where a field could stand.
const SUBJECT: &str = "subject";

/// All accounts. Their scales are set by the registers that post to them, see [`check_scales`].
pub(super) fn accounts(log: &mut Log, decls: &Decls<'_>, world: &World) -> BTreeMap<String, Account> {
    let mut accounts = BTreeMap::new();
    for decl in decls.of("account") {
        let Some(table) = table(log, decl, "account", KEYS) else {
            continue;
        };
        let Some(of) = table.required_text(log, "of") else {
            continue;
        };
        let kind = SubjectKind::from_id(of).or_else(|| world.types.get(of).copied());
        let is_outside = of == OUTSIDE;
        if !is_outside && kind.is_none() {
            let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
            let hint = known_hint(of, kinds.chain(world.types.keys().map(String::as_str)).chain([OUTSIDE]));
            log.error(
                table.place("of"),
                (format!("没有类型 {of}"), format!("there is no type {of}")),
                hint,
            );
        }
        if is_outside && (table.get("floor").is_some() || table.get("cap").is_some()) {
            log.error(
                table.place("of"),
                (
                    "outside 账户没有下限和上限",
                    "an account outside has no floor and no cap",
                ),
                ("请去掉 floor 和 cap", "leave floor and cap out"),
            );
        }
        let floor = table.int(log, "floor", -1_000_000_000_000, 1_000_000_000_000);
        let scope = Scope::new(world, Site::Hold).var("subject", Ty::View(kind));
        accounts.insert(
            decl.id.to_owned(),
            Account {
                id: decl.id.to_owned(),
                pack: decl.pack.clone(),
                title: table.title(log, decl.id),
                of: (!is_outside).then(|| of.to_owned()),
                floor: (!is_outside).then_some(floor.unwrap_or(0)),
                cap: expr(log, table.get("cap"), &scope, Ty::Int),
                usable: table.bool(log, "usable").unwrap_or(true),
                scale: 0,
            },
        );
    }
    accounts
}

/// `posting` of a register.
pub(super) fn posting(
    log: &mut Log,
    draft: &Draft<'_>,
    accounts: &BTreeMap<String, Account>,
    world: &World,
) -> Option<Posting> {
    let schema = &draft.schema;
    let spot = draft.table.get("posting");
    if (schema.shape == Shape::Posting) != spot.is_some() || (spot.is_some() && schema.nature != Nature::Act) {
        log.error(
            spot.map_or(draft.table.at(), Spot::place),
            (
                "shape = \"posting\" 与 posting 表须同时写，且只能是行为",
                "shape = \"posting\" and the table posting go together, and with acts",
            ),
            (
                "写 shape = \"posting\" 和 posting = { quantity = …, moves = … }",
                "give shape = \"posting\" and posting = { quantity = …, moves = … }",
            ),
        );
    }
    let table = Table::read(log, spot?, "posting", POSTING_KEYS)?;
    table.required(log, "quantity");
    table.required(log, "moves");
    let is_subject = |field: &FieldSchema| matches!(field.kind, Kind::Subject(_)) && field.many <= 1;
    let is_code = |field: &FieldSchema| matches!(field.kind, Kind::Code { .. }) && field.many <= 1;
    let hint = (
        "quantity 要确数（数量、金额或整数，不写 approx），item、lot、from、to 要对象，unit、by 要代码",
        "quantity takes a quantity, money or an integer that is exact (no approx); item, lot, from, to a subject; unit and by a code",
    );
    // What stands in an account was counted: an approximate posting would make every balance after it look exact.
    let is_counted = |field: &FieldSchema| scale_of(field).is_some() && !field.approx;
    let quantity = field_named(log, &table, schema, "quantity", is_counted, hint);
    let mut subject = |key: &str| match table.text(log, key) {
        Some(SUBJECT) => Some(SUBJECT.to_owned()),
        _ => field_named(log, &table, schema, key, is_subject, hint),
    };
    let (item, lot, from, to) = (subject("item"), subject("lot"), subject("from"), subject("to"));
    let unit = field_named(log, &table, schema, "unit", is_code, hint);
    let by = field_named(
        log,
        &table,
        schema,
        "by",
        |field| is_code(field) && field.is_always_there(),
        hint,
    );
    let list = by
        .as_deref()
        .and_then(|by| list_of(schema, by))
        .and_then(|list| world.lists.get(list));
    let moves = moves(log, &table, accounts, by.as_deref(), list);
    Some(Posting {
        item,
        quantity: quantity?,
        unit,
        lot,
        from,
        to,
        by,
        moves,
    })
}

fn list_of<'s>(schema: &'s RegisterSchema, field: &str) -> Option<&'s str> {
    match &schema.field(field)?.kind {
        Kind::Code { list } => Some(list),
        _ => None,
    }
}

/// Digits after the point of what can be posted.
pub(super) fn scale_of(field: &FieldSchema) -> Option<u8> {
    match field.kind {
        Kind::Quantity { scale } => Some(scale),
        Kind::Money => Some(2),
        Kind::Int => Some(0),
        _ => None,
    }
}

/// One pair, or a pair for each code of the field `by`.
fn moves(
    log: &mut Log,
    table: &Table<'_>,
    accounts: &BTreeMap<String, Account>,
    by: Option<&str>,
    list: Option<&CodeList>,
) -> Vec<Move> {
    let Some(spot) = table.get("moves") else {
        return Vec::new();
    };
    let mut moves = Vec::new();
    match (&spot.value, by) {
        (Value::List(_), None) => moves.extend(pair(log, spot, accounts, None)),
        (Value::Table(entries), Some(_)) => {
            for entry in entries {
                moves.extend(pair(log, &entry.spot, accounts, Some(&entry.key)));
            }
        }
        _ => wrong(
            log,
            spot,
            "moves",
            (
                "[ \"账户\", \"账户\" ]；有几种移动时写 by 和 { 代码 = [ \"账户\", \"账户\" ] }",
                "[\"account\", \"account\"]; with several moves by and { code = [\"account\", \"account\"] }",
            ),
        ),
    }
    let Some(list) = list else { return moves };
    let told: Vec<&str> = moves.iter().filter_map(|known| known.code.as_deref()).collect();
    let known: Vec<&str> = list.values.iter().map(|value| value.id.as_str()).collect();
    let missing = known.iter().filter(|code| !told.contains(code));
    let unknown = told.iter().filter(|code| !known.contains(code));
    let wrong: Vec<&str> = missing.chain(unknown).copied().collect();
    if !wrong.is_empty() {
        let codes = wrong.join(", ");
        log.error(
            spot.place(),
            (
                format!("moves 与代码表 {} 不一致：{codes}", list.id),
                format!("moves and the list {} differ: {codes}", list.id),
            ),
            ("每个代码写一种移动", "give one move for each code"),
        );
    }
    moves
}

fn pair(log: &mut Log, spot: &Spot, accounts: &BTreeMap<String, Account>, code: Option<&str>) -> Option<Move> {
    let ends = match &spot.value {
        Value::List(ends) if ends.len() == 2 => ends,
        _ => {
            wrong(
                log,
                spot,
                "moves",
                ("[ \"账户\", \"账户\" ]", "[\"account\", \"account\"]"),
            );
            return None;
        }
    };
    let mut end = |at: usize| {
        let id = text(log, &ends[at], "moves")?;
        if !accounts.contains_key(id) {
            let hint = known_hint(id, accounts.keys().map(String::as_str));
            log.error(
                ends[at].place(),
                (format!("没有账户 {id}"), format!("there is no account {id}")),
                hint,
            );
        }
        Some(id.to_owned())
    };
    let (from, to) = (end(0), end(1));
    Some(Move {
        code: code.map(str::to_owned),
        from: from?,
        to: to?,
    })
}

/// All that is posted to an account has the same digits after the point, or sums would mean nothing.
pub(super) fn check_scales(
    log: &mut Log,
    drafts: &[Draft<'_>],
    postings: &BTreeMap<String, Posting>,
    accounts: &mut BTreeMap<String, Account>,
) {
    let mut known: BTreeMap<String, u8> = BTreeMap::new();
    for draft in drafts {
        let Some(posting) = postings.get(draft.decl.id) else {
            continue;
        };
        let Some(scale) = draft.schema.field(&posting.quantity).and_then(scale_of) else {
            continue;
        };
        for account in posting.accounts() {
            if *known.entry(account.to_owned()).or_insert(scale) != scale {
                log.error(
                    draft.table.place("posting"),
                    (
                        format!("记入账户 {account} 的数量小数位数不一致"),
                        format!("what is posted to {account} differs in its digits after the point"),
                    ),
                    (
                        "统一各登记表数量字段的 scale",
                        "give the quantities of these registers one scale",
                    ),
                );
            }
        }
    }
    for (id, scale) in known {
        if let Some(account) = accounts.get_mut(&id) {
            account.scale = scale;
        }
    }
}
