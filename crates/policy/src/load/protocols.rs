//! Protocol editions.

use super::compile::maybe;
use super::enrol::{enrol, finish_enrol};
use super::gather::{Decl, Decls};
use super::log::Log;
use super::looks::looks;
use super::releases::{escalations, releases};
use super::table::{Table, wrong};
use super::tasks::tasks;
use super::tree::{Entry, Spot, Value};
use crate::expr::check::known_hint;
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::{ProtocolTy, World};
use crate::model::{Protocol, Transition};
use lianfang_kernel::{RegionId, SubjectKind};
use std::collections::BTreeMap;

pub(super) const KEYS: &[&str] = &[
    "enrol",
    "version",
    "like",
    "area",
    "in_force",
    "transition",
    "subject",
    "restricts",
    "intake",
    "urgent",
    "day_zero",
    "look",
    "task",
    "release",
    "escalate",
];

/// Most looks of one protocol.
const MOST_LOOKS: usize = 24;

/// An edition with what it takes over from another one written out.
pub(super) struct Edition<'d> {
    pub(super) decl: Decl<'d>,
    pub(super) version: u32,
    spot: Spot,
}

/// All editions, `like` resolved.
pub(super) fn editions<'d>(log: &mut Log, decls: &Decls<'d>) -> Vec<Edition<'d>> {
    let mut editions: Vec<Edition<'d>> = Vec::new();
    for decl in decls.of("protocol") {
        let Some(table) = Table::read(log, decl.spot, "protocol", KEYS) else {
            continue;
        };
        let version = table
            .int(log, "version", 1, 9_999)
            .and_then(|n| u32::try_from(n).ok())
            .unwrap_or(1);
        if editions
            .iter()
            .any(|known| known.decl.id == decl.id && known.version == version)
        {
            log.error(
                table.place("version"),
                (
                    format!("协议 {} 的第 {version} 版写了两次", decl.id),
                    format!("version {version} of protocol {} stands twice", decl.id),
                ),
                ("请写更高的 version", "write a higher version"),
            );
        }
        editions.push(Edition {
            decl: decl.clone(),
            version,
            spot: decl.spot.clone(),
        });
    }
    for index in 0..editions.len() {
        inherit(log, &mut editions, index);
    }
    editions
}

/// Takes over what an edition does not write from the one it is `like`, which stands before it.
fn inherit(log: &mut Log, editions: &mut [Edition<'_>], index: usize) {
    let Value::Table(own) = &editions[index].spot.value else {
        return;
    };
    let Some(like) = own.iter().find(|entry| entry.key == "like") else {
        return;
    };
    let place = like.spot.place();
    let Value::Int(wanted) = like.spot.value else {
        wrong(log, &like.spot.clone(), "like", ("版本号", "a version"));
        return;
    };
    let id = editions[index].decl.id;
    let base = editions
        .iter()
        .position(|known| known.decl.id == id && i64::from(known.version) == wanted);
    let Some(base) = base.filter(|base| *base < index) else {
        log.error(
            place,
            (
                format!("协议 {id} 没有更早书写的第 {wanted} 版"),
                format!("protocol {id} has no version {wanted} written before this one"),
            ),
            ("把被参照的版本写在前面", "write the version it is like first"),
        );
        return;
    };
    let Value::Table(taken) = editions[base].spot.value.clone() else {
        return;
    };
    let Value::Table(own) = &mut editions[index].spot.value else {
        return;
    };
    let own_alone = ["version", "like", "in_force", "transition", "clause", "meets"];
    let missing: Vec<Entry> = taken
        .into_iter()
        .filter(|entry| !own_alone.contains(&entry.key.as_str()) && own.iter().all(|known| known.key != entry.key))
        .collect();
    own.extend(missing);
}

/// What conditions may know of protocols before any is compiled: tasks and outcomes.
pub(super) fn outlines(editions: &[Edition<'_>]) -> BTreeMap<String, ProtocolTy> {
    let mut outlines: BTreeMap<String, ProtocolTy> = BTreeMap::new();
    for edition in editions {
        let outline = outlines.entry(edition.decl.id.to_owned()).or_default();
        outline.tasks.extend(values(&edition.spot, "task", "id"));
        outline.outcomes.extend(values(&edition.spot, "release", "outcome"));
        outline.outcomes.extend(values(&edition.spot, "escalate", "outcome"));
        let enrols_of =
            text_at(&edition.spot, &["subject"]).or_else(|| text_at(&edition.spot, &["enrol", "set", "of"]));
        outline.of = outline.of.take().or(enrols_of);
        outline.on = outline.on.take().or_else(|| text_at(&edition.spot, &["enrol", "on"]));
    }
    outlines
}

/// The text, or the first of a list of texts, under a path of keys.
fn text_at(spot: &Spot, path: &[&str]) -> Option<String> {
    match (&spot.value, path) {
        (Value::Text(text, _), []) => Some(text.clone()),
        (Value::List(items), []) => text_at(items.first()?, &[]),
        (Value::Table(entries), [key, rest @ ..]) => {
            text_at(&entries.iter().find(|entry| entry.key == *key)?.spot, rest)
        }
        _ => None,
    }
}

/// The texts under `key` in the tables of the list `list`.
fn values(spot: &Spot, list: &str, key: &str) -> Vec<String> {
    let Value::Table(entries) = &spot.value else {
        return Vec::new();
    };
    let Some(Value::List(items)) = entries
        .iter()
        .find(|entry| entry.key == list)
        .map(|entry| &entry.spot.value)
    else {
        return Vec::new();
    };
    let text = |item: &Spot| match &item.value {
        Value::Table(fields) => {
            fields
                .iter()
                .find(|field| field.key == key)
                .and_then(|field| match &field.spot.value {
                    Value::Text(text, _) => Some(text.clone()),
                    _ => None,
                })
        }
        _ => None,
    };
    items.iter().filter_map(text).collect()
}

/// What the conditions of a protocol see.
pub(super) struct Seen<'w> {
    /// `entry item subject`, and the looks.
    pub(super) scope: Scope<'w>,
    /// Without the looks.
    pub(super) keys: Scope<'w>,
    pub(super) kind: Option<SubjectKind>,
    pub(super) restricts: bool,
}

impl<'w> Seen<'w> {
    /// The scope of owners and times: no looks, the enrolment's own moments, tasks.
    pub(super) fn owner(&self) -> Scope<'w> {
        self.keys
            .clone()
            .at(Site::Owner)
            .var("start", Ty::Instant)
            .var("day_zero", Ty::Instant)
    }
}

