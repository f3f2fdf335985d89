//! First question: who you are.

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
    /// Declared for somebody else: a parent, a child, a guest.
    pub for_other: bool,
    /// Kinds of document to choose from.
    pub document_kinds: Vec<Choice>,
}

/// The whole page.
pub fn render(view: &Who, cx: &Ctx) -> Markup {
    let fields = vec![
        FieldView::new("name", Kind::Name, cx.t("declare-name"))
            .help(cx.t("declare-name-help"))
            .value(view.name.clone())
            .autocomplete("name"),
        document(cx, &view.document_kinds, &view.document_kind, &view.document_number),
        FieldView::new("phone", Kind::Phone, cx.t("declare-phone"))
            .help(cx.t("declare-phone-help"))
            .value(view.phone.clone())
            .autocomplete("tel"),
    ];
    let fields = form::with_problems(fields, &view.step.problems);
    let frame = Frame {
        step: &view.step,
        number: 1,
        title: cx.t("declare-who"),
        action: paths::DECLARE_WHO,
        back: paths::HOME,
    };
    page(
        cx,
        &frame,
        &html! {
            @for view in &fields { (field::field(cx, view)) }
            (for_other(cx, view.for_other))
        },
    )
}

/// Which document, and its number.
pub(crate) fn document(cx: &Ctx, kinds: &[Choice], kind: &str, number: &str) -> FieldView {
    FieldView {
        second: number.to_owned(),
        ..FieldView::new("document", Kind::IdDoc, cx.t("declare-document"))
            .help(cx.t("declare-document-help"))
            .options(kinds.to_vec())
            .value(kind)
    }
}

/// Whether it is declared for somebody else.
pub(crate) fn for_other(cx: &Ctx, is_so: bool) -> Markup {
    html! {
        label.choice for="f-for_other" {
            input #f-for_other type="checkbox" name="for_other" value="true" checked[is_so];
            span { (cx.t("declare-for-other")) }
        }
    }
}

/// Kinds of document, for samples.
pub(crate) fn sample_kinds(lang: Lang) -> Vec<Choice> {
    vec![
        Choice::new("cn_id", w(lang, "居民身份证", "Chinese identity card")),
        Choice::new(
            "hk_mo",
            w(
                lang,
                "港澳居民来往内地通行证",
                "Mainland travel permit, Hong Kong and Macao",
            ),
        ),
        Choice::new(
            "tw",
            w(lang, "台湾居民来往大陆通行证", "Mainland travel permit, Taiwan"),
        ),
        Choice::new("passport", w(lang, "护照", "Passport")),
        Choice::new(
            "residence",
            w(lang, "外国人永久居留身份证", "Foreign permanent resident card"),
        ),
    ]
}

/// Empty, and with things to mend.
pub fn samples(lang: Lang) -> Vec<(&'static str, Who)> {
    let empty = Who {
        document_kind: "cn_id".into(),
        document_kinds: sample_kinds(lang),
        ..Who::default()
    };
    let problems = vec![
        Problem::at(
            "name",
            w(lang, "请填写证件上的姓名", "Enter the name as on the document"),
        ),
        Problem::at(
            "document",
            w(
                lang,
                "身份证号最后一位校验不符，请对照证件检查",
                "The last digit of the number does not fit; compare it with the card",
            ),
        ),
    ];
    let wrong = Who {
        document_number: "222404199003070000".into(),
        step: Step {
            problems,
            ..Step::default()
        },
        ..empty.clone()
    };
    vec![("empty", empty), ("wrong", wrong)]
}
