//! 追踪: everybody met within some hops of a person, and what was left out.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::table,
    paths,
    shell::{self, Nav, Title},
    text,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Somebody reached.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// What they are called, and their file if the reader may open it.
    pub name: (String, Option<String>),
    /// From whom.
    pub from: String,
    /// When these two met last.
    pub at: Option<DateTime>,
    /// A case.
    pub is_case: bool,
}

/// One hop.
#[derive(Clone, Debug, Default)]
pub struct Hop {
    /// How many hops from the start.
    pub hop: u32,
    /// Persons.
    pub persons: usize,
    /// Cases among them.
    pub cases: usize,
    /// Those of the table.
    pub shown: Vec<Person>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct TracePage {
    /// Whom tracing starts from.
    pub start: String,
    /// Their file.
    pub id: String,
    /// The hops, the first first.
    pub hops: Vec<Hop>,
    /// There are more than were followed: this many at most.
    pub cut_at: Option<usize>,
    /// Downloads: format and address.
    pub exports: Vec<(String, String)>,
}

/// The whole page.
pub fn render(view: &TracePage, cx: &Ctx) -> Markup {
    let title = cx.tf("trace-of", &[("name", view.start.as_str().into())]);
    let all: usize = view.hops.iter().map(|hop| hop.persons).sum();
    let body = html! {
        div.head {
            h1 { (title) }
            a href=(paths::subject(&view.id)) { (cx.t("trace-file")) }
            a href=(paths::CHAINS) { (cx.t("chains-title")) }
        }
        p.sentence role="status" {
            (cx.tf("trace-found", &[("n", text::grouped(all as i64).into()), ("hops", view.hops.len().into())]))
            @if !view.exports.is_empty() { " · " (cx.t("download")) @for (format, href) in &view.exports { " " a href=(href) download { (format) } } }
        }
        @if let Some(most) = view.cut_at { p.notice { (cx.tf("trace-cut", &[("n", text::grouped(most as i64).into())])) } }
        @if all == 0 { (table::empty(&cx.t("trace-none"), &cx.t("trace-none-how"))) }
        @for hop in &view.hops { (one(cx, hop)) }
    };
    shell::staff(cx, &Title::new(title), Nav::Situation, &body)
}

fn one(cx: &Ctx, hop: &Hop) -> Markup {
    let n = |n: usize| text::grouped(n as i64);
    let heading = cx.tf(
        "trace-hop",
        &[
            ("hop", hop.hop.into()),
            ("n", n(hop.persons).into()),
            ("cases", n(hop.cases).into()),
        ],
    );
    html! {
        h2 { (heading) }
        @if hop.shown.len() < hop.persons { p.quiet { (cx.tf("chains-cases-some", &[("n", hop.shown.len().into())])) } }
        (table::scroll(&heading, &html! {
            table {
                thead { tr { th scope="col" { (cx.t("trace-who")) } th scope="col" { (cx.t("trace-from")) } th scope="col" { (cx.t("trace-at")) } th scope="col" { (cx.t("state")) } } }
                tbody {
                    @for person in &hop.shown {
                        tr data-item {
                            th.who scope="row" { @if let Some(href) = &person.name.1 { a href=(href) data-open { (person.name.0) } } @else { (person.name.0) } }
                            td { (person.from) } td { @if let Some(at) = person.at { (cx.near(at)) } }
                            td { @if person.is_case { span.tag { (cx.t("chains-case")) } } }
                        }
                    }
                }
            }
        }))
    }
}

/// Two hops with more than were followed, and nobody.
pub fn samples(lang: Lang) -> Vec<(&'static str, TracePage)> {
    let person = |name: &str, from: &str, is_case: bool| Person {
        name: (name.to_owned(), Some(paths::subject("s2"))),
        from: from.to_owned(),
        at: Some(datetime(2026, 11, 18, 9, 0, 0, 0)),
        is_case,
    };
    let (wang, li) = (w(lang, "王**", "Wang **"), w(lang, "李**", "Li **"));
    let some = TracePage {
        start: wang.clone(),
        id: "s1".into(),
        hops: vec![
            Hop {
                hop: 1,
                persons: 1,
                cases: 1,
                shown: vec![person(&li, &wang, true)],
            },
            Hop {
                hop: 2,
                persons: 9_999,
                cases: 0,
                shown: vec![person("#a1b2c3", &li, false)],
            },
        ],
        cut_at: Some(10_000),
        exports: vec![("CSV".into(), "?csv".into()), ("GraphML".into(), "?graphml".into())],
    };
    let none = TracePage {
        start: wang,
        id: "s1".into(),
        ..TracePage::default()
    };
    vec![("some", some), ("none", none)]
}
