//! What conditions read of the snapshot: desks, settings, calendars, intervals; and entries as conditions see them.

#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail the test")]

use lianfang_kernel::ids::{EntryId, SubjectId, derived};
use lianfang_kernel::{
    Act, Assurance, Datum, Day, Entry, Instant, Organisation, Region, RegionId, RegionLevel, RegionTree, SubjectKind,
    SubjectView, Words, Zone,
};
use lianfang_policy::{Desk, Env, Expr, Interval, Orgs, Reference, Snapshot, Source, SubjectRef, load, subject_record};
use std::sync::Arc;

fn id(name: &str) -> SubjectId {
    SubjectId(derived(name))
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn region(id: &str, parent: Option<&str>, level: RegionLevel) -> Region {
    Region {
        id: RegionId::new(id),
        code: id.to_owned(),
        name: Words::same(id),
        level,
        parent: parent.map(RegionId::new),
        valid_from: None,
        valid_to: None,
    }
}

fn organisation(
    name: &str,
    kind: &str,
    region: &str,
    sector: Option<&str>,
    functions: &[(&str, &str)],
) -> Organisation {
    Organisation {
        id: id(name),
        kind_type: kind.to_owned(),
        name: Words::same(name),
        region: RegionId::new(region),
        sector: sector.map(str::to_owned),
        functions: functions
            .iter()
            .map(|(f, r)| ((*f).to_owned(), RegionId::new(r)))
            .collect(),
        since: instant("2020-01-01T00:00:00+08:00"),
        until: None,
    }
}

fn interval(register: &str, region: &str, from: &str, to: Instant, body: Datum) -> (String, Vec<Interval>) {
    let area = RegionId::new(region);
    let entry = EntryId(derived(&format!("{register}{region}{from}")));
    let subject = SubjectRef::Region(area.clone());
    (
        register.to_owned(),
        vec![Interval {
            entry,
            subject,
            region: area,
            from: instant(from),
            to,
            body,
            targets: Vec::new(),
        }],
    )
}

fn snapshot() -> Snapshot {
    let file = |name: &str, text: &str| Source {
        path: format!("packs/e/{name}"),
        text: text.to_owned(),
    };
    let probes = "[guard]\n\
        school-day = { title = { zh = \"a\", en = \"a\" }, on = [\"order\"], require = \"calendar('school', now)\", refuse = { zh = \"a\", en = \"a\" } }\n\
        fever = { title = { zh = \"a\", en = \"a\" }, on = [\"order\"], require = \"setting('fever_c') <= 37.0\", refuse = { zh = \"a\", en = \"a\" } }\n";
    let packs = [
        file("base.toml", include_str!("packs/base.toml")),
        file("reporting.toml", include_str!("packs/reporting.toml")),
        file("probes.toml", probes),
    ];
    let city = Source {
        path: "city/settings.toml".to_owned(),
        text: "[setting.fever_c]\nvalue = 37.5\narea = [{ area = \"371702\", value = 37.2 }]\n".to_owned(),
    };
    let loaded = load(&packs, &[city]).unwrap_or_else(|findings| panic!("{findings:#?}"));
    let regions = RegionTree::new([
        region("3717", None, RegionLevel::Prefecture),
        region("371702", Some("3717"), RegionLevel::County),
        region("371702001", Some("371702"), RegionLevel::Township),
        region("371703", Some("3717"), RegionLevel::County),
    ]);
    let orgs = vec![
        organisation("command", "organisation", "3717", None, &[("community", "3717")]),
        organisation(
            "dongcheng",
            "organisation",
            "371702001",
            None,
            &[("community", "371702001")],
        ),
        organisation("school", "school", "371702001", Some("education"), &[]),
        organisation("bureau", "organisation", "371702", None, &[("education", "371702")]),
    ];
    let closed = Datum::record([("calendar", Datum::text("school")), ("open", Datum::Bool(false))]);
    let dated = Datum::record([("setting", Datum::text("fever_c")), ("value", Datum::Int(369))]);
    let mut snapshot = Snapshot::of_model(
        Arc::new(loaded.model),
        Arc::new(regions.unwrap()),
        RegionId::new("3717"),
        Zone::china(),
    );
    snapshot.orgs = Arc::new(Orgs::new(orgs));
    snapshot.reference = Arc::new(Reference::new([
        interval(
            "calendar",
            "371702",
            "2020-01-20T00:00:00+08:00",
            instant("2020-02-10T00:00:00+08:00"),
            closed,
        ),
        interval("setting", "371702", "2020-03-01T00:00:00+08:00", Instant::MAX, dated),
    ]));
    snapshot
}

fn school() -> Datum {
    subject_record(&SubjectView {
        id: id("school"),
        kind: SubjectKind::Organisation,
        kind_type: "school".to_owned(),
        region: RegionId::new("371702001"),
        unit: None,
        since: instant("2020-01-01T00:00:00+08:00"),
        until: None,
    })
}

fn desk(snapshot: &Snapshot, desk: &Expr, subject: Datum) -> (Desk, Option<SubjectId>) {
    let vars = [("subject", subject)];
    let at = instant("2020-02-05T08:00:00+08:00");
    let env = Env {
        vars: &vars,
        snapshot,
        engine: None,
        region: None,
        at,
        now: at,
    };
    let desk = Desk::from_datum(&desk.eval(&env).unwrap()).unwrap();
    let holder = desk.organisation(snapshot, at);
    (desk, holder)
}

#[test]
fn a_task_belongs_to_a_post_and_an_empty_post_falls_upward() {
    let snapshot = snapshot();
    let protocol = snapshot.model.edition("dual-line-daily", 1).unwrap();
    let task = &protocol.tasks[0];
    assert_eq!(
        desk(&snapshot, &task.owner, school()),
        (Desk::Unit(id("school")), Some(id("school")))
    );
    let (line, territory) = (&task.receipts[0], &task.receipts[1]);
    assert_eq!(
        desk(&snapshot, line, school()).1,
        Some(id("bureau")),
        "the line's desk where the school is"
    );
    assert_eq!(desk(&snapshot, territory, school()).1, Some(id("dongcheng")));
    let elsewhere = |region: &str| {
        Datum::record([
            ("id", Datum::text(&id("x").to_string())),
            ("region", Datum::text(region)),
        ])
    };
    assert_eq!(desk(&snapshot, territory, elsewhere("371703")).1, Some(id("command")));
    assert_eq!(desk(&snapshot, territory, elsewhere("nowhere")).1, None);
}

fn holds(snapshot: &Snapshot, guard: &str, region: &str, at: &str) -> bool {
    let (at, region) = (instant(at), RegionId::new(region));
    let vars = [("now", Datum::Int(at.0))];
    let env = Env {
        vars: &vars,
        snapshot,
        engine: None,
        region: Some(&region),
        at,
        now: at,
    };
    snapshot.model.guards[guard].require.eval_bool(&env).unwrap()
}

#[test]
fn a_day_counts_unless_the_calendar_closes_it() {
    let snapshot = snapshot();
    assert!(!holds(
        &snapshot,
        "school-day",
        "371702001",
        "2020-02-09T23:59:59+08:00"
    ));
    assert!(holds(&snapshot, "school-day", "371702001", "2020-02-10T00:00:00+08:00"));
    assert!(
        holds(&snapshot, "school-day", "371703", "2020-02-05T08:00:00+08:00"),
        "another county"
    );
}

#[test]
fn a_setting_is_that_of_its_own_day_and_of_the_narrowest_area() {
    let snapshot = snapshot();
    let at = |region: &str, at: &str| {
        snapshot
            .setting("fever_c", &RegionId::new(region), instant(at))
            .and_then(|value| value.as_int())
    };
    assert_eq!(at("371703", "2020-02-05T08:00:00+08:00"), Some(375), "the city's");
    assert_eq!(at("371702001", "2020-02-05T08:00:00+08:00"), Some(372), "the county's");
    assert_eq!(
        at("371702001", "2020-03-01T00:00:00+08:00"),
        Some(369),
        "since an interval says so"
    );
    assert_eq!(
        at("371702001", "2020-02-29T23:59:59+08:00"),
        Some(372),
        "and not before"
    );
    assert!(holds(&snapshot, "fever", "371702", "2020-03-01T00:00:00+08:00"));
}

#[test]
fn an_entry_shows_what_decides_and_nothing_sealed() {
    let snapshot = snapshot();
    let register = &snapshot.model.registers["arrival"];
    let body = serde_json::json!({
        "arrived_at": "2020-02-05T08:00:00+08:00",
        "phone": "13800000000",
        "nationality": "x",
        "address_region": "371702001",
        "stays": [{ "region": "371702", "from": "2020-01-20", "until": "2020-01-22" }],
    });
    let at = instant("2020-02-05T08:00:00+08:00");
    let entry = Entry {
        id: EntryId(derived("entry")),
        register: "arrival".to_owned(),
        register_version: 1,
        act: Act::New,
        replaces: None,
        subject: id("person"),
        at,
        made_at: None,
        received_at: at,
        recorded_at: at,
        reported_at: None,
        login: None,
        device: None,
        org: None,
        region: RegionId::new("371702001"),
        sector: None,
        channel: "web".to_owned(),
        assurance: Assurance::Seen,
        proxy: false,
        group: None,
        reason: None,
        flags: Vec::new(),
        body: body.as_object().unwrap().clone(),
    };
    let record = register.record(&entry);
    assert_eq!(record.get("arrived_at"), Some(&Datum::Int(at.0)));
    assert_eq!(record.get("assurance"), Some(&Datum::text("seen")));
    assert_eq!(
        (record.get("phone"), record.get("nationality"), record.get("org")),
        (None, None, None)
    );
    let stay = &record.get("stays").unwrap().items()[0];
    assert_eq!(
        stay.get("from"),
        Some(&Datum::Int(i64::from(Day::parse("2020-01-20").unwrap().0)))
    );
}
