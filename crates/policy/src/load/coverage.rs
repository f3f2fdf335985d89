//! What a coverage covers: the task of a protocol, a set with what shows that it was done, the minutes of a hold.

use super::holds::{REQUIRED_KEYS, required_set};
use super::indicators::Made;
use super::log::Log;
use super::table::Table;
use super::tree::Spot;
use crate::expr::check::known_hint;
use crate::expr::world::World;
use crate::model::{Base, Covered, Done, Guard, Required};
use lianfang_kernel::{Kind, SubjectKind};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const DONE_KEYS: &[&str] = &["register", "task", "guard"];

/// What the coverage of `table` covers: `of`, or `required` and `done`.
pub(super) fn covered(
    log: &mut Log,
    table: &Table<'_>,
    world: &World,
    guards: &BTreeMap<String, Arc<Guard>>,
    base: Base,
) -> Option<Covered> {
    let is_set = table.get("required").is_some() || table.get("done").is_some();
    if is_set == table.get("of").is_some() {
        log.error(
            table.place(if is_set { "required" } else { "kind" }),
            (
                "coverage 写 of，或 required 与 done",
                "a coverage has of, or required and done",
            ),
            (
                "例如 of = \"协议/任务\"，或 required = { of = \"school\" } 与 done = { register = \"…\" }",
                "such as of = \"protocol/task\", or required = { of = \"school\" } and done = { register = \"…\" }",
            ),
        );
        return None;
    }
    let found = match (is_set, base) {
        (true, _) => set(log, table, world, guards)?,
        (false, Base::Minutes) => hold(log, table, world)?,
        (false, _) => {
            let [(name, spot)] = table.texts(log, "of").try_into().ok()?;
            let (protocol, task) = task_of(log, world, name, spot)?;
            Covered::Task { protocol, task }
        }
    };
    if is_set && !matches!(base, Base::Slots | Base::Members) {
        log.error(
            table.place("base"),
            (
                "required 与 done 的覆盖以成员计",
                "a coverage of required and done counts members",
            ),
            ("请去掉 base", "leave base out"),
        );
    }
    let has_rows = matches!(
        &found,
        Covered::Set {
            done: Done::Register(_),
            ..
        }
    );
    if !has_rows && table.get("where").is_some() {
        log.error(
            table.place("where"),
            (
                "where 只用于 done = { register = … } 的覆盖",
                "where goes with a coverage of done = { register = … }",
            ),
            ("请去掉 where", "leave where out"),
        );
    }
    Some(found)
}

fn hold(log: &mut Log, table: &Table<'_>, world: &World) -> Option<Covered> {
    let [(register, spot)] = table.texts(log, "of").try_into().ok()?;
    let held = world.registers.get(register).is_some_and(|known| known.per.is_some());
    if !held {
        let with_hold = world.registers.iter().filter(|(_, known)| known.per.is_some());
        let hint = known_hint(register, with_hold.map(|(id, _)| id.as_str()));
        log.error(
            spot.place(),
            (
                format!("登记表 {register} 没有 hold，不能按分钟计"),
                format!("register {register} has no hold, so no minutes are counted of it"),
            ),
            hint,
        );
        return None;
    }
    Some(Covered::Hold {
        register: register.to_owned(),
    })
}

fn set(log: &mut Log, table: &Table<'_>, world: &World, guards: &BTreeMap<String, Arc<Guard>>) -> Option<Covered> {
    let required = table.required(log, "required");
    let done = table.required(log, "done");
    let required = Table::read(log, required?, "required", REQUIRED_KEYS)?;
    let required = required_set(log, &required, world)?;
    let done = Table::read(log, done?, "done", DONE_KEYS)?;
    let kind = match &required {
        Required::Of { of, .. } => world.kind_of(of),
        Required::Enrolled(_) => Some(SubjectKind::Person),
    };
    let done = shown_by(log, &done, world, guards, kind)?;
    Some(Covered::Set { required, done })
}

