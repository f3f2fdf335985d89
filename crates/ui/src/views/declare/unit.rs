//! Fifth question: the hotel, employer, school or host, if there is one.

use super::{Frame, Step, page};
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Choice, Problem},
    },
    paths,
};
use lianfang_kernel::Lang;
use maud::html;

/// Answers: `unit_kind` (hotel, employer, school, host, none), `unit`.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// Shared parts.
    pub step: Step,
    /// Kind chosen.
    pub unit_kind: String,
    /// Its name as typed.
    pub unit: String,
    /// Names from the roll of the chosen region, as suggestions.
    pub suggestions: Vec<Choice>,
}

/// The whole page.
pub fn render(view: &Unit, cx: &Ctx) -> Markup {
    let kinds = ["hotel", "employer", "school", "host", "none"]
        .map(|kind| Choice::new(kind, cx.t(&format!("unit-kind-{kind}"))));
    let fields = vec![
        FieldView::new("unit_kind", Kind::Code, cx.t("declare-unit-kind"))
            .options(kinds.to_vec())
            .value(view.unit_kind.clone()),
        FieldView::new("unit", Kind::Org, cx.t("declare-unit-name"))
            .optional()
            .help(cx.t("declare-unit-name-help"))
            .options(view.suggestions.clone())
            .value(view.unit.clone()),
    ];
    let fields = form::with_problems(fields, &view.step.problems);
    let frame = Frame {
        step: &view.step,
        number: 5,
        title: cx.t("declare-unit"),
        action: paths::DECLARE_UNIT,
        back: paths::DECLARE_REGION,
    };
    page(cx, &frame, &html! { @for view in &fields { (field::field(cx, view)) } })
}

/// Empty, and a name missing.
pub fn samples(lang: Lang) -> Vec<(&'static str, Unit)> {
    let empty = Unit {
        suggestions: vec![Choice::new(w(lang, "珲春宾馆", "Hunchun Hotel"), "")],
        ..Unit::default()
    };
    let wrong = Unit {
        unit_kind: "hotel".into(),
        step: Step {
            problems: vec![Problem::at(
                "unit",
                w(lang, "请填写宾馆名称", "Give the name of the hotel"),
            )],
            ..Step::default()
        },
        ..empty.clone()
    };
    vec![("empty", empty), ("wrong", wrong)]
}
