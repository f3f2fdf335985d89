//! Links to the pages that a post has besides the general ones.

use crate::Ctx;
use maud::{Markup, html};

/// Address and name of each, in a row; nothing when there is none.
pub fn links(cx: &Ctx, desks: &[(String, String)]) -> Markup {
    html! {
        @if !desks.is_empty() {
            nav.no-print aria-label=(cx.t("desks")) {
                ul.desks { @for (href, name) in desks { li { a href=(cx.kept(href)) { (name) } } } }
            }
        }
    }
}
