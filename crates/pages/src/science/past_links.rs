//! Who infected whom in an outbreak that is over: generations, serial intervals, and how unequally many were infected.

use super::outbreaks::Outbreak;
use super::past::{file_of, run_sheet, run_sheets};
use super::results::{cell, pick};
use super::words::number;
use lianfang_epi::Table;
use lianfang_kernel::{Lang, Words};
use lianfang_ui::charts::{Chart, Column};
use lianfang_ui::text::grouped;
use lianfang_ui::views::science::{Method, Section};
use std::collections::{BTreeMap, BTreeSet};

/// Numbers infected from here on are one column.
const MANY: usize = 10;

/// The section; what cannot be estimated says why.
pub(super) fn who_infected_whom(one: &Outbreak, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let section = Section {
        heading: pick(lang, "谁传给了谁", "Who infected whom"),
        about: pick(
            lang,
            "由已查明的传播对得出。柱为传给了多少人的病例各有几例：k 越小，越是少数病例传给了多数人，找到聚集比平均数更要紧。没有查到的传播不在其中，所以这里的 R 是下限。",
            "From the pairs that were found. Columns say how many cases infected so many others: the smaller k, the fewer cases infected most of the others, and the more finding clusters matters beside any mean. Links that nobody found are missing, so that R here is the least it may have been.",
        ),
        method: Method {
            name: pick(
                lang,
                "负二项分布最大似然（Lloyd-Smith 等 2005）",
                "Negative binomial by maximum likelihood (Lloyd-Smith et al. 2005)",
            ),
            source: "doi:10.1038/nature04153".to_owned(),
            inputs: Words::new("{n}例，{links}对", "{n} cases, {links} pairs")
                .with("n", grouped(one.list.cases.len() as i64))
                .with("links", grouped(one.list.links.len() as i64))
                .get(lang)
                .to_owned(),
        },
        ..Section::default()
    };
    let found = chains(one, lang).and_then(|cases| Ok((offspring(&cases, lang)?, cases)));
    let (spread, cases) = match found {
        Ok(found) => found,
        Err(why) => {
            return Section {
                none: Some(why),
                ..section
            };
        }
    };
    tables.insert("links", cases.to_csv());
    Section {
        chart: Some(numbers_infected(&cases, lang)),
        facts: [chain_facts(&cases, lang), spread_facts(&spread, lang)].concat(),
        csv: file_of(one, "links.csv"),
        svg: Some(file_of(one, "links.svg")),
        ..section
    }
}

fn chains(one: &Outbreak, lang: Lang) -> Result<Table, String> {
    let mut list = Table::new(["case_id", "onset"]);
    for (id, onset) in &one.list.cases {
        let onset = onset.map_or_else(|| "NA".to_owned(), |day| day.to_string());
        list.push(vec![id.clone(), onset]);
    }
    let mut pairs = Table::new(["infector", "infectee"]);
    for (from, to) in &one.list.links {
        pairs.push(vec![from.clone(), to.clone()]);
    }
    run_sheets("chains", [("linelist", list), ("contacts", pairs)], &[], lang)
}

fn offspring(cases: &Table, lang: Lang) -> Result<Table, String> {
    let mut sheet = Table::new(["case_id", "offspring"]);
    for row in 0..cases.len() {
        let of = |name: &str| cases.text(row, name).unwrap_or_default().to_owned();
        sheet.push(vec![of("case_id"), of("infected")]);
    }
    run_sheet("offspring", ("data", sheet), &[], lang)
}

fn whole(cases: &Table, name: &str) -> Vec<usize> {
    let read = |row: usize| cases.text(row, name)?.parse().ok();
    (0..cases.len()).filter_map(read).collect()
}

fn numbers_infected(cases: &Table, lang: Lang) -> Chart {
    let mut n_by_infected = [0_u32; MANY + 1];
    for infected in whole(cases, "infected") {
        n_by_infected[infected.min(MANY)] += 1;
    }
    let column = |(infected, n): (usize, &u32)| Column {
        label: match infected {
            MANY => Words::new("{n}人以上", "{n} or more")
                .with("n", MANY)
                .get(lang)
                .to_owned(),
            _ => infected.to_string(),
        },
        value: Some(f64::from(*n)),
        is_partial: false,
    };
    let title = Words::new(
        "{share}%的病例没有查到传给别人",
        "{share} % of the cases infected nobody that is known",
    )
    .with("share", n_by_infected[0] as usize * 100 / cases.len().max(1));
    Chart {
        id: "past-links".to_owned(),
        title: title.get(lang).to_owned(),
        desc: pick(
            lang,
            "传给了多少人的病例各有几例",
            "How many cases infected so many others",
        ),
        unit: pick(lang, "例", "cases"),
        columns_name: pick(lang, "传给的人数", "Infected by one case"),
        columns: n_by_infected.iter().enumerate().map(column).collect(),
        ..Chart::default()
    }
}

fn chain_facts(cases: &Table, lang: Lang) -> Vec<(String, String)> {
    let clusters: BTreeSet<usize> = whole(cases, "cluster").into_iter().collect();
    let generations = whole(cases, "generation").into_iter().max().unwrap_or(0);
    let mut intervals: Vec<i64> = (0..cases.len())
        .filter_map(|row| cases.text(row, "serial_interval_days")?.parse().ok())
        .collect();
    intervals.sort_unstable();
    let mut facts = vec![
        (pick(lang, "传播链", "Chains"), grouped(clusters.len() as i64)),
        (
            pick(lang, "最多传到第几代", "Generations at most"),
            generations.to_string(),
        ),
    ];
    if let Some(median) = intervals.get(intervals.len() / 2) {
        let words = Words::new("中位{median}天（{n}对）", "median {median} days, of {n} pairs");
        let words = words.with("median", median).with("n", grouped(intervals.len() as i64));
        facts.push((pick(lang, "代间距", "Serial interval"), words.get(lang).to_owned()));
    }
    facts
}

fn spread_facts(spread: &Table, lang: Lang) -> Vec<(String, String)> {
    let value = |name: &str| cell(spread, 0, name);
    let mut facts = Vec::new();
    if let Some(mean) = value("R_mle") {
        facts.push((pick(lang, "R（查到的下限）", "R, at least"), number(mean, 2)));
    }
    if let (Some(k), Some(low), Some(high)) = (value("k_mle"), value("k_profile_lo"), value("k_profile_hi")) {
        let words = format!("{} ({}–{})", number(k, 2), number(low, 2), number(high, 2));
        facts.push((pick(lang, "离散度 k", "Dispersion k"), words));
    }
    if let Some(share) = value("prop_cases_for_80pct") {
        let words = Words::new("{share}%的病例", "{share} % of the cases").with("share", number(share * 100.0, 0));
        facts.push((
            pick(lang, "传出八成感染的", "Four fifths were infected by"),
            words.get(lang).to_owned(),
        ));
    }
    facts
}
