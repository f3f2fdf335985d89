//! The counter at the door of a venue: how many are inside and how many may be, one tap for whoever comes or goes, and the last
//! tap taken back. People are counted, never named.

use crate::{
    Ctx, Markup, dates,
    gallery::w,
    part::{
        form, kept,
        mark::{Meaning, mark},
        table,
    },
    paths,
    shell::{self, Nav, Title},
    text,
};
use jiff::civil::{DateTime, datetime};
use lianfang_kernel::Lang;
use maud::html;

/// How many people one tap counts.
const TAPS: [i64; 3] = [1, 2, 5];

/// A venue with its count.
#[derive(Clone, Debug, Default)]
pub struct Venue {
    /// Subject.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where.
    pub area: String,
    /// Inside now.
    pub present: i64,
    /// At most inside at once; none while nobody has set it.
    pub cap: Option<i64>,
}

impl Venue {
    /// How many more may enter.
    pub fn room(&self) -> i64 {
        self.cap.map_or(0, |cap| (cap - self.present).max(0))
    }
}

/// What was counted last at this door.
#[derive(Clone, Debug, Default)]
pub struct Tap {
    /// Its entry.
    pub entry: String,
    /// In, or out.
    pub is_in: bool,
    /// How many.
    pub people: i64,
    /// When.
    pub at: DateTime,
}

/// The counter of one venue.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    /// The venue.
    pub venue: Venue,
    /// What the page has seen of the ledger: nothing is sent again while that is all there is.
    pub seen: String,
    /// In and out today.
    pub today: (i64, i64),
    /// What was counted last, while it may be taken back.
    pub last: Option<Tap>,
    /// Identifiers of the entries to be, one a button: sent twice, it is one.
    pub entries: Vec<String>,
    /// Whether the reader counts.
    pub counts: bool,
    /// Whether the reader sets the cap.
    pub sets_cap: bool,
    /// Why the last tap was refused: what, what to do now, and the rule.
    pub refused: Option<String>,
    /// What script needs to count on while there is no network, as JSON.
    pub kit: Option<String>,
}

/// The venues in sight, or the counter of one.
#[derive(Clone, Debug)]
pub enum Venues {
    /// Those with a cap; whether the reader sets one.
    List(Vec<Venue>, bool),
    /// One of them.
    One(Box<Counter>),
}

/// The whole page.
pub fn render(view: &Venues, cx: &Ctx) -> Markup {
    let title = Title::new(cx.t("venues-title"));
    let (body, title) = match view {
        Venues::List(venues, sets_cap) => (list(cx, venues, *sets_cap), title),
        Venues::One(counter) => (one(cx, counter), title.error(counter.refused.is_some()).door()),
    };
    shell::staff(cx, &title, Nav::Today, &body)
}

fn list(cx: &Ctx, venues: &[Venue], sets_cap: bool) -> Markup {
    html! {
        div.head { h1 { (cx.t("venues-title")) } }
        @if venues.is_empty() { (table::empty(&cx.t("venues-none"), &cx.t("venues-none-how"))) }
        ul.plain-list {
            @for venue in venues {
                li.desk-card data-item {
                    h2 { a href=(cx.kept(&paths::venue(&venue.id))) data-open { (venue.name) } " " span.quiet { (venue.area) } }
                    p { (count(cx, venue)) " " (state(cx, venue)) }
                }
            }
        }
        @if sets_cap && cx.can_write() { p { a href=(paths::register_new("venue_cap")) { (cx.t("venues-set")) } } }
    }
}

fn count(cx: &Ctx, venue: &Venue) -> Markup {
    html! {
        strong.venue-present data-present=(venue.present) { (text::grouped(venue.present)) }
        @match venue.cap {
            Some(cap) => { " / " (text::grouped(cap)) " " (cx.t("venues-people")) },
            None => { " " (cx.t("venues-people")) },
        }
    }
}

fn state(cx: &Ctx, venue: &Venue) -> Markup {
    match (venue.cap, venue.room()) {
        (None, _) => mark(Meaning::Unknown, &cx.t("venues-no-cap")),
        (Some(_), 0) => mark(Meaning::Late, &cx.t("venues-full")),
        (Some(_), room) => mark(Meaning::Done, &cx.tf("venues-room", &[("n", room.into())])),
    }
}

