//! Briefings: numbered publications made of figures.

use super::gather::{Decls, table};
use super::log::Log;
use super::table::{Table, wrong};
use super::tree::Spot;
use crate::expr::check::known_hint;
use crate::model::{Briefing, BriefingBlock, Indicator};
use lianfang_kernel::TimeOfDay;
use std::collections::BTreeMap;
use std::sync::Arc;

const KEYS: &[&str] = &["series", "as_of", "block"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Figure,
    Table,
    Gaps,
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
        let (Some(series), Some(as_of)) = (series, as_of) else {
            continue;
        };
        let briefing = Briefing {
            id: decl.id.to_owned(),
            pack: decl.pack.clone(),
            title,
            series: series.to_owned(),
            as_of,
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
    let read = Table::read(log, spot, "block", &["kind", "indicator", "by", "text"])?;
    read.required(log, "kind");
    let kinds = [
        ("text", Kind::Text),
        ("figure", Kind::Figure),
        ("table", Kind::Table),
        ("gaps", Kind::Gaps),
    ];
    let kind = read.choice(log, "kind", &kinds)?;
    if kind == Kind::Text {
        let text = read.required_words(log, "text");
        // Words without somebody who answers for them are nobody's.
        let source = read.required_text(log, "source");
        return Some(BriefingBlock::Text {
            text: text?,
            source: source?.to_owned(),
        });
    }
    let id = read.required_text(log, "indicator")?;
    let Some(indicator) = indicators.get(id) else {
        let hint = known_hint(id, indicators.keys().map(String::as_str));
        log.error(
            read.place("indicator"),
            (format!("没有指标 {id}"), format!("there is no indicator {id}")),
            hint,
        );
        return None;
    };
    if kind == Kind::Gaps {
        return Some(BriefingBlock::Gaps {
            indicator: id.to_owned(),
        });
    }
    if kind == Kind::Table {
        read.required(log, "by");
    }
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
    Some(BriefingBlock::Figure {
        indicator: id.to_owned(),
        by,
    })
}
