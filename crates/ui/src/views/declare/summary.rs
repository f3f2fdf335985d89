//! Before sending: all answers on one page, each with the way to change it.

use super::Step;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::form::{self, Problem},
    paths,
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// One answer.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The question in short.
    pub question: String,
    /// The answer, one line each.
    pub answer: Vec<String>,
    /// The step where it is changed.
    pub change: String,
}

/// The summary. Posts `carried` and `truthful`.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Shared parts.
    pub step: Step,
    /// All answers.
    pub answers: Vec<Answer>,
    /// Less than three days ahead of the arrival.
    pub is_late: bool,
    /// Retention of these facts, in words: "60天".
    pub retention: String,
}

/// The whole page.
pub fn render(view: &Summary, cx: &Ctx) -> Markup {
    let body = html! {
        (shell::back_link(cx, paths::DECLARE_UNIT))
        (form::summary(cx, &view.step.problems))
        h1 { (cx.t("declare-summary")) }
        @if view.is_late { (late(cx)) }
        dl.pairs {
            @for answer in &view.answers {
                div {
                    dt { (answer.question) }
                    dd { @for line in &answer.answer { (line) br; } a href=(answer.change) { (cx.t("change")) span.sr { " " (answer.question) } } }
                }
            }
        }
        (form::post(cx, paths::DECLARE_SUMMARY, None, &html! {
            input type="hidden" name="carried" value=(view.step.carried);
            h2 { (cx.t("declare-purpose")) }
            p { (cx.tf("declare-purpose-text", &[("retention", view.retention.as_str().into())])) }
            @let error = form::message(&view.step.problems, "truthful");
            div.field.wrong[error.is_some()] {
                @if let Some(error) = error { p.error #e-truthful { span.sr { (cx.t("error-word")) } (error) } }
                label.choice for="f-truthful" {
                    input #f-truthful type="checkbox" name="truthful" value="true" aria-describedby=[error.map(|_| "e-truthful")];
                    span { (cx.t("declare-truthful")) }
                }
            }
            div.act { button.primary type="submit" { (cx.t("declare-send")) } }
        }))
    };
    shell::public(
        cx,
        &Title::new(cx.t("declare-summary")).error(!view.step.problems.is_empty()),
        &body,
    )
}

/// The notice about a declaration less than three days ahead: accepted all the same.
pub(super) fn late(cx: &Ctx) -> Markup {
    html! { div.notice { h2 { (cx.t("declare-late")) } p { (cx.t("declare-late-text")) } } }
}

/// Normal, and late with the box not ticked.
pub fn samples(lang: Lang) -> Vec<(&'static str, Summary)> {
    let answer = |zh: &str, en: &str, lines: &[(&str, &str)], change: &str| Answer {
        question: w(lang, zh, en),
        answer: lines.iter().map(|(zh, en)| w(lang, zh, en)).collect(),
        change: change.to_owned(),
    };
    let normal = Summary {
        answers: vec![
            answer("姓名", "Name", &[("王𠮷安", "Wang Ji'an")], paths::DECLARE_WHO),
            answer(
                "证件",
                "Document",
                &[("居民身份证 4201***********1234", "Identity card 4201***********1234")],
                paths::DECLARE_WHO,
            ),
            answer("手机", "Phone", &[("138****0000", "138****0000")], paths::DECLARE_WHO),
            answer(
                "14天内到过",
                "Last 14 days",
                &[
                    ("湖北省武汉市江夏区 11月7日至15日", "Hubei, Wuhan, Jiangxia, 7–15 Nov"),
                    (
                        "吉林省长春市南关区 11月15日至20日",
                        "Jilin, Changchun, Nanguan, 15–20 Nov",
                    ),
                ],
                paths::DECLARE_STAYS,
            ),
            answer(
                "到达",
                "Arrival",
                &[("2026年11月25日 14:20 火车 D7711", "25 Nov 2026 14:20, train D7711")],
                paths::DECLARE_JOURNEY,
            ),
            answer(
                "住址",
                "Staying at",
                &[(
                    "新安街道滨河社区 5号楼302",
                    "Xin'an street, Binhe community, building 5, 302",
                )],
                paths::DECLARE_REGION,
            ),
            answer("单位", "Unit", &[("无", "None")], paths::DECLARE_UNIT),
        ],
        retention: w(lang, "60天", "60 days"),
        ..Summary::default()
    };
    let late = Summary {
        is_late: true,
        step: Step {
            problems: vec![Problem::at(
                "truthful",
                w(lang, "请确认所填内容属实", "Confirm that what you entered is true"),
            )],
            ..Step::default()
        },
        ..normal.clone()
    };
    vec![("normal", normal), ("late", late)]
}
