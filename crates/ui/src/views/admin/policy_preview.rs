//! What a change of policy would do: numbers, words, tasks by day as a chart, desks, places, people.

use crate::{
    Ctx, Markup, charts,
    gallery::w,
    part::{table, value},
    paths, text,
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::html;

/// An item of the packs that is different.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// What: "方案 m217 第2版".
    pub title: String,
    /// Path, before, after.
    pub parts: Vec<[String; 3]>,
    /// Why it breaks what was written before.
    pub breaking: Vec<String>,
}

/// What becomes of enrolments.
#[derive(Clone, Debug, Default)]
pub struct Course {
    /// The protocol.
    pub protocol: String,
    /// What becomes of them, in words.
    pub fate: String,
    /// "v1 → v2".
    pub versions: String,
    /// How many.
    pub n: u64,
}

/// Somebody for whom something changes.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// Whose file.
    pub id: String,
    /// Who, masked; empty where the reader does not see it.
    pub label: String,
    /// Where.
    pub region: String,
    /// What, in words.
    pub what: String,
}

/// A preview.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Enrolments that were compared.
    pub compared: u64,
    /// Subjects for whom something changes.
    pub affected: u64,
    /// Could end sooner.
    pub sooner: u64,
    /// Could end later.
    pub later: u64,
    /// How long it took.
    pub took_ms: u64,
    /// What is different.
    pub changes: Vec<Change>,
    /// What becomes of whom.
    pub courses: Vec<Course>,
    /// Tasks by day: now, then.
    pub days: Vec<(Date, u64, u64)>,
    /// Tasks by desk: now, then.
    pub desks: Vec<(String, u64, u64)>,
    /// Where those are for whom something changes.
    pub regions: Vec<(String, u64)>,
    /// The first of them, as far as the reader may see.
    pub people: Vec<Person>,
}

/// Its part of a page.
pub fn preview(cx: &Ctx, view: &Preview) -> Markup {
    let number = |n: u64| html! { (n_of(n)) };
    let numbers = [
        (cx.t("policy-compared"), number(view.compared)),
        (cx.t("policy-affected"), number(view.affected)),
        (cx.t("policy-sooner"), number(view.sooner)),
        (cx.t("policy-later"), number(view.later)),
    ];
    html! {
        (value::pairs(&numbers))
        h3 { (cx.t("policy-courses")) }
        @if view.courses.is_empty() { p.quiet { (cx.t("policy-nobody")) } } @else { (courses(cx, view)) }
        @if !view.days.is_empty() { (charts::figure(cx, &chart(cx, view), &html! {})) }
        @if !view.desks.is_empty() { h3 { (cx.t("policy-desks")) } (desks(cx, view)) }
        @if !view.regions.is_empty() {
            h3 { (cx.t("policy-regions")) }
            (value::pairs(&view.regions.iter().map(|(name, n)| (name.clone(), number(*n))).collect::<Vec<_>>()))
        }
        @if !view.people.is_empty() { h3 { (cx.t("policy-people")) } (people(view)) }
        @else if view.affected > 0 { p.quiet { (cx.t("policy-people-hidden")) } }
        h3 { (cx.t("policy-changes")) }
        (changes(cx, view))
        p.quiet { (cx.tf("policy-took", &[("ms", view.took_ms.into())])) }
    }
}

fn n_of(n: u64) -> String {
    text::grouped(i64::try_from(n).unwrap_or(i64::MAX))
}

fn courses(cx: &Ctx, view: &Preview) -> Markup {
    let rows = html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("policy-protocol")) } th scope="col" { (cx.t("policy-fate")) }
                th scope="col" { (cx.t("policy-versions")) } th.num scope="col" { (cx.t("policy-n")) }
            } }
            tbody {
                @for course in &view.courses {
                    tr { th scope="row" { (course.protocol) } td { (course.fate) } td { (course.versions) } td.num { (n_of(course.n)) } }
                }
            }
        }
    };
    table::scroll(&cx.t("policy-courses"), &rows)
}

