//! Indicators over accounts: what stands there.

use super::gather::Decl;
use super::log::Log;
use super::table::Table;
use crate::expr::check::known_hint;
use crate::expr::world::World;
use crate::model::{Account, Indicator, IndicatorKind, WallPlace};
use lianfang_kernel::{SubjectKind, Words};
use std::collections::BTreeMap;

/// What a balance is broken down by.
const BY: [&str; 5] = ["region", "sector", "item", "lot", "holder"];

/// A balance.
pub(super) fn balance(
    log: &mut Log,
    decl: &Decl<'_>,
    table: &Table<'_>,
    accounts: &BTreeMap<String, Account>,
    world: &World,
) -> Option<Indicator> {
    leave_out(log, table);
    let of = added_up(log, table, accounts);
    let scale = of.first()?.scale;
    let items = items(log, table, world);
    let by = by(log, table);
    Some(Indicator {
        by,
        id: decl.id.to_owned(),
        pack: decl.pack.clone(),
        title: table.title(log, decl.id),
        help: table.words(log, "help"),
        unit: table.words(log, "unit").unwrap_or_else(|| Words::same("")),
        scale,
        filter: None,
        public: table.flag(log, "public"),
        names_to: None,
        suppress_below: None,
        complete: None,
        wall: table.choice(log, "wall", &WallPlace::ALL),
        meets: table.meets(log),
        kind: IndicatorKind::Balance {
            of: of.iter().map(|account| account.id.clone()).collect(),
            items,
            negated: table.flag(log, "negated"),
        },
    })
}

/// Keys that a balance does not take.
fn leave_out(log: &mut Log, table: &Table<'_>) {
    for key in ["where", "distinct", "value", "complete", "base", "fold"] {
        if table.get(key).is_some() {
            log.error(
                table.place(key),
                (format!("余额指标没有 {key}"), format!("a balance takes no {key}")),
                ("请去掉", "leave it out"),
            );
        }
    }
}

/// The accounts that are added up; they are alike in what makes a sum mean something.
fn added_up<'a>(log: &mut Log, table: &Table<'_>, accounts: &'a BTreeMap<String, Account>) -> Vec<&'a Account> {
    table.required(log, "of");
    let mut of: Vec<&'a Account> = Vec::new();
    for (id, spot) in table.texts(log, "of") {
        match accounts.get(id) {
            Some(account) => of.push(account),
            None => {
                let hint = known_hint(id, accounts.keys().map(String::as_str));
                log.error(
                    spot.place(),
                    (format!("没有账户 {id}"), format!("there is no account {id}")),
                    hint,
                );
            }
        }
    }
    let Some(scale) = of.first().map(|account| account.scale) else {
        return of;
    };
    let differ = |what: fn(&Account) -> bool| of.iter().any(|account| what(account) != what(of[0]));
    if of.iter().any(|account| account.scale != scale) || differ(|a| a.usable) || differ(|a| a.of.is_none()) {
        log.error(
            table.place("of"),
            (
                "可用与不可用、内部与外部、小数位数不同的账户不能相加",
                "accounts that differ in being usable, outside or in their digits are not added up",
            ),
            ("请分成几个指标", "make several indicators"),
        );
    }
    of
}

/// The type of items that alone are counted.
fn items(log: &mut Log, table: &Table<'_>, world: &World) -> Option<String> {
    let items = table.text(log, "items").map(str::to_owned);
    if let Some(items) = &items
        && world.types.get(items) != Some(&SubjectKind::Item)
    {
        let kinds = world.types.iter().filter(|(_, kind)| **kind == SubjectKind::Item);
        let hint = known_hint(items, kinds.map(|(id, _)| id.as_str()));
        log.error(
            table.place("items"),
            (
                format!("没有物品类型 {items}"),
                format!("there is no type of items {items}"),
            ),
            hint,
        );
    }
    items
}

fn by(log: &mut Log, table: &Table<'_>) -> Vec<String> {
    let by = table.texts(log, "by").into_iter().filter_map(|(name, spot)| {
        if BY.contains(&name) {
            return Some(name.to_owned());
        }
        log.error(
            spot.place(),
            (
                format!("不能按 {name} 分组"),
                format!("a balance is not broken down by {name}"),
            ),
            known_hint(name, BY.into_iter()),
        );
        None
    });
    by.collect()
}
