//! After sending: the pass, what happens next, and the code to come back with.

use super::summary;
use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::value,
    paths,
    shell::{self, Title},
    views::pass::{self, Pass},
};
use lianfang_kernel::Lang;
use maud::html;

/// What the traveller leaves with.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// Number of the declaration.
    pub number: String,
    /// The pass, if it is valid today or tomorrow.
    pub pass: Option<Pass>,
    /// The device secret as a code to write down; shown once.
    pub recovery_code: Option<String>,
    /// Less than three days ahead of the arrival.
    pub is_late: bool,
    /// What is asked next, in order, each as a sentence.
    pub next: Vec<String>,
    /// Whom to ask: community and telephone number.
    pub contact: String,
}

/// The whole page. Tells the device that its drafts are done with.
pub fn render(view: &Done, cx: &Ctx) -> Markup {
    let drafts = [
        paths::DECLARE_WHO,
        paths::DECLARE_STAYS,
        paths::DECLARE_JOURNEY,
        paths::DECLARE_REGION,
        paths::DECLARE_UNIT,
    ]
    .join(" ");
    let body = html! {
        div data-draft-done=(drafts) {}
        h1 { (cx.t("declare-done")) }
        (value::pairs(&[
            (cx.t("declare-done-number"), html! { code { (view.number) } }),
            (cx.t("declare-done-at"), html! { (dates::moment(cx.lang, cx.now)) }),
        ]))
        @if view.is_late { br; (summary::late(cx)) }
        @if let Some(shown) = &view.pass {
            (pass::card(cx, shown))
            @if shown.invalid.is_none() {
                p { (cx.t("day-short-code")) " " code { (shown.short_code) } }
                (pass::kept(cx))
                div.act.no-print { (pass::save(cx, shown)) }
                (pass::picture())
            }
            (pass::words(cx))
        }
        @if let Some(code) = &view.recovery_code {
            h2 { (cx.t("recovery")) }
            p { (cx.t("recovery-text")) }
            p.secret { (code) }
        }
        h2 { (cx.t("declare-next")) }
        @if view.next.is_empty() { p { (cx.t("declare-next-none")) } }
        @else { ol { @for line in &view.next { li { (line) } } } }
        p { (cx.t("declare-contact")) " " strong { (view.contact) } }
        div.act {
            a.button.primary href=(paths::ME) { (cx.t("home-me")) }
            button type="button" hidden data-print { (cx.t("print")) }
        }
    };
    let title = Title::new(cx.t("declare-done"));
    let title = if view.pass.is_some() { title.passes() } else { title };
    shell::public(cx, &title, &body)
}

/// First declaration, and a late one on a known device.
pub fn samples(lang: Lang) -> Vec<(&'static str, Done)> {
    let first = Done {
        number: "20261121-000382".into(),
        pass: Some(pass::sample_pass(lang)),
        recovery_code: Some("KRQ7-2MXA-9TDF-H4WE".into()),
        next: vec![
            w(
                lang,
                "11月25日14:20到达后，到滨河社区服务站报到。",
                "After arriving on 25 Nov, 14:20, report to the Binhe community office.",
            ),
            w(
                lang,
                "社区工作人员会电话核实，请保持手机畅通。",
                "The community will call to check; keep your phone on.",
            ),
        ],
        contact: w(lang, "滨河社区 0433-000-0001", "Binhe community, 0433-000-0001"),
        is_late: false,
    };
    let late = Done {
        is_late: true,
        recovery_code: None,
        pass: None,
        next: Vec::new(),
        ..first.clone()
    };
    vec![("first", first), ("late", late)]
}