/// Columns are the tasks as they would be, the line those as they are.
fn chart(cx: &Ctx, view: &Preview) -> charts::Chart {
    let sum = |pick: fn(&(Date, u64, u64)) -> u64| view.days.iter().map(pick).sum::<u64>();
    let (now, then) = (sum(|day| day.1), sum(|day| day.2));
    let title = cx.tf(
        "policy-chart",
        &[
            ("now", n_of(now).into()),
            ("then", n_of(then).into()),
            ("days", view.days.len().into()),
        ],
    );
    charts::Chart {
        id: "policy-tasks".to_owned(),
        desc: title.clone(),
        title,
        unit: cx.t("policy-tasks"),
        columns_name: cx.t("policy-then"),
        columns: view
            .days
            .iter()
            .map(|(day, _, then)| charts::Column {
                label: day.to_string(),
                value: Some(*then as f64),
                is_partial: false,
            })
            .collect(),
        line: Some(charts::Line {
            name: cx.t("policy-now"),
            values: view.days.iter().map(|(_, now, _)| Some(*now as f64)).collect(),
        }),
        ..charts::Chart::default()
    }
}

fn desks(cx: &Ctx, view: &Preview) -> Markup {
    let rows = html! {
        table {
            thead { tr {
                th scope="col" { (cx.t("policy-desk")) } th.num scope="col" { (cx.t("policy-now")) } th.num scope="col" { (cx.t("policy-then")) }
            } }
            tbody {
                @for (name, now, then) in &view.desks {
                    tr { th scope="row" { (name) } td.num { (n_of(*now)) } td.num { (n_of(*then)) } }
                }
            }
        }
    };
    table::scroll(&cx.t("policy-desks"), &rows)
}

fn people(view: &Preview) -> Markup {
    html! {
        ul.lines {
            @for person in &view.people {
                li { p {
                    a href=(paths::subject(&person.id)) { @if person.label.is_empty() { code { (person.id) } } @else { (person.label) } }
                    " " (person.what) " " span.quiet { (person.region) }
                } }
            }
        }
    }
}

fn changes(cx: &Ctx, view: &Preview) -> Markup {
    html! {
        ul.lines {
            @for change in &view.changes {
                li {
                    p { strong { (change.title) } }
                    @for [path, old, new] in &change.parts { p { code { (path) } " " (old) " → " (new) } }
                    @for words in &change.breaking { p.error { span.sr { (cx.t("error-word")) } (words) } }
                }
            }
        }
    }
}

/// A preview with everything in it.
pub fn sample(lang: Lang) -> Preview {
    let course = |zh: &str, en: &str, versions: &str, n: u64| Course {
        protocol: w(lang, "居家健康监测7天", "Monitoring at home, 7 days"),
        fate: w(lang, zh, en),
        versions: versions.to_owned(),
        n,
    };
    Preview {
        compared: 1_204,
        affected: 311,
        sooner: 311,
        later: 0,
        took_ms: 840,
        changes: vec![Change {
            title: w(lang, "新增 方案 m217 第2版", "added: protocol m217 v2"),
            parts: vec![["task.temperature.days".to_owned(), "1..7".to_owned(), "1..5".to_owned()]],
            breaking: vec![w(lang, "改动了有效的版本", "a version in force is edited")],
        }],
        courses: vec![
            course("照旧", "keep as begun", "v1", 893),
            course("转入新版本", "move", "v1 → v2", 311),
        ],
        days: (1..=7)
            .map(|day| (date(2026, 11, 21 + day), 420, if day < 3 { 420 } else { 260 }))
            .collect(),
        desks: vec![
            (w(lang, "滨河社区", "Binhe"), 1_470, 1_020),
            (w(lang, "检测机构", "Laboratory"), 300, 300),
        ],
        regions: vec![(w(lang, "新安街道", "Xin'an"), 311)],
        people: vec![
            Person {
                id: "0190f3b2-0000-7000-8000-000000000001".to_owned(),
                label: w(lang, "张**", "张**"),
                region: w(lang, "新安街道", "Xin'an"),
                what: w(lang, "转入新版本", "moves"),
            },
            Person {
                id: "0190f3b2-0000-7000-8000-000000000002".to_owned(),
                label: String::new(),
                region: w(lang, "新安街道", "Xin'an"),
                what: w(lang, "转入新版本", "moves"),
            },
        ],
    }
}
