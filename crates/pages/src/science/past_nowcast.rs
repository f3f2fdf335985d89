//! What a nowcast would have said in the middle of an outbreak, beside what was counted in the end.

use super::outbreaks::Outbreak;
use super::past::{chart, file_of, peak, run_sheet};
use super::results::{cell, pick};
use crate::visit::date;
use lianfang_epi::Table;
use lianfang_kernel::{Day, Lang, Words};
use lianfang_ui::charts::{Band, Chart, Line};
use lianfang_ui::dates;
use lianfang_ui::views::science::{Method, Section};
use std::collections::BTreeMap;

/// Days after the peak of onsets on which the reader of then is put: reports of the peak are coming in.
const AFTER: i64 = 12;
/// Days shown before that day and after it.
const AROUND: (i64, i64) = (28, 14);

/// The section; without a list of onsets and reports it says what is missing.
pub(super) fn nowcast(one: &Outbreak, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let section = Section {
        heading: pick(lang, "现时预测", "Nowcast"),
        about: pick(
            lang,
            "站在疫情当中：当天已报告的不是全部，按以往的报告延迟补足，得到估计和区间；事后可与最终数字对照，看区间是否可信。",
            "Standing in the midst of it: what is reported is not all there is, and the delays so far say how much is to come, with an interval. Afterwards it can be held against what was counted in the end.",
        ),
        method: Method {
            name: pick(lang, "Höhle、an der Heiden 2014", "Höhle and an der Heiden 2014"),
            source: "doi:10.1111/biom.12194".to_owned(),
            inputs: pick(
                lang,
                "逐例的发病日和报告日，最长延迟15天",
                "Onset and report of each case, delays up to 15 days",
            ),
        },
        ..Section::default()
    };
    if one.reports.is_empty() {
        return Section {
            none: Some(pick(
                lang,
                "没有发病日期：公布的只有每天新增的合计，无法知道报告晚了几天",
                "No days of onset: only sums by day were published, so that nobody knows how late reports were",
            )),
            ..section
        };
    }
    let now = peak(one).0.plus(AFTER);
    match estimated(one, now, lang) {
        Err(why) => Section {
            none: Some(why),
            ..section
        },
        Ok(rows) => {
            tables.insert("nowcast", rows.to_csv());
            Section {
                chart: Some(drawn(one, now, &rows, lang)),
                csv: file_of(one, "nowcast.csv"),
                svg: Some(file_of(one, "nowcast.svg")),
                ..section
            }
        }
    }
}

fn estimated(one: &Outbreak, now: Day, lang: Lang) -> Result<Table, String> {
    let mut sheet = Table::new(["event_date", "report_date"]);
    for (onset, report) in &one.reports {
        sheet.push(vec![onset.to_string(), report.to_string()]);
    }
    run_sheet("nowcast", ("data", sheet), &[("now", &now.to_string())], lang)
}

fn drawn(one: &Outbreak, now: Day, rows: &Table, lang: Lang) -> Chart {
    let by_day: BTreeMap<&str, usize> = (0..rows.len())
        .filter_map(|row| Some((rows.text(row, "date")?, row)))
        .collect();
    let mut plain = chart(one, "nowcast", lang);
    let (first, last) = (now.plus(-AROUND.0).to_string(), now.plus(AROUND.1).to_string());
    plain
        .columns
        .retain(|column| column.label >= first && column.label <= last);
    let of = |label: &str, name: &str| cell(rows, *by_day.get(label)?, name);
    let values = plain
        .columns
        .iter()
        .map(|column| of(&column.label, "nowcast_median"))
        .collect();
    let bounds: Vec<Option<(f64, f64)>> = plain
        .columns
        .iter()
        .map(|column| of(&column.label, "lo").zip(of(&column.label, "hi")))
        .collect();
    let held = plain.columns.iter().zip(&bounds).filter_map(|(column, bound)| {
        let (low, high) = (*bound)?;
        Some(column.value.is_some_and(|n| (low..=high).contains(&n)))
    });
    let held: Vec<bool> = held.collect();
    let title = Words::new(
        "在{day}估计：{n}天中有{held}天的最终数字落在95%区间内",
        "As of {day}: the final count of {held} of {n} days lies within the 95 % interval",
    );
    Chart {
        title: title
            .with("day", dates::day(lang, date(now)))
            .with("n", held.len())
            .with("held", held.iter().filter(|is_held| **is_held).count())
            .get(lang)
            .to_owned(),
        desc: pick(
            lang,
            "最终数字和当时的估计",
            "The final count and what was estimated then",
        ),
        columns_name: pick(lang, "最终发病数", "Onsets in the end"),
        line: Some(Line {
            name: pick(lang, "当时的估计", "Estimated then"),
            values,
        }),
        band: Some(Band {
            name: pick(lang, "95%区间", "95 % interval"),
            bounds,
        }),
        ..plain
    }
}
