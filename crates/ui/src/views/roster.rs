//! A roster as a calendar: a line for each post of each site, a column for each day, gaps where they are. A month shows
//! only how it stands; a week shows who.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        field::{self, FieldView},
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// A stretch of a day: `08:00` and `24:00`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// From.
    pub from: String,
    /// To.
    pub to: String,
}

/// Somebody stands.
#[derive(Clone, Debug)]
pub struct Turn {
    /// When.
    pub hours: Hours,
    /// Who, as far as the reader may know.
    pub who: String,
    /// The entry.
    pub entry: String,
}

/// Somebody lacks.
#[derive(Clone, Debug)]
pub struct Gap {
    /// When.
    pub hours: Hours,
    /// How many stand, and how many must.
    pub have: (i64, i64),
    /// Of which kind somebody lacks, where kinds are asked for.
    pub kind: String,
    /// Past already.
    pub is_past: bool,
    /// The form with site, post and times filled in; none for who may not write.
    pub fill: Option<String>,
}

/// A day of a line.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Who stands.
    pub turns: Vec<Turn>,
    /// Who lacks.
    pub gaps: Vec<Gap>,
    /// The week of this day.
    pub week: String,
}

/// A post of a site.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The site, and its file if the reader may open it.
    pub site: (String, Option<String>),
    /// The post.
    pub post: String,
    /// A cell for each day.
    pub cells: Vec<Cell>,
}

/// The calendar.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    /// Register.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The days, in order.
    pub days: Vec<Date>,
    /// A whole month, where a cell says only how it stands.
    pub is_month: bool,
    /// The area asked about, and those below it.
    pub asks: Vec<FieldView>,
    /// The lines.
    pub lines: Vec<Line>,
    /// More sites were to be asked than one page does.
    pub is_partial: bool,
    /// The stretch before, the one of today, the one after.
    pub moves: [String; 3],
    /// The same days as the other of week and month.
    pub other: String,
    /// May write.
    pub can_write: bool,
}

/// The whole page.
pub fn render(view: &Roster, cx: &Ctx) -> Markup {
    let heading = cx.tf("roster-title", &[("register", view.title.as_str().into())]);
    let gaps: usize = view
        .lines
        .iter()
        .flat_map(|line| &line.cells)
        .map(|cell| cell.gaps.len())
        .sum();
    let body = html! {
        div.head {
            h1 { (heading) }
            a href=(paths::register(&view.id)) { (cx.t("roster-list")) }
            @if view.can_write && cx.can_write() { a.button href=(paths::register_new(&view.id)) { (cx.t("register-new")) } }
        }
        (asked(cx, view))
        nav.roster-moves.no-print aria-label=(cx.t("roster-moves")) {
            @for (key, href) in ["roster-before", "roster-today", "roster-after"].iter().zip(&view.moves) { a href=(href) { (cx.t(key)) } }
            a href=(view.other) { (cx.t(if view.is_month { "roster-week" } else { "roster-month" })) }
        }
        p role="status" {
            strong { (span(cx, &view.days)) } " · "
            @if gaps == 0 { (mark(Meaning::Done, &cx.t("coverage-held"))) } @else { (mark(Meaning::Late, &cx.tf("coverage-gaps", &[("n", gaps.into())]))) }
        }
        @if view.is_partial { p.notice { (cx.t("roster-partial")) } }
        @if view.lines.is_empty() { (table::empty(&cx.t("coverage-none"), &cx.t("roster-none-how"))) }
        @else { (table::scroll(&heading, &lines(cx, view))) }
    };
    shell::staff(cx, &Title::new(heading), Nav::Registers, &body)
}

fn asked(cx: &Ctx, view: &Roster) -> Markup {
    html! {
        @if !view.asks.is_empty() {
            form.filters method="get" action=(paths::roster(&view.id)) {
                @if let Some(first) = view.days.first() { input type="hidden" name="from" value=(first); }
                @if view.is_month { input type="hidden" name="span" value="month"; }
                @for ask in &view.asks {
                    div {
                        label for={ "f-" (ask.id) } { (ask.label) }
                        (field::select(&format!("f-{}", ask.id), &ask.id, &ask.options, &ask.value, None))
                    }
                }
                button type="submit" { (cx.t("filter")) }
            }
        }
    }
}

/// From when to when, in words.
fn span(cx: &Ctx, days: &[Date]) -> String {
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => format!("{} – {}", dates::day(cx.lang, *first), dates::short_day(cx.lang, *last)),
        _ => String::new(),
    }
}

