//! What must hold whatever is said, in whatever order, whenever it is asked.

use super::world::{Story, order_id, t, world_until};
use lianfang_kernel::ids::{EntryId, SubjectId, derived, enrolment_id, task_id};
use lianfang_kernel::{Act, Entry, Instant, TimeOfDay, Zone};
use lianfang_protocol::{Alone, Enrolment, History, Occurrence, OccurrenceState, Plan, PlanInput, State, plan};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

const MINUTE: i64 = 60_000;
/// Stories are told over sixteen days from here.
const BEGIN: &str = "2022-01-18 00:00";
const MINUTES: u32 = 16 * 24 * 60;

/// Something said: what, at which minute, how many minutes later it reached the server, and on which entry it acts.
#[derive(Clone, Debug)]
struct Said {
    what: u8,
    minute: u32,
    delay: u32,
    on: prop::sample::Index,
}

fn said() -> impl Strategy<Value = Said> {
    let delay = prop_oneof![4 => Just(0u32), 1 => 0..3_000u32];
    let what = prop_oneof![8 => 0..3u8, 6 => 3..17u8];
    (what, 0..MINUTES, delay, any::<prop::sample::Index>()).prop_map(|(what, minute, delay, on)| Said {
        what,
        minute,
        delay,
        on,
    })
}

/// A story with an arrival, an order and a number of things said.
fn stories() -> impl Strategy<Value = Story> {
    let zones = prop_oneof![
        3 => Just("Asia/Shanghai"), 1 => Just("America/New_York"), 1 => Just("Pacific/Apia"), 1 => Just("UTC")
    ];
    let order_ends = prop_oneof![2 => Just(u32::MAX), 1 => 0..MINUTES];
    (zones, order_ends, 0..4_000u32, prop::collection::vec(said(), 0..40)).prop_map(|(zone, ends, arrived, said)| {
        let ends = if ends == u32::MAX { Instant::MAX } else { minute(ends) };
        let mut snapshot = world_until(ends);
        snapshot.zone = Zone::named(zone).unwrap();
        let mut story = Story::person(&snapshot, "371702001");
        tell(&mut story, "arrival", minute(arrived), 0, json!({}), |_| {});
        let order = json!({ "measure": "m217", "order": order_id().to_string() });
        tell(&mut story, "measure_order", minute(arrived + 90), 0, order, |_| {});
        for said in &said {
            say(&mut story, said);
        }
        story
    })
}

fn minute(n: u32) -> Instant {
    t(BEGIN).plus_ms(i64::from(n) * MINUTE)
}

fn tell(story: &mut Story, register: &str, at: Instant, delay: u32, body: Value, change: impl FnOnce(&mut Entry)) {
    story.say_with(register, BEGIN, body, |entry| {
        entry.at = at;
        entry.received_at = at.plus_ms(i64::from(delay) * MINUTE);
        entry.recorded_at = entry.received_at;
        change(entry);
    });
}

fn lab(assay: &str, result: &str, at: Instant) -> Value {
    json!({ "assay": assay, "result": result, "sampled_at": at.to_rfc3339() })
}

fn say(story: &mut Story, said: &Said) {
    let at = minute(said.minute);
    let (register, body) = match said.what {
        0 | 1 => ("temperature", json!({ "celsius": 365 })),
        2 => ("lab_result", lab("pcr", "negative", at)),
        3 => ("lab_result", lab("serum", "negative", at)),
        // Tested and told six hours later.
        4 => ("lab_result", lab("pcr", "negative", at.plus_ms(-360 * MINUTE))),
        5 => ("temperature", json!({ "celsius": 380 })),
        6 => ("arrival", json!({})),
        7 => (
            "measure_order",
            json!({ "measure": "m217", "order": order_id().to_string() }),
        ),
        8 => ("release_order", json!({})),
        9 => ("call", json!({})),
        10 => ("referral", json!({})),
        11 => ("follow_up", json!({})),
        12 => ("home_visit", json!({})),
        13 => ("excuse", json!({ "task": slot(story, said), "reason": "a reason" })),
        14 => return act(story, Act::Withdraw, said),
        15 => return act(story, Act::Correct, said),
        _ => return act(story, Act::End, said),
    };
    tell(story, register, at, said.delay, body, |_| {});
}

