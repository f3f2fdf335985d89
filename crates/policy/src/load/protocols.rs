//! Protocol editions.

use super::compile::{checked, expr, maybe};
use super::gather::{Decl, Decls};
use super::guards::{entry_ty, registers};
use super::log::Log;
use super::looks::looks;
use super::releases::{escalations, releases};
use super::table::{Table, not_yet, wrong};
use super::tasks::tasks;
use super::tree::{Entry, Spot, Value};
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::{ProtocolTy, World};
use crate::model::{Again, Enrol, EnrolKey, EnrolSource, LiveSet, Protocol, Transition};
use lianfang_kernel::{Assurance, RegionId, SubjectKind};
use std::collections::BTreeMap;

const KEYS: &[&str] = &[
    "enrol",
    "version",
    "like",
    "area",
    "in_force",
    "transition",
    "subject",
    "restricts",
    "intake",
    "day_zero",
    "look",
    "task",
    "release",
    "escalate",
];

const ENROL_KEYS: &[&str] = &[
    "on",
    "set",
    "started",
    "when",
    "assurance",
    "each",
    "of",
    "key",
    "again",
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
    }
    outlines
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
    let enrol = finish_enrol(log, &table, enrol, &mut seen);
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
    Some(Protocol {
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
        enrol,
        day_zero,
        looks,
        tasks,
        releases,
        escalations,
        meets: table.meets(log),
    })
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

/// An enrolment as it is read before the looks are known.
struct EnrolDraft<'d> {
    source: EnrolSource,
    table: Option<Table<'d>>,
    assurance: Assurance,
    again: Again,
}

fn enrol<'d, 'w>(
    log: &mut Log,
    table: &Table<'d>,
    world: &'w World,
    restricts: bool,
) -> Option<(EnrolDraft<'d>, Seen<'w>)> {
    let spot = table.required(log, "enrol")?;
    let usual = if restricts {
        Assurance::Seen
    } else {
        Assurance::SelfStated
    };
    let plain = |kind| {
        let scope = Scope::new(world, Site::Enrol).var("subject", Ty::View(kind));
        Seen {
            keys: scope.clone(),
            scope,
            kind,
            restricts: false,
        }
    };
    if matches!(&spot.value, Value::Text(text, _) if text == "started") {
        let draft = EnrolDraft {
            source: EnrolSource::Started,
            table: None,
            assurance: usual,
            again: Again::Keep,
        };
        return Some((draft, plain(None)));
    }
    let read = Table::read(log, spot, "enrol", ENROL_KEYS)?;
    let choices = ["self", "seen", "verified"].map(|id| (id, Assurance::from_id(id).unwrap_or(usual)));
    let assurance = read.choice(log, "assurance", &choices).unwrap_or(usual);
    let again = [
        ("keep", Again::Keep),
        ("restart", Again::Restart),
        ("parallel", Again::Parallel),
    ];
    let again = read.choice(log, "again", &again).unwrap_or_default();
    let sources = ["on", "set", "started"]
        .into_iter()
        .filter(|key| read.get(key).is_some())
        .collect::<Vec<_>>();
    let draft = |source| EnrolDraft {
        source,
        table: Some(read),
        assurance,
        again,
    };
    match sources.as_slice() {
        ["on"] => {
            let on = registers(log, &read, "on", world);
            let (entry, kind) = entry_ty(log, &read, world, &on)?;
            check_cites(log, &read, world, &on, restricts);
            let scope = Scope::new(world, Site::Enrol)
                .var("entry", Ty::Record(entry))
                .var("subject", Ty::View(kind));
            let seen = Seen {
                keys: scope.clone(),
                scope,
                kind,
                restricts,
            };
            Some((draft(EnrolSource::On(on)), seen))
        }
        ["set"] => {
            let set = live_set(log, &read, world)?;
            let kind = world.kind_of(&set.of);
            refuse_restricting(log, &read, restricts);
            Some((draft(EnrolSource::Set(set)), plain(kind)))
        }
        ["started"] => {
            refuse_restricting(log, &read, restricts);
            Some((draft(EnrolSource::Started), plain(None)))
        }
        ["on", "set"] => {
            not_yet(log, read.place("set"), "enrol { on + set }");
            None
        }
        _ => {
            log.error(
                read.at(),
                ("enrol 要且只要一个来源", "enrol has exactly one source"),
                (
                    "on = [登记表]、set = { of = 类型 } 或 \"started\"",
                    "on = [register], set = { of = type }, or \"started\"",
                ),
            );
            None
        }
    }
}

fn refuse_restricting(log: &mut Log, table: &Table<'_>, restricts: bool) {
    if restricts {
        log.error(
            table.at(),
            (
                "限制人身的协议只能依文书纳入",
                "what restricts a person enrols by an order only",
            ),
            ("请用 on = [有 cites 的登记表]", "enrol on a register that cites"),
        );
    }
}

