//! The declaration of arrival, one question a page. Answers are kept; a summary comes before sending.
//!
//! Each step posts to its own address. `carried` is whatever the server wants back to know the answers so far
//! (a sealed state or the id of a draft); it travels as a hidden field of that name.

pub mod done;
pub mod journey;
pub mod region;
pub mod stays;
pub mod summary;
pub mod unit;
pub mod who;

use crate::{
    Ctx, Markup,
    part::form::{self, Problem},
    shell::{self, Title},
};
use maud::html;

/// What all steps share.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// The answers so far, for the server.
    pub carried: String,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// Came here from the summary: going on leads back there.
    pub is_editing: bool,
}

/// How many questions there are.
const STEPS: usize = 5;

struct Frame<'a> {
    step: &'a Step,
    number: usize,
    title: String,
    action: &'a str,
    back: &'a str,
}

/// A step around its question.
fn page(cx: &Ctx, frame: &Frame<'_>, question: &Markup) -> Markup {
    let body = html! {
        (shell::back_link(cx, if frame.step.is_editing { crate::paths::DECLARE_SUMMARY } else { frame.back }))
        (form::summary(cx, &frame.step.problems))
        p.step-count { (cx.tf("declare-step", &[("k", frame.number.into()), ("n", STEPS.into())])) }
        h1 { (frame.title) }
        (form::post(cx, frame.action, Some(frame.action), &html! {
            (form::default_button("act", "continue"))
            input type="hidden" name="carried" value=(frame.step.carried);
            (question)
            div.act { button.primary type="submit" name="act" value="continue" { (cx.t("continue")) } }
        }))
    };
    shell::public(
        cx,
        &Title::new(frame.title.clone()).error(!frame.step.problems.is_empty()),
        &body,
    )
}
