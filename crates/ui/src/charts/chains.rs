//! Chains of transmission: time across, a row for each generation, a line from whoever infected to whom.
//!
//! Marks are placed by whoever calls (`lianfang_epi::layout`); here they become a picture that needs no script. Script may zoom,
//! move and follow a chain: each mark carries its own and its source's number.

use crate::Ctx;
use jiff::civil::Date;
use maud::{Markup, html};

/// A case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// What it is called.
    pub label: String,
    /// More, for who points at it: day, place, class.
    pub told: String,
    /// Its day; without one it stands before all days.
    pub day: Option<Date>,
    /// Its lane from the top.
    pub lane: usize,
    /// Number of the mark that it came from.
    pub from: Option<usize>,
    /// The link to that one is a contact and not a finding.
    pub is_contact: bool,
    /// Outside of what was asked for: drawn without weight.
    pub is_faint: bool,
    /// Its file, if the reader may open it.
    pub href: Option<String>,
}

/// A generation of a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// "第2代".
    pub label: String,
    /// Its first lane.
    pub lane: usize,
    /// Its lanes.
    pub lanes: usize,
    /// The first row of its block: a rule stands above it.
    pub begins: bool,
}

/// A cluster as one bar.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bar {
    /// What stands beside it.
    pub label: String,
    /// Its first day.
    pub first: Option<Date>,
    /// Its last day.
    pub last: Option<Date>,
    /// The page that shows it case by case.
    pub href: String,
}

/// A picture of chains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChainPicture {
    /// The message.
    pub title: String,
    /// What is drawn, for those who cannot see it.
    pub desc: String,
    /// First day of the axis.
    pub first: Date,
    /// Last day of the axis.
    pub last: Date,
    /// The cases.
    pub marks: Vec<Mark>,
    /// The generations.
    pub rows: Vec<Row>,
    /// Lanes of the whole picture.
    pub height: usize,
    /// Clusters instead of cases, where there are too many cases.
    pub bars: Vec<Bar>,
    /// The picture as a file.
    pub svg: String,
}

/// Width of the part with days.
const WIDTH: f64 = 860.0;
/// Room for the names of generations.
const LEFT: f64 = 96.0;
/// Room for cases without a day, where there are any.
const UNKNOWN: f64 = 28.0;
const TOP: f64 = 30.0;
/// Height of a lane.
const LANE: f64 = 16.0;
const RADIUS: f64 = 5.0;
/// Labels of the axis at most.
const LABELS: usize = 10;

/// The least distance in days of two marks of one lane, so that they never meet.
pub fn gap_days(first: Date, last: Date) -> i64 {
    let day = WIDTH / span(first, last);
    ((RADIUS * 2.0 + 3.0) / day).ceil().max(1.0) as i64
}

fn span(first: Date, last: Date) -> f64 {
    let days = first.until(last).map_or(0, |span| span.get_days());
    f64::from(days.max(6)) + 1.0
}

impl ChainPicture {
    fn gutter(&self) -> f64 {
        let any = self.marks.iter().any(|mark| mark.day.is_none());
        LEFT + if any { UNKNOWN } else { 0.0 }
    }

    fn x(&self, day: Option<Date>) -> f64 {
        let Some(day) = day else { return LEFT + RADIUS };
        let days = self.first.until(day).map_or(0, |span| span.get_days());
        self.gutter() + (f64::from(days) + 0.5) * WIDTH / span(self.first, self.last)
    }

    fn y(lane: usize) -> f64 {
        TOP + (lane as f64 + 0.5) * LANE
    }

    fn lanes(&self) -> usize {
        if self.bars.is_empty() {
            self.height
        } else {
            self.bars.len()
        }
    }

    /// Days that the axis names, a week or a month apart where they would be too many.
    fn named_days(&self) -> Vec<Date> {
        let days = span(self.first, self.last) as usize;
        let step = [1, 2, 7, 14, 28, 56, 91, 182, 365]
            .into_iter()
            .find(|step| days / step < LABELS)
            .unwrap_or(days / LABELS + 1);
        let mut named = vec![self.first];
        while let Some(next) = named
            .last()
            .and_then(|day| day.checked_add(jiff::Span::new().days(step as i64)).ok())
        {
            if next > self.last || named.len() > 2 * LABELS {
                break;
            }
            named.push(next);
        }
        named
    }
}

/// A day on the axis; the year where days of several stand on it.
fn on_axis(day: Date, with_year: bool) -> String {
    let whole = day.to_string();
    match with_year {
        true => whole,
        false => whole.split_once('-').map_or(String::new(), |(_, rest)| rest.to_owned()),
    }
}

