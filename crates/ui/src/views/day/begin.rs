//! Where a day's declaration begins: who is remembered on this phone, and what each has for today.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        form,
        mark::{Meaning, mark},
    },
    paths,
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// One person whom this phone remembers.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// Name and document, masked: the phone may lie open.
    pub who: String,
    /// The pass that holds today.
    pub today: Option<String>,
    /// The pass for tomorrow.
    pub tomorrow: Option<String>,
}

/// The page. `paths::DAY_AGAIN` takes up the answers of a person (`n`), `paths::DAY_FORGET` forgets them (POST `n`).
#[derive(Clone, Debug, Default)]
pub struct Begin {
    /// Those remembered.
    pub kept: Vec<Kept>,
    /// From 18:00: tomorrow's may be declared.
    pub is_evening: bool,
    /// Before it is live, or not at all here: why, and what to do.
    pub closed: Option<String>,
}

/// The whole page.
pub fn render(view: &Begin, cx: &Ctx) -> Markup {
    let body = html! {
        (shell::back_link(cx, paths::HOME))
        h1 { (cx.t("day-title")) }
        @if let Some(closed) = &view.closed { div.notice { p { (closed) } } }
        p { (cx.tf("day-what", &[("city", cx.city.as_str().into())])) }
        @if view.is_evening { p { (cx.t("day-evening")) } }
        @for (n, kept) in view.kept.iter().enumerate() {
            section.notice aria-labelledby=(format!("kept-{n}")) {
                h2 id=(format!("kept-{n}")) { (kept.who) }
                @if let Some(pass) = &kept.today {
                    p { (mark(Meaning::Done, &cx.t("day-has-today"))) " " a href=(paths::pass(pass)) { (cx.t("day-show")) } }
                }
                @if let Some(pass) = &kept.tomorrow {
                    p { (mark(Meaning::Done, &cx.t("day-has-tomorrow"))) " " a href=(paths::pass(pass)) { (cx.t("day-show")) } }
                }
                @let is_done = kept.today.is_some() && (kept.tomorrow.is_some() || !view.is_evening);
                div.act {
                    @if !is_done { a.button.primary href=(paths::day_again(n)) { (cx.t("day-same")) } }
                    (form::one_button(cx, paths::DAY_FORGET, &cx.t("day-forget"), "", &[("n", &n.to_string())]))
                }
            }
        }
        div.act {
            a.button.primary[view.kept.is_empty()] href=(paths::DAY_NEW) {
                @if view.kept.is_empty() { (cx.t("day-begin")) } @else { (cx.t("day-another")) }
            }
        }
        h2 { (cx.t("day-helper")) }
        p { (cx.t("day-helper-text")) }
        p { a href=(paths::DAY_HELP) { (cx.t("day-helper-do")) } }
    };
    shell::public(cx, &Title::new(cx.t("day-title")), &body)
}

/// Nobody remembered, two in the evening, and before it is live.
pub fn samples(lang: Lang) -> Vec<(&'static str, Begin)> {
    let own = Kept {
        who: w(lang, "王** 4201**********1234", "W*** 4201**********1234"),
        today: Some("p1".into()),
        tomorrow: None,
    };
    let mother = Kept {
        who: w(lang, "李* 4201**********0026", "L* 4201**********0026"),
        ..Kept::default()
    };
    let two = Begin {
        kept: vec![own, mother],
        is_evening: true,
        closed: None,
    };
    let closed = Begin {
        closed: Some(w(
            lang,
            "一码通行2020年2月5日 08:00上线，此前请在卡点纸质登记。",
            "One code goes live on 5 Feb 2020, 08:00; until then fill in the paper form at the checkpoint.",
        )),
        ..Begin::default()
    };
    vec![("first", Begin::default()), ("evening", two), ("closed", closed)]
}
