//! How people want to be told, and whom nothing has reached.

use crate::city::{Browser, City, ZHANG};
use axum::http::StatusCode;
use lianfang_kernel::ids::SubjectId;
use lianfang_kernel::{Lang, RegionId};
use lianfang_ledger::outbox::{DIGEST, NewMessage, Outcome, Recipient};
use lianfang_ledger::wire::Author;
use lianfang_server::settle;
use serde_json::json;

async fn person(city: &City) -> SubjectId {
    let arrival = json!({
        "register": "arrival", "region": "371702001",
        "subject": { "type": "person", "identifiers": { "cn_id": ZHANG, "phone": "13800138000" }, "name": "张样例" },
        "body": { "place_type": "home", "stays": [], "contacts": [] },
    });
    city.write(arrival).await.subject.unwrap()
}

/// A message to somebody that a gateway refused.
async fn undelivered(city: &City, person: SubjectId) {
    let now = city.ledger.now();
    let message = NewMessage {
        to: Recipient::Person(person),
        purpose: DIGEST.to_owned(),
        channel: "sms".to_owned(),
        lang: Lang::Zh,
        region: RegionId::new("371702001"),
        day: city.ledger.snapshot().zone.day_of(now),
        due_at: now,
    };
    settle(city.ledger.queue_messages(vec![message])).await.unwrap();
    let claimed = settle(city.ledger.claim_messages("sms".to_owned(), 9, 1))
        .await
        .unwrap();
    let problem = "no_address".to_owned();
    let outcomes = claimed.into_iter().map(|claimed| {
        (
            claimed,
            Outcome::Failed {
                problem: problem.clone(),
            },
        )
    });
    settle(city.ledger.settle_messages(outcomes.collect())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resident_chooses_hour_and_channel_or_none() {
    let city = City::new().await;
    let person = person(&city).await;
    settle(city.ledger.make_binding_code(Author::system(), person, "ABCD2345"))
        .await
        .unwrap();
    let mut browser = Browser::new(&city, "en");
    assert_eq!(browser.get("/me/messages").await.location, "/me/recover");
    browser.post("/me/recover", &[("code", "ABCD2345")]).await;
    assert!(browser.get("/me").await.has("/me/messages"));
    let page = browser.get("/me/messages").await;
    assert!(
        page.has("138****8000") && page.has("Text message") && !page.has("WeCom"),
        "{}",
        page.html
    );
    assert!(page.has("09:00") && !page.has("22:00"), "quiet hours are no choice");
    let csrf = page.input("csrf");
    let mut send = async |channel: &str, hour: &str, address: &str| {
        let fields = [
            ("csrf", &*csrf),
            ("channel", channel),
            ("hour", hour),
            ("lang", "en"),
            ("address", address),
        ];
        browser.post("/me/messages", &fields).await
    };
    for (channel, hour, address, field) in [
        ("mail", "9", "", "e-address"),
        ("mail", "9", "no address", "e-address"),
        ("group", "9", "", "e-channel"),
        ("sms", "23", "", "e-hour"),
    ] {
        let wrong = send(channel, hour, address).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{channel} {hour}");
        assert!(wrong.has(field), "{channel} {hour}: {}", wrong.html);
    }
    let kept = send("mail", "18", "li@unit.example").await;
    assert_eq!(kept.location, "/me/messages?kept=1", "{}", kept.html);
    let to = Recipient::Person(person);
    let choice = || city.ledger.read(|reader| reader.message_choice(to)).unwrap().unwrap();
    assert_eq!(
        (choice().hour, choice().address.as_deref()),
        (18, Some("li@unit.example"))
    );
    send("none", "18", "").await;
    assert_eq!((choice().channel.as_str(), choice().address), ("none", None));
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_choose_for_themselves() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "zh-CN");
    browser.sign_in("grid").await;
    assert!(browser.get("/today").await.has("/account/messages"));
    let page = browser.get("/account/messages").await;
    assert!(page.has("企业微信群") && page.has("不提醒"), "{}", page.html);
    let csrf = page.input("csrf");
    let fields = [
        ("csrf", &*csrf),
        ("channel", "group"),
        ("hour", "8"),
        ("lang", "zh-CN"),
        ("address", ""),
    ];
    let kept = browser.post("/account/messages", &fields).await;
    assert_eq!(kept.location, "/account/messages?kept=1", "{}", kept.html);
    let chosen = city.ledger.read(|reader| reader.staff_choices()).unwrap();
    assert_eq!(
        (chosen.len(), chosen[0].0.name.as_str(), chosen[0].1.hour),
        (1, "grid", 8)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_nothing_reached_is_called_and_leaves_the_list() {
    let city = City::new().await;
    let person = person(&city).await;
    undelivered(&city, person).await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("grid").await;
    assert!(browser.get("/today").await.has("/today/unreached"));
    let list = browser.get("/today/unreached").await;
    assert!(
        list.has("张**") && list.has("no number on file") && list.has("Dongcheng"),
        "{}",
        list.html
    );
    assert!(!list.has("张样例") && !list.has("13800138000"));
    let (csrf, id) = (list.input("csrf"), person.to_string());
    let mut called = async |outcome: &str| {
        city.clock.advance_ms(60_000);
        let fields = [("csrf", &*csrf), ("subject", &*id), ("outcome", outcome)];
        let answer = browser.post("/today/unreached/called", &fields).await;
        (answer.status, browser.get("/today/unreached").await)
    };
    let (status, list) = called("not_reached").await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(
        list.has("One call in vain") && list.has("no number on file"),
        "{}",
        list.html
    );
    let (_, list) = called("not_reached").await;
    assert!(list.has("2 calls in vain"), "{}", list.html);
    let (_, list) = called("reached").await;
    assert!(!list.has("张**") && list.has("Everybody was reached"), "{}", list.html);
    let (status, _) = called("perhaps").await;
    assert!(status.is_client_error());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_no_calls_sees_no_list() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("command").await;
    let refused = browser.get("/today/unreached").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.html);
    assert!(!browser.get("/today").await.has("/today/unreached"));
}
