//! Holds: gaps to the moment they begin and end, surplus, groups, rest. Compared with a count taken minute by minute.

use lianfang_kernel::ids::{EntryId, SubjectId, derived};
use lianfang_kernel::{
    Act, Assurance, Datum, Entry, Instant, Region, RegionId, RegionLevel, RegionTree, SubjectKind, SubjectView, Words,
    Zone,
};
use lianfang_policy::{Model, Snapshot, Source, load};
use lianfang_protocol::History;
use lianfang_protocol::hold::{Closing, Roster, close};
use proptest::prelude::*;
use std::sync::{Arc, OnceLock};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

const PACK: &str = r#"
[pack]
id = "e"
title = { zh = "例", en = "Example" }
[list.post]
title = { zh = "岗位", en = "Post" }
value = [{ id = "gate", zh = "门岗", en = "Gate" }, { id = "desk", zh = "前台", en = "Desk" }]
[list.kind]
title = { zh = "人员", en = "Kind" }
value = [{ id = "police", zh = "公安", en = "Police" }, { id = "health", zh = "卫生", en = "Health" }]
[register.plan]
title = { zh = "公布", en = "Published" }
purpose = { zh = "例", en = "Example" }
subject = ["organisation"]
nature = "act"
sensitivity = "plain"
retention = "1d"
field = [
  { id = "opens_at", kind = "instant", required = true, title = { zh = "自", en = "From" } },
  { id = "closes_at", kind = "instant", required = true, title = { zh = "至", en = "Until" } },
]
[register.duty]
title = { zh = "值班", en = "Duty" }
purpose = { zh = "例", en = "Example" }
subject = ["organisation"]
shape = "interval"
sensitivity = "plain"
retention = "1d"
field = [
  { id = "post", kind = "code", list = "post", required = true, title = { zh = "岗位", en = "Post" } },
  { id = "who", kind = "person", required = true, title = { zh = "谁", en = "Who" } },
  { id = "kind", kind = "code", list = "kind", title = { zh = "人员", en = "Kind" } },
]
[register.duty.hold]
per = ["subject", "post"]
distinct = "who"
min = "post == 'gate' ? 2 : 0"
max = "3"
kinds = { police = 1 }
roster = "plan"
rest = { of = "who", at_least = "hours(8)", run_at_most = "hours(12)" }
[register.holder]
title = { zh = "责任人", en = "Holder" }
purpose = { zh = "例", en = "Example" }
subject = ["organisation"]
shape = "interval"
sensitivity = "plain"
retention = "1d"
field = [{ id = "who", kind = "person", required = true, title = { zh = "谁", en = "Who" } }]
hold = { per = ["subject"], exactly = "1", overlap = "end_previous" }
"#;

fn snapshot() -> Snapshot {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    let model = MODEL.get_or_init(|| {
        let path = "packs/e/pack.toml".to_owned();
        match load(
            &[Source {
                path,
                text: PACK.to_owned(),
            }],
            &[],
        ) {
            Ok(loaded) => Arc::new(loaded.model),
            Err(findings) => panic!("{findings:#?}"),
        }
    });
    let region = Region {
        id: RegionId::new("1"),
        code: "1".to_owned(),
        name: Words::same("1"),
        level: RegionLevel::County,
        parent: None,
        valid_from: None,
        valid_to: None,
    };
    let regions = Arc::new(RegionTree::new([region]).unwrap());
    Snapshot::of_model(model.clone(), regions, RegionId::new("1"), Zone::china())
}

fn subject() -> SubjectView {
    SubjectView {
        id: SubjectId(derived("bureau")),
        kind: SubjectKind::Organisation,
        kind_type: "organisation".to_owned(),
        region: RegionId::new("1"),
        unit: None,
        since: Instant(0),
        until: None,
    }
}

/// Midnight of the first day, in the city's time.
fn zero() -> i64 {
    Instant::parse("2022-01-20T00:00:00+08:00").unwrap().0
}

fn entry(name: &str, register: &str, act: Act, at: i64, body: serde_json::Value) -> Arc<Entry> {
    let serde_json::Value::Object(body) = body else {
        panic!("a body is an object")
    };
    let at = Instant(at);
    Arc::new(Entry {
        id: EntryId(derived(name)),
        register: register.to_owned(),
        register_version: 1,
        act,
        replaces: None,
        subject: subject().id,
        at,
        made_at: None,
        received_at: at,
        recorded_at: at,
        reported_at: None,
        login: None,
        device: None,
        org: None,
        region: RegionId::new("1"),
        sector: None,
        channel: "api".to_owned(),
        assurance: Assurance::Verified,
        proxy: false,
        group: None,
        reason: None,
        flags: Vec::new(),
        body,
    })
}

/// One turn: who, at which post, of which kind, from which minute for how many.
#[derive(Clone, Copy, Debug)]
struct Turn {
    who: u8,
    gate: bool,
    police: bool,
    from: i64,
    minutes: i64,
}

