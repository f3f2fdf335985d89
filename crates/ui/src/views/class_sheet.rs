//! The morning check of a school: a line a class with the roll filled in, five small numbers, one button, one minute.
//!
//! Nobody's name is asked for: who has symptoms is named in the sealed list of the full form, and nowhere else.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        form::{self, Problem},
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{Date, DateTime, date, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// The three symptoms asked for: fields of the register.
pub const SYMPTOMS: [&str; 3] = ["fever", "cough", "sore_throat"];

/// One class.
#[derive(Clone, Debug, Default)]
pub struct Class {
    /// Subject.
    pub id: String,
    /// Its name.
    pub name: String,
    /// On its roll, as known or typed.
    pub roll: String,
    /// Absent, as typed.
    pub absent: String,
    /// With each of [`SYMPTOMS`], as typed.
    pub symptoms: [String; 3],
    /// Identifier of the entry to be.
    pub entry: String,
    /// Ticked as checked.
    pub is_checked: bool,
    /// Due at.
    pub due: DateTime,
    /// Sent already: when, and which entry.
    pub sent: Option<(DateTime, String)>,
    /// Why it was not taken.
    pub problem: Option<String>,
    /// The full form, where those with symptoms are named.
    pub full: String,
}

/// The sheet. Posts `class` for each class checked, and for each `roll.ID`, `absent.ID`, `fever.ID` …, `entry.ID`.
#[derive(Clone, Debug, Default)]
pub struct ClassSheet {
    /// The school.
    pub title: String,
    /// Day.
    pub day: Date,
    /// The classes that owe a sheet today.
    pub classes: Vec<Class>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &ClassSheet, cx: &Ctx) -> Markup {
    let open = view.classes.iter().filter(|class| class.sent.is_none()).count();
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head {
            h1 { (cx.t("sheet-title")) }
            p.quiet { (view.title) " · " (dates::day(cx.lang, view.day)) " · " (cx.tf("sheet-open", &[("open", open.into()), ("all", view.classes.len().into())])) }
        }
        @if view.classes.is_empty() { (table::empty(&cx.t("sheet-none"), &cx.t("sheet-none-how"))) }
        @else {
            p { (cx.t("sheet-help")) }
            form method="post" action=(paths::CLASS_SHEET) novalidate data-choices data-draft=(paths::CLASS_SHEET) {
                input type="hidden" name="csrf" value=(cx.csrf);
                (table::scroll(&cx.t("sheet-title"), &rows(cx, view)))
                @if cx.can_write() && open > 0 {
                    div.sticky-act {
                        button type="button" hidden data-choose-all="plain" { (cx.tf("sheet-choose", &[("n", open.into())])) }
                        button.primary type="submit" { (cx.t("sheet-send")) }
                        span.quiet data-chosen role="status" {}
                    }
                }
            }
        }
    };
    shell::staff(
        cx,
        &Title::new(cx.t("sheet-title")).error(!view.problems.is_empty()),
        Nav::Today,
        &body,
    )
}

fn rows(cx: &Ctx, view: &ClassSheet) -> Markup {
    html! {
        table.sheet {
            thead { tr {
                th scope="col" { (cx.t("sheet-checked")) } th scope="col" { (cx.t("sheet-class")) }
                th.num scope="col" { (cx.t("sheet-roll")) } th.num scope="col" { (cx.t("sheet-absent")) }
                @for symptom in SYMPTOMS { th.num scope="col" { (symptom_word(cx, symptom)) } }
                th scope="col" { (cx.t("state")) }
            } }
            tbody { @for class in &view.classes { (row(cx, class)) } }
        }
    }
}

fn symptom_word(cx: &Ctx, symptom: &str) -> String {
    cx.t(&format!("symptom-{}", symptom.replace('_', "-")))
}

fn row(cx: &Ctx, class: &Class) -> Markup {
    let locked = !cx.can_write() || class.sent.is_some();
    let number = |field: &str, value: &str, word: &str| {
        html! {
            td.num {
                input type="number" inputmode="numeric" min="0" max="2000" size="4" name={ (field) "." (class.id) } value=(value)
                    disabled[locked] aria-label={ (class.name) " " (word) };
            }
        }
    };
    html! {
        tr data-item {
            td {
                @if class.sent.is_none() {
                    input type="checkbox" name="class" value=(class.id) checked[class.is_checked] disabled[locked] data-choose="plain"
                        aria-label={ (class.name) " " (cx.t("sheet-checked")) };
                    input type="hidden" name={ "entry." (class.id) } value=(class.entry);
                }
            }
            th.who scope="row" { (class.name) }
            (number("roll", &class.roll, &cx.t("sheet-roll")))
            (number("absent", &class.absent, &cx.t("sheet-absent")))
            @for (symptom, value) in SYMPTOMS.iter().zip(&class.symptoms) { (number(symptom, value, &symptom_word(cx, symptom))) }
            td {
                @match &class.sent {
                    Some((at, entry)) => a href=(paths::entry(entry)) { (mark(Meaning::Done, &cx.tf("sheet-sent", &[("at", cx.near(*at).into())]))) },
                    None => {
                        (mark(if class.due < cx.now { Meaning::Late } else { Meaning::Due }, &cx.tf("task-by", &[("at", cx.near(class.due).into())])))
                        @if let Some(problem) = &class.problem { br; span.error { (problem) } }
                        " " a href=(class.full) { (cx.t("sheet-full")) }
                    },
                }
            }
        }
    }
}

/// Before sending, after sending with one refused, and a school without classes.
pub fn samples(lang: Lang) -> Vec<(&'static str, ClassSheet)> {
    let class = |number: u32, roll: &str| Class {
        id: format!("c{number}"),
        name: w(lang, &format!("初一（{number}）班"), &format!("Year 7, class {number}")),
        roll: roll.into(),
        absent: "0".into(),
        symptoms: ["0".into(), "0".into(), "0".into()],
        entry: format!("0{number}"),
        due: datetime(2026, 11, 21, 8, 30, 0, 0),
        full: paths::register_new("morning_check"),
        ..Class::default()
    };
    let before = ClassSheet {
        title: w(lang, "市第一中学", "No. 1 Middle School"),
        day: date(2026, 11, 21),
        classes: vec![class(1, "45"), class(2, "44"), class(3, "")],
        problems: Vec::new(),
    };
    let mut after = before.clone();
    if let [first, second, _] = after.classes.as_mut_slice() {
        first.sent = Some((datetime(2026, 11, 21, 8, 12, 0, 0), "e1".into()));
        second.is_checked = true;
        second.problem = Some(w(lang, "缺勤多于在册人数", "More are absent than on the roll"));
    }
    after.problems = vec![Problem::at(
        "",
        w(lang, "1个班没有报出，请改正", "One class was not sent: mend it"),
    )];
    let none = ClassSheet {
        classes: Vec::new(),
        ..before.clone()
    };
    vec![("before", before), ("after", after), ("empty", none)]
}
