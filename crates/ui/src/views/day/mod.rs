//! The declaration of the day, for one code that is good in the whole city until midnight: who, where from, and send.
//!
//! What was sent may stay on the phone, sealed, so that tomorrow takes one look. A helper keeps nothing.

pub mod begin;
pub mod done;
pub mod summary;
pub mod trip;
pub mod who;

use crate::{
    Ctx, Markup,
    part::form::{self, Problem},
    paths,
    shell::{self, Title},
};
use maud::html;

/// What all questions share.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The answers so far, sealed.
    pub carried: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// Came here from the summary: going on leads back there.
    pub is_editing: bool,
    /// For somebody else at a checkpoint: nothing stays on this phone.
    pub is_helping: bool,
}

/// How many questions there are before the summary.
const STEPS: usize = 2;

struct Frame<'a> {
    step: &'a Step,
    number: usize,
    title: String,
    action: &'a str,
    back: &'a str,
}

/// A question in its page. What is typed here is kept as no draft by script: most of it is sealed.
fn page(cx: &Ctx, frame: &Frame<'_>, question: &Markup) -> Markup {
    let body = html! {
        (shell::back_link(cx, if frame.step.is_editing { paths::DAY_SUMMARY } else { frame.back }))
        (form::summary(cx, &frame.step.problems))
        p.step-count { (cx.tf("declare-step", &[("k", frame.number.into()), ("n", STEPS.into())])) }
        h1 { (frame.title) }
        @if frame.step.is_helping { p { (cx.t("day-helping")) } }
        (form::post(cx, frame.action, None, &html! {
            (form::default_button("act", "continue"))
            input type="hidden" name="carried" value=(frame.step.carried);
            (question)
            div.act { button.primary type="submit" name="act" value="continue" { (cx.t("continue")) } }
        }))
    };
    let title = Title::new(frame.title.clone()).error(!frame.step.problems.is_empty());
    shell::public(cx, &title, &body)
}
