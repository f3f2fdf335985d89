//! The desk of a clinic: triage, refusals in place, the queue, what is left at the end of the day.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;
use serde_json::json;

/// A triage as the form sends it.
async fn triage(browser: &mut Browser<'_>, said: &[(&str, &str)]) -> Shown {
    let form = browser.get("/clinic").await;
    let (entry, csrf) = (form.input("entry"), form.input("csrf"));
    let mut fields = vec![("csrf", csrf.as_str()), ("entry", entry.as_str())];
    fields.extend_from_slice(said);
    browser.post("/clinic/triage", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_neither_goes_to_the_general_clinic_and_who_has_fever_does_not() {
    let city = City::new().await;
    let mut nurse = Browser::new(&city, "en");
    nurse.sign_in("clinic").await;
    let sent = triage(&mut nurse, &[("celsius", "365"), ("exposed", "false")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    assert!(nurse.get(&sent.location).await.has("No. 1 goes to: General clinic"));
    city.clock.advance_ms(1_000);
    let sent = triage(
        &mut nurse,
        &[
            ("celsius", "38。2"),
            ("exposed", "false"),
            ("symptom", "cough"),
            ("room", "F1"),
        ],
    )
    .await;
    let page = nurse.get(&sent.location).await;
    assert!(
        page.has("No. 2 goes to: Fever clinic") && page.has("38.2 ℃ · Cough"),
        "{}",
        page.html
    );
    assert!(page.has("<h3>F1 "), "{}", page.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_destination_that_the_guard_refuses_is_refused_in_place_and_the_visit_stays_undecided() {
    let city = City::new().await;
    let mut nurse = Browser::new(&city, "en");
    nurse.sign_in("clinic").await;
    let refused = triage(
        &mut nurse,
        &[("celsius", "36.5"), ("exposed", "true"), ("to", "general")],
    )
    .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("nobody goes to the general clinic"), "{}", refused.html);
    assert!(refused.has("One visit has no destination"), "{}", refused.html);
    let (visit, csrf) = (refused.input("visit"), refused.input("csrf"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("visit", visit.as_str()),
        ("to", "fever_clinic"),
    ];
    assert_eq!(nurse.post("/clinic/route", &fields).await.status, StatusCode::SEE_OTHER);
    let page = nurse.get("/clinic").await;
    assert!(
        page.has("Everybody has a destination") && page.has("1 waiting"),
        "{}",
        page.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_triage_without_an_answer_is_none_and_keeps_what_was_typed() {
    let city = City::new().await;
    let mut nurse = Browser::new(&city, "en");
    nurse.sign_in("clinic").await;
    let refused = triage(&mut nurse, &[("celsius", "36.5")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.html);
    assert!(
        refused.has("value=\"36.5\"") && refused.has("href=\"#f-exposed\""),
        "{}",
        refused.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_called_seen_or_leaves_moves_on() {
    let city = City::new().await;
    let mut nurse = Browser::new(&city, "en");
    nurse.sign_in("clinic").await;
    triage(&mut nurse, &[("celsius", "36.5"), ("exposed", "false")]).await;
    city.clock.advance_ms(25 * 60_000);
    let page = nurse.get("/clinic").await;
    assert!(page.has("25 min"), "{}", page.html);
    let (visit, csrf) = (page.input("visit"), page.input("csrf"));
    let mut step = async |step: &str, room: &str| {
        let fields = [
            ("csrf", csrf.as_str()),
            ("visit", visit.as_str()),
            ("step", step),
            ("room", room),
        ];
        (
            nurse.post("/clinic/step", &fields).await.status,
            nurse.get("/clinic").await,
        )
    };
    assert!(step("called", "").await.1.has("Called"));
    assert!(step("moved", "").await.0 == StatusCode::UNPROCESSABLE_ENTITY);
    assert!(step("moved", "Room 7").await.1.has("<h3>Room 7 "));
    assert!(step("seen", "").await.1.has("Nobody waits"));
    assert!(step("called", "").await.0 == StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn entrances_and_triage_reconcile_and_rooms_are_told() {
    let city = City::new().await;
    let mut nurse = Browser::new(&city, "en");
    nurse.sign_in("clinic").await;
    triage(&mut nurse, &[("celsius", "36.5"), ("exposed", "false")]).await;
    assert!(nurse.get("/clinic").await.has("Not entered yet"));
    let count = json!({ "register": "entrance_count", "subject": city.community, "body": { "entrants": 3 } });
    city.write_as("clinic-desk", count).await;
    let clean = json!({
        "register": "terminal_disinfection",
        "subject": { "type": "isolation_room", "identifiers": { "code": "GL-1" }, "name": "GL-1" },
        "region": "371702001",
        "body": { "result": "done", "agent": "chlorine", "concentration": "1000mg/L", "operator": "001" }
    });
    let room = city.write_as("ward-desk", clean).await.subject;
    let room = json!({ "register": "room_plan", "subject": city.community, "body": { "tier": "main", "room": room } });
    let planned = city.write_as("ward-desk", room).await;
    assert!(planned.problems.is_empty(), "{planned:?}");
    let page = nurse.get("/clinic").await;
    assert!(page.has("Entered without triage") && page.has(">2<"), "{}", page.html);
    assert!(page.has("0 of 1 main rooms taken") && page.has("Free"), "{}", page.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_renews_itself_when_something_was_written_and_is_nobody_elses() {
    let city = City::new().await;
    let mut nurse = Browser::new(&city, "en");
    nurse.sign_in("clinic").await;
    let page = nurse.get("/clinic").await;
    let (_, rest) = page.html.split_once("hx-get=\"").unwrap();
    let again = rest.split('"').next().unwrap().replace("&amp;", "&");
    assert_eq!(nurse.get(&again).await.status, StatusCode::NO_CONTENT);
    city.clock.advance_ms(1_000);
    triage(&mut nurse, &[("celsius", "36.5"), ("exposed", "false")]).await;
    assert_eq!(nurse.get(&again).await.status, StatusCode::OK);
    let past = nurse.get("/clinic?as_of=2022-01-20T07:00").await;
    assert!(past.has("Nobody waits") && !past.has("/clinic/triage"), "{}", past.html);
    let mut other = Browser::new(&city, "en");
    other.sign_in("grid").await;
    assert_eq!(other.get("/clinic").await.status, StatusCode::FORBIDDEN);
}
