//! For everybody: what is open or closed, in the words of the register itself.

use crate::city::{Browser, City};
use axum::http::StatusCode;
use serde_json::json;

/// The city closes two kinds of premises by one order, until the end of the month.
async fn closed(city: &City) {
    let about = |code: &str| json!({ "type": "region", "identifiers": { "code": code } });
    let order = json!({
        "register": "order", "subject": about("3717"),
        "body": { "number": "No. 5", "title": "Notice on closures", "to": "2022-02-01T00:00:00+08:00" },
    });
    let order = city.write_for("command", city.command, order).await;
    assert!(order.problems.is_empty(), "{:?}", order.problems);
    let closure = json!({
        "register": "closure", "subject": about("3717"),
        "body": { "types": ["cinema", "chess_room"], "effect": "closed", "order": order.id.to_string() },
    });
    let closure = city.write_for("market-regulator", city.command, closure).await;
    assert!(closure.problems.is_empty(), "{:?}", closure.problems);
    city.clock.advance_ms(60_000);
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_is_told_with_its_order_and_what_is_not_as_plainly() {
    let city = City::new().await;
    closed(&city).await;
    let mut anybody = Browser::new(&city, "en");
    assert!(anybody.get("/").await.has("href=\"/published\""));
    let all = anybody.get("/published").await;
    assert!(
        all.has("href=\"/published/closure\"") && all.has("1 in force"),
        "{}",
        all.html
    );
    let page = anybody.get("/published/closure").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    for said in ["No. 5 Notice on closures", "31 Jan 2022", "cinema or theatre"] {
        assert!(page.has(said), "{said}: {}", page.html);
    }
    let asked = anybody
        .get("/published/closure?type=cinema&region=371702001&show=1")
        .await;
    assert!(
        asked.has("No. 5"),
        "an order of the city holds in its villages: {}",
        asked.html
    );
    let free = anybody.get("/published/closure?type=dance_hall&show=1").await;
    assert!(
        free.has("nothing in force is about") && !free.has("No. 5"),
        "{}",
        free.html
    );
    let word = anybody.get("/published/closure?q=notice+closures").await;
    assert!(word.has("No. 5"), "{}", word.html);
    let none = anybody.get("/published/closure?q=mask").await;
    assert!(none.has("Nothing matches") && !none.has("No. 5"), "{}", none.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_lifted_is_gone_and_the_past_still_shows_it() {
    let city = City::new().await;
    closed(&city).await;
    let then = city.clock.advance_ms(0).to_string();
    city.clock.advance_ms(60 * 86_400_000);
    let mut anybody = Browser::new(&city, "en");
    let page = anybody.get("/published/closure").await;
    assert!(page.has("Nothing matches") && !page.has("No. 5"), "{}", page.html);
    let past = anybody
        .get(&format!("/published/closure?as_of={}", encoded(&then)))
        .await;
    assert!(past.has("No. 5"), "{}", past.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_is_not_shown_to_everybody_is_not_there() {
    let city = City::new().await;
    let mut anybody = Browser::new(&city, "zh-CN");
    for id in ["arrival", "risk_area_of_nobody", "contact"] {
        let page = anybody.get(&format!("/published/{id}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
        assert!(page.has("没有这样的公开登记册"), "{}", page.html);
    }
}
