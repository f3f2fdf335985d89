//! `/situation/past`: published counts of 2020 through every method, each explained. The counts change no more, so that each
//! result is computed once and kept.

use super::outbreaks::{Outbreak, outbreaks};
use super::results::{cell, growth_facts, pick, reproduction_chart};
use super::{Asked, usual, words};
use crate::Answer;
use crate::form::Form;
use crate::series::{Period, average};
use crate::visit::{Visit, date, shown};
use axum::extract::{RawQuery, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use lianfang_epi::Table;
use lianfang_epi::calls::find;
use lianfang_kernel::{Day, Lang, RegionId, Words};
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
/// What is unusual is told by these.
const DETECTORS: [&str; 3] = ["C1", "C2", "C3"];

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
        bytes.map_or_else(Vec::new, |bytes| outbreaks(&String::from_utf8_lossy(&bytes)))
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
    };
    Ok(shown(render(&view, &visit.ctx(&state))))
}

/// The results of a place: kept, or computed now, off the threads that answer.
async fn ran(state: &AppState, one: &'static Outbreak, lang: Lang) -> Result<Arc<Ran>, ApiError> {
    let city = state.ledger.snapshot().city.clone();
    let or = |found: String, usual: &str| if found.is_empty() { usual.to_owned() } else { found };
    let mean = or(
        usual(state, &city, state.ledger.now(), "serial_interval_mean"),
        SERIAL.0,
    );
    let sd = or(usual(state, &city, state.ledger.now(), "serial_interval_sd"), SERIAL.1);
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
        title: Words::new("{place}公布的新增确诊", "New confirmed cases published of {place}")
            .with("place", one.name(lang)),
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

fn file_of(one: &Outbreak, file: &str) -> String {
    format!("{}?place={}&file={file}", paths::PAST, one.code)
}

fn compute(one: &Outbreak, asked: &Asked, lang: Lang) -> Ran {
    let mut tables = BTreeMap::new();
    let summary = Words::new("{place}：{period}共公布{n}例", "{place}: {n} cases published, {period}");
    let summary = summary
        .with("place", one.name(lang))
        .with("period", asked.period.words(lang))
        .with("n", grouped(one.total()));
    let sections = vec![
        curve(one, asked, lang, &mut tables),
        reproduction(one, asked, lang, &mut tables),
        growth(one, asked, lang, &mut tables),
        detectors(one, asked, lang, &mut tables),
    ];
    Ran {
        summary: summary.get(lang).to_owned(),
        sections,
        tables,
    }
}

/// The counts as columns.
fn columns(one: &Outbreak) -> Vec<Column> {
    let column = |(n, count): (i64, &i64)| Column {
        label: one.first.plus(n).to_string(),
        value: i32::try_from(*count).ok().map(f64::from),
        is_partial: false,
    };
    (0..).zip(&one.counts).map(column).collect()
}

fn chart(one: &Outbreak, id: &str, lang: Lang) -> Chart {
    Chart {
        id: format!("past-{id}"),
        unit: pick(lang, "例", "cases"),
        columns_name: pick(lang, "公布的新增确诊", "New confirmed cases published"),
        columns: columns(one),
        ..Chart::default()
    }
}

fn peak(one: &Outbreak) -> (Day, i64) {
    let most = (0..).zip(&one.counts).max_by_key(|(n, count)| (**count, -*n));
    most.map_or((one.first, 0), |(n, count)| (one.first.plus(n), *count))
}

fn curve(one: &Outbreak, asked: &Asked, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let (day, most) = peak(one);
    let columns = columns(one);
    let mut table = Table::new(["date", "new_confirmed"]);
    for (n, count) in (0..).zip(&one.counts) {
        table.push(vec![one.first.plus(n).to_string(), count.to_string()]);
    }
    tables.insert("curve", table.to_csv());
    let title = Words::new("{day}公布最多（{n}例）", "Most were published on {day} ({n})")
        .with("day", dates::day(lang, date(day)))
        .with("n", grouped(most));
    let revised = Words::new(
        "有{n}天因修订为负，按0计算",
        "Days that revisions made negative, taken as 0: {n}",
    );
    let line = average(&columns).map(|values| Line {
        name: pick(lang, "7日平均", "7-day average"),
        values,
    });
    Section {
        heading: pick(lang, "流行曲线", "Epidemic curve"),
        about: pick(
            lang,
            "柱为每天公布的新增，线为7日平均。公布日期晚于发病日期，口径改变会造成单日陡增（如武汉2月12日、13日计入临床诊断病例），这不是传播突然加快。最后百分之一的病例不计在内：数周后的修订和零星输入不属于这次疫情。",
            "Columns are what was published each day, the line their 7-day average. Publication follows onset, and a change of definition makes one steep day (Wuhan, 12 and 13 February: cases diagnosed clinically were added) that is no leap of transmission. The last hundredth of the cases is left out: revisions and single cases weeks later are not this outbreak.",
        ),
        chart: Some(Chart {
            title: title.get(lang).to_owned(),
            desc: pick(lang, "每天公布的新增确诊", "New confirmed cases published each day"),
            line,
            ..chart(one, "curve", lang)
        }),
        warnings: (one.revised > 0)
            .then(|| revised.with("n", one.revised).get(lang).to_owned())
            .into_iter()
            .collect(),
        method: words::plain_method(asked, lang),
        csv: file_of(one, "curve.csv"),
        svg: Some(file_of(one, "curve.svg")),
        ..Section::default()
    }
}

/// The table of a call, or why there is none.
fn run(one: &Outbreak, call: &str, set: &[(String, String)], lang: Lang) -> Result<Table, String> {
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
        method: words::reproduction_method(asked, lang),
        ..Section::default()
    };
    let rows = match run(one, "rt", &asked.interval(), lang) {
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
    let below = (0..rows.len())
        .filter(|row| cell(&rows, *row, "q0.975").is_some_and(|high| high < 1.0))
        .filter_map(|row| Day::parse(rows.text(row, "date")?).ok())
        .find(|day| *day >= peak(one).0);
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

fn detectors(one: &Outbreak, asked: &Asked, lang: Lang, tables: &mut BTreeMap<&'static str, String>) -> Section {
    let section = Section {
        heading: pick(lang, "预警方法", "Detectors"),
        about: pick(
            lang,
            "每一天与此前几天比较，超过上限即示警。C1看紧邻的7天，最灵敏；C2隔开2天，疫情缓慢上升时不会被抬高的基线掩盖；C3把3天的超出累加，能发现小而持续的增多。高峰过后的示警多半没有意义：要看的是第一次示警比高峰早多少天。",
            "Each day is held against those before it and rings above a bound. C1 looks at the 7 days just before and is the quickest; C2 leaves 2 days between, so that a slow rise does not lift its own bound; C3 adds up what 3 days had too much, and finds what is small and goes on. Alarms past the peak mean little: what counts is how many days before the peak the first one came.",
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
    Section {
        chart: drawn,
        facts,
        method: Method {
            name: "EARS C1–C3".to_owned(),
            source: "doi:10.1007/PL00022319".to_owned(),
            inputs: Words::new(
                "{figure}；基线7天，误报概率按方法的常用值，最小标准差0.5",
                "{figure}; baseline 7 days, false alarms as usual for each method, least deviation 0.5",
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