/// Compiles one edition.
pub(super) fn protocol(log: &mut Log, edition: &Edition<'_>, decls: &Decls<'_>, world: &World) -> Option<Protocol> {
    let id = edition.decl.id;
    let table = Table::read(log, &edition.spot, "protocol", KEYS)?;
    let outline = world.protocols.get(id)?;
    let restricts = table.flag(log, "restricts");
    let (enrol, mut seen) = enrol(log, &table, world, restricts)?;
    seen.restricts = restricts;
    check_subject(log, &table, &mut seen);
    seen.keys.tasks = Some(&outline.tasks);
    seen.scope.tasks = Some(&outline.tasks);
    let (looks, vars) = looks(log, &table, &seen.keys, true, MOST_LOOKS);
    seen.scope = seen.scope.clone().vars(vars);
    let enrol = finish_enrol(log, (id, &table), enrol, &mut seen);
    let day_zero = maybe(log, table.get("day_zero"), &seen.scope, Ty::Instant);
    let in_force = table
        .get("in_force")
        .and_then(|spot| Table::read(log, spot, "in_force", &["from", "to"]));
    let (from, to) = match &in_force {
        Some(dates) => (dates.day(log, "from"), dates.day(log, "to")),
        None => (None, None),
    };
    let transitions = [
        ("keep", Transition::Keep),
        ("move", Transition::Move),
        ("ask", Transition::Ask),
    ];
    let intake = table.flag(log, "intake");
    let tasks = tasks(log, &table, &seen, decls, intake);
    let releases = releases(log, &table, &seen, &tasks, decls);
    let escalations = escalations(log, &table, &seen, decls);
    let mut protocol = Protocol {
        id: id.to_owned(),
        pack: edition.decl.pack.clone(),
        version: edition.version,
        title: table.title(log, id),
        help: table.words(log, "help"),
        clause: table.text(log, "clause").map(str::to_owned),
        area: table.text(log, "area").map(RegionId::new),
        from,
        to,
        transition: table.choice(log, "transition", &transitions).unwrap_or_default(),
        restricts,
        intake,
        urgent: table.flag(log, "urgent"),
        enrol,
        day_zero,
        looks,
        tasks,
        releases,
        escalations,
        meets: table.meets(log),
    };
    super::openings::mark(&mut protocol);
    Some(protocol)
}

fn check_subject(log: &mut Log, table: &Table<'_>, seen: &mut Seen<'_>) {
    let Some(subject) = table.text(log, "subject") else {
        return;
    };
    match seen.keys.world.kind_of(subject) {
        Some(kind) if seen.kind.is_none_or(|known| known == kind) => {
            seen.kind = Some(kind);
            for scope in [&mut seen.keys, &mut seen.scope] {
                *scope = scope.clone().var("subject", Ty::View(Some(kind)));
            }
        }
        Some(_) => log.error(
            table.place("subject"),
            (
                format!("{subject} 与纳入来源的对象不符"),
                format!("{subject} is not what its enrolment is about"),
            ),
            ("请去掉 subject 或改 enrol.of", "leave subject out, or change enrol.of"),
        ),
        None => {
            let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
            let known = kinds.chain(seen.keys.world.types.keys().map(String::as_str));
            let hint = known_hint(subject, known);
            log.error(
                table.place("subject"),
                (
                    format!("没有对象类型 {subject}"),
                    format!("there is no subject type {subject}"),
                ),
                hint,
            );
        }
    }
}
