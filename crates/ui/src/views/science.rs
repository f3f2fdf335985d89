//! 流行病学分析: one curve with what is not reported yet, its reproduction number, its growth and what is unusual, each with method,
//! inputs and downloads.

use crate::{
    Ctx, Markup,
    charts::{self, Band, Chart, Column, Line, Map},
    gallery::w,
    part::{field::select, form::Choice, table, value},
    paths,
    shell::{self, Nav, Title},
    views::situation,
};
use lianfang_kernel::Lang;
use maud::html;

/// How a result came about.
#[derive(Clone, Debug, Default)]
pub struct Method {
    /// The method, with its author and year.
    pub name: String,
    /// Its paper, such as `doi:10.1093/aje/kwt133`; written and not linked, as a city may have no internet.
    pub source: String,
    /// What went in: figure, days, parameters.
    pub inputs: String,
}

/// One result.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// What it is, a word or two.
    pub heading: String,
    /// A picture, if one says it.
    pub chart: Option<Chart>,
    /// What is computed and how it is read, where the page explains.
    pub about: String,
    /// What it says in words and numbers.
    pub facts: Vec<(String, String)>,
    /// What a reader must know before using it.
    pub warnings: Vec<String>,
    /// Why there is no result.
    pub none: Option<String>,
    /// How it came about.
    pub method: Method,
    /// The numbers.
    pub csv: String,
    /// The picture as a file.
    pub svg: Option<String>,
}