/// A slot of the first enrolment.
fn slot(story: &Story, said: &Said) -> String {
    let enrolment = enrolment_id("m217", story.subject.id, "");
    let day = story.snapshot.zone.day_of(minute(said.minute));
    task_id(enrolment, "temperature", &format!("{day}/{}", said.on.index(2) + 1)).to_string()
}

fn act(story: &mut Story, act: Act, said: &Said) {
    let on = Arc::clone(&story.entries[said.on.index(story.entries.len())]);
    // Who ends or takes back an entry has it before them.
    let at = if act == Act::Correct {
        on.at
    } else {
        minute(said.minute)
    };
    let mut body = Value::Object(on.body.clone());
    if act == Act::Correct && on.register == "temperature" {
        body = json!({ "celsius": 366 });
    }
    tell(story, &on.register, at, said.delay, body, |entry| {
        entry.act = act;
        entry.replaces = Some(on.id);
        entry.received_at = entry.received_at.max(on.received_at.plus_ms(MINUTE));
        entry.recorded_at = entry.received_at;
    });
}

fn planned(story: &Story, entries: Vec<Arc<Entry>>, as_of: Option<Instant>, now: Instant) -> Plan {
    let history = History::new(story.subject.clone(), entries, as_of, &story.snapshot);
    plan(&PlanInput {
        history: &history,
        others: &Alone,
        snapshot: &story.snapshot,
        now,
        horizon: None,
    })
}

fn at(story: &Story, now: Instant) -> Plan {
    planned(story, story.entries.clone(), None, now)
}

/// How a protocol's enrolments stand: opened, active, and by outcome.
fn tally(plan: &Plan) -> (usize, usize, usize) {
    let ended = |state: &State| matches!(state, State::Ended { .. });
    let active = plan.enrolments.iter().filter(|e| e.state == State::Active).count();
    (
        plan.enrolments.len(),
        active,
        plan.enrolments.iter().filter(|e| ended(&e.state)).count(),
    )
}

