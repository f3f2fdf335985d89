//! 监测信号: what each detector raised and what became of it, where sources agree, and what each grade of sensitivity costs.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// A part of a whole, such as answered in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// How many.
    pub n: i64,
    /// Of how many.
    pub all: i64,
}

/// One detector.
#[derive(Clone, Debug, Default)]
pub struct Detector {
    /// What it watches.
    pub title: String,
    /// Its signals, as a figure.
    pub indicator: String,
    /// How many it raised.
    pub raised: i64,
    /// How many are not answered yet.
    pub open: i64,
    /// Dismissed, of those judged.
    pub false_alarms: Option<Share>,
    /// Verified in time, of those due.
    pub in_time: Option<Share>,
    /// False alarms a week that low, medium and high sensitivity are expected to raise.
    pub expected: Option<[String; 3]>,
}

/// What verification said of one source.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The source.
    pub title: String,
    /// Signals verified, and how many of them were nothing.
    pub dismissed: Option<Share>,
    /// Median days from the first onset to the signal.
    pub delay: Option<i64>,
}

/// One area.
#[derive(Clone, Debug, Default)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// This page for it.
    pub href: String,
    /// Whose signals are open there.
    pub open: Vec<String>,
    /// Several sources agree.
    pub agree: bool,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// Name of the region.
    pub region: String,
    /// The grade of sensitivity in force there.
    pub grade: String,
    /// The detectors.
    pub detectors: Vec<Detector>,
    /// What verification said, by source.
    pub sources: Vec<Source>,
    /// The areas below.
    pub areas: Vec<Area>,
    /// Whether the region is small enough for expected false alarms.
    pub is_expected: bool,
}

/// The whole page.
pub fn render(view: &Signals, cx: &Ctx) -> Markup {
    let title = cx.tf("signals-of", &[("region", view.region.as_str().into())]);
    let body = html! {
        div.head {
            h1 { (title) }
            p.quiet { (cx.tf("as-of", &[("at", crate::dates::moment(cx.lang, cx.speaks_of()).into())])) }
        }
        @if view.detectors.is_empty() { (table::empty(&cx.t("signals-empty"), &cx.t("signals-empty-how"))) }
        @else {
            (areas(view, cx))
            (detectors(view, cx))
            (sources(view, cx))
        }
        p.quiet { (cx.t("signals-note")) }
    };
    shell::either(cx, &Title::new(title), Nav::Situation, &body)
}

fn areas(view: &Signals, cx: &Ctx) -> Markup {
    html! {
        h2 { (cx.t("signals-areas")) }
        (table::scroll(&cx.t("signals-areas"), &html! {
            table {
                thead { tr { th scope="col" { (cx.t("region")) } th scope="col" { (cx.t("signals-open-by")) } th scope="col" { (cx.t("signals-grade")) } } }
                tbody {
                    @for area in &view.areas {
                        tr data-item {
                            th scope="row" { a href=(area.href) { (area.name) } }
                            td { @if area.open.is_empty() { (cx.t("signals-none")) } @else { (area.open.join(" · ")) } }
                            td {
                                @if area.agree { (mark(Meaning::Late, &cx.t("signals-agree"))) }
                                @else if !area.open.is_empty() { (mark(Meaning::Due, &cx.t("signals-single"))) }
                            }
                        }
                    }
                }
            }
        }))
    }
}

fn detectors(view: &Signals, cx: &Ctx) -> Markup {
    html! {
        h2 { (cx.t("signals-detectors")) }
        (table::scroll(&cx.t("signals-detectors"), &html! {
            table {
                thead { tr {
                    th scope="col" { (cx.t("signals-detector")) }
                    th.num scope="col" { (cx.t("signals-raised")) }
                    th.num scope="col" { (cx.t("signals-open")) }
                    th.num scope="col" { (cx.t("signals-false")) }
                    th.num scope="col" { (cx.t("signals-in-time")) }
                    @if view.is_expected { th.num scope="col" { (cx.t("signals-expected")) } }
                } }
                tbody {
                    @for detector in &view.detectors {
                        tr data-item {
                            th scope="row" { a href=(paths::figure(&detector.indicator)) { (detector.title) } }
                            td.num { (detector.raised) }
                            td.num { (detector.open) }
                            td.num { (share(cx, detector.false_alarms)) }
                            td.num { (share(cx, detector.in_time)) }
                            @if view.is_expected {
                                td.num {
                                    @match &detector.expected {
                                        Some(grades) => { (grades.join(" / ")) },
                                        None => { (cx.t("state-unknown")) },
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }))
        p { (cx.tf("signals-sensitivity", &[("grade", view.grade.as_str().into())])) }
        p.quiet { @if view.is_expected { (cx.t("signals-expected-how")) } @else { (cx.t("signals-expected-where")) } }
    }
}

fn sources(view: &Signals, cx: &Ctx) -> Markup {
    html! {
        @if !view.sources.is_empty() {
            h2 { (cx.t("signals-sources")) }
            (table::scroll(&cx.t("signals-sources"), &html! {
                table {
                    thead { tr {
                        th scope="col" { (cx.t("signals-source")) }
                        th.num scope="col" { (cx.t("signals-false")) }
                        th.num scope="col" { (cx.t("signals-delay")) }
                    } }
                    tbody {
                        @for source in &view.sources {
                            tr data-item {
                                th scope="row" { (source.title) }
                                td.num { (share(cx, source.dismissed)) }
                                td.num { @match source.delay { Some(days) => { (days) }, None => { (cx.t("state-unknown")) } } }
                            }
                        }
                    }
                }
            }))
        }
    }
}

fn share(cx: &Ctx, share: Option<Share>) -> Markup {
    html! {
        @match share.filter(|share| share.all > 0) {
            Some(Share { n, all }) => { (n * 100 / all) " % (" (n) "/" (all) ")" },
            None => { (cx.t("state-unknown")) },
        }
    }
}

/// A county with signals, a city of which nothing is expected, and nothing at all.
pub fn samples(lang: Lang) -> Vec<(&'static str, Signals)> {
    let detector = |title: String, raised, expected| Detector {
        title,
        indicator: "case-signals".into(),
        raised,
        open: 1,
        false_alarms: Some(Share { n: 1, all: raised - 1 }),
        in_time: Some(Share {
            n: raised - 1,
            all: raised,
        }),
        expected,
    };
    let county = Signals {
        region: w(lang, "南关区", "Nanguan"),
        grade: w(lang, "中：通常", "Medium: as usual"),
        detectors: vec![
            detector(
                w(lang, "病例信号", "Signals: Cases"),
                4,
                Some(["0.04", "0.14", "0.31"].map(str::to_owned)),
            ),
            detector(w(lang, "热线信号", "Signals: Hotline"), 2, None),
        ],
        sources: vec![
            Source {
                title: w(lang, "病例", "Cases"),
                dismissed: Some(Share { n: 1, all: 3 }),
                delay: Some(5),
            },
            Source {
                title: w(lang, "热线诉求", "Hotline"),
                ..Source::default()
            },
        ],
        areas: vec![
            Area {
                name: w(lang, "南关区", "Nanguan"),
                href: "?region=220102".into(),
                open: vec![w(lang, "病例信号", "Cases"), w(lang, "热线信号", "Hotline")],
                agree: true,
            },
            Area {
                name: w(lang, "宽城区", "Kuancheng"),
                href: "?region=220103".into(),
                ..Area::default()
            },
        ],
        is_expected: true,
    };
    let city = Signals {
        is_expected: false,
        ..county.clone()
    };
    vec![("county", county), ("city", city), ("empty", Signals::default())]
}
