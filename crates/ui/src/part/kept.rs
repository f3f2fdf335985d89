//! What a phone keeps of a page's work while there is no network: the places that script fills, and what script needs.

use super::mark::{Meaning, mark};
use crate::{Ctx, Markup};
use maud::{PreEscaped, html};

/// What this phone has not sent yet, and what came back; script fills and shows it.
pub fn waiting(cx: &Ctx) -> Markup {
    html! {
        p.notice.no-print #kept-page hidden role="status" {}
        div.notice.no-print #kept-unsent hidden role="status" {
            span data-said {}
            span.act {
                button type="button" #kept-send { (cx.t("offline-send")) }
                button.plain type="button" data-export { (cx.t("offline-export")) }
            }
            p data-trouble hidden {}
        }
        div.notice.late-notice.no-print #kept-refused hidden {
            h2 { (mark(Meaning::Late, &cx.t("offline-came-back"))) }
            p { (cx.t("offline-came-back-how")) }
            ul {}
            button.plain type="button" data-export { (cx.t("offline-export")) }
        }
    }
}

/// What script needs to keep answers while there is no network, as JSON.
pub fn kit(kit: Option<&str>) -> Markup {
    html! {
        @if let Some(kit) = kit {
            script type="application/json" #kept-kit { (PreEscaped(kit.replace('<', "\\u003c"))) }
        }
    }
}
