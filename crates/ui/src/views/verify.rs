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

/// What can be said of a code; never a status of its holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Valid,
    /// It does not.
    #[default]
    NotValid,
    /// Nobody here knows its issuer.
    UnknownIssuer,
}

/// What the check said.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What can be said of it.
    pub standing: Standing,
    /// Of another issuer: it holds a name for a person to compare.
    pub is_foreign: bool,
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
            div.notice.late-notice[verdict.standing == Standing::NotValid] role="status" {
                h2 {
                    @match verdict.standing {
                        Standing::Valid => (mark(Meaning::Done, &cx.t("verify-accept"))),
                        Standing::NotValid => (mark(Meaning::Late, &cx.t("verify-reject"))),
                        Standing::UnknownIssuer => (mark(Meaning::Unknown, &cx.t("verify-unknown"))),
                    }
                }
                p { (verdict.reason) }
                @if !verdict.facts.is_empty() {
                    (value::pairs(&verdict.facts.iter().map(|(term, fact)| (term.clone(), html! { (fact) })).collect::<Vec<_>>()))
                }
                @if verdict.is_foreign { p { (cx.t("verify-foreign-text")) } }
            }
        }
        (form::post(cx, paths::VERIFY, None, &html! {
            @for view in &fields { (field::field(cx, view)) }
            (form::primary(&cx.t("verify-check")))
        }))
        @if !view.verdict.as_ref().is_some_and(|verdict| verdict.is_foreign) {
            (value::pairs(&[(cx.t("verify-holder"), html! { (cx.t("verify-holder-text")) })]))
        }
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
            standing: Standing::Valid,
            is_foreign: false,
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
            standing: Standing::NotValid,
            is_foreign: false,
            reason: w(
                lang,
                "不是今天的凭证。请持证人当场重新申报。",
                "Not a pass of today. Ask the holder to declare again.",
            ),
            facts: Vec::new(),
        }),
        ..accepted.clone()
    };
    let fact = |zh: &str, en: &str, fact: &str| (w(lang, zh, en), fact.to_owned());
    let foreign = Verify {
        text: "HC1:6BFOXN*TS0BI$ZD".into(),
        verdict: Some(Verdict {
            standing: Standing::Valid,
            is_foreign: true,
            reason: w(lang, "有效", "valid"),
            facts: vec![
                fact("种类", "Kind", "EU DCC"),
                fact("签发方", "Issued by", "AT"),
                fact("证上姓名", "Name on it", "Musterfrau-Gößinger Gabriele"),
                fact("出生日期", "Born", "1998-02-26"),
            ],
        }),
        problems: Vec::new(),
    };
    let unknown = Verify {
        verdict: Some(Verdict {
            standing: Standing::UnknownIssuer,
            is_foreign: true,
            reason: w(
                lang,
                "签发机构不在本市信任名单中",
                "its issuer is not among those that this city trusts",
            ),
            facts: vec![fact("种类", "Kind", "SMART Health Card")],
        }),
        ..foreign.clone()
    };
    vec![
        ("foreign", foreign),
        ("unknown", unknown),
        ("empty", Verify::default()),
        ("accepted", accepted),
        ("rejected", rejected),
    ]
}
