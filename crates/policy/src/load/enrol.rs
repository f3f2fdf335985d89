//! What enrols a subject: entries, a set, or another protocol.

use super::compile::{checked, expr};
use super::guards::{entry_ty, registers};
use super::log::Log;
use super::opened_set::{campaign, standing_set};
use super::protocols::Seen;
use super::table::Table;
use super::tree::Value;
use super::watch::{crossings, only_of_watches, own_crossings, watch};
use crate::expr::check::{Want, known_hint};
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::expr::world::World;
use crate::model::{Again, CROSSING, Enrol, EnrolKey, EnrolSource, Watch};
use lianfang_kernel::{Assurance, SubjectKind};

pub(super) const KEYS: &[&str] = &[
    "on",
    "indicator",
    "level",
    "by",
    "set",
    "started",
    "when",
    "assurance",
    "each",
    "of",
    "key",
    "again",
];

/// An enrolment as it is read before the looks are known.
pub(super) struct EnrolDraft<'d> {
    source: EnrolSource,
    watch: Option<Watch>,
    table: Option<Table<'d>>,
    assurance: Assurance,
    again: Again,
}

/// Reads what enrols, and what conditions see of it.
pub(super) fn enrol<'d, 'w>(
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
    if matches!(&spot.value, Value::Text(text, _) if text == "started") {
        refuse_restricting(log, table, restricts);
        let draft = EnrolDraft {
            source: EnrolSource::Started,
            watch: None,
            table: None,
            assurance: usual,
            again: Again::Keep,
        };
        return Some((draft, seen(world, None, None)));
    }
    let read = Table::read(log, spot, "enrol", KEYS)?;
    let assurances = ["self", "seen", "verified"].map(|id| (id, Assurance::from_id(id).unwrap_or(usual)));
    let assurance = read.choice(log, "assurance", &assurances).unwrap_or(usual);
    let again = [
        ("keep", Again::Keep),
        ("restart", Again::Restart),
        ("parallel", Again::Parallel),
    ];
    let again = read.choice(log, "again", &again).unwrap_or_default();
    let (source, seen) = source(log, &read, world, restricts)?;
    let watch = match read.get("indicator") {
        Some(_) => Some(watch(log, &read, world)?),
        None => None,
    };
    Some((
        EnrolDraft {
            source,
            watch,
            table: Some(read),
            assurance,
            again,
        },
        seen,
    ))
}

/// What conditions see: the subject, and the enrolling entry when there is one.
pub(super) fn seen<'w>(world: &'w World, kind: Option<SubjectKind>, entry: Option<Ty>) -> Seen<'w> {
    let mut scope = Scope::new(world, Site::Enrol).var("subject", Ty::View(kind));
    if let Some(entry) = entry {
        scope = scope.var("entry", entry);
    }
    Seen {
        keys: scope.clone(),
        scope,
        kind,
        restricts: false,
    }
}

