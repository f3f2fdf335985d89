//! Rule tables: their inputs and results, then their rows.

use super::compile::{checked, checked_text, constant_text};
use super::cycles::{find_cycle, ordered};
use super::fields::check_name;
use super::gather::{Decl, Decls};
use super::log::Log;
use super::table::Table;
use super::tree::{Spot, Value};
use crate::expr::Expr;
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::{FieldTy, RecordTy, Ty};
use crate::expr::world::{RuleTy, World};
use crate::model::{Rule, RuleRow};
use lianfang_kernel::{RegionId, SubjectKind};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &["input", "result", "row", "version"];
pub(super) const ROW_KEYS: &[&str] = &["area", "from", "to", "when", "then", "because"];

/// A rule read, its rows still to be compiled.
pub(super) struct RuleDraft<'d> {
    decl: Decl<'d>,
    table: Table<'d>,
    inputs: Vec<(&'d str, &'d str, &'d Spot)>,
    results: Vec<(&'d str, &'d str, &'d Spot)>,
    /// Rows in order, the overlay's first.
    rows: Vec<&'d Spot>,
}

/// Reads the rules without their conditions.
pub(super) fn drafts<'d>(log: &mut Log, decls: &Decls<'d>) -> Vec<RuleDraft<'d>> {
    let mut drafts: Vec<RuleDraft<'d>> = Vec::new();
    for decl in decls.of("rule") {
        let Some(table) = Table::read(log, decl.spot, "rule", KEYS) else {
            continue;
        };
        if let Some(draft) = drafts.iter_mut().find(|draft| draft.decl.id == decl.id) {
            for key in ["input", "result"] {
                if table.get(key).is_some() {
                    log.error(
                        table.place(key),
                        (
                            format!("覆盖层不能改规则的 {key}"),
                            format!("an overlay cannot change a rule's {key}"),
                        ),
                        ("只写 row", "write rows only"),
                    );
                }
            }
            let mut rows: Vec<&Spot> = table.list(log, "row").iter().collect();
            rows.append(&mut draft.rows);
            draft.rows = rows;
            continue;
        }
        for key in ["input", "result", "row"] {
            table.required(log, key);
        }
        let inputs = names(log, &table, "input");
        let results = names(log, &table, "result");
        let rows = table.list(log, "row").iter().collect();
        drafts.push(RuleDraft {
            decl: decl.clone(),
            table,
            inputs,
            results,
            rows,
        });
    }
    drafts
}

fn names<'d>(log: &mut Log, table: &Table<'d>, key: &str) -> Vec<(&'d str, &'d str, &'d Spot)> {
    let mut found = Vec::new();
    for entry in table.named(log, key) {
        check_name(log, &entry.spot, &entry.key);
        if let Value::Text(kind, _) = &entry.spot.value {
            found.push((entry.key.as_str(), kind.as_str(), &entry.spot));
        } else {
            super::table::wrong(log, &entry.spot, &entry.key, ("类型", "a kind"));
        }
    }
    found
}