/// What shows that a member of a set did it.
fn shown_by(
    log: &mut Log,
    table: &Table<'_>,
    world: &World,
    guards: &BTreeMap<String, Arc<Guard>>,
    kind: Option<SubjectKind>,
) -> Option<Done> {
    let given: Vec<&str> = DONE_KEYS
        .iter()
        .copied()
        .filter(|key| table.get(key).is_some())
        .collect();
    let &[key] = given.as_slice() else {
        log.error(
            table.at(),
            (
                "done 写 register、task、guard 之一",
                "done is one of register, task and guard",
            ),
            (
                "例如 done = { register = \"training\" }",
                "such as done = { register = \"training\" }",
            ),
        );
        return None;
    };
    let name = table.text(log, key)?;
    match key {
        "task" => {
            let (protocol, task) = task_of(log, world, name, table.get(key)?)?;
            Some(Done::Task { protocol, task })
        }
        "guard" => {
            let Some(guard) = guards.get(name) else {
                let hint = known_hint(name, guards.keys().map(String::as_str));
                log.error(
                    table.place(key),
                    (format!("没有守则 {name}"), format!("there is no guard {name}")),
                    hint,
                );
                return None;
            };
            names_one(log, table, (key, name), world, (&guard.on, kind));
            Some(Done::Guard(name.to_owned()))
        }
        _ => {
            if !world.registers.contains_key(name) {
                let hint = known_hint(name, world.registers.keys().map(String::as_str));
                log.error(
                    table.place(key),
                    (format!("没有登记表 {name}"), format!("there is no register {name}")),
                    hint,
                );
                return None;
            }
            let on = [name.to_owned()];
            names_one(log, table, (key, name), world, (&on, kind));
            Some(Done::Register(name.to_owned()))
        }
    }
}

/// Complains where no row of these registers is about a subject of the kind, or names one.
fn names_one(
    log: &mut Log,
    table: &Table<'_>,
    (key, name): (&str, &str),
    world: &World,
    (on, kind): (&[String], Option<SubjectKind>),
) {
    let names = |id: &String| {
        let Some(register) = world.registers.get(id) else {
            return false;
        };
        let about = register
            .schema
            .subjects
            .iter()
            .any(|subject| world.kind_of(subject) == kind);
        let mut fields = register.schema.fields.iter();
        about || fields.any(|field| matches!(field.kind, Kind::Subject(of) if Some(of) == kind))
    };
    if !on.iter().any(names) {
        log.error(
            table.place(key),
            (
                format!("{name} 与所要求的对象无关"),
                format!("{name} says nothing of those who are required"),
            ),
            (
                "换成登记该类对象或指向它们的",
                "name one that is about such subjects or names them",
            ),
        );
    }
}

/// The task that `protocol/task` names.
pub(super) fn task_of(log: &mut Log, world: &World, name: &str, spot: &Spot) -> Option<(String, String)> {
    let found = name.split_once('/').filter(|(protocol, task)| {
        world
            .protocols
            .get(*protocol)
            .is_some_and(|protocol| protocol.tasks.contains(*task))
    });
    if found.is_none() {
        let known: Vec<String> = world
            .protocols
            .iter()
            .flat_map(|(id, protocol)| protocol.tasks.iter().map(move |task| format!("{id}/{task}")))
            .collect();
        let hint = known_hint(name, known.iter().map(String::as_str));
        log.error(
            spot.place(),
            (format!("没有任务 {name}"), format!("there is no task {name}")),
            hint,
        );
    }
    found.map(|(protocol, task)| (protocol.to_owned(), task.to_owned()))
}

/// What a coverage counts.
pub(super) fn base(log: &mut Log, table: &Table<'_>, made: Made) -> Base {
    let bases = [
        ("slots", Base::Slots),
        ("members", Base::Members),
        ("in_time", Base::InTime),
        ("minutes", Base::Minutes),
    ];
    let base = table.choice(log, "base", &bases);
    if base.is_some() && made != Made::Coverage {
        log.error(
            table.place("base"),
            ("base 只用于 coverage", "base goes with coverage"),
            ("请去掉 base", "leave base out"),
        );
    }
    base.unwrap_or_default()
}