fn source<'w>(log: &mut Log, table: &Table<'_>, world: &'w World, restricts: bool) -> Option<(EnrolSource, Seen<'w>)> {
    let given: Vec<&str> = ["on", "indicator", "set", "started"]
        .into_iter()
        .filter(|key| table.get(key).is_some())
        .collect();
    match given.as_slice() {
        ["on"] => {
            let on = registers(log, table, "on", world);
            let (entry, kind) = entry_ty(log, table, world, &on)?;
            check_cites(log, table, world, &on, restricts);
            Some((EnrolSource::On(on), seen(world, kind, Some(Ty::Record(entry)))))
        }
        ["set"] => {
            let source = standing_set(log, table, world)?;
            refuse_restricting(log, table, restricts);
            let kind = match &source {
                EnrolSource::Set(set) => world.kind_of(&set.of),
                _ => None,
            };
            Some((source, seen(world, kind, None)))
        }
        ["started"] => {
            refuse_restricting(log, table, restricts);
            Some((EnrolSource::Started, seen(world, None, None)))
        }
        ["on", "set"] => {
            refuse_restricting(log, table, restricts);
            let on = registers(log, table, "on", world);
            campaign(log, table, world, on)
        }
        ["indicator"] => {
            refuse_restricting(log, table, restricts);
            let crossing = crossings(log, table, world)?;
            let entry = Ty::Record(crossing.record.clone());
            let source = EnrolSource::On(vec![CROSSING.to_owned()]);
            Some((source, seen(world, crossing.kind, Some(entry))))
        }
        ["indicator", "set"] => {
            refuse_restricting(log, table, restricts);
            crossings(log, table, world)?;
            campaign(log, table, world, vec![CROSSING.to_owned()])
        }
        _ => {
            log.error(
                table.at(),
                ("enrol 要且只要一个来源", "enrol has exactly one source"),
                (
                    "on = [登记表]、indicator = 指标、set = { of = 类型 } 或 \"started\"",
                    "on = [register], indicator = figure, set = { of = type }, or \"started\"",
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

/// The conditions of an enrolment, once the looks are known.
pub(super) fn finish_enrol(
    log: &mut Log,
    (id, table): (&str, &Table<'_>),
    draft: EnrolDraft<'_>,
    seen: &mut Seen<'_>,
) -> Enrol {
    let mut enrol = Enrol {
        source: draft.source,
        watch: draft.watch,
        when: None,
        assurance: draft.assurance,
        each: None,
        of: None,
        key: vec![EnrolKey::Subject],
        again: draft.again,
    };
    let Some(read) = draft.table else { return enrol };
    check_keys(log, &read, &enrol.source, enrol.watch.is_some());
    if !matches!(enrol.source, EnrolSource::On(_) | EnrolSource::Campaign(_)) {
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
    if enrol.watch.is_some() {
        enrol.when = own_crossings(log, &read, id, seen);
    } else if let Some(when) = read
        .get("when")
        .and_then(|spot| checked(log, spot, &seen.scope, &Want::Ty(Ty::Bool)))
    {
        enrol.when = Some(when.expr);
        // The enrolling entry does not change; what a look found may.
        let of_entry = when
            .facts
            .into_iter()
            .filter(|fact| fact.starts_with("entry."))
            .collect::<Vec<_>>();
        seen.keys.facts.extend(of_entry.clone());
        seen.scope.facts.extend(of_entry);
    }
    enrol.of = expr(log, read.get("of"), &seen.scope, Ty::Subject(None));
    if enrol.of.is_some() && table.get("subject").is_none() {
        // Whom it enrols is not told by the register any more.
        seen.kind = None;
        seen.scope = seen.scope.clone().var("subject", Ty::View(None));
        seen.keys = seen.keys.clone().var("subject", Ty::View(None));
    }
    enrol.key = keys(log, &read, &enrol.source, seen);
    enrol
}

/// What tells enrolments apart: as written, else the subject, and the entry too where entries open a set.
fn keys(log: &mut Log, read: &Table<'_>, source: &EnrolSource, seen: &Seen<'_>) -> Vec<EnrolKey> {
    let is_campaign = matches!(source, EnrolSource::Campaign(_));
    let keys = match read.get("key") {
        Some(_) => key(log, read, seen),
        None if is_campaign => vec![EnrolKey::Entry, EnrolKey::Subject],
        None => vec![EnrolKey::Subject],
    };
    if is_campaign && !keys.contains(&EnrolKey::Entry) {
        log.error(
            read.place("key"),
            (
                "由记录开启的集合须以该记录区分各轮",
                "a set that entries open is told apart by the entry, round by round",
            ),
            (
                "写作 key = [\"entry\", \"subject\"]",
                "write key = [\"entry\", \"subject\"]",
            ),
        );
    }
    keys
}

/// What needs an enrolling entry, and what one that opens a set does not take.
fn check_keys(log: &mut Log, table: &Table<'_>, source: &EnrolSource, watches: bool) {
    if !watches {
        only_of_watches(log, table);
    }
    let (keys, zh, en, hint): (&[&str], _, _, _) = match source {
        EnrolSource::On(_) if watches => (
            &["each", "assurance"],
            "由指标纳入的不写",
            "what a figure enrols takes no",
            (
                "纳入记录由系统写入",
                "the enrolling entry is written by the installation",
            ),
        ),
        EnrolSource::On(_) => return,
        EnrolSource::Campaign(_) => (
            &["each", "of", "again", "assurance"],
            "由记录开启的集合不写",
            "a set that entries open takes no",
            ("每个对象各纳入一次", "each member is enrolled once for each entry"),
        ),
        EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Started => (
            &["when", "each", "of", "key", "assurance", "again"],
            "没有纳入记录，不能写",
            "there is no enrolling entry, leave out",
            ("集合的条件写在 set.where", "the condition of a set stands in set.where"),
        ),
    };
    for key in keys.iter().filter(|key| table.get(key).is_some()) {
        log.error(table.place(key), (format!("{zh} {key}"), format!("{en} {key}")), hint);
    }
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
