//! The results of one figure, each by itself: what one cannot be had of, another may.

use super::words::{self, DELAY, number};
use super::{Asked, beds, tracing, words::nowcast_message};
use crate::field_text::comma;
use crate::series::{chart as plain_chart, today};
use crate::visit::{Desk, date};
use lianfang_epi::Table;
use lianfang_epi::calls::find;
use lianfang_kernel::{Day, Lang, Words};
use lianfang_server::{ApiError, AppState, Caller, DailyQuery, Estimated, estimate};
use lianfang_ui::charts::{Band, Chart, Column, Line};
use lianfang_ui::dates;
use lianfang_ui::views::science::Section;
use std::collections::BTreeMap;

/// Days that growth of what is under way is fitted to.
const GROWTH_DAYS: i64 = 21;
/// Days before the first shown that feed the estimates.
const BEFORE: i64 = 28;
/// Unusual days named.
const NAMED: usize = 7;

pub(super) async fn sections(state: &AppState, desk: &Desk, asked: &Asked) -> Vec<Section> {
    let mut sections = vec![
        curve(state, desk, asked).await,
        reproduction(state, desk, asked).await,
        growth(state, desk, asked).await,
        unusual(state, desk, asked).await,
    ];
    sections.extend(beds::section(state, desk, asked).await);
    sections.extend(tracing::section(state, desk, asked).await);
    sections
}

pub(super) fn pick(lang: Lang, zh: &str, en: &str) -> String {
    Words::new(zh, en).get(lang).to_owned()
}

fn query(desk: &Desk, asked: &Asked, from: Day, to: Day) -> DailyQuery {
    DailyQuery {
        indicator: asked.indicator.clone(),
        region: Some(asked.region.clone()),
        from: Some(from),
        to: Some(to),
        as_of: desk.visit.as_of,
    }
}

/// One estimate: which, over which days, with what set.
pub(super) struct Run {
    /// The name of the call.
    pub call: &'static str,
    /// First and last day.
    pub days: (Day, Day),
    /// What is set.
    pub set: Vec<(String, String)>,
}

impl Run {
    async fn estimate(&self, state: &AppState, desk: &Desk, asked: &Asked) -> Result<Estimated, ApiError> {
        let caller = Caller::Staff(Box::new(desk.staff.clone()));
        let call = find(self.call).ok_or_else(ApiError::internal)?;
        let wanted = query(desk, asked, self.days.0, self.days.1);
        estimate(state, &caller, call, &wanted, &self.set).await
    }

    /// The section of the estimate, which `fill` puts the result into; without one it says why.
    pub(super) async fn section(
        &self,
        (state, desk, asked): (&AppState, &Desk, &Asked),
        section: Section,
        fill: impl FnOnce(&Table, Section) -> Section,
    ) -> Section {
        let section = Section {
            csv: csv(desk, asked, self),
            ..section
        };
        match self.estimate(state, desk, asked).await {
            Err(error) => Section {
                none: none(desk.visit.lang, &error),
                ..section
            },
            Ok(found) => {
                let mut all = warnings(desk.visit.lang, &found);
                all.extend(section.warnings.iter().cloned());
                let section = Section {
                    warnings: all,
                    ..section
                };
                fill(&found.told.value, section)
            }
        }
    }
}

/// Why there is no result.
fn none(lang: Lang, error: &ApiError) -> Option<String> {
    let (what, hint) = (error.problem.what.get(lang), error.problem.hint.get(lang));
    Some(if hint.is_empty() {
        what.to_owned()
    } else {
        format!("{what} · {hint}")
    })
}

/// What a reader must know of an estimate.
fn warnings(lang: Lang, found: &Estimated) -> Vec<String> {
    let words = found.told.warnings.iter();
    words.map(|words| words.get(lang).to_owned()).collect()
}

