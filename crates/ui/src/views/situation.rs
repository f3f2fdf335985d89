//! 态势: the figures, the curve with its message, who is late; for everybody the same page with public figures only.

use crate::{
    Ctx, Markup,
    charts::{self, Chart, Column, Line, Map},
    gallery::w,
    part::{
        mark::{Meaning, mark},
        table,
        value::{self, Figure, Value},
    },
    paths,
    shell::{self, Nav, Title},
    views::home,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// A duty past its time.
#[derive(Clone, Debug)]
pub struct Late {
    /// Who.
    pub owner: String,
    /// What.
    pub what: String,
    /// How many of them.
    pub count: u32,
    /// Since when, the oldest.
    pub since: DateTime,
    /// The list behind it.
    pub href: String,
}

/// A region's line.
#[derive(Clone, Debug, Default)]
pub struct Region {
    /// Name.
    pub name: String,
    /// This page for that region.
    pub href: String,
    /// One value a column of the table.
    pub values: Vec<Value>,
}

/// A figure by day, with where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    /// The chart.
    pub chart: Chart,
    /// Indicator behind it, for downloads and the definition.
    pub indicator: String,
    /// Registers and pack.
    pub source: String,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Situation {
    /// Name of the region shown.
    pub region: String,
    /// The figures.
    pub figures: Vec<Figure>,
    /// The regions, with what is asked of most and the levels in force.
    pub map: Option<Map>,
    /// Curves that reach to the moment shown, one a figure.
    pub curves: Vec<Curve>,
    /// Curves of an earlier time. In a demonstration these are the published counts of the real city, shown beside the
    /// invented ones and never mixed with them.
    pub past: Vec<Curve>,
    /// Duties past their time; staff only.
    pub late: Vec<Late>,
    /// Headings of the table of regions.
    pub columns: Vec<String>,
    /// The regions below.
    pub regions: Vec<Region>,
    /// The reader sees chains of transmission.
    pub sees_chains: bool,
}

/// The whole page.
pub fn render(view: &Situation, cx: &Ctx) -> Markup {
    let title = cx.tf("situation-of", &[("region", view.region.as_str().into())]);
    let is_staff = cx.acting.is_some();
    let body = html! {
        div.head {
            h1 { (title) }
            @if is_staff { a href=(paths::SCIENCE) { (cx.t("situation-science")) } a href=(paths::SIGNALS) { (cx.t("situation-signals")) } @if view.sees_chains { a href=(paths::CHAINS) { (cx.t("chains-title")) } } a href=(paths::WALL) { (cx.t("situation-wall")) } }
            a href=(paths::PAST) { (cx.t("past-title")) }
        }
        @if view.figures.is_empty() { (table::empty(&cx.t("situation-none"), &cx.t("situation-none-how"))) }
        @else { (value::cards(cx, &view.figures)) }
        @if let Some(map) = &view.map { h2 { (cx.t("situation-map")) } (charts::map_figure(cx, map, &html! {})) }
        (curves(cx, &cx.t("situation-curves"), None, &view.curves))
        @let (heading, note) = if cx.is_demo { ("situation-published", Some(cx.t("situation-published-note"))) } else { ("situation-past", None) };
        (curves(cx, &cx.t(heading), note, &view.past))
        @if is_staff { (late(cx, &view.late)) }
        (regions(cx, view))
    };
    let title = Title::new(title).charts();
    shell::either(cx, &title, Nav::Situation, &body)
}

fn curves(cx: &Ctx, heading: &str, note: Option<String>, curves: &[Curve]) -> Markup {
    html! {
        @if !curves.is_empty() {
            h2 { (heading) }
            @if let Some(note) = note { p.notice { (note) } }
            div.beside {
                @for curve in curves {
                    section aria-label=(curve.chart.columns_name) {
                        (charts::figure(cx, &curve.chart, &html! {
                            (downloads(cx, &curve.indicator)) " · " (cx.tf("situation-source", &[("source", curve.source.as_str().into())]))
                        }))
                    }
                }
            }
        }
    }
}

/// Links to the numbers and the picture of a figure.
pub(crate) fn downloads(cx: &Ctx, id: &str) -> Markup {
    html! {
        (cx.t("download"))
        @for format in ["csv", "svg"] { " " a href=(paths::figure_file(id, format)) { (format.to_uppercase()) } }
        " · " a href=(paths::figure(id)) { (cx.t("figure-definition")) }
    }
}

/// The duties past their time, as a board.
pub(crate) fn late(cx: &Ctx, late: &[Late]) -> Markup {
    html! {
        section.board {
            h2 { (cx.t("situation-late")) }
            @if late.is_empty() { p { (mark(Meaning::Done, &cx.t("situation-late-none"))) } }
            @else {
                (table::scroll(&cx.t("situation-late"), &html! {
                    table {
                        thead { tr {
                            th scope="col" { (cx.t("coverage-unit")) } th scope="col" { (cx.t("late-what")) }
                            th.num scope="col" { (cx.t("late-count")) } th scope="col" { (cx.t("late-since")) }
                        } }
                        tbody {
                            @for item in late {
                                tr data-item {
                                    th scope="row" { a href=(item.href) data-open { (item.owner) } }
                                    td { (item.what) } td.num { (item.count) } td { (mark(Meaning::Late, &cx.near(item.since))) }
                                }
                            }
                        }
                    }
                }))
            }
        }
    }
}

fn regions(cx: &Ctx, view: &Situation) -> Markup {
    html! {
        @if !view.regions.is_empty() {
            h2 { (cx.t("situation-regions")) }
            (table::scroll(&cx.t("situation-regions"), &html! {
                table {
                    thead { tr { th scope="col" { (cx.t("region")) } @for column in &view.columns { th.num scope="col" { (column) } } } }
                    tbody {
                        @for region in &view.regions {
                            tr data-item {
                                th scope="row" { a href=(region.href) data-open { (region.name) } }
                                @for cell in &region.values { td.num { (value::value(cx, cell, "")) } }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// Four weeks of invented counts with two unknown days and two not yet complete. The average needs seven known days.
pub(crate) fn sample_chart(lang: Lang) -> Chart {
    let counts = [
        0, 0, 1, 0, 2, 3, 5, 4, 8, 9, 12, 15, 14, 11, 13, 10, 9, 7, 8, 6, 5, 5, 4, 3, 4, 2, 3, 2,
    ];
    let label = |i: usize| {
        if i < 7 {
            format!("10-{:02}", i + 25)
        } else {
            format!("11-{:02}", i - 6)
        }
    };
    let columns: Vec<Column> = counts
        .iter()
        .enumerate()
        .map(|(i, n)| Column {
            label: label(i),
            value: (i != 2 && i != 3).then_some(f64::from(*n)),
            is_partial: i >= 26,
        })
        .collect();
    let average = columns.windows(7).map(|week| {
        week.iter()
            .map(|day| day.value.filter(|_| !day.is_partial))
            .sum::<Option<f64>>()
            .map(|sum| sum / 7.0)
    });
    let values = std::iter::repeat_n(None, 6).chain(average).collect();
    Chart {
        id: "curve".into(),
        title: w(
            lang,
            "7日平均新增自11月11日起下降",
            "The 7-day average has fallen since 11 November",
        ),
        desc: w(
            lang,
            "10月25日至11月21日每日新增确诊，最高15人；10月27日、28日未报。",
            "New confirmed cases a day, 25 October to 21 November, at most 15; 27 and 28 October were not reported.",
        ),
        unit: w(lang, "人", "people"),
        columns_name: w(lang, "每日新增确诊", "New confirmed a day"),
        columns,
        line: Some(Line {
            name: w(lang, "7日平均", "7-day average"),
            values,
        }),
        ..Chart::default()
    }
}

/// Staff and public, an empty ledger, figures in all their states.
pub fn samples(lang: Lang) -> Vec<(&'static str, Situation)> {
    let mut figures = home::sample_figures(lang);
    for (id, value, zh, en) in [
        ("r", Value::Text("0.84".into()), "有效再生数", "Reproduction number"),
        ("beds", Value::Unknown, "可用床位", "Free beds"),
        ("tests", Value::NotDue, "今日检测人次", "Tests today"),
        ("villages", Value::Suppressed, "敬信镇确诊", "Confirmed in Jingxin"),
    ] {
        figures.push(Figure {
            id: id.into(),
            label: w(lang, zh, en),
            value,
            ..Figure::default()
        });
    }
    let full = Situation {
        region: w(lang, "珲春市", "Hunchun"),
        figures,
        map: Some(charts::map::sample_map(lang)),
        curves: vec![Curve {
            chart: sample_chart(lang),
            indicator: "new-confirmed".into(),
            source: w(lang, "病例个案 · 疫情监测", "Case line list · Surveillance"),
        }],
        past: vec![Curve {
            chart: sample_published(lang),
            indicator: "published".into(),
            source: w(lang, "每日疫情数据 · 疫情监测", "Daily counts · Surveillance"),
        }],
        late: sample_late(lang),
        columns: vec![w(lang, "现有确诊", "In care"), w(lang, "居家隔离", "At home")],
        sees_chains: true,
        regions: vec![
            Region {
                name: w(lang, "新安街道", "Xin'an street"),
                href: "?region=1".into(),
                values: vec![Value::Known(12), Value::Known(304)],
            },
            Region {
                name: w(lang, "敬信镇", "Jingxin town"),
                href: "?region=2".into(),
                values: vec![
                    Value::Suppressed,
                    Value::Partial {
                        value: 41,
                        reported: 6,
                        expected: 8,
                    },
                ],
            },
        ],
    };
    vec![
        ("full", full),
        (
            "empty",
            Situation {
                region: w(lang, "珲春市", "Hunchun"),
                ..Situation::default()
            },
        ),
    ]
}

/// A board for samples.
pub(crate) fn sample_late(lang: Lang) -> Vec<Late> {
    let of = |zh: &str, en: &str, wzh: &str, wen: &str, count: u32, hour: i8| Late {
        owner: w(lang, zh, en),
        what: w(lang, wzh, wen),
        count,
        since: datetime(2026, 11, 20, hour, 0, 0, 0),
        href: paths::coverage("daily-report"),
    };
    vec![
        of("滨河社区", "Binhe community", "晚间体温", "Evening temperature", 3, 20),
        of("珲春宾馆", "Hunchun Hotel", "疫情日报", "Daily report", 1, 17),
        of("市检测中心", "City laboratory", "核酸结果", "PCR results", 12, 14),
    ]
}

/// A chart of counts as published, for samples.
fn sample_published(lang: Lang) -> Chart {
    Chart {
        id: "published".into(),
        title: w(
            lang,
            "延边州2020年公布的新增确诊：1月至4月共5例",
            "Published new cases of Yanbian, 2020: five from January to April",
        ),
        columns_name: w(lang, "公布的每日新增", "Published new cases a day"),
        line: None,
        columns: (1..=12)
            .map(|i| Column {
                label: format!("02-{i:02}"),
                value: Some(if i == 3 || i == 9 { 1.0 } else { 0.0 }),
                is_partial: false,
            })
            .collect(),
        ..sample_chart(lang)
    }
}
