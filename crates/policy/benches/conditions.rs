//! Evaluations per second of typical conditions: `cargo bench -p lianfang-policy`.

use lianfang_kernel::ids::{EntryId, derived};
use lianfang_kernel::{Datum, Day, Instant, Region, RegionId, RegionLevel, RegionTree, Words, Zone};
use lianfang_policy::{Env, Expr, Interval, Reference, Snapshot, Source, SubjectRef, decide, load};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;

/// Evaluations of each condition.
const TIMES: u32 = 1_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let snapshot = snapshot()?;
    let model = snapshot.model.clone();
    let protocol = model.edition("m217", 1).ok_or("m217 is in the example")?;
    let guard = &model.guards["work-clearance"].require;
    let at = Instant::parse("2022-01-25T09:00:00+08:00")?;
    let days = |text: &str| Day::parse(text).map(|day| Datum::Int(i64::from(day.0)));
    let stay = Datum::record([
        ("region", Datum::text("420102001")),
        ("from", days("2022-01-11")?),
        ("until", days("2022-01-12")?),
    ]);
    let arrival = Datum::record([("at", Datum::Int(at.0)), ("stays", Datum::list([stay.clone()]))]);
    let watch = Datum::record([("outcome", Datum::text("released")), ("day_zero", Datum::Int(at.0))]);
    let proposal = Datum::record([("measure", Datum::text("m217"))]);
    let entry = Datum::record([("measure", Datum::text("m217")), ("proposal", proposal)]);
    let it = Datum::record([
        ("assay", Datum::text("pcr")),
        ("result", Datum::text("negative")),
        ("celsius", Datum::Int(371)),
    ]);
    let vars = [
        ("entry", entry),
        ("it", it),
        ("fevers", Datum::Int(0)),
        ("positives", Datum::Int(0)),
        ("arrival", arrival),
        ("watch", watch),
    ];
    let region = RegionId::new("371702");
    let env = Env {
        vars: &vars,
        snapshot: &snapshot,
        engine: None,
        region: Some(&region),
        at,
        now: at,
    };
    let candidate = protocol.tasks[1].filter.as_ref().ok_or("pcr-1 has a filter")?;
    let enrol = protocol.enrol.when.as_ref().ok_or("m217 has a when")?;
    let fevers = protocol.looks[1].filter.as_ref().ok_or("fevers has a where")?;
    let escalate = &protocol.escalations[1].on;
    for condition in [
        enrol,
        candidate,
        escalate,
        fevers,
        &model.guards["proposed-only"].require,
        guard,
    ] {
        measure(condition, &env)?;
    }
    let rule = &model.rules["arrival-measure"];
    let inputs = Datum::record([
        ("arrived", Datum::Int(at.0)),
        ("stays", Datum::list([stay])),
        ("contacts", Datum::list([])),
    ]);
    let on = snapshot.zone.day_of(at);
    let start = std::time::Instant::now();
    for _ in 0..TIMES / 10 {
        black_box(decide(rule, black_box(&inputs), &region, on, &snapshot)?);
    }
    report(start.elapsed(), TIMES / 10, "decide arrival-measure");
    Ok(())
}

fn measure(condition: &Expr, env: &Env<'_>) -> Result<(), Box<dyn Error>> {
    let start = std::time::Instant::now();
    for _ in 0..TIMES {
        black_box(condition.eval_bool(black_box(env))?);
    }
    report(start.elapsed(), TIMES, condition.source());
    Ok(())
}

fn report(took: std::time::Duration, times: u32, what: &str) {
    let nanos = took.as_nanos() / u128::from(times);
    println!(
        "{nanos:>6} ns  {:>10.0} /s  {what:.90}",
        f64::from(times) / took.as_secs_f64()
    );
}

fn snapshot() -> Result<Snapshot, Box<dyn Error>> {
    let file = |name: &str, text: &str| Source {
        path: format!("packs/e/{name}"),
        text: text.to_owned(),
    };
    let sources = [
        file("base.toml", include_str!("../tests/packs/base.toml")),
        file("measures.toml", include_str!("../tests/packs/measures.toml")),
    ];
    let loaded = load(&sources, &[]).map_err(|findings| findings[0].to_string())?;
    let region = |id: &str, parent: Option<&str>, level| Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    };
    let regions = RegionTree::new([
        region("1", None, RegionLevel::Country),
        region("371702", Some("1"), RegionLevel::County),
        region("420102", Some("1"), RegionLevel::County),
        region("420102001", Some("420102"), RegionLevel::Township),
    ])?;
    let risk = Interval {
        entry: EntryId(derived("risk")),
        subject: SubjectRef::Region(RegionId::new("420102001")),
        region: RegionId::new("420102001"),
        from: Instant::parse("2022-01-10T00:00:00+08:00")?,
        to: Instant::parse("2022-01-20T00:00:00+08:00")?,
        body: Datum::record([("level", Datum::text("high"))]),
        targets: Vec::new(),
    };
    let model = Arc::new(loaded.model);
    let mut snapshot = Snapshot::of_model(model, Arc::new(regions), RegionId::new("371702"), Zone::china());
    snapshot.reference = Arc::new(Reference::new([("risk_area".to_owned(), vec![risk])]));
    Ok(snapshot)
}