/// One decimal at most.
fn n(value: f64) -> String {
    let text = format!("{value:.1}");
    text.trim_end_matches(".0").to_owned()
}

/// The picture alone.
pub fn draw(cx: &Ctx, picture: &ChainPicture) -> Markup {
    let (width, height) = (
        picture.gutter() + WIDTH + 150.0,
        TOP + picture.lanes() as f64 * LANE + 8.0,
    );
    let bottom = height - 4.0;
    html! {
        svg.chart.chain viewBox={ "0 0 " (n(width)) " " (n(height)) } role="img" aria-labelledby="chain-title chain-desc"
            xmlns="http://www.w3.org/2000/svg" {
            title id="chain-title" { (picture.title) }
            desc id="chain-desc" { (picture.desc) }
            g.chain-axis {
                @for day in picture.named_days() {
                    @let x = n(picture.x(Some(day)));
                    line.grid x1=(x) x2=(x) y1=(n(TOP - 4.0)) y2=(n(bottom)) {}
                    text.axis x=(x) y="14" text-anchor="middle" { (on_axis(day, picture.first.year() != picture.last.year())) }
                }
                @if picture.gutter() > LEFT { text.axis x=(n(LEFT + RADIUS)) y="14" text-anchor="middle" { "?" title { (cx.t("chains-no-day")) } } }
            }
            @if picture.bars.is_empty() { (rows(picture)) (links(picture)) (marks(picture)) } @else { (bars(picture)) }
        }
    }
}

fn rows(picture: &ChainPicture) -> Markup {
    html! {
        @for row in &picture.rows {
            @if row.begins && row.lane > 0 {
                @let y = n(TOP + (row.lane as f64 - 0.5) * LANE);
                line.chain-rule x1="0" x2=(n(picture.gutter() + WIDTH)) y1=(y) y2=(y) {}
            }
            text.axis x="0" y=(n(ChainPicture::y(row.lane) + 4.0)) { (row.label) }
        }
    }
}

fn links(picture: &ChainPicture) -> Markup {
    html! {
        g.chain-links {
            @for (at, mark) in picture.marks.iter().enumerate() {
                @if let Some(from) = mark.from.and_then(|from| picture.marks.get(from)) {
                    @let (x1, y1) = (picture.x(from.day), ChainPicture::y(from.lane));
                    @let (x2, y2) = (picture.x(mark.day), ChainPicture::y(mark.lane));
                    path.chain-link.contact[mark.is_contact].faint[mark.is_faint] data-to=(at)
                        d={ "M" (n(x1)) " " (n(y1)) "C" (n(x1)) " " (n((y1 + y2) / 2.0)) " " (n((x1 + x2) / 2.0)) " " (n(y2)) " " (n(x2)) " " (n(y2)) } {}
                }
            }
        }
    }
}

fn marks(picture: &ChainPicture) -> Markup {
    html! {
        g.chain-marks {
            @for (at, mark) in picture.marks.iter().enumerate() {
                circle.chain-mark.faint[mark.is_faint].first[mark.from.is_none()] cx=(n(picture.x(mark.day))) cy=(n(ChainPicture::y(mark.lane))) r=(n(RADIUS))
                    data-mark=(at) data-from=[mark.from] data-href=[mark.href.as_ref()] { title { (mark.label) " · " (mark.told) } }
            }
        }
    }
}

fn bars(picture: &ChainPicture) -> Markup {
    html! {
        @for (lane, bar) in picture.bars.iter().enumerate() {
            @let (x1, x2) = (picture.x(bar.first.or(Some(picture.first))), picture.x(bar.last.or(bar.first).or(Some(picture.first))));
            @let y = ChainPicture::y(lane);
            rect.column.chain-bar x=(n(x1 - RADIUS)) y=(n(y - RADIUS)) width=(n(x2 - x1 + RADIUS * 2.0)) height=(n(RADIUS * 2.0)) rx=(n(RADIUS)) data-href=(bar.href) { title { (bar.label) } }
            text.axis x=(n(x2 + RADIUS + 5.0)) y=(n(y + 4.0)) { (bar.label) }
        }
    }
}