/// A link to another curve.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Figure and time.
    pub label: String,
    /// This page for it.
    pub href: String,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Science {
    /// Name of the region.
    pub region: String,
    /// Its code.
    pub region_code: String,
    /// The figures that can be looked at.
    pub figures: Vec<Choice>,
    /// The one shown.
    pub figure: String,
    /// Serial interval and window as they stand in the form: name, words, value.
    pub inputs: Vec<(&'static str, String, String)>,
    /// The results.
    pub sections: Vec<Section>,
    /// The figure by region.
    pub map: Option<Map>,
    /// The same cases by the other days known of them: report, confirmation.
    pub others: Vec<Chart>,
    /// Outbreaks that are over.
    pub past: Vec<Past>,
}

/// The whole page.
pub fn render(view: &Science, cx: &Ctx) -> Markup {
    let title = cx.tf("science-of", &[("region", view.region.as_str().into())]);
    let body = html! {
        div.head {
            h1 { (title) }
            p.quiet { (cx.tf("as-of", &[("at", crate::dates::moment(cx.lang, cx.speaks_of()).into())])) }
        }
        @if cx.is_demo { p.notice { (cx.t("science-demo")) } }
        @if !view.figures.is_empty() { (choices(view, cx)) }
        @if view.figures.is_empty() { (table::empty(&cx.t("science-empty"), &cx.t("science-empty-how"))) }
        @for (i, section) in view.sections.iter().enumerate() {
            (result(section, cx))
            @if let Some(map) = view.map.as_ref().filter(|_| i == 0) {
                section aria-label=(cx.t("science-map")) { h2 { (cx.t("science-map")) } (charts::map_figure(cx, map, &html! {})) p.quiet { (cx.t("science-map-note")) } }
            }
        }
        @if !view.others.is_empty() {
            section aria-label=(cx.t("science-others")) {
                h2 { (cx.t("science-others")) }
                p { (cx.t("science-others-note")) }
                div.beside { @for chart in &view.others { (charts::figure(cx, chart, &situation::downloads(cx, chart.id.trim_start_matches("curve-")))) } }
            }
        }
        p { a href=(paths::PAST) { (cx.t("past-title")) } }
        @if !view.past.is_empty() {
            h2 { (cx.t("science-past")) }
            ul { @for past in &view.past { li { a href=(past.href) { (past.label) } } } }
        }
        p.quiet { (cx.t("science-note")) }
    };
    shell::either(cx, &Title::new(title).charts(), Nav::Situation, &body)
}

fn choices(view: &Science, cx: &Ctx) -> Markup {
    html! {
        form.filters method="get" action=(paths::SCIENCE) {
            input type="hidden" name="region" value=(view.region_code);
            div {
                label for="f-indicator" { (cx.t("science-figure")) }
                (select("f-indicator", "indicator", &view.figures, &view.figure, None))
            }
            @for (name, words, value) in &view.inputs {
                div {
                    label for={ "f-" (name) } { (words) }
                    input id={ "f-" (name) } name=(name) value=(value) inputmode="decimal" autocomplete="off";
                }
            }
            button type="submit" { (cx.t("science-show")) }
        }
    }
}

pub(super) fn result(section: &Section, cx: &Ctx) -> Markup {
    let links = html! {
        (cx.t("download")) @if !section.csv.is_empty() { " " a href=(section.csv) { "CSV" } }
        @if let Some(svg) = &section.svg { " " a href=(svg) { "SVG" } }
    };
    html! {
        section aria-label=(section.heading) {
            h2 { (section.heading) }
            @if !section.about.is_empty() { p { (section.about) } }
            @if let Some(why) = &section.none { p.quiet { (why) } }
            @if let Some(chart) = &section.chart { (charts::figure(cx, chart, &links)) }
            @if !section.facts.is_empty() {
                @let facts: Vec<(String, Markup)> = section.facts.iter().map(|(name, text)| (name.clone(), html! { (text) })).collect();
                (value::pairs(&facts))
            }
            @for warning in &section.warnings { p.quiet { (warning) } }
            p.quiet {
                (cx.t("science-method")) " " (section.method.name)
                @if !section.method.source.is_empty() { " · " (section.method.source) }
                " · " (section.method.inputs)
                @if section.chart.is_none() && section.none.is_none() { " · " (links) }
            }
        }
    }
}

/// A curve under way, one with nothing to estimate, and no figure at all.
pub fn samples(lang: Lang) -> Vec<(&'static str, Science)> {
    let days: Vec<String> = (1..=28).map(|day| format!("2026-11-{day:02}")).collect();
    let full = Science {
        region: w(lang, "珲春市", "Hunchun"),
        region_code: "222404".into(),
        figures: vec![Choice::new(
            "cases-by-onset",
            w(lang, "病例数（按发病日）", "Cases by day of onset"),
        )],
        figure: "cases-by-onset".into(),
        inputs: vec![
            (
                "mean_si",
                w(lang, "代间距均值（天）", "Mean serial interval (days)"),
                "4.7".into(),
            ),
            (
                "std_si",
                w(lang, "代间距标准差（天）", "Its standard deviation (days)"),
                "2.9".into(),
            ),
            ("width", w(lang, "窗宽（天）", "Window (days)"), "7".into()),
        ],
        sections: vec![
            sample_curve(lang, &days),
            sample_reproduction(lang, &days),
            sample_growth(lang),
        ],
        map: Some(charts::map::sample_map(lang)),
        others: vec![situation::sample_chart(lang)],
        past: vec![Past {
            label: w(
                lang,
                "新增确诊病例：2020年1月23日 – 2020年4月30日",
                "New confirmed cases: 23 Jan 2020 – 30 Apr 2020",
            ),
            href: "?indicator=new-confirmed".into(),
        }],
    };
    let none = Section {
        heading: w(lang, "再生数", "Reproduction number"),
        none: Some(w(lang, "整个序列都是0", "The whole series is zero")),
        ..full.sections[1].clone()
    };
    let empty = Science {
        sections: vec![Section {
            chart: None,
            facts: Vec::new(),
            ..none
        }],
        past: Vec::new(),
        map: None,
        others: Vec::new(),
        ..full.clone()
    };
    let nothing = Science {
        region: w(lang, "珲春市", "Hunchun"),
        ..Science::default()
    };
    vec![("full", full), ("refused", empty), ("empty", nothing)]
}

fn sample_curve(lang: Lang, days: &[String]) -> Section {
    let counts = [
        0, 1, 0, 2, 1, 3, 2, 4, 5, 4, 7, 6, 9, 8, 10, 11, 9, 10, 8, 9, 7, 6, 6, 4, 4, 3, 2, 1,
    ];
    let late = |i: usize| i.saturating_sub(21) as f64;
    let column = |(i, day): (usize, &String)| Column {
        label: day.clone(),
        value: Some(f64::from(counts[i])),
        is_partial: i >= 22,
    };
    let curve = Chart {
        id: "science-curve".into(),
        title: w(
            lang,
            "最近6天约有21例尚未报告（95%区间9至38例）",
            "About 21 cases of the last 6 days are not reported yet (95 % interval 9 to 38)",
        ),
        desc: w(lang, "按发病日的病例数", "Cases by day of onset"),
        unit: w(lang, "例", "cases"),
        columns_name: w(lang, "已报告", "Reported"),
        columns: days.iter().enumerate().map(column).collect(),
        line: Some(Line {
            name: w(lang, "补足未报告后的估计", "With what is not reported yet"),
            values: (0..28)
                .map(|i| (i >= 22).then(|| f64::from(counts[i]) + late(i)))
                .collect(),
        }),
        band: Some(Band {
            name: w(lang, "95%区间", "95 % interval"),
            bounds: (0..28)
                .map(|i| (i >= 22).then(|| (f64::from(counts[i]), f64::from(counts[i]) + 2.0 * late(i))))
                .collect(),
        }),
        ..Chart::default()
    };
    Section {
        heading: w(lang, "流行曲线", "Epidemic curve"),
        chart: Some(curve),
        method: Method {
            name: "Höhle, an der Heiden 2014".into(),
            source: "doi:10.1111/biom.12194".into(),
            inputs: w(lang, "按发病日，最长延迟14天", "by day of onset, delays up to 14 days"),
        },
        csv: "/api/v1/epi/nowcast?indicator=cases-by-onset&format=csv".into(),
        svg: Some("/situation/science/curve.svg?indicator=cases-by-onset".into()),
        ..Section::default()
    }
}

fn sample_growth(lang: Lang) -> Section {
    Section {
        heading: w(lang, "增长与倍增", "Growth and doubling"),
        facts: vec![(
            w(lang, "减半时间", "Halving time"),
            w(lang, "6.1天（4.2至10.8天）", "6.1 days (4.2 to 10.8)"),
        )],
        method: Method {
            name: w(lang, "对数线性回归", "Log-linear regression"),
            source: "doi:10.12688/f1000research.18002.1".into(),
            inputs: w(lang, "最近21天", "the last 21 days"),
        },
        csv: "/api/v1/epi/growth?indicator=cases-by-onset&format=csv".into(),
        ..Section::default()
    }
}

fn sample_reproduction(lang: Lang, days: &[String]) -> Section {
    let mean = |i: usize| 2.2 - 0.055 * i as f64;
    let known = |i: usize| i >= 7;
    let chart = Chart {
        id: "science-rt".into(),
        title: w(
            lang,
            "至11月28日的7天：R 0.72（95%区间0.53至0.94），疫情在减弱",
            "Seven days to 28 November: R 0.72 (95 % interval 0.53 to 0.94), it is falling",
        ),
        desc: w(
            lang,
            "每个7天窗的再生数",
            "The reproduction number in each window of 7 days",
        ),
        unit: "R".into(),
        columns_name: "R".into(),
        columns: days
            .iter()
            .enumerate()
            .map(|(i, day)| Column {
                label: day.clone(),
                value: known(i).then(|| mean(i)),
                is_partial: false,
            })
            .collect(),
        band: Some(Band {
            name: w(lang, "95%可信区间", "95 % credible interval"),
            bounds: (0..days.len())
                .map(|i| known(i).then(|| (mean(i) * 0.7, mean(i) * 1.3)))
                .collect(),
        }),
        is_line: true,
        level: Some(1.0),
        ..Chart::default()
    };
    Section {
        heading: w(lang, "再生数", "Reproduction number"),
        chart: Some(chart),
        warnings: vec![w(
            lang,
            "报告未齐的最近几天偏低。",
            "The last days are too low while reports are missing.",
        )],
        method: Method {
            name: "Cori et al. 2013".into(),
            source: "doi:10.1093/aje/kwt133".into(),
            inputs: w(
                lang,
                "代间距4.7±2.9天，窗宽7天，先验均值5",
                "serial interval 4.7 ± 2.9 days, window 7 days, prior mean 5",
            ),
        },
        csv: "/api/v1/epi/rt?indicator=cases-by-onset&format=csv".into(),
        svg: Some("/situation/science/rt.svg?indicator=cases-by-onset".into()),
        ..Section::default()
    }
}
