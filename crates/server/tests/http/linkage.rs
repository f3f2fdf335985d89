//! "Is this one of ours?" through the interface: who may ask, what is shown, what it leaves behind.

use crate::city::{City, id};
use axum::http::StatusCode;
use serde_json::{Value, json};

fn come(city: &City, who: &str, n: u128, place: &str, person: Value) -> String {
    let entry = json!({
        "id": id(n), "register": "arrival", "at": "2022-01-20T07:00:00+08:00", "region": place,
        "subject": person, "body": { "place_type": "home" },
    });
    let answer = city.post(who, "/api/v1/entries", json!({ "entries": [entry] }));
    assert!(answer.body["results"][0]["subject"].is_string(), "{}", answer.body);
    answer.body["results"][0]["subject"].as_str().unwrap().to_owned()
}

fn zhao() -> Value {
    json!({ "type": "person", "name": "赵样例", "identifiers": { "cn_id": "371702199001010128", "phone": "13800138000" } })
}

/// One digit of the number mistyped, the name by its sound.
fn asked() -> Value {
    json!({ "purpose": "抵达登记", "name": "赵洋立", "identifiers": { "cn_id": "371702199001010138", "phone": "13800138000" } })
}

#[test]
fn a_file_is_found_by_what_agrees_shown_masked_and_the_person_is_told() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    let before = city.post(&grid, "/api/v1/subjects/likely", asked());
    assert_eq!(before.body, json!({ "state": "ready", "items": [] }));
    let file = come(&city, &grid, 1, "371702001", zhao());
    let found = city.post(&grid, "/api/v1/subjects/likely", asked());
    assert_eq!(found.status, StatusCode::OK, "{}", found.body);
    let item = &found.body["items"][0];
    assert_eq!(
        item["id"],
        file.as_str(),
        "what was written a moment ago is found: {}",
        found.body
    );
    assert_eq!(item["class"], "same");
    assert!(item["weight"].as_f64().unwrap() > 3.0, "{item}");
    let agreeing = |field: &str| {
        let fields = item["fields"].as_array().unwrap();
        fields
            .iter()
            .any(|one| one["field"] == field && one["weight"].as_f64() > Some(0.0))
    };
    assert!(agreeing("idno") && agreeing("phone") && agreeing("name"), "{item}");
    let shown = found.body.to_string();
    for secret in ["赵样例", "199001010128", "13800138000"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    // The line is durable a moment after the answer.
    let is_told = (0..100).any(|_| {
        let audit = city.get("Bearer token-auditor", &format!("/api/v1/audit?subject={file}"));
        let told = audit.body["items"].as_array().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(20));
        told.iter().any(|line| line["kind"] == "listed")
    });
    assert!(is_told, "the person is not told");
    let all = city.get("Bearer token-auditor", "/api/v1/audit?kind=search");
    assert_eq!(
        all.body["items"].as_array().unwrap().len(),
        2,
        "also what found nobody: {}",
        all.body
    );
}

#[test]
fn other_districts_and_other_roles_learn_nothing() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    come(&city, &grid, 1, "371702001", zhao());
    let elsewhere = city.staff("grid-worker", "community", "371703001");
    let found = city.post(&elsewhere, "/api/v1/subjects/likely", asked());
    assert_eq!(found.body, json!({ "state": "ready", "items": [] }));
    let command = city.staff("command", "authority", "3717");
    let refused = city.post(&command, "/api/v1/subjects/likely", asked());
    assert_eq!(
        (refused.status, &refused.body["code"]),
        (StatusCode::FORBIDDEN, &json!("no_right"))
    );
    let nobody = city.post("", "/api/v1/subjects/likely", asked());
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    let without = city.post(
        &grid,
        "/api/v1/subjects/likely",
        json!({ "purpose": "", "name": "赵样例" }),
    );
    assert_eq!(without.body["code"], "reason_missing");
    let empty = city.post(&grid, "/api/v1/subjects/likely", json!({ "purpose": "登记" }));
    assert_eq!(empty.body["code"], "nothing_asked");
    let not_theirs = city.post(&grid, "/api/v1/duplicates/run", json!({}));
    assert_eq!(not_theirs.status, StatusCode::FORBIDDEN, "{}", not_theirs.body);
}

#[test]
fn a_changed_and_a_merged_file_are_found_as_they_are_now() {
    let city = City::new();
    let grid = city.staff("grid-worker", "community", "371702001");
    let kept = come(&city, &grid, 1, "371702001", zhao());
    let by_phone = json!({ "type": "person", "name": "赵样例", "identifiers": { "phone": "13800138000" } });
    let double = come(&city, &grid, 2, "371702001", by_phone);
    assert_ne!(kept, double);
    let found = |n: usize| {
        let answer = city.post(&grid, "/api/v1/subjects/likely", asked());
        assert_eq!(answer.body["items"].as_array().unwrap().len(), n, "{}", answer.body);
    };
    found(2);
    let merge = json!({ "id": id(3), "register": "merge", "subject": double, "body": { "into": kept, "evidence": "同一本证件" } });
    let merged = city.post(&grid, "/api/v1/entries", json!({ "entries": [merge] }));
    assert_eq!(merged.body["results"][0]["status"], "accepted", "{}", merged.body);
    found(1);
    let apart =
        json!({ "id": id(4), "register": "merge", "act": "withdraw", "replaces": id(3), "reason": "查明为两人" });
    let parted = city.post(&grid, "/api/v1/entries", json!({ "entries": [apart] }));
    assert_eq!(parted.body["results"][0]["status"], "accepted", "{}", parted.body);
    found(2);
}
