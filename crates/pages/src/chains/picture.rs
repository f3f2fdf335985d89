//! The cases that are shown as a picture: one by one, or, where there are too many, cluster by cluster.

use super::show::{address, class_words};
use super::{DRAWN, Shown, pick};
use crate::form::Form;
use crate::visit::date;
use lianfang_epi::layout::{Item, lay};
use lianfang_kernel::{Day, Lang};
use lianfang_policy::Snapshot;
use lianfang_server::LinkSource;
use lianfang_ui::charts::chains::{Bar, ChainPicture, Mark, Row, gap_days};
use lianfang_ui::{dates, paths};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Clusters that are drawn where cases are too many, the largest.
const BARS: usize = 80;

/// The picture; none without a case.
pub(super) fn of(
    snapshot: &Snapshot,
    shown: &Shown,
    query: &Form,
    lang: Lang,
    opens_files: bool,
) -> Option<ChainPicture> {
    let days = || shown.cases.iter().filter_map(|case| shown.day(*case));
    shown.cases.first()?;
    let (first, last) = (days().min().unwrap_or(Day(0)), days().max().unwrap_or(Day(0)));
    let mut picture = ChainPicture {
        title: title(shown, lang),
        desc: desc(shown, lang),
        first: date(first),
        last: date(last),
        svg: address(&format!("{}/chains.svg", paths::CHAINS), query, &[], &[]),
        ..ChainPicture::default()
    };
    if shown.cases.len() > DRAWN {
        picture.bars = bars(shown, query, lang);
    } else {
        cases(snapshot, shown, lang, opens_files, &mut picture);
    }
    Some(picture)
}

fn title(shown: &Shown, lang: Lang) -> String {
    let linked = shown.cases.iter().filter(|case| shown.size(**case) > 1);
    let clusters: BTreeSet<usize> = linked
        .clone()
        .map(|case| shown.all.chains.links[*case].cluster)
        .collect();
    let (all, linked, clusters) = (shown.cases.len(), linked.count(), clusters.len());
    pick(
        lang,
        format!("{all}例中{linked}例有已知关联，共{clusters}起聚集"),
        format!("{linked} of {all} cases are linked, in {clusters} clusters"),
    )
}

fn desc(shown: &Shown, lang: Lang) -> String {
    match shown.by_report {
        true => pick(
            lang,
            "横轴为报告日，纵轴为代次",
            "Days of report across, generations down",
        ),
        false => pick(
            lang,
            "横轴为发病日，纵轴为代次",
            "Days of onset across, generations down",
        ),
    }
}

/// Blocks in the order in which clusters begin; cases that stand alone share the last.
fn blocks(shown: &Shown) -> HashMap<usize, usize> {
    let mut begins: BTreeMap<usize, Option<Day>> = BTreeMap::new();
    for case in shown.cases.iter().filter(|case| shown.size(**case) > 1) {
        let first = begins.entry(shown.all.chains.links[*case].cluster).or_default();
        *first = (*first).into_iter().chain(shown.day(*case)).min();
    }
    let mut order: Vec<(Option<Day>, usize)> = begins.into_iter().map(|(number, day)| (day, number)).collect();
    order.sort_unstable();
    order
        .into_iter()
        .enumerate()
        .map(|(block, (_, number))| (number, block))
        .collect()
}

fn cases(snapshot: &Snapshot, shown: &Shown, lang: Lang, opens_files: bool, picture: &mut ChainPicture) {
    let blocks = blocks(shown);
    let places: HashMap<usize, usize> = shown
        .cases
        .iter()
        .enumerate()
        .map(|(place, case)| (*case, place))
        .collect();
    let item = |case: &usize| {
        let link = &shown.all.chains.links[*case];
        Item {
            id: shown.all.cases[*case].subject.to_string(),
            day: shown.day(*case),
            block: blocks.get(&link.cluster).copied().unwrap_or(blocks.len()),
            row: link.generation,
            from: link.infector.and_then(|from| places.get(&from).copied()),
        }
    };
    let items: Vec<Item> = shown.cases.iter().map(item).collect();
    let placed = lay(&items, gap_days(picture.first, picture.last));
    picture.height = placed.height;
    picture.rows = placed
        .rows
        .iter()
        .map(|row| Row {
            label: match row.block == blocks.len() {
                true => pick(lang, "没有已知关联", "Not linked"),
                false => pick(lang, format!("第{}代", row.row), format!("Generation {}", row.row)),
            },
            lane: row.lane,
            lanes: row.lanes,
            begins: row.row == 0,
        })
        .collect();
    let mark = |(case, (item, lane)): (&usize, (&Item, &usize))| {
        let one = &shown.all.cases[*case];
        let day = match item.day {
            Some(day) => dates::day(lang, date(day)),
            None => pick(lang, "日期不详", "day not known"),
        };
        let class = class_words(snapshot, one.class.as_deref(), lang);
        let place = crate::region_steps::name(&snapshot.regions, lang, &one.region);
        let told: Vec<String> = [day, class, place]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect();
        Mark {
            label: one.label.clone(),
            told: told.join(" · "),
            day: item.day.map(date),
            lane: *lane,
            from: item.from,
            is_contact: shown.all.sources[*case] == Some(LinkSource::Contact),
            is_faint: !shown.is_asked[*case],
            href: opens_files.then(|| paths::subject(&one.subject.to_string())),
        }
    };
    picture.marks = shown
        .cases
        .iter()
        .zip(items.iter().zip(&placed.lanes))
        .map(mark)
        .collect();
}

fn bars(shown: &Shown, query: &Form, lang: Lang) -> Vec<Bar> {
    let mut clusters: BTreeMap<usize, (usize, Option<Day>, Option<Day>)> = BTreeMap::new();
    for case in shown.cases.iter().filter(|case| shown.size(**case) > 1) {
        let (size, first, last) = clusters.entry(shown.all.chains.links[*case].cluster).or_default();
        let day = shown.day(*case);
        *size += 1;
        *first = (*first).into_iter().chain(day).min();
        *last = (*last).into_iter().chain(day).max();
    }
    let mut largest: Vec<_> = clusters.into_iter().collect();
    largest.sort_by_key(|(number, (size, ..))| (std::cmp::Reverse(*size), *number));
    largest.truncate(BARS);
    largest.sort_by_key(|(number, (_, first, _))| (*first, *number));
    let bar = |(number, (size, first, last)): (usize, (usize, Option<Day>, Option<Day>))| {
        let generations = shown.all.chains.clusters[number - 1].generations;
        Bar {
            label: pick(
                lang,
                format!("第{number}起：{size}例，{generations}代"),
                format!("{number}: {size} cases, {generations} generations"),
            ),
            first: first.map(date),
            last: last.map(date),
            href: address(
                paths::CHAINS,
                query,
                &["cluster", "case"],
                &[("cluster", &number.to_string())],
            ),
        }
    };
    largest.into_iter().map(bar).collect()
}
