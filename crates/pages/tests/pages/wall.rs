//! The wall: what stands on it, when it is drawn again, and the past.

use crate::city::{Browser, City};
use crate::maps::{cases, high_risk};
use axum::http::StatusCode;

/// The address by which the page asks for itself again.
fn again(html: &str) -> String {
    let (_, rest) = html.split_once("hx-get=\"").unwrap_or_else(|| panic!("{html}"));
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wall_has_what_packs_put_on_it_and_the_orders_in_force() {
    let city = City::new().await;
    cases(&city, &["2022-01-18", "2022-01-19"]).await;
    high_risk(&city, "2022-01-20T00:00:00+08:00").await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("command").await;
    let wall = browser.get("/situation/wall").await;
    assert_eq!(wall.status, StatusCode::OK, "{}", wall.html);
    for word in [
        "map-wall",
        "High risk in parts",
        "关于划定高风险地区的通告",
        ">new</span>",
        "Beds",
        "Checkpoints",
        "nothing is late",
    ] {
        assert!(wall.has(word), "{word}: {}", wall.html);
    }
    assert!(
        wall.has("href=\"/figures/checkpoint-checks?region=3717\""),
        "{}",
        wall.html
    );
    assert!(wall.has("href=\"/situation/wall?region=371702\""), "{}", wall.html);
    let below = browser.get("/situation/wall?region=371702").await;
    assert!(below.has("↑ Heze") && below.has(">High risk</text>"), "{}", below.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_drawn_again_when_something_was_written_and_else_once_a_minute() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("command").await;
    let first = again(&browser.get("/situation/wall").await.html);
    assert_eq!(browser.get(&first).await.status, StatusCode::NO_CONTENT);
    city.clock.advance_ms(1_000);
    cases(&city, &["2022-01-20"]).await;
    let second = browser.get(&first).await;
    assert_eq!(second.status, StatusCode::OK);
    let second = again(&second.html);
    assert_eq!(browser.get(&second).await.status, StatusCode::NO_CONTENT);
    city.clock.advance_ms(61_000);
    assert_eq!(browser.get(&second).await.status, StatusCode::OK);
    // What is no mark of ours is drawn like a page that has seen nothing.
    assert_eq!(browser.get("/situation/wall?seen=x").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_paper_and_stays_as_it_is() {
    let city = City::new().await;
    high_risk(&city, "2022-01-20T00:00:00+08:00").await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("command").await;
    let past = browser.get("/situation/wall?as_of=2022-01-19T12:00").await;
    assert!(past.has("wall paper") && !past.has("hx-get"), "{}", past.html);
    assert!(
        past.has("没有有效命令") && past.has("过去时刻的超时见各项完成率"),
        "{}",
        past.html
    );
    assert!(
        past.has("data-moment=") && past.has("type=\"datetime-local\""),
        "{}",
        past.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wall_of_a_region_that_is_not_the_readers_is_refused() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("grid").await;
    assert_eq!(
        browser.get("/situation/wall?region=3717").await.status,
        StatusCode::FORBIDDEN
    );
    assert!(
        Browser::new(&city, "en")
            .get("/situation/wall")
            .await
            .location
            .starts_with("/sign-in")
    );
}
