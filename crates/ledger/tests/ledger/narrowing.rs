//! Lists narrowed by what a field says, on both databases.

use crate::city::{City, arrival_of, made_up};
use lianfang_kernel::ids::EntryId;
use lianfang_kernel::{Instant, RegionId};
use lianfang_ledger::read::{EntryFilter, SearchQuery, Sight};
use lianfang_testkit::{TestDb, both_databases};

#[both_databases]
fn a_list_is_narrowed_by_a_code_and_by_a_yes_or_no(db: TestDb) {
    let city = City::new(db);
    let grid = city.staff("grid-worker", city.org("community", "371702001", &["community"]));
    for (n, transport, suitable) in [(1, "train", true), (2, "train", false), (3, "car", true)] {
        let mut entry = arrival_of(&made_up(n), "样例", "2022-01-20T08:00:00+08:00");
        entry["body"]["transport"] = transport.into();
        entry["body"]["home_suitable"] = suitable.into();
        let answer = city.one(&grid, entry);
        assert!(answer.subject.is_some(), "{answer:?}");
    }
    let count = |fields: &[(&str, &str)]| {
        let filter = EntryFilter {
            register: Some("arrival".into()),
            fields: fields.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect(),
            limit: 10,
            ..EntryFilter::default()
        };
        city.ledger
            .read(|r| r.entries(&Sight::All, &filter))
            .unwrap()
            .items
            .len()
    };
    assert_eq!(count(&[]), 3);
    assert_eq!(count(&[("transport", "train")]), 2);
    assert_eq!(count(&[("home_suitable", "true")]), 2);
    assert_eq!(count(&[("transport", "train"), ("home_suitable", "false")]), 1);
    assert_eq!(count(&[("transport", "train' or '1'='1")]), 0);
}

/// A few who arrived long ago at a hotel in the other county, and so many since then that nobody comes to the few by walking.
fn long_list(city: &City) {
    let grid = city.staff("grid-worker", city.org("community", "3717", &["community"]));
    let arrival = |n: u32, is_old: bool| {
        let at = if is_old {
            "2022-01-02T08:00:00+08:00"
        } else {
            "2022-01-20T08:00:00+08:00"
        };
        let mut entry = arrival_of(&made_up(n), if n.is_multiple_of(2) { "王样例" } else { "样例王" }, at);
        if is_old {
            entry["region"] = "371703".into();
            entry["body"]["place_type"] = "hotel".into();
        }
        city.entry(entry)
    };
    city.send(&grid, (0..25).map(|n| arrival(n, true)).collect());
    for first in [100, 600, 1_100] {
        city.at("2022-01-20T08:00:00+08:00");
        city.send(&grid, (first..first + 500).map(|n| arrival(n, false)).collect());
    }
}

fn ids(city: &City, filter: &EntryFilter) -> Vec<EntryId> {
    let (mut found, mut filter) = (Vec::new(), filter.clone());
    loop {
        let page = city.ledger.read(|r| r.entries(&Sight::All, &filter)).unwrap();
        found.extend(page.items.iter().map(|item| item.id));
        match page.next {
            Some(next) => filter.cursor = Some(next),
            None => return found,
        }
    }
}

#[both_databases]
fn few_old_entries_among_many_are_found_in_every_way_that_narrows_the_list(db: TestDb) {
    let city = City::new(db);
    long_list(&city);
    let all = EntryFilter {
        register: Some("arrival".into()),
        limit: 10,
        ..EntryFilter::default()
    };
    let is = |value: &str| vec![("place_type".to_owned(), value.to_owned())];
    let by_value = EntryFilter {
        fields: is("hotel"),
        ..all.clone()
    };
    let by_region = EntryFilter {
        region: Some(RegionId::new("371703")),
        ..all.clone()
    };
    let by_day = EntryFilter {
        to: Instant::parse("2022-01-03T00:00:00+08:00").ok(),
        ..all.clone()
    };
    let everything = EntryFilter {
        limit: 500,
        ..all.clone()
    };
    let every = ids(&city, &everything);
    assert_eq!(every.len(), 1_525);
    let old = &every[1_500..];
    for filter in [&by_value, &by_region, &by_day] {
        assert_eq!(ids(&city, filter), old, "{filter:?}");
        let mut streamed = Vec::new();
        let mut each = |item: lianfang_ledger::read::EntryItem| {
            streamed.push(item.id);
            Ok(())
        };
        let is_whole = city.ledger.read(|r| r.each_of(&Sight::All, filter, 25, &mut each));
        assert!(is_whole.unwrap());
        assert_eq!(streamed, old);
        let is_whole = city
            .ledger
            .read(|r| r.each_of(&Sight::All, filter, 24, &mut |_| Ok(())));
        assert!(!is_whole.unwrap(), "25 are more than 24");
    }
    let neither = EntryFilter {
        fields: is("home"),
        ..by_region.clone()
    };
    assert_eq!(ids(&city, &neither), []);
    let seen = Sight::Region(RegionId::new("371703"));
    let page = city.ledger.read(|r| r.entries(&seen, &all)).unwrap();
    assert!(page.items.iter().all(|item| old.contains(&item.id)) && page.items.len() == 10);
}

/// Arrivals of one day: every fifth in the other county, every third at a hotel.
fn arrivals(city: &City, numbers: std::ops::Range<u32>, at: &str) {
    let grid = city.staff("grid-worker", city.org("community", "3717", &["community"]));
    let arrival = |n: u32| {
        let mut entry = arrival_of(&made_up(n), "样例", at);
        if n.is_multiple_of(5) {
            entry["region"] = "371703".into();
        }
        if n.is_multiple_of(3) {
            entry["body"]["place_type"] = "hotel".into();
        }
        city.entry(entry)
    };
    city.send(&grid, numbers.map(arrival).collect());
}

