//! Figures counted anew are the kept ones, whatever happened; a single number that is wrong is found and mended.

use crate::city::{City, arrival_of, made_up};
use lianfang_kernel::RegionId;
use lianfang_ledger::read::FigureQuery;
use lianfang_ledger::wire::{Author, EntryAnswer};
use lianfang_ledger::{Miscount, Recount};
use lianfang_testkit::{TestDb, both_databases};
use serde_json::{Value, json};

const PACK: &str = r#"
[pack]
id = "trial"
title = { zh = "例", en = "Trial" }
needs = ["core", "arrivals", "isolation"]
[type]
trial_matter = { of = "matter", title = { zh = "事项", en = "Matter" } }
[register.trial_count]
title = { zh = "点数", en = "Counts" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_matter"]
sensitivity = "plain"
retention = "30d"
field = [
  { id = "n", kind = "int", required = true, title = { zh = "数", en = "Number" } },
  { id = "is_approx", kind = "text", title = { zh = "约", en = "About" } },
]
[register.trial_plan]
title = { zh = "暗访安排", en = "Unannounced visits" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_matter"]
nature = "act"
sensitivity = "personal"
retention = "30d"
embargo = "begins_at"
field = [{ id = "begins_at", kind = "instant", required = true, see = ["trial-officer"], title = { zh = "开始", en = "Begins" } }]
[register.trial_stay]
title = { zh = "停留", en = "Stays" }
purpose = { zh = "例", en = "Trial" }
subject = ["trial_matter"]
shape = "interval"
nature = "act"
sensitivity = "plain"
retention = "30d"
field = [{ id = "where", kind = "text", title = { zh = "何处", en = "Where" } }]
[role.trial-officer]
title = { zh = "例", en = "Trial" }
write = ["trial_plan"]
read = { trial_plan = "identified" }
[protocol.trial-watch]
title = { zh = "监测", en = "Watch" }
enrol = { on = ["arrival"] }
task = [{ id = "slots", title = { zh = "两次", en = "Twice" }, owner = "territory(subject)", expects = "temperature", slots = ["06:00-10:00", "16:00-20:00"], days = "0..3" }]
release = [{ outcome = "over", when = "days >= 2" }]
[indicator]
trial-sum = { kind = "sum", of = "trial_count", value = "it.n", where = "it.n != 7", by = ["region", "day"], title = { zh = "数", en = "Sum" } }
trial-rows = { kind = "count", of = "trial_count", by = ["region", "day"], title = { zh = "条", en = "Rows" } }
trial-plans = { kind = "count", of = "trial_plan", by = ["region", "day"], title = { zh = "安排", en = "Plans" } }
trial-stays = { kind = "count", of = "trial_stay", by = ["region", "day"], title = { zh = "停留", en = "Stays" } }
trial-watched = { kind = "count", of = "trial-watch", by = ["region", "state"], title = { zh = "监测", en = "Watched" } }
"#;

fn recount(city: &City) -> Recount {
    city.ledger.read(|reader| reader.recount(&mut |_| {})).unwrap()
}

fn sent(city: &City, value: Value) -> EntryAnswer {
    let answer = city.one(&Author::system(), value);
    assert!(answer.status.is_in(), "{answer:#?}");
    answer
}

fn about(register: &str, region: &str, body: Value) -> Value {
    let subject = json!({ "type": "trial_matter", "identifiers": { "code": format!("{register}{region}") } });
    json!({ "register": register, "region": region, "subject": subject, "body": body })
}

fn mend(city: &City, wrong: Vec<Miscount>) {
    let reply = city.ledger.mend_figures(Author::system(), wrong).unwrap();
    reply.blocking_recv().unwrap().unwrap();
}

/// Entries that are corrected, withdrawn, ended, not for everybody yet; people who come, are watched and let go.
fn history(city: &City) {
    for day in 20..26 {
        city.at(&format!("2022-01-{day}T08:00:00+08:00"));
        for (n, region) in [(day, "371702001"), (7, "371702001"), (100 * day, "371703")] {
            let first = sent(city, about("trial_count", region, json!({ "n": n })));
            city.at(&format!("2022-01-{day}T08:00:0{}+08:00", n % 7 + 1));
            if day % 3 == 0 {
                continue;
            }
            let more = json!({ "register": "trial_count", "act": "correct", "replaces": first.id, "reason": "例", "body": { "n": n + 1 } });
            let second = sent(city, more);
            if day % 3 == 1 {
                let gone =
                    json!({ "register": "trial_count", "act": "withdraw", "replaces": second.id, "reason": "例" });
                sent(city, gone);
            }
        }
        let begins = format!("2022-01-{day}T20:00:00+08:00");
        let plan = sent(city, about("trial_plan", "371702001", json!({ "begins_at": begins })));
        let later = json!({ "register": "trial_plan", "act": "correct", "replaces": plan.id, "reason": "例",
            "body": { "begins_at": format!("2022-01-{}T20:00:00+08:00", day + 1) } });
        sent(city, later);
        let person = u32::try_from(day).unwrap();
        let at = format!("2022-01-{day}T07:00:00+08:00");
        let arrived = sent(city, arrival_of(&made_up(person), "样例", &at));
        if day == 22 {
            let gone = json!({ "register": "arrival", "act": "withdraw", "replaces": arrived.id, "reason": "例" });
            sent(city, gone);
        }
    }
    let stay = sent(city, about("trial_stay", "371703", json!({ "where": "a" })));
    let ended = json!({ "register": "trial_stay", "act": "end", "replaces": stay.id, "body": {} });
    sent(city, ended);
}

#[both_databases]
fn figures_counted_anew_are_the_kept_ones(db: TestDb) {
    let city = City::with(db, PACK);
    city.org("community", "371702001", &["community"]);
    history(&city);
    let found = recount(&city);
    assert_eq!((found.wrong, found.not_looked_at), (Vec::new(), 0));
    // Counts with their corrections, plans with theirs, arrivals, and one stay; ends and withdrawals count for nothing.
    assert!(found.entries > 3 * 6 + 3 * 4 + 2 * 6 + 6, "{}", found.entries);
    assert_eq!(
        found.enrolments % 6,
        0,
        "each arrival is enrolled in as much as the others"
    );
    assert!(found.kept > 30, "{}", found.kept);
}

#[both_databases]
fn a_single_wrong_number_is_found_and_mended(db: TestDb) {
    let city = City::with(db, PACK);
    city.org("community", "371702001", &["community"]);
    history(&city);
    let spoil = |sql: &str| city.db.database.writer().unwrap().execute(sql, &[]).unwrap();
    let one = "(select max(recorded_at) from indicator_delta where indicator = 'trial-sum' and region = '371703')";
    // One number too great, one row gone, one that nothing stands behind, and one of enrolments.
    spoil(&format!(
        "update indicator_delta set n = n + 1 where indicator = 'trial-sum' and region = '371703' and recorded_at = {one}"
    ));
    assert_eq!(spoil("delete from indicator_delta where indicator = 'trial-stays'"), 1);
    spoil(
        "insert into indicator_delta (region, indicator, sector, day, bucket, recorded_at, path, n) \
         select region, 'trial-rows', 'nobody', day, bucket, recorded_at, path, 5 from indicator_delta \
         where indicator = 'trial-sum' and region = '371703' and recorded_at = (select min(recorded_at) from indicator_delta \
         where indicator = 'trial-sum' and region = '371703')",
    );
    spoil(
        "update indicator_delta set n = n - 2 where indicator = 'trial-watched' and bucket = 'opened' and day = 19013",
    );
    let wrong = recount(&city).wrong;
    let told = |one: &Miscount| (one.indicator.clone(), one.region.to_string(), one.counted - one.kept);
    let expected = [
        ("trial-rows", "371703", -5),
        ("trial-stays", "371703", 1),
        ("trial-sum", "371703", -1),
    ];
    let mut expected: Vec<_> = expected
        .map(|(id, region, n)| (id.to_owned(), region.to_owned(), n))
        .to_vec();
    expected.push(("trial-watched".to_owned(), "371702001".to_owned(), 2));
    assert_eq!(wrong.iter().map(told).collect::<Vec<_>>(), expected, "{wrong:#?}");
    assert!(wrong[3].counted_at.is_none() && wrong[2].counted_at.is_some());

    mend(&city, wrong);
    assert_eq!(recount(&city).wrong, []);
    let mut reader = city.db.database.reader().unwrap();
    let sql = "select count(*) as n from audit where kind = 'figures_mended'";
    assert_eq!(reader.query_one(sql, &[]).unwrap().int("n").unwrap(), 1);
}

#[both_databases]
fn an_end_that_is_withdrawn_takes_nothing_out(db: TestDb) {
    let city = City::with(db, PACK);
    let stay = sent(&city, about("trial_stay", "371703", json!({ "where": "a" })));
    let end = json!({ "register": "trial_stay", "act": "end", "replaces": stay.id, "body": {} });
    let end = sent(&city, end);
    let back = json!({ "register": "trial_stay", "act": "withdraw", "replaces": end.id, "reason": "例" });
    sent(&city, back);
    let figure = city
        .ledger
        .read(|r| r.figure("trial-stays", &Default::default()))
        .unwrap()
        .unwrap();
    assert_eq!(figure.value, Some(1));
    assert_eq!(recount(&city).wrong, []);
}

#[both_databases]
fn a_figure_is_the_sum_of_its_parts_however_it_is_taken_apart(db: TestDb) {
    let city = City::with(db, PACK);
    city.org("community", "371702001", &["community"]);
    history(&city);
    let figure = |id: &str, by: &[&str]| {
        let by = by.iter().map(|by| (*by).to_owned()).collect();
        let query = FigureQuery {
            by,
            ..FigureQuery::default()
        };
        city.ledger.read(|r| r.figure(id, &query)).unwrap().unwrap()
    };
    for id in ["trial-sum", "trial-rows", "trial-plans", "trial-stays"] {
        let whole = figure(id, &[]).value;
        assert!(whole.is_some_and(|n| n > 0), "{id}");
        for by in [
            &["day"][..],
            &["region"],
            &["region", "day"],
            &["sector"],
            &["day", "sector"],
        ] {
            let parts: i64 = figure(id, by).rows.iter().filter_map(|row| row.value).sum();
            assert_eq!(Some(parts), whole, "{id} {by:?}");
        }
        let by_day = figure(id, &["day"]).rows;
        let days = || by_day.iter().map(|row| row.key["day"].clone());
        let span = city
            .ledger
            .read(|r| r.figure_span(id, &FigureQuery::default()))
            .unwrap();
        let (first, last) = span.unwrap();
        // A day whose entries were all taken back has nothing left, and still belongs to the span.
        assert!(first.to_string() <= days().min().unwrap() && last.to_string() >= days().max().unwrap());
    }
    let elsewhere = FigureQuery {
        region: Some(RegionId::new("371703")),
        ..FigureQuery::default()
    };
    assert_eq!(
        city.ledger.read(|r| r.figure_span("trial-plans", &elsewhere)).unwrap(),
        None
    );
}

fn sum_up(city: &City) {
    while city.ledger.sum_figures().unwrap().blocking_recv().unwrap().unwrap() {}
}

/// Every figure of every place, taken apart in every way, of now and as of moments, as it is told.
fn all_figures(city: &City) -> Vec<String> {
    let moments = [
        "2022-01-22T08:00:02+08:00",
        "2022-01-24T20:00:00+08:00",
        "2022-01-25T09:00:00+08:00",
    ];
    let moments = moments.map(|at| Some(lianfang_kernel::Instant::parse(at).unwrap()));
    let zone = city.ledger.snapshot().zone.clone();
    let mut told = Vec::new();
    for id in ["trial-sum", "trial-rows", "trial-plans", "trial-stays", "trial-watched"] {
        for region in ["3717", "371702", "371702001", "371703"] {
            for (n, as_of) in moments.into_iter().chain([None, Some(city.ledger.now())]).enumerate() {
                for by in [&[][..], &["day"], &["region"], &["region", "day"], &["state", "region"]] {
                    let day = |text| lianfang_kernel::Instant::parse(text).map(|at| zone.day_of(at)).ok();
                    let query = FigureQuery {
                        region: Some(RegionId::new(region)),
                        by: by.iter().map(|by| (*by).to_owned()).collect(),
                        from: day("2022-01-21T00:00:00+08:00").filter(|_| n % 2 == 1),
                        to: day("2022-01-24T00:00:00+08:00").filter(|_| n % 3 == 1),
                        deep: by.len() == 1 && n > 1,
                        as_of,
                        ..FigureQuery::default()
                    };
                    let figure = city.ledger.read(|r| r.figure(id, &query)).unwrap().unwrap();
                    told.push(format!("{id} {region} {query:?}: {:?} {:?}", figure.value, figure.rows));
                }
            }
        }
    }
    told
}

/// Figures read with sums are those read without.
fn sums_tell_the_same(city: &City) {
    let with = all_figures(city);
    let writer = || city.db.database.writer().unwrap();
    let kept = writer()
        .query_one("select value from meta where name = 'summed_to'", &[])
        .unwrap();
    writer()
        .execute("delete from meta where name = 'summed_to'", &[])
        .unwrap();
    let without = all_figures(city);
    let kept = kept.text("value").unwrap();
    let sql = "insert into meta (name, value) values ('summed_to', $1)";
    writer().execute(sql, &[kept.into()]).unwrap();
    for (with, without) in with.iter().zip(&without) {
        assert_eq!(with, without);
    }
}

#[both_databases]
fn sums_tell_what_the_rows_tell(db: TestDb) {
    let city = City::with(db, PACK);
    city.org("community", "371702001", &["community"]);
    history(&city);
    city.at("2022-01-25T12:00:00+08:00");
    sum_up(&city);
    let mut reader = city.db.database.reader().unwrap();
    let mut sums = || {
        let sql = "select count(*) as n from indicator_sum where indicator like 'trial-%'";
        reader.query_one(sql, &[]).unwrap().int("n").unwrap()
    };
    let first = sums();
    assert!(first > 50, "{first}");
    sums_tell_the_same(&city);
    // What is recorded afterwards, and opens, and is taken back, stands beside the sums until they move on.
    city.at("2022-01-25T20:30:00+08:00");
    let late = sent(&city, about("trial_count", "371702", json!({ "n": 1_000 })));
    let plan = json!({ "begins_at": "2022-01-26T20:00:00+08:00" });
    sent(&city, about("trial_plan", "371703", plan));
    sums_tell_the_same(&city);
    city.at("2022-01-26T21:00:00+08:00");
    let gone = json!({ "register": "trial_count", "act": "withdraw", "replaces": late.id, "reason": "例" });
    sent(&city, gone);
    sums_tell_the_same(&city);
    city.at("2022-01-26T21:00:01+08:00");
    sum_up(&city);
    assert!(sums() > first);
    sums_tell_the_same(&city);
    assert_eq!(recount(&city).sums_wrong, 0);
}

#[both_databases]
fn a_wrong_sum_is_found_and_made_anew(db: TestDb) {
    let city = City::with(db, PACK);
    city.org("community", "371702001", &["community"]);
    history(&city);
    city.at("2022-01-25T12:00:00+08:00");
    sum_up(&city);
    let sql = "update indicator_sum set n = n + 1 where indicator = 'trial-rows' and path = '/3717/' and day = 19013";
    assert_eq!(city.db.database.writer().unwrap().execute(sql, &[]).unwrap(), 1);
    let rows = || {
        let query = FigureQuery::default();
        city.ledger
            .read(|r| r.figure("trial-rows", &query))
            .unwrap()
            .unwrap()
            .value
    };
    let (spoilt, found) = (rows(), recount(&city));
    assert_eq!((found.wrong, found.sums_wrong), (Vec::new(), 1));
    mend(&city, Vec::new());
    assert_eq!(rows().map(|n| n + 1), spoilt, "read without sums");
    sum_up(&city);
    assert_eq!((rows().map(|n| n + 1), recount(&city).sums_wrong), (spoilt, 0));
    sums_tell_the_same(&city);
}