/// The occurrences that a list shows at a moment, those to come only as the next of each task, and their states: as `kept`
/// has them, where what was to come is open by the clock.
fn shown(listed: &Enrolment, kept: &Enrolment, at: Instant) -> Vec<Occurrence> {
    let mut next = BTreeSet::new();
    let is_listed = |o: &&Occurrence| o.state != OccurrenceState::Upcoming || next.insert(o.task.clone());
    let listed: Vec<_> = listed.occurrences.iter().filter(is_listed).map(|o| o.id).collect();
    let mut found: Vec<Occurrence> = kept
        .occurrences
        .iter()
        .filter(|o| listed.contains(&o.id))
        .cloned()
        .collect();
    for o in &mut found {
        if o.state == OccurrenceState::Upcoming && !o.waits && o.opens_at <= at {
            o.state = OccurrenceState::Open;
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn entries_taken_in_one_by_one_make_the_file_that_all_of_them_make(story in stories(), order in any::<u64>()) {
        let whole = story.history();
        let mut entries = story.entries.clone();
        entries.sort_by_key(|entry| derived(&format!("{order}{}", entry.id)).as_u128());
        let mut grown = History::new(whole.subject.clone(), Vec::new(), None, &story.snapshot);
        for entry in entries.iter().chain(entries.first()) {
            grown.add(Arc::clone(entry), &story.snapshot);
        }
        prop_assert_eq!(format!("{grown:?}"), format!("{whole:?}"));
    }

    #[test]
    fn nothing_fails_and_everything_has_one_id_and_one_state(story in stories(), now in 0..MINUTES + 20_000) {
        let plan = at(&story, minute(now));
        prop_assert!(plan.faults.is_empty(), "{:?}", plan.faults);
        let mut ids = HashSet::new();
        for enrolment in &plan.enrolments {
            prop_assert!(ids.insert(enrolment.id.0), "enrolment twice");
            let mut labels = HashSet::new();
            for occurrence in &enrolment.occurrences {
                prop_assert!(ids.insert(occurrence.id.0), "occurrence twice");
                prop_assert!(labels.insert((&occurrence.task, &occurrence.label)));
            }
        }
        let (opened, active, ended) = tally(&plan);
        prop_assert_eq!(opened, active + ended);
    }

    #[test]
    fn no_entry_discharges_two_occurrences_of_one_task(story in stories(), now in 0..MINUTES) {
        for enrolment in at(&story, minute(now)).enrolments {
            let mut used = HashSet::new();
            for occurrence in enrolment.occurrences {
                if let OccurrenceState::Done { entry, .. } = occurrence.state {
                    prop_assert!(used.insert((occurrence.task.clone(), entry)), "{} by {entry}", occurrence.task);
                }
            }
        }
    }

    #[test]
    fn any_order_of_arrival_gives_the_same_plan(story in stories(), now in 0..MINUTES, seed in any::<u64>()) {
        let mut shuffled = story.entries.clone();
        shuffled.sort_by_key(|entry| derived(&format!("{seed} {}", entry.id)));
        prop_assert_eq!(planned(&story, shuffled, None, minute(now)), at(&story, minute(now)));
    }

    #[test]
    fn as_of_a_moment_is_what_was_known_then(story in stories(), now in 0..MINUTES) {
        let now = minute(now);
        let known = story.entries.iter().filter(|entry| entry.recorded_at <= now).cloned().collect();
        let shown = planned(&story, known, None, now);
        prop_assert_eq!(planned(&story, story.entries.clone(), Some(now), now), shown);
    }

    #[test]
    fn between_now_and_the_next_change_nothing_changes(
        story in stories(), now in 0..MINUTES, ms in 0..60_000i64, part in 0..=1_000i64,
    ) {
        let now = minute(now).plus_ms(ms);
        let plan = at(&story, now);
        let until = plan.next_change_at.unwrap_or_else(|| now.plus_ms(40 * 1_440 * MINUTE));
        prop_assert!(until > now);
        let last = until.plus_ms(-1);
        for t in [now.plus_ms((last.0 - now.0) * part / 1_000), last] {
            prop_assert_eq!(&at(&story, t), &plan, "at {}, planned at {}", t, now);
        }
    }

    #[test]
    fn until_what_is_kept_is_over_only_openings_change(
        story in stories(), now in 0..MINUTES, part in 0..=1_000i64,
    ) {
        let now = minute(now);
        let plan = at(&story, now);
        let until = plan.kept_until.unwrap_or_else(|| now.plus_ms(40 * 1_440 * MINUTE));
        prop_assert!(until > now && plan.next_change_at.is_none_or(|next| next <= until));
        let last = until.plus_ms(-1);
        for t in [now.plus_ms((last.0 - now.0) * part / 1_000), last] {
            let later = at(&story, t);
            prop_assert_eq!(&later.notices, &plan.notices);
            prop_assert_eq!(later.enrolments.len(), plan.enrolments.len());
            for (later, kept) in later.enrolments.iter().zip(&plan.enrolments) {
                prop_assert_eq!(shown(later, later, t), shown(later, kept, t), "at {}, kept at {}", t, now);
                let bare = |enrolment: &Enrolment| Enrolment { occurrences: Vec::new(), ..enrolment.clone() };
                prop_assert_eq!(bare(later), bare(kept));
            }
        }
    }

    #[test]
    fn nobody_is_released_before_midnight_of_day_seven(story in stories(), now in 0..MINUTES + 20_000) {
        let zone = story.snapshot.zone.clone();
        for enrolment in at(&story, minute(now)).enrolments.iter().filter(|e| e.protocol == "m217") {
            let earliest = zone.at(zone.day_of(enrolment.day_zero).plus(7), TimeOfDay(0));
            if let State::Ended { outcome, at, .. } = &enrolment.state {
                prop_assert!(outcome != "released" || *at >= earliest, "{at} before {earliest}");
            }
            prop_assert!(enrolment.ready.is_none() || minute(now) >= earliest);
        }
    }

    #[test]
    fn no_restriction_outlives_its_order(story in stories(), now in 0..MINUTES + 20_000) {
        let ends = story.snapshot.reference.of("order")[0].to;
        for enrolment in at(&story, minute(now)).enrolments.iter().filter(|e| e.protocol == "m217") {
            match &enrolment.state {
                State::Active => prop_assert!(minute(now) < ends || enrolment.start > minute(now)),
                State::Ended { at, .. } => prop_assert!(*at <= ends.max(enrolment.start)),
                State::Withdrawn => prop_assert!(false, "a plan holds none withdrawn"),
            }
        }
    }

    #[test]
    fn correcting_there_and_back_changes_nothing(story in stories(), which in any::<prop::sample::Index>()) {
        let now = minute(MINUTES);
        let mut story = story;
        story.entries.retain(|entry| entry.act == Act::New);
        let before = at(&story, now);
        let first = Arc::clone(&story.entries[which.index(story.entries.len())]);
        let correct = |story: &mut Story, on: EntryId, body: Value, at: Instant| {
            tell(story, &first.register, at, 0, body, |entry| {
                entry.act = Act::Correct;
                entry.replaces = Some(on);
                entry.received_at = now;
                entry.recorded_at = now;
            });
            story.entries[story.entries.len() - 1].id
        };
        let there = correct(&mut story, first.id, json!({ "measure": "none", "task": "" }), first.at.plus_ms(7 * MINUTE));
        correct(&mut story, there, Value::Object(first.body.clone()), first.at);
        let after = at(&story, now);
        prop_assert_eq!(&after.faults, &before.faults);
        prop_assert_eq!(after.next_change_at, before.next_change_at);
        prop_assert_eq!(&after.notices, &before.notices);
        for (after, before) in after.enrolments.iter().zip(&before.enrolments) {
            prop_assert_eq!(after, before, "corrected {}", first.id);
        }
        prop_assert_eq!(after, before);
    }

    #[test]
    fn withdrawing_everything_leaves_nothing(story in stories(), now in 0..MINUTES) {
        let mut story = story;
        story.entries.retain(|entry| entry.act != Act::Withdraw);
        let rows: Vec<Arc<Entry>> = story.entries.iter().filter(|entry| entry.act == Act::New).cloned().collect();
        for row in rows {
            tell(&mut story, &row.register, row.at, 0, json!({}), |entry| {
                entry.act = Act::Withdraw;
                entry.replaces = Some(row.id);
            });
        }
        prop_assert_eq!(at(&story, minute(now)).enrolments, vec![]);
    }

    #[test]
    fn two_files_found_to_be_one_keep_the_sum(a in stories(), b in stories(), now in 0..MINUTES) {
        let alias = SubjectId(derived("the other file"));
        let mut entries = a.entries.clone();
        for entry in &b.entries {
            let mut entry = Entry::clone(entry);
            entry.id = EntryId(derived(&format!("other {}", entry.id)));
            entry.replaces = entry.replaces.map(|on| EntryId(derived(&format!("other {on}"))));
            entry.subject = alias;
            entries.push(Arc::new(entry));
        }
        let merged = History::new(a.subject.clone(), entries, None, &a.snapshot).with_aliases(vec![alias]);
        let input = PlanInput { history: &merged, others: &Alone, snapshot: &a.snapshot, now: minute(now), horizon: None };
        let plan = plan(&input);
        let (opened, active, ended) = tally(&plan);
        prop_assert_eq!(opened, active + ended);
        let active = plan.enrolments.iter().filter(|e| e.protocol == "m217" && e.state == State::Active).count();
        prop_assert!(active <= 1, "one person, one restriction at a time");
    }
}
