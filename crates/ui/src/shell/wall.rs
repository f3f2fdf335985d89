//! Frame of the wall screen: no controls, nothing scrolls, script renews it every minute.

use super::{Title, banner, head};
use crate::{Ctx, dates};
use maud::{DOCTYPE, Markup, html};

/// A wall page around `body`; `heading` is its only line of navigation.
pub fn wall(cx: &Ctx, title: &Title, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(cx.lang.tag()) {
            (head::head(cx, title, "app.js"))
            body.wall {
                header.wall-top {
                    h1 { (cx.city) " · " (title.text) }
                    p { time datetime=(dates::machine(cx.speaks_of())) { (dates::moment(cx.lang, cx.speaks_of())) } }
                }
                (banner::banners(cx))
                main #main hx-get=(cx.path) hx-trigger="every 60s" hx-select="#main" hx-swap="outerHTML" { (body) }
                (banner::script_words(cx))
            }
        }
    }
}
