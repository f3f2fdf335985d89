//! A declaration without script, from the first question to the pass and back to one's own page.

use crate::city::{Browser, City, ZHANG};
use axum::http::StatusCode;

async fn answer_all(browser: &mut Browser<'_>) {
    let who = [
        ("name", "张样例"),
        ("document.kind", "cn_id"),
        ("document.number", ZHANG),
        ("phone", "13800138000"),
        ("act", "continue"),
    ];
    let shown = browser.post("/declare/who", &who).await;
    assert_eq!(shown.location, "/declare/stays", "{}", shown.html);
    let stay = [
        ("region.base", "371702"),
        ("region", ""),
        ("from", "2022-01-06"),
        ("until", "2022-01-19"),
        ("act", "continue"),
    ];
    let shown = browser.post("/declare/stays", &stay).await;
    assert_eq!(shown.location, "/declare/journey", "{}", shown.html);
    let journey = [
        ("arrives_at", "2022-01-25T14:20"),
        ("transport", "train"),
        ("vehicle", "K1234"),
    ];
    let shown = browser.post("/declare/journey", &journey).await;
    assert_eq!(shown.location, "/declare/region", "{}", shown.html);
    let region = [("region", "371702001"), ("address", "样例路1号")];
    let shown = browser.post("/declare/region", &region).await;
    assert_eq!(shown.location, "/declare/unit", "{}", shown.html);
    let shown = browser.post("/declare/unit", &[("unit_kind", "none")]).await;
    assert_eq!(shown.location, "/declare/summary", "{}", shown.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_declaration_without_script_ends_with_a_pass() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    answer_all(&mut browser).await;
    let summary = browser.get("/declare/summary").await;
    assert!(summary.has("张样例") && summary.has("样例路1号"), "{}", summary.html);
    let carried = summary.input("carried");
    let unconfirmed = browser.post("/declare/summary", &[("carried", &carried)]).await;
    assert!(unconfirmed.has("e-truthful"));
    let done = browser
        .post("/declare/summary", &[("carried", &carried), ("truthful", "true")])
        .await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    assert!(done.has("<svg") && done.has("东城社区"), "{}", done.html);

    let home = browser.get("/").await;
    let pass = home
        .html
        .split_once("/pass/")
        .and_then(|(_, rest)| rest.split_once('"'))
        .unwrap()
        .0
        .to_owned();
    let shown = browser.get(&format!("/pass/{pass}")).await;
    let text = shown
        .html
        .split_once("<code>LF1:")
        .and_then(|(_, rest)| rest.split_once("</code>"))
        .map(|(rest, _)| format!("LF1:{rest}"))
        .unwrap();
    assert!(text.starts_with("LF1:"), "{text}");
    assert_eq!(browser.get(&format!("/pass/{pass}.svg")).await.status, StatusCode::OK);
    assert_eq!(browser.get(&format!("/pass/{pass}.png")).await.status, StatusCode::OK);
    assert_eq!(
        browser.get(&format!("/pass/{pass}.gif")).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(shown.has("data-keep") && browser.get("/pass").await.has("kept-pass"));

    let me = browser.get("/me").await;
    assert!(me.status == StatusCode::OK && me.has("行程报备"), "{}", me.html);
    let csrf = me.input("csrf");
    let text = text
        .replace("&amp;", "&")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&quot;", "\"");
    let verdict = browser.post("/verify", &[("csrf", &csrf), ("text", &text)]).await;
    assert!(verdict.has("有效"), "{}", verdict.html);
    let forged = browser.post("/me/forget", &[("csrf", "other")]).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_answers_are_shown_again_at_their_fields() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    let wrong = [
        ("name", "Zhang Sample"),
        ("document.kind", "cn_id"),
        ("document.number", "123"),
        ("phone", "1"),
    ];
    let shown = browser.post("/declare/who", &wrong).await;
    assert!(
        shown.has("e-document") && shown.has("e-phone") && shown.has("Zhang Sample"),
        "{}",
        shown.html
    );
    let moved = browser
        .post(
            "/declare/region",
            &[("region", "371702"), ("step", "region"), ("address", "x")],
        )
        .await;
    assert!(moved.has("Dongcheng"), "{}", moved.html);
    let early = browser.get("/declare/summary").await;
    assert_eq!(early.location, "/declare/who");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_device_is_led_to_the_way_back() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    assert_eq!(browser.get("/me").await.location, "/me/recover");
    let wrong = browser.post("/me/recover", &[("code", "ABCD2345")]).await;
    assert!(wrong.status.is_client_error() && wrong.has("e-code"), "{}", wrong.html);
}
