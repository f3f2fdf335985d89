//! After the day's declaration: the pass, what to do with it, and whom else to declare for.

use crate::{
    Ctx, Markup,
    part::mark::{Meaning, mark},
    paths,
    shell::{self, Title},
    views::pass::{self, Pass},
};
use lianfang_kernel::Lang;
use maud::html;

/// What one leaves with.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// The pass.
    pub pass: Pass,
    /// Its short code, for a gate without a camera.
    pub short_code: String,
    /// It is the one that this phone had already.
    pub is_same: bool,
    /// The device's secret as a code to write down; shown once.
    pub recovery_code: Option<String>,
    /// Declared for somebody at a checkpoint: print it, then the next.
    pub is_helping: bool,
}

/// The whole page.
pub fn render(view: &Done, cx: &Ctx) -> Markup {
    let title = if view.is_same { "day-done-same" } else { "day-done" };
    let body = html! {
        h1 { (cx.t(title)) }
        p.no-print { (mark(Meaning::Done, &cx.t("day-done-until"))) }
        (pass::card(cx, &view.pass))
        p { (cx.t("day-short-code")) " " code { (view.short_code) } }
        p { (cx.t("pass-offline")) }
        (pass::kept(cx))
        div.act.no-print {
            button.primary[view.is_helping] type="button" hidden data-print { (cx.t("day-print")) }
            @if view.is_helping { a.button href=(paths::DAY_HELP) { (cx.t("day-next-person")) } }
            @else {
                a.button.primary href=(paths::pass(&view.pass.id)) { (cx.t("day-show")) }
                (pass::save(cx, &view.pass))
                a href=(paths::DAY) { (cx.t("day-another")) }
            }
        }
        (pass::picture())
        @if let Some(code) = &view.recovery_code {
            h2 { (cx.t("recovery")) }
            p { (cx.t("recovery-text")) }
            p.secret { (code) }
        }
        (pass::words(cx))
    };
    shell::public(cx, &Title::new(cx.t(title)).passes(), &body)
}

/// The first one, the same again, and for somebody else.
pub fn samples(lang: Lang) -> Vec<(&'static str, Done)> {
    let first = Done {
        pass: pass::sample_pass(lang),
        short_code: "VV21 PG3S 9ZGK".into(),
        recovery_code: Some("KRQ7-2MXA-9TDF-H4WE".into()),
        ..Done::default()
    };
    let same = Done {
        is_same: true,
        recovery_code: None,
        ..first.clone()
    };
    let helping = Done {
        is_helping: true,
        recovery_code: None,
        ..first.clone()
    };
    vec![("first", first), ("same", same), ("helping", helping)]
}
