//! The dispatch board: vehicles and teams over the hours of a day, and beside them the open requests, oldest first, each sent a
//! free one in one step.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        clock::{self, Clock, clock},
        field::select,
        form::{self, Choice, Problem},
        mark::{self, Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
};
use jiff::civil::{Date, DateTime, date, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// Minutes of a day.
const DAY: i64 = 1_440;

/// A span for which something is taken.
#[derive(Clone, Debug, Default)]
pub struct Booking {
    /// Its entry.
    pub entry: String,
    /// From when.
    pub from: DateTime,
    /// Until when.
    pub to: DateTime,
    /// The part of the day shown that it takes, in minutes from midnight.
    pub span: (i64, i64),
    /// The request that it serves.
    pub request: String,
}

/// A vehicle or a team.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// Subject.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many it takes.
    pub seats: Option<i64>,
    /// Who dispatches it.
    pub keeper: String,
    /// What it does on the day shown.
    pub bookings: Vec<Booking>,
    /// Taken now: until when.
    pub taken_until: Option<DateTime>,
}

/// A request that is open.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Subject.
    pub id: String,
    /// Its entry.
    pub entry: String,
    /// Its number or name.
    pub label: String,
    /// What is asked for, in a word.
    pub kind: String,
    /// Where.
    pub area: String,
    /// For how many minutes the caller has waited.
    pub waited: i64,
    /// Until when somebody responds, or the caller is answered.
    pub clock: Option<Clock>,
    /// Somebody has taken it on.
    pub is_taken: bool,
    /// What was sent already, in words.
    pub sent: Vec<String>,
    /// What is sent: the resource, from when, until when.
    pub chosen: (String, String, String),
    /// Identifier of the entry to be: sent twice, it is one.
    pub new: String,
    /// Why it was refused, and with what it collides.
    pub problem: Option<String>,
}

/// The page.
#[derive(Clone, Debug, Default)]
pub struct Dispatch {
    /// The day shown.
    pub day: Date,
    /// The days before and after it.
    pub beside: (String, String),
    /// Minutes of the day gone by, on the day of the present.
    pub now: Option<i64>,
    /// Vehicles and teams.
    pub resources: Vec<Resource>,
    /// Open requests, oldest first.
    pub requests: Vec<Request>,
    /// Whether the reader dispatches.
    pub assigns: bool,
    /// Something was just sent.
    pub told: Option<String>,
    /// What must be mended.
    pub problems: Vec<Problem>,
}

/// The whole page.
pub fn render(view: &Dispatch, cx: &Ctx) -> Markup {
    let body = html! {
        (form::summary(cx, &view.problems))
        div.head {
            h1 { (cx.t("dispatch-title")) }
            @if view.assigns && cx.can_write() {
                a.button href=(paths::register_new("request")) { (cx.t("dispatch-new-request")) }
            }
        }
        @if let Some(told) = &view.told { p.notice role="status" { (mark(Meaning::Done, told)) } }
        div.dispatch {
            section {
                h2 { (cx.t("dispatch-requests")) " " span.quiet { (cx.tf("dispatch-n", &[("n", view.requests.len().into())])) } }
                @if view.requests.is_empty() { (table::empty(&cx.t("dispatch-none"), &cx.t("dispatch-none-how"))) }
                ol.plain-list { @for request in &view.requests { li.desk-card data-item { (asked(cx, view, request)) } } }
            }
            section {
                h2 { (cx.t("dispatch-resources")) }
                p.sentence.no-print { a href=(view.beside.0) { (cx.t("dispatch-before")) } a href=(view.beside.1) { (cx.t("dispatch-after")) } }
                p { strong { (dates::day(cx.lang, view.day)) } }
                @if view.resources.is_empty() { (table::empty(&cx.t("dispatch-nothing"), &cx.t("dispatch-nothing-how"))) }
                @else { (hours()) }
                ul.plain-list { @for resource in &view.resources { li.dispatch-row data-item { (line(cx, view.now, resource)) } } }
                @if view.assigns && cx.can_write() {
                    p { a href=(paths::register_new("support_resource")) { (cx.t("dispatch-new-resource")) } }
                }
            }
        }
    };
    let has_error = !view.problems.is_empty();
    shell::staff(
        cx,
        &Title::new(cx.t("dispatch-title")).error(has_error),
        Nav::Today,
        &body,
    )
}

