//! Before the day's declaration is sent: all six answers, for which day, and whether this phone remembers them.

use super::Step;
use crate::views::declare::summary::Answer;
use crate::{
    Ctx, Markup,
    gallery::w,
    part::form::{self, Problem},
    paths,
    shell::{self, Title},
};
use lianfang_kernel::Lang;
use maud::html;

/// The page. Posts `for` = `today` or `tomorrow`, `remember`, `truthful`.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Shared parts.
    pub step: Step,
    /// All answers.
    pub answers: Vec<Answer>,
    /// Today and, from 18:00, tomorrow: each day in words.
    pub days: Vec<(String, String)>,
    /// Which is chosen.
    pub chosen: String,
    /// Whether this phone is to remember.
    pub remembers: bool,
    /// How long the declaration is kept, in words.
    pub retention: String,
}

/// The whole page.
pub fn render(view: &Summary, cx: &Ctx) -> Markup {
    let body = html! {
        (shell::back_link(cx, paths::DAY_TRIP))
        (form::summary(cx, &view.step.problems))
        h1 { (cx.t("declare-summary")) }
        dl.pairs {
            @for answer in &view.answers {
                div {
                    dt { (answer.question) }
                    dd { @for line in &answer.answer { (line) br; } a href=(answer.change) { (cx.t("change")) span.sr { " " (answer.question) } } }
                }
            }
        }
        (form::post(cx, paths::DAY_SUMMARY, None, &html! {
            input type="hidden" name="carried" value=(view.step.carried);
            (days(cx, view))
            p { (cx.tf("day-purpose", &[("retention", view.retention.as_str().into())])) }
            @if !view.step.is_helping {
                label.choice for="f-remember" {
                    input #f-remember type="checkbox" name="remember" value="true" checked[view.remembers];
                    span { (cx.t("day-remember")) }
                }
            }
            @let error = form::message(&view.step.problems, "truthful");
            div.field.wrong[error.is_some()] {
                @if let Some(error) = error { p.error #e-truthful { span.sr { (cx.t("error-word")) } (error) } }
                label.choice for="f-truthful" {
                    input #f-truthful type="checkbox" name="truthful" value="true" aria-describedby=[error.map(|_| "e-truthful")];
                    span { @if view.step.is_helping { (cx.t("day-truthful-helping")) } @else { (cx.t("declare-truthful")) } }
                }
            }
            div.act { button.primary type="submit" { (cx.t("day-send")) } }
        }))
    };
    let title = Title::new(cx.t("declare-summary")).error(!view.step.problems.is_empty());
    shell::public(cx, &title, &body)
}

fn days(cx: &Ctx, view: &Summary) -> Markup {
    html! {
        @match view.days.as_slice() {
            [(value, words)] => { p { strong { (words) } } input type="hidden" name="for" value=(value); },
            days => fieldset.field #f-for {
                legend { (cx.t("day-for")) }
                @for (value, words) in days {
                    label.choice for=(format!("f-for-{value}")) {
                        input id=(format!("f-for-{value}")) type="radio" name="for" value=(value) checked[*value == view.chosen];
                        span { (words) }
                    }
                }
            },
        }
    }
}

/// By day; in the evening with a refusal; at a checkpoint.
pub fn samples(lang: Lang) -> Vec<(&'static str, Summary)> {
    let answer = |zh: &str, en: &str, lines: &[(&str, &str)], change: &str| Answer {
        question: w(lang, zh, en),
        answer: lines.iter().map(|(zh, en)| w(lang, zh, en)).collect(),
        change: change.to_owned(),
    };
    let today = ("today".to_owned(), w(lang, "今天，11月21日", "Today, 21 Nov"));
    let tomorrow = ("tomorrow".to_owned(), w(lang, "明天，11月22日", "Tomorrow, 22 Nov"));
    let day = Summary {
        answers: vec![
            answer(
                "本人信息",
                "Who",
                &[
                    ("王𠮷安", "Wang Ji'an"),
                    ("居民身份证 420100199003071234", "Identity card 420100199003071234"),
                    ("13800000000", "13800000000"),
                ],
                paths::DAY_WHO,
            ),
            answer(
                "出发地",
                "Where from",
                &[("样例县城关镇", "Chengguan, Sample county")],
                paths::DAY_TRIP,
            ),
        ],
        days: vec![today.clone()],
        chosen: "today".into(),
        remembers: true,
        retention: w(lang, "14天", "14 days"),
        ..Summary::default()
    };
    let evening = Summary {
        days: vec![today, tomorrow],
        chosen: "tomorrow".into(),
        step: Step {
            problems: vec![Problem::at(
                "truthful",
                w(lang, "请确认所填属实", "Please confirm that this is true"),
            )],
            ..Step::default()
        },
        ..day.clone()
    };
    let helping = Summary {
        step: Step {
            is_helping: true,
            ..Step::default()
        },
        ..day.clone()
    };
    vec![("day", day), ("evening", evening), ("helping", helping)]
}
