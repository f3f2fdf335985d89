//! Third question: how and when you arrive.

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

/// Answers: `arrives_at`, `transport`, `vehicle`, `itinerary`.
#[derive(Clone, Debug, Default)]
pub struct Journey {
    /// Shared parts.
    pub step: Step,
    /// Date and time of arrival, as the input writes it.
    pub arrives_at: String,
    /// Means of transport chosen.
    pub transport: String,
    /// Train, flight or plate.
    pub vehicle: String,
    /// Places changed at on the way.
    pub itinerary: String,
    /// Means of transport to choose from.
    pub transports: Vec<Choice>,
}

/// The whole page.
pub fn render(view: &Journey, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("arrives_at", Kind::Instant, cx.t("declare-arrives-at"))
            .help(cx.t("declare-arrives-at-help"))
            .value(view.arrives_at.clone()),
        FieldView::new("transport", Kind::Code, cx.t("declare-transport"))
            .options(view.transports.clone())
            .value(view.transport.clone()),
        // A plate is personal: sealed like one whatever stands in it.
        FieldView::new("vehicle", Kind::Plate, cx.t("declare-vehicle"))
            .optional()
            .help(cx.t("declare-vehicle-help"))
            .value(view.vehicle.clone()),
        FieldView::new("itinerary", Kind::Note, cx.t("declare-itinerary"))
            .optional()
            .help(cx.t("declare-itinerary-help"))
            .value(view.itinerary.clone()),
    ];
    let fields = form::with_problems(fields, &view.step.problems);
    let frame = Frame {
        step: &view.step,
        number: 3,
        title: cx.tf("declare-journey", &[("city", cx.city.as_str().into())]),
        action: paths::DECLARE_JOURNEY,
        back: paths::DECLARE_STAYS,
    };
    page(cx, &frame, &html! { @for view in &fields { (field::field(cx, view)) } })
}

/// Empty, and with things to mend.
pub fn samples(lang: Lang) -> Vec<(&'static str, Journey)> {
    let transports = vec![
        Choice::new("train", w(lang, "火车", "Train")),
        Choice::new("plane", w(lang, "飞机", "Plane")),
        Choice::new("coach", w(lang, "长途客车", "Coach")),
        Choice::new("car", w(lang, "自驾", "Own car")),
        Choice::new("lorry", w(lang, "货车", "Lorry")),
        Choice::new("other", w(lang, "其他", "Other")),
    ];
    let empty = Journey {
        transports,
        ..Journey::default()
    };
    let wrong = Journey {
        arrives_at: "2026-11-23T14:20".into(),
        step: Step {
            problems: vec![Problem::at(
                "transport",
                w(lang, "请选择交通方式", "Choose how you travel"),
            )],
            ..Step::default()
        },
        ..empty.clone()
    };
    vec![("empty", empty), ("wrong", wrong)]
}
