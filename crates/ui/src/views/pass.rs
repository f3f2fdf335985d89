//! A pass: valid here today, and nothing else. Reasons live on the resident's own page.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::mark::{Meaning, mark},
    paths,
    shell::{self, Title},
};
use jiff::civil::{Date, date};
use lianfang_kernel::Lang;
use maud::{PreEscaped, html};

/// A pass as shown.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Its address.
    pub id: String,
    /// The code, drawn as SVG by the server itself: it is put into the page unescaped.
    pub qr_svg: String,
    /// The text of the code, for those who must type or copy it.
    pub text: String,
    /// The day it is valid.
    pub day: Date,
    /// Where it is valid.
    pub area: String,
    /// Revoked or past its day: what it says instead of the code.
    pub invalid: Option<String>,
}

/// The page `/pass/{id}`.
pub fn render(view: &Pass, cx: &Ctx) -> Markup {
    let body = html! {
        h1 { (cx.t("pass-title")) }
        (card(cx, view))
        p { (cx.t("pass-offline")) }
        div.act.no-print {
            button type="button" hidden data-print { (cx.t("print")) }
            a href=(paths::ME) { (cx.t("home-me")) }
        }
        details { summary { (cx.t("pass-text")) } p { code { (view.text) } } }
    };
    shell::public(cx, &Title::new(cx.t("pass-title")), &body)
}

/// The pass alone, also on the page after a declaration.
pub fn card(cx: &Ctx, view: &Pass) -> Markup {
    html! {
        @if let Some(reason) = &view.invalid {
            div.notice.late-notice { h2 { (mark(Meaning::Late, &cx.t("pass-invalid"))) } p { (reason) } p { a href=(paths::DECLARE) { (cx.t("home-declare")) } } }
        } @else {
            div.pass {
                p.pass-day { (dates::day(cx.lang, view.day)) }
                div role="img" aria-label=(cx.tf("pass-qr", &[("day", dates::day(cx.lang, view.day).into()), ("area", view.area.as_str().into())])) {
                    (PreEscaped(&view.qr_svg))
                }
                p { (cx.tf("pass-area", &[("area", view.area.as_str().into())])) }
            }
        }
    }
}

/// A pass for samples; the picture is a pattern, not a code.
pub(crate) fn sample_pass(lang: Lang) -> Pass {
    let mut squares = String::new();
    for i in 0..29_u32 {
        for j in 0..29_u32 {
            if (i * 7 + j * 13 + i * j) % 5 < 2 {
                squares.push_str(&format!("M{i} {j}h1v1h-1z"));
            }
        }
    }
    Pass {
        id: "p1".into(),
        qr_svg: format!("<svg viewBox=\"-2 -2 33 33\" aria-hidden=\"true\"><path d=\"{squares}\"/></svg>"),
        text: "LF1:6BFOXN*TS0BI$ZD".into(),
        day: date(2026, 11, 21),
        area: w(lang, "珲春市", "Hunchun"),
        invalid: None,
    }
}

/// Valid, and past its day.
pub fn samples(lang: Lang) -> Vec<(&'static str, Pass)> {
    let valid = sample_pass(lang);
    let past = Pass {
        invalid: Some(w(
            lang,
            "此凭证只在2026年11月20日有效。请重新申报，当天即可取得新凭证。",
            "It was valid on 20 Nov 2026 only. Declare again to get a new one at once.",
        )),
        ..valid.clone()
    };
    vec![("valid", valid), ("past", past)]
}
