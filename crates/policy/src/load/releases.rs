//! How a protocol ends, and what happens when it goes wrong.

use super::compile::{checked, checked_text, expr};
use super::conditions::quoted;
use super::gather::Decls;
use super::log::Log;
use super::protocols::Seen;
use super::table::{Table, words};
use super::tree::{Spot, Value};
use crate::expr::Expr;
use crate::expr::check::{Want, known_hint};
use crate::expr::limits::outside_quotes;
use crate::expr::node::Ask;
use crate::expr::scope::{Scope, Site};
use crate::expr::ty::Ty;
use crate::model::{Escalation, Release, ReleasePart, Task};
use lianfang_kernel::Words;

pub(super) const RELEASE_KEYS: &[&str] = &["outcome", "when", "on", "start", "missing"];
pub(super) const ESCALATE_KEYS: &[&str] = &["on", "to", "start", "outcome"];

fn scope<'w>(seen: &Seen<'w>) -> Scope<'w> {
    let scope = seen.scope.clone().at(Site::Release);
    scope
        .var("start", Ty::Instant)
        .var("day_zero", Ty::Instant)
        .var("days", Ty::Int)
        .var("now", Ty::Instant)
}

pub(super) fn releases(
    log: &mut Log,
    table: &Table<'_>,
    seen: &Seen<'_>,
    tasks: &[Task],
    decls: &Decls<'_>,
) -> Vec<Release> {
    let scope = scope(seen);
    let mut releases = Vec::new();
    for spot in table.list(log, "release") {
        let Some(read) = Table::read(log, spot, "release", RELEASE_KEYS) else {
            continue;
        };
        let outcome = read.required_text(log, "outcome");
        if let (Some(outcome), Some(spot)) = (outcome, read.get("outcome")) {
            check_outcome(log, spot, outcome);
        }
        let when = read.required(log, "when");
        let Some((when, spot)) = when.and_then(|spot| Some((checked(log, spot, &scope, &Want::Ty(Ty::Bool))?, spot)))
        else {
            continue;
        };
        let parts = parts(log, &read, spot, &scope, tasks);
        check_reachable(log, spot, &parts, tasks);
        let on = read.text(log, "on").map(str::to_owned);
        if let Some(register) = &on
            && decls.find("register", register).is_none()
        {
            let hint = known_hint(register, decls.ids("register"));
            log.error(
                read.place("on"),
                (
                    format!("没有登记表 {register}"),
                    format!("there is no register {register}"),
                ),
                hint,
            );
        }
        let start = started(log, &read, decls);
        if let Some(outcome) = outcome {
            releases.push(Release {
                outcome: outcome.to_owned(),
                when: when.expr,
                parts,
                on,
                start,
            });
        }
    }
    if seen.restricts && releases.is_empty() {
        log.error(
            table.at(),
            (
                "限制人身的协议没有解除条件",
                "what restricts a person has no way to end",
            ),
            ("请写 release", "write a release"),
        );
    }
    releases
}

fn check_outcome(log: &mut Log, spot: &Spot, outcome: &str) {
    if outcome.is_empty()
        || !outcome
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b))
    {
        log.error(
            spot.place(),
            (format!("结局 {outcome} 不合规"), format!("{outcome} is no outcome id")),
            (
                "只含小写字母、数字、下划线和连字符",
                "lower-case letters, digits, _ and - only",
            ),
        );
    }
    if ["active", "opened", "merged", "withdrawn"].contains(&outcome) {
        log.error(
            spot.place(),
            (
                format!("结局 {outcome} 是自带的状态"),
                format!("{outcome} is a state of its own already"),
            ),
            ("请换一个名称", "take another name"),
        );
    }
}

fn started(log: &mut Log, table: &Table<'_>, decls: &Decls<'_>) -> Option<String> {
    let id = table.text(log, "start")?;
    if decls.find("protocol", id).is_none() {
        let hint = known_hint(id, decls.ids("protocol"));
        log.error(
            table.place("start"),
            (format!("没有协议 {id}"), format!("there is no protocol {id}")),
            hint,
        );
    }
    Some(id.to_owned())
}

/// The conjuncts of a release with what people read while each does not hold. Each is compiled under what those before
/// it prove; asked alone, one may meet a missing value, which means that it does not hold.
fn parts(log: &mut Log, table: &Table<'_>, spot: &Spot, scope: &Scope<'_>, tasks: &[Task]) -> Vec<ReleasePart> {
    let Value::Text(text, _) = &spot.value else {
        return Vec::new();
    };
    let missing = table.list(log, "missing");
    let conjuncts = conjuncts(text);
    if !missing.is_empty() && missing.len() != conjuncts.len() {
        log.error(
            table.place("missing"),
            (
                format!("when 有 {} 项，missing 有 {} 项", conjuncts.len(), missing.len()),
                format!("when has {} parts, missing has {}", conjuncts.len(), missing.len()),
            ),
            ("每个 && 项一条", "one for each part joined by &&"),
        );
    }
    let mut scope = scope.clone();
    let mut parts = Vec::new();
    for (index, part) in conjuncts.into_iter().enumerate() {
        let Some(part) = checked_text(log, spot, part, &scope, &Want::Ty(Ty::Bool)) else {
            continue;
        };
        let told = missing.get(index).and_then(|spot| words(log, spot, "missing"));
        scope.facts.extend(part.facts);
        parts.push(ReleasePart {
            missing: told.unwrap_or_else(|| told_by(&part.expr, tasks)),
            when: part.expr,
        });
    }
    parts
}

