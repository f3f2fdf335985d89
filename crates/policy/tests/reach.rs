//! How far intervals reach: types, targets, what is spared, regions inside, and which of several speaks.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use lianfang_kernel::ids::{EntryId, SubjectId, derived};
use lianfang_kernel::{Datum, Instant, Region, RegionId, RegionLevel, RegionTree, Words, Zone};
use lianfang_policy::{Interval, Model, Reference, Snapshot, Source, SubjectRef, Target, load};
use proptest::prelude::*;
use std::sync::{Arc, OnceLock};

const PACK: &str = r#"
[pack]
id = "e"
title = { zh = "例", en = "Example" }
[type]
premises = { of = "place", title = { zh = "场所", en = "premises" } }
bathhouse = { of = "place", parent = "premises", title = { zh = "浴池", en = "bathhouse" } }
pharmacy = { of = "place", parent = "premises", title = { zh = "药店", en = "pharmacy" } }
[list.effect]
title = { zh = "限制", en = "Effect" }
value = [{ id = "limited", zh = "限流", en = "Limited", rank = 1 }, { id = "closed", zh = "停业", en = "Closed", rank = 2 }]
[register.closure]
title = { zh = "关停", en = "Closures" }
purpose = { zh = "例", en = "Example" }
subject = ["region"]
shape = "interval"
reference = true
sensitivity = "plain"
retention = "1d"
field = [
  { id = "types", kind = "type", many = 9, title = { zh = "类型", en = "Types" } },
  { id = "targets", kind = "place", many = 9, title = { zh = "场所", en = "Places" } },
  { id = "exempt", kind = "type", many = 9, title = { zh = "除外", en = "Spared" } },
  { id = "effect", kind = "code", list = "effect", title = { zh = "限制", en = "Effect" } },
]
scope = { types = "types", targets = "targets", exempt = "exempt", combine = "COMBINE", inherit = "INHERIT" }
"#;

fn model(combine: &str, inherit: &str) -> Arc<Model> {
    let text = PACK.replace("COMBINE", combine).replace("INHERIT", inherit);
    let path = "packs/e/pack.toml".to_owned();
    match load(&[Source { path, text }], &[]) {
        Ok(loaded) => Arc::new(loaded.model),
        Err(findings) => panic!("{findings:#?}"),
    }
}

fn models() -> &'static [(bool, bool, Arc<Model>)] {
    static MODELS: OnceLock<Vec<(bool, bool, Arc<Model>)>> = OnceLock::new();
    MODELS.get_or_init(|| {
        let mut all = Vec::new();
        for (nearest, combine) in [(true, "nearest"), (false, "strictest")] {
            for (down, inherit) in [(true, "down"), (false, "none")] {
                all.push((nearest, down, model(combine, inherit)));
            }
        }
        all
    })
}

/// Two counties of a city, one with two towns.
fn regions() -> RegionTree {
    let region = |id: &str, parent: Option<&str>, level| Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    };
    RegionTree::new([
        region("10", None, RegionLevel::Prefecture),
        region("1001", Some("10"), RegionLevel::County),
        region("1002", Some("10"), RegionLevel::County),
        region("100101", Some("1001"), RegionLevel::Township),
        region("100102", Some("1001"), RegionLevel::Township),
    ])
    .unwrap()
}

const REGIONS: [&str; 5] = ["10", "1001", "1002", "100101", "100102"];
const TYPES: [&str; 3] = ["premises", "bathhouse", "pharmacy"];

fn place(n: usize) -> SubjectId {
    SubjectId(derived(&format!("place {n}")))
}

/// One interval as it was drawn.
#[derive(Clone, Debug)]
struct Drawn {
    region: usize,
    types: Vec<usize>,
    targets: Vec<usize>,
    exempt: Vec<usize>,
    from: i64,
    to: i64,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let few = |most: usize| prop::collection::vec(0..most, 0..3);
    (0..5usize, few(3), few(3), few(3), 0..10i64, 1..10i64).prop_map(
        |(region, types, targets, exempt, from, length)| Drawn {
            region,
            types,
            targets,
            exempt,
            from,
            to: from + length,
        },
    )
}

