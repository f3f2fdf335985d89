//! The log of operations: written, corrected by a later entry, read day by day and at a moment of the past.

use crate::city::{Browser, City, Shown};
use axum::http::StatusCode;
use serde_json::json;

async fn log(browser: &mut Browser<'_>, said: &[(&str, &str)]) -> Shown {
    let form = browser.get("/operations").await;
    let (entry, csrf) = (form.input("entry"), form.input("csrf"));
    let mut fields = vec![("csrf", csrf.as_str()), ("entry", entry.as_str())];
    fields.extend_from_slice(said);
    browser.post("/operations", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_stands_as_the_later_entry_that_it_is() {
    let city = City::new().await;
    let mut keeper = Browser::new(&city, "en");
    keeper.sign_in("keeper").await;
    let first = [
        ("at", "2022-01-19T09:00"),
        ("kind", "case"),
        ("text", "First case, meeting on the day"),
        ("origin", "Command office"),
    ];
    let sent = log(&mut keeper, &first).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let page = keeper.get(&sent.location).await;
    assert!(
        page.has("Entered in the log") && page.has("<h2>19 Jan 2022</h2>"),
        "{}",
        page.html
    );
    let link = page.html.split("href=\"/entries/").nth(1).unwrap();
    let id = link.split('"').next().unwrap().to_owned();

    city.clock.advance_ms(3_600_000);
    let corrected = json!({
        "register": "operations_event", "act": "correct", "replaces": id, "reason": "minutes",
        "at": "2022-01-19T09:00:00+08:00",
        "body": { "kind": "case", "text": "First case, meeting in the night", "origin": "Minutes" },
    });
    let answer = city.write_for("log-keeper", city.command, corrected).await;
    assert!(answer.problems.is_empty(), "{:?}", answer.problems);

    let page = keeper.get("/operations").await;
    let (newest, before) = page.html.split_once("<h2>19 Jan 2022</h2>").unwrap();
    assert!(
        newest.contains("<h2>20 Jan 2022</h2>") && newest.contains("meeting in the night"),
        "{newest}"
    );
    assert!(newest.contains("corrects the entry of 19 Jan 2022 09:00"), "{newest}");
    assert!(
        before.contains("meeting on the day") && before.contains("Corrected by the entry of 20 Jan 2022"),
        "{before}"
    );

    let past = keeper.get("/operations?as_of=2022-01-20T08:30").await;
    assert!(
        past.has("meeting on the day") && !past.has("in the night") && !past.has("Log an event"),
        "{}",
        past.html
    );
    let narrowed = keeper.get("/operations?source=Minutes").await;
    assert!(
        narrowed.has("in the night") && !narrowed.has("meeting on the day</p>"),
        "{}",
        narrowed.html
    );
    assert!(keeper.get("/operations?kind=meeting").await.has("No such event"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_happened_is_refused_in_place_and_what_has_no_source_at_its_field() {
    let city = City::new().await;
    let mut keeper = Browser::new(&city, "en");
    keeper.sign_in("keeper").await;
    let told = [("kind", "other"), ("text", "A turning point"), ("origin", "A guess")];
    let mut ahead = vec![("at", "2022-02-19T09:00")];
    ahead.extend_from_slice(&told);
    let refused = log(&mut keeper, &ahead).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.has("not happened yet") && refused.has("value=\"A turning point\""),
        "{}",
        refused.html
    );
    let refused = log(&mut keeper, &told[..2]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.has("id=\"e-origin\""), "{}", refused.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_the_log_sees_none() {
    let city = City::new().await;
    let mut grid = Browser::new(&city, "zh");
    grid.sign_in("grid").await;
    assert_eq!(grid.get("/operations").await.status, StatusCode::FORBIDDEN);
}