fn lines(cx: &Ctx, view: &Roster) -> Markup {
    html! {
        table.roster.month[view.is_month] {
            thead { tr {
                th scope="col" { (cx.t("coverage-unit")) }
                @for day in &view.days { th scope="col" aria-current=[(*day == cx.now.date()).then_some("date")] { (head(cx, *day, view.is_month)) } }
            } }
            tbody {
                @for line in &view.lines {
                    tr data-item {
                        th scope="row" {
                            @if let Some(id) = &line.site.1 { a href=(paths::subject(id)) data-open { (line.site.0) } } @else { (line.site.0) }
                            @if !line.post.is_empty() { span.quiet { (line.post) } }
                        }
                        @for (day, cell) in view.days.iter().zip(&line.cells) {
                            td.none[cell.turns.is_empty() && cell.gaps.is_empty()] {
                                span.on-phone { (head(cx, *day, false)) }
                                @if view.is_month { (standing(cx, *day, cell)) } @else { (hours(cx, cell)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn head(cx: &Ctx, day: Date, is_month: bool) -> String {
    match is_month {
        true => day.day().to_string(),
        false => format!("{} {}", dates::short_day(cx.lang, day), cx.t(&weekday(day))),
    }
}

fn weekday(day: Date) -> String {
    format!("roster-day-{}", day.weekday().to_monday_one_offset())
}

/// A day of a week: who stands, and who lacks.
fn hours(cx: &Ctx, cell: &Cell) -> Markup {
    html! {
        @if !cell.turns.is_empty() {
            ul.turns { @for turn in &cell.turns { li { a href=(paths::entry(&turn.entry)) { span.hours { (told(&turn.hours)) } " " (turn.who) } } } }
        }
        @for gap in &cell.gaps {
            p.gap {
                (mark(if gap.is_past { Meaning::Late } else { Meaning::Due }, &lacks(cx, gap)))
                @if let Some(fill) = gap.fill.as_ref().filter(|_| cx.can_write()) {
                    " " a.no-print href=(fill) aria-label=(cx.tf("roster-fill-of", &[("hours", told(&gap.hours).into())])) { (cx.t("roster-fill")) }
                }
            }
        }
    }
}

/// A day of a month: held, or how many stretches are not.
fn standing(cx: &Ctx, day: Date, cell: &Cell) -> Markup {
    let n = cell.gaps.len();
    html! {
        @if n > 0 {
            @let meaning = if cell.gaps.iter().all(|gap| gap.is_past) { Meaning::Late } else { Meaning::Due };
            a href=(cell.week) aria-label=(cx.tf("roster-day-gaps", &[("n", n.into()), ("day", dates::short_day(cx.lang, day).into())])) { (mark(meaning, &n.to_string())) }
        } @else if !cell.turns.is_empty() {
            a href=(cell.week) aria-label=(cx.tf("roster-day-held", &[("day", dates::short_day(cx.lang, day).into())])) { (mark(Meaning::Done, "")) }
        }
    }
}

fn told(hours: &Hours) -> String {
    format!("{}–{}", hours.from, hours.to)
}

fn lacks(cx: &Ctx, gap: &Gap) -> String {
    let words = cx.tf(
        "roster-lacks",
        &[
            ("hours", told(&gap.hours).into()),
            ("have", gap.have.0.into()),
            ("wanted", gap.have.1.into()),
        ],
    );
    match gap.kind.as_str() {
        "" => words,
        kind => format!("{words} · {kind}"),
    }
}

/// A week with gaps, a month, nothing that must be held.
pub fn samples(lang: Lang) -> Vec<(&'static str, Roster)> {
    let hours = |from: &str, to: &str| Hours {
        from: from.into(),
        to: to.into(),
    };
    let turn = |from: &str, to: &str, zh: &str, en: &str| Turn {
        hours: hours(from, to),
        who: w(lang, zh, en),
        entry: "e1".into(),
    };
    let gap = |from: &str, to: &str, is_past: bool| Gap {
        hours: hours(from, to),
        have: (1, 2),
        kind: String::new(),
        is_past,
        fill: (!is_past).then(|| format!("{}?post=leader", paths::register_new("duty"))),
    };
    let week: Vec<Date> = (16..23).map(|day| date(2026, 11, day)).collect();
    let cell = |n: usize| Cell {
        turns: match n {
            5 => Vec::new(),
            _ => vec![
                turn("00:00", "12:00", "张**", "Zhang **"),
                turn("12:00", "24:00", "李*", "Li *"),
            ],
        },
        gaps: match n {
            2 => vec![gap("12:00", "24:00", true)],
            6 => vec![gap("08:00", "20:00", false)],
            _ => Vec::new(),
        },
        week: format!("{}?from=2026-11-16", paths::roster("duty")),
    };
    let line = |zh: &str, en: &str, days: usize| Line {
        site: (w(lang, "新安街道办事处", "Xin'an street office"), Some("o1".into())),
        post: w(lang, zh, en),
        cells: (0..days).map(|n| cell(n % 7)).collect(),
    };
    let some = Roster {
        id: "duty".into(),
        title: w(lang, "值班排班", "Duty"),
        lines: vec![line("带班领导", "Leader on duty", 7), line("值班员", "Duty officer", 7)],
        days: week,
        moves: ["?from=2026-11-09", "?", "?from=2026-11-23"].map(str::to_owned),
        other: "?span=month".into(),
        can_write: true,
        ..Roster::default()
    };
    let month = Roster {
        days: (1..=30).map(|day| date(2026, 11, day)).collect(),
        is_month: true,
        lines: vec![line("带班领导", "Leader on duty", 30)],
        other: "?span=week".into(),
        ..some.clone()
    };
    let none = Roster {
        lines: Vec::new(),
        ..some.clone()
    };
    vec![("week", some), ("month", month), ("none", none)]
}
