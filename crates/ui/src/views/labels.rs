//! Labels of the tubes of a round: one code for each tube, as bars and as text, to be printed and stuck on.

use crate::{
    Ctx, Markup,
    part::{
        code128::code128,
        field::{FieldView, Kind, field},
        form::{self, Problem},
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// The page. Asks by `round`, `mark`, `first` and `count`.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Round, as typed.
    pub round: String,
    /// Mark of the site, as typed.
    pub mark: String,
    /// First number, as typed.
    pub first: String,
    /// How many, as typed.
    pub count: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// The codes.
    pub codes: Vec<String>,
}

/// The whole page.
pub fn render(view: &Labels, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("round", Kind::Int, cx.t("labels-round")).value(&view.round),
        FieldView::new("mark", Kind::Text, cx.t("labels-mark"))
            .value(&view.mark)
            .help(cx.t("labels-mark-help"))
            .optional(),
        FieldView::new("first", Kind::Int, cx.t("labels-first")).value(&view.first),
        FieldView::new("count", Kind::Int, cx.t("labels-count"))
            .value(&view.count)
            .help(cx.t("labels-count-help")),
    ];
    let body = html! {
        div.no-print {
            (form::summary(cx, &view.problems))
            div.head { h1 { (cx.t("labels-title")) } }
            p { (cx.t("labels-how")) }
            form method="get" action=(paths::TUBE_LABELS) novalidate {
                div.clinic-form { @for one in form::with_problems(fields, &view.problems) { (field(cx, &one)) } }
                (form::primary(&cx.t("labels-make")))
            }
            @if !view.codes.is_empty() { p { button.secondary type="button" hidden data-print { (cx.t("print")) } } }
        }
        ul.labels { @for code in &view.codes { li { (code128(code)) span { (code) } } } }
    };
    let is_wrong = !view.problems.is_empty();
    shell::staff(
        cx,
        &Title::new(cx.t("labels-title")).error(is_wrong),
        Nav::Registers,
        &body,
    )
}

/// Nothing asked yet, a sheet, and too many.
pub fn samples(_lang: Lang) -> Vec<(&'static str, Labels)> {
    let sheet = Labels {
        round: "3".into(),
        mark: "E2".into(),
        first: "1".into(),
        count: "6".into(),
        codes: (1..=6).map(|n| format!("R3E2-{n:05}")).collect(),
        ..Labels::default()
    };
    let wrong = Labels {
        count: "9000".into(),
        problems: vec![Problem::at("count", "1–200")],
        codes: Vec::new(),
        ..sheet.clone()
    };
    vec![("empty", Labels::default()), ("sheet", sheet), ("wrong", wrong)]
}
