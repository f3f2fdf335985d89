//! Before an act with consequences: the act, the number of people, and a button that says the act again.

use crate::{
    Ctx, Markup,
    gallery::w,
    part::{
        field::{self, FieldView, Kind},
        form::{self, Problem},
    },
    paths,
    shell::{self, Nav, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// What is about to be done.
#[derive(Clone, Debug, Default)]
pub struct Confirm {
    /// The act as a question: "签发12份居家健康监测决定，涉及12人？"
    pub question: String,
    /// What will follow, in sentences.
    pub effects: Vec<String>,
    /// The verb on the button, with its number: "签发12份".
    pub verb: String,
    /// Where it posts.
    pub action: String,
    /// What is sent along.
    pub hidden: Vec<(String, String)>,
    /// What else must be said, above the button.
    pub asks: Vec<FieldView>,
    /// Ask for a reason (`reason`).
    pub asks_reason: bool,
    /// Where to go instead.
    pub back: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Confirm, cx: &Ctx) -> Markup {
    let reason = form::with_problems(
        vec![FieldView::new("reason", Kind::Note, cx.t("reason")).help(cx.t("reason-help"))],
        &view.problems,
    );
    let asks = form::with_problems(view.asks.clone(), &view.problems);
    let body = html! {
        article.narrow {
            (form::summary(cx, &view.problems))
            h1 { (view.question) }
            ul { @for effect in &view.effects { li { (effect) } } }
            (form::post(cx, &view.action, None, &html! {
                @for (name, value) in &view.hidden { input type="hidden" name=(name) value=(value); }
                @for ask in &asks { (field::field(cx, ask)) }
                @if view.asks_reason { @for view in &reason { (field::field(cx, view)) } }
                div.act { button.primary type="submit" { (view.verb) } a href=(view.back) { (cx.t("not-now")) } }
            }))
        }
    };
    shell::either(
        cx,
        &Title::new(view.question.clone()).error(!view.problems.is_empty()),
        Nav::Today,
        &body,
    )
}

/// A signature, and a withdrawal without its reason.
pub fn samples(lang: Lang) -> Vec<(&'static str, Confirm)> {
    let sign = Confirm {
        question: w(
            lang,
            "签发12份居家健康监测决定，涉及12人？",
            "Sign 12 orders of health monitoring at home, for 12 people?",
        ),
        effects: vec![
            w(
                lang,
                "从11月21日起，每人每天两次体温，共7天。",
                "From 21 Nov, two temperatures a day each, for seven days.",
            ),
            w(
                lang,
                "每人会在“我的页面”看到依据、期限和提出异议的办法。",
                "Each sees the clause, the end and how to object on their own page.",
            ),
        ],
        verb: w(lang, "签发12份", "Sign 12 orders"),
        action: paths::PROPOSALS.into(),
        hidden: vec![("act".into(), "sign".into()), ("proposal".into(), "s1".into())],
        asks: vec![
            FieldView::new("order", Kind::Code, w(lang, "援引的命令", "The order cited")).options(vec![
                form::Choice::new(
                    "o1",
                    w(lang, "〔2026〕12号 来返人员通告", "No. 12 of 2026, notice on arrivals"),
                ),
            ]),
        ],
        back: paths::PROPOSALS.into(),
        ..Confirm::default()
    };
    let withdraw = Confirm {
        question: w(lang, "撤回这条体温记录？", "Withdraw this temperature?"),
        effects: vec![w(
            lang,
            "原记录保留并标为已撤回，当日任务重新打开。",
            "The entry stays and is marked withdrawn; today's task opens again.",
        )],
        verb: w(lang, "撤回", "Withdraw"),
        action: paths::entry_act("e1", "withdraw"),
        asks_reason: true,
        back: paths::entry("e1"),
        problems: vec![Problem::at(
            "reason",
            w(lang, "请写明撤回的原因", "Say why it is withdrawn"),
        )],
        ..Confirm::default()
    };
    vec![("sign", sign), ("withdraw", withdraw)]
}
