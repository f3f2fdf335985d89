//! Lists of codes, and what other packs add to them.

use super::cycles::reaches;
use super::gather::{Decl, Decls, OVERLAY, table};
use super::log::Log;
use super::table::{Table, words, wrong};
use super::tree::{Spot, Value};
use crate::expr::check::known_hint;
use crate::model::{CodeList, CodeValue, Pack};
use lianfang_kernel::Words;
use std::collections::BTreeMap;

pub(super) const KEYS: &[&str] = &["value", "add"];
pub(super) const VALUE_KEYS: &[&str] = &["id", "zh", "en", "rank"];

/// Whether a declaration adds values to the list of another pack.
pub(super) fn is_addition(spot: &Spot) -> bool {
    let has = |key: &str| match &spot.value {
        Value::Table(entries) => entries.iter().any(|entry| entry.key == key),
        _ => false,
    };
    has("add") && !has("value")
}

/// All lists, with what packs and the overlay add to them in the order of the sources.
pub(super) fn lists(log: &mut Log, decls: &Decls<'_>, packs: &BTreeMap<String, Pack>) -> BTreeMap<String, CodeList> {
    let mut lists = BTreeMap::new();
    let (additions, own): (Vec<_>, Vec<_>) = decls.of("list").iter().partition(|decl| is_addition(decl.spot));
    let mut places: BTreeMap<(&str, String), super::log::At> = BTreeMap::new();
    for decl in &own {
        let Some(table) = table(log, decl, "list", KEYS) else {
            continue;
        };
        table.required(log, "value");
        if table.get("add").is_some() {
            log.error(
                table.place("add"),
                ("自己的代码表不写 add", "a list of one's own has no add"),
                ("写进 value", "write it into value"),
            );
        }
        let title = table.title(log, decl.id);
        let mut list = CodeList {
            id: decl.id.to_owned(),
            title,
            values: Vec::new(),
        };
        add_values(log, &table, "value", &mut list, &mut places, decl.id);
        lists.insert(decl.id.to_owned(), list);
    }
    for decl in &additions {
        let Some(table) = table(log, decl, "list", KEYS) else {
            continue;
        };
        let base = own.iter().find(|own| own.id == decl.id);
        let (Some(base), Some(list)) = (base, lists.get_mut(decl.id)) else {
            let hint = known_hint(decl.id, own.iter().map(|own| own.id));
            log.error(
                decl.at,
                (
                    format!("没有代码表 {}，不能增加值", decl.id),
                    format!("there is no list {} to add to", decl.id),
                ),
                hint,
            );
            continue;
        };
        if may_add(log, decl, base, packs) {
            add_values(log, &table, "add", list, &mut places, decl.id);
        }
    }
    for decl in &own {
        if let Some(list) = lists.get(decl.id) {
            check_ranks(log, decl, list);
        }
    }
    lists
}

/// Who adds to a list of another pack stands on that pack; a city stands on all.
fn may_add(log: &mut Log, decl: &Decl<'_>, base: &Decl<'_>, packs: &BTreeMap<String, Pack>) -> bool {
    if decl.pack == base.pack && !decl.overlay {
        log.error(
            decl.at,
            (
                format!("代码表 {} 是本包自己的", decl.id),
                format!("list {} is this pack's own", decl.id),
            ),
            ("把值写进它的 value", "write the values into its value"),
        );
        return false;
    }
    let edges: BTreeMap<&str, Vec<&str>> = packs
        .values()
        .map(|pack| (pack.id.as_str(), pack.needs.iter().map(String::as_str).collect()))
        .collect();
    if decl.overlay || decl.pack == OVERLAY || reaches(&edges, &decl.pack, &base.pack) {
        return true;
    }
    log.error(
        decl.at,
        (
            format!("代码表 {} 属于包 {}，本包并不依据它", decl.id, base.pack),
            format!(
                "list {} is of pack {}, which this pack does not stand on",
                decl.id, base.pack
            ),
        ),
        (
            format!("在 [pack] 的 needs 中加上 \"{}\"", base.pack),
            format!("add \"{}\" to needs of [pack]", base.pack),
        ),
    );
    false
}

fn add_values<'d>(
    log: &mut Log,
    table: &Table<'_>,
    key: &str,
    list: &mut CodeList,
    places: &mut BTreeMap<(&'d str, String), super::log::At>,
    of: &'d str,
) {
    for spot in table.list(log, key) {
        let Some(row) = Table::read(log, spot, "value", VALUE_KEYS) else {
            continue;
        };
        let Some(id) = row.required_text(log, "id") else {
            continue;
        };
        let Some(title) = value_title(log, spot, &row) else {
            continue;
        };
        if let Some(first) = places.get(&(of, id.to_owned())) {
            let first = log.place(*first);
            log.error(
                spot.place(),
                (
                    format!("代码 {id} 写了两次，已在 {first}"),
                    format!("code {id} stands twice, at {first} already"),
                ),
                ("请换一个编号，或删去一个", "take another id, or leave one out"),
            );
            continue;
        }
        places.insert((of, id.to_owned()), spot.place());
        let rank = row.int(log, "rank", i64::MIN + 1, i64::MAX);
        if let Some(other) = list.values.iter().find(|known| rank.is_some() && known.rank == rank) {
            log.error(
                row.place("rank"),
                (
                    format!("代码 {id} 的 rank 与 {} 相同", other.id),
                    format!("the rank of code {id} is the rank of {} too", other.id),
                ),
                ("每个值的 rank 各不相同", "give every value a rank of its own"),
            );
        }
        list.values.push(CodeValue {
            id: id.to_owned(),
            title,
            rank,
        });
    }
}

fn check_ranks(log: &mut Log, decl: &Decl<'_>, list: &CodeList) {
    let ranked = list.values.iter().filter(|value| value.rank.is_some()).count();
    if ranked == 0 || ranked == list.values.len() {
        return;
    }
    let without = list.values.iter().find(|value| value.rank.is_none());
    let without = without.map_or("", |value| value.id.as_str());
    log.error(
        decl.at,
        (
            format!("代码表 {} 只有部分值有 rank，{without} 没有", decl.id),
            format!("only some values of list {} have a rank, {without} has none", decl.id),
        ),
        ("要么都写 rank，要么都不写", "give all of them a rank, or none"),
    );
}

fn value_title(log: &mut Log, spot: &Spot, row: &Table<'_>) -> Option<Words> {
    if row.get("title").is_some() {
        return words(log, row.get("title")?, "title");
    }
    let (zh, en) = (row.required_text(log, "zh"), row.required_text(log, "en"));
    let (zh, en) = (zh?, en?);
    if zh.trim().is_empty() || en.trim().is_empty() {
        wrong(log, spot, "zh en", ("两种语言的文字", "words in both languages"));
    }
    Some(Words::new(zh, en))
}
