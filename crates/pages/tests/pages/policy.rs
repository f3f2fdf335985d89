//! Changes of policy on pages: begun from the version in force, checked, previewed, proposed, approved by another person.

use crate::city::{Browser, City};
use axum::http::StatusCode;

const GOOD: &str =
    "[[protocol.follow-up]]\nversion = 2\nlike = 1\ntransition = \"move\"\nin_force = { from = \"2022-01-22\" }\n";

async fn begun(city: &City) -> Browser<'_> {
    city.activate().await;
    let mut command = Browser::new(city, "en");
    command.sign_in("command").await;
    command
}

#[tokio::test]
async fn a_change_is_checked_previewed_and_proposed_and_nobody_approves_their_own() {
    let city = City::new().await;
    let mut command = begun(&city).await;
    let list = command.get("/admin/policy").await;
    assert!(list.has("Nothing was changed yet"), "{}", list.html);
    let form = command.get("/admin/policy/new?protocol=follow-up&on=2022-01-22").await;
    assert!(
        form.has("version = 2") && form.has("What stands in force now"),
        "{}",
        form.html
    );
    let csrf = form.input("csrf");
    let fields = |text: &'static str, reason: &'static str, act: &'static str| {
        [("text", text), ("on", "2022-01-22"), ("reason", reason), ("act", act)]
    };
    let mut send = async |fields: [(&'static str, &'static str); 4]| {
        let mut all: Vec<(&str, &str)> = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        command.post("/admin/policy/new", &all).await
    };
    let wrong =
        "[[protocol.follow-up]]\nversion = 2\nlike = 1\ntransit = \"move\"\nin_force = { from = \"2022-01-22\" }\n";
    let told = send(fields(wrong, "", "check")).await;
    assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        told.has("Line 4") && told.has("has no key transit") && told.has("like = 1"),
        "{}",
        told.html
    );
    let checked = send(fields(GOOD, "", "check")).await;
    assert_eq!(checked.status, StatusCode::OK);
    assert!(
        checked.has("What it would do") && checked.has("Nobody is enrolled"),
        "{}",
        checked.html
    );
    let no_reason = send(fields(GOOD, "", "send")).await;
    assert_eq!(no_reason.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(no_reason.has("Give the reason"), "{}", no_reason.html);
    let sent = send(fields(GOOD, "Notice 14", "send")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);

    decided_by_another(&city, &mut command, &sent.location).await;
}

/// Its author cannot approve it, another person can, and the version before can be proposed again.
async fn decided_by_another(city: &City, command: &mut Browser<'_>, location: &str) {
    let own = command.get(location).await;
    assert!(own.has("Take it back") && !own.has("Approve: in force"), "{}", own.html);
    let csrf = own.input("csrf");
    let refused = command.post(&format!("{}/approve", location), &[("csrf", &csrf)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut bureau = Browser::new(city, "en");
    bureau.sign_in("bureau").await;
    let waiting = bureau.get(location).await;
    assert!(waiting.has("Approve: in force from 22 Jan 2022"), "{}", waiting.html);
    let csrf = waiting.input("csrf");
    let done = bureau.post(&format!("{}/approve", location), &[("csrf", &csrf)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.html);
    let shown = bureau.get(location).await;
    assert!(
        shown.has("approved") && shown.has("Propose what held before again"),
        "{}",
        shown.html
    );
    let csrf = shown.input("csrf");
    let back = [("csrf", csrf.as_str()), ("on", "2022-01-23")];
    let back = bureau.post(&format!("{}/back", location), &back).await;
    assert_eq!(back.status, StatusCode::SEE_OTHER, "{}", back.html);
    let list = bureau.get("/admin/policy").await;
    assert!(
        list.has("version 3") && list.has("waits for another person"),
        "{}",
        list.html
    );
}

#[tokio::test]
async fn who_has_no_part_in_it_sees_nothing_of_it() {
    let city = City::new().await;
    city.activate().await;
    let mut grid = Browser::new(&city, "zh-CN");
    grid.sign_in("grid").await;
    assert_eq!(grid.get("/admin/policy").await.status, StatusCode::FORBIDDEN);
    assert_eq!(grid.get("/admin/policy/new").await.status, StatusCode::FORBIDDEN);
    let mut root = Browser::new(&city, "zh-CN");
    root.sign_in("root").await;
    let list = root.get("/admin/policy").await;
    assert!(list.has("还没有变更") && list.has("提出变更"), "{}", list.html);
}
