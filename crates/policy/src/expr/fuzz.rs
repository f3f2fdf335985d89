//! What loads never raises a type error; arbitrary text never panics.

use super::check::{Checked, Want, compile};
use super::parse::STACK_BYTES;
use super::scope::{Scope, Site};
use super::ty::{Access, FieldTy, RecordTy, Ty};
use super::world::World;
use super::{Env, Place};
use crate::model::{CodeList, CodeValue, Model};
use crate::snapshot::Snapshot;
use lianfang_kernel::{Datum, Instant, Region, RegionId, RegionLevel, RegionTree, SubjectKind, Words, Zone};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use std::sync::Arc;

fn codes() -> CodeList {
    let value = |(id, rank): (&str, i64)| CodeValue {
        id: id.to_owned(),
        title: Words::same(id),
        rank: Some(rank),
    };
    let values = [("low", 1), ("mid", 2), ("high", 3)].into_iter().map(value).collect();
    CodeList {
        id: "risk".to_owned(),
        title: Words::same("risk"),
        values,
    }
}

fn world() -> World {
    let mut world = World::default();
    world.lists.insert("risk".to_owned(), codes());
    world
}

fn fields() -> Vec<FieldTy> {
    let row = vec![
        FieldTy::always("day", Ty::Day),
        FieldTy::optional("n", Ty::Int),
        FieldTy::always("risk", Ty::code("risk")),
    ];
    vec![
        FieldTy::always("n", Ty::Int),
        FieldTy::optional("m", Ty::Int),
        FieldTy::always("yes", Ty::Bool),
        FieldTy::optional("maybe", Ty::Bool),
        FieldTy::always("risk", Ty::code("risk")),
        FieldTy::optional("was", Ty::code("risk")),
        FieldTy::always("at", Ty::Instant),
        FieldTy::optional("till", Ty::Instant),
        FieldTy::always("day", Ty::Day),
        FieldTy::always("celsius", Ty::Decimal(1)),
        FieldTy::always("place", Ty::Region),
        FieldTy::always("rows", Ty::list(Ty::record(RecordTy::new("row", row)), 5)),
        FieldTy {
            name: "who".to_owned(),
            ty: Ty::Text,
            access: Access::Sealed,
        },
    ]
}

fn scope(world: &World) -> Scope<'_> {
    let mut last = RecordTy::new("look", fields());
    last.may_be_empty = true;
    Scope::new(world, Site::Guard)
        .var("entry", Ty::record(RecordTy::new("entry", fields())))
        .var("last", Ty::record(last))
        .var("low", Ty::Folded(Box::new(Ty::Int)))
        .var("count", Ty::Int)
        .var("subject", Ty::View(Some(SubjectKind::Person)))
        .var("now", Ty::Instant)
}

/// A value of a type; what may be missing is, as the bits say.
fn value(ty: &Ty, bits: &mut impl FnMut() -> u32) -> Datum {
    match ty {
        Ty::Bool => Datum::Bool(bits().is_multiple_of(2)),
        Ty::Int | Ty::Instant | Ty::Day | Ty::Duration | Ty::Decimal(_) => Datum::Int(i64::from(bits() % 1000) - 500),
        Ty::Code { .. } => Datum::text(["low", "mid", "high"][bits() as usize % 3]),
        Ty::Region => Datum::text(["3717", "371702"][bits() as usize % 2]),
        Ty::Subject(_) => Datum::text("018f0000-0000-7000-8000-000000000001"),
        Ty::List(of, bound) => Datum::list((0..bits() % (bound + 1)).map(|_| value(of, bits)).collect::<Vec<_>>()),
        Ty::Folded(of) => {
            if bits().is_multiple_of(2) {
                Datum::Null
            } else {
                value(of, bits)
            }
        }
        Ty::Record(record) if record.may_be_empty && bits().is_multiple_of(2) => Datum::empty(),
        Ty::Record(record) => record_value(record, bits),
        Ty::View(kind) => record_value(&World::view_fields(*kind), bits),
        _ => Datum::text("x"),
    }
}

fn record_value(record: &RecordTy, bits: &mut impl FnMut() -> u32) -> Datum {
    let mut made = Vec::new();
    for field in &record.fields {
        // A list that is not there is an empty one.
        let may_lack = field.access == Access::Optional || matches!(field.ty, Ty::List(..));
        if !(may_lack && bits().is_multiple_of(2)) {
            made.push((field.name.clone(), value(&field.ty, bits)));
        }
    }
    Datum::record(made)
}

fn snapshot() -> Snapshot {
    let region = |id: &str, parent: Option<&str>, level| Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    };
    let regions = [
        region("3717", None, RegionLevel::Prefecture),
        region("371702", Some("3717"), RegionLevel::County),
    ];
    let mut model = Model::default();
    model.lists.insert("risk".to_owned(), codes());
    Snapshot::of_model(
        Arc::new(model),
        Arc::new(RegionTree::new(regions).unwrap()),
        RegionId::new("3717"),
        Zone::china(),
    )
}

