//! One figure: number, unit, as-of, and behind it the definition, numerator and denominator, and rows.

use crate::{
    Ctx, Markup,
    charts::{self, Chart, Map},
    gallery::w,
    part::{
        table,
        value::{self, Figure, Value},
    },
    paths,
    shell::{self, Nav, Title},
    views::{home, situation},
};
use lianfang_kernel::Lang;
use maud::html;

/// A part of the number: a region, a sector, a code.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// In words.
    pub label: String,
    /// Its own figure or rows, if the reader may see them.
    pub href: Option<String>,
    /// Its value.
    pub value: Value,
}

/// A way of taking the number apart.
#[derive(Clone, Debug, Default)]
pub struct Cut {
    /// In words.
    pub words: String,
    /// The page taken apart so; none for the one that is shown.
    pub href: Option<String>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct FigurePage {
    /// The figure.
    pub figure: Figure,
    /// What is counted, in a sentence.
    pub definition: String,
    /// The expression, as the pack has it.
    pub expression: String,
    /// Pack, version and source of the definition.
    pub source: String,
    /// Numerator: in words, and its value.
    pub numerator: Option<(String, Value)>,
    /// Denominator.
    pub denominator: Option<(String, Value)>,
    /// By what the parts are taken: "地区".
    pub parts_by: String,
    /// The parts.
    pub parts: Vec<Part>,
    /// The ways of taking it apart.
    pub cuts: Vec<Cut>,
    /// The parts as a map, when they are regions.
    pub map: Option<Map>,
    /// The series.
    pub series: Option<Chart>,
    /// Rows behind it, as far as the reader may see: address and number.
    pub rows: Option<(String, u64)>,
    /// The balance sheets of its accounts: title and page.
    pub sheets: Vec<(String, String)>,
    /// Those who have not reported.
    pub has_missing: bool,
}

/// The whole page.
pub fn render(view: &FigurePage, cx: &Ctx) -> Markup {
    let figure = &view.figure;
    let body = html! {
        div.head { h1 { (figure.label) } p.quiet { (cx.tf("as-of", &[("at", crate::dates::moment(cx.lang, figure.as_of.unwrap_or_else(|| cx.speaks_of())).into())])) } }
        p.figure-value { (value::value(cx, &figure.value, &figure.unit)) @if let Some(n) = figure.change { (value::change(cx, n)) } }
        @if let Some(note) = &figure.note { p { (note) } }
        @if view.has_missing { p { a href=(paths::coverage(&figure.id)) { (cx.t("figure-missing")) } } }
        @if let Some(series) = &view.series { (charts::figure(cx, series, &situation::downloads(cx, &figure.id))) }
        h2 { (cx.t("figure-definition")) }
        (value::pairs(&definition(cx, view)))
        @if !view.parts.is_empty() {
            h2 { (cx.tf("figure-parts", &[("by", view.parts_by.as_str().into())])) }
            @if view.cuts.len() > 1 {
                p { @for (i, cut) in view.cuts.iter().enumerate() {
                    @if i > 0 { " · " }
                    @match &cut.href { Some(href) => a href=(href) { (cut.words) }, None => strong aria-current="true" { (cut.words) } }
                } }
            }
            @if let Some(map) = &view.map { (charts::map_figure(cx, map, &html! {})) }
            (table::scroll(&figure.label, &parts(cx, view)))
        }
        @if !view.sheets.is_empty() { p { (cx.t("figure-sheets")) @for (title, href) in &view.sheets { " " a href=(href) { (title) } } } }
        @if let Some((href, n)) = &view.rows { div.act { a.button href=(href) { (cx.tf("figure-rows", &[("n", (*n).into())])) } } }
    };
    let title = Title::new(figure.label.clone()).charts();
    shell::either(cx, &title, Nav::Situation, &body)
}

fn definition(cx: &Ctx, view: &FigurePage) -> Vec<(String, Markup)> {
    let mut rows = vec![(cx.t("figure-counts"), html! { (view.definition) })];
    let unit = &view.figure.unit;
    for (key, part) in [
        ("figure-numerator", &view.numerator),
        ("figure-denominator", &view.denominator),
    ] {
        if let Some((words, number)) = part {
            rows.push((cx.t(key), html! { (words) " " (value::value(cx, number, unit)) }));
        }
    }
    if !view.expression.is_empty() {
        rows.push((cx.t("figure-expression"), html! { code { (view.expression) } }));
    }
    rows.push((cx.t("figure-source"), html! { (view.source) }));
    rows
}

fn parts(cx: &Ctx, view: &FigurePage) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { (view.parts_by) } th.num scope="col" { (view.figure.label) } } }
            tbody {
                @for part in &view.parts {
                    tr data-item {
                        th scope="row" { @if let Some(href) = &part.href { a href=(href) data-open { (part.label) } } @else { (part.label) } }
                        td.num { (value::value(cx, &part.value, "")) }
                    }
                }
            }
        }
    }
}

/// A count with its series, and a coverage that is not known.
pub fn samples(lang: Lang) -> Vec<(&'static str, FigurePage)> {
    let count = FigurePage {
        figure: home::sample_figures(lang).into_iter().next().unwrap_or_default(),
        definition: w(
            lang,
            "首次诊断为确诊的人数，按报告日期。全部医院报齐前显示“已报 k/n”。",
            "People first classed as confirmed, by day of report. Partial until every hospital has reported.",
        ),
        expression: "count(case_class) where it.class == 'confirmed' && it.first".into(),
        source: w(lang, "病例管理方案包 1.2", "Pack case management 1.2"),
        parts_by: w(lang, "地区", "Region"),
        parts: vec![
            Part {
                label: w(lang, "新安街道", "Xin'an street"),
                href: Some("?region=1".into()),
                value: Value::Known(2),
            },
            Part {
                label: w(lang, "敬信镇", "Jingxin town"),
                href: None,
                value: Value::Suppressed,
            },
        ],
        cuts: vec![
            Cut {
                words: w(lang, "地区", "Region"),
                href: None,
            },
            Cut {
                words: w(lang, "行业", "Sector"),
                href: Some("?by=sector".into()),
            },
        ],
        map: Some(charts::map::sample_map(lang)),
        series: Some(situation::sample_chart(lang)),
        rows: Some((paths::register("case_class"), 3)),
        sheets: vec![(w(lang, "库存", "Store"), paths::balance_sheet("store"))],
        has_missing: true,
        ..FigurePage::default()
    };
    let unknown = FigurePage {
        figure: Figure {
            id: "household-coverage".into(),
            label: w(lang, "入户排查覆盖率", "Household coverage"),
            unit: "%".into(),
            ..Figure::default()
        },
        definition: w(
            lang,
            "已排查户数占应排查户数的比例。",
            "Households checked out of those on the frozen list.",
        ),
        numerator: Some((w(lang, "已排查", "checked"), Value::Unknown)),
        denominator: Some((w(lang, "应排查", "on the list"), Value::Known(1_823))),
        series: None,
        map: None,
        parts: Vec::new(),
        rows: None,
        sheets: Vec::new(),
        ..count.clone()
    };
    vec![("count", count), ("unknown", unknown)]
}