fn one(cx: &Ctx, view: &Counter) -> Markup {
    let renewed = (cx.as_of.is_none() && !view.seen.is_empty()).then(|| cx.path_with("seen", &view.seen));
    let when = renewed.is_some().then_some("every 10s");
    let at = paths::venue(&view.venue.id);
    html! {
        div.head { h1 { (view.venue.name) } a href=(cx.kept(paths::VENUES)) { (cx.t("venues-all")) } }
        (kept::waiting(cx))
        @if let Some(refused) = &view.refused { p.notice.late-notice role="alert" { strong { (refused) } } }
        div.venue {
            div #venue-count.venue-board hx-get=[renewed] hx-trigger=[when] hx-select="#venue-count" hx-swap="outerHTML" {
                p.venue-count { (count(cx, &view.venue)) }
                p data-state { (state(cx, &view.venue)) }
                p.quiet { (cx.tf("venues-today", &[("in", view.today.0.into()), ("out", view.today.1.into())])) }
            }
            @if view.counts && cx.can_write() {
                (reckoned(cx))
                div.venue-taps {
                    (taps(cx, view, true))
                    (taps(cx, view, false))
                }
                @if let Some(tap) = &view.last { (undo(cx, &at, tap)) }
            }
        }
        @if view.sets_cap && cx.can_write() {
            p { a href={ (paths::register_new("venue_cap")) "?subject=" (view.venue.id) } { (cx.t("venues-set")) } }
        }
        p.quiet { (cx.t("venues-network")) }
        (kept::kit(view.kit.as_deref()))
    }
}

/// What this phone reckons while there is no network; script fills and shows it, with words that the page carries.
fn reckoned(cx: &Ctx) -> Markup {
    let words = |key: &str, names: &[&'static str]| {
        let marks: Vec<String> = names.iter().map(|name| format!("{{{name}}}")).collect();
        let args: Vec<_> = names
            .iter()
            .zip(&marks)
            .map(|(name, mark)| (*name, mark.as_str().into()))
            .collect();
        cx.tf(key, &args)
    };
    html! {
        div.notice.no-print #door-reckoned hidden
            data-known=(words("venues-known", &["at", "n"])) data-counted=(words("venues-counted", &["in", "out"]))
            data-full=(cx.t("venues-full-known")) data-again=(words("venues-tap-again", &["n"])) {
            p role="status" data-said {}
            p.late role="alert" data-full-said hidden {}
            button.secondary type="button" data-last-back hidden { (cx.t("venues-undo")) }
        }
    }
}

/// The buttons of one direction: one person large, groups beside it.
fn taps(cx: &Ctx, view: &Counter, is_in: bool) -> Markup {
    let (way, key) = if is_in {
        ("in", "venues-in")
    } else {
        ("out", "venues-out")
    };
    let ids = view.entries.iter().skip(if is_in { 0 } else { TAPS.len() });
    html! {
        div.venue-way role="group" aria-label=(cx.t(key)) {
            @for (people, id) in TAPS.into_iter().zip(ids) {
                form.venue-form method="post" action=(paths::venue(&view.venue.id)) {
                    input type="hidden" name="csrf" value=(cx.csrf);
                    input type="hidden" name="way" value=(way);
                    input type="hidden" name="people" value=(people);
                    input type="hidden" name="entry" value=(id);
                    button.venue-tap.primary[people == 1 && is_in].secondary[!is_in || people > 1] type="submit" data-quick {
                        (cx.t(key)) " " (people)
                    }
                }
            }
        }
    }
}

fn undo(cx: &Ctx, at: &str, tap: &Tap) -> Markup {
    let key = if tap.is_in { "venues-last-in" } else { "venues-last-out" };
    let words = cx.tf(key, &[("n", tap.people.into()), ("at", dates::clock(tap.at).into())]);
    html! {
        div.undo role="status" {
            span { (words) }
            (form::one_button(cx, &format!("{at}/undo"), &cx.t("venues-undo"), "secondary", &[("entry", &tap.entry)]))
        }
    }
}

/// A list, a door in use, a full one, and one without a cap.
pub fn samples(lang: Lang) -> Vec<(&'static str, Venues)> {
    let venue = |present: i64, cap: Option<i64>| Venue {
        id: format!("v{present}"),
        name: w(lang, "市图书馆", "City library"),
        area: w(lang, "东城街道", "Dongcheng"),
        present,
        cap,
    };
    let counter = |present: i64, cap: Option<i64>| Counter {
        venue: venue(present, cap),
        seen: "1.2".into(),
        today: (present + 61, 61),
        entries: (0..6).map(|n| format!("n{n}")).collect(),
        counts: true,
        sets_cap: true,
        ..Counter::default()
    };
    let mut busy = counter(48, Some(50));
    busy.last = Some(Tap {
        entry: "t1".into(),
        is_in: true,
        people: 2,
        at: datetime(2026, 11, 21, 8, 29, 0, 0),
    });
    let mut full = counter(50, Some(50));
    full.refused = Some(w(
        lang,
        "场内已满（或尚未设定上限），请稍候，有人离场后再进（严格室内文化娱乐场所人流量管控）",
        "It is full, or has no cap yet: wait until somebody leaves (crowd control of indoor venues)",
    ));
    let one = |counter: Counter| Venues::One(Box::new(counter));
    vec![
        (
            "list",
            Venues::List(vec![venue(48, Some(50)), venue(80, Some(80)), venue(0, None)], true),
        ),
        ("busy", one(busy)),
        ("full", one(full)),
        ("no-cap", one(counter(0, None))),
        ("empty", Venues::List(Vec::new(), true)),
    ]
}
