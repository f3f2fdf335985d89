//! Proposing a change of policy: the text, what the checker says of it line by line, and what it would do.

use super::page;
use super::policy_preview::{self, Preview};
use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
    },
    paths,
    shell::Title,
};
use lianfang_kernel::Lang;
use maud::html;

/// What the checker says.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Line of the text; 0 where it is about something else.
    pub line: u32,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub hint: String,
}

/// The page. The form posts `text`, `on`, `reason` and `act` = `check` or `send` to `paths::admin("policy/new")`.
#[derive(Clone, Debug, Default)]
pub struct PolicyForm {
    /// The text.
    pub text: String,
    /// The first day.
    pub on: String,
    /// Why.
    pub reason: String,
    /// What stands in force of it now.
    pub present: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// What the checker says.
    pub said: Vec<Said>,
    /// What it would do; only when nothing is wrong.
    pub preview: Option<Preview>,
}

/// The whole page.
pub fn render(view: &PolicyForm, cx: &Ctx) -> Markup {
    let error = form::message(&view.problems, "text");
    let rest = vec![
        FieldView::new("on", Kind::Date, cx.t("policy-on"))
            .help(cx.t("policy-on-help"))
            .value(view.on.clone()),
        FieldView::new("reason", Kind::Note, cx.t("policy-reason"))
            .help(cx.t("policy-reason-help"))
            .value(view.reason.clone()),
    ];
    let rest = form::with_problems(rest, &view.problems);
    let fields = html! {
        div class=(if error.is_some() { "field wrong" } else { "field" }) {
            label for="f-text" { (cx.t("policy-text")) }
            p.help #h-text { (cx.t("policy-text-help")) }
            @if let Some(error) = error { p.error #e-text { span.sr { (cx.t("error-word")) } (error) } }
            (said(cx, view))
            textarea.wide #f-text name="text" rows="18" spellcheck="false" autocapitalize="off" wrap="off"
                aria-describedby=(if error.is_some() { "h-text e-text" } else { "h-text" })
                aria-invalid=[error.map(|_| "true")] { (view.text) }
        }
        @for view in &rest { (field::field(cx, view)) }
        div.act {
            button type="submit" name="act" value="check" { (cx.t("policy-check")) }
            button.primary type="submit" name="act" value="send" { (cx.t("policy-send")) }
        }
    };
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head { h1 { (cx.t("policy-propose")) } }
        p.quiet { (cx.t("policy-propose-help")) }
        @if !view.present.is_empty() {
            details { summary { (cx.t("policy-present")) } pre.scroll tabindex="0" { code { (view.present) } } }
        }
        (form::post(cx, &paths::admin("policy/new"), None, &fields))
        @if let Some(preview) = &view.preview { h2 { (cx.t("policy-preview")) } (policy_preview::preview(cx, preview)) }
    };
    page(
        cx,
        &Title::new(cx.t("policy-propose"))
            .error(!view.problems.is_empty())
            .charts(),
        "policy",
        &body,
    )
}

fn said(cx: &Ctx, view: &PolicyForm) -> Markup {
    html! {
        @if !view.said.is_empty() {
            ol.lines {
                @for said in &view.said {
                    li { p {
                        @if said.line > 0 { strong { (cx.tf("policy-line", &[("n", said.line.into())])) } " " }
                        (said.what) " " span.quiet { (said.hint) }
                    } }
                }
            }
        }
    }
}

/// Begun, with mistakes, and checked.
pub fn samples(lang: Lang) -> Vec<(&'static str, PolicyForm)> {
    let text =
        "[[protocol.m217]]\nversion = 2\nlike = 1\ntransition = \"move\"\nin_force = { from = \"2026-11-25\" }\n";
    let begun = PolicyForm {
        text: text.to_owned(),
        on: "2026-11-25".to_owned(),
        present: "[protocol.m217]\nrestricts = true\n".to_owned(),
        ..PolicyForm::default()
    };
    let wrong = PolicyForm {
        problems: vec![
            Problem::at("text", w(lang, "文字有1处要改", "One thing in the text must be mended")),
            Problem::at("reason", w(lang, "请写明理由", "Give the reason")),
        ],
        said: vec![Said {
            line: 4,
            what: w(lang, "protocol 没有键 transit", "protocol has no key transit"),
            hint: w(lang, "是否想写 transition？", "did you mean transition?"),
        }],
        ..begun.clone()
    };
    let checked = PolicyForm {
        reason: w(lang, "市指挥部通告第14号", "Command office notice 14"),
        preview: Some(policy_preview::sample(lang)),
        ..begun.clone()
    };
    vec![("begun", begun), ("wrong", wrong), ("checked", checked)]
}
