//! Counts of this shift by decision and way, and the hand-over. Person-times only: the phone knows no persons.

use crate::{Ctx, Markup};
use maud::html;

pub(super) fn screen(cx: &Ctx) -> Markup {
    html! {
        h2 { (cx.t("check-nav-shift")) }
        p { (cx.t("check-shift-help")) }
        (counts(cx, "now", &cx.t("check-shift-counts")))
        p.row { button.primary #do-hand-over type="button" { (cx.t("check-do-hand-over")) } }
        div #shift-before hidden {
            h2 { (cx.t("check-shift-previous")) }
            (counts(cx, "before", &cx.t("check-shift-previous")))
        }
    }
}

fn counts(cx: &Ctx, id: &str, caption: &str) -> Markup {
    let ways = [
        "check-way-scan",
        "check-way-typed",
        "check-way-paper",
        "check-way-helper",
    ];
    html! {
        dl.pairs {
            dt { (cx.t("check-shift-start")) }
            dd id={ "shift-" (id) "-start" } {}
            @if id == "before" {
                dt { (cx.t("check-shift-end")) }
                dd id={ "shift-" (id) "-end" } {}
            }
        }
        div.table-scroll role="region" aria-label=(caption) tabindex="0" {
            table.counts {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (cx.t("check-shift-decision")) }
                        @for way in ways { th scope="col" { (cx.t(way)) } }
                        th scope="col" { (cx.t("check-shift-total")) }
                    }
                }
                tbody id={ "shift-" (id) "-rows" } {
                    @for decision in ["check-admit", "check-refuse", "check-hold", "check-shift-total"] {
                        tr {
                            th scope="row" { (cx.t(decision)) }
                            @for _ in 0..=ways.len() { td { "0" } }
                        }
                    }
                }
            }
        }
    }
}
