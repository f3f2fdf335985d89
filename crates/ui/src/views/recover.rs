//! Back to one's own page on a new phone: by the paper code, or with help from the community. Never by name and number.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
    },
    paths,
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// The page. Posts `code` to `paths::me("recover")`.
#[derive(Clone, Debug, Default)]
pub struct Recover {
    /// Whom to go to without a code: community offices, telephone number.
    pub help_line: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page. What was typed is a secret and is not shown again.
pub fn render(view: &Recover, cx: &Ctx) -> Markup {
    // Sealed like an identity number: no draft of it stays on the device.
    let field = FieldView::new("code", Kind::CnId, cx.t("recovery-code")).help(cx.t("recovery-code-help"));
    let fields = form::with_problems(vec![field], &view.problems);
    let body = html! {
        (shell::back_link(cx, paths::HOME))
        (form::summary(cx, &view.problems))
        h1 { (cx.t("home-recover")) }
        (form::post(cx, &paths::me("recover"), None, &html! {
            @for view in &fields { (field::field(cx, view)) }
            (form::primary(&cx.t("recovery-open")))
        }))
        h2 { (cx.t("recovery-without")) }
        p {
            (cx.t("recovery-without-text"))
            @if !view.help_line.is_empty() { " " (cx.tf("home-help-call", &[("line", view.help_line.as_str().into())])) }
        }
    };
    shell::public(
        cx,
        &Title::new(cx.t("home-recover")).error(!view.problems.is_empty()),
        &body,
    )
}

/// Empty, and a code that opens nothing.
pub fn samples(lang: Lang) -> Vec<(&'static str, Recover)> {
    let empty = Recover {
        help_line: "0433-000-0000".into(),
        ..Recover::default()
    };
    let wrong = Recover {
        problems: vec![Problem::at(
            "code",
            w(
                lang,
                "没有这个找回码，请对照纸条逐位检查",
                "No page has this code; compare it with your paper, letter by letter",
            ),
        )],
        ..empty.clone()
    };
    vec![("empty", empty), ("wrong", wrong)]
}
