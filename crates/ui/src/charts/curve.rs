//! Columns by day with lines and bands over them: epidemic curves, visits, stocks.
//!
//! A day without a value is hatched and never drawn as zero. The title says the message, `desc` what is drawn.

use super::scale::Scale;
use crate::{Ctx, text};
use maud::{Markup, html};
use std::fmt::Write as _;

/// One day of one series of columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// The day, `2026-11-21`; the axis leaves out the year.
    pub label: String,
    /// The value; `None` = unknown.
    pub value: Option<f64>,
    /// Not final: drawn lighter.
    pub is_partial: bool,
}

/// A line over the columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Name in the key.
    pub name: String,
    /// One value a day; `None` = gap.
    pub values: Vec<Option<f64>>,
}

/// A band of uncertainty over the columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Band {
    /// Name in the key.
    pub name: String,
    /// Lower and upper bound a day; `None` = gap.
    pub bounds: Vec<Option<(f64, f64)>>,
}

/// A chart.
#[derive(Clone, Debug, Default)]
pub struct Chart {
    /// Identifier within the page: letters, digits, hyphens.
    pub id: String,
    /// The message, as a sentence.
    pub title: String,
    /// What is drawn, for those who cannot see it.
    pub desc: String,
    /// Unit on the axis.
    pub unit: String,
    /// Name of the columns in the key.
    pub columns_name: String,
    /// The days.
    pub columns: Vec<Column>,
    /// A line over them.
    pub line: Option<Line>,
    /// A band over them.
    pub band: Option<Band>,
    /// The values of the columns are points of a line: estimates, and not counts.
    pub is_line: bool,
    /// A level that matters, across the picture, such as 1 for a reproduction number.
    pub level: Option<f64>,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const TOP: f64 = 36.0;
const LABELS_AT_MOST: usize = 9;
/// How many times the greatest count or estimate an upper bound may be until it is cut.
const BOUND_AT_MOST: f64 = 2.0;

impl Chart {
    /// The greatest value drawn. An upper bound far above all that is counted and estimated would leave no room for these: it is
    /// cut, and its number written.
    fn greatest(&self) -> f64 {
        let bound = self.widest().map_or(0.0, |(_, bound)| bound);
        bound.min(BOUND_AT_MOST * self.counted()).max(self.counted())
    }

    /// The greatest value that is counted or estimated.
    fn counted(&self) -> f64 {
        let columns = self.columns.iter().filter_map(|column| column.value);
        let line = self.line.iter().flat_map(|line| line.values.iter().flatten().copied());
        let level = self.level.iter().copied();
        let all = columns.chain(line).chain(level);
        all.filter(|value| value.is_finite()).fold(1.0, f64::max)
    }

