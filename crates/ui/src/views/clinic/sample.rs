//! Made-up contents.

use super::{Clinic, Queue, Room, RoomState, Rooms, Route, Triage, Waiting, WaitingState};
use crate::{
    gallery::w,
    part::form::{Choice, Problem},
    paths,
};
use lianfang_kernel::Lang;

fn waiting(lang: Lang, number: usize, minutes: i64) -> Waiting {
    Waiting {
        id: format!("v{number}"),
        number,
        entry: format!("e{number}"),
        found: w(lang, "38.2℃ · 有接触史 · 咳嗽", "38.2 °C · exposed · cough"),
        minutes,
        ..Waiting::default()
    }
}

fn rooms(lang: Lang, is_full: bool) -> Rooms {
    let room = |n: usize| Room {
        id: format!("r{n}"),
        name: w(lang, &format!("留观{n}室"), &format!("Room {n}")),
        is_reserve: n > 5,
        state: match (n, is_full) {
            (1, _) => RoomState::Occupied("s1".into(), 95),
            (2, false) => RoomState::ToDisinfect(12),
            (_, true) => RoomState::Occupied("s2".into(), 300),
            _ => RoomState::Free,
        },
    };
    Rooms {
        rooms: (1..=10).map(room).collect(),
        stay_at: Some(paths::register_new("room_stay")),
        disinfects: true,
    }
}

/// A busy hour, a refusal with full rooms, and a morning with nobody.
pub fn samples(lang: Lang) -> Vec<(&'static str, Clinic)> {
    let route = |id: &str, zh: &str, en: &str| Route {
        id: id.into(),
        label: w(lang, zh, en),
    };
    let symptom = |id: &str, zh: &str, en: &str| (Choice::new(id, w(lang, zh, en)), false);
    let triage = Triage {
        entry: "t1".into(),
        symptoms: vec![symptom("fever", "发热", "Fever"), symptom("cough", "咳嗽", "Cough")],
        rooms: vec![w(lang, "发热1诊室", "Fever room 1")],
        ..Triage::default()
    };
    let quiet = Clinic {
        title: w(lang, "市中医院", "Hospital of Chinese medicine"),
        triage: Some(triage),
        routes: vec![
            route("general", "普通门诊", "General clinic"),
            route("fever_clinic", "发热门诊", "Fever clinic"),
            route("home", "居家观察", "Home"),
        ],
        calls: true,
        count_at: Some(paths::register_new("entrance_count")),
        ..Clinic::default()
    };
    let busy = Clinic {
        seen: "1.2".into(),
        sent: Some((12, w(lang, "发热门诊", "Fever clinic"))),
        undecided: vec![waiting(lang, 9, 41)],
        queues: vec![Queue {
            room: w(lang, "发热1诊室", "Fever room 1"),
            waiting: vec![
                Waiting {
                    state: WaitingState::Called,
                    ..waiting(lang, 7, 52)
                },
                waiting(lang, 12, 3),
            ],
        }],
        entered: Some(15),
        triaged: 12,
        rooms: Some(rooms(lang, false)),
        ..quiet.clone()
    };
    let refused = w(
        lang,
        "发热、有流行病学史或未经预检的，不得进入普通门诊",
        "With fever, exposure or without triage nobody goes to the general clinic",
    );
    let full = Clinic {
        problems: vec![Problem::at("v9", refused.clone())],
        undecided: vec![Waiting {
            problem: Some(refused),
            ..waiting(lang, 9, 41)
        }],
        rooms: Some(rooms(lang, true)),
        entered: Some(12),
        ..busy.clone()
    };
    vec![("busy", busy), ("refused", full), ("empty", quiet)]
}
