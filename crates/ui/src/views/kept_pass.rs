//! The passes that a phone keeps itself: the same page for everybody, drawn by script from what lies on the phone.

use super::pass;
use crate::{
    Ctx, Markup,
    part::mark::{Meaning, mark},
    paths,
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// Nothing: what is shown lies on the phone.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeptPass;

/// The page `/pass`.
pub fn render(_: &KeptPass, cx: &Ctx) -> Markup {
    let body = html! {
        h1 { (cx.t("pass-title")) }
        noscript { p { (cx.t("pass-noscript")) " " a href=(paths::ME) { (cx.t("home-me")) } } }
        div #kept-pass {
            div #kept-none hidden {
                p { strong { (cx.t("pass-none")) } }
                p #kept-none-why {}
                div.act { a.button.primary href=(paths::HOME) { (cx.t("pass-home")) } a href=(paths::ME) { (cx.t("home-me")) } }
            }
            div #kept-shown hidden {
                p.notice #kept-early hidden {}
                div.pass #kept-card hidden {
                    p.pass-day #kept-day {}
                    div #kept-code role="img" aria-label=(cx.t("pass-title")) {}
                    p #kept-area {}
                }
                div.notice.late-notice #kept-invalid hidden {
                    h2 { (mark(Meaning::Late, &cx.t("pass-invalid"))) }
                    p #kept-reason {}
                }
                p { (cx.t("day-short-code")) " " code #kept-short {} }
                p { (cx.t("pass-offline")) }
                p { (mark(Meaning::Done, &cx.t("pass-from-phone"))) }
                div.act.no-print #kept-acts {
                    a.button.primary #pass-save href=(paths::KEPT_PASS) { (cx.t("pass-save")) }
                    button type="button" hidden data-print { (cx.t("print")) }
                    a href=(paths::ME) { (cx.t("home-me")) }
                }
                (pass::picture())
                details { summary { (cx.t("pass-text")) } p { code #kept-text {} } }
                p.no-print { button.plain type="button" #kept-remove { (cx.t("pass-remove")) } }
            }
            div.no-print #kept-others hidden {
                h2 { (cx.t("pass-others")) }
                ul.lines #kept-list {}
            }
        }
        (pass::words(cx))
    };
    shell::public(cx, &Title::new(cx.t("pass-title")).passes().timeless(), &body)
}

/// As it comes from the server; the phone fills it.
pub fn samples(_: Lang) -> Vec<(&'static str, KeptPass)> {
    vec![("phone", KeptPass)]
}
