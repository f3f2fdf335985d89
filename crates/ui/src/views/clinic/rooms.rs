//! The observation rooms: main and reserve, free, occupied, being disinfected; and that they have run out.

use crate::{
    Ctx,
    part::{
        clock,
        mark::{Meaning, mark},
    },
    paths,
};
use maud::{Markup, html};

/// What a room is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RoomState {
    /// Usable.
    #[default]
    Free,
    /// Somebody is in it: the stay's entry, and for how many minutes.
    Occupied(String, i64),
    /// Empty and not disinfected yet, for so many minutes.
    ToDisinfect(i64),
}

/// A room.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// Subject.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Of the reserve.
    pub is_reserve: bool,
    /// What it is now.
    pub state: RoomState,
}

/// The rooms of the institution.
#[derive(Clone, Debug, Default)]
pub struct Rooms {
    /// Main rooms first.
    pub rooms: Vec<Room>,
    /// Where a stay is entered; none for who does not.
    pub stay_at: Option<String>,
    /// Where a disinfection is entered, for a room; none for who does not.
    pub disinfects: bool,
}

impl Rooms {
    fn taken(&self, is_reserve: bool) -> (usize, usize) {
        let of_tier = || self.rooms.iter().filter(|room| room.is_reserve == is_reserve);
        let taken = of_tier().filter(|room| matches!(room.state, RoomState::Occupied(..)));
        (taken.count(), of_tier().count())
    }

    /// Nobody can be put into any of them.
    fn is_full(&self) -> bool {
        !self.rooms.is_empty() && self.rooms.iter().all(|room| room.state != RoomState::Free)
    }
}

pub(super) fn draw(cx: &Ctx, view: &Rooms) -> Markup {
    let (main, mains) = view.taken(false);
    let (reserve, reserves) = view.taken(true);
    let args = |taken: usize, all: usize| [("taken", taken.into()), ("all", all.into())];
    html! {
        section {
            h2 { (cx.t("clinic-rooms")) }
            p.quiet { (cx.tf("clinic-main", &args(main, mains))) " · " (cx.tf("clinic-reserve", &args(reserve, reserves))) }
            @if view.is_full() { p.notice role="alert" { (mark(Meaning::Late, &cx.t("clinic-overflow"))) } }
            ul.clinic-rooms.clinic-tiles { @for room in &view.rooms { li.clinic-room { (tile(cx, room, view.disinfects)) } } }
            @if let (Some(href), true) = (&view.stay_at, cx.can_write()) { p { a href=(href) { (cx.t("clinic-stay")) } } }
        }
    }
}

fn tile(cx: &Ctx, room: &Room, disinfects: bool) -> Markup {
    html! {
        strong { (room.name) }
        @if room.is_reserve { " " span.tag { (cx.t("clinic-tier-reserve")) } }
        br;
        @match &room.state {
            RoomState::Free => (mark(Meaning::Done, &cx.t("clinic-free"))),
            RoomState::Occupied(stay, minutes) => {
                a href=(paths::entry(stay)) { (mark(Meaning::Due, &cx.tf("clinic-occupied", &[("for", clock::span(cx, *minutes).into())]))) }
            },
            RoomState::ToDisinfect(minutes) => {
                (mark(Meaning::Late, &cx.tf("clinic-dirty", &[("for", clock::span(cx, *minutes).into())])))
                @if disinfects && cx.can_write() {
                    " " a href={ (paths::register_new("terminal_disinfection")) "?subject=" (room.id) } { (cx.t("clinic-disinfect")) }
                }
            },
        }
    }
}
