//! Briefings: numbered publications made of figures.

use super::gather::{Decls, table};
use super::log::{At, Log};
use super::table::{Table, words, wrong};
use super::tree::{Spot, Value};
use crate::expr::check::known_hint;
use crate::model::{Against, Briefing, BriefingBlock, Flows, Indicator, IndicatorKind};
use lianfang_kernel::{TimeOfDay, Words};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) const KEYS: &[&str] = &["series", "as_of", "public", "to", "block"];
pub(super) const BLOCK_KEYS: &[&str] = &["kind", "indicator", "by", "against", "days", "in", "out", "text"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Figure,
    Table,
    List,
    Chart,
    Gaps,
    Reconcile,
}

pub(super) fn briefings(
    log: &mut Log,
    decls: &Decls<'_>,
    indicators: &BTreeMap<String, Arc<Indicator>>,
) -> BTreeMap<String, Arc<Briefing>> {
    let mut briefings = BTreeMap::new();
    for decl in decls.of("briefing") {
        let Some(table) = table(log, decl, "briefing", KEYS) else {
            continue;
        };
        let series = table.required_text(log, "series");
        let as_of = time(log, &table);
        table.required(log, "block");
        let blocks: Vec<BriefingBlock> = table
            .list(log, "block")
            .iter()
            .filter_map(|spot| block(log, spot, indicators))
            .collect();
        let (title, meets) = (table.title(log, decl.id), table.meets(log));
        let (is_public, addressed_to) = (table.flag(log, "public"), table.words(log, "to"));
        let (Some(series), Some(as_of)) = (series, as_of) else {
            continue;
        };
        let briefing = Briefing {
            id: decl.id.to_owned(),
            pack: decl.pack.clone(),
            title,
            series: series.to_owned(),
            as_of,
            is_public,
            addressed_to,
            blocks,
            meets,
        };
        briefings.insert(decl.id.to_owned(), Arc::new(briefing));
    }
    briefings
}

fn time(log: &mut Log, table: &Table<'_>) -> Option<TimeOfDay> {
    let written = table.required_text(log, "as_of")?;
    let time = TimeOfDay::parse(written).ok();
    if time.is_none() {
        wrong(
            log,
            table.get("as_of")?,
            "as_of",
            ("时刻，如 17:00", "a time of day such as 17:00"),
        );
    }
    time
}

fn block(log: &mut Log, spot: &Spot, indicators: &BTreeMap<String, Arc<Indicator>>) -> Option<BriefingBlock> {
    let read = Table::read(log, spot, "block", BLOCK_KEYS)?;
    read.required(log, "kind");
    let kinds = [
        ("text", Kind::Text),
        ("figure", Kind::Figure),
        ("table", Kind::Table),
        ("list", Kind::List),
        ("chart", Kind::Chart),
        ("gaps", Kind::Gaps),
        ("reconcile", Kind::Reconcile),
    ];
    let kind = read.choice(log, "kind", &kinds)?;
    if kind == Kind::Text {
        let text = read.required_words(log, "text");
        // Words without somebody who answers for them are nobody's.
        let source = read.required(log, "source").and_then(|spot| named(log, spot));
        return Some(BriefingBlock::Text {
            text: text?,
            source: source?,
        });
    }
    let id = read.required_text(log, "indicator")?;
    let indicator = known(log, id, read.place("indicator"), indicators)?;
    if kind != Kind::Chart && read.get("days").is_some() {
        log.error(
            read.place("days"),
            ("days 只用于 kind = \"chart\"", "days goes with kind = \"chart\""),
            ("请去掉 days", "leave days out"),
        );
    }
    match kind {
        Kind::Gaps => Some(BriefingBlock::Gaps {
            indicator: id.to_owned(),
            against: against(log, &read),
        }),
        Kind::List => list(log, &read, indicator),
        Kind::Chart => chart(log, &read, indicator),
        Kind::Reconcile => reconcile(log, &read, indicator, indicators),
        Kind::Text | Kind::Figure | Kind::Table => figure(log, &read, kind, indicator),
    }
}

/// Who answers for words: in both languages, or one name that is the same in both.
fn named(log: &mut Log, spot: &Spot) -> Option<Words> {
    match &spot.value {
        Value::Text(name, _) => Some(Words::same(name)),
        _ => words(log, spot, "source"),
    }
}

fn known<'i>(
    log: &mut Log,
    id: &str,
    at: At,
    indicators: &'i BTreeMap<String, Arc<Indicator>>,
) -> Option<&'i Arc<Indicator>> {
    let found = indicators.get(id);
    if found.is_none() {
        let hint = known_hint(id, indicators.keys().map(String::as_str));
        log.error(
            at,
            (format!("没有指标 {id}"), format!("there is no indicator {id}")),
            hint,
        );
    }
    found
}

