//! Packs, types, lists: what the rest refers to.

use super::cycles::find_cycle;
use super::gather::{Decls, table};
use super::log::Log;
use super::table::{Table, words};
use super::tree::Value;
use crate::expr::check::known_hint;
use crate::model::{CodeList, CodeValue, Pack, SubjectType};
use lianfang_kernel::{APPROX_LIST, Act, Approx, Assurance, SubjectKind, Words};
use std::collections::BTreeMap;

pub(super) const PACK_KEYS: &[&str] = &["id", "title", "needs", "owner", "modules"];
pub(super) const TYPE_KEYS: &[&str] = &["of", "parent", "unit", "packing", "field"];

pub(super) fn packs(log: &mut Log, decls: &Decls<'_>) -> BTreeMap<String, Pack> {
    let mut packs = BTreeMap::new();
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for decl in decls.of("pack") {
        let Some(table) = table(log, decl, "pack", PACK_KEYS) else {
            continue;
        };
        let title = table.required_words(log, "title");
        let mut needs = Vec::new();
        for (need, spot) in table.texts(log, "needs") {
            if decls.find("pack", need).is_none() {
                let hint = known_hint(need, decls.ids("pack"));
                log.error(
                    spot.place(),
                    (format!("没有包 {need}"), format!("there is no pack {need}")),
                    hint,
                );
            }
            needs.push(need);
        }
        edges.insert(decl.id, needs.clone());
        let needs = needs.into_iter().map(str::to_owned).collect();
        let meets = table.meets(log);
        let owner = table.text(log, "owner").map(str::to_owned);
        let modules = table.texts(log, "modules").into_iter();
        let modules = modules.map(|(id, _)| id.to_owned()).collect();
        let title = title.unwrap_or_else(|| Words::same(decl.id));
        packs.insert(
            decl.id.to_owned(),
            Pack {
                id: decl.id.to_owned(),
                title,
                needs,
                owner,
                modules,
                meets,
            },
        );
    }
    if let Some(cycle) = find_cycle(&edges) {
        let at = decls.find("pack", cycle[0]).map(|decl| decl.at);
        let path = cycle.join(" → ");
        if let Some(at) = at {
            log.error(
                at,
                (format!("包互相依赖：{path}"), format!("packs need each other: {path}")),
                ("把公共部分移到更低的包", "move what they share to a lower pack"),
            );
        }
    }
    packs
}

pub(super) fn types(log: &mut Log, decls: &Decls<'_>) -> BTreeMap<String, SubjectType> {
    let mut types: BTreeMap<String, SubjectType> = BTreeMap::new();
    let kinds: Vec<(&str, SubjectKind)> = SubjectKind::ALL.iter().map(|kind| (kind.id(), *kind)).collect();
    for decl in decls.of("type") {
        let Some(table) = table(log, decl, "type", TYPE_KEYS) else {
            continue;
        };
        table.required(log, "of");
        let Some(of) = table.choice(log, "of", &kinds) else {
            continue;
        };
        let parent = table.text(log, "parent").map(str::to_owned);
        let title = table.title(log, decl.id);
        let (unit, packing) = units(log, &table, of);
        types.insert(
            decl.id.to_owned(),
            SubjectType {
                id: decl.id.to_owned(),
                pack: decl.pack.clone(),
                of,
                title,
                parent,
                unit,
                packing,
            },
        );
    }
    check_parents(log, decls, &types);
    types
}

/// The base unit of a type of items, and what other units hold of it.
fn units(log: &mut Log, table: &Table<'_>, of: SubjectKind) -> (Option<String>, BTreeMap<String, i64>) {
    let unit = table.text(log, "unit").map(str::to_owned);
    let mut packing = BTreeMap::new();
    for entry in table.named(log, "packing") {
        match &entry.spot.value {
            Value::Int(n) if *n > 0 => drop(packing.insert(entry.key.clone(), *n)),
            _ => super::table::wrong(log, &entry.spot, &entry.key, ("大于0的整数", "a whole number above 0")),
        }
    }
    let stray = (unit.is_some() && of != SubjectKind::Item) || (unit.is_none() && !packing.is_empty());
    if stray || unit.as_ref().is_some_and(|unit| packing.contains_key(unit)) {
        log.error(
            table.place("unit"),
            (
                "unit 是物品的基本单位，packing 写其他单位各含多少",
                "unit is the base unit of items, packing says what other units hold of it",
            ),
            (
                "例如 of = \"item\", unit = \"piece\", packing = { box = 50 }",
                "such as of = \"item\", unit = \"piece\", packing = { box = 50 }",
            ),
        );
    }
    (unit, packing)
}

