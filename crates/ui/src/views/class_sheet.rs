//! The morning check of a class: everybody present until marked absent, three symptoms, one button, one minute.

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

/// The three symptoms asked for.
pub const SYMPTOMS: [&str; 3] = ["fever", "cough", "sore_throat"];

/// One pupil.
#[derive(Clone, Debug, Default)]
pub struct Pupil {
    /// Subject.
    pub id: String,
    /// Number in the class.
    pub number: u32,
    /// Name, as the class teacher sees it.
    pub name: String,
    /// Marked absent.
    pub is_absent: bool,
    /// Symptoms marked, out of [`SYMPTOMS`].
    pub symptoms: Vec<String>,
    /// In monitoring or otherwise not expected today: why.
    pub note: Option<String>,
}

/// The sheet. Posts `ID.state=absent`, `ID.symptom=fever` (several) and `entry`; who is not mentioned is present and well.
#[derive(Clone, Debug, Default)]
pub struct ClassSheet {
    /// Class.
    pub id: String,
    /// School and class.
    pub title: String,
    /// Day.
    pub day: Date,
    /// Due at.
    pub due: DateTime,
    /// Identifier of the entry to be.
    pub entry: String,
    /// The roll.
    pub pupils: Vec<Pupil>,
    /// Sent already, at.
    pub sent_at: Option<DateTime>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &ClassSheet, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head {
            h1 { (view.title) }
            p {
                (dates::day(cx.lang, view.day)) " · "
                @match view.sent_at {
                    Some(at) => (mark(Meaning::Done, &cx.tf("sheet-sent", &[("at", cx.near(at).into())]))),
                    None => (mark(if view.due < cx.now { Meaning::Late } else { Meaning::Due }, &cx.tf("task-by", &[("at", cx.near(view.due).into())]))),
                }
            }
        }
        @if view.pupils.is_empty() { (table::empty(&cx.t("sheet-none"), &cx.t("sheet-none-how"))) }
        @else {
            p.quiet { (cx.t("sheet-help")) }
            form method="post" action=(paths::class_sheet(&view.id)) data-roll data-draft=(paths::class_sheet(&view.id)) {
                input type="hidden" name="csrf" value=(cx.csrf);
                input type="hidden" name="entry" value=(view.entry);
                (table::scroll(&view.title, &rows(cx, view)))
                @if cx.can_write() {
                    div.sticky-act {
                        button.primary type="submit" { @if view.sent_at.is_some() { (cx.t("form-send-correction")) } @else { (cx.t("sheet-send")) } }
                        span role="status" data-roll-count=(cx.t("sheet-count")) { (cx.tf("sheet-all", &[("n", view.pupils.len().into())])) }
                    }
                }
            }
        }
    };
    shell::staff(
        cx,
        &Title::new(view.title.clone()).error(!view.problems.is_empty()),
        Nav::Today,
        &body,
    )
}

fn rows(cx: &Ctx, view: &ClassSheet) -> Markup {
    let locked = !cx.can_write();
    html! {
        table.sheet {
            thead { tr {
                th.num scope="col" { (cx.t("sheet-number")) } th scope="col" { (cx.t("sheet-name")) } th scope="col" { (cx.t("sheet-absent")) }
                @for symptom in SYMPTOMS { th scope="col" { (cx.t(&format!("symptom-{}", symptom.replace('_', "-")))) } }
            } }
            tbody {
                @for pupil in &view.pupils {
                    tr data-item {
                        td.num { (pupil.number) }
                        th.who scope="row" { (pupil.name) @if let Some(note) = &pupil.note { " " span.tag { (note) } } }
                        td { (tick(&format!("{}.state", pupil.id), "absent", pupil.is_absent, locked, &format!("{} {}", pupil.name, cx.t("sheet-absent")))) }
                        @for symptom in SYMPTOMS {
                            @let word = cx.t(&format!("symptom-{}", symptom.replace('_', "-")));
                            td { (tick(&format!("{}.symptom", pupil.id), symptom, pupil.symptoms.iter().any(|s| s == symptom), locked, &format!("{} {word}", pupil.name))) }
                        }
                    }
                }
            }
        }
    }
}

fn tick(name: &str, value: &str, is_ticked: bool, locked: bool, label: &str) -> Markup {
    html! { label.choice { input type="checkbox" name=(name) value=(value) checked[is_ticked] disabled[locked] aria-label=(label); } }
}

/// A class before sending, after sending, and one without a roll.
pub fn samples(lang: Lang) -> Vec<(&'static str, ClassSheet)> {
    let names = [
        ("赵一鸣", "Zhao Yiming"),
        ("钱多多", "Qian Duoduo"),
        ("孙晓𠮷", "Sun Xiaoji"),
        ("李思远", "Li Siyuan"),
        ("周子涵", "Zhou Zihan"),
        ("吴欣怡", "Wu Xinyi"),
        ("郑浩然", "Zheng Haoran"),
        ("王梓萱", "Wang Zixuan"),
    ];
    let pupils: Vec<Pupil> = names
        .iter()
        .zip(1_u32..)
        .map(|((zh, en), number)| Pupil {
            id: format!("s{number}"),
            number,
            name: w(lang, zh, en),
            ..Pupil::default()
        })
        .collect();
    let before = ClassSheet {
        id: "c1".into(),
        title: w(
            lang,
            "市第一中学 初一（3）班 晨检",
            "No. 1 Middle School, year 7, class 3: morning check",
        ),
        day: date(2026, 11, 21),
        due: datetime(2026, 11, 21, 8, 40, 0, 0),
        entry: "01".into(),
        pupils,
        ..ClassSheet::default()
    };
    let mut after = before.clone();
    after.sent_at = Some(datetime(2026, 11, 21, 8, 12, 0, 0));
    if let Some(pupil) = after.pupils.get_mut(1) {
        pupil.is_absent = true;
        pupil.note = Some(w(lang, "健康监测中", "in monitoring"));
    }
    if let Some(pupil) = after.pupils.get_mut(4) {
        pupil.symptoms = vec!["fever".into(), "cough".into()];
    }
    let none = ClassSheet {
        pupils: Vec::new(),
        ..before.clone()
    };
    vec![("before", before), ("after", after), ("empty", none)]
}
