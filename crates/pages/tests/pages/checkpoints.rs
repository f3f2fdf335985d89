//! Checkpoints for those who manage them: a phone's code, the paper of an outage, the file of a phone.

use crate::city::{Browser, City, PASSWORD};
use axum::http::StatusCode;
use serde_json::json;

async fn gate(city: &City) -> String {
    let entry = json!({
        "register": "checkpoint_file",
        "subject": { "type": "checkpoint", "identifiers": { "code": "QY-1" }, "name": "样例卡点" },
        "region": "371702001",
        "body": { "kind": "road", "manned_by": city.community, "staff": 6 },
    });
    city.write_as("checkpoint-lead", entry)
        .await
        .subject
        .unwrap()
        .to_string()
}

async fn lead(city: &City) -> Browser<'_> {
    let mut browser = Browser::new(city, "zh-CN");
    let csrf = browser.get("/sign-in").await.input("csrf");
    let signed = browser
        .post(
            "/sign-in",
            &[("login", "lead"), ("password", PASSWORD), ("csrf", &csrf)],
        )
        .await;
    assert_eq!(signed.status, StatusCode::SEE_OTHER, "{}", signed.html);
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_invited_by_a_code_that_is_shown_once_and_taken_back() {
    let city = City::new().await;
    let gate = gate(&city).await;
    let mut browser = lead(&city).await;
    assert!(browser.get("/registers").await.has("/checkpoints"));
    assert!(browser.get("/checkpoints?q=样例").await.has(&gate));
    let page = browser.get(&format!("/checkpoints/{gate}")).await;
    let csrf = page.input("csrf");
    let invited = browser
        .post(
            &format!("/checkpoints/{gate}/phones"),
            &[("name", "一号机"), ("csrf", &csrf)],
        )
        .await;
    assert!(
        invited.has("<svg") && invited.has("class=\"secret\""),
        "{}",
        invited.html
    );
    let after = browser.get(&format!("/checkpoints/{gate}")).await;
    assert!(after.has("一号机") && !after.has("class=\"secret\""), "{}", after.html);
    let phone = after.input("phone");
    browser
        .post(
            &format!("/checkpoints/{gate}/revoke"),
            &[("phone", &phone), ("csrf", &csrf)],
        )
        .await;
    assert!(browser.get(&format!("/checkpoints/{gate}")).await.has("已收回"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_of_paper_is_keyed_in_at_its_own_times_and_counts_once() {
    let city = City::new().await;
    let gate = gate(&city).await;
    let mut browser = lead(&city).await;
    let paper = browser.get(&format!("/checkpoints/{gate}/paper")).await;
    assert!(paper.has("样例卡点") && paper.has("paper-form"), "{}", paper.html);
    let (_, rest) = paper.html.split_once("表号 <strong>").unwrap();
    let sheet = rest.split_once('<').unwrap().0.to_owned();
    let path = format!("/checkpoints/{gate}/key-in");
    let csrf = browser.get(&path).await.input("csrf");
    let lines = [
        ("csrf", csrf.as_str()),
        ("sheet", &sheet),
        ("day", "2022-01-19"),
        ("time.1", "22:10"),
        ("celsius.1", "36.5"),
        ("decision.1", "admit"),
        ("reason.1", "no_phone"),
        ("time.2", "22:12"),
        ("celsius.2", "38.4"),
        ("decision.2", "hold"),
        ("reason.2", "fever"),
        ("time.3", "22:15"),
        ("celsius.3", "36.4"),
    ];
    let first = browser.post(&path, &lines).await;
    assert!(
        first.status == StatusCode::UNPROCESSABLE_ENTITY && first.has("未录入的行：3"),
        "{}",
        first.html
    );
    assert!(first.has("已有2行"), "{}", first.html);
    let again = browser.post(&path, &lines[..11]).await;
    assert!(again.status == StatusCode::OK && again.has("已有2行"), "{}", again.html);
    let list = browser.get("/registers/checkpoint_check").await;
    let shown = list.html.matches("2022-01-19T22:1").count() + list.html.matches("22:1").count();
    assert!(shown >= 2, "{}", list.html);
    let mut other = lines[..7].to_vec();
    other[4] = ("celsius.1", "37.0");
    let conflict = browser.post(&path, &other).await;
    assert_eq!(conflict.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", conflict.html);
    let wrong = sheet.replace(sheet.chars().next().unwrap(), "");
    let mistyped = browser
        .post(&path, &[("csrf", &csrf), ("sheet", &wrong), ("day", "2022-01-19")])
        .await;
    assert!(mistyped.has("e-sheet"), "{}", mistyped.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_check_keys_nothing_in() {
    let city = City::new().await;
    let gate = gate(&city).await;
    let mut browser = Browser::new(&city, "zh-CN");
    let csrf = browser.get("/sign-in").await.input("csrf");
    browser
        .post(
            "/sign-in",
            &[("login", "grid"), ("password", PASSWORD), ("csrf", &csrf)],
        )
        .await;
    for path in [
        "/checkpoints".to_owned(),
        format!("/checkpoints/{gate}/key-in"),
        "/checkpoints/upload".to_owned(),
    ] {
        assert_eq!(browser.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
