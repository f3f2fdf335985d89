//! The public first page: what is in force here, what one can do, how things stand.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        table,
        value::{self, Figure, Value},
    },
    paths,
    shell::{self, Title},
};
use jiff::civil::{Date, date, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// One measure in force, as its notice words it.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What is asked, as a sentence.
    pub title: String,
    /// To whom it applies.
    pub applies_to: String,
    /// Since when.
    pub since: Date,
    /// Until when, if the order says.
    pub until: Option<Date>,
    /// Order and clause.
    pub source: String,
    /// The protocol it follows; links to its page.
    pub protocol: Option<String>,
}

/// The public first page.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// What is in force here today.
    pub measures: Vec<Measure>,
    /// The situation in a few figures.
    pub figures: Vec<Figure>,
    /// This device has declared before.
    pub knows_device: bool,
    /// Pass valid today on this device.
    pub pass: Option<String>,
    /// One code for a day may be declared here.
    pub has_day_pass: bool,
    /// Places may be looked up here.
    pub has_risk_areas: bool,
    /// Registers are shown to everybody here.
    pub has_published: bool,
    /// Telephone number for questions.
    pub help_line: String,
}

/// The whole page.
pub fn render(view: &Home, cx: &Ctx) -> Markup {
    let body = html! {
        h1 { (cx.tf("home-title", &[("city", cx.city.as_str().into())])) }
        ul.tiles {
            @if let Some(pass) = &view.pass { li { (tile(cx, &paths::pass(pass), "home-pass", true)) } }
            @if view.has_day_pass { li { (tile(cx, paths::DAY, "home-day", view.pass.is_none())) } }
            li { (tile(cx, paths::DECLARE, "home-declare", view.pass.is_none() && !view.has_day_pass)) }
            @if view.knows_device { li { (tile(cx, paths::ME, "home-me", false)) } }
            @else { li { (tile(cx, &paths::me("recover"), "home-recover", false)) } }
            @if view.has_published { li { (tile(cx, paths::PUBLISHED, "home-published", false)) } }
            @if view.has_risk_areas { li { (tile(cx, paths::RISK, "home-risk", false)) } }
            li { (tile(cx, paths::VERIFY, "home-verify", false)) }
        }
        h2 { (cx.t("home-in-force")) }
        @if view.measures.is_empty() { (table::empty(&cx.t("home-nothing"), &cx.t("home-nothing-how"))) }
        @else { ul.lines { @for measure in &view.measures { (line(cx, measure)) } } }
        h2 { (cx.t("home-situation")) }
        (value::cards(cx, &view.figures))
        p.quiet { (cx.t("home-situation-note")) }
        h2 { (cx.t("home-help")) }
        p {
            (cx.t("home-help-text"))
            @if !view.help_line.is_empty() { " " (cx.tf("home-help-call", &[("line", view.help_line.as_str().into())])) }
        }
    };
    shell::public(cx, &Title::new(cx.t("home-short")), &body)
}

fn tile(cx: &Ctx, href: &str, key: &str, is_first: bool) -> Markup {
    html! {
        a.first[is_first] href=(href) { strong { (cx.t(key)) } span { (cx.t(&format!("{key}-more"))) } }
    }
}

fn line(cx: &Ctx, measure: &Measure) -> Markup {
    html! {
        li {
            p { strong { @if let Some(id) = &measure.protocol { a href=(paths::protocol(id)) { (measure.title) } } @else { (measure.title) } } }
            p { (measure.applies_to) }
            p.quiet {
                (cx.period(measure.since, measure.until)) " · " (measure.source)
            }
        }
    }
}

/// Figures of a small outbreak, for samples.
pub(crate) fn sample_figures(lang: Lang) -> Vec<Figure> {
    let at = Some(datetime(2026, 11, 21, 8, 0, 0, 0));
    let of = |id: &str, zh: &str, en: &str, value: Value, change: Option<i64>| Figure {
        id: id.into(),
        label: w(lang, zh, en),
        value,
        unit: w(lang, "人", "people"),
        change,
        as_of: at,
        note: None,
    };
    vec![
        of(
            "new-confirmed",
            "昨日新增确诊",
            "New confirmed yesterday",
            Value::Known(3),
            Some(-2),
        ),
        of(
            "active-cases",
            "现有确诊",
            "Confirmed, in care",
            Value::Known(58),
            Some(1),
        ),
        of(
            "home-isolation",
            "居家隔离",
            "Isolating at home",
            Value::Partial {
                value: 1_204,
                reported: 17,
                expected: 19,
            },
            Some(35),
        ),
        of(
            "arrivals",
            "昨日来返人员",
            "Arrivals yesterday",
            Value::Known(412),
            Some(0),
        ),
    ]
}

/// Normal, empty, and a device with a pass while figures are unknown.
pub fn samples(lang: Lang) -> Vec<(&'static str, Home)> {
    let measures = vec![
        Measure {
            title: w(lang, "来返人员提前3天报备", "Arrivals declare three days ahead"),
            applies_to: w(
                lang,
                "从市外来珲春、返回珲春的人员。",
                "Everybody who comes or returns to Hunchun from elsewhere.",
            ),
            since: date(2026, 11, 1),
            until: None,
            source: w(lang, "市指挥部通告第12号第二条", "Command office notice 12, clause 2"),
            protocol: Some("arrival-intake".into()),
        },
        Measure {
            title: w(lang, "聚集活动不超过50人", "Gatherings of at most 50 people"),
            applies_to: w(
                lang,
                "新安街道辖区内的婚宴、展会和文体活动。",
                "Weddings, fairs, sports and cultural events in Xin'an street.",
            ),
            since: date(2026, 11, 18),
            until: Some(date(2026, 12, 2)),
            source: w(lang, "市指挥部通告第15号第一条", "Command office notice 15, clause 1"),
            protocol: None,
        },
    ];
    let help_line = "0433-000-0000".to_owned();
    let normal = Home {
        measures,
        figures: sample_figures(lang),
        has_risk_areas: true,
        has_published: true,
        help_line: help_line.clone(),
        ..Home::default()
    };
    let mut figures = sample_figures(lang);
    for figure in &mut figures {
        figure.value = Value::Unknown;
        figure.change = None;
    }
    let with_pass = Home {
        knows_device: true,
        pass: Some("p1".into()),
        has_day_pass: true,
        figures,
        measures: normal.measures.clone(),
        has_risk_areas: true,
        has_published: true,
        help_line,
    };
    vec![("normal", normal), ("empty", Home::default()), ("pass", with_pass)]
}