fn check_parents(log: &mut Log, decls: &Decls<'_>, types: &BTreeMap<String, SubjectType>) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for decl in decls.of("type") {
        let Some(kind) = types.get(decl.id) else { continue };
        let Some(parent) = &kind.parent else { continue };
        edges.insert(decl.id, vec![parent]);
        match types.get(parent) {
            Some(above) if above.of == kind.of => {}
            Some(above) => log.error(
                decl.at,
                (
                    format!("{} 与上级 {parent} 不是同一种对象", decl.id),
                    format!("{} and its parent {parent} are of different kinds", decl.id),
                ),
                (
                    format!("上级是 {}", above.of.words().zh),
                    format!("the parent is a {}", above.of.words().en),
                ),
            ),
            None => {
                let hint = known_hint(parent, types.keys().map(String::as_str));
                log.error(
                    decl.at,
                    (format!("没有类型 {parent}"), format!("there is no type {parent}")),
                    hint,
                );
            }
        }
    }
    if let Some(cycle) = find_cycle(&edges) {
        let path = cycle.join(" → ");
        if let Some(decl) = decls.find("type", cycle[0]) {
            log.error(
                decl.at,
                (
                    format!("类型互为上级：{path}"),
                    format!("types are each other's parent: {path}"),
                ),
                ("请删去一个 parent", "leave one parent out"),
            );
        }
    }
}

/// What a campaign may be for: the protocols that enrol a set which an entry opens. A list of that name in a pack is
/// taken instead.
pub(super) fn campaign_plans(log: &mut Log, decls: &Decls<'_>) -> CodeList {
    let mut values: Vec<CodeValue> = Vec::new();
    for decl in decls.of("protocol") {
        let Value::Table(keys) = &decl.spot.value else { continue };
        let enrol = keys
            .iter()
            .find(|entry| entry.key == "enrol")
            .map(|entry| &entry.spot.value);
        let Some(Value::Table(sources)) = enrol else { continue };
        let has = |key: &str| sources.iter().any(|entry| entry.key == key);
        if !has("on") || !has("set") || values.iter().any(|known| known.id == decl.id) {
            continue;
        }
        let title = keys.iter().find(|entry| entry.key == "title");
        let title = title.and_then(|entry| words(log, &entry.spot, "title"));
        values.push(CodeValue {
            id: decl.id.to_owned(),
            title: title.unwrap_or_else(|| Words::same(decl.id)),
            rank: None,
        });
    }
    CodeList {
        id: "campaign_plan".to_owned(),
        title: Words::new("排查（普查）方案", "What the campaign is for"),
        values,
    }
}

/// Lists that the language brings along; their names begin with `@`.
pub(super) fn built_in_lists() -> BTreeMap<String, CodeList> {
    let list = |id: &str, values: Vec<&str>| {
        let values = values.into_iter().map(|id| CodeValue {
            id: id.to_owned(),
            title: Words::same(id),
            rank: None,
        });
        (
            id.to_owned(),
            CodeList {
                id: id.to_owned(),
                title: Words::same(id),
                values: values.collect(),
            },
        )
    };
    let assurances = [Assurance::SelfStated, Assurance::Seen, Assurance::Verified];
    let acts = [Act::New, Act::Correct, Act::Withdraw, Act::End];
    BTreeMap::from([
        list("@kind", SubjectKind::ALL.iter().map(|kind| kind.id()).collect()),
        list(
            "@assurance",
            assurances.iter().map(|assurance| assurance.id()).collect(),
        ),
        list("@act", acts.iter().map(|act| act.id()).collect()),
        list(
            super::watch::FIGURE_STATES,
            vec!["known", "partial", "unknown", "not_due"],
        ),
    ])
}

/// How exact a figure is: the codes of the fields beside approximate ones.
pub(super) fn qualifiers() -> CodeList {
    let value = |approx: Approx| CodeValue {
        id: approx.id().to_owned(),
        title: match approx {
            Approx::About => Words::new("约、左右", "about"),
            Approx::Over => Words::new("余、多", "over"),
            Approx::Nearly => Words::new("近", "nearly"),
        },
        rank: None,
    };
    CodeList {
        id: APPROX_LIST.to_owned(),
        title: Words::new("约数", "How exact a figure is"),
        values: Approx::ALL.into_iter().map(value).collect(),
    }
}
