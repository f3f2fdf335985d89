//! For everybody: a place, its level with the order, what is asked of who comes from there.

use crate::city::{Browser, City};
use axum::http::StatusCode;
use serde_json::json;

async fn risky(city: &City) {
    let about = |code: &str| json!({ "type": "region", "identifiers": { "code": code } });
    let order = json!({
        "register": "order", "subject": about("3717"),
        "body": { "number": "No. 3", "title": "Notice on risk areas", "review_on": "2022-02-20" },
    });
    let order = city.write_for("command", city.command, order).await;
    let area = json!({
        "register": "risk_area", "subject": about("371702001"),
        "body": {
            "level": "high", "from": "2022-01-18T00:00:00+08:00", "to": "2022-02-01T00:00:00+08:00",
            "order": order.id.to_string(), "boundary": "Block 3",
        },
    });
    let area = city.write_for("command", city.command, area).await;
    assert!(area.problems.is_empty(), "{:?}", area.problems);
    city.clock.advance_ms(60_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_of_high_risk_is_told_with_its_order_and_what_is_asked_with_its_clause() {
    let city = City::new().await;
    risky(&city).await;
    let mut anybody = Browser::new(&city, "en");
    assert!(anybody.get("/").await.has("href=\"/risk\""));
    let page = anybody.get("/risk?region=371702001&on=2022-01-19&show=1").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(
        page.has("High risk") && page.has("No. 3 Notice on risk areas"),
        "{}",
        page.html
    );
    assert!(
        page.has("31 Jan 2022") && page.has("牡丹区通告 第三条"),
        "{}",
        page.html
    );
    assert!(page.has("Do not go"), "{}", page.html);
    assert!(
        !page.has("Block 3"),
        "what the register does not show to the public stays there"
    );

    let before = anybody.get("/risk?region=371702001&on=2022-01-17&show=1").await;
    assert!(
        before.has("Not in a risk area on that day") && before.has("Nothing is asked"),
        "{}",
        before.html
    );
    let wider = anybody.get("/risk?region=371702&on=2022-01-19&show=1").await;
    assert!(
        wider.has("Not in a risk area on that day") && wider.has("These places inside it"),
        "{}",
        wider.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_chosen_step_by_step_and_what_is_missing_is_told_at_its_field() {
    let city = City::new().await;
    let mut anybody = Browser::new(&city, "zh");
    let step = anybody.get("/risk?region=3717&step=region").await;
    assert!(step.has("牡丹区") && !step.has("这是按规则给出的提示"), "{}", step.html);
    let none = anybody.get("/risk?show=1").await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.has("请先选择地方") && none.has("id=\"e-region\""), "{}", none.html);
    let ahead = anybody.get("/risk?region=3717&on=2022-03-01&show=1").await;
    assert_eq!(ahead.status, StatusCode::UNPROCESSABLE_ENTITY);
    let broken = anybody.get("/risk?region=nowhere&on=x&show=1").await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_past_moment_is_answered_from_what_was_known_then() {
    let city = City::new().await;
    let mut anybody = Browser::new(&city, "en");
    city.clock.advance_ms(60_000);
    let before = city.clock.advance_ms(0).to_string();
    city.clock.advance_ms(60_000);
    risky(&city).await;
    let asked = format!(
        "/risk?region=371702001&on=2022-01-19&show=1&as_of={}",
        form_urlencoded::byte_serialize(before.as_bytes()).collect::<String>()
    );
    let then = anybody.get(&asked).await;
    assert!(then.has("Not in a risk area on that day"), "{}", then.html);
    assert!(!then.has("High risk") && !then.has("No. 3 Notice"), "{}", then.html);
    let now = anybody.get("/risk?region=371702001&on=2022-01-19&show=1").await;
    assert!(now.has("High risk"), "{}", now.html);
}