/// The earlier issue that a block is set against.
fn against(log: &mut Log, read: &Table<'_>) -> Option<Against> {
    let issues = [("day_before", Against::DayBefore), ("week_before", Against::WeekBefore)];
    read.choice(log, "against", &issues)
}

/// The parts of a figure as lines: by one thing.
fn list(log: &mut Log, read: &Table<'_>, indicator: &Indicator) -> Option<BriefingBlock> {
    read.required(log, "by")?;
    let mut by = parts(log, read, indicator);
    if by.len() > 1 {
        log.error(
            read.place("by"),
            ("list 只按一项列出", "a list is by one thing"),
            ("要按两项请用 kind = \"table\"", "for two use kind = \"table\""),
        );
    }
    Some(BriefingBlock::List {
        indicator: indicator.id.clone(),
        by: by.pop()?,
    })
}

/// Longest and usual number of days of a chart.
const CHART_DAYS: (i64, u8) = (92, 14);

fn chart(log: &mut Log, read: &Table<'_>, indicator: &Indicator) -> Option<BriefingBlock> {
    let adds_up = matches!(
        indicator.kind,
        IndicatorKind::Count { pick: None, .. } | IndicatorKind::Sum { pick: None, .. }
    );
    if !adds_up || !indicator.by.iter().any(|by| by == "day") {
        let id = &indicator.id;
        log.error(
            read.place("indicator"),
            (
                format!("指标 {id} 不按日累计，画不出曲线"),
                format!("indicator {id} does not add up by day, so there is no curve of it"),
            ),
            (
                "换成 count 或 sum，且 by 含 day",
                "name a count or sum whose by holds day",
            ),
        );
        return None;
    }
    let days = read.int(log, "days", 2, CHART_DAYS.0);
    let days = days.and_then(|days| u8::try_from(days).ok());
    Some(BriefingBlock::Chart {
        indicator: indicator.id.clone(),
        days: days.unwrap_or(CHART_DAYS.1),
    })
}

fn figure(log: &mut Log, read: &Table<'_>, kind: Kind, indicator: &Indicator) -> Option<BriefingBlock> {
    if kind == Kind::Table {
        read.required(log, "by");
    }
    Some(BriefingBlock::Figure {
        indicator: indicator.id.clone(),
        by: parts(log, read, indicator),
        against: against(log, read),
    })
}

/// What the figure is taken apart by.
fn parts(log: &mut Log, read: &Table<'_>, indicator: &Indicator) -> Vec<String> {
    let id = &indicator.id;
    let mut by = Vec::new();
    for (name, spot) in read.texts(log, "by") {
        if !indicator.by.iter().any(|known| known == name) {
            let hint = known_hint(name, indicator.by.iter().map(String::as_str));
            log.error(
                spot.place(),
                (
                    format!("指标 {id} 不能按 {name} 分组"),
                    format!("indicator {id} is not broken down by {name}"),
                ),
                hint,
            );
        }
        by.push(name.to_owned());
    }
    by
}

/// A stock of enrolments has its flows in itself, its outcomes; any other names them.
fn reconcile(
    log: &mut Log,
    read: &Table<'_>,
    indicator: &Indicator,
    indicators: &BTreeMap<String, Arc<Indicator>>,
) -> Option<BriefingBlock> {
    let mut named = |key: &str| -> Vec<String> {
        let ids = read.texts(log, key);
        ids.into_iter()
            .filter_map(|(id, spot)| known(log, id, spot.place(), indicators))
            .map(|indicator| indicator.id.clone())
            .collect()
    };
    let flows = Flows {
        into: named("in"),
        out: named("out"),
    };
    let is_of_enrolments = matches!(indicator.kind, IndicatorKind::Enrolments { .. });
    let names_none = flows.into.is_empty() && flows.out.is_empty();
    if names_none != is_of_enrolments {
        log.error(
            read.at(),
            (
                "不知道什么增加、什么减少这个数".to_owned(),
                "it is not known what fills and empties this figure".to_owned(),
            ),
            (
                "方案在管人数按结局核对，不写 in、out；其他指标写明 in 和 out",
                "enrolments are reconciled by their outcomes, without in and out; any other figure names both",
            ),
        );
        return None;
    }
    Some(BriefingBlock::Reconcile {
        indicator: indicator.id.clone(),
        flows: (!names_none).then_some(flows),
    })
}
