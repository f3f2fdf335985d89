//! Detectors over an outbreak that is over: against the days before (EARS, CUSUM), and against earlier years (Farrington).

use super::Asked;
use super::outbreaks::Outbreak;
use super::past::{chart, file_of, peak, run, run_sheet};
use super::results::{cell, pick};
use crate::visit::date;
use lianfang_epi::Table;
use lianfang_kernel::{Day, Lang, Words};
use lianfang_ui::charts::{Chart, Column, Line};
use lianfang_ui::dates;
use lianfang_ui::views::science::{Method, Section};
use std::collections::BTreeMap;

/// What is unusual against the days before is told by these.
const DETECTORS: [&str; 3] = ["C1", "C2", "C3"];
/// Cases a day that are usual where the disease was not there: the level of CUSUM.
const USUAL: &str = "1";
/// Days of a week.
const WEEK: usize = 7;
/// Weeks of a year, and years that are looked back.
const YEAR: usize = 52;
const YEARS: usize = 5;

/// Against the days before.
pub(super) fn detectors(
    one: &Outbreak,
    asked: &Asked,
    lang: Lang,
    tables: &mut BTreeMap<&'static str, String>,
) -> Section {
    let section = Section {
        heading: pick(lang, "预警方法", "Detectors"),
        about: pick(
            lang,
            "每一天与此前几天比较，超过上限即示警。C1看紧邻的7天，最灵敏；C2隔开2天，疫情缓慢上升时不会被抬高的基线掩盖；C3把3天的超出累加，能发现小而持续的增多；CUSUM以每天1例为常态，把超出一直累加。高峰过后的示警多半没有意义：要看的是第一次示警比高峰早多少天。",
            "Each day is held against those before it and rings above a bound. C1 looks at the 7 days just before and is the quickest; C2 leaves 2 days between, so that a slow rise does not lift its own bound; C3 adds up what 3 days had too much, and finds what is small and goes on; CUSUM takes one case a day as usual and adds up all that is above it. Alarms past the peak mean little: what counts is how many days before the peak the first one came.",
        ),
        ..Section::default()
    };
    let mut facts = Vec::new();
    let mut drawn = None;
    for method in DETECTORS {
        let set = [("method", method), ("minSigma", "0.5")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let rows = match run(one, "ears", &set, lang) {
            Ok(rows) => rows,
            Err(why) => {
                facts.push((format!("EARS {method}"), why));
                continue;
            }
        };
        facts.push((format!("EARS {method}"), rang(one, &rows, lang)));
        if method == "C2" {
            tables.insert("detectors", rows.to_csv());
            drawn = Some(bound(one, &rows, lang));
        }
    }
    match run(one, "cusum", &[("m".to_owned(), USUAL.to_owned())], lang) {
        Ok(rows) => {
            facts.push(("CUSUM".to_owned(), rang(one, &rows, lang)));
            tables.insert("cusum", rows.to_csv());
        }
        Err(why) => facts.push(("CUSUM".to_owned(), why)),
    }
    Section {
        chart: drawn,
        facts,
        method: Method {
            name: "EARS C1–C3 · CUSUM (Rossi et al. 1999)".to_owned(),
            source: "doi:10.1007/PL00022319 · doi:10.1002/(SICI)1097-0258(19990830)18:16<2111::AID-SIM171>3.0.CO;2-Q".to_owned(),
            inputs: Words::new(
                "{figure}；EARS基线7天，误报概率按方法的常用值，最小标准差0.5；CUSUM常态每天1例，k 1.04，h 2.26",
                "{figure}; EARS with a baseline of 7 days, false alarms as usual for each method, least deviation 0.5; CUSUM with one case a day as usual, k 1.04, h 2.26",
            )
            .with("figure", asked.title.get(lang))
            .get(lang)
            .to_owned(),
        },
        csv: file_of(one, "detectors.csv"),
        svg: Some(file_of(one, "detectors.svg")),
        ..section
    }
}

/// When a detector rang first, how long before the peak, and how often.
fn rang(one: &Outbreak, rows: &Table, lang: Lang) -> String {
    let days = (0..rows.len()).filter(|row| rows.text(*row, "alarm") == Some("1"));
    let days: Vec<Day> = days
        .filter_map(|row| Day::parse(rows.text(row, "date")?).ok())
        .collect();
    let Some(first) = days.first() else {
        return pick(lang, "没有示警", "never rang");
    };
    let ahead = first.until(peak(one).0);
    let words = if ahead > 0 {
        Words::new(
            "{day}首次示警，比高峰早{ahead}天；共示警{n}天",
            "rang first on {day}, {ahead} days before the peak; on {n} days in all",
        )
    } else {
        Words::new("{day}首次示警；共示警{n}天", "rang first on {day}; on {n} days in all")
    };
    let words = words
        .with("day", dates::day(lang, date(*first)))
        .with("ahead", ahead)
        .with("n", days.len());
    words.get(lang).to_owned()
}

/// The counts with the bound of a detector.
fn bound(one: &Outbreak, rows: &Table, lang: Lang) -> Chart {
    let by_day: BTreeMap<&str, usize> = (0..rows.len())
        .filter_map(|row| Some((rows.text(row, "date")?, row)))
        .collect();
    let plain = chart(one, "detectors", lang);
    let values = plain
        .columns
        .iter()
        .map(|column| cell(rows, *by_day.get(column.label.as_str())?, "upperbound"));
    let values = values.collect();
    let alarms = (0..rows.len())
        .filter(|row| rows.text(*row, "alarm") == Some("1"))
        .count();
    Chart {
        title: Words::new("C2 示警{n}天", "C2 rang on {n} days")
            .with("n", alarms)
            .get(lang)
            .to_owned(),
        desc: pick(lang, "每天的新增和 C2 的上限", "New cases each day and the bound of C2"),
        line: Some(Line {
            name: pick(lang, "C2 上限", "Bound of C2"),
            values,
        }),
        ..plain
    }
}

/// Against the same weeks of earlier years. Published counts of 2020 have none, and that is said.
pub(super) fn against_years(one: &Outbreak, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let section = Section {
        heading: pick(lang, "与往年同期比较", "Against earlier years"),
        about: pick(
            lang,
            "改进的Farrington法用往年同期各周（及前后几周）的病例数配出常态，扣除趋势、给以往暴发降权，超过上限即示警。至少要有五年的逐周数据；新出现的疾病没有往年，用上面的方法。",
            "The improved method of Farrington fits what is usual to the same weeks of earlier years and those around them, with their trend and with past outbreaks weighted down, and rings above a bound. It needs five years of weeks; a new disease has no earlier years, and the methods above are for it.",
        ),
        method: Method {
            name: pick(
                lang,
                "Farrington，Noufaily 等 2013 改进",
                "Farrington, improved by Noufaily et al. 2013",
            ),
            source: "doi:10.1002/sim.5595".to_owned(),
            inputs: pick(
                lang,
                "逐周病例数；往年5年，前后各3周，误报概率0.05",
                "Cases by week; five years back, three weeks on each side, false alarms 0.05",
            ),
        },
        ..Section::default()
    };
    let (weeks, first) = by_week(one);
    if weeks.len() <= YEARS * YEAR {
        let short = Words::new(
            "只有{n}周数据，没有往年同期可比",
            "There are {n} weeks of it and no earlier years to compare with",
        );
        return Section {
            none: Some(short.with("n", weeks.len()).get(lang).to_owned()),
            ..section
        };
    }
    let mut sheet = Table::new(["observed"]);
    for n in &weeks {
        sheet.push(vec![n.to_string()]);
    }
    let rows = match run_sheet("farrington", ("series", sheet), &[], lang) {
        Ok(rows) => rows,
        Err(why) => {
            return Section {
                none: Some(why),
                ..section
            };
        }
    };
    tables.insert("farrington", rows.to_csv());
    Section {
        chart: Some(above_years(one, first, &rows, lang)),
        csv: file_of(one, "farrington.csv"),
        svg: Some(file_of(one, "farrington.svg")),
        ..section
    }
}

/// The weeks that were looked at, with their bound.
fn above_years(one: &Outbreak, first: Day, rows: &Table, lang: Lang) -> Chart {
    let looked: Vec<usize> = (0..rows.len())
        .filter(|row| cell(rows, *row, "upperbound").is_some())
        .collect();
    let rings = |row: &&usize| rows.text(**row, "alarm") == Some("1");
    let title = Words::new(
        "{n}周中有{alarms}周高于往年同期",
        "Above earlier years in {alarms} of {n} weeks",
    );
    let title = title
        .with("n", looked.len())
        .with("alarms", looked.iter().filter(rings).count());
    let t_of = |row: usize| rows.text(row, "t").and_then(|t| t.parse::<i64>().ok()).unwrap_or(1);
    let column = |row: &usize| Column {
        label: first.plus(7 * (t_of(*row) - 1)).to_string(),
        value: cell(rows, *row, "observed"),
        is_partial: false,
    };
    Chart {
        title: title.get(lang).to_owned(),
        desc: pick(
            lang,
            "逐周病例数和Farrington上限",
            "Cases by week and the bound of Farrington",
        ),
        columns: looked.iter().map(column).collect(),
        line: Some(Line {
            name: pick(lang, "上限", "Bound"),
            values: looked.iter().map(|row| cell(rows, *row, "upperbound")).collect(),
        }),
        ..chart(one, "farrington", lang)
    }
}

/// The counts by week, whole weeks only, and the first day of the first.
fn by_week(one: &Outbreak) -> (Vec<i64>, Day) {
    let weeks = match one.step {
        1 => one.counts.chunks_exact(WEEK).map(|week| week.iter().sum()).collect(),
        _ => one.counts.clone(),
    };
    (weeks, one.first)
}
