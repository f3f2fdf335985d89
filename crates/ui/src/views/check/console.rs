//! The console: pass, document, temperature, then the decision. Steps fold away when they are answered.

use super::{Judged, verdict_mark};
use crate::{
    Ctx, Markup,
    icon::{Icon, icon},
    part::mark::{Meaning, mark},
};
use maud::html;

/// A step that folds: its heading is a button, so that an answer can be changed.
fn step(cx: &Ctx, id: &str, key: &str, is_open: bool, body: &Markup) -> Markup {
    html! {
        section.step id={ "step-" (id) } data-step=(id) {
            h2 {
                button type="button" data-fold=(id) aria-expanded=(if is_open { "true" } else { "false" })
                    aria-controls={ "body-" (id) } {
                    span { (cx.t(key)) }
                    span.answer id={ "answer-" (id) } {}
                }
            }
            div.step-body id={ "body-" (id) } hidden[!is_open] { (body) }
        }
    }
}

pub(super) fn screen(cx: &Ctx, judged: Option<&Judged>) -> Markup {
    html! {
        (step(cx, "pass", "check-step-pass", true, &pass(cx, judged)))
        (step(cx, "document", "check-step-document", judged.is_some(), &document(cx)))
        (step(cx, "temperature", "check-step-temperature", judged.is_some(), &temperature(cx)))
        (step(cx, "more", "check-step-more", judged.is_some(), &more(cx)))
        (decision(cx, judged))
    }
}

fn pass(cx: &Ctx, judged: Option<&Judged>) -> Markup {
    let is_accepted = judged.map(|judged| judged.is_accepted);
    html! {
        div.big-buttons #ways hidden[judged.is_some()] {
            button.primary #do-scan type="button" { (icon(Icon::Scan)) (cx.t("check-do-scan")) }
            button #do-type type="button" { (icon(Icon::Keys)) (cx.t("check-do-type")) }
            button #do-paper type="button" { (icon(Icon::Paper)) (cx.t("check-do-paper")) }
            button #do-helper type="button" { (icon(Icon::Helper)) (cx.t("check-do-helper")) }
        }
        div #camera hidden {
            video #viewfinder muted playsinline aria-label=(cx.t("check-viewfinder")) {}
            p.row {
                button #do-torch type="button" aria-pressed="false" hidden { (cx.t("check-do-torch")) }
                button #do-stop type="button" { (cx.t("check-do-stop")) }
            }
        }
        form #typed hidden novalidate {
            label for="typed-text" { (cx.t("check-typed")) }
            p.help #typed-help { (cx.t("check-typed-help")) }
            input #typed-text name="text" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false"
                aria-describedby="typed-help";
            p.row { button.primary type="submit" { (cx.t("check-do-judge")) } }
        }
        div.verdict #verdict role="status" data-verdict=[is_accepted.map(|holds| if holds { "ok" } else { "bad" })] {
            div.verdict-word #verdict-ok hidden[is_accepted != Some(true)] { (verdict_mark(cx, true)) }
            div.verdict-word #verdict-bad hidden[is_accepted != Some(false)] { (verdict_mark(cx, false)) }
            div.verdict-word #verdict-unknown hidden {
                (mark(Meaning::Unknown, &cx.t("check-js-wide-unknown")))
            }
            p #verdict-reason { @if let Some(judged) = judged { (judged.reason) } }
        }
    }
}

fn document(cx: &Ctx) -> Markup {
    html! {
        form #document-form novalidate {
            label for="document-number" { (cx.t("check-document")) }
            p.help #document-help { (cx.t("check-document-help")) }
            input #document-number name="document" type="text" autocomplete="off" autocapitalize="characters"
                spellcheck="false" aria-describedby="document-help";
            p.row {
                button.primary type="submit" { (cx.t("check-do-compare")) }
                button #do-not-compared type="button" { (cx.t("check-do-not-compared")) }
            }
        }
        p.result #document-result role="status" {}
    }
}

fn temperature(cx: &Ctx) -> Markup {
    html! {
        label for="celsius" { (cx.t("check-celsius")) }
        input.celsius #celsius name="celsius" type="text" inputmode="none" autocomplete="off" maxlength="4";
        div.keypad role="group" aria-label=(cx.t("check-keypad")) {
            @for key in ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0"] {
                button type="button" data-key=(key) { (key) }
            }
            button type="button" data-key="clear" { (cx.t("check-key-clear")) }
        }
        p.row { button #do-thermometer type="button" hidden { (cx.t("check-do-thermometer")) } }
        p.result #celsius-result role="status" {}
    }
}

fn more(cx: &Ctx) -> Markup {
    html! {
        fieldset.options #direction {
            legend { (cx.t("check-direction")) }
            div.big-buttons #direction-choices {}
        }
        label for="plate" { (cx.t("check-plate")) }
        input #plate name="plate" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="12";
    }
}

fn decision(cx: &Ctx, judged: Option<&Judged>) -> Markup {
    html! {
        section.decision #decision aria-labelledby="decision-title" hidden[judged.is_none()] {
            h2.sr #decision-title { (cx.t("check-step-decision")) }
            p #missing role="status" { @if let Some(judged) = judged { (judged.missing) } }
            div.big-buttons #decisions {
                button.primary #do-admit type="button" data-decision="admit" hidden {
                    (icon(Icon::Done)) (cx.t("check-admit"))
                }
                button #do-refuse type="button" data-decision="refuse" { (icon(Icon::Return)) (cx.t("check-refuse")) }
                button #do-hold type="button" data-decision="hold" { (icon(Icon::Hold)) (cx.t("check-hold")) }
            }
            div #reasons hidden {
                h3 #reasons-title tabindex="-1" { (cx.t("check-reason")) }
                div.big-buttons.tall #reason-choices {}
                p.row { button #do-cancel type="button" { (cx.t("check-do-cancel")) } }
            }
            p.row { button.plain #do-again type="button" { (cx.t("check-do-again")) } }
        }
    }
}