fn interval(n: usize, drawn: &Drawn) -> Interval {
    let area = RegionId::new(REGIONS[drawn.region]);
    let types = |picked: &[usize]| Datum::list(picked.iter().map(|t| Datum::text(TYPES[*t])));
    Interval {
        entry: EntryId(derived(&format!("entry {n}"))),
        subject: SubjectRef::Region(area.clone()),
        region: area,
        from: Instant(drawn.from),
        to: Instant(drawn.to),
        targets: drawn.targets.iter().map(|n| place(*n)).collect(),
        body: Datum::record([("types", types(&drawn.types)), ("exempt", types(&drawn.exempt))]),
    }
}

/// What the words of the language say, one interval at a time: how near it covers the place, if it does.
fn covers(
    tree: &RegionTree,
    drawn: &Drawn,
    down: bool,
    at: i64,
    (n, kind, region): (usize, usize, usize),
) -> Option<usize> {
    let is_a = |wanted: &usize| *wanted == kind || *wanted == 0;
    if at < drawn.from || drawn.to <= at || drawn.exempt.iter().any(is_a) {
        return None;
    }
    if drawn.targets.contains(&n) {
        return Some(0);
    }
    let here = RegionId::new(REGIONS[region]);
    let steps = tree
        .lineage(&here)
        .position(|area| area.id.as_str() == REGIONS[drawn.region])?;
    let inherits = down || steps == 0;
    let all = drawn.types.is_empty() && drawn.targets.is_empty();
    (inherits && (all || drawn.types.iter().any(is_a))).then_some(steps + 1)
}

proptest! {
    #[test]
    fn what_is_in_force_is_what_each_interval_says(
        rows in prop::collection::vec(drawn(), 0..8),
        target in (0..3usize, 0..3usize, 0..5usize),
        at in 0..20i64,
    ) {
        let tree = Arc::new(regions());
        for (nearest, down, model) in models() {
            let mut snapshot = Snapshot::of_model(model.clone(), tree.clone(), RegionId::new("10"), Zone::china());
            let intervals = rows.iter().enumerate().map(|(n, drawn)| interval(n, drawn)).collect();
            snapshot.reference = Arc::new(Reference::new([("closure".to_owned(), intervals)]));
            let region = RegionId::new(REGIONS[target.2]);
            let asked = Target { subject: Some(place(target.0)), region: Some(&region), kind_type: Some(TYPES[target.1]) };
            let mut found: Vec<EntryId> = snapshot
                .in_force("closure", asked, (Instant(at), Instant(at)))
                .into_iter()
                .map(|interval| interval.entry)
                .collect();
            let covering: Vec<(usize, usize)> = rows
                .iter()
                .enumerate()
                .filter_map(|(n, drawn)| Some((n, covers(&tree, drawn, *down, at, target)?)))
                .collect();
            let least = covering.iter().map(|(_, steps)| *steps).min();
            let mut wanted: Vec<EntryId> = covering
                .into_iter()
                .filter(|(_, steps)| !nearest || Some(*steps) == least)
                .map(|(n, _)| EntryId(derived(&format!("entry {n}"))))
                .collect();
            found.sort();
            wanted.sort();
            prop_assert_eq!(found, wanted);
        }
    }
}

#[test]
fn an_interval_for_a_type_says_nothing_of_a_region() {
    let (_, _, model) = &models()[0];
    let tree = Arc::new(regions());
    let mut snapshot = Snapshot::of_model(model.clone(), tree, RegionId::new("10"), Zone::china());
    let drawn = Drawn {
        region: 1,
        types: vec![1],
        targets: vec![],
        exempt: vec![],
        from: 0,
        to: 9,
    };
    let rows = vec![interval(0, &drawn)];
    snapshot.reference = Arc::new(Reference::new([("closure".to_owned(), rows)]));
    let region = RegionId::new("100101");
    let target = Target {
        region: Some(&region),
        ..Target::default()
    };
    assert!(
        snapshot
            .in_force("closure", target, (Instant(1), Instant(1)))
            .is_empty()
    );
}
