//! Sets: every subject of a type, and the sets that entries open.

use super::compile::{checked, expr};
use super::enrol::seen;
use super::guards::entry_ty;
use super::holds::protocols_named;
use super::log::Log;
use super::protocols::Seen;
use super::table::Table;
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::World;
use crate::model::{Campaign, EnrolSource, EnrolledSet, Late, LiveSet};
use lianfang_kernel::SubjectKind;

pub(super) const KEYS: &[&str] = &["of", "where", "frozen", "late", "enrolled"];

/// A set without an entry that opens it: the subjects of a type as they are now, or those enrolled elsewhere.
pub(super) fn standing_set(log: &mut Log, table: &Table<'_>, world: &World) -> Option<EnrolSource> {
    let read = Table::read(log, table.get("set")?, "set", KEYS)?;
    match read.get("enrolled") {
        Some(_) => Some(EnrolSource::Enrolled(enrolled_set(log, &read, world)?)),
        None => Some(EnrolSource::Set(live_set(log, &read, world)?)),
    }
}

/// Those enrolled in other protocols.
fn enrolled_set(log: &mut Log, read: &Table<'_>, world: &World) -> Option<EnrolledSet> {
    for key in ["of", "frozen", "late"] {
        if read.get(key).is_some() {
            log.error(
                read.place(key),
                (
                    format!("enrolled 已说明是谁，不写 {key}"),
                    format!("enrolled says who they are, leave out {key}"),
                ),
                ("请去掉；条件写在 where", "leave it out; a condition stands in where"),
            );
        }
    }
    let protocols = protocols_named(log, read, world);
    let filter = expr(
        log,
        read.get("where"),
        &Scope::new(world, Site::Rows).var("it", Ty::View(None)),
        Ty::Bool,
    );
    (!protocols.is_empty()).then_some(EnrolledSet { protocols, filter })
}

fn live_set(log: &mut Log, read: &Table<'_>, world: &World) -> Option<LiveSet> {
    for key in ["frozen", "late"] {
        if read.text(log, key).is_some_and(|given| given != "live") {
            log.error(
                read.place(key),
                (
                    format!("没有开启集合的记录，不能写 {key}"),
                    format!("{key} needs an entry that opens the set"),
                ),
                (
                    "加上 on = [\"campaign\"]，或写 frozen = \"live\"",
                    "add on = [\"campaign\"], or write frozen = \"live\"",
                ),
            );
        }
    }
    members(log, read, Scope::new(world, Site::Rows))
}

/// A set that entries open. The registers are reference registers: every member's plan reads them.
pub(super) fn campaign<'w>(
    log: &mut Log,
    table: &Table<'_>,
    world: &'w World,
    on: Vec<String>,
) -> Option<(EnrolSource, Seen<'w>)> {
    let (entry, _) = entry_ty(log, table, world, &on)?;
    for id in &on {
        let known = world.registers.get(id);
        if known.is_some_and(|register| !register.schema.reference) {
            log.error(
                table.place("on"),
                (
                    format!("登记表 {id} 不能开启集合：它不是参照登记表"),
                    format!("register {id} cannot open a set: it is no reference register"),
                ),
                ("给它写 reference = true", "give it reference = true"),
            );
        }
    }
    let read = Table::read(log, table.get("set")?, "set", KEYS)?;
    if read.get("enrolled").is_some() {
        log.error(
            read.place("enrolled"),
            (
                "由记录开启的集合以 of 与 where 说明",
                "a set that entries open is told by of and where",
            ),
            (
                "去掉 on 或 indicator，或写 of",
                "leave out on or indicator, or write of",
            ),
        );
    }
    let entry = Ty::Record(entry);
    let set = members(log, &read, Scope::new(world, Site::Rows).var("entry", entry.clone()))?;
    let frozen = match read.text(log, "frozen") {
        None | Some("live") => None,
        Some(_) => {
            let scope = Scope::new(world, Site::Enrol).var("entry", entry.clone());
            let spot = read.get("frozen")?;
            Some(checked(log, spot, &scope, &Want::Ty(Ty::Instant))?.expr)
        }
    };
    let late = read.choice(log, "late", &[("list", Late::List), ("add", Late::Add)]);
    if late.is_some() && frozen.is_none() {
        log.error(
            read.place("late"),
            ("未冻结的集合没有后到者", "a set that is not frozen has no late-comers"),
            ("请写 frozen，或去掉 late", "write frozen, or leave late out"),
        );
    }
    let kind = world.kind_of(&set.of);
    let campaign = Campaign {
        on,
        set,
        frozen,
        late: late.unwrap_or_default(),
    };
    Some((EnrolSource::Campaign(campaign), seen(world, kind, Some(entry))))
}

fn members(log: &mut Log, read: &Table<'_>, scope: Scope<'_>) -> Option<LiveSet> {
    let world = scope.world;
    let of = read.required_text(log, "of")?;
    let Some(kind) = world.kind_of(of) else {
        not_a_type(log, read, world, of);
        return None;
    };
    let filter = expr(log, read.get("where"), &scope.var("it", Ty::View(Some(kind))), Ty::Bool);
    Some(LiveSet {
        of: of.to_owned(),
        filter,
    })
}

/// Complains that `of` names no kind or type of subject.
pub(super) fn not_a_type(log: &mut Log, read: &Table<'_>, world: &World, of: &str) {
    let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
    let hint = known_hint(of, kinds.chain(world.types.keys().map(String::as_str)));
    log.error(
        read.place("of"),
        (format!("没有对象类型 {of}"), format!("there is no subject type {of}")),
        hint,
    );
}