#[both_databases]
fn past_days_hold_what_was_recorded_then_and_what_was_recorded_late(db: TestDb) {
    let city = City::new(db);
    arrivals(&city, 0..300, "2022-01-20T08:00:00+08:00");
    city.at("2022-01-25T08:00:00+08:00");
    for first in [1_000, 1_500, 2_000] {
        arrivals(&city, first..first + 450, "2022-01-25T08:00:00+08:00");
    }
    arrivals(&city, 3_000..3_040, "2022-01-20T08:00:00+08:00");
    let all = EntryFilter {
        register: Some("arrival".into()),
        limit: 500,
        ..EntryFilter::default()
    };
    let mut every = Vec::new();
    let mut each = |item: lianfang_ledger::read::EntryItem| {
        every.push(item);
        Ok(())
    };
    assert!(
        city.ledger
            .read(|r| r.each_of(&Sight::All, &all, 9_000, &mut each))
            .unwrap()
    );
    assert_eq!(every.len(), 1_690);
    let days = ["2022-01-19", "2022-01-21", "2022-01-24", "2022-01-26"];
    let day = |n: usize| Instant::parse(&format!("{}T00:00:00+08:00", days[n])).ok();
    for (from, to) in [(0, 1), (0, 2), (1, 2), (1, 3), (0, 3)] {
        for (region, value) in [(false, false), (true, false), (false, true), (true, true)] {
            let filter = EntryFilter {
                from: day(from),
                to: day(to),
                region: region.then(|| RegionId::new("371703")),
                fields: value
                    .then(|| ("place_type".to_owned(), "hotel".to_owned()))
                    .into_iter()
                    .collect(),
                limit: 30,
                ..all.clone()
            };
            let fits = |item: &&lianfang_ledger::read::EntryItem| {
                Some(item.at) >= filter.from
                    && Some(item.at) < filter.to
                    && (!region || item.region.as_str() == "371703")
                    && (!value || item.body["place_type"] == "hotel")
            };
            let expected: Vec<EntryId> = every.iter().filter(fits).map(|item| item.id).collect();
            assert_eq!(ids(&city, &filter), expected, "{filter:?}");
        }
    }
}

#[both_databases]
fn entries_from_before_a_field_was_indexed_are_entered_at_the_next_start(db: TestDb) {
    let city = City::new(db);
    long_list(&city);
    let count = |city: &City| {
        let mut reader = city.db.database.reader().unwrap();
        let row = reader.query_one("select count(*) as n from entry_value where field = 'place_type'", &[]);
        row.unwrap().int("n").unwrap()
    };
    assert_eq!(count(&city), 1_525);
    let mut writer = city.db.database.writer().unwrap();
    writer
        .batch("delete from entry_value; delete from indexed_field")
        .unwrap();
    drop(writer);
    let ledger = city.opened_with(crate::city::master()).unwrap();
    assert_eq!(count(&city), 1_525);
    drop(ledger);
    // A program of before wrote the last of them beside this one, after it had started.
    let mut writer = city.db.database.writer().unwrap();
    writer
        .batch(
            "delete from entry_value where recorded_at = (select max(recorded_at) from entry where register = 'arrival'); \
             update indexed_field set complete_to = complete_to - 1 where register = 'arrival'",
        )
        .unwrap();
    drop(writer);
    assert!(count(&city) < 1_525);
    let ledger = city.opened_with(crate::city::master()).unwrap();
    assert_eq!(count(&city), 1_525);
    let filter = EntryFilter {
        register: Some("arrival".into()),
        fields: vec![("place_type".to_owned(), "hotel".to_owned())],
        limit: 50,
        ..EntryFilter::default()
    };
    let found = ledger.read(|r| r.entries(&Sight::All, &filter)).unwrap();
    assert_eq!(found.items.len(), 25);
}

#[both_databases]
fn who_bears_a_common_name_is_found_by_a_number_and_by_the_region_of_the_reader(db: TestDb) {
    let city = City::new(db);
    long_list(&city);
    let grid = city.staff("grid-worker", city.org("community", "3717", &["community"]));
    // With these more bear the name than are read whole, and the one that is looked for is the last of them.
    let more = |n: u32| city.entry(arrival_of(&made_up(n), "王样例", "2022-01-20T08:00:00+08:00"));
    city.send(&grid, (2_000..2_600).map(more).collect());
    let mut last = arrival_of(&made_up(5_000), "王样例", "2022-01-20T08:00:00+08:00");
    last["subject"]["identifiers"]["phone"] = "13912347890".into();
    let last = city.one(&grid, last);
    let find = |sight: &Sight, name: &str, last4: Option<&str>| {
        let query = SearchQuery {
            name_part: Some(name.to_owned()),
            last4: last4.map(str::to_owned),
            ..SearchQuery::default()
        };
        city.ledger.read(|r| r.search(sight, &query)).unwrap()
    };
    let both = find(&Sight::All, "王", Some("7890"));
    assert!(both.len() == 1 && Some(both[0].id) == last.subject, "{both:?}");
    assert_eq!(find(&Sight::All, "wang", None).len(), 50);
    let there = Sight::Region(RegionId::new("371703"));
    assert_eq!(find(&there, "王", None).len(), 25);
    assert_eq!(find(&there, "样例王", None).len(), 12);
    assert_eq!(find(&Sight::Nothing, "王", None), []);
}
