//! Who waits: without a destination, and in front of each room.

use super::{Clinic, act};
use crate::{
    Ctx,
    part::{
        mark::{Meaning, mark},
        table,
    },
    paths,
};
use maud::{Markup, html};

/// A destination.
#[derive(Clone, Debug, Default)]
pub struct Route {
    /// Its code.
    pub id: String,
    /// Its name.
    pub label: String,
}

/// How far a visit in the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WaitingState {
    /// Not called yet.
    #[default]
    Waiting,
    /// Called.
    Called,
}

/// A visit that waits.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Subject.
    pub id: String,
    /// Its number of the day.
    pub number: usize,
    /// The entry of its triage.
    pub entry: String,
    /// What triage found: temperature, exposure, symptoms.
    pub found: String,
    /// For how long, in minutes.
    pub minutes: i64,
    /// Called or not.
    pub state: WaitingState,
    /// Why the last act on it was refused.
    pub problem: Option<String>,
}

/// Those in front of a room.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Where: the room, else the destination.
    pub room: String,
    /// Who, longest first.
    pub waiting: Vec<Waiting>,
}

pub(super) fn undecided(cx: &Ctx, view: &Clinic) -> Markup {
    html! {
        section {
            h2 { (cx.t("clinic-undecided")) }
            @if view.undecided.is_empty() { p { (mark(Meaning::Done, &cx.t("clinic-undecided-none"))) } }
            @else {
                p { (mark(Meaning::Late, &cx.tf("clinic-undecided-n", &[("n", view.undecided.len().into())]))) }
                ul.clinic-queue {
                    @for one in &view.undecided {
                        li data-item {
                            (who(cx, one))
                            @if cx.can_write() && !view.routes.is_empty() {
                                form.inline method="post" action=(act("route")) {
                                    input type="hidden" name="csrf" value=(cx.csrf);
                                    input type="hidden" name="visit" value=(one.id);
                                    @for route in &view.routes {
                                        button.small type="submit" name="to" value=(route.id) data-quick
                                            aria-label=(cx.tf("clinic-send-to", &[("n", one.number.into()), ("to", route.label.as_str().into())])) { (route.label) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

pub(super) fn board(cx: &Ctx, view: &Clinic) -> Markup {
    html! {
        section {
            h2 { (cx.t("clinic-queue")) }
            @if view.queues.is_empty() { (table::empty(&cx.t("clinic-queue-none"), &cx.t("clinic-queue-how"))) }
            div.clinic-rooms {
                @for queue in &view.queues {
                    section.clinic-room {
                        h3 { (queue.room) " " span.quiet { (cx.tf("clinic-waiting-n", &[("n", queue.waiting.len().into())])) } }
                        ol.clinic-queue { @for one in &queue.waiting { li data-item { (who(cx, one)) @if view.calls && cx.can_write() { (steps(cx, one)) } } } }
                    }
                }
            }
        }
    }
}

fn who(cx: &Ctx, one: &Waiting) -> Markup {
    html! {
        a.clinic-number href=(paths::entry(&one.entry)) { (cx.tf("clinic-number", &[("n", one.number.into())])) }
        " " span { (one.found) }
        " " span.quiet { (cx.tf("clinic-minutes", &[("n", one.minutes.into())])) }
        @if one.state == WaitingState::Called { " " (mark(Meaning::Due, &cx.t("clinic-called"))) }
        @if let Some(problem) = &one.problem { p.error #{ "f-" (one.id) } tabindex="-1" { (problem) } }
    }
}

fn steps(cx: &Ctx, one: &Waiting) -> Markup {
    let button = |step: &str, class: &str| {
        let word = cx.t(&format!("clinic-step-{step}"));
        html! {
            button class=(class) type="submit" name="step" value=(step) data-quick
                aria-label=(cx.tf("clinic-step-of", &[("n", one.number.into()), ("step", word.as_str().into())])) { (word) }
        }
    };
    html! {
        form.inline method="post" action=(act("step")) {
            input type="hidden" name="csrf" value=(cx.csrf);
            input type="hidden" name="visit" value=(one.id);
            @if one.state == WaitingState::Waiting { (button("called", "small")) }
            (button("seen", "small"))
            (button("left", "small plain"))
            input.short name="room" type="text" aria-label=(cx.tf("clinic-move-to", &[("n", one.number.into())])) placeholder=(cx.t("clinic-room"));
            (button("moved", "small plain"))
        }
    }
}