/// The parts that stand between `&&` outside of brackets and quotes; the whole when `||` or `?` stands there too.
fn conjuncts(text: &str) -> Vec<&str> {
    let (mut depth, mut cuts, mut whole) = (0usize, Vec::new(), false);
    let bytes = text.as_bytes();
    for (at, byte) in outside_quotes(text) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            b'?' if depth == 0 => whole = true,
            b'|' if depth == 0 && bytes.get(at + 1) == Some(&b'|') => whole = true,
            b'&' if depth == 0 && bytes.get(at + 1) == Some(&b'&') => cuts.push(at),
            _ => {}
        }
    }
    if whole || cuts.is_empty() {
        return vec![text.trim()];
    }
    let mut parts = Vec::new();
    let mut from = 0;
    for cut in cuts {
        parts.push(text.get(from..cut).unwrap_or("").trim());
        from = cut + 2;
    }
    parts.push(text.get(from..).unwrap_or("").trim());
    parts
}

fn told_by(part: &Expr, tasks: &[Task]) -> Words {
    let title = |id: &str| {
        tasks
            .iter()
            .find(|task| task.id == *id)
            .map_or_else(|| Words::same(id), |task| task.title.clone())
    };
    if let Some((ask, task)) = part.only_ask() {
        let title = title(task);
        match ask {
            Ask::Done => return Words::new(format!("{}未完成", title.zh), format!("{} not done", title.en)),
            Ask::AllDone => return Words::new(format!("{}未全部完成", title.zh), format!("{} not all done", title.en)),
            _ => {}
        }
    }
    match part.least_days() {
        Some(n) => Words::new(format!("观察期未满{n}天"), format!("{n} days not over")),
        None => quoted(part.source()),
    }
}

/// A release that asks for a task which is not planned before the days it asks for, or after nothing, is never reached.
fn check_reachable(log: &mut Log, spot: &Spot, parts: &[ReleasePart], tasks: &[Task]) {
    let most = parts.iter().filter_map(|part| part.when.most_days()).min();
    for part in parts {
        let Some((Ask::Done | Ask::AllDone, id)) = part.when.only_ask() else {
            continue;
        };
        let first = tasks
            .iter()
            .find(|task| task.id == id)
            .and_then(|task| task.days.as_ref())
            .map(|days| days.bounds().0);
        if let (Some(most), Some(first)) = (most, first)
            && first > most
        {
            log.error(
                spot.place(),
                (
                    format!("任务 {id} 从第 {first} 天起，而解除限于第 {most} 天前"),
                    format!("task {id} begins on day {first}, the release asks for day {most} or before"),
                ),
                ("请调整天数", "change the days"),
            );
        }
    }
    let least = parts.iter().filter_map(|part| part.when.least_days()).max();
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        log.error(
            spot.place(),
            (
                format!("解除要求满 {least} 天又不过 {most} 天"),
                format!("the release asks for at least {least} and at most {most} days"),
            ),
            ("这样永远不能解除", "nobody would ever be released"),
        );
    }
}

pub(super) fn escalations(log: &mut Log, table: &Table<'_>, seen: &Seen<'_>, decls: &Decls<'_>) -> Vec<Escalation> {
    let scope = scope(seen);
    let mut escalations = Vec::new();
    for spot in table.list(log, "escalate") {
        let Some(read) = Table::read(log, spot, "escalate", ESCALATE_KEYS) else {
            continue;
        };
        let on = read.required(log, "on");
        let on = expr(log, on, &scope, Ty::Bool);
        let to = expr(log, read.get("to"), &seen.owner(), Ty::Desk);
        let start = started(log, &read, decls);
        let outcome = read.text(log, "outcome").map(str::to_owned);
        if let (Some(outcome), Some(spot)) = (&outcome, read.get("outcome")) {
            check_outcome(log, spot, outcome);
        }
        if ["to", "start", "outcome"].iter().all(|key| read.get(key).is_none()) {
            log.error(
                read.at(),
                ("升级没有说明做什么", "the escalation does nothing"),
                ("请写 to、start 或 outcome", "write to, start or outcome"),
            );
        }
        let Some(on) = on else { continue };
        let names_task = on.asked(Ask::Missed).into_iter().next().map(|task| task.to_string());
        escalations.push(Escalation {
            on,
            names_task,
            to,
            start,
            outcome,
        });
    }
    escalations
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_falls_apart_at_its_own_conjunctions_only() {
        let text = "days >= 7 && (a || b && c) && x == '&&'";
        assert_eq!(conjuncts(text), ["days >= 7", "(a || b && c)", "x == '&&'"]);
        assert_eq!(conjuncts("a && b || c"), ["a && b || c"]);
    }
}
