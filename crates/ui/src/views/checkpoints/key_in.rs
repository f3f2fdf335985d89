//! Keying in a sheet of paper: its number, its day, and each line with the time at which it was written.

use super::paper::LINES;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// One line as typed.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Time of day.
    pub time: String,
    /// Direction.
    pub direction: String,
    /// What comparing the document gave.
    pub document: String,
    /// Temperature.
    pub celsius: String,
    /// Decision.
    pub decision: String,
    /// Why.
    pub reason: String,
    /// It is there: what was said of it, if anything.
    pub taken: Option<String>,
    /// Why it was not taken.
    pub problem: Option<String>,
}

/// The page. Posts `sheet`, `day`, and for each line `n` `time.n`, `direction.n`, `document.n`, `celsius.n`, `decision.n`,
/// `reason.n`.
#[derive(Clone, Debug, Default)]
pub struct KeyIn {
    /// The checkpoint's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Number of the sheet.
    pub sheet: String,
    /// Its day.
    pub day: String,
    /// Its lines.
    pub lines: Vec<Line>,
    /// What may be chosen.
    pub directions: Vec<Choice>,
    /// Of the document.
    pub documents: Vec<Choice>,
    /// Decisions.
    pub decisions: Vec<Choice>,
    /// Reasons.
    pub reasons: Vec<Choice>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &KeyIn, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("sheet", Kind::Text, cx.t("paper-sheet"))
            .help(cx.t("key-in-sheet-help"))
            .value(view.sheet.clone()),
        FieldView::new("day", Kind::Date, cx.t("paper-day")).value(view.day.clone()),
    ];
    let fields = form::with_problems(fields, &view.problems);
    let taken = view.lines.iter().filter(|line| line.taken.is_some()).count();
    let body = html! {
        (shell::back_link(cx, &paths::checkpoint(&view.id)))
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("gates-key-in")) } p.quiet { (view.name) } }
        p { (cx.t("key-in-help")) }
        @if taken > 0 { p.notice role="status" { (cx.tf("key-in-taken", &[("n", taken.into())])) } }
        (form::post(cx, &paths::checkpoint_part(&view.id, "key-in"), None, &html! {
            @for view in &fields { (field::field(cx, view)) }
            (table::scroll(&cx.t("gates-key-in"), &rows(cx, view)))
            (form::primary(&cx.t("key-in-send")))
        }))
    };
    let title = Title::new(cx.t("gates-key-in")).error(!view.problems.is_empty());
    shell::staff(cx, &title, Nav::Registers, &body)
}

fn rows(cx: &Ctx, view: &KeyIn) -> Markup {
    html! {
        table.sheet {
            thead { tr {
                th.num scope="col" { (cx.t("paper-line")) } th scope="col" { (cx.t("paper-time")) } th scope="col" { (cx.t("check-direction")) }
                th scope="col" { (cx.t("check-step-document")) } th scope="col" { (cx.t("check-celsius")) }
                th scope="col" { (cx.t("paper-decision")) } th scope="col" { (cx.t("paper-reason")) } th scope="col" { (cx.t("state")) }
            } }
            tbody { @for (n, line) in view.lines.iter().enumerate().take(LINES) { (row(cx, view, n + 1, line)) } }
        }
    }
}

fn row(cx: &Ctx, view: &KeyIn, n: usize, line: &Line) -> Markup {
    let named = |word: String| format!("{n} {word}");
    let typed = |field: &str, kind: &str, value: &str, word: String| {
        html! { td { input type=(kind) name=(format!("{field}.{n}")) value=(value) size="5" aria-label=(named(word)); } }
    };
    let chosen = |field: &str, choices: &[Choice], value: &str, word: String| {
        html! {
            td {
                select name=(format!("{field}.{n}")) aria-label=(named(word)) {
                    option value="" {}
                    @for choice in choices { option value=(choice.value) selected[choice.value == value] { (choice.label) } }
                }
            }
        }
    };
    html! {
        tr {
            td.num { (n) }
            (typed("time", "time", &line.time, cx.t("paper-time")))
            (chosen("direction", &view.directions, &line.direction, cx.t("check-direction")))
            (chosen("document", &view.documents, &line.document, cx.t("check-step-document")))
            (typed("celsius", "text", &line.celsius, cx.t("check-celsius")))
            (chosen("decision", &view.decisions, &line.decision, cx.t("paper-decision")))
            (chosen("reason", &view.reasons, &line.reason, cx.t("paper-reason")))
            td {
                @if let Some(said) = &line.taken { (mark(Meaning::Done, &cx.t("key-in-there"))) " " (said) }
                @if let Some(problem) = &line.problem { span.error { (problem) } }
            }
        }
    }
}

/// Blank, and half taken.
pub fn samples(lang: Lang) -> Vec<(&'static str, KeyIn)> {
    let choice = |id: &str, zh: &str, en: &str| Choice::new(id, w(lang, zh, en));
    let blank = KeyIn {
        id: "c1".into(),
        name: w(lang, "塔子沟卡点", "Tazigou"),
        day: "2026-11-21".into(),
        lines: vec![Line::default(); LINES],
        directions: vec![choice("in", "进", "In"), choice("out", "出", "Out")],
        documents: vec![
            choice("match", "相符", "Fits"),
            choice("not_compared", "未核对", "Not compared"),
        ],
        decisions: vec![
            choice("admit", "放行", "Let through"),
            choice("refuse", "劝返", "Turned away"),
        ],
        reasons: vec![
            choice("no_phone", "没有手机", "No phone"),
            choice("fever", "体温异常", "Fever"),
        ],
        ..KeyIn::default()
    };
    let mut half = KeyIn {
        sheet: "VV21 PG3S 9ZGK".into(),
        ..blank.clone()
    };
    half.lines[0] = Line {
        time: "07:42".into(),
        direction: "in".into(),
        document: "match".into(),
        celsius: "36.5".into(),
        decision: "admit".into(),
        reason: "no_phone".into(),
        taken: Some(String::new()),
        problem: None,
    };
    half.lines[1] = Line {
        time: "07:44".into(),
        problem: Some(w(lang, "请填写处置", "Write the decision")),
        ..Line::default()
    };
    half.problems = vec![Problem::at("", w(lang, "第2行未录入", "Line 2 was not taken"))];
    vec![("blank", blank), ("half", half)]
}
