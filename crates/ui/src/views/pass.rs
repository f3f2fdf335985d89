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
    /// Its code in twelve signs, for a gate without a camera.
    pub short_code: String,
    /// What script makes a picture of and the phone keeps to show without a network, as JSON.
    pub given: String,
    /// The phone that is shown it keeps it: not for certificates, and not where one helps a stranger.
    pub is_kept: bool,
    /// Revoked or past its day: what it says instead of the code.
    pub invalid: Option<String>,
}

/// The page `/pass/{id}`.
pub fn render(view: &Pass, cx: &Ctx) -> Markup {
    let body = html! {
        h1 { (cx.t("pass-title")) }
        (card(cx, view))
        @if view.invalid.is_none() {
            p { (cx.t("day-short-code")) " " code { (view.short_code) } }
            p { (cx.t("pass-offline")) }
            (kept(cx))
        }
        div.act.no-print {
            @if view.invalid.is_none() { (save(cx, view)) }
            button type="button" hidden data-print { (cx.t("print")) }
            a href=(paths::ME) { (cx.t("home-me")) }
        }
        (picture())
        @if view.invalid.is_none() { details { summary { (cx.t("pass-text")) } p { code { (view.text) } } } }
        (words(cx))
    };
    shell::public(cx, &Title::new(cx.t("pass-title")).passes(), &body)
}

/// Said by script once the phone keeps the pass.
pub(crate) fn kept(cx: &Ctx) -> Markup {
    html! { p #pass-kept hidden role="status" { (mark(Meaning::Done, &cx.t("pass-kept"))) } }
}

/// The link to the picture: without script the one that the server draws, with it the phone's own.
pub(crate) fn save(cx: &Ctx, view: &Pass) -> Markup {
    html! { a.button #pass-save href=(paths::pass_picture(&view.id)) { (cx.t("pass-save")) } }
}

/// Where script puts the picture.
pub(crate) fn picture() -> Markup {
    html! { div #pass-picture .pass-picture.no-print hidden {} }
}

/// Words that script puts onto pages and pictures, by what follows `pass-`.
pub(crate) fn words(cx: &Ctx) -> Markup {
    // Script fills in what differs from pass to pass.
    let itself = |key: &str| cx.tf(key, &[("day", "{day}".into()), ("area", "{area}".into())]);
    let words = serde_json::json!({
        "title": cx.t("pass-title"),
        "area": itself("pass-area"),
        "code": itself("pass-qr"),
        "short": cx.t("day-short-code"),
        "carry": cx.t("pass-carry"),
        "picture": itself("pass-picture"),
        "save-how": cx.t("pass-save-how"),
        "download": cx.t("pass-download"),
        "early": itself("pass-early"),
        "past": itself("pass-past"),
        "gone": cx.t("pass-gone"),
        "none-how": cx.t("pass-none-how"),
        "not-here": cx.t("pass-not-here"),
    });
    html! { script type="application/json" #pass-words { (PreEscaped(words.to_string().replace('<', "\\u003c"))) } }
}

/// The pass alone, also on the page after a declaration.
pub fn card(cx: &Ctx, view: &Pass) -> Markup {
    html! {
        @if let Some(reason) = &view.invalid {
            div.notice.late-notice data-pass-gone=(view.id) { h2 { (mark(Meaning::Late, &cx.t("pass-invalid"))) } p { (reason) } p { a href=(paths::DECLARE) { (cx.t("home-declare")) } } }
        } @else {
            div.pass data-pass=(view.given) data-keep[view.is_kept] {
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
        short_code: "VV21 PG3S 9ZGK".into(),
        given: r#"{"id":"p1","text":"LF1:6BFOXN*TS0BI$ZD","short":"VV21 PG3S 9ZGK","day":{"zh":"2026年11月21日","en":"21 Nov 2026"},"area":{"zh":"珲春市","en":"Hunchun"},"from":0,"until":1,"now":0}"#.into(),
        is_kept: false,
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