fn check_cites(log: &mut Log, table: &Table<'_>, world: &World, on: &[String], restricts: bool) {
    for id in on.iter().filter(|_| restricts) {
        if world
            .registers
            .get(id)
            .is_some_and(|register| register.schema.cites.is_none())
        {
            log.error(
                table.place("on"),
                (
                    format!("限制人身的协议不能由 {id} 纳入：它不引用文书"),
                    format!("what restricts a person cannot enrol on {id}: it cites no order"),
                ),
                (
                    "请用有 cites = \"order\" 的登记表",
                    "enrol on a register with cites = \"order\"",
                ),
            );
        }
    }
}

fn live_set(log: &mut Log, table: &Table<'_>, world: &World) -> Option<LiveSet> {
    let read = Table::read(log, table.get("set")?, "set", &["of", "where", "frozen"])?;
    let of = read.required_text(log, "of")?;
    let Some(kind) = world.kind_of(of) else {
        let kinds = SubjectKind::ALL.iter().map(|kind| kind.id());
        let hint = known_hint(of, kinds.chain(world.types.keys().map(String::as_str)));
        log.error(
            read.place("of"),
            (format!("没有对象类型 {of}"), format!("there is no subject type {of}")),
            hint,
        );
        return None;
    };
    if read.text(log, "frozen").is_some_and(|frozen| frozen != "live") {
        not_yet(log, read.place("frozen"), "set.frozen");
    }
    let scope = Scope::new(world, Site::Rows).var("it", Ty::View(Some(kind)));
    let filter = expr(log, read.get("where"), &scope, Ty::Bool);
    Some(LiveSet {
        of: of.to_owned(),
        filter,
    })
}

/// The conditions of an enrolment, once the looks are known.
fn finish_enrol(log: &mut Log, table: &Table<'_>, draft: EnrolDraft<'_>, seen: &mut Seen<'_>) -> Enrol {
    let mut enrol = Enrol {
        source: draft.source,
        when: None,
        assurance: draft.assurance,
        each: None,
        of: None,
        key: vec![EnrolKey::Subject],
        again: draft.again,
    };
    let Some(read) = draft.table else { return enrol };
    let from_entry = matches!(enrol.source, EnrolSource::On(_));
    for key in ["when", "each", "of", "key", "assurance", "again"] {
        if !from_entry && read.get(key).is_some() {
            log.error(
                read.place(key),
                (
                    format!("没有纳入记录，不能写 {key}"),
                    format!("{key} needs an enrolling entry"),
                ),
                ("集合的条件写在 set.where", "the condition of a set stands in set.where"),
            );
        }
    }
    if !from_entry {
        return enrol;
    }
    if let Some(each) = read.get("each")
        && let Some(list) = checked(log, each, &seen.scope, &Want::AnyList)
    {
        let of = if let Ty::List(of, _) = list.ty {
            *of
        } else {
            Ty::Unknown
        };
        enrol.each = Some(list.expr);
        seen.scope = seen.scope.clone().var("item", of.clone());
        seen.keys = seen.keys.clone().var("item", of);
    }
    enrol.when = expr(log, read.get("when"), &seen.scope, Ty::Bool);
    enrol.of = expr(log, read.get("of"), &seen.scope, Ty::Subject(None));
    if enrol.of.is_some() && table.get("subject").is_none() {
        // Whom it enrols is not told by the register any more.
        seen.kind = None;
        seen.scope = seen.scope.clone().var("subject", Ty::View(None));
        seen.keys = seen.keys.clone().var("subject", Ty::View(None));
    }
    if read.get("key").is_some() {
        enrol.key = key(log, &read, seen);
    }
    enrol
}

fn key(log: &mut Log, table: &Table<'_>, seen: &Seen<'_>) -> Vec<EnrolKey> {
    let fields: Vec<String> = match seen.keys.get("entry") {
        Some(Ty::Record(record)) => record.fields.iter().map(|field| field.name.clone()).collect(),
        _ => Vec::new(),
    };
    let mut key = Vec::new();
    for (name, spot) in table.texts(log, "key") {
        match name {
            "subject" => key.push(EnrolKey::Subject),
            "entry" => key.push(EnrolKey::Entry),
            "item" if seen.keys.get("item").is_some() => key.push(EnrolKey::Item),
            _ if fields.iter().any(|field| field == name) => key.push(EnrolKey::Field(name.to_owned())),
            _ => {
                let known = fields.iter().map(String::as_str).chain(["subject", "entry", "item"]);
                let hint = known_hint(name, known);
                log.error(
                    spot.place(),
                    (format!("键中没有 {name}"), format!("the key has no {name}")),
                    hint,
                );
            }
        }
    }
    key
}
