//! Anybody may check a pass: the text of its code in, a verdict out. Nothing about the holder is shown.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
        mark::{Meaning, mark},
        value,
    },
    paths,
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// What the check said.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Accept or reject.
    pub is_accepted: bool,
    /// Why, in words.
    pub reason: String,
    /// What the pass says: day, area, issuer.
    pub facts: Vec<(String, String)>,
}

/// The page. Posts `text`.
#[derive(Clone, Debug, Default)]
pub struct Verify {
    /// What was typed or scanned.
    pub text: String,
    /// The verdict on it.
    pub verdict: Option<Verdict>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Verify, cx: &Ctx) -> Markup {
    let field = FieldView::new("text", Kind::Note, cx.t("verify-text"))
        .help(cx.t("verify-text-help"))
        .value(view.text.clone());
    let fields = form::with_problems(vec![field], &view.problems);
    let body = html! {
        (shell::back_link(cx, paths::HOME))
        (form::summary(cx, &view.problems))
        h1 { (cx.t("home-verify")) }
        @if let Some(verdict) = &view.verdict {
            div.notice.late-notice[!verdict.is_accepted] role="status" {
                h2 {
                    @if verdict.is_accepted { (mark(Meaning::Done, &cx.t("verify-accept"))) }
                    @else { (mark(Meaning::Late, &cx.t("verify-reject"))) }
                }
                p { (verdict.reason) }
                @for (term, fact) in &verdict.facts { p { span.quiet { (term) } " " (fact) } }
            }
        }
        (form::post(cx, paths::VERIFY, None, &html! {
            @for view in &fields { (field::field(cx, view)) }
            (form::primary(&cx.t("verify-check")))
        }))
        (value::pairs(&[(cx.t("verify-holder"), html! { (cx.t("verify-holder-text")) })]))
    };
    shell::public(
        cx,
        &Title::new(cx.t("home-verify")).error(!view.problems.is_empty()),
        &body,
    )
}

/// Empty, accepted, rejected.
pub fn samples(lang: Lang) -> Vec<(&'static str, Verify)> {
    let accepted = Verify {
        text: "LF1:6BFOXN*TS0BI$ZD".into(),
        verdict: Some(Verdict {
            is_accepted: true,
            reason: w(
                lang,
                "签名有效，今天在珲春市全市有效。",
                "The signature holds; valid today in all of Hunchun.",
            ),
            facts: vec![(w(lang, "签发", "Issued by"), w(lang, "珲春市", "Hunchun"))],
        }),
        problems: Vec::new(),
    };
    let rejected = Verify {
        verdict: Some(Verdict {
            is_accepted: false,
            reason: w(
                lang,
                "不是今天的凭证。请持证人当场重新申报。",
                "Not a pass of today. Ask the holder to declare again.",
            ),
            facts: Vec::new(),
        }),
        ..accepted.clone()
    };
    vec![
        ("empty", Verify::default()),
        ("accepted", accepted),
        ("rejected", rejected),
    ]
}