fn csv(desk: &Desk, asked: &Asked, run: &Run) -> String {
    let (from, to) = (run.days.0.to_string(), run.days.1.to_string());
    let mut more = vec![("from", from.as_str()), ("to", to.as_str()), ("format", "csv")];
    more.extend(run.set.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    format!("/api/v1/epi/{}?{}", run.call, asked.query(desk, &more))
}

pub(super) fn svg(desk: &Desk, asked: &Asked, name: &str) -> Option<String> {
    let set = asked.interval();
    let more: Vec<(&str, &str)> = set
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    Some(format!(
        "{}/{name}.svg?{}",
        lianfang_ui::paths::SCIENCE,
        asked.query(desk, &more)
    ))
}

/// The days estimates are made of: those shown and some before, to the last that is over.
pub(super) fn days(state: &AppState, desk: &Desk, asked: &Asked) -> (Day, Day) {
    if !asked.period.is_recent {
        return (asked.period.first, asked.period.last);
    }
    (asked.period.first.plus(-BEFORE), today(state, &desk.visit).plus(-1))
}

pub(super) fn cell(table: &Table, row: usize, name: &str) -> Option<f64> {
    table.number(row, name).ok().flatten()
}

/// The curve, of what is under way with what is not reported yet.
pub(super) async fn curve(state: &AppState, desk: &Desk, asked: &Asked) -> Section {
    let lang = desk.visit.lang;
    let period = asked.period;
    let section = Section {
        heading: pick(lang, "流行曲线", "Epidemic curve"),
        method: words::plain_method(asked, lang),
        csv: lianfang_ui::paths::figure_file(&asked.indicator, "csv"),
        svg: svg(desk, asked, "curve"),
        ..Section::default()
    };
    let mut chart = match plain_chart(state, &desk.visit, &asked.indicator, &asked.region, period).await {
        Ok(chart) => chart,
        Err(error) => {
            return Section {
                none: none(lang, &error),
                svg: None,
                ..section
            };
        }
    };
    chart.id = "science-curve".to_owned();
    if !period.is_recent {
        return Section {
            chart: Some(chart),
            ..section
        };
    }
    let run = Run {
        call: "nowcast",
        // Of a day that is not over nothing can be said: hardly anybody who falls ill is reported within hours.
        days: (period.first, today(state, &desk.visit).plus(-1)),
        set: expected_before(&chart),
    };
    // Without an estimate the curve is there all the same.
    match run.estimate(state, desk, asked).await {
        Err(error) => Section {
            chart: Some(chart),
            warnings: none(lang, &error).into_iter().collect(),
            ..section
        },
        Ok(found) => Section {
            chart: Some(with_nowcast(lang, chart, &found.told.value)),
            warnings: warnings(lang, &found),
            method: words::nowcast_method(asked, lang),
            csv: csv(desk, asked, &run),
            ..section
        },
    }
}

/// What a day is taken to have before its reports are read: as many as the worst day so far, give or take as many. A fixed
/// number would be absurd for a small outbreak and too small for a great one.
fn expected_before(chart: &Chart) -> Vec<(String, String)> {
    let most = chart
        .columns
        .iter()
        .filter_map(|column| column.value)
        .fold(1.0, f64::max);
    let pair = |name: &str, value: String| (name.to_owned(), value);
    vec![
        pair("max_delay", DELAY.to_owned()),
        pair("prior_mean", number(most, 0)),
        pair("prior_var", number(most * most + most, 0)),
    ]
}

/// Puts the estimate of what will have been over what is reported.
fn with_nowcast(lang: Lang, chart: Chart, rows: &Table) -> Chart {
    let by_day: BTreeMap<&str, usize> = (0..rows.len())
        .filter_map(|row| Some((rows.text(row, "date")?, row)))
        .collect();
    let of = |column: &Column, name: &str| cell(rows, *by_day.get(column.label.as_str())?, name);
    let missing = |name: &str| -> f64 {
        let day = |row| cell(rows, row, name).zip(cell(rows, row, "reported_so_far"));
        (0..rows.len())
            .filter_map(day)
            .map(|(will, is)| (will - is).max(0.0))
            .sum()
    };
    let line = chart
        .columns
        .iter()
        .map(|column| of(column, "nowcast_median"))
        .collect();
    let bounds = chart
        .columns
        .iter()
        .map(|column| of(column, "lo").zip(of(column, "hi")))
        .collect();
    Chart {
        title: nowcast_message(lang, rows.len(), (missing("nowcast_median"), missing("hi"))),
        columns_name: pick(lang, "已报告", "Reported"),
        columns: chart
            .columns
            .iter()
            .map(|column| Column {
                is_partial: of(column, "hi") > column.value,
                ..column.clone()
            })
            .collect(),
        line: Some(Line {
            name: pick(lang, "补足未报告后", "With what is not reported yet"),
            values: line,
        }),
        band: Some(Band {
            name: pick(lang, "95%区间", "95 % interval"),
            bounds,
        }),
        ..chart
    }
}

/// The reproduction number in each window.
pub(super) async fn reproduction(state: &AppState, desk: &Desk, asked: &Asked) -> Section {
    let lang = desk.visit.lang;
    let late = pick(
        lang,
        "报告未齐的最近几天，R 偏低：先看流行曲线里尚未报告的部分。",
        "While reports are missing the last values are too low: see what is not reported yet in the curve.",
    );
    let section = Section {
        heading: pick(lang, "再生数", "Reproduction number"),
        method: words::reproduction_method(asked, lang),
        warnings: asked.period.is_recent.then_some(late).into_iter().collect(),
        ..Section::default()
    };
    let run = Run {
        call: "rt",
        days: days(state, desk, asked),
        set: asked.interval(),
    };
    run.section((state, desk, asked), section, |rows, section| {
        let last = (0..rows.len()).rev().find(|row| cell(rows, *row, "mean").is_some());
        let short = || pick(lang, "时间太短，还没有完整的窗", "Too short: no whole window yet");
        Section {
            chart: last.map(|last| reproduction_chart(lang, asked, rows, last)),
            svg: svg(desk, asked, "rt"),
            none: last.is_none().then(short),
            ..section
        }
    })
    .await
}

pub(super) fn reproduction_chart(lang: Lang, asked: &Asked, rows: &Table, last: usize) -> Chart {
    let value = |row: usize, name: &str| cell(rows, row, name).unwrap_or(f64::NAN);
    let day = rows.text(last, "date").and_then(|text| Day::parse(text).ok());
    let day = day.map(|day| dates::day(lang, date(day))).unwrap_or_default();
    // Onsets become known with their reports; what is counted by its report is there.
    let may_lack = asked.period.is_recent && asked.indicator == super::SAME_CASES[0];
    let numbers = (value(last, "mean"), value(last, "q0.025"), value(last, "q0.975"));
    let first = asked.period.first.to_string();
    let shown: Vec<usize> = (0..rows.len())
        .filter(|row| rows.text(*row, "date").is_some_and(|day| day >= first.as_str()))
        .collect();
    let desc = Words::new(
        "每个{n}天窗的再生数，标在窗的最后一天",
        "The reproduction number in each window of {n} days, at its last day",
    );
    Chart {
        id: "science-rt".to_owned(),
        title: words::reproduction_message(lang, (&asked.width, &day), numbers, may_lack),
        desc: desc.with("n", &asked.width).get(lang).to_owned(),
        unit: "R".to_owned(),
        columns_name: pick(lang, "R（均值）", "R (mean)"),
        columns: shown
            .iter()
            .map(|row| Column {
                label: rows.text(*row, "date").unwrap_or_default().to_owned(),
                value: cell(rows, *row, "mean"),
                is_partial: false,
            })
            .collect(),
        line: None,
        band: Some(Band {
            name: pick(lang, "95%可信区间", "95 % credible interval"),
            bounds: shown
                .iter()
                .map(|row| cell(rows, *row, "q0.025").zip(cell(rows, *row, "q0.975")))
                .collect(),
        }),
        is_line: true,
        level: Some(1.0),
    }
}

/// How fast it grows: the last weeks, or, of what is over, before and after its turn.
async fn growth(state: &AppState, desk: &Desk, asked: &Asked) -> Section {
    let lang = desk.visit.lang;
    let (from, to) = days(state, desk, asked);
    let (from, split) = match asked.period.is_recent {
        true => (to.plus(1 - GROWTH_DAYS), "none"),
        false => (from, "optim"),
    };
    let span = format!("{} – {}", dates::day(lang, date(from)), dates::day(lang, date(to)));
    let section = Section {
        heading: pick(lang, "增长与倍增", "Growth and doubling"),
        method: words::growth_method(asked, &span, lang),
        ..Section::default()
    };
    let run = Run {
        call: "growth",
        days: (from, to),
        set: vec![("split".to_owned(), split.to_owned())],
    };
    run.section((state, desk, asked), section, |rows, section| Section {
        facts: (0..rows.len()).flat_map(|row| growth_facts(lang, rows, row)).collect(),
        ..section
    })
    .await
}

pub(super) fn growth_facts(lang: Lang, rows: &Table, row: usize) -> Vec<(String, String)> {
    let value = |name: &str| cell(rows, row, name);
    let part = match rows.text(row, "part") {
        Some("before") => Words::new("转折前：", "Before the turn: "),
        Some("after") => Words::new("转折后：", "After the turn: "),
        _ => Words::default(),
    };
    let label = |zh: &str, en: &str| format!("{}{}", part.get(lang), pick(lang, zh, en));
    let mut facts = Vec::new();
    if let (Some(r), Some(low), Some(high)) = (value("r"), value("r_lo"), value("r_hi")) {
        let words = Words::new(
            "每天{r}%（95%区间{low}%至{high}%）",
            "{r} % a day (95 % interval {low} % to {high} %)",
        );
        let per_cent = |r: f64| number(100.0 * (r.exp() - 1.0), 1);
        let words = words
            .with("r", per_cent(r))
            .with("low", per_cent(low))
            .with("high", per_cent(high));
        facts.push((label("增长", "Growth"), words.get(lang).to_owned()));
        if low <= 0.0 && high >= 0.0 {
            let words = pick(lang, "增减尚不能判断", "whether it grows or falls cannot be told");
            facts.push((label("倍增或减半", "Doubling or halving"), words));
            return facts;
        }
    }
    for (name, zh, en) in [
        ("doubling", "倍增时间", "Doubling time"),
        ("halving", "减半时间", "Halving time"),
    ] {
        let bounds = value(&format!("{name}_lo")).zip(value(&format!("{name}_hi")));
        if let (Some(days), Some((low, high))) = (value(name), bounds) {
            let words = Words::new(
                "{n}天（95%区间{low}至{high}天）",
                "{n} days (95 % interval {low} to {high})",
            );
            let words = words
                .with("n", number(days, 1))
                .with("low", number(low, 1))
                .with("high", number(high, 1));
            facts.push((label(zh, en), words.get(lang).to_owned()));
        }
    }
    facts
}

/// Days that stand out from the week before.
async fn unusual(state: &AppState, desk: &Desk, asked: &Asked) -> Section {
    let lang = desk.visit.lang;
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let section = Section {
        heading: pick(lang, "异常的日子", "Unusual days"),
        method: words::unusual_method(asked, lang),
        ..Section::default()
    };
    let run = Run {
        call: "ears",
        days: days(state, desk, asked),
        set: vec![pair("method", "C2"), pair("minSigma", "0.5")],
    };
    run.section((state, desk, asked), section, |rows, section| Section {
        facts: vec![(
            pick(lang, "超过上限的日子", "Days above the bound"),
            days_above(lang, asked, rows),
        )],
        ..section
    })
    .await
}

fn days_above(lang: Lang, asked: &Asked, rows: &Table) -> String {
    let first = asked.period.first.to_string();
    let rang: Vec<String> = (0..rows.len())
        .filter(|row| rows.text(*row, "alarm") == Some("1"))
        .filter_map(|row| rows.text(row, "date"))
        .filter(|day| *day >= first.as_str())
        .filter_map(|day| Day::parse(day).ok())
        .map(|day| dates::day(lang, date(day)))
        .collect();
    let newest: Vec<&str> = rang.iter().rev().take(NAMED).map(String::as_str).collect();
    let named = newest.join(comma(lang));
    match rang.len() {
        0 => pick(lang, "没有", "none"),
        n if n > NAMED => {
            let words = Words::new("{n}天，最近的：{days}", "{n}, the latest: {days}");
            words.with("n", n).with("days", named).get(lang).to_owned()
        }
        _ => named,
    }
}
