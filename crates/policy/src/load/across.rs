//! What is checked over several tables: editions that meet, starts that run in a circle.

use super::cycles::{find_cycle, ordered, reaches};
use super::log::Log;
use super::protocols::Edition;
use crate::expr::Expr;
use crate::model::{EnrolSource, Protocol};
use lianfang_kernel::Day;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub(super) fn check(log: &mut Log, editions: &[Edition<'_>], protocols: &[Arc<Protocol>]) {
    disjoint(log, editions, protocols);
    starts(log, editions, protocols);
}

/// A version that names no end of its own ends where the next higher one for the same area begins, so that a city which
/// adds a version need not write into the pack.
pub(super) fn close_by_the_next(protocols: &mut [Arc<Protocol>]) {
    for index in 0..protocols.len() {
        let one = &protocols[index];
        if one.to.is_some() {
            continue;
        }
        let later = protocols.iter().filter(|other| {
            other.id == one.id && other.area == one.area && other.version > one.version && other.from > one.from
        });
        let next = later.filter_map(|other| other.from).min();
        if next.is_some() {
            Arc::make_mut(&mut protocols[index]).to = next;
        }
    }
}

fn place(editions: &[Edition<'_>], protocol: &Protocol) -> super::log::At {
    let found = editions
        .iter()
        .find(|edition| edition.decl.id == protocol.id && edition.version == protocol.version);
    found.map_or(super::log::At { file: 0, offset: 0 }, |edition| edition.decl.at)
}

/// Two editions of a protocol for one area are not in force on the same day. Of two areas the deeper is chosen.
fn disjoint(log: &mut Log, editions: &[Edition<'_>], protocols: &[Arc<Protocol>]) {
    for (index, one) in protocols.iter().enumerate() {
        for other in protocols[index + 1..]
            .iter()
            .filter(|other| other.id == one.id && other.area == one.area)
        {
            let starts = |day: Option<Day>| day.map_or(i32::MIN, |day| day.0);
            let ends = |day: Option<Day>| day.map_or(i32::MAX, |day| day.0);
            if starts(one.from) < ends(other.to) && starts(other.from) < ends(one.to) {
                log.error(
                    place(editions, other),
                    (
                        format!(
                            "协议 {} 的第 {} 版与第 {} 版同时有效",
                            one.id, other.version, one.version
                        ),
                        format!(
                            "versions {} and {} of protocol {} are in force together",
                            other.version, one.version, one.id
                        ),
                    ),
                    (
                        "用 in_force 的 from 与 to 或 area 分开",
                        "part them by in_force from and to, or by area",
                    ),
                );
            }
        }
    }
}

/// Starts that follow one another at once must not come back to where they began.
fn starts(log: &mut Log, editions: &[Edition<'_>], protocols: &[Arc<Protocol>]) {
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for protocol in protocols {
        let released = protocol
            .releases
            .iter()
            .filter_map(|release| Some((&release.when, release.start.as_ref()?)));
        let escalated = protocol
            .escalations
            .iter()
            .filter_map(|step| Some((&step.on, step.start.as_ref()?)));
        for (condition, start) in released.chain(escalated) {
            check_started(log, editions, protocol, protocols, start);
            if !takes_time(condition) {
                edges.entry(&protocol.id).or_default().push(start);
            }
        }
    }
    if let Some(cycle) = find_cycle(&edges)
        && let Some(first) = protocols.iter().find(|protocol| protocol.id == cycle[0])
    {
        let path = cycle.join(" → ");
        log.error(
            place(editions, first),
            (
                format!("协议立即互相启动：{path}"),
                format!("protocols start each other at once: {path}"),
            ),
            (
                "其中一步要等待任务或天数",
                "one of the steps must wait for a task or for days",
            ),
        );
    }
}

/// The protocols over those enrolled in others, each after all that it follows. None may lead back to what it follows:
/// whoever is in it would be in it because they are in it.
pub(super) fn over_enrolled(log: &mut Log, editions: &[Edition<'_>], protocols: &[Arc<Protocol>]) -> Vec<String> {
    // From each protocol to those that it waits for: the ones it names, and the ones that start it.
    let mut edges: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut over: BTreeSet<&str> = BTreeSet::new();
    for protocol in protocols {
        if let EnrolSource::Enrolled(set) = &protocol.enrol.source {
            over.insert(&protocol.id);
            let named = set.protocols.iter().map(String::as_str);
            edges.entry(&protocol.id).or_default().extend(named);
        }
        let released = protocol.releases.iter().filter_map(|release| release.start.as_deref());
        let escalated = protocol.escalations.iter().filter_map(|step| step.start.as_deref());
        for started in released.chain(escalated) {
            edges.entry(started).or_default().push(&protocol.id);
        }
    }
    for protocol in protocols {
        let EnrolSource::Enrolled(set) = &protocol.enrol.source else {
            continue;
        };
        if let Some(named) = set.protocols.iter().find(|named| reaches(&edges, named, &protocol.id)) {
            log.error(
                place(editions, protocol),
                (
                    format!("协议 {} 纳入 {named} 的对象，{named} 又由它引出", protocol.id),
                    format!(
                        "protocol {} enrols those of {named}, which follows from it",
                        protocol.id
                    ),
                ),
                (
                    "在 set.enrolled 中去掉它，或改由登记表纳入",
                    "leave it out of set.enrolled, or enrol on a register",
                ),
            );
        }
    }
    let order = ordered(&edges).into_iter().filter(|id| over.contains(id));
    order.map(str::to_owned).collect()
}

/// Whether a condition cannot hold at the very start: it asks for days or for the plan's tasks.
fn takes_time(condition: &Expr) -> bool {
    condition.reads_engine() || condition.reads_now()
}

/// What is started by another protocol reads an entry only of the registers that enrol the other one.
fn check_started(log: &mut Log, editions: &[Edition<'_>], from: &Protocol, protocols: &[Arc<Protocol>], start: &str) {
    let theirs = match &from.enrol.source {
        EnrolSource::On(on) => on,
        EnrolSource::Campaign(campaign) => &campaign.on,
        EnrolSource::Set(_) | EnrolSource::Enrolled(_) | EnrolSource::Started => {
            return no_entry(log, editions, from, protocols, start);
        }
    };
    for target in protocols.iter().filter(|target| target.id == start) {
        if let EnrolSource::On(on) = &target.enrol.source
            && !theirs.iter().all(|register| on.contains(register))
        {
            refuse_start(log, editions, from, target);
        }
    }
}

fn no_entry(log: &mut Log, editions: &[Edition<'_>], from: &Protocol, protocols: &[Arc<Protocol>], start: &str) {
    for target in protocols.iter().filter(|target| target.id == start) {
        if matches!(target.enrol.source, EnrolSource::On(_)) {
            refuse_start(log, editions, from, target);
        }
    }
}

fn refuse_start(log: &mut Log, editions: &[Edition<'_>], from: &Protocol, target: &Protocol) {
    log.error(
        place(editions, from),
        (
            format!("协议 {} 由别的登记表纳入，不能由 {} 启动", target.id, from.id),
            format!(
                "protocol {} enrols on other registers, {} cannot start it",
                target.id, from.id
            ),
        ),
        ("给它写 enrol = \"started\"", "give it enrol = \"started\""),
    );
}
