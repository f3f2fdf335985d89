//! Frame of public pages: one column, large type, little to load.

use super::{Title, banner, head};
use crate::{Ctx, dates, paths};
use maud::{DOCTYPE, Markup, html};

/// A public page around `body`, which begins with its own `h1`.
pub fn public(cx: &Ctx, title: &Title, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(cx.lang.tag()) {
            (head::head(cx, title, "public.js"))
            body.public.paper[cx.as_of.is_some()] {
                a.skip href="#main" { (cx.t("skip")) }
                header.top {
                    div.measure {
                        a.brand href=(paths::HOME) { span.brand-mark { (cx.t("product")) } span.brand-city { (cx.city) } }
                        (banner::languages(cx))
                    }
                }
                (banner::banners(cx))
                main #main.measure tabindex="-1" { (body) }
                (footer(cx, title))
                (banner::script_words(cx))
            }
        }
    }
}

fn footer(cx: &Ctx, title: &Title) -> Markup {
    html! {
        footer.bottom {
            div.measure {
                p { (cx.t("footer-privacy")) }
                p.quiet {
                    @if !title.is_timeless { (cx.tf("as-of", &[("at", dates::moment(cx.lang, cx.speaks_of()).into())])) " · " }
                    (cx.t("product")) " " (cx.version)
                    " · " a href=(paths::SIGN_IN) { (cx.t("staff-entrance")) }
                }
            }
        }
    }
}

/// The way back to the question before, above the heading.
pub fn back_link(cx: &Ctx, href: &str) -> Markup {
    html! { p.back { a href=(href) { (cx.t("back")) } } }
}