impl Turn {
    fn stands(&self, minute: i64) -> bool {
        self.from <= minute && minute < self.from + self.minutes
    }

    fn entry(&self, name: &str) -> Arc<Entry> {
        let from = zero() + self.from * MINUTE;
        let body = serde_json::json!({
            "post": if self.gate { "gate" } else { "desk" },
            "who": SubjectId(derived(&format!("who {}", self.who))).to_string(),
            "kind": if self.police { "police" } else { "health" },
            "from": Instant(from).to_rfc3339(),
            "to": Instant(from + self.minutes * MINUTE).to_rfc3339(),
        });
        entry(name, "duty", Act::New, from, body)
    }
}

fn turn() -> impl Strategy<Value = Turn> {
    (0..4u8, any::<bool>(), any::<bool>(), 0..2_880i64, 1..1_440i64).prop_map(|(who, gate, police, from, minutes)| {
        Turn {
            who,
            gate,
            police,
            from,
            minutes,
        }
    })
}

fn history(entries: &[Arc<Entry>]) -> History {
    History::new(subject(), entries.to_vec(), None, &snapshot())
}

fn entries(turns: &[Turn]) -> Vec<Arc<Entry>> {
    turns
        .iter()
        .enumerate()
        .map(|(n, turn)| turn.entry(&format!("turn {n}")))
        .collect()
}

fn persons<'t>(turns: impl Iterator<Item = &'t Turn>) -> i64 {
    let who: std::collections::BTreeSet<u8> = turns.map(|turn| turn.who).collect();
    i64::try_from(who.len()).unwrap()
}

proptest! {
    #[test]
    fn gaps_are_the_minutes_in_which_too_few_stand(turns in prop::collection::vec(turn(), 0..7)) {
        let (snapshot, subject) = (snapshot(), subject());
        let roster = Roster::of(&snapshot.model.registers["duty"], &snapshot, &subject).unwrap();
        let history = history(&entries(&turns));
        let window = (Instant(zero()), Instant(zero() + 2 * DAY));
        let gaps = roster.gaps(&roster.facts(&history), window).unwrap();
        for minute in (0..2_880).step_by(7).chain(turns.iter().flat_map(|t| [t.from, t.from + t.minutes, t.from - 1])) {
            if !(0..2_880).contains(&minute) {
                continue;
            }
            let at = Instant(zero() + minute * MINUTE);
            for (post, gate, wanted) in [("gate", true, 2), ("desk", false, 0)] {
                let here = || turns.iter().filter(|turn| turn.gate == gate && turn.stands(minute));
                let said = |kind: Option<&str>| gaps.iter().any(|gap| {
                    gap.key[0].1 == Datum::text(post) && gap.kind.as_deref() == kind && gap.from <= at && at < gap.to
                });
                prop_assert_eq!(said(None), persons(here()) < wanted, "{} at {}", post, minute);
                prop_assert_eq!(said(Some("police")), persons(here().filter(|turn| turn.police)) < 1);
            }
        }
        for gap in &gaps {
            prop_assert!(gap.from < gap.to && gap.have < gap.wanted);
        }
    }

    #[test]
    fn one_too_many_is_refused_however_it_comes(turns in prop::collection::vec(turn(), 1..9), cut in 0..9usize) {
        let snapshot = snapshot();
        let all = entries(&turns);
        let cut = cut.min(all.len() - 1);
        let ids: Vec<EntryId> = all[cut..].iter().map(|entry| entry.id).collect();
        let (before, after) = (history(&all[..cut]), history(&all));
        let closing = Closing { register: &snapshot.model.registers["duty"], entries: &ids, before: &before, after: &after, snapshot: &snapshot };
        let refused = close(&closing).unwrap().iter().any(|problem| problem.code == "hold_full");
        let over = |turns: &[Turn], gate: bool, minute: i64| persons(turns.iter().filter(|turn| turn.gate == gate && turn.stands(minute)));
        let worse = turns[cut..].iter().any(|new| {
            (new.from..new.from + new.minutes).any(|minute| {
                let is = over(&turns, new.gate, minute);
                is > 3 && is > over(&turns[..cut], new.gate, minute)
            })
        });
        prop_assert_eq!(refused, worse);
    }

    #[test]
    fn of_holders_that_end_each_other_exactly_one_stands(starts in prop::collection::vec(0..2_000i64, 1..6), minute in 0..2_500i64) {
        let (snapshot, subject) = (snapshot(), subject());
        let all: Vec<Arc<Entry>> = starts
            .iter()
            .enumerate()
            .map(|(n, start)| {
                let from = zero() + start * MINUTE;
                let who = SubjectId(derived(&format!("who {n}"))).to_string();
                entry(&format!("holder {n}"), "holder", Act::New, from, serde_json::json!({ "who": who, "from": Instant(from).to_rfc3339() }))
            })
            .collect();
        let ids: Vec<EntryId> = all.iter().map(|entry| entry.id).collect();
        let (before, after) = (history(&[]), history(&all));
        let register = &snapshot.model.registers["holder"];
        let closing = Closing { register, entries: &ids, before: &before, after: &after, snapshot: &snapshot };
        prop_assert!(close(&closing).unwrap().is_empty());
        let roster = Roster::of(register, &snapshot, &subject).unwrap();
        let at = Instant(zero() + minute * MINUTE);
        let gaps = roster.gaps(&roster.facts(&after), (at, at.plus_ms(1))).unwrap();
        prop_assert_eq!(gaps.is_empty(), starts.iter().any(|start| *start <= minute));
    }
}

