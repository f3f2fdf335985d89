//! 以往疫情: published counts of 2020 run through the curve, the reproduction number, growth and the detectors, each explained.
//! Open to everybody: nothing in it is of this city's ledger.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{field::select, form::Choice, table},
    paths,
    shell::{self, Nav, Title},
    views::science::{self, Section},
};
use lianfang_kernel::Lang;
use maud::html;

/// The page. Asks with `place`.
#[derive(Clone, Debug, Default)]
pub struct Past {
    /// Places with published counts.
    pub places: Vec<Choice>,
    /// The one shown.
    pub place: String,
    /// What happened there, in a sentence.
    pub summary: String,
    /// The results.
    pub sections: Vec<Section>,
    /// Where its data come from, unless they are the published counts of 2020.
    pub source: String,
}

/// The whole page.
pub fn render(view: &Past, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("past-title")) } a href=(paths::SITUATION) { (cx.t("nav-situation")) } }
        @if view.source.is_empty() { p.notice { (cx.t("past-note")) } }
        @if view.places.is_empty() { (table::empty(&cx.t("past-none"), &cx.t("past-none-how"))) }
        @else {
            form.filters method="get" action=(paths::PAST) {
                div { label for="f-place" { (cx.t("past-place")) } (select("f-place", "place", &view.places, &view.place, None)) }
                button type="submit" { (cx.t("science-show")) }
            }
            p { strong { (view.summary) } }
            @for section in &view.sections { (science::result(section, cx)) }
            p.quiet { @if view.source.is_empty() { (cx.t("past-source")) } @else { (view.source) } }
        }
    };
    shell::either(cx, &Title::new(cx.t("past-title")).charts(), Nav::Situation, &body)
}

/// An outbreak, and a program without the counts.
pub fn samples(lang: Lang) -> Vec<(&'static str, Past)> {
    let sections = science::samples(lang).into_iter().next().map(|(_, view)| view.sections);
    let mut sections = sections.unwrap_or_default();
    for section in &mut sections {
        section.about = w(
            lang,
            "柱为每天公布的新增，线为7日平均。",
            "Columns are what was published each day, the line their 7-day average.",
        );
    }
    let full = Past {
        places: vec![
            Choice::new("420100", w(lang, "武汉市", "Wuhan")),
            Choice::new("620500", w(lang, "天水市", "Tianshui")),
        ],
        place: "420100".into(),
        summary: w(
            lang,
            "武汉市：2020年1月1日至4月30日共公布50,333例",
            "Wuhan: 50,333 cases published from 1 Jan to 30 Apr 2020",
        ),
        sections,
        source: String::new(),
    };
    vec![("full", full), ("none", Past::default())]
}
