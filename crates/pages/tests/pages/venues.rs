//! The door of a venue: in, out, full, and the last tap taken back.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;
use serde_json::json;

/// A library that takes so many.
async fn library(city: &City, cap: Option<i64>) -> String {
    let file = json!({
        "register": "premises_file", "region": "371702001",
        "subject": { "type": "library", "name": "City library" }, "body": { "business_name": "City library" },
    });
    let made = city.write_as("market-regulator", file).await;
    let id = made.subject.unwrap().to_string();
    if let Some(cap) = cap {
        let set = json!({ "register": "venue_cap", "subject": id, "body": { "people": cap } });
        assert!(city.write_as("venue-counter", set).await.problems.is_empty());
    }
    city.clock.advance_ms(60_000);
    id
}

/// Taps the first button whose form counts so.
async fn tap(browser: &mut Browser<'_>, venue: &str, way: &str, people: &str) -> Shown {
    let page = browser.get(&format!("/venues/{venue}")).await;
    let wanted = [
        format!("name=\"way\" value=\"{way}\""),
        format!("name=\"people\" value=\"{people}\""),
    ];
    let form = page
        .html
        .split("<form")
        .find(|form| wanted.iter().all(|part| form.contains(part)));
    let entry = form
        .unwrap()
        .split_once("name=\"entry\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let csrf = page.input("csrf");
    let fields = [
        ("csrf", csrf.as_str()),
        ("way", way),
        ("people", people),
        ("entry", entry),
    ];
    let sent = browser.post(&format!("/venues/{venue}"), &fields).await;
    // A shaking hand: the same tap again is the same tap.
    browser.post(&format!("/venues/{venue}"), &fields).await;
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn at_the_cap_the_next_one_is_refused_with_the_rule_and_a_mistake_is_taken_back() {
    let city = City::new().await;
    let venue = library(&city, Some(3)).await;
    let mut door = Browser::new(&city, "en");
    door.sign_in("door").await;
    assert!(door.get("/venues").await.has("City library"));

    assert_eq!(tap(&mut door, &venue, "in", "2").await.status, StatusCode::SEE_OTHER);
    let sent = tap(&mut door, &venue, "in", "1").await;
    let page = door.get(&sent.location).await;
    assert!(
        page.has(">3</strong> / 3 inside") && page.has("Full: nobody enters"),
        "{}",
        page.html
    );
    let refused = tap(&mut door, &venue, "in", "1").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.has("wait until somebody leaves") && refused.has("人流量管控"),
        "{}",
        refused.html
    );
    assert!(refused.has(">3</strong> / 3 inside"));

    let undo = page.html.split_once("/undo\"").unwrap().1;
    let last = undo
        .split_once("name=\"entry\" value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let csrf = page.input("csrf");
    let back = door
        .post(&format!("/venues/{venue}/undo"), &[("csrf", &csrf), ("entry", last)])
        .await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.html);
    assert!(door.get(&back.location).await.has(">2</strong> / 3 inside"));
    city.clock.advance_ms(60_000);
    assert_eq!(tap(&mut door, &venue, "out", "1").await.status, StatusCode::SEE_OTHER);
    let page = door.get(&format!("/venues/{venue}")).await;
    assert!(
        page.has(">1</strong> / 3 inside") && page.has("Room for 2"),
        "{}",
        page.html
    );
    let refused = tap(&mut door, &venue, "out", "5").await;
    assert!(refused.has("More leave than are inside"), "{}", refused.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_cap_nobody_enters_and_others_do_not_count() {
    let city = City::new().await;
    let venue = library(&city, None).await;
    let (mut door, mut grid) = (Browser::new(&city, "zh"), Browser::new(&city, "zh"));
    door.sign_in("door").await;
    grid.sign_in("grid").await;
    assert_eq!(
        tap(&mut door, &venue, "in", "1").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert!(door.get(&format!("/venues/{venue}")).await.has("未设上限"));
    assert_eq!(door.get("/venues/x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(grid.get("/venues").await.status, StatusCode::FORBIDDEN);
}
