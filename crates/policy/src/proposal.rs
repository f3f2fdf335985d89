//! A change of policy proposed in words of the language: one version of a protocol, or rows that stand above a rule's.
//!
//! It is checked together with everything in force, and says from which day it holds. What it changes is told by
//! [`crate::difference`]; what it would do to people is a preview.

use crate::difference::{Difference, Touched, compare, touched};
use crate::load::{Finding, FindingSeverity, ItemKey, Items, Source, items, load};
use crate::model::Model;
use lianfang_kernel::{Day, Words};

/// A proposed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The text, under the path by which findings name it.
    pub source: Source,
    /// The first day on which it holds.
    pub effective_on: Day,
}

/// The packs with a proposal in them.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// What it proposes.
    pub item: ItemKey,
    /// The overlay with the proposal behind everything that stood there.
    pub overlay: Vec<Source>,
    /// All packs with it, checked.
    pub model: Model,
    /// What is different.
    pub differences: Vec<Difference>,
    /// Which protocols that touches.
    pub touched: Touched,
}

/// Checks a proposal against packs and overlay as they are.
///
/// # Errors
/// Every finding; a text that proposes nothing, more than one thing, or something that starts on another day.
pub fn candidate(
    packs: &[Source],
    overlay: &[Source],
    proposal: &Proposal,
    today: Day,
) -> Result<Candidate, Vec<Finding>> {
    let alone = items(&[], std::slice::from_ref(&proposal.source))?;
    let item = only_one(&alone, &proposal.source.path)?;
    let wrong_days = days_that_differ(&alone, proposal);
    if !wrong_days.is_empty() {
        return Err(wrong_days);
    }
    if proposal.effective_on < today {
        let what = Words::new("生效日期已过", "The day on which it would hold has passed");
        let hint = Words::new("请改为今天或以后", "Choose today or a later day");
        return Err(vec![finding(&proposal.source.path, 1, what, hint)]);
    }
    let mut with = overlay.to_vec();
    with.push(proposal.source.clone());
    let loaded = load(packs, &with)?;
    let (old, new) = (items(packs, overlay)?, items(packs, &with)?);
    let differences = compare(&old, &new, Some(today));
    let reached = touched(&old, &new, &differences);
    Ok(Candidate {
        item,
        overlay: with,
        model: loaded.model,
        differences,
        touched: reached,
    })
}

/// The newest version of a protocol as it is written: the last table of that id, with its own sub-tables.
pub fn written(sources: &[Source], protocol: &str) -> Option<String> {
    let heads = [format!("[protocol.{protocol}]"), format!("[[protocol.{protocol}]]")];
    let below = format!("[protocol.{protocol}.");
    sources.iter().rev().find_map(|source| {
        let lines: Vec<&str> = source.text.lines().collect();
        let first = lines
            .iter()
            .rposition(|line| heads.iter().any(|head| line.trim() == head))?;
        let others = lines[first + 1..]
            .iter()
            .position(|line| line.starts_with('[') && !line.starts_with(&below));
        let end = others.map_or(lines.len(), |n| first + 1 + n);
        Some(lines[first..end].join("\n").trim_end().to_owned())
    })
}

fn only_one(alone: &Items, path: &str) -> Result<ItemKey, Vec<Finding>> {
    let mut keys = alone.iter();
    let first = keys.next();
    let rest = keys.next();
    match (first, rest) {
        (Some((key, _)), None) if matches!(key.table, "protocol" | "rule") => Ok(key.clone()),
        (Some((_, item)), _) => {
            let what = Words::new(
                "一次只能改一个方案版本，或一条规则的几行",
                "A change is one version of a protocol, or rows of one rule",
            );
            let hint = Words::new(
                "写 [[protocol.编号]] 或 [rule.编号]，其余另行提出",
                "Write [[protocol.ID]] or [rule.ID]; propose anything else apart",
            );
            let line = rest.map_or(item.line, |(_, second)| second.line);
            Err(vec![finding(path, line, what, hint)])
        }
        (None, _) => {
            let what = Words::new("没有写要改什么", "Nothing is proposed");
            let hint = Words::new(
                "写 [[protocol.编号]] 或 [rule.编号]",
                "Write [[protocol.ID]] or [rule.ID]",
            );
            Err(vec![finding(path, 1, what, hint)])
        }
    }
}

/// Everything proposed begins on the day that the proposal names, neither before nor at no day at all.
fn days_that_differ(alone: &Items, proposal: &Proposal) -> Vec<Finding> {
    let wanted = proposal.effective_on.to_string();
    let mut found = Vec::new();
    for (key, item) in alone {
        let line = |part: &str| line_of(&proposal.source.text, part).unwrap_or(item.line);
        let given: Vec<(String, Option<&String>)> = match key.table {
            "protocol" => vec![("in_force".to_owned(), item.values.get("in_force.from"))],
            _ => rows(item.values.keys())
                .map(|row| ("row".to_owned(), item.values.get(&format!("row.{row}.from"))))
                .collect(),
        };
        for (part, from) in given {
            if from.is_some_and(|from| *from == wanted) {
                continue;
            }
            let said = from.cloned();
            let what = match said {
                Some(said) => Words::new(
                    format!("文中自 {said} 起，与生效日期 {wanted} 不一致"),
                    format!("The text begins on {said}, the change on {wanted}"),
                ),
                None => Words::new("没有写自哪一天起", "It does not say from which day it holds"),
            };
            let hint = match key.table {
                "protocol" => Words::same(format!("in_force = {{ from = \"{wanted}\" }}")),
                _ => Words::same(format!("row = [{{ from = \"{wanted}\", … }}]")),
            };
            found.push(finding(&proposal.source.path, line(&part), what, hint));
        }
    }
    found
}

fn rows<'k>(paths: impl Iterator<Item = &'k String>) -> impl Iterator<Item = u32> {
    let mut numbers: Vec<u32> = paths
        .filter_map(|path| path.strip_prefix("row.")?.split('.').next()?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter()
}

/// The first line that begins with a key.
fn line_of(text: &str, key: &str) -> Option<u32> {
    let at = text.lines().position(|line| line.trim_start().starts_with(key))?;
    u32::try_from(at + 1).ok()
}

fn finding(path: &str, line: u32, what: Words, hint: Words) -> Finding {
    Finding {
        file: path.to_owned(),
        line,
        column: 1,
        what,
        hint,
        severity: FindingSeverity::Error,
    }
}
