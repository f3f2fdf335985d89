//! Guards: judged before an act is accepted, noted on what has happened.

use super::compile::{checked, expr};
use super::conditions::author_ty;
use super::gather::{Decl, Decls, table};
use super::log::Log;
use super::looks::looks;
use super::table::Table;
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::{Access, RecordTy, Ty};
use crate::expr::world::World;
use crate::model::{Guard, Offer, Severity};
use lianfang_kernel::{Act, Day, Nature, RegionId, SubjectKind, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &[
    "on", "acts", "when", "require", "refuse", "hint", "severity", "override", "notify", "look", "area", "in_force",
    "offer",
];

/// Most looks of one guard.
const MOST_LOOKS: usize = 8;

pub(super) fn guards(log: &mut Log, decls: &Decls<'_>, world: &World) -> BTreeMap<String, Arc<Guard>> {
    let guards = decls
        .of("guard")
        .iter()
        .filter_map(|decl| Some((decl.id.to_owned(), Arc::new(guard(log, decl, decls, world)?))));
    guards.collect()
}

fn guard(log: &mut Log, decl: &Decl<'_>, decls: &Decls<'_>, world: &World) -> Option<Guard> {
    let table = table(log, decl, "guard", KEYS)?;
    let on = registers(log, &table, "on", world);
    let acts = acts(log, &table);
    let (entry, kind) = entry_ty(log, &table, world, &on)?;
    let creates = acts.contains(&Act::New) || acts.contains(&Act::Correct);
    let mut keys = Scope::new(world, Site::Guard)
        .var(
            "entry",
            if creates && !acts.iter().any(|act| matches!(act, Act::Withdraw | Act::End)) {
                Ty::Record(entry.clone())
            } else {
                bare(&entry)
            },
        )
        .var("subject", Ty::View(kind))
        .var("author", author_ty());
    if acts.iter().any(|act| *act != Act::New) {
        let mut prior = (*entry).clone();
        // A new entry has nothing before it.
        prior.may_be_empty = acts.contains(&Act::New);
        keys = keys.var("prior", Ty::record(prior));
    }
    let (looks, vars) = looks(log, &table, &keys, false, MOST_LOOKS);
    let scope = keys.vars(vars).var("now", Ty::Instant);
    let when = table
        .get("when")
        .and_then(|spot| checked(log, spot, &scope, &Want::Ty(Ty::Bool)));
    // What must hold is asked only where it applies.
    let mut scope = scope;
    scope.facts.extend(when.iter().flat_map(|when| when.facts.clone()));
    let require = table.required(log, "require");
    let require = expr(log, require, &scope, Ty::Bool);
    let severity = severity(log, &table, world, &on);
    let refuse = refusal(log, &table, decl.id);
    Some(Guard {
        id: decl.id.to_owned(),
        pack: decl.pack.clone(),
        on,
        acts,
        area: table.text(log, "area").map(RegionId::new),
        when: when.map(|when| when.expr),
        require: require?,
        refuse,
        hint: table.words(log, "hint"),
        clause: table.text(log, "clause").map(str::to_owned),
        severity,
        in_force: in_force(log, &table),
        offer: offer(log, &table, &scope),
        override_by: overriding(log, &table, decls),
        notify: expr(log, table.get("notify"), &scope, Ty::Desk),
        looks,
        meets: table.meets(log),
    })
}

/// The days on which a guard is judged.
fn in_force(log: &mut Log, table: &Table<'_>) -> (Option<Day>, Option<Day>) {
    let Some(read) = table
        .get("in_force")
        .and_then(|spot| Table::read(log, spot, "in_force", &["from", "to"]))
    else {
        return (None, None);
    };
    (read.day(log, "from"), read.day(log, "to"))
}

/// The list that is offered where the guard does not hold, and which of its fields are moments and days.
fn offer(log: &mut Log, table: &Table<'_>, scope: &Scope<'_>) -> Option<Offer> {
    let made = checked(log, table.get("offer")?, scope, &Want::AnyList)?;
    let fields = |wanted: &Ty| match &made.ty {
        Ty::List(of, _) => match &**of {
            Ty::Record(record) => {
                let of_type = record.fields.iter().filter(|field| field.ty == *wanted);
                of_type.map(|field| field.name.clone()).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    Some(Offer {
        moments: fields(&Ty::Instant),
        days: fields(&Ty::Day),
        list: made.expr,
    })
}

/// What people read when the guard does not hold; without it the guard says that it failed, with a warning.
fn refusal(log: &mut Log, table: &Table<'_>, id: &str) -> Words {
    if table.get("refuse").is_none() {
        table.required(log, "refuse");
        return Words::same(id);
    }
    table.words(log, "refuse").unwrap_or_else(|| Words::same(id))
}

/// Registers that a key names, checked to exist.
pub(super) fn registers(log: &mut Log, table: &Table<'_>, key: &str, world: &World) -> Vec<String> {
    table.required(log, key);
    let mut found = Vec::new();
    for (id, spot) in table.texts(log, key) {
        if world.registers.contains_key(id) {
            found.push(id.to_owned());
        } else {
            let hint = known_hint(id, world.registers.keys().map(String::as_str));
            log.error(
                spot.place(),
                (format!("没有登记表 {id}"), format!("there is no register {id}")),
                hint,
            );
        }
    }
    found
}

fn acts(log: &mut Log, table: &Table<'_>) -> Vec<Act> {
    if table.get("acts").is_none() {
        return vec![Act::New, Act::Correct];
    }
    let mut acts = Vec::new();
    for (id, spot) in table.texts(log, "acts") {
        match Act::from_id(id) {
            Some(act) => acts.push(act),
            None => {
                let hint = known_hint(id, ["new", "correct", "withdraw", "end"].into_iter());
                log.error(
                    spot.place(),
                    (format!("没有动作 {id}"), format!("there is no act {id}")),
                    hint,
                );
            }
        }
    }
    acts
}

/// The record that entries of several registers have in common, and the kind of their subjects.
pub(super) fn entry_ty(
    log: &mut Log,
    table: &Table<'_>,
    world: &World,
    on: &[String],
) -> Option<(Arc<RecordTy>, Option<SubjectKind>)> {
    let mut known = on.iter().filter_map(|id| world.registers.get(id));
    let first = known.next()?;
    let mut record = (*first.record).clone();
    let mut kind = first.kind;
    for other in known {
        if other.kind != kind {
            kind = None;
        }
        record.what = format!("{} · {}", record.what, other.record.what);
        record.fields.retain_mut(|field| match other.record.field(&field.name) {
            Some(same) if same.ty.fits(&field.ty) || field.ty.fits(&same.ty) => {
                if same.access != Access::Always {
                    field.access = same.access;
                }
                true
            }
            _ => false,
        });
        if let Some(subject) = record.fields.iter_mut().find(|field| field.name == "subject") {
            subject.ty = Ty::Subject(kind);
        }
    }
    if record.fields.is_empty() {
        log.error(
            table.at(),
            ("这些登记表没有共同字段", "these registers share no field"),
            ("请分开写", "write them apart"),
        );
    }
    Some((Arc::new(record), kind))
}

/// An entry that withdraws or ends another: its own fields may be missing.
fn bare(entry: &RecordTy) -> Ty {
    let mut record = entry.clone();
    let built_in = [
        "id",
        "register",
        "subject",
        "at",
        "received_at",
        "recorded_at",
        "by",
        "org",
        "region",
        "channel",
        "assurance",
        "proxy",
        "act",
    ];
    for field in &mut record.fields {
        if field.access == Access::Always && !built_in.contains(&field.name.as_str()) {
            field.access = Access::Optional;
        }
    }
    Ty::record(record)
}

fn severity(log: &mut Log, table: &Table<'_>, world: &World, on: &[String]) -> Severity {
    let choices = [
        ("refuse", Severity::Refuse),
        ("warn", Severity::Warn),
        ("flag", Severity::Flag),
    ];
    let observes = on.iter().any(|id| {
        world
            .registers
            .get(id)
            .is_some_and(|register| register.schema.nature == Nature::Observation)
    });
    let usual = if observes { Severity::Flag } else { Severity::Refuse };
    let severity = table.choice(log, "severity", &choices).unwrap_or(usual);
    if severity == Severity::Refuse && observes {
        log.error(
            table.place("severity"),
            (
                "已发生的事实不能被拒绝",
                "what happened is never refused for what it says",
            ),
            (
                "请用 severity = \"flag\" 或 \"warn\"，或声明 nature = \"act\"",
                "take severity = \"flag\" or \"warn\", or declare nature = \"act\"",
            ),
        );
    }
    severity
}

fn overriding(log: &mut Log, table: &Table<'_>, decls: &Decls<'_>) -> Option<(String, Vec<String>)> {
    let read = Table::read(log, table.get("override")?, "override", &["by", "needs"])?;
    let by = read.required_text(log, "by")?;
    if decls.find("role", by).is_none() {
        let hint = known_hint(by, decls.ids("role"));
        log.error(
            read.place("by"),
            (format!("没有角色 {by}"), format!("there is no role {by}")),
            hint,
        );
    }
    let needs = read
        .texts(log, "needs")
        .into_iter()
        .map(|(field, _)| field.to_owned())
        .collect();
    Some((by.to_owned(), needs))
}
