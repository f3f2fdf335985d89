//! The desk of a clinic: triage by keyboard, who waits in which room, who has no destination yet, the day's entrances against
//! its triage, and the observation rooms. The boards renew themselves; the form is never touched while somebody types.

mod queue;
mod rooms;
mod sample;
mod triage;

pub use queue::{Queue, Route, Waiting, WaitingState};
pub use rooms::{Room, RoomState, Rooms};
pub use sample::samples;
pub use triage::Triage;

use crate::{
    Ctx, Markup,
    part::{
        form::{self, Problem},
        mark::{Meaning, mark},
    },
    paths,
    shell::{self, Nav, Title},
    text,
};
use maud::html;

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Clinic {
    /// The institution.
    pub title: String,
    /// What the page has seen of the ledger: nothing is sent again while that is all there is.
    pub seen: String,
    /// The form of triage; none for who does not write it.
    pub triage: Option<Triage>,
    /// Who was just sent where: number and destination.
    pub sent: Option<(usize, String)>,
    /// What must be mended.
    pub problems: Vec<Problem>,
    /// Where somebody may be sent; none for who does not decide it.
    pub routes: Vec<Route>,
    /// Whoever has no destination yet, oldest first.
    pub undecided: Vec<Waiting>,
    /// Who waits, by room.
    pub queues: Vec<Queue>,
    /// Whether the reader calls and sees.
    pub calls: bool,
    /// Entrances counted at the door today; none while nobody has entered them.
    pub entered: Option<i64>,
    /// Through triage today.
    pub triaged: i64,
    /// Where entrances are entered; none for who does not.
    pub count_at: Option<String>,
    /// The observation rooms; none for who does not read them, or where there are none.
    pub rooms: Option<Rooms>,
}

/// The whole page.
pub fn render(view: &Clinic, cx: &Ctx) -> Markup {
    let renewed = (cx.as_of.is_none() && !view.seen.is_empty()).then(|| cx.path_with("seen", &view.seen));
    let when = renewed.is_some().then_some("every 10s");
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head {
            h1 { (cx.t("clinic-title")) }
            p.quiet { (view.title) }
        }
        @if let Some((number, to)) = &view.sent {
            p.notice role="status" { (mark(Meaning::Done, &cx.tf("clinic-sent", &[("n", (*number).into()), ("to", to.as_str().into())]))) }
        }
        @if let (Some(triage), true) = (&view.triage, cx.can_write()) { (triage::draw(cx, triage, &view.routes)) }
        div #clinic-boards hx-get=[renewed] hx-trigger=[when] hx-select="#clinic-boards" hx-swap="outerHTML" {
            (reconciled(cx, view))
            (queue::undecided(cx, view))
            (queue::board(cx, view))
            @if let Some(rooms) = &view.rooms { (rooms::draw(cx, rooms)) }
        }
    };
    let is_wrong = !view.problems.is_empty();
    shell::staff(cx, &Title::new(cx.t("clinic-title")).error(is_wrong), Nav::Today, &body)
}

/// Everybody who came in went through triage: the difference is somebody missed or a wrong count.
fn reconciled(cx: &Ctx, view: &Clinic) -> Markup {
    let missed = view.entered.map(|entered| entered - view.triaged);
    html! {
        section {
            h2 { (cx.t("clinic-day")) }
            dl.clinic-day {
                div { dt { (cx.t("clinic-triaged")) } dd { (text::grouped(view.triaged)) } }
                div { dt { (cx.t("clinic-entered")) } dd {
                    @match view.entered { Some(n) => (text::grouped(n)), None => (mark(Meaning::Unknown, &cx.t("clinic-not-entered"))) }
                } }
                div { dt { (cx.t("clinic-missed")) } dd {
                    @match missed {
                        None => (mark(Meaning::Unknown, &cx.t("clinic-unknown"))),
                        Some(0) => (mark(Meaning::Done, &cx.t("clinic-even"))),
                        Some(n) => (mark(Meaning::Late, &text::grouped(n))),
                    }
                } }
            }
            @if let (Some(href), true) = (&view.count_at, cx.can_write()) { p { a href=(href) { (cx.t("clinic-count")) } } }
        }
    }
}

/// The address of the page, for the institution it shows.
pub(super) fn act(part: &str) -> String {
    format!("{}/{part}", paths::CLINIC)
}
