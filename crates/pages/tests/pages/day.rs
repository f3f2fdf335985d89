//! The declaration of the day without script: once, again tomorrow in one look, for the family, and for somebody without
//! a phone.

use crate::city::{Browser, City, Shown, ZHANG};
use axum::http::StatusCode;
use lianfang_kernel::Instant;

const MOTHER: &str = "371702199202020285";

async fn answer(browser: &mut Browser<'_>, name: &str, number: &str) {
    let csrf = browser.get("/day/who").await.input("csrf");
    let who = [
        ("csrf", csrf.as_str()),
        ("name", name),
        ("document.kind", "cn_id"),
        ("document.number", number),
        ("phone", "13800138000"),
    ];
    let shown = browser.post("/day/who", &who).await;
    assert_eq!(shown.location, "/day/trip", "{}", shown.html);
    let trip = [
        ("csrf", csrf.as_str()),
        ("origin", "样例县城关镇"),
        ("plate", "甘E12345"),
        ("remark", ""),
    ];
    let shown = browser.post("/day/trip", &trip).await;
    assert_eq!(shown.location, "/day/summary", "{}", shown.html);
}

async fn send(browser: &mut Browser<'_>, of_day: &str, remembers: bool) -> Shown {
    let summary = browser.get("/day/summary").await;
    let (carried, csrf) = (summary.input("carried"), summary.input("csrf"));
    let mut fields = vec![
        ("csrf", csrf.as_str()),
        ("carried", carried.as_str()),
        ("for", of_day),
        ("truthful", "true"),
    ];
    if remembers {
        fields.push(("remember", "true"));
    }
    let done = browser.post("/day/summary", &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.html);
    done
}

fn pass_of(done: &Shown) -> String {
    let (_, rest) = done.html.split_once("/pass/").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn today_once_and_the_same_again_and_tomorrow_not_before_the_evening() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    assert!(browser.get("/").await.has("/day\""));
    let first = browser.get("/day").await;
    assert!(first.has("/day/new") && !first.has("/day/again"), "{}", first.html);
    browser.get("/day/new").await;
    answer(&mut browser, "张样例", ZHANG).await;
    let unconfirmed = browser.post("/day/summary", &[("for", "today")]).await;
    assert!(unconfirmed.has("e-truthful"));
    let today = pass_of(&send(&mut browser, "today", true).await);

    let begin = browser.get("/day").await;
    assert!(
        begin.has(&format!("/pass/{today}")) && begin.has("张** 1101"),
        "{}",
        begin.html
    );
    assert!(!begin.has(ZHANG) && !begin.has("/day/again"), "{}", begin.html);
    browser.get("/day/again?n=0").await;
    let again = send(&mut browser, "today", true).await;
    assert!(again.has("与先前相同"), "{}", again.html);
    assert_eq!(pass_of(&again), today);

    browser.get("/day/again?n=0").await;
    let early = browser.get("/day/summary").await;
    assert!(!early.has("value=\"tomorrow\""), "{}", early.html);
    let (carried, csrf) = (early.input("carried"), early.input("csrf"));
    let refused = browser
        .post(
            "/day/summary",
            &[
                ("csrf", &csrf),
                ("carried", &carried),
                ("for", "tomorrow"),
                ("truthful", "true"),
            ],
        )
        .await;
    assert!(refused.has("18:00"), "{}", refused.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn tomorrow_from_six_in_the_evening_and_the_citys_midnight() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.get("/day/new").await;
    answer(&mut browser, "张样例", ZHANG).await;
    let today = pass_of(&send(&mut browser, "today", true).await);
    city.clock.set(at("2022-01-20T18:00:00+08:00"));
    let evening = browser.get("/day").await;
    assert!(evening.has("/day/again?n=0"), "{}", evening.html);
    browser.get("/day/again?n=0").await;
    let tomorrow = pass_of(&send(&mut browser, "tomorrow", true).await);
    assert_ne!(tomorrow, today);

    city.clock.set(at("2022-01-20T23:59:59+08:00"));
    assert!(browser.get(&format!("/pass/{today}")).await.has("<svg"));
    city.clock.set(at("2022-01-21T00:00:00+08:00"));
    let past = browser.get(&format!("/pass/{today}")).await;
    assert!(
        !past.has("class=\"pass\""),
        "the city's midnight has passed: {}",
        past.html
    );
    let next = browser.get("/day").await;
    assert!(
        next.has(&format!("/pass/{tomorrow}")) && !next.has(&today),
        "{}",
        next.html
    );

    city.clock.set(at("2022-01-22T08:00:00+08:00"));
    assert!(browser.get("/day").await.has("/day/again?n=0"));
    browser.get("/day/again?n=0").await;
    let offered = browser.get("/day/summary").await;
    assert!(
        offered.has("样例县城关镇") && offered.has("甘E12345"),
        "{}",
        offered.html
    );
    send(&mut browser, "today", true).await;
    browser
        .post("/day/forget", &[("n", "0"), ("csrf", &offered.input("csrf"))])
        .await;
    assert!(!browser.get("/day").await.has("张**"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_family_on_one_phone_and_somebody_without_one() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.get("/day/new").await;
    answer(&mut browser, "张样例", ZHANG).await;
    let own = pass_of(&send(&mut browser, "today", true).await);
    browser.get("/day/new").await;
    answer(&mut browser, "样例甲", MOTHER).await;
    let mothers = pass_of(&send(&mut browser, "today", true).await);
    assert_ne!(own, mothers);
    let begin = browser.get("/day").await;
    assert!(begin.has("张**") && begin.has("样**"), "{}", begin.html);

    let mut helper = Browser::new(&city, "zh-CN");
    assert_eq!(helper.get("/day/help").await.location, "/day/who");
    answer(&mut helper, "样例乙", "371702199001010128").await;
    let done = send(&mut helper, "today", true).await;
    assert!(
        done.has("data-print") && done.has("/day/help") && !done.has("class=\"secret\""),
        "{}",
        done.html
    );
    let after = helper.get("/day").await;
    assert!(
        !after.has("样**") && helper.get("/me").await.status != StatusCode::OK,
        "{}",
        after.html
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_its_question_and_nothing_typed_is_lost() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    assert_eq!(browser.get("/day/summary").await.location, "/day/who");
    let who = [
        ("name", ""),
        ("document.kind", "cn_id"),
        ("document.number", "371702199001010120"),
        ("phone", "1380"),
    ];
    let wrong = browser.post("/day/who", &who).await;
    for field in ["e-name", "e-document", "e-phone"] {
        assert!(wrong.has(field), "{field} {}", wrong.html);
    }
    browser.get("/day/new").await;
    browser
        .post(
            "/day/who",
            &[
                ("name", "张样例"),
                ("document.kind", "cn_id"),
                ("document.number", ZHANG),
                ("phone", "13800138000"),
            ],
        )
        .await;
    let wrong = browser.post("/day/trip", &[("origin", ""), ("plate", "MM-1")]).await;
    assert!(
        wrong.has("e-origin") && wrong.has("e-plate") && wrong.has("MM-1"),
        "{}",
        wrong.html
    );
    city.clock.set(at("2020-02-05T07:59:59+08:00"));
    assert!(browser.get("/day").await.has("上线"));
    browser.post("/day/trip", &[("origin", "样例县")]).await;
    let refused = browser.get("/day/summary").await.input("carried");
    let refused = browser
        .post(
            "/day/summary",
            &[("carried", &refused), ("for", "today"), ("truthful", "true")],
        )
        .await;
    assert!(refused.has("尚未上线") && refused.has("纸质登记"), "{}", refused.html);
}
