//! Beds over the next days against the beds there are.

use super::Asked;
use super::results::{Run, cell, days, pick, svg};
use super::words::{self, number};
use crate::visit::{Desk, date};
use lianfang_epi::Table;
use lianfang_kernel::{Datum, Day, Lang, Words};
use lianfang_ledger::read::FigureQuery;
use lianfang_server::{AppState, figure};
use lianfang_ui::charts::{Band, Chart, Column};
use lianfang_ui::dates;
use lianfang_ui::views::science::Section;

/// Figures of the packs on hospitals: who is in hospital, and the beds there are.
const IN_USE: &str = "inpatients";
const BEDS: &str = "beds-designated";

/// Stay and share as they are set for the place.
pub(super) struct Stay {
    /// Mean days in hospital.
    pub mean: String,
    /// Their standard deviation.
    pub sd: String,
    /// The share of cases admitted.
    pub share: String,
    /// Beds in use now, where they are counted.
    pub occupied: Option<i64>,
}

/// The section of what is under way; none where no pack says how long a stay is.
pub(super) async fn section(state: &AppState, desk: &Desk, asked: &Asked) -> Option<Section> {
    let lang = desk.visit.lang;
    let stay = stay(state, desk, asked).await.filter(|_| asked.period.is_recent)?;
    let beds = value_of(state, desk, asked, BEDS).await.filter(|beds| *beds > 0);
    let mut set = asked.interval();
    set.retain(|(name, _)| name != "width");
    let occupied = stay.occupied.map(|n| n.to_string());
    let given = [
        ("stay_mean", Some(&stay.mean)),
        ("stay_sd", Some(&stay.sd)),
        ("share", Some(&stay.share)),
        ("occupied", occupied.as_ref()),
    ];
    set.extend(
        given
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.clone()))),
    );
    let run = Run {
        call: "beds",
        days: days(state, desk, asked),
        set,
    };
    let section = Section {
        heading: pick(lang, "床位需求", "Beds needed"),
        method: words::beds_method(asked, &stay, lang),
        ..Section::default()
    };
    let filled = run.section((state, desk, asked), section, |rows, section| Section {
        chart: Some(chart(lang, rows, run.days.1, beds)),
        svg: svg(desk, asked, "beds"),
        ..section
    });
    Some(filled.await)
}

async fn stay(state: &AppState, desk: &Desk, asked: &Asked) -> Option<Stay> {
    let at = desk.visit.as_of.unwrap_or_else(|| state.ledger.now());
    let snapshot = state.ledger.snapshot();
    let setting = |id: &str| {
        let value = snapshot.setting(id, &asked.region, at);
        value.as_ref().and_then(Datum::as_int)
    };
    let tenths = |n: i64| format!("{}.{}", n / 10, n % 10);
    let share = setting("hospital_share")?;
    Some(Stay {
        mean: tenths(setting("hospital_stay_mean")?),
        sd: tenths(setting("hospital_stay_sd")?),
        share: format!("{}.{:02}", share / 100, share % 100),
        occupied: value_of(state, desk, asked, IN_USE).await.filter(|n| *n > 0),
    })
}

/// A figure of now, if the reader may see it and it is known.
async fn value_of(state: &AppState, desk: &Desk, asked: &Asked, id: &str) -> Option<i64> {
    let query = FigureQuery {
        region: Some(asked.region.clone()),
        as_of: desk.visit.as_of,
        ..FigureQuery::default()
    };
    figure(state, &desk.visit.caller, id, query).await.ok()?.value
}

fn chart(lang: Lang, rows: &Table, last: Day, beds: Option<i64>) -> Chart {
    let day = |row: usize| last.plus(i64::try_from(row + 1).unwrap_or(0));
    let at = |row: usize, name: &str| cell(rows, row, name);
    let columns = (0..rows.len()).map(|row| Column {
        label: day(row).to_string(),
        value: at(row, "median"),
        is_partial: false,
    });
    let bounds = (0..rows.len()).map(|row| at(row, "q0.025").zip(at(row, "q0.975")));
    Chart {
        id: "science-beds".to_owned(),
        title: message(lang, rows, day, beds),
        desc: pick(
            lang,
            "今后各日在用床位的中位数和区间",
            "Median and interval of the beds in use on each day to come",
        ),
        unit: pick(lang, "张", "beds"),
        columns_name: pick(lang, "在用床位（中位数）", "Beds in use (median)"),
        columns: columns.collect(),
        line: None,
        band: Some(Band {
            name: pick(lang, "95%区间", "95 % interval"),
            bounds: bounds.collect(),
        }),
        is_line: true,
        level: beds.map(|beds| beds as f64),
    }
}

/// How many by the last day, and from when they may not be enough.
fn message(lang: Lang, rows: &Table, day: impl Fn(usize) -> Day, beds: Option<i64>) -> String {
    let end = rows.len().saturating_sub(1);
    let of = |name: &str| cell(rows, end, name).map_or_else(String::new, |n| number(n, 0));
    let words = Words::new(
        "至{day}约需床位{median}张（95%区间{low}至{high}）",
        "About {median} beds by {day} (95 % interval {low} to {high})",
    );
    let words = words
        .with("day", dates::day(lang, date(day(end))))
        .with("median", of("median"))
        .with("low", of("q0.025"))
        .with("high", of("q0.975"));
    let Some(beds) = beds else {
        return words.get(lang).to_owned();
    };
    let exceeds =
        |name: &'static str| (0..rows.len()).find(|row| cell(rows, *row, name).is_some_and(|n| n > beds as f64));
    let more = match (exceeds("median"), exceeds("q0.975")) {
        (Some(row), _) => Words::new(
            "，自{day}起超过现有{beds}张",
            "; more than the {beds} there are from {day}",
        )
        .with("day", dates::day(lang, date(day(row)))),
        (None, Some(row)) => Words::new(
            "，自{day}起可能超过现有{beds}张",
            "; perhaps more than the {beds} there are from {day}",
        )
        .with("day", dates::day(lang, date(day(row)))),
        (None, None) => Words::new("，现有{beds}张够用", "; the {beds} there are will do"),
    };
    format!("{}{}", words.get(lang), more.with("beds", beds).get(lang))
}
