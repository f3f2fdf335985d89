//! Staff: signing in, the tasks of the day, forms of registers, files.

use crate::city::{Browser, City, PASSWORD, Shown, ZHANG};
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_led_to_the_sign_in() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    for path in ["/today", "/registers", "/subjects", "/registers/arrival/new"] {
        let shown = browser.get(path).await;
        assert_eq!(shown.status, StatusCode::SEE_OTHER, "{path}");
        assert!(shown.location.starts_with("/sign-in?next=%2F"), "{}", shown.location);
    }
    let wrong = browser
        .post("/sign-in", &[("login", "grid"), ("password", "wrong")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.has("e-password") && wrong.has("value=\"grid\""), "{}", wrong.html);
    let away = browser
        .post(
            "/sign-in",
            &[("login", "grid"), ("password", PASSWORD), ("next", "//other.example")],
        )
        .await;
    assert_eq!(away.location, "/today");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arrival_is_registered_by_form_and_its_file_opened_with_a_reason() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("grid").await;
    let form = browser.get("/registers/arrival/new").await;
    assert!(
        form.has("subject.document") && form.has("value=\"stays\""),
        "{}",
        form.html
    );
    let csrf = form.input("csrf");
    let sent = register_arrival(&mut browser, &csrf, &form.input("entry")).await;
    let entry_page = browser.get(&sent.location).await;
    assert!(
        entry_page.has("张**") && entry_page.has("自有或租住房屋"),
        "{}",
        entry_page.html
    );
    let list = browser.get("/registers/arrival").await;
    assert!(list.has("张**"), "{}", list.html);
    let subject = list
        .html
        .split_once("/subjects/")
        .and_then(|(_, rest)| rest.split_once('"'))
        .unwrap()
        .0
        .to_owned();
    let file = browser.get(&format!("/subjects/{subject}")).await;
    assert!(file.has("张**") && !file.has("张样例"), "{}", file.html);
    let silent = browser
        .post(&format!("/subjects/{subject}/unmask"), &[("csrf", &csrf)])
        .await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = browser
        .post(
            &format!("/subjects/{subject}/unmask"),
            &[("csrf", &csrf), ("reason", "电话核实行程")],
        )
        .await;
    assert!(opened.has("张样例") && opened.has(ZHANG), "{}", opened.html);
    let found = browser
        .post("/subjects", &[("csrf", &csrf), ("q", ZHANG), ("purpose", "follow_up")])
        .await;
    assert!(found.has("张**"), "{}", found.html);

    let undone = format!("{}/withdraw", sent.location.trim_end_matches("?sent=1"));
    let taken_back = browser.post(&undone, &[("csrf", &csrf), ("reason", "undo")]).await;
    assert_eq!(taken_back.location, "/today", "{}", taken_back.html);
}

/// Adds a row to the form of an arrival, fills it in and sends it.
async fn register_arrival(browser: &mut Browser<'_>, csrf: &str, entry: &str) -> Shown {
    let with_row = browser
        .post(
            "/registers/arrival/new",
            &[("csrf", csrf), ("entry", entry), ("add", "stays")],
        )
        .await;
    assert!(
        with_row.has("stays.0.region") && with_row.input("entry") == entry,
        "{}",
        with_row.html
    );
    let arrival = [
        ("csrf", csrf),
        ("entry", entry),
        ("act", "send"),
        ("subject.name", "张样例"),
        ("subject.document.kind", "cn_id"),
        ("subject.document.number", ZHANG),
        ("subject.region.base", "371702001"),
        ("place_type", "home"),
        ("stays.0.region.base", "3717"),
        ("stays.0.from", "2022-01-10T00:00"),
        ("stays.0.until", "2022-01-19T00:00"),
    ];
    let sent = browser.post("/registers/arrival/new", &arrival).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_temperature_is_entered_for_a_file_and_a_wrong_one_is_shown_again() {
    let city = City::new().await;
    let arrival = json!({
        "register": "arrival", "at": "2022-01-20T07:50:00+08:00", "assurance": "seen", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "cn_id": ZHANG }, "name": "张样例" },
        "body": { "place_type": "home", "stays": [], "contacts": [] }
    });
    let subject = city.write(arrival).await.subject.unwrap().to_string();
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("grid").await;
    let today = browser.get("/today").await;
    assert_eq!(today.status, StatusCode::OK, "{}", today.html);
    let form = browser
        .get(&format!("/registers/temperature/new?subject={subject}"))
        .await;
    let (csrf, entry) = (form.input("csrf"), form.input("entry"));
    let fields = |celsius: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("entry", entry.clone()),
            ("subject", subject.clone()),
            ("celsius", celsius.to_owned()),
        ]
    };
    let borrow = |fields: &[(&'static str, String); 4]| fields.clone().map(|(name, value)| (name, value));
    let wrong = borrow(&fields("3650"));
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let shown = browser.post("/registers/temperature/new", &wrong).await;
    assert!(shown.has("e-celsius") && shown.has("value=\"3650\""), "{}", shown.html);
    let right = borrow(&fields("36.5"));
    let right: Vec<(&str, &str)> = right.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = browser.post("/registers/temperature/new", &right).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let entry_page = browser.get(&sent.location).await;
    assert!(entry_page.has("36.5"), "{}", entry_page.html);
    let forged = browser
        .post("/registers/temperature/new", &[("csrf", "other"), ("celsius", "36.5")])
        .await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let past = browser
        .get(&format!(
            "/registers/temperature/new?subject={subject}&as_of=2022-01-19T08:00"
        ))
        .await;
    assert!(!past.has("name=\"celsius\""), "{}", past.html);
    let out = browser.post("/sign-out", &[("csrf", &csrf)]).await;
    assert_eq!(out.location, "/");
    assert_eq!(browser.get("/today").await.status, StatusCode::SEE_OTHER);
}
