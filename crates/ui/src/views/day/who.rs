//! First question of the day's declaration: for whom.

use super::{Frame, Step, page};
use crate::views::declare::who::{document, for_other, sample_kinds};
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

/// Answers: `name`, `document.kind`, `document.number`, `phone`, `for_other`.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// Shared parts.
    pub step: Step,
    /// Name as on the document.
    pub name: String,
    /// Kind of document chosen.
    pub document_kind: String,
    /// Its number.
    pub document_number: String,
    /// Telephone number.
    pub phone: String,
    /// For a parent, a child, a guest.
    pub for_other: bool,
    /// Kinds of document to choose from.
    pub document_kinds: Vec<Choice>,
}

/// The whole page.
pub fn render(view: &Who, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("name", Kind::Name, cx.t("declare-name"))
            .help(cx.t("declare-name-help"))
            .value(view.name.clone()),
        document(cx, &view.document_kinds, &view.document_kind, &view.document_number),
        FieldView::new("phone", Kind::Phone, cx.t("declare-phone"))
            .help(cx.t("day-phone-help"))
            .value(view.phone.clone()),
    ];
    let fields = form::with_problems(fields, &view.step.problems);
    let title = if view.step.is_helping {
        "day-who-helping"
    } else {
        "declare-who"
    };
    let frame = Frame {
        step: &view.step,
        number: 1,
        title: cx.t(title),
        action: paths::DAY_WHO,
        back: paths::DAY,
    };
    page(
        cx,
        &frame,
        &html! {
            @for view in &fields { (field::field(cx, view)) }
            @if !view.step.is_helping { (for_other(cx, view.for_other)) }
        },
    )
}

/// Empty, with something to mend, and at a checkpoint.
pub fn samples(lang: Lang) -> Vec<(&'static str, Who)> {
    let empty = Who {
        document_kind: "cn_id".into(),
        document_kinds: sample_kinds(lang),
        ..Who::default()
    };
    let wrong = Who {
        document_number: "222404199003070000".into(),
        step: Step {
            problems: vec![Problem::at(
                "document",
                w(
                    lang,
                    "身份证号最后一位校验不符，请对照证件检查",
                    "The last digit of the number does not fit; compare it with the card",
                ),
            )],
            ..Step::default()
        },
        ..empty.clone()
    };
    let helping = Who {
        step: Step {
            is_helping: true,
            ..Step::default()
        },
        ..empty.clone()
    };
    vec![("empty", empty), ("wrong", wrong), ("helping", helping)]
}