/// The hours above the strips.
fn hours() -> Markup {
    html! {
        div.dispatch-row aria-hidden="true" {
            span {}
            div.dispatch-hours { @for hour in [0, 6, 12, 18, 24] { span.quiet { (hour) } } }
        }
    }
}

fn line(cx: &Ctx, now: Option<i64>, resource: &Resource) -> Markup {
    html! {
        div {
            strong { a href=(paths::subject(&resource.id)) data-open { (resource.name) } }
            @if let Some(seats) = resource.seats { " " span.quiet { (cx.tf("dispatch-seats", &[("n", seats.into())])) } }
            br;
            @match resource.taken_until {
                Some(until) => (mark(Meaning::Due, &cx.tf("dispatch-taken", &[("at", cx.near(until).into())]))),
                None => (mark(Meaning::Done, &cx.t("dispatch-free"))),
            }
            " " span.quiet { (resource.keeper) }
        }
        div {
            (strip(now, &resource.bookings))
            @if resource.bookings.is_empty() { p.quiet { (cx.t("dispatch-no-bookings")) } }
            ul.plain-list {
                @for booking in &resource.bookings {
                    li { a href=(paths::entry(&booking.entry)) { (dates::clock(booking.from)) "–" (dates::clock(booking.to)) } " " (booking.request) }
                }
            }
        }
    }
}

/// The day as a strip; what it shows stands below in words.
fn strip(now: Option<i64>, bookings: &[Booking]) -> Markup {
    html! {
        svg.dispatch-strip viewBox={ "0 0 " (DAY) " 20" } preserveAspectRatio="none" aria-hidden="true" {
            rect.ground x="0" y="0" width=(DAY) height="20" {}
            @for hour in [360, 720, 1080] { line x1=(hour) x2=(hour) y1="0" y2="20" {} }
            @for booking in bookings {
                rect.taken x=(booking.span.0) y="3" width=((booking.span.1 - booking.span.0).max(4)) height="14" {}
            }
            @if let Some(now) = now { rect.now x=(now) y="0" width="4" height="20" {} }
        }
    }
}

