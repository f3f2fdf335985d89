//! Second question of the day's declaration: where from, and by which car.

use super::{Frame, Step, page};
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
    },
    paths,
};
use lianfang_kernel::Lang;
use maud::html;

/// Answers: `origin`, `plate`, `remark`.
#[derive(Clone, Debug, Default)]
pub struct Trip {
    /// Shared parts.
    pub step: Step,
    /// Where from.
    pub origin: String,
    /// Plate, for who drives.
    pub plate: String,
    /// A remark.
    pub remark: String,
}

/// The whole page.
pub fn render(view: &Trip, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("origin", Kind::Address, cx.t("day-origin"))
            .help(cx.t("day-origin-help"))
            .value(view.origin.clone()),
        FieldView::new("plate", Kind::Plate, cx.t("day-plate"))
            .optional()
            .help(cx.t("day-plate-help"))
            .value(view.plate.clone()),
        FieldView::new("remark", Kind::Address, cx.t("day-remark"))
            .optional()
            .help(cx.t("day-remark-help"))
            .value(view.remark.clone()),
    ];
    let fields = form::with_problems(fields, &view.step.problems);
    let frame = Frame {
        step: &view.step,
        number: 2,
        title: cx.t("day-trip"),
        action: paths::DAY_TRIP,
        back: paths::DAY_WHO,
    };
    page(cx, &frame, &html! { @for view in &fields { (field::field(cx, view)) } })
}

/// Empty, and with a plate to mend.
pub fn samples(lang: Lang) -> Vec<(&'static str, Trip)> {
    let wrong = Trip {
        plate: "MM-1".into(),
        step: Step {
            problems: vec![Problem::at(
                "plate",
                w(
                    lang,
                    "车牌号码不对，请对照车牌填写",
                    "This is no plate: compare it with the car",
                ),
            )],
            ..Step::default()
        },
        ..Trip::default()
    };
    vec![("empty", Trip::default()), ("wrong", wrong)]
}
