//! A task as a line: when, who and what, and the quickest honest way to discharge it.
//!
//! A quick answer posts to [`paths::task`]`(id, "do")` with the field's own name; a usual value tapped comes as `usual`
//! and stands above whatever the field holds. With script the server may answer with
//! [`done_line`], which takes the place of the line; without it, with a redirect back.

use crate::{
    Ctx, dates,
    part::{
        form::Choice,
        mark::{Meaning, mark},
    },
    paths,
};
use jiff::civil::DateTime;
use maud::{Markup, html};

/// How long script waits for an answer (milliseconds) before it keeps what was tapped for later: somebody stands at a door.
const PATIENCE: &str = r#"{"timeout":12000}"#;

/// The quickest way to discharge a task.
#[derive(Clone, Debug)]
pub enum Quick {
    /// A number: usual values as one tap each, and a field for any other.
    Number {
        /// Name of the field.
        name: String,
        /// Its label.
        label: String,
        /// Unit inside the field.
        unit: String,
        /// Values offered as buttons.
        usual: Vec<String>,
    },
    /// One tap out of a few answers.
    Answers {
        /// Name of the field.
        name: String,
        /// The answers.
        options: Vec<Choice>,
    },
    /// The whole form of the register.
    Form {
        /// Address of the form.
        href: String,
    },
    /// Not by this post: another of the organisation writes the register.
    Others,
}

/// One task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Identifier (task and occurrence).
    pub id: String,
    /// Whom it is about.
    pub who: String,
    /// File of that subject, if the reader may open it.
    pub subject: Option<String>,
    /// What is asked.
    pub what: String,
    /// House and room, or day of the protocol: whatever helps on the way.
    pub detail: String,
    /// Begin of its slot.
    pub opens: Option<DateTime>,
    /// End of its slot.
    pub due: DateTime,
    /// Where it stands.
    pub meaning: Meaning,
    /// How it is discharged.
    pub quick: Quick,
    /// The whole form of the register, where it asks for more than the quick answer says.
    pub more: Option<String>,
    /// The form that passes it on to another organisation, for its owner.
    pub pass_on: Option<String>,
    /// The register and the subject of the entry that it expects, for answers that a phone sends later.
    pub expects: (String, String),
}

/// The line of an open task.
pub fn line(cx: &Ctx, task: &Task) -> Markup {
    html! {
        li.task data-item id={ "task-" (task.id) } {
            div { (when(cx, task)) }
            div {
                span.task-who { @if let Some(id) = &task.subject { a href=(paths::subject(id)) data-open { (task.who) } } @else { (task.who) } }
                " " (task.what) " " span.quiet { (task.detail) }
                @if let Some(href) = task.pass_on.as_ref().filter(|_| cx.can_write()) {
                    " " a.quiet href=(href) aria-label=(about(cx, task, &cx.t("task-pass-on"))) { (cx.t("task-pass-on")) }
                }
            }
            @if cx.can_write() { (quick(cx, task)) }
        }
    }
}

fn when(cx: &Ctx, task: &Task) -> Markup {
    let slot = match task.opens {
        Some(opens) if opens.date() == task.due.date() => format!("{}–{}", dates::clock(opens), dates::clock(task.due)),
        _ => cx.tf("task-by", &[("at", cx.near(task.due).into())]),
    };
    mark(task.meaning, &slot)
}

fn about(cx: &Ctx, task: &Task, act: &str) -> String {
    cx.tf("task-about", &[("act", act.into()), ("who", task.who.as_str().into())])
}

fn quick(cx: &Ctx, task: &Task) -> Markup {
    let about = |act: &str| about(cx, task, act);
    let (register, subject) = &task.expects;
    let field = match &task.quick {
        Quick::Number { name, .. } | Quick::Answers { name, .. } => name.as_str(),
        Quick::Others => return html! { span.quiet.quick { (cx.t("task-others")) } },
        Quick::Form { href } => {
            return html! {
                div.quick data-register=(register) data-subject=(subject) data-task=(task.id) {
                    a.button href=(href) data-quick data-fill aria-label=(about(&cx.t("task-fill"))) { (cx.t("task-fill")) }
                }
            };
        }
    };
    let action = paths::task(&task.id, "do");
    html! {
        form.quick method="post" action=(action) data-register=(register) data-subject=(subject) data-field=(field) data-task=(task.id)
            hx-request=(PATIENCE) hx-post=(action) hx-target={ "#task-" (task.id) } hx-swap="outerHTML" {
            input type="hidden" name="csrf" value=(cx.csrf);
            @match &task.quick {
                Quick::Number { name, label, unit, usual } => {
                    // Enter in the field sends what was typed, not the first usual value.
                    button.sr type="submit" tabindex="-1" aria-hidden="true" {}
                    @for value in usual {
                        button type="submit" name="usual" value=(value) data-quick aria-label=(about(&format!("{label} {value} {unit}"))) { (value) }
                    }
                    span.with-unit {
                        input.short name=(name) type="text" inputmode="decimal" aria-label=(about(&format!("{label} {unit}"))) autocomplete="off";
                        span.inside aria-hidden="true" { (unit) }
                    }
                    button type="submit" aria-label=(about(&cx.t("send"))) { (cx.t("send")) }
                },
                Quick::Answers { name, options } => {
                    @for option in options {
                        button type="submit" name=(name) value=(option.value) data-quick aria-label=(about(&option.label)) { (option.label) }
                    }
                },
                Quick::Form { .. } | Quick::Others => {},
            }
            @if let Some(href) = &task.more { a href=(href) data-fill aria-label=(about(&cx.t("task-more"))) { (cx.t("task-more")) } }
        }
    }
}

/// What stands in the place of a line just discharged: what was recorded, and ten seconds to take it back.
pub fn done_line(cx: &Ctx, task: &Task, recorded: &str, entry: &str) -> Markup {
    html! {
        li.task data-item id={ "task-" (task.id) } {
            div { (mark(Meaning::Done, &cx.t("task-done"))) }
            div { span.task-who { (task.who) } " " (recorded) }
            (undo_form(cx, entry))
        }
    }
}

/// The withdrawal of a fresh entry, shown for ten seconds by script and as a plain button without it.
pub fn undo_form(cx: &Ctx, entry: &str) -> Markup {
    html! {
        @if cx.can_write() {
            form.quick method="post" action=(paths::entry_act(entry, "withdraw")) data-undo="10" {
                input type="hidden" name="csrf" value=(cx.csrf);
                input type="hidden" name="reason" value="undo";
                span.quiet data-undo-left {}
                button type="submit" { (cx.t("undo")) }
            }
        }
    }
}
