//! Fourth question: where in the city you will be, chosen down to the community or village.

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

/// Answers: `region` and its steps, `address`.
#[derive(Clone, Debug, Default)]
pub struct Destination {
    /// Shared parts.
    pub step: Step,
    /// Steps chosen, from the city down.
    pub region_steps: Vec<Choice>,
    /// Regions below them; empty at the finest.
    pub region_below: Vec<Choice>,
    /// House and room.
    pub address: String,
}

/// The whole page.
pub fn render(view: &Destination, cx: &Ctx) -> Markup {
    let region = FieldView {
        steps: view.region_steps.clone(),
        ..FieldView::new("region", Kind::Region, cx.t("declare-region"))
            .help(cx.t("declare-region-help"))
            .options(view.region_below.clone())
    };
    let fields = vec![
        region,
        FieldView::new("address", Kind::Address, cx.t("declare-address"))
            .help(cx.t("declare-address-help"))
            .value(view.address.clone()),
    ];
    let fields = form::with_problems(fields, &view.step.problems);
    let frame = Frame {
        step: &view.step,
        number: 4,
        title: cx.tf("declare-destination", &[("city", cx.city.as_str().into())]),
        action: paths::DECLARE_REGION,
        back: paths::DECLARE_JOURNEY,
    };
    page(cx, &frame, &html! { @for view in &fields { (field::field(cx, view)) } })
}

/// Half chosen, wholly chosen with an address missing.
pub fn samples(lang: Lang) -> Vec<(&'static str, Destination)> {
    let city = Choice::new("222404", w(lang, "珲春市", "Hunchun"));
    let street = Choice::new("222404001", w(lang, "新安街道", "Xin'an street"));
    let half = Destination {
        region_steps: vec![city.clone()],
        region_below: vec![
            street.clone(),
            Choice::new("222404002", w(lang, "河南街道", "Henan street")),
            Choice::new("222404100", w(lang, "敬信镇", "Jingxin town")),
        ],
        ..Destination::default()
    };
    let whole = Destination {
        region_steps: vec![
            city,
            street,
            Choice::new("222404001003", w(lang, "滨河社区", "Binhe community")),
        ],
        region_below: Vec::new(),
        step: Step {
            problems: vec![Problem::at(
                "address",
                w(
                    lang,
                    "请填写楼栋和房号，便于社区上门",
                    "Give house and room, so that the community finds you",
                ),
            )],
            ..Step::default()
        },
        ..half.clone()
    };
    vec![("half", half), ("wrong", whole)]
}
