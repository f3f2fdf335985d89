//! Numbered briefings: what was published, and what can be.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{Date, DateTime, date};
use lianfang_kernel::Lang;
use maud::html;

/// What somebody other than the author said of an issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Nobody has said anything.
    #[default]
    Unread,
    /// Agreed to.
    Agreed,
    /// Returned.
    Returned,
}

/// A published issue.
#[derive(Clone, Debug, Default)]
pub struct IssueLine {
    /// The entry.
    pub id: String,
    /// The series: 疫情防控日报.
    pub title: String,
    /// Its number.
    pub number: i64,
    /// Where.
    pub place: String,
    /// Of which day.
    pub day: Date,
    /// When it was published.
    pub published: Option<DateTime>,
    /// What others said of it.
    pub standing: Standing,
    /// Everybody may read it.
    pub is_public: bool,
    /// What it says no longer has the digest it was published with.
    pub is_broken: bool,
}

/// A series that the reader can publish.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The time of day of its figures.
    pub as_of: String,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Briefings {
    /// What can be published; nothing for readers.
    pub series: Vec<Series>,
    /// The issues, newest first.
    pub issues: Vec<IssueLine>,
    /// Address of older ones.
    pub older: Option<String>,
}

/// The whole page.
pub fn render(view: &Briefings, cx: &Ctx) -> Markup {
    let body = html! {
        div.head { h1 { (cx.t("nav-briefings")) } }
        @if !view.series.is_empty() && cx.can_write() {
            section aria-labelledby="briefings-draft" {
                h2 id="briefings-draft" { (cx.t("briefings-draft")) }
                ul.lines {
                    @for series in &view.series {
                        li {
                            p { a href=(paths::briefing_draft(&series.id)) { (series.title) } }
                            p.quiet { (cx.tf("briefings-as-of", &[("time", series.as_of.clone().into())])) }
                        }
                    }
                }
            }
        }
        section aria-labelledby="briefings-issues" {
            h2 id="briefings-issues" { (cx.t("briefings-issues")) }
            @if view.issues.is_empty() { (table::empty(&cx.t("briefings-none"), &cx.t("briefings-none-how"))) }
            @else {
                ul.lines { @for issue in &view.issues { (line(issue, cx)) } }
                @if let Some(older) = &view.older { p { a rel="next" href=(older) { (cx.t("briefings-older")) } } }
            }
        }
    };
    shell::either(cx, &Title::new(cx.t("nav-briefings")), Nav::Briefings, &body)
}

fn line(issue: &IssueLine, cx: &Ctx) -> Markup {
    let number = cx.tf("briefings-number", &[("n", issue.number.into())]);
    html! {
        li data-item {
            p {
                a href=(paths::briefing(&issue.id)) data-open { (issue.title) " " (number) }
                @if issue.is_public && cx.acting.is_some() { " " span.tag { (cx.t("briefings-public")) } }
            }
            p.quiet {
                (dates::day(cx.lang, issue.day)) " · " (issue.place)
                @if let Some(at) = issue.published { " · " (cx.tf("briefings-published", &[("at", cx.near(at).into())])) }
                @if cx.acting.is_some() { " · " (standing(issue.standing, cx)) }
                @if issue.is_broken { " · " (mark(Meaning::Late, &cx.t("briefings-broken"))) }
            }
        }
    }
}

/// What others said, as word and shape.
pub fn standing(standing: Standing, cx: &Ctx) -> Markup {
    match standing {
        Standing::Unread => mark(Meaning::Due, &cx.t("briefings-unread")),
        Standing::Agreed => mark(Meaning::Done, &cx.t("briefings-agreed")),
        Standing::Returned => mark(Meaning::Late, &cx.t("briefings-returned")),
    }
}

/// A publisher's list, and an empty one.
pub fn samples(lang: Lang) -> Vec<(&'static str, Briefings)> {
    let daily = w(lang, "疫情防控日报", "Daily briefing");
    let issue = |number: i64, day: Date, standing: Standing, is_public: bool| IssueLine {
        id: format!("01890000-0000-7000-8000-00000000000{number}"),
        title: daily.clone(),
        number,
        place: w(lang, "珲春市", "Hunchun"),
        day,
        published: Some(day.at(17, 20, 0, 0)),
        standing,
        is_public,
        is_broken: number == 1,
    };
    let issues = vec![
        issue(3, date(2026, 11, 20), Standing::Unread, false),
        issue(2, date(2026, 11, 19), Standing::Returned, false),
        issue(1, date(2026, 11, 18), Standing::Agreed, true),
    ];
    let series = vec![Series {
        id: "city".into(),
        title: daily.clone(),
        as_of: "17:00".into(),
    }];
    let some = Briefings {
        series,
        issues,
        older: Some("/briefings?before=20".into()),
    };
    vec![("some", some), ("empty", Briefings::default())]
}
