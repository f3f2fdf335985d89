//! The dispatch board: a request is sent a free vehicle in one step, and nothing is sent to two places at once.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;
use serde_json::json;

/// A vehicle and so many calls, a minute apart.
async fn calls(city: &City, n: usize) {
    let car = json!({
        "register": "support_resource", "region": "371702001",
        "subject": { "type": "support_vehicle", "identifiers": { "code": "CL-1" }, "name": "Car one" },
        "body": { "keeper": city.community.to_string(), "seats": 4 },
    });
    assert!(city.write_as("request-desk", car).await.problems.is_empty());
    for n in 1..=n {
        let call = json!({
            "register": "request", "region": "371702001",
            "subject": { "type": "public_request", "identifiers": { "code": format!("MH-{n}") }, "name": format!("MH-{n}") },
            "body": { "kind": "trip", "how": "phone", "what": "to the hospital" },
        });
        let answer = city.write_as("request-desk", call).await;
        assert!(answer.problems.is_empty(), "{:?}", answer.problems);
        city.clock.advance_ms(60_000);
    }
}

/// Sends what the form of the named request proposes.
async fn send(browser: &mut Browser<'_>, request: &str) -> Shown {
    let board = browser.get("/dispatch").await;
    let card = board
        .html
        .split("<li class=\"desk-card\"")
        .find(|card| card.contains(request))
        .unwrap();
    let card = Shown {
        html: card.to_owned(),
        ..board
    };
    let resource = card
        .html
        .split_once("option value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let fields = ["csrf", "request", "entry", "from", "to"].map(|name| (name, value(&card.html, name)));
    let mut fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("resource", resource));
    browser.post("/dispatch/assign", &fields).await
}

fn value(html: &str, name: &str) -> String {
    let tag = html.split_once(&format!("name=\"{name}\"")).unwrap().1;
    tag.split_once("value=\"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_sent_a_free_vehicle_in_one_step_and_its_clock_of_response_stops() {
    let city = City::new().await;
    calls(&city, 2).await;
    let mut desk = Browser::new(&city, "en");
    desk.sign_in("calls").await;
    let board = desk.get("/dispatch").await;
    let (first, second) = (board.html.find(">MH-1<").unwrap(), board.html.find(">MH-2<").unwrap());
    assert!(
        first < second && board.has("Respond") && board.has("Free now"),
        "{}",
        board.html
    );
    assert!(!board.has("to the hospital"), "what is asked stays sealed");

    let sent = send(&mut desk, ">MH-1<").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let board = desk.get(&sent.location).await;
    assert!(
        board.has("Car one was sent") && board.has("08:05–09:05"),
        "{}",
        board.html
    );
    let card = board.html.split("<li class=\"desk-card\"").nth(1).unwrap();
    assert!(card.contains("Answer") && !card.contains("Respond"), "{card}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_booking_is_refused_with_what_it_collides_with_and_nothing_lands() {
    let city = City::new().await;
    calls(&city, 2).await;
    let mut desk = Browser::new(&city, "en");
    desk.sign_in("calls").await;
    assert_eq!(send(&mut desk, ">MH-1<").await.status, StatusCode::SEE_OTHER);
    let refused = send(&mut desk, ">MH-2<").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.has("Car one is taken then: MH-1 (08:05–09:05)"),
        "{}",
        refused.html
    );
    let card = refused.html.split("<li class=\"desk-card\"").nth(2).unwrap();
    assert!(card.contains("MH-2") && card.contains("Respond"), "{card}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_dispatch_sees_no_board() {
    let city = City::new().await;
    let mut grid = Browser::new(&city, "zh");
    grid.sign_in("grid").await;
    assert_eq!(grid.get("/dispatch").await.status, StatusCode::FORBIDDEN);
}
