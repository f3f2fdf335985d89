//! What other packs would do: the same plan twice, compared and summed.

use super::world::{Story, t, world};
use lianfang_kernel::{Day, Zone};
use lianfang_policy::difference::{Touched, compare, touched};
use lianfang_policy::load::{Source, items, load};
use lianfang_policy::{Model, Snapshot};
use lianfang_protocol::preview::{Desk, Due, Fate, Preview, Window};
use lianfang_protocol::{Alone, PlanInput, plan_ahead};
use std::sync::Arc;

/// The trial packs with a text of a city over them, and what that touches.
fn with(text: &str) -> (Model, Touched) {
    let packs = [
        ("pack", include_str!("pack.toml")),
        ("rounds", include_str!("rounds.toml")),
    ];
    let packs = packs.map(|(name, text)| Source {
        path: format!("packs/trial/{name}.toml"),
        text: text.to_owned(),
    });
    let overlay = [Source {
        path: "policy/new.toml".to_owned(),
        text: text.to_owned(),
    }];
    let loaded = load(&packs, &overlay).map_err(|found| format!("{found:#?}")).unwrap();
    let (old, new) = (items(&packs, &[]).unwrap(), items(&packs, &overlay).unwrap());
    let found = compare(&old, &new, Day::parse("2022-01-22").ok());
    (loaded.model, touched(&old, &new, &found))
}

/// What a text would do to a story, seen from the first day of the window.
fn preview(story: &Story, text: &str, first: &str, days: i64) -> Preview {
    let (model, touched) = with(text);
    let then = Snapshot {
        model: Arc::new(model),
        ..story.snapshot.clone()
    };
    let window = Window {
        zone: Zone::china(),
        first: Day::parse(first).unwrap(),
        days,
        protocols: touched.protocols,
    };
    let history = story.history();
    let plans = [&story.snapshot, &then].map(|snapshot| {
        let input = PlanInput {
            history: &history,
            others: &Alone,
            snapshot,
            now: t(&format!("{first} 00:00")),
            horizon: None,
        };
        plan_ahead(&input, days)
    });
    let mut sum = Preview::default();
    sum.add(&window, &plans[0], &plans[1]);
    sum
}

fn arrived() -> Story {
    let mut story = Story::person(&world(), "371702001");
    story.ordered("m217", "2022-01-20 10:00", "2022-01-20 12:00");
    story
}

/// A further version of m217 that asks for five days of temperatures.
fn five_days(transition: &str) -> String {
    let temperature = "{ id = \"temperature\", title = { zh = \"测温\", en = \"Temperature\" }, owner = \"territory(subject)\", expects = \"temperature\", slots = [\"06:00-10:00\", \"16:00-20:00\"], days = \"1..5\", excuse = \"community-health\" }";
    format!(
        "[[protocol.m217]]\nversion = 2\nlike = 1\n{transition}in_force = {{ from = \"2022-01-23\" }}\ntask = [{temperature}]\n\
         release = [{{ outcome = \"released\", when = \"days >= 5 && all_done('temperature')\", on = \"release_order\" }}]\n\
         escalate = []\n"
    )
}

fn fates(preview: &Preview) -> Vec<(Fate, Option<u32>, Option<u32>)> {
    preview
        .courses
        .keys()
        .map(|course| (course.fate, course.from, course.to))
        .collect()
}

#[test]
fn a_version_that_moves_takes_over_those_enrolled_and_their_tasks() {
    let found = preview(&arrived(), &five_days("transition = \"move\"\n"), "2022-01-23", 7);
    assert_eq!(fates(&found), [(Fate::Moves, Some(1), Some(2))]);
    assert_eq!((found.subjects, found.affected_subjects(), found.sooner), (1, 1, 1));
    let due = |day: &str| {
        let day = Day::parse(day).unwrap();
        let desks = found.due.iter().filter(|((of, _), _)| *of == day);
        desks.fold(Due::default(), |sum, (_, due)| Due {
            now: sum.now + due.now,
            then: sum.then + due.then,
        })
    };
    assert_eq!(due("2022-01-24"), Due { now: 2, then: 2 });
    assert_eq!(due("2022-01-26"), Due { now: 2, then: 0 }, "day 6 is asked no more");
    assert!(found.due.keys().all(|(_, desk)| matches!(desk, Desk::Org(_))));
}

#[test]
fn a_version_that_keeps_changes_nothing_for_those_enrolled() {
    let found = preview(&arrived(), &five_days(""), "2022-01-23", 7);
    assert_eq!(fates(&found), [(Fate::Keeps, Some(1), Some(1))]);
    assert_eq!(found.affected_subjects(), 0);
    assert!(found.due.values().all(|due| due.now == due.then));
}

#[test]
fn a_version_that_asks_lists_those_enrolled() {
    let found = preview(&arrived(), &five_days("transition = \"ask\"\n"), "2022-01-23", 7);
    assert_eq!(fates(&found), [(Fate::Asked, Some(1), Some(2))]);
    assert_eq!(found.affected_subjects(), 1);
}

#[test]
fn a_new_protocol_enrols_and_sums_join_in_any_order() {
    let text = "[protocol.daily-call]\ntitle = { zh = \"每日电话\", en = \"Daily call\" }\nin_force = { from = \"2022-01-23\" }\n\
                enrol = { set = { of = \"person\" } }\ntask = [{ id = \"call\", title = { zh = \"电话\", en = \"Call\" }, owner = \"territory(subject)\", expects = \"call\", by = \"20:00\" }]\n\
                release = [{ outcome = \"ended\", when = \"days >= 30\" }]\n";
    let here = preview(&arrived(), text, "2022-01-23", 3);
    assert_eq!(fates(&here), [(Fate::Enrolled, None, Some(1))]);
    let asked: u64 = here.due.values().map(|due| due.then).sum();
    assert_eq!(
        asked, 3,
        "a duty without a last day is laid out to the end of the window"
    );

    let moved = preview(&arrived(), &five_days("transition = \"move\"\n"), "2022-01-23", 3);
    let (mut one, mut other) = (here.clone(), moved.clone());
    one.join(moved);
    other.join(here);
    // Both speak of one subject here, which parts of a city never do.
    (one.affected, other.affected) = Default::default();
    assert_eq!(one, other);
    assert_eq!(one.subjects, 2);
}
