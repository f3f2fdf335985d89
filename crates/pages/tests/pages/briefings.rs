//! Briefings: drafted, published under a number, agreed to by somebody else, then read by everybody.

use crate::city::{Browser, City};
use axum::http::StatusCode;

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_published_reviewed_and_then_public() {
    let city = City::new().await;
    let mut command = Browser::new(&city, "en");
    command.sign_in("command").await;
    let list = command.get("/briefings").await;
    assert!(
        list.has("Public notice of the epidemic") && list.has("No briefing has been published"),
        "{} {}",
        list.status,
        list.html
    );

    let address = publish(&mut command).await;
    let mut stranger = Browser::new(&city, "zh-CN");
    assert_eq!(stranger.get(&address).await.status, StatusCode::NOT_FOUND);
    assert!(stranger.get("/briefings").await.has("还没有编发的简报"));

    agree(&city, &address).await;
    assert!(stranger.get("/briefings").await.has("第1期"));
    let open = stranger.get(&address).await;
    assert!(
        open.status.is_success() && open.has("疫情通报") && !open.has("briefing-reviews"),
        "{}",
        open.html
    );
    let file = stranger.get(&format!("{address}.md")).await;
    assert!(file.html.starts_with("# 疫情通报"), "{}", file.html);
    let page = stranger.get(&format!("{address}.html")).await;
    assert!(page.has("<!DOCTYPE html>") && !page.has("href="), "{}", page.html);
    assert_eq!(
        stranger.get(&format!("{address}.exe")).await.status,
        StatusCode::NOT_FOUND
    );
}

/// Publishes yesterday's notice; gives the address of the issue.
async fn publish(command: &mut Browser<'_>) -> String {
    // At 08:00 the moment of today's figures is ahead; yesterday's has come.
    let draft = command.get("/briefings/draft?briefing=epidemic-notice").await;
    assert!(
        draft.has("It can be published after") && !draft.has("name=\"briefing\""),
        "{}",
        draft.html
    );
    let csrf = draft.input("csrf");
    let asked = [
        ("csrf", csrf.as_str()),
        ("briefing", "epidemic-notice"),
        ("day", "2022-01-20"),
    ];
    let early = command.post("/briefings", &asked).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);

    let draft = command
        .get("/briefings/draft?briefing=epidemic-notice&day=2022-01-19")
        .await;
    assert!(
        draft.has("name=\"briefing\"") && draft.has("It reconciles"),
        "{}",
        draft.html
    );
    let (day, region) = (draft.input("day"), draft.input("region"));
    let asked = [
        ("csrf", draft.input("csrf")),
        ("briefing", "epidemic-notice".to_owned()),
        ("region", region),
        ("day", day),
    ];
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let sent = command.post("/briefings", &asked).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
    let address = sent.location;
    let issue = command.get(&address).await;
    assert!(
        issue.has("No. 1") && issue.has("SHA-256") && issue.has("Nobody has reviewed it"),
        "{}",
        issue.html
    );
    address
}

/// Somebody else agrees.
async fn agree(city: &City, address: &str) {
    let mut bureau = Browser::new(city, "zh-CN");
    bureau.sign_in("bureau").await;
    let issue = bureau.get(address).await;
    let form = issue
        .html
        .split_once("/registers/briefing_review/new?subject=")
        .unwrap()
        .1;
    let subject = form.split_once('"').unwrap().0.to_owned();
    let form = bureau
        .get(&format!("/registers/briefing_review/new?subject={subject}"))
        .await;
    let answers = [
        ("csrf", form.input("csrf")),
        ("entry", form.input("entry")),
        ("subject", subject),
        ("verdict", "agree".to_owned()),
    ];
    let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let agreed = bureau.post("/registers/briefing_review/new", &answers).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.html);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_publish_sees_no_draft() {
    let city = City::new().await;
    let mut browser = Browser::new(&city, "en");
    browser.sign_in("grid").await;
    let refused = browser.get("/briefings/draft?briefing=epidemic-notice").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!browser.get("/briefings").await.has("briefings-draft"));
    let unknown = browser.get("/briefings/none").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
