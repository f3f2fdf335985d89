//! Forms: the frame, the summary of what must be mended, choices and buttons.

use crate::Ctx;
use maud::{Markup, html};

/// Something to choose from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl Choice {
    /// A choice.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice {
            value: value.into(),
            label: label.into(),
        }
    }
}

/// One thing to mend: the name of the field and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// Name of the field (its input has the id `f-NAME`); empty when it concerns the whole form.
    pub field: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl Problem {
    /// A problem at a field.
    pub fn at(field: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// The summary above a form that links to each field; nothing when all is well. Script moves the focus here.
pub fn summary(cx: &Ctx, problems: &[Problem]) -> Markup {
    html! {
        @if !problems.is_empty() {
            div.problems role="alert" tabindex="-1" data-problems aria-labelledby="problems-title" {
                h2 #problems-title { (cx.tf("problems-title", &[("n", problems.len().into())])) }
                ul {
                    @for problem in problems {
                        li {
                            @if problem.field.is_empty() { (problem.message) }
                            @else { a href={ "#f-" (problem.field) } { (problem.message) } }
                        }
                    }
                }
            }
        }
    }
}

/// The message at `field`, if it has one.
pub fn message<'a>(problems: &'a [Problem], field: &str) -> Option<&'a str> {
    problems
        .iter()
        .find(|problem| problem.field == field)
        .map(|problem| problem.message.as_str())
}

/// A form that posts to `action`. `draft` is the key under which the device keeps what was typed.
pub fn post(cx: &Ctx, action: &str, draft: Option<&str>, body: &Markup) -> Markup {
    html! {
        form method="post" action=(action) novalidate data-draft=[draft] {
            input type="hidden" name="csrf" value=(cx.csrf);
            (body)
        }
    }
}

/// A form that sends files. Its token travels in the address: what is uploaded is not read for it. `draft` as in [`post`].
pub fn upload(cx: &Ctx, action: &str, draft: Option<&str>, body: &Markup) -> Markup {
    let joint = if action.contains('?') { '&' } else { '?' };
    html! {
        form method="post" action=(format!("{action}{joint}csrf={}", cx.csrf)) enctype="multipart/form-data" novalidate
            data-draft=[draft] {
            input type="hidden" name="csrf" value=(cx.csrf);
            (body)
        }
    }
}

/// A form with one button: an act without questions. `hidden` are fields sent along.
pub fn one_button(cx: &Ctx, action: &str, label: &str, class: &str, hidden: &[(&str, &str)]) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            input type="hidden" name="csrf" value=(cx.csrf);
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            button class=(class) type="submit" { (label) }
        }
    }
}

/// The one primary button of a page.
pub fn primary(label: &str) -> Markup {
    html! { div.act { button.primary type="submit" { (label) } } }
}

/// What Enter does in a form of several buttons: browsers press the first one, and the first one seen may remove a
/// row. Stands first in the form, out of sight and out of the keyboard's way.
pub fn default_button(name: &str, value: &str) -> Markup {
    html! { button.sr type="submit" name=(name) value=(value) tabindex="-1" aria-hidden="true" {} }
}

/// The problems of a page as messages at its fields: fills `error` of each field named.
pub fn with_problems(mut fields: Vec<super::field::FieldView>, problems: &[Problem]) -> Vec<super::field::FieldView> {
    for field in &mut fields {
        field.error = message(problems, &field.id).map(str::to_owned);
    }
    fields
}