/// The looks of a picture that leaves the page.
const FILE_STYLE: &str = "<style>text{font:12px sans-serif;fill:#4d5856}.grid{stroke:#e4e7e4}.chain-rule{stroke:#aab3af}\
    .chain-link{fill:none;stroke:#59625f;stroke-width:1;opacity:.55}.contact{stroke-dasharray:3 3}\
    .chain-mark{fill:#0b5c5f;stroke:#fff;stroke-width:1}.first{fill:#fff;stroke:#0b5c5f;stroke-width:2}.faint{opacity:.3}\
    .column{fill:#0b5c5f}</style>";

/// The picture as a file of its own.
pub fn file(cx: &Ctx, picture: &ChainPicture) -> String {
    let drawn = draw(cx, picture).into_string();
    match drawn.split_once('>') {
        Some((head, rest)) => format!("{head}>{FILE_STYLE}{rest}"),
        None => drawn,
    }
}

/// The picture with its message, its key, and what script adds to it.
pub fn figure(cx: &Ctx, picture: &ChainPicture, links: &Markup) -> Markup {
    let has = |of: fn(&Mark) -> bool| picture.marks.iter().any(of);
    html! {
        figure.chart-figure.chain-figure data-chain-picture {
            figcaption { (picture.title) }
            div.chain-tools.no-print {
                @for (act, key) in [("in", "chains-zoom-in"), ("out", "chains-zoom-out"), ("whole", "chains-zoom-whole")] {
                    button.secondary type="button" hidden data-zoom=(act) { (cx.t(key)) }
                }
                p.quiet role="status" data-chain-told { (cx.t(if picture.bars.is_empty() { "chains-point" } else { "chains-point-bar" })) }
                a hidden data-chain-open data-label=(cx.t("chains-open")) href=(picture.svg) { (cx.t("chains-open")) }
            }
            div.chain-scroll tabindex="0" role="region" aria-label=(picture.title) { (draw(cx, picture)) }
            @if picture.bars.is_empty() {
                ul.key {
                    li { span.swatch.chain-first-swatch {} (cx.t("chains-key-first")) }
                    li { span.swatch.chain-mark-swatch {} (cx.t("chains-key-case")) }
                    @if has(|mark| mark.from.is_some() && !mark.is_contact) { li { span.swatch.line-swatch {} (cx.t("chains-key-found")) } }
                    @if has(|mark| mark.from.is_some() && mark.is_contact) { li { span.swatch.chain-contact-swatch {} (cx.t("chains-key-contact")) } }
                    @if has(|mark| mark.is_faint) { li { span.swatch.chain-faint-swatch {} (cx.t("chains-key-faint")) } }
                }
            }
            p.quiet { (links) button.link type="button" hidden data-chain-png=(picture.svg) { "PNG" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use lianfang_kernel::Lang;

    fn picture(days: &[Option<i8>]) -> ChainPicture {
        let mark = |(lane, day): (usize, &Option<i8>)| Mark {
            label: format!("<{lane}>"),
            day: day.map(|day| date(2015, 5, day)),
            lane,
            from: lane.checked_sub(1),
            ..Mark::default()
        };
        ChainPicture {
            first: date(2015, 5, 1),
            last: date(2015, 5, 31),
            marks: days.iter().enumerate().map(mark).collect(),
            height: days.len(),
            ..ChainPicture::default()
        }
    }

    #[test]
    fn later_days_stand_further_right_and_a_case_without_a_day_before_all() {
        let picture = picture(&[Some(3), Some(20), None]);
        let x: Vec<f64> = picture.marks.iter().map(|mark| picture.x(mark.day)).collect();
        assert!(
            x[2] < picture.gutter() && picture.gutter() < x[0] && x[0] < x[1],
            "{x:?}"
        );
    }

    #[test]
    fn every_case_is_a_mark_and_every_source_a_line() {
        let svg = draw(
            &Ctx::public(Lang::En, "Hunchun", "/"),
            &picture(&[Some(3), Some(20), None]),
        )
        .into_string();
        assert_eq!((svg.matches("<circle").count(), svg.matches("<path").count()), (3, 2));
        assert!(svg.contains("&lt;0&gt;"));
        assert!(file(&Ctx::public(Lang::En, "Hunchun", "/"), &picture(&[None])).contains("<style>"));
    }

    #[test]
    fn marks_a_gap_apart_do_not_meet() {
        for (from, to) in [
            (date(2015, 5, 1), date(2015, 5, 9)),
            (date(2014, 4, 1), date(2015, 5, 1)),
        ] {
            let day = WIDTH / span(from, to);
            assert!(gap_days(from, to) as f64 * day >= RADIUS * 2.0 + 2.0);
        }
    }
}
