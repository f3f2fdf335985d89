//! Maps of regions: cases with the levels in force, coverage, checkpoints; as pictures and as numbers.

use crate::city::{Browser, City};
use axum::http::StatusCode;
use serde_json::json;

/// Cases with their day of report in the township.
pub async fn cases(city: &City, days: &[&str]) {
    for (n, day) in days.iter().enumerate() {
        let answer = city
            .write_as(
                "cdc",
                json!({
                    "register": "case_report",
                    "subject": { "type": "case_file", "identifiers": { "code": format!("C-{n}-{day}") } },
                    "region": "371702001",
                    "at": format!("{day}T09:00:00+08:00"),
                    "body": { "case_no": format!("C-{n}"), "class": "confirmed", "reported_on": day },
                }),
            )
            .await;
        assert!(answer.problems.is_empty(), "{answer:?}");
    }
}

/// A township is a high-risk area by an order.
pub async fn high_risk(city: &City, from: &str) {
    let order = json!({
        "register": "order",
        "subject": { "type": "region", "identifiers": { "code": "3717" } },
        "region": "3717",
        "body": { "number": "通告第1号", "title": "关于划定高风险地区的通告", "from": from, "to": "2022-03-01T00:00:00+08:00" },
    });
    let order = city.write_for("command", city.command, order).await;
    assert!(order.problems.is_empty(), "{order:?}");
    let order = order.id;
    let area = json!({
        "register": "risk_area",
        "subject": { "type": "region", "identifiers": { "code": "371702001" } },
        "region": "371702001",
        "body": { "level": "high", "from": from, "to": "2022-02-20T00:00:00+08:00", "order": order },
    });
    let area = city.write_for("command", city.command, area).await;
    assert!(area.problems.is_empty(), "{area:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_map_has_the_cases_of_each_region_and_the_levels_in_force() {
    let city = City::new().await;
    cases(&city, &["2022-01-18", "2022-01-19", "2022-01-19"]).await;
    high_risk(&city, "2022-01-19T00:00:00+08:00").await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("command").await;
    let page = browser.get("/situation").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    assert!(page.has("牡丹区最多（3）"), "{}", page.html);
    // In the county only a part is of high risk; of the township itself it is all.
    assert!(
        page.has(">局部高风险</text>") && page.has("href=\"/situation?region=371702\""),
        "{}",
        page.html
    );
    let county = browser.get("/situation?region=371702").await;
    assert!(county.has(">高风险</text>") && !county.has("局部"), "{}", county.html);
    // A moment before the order has no level.
    let before = browser.get("/situation?as_of=2022-01-18T12:00").await;
    assert!(
        !before.has("高风险") && before.has("as_of=2022-01-18"),
        "{}",
        before.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_map_is_had_as_numbers_and_as_a_picture_and_nothing_else() {
    let city = City::new().await;
    cases(&city, &["2022-01-19"]).await;
    high_risk(&city, "2022-01-19T00:00:00+08:00").await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("command").await;
    let csv = browser.get("/situation?map=csv").await;
    assert_eq!(
        csv.html,
        "\u{feff}code,region,value,level,beside\r\n371702,Mudan,1,Risk areas: High risk in parts,\r\n"
    );
    let svg = browser.get("/situation/science?indicator=cases-reported&map=svg").await;
    assert!(
        svg.html.starts_with("<svg") && svg.has("<style>") && svg.has("Mudan"),
        "{}",
        svg.html
    );
    assert_eq!(browser.get("/situation?map=pdf").await.status, StatusCode::NOT_FOUND);
    // The narrowest region has nothing below it.
    let leaf = browser.get("/situation?region=371702001&map=csv").await;
    assert_eq!(leaf.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_by_region_and_a_coverage_have_their_maps() {
    let city = City::new().await;
    cases(&city, &["2022-01-20", "2022-01-20"]).await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("command").await;
    let figure = browser.get("/figures/cases-reported").await;
    assert!(
        figure.has("map-wide") && figure.has("/figures/cases-reported?region=371702"),
        "{}",
        figure.html
    );
    let missing = browser.get("/figures/daily-report-coverage/missing").await;
    assert_eq!(missing.status, StatusCode::OK, "{}", missing.html);
    assert!(
        missing.has("map-coverage-wide") && missing.has("nothing owed"),
        "{}",
        missing.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_are_on_the_map_with_those_that_are_silent_and_can_be_found() {
    let city = City::new().await;
    for n in 0..3 {
        let entry = json!({
            "register": "checkpoint_file",
            "subject": { "type": "checkpoint", "identifiers": { "code": format!("QY-{n}") }, "name": format!("样例卡点{n}") },
            "region": "371702001",
            "body": { "kind": "road", "manned_by": city.community, "staff": 6 },
        });
        let gate = city.write_as("checkpoint-lead", entry).await.subject.unwrap();
        if n == 0 {
            let check = json!({
                "register": "checkpoint_check", "subject": gate, "at": "2022-01-20T07:30:00+08:00",
                "body": { "direction": "in", "pass_verdict": "none", "document": "match", "celsius": 36.5, "decision": "admit", "reason": "no_phone", "way": "paper" },
            });
            let answer = city.write_as("checkpoint-lead", check).await;
            assert!(answer.problems.is_empty(), "{answer:?}");
        }
    }
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("command").await;
    let page = browser.get("/checkpoints").await;
    assert!(page.has("3个卡点，今天2个没有查验，牡丹区最多（2）"), "{}", page.html);
    assert!(
        page.has("共3个") && page.has("3个没有手机") && page.has("样例卡点0"),
        "{}",
        page.html
    );
    let silent = browser.get("/checkpoints?silent=1").await;
    assert!(
        silent.has("样例卡点1") && silent.has("样例卡点2") && !silent.has("样例卡点0"),
        "{}",
        silent.html
    );
    let found = browser.get("/checkpoints?q=QY-2").await;
    assert!(found.has("样例卡点2") && !found.has("样例卡点1"), "{}", found.html);
    let elsewhere = browser.get("/checkpoints?region=371702001&silent=1").await;
    assert!(elsewhere.has("样例卡点2"), "{}", elsewhere.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn outbreaks_of_the_past_are_open_to_everybody_and_run_through_every_method() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    let page = browser.get("/situation/past?place=420100").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    for word in [
        "Wuhan",
        "Reproduction number",
        "First surely below 1",
        "Before the turn",
        "EARS C3",
        "days before the peak",
    ] {
        assert!(page.has(word), "{word}: {}", page.html);
    }
    let table = browser.get("/situation/past?place=420100&file=rt.csv").await;
    assert!(table.has("q0.975") && table.has("2020-02-"), "{}", table.html);
    let picture = browser.get("/situation/past?place=620100&file=detectors.svg").await;
    assert!(picture.html.starts_with("<svg"), "{}", picture.html);
    let nothing = browser.get("/situation/past?place=420100&file=secrets.csv").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    // Another place by the same page, and a place that is not there is the first.
    assert!(browser.get("/situation/past?place=999999").await.has("Hubei"));
}
