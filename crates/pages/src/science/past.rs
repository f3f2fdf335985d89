//! `/situation/past`: published counts of 2020 through every method, each explained. The counts change no more, so that each
//! result is computed once and kept.

use super::outbreaks::{Outbreak, outbreaks};
use super::results::{cell, growth_facts, pick, reproduction_chart};
use super::{Asked, usual, words};
use super::{kept_lists, past_detect, past_links, past_nowcast};
use crate::Answer;
use crate::form::Form;
use crate::series::{Period, average};
use crate::visit::{Visit, date, shown};
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use lianfang_epi::Table;
use lianfang_epi::calls::{self, find};
use lianfang_kernel::{Day, Lang, Problem, RegionId, Words};
use lianfang_server::{ApiError, AppState, estimate_counts};
use lianfang_ui::charts::{Chart, Column, Line, file as picture};
use lianfang_ui::dates;
use lianfang_ui::part::form::Choice;
use lianfang_ui::paths;
use lianfang_ui::text::grouped;
use lianfang_ui::views::past::{Past, render};
use lianfang_ui::views::science::{Method, Section};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, OnceLock};

/// The usual serial interval where no pack sets one (Nishiura, Linton, Akhmetzhanov 2020).
const SERIAL: (&str, &str) = ("4.7", "2.9");
/// Days of a window.
const WIDTH: &str = "7";

/// What was computed of a place, in one language.
struct Ran {
    summary: String,
    sections: Vec<Section>,
    /// Tables by name.
    tables: BTreeMap<&'static str, String>,
}

/// Place, language, serial interval.
type Key = (String, Lang, String, String);

fn known(state: &AppState) -> &'static [Outbreak] {
    static KNOWN: OnceLock<Vec<Outbreak>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let bytes = state.config.past_counts.and_then(|counts| counts());
        let mut all = bytes.map_or_else(Vec::new, |bytes| outbreaks(&String::from_utf8_lossy(&bytes)));
        all.extend(kept_lists::found(state.config.reference.as_deref()));
        all
    })
}

fn kept() -> &'static Mutex<HashMap<Key, Arc<Ran>>> {
    static KEPT: OnceLock<Mutex<HashMap<Key, Arc<Ran>>>> = OnceLock::new();
    KEPT.get_or_init(Mutex::default)
}

