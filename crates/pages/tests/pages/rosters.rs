//! A register of intervals as a calendar, and the form of a gap.

use crate::city::{Browser, City};
use axum::http::StatusCode;
use lianfang_ui::text::MISSING;
use serde_json::json;

const CALENDAR: &str = "/registers/duty/calendar";

/// One leader of two stands in the morning of the 20th.
async fn roster(city: &City) {
    let person = json!({
        "register": "duty_person", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "id_doc": "E20000001" }, "name": "王样例" },
        "body": { "works_at": city.community }
    });
    let who = city.write_as("duty-officer", person).await.subject;
    let turn = json!({
        "register": "duty", "subject": city.community,
        "body": { "post": "leader", "who": who, "from": "2022-01-20T00:00:00+08:00", "to": "2022-01-20T12:00:00+08:00" }
    });
    assert!(city.write_as("duty-officer", turn).await.subject.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_shows_who_stands_and_a_gap_is_filled_in_one_step() {
    let city = City::new().await;
    roster(&city).await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("duty").await;
    assert!(
        browser.get("/registers/duty").await.has(CALENDAR),
        "the list leads to it"
    );
    let week = browser.get(&format!("{CALENDAR}?from=2022-01-20")).await;
    assert_eq!(week.status, StatusCode::OK, "{}", week.html);
    assert!(
        week.has("东城社区") && week.has("王**") && week.has("00:00–12:00"),
        "{}",
        week.html
    );
    assert!(
        week.has("1月20日 周四") && week.has("1月17日 周一") && !week.has("1月24日"),
        "{}",
        week.html
    );
    assert!(
        week.has("00:00–12:00 在岗1/应在2") && week.has("12:00–24:00 在岗0/应在2"),
        "{}",
        week.html
    );
    assert!(!week.has(MISSING));
    // What lies ahead can be filled, with everything that is known in the form.
    let fill = week
        .html
        .split('"')
        .find(|part| part.starts_with("/registers/duty/new?subject="))
        .unwrap()
        .replace("&amp;", "&");
    assert!(
        fill.contains("post=leader") && fill.contains("from=2022-01-2") && fill.contains("to="),
        "{fill}"
    );
    let form = browser.get(&fill).await;
    assert!(
        form.has("东城社区") && form.has("name=\"from\" type=\"datetime-local\" value=\"2022-01-20T00:00\""),
        "{}",
        form.html
    );

    let month = browser.get(&format!("{CALENDAR}?from=2022-01-20&span=month")).await;
    assert!(
        month.has("2022年1月1日") && month.has("1月31日") && month.has("处缺岗"),
        "{}",
        month.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_read_it_or_asks_for_what_has_no_roster_is_told() {
    let city = City::new().await;
    roster(&city).await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("door").await;
    assert_eq!(browser.get(CALENDAR).await.status, StatusCode::FORBIDDEN);
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("duty").await;
    assert_eq!(
        browser.get("/registers/duty_checkin/calendar").await.status,
        StatusCode::NOT_FOUND
    );
    let odd = browser.get(&format!("{CALENDAR}?from=yesterday&region=9999")).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", odd.html);
}