fn compiled(text: &str) -> Option<Checked> {
    let text = text.to_owned();
    let run = move || {
        let world = world();
        compile(&text, Place::default(), &scope(&world), &Want::Ty(Ty::Bool)).ok()
    };
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(run).unwrap();
    thread.join().expect("the checker does not panic")
}

/// Conditions of the right shape, most of them well typed.
fn condition() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        Just("entry.n"),
        Just("entry.m"),
        Just("last.n"),
        Just("last.m"),
        Just("low.value"),
        Just("count"),
        Just("3"),
        Just("size(last.rows)"),
        Just("rank(entry.risk)"),
        Just("day_diff(entry.day, now)"),
        Just("rank(last.was)"),
        Just("entry.n + count * 2"),
        Just("max(entry.n, 7)"),
        Just("age_band(entry.day, now)"),
    ];
    let order = prop_oneof![Just("<"), Just("<="), Just(">"), Just(">="), Just("=="), Just("!=")];
    let leaf = prop_oneof![
        (number.clone(), order, number).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        prop_oneof![
            Just("has(entry.m)"),
            Just("has(last.n)"),
            Just("has(last.m)"),
            Just("has(last.was)"),
            Just("has(low.value)"),
            Just("has(entry.maybe)"),
            Just("entry.maybe"),
            Just("entry.yes"),
            Just("last.yes"),
            Just("has(subject.unit)"),
            Just("subject.unit == subject.id"),
            Just("entry.risk == 'low'"),
            Just("last.was == entry.risk"),
            Just("entry.risk in ['mid', 'high']"),
            Just("entry.celsius >= 37.3"),
            Just("last.celsius - entry.celsius > 0.5"),
            Just("entry.rows.exists(r, r.n > 1)"),
            Just("last.rows.all(r, has(r.n) && r.n > 1)"),
            Just("entry.rows.filter(r, has(r.n)).exists_one(r, r.n == 3)"),
            Just("last.rows.exists(r, r.day < date(now))"),
            Just("entry.at - now > hours(2)"),
            Just("has(entry.till) && entry.till > now"),
            Just("last.till > entry.at"),
            Just("within(entry.place, '3717')"),
            Just("parent(last.place, 'county') == '371702'"),
            Just("entry.rows.map(r, r.risk).exists(x, x == 'low')"),
            Just("at_time(entry.day, '08:00') < now"),
        ]
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 40, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} && {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} || {b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
        ]
    })
}

/// Text made of the pieces that conditions are made of, in no order.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "entry",
        ".",
        "n",
        "m",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "'",
        "\"",
        "has(",
        "exists(",
        "x,",
        "&&",
        "||",
        "!",
        "?",
        ":",
        "-",
        "+",
        "*",
        "/",
        "%",
        "==",
        "in",
        "1",
        "1.5",
        "1u",
        "b'",
        "r'",
        "null",
        "true",
        "中文",
        "\\",
        " ",
        ",",
        "size(",
        "rule(",
        "setting('",
        "9223372036854775807",
        "1e400",
        ".rows",
        "@result",
        "`",
        "\n",
        "//",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn what_loads_never_meets_a_missing_value_or_a_wrong_type(text in condition(), seed in any::<u64>()) {
        if let Some(checked) = compiled(&text) {
            let snapshot = snapshot();
            let world = world();
            let mut state = seed | 1;
            let mut bits = move || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                u32::try_from(state >> 40).unwrap_or(0)
            };
            for _ in 0..8 {
                let scope = scope(&world);
                let vars: Vec<(&str, Datum)> =
                    scope.vars.iter().map(|(name, ty)| (name.as_str(), value(ty, &mut bits))).collect();
                let at = Instant(0);
                let env = Env { vars: &vars, snapshot: &snapshot, engine: None, region: None, at, now: at };
                let got = checked.expr.eval_bool(&env);
                prop_assert!(got.is_ok(), "{text}\n{got:?}\n{vars:?}");
            }
        }
    }

    #[test]
    fn arbitrary_text_is_judged_and_never_panics(text in prop_oneof![soup(), ".{0,80}"]) {
        let _ = compiled(&text);
    }
}

#[test]
fn most_of_the_generated_conditions_load() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tree = |runner: &mut _| condition().new_tree(runner).unwrap().current();
    let loaded = (0..200).filter(|_| compiled(&tree(&mut runner)).is_some()).count();
    assert!(loaded > 20, "only {loaded} of 200");
}

#[test]
fn deep_text_is_refused_without_a_deep_stack() {
    for text in [
        "(".repeat(1_990),
        "!".repeat(1_990),
        "-".repeat(1_990),
        "[".repeat(1_990),
        "a?b:".repeat(490),
        "a.".repeat(900),
    ] {
        assert!(compiled(&text).is_none());
    }
    assert!(
        compiled(&format!("{}entry.yes", "!".repeat(1_000))).is_some(),
        "pairs of ! are nothing"
    );
}