pub(super) async fn show(State(state): State<AppState>, visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = Form::parse(query.unwrap_or_default().as_bytes());
    let (lang, known) = (visit.lang, known(&state));
    let Some(one) = known
        .iter()
        .find(|one| query.given("place") == Some(one.code.as_str()))
        .or(known.first())
    else {
        return Ok(shown(render(&Past::default(), &visit.ctx(&state))));
    };
    let ran = ran(&state, one, lang).await?;
    if let Some(file) = query.given("file") {
        return answer(&state, &visit, &ran, file);
    }
    let view = Past {
        places: known
            .iter()
            .map(|one| Choice::new(one.code.clone(), one.name(lang)))
            .collect(),
        place: one.code.clone(),
        summary: ran.summary.clone(),
        sections: ran.sections.clone(),
        source: one.source.get(lang).to_owned(),
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}

/// The results of a place: kept, or computed now, off the threads that answer.
async fn ran(state: &AppState, one: &'static Outbreak, lang: Lang) -> Result<Arc<Ran>, ApiError> {
    let city = state.ledger.snapshot().city.clone();
    let or = |found: String, usual: &str| if found.is_empty() { usual.to_owned() } else { found };
    let set = |name: &str, else_| or(usual(state, &city, state.ledger.now(), name), else_);
    let (mean, sd) = match one.interval {
        // What a city set is of the disease that it has.
        Some(interval) => (interval.mean.to_owned(), interval.sd.to_owned()),
        None => (
            set("serial_interval_mean", SERIAL.0),
            set("serial_interval_sd", SERIAL.1),
        ),
    };
    let key = (one.code.clone(), lang, mean, sd);
    // A poisoned lock is of a computation that stopped halfway; what it kept is whole.
    let found = kept()
        .lock()
        .unwrap_or_else(|stopped| stopped.into_inner())
        .get(&key)
        .cloned();
    if let Some(found) = found {
        return Ok(found);
    }
    let asked = Asked {
        indicator: String::new(),
        title: one.counted().with("place", one.name(lang)),
        region: RegionId::new(&one.code),
        period: Period {
            first: one.first,
            last: one.last(),
            is_recent: false,
        },
        mean_si: key.2.clone(),
        std_si: key.3.clone(),
        width: WIDTH.to_owned(),
    };
    let computed = tokio::task::spawn_blocking(move || compute(one, &asked, lang)).await;
    let computed = Arc::new(computed.map_err(|error| {
        tracing::error!(error = %error, "past.not_computed");
        ApiError::internal()
    })?);
    let mut all = kept().lock().unwrap_or_else(|stopped| stopped.into_inner());
    all.insert(key, computed.clone());
    Ok(computed)
}

fn answer(state: &AppState, visit: &Visit, ran: &Ran, file: &str) -> Answer {
    let nothing = || ApiError::not_found(Words::new("没有这个文件", "There is no such file"));
    if let Some(name) = file.strip_suffix(".csv") {
        let table = ran.tables.get(name).ok_or_else(nothing)?;
        return Ok(([(CONTENT_TYPE, crate::download::CSV)], table.clone()).into_response());
    }
    let name = file.strip_suffix(".svg").ok_or_else(nothing)?;
    let charts = ran.sections.iter().filter_map(|section| section.chart.as_ref());
    let chart = charts
        .into_iter()
        .find(|chart| chart.id.ends_with(name))
        .ok_or_else(nothing)?;
    Ok(([(CONTENT_TYPE, "image/svg+xml")], picture(&visit.ctx(state), chart)).into_response())
}

pub(super) fn file_of(one: &Outbreak, file: &str) -> String {
    format!("{}?place={}&file={file}", paths::PAST, one.code)
}

fn compute(one: &Outbreak, asked: &Asked, lang: Lang) -> Ran {
    let mut tables = BTreeMap::new();
    let summary = Words::new("{place}：{period}共{n}例", "{place}: {n} cases, {period}");
    let summary = summary
        .with("place", one.name(lang))
        .with("period", asked.period.words(lang))
        .with("n", grouped(one.total()));
    if one.step > 1 {
        // Weeks: the serial interval is shorter than a step, so that R and growth a day mean nothing.
        let sections = vec![
            curve(one, asked, lang, &mut tables),
            past_detect::against_years(one, lang, &mut tables),
        ];
        return Ran {
            summary: summary.get(lang).to_owned(),
            sections,
            tables,
        };
    }
    let mut sections = vec![curve(one, asked, lang, &mut tables)];
    if !one.is_kept || one.interval.is_some() {
        sections.push(reproduction(one, asked, lang, &mut tables));
    }
    if !one.list.links.is_empty() {
        sections.push(past_links::who_infected_whom(one, lang, &mut tables));
    }
    sections.extend([
        growth(one, asked, lang, &mut tables),
        past_detect::detectors(one, asked, lang, &mut tables),
        past_detect::against_years(one, lang, &mut tables),
        past_nowcast::nowcast(one, lang, &mut tables),
    ]);
    Ran {
        summary: summary.get(lang).to_owned(),
        sections,
        tables,
    }
}

/// The counts as columns.
fn columns(one: &Outbreak) -> Vec<Column> {
    let column = |(n, count): (i64, &i64)| Column {
        label: one.day(n).to_string(),
        value: i32::try_from(*count).ok().map(f64::from),
        is_partial: false,
    };
    (0..).zip(&one.counts).map(column).collect()
}

pub(super) fn chart(one: &Outbreak, id: &str, lang: Lang) -> Chart {
    Chart {
        id: format!("past-{id}"),
        unit: pick(lang, "例", "cases"),
        columns_name: one.columns_name().get(lang).to_owned(),
        columns: columns(one),
        ..Chart::default()
    }
}

pub(super) fn peak(one: &Outbreak) -> (Day, i64) {
    let most = (0..).zip(&one.counts).max_by_key(|(n, count)| (**count, -*n));
    most.map_or((one.first, 0), |(n, count)| (one.day(n), *count))
}

fn curve(one: &Outbreak, asked: &Asked, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let (day, most) = peak(one);
    let columns = columns(one);
    let mut table = Table::new(["date", "new_confirmed"]);
    for (n, count) in (0..).zip(&one.counts) {
        table.push(vec![one.day(n).to_string(), count.to_string()]);
    }
    tables.insert("curve", table.to_csv());
    let title = Words::new("{day}最多（{n}例）", "Most on {day} ({n})")
        .with("day", dates::day(lang, date(day)))
        .with("n", grouped(most));
    let revised = Words::new(
        "有{n}天因修订为负，按0计算",
        "Days that revisions made negative, taken as 0: {n}",
    );
    let no_onset = Words::new(
        "另有{n}例发病日不明，未画入",
        "Cases whose onset nobody knows, not drawn: {n}",
    );
    let line = average(&columns).filter(|_| one.step == 1).map(|values| Line {
        name: pick(lang, "7日平均", "7-day average"),
        values,
    });
    Section {
        heading: pick(lang, "流行曲线", "Epidemic curve"),
        about: if one.is_kept {
            pick(
                lang,
                "柱为每天或每周的病例数。",
                "Columns are the cases of each day or week.",
            )
        } else {
            pick(
                lang,
                "柱为每天公布的新增，线为7日平均。公布日期晚于发病日期，口径改变会造成单日陡增（如武汉2月12日、13日计入临床诊断病例），这不是传播突然加快。最后百分之一的病例不计在内：数周后的修订和零星输入不属于这次疫情。",
                "Columns are what was published each day, the line their 7-day average. Publication follows onset, and a change of definition makes one steep day (Wuhan, 12 and 13 February: cases diagnosed clinically were added) that is no leap of transmission. The last hundredth of the cases is left out: revisions and single cases weeks later are not this outbreak.",
            )
        },
        chart: Some(Chart {
            title: title.get(lang).to_owned(),
            desc: one.columns_name().get(lang).to_owned(),
            line,
            ..chart(one, "curve", lang)
        }),
        warnings: [(one.revised, revised), (one.without_onset, no_onset)]
            .into_iter()
            .filter(|(n, _)| *n > 0)
            .map(|(n, words)| words.with("n", n).get(lang).to_owned())
            .collect(),
        method: match one.step {
            1 => words::plain_method(asked, lang),
            _ => Method {
                name: pick(lang, "逐周计数", "Counts by week"),
                source: String::new(),
                inputs: asked.title.get(lang).to_owned(),
            },
        },
        csv: file_of(one, "curve.csv"),
        svg: Some(file_of(one, "curve.svg")),
        ..Section::default()
    }
}

/// An estimate from a sheet, or why there is none.
pub(super) fn run_sheet(call: &str, sheet: (&str, Table), set: &[(&str, &str)], lang: Lang) -> Result<Table, String> {
    run_sheets(call, [sheet], set, lang)
}

/// An estimate from several sheets.
pub(super) fn run_sheets<'a>(
    call: &str,
    sheets: impl IntoIterator<Item = (&'a str, Table)>,
    set: &[(&str, &str)],
    lang: Lang,
) -> Result<Table, String> {
    let told = |problem: &Problem| format!("{} · {}", problem.what.get(lang), problem.hint.get(lang));
    let Some(call) = find(call) else {
        return Err(pick(lang, "没有这种计算", "There is no such estimate"));
    };
    let mut asked = calls::Asked::new(call);
    for (input, sheet) in sheets {
        asked.put(input, sheet).map_err(|problem| told(&problem))?;
    }
    for (name, value) in set {
        asked.set(name, value).map_err(|problem| told(&problem))?;
    }
    asked.run().map(|found| found.value).map_err(|problem| told(&problem))
}

/// The table of a call over the daily counts, or why there is none.
pub(super) fn run(one: &Outbreak, call: &str, set: &[(String, String)], lang: Lang) -> Result<Table, String> {
    let told = |what: &str, hint: &str| format!("{what} · {hint}");
    let Some(call) = find(call) else {
        return Err(pick(lang, "没有这种计算", "There is no such estimate"));
    };
    estimate_counts(call, (one.first, &one.counts), set)
        .map(|found| found.value)
        .map_err(|problem| told(problem.what.get(lang), problem.hint.get(lang)))
}

fn reproduction(one: &Outbreak, asked: &Asked, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let section = Section {
        heading: pick(lang, "再生数", "Reproduction number"),
        about: pick(
            lang,
            "一个病例平均传给几个人：线在1以上疫情增长，以下则减弱，色带是不确定的范围。病例少的时候色带宽，这时不能下结论。",
            "How many people one case infects: above 1 the outbreak grows, below it falls, and the band is what is uncertain. Few cases make a wide band, of which nothing follows.",
        ),
        method: reproduction_method(one, asked, lang),
        ..Section::default()
    };
    let rows = match reproduced(one, asked, lang) {
        Ok(rows) => rows,
        Err(why) => {
            return Section {
                none: Some(why),
                ..section
            };
        }
    };
    tables.insert("rt", rows.to_csv());
    let last = (0..rows.len()).rev().find(|row| cell(&rows, *row, "mean").is_some());
    let (peak_on, _) = peak(one);
    let below = (0..rows.len())
        .filter(|row| cell(&rows, *row, "q0.975").is_some_and(|high| high < 1.0))
        .filter_map(|row| Day::parse(rows.text(row, "date")?).ok())
        .find(|day| *day >= peak_on);
    let fact = below.map(|day| {
        let name = pick(lang, "高峰后首次确定低于1", "First surely below 1 after the peak");
        (name, dates::day(lang, date(day)))
    });
    Section {
        chart: last.map(|last| Chart {
            id: "past-rt".to_owned(),
            ..reproduction_chart(lang, asked, &rows, last)
        }),
        facts: fact.into_iter().collect(),
        csv: file_of(one, "rt.csv"),
        svg: Some(file_of(one, "rt.svg")),
        ..section
    }
}

/// The method with the publication that the serial interval is of.
fn reproduction_method(one: &Outbreak, asked: &Asked, lang: Lang) -> Method {
    let method = words::reproduction_method(asked, lang);
    let interval = one.interval.map(|interval| interval.source);
    Method {
        source: [method.source.as_str()]
            .into_iter()
            .chain(interval)
            .collect::<Vec<_>>()
            .join(" · "),
        ..method
    }
}

/// The windows of R; who was infected elsewhere infects and was not infected here.
fn reproduced(one: &Outbreak, asked: &Asked, lang: Lang) -> Result<Table, String> {
    if one.imported.is_empty() {
        return run(one, "rt", &asked.interval(), lang);
    }
    let mut sheet = Table::new(["date", "local", "imported"]);
    for ((n, count), imported) in (0..).zip(&one.counts).zip(&one.imported) {
        let cells = [count - imported, *imported].map(|n| n.to_string());
        sheet.push([vec![one.day(n).to_string()], cells.to_vec()].concat());
    }
    let interval = asked.interval();
    let set: Vec<(&str, &str)> = interval
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut rows = run_sheet("rt", ("incidence", sheet), &set, lang)?;
    for row in 0..rows.len() {
        let end = rows.text(row, "t_end").and_then(|end| end.parse::<i64>().ok());
        if let Some(end) = end {
            rows.set(row, "date", one.day(end - 1).to_string());
        }
    }
    Ok(rows)
}

fn growth(one: &Outbreak, asked: &Asked, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let section = Section {
        heading: pick(lang, "增长与倍增", "Growth and doubling"),
        about: pick(
            lang,
            "转折前后各配一条指数曲线：转折前几天翻一番，转折后几天减一半。转折日由数据选出，使两段总体拟合最好。",
            "One exponential before the turn and one after it: in how many days counts doubled, and then halved. The day of the turn is the one with which the two fit best.",
        ),
        method: words::growth_method(asked, &asked.period.words(lang), lang),
        ..Section::default()
    };
    match run(one, "growth", &[("split".to_owned(), "optim".to_owned())], lang) {
        Err(why) => Section {
            none: Some(why),
            ..section
        },
        Ok(rows) => {
            tables.insert("growth", rows.to_csv());
            Section {
                facts: (0..rows.len()).flat_map(|row| growth_facts(lang, &rows, row)).collect(),
                csv: file_of(one, "growth.csv"),
                ..section
            }
        }
    }
}
