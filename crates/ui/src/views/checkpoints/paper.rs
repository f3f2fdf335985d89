//! The blank form of checks for a full outage: printed beforehand, filled in by hand, keyed in afterwards.
//!
//! Its number is printed with a check sign. Number and line together name a check, so that a sheet keyed in twice counts
//! once.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::table,
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// Lines of a sheet.
pub const LINES: usize = 20;

/// A blank sheet.
#[derive(Clone, Debug, Default)]
pub struct Paper {
    /// The checkpoint's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The number of this sheet.
    pub sheet: String,
    /// What may be written as decision, and as its reason.
    pub decisions: Vec<String>,
    /// Reasons.
    pub reasons: Vec<String>,
}

/// The whole page.
pub fn render(view: &Paper, cx: &Ctx) -> Markup {
    let body = html! {
        div.no-print { (shell::back_link(cx, &paths::checkpoint(&view.id))) }
        div.head { h1 { (cx.t("paper-title")) } button type="button" hidden data-print { (cx.t("print")) } }
        p { strong { (view.name) } " · " (cx.t("paper-sheet")) " " strong { (view.sheet) } }
        p { (cx.t("paper-day")) " ________________  " (cx.t("paper-by")) " ________________" }
        p { (cx.t("paper-help")) }
        (table::scroll(&cx.t("paper-title"), &lines(cx)))
        p { (cx.t("paper-decisions")) " " (view.decisions.join(" · ")) }
        p { (cx.t("paper-reasons")) " " (view.reasons.join(" · ")) }
    };
    shell::staff(cx, &Title::new(cx.t("paper-title")), Nav::Registers, &body)
}

fn lines(cx: &Ctx) -> Markup {
    html! {
        table.paper-form {
            thead { tr {
                th.num scope="col" { (cx.t("paper-line")) } th scope="col" { (cx.t("paper-time")) } th scope="col" { (cx.t("check-direction")) }
                th scope="col" { (cx.t("check-step-document")) } th scope="col" { (cx.t("check-celsius")) }
                th scope="col" { (cx.t("paper-decision")) } th scope="col" { (cx.t("paper-reason")) }
            } }
            tbody { @for line in 1..=LINES { tr { td.num { (line) } @for _ in 0..6 { td {} } } } }
        }
    }
}

/// One sheet.
pub fn samples(lang: Lang) -> Vec<(&'static str, Paper)> {
    let paper = Paper {
        id: "c1".into(),
        name: w(lang, "塔子沟卡点", "Tazigou"),
        sheet: "VV21 PG3S 9ZGK".into(),
        decisions: vec![w(lang, "放行", "Let through"), w(lang, "劝返", "Turned away")],
        reasons: vec![w(lang, "没有手机", "No phone"), w(lang, "体温异常", "Fever")],
    };
    vec![("blank", paper)]
}
