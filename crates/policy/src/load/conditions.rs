//! The conditions of registers: computed values, defaults, conditional requirements.

use super::allocations::allocation;
use super::compile::{checked, expr};
use super::cycles::{find_cycle, ordered};
use super::draws::draws;
use super::fields::Field;
use super::holds::hold;
use super::log::Log;
use super::looks::looks;
use super::matchings::matching;
use super::registers::Draft;
use super::tree::{Spot, Value};
use crate::expr::Expr;
use crate::expr::check::{Want, inputs_ty};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::{FieldTy, RecordTy, Ty};
use crate::expr::world::World;
use crate::model::{Posting, Register};
use crate::record::Layout;
use lianfang_kernel::{Kind, SubjectKind, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most looks of one register.
pub(super) const MOST_LOOKS: usize = 24;

/// Who writes, as conditions see them.
pub(super) fn author_ty() -> Ty {
    Ty::record(RecordTy::new(
        "author",
        vec![
            FieldTy::optional("org", Ty::org()),
            FieldTy::optional("person", Ty::Subject(Some(SubjectKind::Person))),
            FieldTy::optional("region", Ty::Region),
            FieldTy::optional("sector", Ty::Text),
            FieldTy::always("role", Ty::Text),
            FieldTy::always("resident", Ty::Bool),
        ],
    ))
}

/// Compiles what a register's fields ask.
pub(super) fn register(log: &mut Log, draft: &Draft<'_>, posting: Option<Posting>, world: &World) -> Register {
    let id = draft.decl.id;
    let (record, kind) = match world.registers.get(id) {
        Some(known) => (Ty::Record(known.record.clone()), known.kind),
        None => (Ty::Unknown, None),
    };
    let keys = Scope::new(world, Site::Field)
        .var("entry", record)
        .var("subject", Ty::View(kind))
        .var("author", author_ty());
    let (looks, vars) = looks(log, &draft.table, &keys, false, MOST_LOOKS);
    let scope = keys.vars(vars);
    let mut compute = Vec::new();
    let (mut default, mut required_when) = (Vec::new(), Vec::new());
    for field in &draft.fields {
        let field_id = field.schema.id.clone();
        if let Some(spot) = field.table.get("compute") {
            compute.extend(filler(log, field, spot, &scope).map(|expr| (field_id.clone(), expr)));
        }
        if let Some(spot) = field.table.get("default") {
            default.extend(filler(log, field, spot, &scope).map(|expr| (field_id.clone(), expr)));
        }
        if let Some(
            spot @ Spot {
                value: Value::Text(..), ..
            },
        ) = field.table.get("required")
        {
            required_when.extend(expr(log, Some(spot), &scope, Ty::Bool).map(|expr| (field_id, expr)));
        }
    }
    for field in &draft.fields {
        if matches!(field.schema.kind, Kind::Decision { .. }) && field.table.get("compute").is_none() {
            log.error(
                field.table.at(),
                (
                    format!("判断 {} 缺少 compute", field.schema.id),
                    format!("decision {} lacks compute", field.schema.id),
                ),
                ("写作 compute = \"{ '输入': … }\"", "write compute = \"{ 'input': … }\""),
            );
        }
    }
    computed_first(log, draft, &compute, &default);
    in_order(log, draft, &mut compute, &mut default);
    Register {
        schema: draft.schema.clone(),
        layout: Layout::new(&draft.schema),
        compute,
        default,
        required_when,
        looks,
        unique: draft.unique.clone(),
        public: draft.public.clone(),
        accepts: draft.accepts,
        residents: draft.residents,
        withheld: draft.withheld,
        reach: draft.reach.clone(),
        hold: hold(log, draft, world),
        posting,
        draws: draws(log, draft, world),
        allocation: allocation(log, draft, world),
        matching: matching(log, draft, world),
    }
}

/// What fills a field: a value of its kind, or the inputs of its rule.
fn filler(log: &mut Log, field: &Field<'_>, spot: &Spot, scope: &Scope<'_>) -> Option<Expr> {
    let world = scope.world;
    let ty = match &field.schema.kind {
        Kind::Decision { rule } => inputs_ty(rule, &world.rules.get(rule)?.inputs),
        kind => {
            let one = world.kind_ty(kind, &field.schema.id, &|_| false);
            let repeats = field.schema.many > 1 || matches!(kind, Kind::Rows(_));
            if repeats { Ty::list(one, field.schema.many) } else { one }
        }
    };
    Some(checked(log, spot, scope, &Want::Maybe(ty))?.expr)
}

/// Values are computed before defaults are filled in, so a compute reads no field that a default fills.
fn computed_first(log: &mut Log, draft: &Draft<'_>, compute: &[(String, Expr)], default: &[(String, Expr)]) {
    for (id, expr) in compute {
        let reads = expr.fields_of("entry");
        let Some((filled, _)) = default
            .iter()
            .find(|(filled, _)| reads.iter().any(|read| **read == **filled))
        else {
            continue;
        };
        let field = draft.fields.iter().find(|field| field.schema.id == *id);
        log.error(
            field.map_or(draft.table.at(), |field| field.table.place("compute")),
            (
                format!("{id} 的计算读取了有默认值的字段 {filled}"),
                format!("the compute of {id} reads {filled}, which has a default"),
            ),
            (
                "先计算后填默认值；请把 default 改为 compute",
                "values are computed before defaults are filled; make the default a compute",
            ),
        );
    }
}

/// Orders computes and defaults so that each stands after those it reads.
fn in_order(log: &mut Log, draft: &Draft<'_>, compute: &mut [(String, Expr)], default: &mut [(String, Expr)]) {
    let all: Vec<(&str, Vec<Arc<str>>)> = compute
        .iter()
        .chain(default.iter())
        .map(|(id, expr)| (id.as_str(), expr.fields_of("entry")))
        .collect();
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, reads) in &all {
        let reads = reads
            .iter()
            .filter_map(|read| all.iter().map(|(id, _)| *id).find(|id| **id == **read));
        edges.entry(id).or_default().extend(reads);
    }
    if let Some(cycle) = find_cycle(&edges) {
        let path = cycle.join(" → ");
        log.error(
            draft.table.place("field"),
            (
                format!("字段互相计算：{path}"),
                format!("fields compute each other: {path}"),
            ),
            ("请去掉其中一个 compute 或 default", "leave out one compute or default"),
        );
    }
    let order: Vec<String> = ordered(&edges).into_iter().map(str::to_owned).collect();
    let rank = |id: &str| order.iter().position(|known| known == id);
    compute.sort_by_key(|(id, _)| rank(id));
    default.sort_by_key(|(id, _)| rank(id));
}

