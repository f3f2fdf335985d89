//! What waits to be sent, what the server did not take, and how to carry it by hand.

use crate::{Ctx, Markup};
use maud::html;

pub(super) fn screen(cx: &Ctx) -> Markup {
    html! {
        h2 { (cx.t("check-nav-queue")) }
        p { (cx.t("check-queue-help")) }
        dl.pairs {
            dt { (cx.t("check-queue-waiting")) }
            dd #queue-waiting {}
            dt { (cx.t("check-queue-oldest")) }
            dd #queue-oldest {}
        }
        p.result #queue-result role="status" {}
        div.big-buttons {
            button.primary #do-sync type="button" { (cx.t("check-do-sync")) }
            button #do-export type="button" { (cx.t("check-do-export")) }
        }
        h2 { (cx.t("check-queue-refused")) }
        div #refused-none { p { (cx.t("check-queue-none")) } }
        div #refused-some hidden {
            p { (cx.t("check-queue-refused-help")) }
            ul.lines #refused {}
            p.row { button #do-retry type="button" { (cx.t("check-do-retry")) } }
        }
        h2 { (cx.t("check-queue-keys")) }
        p #keys-detail {}
        p.row { button #do-refresh type="button" { (cx.t("check-do-refresh")) } }
    }
}
