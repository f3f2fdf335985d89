//! Before the first check: the phone gets a secret of its own, or staff choose where they stand.

use crate::{Ctx, Markup, paths};
use maud::html;

pub(super) fn screen(cx: &Ctx) -> Markup {
    html! {
        h2 { (cx.t("check-enrol")) }
        p { (cx.t("check-enrol-help")) }
        form #enrol-form novalidate {
            label for="enrol-code" { (cx.t("check-enrol-code")) }
            input #enrol-code name="code" type="text" autocomplete="off" autocapitalize="characters" spellcheck="false";
            p { button.primary type="submit" { (cx.t("check-enrol-do")) } }
        }
        h2 { (cx.t("check-enrol-staff")) }
        p { (cx.t("check-enrol-staff-help")) }
        form #staff-form novalidate {
            label for="staff-query" { (cx.t("check-enrol-name")) }
            input #staff-query name="q" type="search" autocomplete="off";
            p.row {
                button type="submit" { (cx.t("check-enrol-choose")) }
                a.button href=(paths::SIGN_IN) { (cx.t("check-enrol-sign-in")) }
            }
        }
        ul.choices #staff-found {}
    }
}