/// The type that the first decision field asking `rule` gives the input `name`: the rows of a register's field.
pub(super) fn given_rows(world: &World, drafts: &[Draft<'_>], rule: &str, name: &str) -> Option<Ty> {
    for draft in drafts {
        for field in &draft.fields {
            let asks = matches!(&field.schema.kind, Kind::Decision { rule: asked } if asked == rule);
            let Some(Spot {
                value: Value::Text(text, _),
                ..
            }) = field.table.get("compute").filter(|_| asks)
            else {
                continue;
            };
            let Some((var, path)) = given_path(text, name) else {
                continue;
            };
            let register = if var == "entry" {
                draft.decl.id
            } else {
                look_of(draft, var)?
            };
            return Some(world.registers.get(register)?.record.field(path)?.ty.clone());
        }
    }
    None
}

/// In `{ 'name': variable.field, … }` the variable and field given to `name`.
fn given_path<'t>(text: &'t str, name: &str) -> Option<(&'t str, &'t str)> {
    let start = [format!("'{name}'"), format!("\"{name}\"")]
        .iter()
        .find_map(|key| Some(text.find(key)? + key.len()))?;
    let rest = text.get(start..)?.trim_start().strip_prefix(':')?.trim_start();
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.'))
        .unwrap_or(rest.len());
    rest.get(..end)?.split_once('.')
}

fn look_of<'d>(draft: &Draft<'d>, look: &str) -> Option<&'d str> {
    let Value::Table(looks) = &draft.table.get("look")?.value else {
        return None;
    };
    let Value::Table(look) = &looks.iter().find(|entry| entry.key == look)?.spot.value else {
        return None;
    };
    match &look.iter().find(|entry| entry.key == "of")?.spot.value {
        Value::Text(of, _) => Some(of),
        _ => None,
    }
}

/// Words for a condition that people read while it does not hold.
pub(super) fn quoted(source: &str) -> Words {
    Words::new(format!("条件未满足：{source}"), format!("not yet: {source}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_given_to_a_rule_are_found_in_its_call() {
        let text = "{ 'arrived': arrival.at, 'stays': arrival.stays }";
        assert_eq!(given_path(text, "stays"), Some(("arrival", "stays")));
        assert_eq!(given_path(text, "contacts"), None);
    }
}