#[test]
fn the_edges_of_a_gap_are_exact() {
    let (snapshot, subject) = (snapshot(), subject());
    let roster = Roster::of(&snapshot.model.registers["duty"], &snapshot, &subject).unwrap();
    let turn = |who, from, minutes| Turn {
        who,
        gate: true,
        police: true,
        from,
        minutes,
    };
    let all = entries(&[turn(0, 0, 1_440), turn(1, 0, 600), turn(2, 601, 839)]);
    let history = history(&all);
    let gaps = roster
        .gaps(&roster.facts(&history), (Instant(zero()), Instant(zero() + DAY)))
        .unwrap();
    let gate: Vec<_> = gaps.iter().filter(|gap| gap.key[0].1 == Datum::text("gate")).collect();
    assert_eq!(gate.len(), 1, "{gate:?}");
    assert_eq!(
        (gate[0].from, gate[0].to),
        (Instant(zero() + 600 * MINUTE), Instant(zero() + 601 * MINUTE))
    );
    assert_eq!((gate[0].have, gate[0].wanted), (1, 2));
}

#[test]
fn what_is_published_is_not_left_short_and_a_swap_is_judged_whole() {
    let snapshot = snapshot();
    let turn = |who, from, minutes| Turn {
        who,
        gate: true,
        police: true,
        from,
        minutes,
    };
    let mut all = entries(&[turn(0, 0, 1_440), turn(1, 0, 1_440)]);
    let window = serde_json::json!({ "opens_at": Instant(zero()).to_rfc3339(), "closes_at": Instant(zero() + DAY).to_rfc3339() });
    all.push(entry("plan", "plan", Act::New, zero(), window));
    let before = history(&all);
    let mut end = Entry::clone(&entry(
        "end",
        "duty",
        Act::End,
        zero() + 720 * MINUTE,
        serde_json::json!({}),
    ));
    end.replaces = Some(all[1].id);
    let end = Arc::new(end);
    let judged = |more: &[Arc<Entry>]| {
        let ids: Vec<EntryId> = more.iter().map(|entry| entry.id).collect();
        let after = history(&[&all[..], more].concat());
        let closing = Closing {
            register: &snapshot.model.registers["duty"],
            entries: &ids,
            before: &before,
            after: &after,
            snapshot: &snapshot,
        };
        let codes = close(&closing).unwrap().into_iter().map(|problem| problem.code);
        codes.collect::<Vec<String>>()
    };
    assert_eq!(judged(std::slice::from_ref(&end)), ["hold_short"]);
    assert!(judged(&[end.clone(), turn(2, 720, 720).entry("on time")]).is_empty());
    assert_eq!(judged(&[end.clone(), turn(2, 721, 719).entry("late")]), ["hold_short"]);
    assert_eq!(
        judged(&[end, turn(0, 720, 720).entry("the same")]),
        ["hold_short"],
        "the same person twice is one"
    );
}

#[test]
fn rest_and_runs_are_measured() {
    let (snapshot, subject) = (snapshot(), subject());
    let roster = Roster::of(&snapshot.model.registers["duty"], &snapshot, &subject).unwrap();
    let turn = |who, from, minutes| Turn {
        who,
        gate: true,
        police: true,
        from,
        minutes,
    };
    let broken = |turns: &[Turn]| {
        let history = history(&entries(turns));
        let window = (Instant(zero()), Instant(zero() + 2 * DAY));
        let found = roster.rest_broken(&roster.facts(&history), window).unwrap();
        found.iter().map(|one| one.run).collect::<Vec<bool>>()
    };
    assert!(
        broken(&[turn(0, 0, 720), turn(0, 1_200, 60)]).is_empty(),
        "12 hours, then 8 of rest"
    );
    assert_eq!(
        broken(&[turn(0, 0, 720), turn(0, 1_199, 60)]),
        [false],
        "a minute short of 8 hours"
    );
    assert_eq!(
        broken(&[turn(0, 0, 360), turn(0, 360, 361)]),
        [true],
        "two turns that meet are one run"
    );
}
