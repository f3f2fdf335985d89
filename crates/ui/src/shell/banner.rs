//! What must be said before anything else on a page.

use crate::{Ctx, dates};
use maud::{Markup, html};

/// Demonstration, test clock, the past, and the note that script shows when the network is gone.
pub(super) fn banners(cx: &Ctx) -> Markup {
    html! {
        section.banners aria-label=(cx.t("notices")) {
            @if cx.is_demo { p.banner.banner-demo { strong { (cx.t("banner-demo")) } " " (cx.t("banner-demo-more")) } }
            @if cx.test_clock {
                p.banner.banner-clock {
                    strong { (cx.t("banner-clock")) } " "
                    time datetime=(dates::machine(cx.now)) { (dates::moment(cx.lang, cx.now)) }
                }
            }
            @if let Some(at) = cx.as_of {
                p.banner.banner-paper role="status" {
                    strong { (cx.tf("banner-as-of", &[("at", dates::moment(cx.lang, at).into())])) } " "
                    (cx.t("banner-as-of-more")) " "
                    a href=(cx.path) { (cx.t("back-to-now")) }
                }
            }
            p.banner.banner-offline role="status" hidden data-offline { (cx.t("banner-offline")) }
        }
    }
}

/// Words that script needs, so that translation stays in one place.
pub(super) fn script_words(cx: &Ctx) -> Markup {
    html! {
        div hidden #words
            data-draft=(cx.t("js-draft"))
            data-undo=(cx.t("js-undo"))
            data-chosen=(cx.t("js-chosen"))
            data-keys=(cx.t("js-keys"))
            data-failed=(cx.t("js-failed"))
            data-unsent=(cx.tf("offline-unsent", &[("n", "{n}".into()), ("at", "{at}".into())]))
            data-kept=(cx.t("offline-kept"))
            data-take-back=(cx.t("undo"))
            data-refused=(cx.t("offline-refused"))
            data-full=(cx.t("offline-full"))
            data-needs=(cx.t("offline-needs"))
            data-filled=(cx.t("offline-filled"))
            data-sent=(cx.t("offline-sent"))
            data-list=(cx.tf("offline-list", &[("at", "{at}".into())]))
            data-put-away=(cx.t("offline-put-away"))
            data-signed-out=(cx.t("offline-signed-out"))
            data-still-away=(cx.t("offline-still-away"))
            data-unknown=(cx.t("state-unknown")) {}
    }
}

pub(super) fn languages(cx: &Ctx) -> Markup {
    use lianfang_kernel::Lang;
    html! {
        nav.languages aria-label=(cx.t("language")) {
            @for lang in Lang::ALL {
                @let name = if lang == Lang::Zh { "中文" } else { "English" };
                @if lang == cx.lang { span aria-current="true" lang=(lang.tag()) { (name) } }
                @else { a href=(cx.path_in(lang)) lang=(lang.tag()) hreflang=(lang.tag()) { (name) } }
            }
        }
    }
}