/// The types of the results, needed before the registers' records are known.
pub(super) fn results(log: &mut Log, drafts: &[RuleDraft<'_>], world: &mut World) {
    for draft in drafts {
        let mut fields = Vec::new();
        for (name, kind, spot) in &draft.results {
            let ty = plain_ty(world, kind);
            if ty.is_none() {
                unknown_kind(log, world, spot, kind);
            }
            fields.push(FieldTy::always(name, ty.unwrap_or(Ty::Unknown)));
        }
        let id = draft.decl.id.to_owned();
        let results = Arc::new(RecordTy::new(format!("rule {id}"), fields));
        world.rules.insert(
            id,
            RuleTy {
                inputs: Vec::new(),
                results,
                cost: 1,
            },
        );
    }
}

/// The types of the inputs. `rows` alone takes the type that the first decision field to ask the rule gives.
pub(super) fn inputs(
    log: &mut Log,
    drafts: &[RuleDraft<'_>],
    world: &mut World,
    given: &dyn Fn(&World, &str, &str) -> Option<Ty>,
) {
    for draft in drafts {
        let mut inputs = Vec::new();
        for (name, kind, spot) in &draft.inputs {
            let ty = match *kind {
                "rows" => given(world, draft.decl.id, name),
                kind => field_ty(world, kind).or_else(|| plain_ty(world, kind)),
            };
            match (ty, *kind) {
                (Some(ty), _) => inputs.push(((*name).to_owned(), ty)),
                (None, "rows") => {
                    log.error(
                        spot.place(),
                        (format!("{name} 是哪张表的行？"), format!("rows of what is {name}?")),
                        (
                            "写作 \"登记表.字段\"，例如 \"arrival.stays\"",
                            "write \"register.field\", such as \"arrival.stays\"",
                        ),
                    );
                    inputs.push(((*name).to_owned(), Ty::Unknown));
                }
                (None, kind) => {
                    unknown_kind(log, world, spot, kind);
                    inputs.push(((*name).to_owned(), Ty::Unknown));
                }
            }
        }
        if let Some(rule) = world.rules.get_mut(draft.decl.id) {
            rule.inputs = inputs;
        }
    }
}

fn field_ty(world: &World, kind: &str) -> Option<Ty> {
    let (register, field) = kind.split_once('.')?;
    Some(world.registers.get(register)?.record.field(field)?.ty.clone())
}

fn plain_ty(world: &World, kind: &str) -> Option<Ty> {
    Some(match kind {
        "bool" => Ty::Bool,
        "int" => Ty::Int,
        "text" => Ty::Text,
        "date" => Ty::Day,
        "instant" => Ty::Instant,
        "duration" => Ty::Duration,
        "money" => Ty::Decimal(2),
        "region" => Ty::Region,
        "entry" => Ty::Entry,
        "type" => Ty::Type,
        "org" => Ty::org(),
        _ if world.lists.contains_key(kind) && !kind.starts_with('@') => Ty::code(kind),
        _ => match (SubjectKind::from_id(kind), kind.strip_prefix("decimal")) {
            (Some(kind), _) => Ty::Subject(Some(kind)),
            (None, Some("")) => Ty::Decimal(0),
            (None, Some(scale)) => Ty::Decimal(scale.parse().ok().filter(|scale| *scale <= 9)?),
            (None, None) => return None,
        },
    })
}

fn unknown_kind(log: &mut Log, world: &World, spot: &Spot, kind: &str) {
    let plain = [
        "bool", "int", "text", "date", "instant", "duration", "money", "region", "org", "person", "rows",
    ];
    let hint = known_hint(kind, world.lists.keys().map(String::as_str).chain(plain));
    log.error(
        spot.place(),
        (
            format!("没有类型或代码表 {kind}"),
            format!("there is no kind or list {kind}"),
        ),
        hint,
    );
}

/// Compiles the rows, each rule after those it asks.
pub(super) fn compile(log: &mut Log, drafts: &[RuleDraft<'_>], world: &mut World) -> BTreeMap<String, Arc<Rule>> {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for draft in drafts {
        let asked = drafts
            .iter()
            .map(|other| other.decl.id)
            .filter(|id| draft.rows.iter().any(|row| mentions(row, id)));
        edges.insert(draft.decl.id, asked.collect());
    }
    if let Some(cycle) = find_cycle(&edges) {
        let path = cycle.join(" → ");
        if let Some(draft) = drafts.iter().find(|draft| draft.decl.id == cycle[0]) {
            log.error(
                draft.decl.at,
                (format!("规则互相引用：{path}"), format!("rules ask each other: {path}")),
                ("把公共的判断另立一条规则", "make a rule of what they share"),
            );
        }
    }
    let mut rules = BTreeMap::new();
    for id in ordered(&edges) {
        let Some(draft) = drafts.iter().find(|draft| draft.decl.id == id) else {
            continue;
        };
        let (rule, cost) = rule(log, draft, world);
        if let Some(known) = world.rules.get_mut(id) {
            known.cost = cost;
        }
        rules.insert(id.to_owned(), Arc::new(rule));
    }
    rules
}

/// Whether some text of a row asks `rule('id', …)`.
fn mentions(spot: &Spot, id: &str) -> bool {
    match &spot.value {
        Value::Text(text, _) => {
            let quoted = |quote: char| text.contains(&format!("{quote}{id}{quote}"));
            text.contains("rule") && (quoted('\'') || quoted('"'))
        }
        Value::List(items) => items.iter().any(|item| mentions(item, id)),
        Value::Table(entries) => entries.iter().any(|entry| mentions(&entry.spot, id)),
        _ => false,
    }
}

fn rule(log: &mut Log, draft: &RuleDraft<'_>, world: &World) -> (Rule, u64) {
    let known = world.rules.get(draft.decl.id);
    let inputs = known.map(|rule| rule.inputs.clone()).unwrap_or_default();
    let scope = Scope::new(world, Site::Rule).vars(inputs).var("on", Ty::Day);
    let (mut rows, mut cost) = (Vec::new(), 1u64);
    for (index, spot) in draft.rows.iter().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        if let Some((row, more)) = row(log, spot, draft, &scope, number) {
            rows.push((row, *spot));
            cost = cost.saturating_add(more);
        }
    }
    check_rows(log, draft, &rows);
    let owned = |names: &[(&str, &str, &Spot)]| {
        names
            .iter()
            .map(|(name, kind, _)| ((*name).to_owned(), (*kind).to_owned()))
            .collect()
    };
    let rule = Rule {
        id: draft.decl.id.to_owned(),
        pack: draft.decl.pack.clone(),
        title: draft.table.title(log, draft.decl.id),
        version: u32::try_from(draft.table.int(log, "version", 1, 9_999).unwrap_or(1)).unwrap_or(1),
        inputs: owned(&draft.inputs),
        results: owned(&draft.results),
        rows: rows.into_iter().map(|(row, _)| row).collect(),
        meets: draft.table.meets(log),
    };
    (rule, cost)
}

fn row(log: &mut Log, spot: &Spot, draft: &RuleDraft<'_>, scope: &Scope<'_>, number: u32) -> Option<(RuleRow, u64)> {
    let table = Table::read(log, spot, "row", ROW_KEYS)?;
    let when = table
        .required(log, "when")
        .and_then(|when| checked(log, when, scope, &Want::Ty(Ty::Bool)));
    table.required(log, "then");
    let mut inner = scope.clone();
    if let Some(when) = &when {
        inner.facts.clone_from(&when.facts);
    }
    let then = results_of(log, &table, draft, &inner);
    let because = table
        .get("because")
        .and_then(|because| checked(log, because, &inner, &Want::Any));
    let (from, to) = (table.day(log, "from"), table.day(log, "to"));
    if let (Some(first), Some(last)) = (from, to)
        && first >= last
    {
        log.error(
            table.place("to"),
            ("to 应晚于 from", "to lies after from"),
            (
                "to 是不再适用的第一天",
                "to is the first day on which it no longer holds",
            ),
        );
    }
    let when = when?;
    let cost = when
        .cost
        .saturating_add(because.as_ref().map_or(0, |because| because.cost));
    let row = RuleRow {
        number,
        area: table.text(log, "area").map(RegionId::new),
        from,
        to,
        when: when.expr,
        then,
        because: because.map(|because| because.expr),
        clause: table.text(log, "clause").map(str::to_owned),
        title: table.words(log, "title"),
    };
    Some((row, cost))
}

/// The results of a row: constants of the result's kind, or `{ cel = "…" }`. For a number or truth a text is a condition.
fn results_of(log: &mut Log, table: &Table<'_>, draft: &RuleDraft<'_>, scope: &Scope<'_>) -> Vec<(String, Expr)> {
    let mut then: Vec<(String, Expr)> = Vec::new();
    let results = scope.world.rules.get(draft.decl.id).map(|rule| rule.results.clone());
    for entry in table.named(log, "then") {
        let Some(field) = results.as_ref().and_then(|results| results.field(&entry.key)) else {
            let hint = known_hint(&entry.key, draft.results.iter().map(|(name, ..)| *name));
            let key = &entry.key;
            log.error(
                entry.spot.place(),
                (format!("没有结果 {key}"), format!("there is no result {key}")),
                hint,
            );
            continue;
        };
        let want = Want::Ty(field.ty.clone());
        let is_condition = matches!(field.ty, Ty::Int | Ty::Bool | Ty::Duration | Ty::Decimal(_));
        let made = match &entry.spot.value {
            Value::Table(parts) => match parts.iter().find(|part| part.key == "cel") {
                Some(cel) => checked(log, &cel.spot, scope, &want),
                None => {
                    super::table::wrong(
                        log,
                        &entry.spot,
                        &entry.key,
                        ("常量或 { cel = \"…\" }", "a constant or { cel = \"…\" }"),
                    );
                    None
                }
            },
            Value::Text(..) if is_condition => checked(log, &entry.spot, scope, &want),
            value => match constant_text(value) {
                Some(text) => checked_text(log, &entry.spot, &text, scope, &want),
                None => {
                    super::table::wrong(log, &entry.spot, &entry.key, ("常量", "a constant"));
                    None
                }
            },
        };
        if let Some(made) = made {
            then.push((entry.key.clone(), made.expr));
        }
    }
    for (name, ..) in &draft.results {
        if table.get("then").is_some() && table.named(log, "then").iter().all(|entry| entry.key != *name) {
            log.error(
                table.place("then"),
                (format!("then 缺少 {name}"), format!("then lacks {name}")),
                (format!("请加上 {name} = …"), format!("add {name} = …")),
            );
        }
    }
    then
}

/// The last row is a bare `true`; a row that another one before it always covers is never reached.
fn check_rows(log: &mut Log, draft: &RuleDraft<'_>, rows: &[(RuleRow, &Spot)]) {
    let bare = |row: &RuleRow| row.area.is_none() && row.from.is_none() && row.to.is_none() && row.when.is_always();
    if !draft.rows.is_empty() && rows.len() == draft.rows.len() && !rows.last().is_some_and(|(row, _)| bare(row)) {
        log.error(
            draft.rows.last().map_or(draft.decl.at, |spot| spot.place()),
            (
                "最后一行须为 when = \"true\"，不带地区和日期",
                "the last row is a bare when = \"true\" without area or dates",
            ),
            ("加一行兜底的结果", "add a row for everything else"),
        );
    }
    for (index, (row, spot)) in rows.iter().enumerate() {
        let covering = rows[..index].iter().find(|(before, _)| covers(before, row));
        if let Some((before, _)) = covering {
            let number = before.number;
            log.error(
                spot.place(),
                (
                    format!("第 {} 行永远轮不到：第 {number} 行已包括", row.number),
                    format!("row {} is never reached: row {number} covers it", row.number),
                ),
                ("调整顺序或删去", "change the order, or leave it out"),
            );
        }
    }
}

fn covers(before: &RuleRow, row: &RuleRow) -> bool {
    let area = before.area.is_none() || before.area == row.area;
    let from = before.from.is_none() || row.from.is_some_and(|from| before.from <= Some(from));
    let to = before.to.is_none() || row.to.is_some_and(|to| Some(to) <= before.to);
    area && from && to && (before.when.is_always() || before.when == row.when)
}