    /// The greatest upper bound, with its place.
    fn widest(&self) -> Option<(usize, f64)> {
        let bounds = self.band.iter().flat_map(|band| band.bounds.iter().enumerate());
        let upper = bounds.filter_map(|(i, bound)| bound.map(|(_, high)| (i, high)));
        upper
            .filter(|(_, high)| high.is_finite())
            .max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The upper bound that the picture cuts.
    fn cut(&self, scale: Scale) -> Option<(usize, f64)> {
        self.widest().filter(|(_, bound)| *bound > scale.top)
    }

    fn step(&self) -> f64 {
        WIDTH / self.columns.len().max(1) as f64
    }

    fn middle(&self, i: usize) -> f64 {
        LEFT + (i as f64 + 0.5) * self.step()
    }
}

/// The picture alone.
pub fn draw(cx: &Ctx, chart: &Chart) -> Markup {
    drawn(chart, &cx.t("state-unknown"))
}

/// The picture with the word for a day whose value is not known.
pub(crate) fn drawn(chart: &Chart, unknown_word: &str) -> Markup {
    let scale = Scale::new(chart.greatest(), HEIGHT);
    let hatch = format!("hatch-{}", chart.id);
    let unknown = chart.columns.iter().any(|column| column.value.is_none());
    html! {
        svg.chart viewBox={ "0 0 " (LEFT + WIDTH + 8.0) " " (TOP + HEIGHT + 34.0) } role="img"
            aria-labelledby={ "t-" (chart.id) " d-" (chart.id) } xmlns="http://www.w3.org/2000/svg" {
            title id={ "t-" (chart.id) } { (chart.title) }
            desc id={ "d-" (chart.id) } { (chart.desc) }
            @if unknown {
                defs {
                    pattern id=(hatch) width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                        rect.hatch-ground width="6" height="6" {}
                        path.hatch-line d="M0 0V6" {}
                    }
                }
            }
            text.axis-unit x="0" y="12" { (chart.unit) }
            @for mark in scale.marks() {
                line.grid x1=(LEFT) x2=(LEFT + WIDTH) y1=(n(TOP + scale.y(mark))) y2=(n(TOP + scale.y(mark))) {}
                text.axis x=(LEFT - 8.0) y=(n(TOP + scale.y(mark) + 4.0)) text-anchor="end" { (text::grouped(mark as i64)) }
            }
            @if let Some(band) = &chart.band { path.band d=(band_path(chart, band, scale)) {} }
            @if let Some(level) = chart.level {
                line.hatch-line stroke-dasharray="6 4" x1=(LEFT) x2=(LEFT + WIDTH) y1=(n(TOP + scale.y(level))) y2=(n(TOP + scale.y(level))) {}
            }
            (columns(chart, unknown_word, scale, &hatch))
            @if chart.is_line { path.line d=(line_path(chart, &points(chart), scale)) {} }
            @if let Some(line) = &chart.line { path.line d=(line_path(chart, line, scale)) {} }
            @if let Some((i, bound)) = chart.cut(scale) {
                text.axis x=(n(chart.middle(i).min(LEFT + WIDTH))) y=(n(TOP - 8.0)) text-anchor="end" { "↑ " (text::grouped(bound as i64)) }
            }
        }
    }
}

/// The looks of a picture that leaves the page: a file has no style sheet beside it.
pub(crate) const FILE_STYLE: &str = "text{font:12px sans-serif;fill:#4d5856}.grid{stroke:#d8dcd8}.column{fill:#0b5c5f}\
    .partial{fill:#e4efee;stroke:#0b5c5f;stroke-dasharray:3 2}.line{fill:none;stroke:#16201f;stroke-width:2.5}\
    .band{fill:#16201f;opacity:.14}.hatch-ground{fill:#eceeec}.hatch-line{stroke:#59625f;stroke-width:1.6}";

/// The picture as a file of its own, for downloads and documents.
pub fn file(cx: &Ctx, chart: &Chart) -> String {
    let picture = draw(cx, chart).into_string();
    match picture.split_once('>') {
        Some((head, rest)) => format!("{head}><style>{FILE_STYLE}</style>{rest}"),
        None => picture,
    }
}

/// Two decimals at most: coordinates need no more.
fn n(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn columns(chart: &Chart, unknown_word: &str, scale: Scale, hatch: &str) -> Markup {
    let step = chart.step();
    let gap = (step * 0.18).clamp(0.5, 6.0);
    let every = chart.columns.len().div_ceil(LABELS_AT_MOST).max(1);
    html! {
        @for (i, column) in chart.columns.iter().enumerate() {
            @let x = LEFT + i as f64 * step + gap / 2.0;
            @match column.value.filter(|value| value.is_finite()) {
                Some(_) if chart.is_line => {},
                Some(value) => {
                    @let class = if column.is_partial { "column partial" } else { "column" };
                    rect class=(class) x=(n(x)) y=(n(TOP + scale.y(value))) width=(n(step - gap)) height=(n(HEIGHT - scale.y(value))) {
                        title { (column.label) ": " (text::grouped(value as i64)) " " (chart.unit) }
                    }
                },
                None => {
                    rect x=(n(x)) y=(n(TOP)) width=(n(step - gap)) height=(n(HEIGHT)) fill={ "url(#" (hatch) ")" } {
                        title { (column.label) ": " (unknown_word) }
                    }
                },
            }
            @if i % every == 0 {
                // On a phone every second label is left out and the others grow.
                text.axis.second[i / every % 2 == 1] x=(n(chart.middle(i))) y=(n(TOP + HEIGHT + 24.0)) text-anchor="middle" { (on_axis(&column.label)) }
            }
        }
    }
}

/// The values of the columns as a line.
fn points(chart: &Chart) -> Line {
    Line {
        name: chart.columns_name.clone(),
        values: chart.columns.iter().map(|column| column.value).collect(),
    }
}

/// A day on the axis without its year, which the title says.
fn on_axis(label: &str) -> &str {
    match label.split_once('-') {
        Some((year, day)) if year.len() == 4 && day.len() == 5 => day,
        _ => label,
    }
}

fn line_path(chart: &Chart, line: &Line, scale: Scale) -> String {
    let mut path = String::new();
    let mut pen_down = false;
    for (i, value) in line.values.iter().enumerate().take(chart.columns.len()) {
        let Some(value) = value.filter(|value| value.is_finite()) else {
            pen_down = false;
            continue;
        };
        let verb = if pen_down { 'L' } else { 'M' };
        // Writing to a String does not fail.
        let _ = write!(path, "{verb}{} {}", n(chart.middle(i)), n(TOP + scale.y(value)));
        pen_down = true;
    }
    path
}

/// One closed shape for each run of known days.
fn band_path(chart: &Chart, band: &Band, scale: Scale) -> String {
    let mut path = String::new();
    let bounds: Vec<_> = band
        .bounds
        .iter()
        .take(chart.columns.len())
        .copied()
        .enumerate()
        .collect();
    for run in bounds.split(|(_, bound)| bound.is_none()) {
        let upper = run.iter().filter_map(|(i, bound)| bound.map(|(_, high)| (*i, high)));
        let lower = run
            .iter()
            .rev()
            .filter_map(|(i, bound)| bound.map(|(low, _)| (*i, low)));
        for (at, (i, value)) in upper.chain(lower).enumerate() {
            let verb = if at == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{verb}{} {}", n(chart.middle(i)), n(TOP + scale.y(value)));
        }
        if !run.is_empty() {
            path.push('Z');
        }
    }
    path
}

/// The chart with its message, its key and its table; `links` stand under it (CSV, SVG).
pub fn figure(cx: &Ctx, chart: &Chart, links: &Markup) -> Markup {
    html! {
        figure.chart-figure data-chart=(chart.id) {
            figcaption { (chart.title) }
            (draw(cx, chart))
            (key(cx, chart))
            (data(chart))
            div.chart-foot {
                details.chart-table { summary { (cx.t("chart-table")) } (table(cx, chart)) }
                p.quiet { (links) }
            }
        }
    }
}

fn key(cx: &Ctx, chart: &Chart) -> Markup {
    let partial = chart.columns.iter().any(|column| column.is_partial);
    let unknown = chart.columns.iter().any(|column| column.value.is_none());
    html! {
        ul.key {
            li {
                @if chart.is_line { span.swatch.line-swatch {} } @else { span.swatch.column-swatch {} }
                (chart.columns_name)
            }
            @if partial { li { span.swatch.partial-swatch {} (cx.t("chart-partial")) } }
            @if let Some(line) = &chart.line { li { span.swatch.line-swatch {} (line.name) } }
            @if let Some(band) = &chart.band {
                li {
                    span.swatch.band-swatch {} (band.name)
                    @if let Some((_, bound)) = chart.cut(Scale::new(chart.greatest(), HEIGHT)) {
                        (cx.tf("chart-cut", &[("n", text::grouped(bound as i64).into())]))
                    }
                }
            }
            @if unknown { li { span.swatch.hatch-swatch {} (cx.t("chart-unknown")) } }
        }
    }
}

/// The same numbers for script, which may draw a larger picture to explore. `<` is escaped: no tag can end it.
fn data(chart: &Chart) -> Markup {
    let own = chart.is_line.then(|| points(chart));
    let line = own.as_ref().or(chart.line.as_ref());
    let columns: Vec<Option<f64>> = chart
        .columns
        .iter()
        .map(|column| column.value.filter(|_| !chart.is_line))
        .collect();
    let json = serde_json::json!({
        "unit": chart.unit,
        "labels": chart.columns.iter().map(|column| column.label.as_str()).collect::<Vec<_>>(),
        "columns": { "name": chart.columns_name, "values": columns },
        "line": line.map(|line| serde_json::json!({ "name": line.name, "values": line.values })),
    });
    html! { script type="application/json" data-chart-values { (maud::PreEscaped(json.to_string().replace('<', "\\u003c"))) } }
}

fn table(cx: &Ctx, chart: &Chart) -> Markup {
    let digits = if chart.is_line { 100.0 } else { 10.0 };
    let shown =
        |value: Option<f64>| value.map_or_else(|| cx.t("state-unknown"), |value| n((value * digits).round() / digits));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(chart.columns_name) {
            table {
                caption.sr { (chart.title) }
                thead {
                    tr {
                        th scope="col" { (cx.t("chart-day")) }
                        th.num scope="col" { (chart.columns_name) " (" (chart.unit) ")" }
                        @if let Some(line) = &chart.line { th.num scope="col" { (line.name) } }
                        @if let Some(band) = &chart.band { th.num scope="col" { (band.name) } }
                    }
                }
                tbody {
                    @for (i, column) in chart.columns.iter().enumerate() {
                        tr {
                            th scope="row" { (column.label) }
                            td.num { (shown(column.value)) @if column.is_partial { " *" } }
                            @if let Some(line) = &chart.line { td.num { (shown(line.values.get(i).copied().flatten())) } }
                            @if let Some(band) = &chart.band {
                                td.num {
                                    @match band.bounds.get(i).copied().flatten() {
                                        Some((low, high)) => { (shown(Some(low))) " – " (shown(Some(high))) },
                                        None => (cx.t("state-unknown")),
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lianfang_kernel::Lang;

    fn chart(values: &[Option<f64>]) -> Chart {
        let columns = values
            .iter()
            .map(|value| Column {
                label: "d".into(),
                value: *value,
                is_partial: false,
            })
            .collect();
        Chart {
            id: "c".into(),
            columns,
            ..Chart::default()
        }
    }

    #[test]
    fn an_unknown_day_is_hatched_and_never_a_column_of_zero() {
        let cx = Ctx::public(Lang::Zh, "珲春市", "/");
        let svg = draw(&cx, &chart(&[Some(0.0), None])).into_string();
        assert_eq!(svg.matches("url(#hatch-c)").count(), 1);
        assert_eq!(svg.matches("class=\"column\"").count(), 1);
    }

    #[test]
    fn a_gap_in_a_band_makes_two_shapes() {
        let mut gapped = chart(&[Some(1.0); 5]);
        let bound = Some((0.5, 1.5));
        gapped.band = Some(Band {
            name: String::new(),
            bounds: vec![bound, bound, None, bound, bound],
        });
        let svg = draw(&Ctx::public(Lang::En, "Hunchun", "/"), &gapped).into_string();
        assert_eq!(svg.matches('Z').count(), 2);
    }

    #[test]
    fn an_upper_bound_far_above_the_counts_is_cut_and_its_number_written() {
        let mut wide = chart(&[Some(40.0), Some(10.0)]);
        wide.band = Some(Band {
            name: "95 %".into(),
            bounds: vec![None, Some((8.0, 12_345.0))],
        });
        let html = figure(&Ctx::public(Lang::En, "Hunchun", "/"), &wide, &html! {}).into_string();
        // The axis ends at twice the greatest count, and the column of 40 keeps half of the height.
        assert!(html.contains(">80<") && !html.contains(">100<"), "{html}");
        assert!(html.contains("height=\"110\"") && html.contains("↑ 12,345"), "{html}");
        wide.band = Some(Band {
            name: "95 %".into(),
            bounds: vec![None, Some((8.0, 70.0))],
        });
        let html = draw(&Ctx::public(Lang::En, "Hunchun", "/"), &wide).into_string();
        assert!(!html.contains('↑'));
    }

    #[test]
    fn an_estimate_is_a_line_with_its_level_and_two_decimals() {
        let mut estimate = chart(&[None, Some(1.234), Some(0.9)]);
        (estimate.is_line, estimate.level) = (true, Some(1.0));
        let html = figure(&Ctx::public(Lang::En, "Hunchun", "/"), &estimate, &html! {}).into_string();
        assert_eq!(
            (
                html.matches("class=\"column\"").count(),
                html.matches("class=\"line\"").count()
            ),
            (0, 1)
        );
        assert!(html.contains("stroke-dasharray") && html.contains(">1.23<"), "{html}");
    }

    #[test]
    fn nothing_to_draw_is_an_empty_frame_and_a_file_carries_its_style() {
        let cx = Ctx::public(Lang::En, "Hunchun", "/");
        assert!(draw(&cx, &Chart::default()).into_string().starts_with("<svg"));
        let odd = file(&cx, &chart(&[Some(3.0), Some(f64::NAN)]));
        assert!(odd.contains("<style>") && !odd.contains("NaN"));
    }

    #[test]
    fn a_name_cannot_end_the_script_element_of_the_values() {
        let mut odd = chart(&[Some(1.0)]);
        odd.columns_name = "</script><b>".into();
        assert!(!data(&odd).into_string().contains("</script><b>"));
    }
}