fn asked(cx: &Ctx, view: &Dispatch, request: &Request) -> Markup {
    html! {
        h3 { a href=(paths::entry(&request.entry)) data-open { (request.label) } " " (mark::tag(&request.kind)) }
        p {
            @if let Some(left) = request.clock {
                (cx.t(if request.is_taken { "dispatch-settle" } else { "dispatch-respond" })) " " (clock(cx, left)) " · "
            }
            (cx.tf("dispatch-waited", &[("span", clock::span(cx, request.waited).into())])) " · " (request.area)
        }
        @for sent in &request.sent { p { (mark(Meaning::Done, sent)) } }
        @if let Some(problem) = &request.problem { p.error #{ "f-" (request.id) } tabindex="-1" { (problem) } }
        @if view.assigns && cx.can_write() && !view.resources.is_empty() { (assign(cx, view, request)) }
    }
}

fn assign(cx: &Ctx, view: &Dispatch, request: &Request) -> Markup {
    let label = |resource: &Resource| match resource.taken_until {
        Some(until) => cx.tf(
            "dispatch-choice-taken",
            &[("name", resource.name.as_str().into()), ("at", cx.near(until).into())],
        ),
        None => cx.tf("dispatch-choice-free", &[("name", resource.name.as_str().into())]),
    };
    let (free, taken): (Vec<&Resource>, Vec<&Resource>) = view
        .resources
        .iter()
        .partition(|resource| resource.taken_until.is_none());
    let choices = free.into_iter().chain(taken);
    let choices: Vec<Choice> = choices
        .map(|resource| Choice::new(resource.id.clone(), label(resource)))
        .collect();
    let (chosen, from, to) = &request.chosen;
    let body = html! {
        input type="hidden" name="request" value=(request.id);
        input type="hidden" name="entry" value=(request.new);
        div.filters {
            div {
                label for={ "r-" (request.id) } { (cx.t("dispatch-resource")) }
                (select(&format!("r-{}", request.id), "resource", &choices, chosen, None))
            }
            @for (name, key, value) in [("from", "dispatch-from", from), ("to", "dispatch-to", to)] {
                div {
                    label for={ (name) "-" (request.id) } { (cx.t(key)) }
                    input id={ (name) "-" (request.id) } name=(name) type="datetime-local" value=(value);
                }
            }
            button type="submit" aria-label=(cx.tf("dispatch-send-for", &[("request", request.label.as_str().into())])) { (cx.t("dispatch-send")) }
        }
    };
    form::post(cx, &format!("{}/assign", paths::DISPATCH), None, &body)
}

/// A busy morning, a double booking refused, and nothing at all.
pub fn samples(lang: Lang) -> Vec<(&'static str, Dispatch)> {
    let at = |hour: i8, minute: i8| datetime(2026, 11, 21, hour, minute, 0, 0);
    let vehicle = |n: i64, taken: bool| Resource {
        id: format!("v{n}"),
        name: w(lang, &format!("保障车{n}"), &format!("Support car {n}")),
        seats: Some(4),
        keeper: w(lang, "东城社区", "Dongcheng community"),
        bookings: taken
            .then(|| Booking {
                entry: format!("b{n}"),
                from: at(8, 0),
                to: at(10, 30),
                span: (480, 630),
                request: "MH-7".into(),
            })
            .into_iter()
            .collect(),
        taken_until: taken.then(|| at(10, 30)),
    };
    let request = |n: i64, waited: i64, minutes: i64| Request {
        id: format!("q{n}"),
        entry: format!("e{n}"),
        label: format!("MH-{n}"),
        kind: w(lang, "应急出行", "Urgent trip"),
        area: w(lang, "东城街道", "Dongcheng"),
        waited,
        clock: Some(Clock {
            due: at(8, 30),
            minutes,
        }),
        chosen: ("v2".into(), "2026-11-21T08:30".into(), "2026-11-21T09:30".into()),
        new: format!("n{n}"),
        ..Request::default()
    };
    let mut sent = request(9, 12, 18);
    sent.is_taken = true;
    sent.sent = vec![w(lang, "保障车1 08:00–10:30", "Support car 1, 08:00–10:30")];
    let busy = Dispatch {
        day: date(2026, 11, 21),
        beside: (paths::DISPATCH.to_owned(), paths::DISPATCH.to_owned()),
        now: Some(510),
        resources: vec![vehicle(1, true), vehicle(2, false)],
        requests: vec![request(8, 55, -25), sent],
        assigns: true,
        told: Some(w(lang, "已派出保障车1", "Support car 1 was sent")),
        ..Dispatch::default()
    };
    let words = w(
        lang,
        "保障车1在这段时间已派给 MH-7（08:00–10:30）",
        "Support car 1 is taken then: MH-7 (08:00–10:30)",
    );
    let mut collides = busy.clone();
    collides.told = None;
    collides.problems = vec![Problem::at("q8", words.clone())];
    for request in collides.requests.iter_mut().take(1) {
        request.problem = Some(words.clone());
    }
    let empty = Dispatch {
        day: busy.day,
        beside: busy.beside.clone(),
        assigns: true,
        ..Dispatch::default()
    };
    vec![("busy", busy), ("refused", collides), ("empty", empty)]
}
